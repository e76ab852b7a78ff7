-- The first schema. Written once for both engines; `{clustered}` keeps rows in the order of their key where
-- the engine can (see engine.rs). No foreign keys: rows are never deleted under each other, and the checks
-- would lock rows that every message touches. Times: *_ms are Unix milliseconds, the others Unix seconds.

-- Facts about this database as a whole.
CREATE TABLE server (
    id          BIGINT PRIMARY KEY,          -- always 1
    epoch       TEXT NOT NULL,               -- new after a restore from a backup; part of every cursor
    created_at  BIGINT NOT NULL
) {clustered};

-- Numbers for accounts and conversations. Never used as a cursor.
CREATE TABLE counter (
    name        TEXT PRIMARY KEY,
    value       BIGINT NOT NULL
) {clustered};
INSERT INTO counter (name, value) VALUES ('app_user', 1000), ('conversation', 0);

CREATE TABLE app_user (
    id            BIGINT PRIMARY KEY,        -- the number in message ids
    user_id       TEXT NOT NULL,             -- compared byte for byte
    nick          TEXT NOT NULL,
    sort_name     TEXT NOT NULL,             -- display name and user_id in lower case: order and search
    avatar        TEXT NOT NULL,
    is_admin      BOOLEAN NOT NULL,
    is_disabled   BOOLEAN NOT NULL,
    version       BIGINT NOT NULL,           -- +1 for each change of the profile
    password_hash TEXT,                      -- none: signs in with a credential of the deployer only
    created_at    BIGINT NOT NULL,
    kicked_at     BIGINT NOT NULL            -- credentials made before are void
) {clustered};
CREATE UNIQUE INDEX app_user_user_id ON app_user (user_id);
CREATE INDEX app_user_sort_name ON app_user (sort_name, id);

-- A signed-in installation of an account.
CREATE TABLE instance (
    user_id        BIGINT NOT NULL,
    instance_id    TEXT NOT NULL,
    device_class   BIGINT NOT NULL,          -- 0 desktop, 1 web, 2 mobile
    client_version TEXT NOT NULL,
    host_name      TEXT NOT NULL,
    token_current  BYTEA NOT NULL,           -- hashes of the tokens given out and not used yet; see auth/token.rs
    token_previous BYTEA,                    -- and of the one they were obtained with
    expires        BIGINT,                   -- of the credential it signed in with, where that runs out
    login_time     BIGINT NOT NULL,
    last_seen      BIGINT NOT NULL,
    PRIMARY KEY (user_id, instance_id)
) {clustered};

-- Sessions that were ended: a returning client learns why, and the server it is connected to closes the
-- connection, whichever process ended it. Forgotten after some days.
CREATE TABLE ended_instance (
    user_id     BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    reason      BIGINT NOT NULL,             -- see store/console.rs
    ended_ms    BIGINT NOT NULL,
    PRIMARY KEY (user_id, instance_id)
) {clustered};
CREATE INDEX ended_instance_time ON ended_instance (ended_ms);

CREATE TABLE invite (
    token_hash  BYTEA PRIMARY KEY,
    created_by  BIGINT NOT NULL,
    is_admin    BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    used_by     BIGINT                       -- the account made with it
) {clustered};

-- A conversation and its counters, taken in the transaction that writes what they count.
CREATE TABLE conversation (
    id          BIGINT PRIMARY KEY,
    kind        BIGINT NOT NULL,             -- 0 one to one, 1 group
    low_user    BIGINT,                      -- one to one: the lower of both numbers
    high_user   BIGINT,
    -- One to one: place and ord of the last message of each. Writing is reading, and noting it here costs no
    -- further page. Always 0 in groups, where user_conv has it.
    low_sent_seq  BIGINT NOT NULL,
    low_sent_ord  BIGINT NOT NULL,
    high_sent_seq BIGINT NOT NULL,
    high_sent_ord BIGINT NOT NULL,
    seq         BIGINT NOT NULL,             -- place of the newest message
    mod         BIGINT NOT NULL,             -- number of the last change
    ord         BIGINT NOT NULL,             -- countable messages
    min_seq     BIGINT NOT NULL,             -- messages below were removed by retention
    changed_ms  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL
) {clustered};
CREATE UNIQUE INDEX conversation_pair ON conversation (low_user, high_user);

-- One row per message, whatever the number of receivers.
CREATE TABLE message (
    conv_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    born        BIGINT NOT NULL,             -- change number of its sending; grows with seq
    changed     BIGINT,                      -- change number of its last change after that, mostly none
    ord         BIGINT NOT NULL,             -- countable messages up to and including this one
    sender      BIGINT NOT NULL,
    client_key  BIGINT NOT NULL,             -- second and third part of the message id: seconds << 32 | random
    time        BIGINT NOT NULL,
    flags       BIGINT NOT NULL,             -- see store/message.rs
    body        TEXT NOT NULL,               -- JSON of everything else
    PRIMARY KEY (conv_id, seq)
) {clustered};
-- The time comes first in it, so that what is sent together lies together, whoever sends it.
CREATE UNIQUE INDEX message_id ON message (client_key, sender);
-- Most messages never change: an index of the others only costs a new message nothing.
CREATE INDEX message_changed ON message (conv_id, changed) WHERE changed IS NOT NULL;
-- Countable messages that were recalled (flags 1 + 2), and mentions of everybody (flag 8): both rare.
CREATE INDEX message_recalled ON message (conv_id, seq) WHERE (flags & 3) = 3;
CREATE INDEX message_at_all ON message (conv_id, seq) WHERE (flags & 8) = 8;

