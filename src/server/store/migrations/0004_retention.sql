-- Countable messages below min_seq: they were removed by retention and are unread for nobody.
ALTER TABLE conversation ADD COLUMN min_ord BIGINT NOT NULL DEFAULT 0;
