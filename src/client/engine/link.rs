//! Connecting, signing in, and how a session ends (SES-30 to SES-48).

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use hallway_protocol::error::Retry;
use hallway_protocol::method::{SignIn, SignOut};
use hallway_protocol::session::{Credential, InstanceInfo, KickedOutType, SignedIn};
use hallway_protocol::{PROTOCOL_VERSION, UserId};
use tokio::sync::oneshot;

use super::apply::Step;
use super::{Command, Done, Engine, Finished, Stop};
use crate::account::{self, StoredAccount};
use crate::cache::meta::{self, Cursors, Session, Token};
use crate::config::{Config, ServerAddress};
use crate::event::{Event, NetState};
use crate::shared::now_ms;
use crate::transport::{ConnectError, Connector, Link};
use crate::{ChatError, ErrorCode};

/// How long saying goodbye to the server may take.
const GOODBYE: Duration = Duration::from_secs(3);

/// Seconds before the end of a credential at which the app is told (SES-47).
const WARNINGS: [i64; 2] = [24 * 3600, 3600];

/// A connection that is signed in.
pub(crate) struct Signed {
    pub link: Link,
    pub answer: SignedIn,
}

/// Why there is none.
pub(crate) enum Refused {
    /// The server cannot be reached.
    Link(ConnectError),
    /// It refused the sign-in.
    SignIn(ChatError),
}

impl From<Refused> for ChatError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Link(error) => error.into(),
            Refused::SignIn(error) => error,
        }
    }
}

/// Which warnings about the credential have been given.
#[derive(Default)]
pub(super) struct Warned(usize);

/// Connects and signs in once.
pub(crate) async fn sign_in(
    connector: &Connector,
    config: &Config,
    user_id: UserId,
    instance_id: String,
    credential: Credential,
) -> std::result::Result<Box<Signed>, Refused> {
    let link = connector.connect().await.map_err(Refused::Link)?;
    let params = SignIn {
        app_id: config.app_id,
        user_id,
        credential,
        instance: InstanceInfo {
            instance_id,
            device_class: config.device_class,
            client_version: shorten(&config.client_version),
            host_name: shorten(&gethostname::gethostname().to_string_lossy()),
        },
        protocol_version: PROTOCOL_VERSION,
    };
    let answer = link.rpc().call(&params).await.map_err(Refused::SignIn)?;
    Ok(Box::new(Signed { link, answer }))
}

/// Why the server refuses to go on with a session: its own word (SES-44), else what the code says.
fn reason_of(error: &ChatError) -> KickedOutType {
    let told = error.data.as_ref().and_then(|data| data.get("type")).cloned();
    told.and_then(|kind| serde_json::from_value(kind).ok()).unwrap_or(match error.code {
        ErrorCode::CredentialExpired => KickedOutType::UserSigExpired,
        _ => KickedOutType::RestApiKick,
    })
}

