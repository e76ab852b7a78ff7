//! Getting in and out: the local copy at start, the way in, the end of a session.

use std::sync::{Arc, Mutex, PoisonError};

use hallway_client::{CacheKey, ChatError, Client, ErrorCode};
use hallway_protocol::link::InviteLink;
use hallway_protocol::session::KickedOutType;
use hallway_protocol::user::Profile as Person;
use iced::Task;

use tokio::task::JoinHandle;

use super::{App, Message, Session, Stage};
use crate::clock::Clock;
use crate::notice::Notices;
use crate::profile::Account;
use crate::screen::chats::{self, Chats};
use crate::screen::settings;
use crate::screen::welcome::work::{self, Place};
use crate::screen::welcome::{self, Welcome};
use crate::voice::Studio;
use crate::{fl, problem};

/// What came of opening the local copy.
#[derive(Debug, Clone)]
pub struct Opened {
    account: Account,
    result: Result<Client, ChatError>,
}

type Begun = JoinHandle<Result<Client, ChatError>>;

/// The local copy, which is being opened while the window is still made.
#[derive(Debug, Clone)]
pub struct Opening {
    account: Account,
    open: Arc<Mutex<Option<Begun>>>,
}

impl Opening {
    /// Begins to open the copy of this account. Must be called inside the runtime of the app.
    pub fn begin(place: Place, account: Account) -> Self {
        let open = {
            let account = account.clone();
            tokio::spawn(async move { open(&place, &account).await })
        };
        Self { account, open: Arc::new(Mutex::new(Some(open))) }
    }

    /// What comes of it; can be asked once.
    async fn opened(self) -> Opened {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        let result = match open {
            Some(open) => open.await.unwrap_or_else(|_| Err(ErrorCode::UnexpectedError.into())),
            None => Err(ErrorCode::UnexpectedError.into()),
        };
        Opened { account: self.account, result }
    }
}

impl App {
    /// What is done first: the local copy of the account is opened, or the way in is shown.
    pub(super) fn first(&mut self, link: Option<InviteLink>, opening: Option<Opening>) -> Task<Message> {
        match (self.settings.account.clone(), link, opening) {
            // An invitation is for another account: the way in shows whose it is before anything happens.
            (_, Some(link), _) => {
                let mut welcome = Welcome::new();
                let effects = welcome.open_link(&link.to_string());
                self.stage = Stage::Welcome(Box::new(welcome));
                self.after_welcome(effects)
            }
            (None, ..) => {
                self.stage = Stage::Welcome(Box::default());
                Task::none()
            }
            (Some(account), None, Some(opening)) => {
                let host = self.host(&account);
                Task::batch([host, Task::perform(opening.opened(), Message::Opened)])
            }
            (Some(account), None, None) => {
                let host = self.host(&account);
                self.stage = Stage::Welcome(Box::new(Welcome::unlock(account, None)));
                host
            }
        }
    }

    /// Starts the server of a workspace that lives in this profile; reading needs no server, so nothing waits.
    #[cfg(feature = "workspace")]
    fn host(&mut self, account: &Account) -> Task<Message> {
        if !account.hosted {
            return Task::none();
        }
        let dir = self.profile.workspace_dir();
        let open = async move { crate::workspace::Workspace::open(&dir).await };
        Task::perform(open, |opened| Message::Hosting(work::Once::new(opened)))
    }

    #[cfg(not(feature = "workspace"))]
    fn host(&mut self, account: &Account) -> Task<Message> {
        if account.hosted {
            tracing::warn!("this program was built without the server of the workspace it is to host");
        }
        Task::none()
    }

    /// The server of the own workspace runs, or cannot.
    #[cfg(feature = "workspace")]
    pub(super) fn hosting(
        &mut self,
        opened: &work::Once<Result<crate::workspace::Workspace, ChatError>>,
    ) -> Task<Message> {
        match opened.take() {
            Some(Ok(workspace)) => {
                self.workspace = Some(workspace);
                if let Stage::In(session) = &self.stage {
                    session.client.wake();
                }
                Task::none()
            }
            Some(Err(error)) => {
                tracing::error!(code = error.code.code(), "the workspace of this computer did not start");
                self.toast(format!("{} {}", fl!("workspace-not-started"), problem::sentence(&error)))
            }
            None => Task::none(),
        }
    }

    /// The local copy is open, or why it is not.
    pub(super) fn opened(&mut self, opened: Opened) -> Task<Message> {
        let Opened { account, result } = opened;
        match result {
            Ok(client) => self.enter(client, account),
            Err(error) => {
                tracing::warn!(code = error.code.code(), "the local copy could not be opened");
                let reason = problem::reason(&error);
                let welcome = if reason == Some(problem::reason::PASSPHRASE_NEEDED) {
                    Welcome::unlock(account, None)
                } else {
                    Welcome::again(&account, Some(problem::sentence(&error)))
                };
                self.stage = Stage::Welcome(Box::new(welcome));
                Task::none()
            }
        }
    }

