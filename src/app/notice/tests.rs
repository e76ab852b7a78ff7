//! What is shown and taken back, with a desktop that only listens.

use std::sync::Arc;

use hallway_protocol::conversation::RemindType;
use hallway_protocol::message::OfflinePush;

use super::desk::Wishes;
use super::*;
use crate::screen::chats::sample::{self, NOW};

struct Stage {
    notices: Notices,
    wishes: Wishes,
    me: UserId,
    lines: Vec<Conversation>,
    list: List,
    focused: bool,
    view: Option<(ConversationId, bool)>,
    choice: Choice,
    now: i64,
}

impl Stage {
    fn new() -> Self {
        let (desk, wishes) = Desk::new();
        let lines = ["C2Cben", "C2Ccleo", "GROUPsales"].map(sample::row).to_vec();
        let mut stage = Self {
            notices: Notices::new(desk),
            wishes,
            me: sample::user("anna"),
            lines,
            list: List::default(),
            focused: false,
            view: None,
            choice: Choice::default(),
            now: NOW,
        };
        stage.list_changes(|_| {});
        stage
    }

    fn list_changes(&mut self, change: impl FnOnce(&mut [Conversation])) {
        change(&mut self.lines);
        self.list.set(Arc::from(self.lines.clone()));
        self.notices.changed(&self.list);
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Notices, Scene<'_>) -> T) -> T {
        let view = self.view.as_ref().map(|(id, at_end)| (id, *at_end));
        let (me, list, focused, choice) = (&self.me, &self.list, self.focused, self.choice);
        act(&mut self.notices, Scene { me, list, focused, view, choice, dnd: false, now: self.now })
    }

    fn received(&mut self, messages: &[Message]) -> Option<u64> {
        self.with(|notices, scene| notices.received(messages, scene))
    }

    /// What was wished since the last time: title and body, or what is taken away.
    fn wished(&mut self) -> Vec<String> {
        let all = std::iter::from_fn(|| self.wishes.try_recv().ok());
        let told = |wish| match wish {
            Wish::Show(_, words) => format!("{}: {}", words.title, words.body),
            Wish::Withdraw(About::Conversation(id)) => format!("no more {id}"),
            Wish::Withdraw(About::Everything) => "no more of all".to_owned(),
            Wish::Clear(_) => "nothing".to_owned(),
        };
        all.map(told).collect()
    }
}

fn at(conversation: &str, sequence: u64, text: &str) -> Message {
    Message {
        conversation_id: sample::conversation(conversation),
        time: NOW,
        ..sample::text("ben", sequence, text)
    }
}

fn line<'a>(lines: &'a mut [Conversation], id: &str) -> &'a mut Conversation {
    lines.iter_mut().find(|line| line.conversation_id.to_string() == id).unwrap()
}

/// MSG-33: the next message takes the place of the one before, and reading takes it away, wherever that was done.
#[test]
fn one_for_a_conversation_until_it_is_read() {
    let mut stage = Stage::new();
    assert_eq!(stage.received(&[at("C2Cben", 1, "one"), at("C2Cben", 2, "two")]), None);
    stage.received(&[at("GROUPsales", 7, "three")]);
    assert_eq!(stage.wished(), ["Ben: one", "Ben: two", "Sales: Ben: three"]);
    stage.list_changes(|lines| line(lines, "C2Cben").read_seq = 1);
    assert_eq!(stage.wished(), [""; 0], "there is more to read");
    stage.list_changes(|lines| line(lines, "C2Cben").read_seq = 2);
    assert_eq!(stage.wished(), ["no more C2Cben"]);
    stage.notices.recalled(&[at("GROUPsales", 7, "")]);
    assert_eq!(stage.wished(), ["no more GROUPsales"], "recalled");
    stage.list_changes(|lines| line(lines, "GROUPsales").read_seq = 7);
    assert_eq!(stage.wished(), [""; 0]);
}

/// MSG-33: a click leads to the message, and brings back what its sender gave along.
#[test]
fn a_click_leads_to_the_message() {
    let mut stage = Stage::new();
    let push = OfflinePush { extension: "order 7".into(), ..OfflinePush::default() };
    stage.received(&[Message { offline_push: Some(push), ..at("C2Cben", 4, "hi") }]);
    let about = About::Conversation(sample::conversation("C2Cben"));
    let target = stage.notices.clicked(&about).unwrap();
    assert_eq!(target.conversation_id, sample::conversation("C2Cben"));
    assert_eq!((target.sequence, target.extension.as_str()), (4, "order 7"));
    assert_eq!(stage.wished(), ["Ben: hi", "no more C2Cben"]);
    assert_eq!(stage.notices.clicked(&about), None);
}

/// MSG-32, MSG-33: what is disabled, for those online only, recalled, or of the server's own is not announced.
#[test]
fn some_messages_are_never_announced() {
    let mut stage = Stage::new();
    let disabled = OfflinePush { disable: true, ..OfflinePush::default() };
    let tip = sample::tip(5, sample::joined(&["ben"], "ben", 1));
    let messages = [
        Message { offline_push: Some(disabled), ..at("C2Cben", 1, "x") },
        Message { online_user_only: true, ..at("C2Cben", 2, "x") },
        sample::recalled(at("C2Cben", 3, "x"), "ben"),
        Message { time: NOW, ..tip },
        Message { from: sample::user("anna"), ..at("C2Cben", 6, "x") },
    ];
    stage.received(&messages);
    assert_eq!(stage.wished(), [""; 0]);
}

