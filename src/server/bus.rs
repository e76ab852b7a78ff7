//! Who is online where, and how news reaches them.
//!
//! Services [`publish`](Bus::publish) after a commit: an event and whom it is for. The bus brings it to the
//! outboxes of the connections concerned, in the order of publishing, each event serialised once however many
//! receive it. It may lose what it carries (a full outbox, a node that dies): the logs in the database may
//! not, and every frame carries numbers by which a client notices.
//!
//! This is the seam where other nodes come in. [`Publication`] names conversation and recipients, which is
//! what a subject is made of; one process needs only the map of its own connections.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hallway_protocol::event::ServerEvent;
use hallway_protocol::session::KickedOutType;
use tokio::sync::mpsc;

use crate::net::outbox::{End, Frame, Outbox, event_frame};

/// Publications waiting to be delivered; beyond it publishers wait.
const QUEUE: usize = 16_384;

/// Whom an event is for, by number.
#[derive(Clone, Debug)]
pub enum Recipients {
    /// All instances of one user.
    User(i64),
    /// All instances of several users; the list is shared with the cache of members.
    Users(Arc<[i64]>),
}

/// An event on its way.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Conversation it belongs to, by internal number; none for what is private to a user.
    pub conversation: Option<i64>,
    /// Whom it is for.
    pub to: Recipients,
    /// Not for this connection, which learns it from the answer to its own call.
    pub except: Option<u64>,
    /// What happened.
    pub event: ServerEvent,
}

/// One signed-in connection.
#[derive(Debug)]
pub struct Connection {
    /// Unique in this process.
    pub id: u64,
    /// Number of the account.
    pub user: i64,
    /// Installation that signed in.
    pub instance_id: String,
    outbox: Arc<Outbox>,
}

type Online = RwLock<HashMap<i64, Vec<Arc<Connection>>>>;

/// The connections of this process and the queue in front of them.
pub struct Bus {
    online: Arc<Online>,
    next_id: AtomicU64,
    queue: mpsc::Sender<Publication>,
}

/// Keeps a connection on the bus until dropped.
#[derive(Debug)]
pub struct Registration {
    /// What is registered.
    pub connection: Arc<Connection>,
    online: Arc<Online>,
}

impl Bus {
    /// A bus without connections. Must be called on the runtime, where its task then lives.
    pub fn start() -> Self {
        let online = Arc::new(Online::default());
        let (queue, publications) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(Arc::clone(&online), publications));
        Self { online, next_id: AtomicU64::new(1), queue }
    }

    /// Puts a connection on the bus. From now on it gets what is for `user`. An earlier connection of the same
    /// instance is ended: it is the same program, which has lost that connection.
    pub fn register(&self, user: i64, instance_id: &str, outbox: &Arc<Outbox>) -> Registration {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let outbox = Arc::clone(outbox);
        let connection = Arc::new(Connection { id, user, instance_id: instance_id.to_owned(), outbox });
        let mut online = self.online.write().unwrap_or_else(PoisonError::into_inner);
        let connections = online.entry(user).or_default();
        connections.retain(|earlier| {
            let same = earlier.instance_id == connection.instance_id;
            // Signing in again on the same connection replaces nothing.
            if same && !Arc::ptr_eq(&earlier.outbox, &connection.outbox) {
                earlier.outbox.end(End::Replaced);
            }
            !same
        });
        connections.push(Arc::clone(&connection));
        Registration { connection, online: Arc::clone(&self.online) }
    }

    /// Sends an event on its way. For threads outside of the runtime, such as the writers after a commit:
    /// waits while the queue is full.
    pub fn publish(&self, publication: Publication) {
        if let Err(mpsc::error::TrySendError::Full(publication)) = self.queue.try_send(publication) {
            // The receiver is gone only when the runtime stops, and with it everybody who would listen.
            let _ = self.queue.blocking_send(publication);
        }
    }

    /// The same from inside of the runtime.
    pub async fn publish_later(&self, publication: Publication) {
        let _ = self.queue.send(publication).await;
    }

    /// Ends connections of a user: those of one instance, or all.
    pub fn kick(&self, user: i64, instance_id: Option<&str>, kind: KickedOutType) {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        for connection in online.get(&user).into_iter().flatten() {
            if instance_id.is_none_or(|id| id == connection.instance_id) {
                connection.outbox.end(End::Kicked(kind));
            }
        }
    }

    /// The instances of a user that are connected now.
    pub fn instances_online(&self, user: i64) -> Vec<String> {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        online.get(&user).into_iter().flatten().map(|connection| connection.instance_id.clone()).collect()
    }

    /// Whether a user has a connection other than `except`.
    pub fn has_others(&self, user: i64, except: Option<u64>) -> bool {
        let online = self.online.read().unwrap_or_else(PoisonError::into_inner);
        online.get(&user).is_some_and(|all| all.iter().any(|connection| Some(connection.id) != except))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut online = self.online.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(connections) = online.get_mut(&self.connection.user) {
            connections.retain(|other| other.id != self.connection.id);
            if connections.is_empty() {
                online.remove(&self.connection.user);
            }
        }
    }
}

async fn deliver(online: Arc<Online>, mut publications: mpsc::Receiver<Publication>) {
    let mut batch = Vec::new();
    while publications.recv_many(&mut batch, 256).await > 0 {
        for publication in batch.drain(..) {
            fan_out(&online, &publication);
        }
        // A long queue must not keep the connections from writing what they have got.
        tokio::task::yield_now().await;
    }
}

fn fan_out(online: &Online, publication: &Publication) {
    let mut frame: Option<Frame> = None;
    let online = online.read().unwrap_or_else(PoisonError::into_inner);
    let users = match &publication.to {
        Recipients::User(user) => std::slice::from_ref(user),
        Recipients::Users(users) => users,
    };
    for connection in users.iter().filter_map(|user| online.get(user)).flatten() {
        if Some(connection.id) != publication.except {
            let frame = frame.get_or_insert_with(|| event_frame(&publication.event));
            connection.outbox.push(frame.clone());
        }
    }
}
