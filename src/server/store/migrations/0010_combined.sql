-- The messages inside of large combined messages (MSG-30), which travel only to those who open them: a row for each
-- such message and for each combined message inside of it.
CREATE TABLE combined (
    download_key TEXT PRIMARY KEY,           -- random; the payload has it instead
    conv_id     BIGINT NOT NULL,             -- the message they belong to
    seq         BIGINT NOT NULL,
    body        TEXT NOT NULL                -- JSON
) {clustered};
CREATE INDEX combined_message ON combined (conv_id, seq);
