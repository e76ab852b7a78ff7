-- What is put on messages after they were sent: one row each, with the change number of its last change
-- (see service/annotation/). user_id is 0 for what everybody sees, else the one whose business it is.
CREATE TABLE annotation (
    conv_id     BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    kind        BIGINT NOT NULL,             -- see store/annotation.rs
    name        TEXT NOT NULL,               -- which of its kind: a reaction, a key
    mod         BIGINT NOT NULL,
    gone        BOOLEAN NOT NULL,            -- kept, so that the change reaches everybody
    body        TEXT NOT NULL,
    PRIMARY KEY (conv_id, user_id, seq, kind, name)
) {clustered};
CREATE INDEX annotation_mod ON annotation (conv_id, user_id, mod);
-- Who gave a reaction, who has read a message.
CREATE INDEX annotation_users ON annotation (conv_id, seq, kind, name, mod, user_id) WHERE user_id > 0;
