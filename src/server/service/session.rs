//! Signing in and the instances of an account (SES-11 to SES-48).

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use hallway_protocol::ids::UserId;
use hallway_protocol::method::{Done, EndInstance, Instances, ListInstances, RefreshCredential, SignIn};
use hallway_protocol::session::{Credential, DeviceClass, Instance, InstanceInfo, KickedOutType, SignedIn};
use hallway_protocol::{ChatError, ErrorCode, PROTOCOL_VERSION};
use tracing::info;
use zeroize::Zeroizing;

use super::account::{Accounts, Proof, wrong_credential};
use super::core::{Caller, Core};
use crate::auth::token::{Token, Verdict};
use crate::bus::Registration;
use crate::net::outbox::Outbox;
use crate::net::{Entered, SignInDone};
use crate::store::session::{self, InstanceRecord};
use crate::store::user::{self, UserRecord};
use crate::store::{StoreError, Tx, WriteKey, console};

/// Bytes of an instance id, a client version, a host name.
const NAME_BYTES: usize = 64;

/// Who has proved to be who, and how long that holds.
struct Proven {
    user: UserRecord,
    /// The token it was proved with, to be exchanged; none for other credentials.
    token: Option<Token>,
    /// Unix seconds at which the credential runs out.
    expires: Option<i64>,
}

/// What the sign-in job answers with; refusals that leave something behind are not errors of the job.
enum Admitted {
    Yes {
        expires: Option<i64>,
    },
    /// The token is void, and with it the session; the code and why the session was ended, if it was.
    No(ErrorCode, Option<KickedOutType>),
}

impl Accounts {
    /// Signs an instance in. From before the answer on its events go to `outbox`.
    pub async fn sign_in(
        &self,
        request: SignIn,
        peer: IpAddr,
        current: Option<&Caller>,
        outbox: &Arc<Outbox>,
    ) -> Result<SignInDone<Caller>, ChatError> {
        let SignIn { app_id, user_id, credential, instance, protocol_version } = request;
        if protocol_version != PROTOCOL_VERSION {
            let text = format!("this server speaks version {PROTOCOL_VERSION} of the protocol");
            return Err(ChatError::new(ErrorCode::InvalidParameter).with_message(text));
        }
        if app_id != self.app_id {
            return Err(ErrorCode::CredentialOtherApp.into());
        }
        check_instance(&instance)?;
        let repeat_login = current
            .is_some_and(|current| current.user_id == user_id && current.instance_id == instance.instance_id);
        let proven = self.identify(&user_id, credential).await?;
        if proven.user.profile.is_disabled {
            return Err(ErrorCode::AccountBanned.into());
        }
        let user = self.core.users.learn(proven.user.clone());
        let next = Token::fresh().map_err(|_| ErrorCode::AccountInternalError)?;
        let text = next.text().to_string();
        let instance_id = instance.instance_id.clone();
        let expires = match self.admit(proven, instance, next).await? {
            Admitted::Yes { expires } => expires,
            Admitted::No(code, why) => return Err(refused(code, why)),
        };
        info!(user = %user_id, instance = instance_id, %peer, "signed in");
        let entered = (!repeat_login).then(|| self.enter(&user, instance_id, expires, outbox));
        let answer = SignedIn {
            user: user.profile.clone(),
            user_number: user.number,
            token: text,
            limits: self.core.limits.clone(),
            server_time_ms: self.core.clock.now_ms(),
            epoch: self.core.epoch.clone(),
            repeat_login,
            credential_expires: expires,
            workspace: self.workspace.clone(),
            services: self.services.clone(),
        };
        Ok(SignInDone { answer, entered })
    }

    /// Puts a signed-in connection on the bus.
    fn enter(
        &self,
        user: &UserRecord,
        instance_id: String,
        credential_expires: Option<i64>,
        outbox: &Arc<Outbox>,
    ) -> Entered<Caller> {
        let registration = self.core.bus.register(user.number, &instance_id, outbox);
        let caller = Arc::new(Caller {
            number: user.number,
            user_id: user.profile.user_id.clone(),
            instance_id,
            connection: registration.connection.id,
        });
        let leaving = Leaving { core: Arc::clone(&self.core), registration };
        let registration: Box<dyn Any + Send + Sync> = Box::new(leaving);
        Entered { caller, credential_expires, registration }
    }

    async fn identify(&self, user_id: &UserId, credential: Credential) -> Result<Proven, ChatError> {
        match credential {
            Credential::Password(password) => match self.prove(user_id, Zeroizing::new(password)).await? {
                Proof::Right(record) => Ok(Proven { user: record.user, token: None, expires: None }),
                Proof::Wrong => Err(wrong_credential()),
            },
            Credential::UserSig(text) => {
                let (user, expires) = self.check_sig(user_id, &Zeroizing::new(text)).await?;
                Ok(Proven { user, token: None, expires: Some(expires) })
            }
            Credential::Token(text) => {
                let token = Token::parse(&Zeroizing::new(text)).ok_or(ErrorCode::CredentialMalformed)?;
                let wanted = user_id.clone();
                let user = self.core.db.read(move |tx| user::by_id(tx, &wanted)).await?;
                // Unknown people get what a void token gets.
                let user = user.ok_or(ErrorCode::CredentialRevoked)?;
                Ok(Proven { user, token: Some(token), expires: None })
            }
        }
    }

