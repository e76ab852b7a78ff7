//! Desktop notifications: which messages are announced, in which words, and when that is taken back.
//!
//! * [`gate`]: whether a message is announced, as a pure function; [`words`]: what is said;
//! * [`desk`]: the way to the desktop, `freedesktop` behind it;
//! * this file: what is shown now. There is one notification for a conversation, which the next message replaces,
//!   and one for everything that came while there was no connection.
//!
//! Nothing in here waits or reads a clock.

pub mod desk;
#[cfg(all(unix, not(target_os = "macos")))]
mod freedesktop;
pub mod gate;
pub mod words;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hallway_client::Conversation;
use hallway_protocol::message::Payload;
use hallway_protocol::{ConversationId, Message, MessageId, UserId};
use serde::{Deserialize, Serialize};

use self::desk::{About, Desk, Wish};
use self::gate::{Case, Sight, Verdict};
use self::words::Words;
use crate::screen::chats::list::List;

/// A message older than this when it arrives was sent while there was no connection.
const MISSED: i64 = 30;
/// What was missed is announced when nothing more of it has come for so long.
pub const SETTLED: Duration = Duration::from_secs(1);

/// What the person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choice {
    /// Messages are announced.
    pub enabled: bool,
    /// With their text.
    pub previews: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { enabled: true, previews: true }
    }
}

/// What the announcing depends on.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Who is signed in.
    pub me: &'a UserId,
    /// The conversations as they are now.
    pub list: &'a List,
    /// The window has the keyboard.
    pub focused: bool,
    /// The conversation in view, and whether it is at its end.
    pub view: Option<(&'a ConversationId, bool)>,
    /// What the person chose.
    pub choice: Choice,
    /// Global do-not-disturb is in force (CONV-96).
    pub dnd: bool,
    /// The server's clock in unix seconds.
    pub now: i64,
}

/// Where a click leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The place of the message in it.
    pub sequence: u64,
    /// What its sender wants back with the click (MSG-33).
    pub extension: String,
}

/// What is announced.
#[derive(Debug)]
struct Shown {
    target: Target,
    /// Gone when read up to here.
    last: u64,
    /// Gone when this one is recalled.
    id: MessageId,
}

/// The notifications of one session.
#[derive(Debug)]
pub struct Notices {
    desk: Desk,
    shown: HashMap<ConversationId, Shown>,
    /// The places up to which the conversations have to be read that are announced together.
    together: BTreeMap<ConversationId, u64>,
    missed: Vec<Message>,
    waits: u64,
}

impl Notices {
    /// None yet.
    pub fn new(desk: Desk) -> Self {
        Self { desk, shown: HashMap::new(), together: BTreeMap::new(), missed: Vec::new(), waits: 0 }
    }

    /// Messages arrived. Answers the number of a wait to begin where some were missed: call
    /// [`Notices::settled`] with it after [`SETTLED`].
    pub fn received(&mut self, messages: &[Message], scene: Scene<'_>) -> Option<u64> {
        let before = self.missed.len();
        for message in messages {
            let Some(line) = scene.list.get(&message.conversation_id) else { continue };
            match gate::decide(&case(message, line, scene)) {
                Verdict::Nothing => {}
                Verdict::Announce => self.announce(message, line, scene),
                Verdict::Gather => self.missed.push(message.clone()),
            }
        }
        (self.missed.len() > before).then(|| {
            self.waits += 1;
            self.waits
        })
    }

    /// Nothing more was missed, if this is the last wait: what was is announced, as far as it is still news.
    pub fn settled(&mut self, wait: u64, scene: Scene<'_>) {
        if wait != self.waits {
            return;
        }
        let mut by_line: BTreeMap<ConversationId, Vec<Message>> = BTreeMap::new();
        for message in std::mem::take(&mut self.missed) {
            let line = scene.list.get(&message.conversation_id);
            if line.is_some_and(|line| gate::decide(&case(&message, line, scene)) != Verdict::Nothing) {
                by_line.entry(message.conversation_id.clone()).or_default().push(message);
            }
        }
        let count = by_line.values().map(Vec::len).sum();
        let conversations = by_line.len();
        for (id, messages) in by_line {
            let (Some(first), Some(last), Some(line)) =
                (messages.first(), messages.last(), scene.list.get(&id))
            else {
                continue;
            };
            match (conversations, messages.len()) {
                (1, 1) => self.announce(first, line, scene),
                (1, count) => self.show(first, last, words::several(count, line)),
                _ => {
                    self.together.insert(id, last.sequence);
                }
            }
        }
        if conversations > 1 {
            self.desk.wish(Wish::Show(About::Everything, words::everywhere(count, conversations)));
        }
    }

