-- Files behind messages. The bytes are in a blob store (blob/), named by their content.

-- Keys that the servers of one database share.
CREATE TABLE secret (
    name        TEXT PRIMARY KEY,
    value       BYTEA NOT NULL
) {clustered};

-- A stored content, once however often it was uploaded.
CREATE TABLE blob (
    hash        BYTEA PRIMARY KEY,           -- SHA-256
    size        BIGINT NOT NULL,
    is_unused   BOOLEAN NOT NULL             -- no file has this content any more: to be removed
) {clustered};
CREATE INDEX blob_unused ON blob (hash) WHERE is_unused;

-- An upload that is not complete.
CREATE TABLE upload (
    id          TEXT PRIMARY KEY,
    owner       BIGINT NOT NULL,
    kind        TEXT NOT NULL,               -- image, audio, video, file
    name        TEXT NOT NULL,               -- as its sender named it; never a path
    size        BIGINT NOT NULL,
    stored      BIGINT NOT NULL,             -- bytes that are on disk for certain
    touched     BIGINT NOT NULL              -- Unix seconds
) {clustered};
CREATE INDEX upload_owner ON upload (owner);
CREATE INDEX upload_touched ON upload (touched);

-- A complete upload: a name under which somebody may refer to a content.
CREATE TABLE file (
    id           TEXT PRIMARY KEY,
    owner        BIGINT NOT NULL,
    hash         BYTEA NOT NULL,
    size         BIGINT NOT NULL,
    media_type   TEXT NOT NULL,
    name         TEXT NOT NULL,
    created      BIGINT NOT NULL,            -- Unix seconds
    unused_since BIGINT                      -- no message refers to it since then
) {clustered};
CREATE INDEX file_hash ON file (hash);
CREATE INDEX file_owner ON file (owner, created);
CREATE INDEX file_unused ON file (unused_since) WHERE unused_since IS NOT NULL;

-- Which message refers to which file: whoever may read the one may fetch the other.
CREATE TABLE message_file (
    file_id     TEXT NOT NULL,
    conv_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (file_id, conv_id, seq)
) {clustered};
CREATE INDEX message_file_message ON message_file (conv_id, seq);
