//! Names of users, groups, conversations and messages, checked when they are made.
//!
//! Each id travels as a JSON string. Parsing is the only way to get one, so a value of these types is
//! always well formed and no later code has to look again.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::ErrorCode;

/// Longest user id in bytes (SES-1).
pub const USER_ID_MAX: usize = 32;
/// Longest group id in bytes (GRP-1).
pub const GROUP_ID_MAX: usize = 48;
/// Longest message id in bytes: two 20-digit numbers, a 10-digit one and two hyphens.
pub const MESSAGE_ID_MAX: usize = 52;
/// How the system conversation is written (OBJ-23).
pub const SYSTEM_CONVERSATION: &str = "@TIM#SYSTEM";
/// Stands for everybody in `at_user_list` (OBJ-35; three s, as in the source).
pub const MENTION_ALL: &str = "__kImSDK_MesssageAtALL__";

fn printable_ascii(text: &str, max: usize) -> bool {
    !text.is_empty() && text.len() <= max && text.bytes().all(|b| (0x20..=0x7e).contains(&b))
}

/// Which code a malformed id has, by the name of its type: the form in which serde, whose errors are texts, hands
/// it on to [`malformed_id`].
const MALFORMED: [(&str, ErrorCode); 4] = [
    ("UserId", ErrorCode::UserIdInvalid),
    ("GroupId", ErrorCode::GroupIdMalformed),
    ("MessageId", ErrorCode::InvalidParameter),
    ("ConversationId", ErrorCode::ConversationIdMalformed),
];

fn malformed<E: serde::de::Error>(name: &str) -> E {
    E::custom(format_args!("{name} is malformed"))
}

/// The code of the malformed id on which reading JSON failed (2503, 2602, 6017, 7003); none where it failed on
/// something else.
pub fn malformed_id(error: &serde_json::Error) -> Option<ErrorCode> {
    let text = error.to_string();
    let is_it = |name: &str| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(" is malformed"));
    MALFORMED.iter().find(|(name, _)| is_it(name)).map(|(_, code)| *code)
}

macro_rules! string_id {
    ($name:ident) => {
        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&self.0)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(|_| malformed(stringify!($name)))
            }
        }
        impl TryFrom<&str> for $name {
            type Error = ErrorCode;
            fn try_from(text: &str) -> Result<Self, ErrorCode> {
                text.parse()
            }
        }
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string" })
            }
        }
    };
}

/// A user's public name: 1 to 32 bytes of printable ASCII, compared byte for byte (SES-1, else 7003).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);
string_id!(UserId);

impl FromStr for UserId {
    type Err = ErrorCode;
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        if printable_ascii(text, USER_ID_MAX) { Ok(Self(text.into())) } else { Err(ErrorCode::UserIdInvalid) }
    }
}

/// A group's name for machines: 1 to 48 bytes of printable ASCII (GRP-1, else 2602).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(Arc<str>);
string_id!(GroupId);

impl FromStr for GroupId {
    type Err = ErrorCode;
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        if printable_ascii(text, GROUP_ID_MAX) {
            Ok(Self(text.into()))
        } else {
            Err(ErrorCode::GroupIdMalformed)
        }
    }
}

impl GroupId {
    /// Whether a person may choose this id for a group that is no community (GRP-1).
    pub fn may_be_chosen(&self) -> bool {
        !self.0.starts_with("@TGS#")
    }
}

/// A message's name, final from its creation on: `{sender number}-{client seconds}-{random u32}` (OBJ-11).
///
/// It is also the key under which the server stores a message once, however often it is sent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Arc<str>);
string_id!(MessageId);

impl MessageId {
    /// Makes the id of a new message of the user with the number `sender`.
    pub fn new(sender: i64, time: i64, random: u32) -> Self {
        Self(format!("{sender}-{time}-{random}").into())
    }

    /// The numeric id of the account that made the message.
    pub fn sender_number(&self) -> i64 {
        self.0.split('-').next().and_then(|part| part.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for MessageId {
    type Err = ErrorCode;
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.split('-');
        let well_formed = text.len() <= MESSAGE_ID_MAX
            && parts.next().is_some_and(|p| digits(p) && p.parse::<i64>().is_ok())
            && parts.next().is_some_and(|p| digits(p) && p.parse::<i64>().is_ok())
            && parts.next().is_some_and(|p| digits(p) && p.parse::<u32>().is_ok())
            && parts.next().is_none();
        if well_formed { Ok(Self(text.into())) } else { Err(ErrorCode::InvalidParameter) }
    }
}

/// A conversation as its viewer names it (OBJ-23, CONV-20). Written `C2C{user_id}`, `GROUP{group_id}` or
/// `@TIM#SYSTEM`; malformed text is 2503.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationId {
    /// With one other person.
    C2c(UserId),
    /// Of a group, or of a topic of a community.
    Group(GroupId),
    /// The personal notices nobody can answer.
    System,
}

impl ConversationId {
    /// The kind, as messages and conversations carry it.
    pub fn kind(&self) -> ConversationType {
        match self {
            Self::C2c(_) => ConversationType::C2c,
            Self::Group(_) => ConversationType::Group,
            Self::System => ConversationType::System,
        }
    }

