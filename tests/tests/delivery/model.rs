//! What must come of a run, whatever order things happened to arrive in.
//!
//! The model knows what people did and which answers they got. It does not know the order in which the server
//! took the messages of different devices: that it reads from the server, and then demands that everything fits:
//! each message once, those of one device in their order, recalled, changed and deleted as answered, and counts
//! that follow from the rows and from how far each user has read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hallway_protocol::ids::MENTION_ALL;
use hallway_protocol::{ConversationId, GroupId, UserId};
use hallway_tests::failure::{Failure, Outcome};
use hallway_tests::support::{Line, Truth};

/// A conversation, named the same by everybody in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Two people, in the order of their names.
    Pair(UserId, UserId),
    /// A group.
    Group(GroupId),
    /// What the server tells one person.
    Notices(UserId),
}

impl Place {
    /// The place that `viewer` calls `id`.
    pub fn of(viewer: &UserId, id: &ConversationId) -> Self {
        match id {
            ConversationId::C2c(peer) if peer < viewer => Self::Pair(peer.clone(), viewer.clone()),
            ConversationId::C2c(peer) => Self::Pair(viewer.clone(), peer.clone()),
            ConversationId::Group(group) => Self::Group(group.clone()),
            ConversationId::System => Self::Notices(viewer.clone()),
        }
    }
}

/// A state that a message was given.
struct State {
    text: String,
    /// The server said so; else nobody knows.
    certain: bool,
}

/// What became of a message as far as its sender knows.
struct Sent {
    id: String,
    device: String,
    /// The sender may not have been a member any more when it reached the server.
    may_be_refused: bool,
    states: Vec<State>,
    revoked: Option<bool>,
}

/// See the module.
#[derive(Default)]
pub struct Model {
    sent: BTreeMap<Place, Vec<Sent>>,
    read: HashMap<(UserId, Place), u64>,
    /// Messages deleted by a user for themselves; true when the server said so.
    hidden: HashMap<(UserId, String), bool>,
}

/// What the server says to each user.
pub type Truths = BTreeMap<UserId, BTreeMap<ConversationId, Truth>>;

impl Model {
    /// A message went into a device's outbox.
    pub fn sent(&mut self, place: Place, device: &str, id: &str, text: &str, may_be_refused: bool) {
        self.sent.entry(place).or_default().push(Sent {
            id: id.into(),
            device: device.into(),
            may_be_refused,
            states: vec![State { text: text.into(), certain: true }],
            revoked: None,
        });
    }

    /// `user` has read up to `seq`.
    pub fn read(&mut self, user: &UserId, place: Place, seq: u64) {
        let read = self.read.entry((user.clone(), place)).or_default();
        *read = seq.max(*read);
    }

    /// How far `user` has read, own messages left aside.
    pub fn read_by(&self, user: &UserId, place: &Place) -> u64 {
        self.read.get(&(user.clone(), place.clone())).copied().unwrap_or_default()
    }

    /// A message was recalled, or nobody knows whether it was.
    pub fn revoked(&mut self, place: &Place, id: &str, certain: bool) {
        if let Some(sent) = self.find(place, id) {
            sent.revoked = Some(certain || sent.revoked == Some(true));
        }
    }

    /// A message was changed, or nobody knows whether it was.
    pub fn edited(&mut self, place: &Place, id: &str, text: &str, certain: bool) {
        if let Some(sent) = self.find(place, id) {
            sent.states.push(State { text: text.into(), certain });
        }
    }

    /// A user deleted a message for themselves, or nobody knows whether they did.
    pub fn hidden(&mut self, user: &UserId, id: &str, certain: bool) {
        let known = self.hidden.entry((user.clone(), id.into())).or_default();
        *known |= certain;
    }

    /// Whether `user` may have deleted the message.
    pub fn may_be_hidden(&self, user: &UserId, id: &str) -> bool {
        self.hidden.contains_key(&(user.clone(), id.to_owned()))
    }

    fn find(&mut self, place: &Place, id: &str) -> Option<&mut Sent> {
        self.sent.get_mut(place)?.iter_mut().find(|sent| sent.id == id)
    }

    /// Whether what the server says can have come of what was done. `refused`: ids that devices show as refused.
    pub fn check(&self, truths: &Truths, refused: &BTreeSet<String>) -> Outcome {
        let rows = agreed_rows(truths)?;
        for (place, sent) in &self.sent {
            let none = BTreeMap::new();
            check_sent(place, sent, rows.get(place).unwrap_or(&none), refused, |id| {
                self.hidden.keys().any(|(_, hidden)| hidden == id)
            })?;
        }
        for (user, conversations) in truths {
            for (id, truth) in conversations {
                let place = Place::of(user, id);
                self.check_counts(user, &place, truth)?;
                for line in &truth.lines {
                    if self.hidden.get(&(user.clone(), line.id.clone())) == Some(&true) {
                        return Err(Failure::new(format!("{user} deleted {line:?} and still gets it")));
                    }
                }
            }
        }
        Ok(())
    }

