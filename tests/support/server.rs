//! A server in this process: temporary directory, free port, SQLite or PostgreSQL.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use hallway_client::ServerAddress;
use hallway_client::transport::{Link, TransportConfig, connect};
use hallway_protocol::method::SignIn;
use hallway_protocol::session::{Credential, DeviceClass, InstanceInfo};
use hallway_protocol::{PROTOCOL_VERSION, UserId};
use hallway_server::auth::user_sig::UserSigs;
use hallway_server::config::{Config, TlsMode};
use hallway_server::server::{Server, ServerHandle};
use hallway_server::store::{Db, DbOptions, Location, StoreError, WriteKey};
use tempfile::TempDir;

use crate::failure::{Failure, Outcome, While};

/// Key of the credentials that tests sign in with.
const SECRET: &str = "the-key-of-a-server-that-lives-for-a-minute";
/// Number of the first account that [`make_accounts`] makes; below are the server's own.
pub const FIRST_ACCOUNT: i64 = 10_001;

/// How long credentials are good: longer than any test puts the clock forward.
const CREDENTIAL_SECONDS: i64 = 90 * 86_400;

/// App id of all servers in tests.
pub const APP_ID: u32 = 7;

/// Key of the local copies in tests.
pub const CACHE_KEY: [u8; 32] = [0x5a; 32];

/// Names the PostgreSQL server for tests.
const POSTGRES: &str = "HALLWAY_TEST_POSTGRES";

/// Where a server keeps its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A database of its own on the server that `HALLWAY_TEST_POSTGRES` names.
    Postgres,
}

impl Engine {
    /// Whether it is there; says loudly if not.
    pub fn is_there(self) -> bool {
        let is_there = self == Self::Sqlite || std::env::var_os(POSTGRES).is_some();
        if !is_there {
            eprintln!("SKIPPED on PostgreSQL: {POSTGRES} is not set (./dev test sets it)");
        }
        is_there
    }
}

/// See the module. Dropping it ends the server and removes its data.
pub struct TestServer {
    config: Config,
    handle: Option<ServerHandle>,
    address: SocketAddr,
    sigs: UserSigs,
    dir: TempDir,
    // After the handle: the database goes last.
    _database: Option<Database>,
}

impl TestServer {
    /// Starts a server without encryption and without rate limits, with an account for each of `people`.
    pub async fn start(engine: Engine, people: &[&str]) -> Outcome<Self> {
        Self::start_with(engine, people, |_| {}).await
    }