    /// What stands in a message's `to`: the user's or the group's id, empty for the system conversation.
    pub fn to(&self) -> &str {
        match self {
            Self::C2c(user) => user.as_str(),
            Self::Group(group) => group.as_str(),
            Self::System => "",
        }
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::C2c(user) => write!(f, "C2C{user}"),
            Self::Group(group) => write!(f, "GROUP{group}"),
            Self::System => f.write_str(SYSTEM_CONVERSATION),
        }
    }
}

impl FromStr for ConversationId {
    type Err = ErrorCode;
    fn from_str(text: &str) -> Result<Self, ErrorCode> {
        let malformed = ErrorCode::ConversationIdMalformed;
        if text == SYSTEM_CONVERSATION {
            Ok(Self::System)
        } else if let Some(user) = text.strip_prefix("C2C") {
            user.parse().map(Self::C2c).map_err(|_| malformed)
        } else if let Some(group) = text.strip_prefix("GROUP") {
            group.parse().map(Self::Group).map_err(|_| malformed)
        } else {
            Err(malformed)
        }
    }
}

impl Serialize for ConversationId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConversationId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(|_| malformed("ConversationId"))
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ConversationId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ConversationId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(C2C.+|GROUP.+|@TIM#SYSTEM)$" })
    }
}

/// What kind of conversation (OBJ-24, CONV-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ConversationType {
    /// One to one.
    #[serde(rename = "C2C")]
    C2c,
    /// Groups and topics.
    #[serde(rename = "GROUP")]
    Group,
    /// The system conversation.
    #[serde(rename = "@TIM#SYSTEM")]
    System,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SES-1: 1 to 32 bytes of printable ASCII, compared byte for byte, else 7003.
    #[test]
    fn user_ids_are_checked_at_their_limits() {
        assert!("a".parse::<UserId>().is_ok());
        assert!("x".repeat(32).parse::<UserId>().is_ok());
        for bad in ["", &"x".repeat(33), "tab\there", "名字", "nul\0"] {
            assert_eq!(bad.parse::<UserId>().unwrap_err().code(), 7003, "{bad:?}");
        }
        assert_ne!("Anna".parse::<UserId>().unwrap(), "anna".parse::<UserId>().unwrap());
    }

    /// GRP-1: 1 to 48 bytes; ids that start with `@TGS#` are the server's own.
    #[test]
    fn group_ids_are_checked_at_their_limits() {
        assert!("g".repeat(48).parse::<GroupId>().is_ok());
        assert!("g".repeat(49).parse::<GroupId>().is_err());
        assert!(!"@TGS#1".parse::<GroupId>().unwrap().may_be_chosen());
        assert!("sales".parse::<GroupId>().unwrap().may_be_chosen());
    }

    /// OBJ-23: the text forms, there and back.
    #[test]
    fn conversation_ids_round_trip() {
        for text in ["C2Canna", "GROUP@TGS#1", "@TIM#SYSTEM", "C2CC2C", "GROUPGROUP"] {
            assert_eq!(text.parse::<ConversationId>().unwrap().to_string(), text);
        }
        for bad in ["", "C2C", "GROUP", "anna", "@TIM#system"] {
            assert_eq!(bad.parse::<ConversationId>().unwrap_err().code(), 2503, "{bad:?}");
        }
    }

    /// A malformed id keeps its code on its way through serde; what else is wrong has none.
    #[test]
    fn malformed_ids_keep_their_codes_in_json() {
        fn code<T: serde::de::DeserializeOwned>(json: &str) -> Option<i32> {
            malformed_id(&serde_json::from_str::<T>(json).err()?).map(ErrorCode::code)
        }
        assert_eq!(code::<UserId>(r#""名字""#), Some(7003));
        assert_eq!(code::<GroupId>(r#""""#), Some(2602));
        assert_eq!(code::<MessageId>(r#""1-2""#), Some(6017));
        assert_eq!(code::<ConversationId>(r#""C2C""#), Some(2503));
        for list in [r#"["anna", ""]"#, r#"["anna", 5]"#] {
            assert_eq!(code::<Vec<UserId>>(list), list.contains("\"\"").then_some(7003), "{list}");
        }
        // A text of a stranger in another error is not taken for one.
        assert_eq!(code::<bool>(r#""UserId is malformed""#), None);
    }

    /// OBJ-11: sender number, seconds, random.
    #[test]
    fn message_ids_have_three_parts() {
        let id = MessageId::new(144115, 1_700_000_000, u32::MAX);
        assert_eq!(id.as_str(), "144115-1700000000-4294967295");
        assert_eq!(id.as_str().parse::<MessageId>().unwrap().sender_number(), 144115);
        for bad in ["", "1-2", "1-2-3-4", "a-2-3", "1-2-4294967296", "-1-2-3"] {
            assert!(bad.parse::<MessageId>().is_err(), "{bad:?}");
        }
    }
}