    /// R1: unread messages and mentions follow from the rows and the read position.
    fn check_counts(&self, user: &UserId, place: &Place, truth: &Truth) -> Outcome {
        // Nobody here has a hand in what the server tells.
        if matches!(place, Place::Notices(_)) {
            return Ok(());
        }
        // Sending implies having read; what the server tells in somebody's name does not.
        let own = truth.lines.iter().filter(|line| line.from == *user && line.counted);
        let own = own.map(|line| line.sequence).max();
        let read = self.read_by(user, place).max(own.unwrap_or_default());
        let unread: Vec<&Line> = truth
            .lines
            .iter()
            .filter(|line| line.sequence > read && line.counted && !line.revoked && line.from != *user)
            .collect();
        if unread.len() as u64 != truth.unread {
            return Err(Failure::new(format!(
                "{user} in {place:?}: the server counts {} unread, the rows above {read} say {}: {unread:?}",
                truth.unread,
                unread.len()
            )));
        }
        let names_me =
            |line: &&&Line| line.mentions.iter().any(|at| at == user.as_str() || at == MENTION_ALL);
        let mentions: Vec<u64> = unread.iter().filter(names_me).map(|line| line.sequence).collect();
        if mentions != truth.mentions {
            return Err(Failure::new(format!(
                "{user} in {place:?}: the server names mentions at {:?}, the rows above {read} say {mentions:?}",
                truth.mentions
            )));
        }
        Ok(())
    }
}

type Rows = BTreeMap<u64, Line>;

/// The rows of each place, put together from what each user gets; they must agree where they overlap.
fn agreed_rows(truths: &Truths) -> Outcome<BTreeMap<Place, Rows>> {
    let mut places: BTreeMap<Place, Rows> = BTreeMap::new();
    for (user, conversations) in truths {
        for (id, truth) in conversations {
            let rows = places.entry(Place::of(user, id)).or_default();
            for pair in truth.lines.windows(2) {
                if pair[0].sequence >= pair[1].sequence {
                    return Err(Failure::new(format!("{user} gets {:?} before {:?}", pair[0], pair[1])));
                }
            }
            for line in &truth.lines {
                let known = rows.entry(line.sequence).or_insert_with(|| line.clone());
                if known != line {
                    return Err(Failure::new(format!("{user} gets {line:?}, others get {known:?}")));
                }
            }
        }
    }
    Ok(places)
}

fn check_sent(
    place: &Place,
    sent: &[Sent],
    rows: &Rows,
    refused: &BTreeSet<String>,
    is_hidden: impl Fn(&str) -> bool,
) -> Outcome {
    let fail = |text: String| Err(Failure::new(format!("{place:?}: {text}")));
    let mut by_id: HashMap<&str, &Line> = HashMap::new();
    for line in rows.values() {
        if let Some(other) = by_id.insert(&line.id, line) {
            return fail(format!("{line:?} is there twice, also as {other:?}"));
        }
    }
    let known: HashSet<&str> = sent.iter().map(|sent| sent.id.as_str()).collect();
    if let Some(line) = rows.values().find(|line| line.counted && !known.contains(line.id.as_str())) {
        return fail(format!("nobody sent {line:?}"));
    }
    let mut last: HashMap<&str, u64> = HashMap::new();
    for sent in sent {
        let Some(line) = by_id.get(sent.id.as_str()) else {
            let excused = is_hidden(&sent.id) || (sent.may_be_refused && refused.contains(&sent.id));
            if excused {
                continue;
            }
            return fail(format!("{} of {} is lost", sent.id, sent.device));
        };
        if refused.contains(&sent.id) {
            return fail(format!("{line:?} is stored and {} shows it as refused", sent.device));
        }
        let before = last.insert(&sent.device, line.sequence).unwrap_or_default();
        if before > line.sequence {
            return fail(format!("{line:?} of {} stands before an earlier one at {before}", sent.device));
        }
        match (sent.revoked, line.revoked) {
            (Some(true), false) => return fail(format!("{line:?} was recalled")),
            (None, true) => return fail(format!("nobody recalled {line:?}")),
            (_, true) => continue,
            (_, false) => {}
        }
        let from = sent.states.iter().rposition(|state| state.certain).unwrap_or_default();
        if !sent.states.iter().skip(from).any(|state| state.text == line.text) {
            return fail(format!("{line:?} is not as it was changed last"));
        }
    }
    Ok(())
}