/// OBJ-101, OBJ-140: what happens in a group is not announced, what the person is told about it is, under the name of the notices.
#[test]
fn notices_are_announced() {
    let mut stage = Stage::new();
    stage.lines.push(sample::row("@TIM#SYSTEM"));
    stage.list_changes(|_| {});
    let notice = sample::notice("ben", 1, hallway_protocol::tip::NoticeType::Invited, "");
    stage.received(&[Message { time: NOW, ..notice }]);
    assert_eq!(stage.wished(), ["Group notices: Ben added you to Sales"]);
}

/// CONV-93: silent unless the person is called, by name or with everybody.
#[test]
fn only_mentions_where_that_is_chosen() {
    let mut stage = Stage::new();
    stage.list_changes(|lines| line(lines, "GROUPsales").message_remind_type = RemindType::NotNotifyExceptAt);
    let to = |sequence, who: &str| Message {
        at_user_list: vec![who.to_owned()],
        ..at("GROUPsales", sequence, "look")
    };
    stage.received(&[at("GROUPsales", 1, "x"), to(2, "cleo"), to(3, "anna")]);
    stage.received(&[to(4, hallway_protocol::ids::MENTION_ALL)]);
    assert_eq!(stage.wished(), ["Sales: Ben: look", "Sales: Ben: look"]);
}

#[test]
fn what_is_in_view_is_not_announced() {
    let mut stage = Stage::new();
    stage.focused = true;
    stage.view = Some((sample::conversation("C2Cben"), true));
    stage.received(&[at("C2Cben", 1, "seen"), at("C2Ccleo", 1, "elsewhere")]);
    assert_eq!(stage.wished(), ["Cleo: elsewhere"]);
}

/// What came while there was no connection is one notification, once nothing more of it comes, and without what has
/// been read meanwhile.
#[test]
fn what_was_missed_is_summed_up() {
    let mut stage = Stage::new();
    let missed = |to: &str, places: std::ops::Range<u64>| -> Vec<Message> {
        places.map(|place| Message { time: NOW - 600, ..at(to, place, "late") }).collect()
    };
    let settled = |stage: &mut Stage, wait| stage.with(|notices, scene| notices.settled(wait, scene));

    let first = stage.received(&missed("C2Cben", 1..30)).unwrap();
    let second = stage.received(&missed("GROUPsales", 1..21)).unwrap();
    settled(&mut stage, first);
    assert_eq!(stage.wished(), [""; 0], "more came");
    settled(&mut stage, second);
    assert_eq!(stage.wished(), ["Hallway: 49 new messages in 2 chats"]);
    stage.list_changes(|lines| line(lines, "C2Cben").read_seq = 29);
    assert_eq!(stage.wished(), [""; 0]);
    stage.list_changes(|lines| line(lines, "GROUPsales").read_seq = 20);
    assert_eq!(stage.wished(), ["no more of all"]);

    let wait = stage.received(&missed("C2Cben", 30..35)).unwrap();
    settled(&mut stage, wait);
    assert_eq!(stage.wished(), ["Ben: 5 new messages"]);
    let about = About::Conversation(sample::conversation("C2Cben"));
    assert_eq!(stage.notices.clicked(&about).map(|target| target.sequence), Some(30), "the first of them");
    stage.wished();

    let wait = stage.received(&missed("C2Cben", 35..36)).unwrap();
    settled(&mut stage, wait);
    assert_eq!(stage.wished(), ["Ben: late"], "a single one is shown as it is");

    let wait = stage.received(&missed("GROUPsales", 25..26)).unwrap();
    stage.notices.recalled(&missed("GROUPsales", 25..26));
    settled(&mut stage, wait);
    assert_eq!(stage.wished(), [""; 0], "recalled before it was told");

    let wait = stage.received(&[missed("C2Cben", 36..38), missed("C2Ccleo", 1..3)].concat()).unwrap();
    stage.list_changes(|lines| line(lines, "C2Cben").read_seq = 40);
    stage.wished();
    settled(&mut stage, wait);
    assert_eq!(stage.wished(), ["Cleo: 2 new messages"], "the other one was read on another instance");

    let wait = stage.received(&[missed("C2Ccleo", 3..4), missed("GROUPsales", 21..22)].concat()).unwrap();
    settled(&mut stage, wait);
    stage.notices.focused();
    assert_eq!(stage.wished(), ["Hallway: 2 new messages in 2 chats", "no more of all"], "the list tells it");
}

#[test]
fn as_the_person_chose() {
    let mut stage = Stage::new();
    stage.choice.previews = false;
    stage.received(&[at("GROUPsales", 1, "secret")]);
    stage.choice.enabled = false;
    stage.received(&[at("GROUPsales", 2, "secret")]);
    assert_eq!(stage.wished(), ["Sales: New message"]);
}
