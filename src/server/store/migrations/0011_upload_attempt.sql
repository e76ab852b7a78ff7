-- Uploads that clients bring into the bucket themselves: the name of the attempt there, empty before there is one. NULL for those
-- that come through the server.
ALTER TABLE upload ADD COLUMN attempt TEXT;
