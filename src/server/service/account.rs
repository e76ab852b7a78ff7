//! Accounts: joining by invitation, passwords, invitations (spec part 1, PLUS).

use std::sync::Arc;
use std::time::Instant;

use hallway_protocol::ids::UserId;
use hallway_protocol::method::{ChangePassword, CreateInvite, Done, Invite, Join, MethodName};
use hallway_protocol::service::Services;
use hallway_protocol::session::KickedOutType;
use hallway_protocol::{ChatError, ErrorCode};
use tracing::{error, info};
use zeroize::Zeroizing;

use super::core::{Caller, Core};
use crate::auth::guard::FailureGuard;
use crate::auth::password::{PasswordError, Passwords, Verdict};
use crate::auth::user_sig::UserSigs;
use crate::authz::{self, Account, Target};
use crate::config::{Config, Invites, Secret};
use crate::invite::{InviteToken, Inviter};
use crate::metrics::{Limited, Metrics};
use crate::store::session::InviteRecord;
use crate::store::user::{NewUser, SignInRecord};
use crate::store::{StoreError, WriteKey, console, session, user};

const DAY: i64 = 24 * 3600;
/// Longest life of an invitation, in seconds.
const INVITE_LIFE: i64 = 30 * DAY;
/// Longest password, in bytes: hashing takes longer for longer ones.
const PASSWORD_BYTES: usize = 1024;
/// Password hashes at a time; each takes memory and a core.
const HASHES_AT_A_TIME: usize = 2;

/// What signing in and accounts need beyond the [`Core`].
pub struct Accounts {
    pub(super) core: Arc<Core>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) passwords: Passwords,
    pub(super) password_failures: FailureGuard<UserId>,
    pub(super) sigs: UserSigs,
    pub(super) sig_failures: FailureGuard<UserId>,
    pub(super) one_terminal: bool,
    pub(super) session_seconds: i64,
    pub(super) workspace: String,
    pub(super) services: Services,
    pub(super) app_id: u32,
    inviter: Inviter,
    invites: Invites,
    invite_seconds: i64,
}

/// What a password is worth.
pub(super) enum Proof {
    Right(SignInRecord),
    Wrong,
}

impl Accounts {
    /// With the deployer's settings. Takes the time of one password hash.
    pub fn new(
        core: Arc<Core>,
        config: &Config,
        inviter: Inviter,
        metrics: Arc<Metrics>,
        services: Services,
    ) -> Result<Self, PasswordError> {
        let accounts = &config.accounts;
        Ok(Self {
            core,
            metrics,
            passwords: Passwords::new(accounts.password_cost, HASHES_AT_A_TIME)?,
            password_failures: FailureGuard::new(config.rates.password_failures, true),
            sigs: UserSigs::new(accounts.app_id, accounts.secret_keys.iter().map(Secret::expose)),
            sig_failures: FailureGuard::new(config.rates.user_sig_failures, false),
            one_terminal: accounts.one_terminal_at_a_time,
            session_seconds: i64::from(accounts.session_days).saturating_mul(DAY),
            workspace: config.server.name.clone(),
            services,
            app_id: accounts.app_id,
            inviter,
            invites: accounts.invites,
            invite_seconds: i64::from(accounts.invite_days).saturating_mul(DAY),
        })
    }

    /// Checks a password in the same time whether there is such an account or not (70050 after too many
    /// failures).
    pub(super) async fn prove(
        &self,
        user_id: &UserId,
        password: Zeroizing<String>,
    ) -> Result<Proof, ChatError> {
        self.password_failures.check(user_id, Instant::now()).map_err(|wait| self.locked(wait))?;
        let wanted = user_id.clone();
        let record = self.core.db.read(move |tx| user::for_sign_in(tx, &wanted)).await?;
        let stored = record.as_ref().and_then(|record| record.password_hash.clone());
        if password.len() > PASSWORD_BYTES {
            return Ok(Proof::Wrong);
        }
        let verdict = self.passwords.check(stored, password.clone()).await.map_err(hashing_failed)?;
        match (verdict, record) {
            (Verdict::Right { outdated }, Some(record)) => {
                self.password_failures.succeeded(user_id);
                if outdated {
                    let hash = self.passwords.hash(password).await.map_err(hashing_failed)?;
                    let number = record.user.number;
                    let key = WriteKey::user(number);
                    self.core.db.write(key, move |tx| user::set_password(tx, number, &hash)).await?;
                }
                Ok(Proof::Right(record))
            }
            _ => {
                self.password_failures.failed(user_id.clone(), Instant::now());
                Ok(Proof::Wrong)
            }
        }
    }

    pub(super) fn locked(&self, wait: std::time::Duration) -> ChatError {
        self.metrics.limited(Limited::Failures);
        ChatError::new(ErrorCode::TooManyFailedLogins).with_retry_after(wait)
    }

    async fn new_hash(&self, password: Zeroizing<String>) -> Result<String, ChatError> {
        let least = usize::try_from(self.core.limits.password_min_chars).unwrap_or(usize::MAX);
        if password.chars().count() < least || password.len() > PASSWORD_BYTES {
            let error = ChatError::new(ErrorCode::AccountParameterInvalid);
            return Err(error.with_message("the password is too short or too long"));
        }
        self.passwords.hash(password).await.map_err(hashing_failed)
    }