    /// Somebody is in.
    fn enter(&mut self, client: Client, account: Account) -> Task<Message> {
        self.sessions += 1;
        self.page = None;
        let before = self.settings.account.replace(account.clone());
        let same = before.as_ref().is_some_and(|before| before.user_id == account.user_id);
        let conversation = self.settings.conversation.take().filter(|_| same);
        let me = client.profile().unwrap_or_else(|| Person {
            user_id: account.user_id.clone(),
            nick: String::new(),
            avatar: String::new(),
            is_admin: false,
            is_disabled: false,
            version: 0,
        });
        let clock = Clock::system();
        let workspace = client.workspace().unwrap_or_else(|| account.workspace.clone());
        let context = chats::Context {
            me: me.clone(),
            workspace: workspace.clone(),
            limits: client.limits(),
            services: client.services(),
            clock,
            focused: self.focused,
            size: self.size,
        };
        let (mut chats, effects) =
            Chats::new(context, self.settings.list_width, self.settings.panel, conversation);
        chats.set_recent_emoji(self.settings.recent_emoji.clone());
        chats.set_recent_stickers(self.settings.recent_stickers.clone());
        let net = client.net_state();
        self.stage = Stage::In(Box::new(Session {
            number: self.sessions,
            chats,
            notices: Notices::new(self.desk.clone()),
            studio: Studio::default(),
            context: settings::Context {
                me,
                limits: client.limits(),
                workspace,
                address: account.server.address.clone(),
                hosted: account.hosted,
                theme: self.settings.theme,
                language: self.settings.language,
                zoom: self.settings.zoom,
                renderer: self.settings.renderer,
                notices: self.settings.notices,
                log: self.settings.log,
                proxy: account.server.proxy_server.clone(),
                width: self.size.width,
                clock,
            },
            client,
            account,
        }));
        // Nobody waits for the disk who comes back to what was left.
        if before.as_ref() != self.settings.account.as_ref() {
            self.save();
        }
        self.with_chats(|chats| {
            let mut effects = effects;
            effects.extend(chats.event(&hallway_client::Event::NetStateChanged(net)));
            effects
        })
    }

    /// Does what the way in wants done.
    pub(super) fn after_welcome(&mut self, effects: Vec<welcome::Effect>) -> Task<Message> {
        let place = self.place();
        let mut tasks = Vec::new();
        for effect in effects {
            tasks.push(match effect {
                welcome::Effect::Action(welcome::Action::Entered { client, account }) => {
                    self.enter(client, account)
                }
                #[cfg(feature = "workspace")]
                welcome::Effect::Action(welcome::Action::Hosting(workspace)) => {
                    self.workspace = Some(workspace);
                    Task::none()
                }
                effect => welcome::run(effect, &place).map(Message::Welcome),
            });
        }
        Task::batch(tasks)
    }

    /// The server ended this session (SES-42).
    pub(super) fn kicked_out(&mut self, kind: KickedOutType) -> Task<Message> {
        let Stage::In(session) = &mut self.stage else { return Task::none() };
        drop(session.notices.clear());
        let why = match kind {
            KickedOutType::MultipleAccount => fl!("kicked-elsewhere"),
            KickedOutType::MultipleDevice => fl!("kicked-device"),
            KickedOutType::UserSigExpired => fl!("kicked-expired"),
            KickedOutType::RestApiKick => fl!("kicked-ended"),
        };
        let welcome = Welcome::again(&session.account, Some(why));
        self.page = None;
        self.stage = Stage::Welcome(Box::new(welcome));
        Task::none()
    }

    /// Ends the session of this instance; what is here stays encrypted.
    pub(super) fn sign_out(&mut self) -> Task<Message> {
        let kept = self.with_chats(Chats::leave_all);
        let Stage::In(session) = &mut self.stage else { return Task::none() };
        drop(session.notices.clear());
        let client = session.client.clone();
        let end = async move {
            match client.logout().await {
                Ok(()) => {}
                Err(error) if error.code == ErrorCode::NotLoggedIn => {}
                Err(error) => tracing::warn!(code = error.code.code(), "signing out did not end in order"),
            }
        };
        kept.chain(Task::perform(end, |()| Message::SignedOut))
    }
}

async fn open(place: &Place, account: &Account) -> Result<Client, ChatError> {
    let client = Client::create(work::config(place, account, CacheKey::Keyring))?;
    client.resume(account.user_id.clone()).await?;
    Ok(client)
}
