//! Every number that a deployer may change, in one value (PLUS-1).
//!
//! The server enforces it, the client gets it at sign-in and shows its counters from it. There are two
//! presets: `staff`, the default, and `compat`, the numbers of the spec.

use serde::{Deserialize, Serialize};

/// In what a text is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Unit {
    /// UTF-8 bytes.
    Bytes,
    /// Unicode scalar values.
    Chars,
}

/// The longest text a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextLimit {
    /// How many.
    pub max: u32,
    /// Of what.
    pub unit: Unit,
}

impl TextLimit {
    const fn bytes(max: u32) -> Self {
        Self { max, unit: Unit::Bytes }
    }

    const fn chars(max: u32) -> Self {
        Self { max, unit: Unit::Chars }
    }

    /// Length of `text` in this limit's unit.
    pub fn length(&self, text: &str) -> usize {
        match self.unit {
            Unit::Bytes => text.len(),
            Unit::Chars => text.chars().count(),
        }
    }

    /// Whether `text` fits.
    pub fn fits(&self, text: &str) -> bool {
        self.length(text) <= self.max as usize
    }
}

/// The presets of PLUS-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Preset {
    /// For people at work (PLUS-2).
    #[default]
    Staff,
    /// The spec's numbers.
    Compat,
}

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $staff:expr, $compat:expr;)*) => {
        /// What a deployment allows. `0` means no limit where the text says so.
        ///
        /// Programs of different versions know different limits: one that is missing has the number of the
        /// `staff` preset, one that is unknown is skipped.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct Limits {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Limits {
            /// The numbers of a preset.
            pub fn preset(preset: Preset) -> Self {
                match preset {
                    Preset::Staff => Self { $($field: $staff,)* },
                    Preset::Compat => Self { $($field: $compat,)* },
                }
            }

            /// The names of all limits, for the configuration's checks and its example file.
            pub const NAMES: &[&str] = &[$(stringify!($field)),*];
        }
    };
}

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

limits! {
    /// Bytes of a whole message body (OBJ-1), else 80002.
    message_body_bytes: u32 = 32 * 1024, 12 * 1024;
    /// Mentioned users per message; everybody counts as one (OBJ-2), else 10053.
    mentions_per_message: u32 = 100, 30;
    /// Named receivers of a targeted group message (OBJ-3), else 10004.
    receivers_per_message: u32 = 50, 50;
    /// Levels of combined messages (OBJ-4), else 8005.
    merger_levels: u32 = 100, 100;
    /// Messages in one combined message (OBJ-5), else 6017.
    merger_messages: u32 = 300, 300;
    /// Bytes of all messages in a combined message, as JSON (MSG-30), else 80002. From 8 KB on the server keeps them
    /// apart.
    merger_bytes: u32 = 512 * 1024, 512 * 1024;
    /// Bytes of an image (OBJ-6), else 2253.
    image_bytes: u64 = 2 * GIB, 20 * MIB;
    /// Bytes of a sound (OBJ-7), else 2301.
    audio_bytes: u64 = 2 * GIB, 20 * MIB;
    /// Bytes of a video (OBJ-8), else 2351.
    video_bytes: u64 = 2 * GIB, 100 * MIB;
    /// Bytes of a file (OBJ-9), else 2402.
    file_bytes: u64 = 2 * GIB, 100 * MIB;
    /// Messages into one group per second, all senders together (MSG-1), else 10023.
    group_messages_per_second: u32 = 40, 40;
    /// Seconds within which a sender may recall (MSG-2), else 20016 or 10031; 0 switches recalling off.
    revoke_window_seconds: u32 = 120, 120;
    /// Bytes of a reason for recalling (MSG-61).
    revoke_reason_bytes: u32 = 256, 256;
    /// Messages per delete call; the rest is ignored (MSG-3).
    delete_messages_per_call: u32 = 30, 30;
    /// Messages per page of history (MSG-4).
    history_page: u32 = 100, 15;
    /// Days that history is kept; 0 for ever (MSG-5).
    history_days: u32 = 0, 7;
    /// Different reactions per message (MSG-8), else 23005.
    reactions_per_message: u32 = 20, 10;
    /// Users per reaction; 0 without limit (MSG-8), else 23006.
    users_per_reaction: u32 = 0, 100;
    /// Texts per translation (MSG-13), else 6017.
    translate_texts: u32 = 20, 20;
    /// Bytes of the texts of one translation together (MSG-13), else 6017.
    translate_bytes: u32 = 32 * 1024, 5 * 1024;
    /// Users per page of a reaction's users (MSG-8).
    reaction_user_page: u32 = 100, 100;
    /// Messages per question for reactions (MSG-12), else 6017.
    reaction_messages_per_call: u32 = 30, 30;
    /// Bytes of a key of a message's extensions (MSG-7), else 6017.
    extension_key_bytes: u32 = 100, 100;
    /// Bytes of its value (MSG-7), else 6017.
    extension_value_bytes: u32 = 1024, 1024;
    /// Keys per call (MSG-7), else 6017.
    extensions_per_call: u32 = 20, 20;
    /// Keys of one message (MSG-7), else 6017.
    extensions_per_message: u32 = 300, 300;
    /// Messages per call that acknowledges them (MSG-6), else 6017.
    receipts_per_call: u32 = 30, 30;
    /// Members per page of who has read a message (MSG-6).
    read_member_page: u32 = 100, 100;
    /// Pinned messages of a group (MSG-10), else 10070.
    pinned_messages: u32 = 10, 10;
    /// Members up to which a group carries receipts (MSG-11), else 10060.
    receipt_group_members: u32 = 10_000, 200;
    /// Conversations a client pulls (CONV-1).
    conversations: u32 = 10_000, 100;
    /// Conversations per batch call (CONV-3), else 51006.
    conversations_per_call: u32 = 100, 100;
    /// Pinned conversations (CONV-4), else 51012.
    pinned_conversations: u32 = 50, 50;
    /// Global do-not-disturb may be set (CONV-73), else 72011.
    do_not_disturb: bool = true, true;
    /// Bytes of a draft (CONV-10).
    draft_bytes: u32 = 32 * 1024, 12 * 1024;
    /// Instances per account on a desktop (SES-3).
    desktop_instances: u32 = 5, 1;
    /// Instances per account in browsers (SES-3).
    web_instances: u32 = 5, 1;
    /// Instances per account on telephones (SES-3).
    mobile_instances: u32 = 5, 1;
    /// Requests an instance may have waiting (SES-6), else 9507.
    queued_requests: u32 = 1000, 1000;
    /// Bytes of one frame (SES-5), else 9522.
    frame_bytes: u32 = 1024 * 1024, 1024 * 1024;
    /// A group's name (GRP-2), else 10004.
    group_name: TextLimit = TextLimit::chars(100), TextLimit::bytes(30);
    /// A group's introduction (GRP-3), else 10004.
    group_introduction: TextLimit = TextLimit::bytes(4096), TextLimit::bytes(240);
    /// A group's notice (GRP-4), else 10004.
    group_notification: TextLimit = TextLimit::bytes(4096), TextLimit::bytes(300);
    /// A group's picture address (GRP-5), else 10004.
    group_avatar: TextLimit = TextLimit::bytes(500), TextLimit::bytes(100);
    /// Initial members of a new group, and members per invitation (GRP-7, GMB-4).
    members_per_call: u32 = 500, 500;
    /// Members of a `work` group (GRP-8), else 10014.
    work_members: u32 = 1000, 200;
    /// Members of a `public` group (GRP-8).
    public_members: u32 = 2000, 2000;
    /// Members of a `meeting` (GRP-8).
    meeting_members: u32 = 10_000, 10_000;
    /// Members of a `community` (GRP-8).
    community_members: u32 = 100_000, 100_000;
    /// Groups one user may be in (GRP-9), else 10037.
    groups_per_user: u32 = 10_000, 1000;
    /// Members per page (GMB-1).
    member_page: u32 = 100, 100;
    /// A member's name in a group (GMB-6), else 10004.
    name_card: TextLimit = TextLimit::chars(50), TextLimit::bytes(50);
    /// A nickname (PROF-2).
    nick: TextLimit = TextLimit::chars(100), TextLimit::bytes(500);
    /// Fewest characters of a new password.
    password_min_chars: u32 = 8, 8;
}

