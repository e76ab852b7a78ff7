//! What the handle and the background task share: events out, and the few values that are read at once.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use hallway_protocol::conversation::{AllReceiveMessageOpt, ConversationGroup};
use hallway_protocol::{ErrorCode, Limits, MessageId};
use tokio::sync::broadcast;

use crate::cache::meta::Session;
use crate::event::{Event, EventName, NetState, Subscription};
use crate::file::{Plugins, UploadPlugin};
use crate::model::Conversation;
use crate::transport::Rpc;

/// Events a slow subscriber may be behind before it is told that it missed some.
const EVENTS: usize = 1024;

type Handler = Arc<dyn Fn(&Event) + Send + Sync>;

/// See the module.
pub(crate) struct Shared {
    events: broadcast::Sender<Event>,
    handlers: Mutex<Handlers>,
    list: RwLock<Arc<[Conversation]>>,
    total: AtomicU64,
    conversation_groups: RwLock<Arc<[ConversationGroup]>>,
    all_receive_message_opt: Mutex<AllReceiveMessageOpt>,
    net: Mutex<NetState>,
    ready: AtomicBool,
    rpc: Mutex<Option<Rpc>>,
    session: RwLock<Option<Arc<Session>>>,
    limits: RwLock<Arc<Limits>>,
    upload_plugins: Mutex<Plugins>,
    uploads: Mutex<HashMap<MessageId, (u64, u64)>>,
}

#[derive(Default)]
struct Handlers {
    last: u64,
    list: Vec<(Subscription, Handler)>,
}

impl Shared {
    pub fn new() -> Self {
        Self {
            events: broadcast::Sender::new(EVENTS),
            handlers: Mutex::default(),
            list: RwLock::new(Arc::from([])),
            total: AtomicU64::new(0),
            conversation_groups: RwLock::new(Arc::from([])),
            all_receive_message_opt: Mutex::default(),
            net: Mutex::new(NetState::Disconnected),
            ready: AtomicBool::new(false),
            rpc: Mutex::new(None),
            session: RwLock::new(None),
            limits: RwLock::default(),
            upload_plugins: Mutex::default(),
            uploads: Mutex::default(),
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Calls handlers in the order they were registered (SES-17), then tells the subscribers. A handler that
    /// panics is reported and stops nobody.
    pub fn emit(&self, event: Event) {
        let name = event.name();
        let handlers: Vec<Handler> = {
            let registered = lock(&self.handlers);
            let wanted = registered.list.iter().filter(|(subscription, _)| subscription.event == name);
            wanted.map(|(_, handler)| Arc::clone(handler)).collect()
        };
        let mut failed = false;
        for handler in &handlers {
            failed |= catch_unwind(AssertUnwindSafe(|| handler(&event))).is_err();
        }
        // Nobody listening is no failure.
        let _ = self.events.send(event);
        if failed {
            crate::log::error!(?name, "an event handler of the app panicked");
            if name != EventName::Error {
                let text = format!("a handler of {name:?} panicked");
                self.emit(Event::Error(ErrorCode::UnexpectedError, text));
            }
        }
    }

    pub fn on(&self, event: EventName, handler: Handler) -> Subscription {
        let mut handlers = lock(&self.handlers);
        handlers.last += 1;
        let subscription = Subscription { event, number: handlers.last };
        handlers.list.push((subscription, handler));
        subscription
    }

    pub fn off(&self, subscription: Subscription) {
        lock(&self.handlers).list.retain(|(registered, _)| *registered != subscription);
    }

    pub fn remove_handlers(&self) {
        lock(&self.handlers).list.clear();
    }

    pub fn list(&self) -> Arc<[Conversation]> {
        Arc::clone(&self.list.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_list(&self, list: Arc<[Conversation]>) {
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = list;
    }

    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Acquire)
    }

    /// True if it is another one than before.
    pub fn set_total(&self, total: u64) -> bool {
        self.total.swap(total, Ordering::AcqRel) != total
    }

    /// In order of creation.
    pub fn conversation_groups(&self) -> Arc<[ConversationGroup]> {
        Arc::clone(&self.conversation_groups.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// True if they are others than before.
    pub fn set_conversation_groups(&self, groups: Vec<ConversationGroup>) -> bool {
        let mut known = self.conversation_groups.write().unwrap_or_else(PoisonError::into_inner);
        let is_other = **known != *groups;
        *known = groups.into();
        is_other
    }

    pub fn all_receive_message_opt(&self) -> AllReceiveMessageOpt {
        lock(&self.all_receive_message_opt).clone()
    }

    /// True if it is another one than before.
    pub fn set_all_receive_message_opt(&self, opt: AllReceiveMessageOpt) -> bool {
        let mut known = lock(&self.all_receive_message_opt);
        let is_other = *known != opt;
        *known = opt;
        is_other
    }

    pub fn net(&self) -> NetState {
        *lock(&self.net)
    }

    /// Fires on change only (SES-33).
    pub fn set_net(&self, state: NetState) {
        let before = std::mem::replace(&mut *lock(&self.net), state);
        if before != state {
            self.emit(Event::NetStateChanged(state));
        }
    }

    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    /// What it was before.
    pub fn set_ready(&self, ready: bool) -> bool {
        self.ready.swap(ready, Ordering::AcqRel)
    }

    /// The signed-in connection, if there is one.
    pub fn rpc(&self) -> Option<Rpc> {
        lock(&self.rpc).clone()
    }

    pub fn set_rpc(&self, rpc: Option<Rpc>) {
        *lock(&self.rpc) = rpc;
    }

    pub fn session(&self) -> Option<Arc<Session>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_session(&self, session: Option<Session>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = session.map(Arc::new);
    }

    pub fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_limits(&self, limits: Limits) {
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(limits);
    }

    /// The plugin for the next upload: the app's own, else the first that the server wishes for and that there is.
    pub fn upload_plugin(&self) -> Option<Arc<dyn UploadPlugin>> {
        let wished = self.session().map_or_else(Vec::new, |session| session.services.upload_plugins.clone());
        lock(&self.upload_plugins).choose(&wished)
    }

    /// The plugin with that name.
    pub fn upload_plugin_of(&self, name: &str) -> Option<Arc<dyn UploadPlugin>> {
        lock(&self.upload_plugins).named(name)
    }

    pub fn set_upload_plugin(&self, plugin: Option<Arc<dyn UploadPlugin>>) {
        lock(&self.upload_plugins).register(plugin);
    }

    /// Bytes sent and bytes in the end of a message's files, while they are on their way.
    pub fn upload(&self, id: &MessageId) -> Option<(u64, u64)> {
        lock(&self.uploads).get(id).copied()
    }

    pub fn set_upload(&self, id: &MessageId, progress: Option<(u64, u64)>) {
        let mut uploads = lock(&self.uploads);
        match progress {
            Some(progress) => uploads.insert(id.clone(), progress),
            None => uploads.remove(id),
        };
    }

    /// The server's clock in milliseconds (SES-15); 0 before the first login.
    pub fn server_time(&self) -> i64 {
        self.session().map_or(0, |session| now_ms() + session.clock_offset_ms)
    }
}

/// This computer's clock, unix milliseconds.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A panic elsewhere leaves these values whole: each is replaced in one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