    /// Checks a credential of the deployer in the order of RST-25; when it runs out.
    async fn check_sig(&self, user_id: &UserId, text: &str) -> Result<(UserRecord, i64), ChatError> {
        self.sig_failures.check(user_id, Instant::now()).map_err(|wait| self.locked(wait))?;
        let accepted = self.sigs.check(text, user_id.as_str(), self.core.clock.now()).map_err(|error| {
            self.sig_failures.failed(user_id.clone(), Instant::now());
            ChatError::new(ErrorCode::from(error.code()))
        })?;
        let wanted = user_id.clone();
        let record = self.core.db.read(move |tx| user::for_sign_in(tx, &wanted)).await?;
        let record = record.ok_or(ErrorCode::AccountUnknown)?;
        if accepted.made_at < record.kicked_at {
            return Err(ErrorCode::CredentialRevoked.into());
        }
        if record.user.profile.is_disabled {
            return Err(ErrorCode::AccountBanned.into());
        }
        self.sig_failures.succeeded(user_id);
        Ok((record.user, accepted.expires_at))
    }

    /// Checks a token, stores the instance, and lets others go where there are too many (SES-40 to SES-45).
    async fn admit(&self, proven: Proven, info: InstanceInfo, next: Token) -> Result<Admitted, ChatError> {
        let Proven { user, token, expires } = proven;
        let (one_terminal, session_seconds) = (self.one_terminal, self.session_seconds);
        let core = Arc::clone(&self.core);
        let db = self.core.db.clone();
        db.write(WriteKey::user(user.number), move |tx| {
            let now = core.clock.now();
            let known = session::instance(tx, user.number, &info.instance_id)?;
            let record = match (&token, known) {
                (None, _) => InstanceRecord {
                    info: info.clone(),
                    tokens: next.stored(),
                    expires,
                    login_time: now,
                    last_seen: now,
                },
                (Some(_), None) => {
                    let why = console::why_ended(tx, user.number, &info.instance_id)?;
                    return Ok(Admitted::No(ErrorCode::CredentialRevoked, why));
                }
                (Some(token), Some(known)) => {
                    if let Err(code) = still_good(&known, token, now, session_seconds) {
                        end(&core, tx, user.number, &info.instance_id, KickedOutType::UserSigExpired)?;
                        return Ok(Admitted::No(code, None));
                    }
                    let tokens = known.tokens.rotated(token, &next);
                    InstanceRecord { info: info.clone(), tokens, last_seen: now, ..known }
                }
            };
            for (other, kind) in too_many(&core, &session::instances(tx, user.number)?, &info, one_terminal) {
                end(&core, tx, user.number, &other, kind)?;
            }
            session::put_instance(tx, user.number, &record)?;
            console::forget_end(tx, user.number, &info.instance_id)?;
            Ok(Admitted::Yes { expires: record.expires })
        })
        .await
    }

    /// Ends the caller's session for good (SES-12).
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), ChatError> {
        let (number, instance_id) = (caller.number, caller.instance_id.clone());
        info!(user = %caller.user_id, instance = instance_id, "signed out");
        let key = WriteKey::user(number);
        self.core
            .db
            .write(key, move |tx| session::remove_instance(tx, number, &instance_id).map(|_| ()))
            .await
            .map_err(|error: StoreError| error.into())
    }

    /// Replaces the caller's credential (SES-21); when the new one runs out.
    pub async fn refresh_credential(
        &self,
        caller: &Caller,
        request: RefreshCredential,
    ) -> Result<Option<i64>, ChatError> {
        let text = Zeroizing::new(request.user_sig);
        let (_, expires) = self.check_sig(&caller.user_id, &text).await?;
        let (number, instance_id) = (caller.number, caller.instance_id.clone());
        let key = WriteKey::user(number);
        self.core
            .db
            .write(key, move |tx| session::set_expires(tx, number, &instance_id, Some(expires)))
            .await
            .map_err(|error: StoreError| ChatError::from(error))?;
        Ok(Some(expires))
    }

    /// The caller's credential has run out (SES-47); the connection tells the client.
    pub async fn expired(&self, caller: &Caller) {
        let (number, instance_id) = (caller.number, caller.instance_id.clone());
        let core = Arc::clone(&self.core);
        let ended = self.core.db.write(WriteKey::user(number), move |tx| {
            end(&core, tx, number, &instance_id, KickedOutType::UserSigExpired)
        });
        // A failure is in the log already, and the token will be refused by its age all the same.
        let _: Result<bool, ChatError> = ended.await.map_err(|error: StoreError| error.into());
    }

    /// The own instances: the asking one first, then by login time (SES-46).
    pub async fn list(&self, caller: &Arc<Caller>, _: ListInstances) -> Result<Instances, ChatError> {
        let number = caller.number;
        let records = self.core.db.read(move |tx| session::instances(tx, number)).await?;
        let online = self.core.bus.instances_online(number);
        let mut instances: Vec<Instance> = records
            .into_iter()
            .map(|record| Instance {
                is_online: online.contains(&record.info.instance_id),
                is_current: record.info.instance_id == caller.instance_id,
                info: record.info,
                login_time: record.login_time,
                last_seen: record.last_seen,
            })
            .collect();
        instances.sort_by_key(|instance| !instance.is_current);
        Ok(Instances { instances })
    }

    /// Ends one of the own instances (SES-46).
    pub async fn end_instance(&self, caller: &Arc<Caller>, call: EndInstance) -> Result<Done, ChatError> {
        let (core, number) = (Arc::clone(&self.core), caller.number);
        info!(user = %caller.user_id, instance = call.instance_id, "an instance was ended by its owner");
        let db = self.core.db.clone();
        db.write(WriteKey::user(number), move |tx| {
            if end(&core, tx, number, &call.instance_id, KickedOutType::RestApiKick)? {
                Ok(Done {})
            } else {
                Err(ErrorCode::InvalidParameter.into())
            }
        })
        .await
    }
}