    /// Makes an account from an invitation. Repeating a lost call with the same values is safe.
    pub async fn join(&self, call: Join) -> Result<Done, ChatError> {
        let Join { token, user_id, nick, password } = call;
        let password = Zeroizing::new(password);
        check_nick(&self.core, &nick)?;
        let (hash, now) = (InviteToken::hash(&token), self.core.clock.now());
        let open = self.core.db.read(move |tx| session::open_invite(tx, &hash, now)).await?;
        let Some(InviteRecord { is_admin }) = open else {
            return self.joined_before(hash, &user_id, password).await;
        };
        let password_hash = Some(self.new_hash(password).await?);
        let new = NewUser { user_id: user_id.clone(), nick, password_hash, is_admin };
        let made = self
            .core
            .db
            .write(WriteKey::from(("account", user_id.as_str().to_owned())), move |tx| {
                let made = user::create(tx, &new, now)?.ok_or(ErrorCode::AccountQuotaExceeded)?;
                // Somebody may have been faster with the same token; then nothing is made.
                if session::use_invite(tx, &hash, made.number)? { Ok(made) } else { Err(invite_void()) }
            })
            .await?;
        info!(user = %user_id, admin = is_admin, "an account was made by invitation");
        self.core.users.learn(made);
        Ok(Done {})
    }

    /// An invitation that is used up opens nothing, unless the very same call used it.
    async fn joined_before(
        &self,
        token: [u8; 32],
        user_id: &UserId,
        password: Zeroizing<String>,
    ) -> Result<Done, ChatError> {
        let used_by = self.core.db.read(move |tx| session::used_by(tx, &token)).await?;
        if let Some(number) = used_by
            && let Proof::Right(record) = self.prove(user_id, password).await?
            && record.user.number == number
        {
            return Ok(Done {});
        }
        Err(invite_void())
    }

    /// Changes the own password; ends all other instances.
    pub async fn change_password(
        &self,
        caller: &Arc<Caller>,
        call: ChangePassword,
    ) -> Result<Done, ChatError> {
        let ChangePassword { old_password, new_password } = call;
        let (old, new) = (Zeroizing::new(old_password), Zeroizing::new(new_password));
        let Proof::Right(_) = self.prove(&caller.user_id, old).await? else {
            return Err(wrong_credential());
        };
        let hash = self.new_hash(new).await?;
        let (core, caller) = (Arc::clone(&self.core), Arc::clone(caller));
        let db = self.core.db.clone();
        info!(user = %caller.user_id, "the password was changed");
        db.write(WriteKey::user(caller.number), move |tx| {
            user::set_password(tx, caller.number, &hash)?;
            for instance in session::instances(tx, caller.number)? {
                if instance.info.instance_id != caller.instance_id {
                    super::session::end(
                        &core,
                        tx,
                        caller.number,
                        &instance.info.instance_id,
                        KickedOutType::RestApiKick,
                    )?;
                }
            }
            Ok(Done {})
        })
        .await
    }

    /// Makes an invite link.
    pub async fn create_invite(&self, caller: &Arc<Caller>, call: CreateInvite) -> Result<Invite, ChatError> {
        let number = caller.number;
        // From the database: who is an administrator may have been changed by the command line.
        let record = self.core.db.read(move |tx| user::by_number(tx, number)).await?;
        let is_admin = record.is_some_and(|record| record.profile.is_admin && !record.profile.is_disabled);
        let account = if is_admin { Account::Administrator } else { Account::User };
        let allowed = match self.invites {
            Invites::Admin => authz::may(MethodName::CreateInvite, account, Target::Own),
            Invites::Everybody if call.is_admin => authz::may(MethodName::CreateInvite, account, Target::Own),
            Invites::Everybody => Ok(()),
            Invites::Nobody => Err(ErrorCode::AdminNeeded),
        };
        allowed?;
        let life = call.lifetime_seconds.map_or(self.invite_seconds, i64::from);
        if !(1..=INVITE_LIFE).contains(&life) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        info!(user = %caller.user_id, admin = call.is_admin, "an invitation was made");
        self.new_invite(number, call.is_admin, life).await
    }

    /// Makes an invite link without asking who may: for the person who runs the server. `by` 0 is the server.
    pub async fn new_invite(&self, by: i64, is_admin: bool, life: i64) -> Result<Invite, ChatError> {
        let token = InviteToken::fresh().map_err(|_| ErrorCode::AccountInternalError)?;
        let now = self.core.clock.now();
        let expires = now.saturating_add(life);
        let hash = token.hash;
        self.core
            .db
            .write(WriteKey::user(by), move |tx| session::put_invite(tx, &hash, by, is_admin, now, expires))
            .await?;
        Ok(Invite { link: self.inviter.link(&token.text).to_string(), expires })
    }

    /// Notes that another process has ended a session, or changed the account otherwise.
    pub fn ended_elsewhere(&self, ended: &console::Ended) {
        self.core.users.forget(ended.user);
        self.core.bus.kick(ended.user, Some(&ended.instance_id), ended.kind);
    }

    /// How many accounts there are.
    pub async fn count(&self) -> Result<i64, StoreError> {
        self.core.db.read(user::count).await
    }
}

/// Refuses names that are too long or hold control characters.
pub(super) fn check_nick(core: &Core, nick: &str) -> Result<(), ChatError> {
    if !core.limits.nick.fits(nick) {
        return Err(ErrorCode::ProfileValueTooLong.into());
    }
    if nick.chars().any(char::is_control) {
        return Err(ErrorCode::ProfileParameterInvalid.into());
    }
    Ok(())
}

fn invite_void() -> ChatError {
    ChatError::new(ErrorCode::SecurityRefused).with_message("the invitation is unknown, used or out of date")
}

/// The same for a wrong password and an unknown account.
pub(super) fn wrong_credential() -> ChatError {
    ChatError::new(ErrorCode::CredentialKeyWrong).with_message("the user id or the password is wrong")
}

fn hashing_failed(error: PasswordError) -> ChatError {
    error!(%error, "hashing a password failed");
    ErrorCode::AccountInternalError.into()
}
