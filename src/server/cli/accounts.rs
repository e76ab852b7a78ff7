//! Commands about accounts, invitations and sessions.
//!
//! They write to the database directly, so they work with and without a running server. A session that is
//! ended here is also noted as ended, and running servers look for such notes every second.

use hallway_protocol::session::KickedOutType;
use hallway_protocol::{Limits, UserId};
use pico_args::Arguments;

use super::terminal::{ask_new_password, date_time, say, table};
use super::{CliError, rest_is_empty};
use crate::auth::password::Passwords;
use crate::auth::user_sig::{DEFAULT_LIFE, UserSigs};
use crate::config::{Config, Secret};
use crate::invite::{InviteToken, Inviter};
use crate::place::Place;
use crate::server::{BY_THE_SERVER, StartError, identity, open_database};
use crate::service::clock::Clock;
use crate::store::user::{NewUser, UserRecord};
use crate::store::{Db, StoreError, Tx, WriteKey, console, session, user};

const DAY: i64 = 24 * 3600;

pub(super) fn run(
    config: &Config,
    command: &str,
    verb: Option<&str>,
    args: Arguments,
) -> Result<(), CliError> {
    if command == "usersig" {
        return usersig(config, args);
    }
    let command = Command::parse(command, verb, args)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Other(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let place = Place::open(config)?;
        let console = Console { config, db: open_database(config, &place).await?, place };
        let result = console.run(command).await;
        console.db.close().await;
        result
    })
}

/// A command with its arguments, read completely before anything is done.
enum Command {
    List,
    Add { id: UserId, nick: String, is_admin: bool },
    Password(UserId),
    Disable(UserId),
    Enable(UserId),
    Admin(UserId, bool),
    Invite { is_admin: bool, days: Option<u32> },
    Sessions(UserId),
    End(UserId, Option<String>),
}

impl Command {
    fn parse(command: &str, verb: Option<&str>, mut args: Arguments) -> Result<Self, CliError> {
        let command = match (command, verb) {
            ("user", Some("list")) => Self::List,
            ("user", Some("add")) => {
                let nick = args.opt_value_from_str("--nick")?.unwrap_or_default();
                let is_admin = args.contains("--admin");
                Self::Add { id: user_id(&mut args)?, nick, is_admin }
            }
            ("user", Some("passwd")) => Self::Password(user_id(&mut args)?),
            ("user", Some("disable")) => Self::Disable(user_id(&mut args)?),
            ("user", Some("enable")) => Self::Enable(user_id(&mut args)?),
            ("user", Some("admin")) => {
                let id = user_id(&mut args)?;
                match args.free_from_str::<String>()?.as_str() {
                    "yes" => Self::Admin(id, true),
                    "no" => Self::Admin(id, false),
                    other => return Err(CliError::Usage(format!("`{other}` is neither `yes` nor `no`"))),
                }
            }
            ("invite", None) => {
                let days = args.opt_value_from_str("--days")?;
                Self::Invite { is_admin: args.contains("--admin"), days }
            }
            ("session", Some("list")) => Self::Sessions(user_id(&mut args)?),
            ("session", Some("end")) => Self::End(user_id(&mut args)?, args.opt_free_from_str()?),
            (command, None) => return Err(CliError::Usage(format!("there is no command `{command}`"))),
            (command, Some(verb)) => {
                return Err(CliError::Usage(format!("there is no command `{command} {verb}`")));
            }
        };
        rest_is_empty(args)?;
        Ok(command)
    }
}

fn user_id(args: &mut Arguments) -> Result<UserId, CliError> {
    let text: String = args.free_from_str()?;
    text.parse().map_err(|_| {
        CliError::Usage(format!("`{text}` cannot be an id: 1 to 32 letters, digits and signs of ASCII"))
    })
}

struct Console<'a> {
    config: &'a Config,
    place: Place,
    db: Db,
}

