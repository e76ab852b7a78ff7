//! Signing in and out, and everything about the session (spec part 1).

use std::sync::{Arc, PoisonError, Weak};
use std::time::{Duration, Instant};

use hallway_protocol::method::{
    ChangePassword, CreateInvite, EndInstance, GetServerInfo, Invite, Join, ListInstances, RefreshCredential,
};
use hallway_protocol::session::{Credential, Instance, ServerInfo, SignedIn};
use hallway_protocol::user::Profile;
use hallway_protocol::{ErrorCode, Limits, UserId};
use tokio::sync::{broadcast, oneshot};

use super::{Client, Inner, State};
use crate::account::{self, Lock, StoredAccount};
use crate::cache::{Cache, meta};
use crate::config::{Config, ServerAddress};
use crate::engine::{Command, Engine, Signed, Start, Stop, session_of, sign_in};
use crate::event::{Event, EventName, NetState, Subscription};
use crate::model::Login;
use crate::shared::lock;
use crate::transport::{Connector, TransportConfig, connect};
use crate::{ChatError, Result, key};

/// How long a second login is refused with 2025 (SES-4); later it is 3000 while the first still runs.
const LOGIN_REPEATED: Duration = Duration::from_secs(15);

/// The handles of this program, so that the same settings give the same handle (SES-10).
static CLIENTS: std::sync::Mutex<Vec<Weak<Inner>>> = std::sync::Mutex::new(Vec::new());

impl Client {
    /// A handle. The same app id, server and data folder give the same handle, with the new settings for the next
    /// login (SES-10); nothing is sent.
    ///
    /// # Errors
    ///
    /// 2000 without an app id, 6017 for a malformed server address.
    pub fn create(config: Config) -> Result<Self> {
        if config.app_id == 0 {
            return Err(ErrorCode::AppIdMissing.into());
        }
        Connector::new(&config.server, TransportConfig::default())?;
        let mut clients = lock(&CLIENTS);
        clients.retain(|known| known.strong_count() > 0);
        let known = clients.iter().filter_map(Weak::upgrade).find(|inner| inner.is_for(&config));
        if let Some(inner) = known {
            *lock(&inner.config) = config;
            return Ok(Self { inner });
        }
        let inner = Arc::new(Inner::new(config));
        clients.push(Arc::downgrade(&inner));
        Ok(Self { inner })
    }

    /// What the server is, without signing in.
    pub async fn server_info(server: &ServerAddress) -> Result<ServerInfo> {
        let link = connect(server, &TransportConfig::default()).await?;
        let answer = link.rpc().call(&GetServerInfo {}).await;
        link.close().await;
        answer
    }

    /// Makes an account from an invite token; signing in is a step of its own.
    ///
    /// # Errors
    ///
    /// 70398 when the user id is taken; the server's own for a token that is used up or a password too short.
    pub async fn join(
        server: &ServerAddress,
        token: &str,
        user_id: &UserId,
        nick: &str,
        password: &str,
    ) -> Result<()> {
        let link = connect(server, &TransportConfig::default()).await?;
        let params = Join {
            token: token.into(),
            user_id: user_id.clone(),
            nick: nick.into(),
            password: password.into(),
        };
        let answer = link.rpc().call(&params).await;
        link.close().await;
        answer.map(|_| ())
    }

    /// The accounts that have signed in from a data folder, oldest first.
    pub fn accounts(data_dir: &std::path::Path) -> Result<Vec<StoredAccount>> {
        account::list(data_dir)
    }

    /// Removes an account from a data folder: its key first, then its local copy. It must not be signed in.
    ///
    /// # Errors
    ///
    /// 2905 while it is open, or when the keyring with its key cannot be reached (nothing is removed then).
    pub async fn forget(data_dir: &std::path::Path, account: &StoredAccount) -> Result<()> {
        account::forget(data_dir, account).await
    }

