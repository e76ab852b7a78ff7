//! The services as the network side sees them: calls in, answers and events out, on both engines.

mod annotations;
mod combined;
mod conversation_groups;
mod conversations;
mod files;
mod files_direct;
mod groups;
mod limits;
mod link_previews;
mod matrix;
mod messages;
mod model;
mod moderation;
mod notices;
mod offered;
mod retention;
mod search;
mod sessions;
mod settings;
mod stickers;
mod syncing;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hallway_protocol::event::ServerEvent;
use hallway_protocol::group::Group;
use hallway_protocol::ids::{ConversationId, MessageId, UserId};
use hallway_protocol::message::Payload;
use hallway_protocol::method::{Call, CreateGroup, Method, SendMessage, SignIn};
use hallway_protocol::session::{Credential, InstanceInfo, SignedIn};
use hallway_protocol::sync::{ConversationFrame, Stored, UserFrame};
use hallway_protocol::{ChatError, PROTOCOL_VERSION};

use super::Service;
use super::core::Caller;
use crate::auth::password::Cost;
use crate::auth::user_sig::UserSigs;
use crate::config::Config;
use crate::invite::Inviter;
use crate::metrics::Metrics;
use crate::net::outbox::{Capacity, End, Frame, Outbox, Taken};
use crate::net::{Backend, Entered};
use crate::outbound::Outbound;
use crate::server::open_storage;
use crate::store::user::{self, NewUser};
use crate::store::{Db, StoreError, WriteKey};

pub(super) use crate::store::test_engine::on_both_engines;

const KEY: &str = "key of the tests";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A running set of services.
pub(super) struct World {
    pub(super) service: Service,
    pub(super) metrics: Arc<Metrics>,
    random: AtomicU32,
    pub(super) dir: tempfile::TempDir,
}

/// A signed-in instance.
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) number: i64,
    pub(super) signed_in: SignedIn,
    pub(super) caller: Arc<Caller>,
    outbox: Arc<Outbox>,
    /// Taken from the outbox, not looked at yet.
    came: Mutex<VecDeque<Out>>,
    entered: Option<Entered<Caller>>,
}

impl World {
    pub(super) async fn new(db: Db) -> Self {
        Self::with(db, |_| {}).await
    }

    pub(super) async fn with(db: Db, change: impl FnOnce(&mut Config)) -> Self {
        Self::reaching(db, Outbound::new(None).unwrap(), change).await
    }

    /// With a way to other servers that is made up.
    pub(super) async fn reaching(db: Db, outbound: Outbound, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.accounts.secret_keys = vec![serde_json::from_value(KEY.into()).unwrap()];
        config.accounts.password_cost = Cost { memory_kib: 64, passes: 1 };
        change(&mut config);
        let metrics = Arc::new(Metrics::default());
        let inviter = Inviter::new(&config, None, "127.0.0.1:7290".parse().unwrap());
        let dir = tempfile::tempdir().unwrap();
        let storage = open_storage(&config, dir.path().to_owned(), &outbound).await.unwrap();
        let service =
            Service::open(&config, db, inviter, Arc::clone(&metrics), storage, &outbound).await.unwrap();
        Self { service, metrics, random: AtomicU32::new(1), dir }
    }

    /// Makes an account.
    pub(super) async fn account(&self, id: &str, is_admin: bool) {
        let user_id: UserId = id.parse().unwrap();
        let new = NewUser { user_id, nick: id.to_uppercase(), password_hash: None, is_admin };
        let made = self.service.db().write(WriteKey::user(0), move |tx| user::create(tx, &new, 0));
        assert!(made.await.map_err(|e: StoreError| e).unwrap().is_some());
    }

    /// Makes an account and signs it in.
    pub(super) async fn join(&self, id: &str) -> Person {
        self.account(id, false).await;
        self.sign_in(id, "first").await
    }

    pub(super) async fn sign_in(&self, id: &str, instance: &str) -> Person {
        let sig = UserSigs::new(1, [KEY]).make(id, 3600, super::clock::Clock::new(0).now(), None).unwrap();
        self.try_sign_in(id, instance, Credential::UserSig(sig)).await.unwrap()
    }

    pub(super) async fn try_sign_in(
        &self,
        id: &str,
        instance: &str,
        credential: Credential,
    ) -> Result<Person, ChatError> {
        let outbox = Outbox::new(Capacity::default(), Arc::clone(&self.metrics));
        let request = request(id, instance, credential);
        let done = self.service.sign_in(request, HERE, None, &outbox).await?;
        let entered = done.entered.unwrap();
        Ok(Person {
            id: id.parse().unwrap(),
            number: done.answer.user_number,
            signed_in: done.answer,
            caller: Arc::clone(&entered.caller),
            outbox,
            came: Mutex::default(),
            entered: Some(entered),
        })
    }

    /// Calls a method as the network side does.
    pub(super) async fn call<M: Method>(&self, person: &Person, params: M) -> Result<M::Answer, ChatError> {
        self.call_as(Some(Arc::clone(&person.caller)), params).await
    }

    pub(super) async fn call_as<M: Method>(
        &self,
        caller: Option<Arc<Caller>>,
        params: M,
    ) -> Result<M::Answer, ChatError> {
        let call = Call::parse(M::NAME, &serde_json::to_string(&params).unwrap()).unwrap();
        let frame = Backend::call(&self.service, caller, HERE, 7, call).await?;
        let mut frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(frame["id"], 7);
        Ok(serde_json::from_value(frame["result"].take()).unwrap())
    }

