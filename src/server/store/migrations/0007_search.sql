-- Up to which of its changes a conversation is in the index of words; without a row, nothing of it is. The tables of the
-- index itself are in src/search/tables.rs.
CREATE TABLE search_conv (
    conv_id     BIGINT PRIMARY KEY,
    mod         BIGINT NOT NULL
) {clustered};
