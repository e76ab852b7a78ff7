//! What the way in asks of the network and the disk.

use std::path::PathBuf;

use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{CacheKey, ChatError, Client, Config, ServerAddress, UserId};
use zeroize::Zeroizing;

use super::{Found, Pending};
use crate::profile::Account;

/// Somebody who gets an account.
#[derive(Clone, PartialEq)]
pub struct Person {
    /// Chosen id.
    pub user_id: UserId,
    /// What to call them.
    pub nick: String,
    /// Chosen password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Where the profile keeps its things.
#[derive(Debug, Clone)]
pub struct Place {
    /// Local copies.
    pub accounts: PathBuf,
    /// A workspace hosted by this program.
    pub workspace: PathBuf,
}

/// A wish. Its answer is an [`Answer`].
#[derive(Clone)]
pub enum Work {
    /// Start a server inside this program and make the first account.
    Start {
        /// Name of the workspace.
        workspace: String,
        /// Listen on the local network too.
        network: bool,
        /// The administrator.
        person: Person,
    },
    /// Ask a server who it is.
    Look {
        /// Where.
        server: ServerAddress,
        /// From the invite link.
        token: Option<String>,
    },
    /// Make an account by invitation.
    Join {
        /// Where.
        found: Found,
        /// Who.
        person: Person,
    },
    /// Sign in, or open the local copy.
    Enter {
        /// Whom.
        pending: Pending,
        /// The key of the local copy.
        key: CacheKey,
    },
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Start { .. } => "Start",
            Self::Look { .. } => "Look",
            Self::Join { .. } => "Join",
            Self::Enter { .. } => "Enter",
        })
    }
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The embedded server runs and has its first account.
    #[cfg(feature = "workspace")]
    Started(Once<Result<(crate::workspace::Workspace, Hosted), ChatError>>),
    /// A server answered.
    Found(Result<Found, ChatError>),
    /// None did, or not one to be trusted at once.
    NotFound {
        /// Where it was looked for.
        server: ServerAddress,
        /// From the invite link.
        token: Option<String>,
        /// Why.
        error: ChatError,
    },
    /// The account was made.
    Joined(Result<Pending, ChatError>),
    /// Somebody is in.
    Entered(Result<(Client, Account), (Pending, ChatError)>),
}

/// Who goes into the workspace that runs now.
#[cfg(feature = "workspace")]
#[derive(Debug)]
pub enum Hosted {
    /// Its first account, just made.
    New(Pending),
    /// Somebody who has an account: the workspace was there before.
    Existing(Found),
}

/// A value that is taken once, in a message that can be cloned.
#[cfg(feature = "workspace")]
#[derive(Debug)]
pub struct Once<T>(std::sync::Arc<std::sync::Mutex<Option<T>>>);

#[cfg(feature = "workspace")]
impl<T> Clone for Once<T> {
    fn clone(&self) -> Self {
        Self(std::sync::Arc::clone(&self.0))
    }
}

#[cfg(feature = "workspace")]
impl<T> Once<T> {
    /// Puts it in.
    pub fn new(value: T) -> Self {
        Self(std::sync::Arc::new(std::sync::Mutex::new(Some(value))))
    }

    /// Takes it out; none the second time.
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

impl Work {
    /// Does it.
    pub async fn run(self, place: Place) -> Answer {
        match self {
            #[cfg(feature = "workspace")]
            Self::Start { workspace, network, person } => {
                Answer::Started(Once::new(start(&place, workspace, network, person).await))
            }
            // The button is not there without the feature.
            #[cfg(not(feature = "workspace"))]
            Self::Start { .. } => {
                Answer::Found(Err(ChatError::new(hallway_client::ErrorCode::FeatureNotEnabled)))
            }
            Self::Look { server, token } => match Client::server_info(&server).await {
                Ok(info) => {
                    Answer::Found(Ok(Found { server, workspace: info.workspace, app_id: info.app_id, token }))
                }
                Err(error) => Answer::NotFound { server, token, error },
            },
            Self::Join { found, person } => Answer::Joined(join(found, person, false).await),
            Self::Enter { pending, key } => {
                let entered = enter(&place, &pending, key).await;
                Answer::Entered(entered.map_err(|error| (pending, error)))
            }
        }
    }
}

#[cfg(feature = "workspace")]
async fn start(
    place: &Place,
    name: String,
    network: bool,
    person: Person,
) -> Result<(crate::workspace::Workspace, Hosted), ChatError> {
    let workspace = crate::workspace::Workspace::make(&place.workspace, name, network).await?;
    let info = workspace.info().await?;
    let token = workspace.first_token().await?;
    let found = Found { server: workspace.server(), workspace: info.workspace, app_id: info.app_id, token };
    let hosted = match found.token {
        Some(_) => Hosted::New(join(found, person, true).await?),
        None => Hosted::Existing(found),
    };
    Ok((workspace, hosted))
}

async fn join(found: Found, person: Person, hosted: bool) -> Result<Pending, ChatError> {
    let token = found.token.as_deref().unwrap_or_default();
    Client::join(&found.server, token, &person.user_id, &person.nick, &person.password).await?;
    let account = found.account(person.user_id, crate::profile::KeyKind::Keyring, hosted);
    Ok(Pending { account, password: Some(person.password) })
}

async fn enter(place: &Place, pending: &Pending, key: CacheKey) -> Result<(Client, Account), ChatError> {
    let account = pending.account.clone();
    let client = Client::create(config(place, &account, key))?;
    match &pending.password {
        Some(password) => {
            let credential = Credential::Password(password.to_string());
            client.login(account.user_id.clone(), credential).await?;
        }
        None => client.resume(account.user_id.clone()).await?,
    }
    Ok((client, account))
}

/// How the client of an account is set up.
pub fn config(place: &Place, account: &Account, cache_key: CacheKey) -> Config {
    Config {
        app_id: account.app_id,
        server: account.server.clone(),
        data_dir: place.accounts.clone(),
        cache_key,
        device_class: DeviceClass::Desktop,
        client_version: concat!("Hallway ", env!("CARGO_PKG_VERSION")).to_owned(),
        send_timeout: None,
    }
}