    /// A text of `person` that was not sent yet.
    pub(super) fn text(&self, person: &Person, to: &ConversationId, text: &str) -> SendMessage {
        let random = self.random.fetch_add(1, Ordering::Relaxed);
        SendMessage {
            id: MessageId::new(person.number, 1_700_000_000, random),
            conversation_id: to.clone(),
            payload: Payload::text(text),
            priority: hallway_protocol::message::Priority::Normal,
            at_user_list: Vec::new(),
            reply_to: None,
            cloud_custom_data: String::new(),
            need_read_receipt: false,
            is_support_extension: false,
            receiver_list: Vec::new(),
            online_user_only: false,
            message_control: None,
            offline_push: None,
            moderation_profile: String::new(),
            no_link_preview: false,
        }
    }

    /// Sends a text.
    pub(super) async fn say(&self, person: &Person, to: &ConversationId, text: &str) -> Stored {
        self.call(person, self.text(person, to, text)).await.unwrap()
    }

    /// Makes a `work` group of `owner` and others.
    pub(super) async fn group(&self, owner: &Person, others: &[&Person]) -> Group {
        let call = CreateGroup {
            name: "Team".into(),
            member_list: others.iter().map(|person| person.id.clone()).collect(),
            ..CreateGroup::default()
        };
        self.call(owner, call).await.unwrap().group
    }
}

pub(super) fn request(id: &str, instance: &str, credential: Credential) -> SignIn {
    SignIn {
        app_id: 1,
        user_id: id.parse().unwrap(),
        credential,
        instance: InstanceInfo {
            instance_id: instance.into(),
            device_class: hallway_protocol::session::DeviceClass::Desktop,
            client_version: "tests".into(),
            host_name: "here".into(),
        },
        protocol_version: PROTOCOL_VERSION,
    }
}

/// The conversation with `person`, as others name it.
pub(super) fn with(person: &Person) -> ConversationId {
    ConversationId::C2c(person.id.clone())
}

/// The conversation of a group.
pub(super) fn of(group: &Group) -> ConversationId {
    ConversationId::Group(group.group_id.clone())
}

pub(super) fn code<T: std::fmt::Debug>(result: Result<T, ChatError>) -> i32 {
    result.unwrap_err().code.code()
}

/// What came out of an outbox.
#[derive(Debug)]
pub(super) enum Out {
    Event(ServerEvent),
    End(End),
}

impl Person {
    async fn next(&self) -> Out {
        loop {
            if let Some(out) = self.came.lock().unwrap().pop_front() {
                return out;
            }
            let mut frames: Vec<Frame> = Vec::new();
            let taken = poll_fn(|cx| self.outbox.poll_take(cx, &mut frames));
            let taken = tokio::time::timeout(Duration::from_secs(20), taken).await.expect("nothing came");
            let mut came = self.came.lock().unwrap();
            for frame in frames {
                let mut json: serde_json::Value = serde_json::from_str(&frame).unwrap();
                came.push_back(Out::Event(serde_json::from_value(json["params"].take()).unwrap()));
            }
            if let Taken::End(end) = taken {
                came.push_back(Out::End(end));
            }
        }
    }

    /// All events up to the first for which `last` is true.
    pub(super) async fn events_until(&self, last: impl Fn(&ServerEvent) -> bool) -> Vec<ServerEvent> {
        let mut all = Vec::new();
        loop {
            match self.next().await {
                Out::Event(event) => all.push(event),
                Out::End(end) => panic!("the connection ended: {end:?}"),
            }
            if all.last().is_some_and(&last) {
                return all;
            }
        }
    }

    /// The next frame of a conversation.
    pub(super) async fn next_frame(&self, of: &ConversationId) -> ConversationFrame {
        let is_it = |event: &ServerEvent| matches!(event, ServerEvent::ConversationFrame(f) if f.conversation_id == *of);
        let found = self.events_until(is_it).await.into_iter().find(is_it);
        match found {
            Some(ServerEvent::ConversationFrame(frame)) => *frame,
            other => panic!("{other:?}"),
        }
    }

    /// The next frame of the own log.
    pub(super) async fn next_own(&self) -> UserFrame {
        let is_it = |event: &ServerEvent| matches!(event, ServerEvent::UserFrame(_));
        let found = self.events_until(is_it).await.into_iter().find(is_it);
        match found {
            Some(ServerEvent::UserFrame(frame)) => frame,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the connection is told to end; why.
    pub(super) async fn ended(&self) -> End {
        loop {
            if let Out::End(end) = self.next().await {
                return end;
            }
        }
    }

    /// Everything that has come until `world` has delivered a marker sent to this person.
    pub(super) async fn drain(&self, world: &World) -> Vec<ServerEvent> {
        let marker = ServerEvent::Closing {};
        world
            .service
            .bus()
            .publish_later(crate::bus::Publication {
                conversation: None,
                to: crate::bus::Recipients::User(self.number),
                except: None,
                event: marker,
            })
            .await;
        let mut events = self.events_until(|event| matches!(event, ServerEvent::Closing {})).await;
        events.retain(|event| !matches!(event, ServerEvent::Closing {}));
        events
    }

    /// Loses the connection.
    pub(super) fn disconnect(mut self) {
        self.entered = None;
    }
}