/// Ends a session: forgets the instance, notes why, and closes its connection after the commit.
pub(super) fn end(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    user: i64,
    instance_id: &str,
    kind: KickedOutType,
) -> Result<bool, StoreError> {
    let ended = console::end_instance(tx, user, instance_id, kind, core.clock.now_ms())?;
    if ended {
        let (core, instance_id) = (Arc::clone(core), instance_id.to_owned());
        tx.after_commit(move || core.bus.kick(user, Some(&instance_id), kind));
    }
    Ok(ended)
}

fn check_instance(info: &InstanceInfo) -> Result<(), ChatError> {
    let fits = |text: &str| text.len() <= NAME_BYTES && !text.chars().any(char::is_control);
    let good = !info.instance_id.is_empty()
        && fits(&info.instance_id)
        && fits(&info.client_version)
        && fits(&info.host_name);
    if good { Ok(()) } else { Err(ErrorCode::AccountParameterInvalid.into()) }
}

fn still_good(
    known: &InstanceRecord,
    token: &Token,
    now: i64,
    session_seconds: i64,
) -> Result<(), ErrorCode> {
    if known.tokens.judge(token) == Verdict::Used {
        return Err(ErrorCode::CredentialRevoked);
    }
    let unused = now.saturating_sub(known.last_seen) > session_seconds;
    if unused || known.expires.is_some_and(|expires| expires <= now) {
        return Err(ErrorCode::CredentialExpired);
    }
    Ok(())
}

fn refused(code: ErrorCode, why: Option<KickedOutType>) -> ChatError {
    let error = ChatError::new(code);
    match why {
        Some(kind) => error.with_data(serde_json::json!({ "type": kind })),
        None => error,
    }
}

/// Which instances have to go when `new` comes: of its class the ones that signed in first, as many as are
/// too many; and the other classes where one terminal at a time is allowed.
fn too_many(
    core: &Core,
    instances: &[InstanceRecord],
    new: &InstanceInfo,
    one_terminal: bool,
) -> Vec<(String, KickedOutType)> {
    let limit = match new.device_class {
        DeviceClass::Desktop => core.limits.desktop_instances,
        DeviceClass::Web => core.limits.web_instances,
        DeviceClass::Mobile => core.limits.mobile_instances,
    };
    let others = || instances.iter().filter(|other| other.info.instance_id != new.instance_id);
    let same: Vec<_> = others().filter(|other| other.info.device_class == new.device_class).collect();
    let places = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(1);
    let going = same.len().saturating_sub(places);
    let mut ended: Vec<_> = same
        .into_iter()
        .take(going)
        .map(|other| (other.info.instance_id.clone(), KickedOutType::MultipleAccount))
        .collect();
    if one_terminal {
        let elsewhere = others().filter(|other| other.info.device_class != new.device_class);
        ended.extend(elsewhere.map(|other| (other.info.instance_id.clone(), KickedOutType::MultipleDevice)));
    }
    ended
}

/// Takes a connection off the bus when dropped, and notes when the instance was seen last.
struct Leaving {
    core: Arc<Core>,
    registration: Registration,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        // Outside of a runtime everything is over, also this note.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let connection = &self.registration.connection;
        let (core, user, id) = (Arc::clone(&self.core), connection.user, connection.instance_id.clone());
        runtime.spawn(async move {
            let now = core.clock.now();
            let key = WriteKey::user(user);
            let noted = core.db.write(key, move |tx| session::touch_instance(tx, user, &id, now)).await;
            // Not noted: the list of devices shows an older time.
            let _: Result<(), StoreError> = noted;
        });
    }
}
