//! Signing in and the instances of an account (spec part 1).

use serde::{Deserialize, Serialize};

use crate::ids::UserId;
use crate::limits::Limits;
use crate::service::Services;
use crate::user::Profile;

/// Kinds of terminals (SES-45).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DeviceClass {
    /// A computer.
    #[default]
    Desktop,
    /// A browser.
    Web,
    /// A telephone or tablet.
    Mobile,
}

/// What proves who signs in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Credential {
    /// The account's password.
    Password(String),
    /// A credential made by the deployer's own back end (RST-20 to RST-27).
    UserSig(String),
    /// The token the last sign-in of this instance was answered with. Each one is good for one sign-in;
    /// the one before stays good until the new one has been used, because an answer may be lost.
    Token(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(…)",
            Self::UserSig(_) => "UserSig(…)",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// The program and machine that signs in (SES-46).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InstanceInfo {
    /// Made once per installation and account, random, 1 to 64 bytes. Signing in again with the same one
    /// replaces the earlier connection of that instance.
    pub instance_id: String,
    /// SES-45.
    #[serde(default)]
    pub device_class: DeviceClass,
    /// Program and version, at most 64 bytes.
    #[serde(default)]
    pub client_version: String,
    /// Name of the machine, at most 64 bytes.
    #[serde(default)]
    pub host_name: String,
}

/// Answer to a sign-in (SES-11).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignedIn {
    /// Own profile.
    pub user: Profile,
    /// Own number, the first part of message ids (OBJ-11).
    pub user_number: i64,
    /// For the next sign-in of this instance.
    pub token: String,
    /// What this deployment allows.
    pub limits: Limits,
    /// Unix milliseconds (SES-15).
    pub server_time_ms: i64,
    /// Changes when the server was restored from a backup: cursors of another epoch are void.
    pub epoch: String,
    /// The connection was already signed in as this user (SES-11).
    #[serde(default)]
    pub repeat_login: bool,
    /// Unix seconds at which the credential runs out, where it does (SES-47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_expires: Option<i64>,
    /// Name of the workspace.
    pub workspace: String,
    /// What it offers on top of messages.
    #[serde(default)]
    pub services: Services,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("user", &self.user)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// An instance as its owner sees it (SES-46).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Instance {
    /// What signed in.
    #[serde(flatten)]
    pub info: InstanceInfo,
    /// Unix seconds.
    pub login_time: i64,
    /// Unix seconds.
    pub last_seen: i64,
    /// Connected now.
    pub is_online: bool,
    /// The instance that asks.
    #[serde(default)]
    pub is_current: bool,
}

/// Why the server ended an instance (SES-44).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum KickedOutType {
    /// Too many instances of this device class.
    #[serde(rename = "multipleAccount")]
    MultipleAccount,
    /// Signed in on a terminal class that excludes this one.
    #[serde(rename = "multipleDevice")]
    MultipleDevice,
    /// The credential ran out.
    #[serde(rename = "userSigExpired")]
    UserSigExpired,
    /// Ended by an administrator, the admin API, the owner from another instance, or a switched-off account.
    #[serde(rename = "REST_API_Kick")]
    RestApiKick,
}

/// What a server tells anybody who connects, before sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServerInfo {
    /// [`crate::PROTOCOL_VERSION`] of the server.
    pub protocol_version: u32,
    /// Program version.
    pub server_version: String,
    /// Name of the workspace.
    pub workspace: String,
    /// The app id, for `user_sig` and ids of the deployment.
    pub app_id: u32,
    /// Unix milliseconds.
    pub server_time_ms: i64,
}

/// An account made by invitation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewAccount {
    /// Chosen user id.
    pub user_id: UserId,
}
