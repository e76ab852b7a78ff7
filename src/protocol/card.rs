//! Hallway's own content in custom messages (OBJ-65): contact cards, polls, sign-up lists.
//!
//! `data` of the payload is the card as JSON, `description` says it in words, for search, notifications and programs that do
//! not know it. What people answer are extensions of the message (MSG-75), one key for each that only they may write
//! ([`Extension::key_of`]). So a poll has the voters that the extensions of a message have room for, and each program counts
//! for itself. What a person is called, and when they answered, is what their program said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::annotation::Extension;
use crate::ids::UserId;
use crate::message::CustomPayload;

/// The most options of a poll.
pub const MOST_OPTIONS: usize = 20;
/// Longest question, option or title, in characters.
pub const LONGEST: usize = 200;

/// Hallway's own content of a custom message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hallway", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Card {
    /// Somebody of the workspace.
    Contact(Contact),
    /// A question with answers to choose from.
    Poll(Poll),
    /// A list that people put their names on.
    SignUp(SignUp),
}

/// Says that its sender is writing; sent to those online only (MSG-32).
#[derive(Serialize, Deserialize)]
#[serde(tag = "hallway", rename_all = "snake_case")]
enum Signal {
    Typing {},
}

/// Says that its sender is writing; sent to those online only (MSG-32).
pub fn typing() -> CustomPayload {
    let data = serde_json::to_string(&Signal::Typing {}).unwrap_or_default();
    CustomPayload { data, ..CustomPayload::default() }
}

/// Whether a payload is [`typing`].
pub fn is_typing(payload: &CustomPayload) -> bool {
    matches!(serde_json::from_str(&payload.data), Ok(Signal::Typing {}))
}

/// Somebody of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contact {
    /// Account.
    pub user_id: UserId,
    /// What the person was called when it was sent.
    #[serde(default)]
    pub nick: String,
}

/// A question with answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// 2 to [`MOST_OPTIONS`].
    pub options: Vec<String>,
    /// Several may be chosen.
    #[serde(default)]
    pub is_multiple: bool,
}

/// A list that people put their names on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignUp {
    /// What for.
    pub title: String,
    /// How many may; 0: any number. Those who come later are on a waiting list.
    #[serde(default)]
    pub places: u32,
}

/// One person's answer, in the value of an extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Options by their number, from 0. Empty on a sign-up list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<usize>,
    /// What the person is called.
    #[serde(default)]
    pub nick: String,
    /// Unix milliseconds: who was first.
    #[serde(default)]
    pub time_ms: i64,
}

/// How a poll stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Who chose each option, by name.
    pub voters: Vec<Vec<String>>,
    /// How many people voted.
    pub people: usize,
    /// What the viewer chose.
    pub own: Vec<usize>,
}

impl Card {
    /// The card of a custom message; none for those of other programs, and for cards nobody could fill in.
    pub fn of(payload: &CustomPayload) -> Option<Self> {
        let card: Self = serde_json::from_str(&payload.data).ok()?;
        card.is_good().then_some(card)
    }

    /// The payload of a card; `description` says it in words.
    pub fn payload(&self, description: impl Into<String>) -> CustomPayload {
        let data = serde_json::to_string(self).unwrap_or_default();
        CustomPayload { data, description: description.into(), extension: String::new() }
    }

    /// Whether people answer it: it is sent with `is_support_extension`.
    pub fn takes_answers(&self) -> bool {
        matches!(self, Self::Poll(_) | Self::SignUp(_))
    }

    /// Whether it can be sent.
    pub fn is_good(&self) -> bool {
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST;
        match self {
            Self::Contact(_) => true,
            Self::Poll(poll) => {
                fits(&poll.question)
                    && (2..=MOST_OPTIONS).contains(&poll.options.len())
                    && poll.options.iter().all(|option| fits(option))
            }
            Self::SignUp(list) => fits(&list.title),
        }
    }
}

impl Answer {
    /// As the extension of a person.
    pub fn extension(&self, me: &UserId) -> Extension {
        Extension { key: Extension::key_of(me), value: serde_json::to_string(self).unwrap_or_default() }
    }

    fn of(extension: &Extension) -> Option<(UserId, Self)> {
        let mut answer: Self = serde_json::from_str(&extension.value).ok()?;
        let user: UserId = Extension::owner(&extension.key)?.parse().ok()?;
        if answer.nick.is_empty() {
            answer.nick = user.to_string();
        }
        Some((user, answer))
    }
}

