//! A whole server as one value: started by the binary, by the app that carries one inside, and by tests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;
use tracing::{info, warn};

use crate::blob::{Partials, S3};
use crate::config::{Config, ConfigError};
use crate::invite::Inviter;
use crate::metrics::Metrics;
use crate::net::connection::unix_now_ms;
use crate::net::connections::Connections;
use crate::net::gate::Gate;
use crate::net::{Node, Settings, listener};
use crate::outbound::{BadProxy, Outbound};
use crate::place::{Lock, Place, PlaceError};
use crate::service::file::Storage;
use crate::service::{Service, ServiceError};
use crate::store::{Db, DbOptions, Location, StoreError, Tx, WriteKey, console};
use crate::tls::{self, Identity, TlsError};

/// How often and how far back a server looks for sessions that another process has ended. Seconds would do for
/// the latter; clocks of different machines differ by more.
const ENDS_EVERY: Duration = Duration::from_secs(1);
/// How often messages that are too old are looked for; they are not served any more long before.
const OLD_HISTORY_EVERY: Duration = Duration::from_secs(3600);
const ENDS_LOOK_BACK_MS: i64 = 60_000;
/// How long a server remembers why a session was ended.
const ENDS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
/// How long the first link is good for.
const FIRST_INVITE_SECONDS: i64 = 7 * 24 * 3600;
/// Who made an invitation that nobody signed in made.
pub(crate) const BY_THE_SERVER: i64 = 0;

/// Starts servers.
pub struct Server;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration says something impossible.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The database cannot be opened.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// There is no certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Which address.
        address: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// The services do not start.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// Something else failed.
    #[error("{0}")]
    Other(String),
}

/// A running server. Dropping it without [`ServerHandle::stop`] stops it too, without waiting.
pub struct ServerHandle {
    addr: SocketAddr,
    identity: Option<Identity>,
    place: Place,
    metrics: Arc<Metrics>,
    service: Service,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Opens the database, makes what is missing, listens. Must be called on a Tokio runtime.
    ///
    /// Port 0 listens on a free port; [`ServerHandle::addr`] tells which.
    pub async fn start(config: Config) -> Result<ServerHandle, StartError> {
        config.check().map_err(ConfigError::Value)?;
        let limits = config.effective_limits()?;
        let place = Place::open(&config)?;
        let lock = place.lock()?;
        let db = open_database(&config, &place).await?;
        let identity = identity(&config, &place)?;
        let bind = &config.server.bind;
        let listener = TcpListener::bind(bind)
            .await
            .map_err(|error| StartError::Listen { address: bind.clone(), error })?;
        let addr =
            listener.local_addr().map_err(|error| StartError::Listen { address: bind.clone(), error })?;
        let metrics = Arc::new(Metrics::default());
        let inviter = Inviter::new(&config, identity.as_ref(), addr);
        let outbound = outbound(&config)?;
        let storage = open_storage(&config, files_folder(&config, &place), &outbound).await?;
        let service = Service::open(&config, db, inviter, Arc::clone(&metrics), storage, &outbound).await?;
        let node = Arc::new(Node {
            backend: service.clone(),
            metrics: Arc::clone(&metrics),
            gate: Gate::new(&config.rates),
            connections: Arc::new(Connections::default()),
            settings: Settings::new(&config, &limits),
        });
        let tls = identity.as_ref().map(|identity| TlsAcceptor::from(Arc::clone(&identity.config)));
        let (stop, stopped) = watch::channel(false);
        info!(%addr, tls = tls.is_some(), "listening");
        let task = tokio::spawn(run(node, listener, tls, stopped, lock));
        Ok(ServerHandle { addr, identity, place, metrics, service, stop, task })
    }
}

/// Serves until asked to stop, then closes everything behind it.
async fn run(
    node: Arc<Node<Service>>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stopped: watch::Receiver<bool>,
    lock: Lock,
) {
    let service = node.backend.clone();
    let watcher = tokio::spawn(watch_for_ends(service.clone()));
    let sweepers = [
        tokio::spawn(remove_old_history(service.clone())),
        tokio::spawn({
            let service = service.clone();
            async move { service.follow_messages().await }
        }),
        tokio::spawn(service.files().clone().sweep_for_ever()),
        tokio::spawn(do_chores(service.clone())),
    ];
    listener::run(node, listener, tls, stopped).await;
    watcher.abort();
    // First what is under way there: a removal that goes on without its task would go on without its lock.
    service.files().stop().await;
    sweepers.iter().for_each(JoinHandle::abort);
    service.db().close().await;
    drop(lock);
    info!("stopped");
}