impl Default for Limits {
    fn default() -> Self {
        Self::preset(Preset::Staff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PLUS-1, PLUS-2, OBJ-5, MSG-13: the staff preset's numbers; the compat preset keeps the spec's.
    #[test]
    fn presets_hold_the_numbers_of_the_spec() {
        let staff = Limits::preset(Preset::Staff);
        assert_eq!(Limits::default(), staff);
        assert_eq!(staff.message_body_bytes, 32 * 1024);
        assert_eq!(staff.group_name, TextLimit { max: 100, unit: Unit::Chars });
        assert_eq!((staff.group_introduction.max, staff.group_notification.max), (4096, 4096));
        assert_eq!((staff.file_bytes, staff.image_bytes), (2 << 30, 2 << 30));
        assert_eq!((staff.mentions_per_message, staff.reactions_per_message), (100, 20));
        assert_eq!((staff.users_per_reaction, staff.receipt_group_members), (0, 10_000));
        assert_eq!((staff.history_page, staff.history_days), (100, 0));
        assert_eq!((staff.conversations, staff.desktop_instances), (10_000, 5));
        assert_eq!(staff.group_messages_per_second, 40);
        let compat = Limits::preset(Preset::Compat);
        assert_eq!(compat.message_body_bytes, 12_288);
        assert_eq!(compat.group_name, TextLimit { max: 30, unit: Unit::Bytes });
        assert_eq!((compat.mentions_per_message, compat.history_page, compat.history_days), (30, 15, 7));
        assert_eq!((compat.conversations, compat.desktop_instances), (100, 1));
        let files = [compat.image_bytes, compat.audio_bytes, compat.video_bytes, compat.file_bytes];
        assert_eq!(files, [20 << 20, 20 << 20, 100 << 20, 100 << 20]);
        assert_eq!((compat.translate_texts, compat.translate_bytes), (20, 5120));
        assert_eq!((compat.merger_messages, compat.merger_levels), (300, 100));
    }

    /// PLUS-1: programs of different versions understand each other's limits.
    #[test]
    fn missing_limits_are_staff_and_unknown_ones_are_skipped() {
        let read: Limits = serde_json::from_str(r#"{"history_page": 7, "of_tomorrow": 1}"#).unwrap();
        assert_eq!(read, Limits { history_page: 7, ..Limits::default() });
    }

    #[test]
    fn units_differ_for_chinese() {
        assert!(TextLimit::chars(3).fits("公司群"));
        assert!(!TextLimit::bytes(3).fits("公司群"));
        assert!(TextLimit::bytes(9).fits("公司群"));
    }
}