    fn announce(&mut self, message: &Message, line: &Conversation, scene: Scene<'_>) {
        if let Some(words) = words::message(message, line, scene.me, scene.choice.previews) {
            self.show(message, message, words);
        }
    }

    fn show(&mut self, first: &Message, last: &Message, words: Words) {
        let extension = first.offline_push.as_ref().map(|push| push.extension.clone()).unwrap_or_default();
        let id = first.conversation_id.clone();
        let target = Target { conversation_id: id.clone(), sequence: first.sequence, extension };
        let shown = Shown { target, last: last.sequence, id: last.id.clone() };
        self.shown.insert(id.clone(), shown);
        self.desk.wish(Wish::Show(About::Conversation(id), words));
    }

    /// The list changed: what has been read, here or elsewhere, is announced no longer.
    pub fn changed(&mut self, list: &List) {
        let is_read = |id: &ConversationId, last: u64| list.get(id).is_none_or(|line| line.read_seq >= last);
        self.withdraw(|shown| is_read(&shown.target.conversation_id, shown.last));
        let before = self.together.len();
        self.together.retain(|id, last| !is_read(id, *last));
        if before > 0 && self.together.is_empty() {
            self.desk.wish(Wish::Withdraw(About::Everything));
        }
    }

    /// Messages were recalled.
    pub fn recalled(&mut self, messages: &[Message]) {
        let is_one = |id: &MessageId| messages.iter().any(|message| message.id == *id);
        self.missed.retain(|missed| !is_one(&missed.id));
        self.withdraw(|shown| is_one(&shown.id));
    }

    /// The person has come back to the window and sees in the list what came meanwhile.
    pub fn focused(&mut self) {
        if !self.together.is_empty() {
            self.together.clear();
            self.desk.wish(Wish::Withdraw(About::Everything));
        }
    }

    /// The notification was clicked. Answers where that leads.
    pub fn clicked(&mut self, about: &About) -> Option<Target> {
        let target = match about {
            About::Conversation(id) => self.shown.remove(id).map(|shown| shown.target),
            About::Everything => None,
        };
        // Not every desktop takes away what was clicked.
        self.desk.wish(Wish::Withdraw(about.clone()));
        target
    }

    /// Takes everything away; answers when that is done.
    pub fn clear(&mut self) -> impl Future<Output = ()> + use<> {
        self.shown.clear();
        self.together.clear();
        self.missed.clear();
        self.desk.clear()
    }

    fn withdraw(&mut self, mut is_over: impl FnMut(&Shown) -> bool) {
        let desk = &self.desk;
        self.shown.retain(|id, shown| {
            let is_over = is_over(shown);
            if is_over {
                desk.wish(Wish::Withdraw(About::Conversation(id.clone())));
            }
            !is_over
        });
    }
}

fn case(message: &Message, line: &Conversation, scene: Scene<'_>) -> Case {
    // What happens in a group is for reading; what concerns the person is said to them (OBJ-101).
    let is_tip = matches!(message.payload, Payload::GroupTip(_));
    let is_disabled = message.offline_push.as_ref().is_some_and(|push| push.disable);
    Case {
        wanted: scene.choice.enabled,
        dnd: scene.dnd,
        focused: scene.focused,
        sight: match scene.view {
            Some((id, at_end)) if *id == message.conversation_id => {
                if at_end {
                    Sight::End
                } else {
                    Sight::Back
                }
            }
            _ => Sight::Elsewhere,
        },
        remind: line.message_remind_type,
        mentioned: message.mentions(scene.me),
        own: message.from == *scene.me,
        read: message.sequence <= line.read_seq,
        silent: is_tip || is_disabled || message.online_user_only || message.is_revoked(),
        missed: scene.now - message.time > MISSED,
    }
}
