//! A program that shows notifications, as every desktop has one, but to a test.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use zbus::{Connection, connection, interface, object_server::SignalEmitter, zvariant::OwnedValue};

use crate::failure::{Failure, Outcome, While};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A notification that is shown.
#[derive(Clone, Debug)]
pub struct Notice {
    id: u32,
    /// Its first line.
    pub title: String,
    /// What stands below it, as markup.
    pub body: String,
    /// Pairs of what an action is called inside and on its button.
    pub actions: Vec<String>,
}

#[derive(Default)]
struct Shown {
    list: Mutex<(u32, Vec<Notice>)>,
    changed: Condvar,
}

/// The notifications on a desktop.
pub struct Notices {
    shown: Arc<Shown>,
    connection: Connection,
    /// Serves the connection.
    runtime: tokio::runtime::Runtime,
}

impl Notices {
    /// Shows notifications to everybody on this bus.
    pub(super) fn start(bus: &str) -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .doing("a runtime")?;
        let shown = Arc::new(Shown::default());
        let server = Server(Arc::clone(&shown));
        let connection = runtime.block_on(async {
            connection::Builder::address(bus)?.serve_at(PATH, server)?.name(NAME)?.build().await
        });
        Ok(Self { shown, connection: connection.doing("notifications")?, runtime })
    }

    /// Waits until what is shown fulfils a condition.
    pub fn until<T>(&self, what: &str, pick: impl Fn(&[Notice]) -> Option<T>) -> Outcome<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut list = self.shown.list.lock().expect("no writer panics");
        loop {
            if let Some(found) = pick(&list.1) {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::new(format!("{what} did not come; shown are {:?}", list.1)));
            }
            list = self.shown.changed.wait_timeout(list, left).expect("no writer panics").0;
        }
    }

    /// Clicks a notification, as a person does.
    pub fn click(&self, notice: &Notice) -> Outcome {
        let emitter = SignalEmitter::new(&self.connection, PATH).doing("a click")?;
        self.runtime.block_on(Server::action_invoked(&emitter, notice.id, "default")).doing("a click")
    }
}

struct Server(Arc<Shown>);

impl Server {
    fn change<T>(&self, change: impl FnOnce(&mut (u32, Vec<Notice>)) -> T) -> T {
        let done = change(&mut self.0.list.lock().expect("no writer panics"));
        self.0.changed.notify_all();
        done
    }
}

#[interface(name = "org.freedesktop.Notifications")]
impl Server {
    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("test".into(), "hallway".into(), "1".into(), "1.2".into())
    }

    #[allow(clippy::too_many_arguments, reason = "as the desktops have it")]
    fn notify(
        &self,
        _app_name: String,
        replaces_id: u32,
        _app_icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        self.change(|(last, list)| {
            let id = if replaces_id > 0 {
                replaces_id
            } else {
                *last += 1;
                *last
            };
            list.retain(|notice| notice.id != id);
            list.push(Notice { id, title, body, actions });
            id
        })
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        self.change(|(_, list)| list.retain(|notice| notice.id != id));
        // 3: closed by a call.
        Self::notification_closed(&emitter, id, 3).await?;
        Ok(())
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}