/// Ends connections whose sessions another process has ended.
async fn watch_for_ends(service: Service) {
    let before = unix_now_ms().saturating_sub(ENDS_KEPT_MS);
    let forget = move |tx: &mut Tx<'_>| console::drop_ended_before(tx, before);
    if let Err(error) = service.db().write::<_, StoreError, _>(WriteKey::user(0), forget).await {
        warn!(%error, "cannot forget sessions that were ended long ago");
    }
    let mut every = tokio::time::interval(ENDS_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let since = unix_now_ms().saturating_sub(ENDS_LOOK_BACK_MS);
        match service.db().read(move |tx| console::ended_since(tx, since)).await {
            Ok(ended) => ended.iter().for_each(|end| service.accounts().ended_elsewhere(end)),
            Err(StoreError::Closed) => return,
            Err(error) => warn!(%error, "cannot look for sessions that were ended elsewhere"),
        }
    }
}

/// Does what is owed to stored messages.
async fn do_chores(service: Service) {
    service.chores().work_for_ever().await;
}

/// Removes messages that are older than history is kept (MSG-5), now and then.
async fn remove_old_history(service: Service) {
    let mut every = tokio::time::interval(OLD_HISTORY_EVERY);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        match service.remove_old_history().await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => warn!(%error, "cannot remove old messages"),
        }
    }
}

impl ServerHandle {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// SHA-256 of its certificate, 64 hexadecimal digits; none without TLS.
    pub fn fingerprint(&self) -> Option<&str> {
        self.identity.as_ref().map(|identity| identity.fingerprint.as_str())
    }

    /// The one directory that holds everything.
    pub fn data_dir(&self) -> &Path {
        self.place.dir()
    }

    /// Its services, for whoever runs it in the same process.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// A link with which the first person makes the administrator's account; none when there is an account.
    pub async fn first_invite(&self) -> Result<Option<String>, StartError> {
        let accounts = self.service.accounts();
        if accounts.count().await? > 0 {
            return Ok(None);
        }
        let made = accounts.new_invite(BY_THE_SERVER, true, FIRST_INVITE_SECONDS).await;
        made.map(|invite| Some(invite.link)).map_err(|error| StartError::Other(error.to_string()))
    }

    /// Stops: takes no more connections, answers what was asked, tells everybody, closes the database.
    pub async fn stop(self) {
        // An error means that it has stopped already.
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            warn!("the server did not stop in an orderly way");
        }
    }
}

/// Opens the database that `config` names.
pub async fn open_database(config: &Config, place: &Place) -> Result<Db, StoreError> {
    let url = config.database.url.expose();
    let location = if url.is_empty() {
        Location::Sqlite { file: place.database() }
    } else {
        Location::Postgres { url: url.to_owned() }
    };
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    Db::open(DbOptions {
        location,
        writers: number(config.database.writers),
        readers: number(config.database.readers),
        snapshots: Some(place.snapshots()),
    })
    .await
}

/// The store of files that `config` names; incomplete uploads are in `folder` in any case.
pub(crate) async fn open_storage(
    config: &Config,
    folder: PathBuf,
    outbound: &Outbound,
) -> Result<Storage, PlaceError> {
    let failed = |error| PlaceError::Io { dir: folder.clone(), error };
    if config.s3.endpoint.is_empty() {
        return Storage::folder(folder.clone()).map_err(failed);
    }
    let bucket = || PathBuf::from(format!("s3:{}", config.s3.bucket));
    let store = S3::new(&config.s3, outbound.clone());
    let store = store.map_err(|error| PlaceError::Io { dir: bucket(), error })?;
    // Told now rather than by the first upload.
    store.check().await.map_err(|error| PlaceError::Io { dir: bucket(), error })?;
    let partials = Partials::open(folder.join("partial")).map_err(failed)?;
    let incoming = Some(store.incoming());
    Ok(Storage { store: Arc::new(store), partials, incoming })
}

/// The folder of files that `config` names.
fn files_folder(config: &Config, place: &Place) -> PathBuf {
    let configured = &config.files.folder;
    if configured.as_os_str().is_empty() { place.files() } else { configured.clone() }
}

/// The way to other servers that `config` names.
fn outbound(config: &Config) -> Result<Outbound, StartError> {
    let proxy = Some(config.outbound.proxy.as_str()).filter(|proxy| !proxy.is_empty());
    let proxy =
        proxy.map(str::parse).transpose().map_err(|error: BadProxy| StartError::Other(error.to_string()))?;
    Outbound::new(proxy).map_err(|error| StartError::Other(format!("trust in other servers: {error}")))
}

/// The certificate that `config` asks for, made if it is an own one that is not there yet.
pub fn identity(config: &Config, place: &Place) -> Result<Option<Identity>, TlsError> {
    let names = tls::names_of([config.server.bind.as_str(), config.server.public_address.as_str()]);
    tls::identity(&config.tls, place.dir(), &names)
}

#[cfg(test)]
mod tests;