-- People mentioned by name.
CREATE TABLE mention (
    user_id     BIGINT NOT NULL,
    conv_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (user_id, conv_id, seq)
) {clustered};
CREATE INDEX mention_message ON mention (conv_id, seq);

CREATE TABLE chat_group (
    conv_id        BIGINT PRIMARY KEY,
    group_id       TEXT NOT NULL,
    type           BIGINT NOT NULL,          -- 0 work, 1 public, 2 meeting, 3 community, 4 av_room
    name           TEXT NOT NULL,
    introduction   TEXT NOT NULL,
    notification   TEXT NOT NULL,
    avatar         TEXT NOT NULL,
    owner          BIGINT,
    created_by     BIGINT NOT NULL,
    request_id     TEXT,                     -- of the call that made it, so that a repeated call makes one group
    created_at     BIGINT NOT NULL,
    info_time      BIGINT NOT NULL,
    info_seq       BIGINT NOT NULL,
    mod            BIGINT NOT NULL,          -- change number of the conversation at the last change of this row
    member_count   BIGINT NOT NULL,
    max_members    BIGINT NOT NULL,
    mute_all       BOOLEAN NOT NULL,
    join_option    BIGINT NOT NULL,          -- 0 free, 1 permission, 2 nobody
    invite_option  BIGINT NOT NULL,          -- 0 free, 1 permission, 2 nobody, 3 there is none
    dismissed      BOOLEAN NOT NULL
) {clustered};
CREATE UNIQUE INDEX chat_group_group_id ON chat_group (group_id);
CREATE UNIQUE INDEX chat_group_request ON chat_group (created_by, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE member (
    conv_id     BIGINT NOT NULL,
    user_id     BIGINT NOT NULL,
    mod         BIGINT NOT NULL,
    role        BIGINT NOT NULL,             -- 0 owner, 1 admin, 2 member, 3 custom: sorts as shown
    join_time   BIGINT NOT NULL,
    name_card   TEXT NOT NULL,
    mute_until  BIGINT NOT NULL,
    gone        BOOLEAN NOT NULL,            -- kept, so that the change reaches everybody
    PRIMARY KEY (conv_id, user_id)
) {clustered};
CREATE INDEX member_mod ON member (conv_id, mod);

-- A user's own side of a conversation. Exists once the conversation is (or was) in the user's list.
CREATE TABLE user_conv (
    user_id       BIGINT NOT NULL,
    conv_id       BIGINT NOT NULL,
    read_seq      BIGINT NOT NULL,           -- only grows
    read_ord      BIGINT NOT NULL,
    delivered_seq BIGINT NOT NULL,           -- one to one; only grows
    min_seq       BIGINT NOT NULL,           -- messages up to here are not for this user
    max_seq       BIGINT,                    -- messages above are not for this user, who left
    hidden_to     BIGINT,                    -- out of the list until there is a message above
    PRIMARY KEY (user_id, conv_id)
) {clustered};

-- Messages deleted by one user for themselves.
CREATE TABLE hidden_message (
    user_id     BIGINT NOT NULL,
    conv_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    PRIMARY KEY (user_id, conv_id, seq)
) {clustered};

CREATE TABLE draft (
    user_id     BIGINT NOT NULL,
    conv_id     BIGINT NOT NULL,
    time_ms     BIGINT NOT NULL,
    body        TEXT NOT NULL,               -- JSON: text and quote
    PRIMARY KEY (user_id, conv_id)
) {clustered};

-- A user's change counter.
CREATE TABLE user_sync (
    user_id     BIGINT PRIMARY KEY,
    useq        BIGINT NOT NULL
) {clustered};

-- An index of a user's private objects by their last change, not a history: an entry moves to the new useq.
CREATE TABLE user_log (
    user_id     BIGINT NOT NULL,
    kind        BIGINT NOT NULL,             -- 0 conversation, 1 draft, 2 hidden message, 3 profile
    conv_id     BIGINT NOT NULL,             -- 0 for the profile
    seq         BIGINT NOT NULL,             -- of a hidden message, else 0
    useq        BIGINT NOT NULL,
    gone        BOOLEAN NOT NULL,
    PRIMARY KEY (user_id, kind, conv_id, seq)
) {clustered};
CREATE INDEX user_log_useq ON user_log (user_id, useq);
