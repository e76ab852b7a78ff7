//! The handle: what an app calls, split by domain.
//!
//! Reading answers from the local copy, with or without a network. Sending, read positions and drafts are written
//! down here first and reach the server when it can be reached. Everything else asks the server and fails at once with
//! 2805 while there is no connection, 2999 before the first sync is through, and 2024 when nobody is logged in (SES-31,
//! SES-35).

mod annotation;
mod conversation;
mod conversation_group;
mod file;
mod forward;
mod group;
mod heard;
mod history;
mod message;
mod search;
mod service;
mod session;
mod sticker;
mod user;

pub use annotation::MessageReactions;
pub use file::FileSource;
pub use message::message_of;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use hallway_protocol::ErrorCode;
use hallway_protocol::message::{MessageControl, OfflinePush, Priority, Quote};
use hallway_protocol::method::UploadTicket;
use tokio::sync::oneshot;

use crate::Result;
use crate::config::Config;
use crate::engine::apply::Step;
use crate::engine::{Account, Command, Reply};
use crate::shared::{Shared, lock};
use crate::transport::Rpc;

/// Options of a send (MSG-32 to MSG-35).
#[derive(Clone, Debug, Default)]
pub struct SendOptions {
    /// For those online at this moment; not stored, not queued (MSG-32).
    pub online_user_only: bool,
    /// How it counts (MSG-34).
    pub message_control: Option<MessageControl>,
    /// What a notification shows (MSG-33).
    pub offline_push: Option<OfflinePush>,
    /// Which of the deployment's sets of moderation rules holds (MSG-19); empty for the usual one.
    pub moderation_profile: String,
    /// No preview is added for a link in it.
    pub no_link_preview: bool,
}

/// Fields common to all creations (MSG-16), with reply and mentions (PLUS-8, MSG-21).
#[derive(Clone, Debug, Default)]
pub struct MessageOptions {
    /// OBJ-31.
    pub priority: Priority,
    /// OBJ-36.
    pub cloud_custom_data: String,
    /// OBJ-42.
    pub need_read_receipt: bool,
    /// OBJ-44.
    pub is_support_extension: bool,
    /// What it answers to.
    pub reply_to: Option<Quote>,
    /// OBJ-35. Groups only.
    pub at_user_list: Vec<String>,
    /// OBJ-45, MSG-17: only these members see it. Groups only, without mentions.
    pub receiver_list: Vec<hallway_protocol::UserId>,
}

/// A cheap handle on one account at one server. Clones are the same handle; when the last one is dropped the
/// background task ends, as after [`Client::close`].
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    config: Mutex<Config>,
    shared: Arc<Shared>,
    state: Mutex<State>,
    /// When messages were last deleted (MSG-3).
    deleted_at: tokio::sync::Mutex<Option<Instant>>,
    /// When the server last searched (MSG-9).
    searched_at: Mutex<search::Asked>,
    /// Turns of [`Client::load_file`]: a timeline of pictures asks for many at once.
    fetches: tokio::sync::Semaphore,
    /// For the pictures of stickers.
    ticket: tokio::sync::Mutex<Option<UploadTicket>>,
}

/// Files that are loaded from the server at the same time.
const FETCHES: usize = 4;

enum State {
    LoggedOut,
    LoggingIn(Instant),
    Open(Arc<Account>),
    Destroyed,
}

impl Inner {
    fn new(config: Config) -> Self {
        Self {
            config: Mutex::new(config),
            shared: Arc::new(Shared::new()),
            state: Mutex::new(State::LoggedOut),
            deleted_at: tokio::sync::Mutex::new(None),
            searched_at: Mutex::default(),
            fetches: tokio::sync::Semaphore::new(FETCHES),
            ticket: tokio::sync::Mutex::new(None),
        }
    }

    fn is_for(&self, config: &Config) -> bool {
        let own = lock(&self.config);
        own.app_id == config.app_id
            && own.server.address == config.server.address
            && own.data_dir == config.data_dir
            && !matches!(*lock(&self.state), State::Destroyed)
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("user", &self.get_login_user()).finish_non_exhaustive()
    }
}

impl Client {
    /// The account that is open: 2024 without one, 2905 after [`Client::destroy`].
    fn account(&self) -> Result<Arc<Account>> {
        match &*lock(&self.inner.state) {
            State::Open(account) if account.is_alive() => Ok(Arc::clone(account)),
            State::Destroyed => Err(ErrorCode::StateNotAllowed.into()),
            _ => Err(ErrorCode::NotLoggedIn.into()),
        }
    }

    /// The connection for a call that needs the server (SES-31, SES-35).
    fn rpc(&self) -> Result<Rpc> {
        self.account()?;
        let rpc = self.inner.shared.rpc().ok_or(ErrorCode::NoNetwork)?;
        if self.is_ready() { Ok(rpc) } else { Err(ErrorCode::NotReady.into()) }
    }

    /// Asks the background task.
    async fn ask<T>(&self, command: impl FnOnce(Reply<T>) -> Command) -> Result<T> {
        let account = self.account()?;
        let (reply, wait) = oneshot::channel();
        account.commands.send(command(reply)).map_err(|_| ErrorCode::NotLoggedIn)?;
        wait.await.map_err(|_| ErrorCode::EndedByLogout)?
    }

    /// Writes down what a call brought. Readers see it when this returns.
    async fn apply(&self, steps: Vec<Step>) -> Result<()> {
        self.ask(|reply| Command::Apply(steps, reply)).await
    }
}
