//! People as others see them (spec part 5, short form).

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

/// The short profile shown in lists (PROF-20 to PROF-22, CONV-26).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Profile {
    /// Account.
    pub user_id: UserId,
    /// Display name; `user_id` stands in when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// Picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// An administrator of the workspace.
    #[serde(default)]
    pub is_admin: bool,
    /// The account is switched off or deleted (SES-48).
    #[serde(default)]
    pub is_disabled: bool,
    /// +1 for each stored change (PROF-40).
    #[serde(default)]
    pub version: u32,
}

/// Somebody as named beside a reaction or a pin (MSG-82, MSG-98).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserBrief {
    /// Account.
    pub user_id: UserId,
    /// Display name; `user_id` stands in when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// Picture.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
}

impl UserBrief {
    /// What to call the person: the nickname, else the user id.
    pub fn display_name(&self) -> &str {
        if self.nick.is_empty() { self.user_id.as_str() } else { &self.nick }
    }
}

impl From<&Profile> for UserBrief {
    fn from(profile: &Profile) -> Self {
        Self { user_id: profile.user_id.clone(), nick: profile.nick.clone(), avatar: profile.avatar.clone() }
    }
}

impl Profile {
    /// What to call the person: the nickname, else the user id.
    pub fn display_name(&self) -> &str {
        if self.nick.is_empty() { self.user_id.as_str() } else { &self.nick }
    }
}
