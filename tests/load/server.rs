//! A server in a process of its own, so that what it costs can be read from the system.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hallway_protocol::UserId;
use hallway_server::auth::user_sig::UserSigs;
use hallway_server::store::{Db, DbOptions, Location, StoreError, WriteKey};

use crate::failure::{Outcome, While};
use crate::process::{Program, program};

/// App id of all servers under load.
pub const APP_ID: u32 = 1;
const SECRET: &str = "the-key-of-a-server-that-lives-for-a-minute";
/// First account number; below are the server's own.
const FIRST: i64 = 10_001;

/// A server on loopback without transport encryption and without rate limits, and its accounts.
pub struct LoadServer {
    program: Program,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its data directory.
    pub dir: PathBuf,
    sigs: UserSigs,
    now: i64,
}

/// Memory of a process in KiB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Pages in memory.
    pub rss: u64,
    /// Pages in memory, shared ones counted in part.
    pub pss: u64,
}

impl LoadServer {
    /// Starts a server with `accounts` accounts `user1`, `user2` … on an empty data directory `dir`.
    pub async fn start(dir: &Path, accounts: usize) -> Outcome<Self> {
        std::fs::create_dir_all(dir).doing(dir.display())?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .doing("finding a free port")?
            .port();
        let config = format!(
            "[server]\nbind = \"127.0.0.1:{port}\"\ndata_dir = {dir:?}\n\
             [tls]\nmode = \"off\"\n\
             [accounts]\napp_id = {APP_ID}\nsecret_keys = [\"{SECRET}\"]\n\
             [limits]\ngroup_messages_per_second = 1000000\nwork_members = 10000\nmembers_per_call = 10000\n\
             [rates]\nsign_in_per_address = \"off\"\nsend = \"off\"\ncreate_group = \"off\"\nrequests = \"off\"\n\
             [log]\nlevel = \"warn\"\n"
        );
        let file = dir.join("bench.toml");
        std::fs::write(&file, config).doing(file.display())?;
        // The first start makes the database; the accounts go in while nobody else has it.
        populate(dir, accounts).await?;
        let program = Self::launch(dir)?;
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .doing("reading the clock")?
            .as_secs()
            .cast_signed();
        let sigs = UserSigs::new(APP_ID, [SECRET]);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Ok(Self { program, address, dir: dir.to_owned(), sigs, now })
    }

    fn launch(dir: &Path) -> Outcome<Program> {
        let mut command = Command::new(program("hallway-server")?);
        command.arg("--config").arg(dir.join("bench.toml"));
        let started = Program::start(&mut command, &dir.join("server.log"))?;
        started.line("where it listens", Duration::from_secs(20), |line| {
            line.contains("listens on").then_some(())
        })?;
        Ok(started)
    }

    /// User id of the account with this place, from 0.
    pub fn user(index: usize) -> UserId {
        format!("user{}", index + 1).parse().expect("short and printable")
    }

    /// Connects and signs in the account with this place.
    pub async fn connect(&self, index: usize) -> Outcome<super::Raw> {
        let (user, sig) = (Self::user(index), self.credential(index)?);
        Ok(super::Raw::sign_in(self.address, APP_ID, &user, &sig).await?.0)
    }

    /// What the account with this place signs in with.
    pub fn credential(&self, index: usize) -> Outcome<String> {
        let user = Self::user(index);
        self.sigs.make(user.as_str(), 86_400, self.now, None).doing("making a credential")
    }

    /// Processor time used so far, by all its threads.
    pub fn cpu(&self) -> Outcome<Duration> {
        cpu(self.program.pid())
    }

    /// Memory in use now.
    pub fn memory(&self) -> Outcome<Memory> {
        memory(self.program.pid())
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.program.pid()
    }

    /// Stops it and removes its data.
    pub fn finish(self) -> Outcome {
        let Self { program, dir, .. } = self;
        program.stop(Duration::from_secs(20))?;
        std::fs::remove_dir_all(&dir).doing(dir.display())
    }
}

/// Processor time a process has used so far, in all its threads.
pub fn cpu(pid: u32) -> Outcome<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).doing("reading /proc")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().filter_map(|i| fields.get(*i)?.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Memory of a process now.
pub fn memory(pid: u32) -> Outcome<Memory> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).doing("reading /proc")?;
    let field = |name: &str| {
        rollup
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix("kB")?.trim().parse().ok())
            .doing(format_args!("no {name} in smaps_rollup"))
    };
    Ok(Memory { rss: field("Rss:")?, pss: field("Pss:")? })
}

async fn populate(dir: &Path, accounts: usize) -> Outcome {
    let db = Db::open(DbOptions::new(Location::Sqlite { file: dir.join("hallway.db") }))
        .await
        .doing("making the database")?;
    for chunk in (0..accounts).collect::<Vec<_>>().chunks(1000) {
        let rows: Vec<_> =
            chunk.iter().map(|i| (FIRST + i64::try_from(*i).unwrap_or(0), LoadServer::user(*i))).collect();
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
    }
    db.close().await;
    Ok(())
}