impl Console<'_> {
    async fn run(&self, command: Command) -> Result<(), CliError> {
        match command {
            Command::List => self.list().await,
            Command::Add { id, nick, is_admin } => self.add(id, nick, is_admin).await,
            Command::Password(id) => self.change_password(id).await,
            Command::Disable(id) => self.switch(id, |record| (record.profile.is_admin, true)).await,
            Command::Enable(id) => self.switch(id, |record| (record.profile.is_admin, false)).await,
            Command::Admin(id, is_admin) => {
                self.switch(id, move |record| (is_admin, record.profile.is_disabled)).await
            }
            Command::Invite { is_admin, days } => self.invite(is_admin, days).await,
            Command::Sessions(id) => self.sessions(id).await,
            Command::End(id, instance) => self.end(id, instance).await,
        }
    }

    async fn list(&self) -> Result<(), CliError> {
        let accounts = self.db.read(console::accounts).await?;
        let rows: Vec<[String; 6]> = accounts
            .into_iter()
            .map(|line| {
                let role = match (line.is_disabled, line.is_admin) {
                    (true, _) => "disabled",
                    (false, true) => "administrator",
                    (false, false) => "",
                };
                let seen = line.last_seen.map(date_time).unwrap_or_default();
                [
                    line.user_id,
                    line.nick,
                    role.into(),
                    date_time(line.created_at),
                    line.instances.to_string(),
                    seen,
                ]
            })
            .collect();
        table(["ID", "NAME", "", "CREATED (UTC)", "SESSIONS", "LAST SEEN (UTC)"], &rows);
        Ok(())
    }

    async fn add(&self, id: UserId, nick: String, is_admin: bool) -> Result<(), CliError> {
        let password_hash = Some(self.new_password().await?);
        let new = NewUser { user_id: id.clone(), nick, password_hash, is_admin };
        let now = Clock::new(0).now();
        let made =
            self.db.write(WriteKey::from(("account", id.to_string())), move |tx| user::create(tx, &new, now));
        match made.await? {
            Some(_) => {
                say(format_args!("The account {id} is there."));
                Ok(())
            }
            None => Err(CliError::Other(format!("there is an account {id} already"))),
        }
    }

    async fn change_password(&self, id: UserId) -> Result<(), CliError> {
        let account = self.account(&id).await?;
        let hash = self.new_password().await?;
        let ended = self
            .change(account, move |tx, account, now_ms| {
                user::set_password(tx, account.number, &hash)?;
                end_all(tx, account.number, now_ms)
            })
            .await?;
        say(format_args!("{id} has a new password. Sessions ended: {ended}"));
        Ok(())
    }

    /// Changes who an account is; one that is switched off loses its sessions (SES-48).
    async fn switch(
        &self,
        id: UserId,
        flags: impl Fn(&UserRecord) -> (bool, bool) + Send + 'static,
    ) -> Result<(), CliError> {
        let account = self.account(&id).await?;
        let ended = self
            .change(account, move |tx, account, now_ms| {
                let (is_admin, is_disabled) = flags(account);
                user::set_flags(tx, account.number, is_admin, is_disabled)?;
                if is_disabled { end_all(tx, account.number, now_ms) } else { Ok(0) }
            })
            .await?;
        say(format_args!("Done. Sessions ended: {ended}"));
        Ok(())
    }

    async fn invite(&self, is_admin: bool, days: Option<u32>) -> Result<(), CliError> {
        let days = days.unwrap_or(self.config.accounts.invite_days);
        if !(1..=30).contains(&days) {
            return Err(CliError::Usage("--days must be from 1 to 30".into()));
        }
        let identity = identity(self.config, &self.place).map_err(StartError::from)?;
        // The port is the configured one: a server that listens on a free port cannot be named here.
        let listening =
            self.config.server.bind.parse().map_err(|_| CliError::Other("`bind` is no address".into()))?;
        let inviter = Inviter::new(self.config, identity.as_ref(), listening);
        let InviteToken { text, hash } =
            InviteToken::fresh().map_err(|error| CliError::Other(error.to_string()))?;
        let now = Clock::new(0).now();
        let expires = now.saturating_add(i64::from(days).saturating_mul(DAY));
        let put =
            move |tx: &mut Tx<'_>| session::put_invite(tx, &hash, BY_THE_SERVER, is_admin, now, expires);
        self.db.write::<_, StoreError, _>(WriteKey::user(BY_THE_SERVER), put).await?;
        say(inviter.link(&text));
        Ok(())
    }

    async fn sessions(&self, id: UserId) -> Result<(), CliError> {
        let account = self.account(&id).await?;
        let instances = self.db.read(move |tx| session::instances(tx, account.number)).await?;
        let rows: Vec<[String; 5]> = instances
            .into_iter()
            .map(|line| {
                let (login, seen) = (date_time(line.login_time), date_time(line.last_seen));
                [line.info.instance_id, line.info.host_name, line.info.client_version, login, seen]
            })
            .collect();
        table(["INSTANCE", "MACHINE", "PROGRAM", "SIGNED IN (UTC)", "LAST SEEN (UTC)"], &rows);
        Ok(())
    }

    async fn end(&self, id: UserId, instance: Option<String>) -> Result<(), CliError> {
        let account = self.account(&id).await?;
        let named = instance.clone();
        let ended = self
            .change(account, move |tx, account, now_ms| match &named {
                Some(one) => {
                    let ended =
                        console::end_instance(tx, account.number, one, KickedOutType::RestApiKick, now_ms)?;
                    Ok(usize::from(ended))
                }
                None => end_all(tx, account.number, now_ms),
            })
            .await?;
        match instance {
            Some(one) if ended == 0 => Err(CliError::Other(format!("{id} has no session {one}"))),
            _ => {
                say(format_args!("Sessions ended: {ended}"));
                Ok(())
            }
        }
    }

    async fn account(&self, id: &UserId) -> Result<UserRecord, CliError> {
        let wanted = id.clone();
        let found = self.db.read(move |tx| user::by_id(tx, &wanted)).await?;
        found.ok_or_else(|| CliError::Other(format!("there is no account {id}")))
    }

    async fn change<F>(&self, account: UserRecord, mut change: F) -> Result<usize, CliError>
    where
        F: FnMut(&mut Tx<'_>, &UserRecord, i64) -> Result<usize, StoreError> + Send + 'static,
    {
        let now_ms = Clock::new(0).now_ms();
        let key = WriteKey::user(account.number);
        Ok(self.db.write(key, move |tx| change(tx, &account, now_ms)).await?)
    }

    async fn new_password(&self) -> Result<String, CliError> {
        let limits: Limits = self.config.effective_limits()?;
        let password = ask_new_password().map_err(|error| CliError::Other(error.to_string()))?;
        let least = usize::try_from(limits.password_min_chars).unwrap_or(usize::MAX);
        if password.chars().count() < least {
            return Err(CliError::Other(format!("a password has at least {least} characters")));
        }
        let failed = |error: crate::auth::password::PasswordError| CliError::Other(error.to_string());
        let passwords = Passwords::new(self.config.accounts.password_cost, 1).map_err(failed)?;
        passwords.hash(password).await.map_err(failed)
    }
}

fn end_all(tx: &mut Tx<'_>, user: i64, now_ms: i64) -> Result<usize, StoreError> {
    let instances = session::instances(tx, user)?;
    for instance in &instances {
        console::end_instance(tx, user, &instance.info.instance_id, KickedOutType::RestApiKick, now_ms)?;
    }
    Ok(instances.len())
}

/// RST-27: credentials can be made here for a deployer without a back end of their own.
fn usersig(config: &Config, mut args: Arguments) -> Result<(), CliError> {
    let days: Option<u32> = args.opt_value_from_str("--days")?;
    let id = user_id(&mut args)?;
    rest_is_empty(args)?;
    let life = days.map_or(DEFAULT_LIFE, |days| i64::from(days).saturating_mul(DAY));
    if life == 0 {
        return Err(CliError::Usage("--days must be at least 1".into()));
    }
    let sigs = UserSigs::new(config.accounts.app_id, config.accounts.secret_keys.iter().map(Secret::expose));
    match sigs.make(id.as_str(), life, Clock::new(0).now(), None) {
        Some(text) => {
            say(text);
            Ok(())
        }
        None => {
            Err(CliError::Other("there is no secret key: set `secret_keys` in the section [accounts]".into()))
        }
    }
}
