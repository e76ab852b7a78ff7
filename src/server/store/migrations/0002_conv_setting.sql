-- What a user has set about a conversation. Apart from user_conv, which every read position touches; most
-- conversations have no row here.
CREATE TABLE conv_setting (
    user_id     BIGINT NOT NULL,
    conv_id     BIGINT NOT NULL,
    is_pinned   BOOLEAN NOT NULL,
    remind_type BIGINT NOT NULL,             -- see store/setting.rs
    marks       BIGINT NOT NULL,             -- one bit each, as CONV-80 to CONV-84 number them
    custom_data TEXT NOT NULL,
    PRIMARY KEY (user_id, conv_id)
) {clustered};