/// At most 64 bytes (SES-46).
fn shorten(text: &str) -> String {
    let mut end = text.len().min(64);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

/// The session of an answer.
pub(crate) fn session_of(answer: &SignedIn) -> Session {
    Session {
        user: answer.user.clone(),
        user_number: answer.user_number,
        workspace: answer.workspace.clone(),
        services: answer.services.clone(),
        epoch: answer.epoch.clone(),
        credential_expires: answer.credential_expires,
        clock_offset_ms: answer.server_time_ms - now_ms(),
    }
}

impl Engine {
    pub(super) fn connect_if_due(&mut self, now: Instant) {
        if self.connecting || self.connect_at.is_none_or(|at| at > now) {
            return;
        }
        let Some(token) = self.token.clone() else { return };
        self.connecting = true;
        self.connect_at = None;
        let (connector, config) = (self.connector.clone(), self.config.clone());
        let (user, instance) = (self.me.clone(), self.stored.instance_id.clone());
        let link = self.link_number;
        self.jobs.spawn(async move {
            let credential = Credential::Token(token.0.clone());
            let done = Done::Connected(sign_in(&connector, &config, user, instance, credential).await);
            Finished { link, done }
        });
    }

    pub(super) fn schedule_connect(&mut self) {
        let wait = if self.is_server_closing {
            self.backoff.next_patient_delay()
        } else {
            self.backoff.next_delay()
        };
        self.connect_at = Some(Instant::now() + wait);
    }

    /// An attempt ended. Names the reason if the session is over for good.
    pub(super) async fn connect_ended(
        &mut self,
        result: std::result::Result<Box<Signed>, Refused>,
    ) -> Option<KickedOutType> {
        self.connecting = false;
        let is_detour = std::mem::take(&mut self.is_detour);
        let error = match result {
            Ok(signed) => {
                // Reported; another attempt is scheduled.
                let _ = self.connected(signed).await;
                if is_detour {
                    self.connect_anew();
                }
                return None;
            }
            Err(Refused::Link(_)) if is_detour => {
                self.connect_anew();
                return None;
            }
            Err(Refused::Link(error)) if error.is_passing() => ChatError::from(error),
            Err(Refused::Link(error)) => {
                let error = ChatError::from(error);
                if self.shared.net() != NetState::Disconnected {
                    self.shared.emit(Event::Error(error.code, error.message.clone()));
                }
                self.backoff.next_patient_delay();
                error
            }
            Err(Refused::SignIn(error)) => {
                if error.retry() == Retry::NeedsUser {
                    crate::log::warn!(code = %error.code, "the session is over");
                    return Some(reason_of(&error));
                }
                if error.retry() == Retry::Permanent && self.shared.net() != NetState::Disconnected {
                    self.shared.emit(Event::Error(error.code, error.message.clone()));
                }
                self.backoff.next_patient_delay();
                error
            }
        };
        crate::log::debug!(code = %error.code, "connecting failed");
        self.shared.set_net(NetState::Disconnected);
        self.schedule_connect();
        if let (Some(wait), Some(at)) = (error.retry_after(), &mut self.connect_at) {
            *at = (*at).max(Instant::now() + wait);
        }
        None
    }

    /// The connection is signed in. The new token is on disk before anything else happens, since the old one ends
    /// with the first use of the new.
    pub(super) async fn connected(&mut self, signed: Box<Signed>) -> ControlFlow<()> {
        let Signed { link, answer } = *signed;
        let session = session_of(&answer);
        let token = Token(answer.token.clone());
        let (kept, limits) = ((session.clone(), token.clone()), answer.limits.clone());
        let written = self
            .cache
            .write_durably(move |db| {
                meta::put_token(db, Some(&kept.1))?;
                meta::put_session(db, &kept.0)?;
                meta::put_limits(db, &limits)
            })
            .await;
        if let Err(error) = written {
            crate::log::error!(%error, "the session could not be kept");
            self.shared.emit(Event::Error(ErrorCode::UnexpectedError, error.to_string()));
            self.backoff.next_patient_delay();
            self.schedule_connect();
            return ControlFlow::Continue(());
        }
        self.token = Some(token);
        self.remember(&session);
        self.shared.set_limits(answer.limits);
        self.shared.set_session(Some(session));
        self.link_number += 1;
        self.backoff.reset();
        self.is_server_closing = false;
        self.offline_since = None;
        self.warned = Warned::default();
        self.rpc = Some(link.rpc().clone());
        link.rpc().set_in_use(self.active.is_some());
        link.rpc().set_limits(&self.shared.limits());
        self.shared.set_rpc(self.rpc.clone());
        self.link = Some(link);
        if self.cursors.epoch != answer.epoch {
            self.new_epoch(answer.epoch).await;
        }
        self.queue.wake();
        self.wishes.wake();
        self.reads.wake();
        self.drafts.wake();
        crate::log::info!("connected");
        self.shared.set_net(NetState::Connected);
        self.start_round();
        ControlFlow::Continue(())
    }

    /// The server's data has another life than the cursors: they are void. What is here stays on screen until the
    /// server's rows replace it (`docs/sync_model.md` §12).
    async fn new_epoch(&mut self, epoch: String) {
        let steps: Vec<Step> = self.book.ids().into_iter().map(Step::Distrust).collect();
        self.cursors = Cursors { epoch, useq: 0, heads_since: 0 };
        self.useq.restart(0);
        self.book.restart();
        // Reported; the new connection begins with empty cursors all the same.
        let _ = self.commit_with(steps, true).await;
    }

    /// Keeps the index of accounts up to date.
    pub(super) fn remember(&mut self, session: &Session) {
        let stored = StoredAccount {
            nick: session.user.nick.clone(),
            workspace: session.workspace.clone(),
            server: self.config.server.clone(),
            can_resume: self.token.is_some(),
            ..self.stored.clone()
        };
        if let Err(error) = account::remember(&self.config.data_dir, &stored) {
            crate::log::error!(%error, "the index of accounts could not be written");
        }
        self.stored = stored;
    }

    /// The connection ended by itself: mend it without the app (SES-34).
    pub(super) async fn lost(&mut self) {
        self.drop_link();
        self.shared.set_net(NetState::Connecting);
        self.schedule_connect();
    }

    pub(super) fn drop_link(&mut self) {
        self.link = None;
        self.rpc = None;
        self.shared.set_rpc(None);
        self.link_number += 1;
        self.offline_since = Some(Instant::now());
        self.book.disconnected();
        self.useq.disconnected();
        self.rounds_interrupted();
        self.queue.wake();
        self.wishes_kept();
    }

    /// The server is reached another way from now on.
    pub(super) fn via(&mut self, connector: Connector, server: ServerAddress) {
        self.connector = Arc::new(connector);
        self.config.server = server;
        if let Some(session) = self.shared.session() {
            self.remember(&session);
        }
        if self.connecting {
            self.is_detour = true;
        } else {
            self.connect_anew();
        }
    }

    fn connect_anew(&mut self) {
        if self.rpc.is_some() {
            self.drop_link();
            self.shared.set_net(NetState::Connecting);
        }
        self.backoff.reset();
        self.connect_at = Some(Instant::now());
    }

    /// SES-37.
    pub(super) fn wake(&mut self) {
        match &self.rpc {
            Some(rpc) => {
                rpc.wake();
                self.start_round();
            }
            None => {
                self.backoff.reset();
                if !self.connecting {
                    self.connect_at = Some(Instant::now());
                }
            }
        }
    }

    /// The first round is through (SES-32, SES-60).
    pub(super) fn became_ready(&mut self) {
        self.was_ready = true;
        crate::log::info!(conversations = self.book.iter().count(), "ready");
        self.announce_list();
        self.shared.set_ready(true);
        self.shared.emit(Event::SdkReady);
    }

    pub(super) fn expiry_deadline(&self) -> Option<Instant> {
        let (left, warning) = self.next_warning()?;
        Some(Instant::now() + Duration::from_secs(u64::try_from(left - warning).unwrap_or(0)))
    }

    /// Seconds that are left, and the next warning in seconds before the end.
    fn next_warning(&self) -> Option<(i64, i64)> {
        let expires = self.shared.session()?.credential_expires?;
        let left = expires - self.shared.server_time() / 1000;
        let warning = WARNINGS.get(self.warned.0)?;
        (left > 0).then_some((left, *warning))
    }

    pub(super) fn warn_of_expiry(&mut self, _now: Instant) {
        let mut told = None;
        while let Some((left, warning)) = self.next_warning()
            && left <= warning
        {
            self.warned.0 += 1;
            told = Some(left);
        }
        if let Some(left) = told {
            self.shared.emit(Event::CredentialExpires(left));
        }
    }

    /// The server ended the session (SES-42): log out here, tell, and never log in again by itself (SES-43).
    pub(super) async fn kicked_out(mut self, kind: KickedOutType) {
        let code = match kind {
            KickedOutType::MultipleAccount => ErrorCode::EndedByAccountKick,
            KickedOutType::MultipleDevice => ErrorCode::EndedByDeviceKick,
            KickedOutType::UserSigExpired => ErrorCode::EndedByCredentialExpiry,
            KickedOutType::RestApiKick => ErrorCode::EndedByAdminKick,
        };
        crate::log::info!(?kind, "the session was ended from elsewhere");
        let shared = self.shared.clone();
        self.end_session(code).await;
        self.finish(None).await;
        shared.emit(Event::SdkNotReady);
        shared.emit(Event::KickedOut(kind));
    }

    /// The app ends it.
    pub(super) async fn stop(mut self, how: Stop, done: Option<oneshot::Sender<()>>) {
        self.save_drafts().await;
        match how {
            Stop::Close => self.finish(done).await,
            Stop::Logout => {
                if let Some(rpc) = self.rpc.clone() {
                    // A server that cannot be reached ends the session when it next hears of it, or never: the
                    // token is gone from here in any case.
                    let _ = tokio::time::timeout(GOODBYE, rpc.call(&SignOut {})).await;
                }
                self.end_session(ErrorCode::EndedByLogout).await;
                let shared = self.shared.clone();
                self.finish(None).await;
                shared.emit(Event::SdkNotReady);
                if let Some(done) = done {
                    let _ = done.send(());
                }
            }
        }
    }

    /// The token is worth nothing any more.
    async fn end_session(&mut self, code: ErrorCode) {
        self.token = None;
        if let Err(error) = self.cache.write_durably(|db| meta::put_token(db, None)).await {
            crate::log::error!(%error, "the token could not be removed");
        }
        if let Some(session) = self.shared.session() {
            self.remember(&session);
        }
        for reply in self.waiters.drain().flat_map(|(_, waiters)| waiters) {
            let _ = reply.send(Err(ChatError::new(code)));
        }
    }

    /// Lets go of everything, the files last.
    pub(super) async fn finish(mut self, done: Option<oneshot::Sender<()>>) {
        self.ended.store(true, Ordering::Release);
        self.shared.set_ready(false);
        self.shared.set_rpc(None);
        self.rpc = None;
        if let Some(link) = self.link.take() {
            link.close().await;
        }
        self.jobs.shutdown().await;
        self.commands.close();
        while let Ok(command) = self.commands.try_recv() {
            if let Command::Stop(_, done) = command {
                let _ = done.send(());
            }
        }
        self.empty_list();
        self.shared.set_session(None);
        self.cache.close().await;
        drop(self.lock.take());
        self.shared.set_net(NetState::Disconnected);
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}
