//! What the settings ask of the account.

use hallway_client::protocol::method::Invite;
use hallway_client::protocol::session::Instance;
use hallway_client::{ChatError, Client};
use zeroize::Zeroizing;

/// A wish. Its answer is an [`Answer`].
#[derive(Clone, PartialEq)]
pub enum Call {
    /// Another name.
    Rename(String),
    /// Another password: the present one, the new one.
    ChangePassword(Secret, Secret),
    /// Through this proxy from now on, or directly.
    Proxy(Option<String>),
    /// Where the account is signed in.
    Instances,
    /// End one of them.
    EndInstance(String),
    /// An invite link.
    Invite {
        /// The account made by it is an administrator.
        is_admin: bool,
    },
}

/// A text that is not shown.
pub type Secret = Zeroizing<String>;

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Rename(_) => "Rename",
            Self::ChangePassword(..) => "ChangePassword",
            Self::Proxy(_) => "Proxy",
            Self::Instances => "Instances",
            Self::EndInstance(_) => "EndInstance",
            Self::Invite { .. } => "Invite",
        })
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The name is kept.
    Renamed(Result<(), ChatError>),
    /// The password is kept.
    PasswordChanged(Result<(), ChatError>),
    /// The account goes through this proxy now.
    Proxied(Option<String>, Result<(), ChatError>),
    /// Where the account is signed in.
    Instances(Result<Vec<Instance>, ChatError>),
    /// One of them was ended.
    Ended(Result<(), ChatError>),
    /// An invite link.
    Invited(Result<Invite, ChatError>),
}

impl Call {
    /// Does it.
    pub async fn run(self, client: Client) -> Answer {
        match self {
            Self::Rename(nick) => Answer::Renamed(client.update_profile(&nick).await.map(drop)),
            Self::ChangePassword(old, new) => {
                Answer::PasswordChanged(client.change_password(&old, &new).await)
            }
            Self::Proxy(proxy) => {
                let set = client.set_proxy(proxy.clone());
                Answer::Proxied(proxy, set)
            }
            Self::Instances => Answer::Instances(client.get_instance_list().await),
            Self::EndInstance(id) => Answer::Ended(client.end_instance(&id).await),
            Self::Invite { is_admin } => Answer::Invited(client.create_invite(is_admin).await),
        }
    }
}