    /// The same with a configuration of its own.
    pub async fn start_with(
        engine: Engine,
        people: &[&str],
        change: impl FnOnce(&mut Config),
    ) -> Outcome<Self> {
        let dir = tempfile::Builder::new().prefix("hallway-test-").tempdir().doing("making a directory")?;
        let mut config = Config::default();
        config.server.bind = "127.0.0.1:0".into();
        config.server.data_dir = dir.path().join("server");
        config.tls.mode = TlsMode::Off;
        config.accounts.app_id = APP_ID;
        config.accounts.secret_keys = vec![SECRET.into()];
        let rates = "[rates]\nsign_in_per_address = \"off\"\nsend = \"off\"\ncreate_group = \"off\"\n\
                     search = \"off\"\nrequests = \"off\"\n\
                     [limits]\ngroup_messages_per_second = 1000000\nrevoke_window_seconds = 86400\n";
        let parsed = Config::parse(rates, Path::new("rates")).doing("the configuration")?;
        (config.rates, config.limits) = (parsed.rates, parsed.limits);
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::make()?),
        };
        if let Some(database) = &database {
            config.database.url = database.url.as_str().into();
        }
        change(&mut config);
        make_accounts(&config, people).await?;
        let mut server = Self {
            config,
            handle: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            sigs: UserSigs::new(APP_ID, [SECRET]),
            dir,
            _database: database,
        };
        server.begin().await?;
        Ok(server)
    }

    async fn begin(&mut self) -> Outcome {
        let handle = Server::start(self.config.clone()).await.doing("starting the server")?;
        self.address = handle.addr();
        self.handle = Some(handle);
        Ok(())
    }

    /// Stops the server and starts it again on the same data; it may be at another address then.
    pub async fn restart(&mut self) -> Outcome {
        if let Some(handle) = self.handle.take() {
            handle.stop().await;
        }
        self.begin().await
    }

    /// The same with a clock that is `by` ahead of this computer's: a server never goes behind what it once said, and
    /// something in it seems to have been changed then.
    pub async fn restart_ahead(&mut self, by: Duration) -> Outcome {
        if let Some(handle) = self.handle.take() {
            handle.stop().await;
        }
        let ahead = i64::try_from(by.as_millis()).doing("a time")?;
        let db = open(&self.config).await?;
        db.write(WriteKey::user(0), move |tx| {
            let sql = "UPDATE conversation SET changed_ms = changed_ms + $1";
            tx.execute(sql, &[ahead.into()]).map(|_| ())
        })
        .await
        .map_err(|error: StoreError| error)
        .doing("setting the clock")?;
        db.close().await;
        self.begin().await
    }

    /// Puts the server's clock forward, which stands still then until this computer's has caught up.
    pub fn put_clock_forward(&self, by: Duration) {
        if let Some(handle) = &self.handle {
            handle.service().put_clock_forward(by);
        }
    }

    /// The server orders logins and messages by whole seconds: what comes after this is newer.
    pub fn next_second(&self) {
        self.put_clock_forward(Duration::from_secs(1));
    }

    /// Has the server look for messages that are too old, as it does by itself now and then.
    pub async fn remove_old_history(&self) -> Outcome {
        match &self.handle {
            Some(handle) => handle.service().remove_old_history().await.doing("removing old messages"),
            None => Ok(()),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A directory for this test, with the server's data in `server`.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// What signs `user` in.
    pub fn user_sig(&self, user: &UserId) -> Outcome<String> {
        let now = UNIX_EPOCH.elapsed().doing("reading the clock")?.as_secs().cast_signed();
        self.sigs.make(user.as_str(), CREDENTIAL_SECONDS, now, None).doing("making a credential")
    }

    /// A connection of `user` without the SDK and past every [`super::Net`].
    pub async fn sign_in(&self, user: &UserId) -> Outcome<Link> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let address =
            ServerAddress { address: self.address.to_string(), plain: true, ..ServerAddress::default() };
        let link = connect(&address, &TransportConfig::default()).await.doing("connecting")?;
        let instance = InstanceInfo {
            instance_id: format!("watcher-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            // Not a desktop, so that it never takes the place of a device.
            device_class: DeviceClass::Web,
            client_version: String::new(),
            host_name: String::new(),
        };
        let sign_in = SignIn {
            app_id: APP_ID,
            user_id: user.clone(),
            credential: Credential::UserSig(self.user_sig(user)?),
            instance,
            protocol_version: PROTOCOL_VERSION,
        };
        link.rpc().call(&sign_in).await.doing("signing in")?;
        Ok(link)
    }
}

/// The database of a server that is not running.
async fn open(config: &Config) -> Outcome<Db> {
    let url = config.database.url.expose();
    let location = if url.is_empty() {
        std::fs::create_dir_all(&config.server.data_dir).doing(config.server.data_dir.display())?;
        Location::Sqlite { file: config.server.data_dir.join("hallway.db") }
    } else {
        Location::Postgres { url: url.to_owned() }
    };
    Db::open(DbOptions::new(location)).await.doing("making the database")
}

/// Accounts without passwords, for a server that is not running yet.
pub async fn make_accounts(config: &Config, people: &[&str]) -> Outcome {
    let db = open(config).await?;
    let rows: Vec<(i64, String)> =
        (FIRST_ACCOUNT..).zip(people.iter().map(|user| (*user).to_owned())).collect();
    db.write(WriteKey::user(0), move |tx| {
        for (number, user) in &rows {
            let text = user.as_str();
            tx.execute(
                "INSERT INTO app_user (id, user_id, nick, sort_name, avatar, is_admin, is_disabled, version,
                 password_hash, created_at, kicked_at) VALUES ($1, $2, $3, $4, '', FALSE, FALSE, 1, NULL, 0, 0)",
                &[(*number).into(), text.into(), text.into(), text.into()],
            )?;
        }
        Ok::<_, StoreError>(())
    })
    .await
    .doing("making accounts")?;
    db.close().await;
    Ok(())
}

/// A database of its own on the PostgreSQL server for tests; dropped with it.
struct Database {
    server: String,
    name: String,
    url: String,
}

impl Database {
    fn make() -> Outcome<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = std::env::var(POSTGRES).doing(POSTGRES)?;
        let name = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let (base, _) = server
            .rsplit_once('/')
            .doing(format_args!("{POSTGRES} must be like postgres://user@host/name"))?;
        let url = format!("{base}/{name}");
        run_sql(&server, format!("CREATE DATABASE {name}"))?;
        Ok(Self { server, name, url })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(failure) = run_sql(&self.server, format!("DROP DATABASE {} WITH (FORCE)", self.name)) {
            eprintln!("{failure}");
        }
    }
}

/// The client blocks and may not do so on a thread of the runtime.
fn run_sql(server: &str, statement: String) -> Outcome {
    let server = server.to_owned();
    let work = move || {
        let mut client =
            postgres::Client::connect(&server, postgres::NoTls).doing("connecting to PostgreSQL")?;
        client.batch_execute(&statement).doing(statement)
    };
    std::thread::spawn(work).join().map_err(|_| Failure::new("asking PostgreSQL panicked"))?
}
