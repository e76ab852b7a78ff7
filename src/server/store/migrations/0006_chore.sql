-- What the server still owes to a message that was stored already: a late check, a preview of its link.
CREATE TABLE chore (
    conv_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    kind        BIGINT NOT NULL,             -- store::chore::Kind
    detail      TEXT NOT NULL,               -- what it needs to know beyond the message
    due         BIGINT NOT NULL,             -- Unix seconds
    attempts    BIGINT NOT NULL,
    PRIMARY KEY (conv_id, seq, kind)
) {clustered};
CREATE INDEX chore_due ON chore (due);
