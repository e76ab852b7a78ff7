-- Conversation groups: private labels of a user. `number` is the user's change number at which it was made, so
-- it is never used again and sorts by creation.
CREATE TABLE conv_group (
    user_id     BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    name        TEXT NOT NULL,
    PRIMARY KEY (user_id, number)
) {clustered};

-- Which conversations are in them.
CREATE TABLE conv_group_item (
    user_id     BIGINT NOT NULL,
    conv_id     BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    PRIMARY KEY (user_id, conv_id, number)
) {clustered};
CREATE INDEX conv_group_item_number ON conv_group_item (user_id, number);

-- Global do-not-disturb; who has none has no row.
CREATE TABLE do_not_disturb (
    user_id     BIGINT PRIMARY KEY,
    start_time  BIGINT NOT NULL,
    end_time    BIGINT NOT NULL,
    is_repeated BOOLEAN NOT NULL,
    time_zone   TEXT NOT NULL
) {clustered};

-- user_log knows two more kinds: 4 the list of conversation groups, 5 do-not-disturb. Their conv_id and seq are 0.