impl Poll {
    /// How it stands, seen by `me`.
    pub fn tally(&self, extensions: &[Extension], me: &UserId) -> Tally {
        let mut tally = Tally { voters: vec![Vec::new(); self.options.len()], ..Tally::default() };
        for (user, mut answer) in extensions.iter().filter_map(Answer::of) {
            answer.options.sort_unstable();
            answer.options.dedup();
            answer.options.retain(|option| *option < self.options.len());
            if !self.is_multiple {
                answer.options.truncate(1);
            }
            if answer.options.is_empty() {
                continue;
            }
            tally.people += 1;
            for option in &answer.options {
                if let Some(voters) = tally.voters.get_mut(*option) {
                    voters.push(answer.nick.clone());
                }
            }
            if user == *me {
                tally.own = answer.options;
            }
        }
        tally
    }

    /// What the viewer's choice is after one more press on an option; empty: no vote.
    pub fn after_press(&self, own: &[usize], option: usize) -> Vec<usize> {
        let mut chosen = own.to_vec();
        match chosen.iter().position(|other| *other == option) {
            Some(place) => {
                chosen.remove(place);
            }
            None if self.is_multiple => chosen.push(option),
            None => chosen = vec![option],
        }
        chosen.sort_unstable();
        chosen
    }
}

impl SignUp {
    /// Who is on the list, first come first, and whether `me` is among them.
    pub fn people(&self, extensions: &[Extension], me: &UserId) -> (Vec<String>, bool) {
        let answers: BTreeMap<(i64, UserId), String> = extensions
            .iter()
            .filter_map(Answer::of)
            .map(|(user, answer)| ((answer.time_ms, user), answer.nick))
            .collect();
        let is_on = answers.keys().any(|(_, user)| user == me);
        (answers.into_values().collect(), is_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().unwrap()
    }

    fn vote(id: &str, options: &[usize]) -> Extension {
        Answer { options: options.to_vec(), nick: id.to_uppercase(), time_ms: 5 }.extension(&user(id))
    }

    fn poll(is_multiple: bool) -> Poll {
        Poll { question: "Where?".into(), options: vec!["here".into(), "there".into()], is_multiple }
    }

    #[test]
    fn a_card_survives_its_payload_and_others_are_none() {
        let card = Card::Poll(poll(true));
        let payload = card.payload("[Poll] Where?");
        assert_eq!(Card::of(&payload), Some(card));
        assert!(payload.data.contains("\"hallway\":\"poll\""));
        for data in [
            "",
            "{}",
            "[]",
            r#"{"hallway":"dance"}"#,
            r#"{"hallway":"poll","question":"?","options":["one"]}"#,
            r#"{"hallway":"poll","question":" ","options":["one","two"]}"#,
            r#"{"hallway":"contact","user_id":""}"#,
        ] {
            let payload = CustomPayload { data: data.into(), ..CustomPayload::default() };
            assert_eq!(Card::of(&payload), None, "{data}");
        }
        assert!(is_typing(&typing()) && Card::of(&typing()).is_none() && !is_typing(&payload));
        let options = vec!["x".to_owned(); MOST_OPTIONS + 1];
        assert!(!Card::Poll(Poll { options, ..poll(false) }).is_good());
    }

    #[test]
    fn votes_are_counted_and_nonsense_is_not() {
        let mut votes =
            vec![vote("anna", &[0, 1, 1, 9]), vote("ben", &[1]), vote("cleo", &[7]), vote("dora", &[])];
        votes.push(Extension { key: "@emil".into(), value: "not json".into() });
        votes.push(Extension { key: "fay".into(), value: r#"{"options":[0]}"#.into() });
        votes.push(Extension { key: String::new(), value: r#"{"options":[0]}"#.into() });
        let tally = poll(true).tally(&votes, &user("anna"));
        assert_eq!(tally.voters, [vec!["ANNA".to_owned()], vec!["ANNA".to_owned(), "BEN".to_owned()]]);
        assert_eq!((tally.people, tally.own.as_slice()), (2, [0, 1].as_slice()));
        let tally = poll(false).tally(&votes, &user("ben"));
        assert_eq!(
            (tally.voters[0].len(), tally.voters[1].len(), tally.own.as_slice()),
            (1, 1, [1].as_slice())
        );
    }

    #[test]
    fn pressing_an_option() {
        assert_eq!(poll(false).after_press(&[0], 1), [1]);
        assert_eq!(poll(true).after_press(&[1], 0), [0, 1]);
        assert!(poll(false).after_press(&[1], 1).is_empty());
    }

    #[test]
    fn who_comes_first_is_first() {
        let list = SignUp { title: "Dinner".into(), places: 1 };
        let sign = |id: &str, time_ms| {
            Answer { options: Vec::new(), nick: String::new(), time_ms }.extension(&user(id))
        };
        let (people, is_on) = list.people(&[sign("anna", 9), sign("ben", 3)], &user("anna"));
        assert_eq!((people, is_on), (vec!["ben".to_owned(), "anna".to_owned()], true));
        assert!(!list.people(&[sign("ben", 3)], &user("anna")).1);
    }
}
