//! A client of the SDK as somebody's device: a local copy in a folder of its own, behind a network of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use hallway_client::model::{Around, ConversationFilter, TimelineItem};
use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{
    CacheKey, Client, Config, ConversationId, Event, Message, NetState, ServerAddress, UserId,
};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::{APP_ID, CACHE_KEY, Dice, Line, Net, TestServer, Truth};
use crate::failure::{Failure, Outcome, While};

/// How long anything may take that a person waits for.
const SOON: Duration = Duration::from_secs(30);

/// See the module.
pub struct Device {
    /// For messages of failing tests.
    pub name: String,
    /// Whose it is.
    pub user: UserId,
    /// Its network.
    pub net: Net,
    /// Its client.
    pub client: Client,
    events: Receiver<Event>,
    dir: PathBuf,
}

impl Device {
    /// A new device of `user`, signed in and ready.
    pub async fn start(server: &TestServer, user: &str, name: &str, dice: Dice) -> Outcome<Self> {
        let net = Net::start(server.address(), dice).await?;
        let dir = server.dir().join("devices").join(name);
        std::fs::create_dir_all(&dir).doing(dir.display())?;
        let client = open(&net, dir.clone())?;
        let events = client.subscribe();
        let user: UserId = user.parse().doing("a user id")?;
        let mut device = Self { name: name.to_owned(), user, net, client, events, dir };
        let sig = Credential::UserSig(server.user_sig(&device.user)?);
        device.client.login(device.user.clone(), sig).await.doing(format_args!("{name} signs in"))?;
        device.until_ready().await?;
        Ok(device)
    }

    /// Ends the client and starts another one on the same local copy, as a restart of the app does.
    pub async fn restart(&mut self) -> Outcome {
        self.client.close().await.doing(format_args!("{} ends", self.name))?;
        self.client = open(&self.net, self.dir.clone())?;
        self.events = self.client.subscribe();
        self.client.resume(self.user.clone()).await.doing(format_args!("{} starts again", self.name))
    }

    /// Where its local copy is.
    pub fn dir(&self) -> &PathBuf {
        &self.dir
    }

    /// Waits for the end of the first sync.
    pub async fn until_ready(&mut self) -> Outcome {
        self.until("ready", SOON, |device| device.client.is_ready()).await
    }

    /// Waits for a state of the connection.
    pub async fn until_net(&mut self, state: NetState, within: Duration) -> Outcome {
        self.until(&format!("{state:?}"), within, |device| device.client.net_state() == state).await
    }

    /// Waits until `is_so`, looking again after each event.
    pub async fn until(&mut self, what: &str, within: Duration, is_so: impl Fn(&Self) -> bool) -> Outcome {
        let deadline = Instant::now() + within;
        while !is_so(self) {
            if !self.event(deadline).await? {
                return Err(Failure::new(format!("{} is not {what} within {within:?}", self.name)));
            }
        }
        Ok(())
    }

    /// Waits for an event of which `pick` makes something.
    pub async fn until_event<T>(
        &mut self,
        what: &str,
        within: Duration,
        pick: impl Fn(&Event) -> Option<T>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + within;
        loop {
            match tokio::time::timeout_at(deadline, self.events.recv()).await {
                Ok(Ok(event)) => {
                    if let Some(found) = pick(&event) {
                        return Ok(found);
                    }
                }
                Ok(Err(RecvError::Lagged(_))) => {}
                Ok(Err(RecvError::Closed)) => return Err(Failure::new(format!("{} has ended", self.name))),
                Err(_) => {
                    return Err(Failure::new(format!(
                        "{} has heard nothing of {what} within {within:?}",
                        self.name
                    )));
                }
            }
        }
    }

    /// Waits for any event; false when there was none until `deadline`.
    pub async fn event(&mut self, deadline: Instant) -> Outcome<bool> {
        match tokio::time::timeout_at(deadline, self.events.recv()).await {
            Ok(Ok(_) | Err(RecvError::Lagged(_))) => Ok(true),
            Ok(Err(RecvError::Closed)) => Err(Failure::new(format!("{} has ended", self.name))),
            Err(_) => Ok(false),
        }
    }

    /// Everything in its list, from the local copy alone: messages, holes (places it knows that it misses), and
    /// messages that are not sent yet or were refused.
    pub async fn view(&self) -> Outcome<BTreeMap<ConversationId, View>> {
        let list = self
            .client
            .get_conversation_list(ConversationFilter::default())
            .await
            .doing(format_args!("the list of {}", self.name))?;
        let mut all = BTreeMap::new();
        for conversation in list.conversation_list {
            let mut view = self.timeline(&conversation.conversation_id).await?;
            view.truth.unread = conversation.unread_count;
            view.truth.mentions =
                conversation.group_at_info_list.iter().map(|mention| mention.message_sequence).collect();
            (view.truth.peer, view.truth.read_seq) = (conversation.peer, conversation.read_seq);
            all.insert(conversation.conversation_id, view);
        }
        Ok(all)
    }

    /// One conversation from the local copy.
    pub async fn timeline(&self, conversation_id: &ConversationId) -> Outcome<View> {
        let timeline = self
            .client
            .timeline(conversation_id, Around::Latest, 100_000, 0)
            .await
            .doing(format_args!("{conversation_id} at {}", self.name))?;
        let mut view = View { has_older: timeline.has_older, ..View::default() };
        for item in timeline.items {
            match item {
                TimelineItem::Message(message) => view.truth.lines.push(Line::from(&*message)),
                TimelineItem::Hole { from_seq, to_seq } => view.holes.push((from_seq, to_seq)),
                TimelineItem::Outgoing(message, None) => view.waiting.push(message.id.to_string()),
                TimelineItem::Outgoing(message, Some(_)) => view.refused.push(message.id.to_string()),
            }
        }
        Ok(view)
    }

    /// The newest stored messages of a conversation in the local copy, at most `count`, oldest first.
    pub async fn latest(&self, conversation_id: &ConversationId, count: usize) -> Outcome<Vec<Message>> {
        let timeline = self.client.timeline(conversation_id, Around::Latest, count, 0).await;
        let timeline = timeline.doing(format_args!("{conversation_id} at {}", self.name))?;
        Ok(timeline
            .items
            .iter()
            .filter_map(|item| match item {
                TimelineItem::Message(message) => Some((**message).clone()),
                _ => None,
            })
            .collect())
    }
}

/// A conversation as a device has it.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What must agree with the server.
    pub truth: Truth,
    /// Places the device knows that it misses.
    pub holes: Vec<(u64, u64)>,
    /// There is more on the server before the first line.
    pub has_older: bool,
    /// Ids of messages that wait to be sent.
    pub waiting: Vec<String>,
    /// Ids of messages that the server refused.
    pub refused: Vec<String>,
}

fn open(net: &Net, data_dir: PathBuf) -> Outcome<Client> {
    let config = Config {
        app_id: APP_ID,
        server: ServerAddress { address: net.address().to_string(), plain: true, ..ServerAddress::default() },
        data_dir,
        cache_key: CacheKey::Raw(Zeroizing::new(CACHE_KEY)),
        device_class: DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: None,
    };
    Client::create(config).doing("making a client")
}