    /// Events from now on. A receiver that falls more than 1024 events behind is told that it missed some and should
    /// then read everything again.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.shared.subscribe()
    }

    /// Calls `handler` at each event of a name, in the order of registration (SES-17). It runs in the background task
    /// and must return quickly.
    pub fn on(&self, event: EventName, handler: impl Fn(&Event) + Send + Sync + 'static) -> Subscription {
        self.inner.shared.on(event, Arc::new(handler))
    }

    /// Takes a handler back; an unknown one has no effect (SES-18).
    pub fn off(&self, subscription: Subscription) {
        self.inner.shared.off(subscription);
    }

    /// Signs in and opens the local copy (SES-11). Success is not readiness: [`Event::SdkReady`] follows. Must be
    /// called inside a Tokio runtime, which runs the background task.
    ///
    /// # Errors
    ///
    /// 2025 and 3000 while another login runs; 2905 with a `data.reason` of [`crate::key::reason`] when there is no key
    /// for the local copy, or `in_use` when another program has the account open; 2800, 2801, 2805 when the server
    /// cannot be reached; the server's own.
    pub async fn login(&self, user_id: UserId, credential: Credential) -> Result<Login> {
        if let Some(login) = self.make_room(&user_id).await? {
            return Ok(login);
        }
        let attempt = self.begin_login()?;
        let config = lock(&self.inner.config).clone();
        let stored = account::find(&config.data_dir, config.app_id, &config.server, &user_id)?;
        let is_new = stored.is_none();
        let stored = stored.unwrap_or_else(|| StoredAccount {
            app_id: config.app_id,
            server: config.server.clone(),
            user_id: user_id.clone(),
            nick: String::new(),
            workspace: String::new(),
            can_resume: false,
            instance_id: format!("{:032x}", rand::random::<u128>()),
        });
        let folder = account::folder(&config.data_dir, config.app_id, &config.server, &user_id);
        account::make_folder(&folder)?;
        let result = self.sign_in_and_start(config, stored, &folder, credential).await;
        if result.is_err() && is_new {
            // An account that never signed in leaves nothing behind.
            if let Err(error) = key::forget(&folder).await {
                crate::log::warn!(%error, "an unused key could not be removed");
            } else if let Err(error) = std::fs::remove_dir_all(&folder) {
                crate::log::warn!(%error, "an unused folder could not be removed");
            }
        }
        let login = result?;
        attempt.succeeded();
        Ok(login)
    }

    async fn sign_in_and_start(
        &self,
        config: Config,
        stored: StoredAccount,
        folder: &std::path::Path,
        credential: Credential,
    ) -> Result<Login> {
        let held = Lock::take(folder)?;
        let key = key::obtain(&config.cache_key, folder).await?;
        let connector = Connector::new(&config.server, TransportConfig::default())?;
        let (user, instance) = (stored.user_id.clone(), stored.instance_id.clone());
        let signed =
            sign_in(&connector, &config, user, instance, credential).await.map_err(ChatError::from)?;
        let cache = open(account::database(folder), key).await?;
        let answer = SignedIn { token: String::new(), ..signed.answer.clone() };
        let start = Start { config, stored, cache, connector, token: None, lock: held, signed: Some(signed) };
        self.start(start).await?;
        Ok(Login { signed_in: answer, repeat_login: false })
    }

    /// Opens the local copy of an account that has logged in here before and connects in the background. Returns as
    /// soon as the copy is open: no network needed.
    ///
    /// # Errors
    ///
    /// 2003 when a credential is needed: never signed in here, logged out, or the session was ended; otherwise as
    /// [`Self::login`].
    pub async fn resume(&self, user_id: UserId) -> Result<()> {
        if self.make_room(&user_id).await?.is_some() {
            return Ok(());
        }
        let attempt = self.begin_login()?;
        let config = lock(&self.inner.config).clone();
        let missing = || ChatError::from(ErrorCode::CredentialMissing);
        let stored = account::find(&config.data_dir, config.app_id, &config.server, &user_id)?
            .filter(|stored| stored.can_resume)
            .ok_or_else(missing)?;
        let folder = account::folder(&config.data_dir, config.app_id, &config.server, &user_id);
        let held = Lock::take(&folder)?;
        let key = key::obtain(&config.cache_key, &folder).await?;
        let connector = Connector::new(&config.server, TransportConfig::default())?;
        let cache = open(account::database(&folder), key).await?;
        let (session, token, limits) =
            cache.read(|db| Ok((meta::session(db)?, meta::token(db)?, meta::limits(db)?))).await?;
        let (Some(session), Some(token)) = (session, token) else {
            cache.close().await;
            return Err(missing());
        };
        self.inner.shared.set_session(Some(session));
        self.inner.shared.set_limits(limits);
        self.inner.shared.set_net(NetState::Connecting);
        let start = Start { config, stored, cache, connector, token: Some(token), lock: held, signed: None };
        self.start(start).await?;
        attempt.succeeded();
        Ok(())
    }

    async fn start(&self, start: Start) -> Result<()> {
        if let Some(Signed { link, answer }) = start.signed.as_deref() {
            // Not ready from here on, instead of not connected until the task looks at it (SES-31).
            self.inner.shared.set_rpc(Some(link.rpc().clone()));
            self.inner.shared.set_session(Some(session_of(answer)));
            self.inner.shared.set_limits(answer.limits.clone());
        }
        let account = Engine::start(Arc::clone(&self.inner.shared), start).await?;
        *lock(&self.inner.state) = State::Open(Arc::new(account));
        Ok(())
    }

    /// Whoever is signed in stays if it is the same user, and is logged out otherwise (SES-11).
    async fn make_room(&self, user_id: &UserId) -> Result<Option<Login>> {
        let Ok(account) = self.account() else { return Ok(None) };
        if account.me != *user_id {
            self.logout().await?;
            return Ok(None);
        }
        let session = self.inner.shared.session().ok_or(ErrorCode::NotLoggedIn)?;
        Ok(Some(Login {
            signed_in: SignedIn {
                user: session.user.clone(),
                user_number: session.user_number,
                token: String::new(),
                limits: self.limits(),
                server_time_ms: self.get_server_time(),
                epoch: session.epoch.clone(),
                repeat_login: true,
                credential_expires: session.credential_expires,
                workspace: session.workspace.clone(),
                services: session.services.clone(),
            },
            repeat_login: true,
        }))
    }

    fn begin_login(&self) -> Result<Attempt<'_>> {
        let mut state = lock(&self.inner.state);
        match &*state {
            State::Destroyed => return Err(ErrorCode::StateNotAllowed.into()),
            State::LoggingIn(since) if since.elapsed() < LOGIN_REPEATED => {
                return Err(ErrorCode::LoginRepeated.into());
            }
            State::LoggingIn(_) => return Err(ErrorCode::LoginRunning.into()),
            State::LoggedOut | State::Open(_) => {}
        }
        *state = State::LoggingIn(Instant::now());
        Ok(Attempt { inner: &self.inner, done: false })
    }

    /// Ends the session of this instance (SES-12). The local copy stays, readable only by this account. Without a
    /// network the token is thrown away all the same.
    ///
    /// # Errors
    ///
    /// 2024 when nobody is logged in.
    pub async fn logout(&self) -> Result<()> {
        self.end(Stop::Logout).await
    }

    /// Ends the background task and lets go of all files, without ending the session: [`Self::resume`] goes on from
    /// here. What a program does when it is closed; a program that is killed loses nothing either.
    ///
    /// # Errors
    ///
    /// 2024 when nobody is logged in.
    pub async fn close(&self) -> Result<()> {
        self.end(Stop::Close).await
    }

    async fn end(&self, how: Stop) -> Result<()> {
        let account = self.account()?;
        let (done, wait) = oneshot::channel();
        // A task that is gone has let go already.
        if account.commands.send(Command::Stop(how, done)).is_ok() {
            let _ = wait.await;
        }
        let mut state = lock(&self.inner.state);
        if matches!(&*state, State::Open(open) if Arc::ptr_eq(open, &account)) {
            *state = State::LoggedOut;
        }
        Ok(())
    }

    /// Logs out, frees everything and removes all handlers; the handle is unusable afterwards (SES-13).
    pub async fn destroy(&self) -> Result<()> {
        if self.account().is_ok() {
            self.logout().await?;
        }
        *lock(&self.inner.state) = State::Destroyed;
        lock(&CLIENTS).retain(|known| !std::ptr::eq(known.as_ptr(), Arc::as_ptr(&self.inner)));
        self.inner.shared.emit(Event::SdkDestroyed);
        self.inner.shared.remove_handlers();
        Ok(())
    }

    /// Goes through another proxy from now on, or directly (SES-10). An open account keeps its session, connects anew
    /// at once, and is found this way by the next [`Self::resume`] too.
    ///
    /// # Errors
    ///
    /// 6017 with the reason `proxy_address` for what is no address; everything stays as it was then.
    pub fn set_proxy(&self, proxy_server: Option<String>) -> Result<()> {
        let server = ServerAddress { proxy_server, ..lock(&self.inner.config).server.clone() };
        let connector = Connector::new(&server, TransportConfig::default())?;
        lock(&self.inner.config).server = server.clone();
        if let Ok(account) = self.account() {
            // The task may just have ended with its session.
            let _ = account.commands.send(Command::Via(connector, Box::new(server)));
        }
        Ok(())
    }

    /// Who is logged in (SES-14).
    pub fn get_login_user(&self) -> Option<UserId> {
        self.account().ok().map(|account| account.me.clone())
    }

    /// The server's clock in unix milliseconds; 0 before the first login (SES-15).
    pub fn get_server_time(&self) -> i64 {
        self.inner.shared.server_time()
    }

    /// Strictly between sdk_ready and sdk_not_ready (SES-16).
    pub fn is_ready(&self) -> bool {
        self.inner.shared.is_ready()
    }

    /// State of the connection (SES-33).
    pub fn net_state(&self) -> NetState {
        self.inner.shared.net()
    }

    /// What this deployment allows, as last heard.
    pub fn limits(&self) -> Limits {
        (*self.inner.shared.limits()).clone()
    }

    /// The own profile.
    pub fn profile(&self) -> Option<Profile> {
        self.inner.shared.session().map(|session| session.user.clone())
    }

    /// Name of the workspace, as last heard.
    pub fn workspace(&self) -> Option<String> {
        self.inner.shared.session().map(|session| session.workspace.clone())
    }

    /// The machine woke or the network changed: reconnect now (SES-37).
    pub fn wake(&self) {
        if let Ok(account) = self.account() {
            let _ = account.commands.send(Command::Wake);
        }
    }

    /// Replaces a credential before it runs out (SES-21).
    pub async fn refresh_credential(&self, user_sig: String) -> Result<()> {
        self.rpc()?.call(&RefreshCredential { user_sig }).await?;
        let _ = self.account()?.commands.send(Command::CredentialReplaced);
        Ok(())
    }

    /// The own instances (SES-46).
    pub async fn get_instance_list(&self) -> Result<Vec<Instance>> {
        Ok(self.rpc()?.call(&ListInstances {}).await?.instances)
    }

    /// Ends one of the own instances (SES-46).
    pub async fn end_instance(&self, instance_id: &str) -> Result<()> {
        self.rpc()?.call(&EndInstance { instance_id: instance_id.into() }).await.map(|_| ())
    }

    /// Changes the own password; ends all other instances.
    pub async fn change_password(&self, old: &str, new: &str) -> Result<()> {
        let params = ChangePassword { old_password: old.into(), new_password: new.into() };
        self.rpc()?.call(&params).await.map(|_| ())
    }

    /// Makes an invite link with the server's own lifetime.
    pub async fn create_invite(&self, is_admin: bool) -> Result<Invite> {
        self.rpc()?.call(&CreateInvite { lifetime_seconds: None, is_admin }).await
    }
}

/// Opens the local copy without holding up the runtime.
async fn open(path: std::path::PathBuf, key: key::DataKey) -> Result<Cache> {
    let opened = tokio::task::spawn_blocking(move || Cache::open(&path, &key)).await;
    Ok(opened.map_err(|_| ErrorCode::UnexpectedError)??)
}

/// A login under way; gives the state free when it fails or is dropped.
struct Attempt<'a> {
    inner: &'a Inner,
    done: bool,
}

impl Attempt<'_> {
    fn succeeded(mut self) {
        self.done = true;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.done && matches!(*state, State::LoggingIn(_)) {
            *state = State::LoggedOut;
        }
    }
}
