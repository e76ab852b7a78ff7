//! What is put on messages, cards, and messages that are chosen and sent on.

use hallway_protocol::annotation::Extension;
use hallway_protocol::card::{Card, Poll, SignUp};
use hallway_protocol::message::{MergerPayload, ReadReceiptInfo, SimplifiedMessage};
use hallway_protocol::service::Services;
use hallway_protocol::{ConversationId, Message as ChatMessage};

use super::super::{forward, picking, reaction};
use super::*;

fn room(messages: Vec<ChatMessage>) -> World {
    let mut world = World::new();
    let last = messages.len() as u64;
    world.room("GROUPsales", messages, last);
    world
}

fn press(screen: &mut Screen, name: &str) {
    screen.click(named(name));
    screen.settle();
}

/// MSG-80, MSG-81: a press on a pill gives the reaction or takes it back.
#[test]
fn a_press_on_a_reaction_gives_and_takes_it() {
    let mut first = sample::text("ben", 1, "done");
    first.reactions = vec![sample::reaction("🎉", &["ben", "cleo"])];
    let mut screen = Stage::new(room(vec![first]), Some("GROUPsales"), WIDE);
    let id = screen.state.world.rooms["GROUPsales"].messages[0].id.clone();
    press(&mut screen, "🎉 from Ben and Cleo");
    let given = screen.last_call(|call| matches!(call, Call::React(..))).expect("a reaction");
    assert!(matches!(given, Call::React(message, sign, true) if message.id == id && sign == "🎉"));
    press(&mut screen, "🎉 from You");
    let taken = screen.last_call(|call| matches!(call, Call::React(..)));
    assert!(matches!(taken, Some(Call::React(_, _, false))));
    assert_eq!(reaction::COMMON.len(), screen.state.chats.quick_reactions().count());
}

/// MSG-75: votes and names on lists are extensions under one's own id.
#[test]
fn polls_and_lists_are_answered() {
    let poll =
        Poll { question: "Where?".into(), options: vec!["here".into(), "there".into()], is_multiple: false };
    let list = SignUp { title: "Dinner".into(), places: 1 };
    let mut messages =
        vec![sample::card("ben", 1, &Card::Poll(poll)), sample::card("ben", 2, &Card::SignUp(list))];
    messages[0].extensions = vec![sample::answer("ben", &[1], 1)];
    messages[1].extensions = vec![sample::answer("ben", &[], 1)];
    let mut screen = Stage::new(room(messages), Some("GROUPsales"), WIDE);
    press(&mut screen, "there, 1 vote");
    let answer = |screen: &Screen, place: usize| -> Option<Extension> {
        let all = &screen.state.world.rooms["GROUPsales"].messages[place].extensions;
        all.iter().find(|extension| extension.key == "anna").cloned()
    };
    assert!(answer(&screen, 0).expect("a vote").value.contains("\"options\":[1]"));
    press(&mut screen, "there, 2 votes");
    assert_eq!(answer(&screen, 0), None, "pressed again, the vote is taken back");
    press(&mut screen, "Sign me up");
    assert!(answer(&screen, 1).is_some());
    words(&mut screen, "Anna (waiting list)");
    press(&mut screen, "Take me off");
    assert_eq!(answer(&screen, 1), None);
}

/// MSG-68, MSG-69: the bar leads to what is pinned.
#[test]
fn pinned_messages_are_one_press_away() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let id = screen.state.world.rooms["GROUPsales"].messages[0].id.clone();
    screen.message(Message::Act(Act::Pin, id.clone()));
    words(&mut screen, "Pinned by Anna");
    press(&mut screen, "Pinned by Anna: Ben: first");
    assert!(screen.state.chats.open.as_ref().unwrap().timeline.is_lit(&id));
    screen.message(Message::Act(Act::Pin, id));
    assert!(screen.find_all(containing("Pinned by")).is_empty());
}

/// MSG-85, MSG-87: readers are told to the sender once, and listed.
#[test]
fn who_has_read_is_told_and_listed() {
    let mut theirs = sample::text("ben", 1, "read me");
    theirs.need_read_receipt = true;
    let mut own = sample::text("anna", 2, "mine");
    own.read_receipt_info =
        Some(ReadReceiptInfo { read_count: Some(1), unread_count: Some(1), ..Default::default() });
    let mut world = room(vec![theirs, own]);
    world.rooms.get_mut("GROUPsales").unwrap().row.read_seq = 0;
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    screen.pass(Duration::from_secs(1));
    let told = screen.state.world.calls.iter().filter(|call| matches!(call, Call::Receipts(_))).count();
    assert_eq!(told, 1);
    screen.pass(Duration::from_secs(1));
    let again = screen.state.world.calls.iter().filter(|call| matches!(call, Call::Receipts(_))).count();
    assert_eq!(again, 1);
    press(&mut screen, "1/2 read");
    let lists = |screen: &Screen| match &screen.state.chats.dialog {
        Some(super::super::dialog::Dialog::Readers(readers)) => readers.list().users.clone(),
        _ => Vec::new(),
    };
    assert_eq!(lists(&screen), [sample::user("ben")]);
    press(&mut screen, "1 not yet");
    assert_eq!(lists(&screen), [sample::user("cleo")]);
}

/// Several messages are chosen, with Shift a stretch of them, and deleted or sent on together.
#[test]
fn several_messages_are_chosen_deleted_and_sent_on() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let ids: Vec<_> =
        screen.state.world.rooms["GROUPsales"].messages.iter().map(|it| it.id.clone()).collect();
    screen.message(Message::Act(Act::Select, ids[0].clone()));
    words(&mut screen, "1 selected");
    let third = bubble(&mut screen, "third");
    screen.click_at((third.center().x, third.center().y));
    screen.settle();
    words(&mut screen, "2 selected");
    screen.message(Message::Picking(picking::Message::Toggle(ids[0].clone(), true)));
    words(&mut screen, "3 selected");
    press(&mut screen, "Forward");
    let place = forward::Place { id: sample::conversation("C2Cben"), name: "Ben".into() };
    screen.message(Message::Forward(forward::Message::Toggle(place)));
    screen.message(Message::Forward(forward::Message::Note("look".into())));
    press(&mut screen, "Send");
    let Some(Call::Forward(order)) = screen.last_call(|call| matches!(call, Call::Forward(_))) else {
        panic!("nothing was sent on")
    };
    assert_eq!((order.messages.len(), order.note.as_str()), (3, "look"));
    let card = order.record.expect("as one record");
    assert_eq!(card.title, "Chat record of Ben, Anna and Cleo");
    assert_eq!(card.abstract_list, ["Ben: first", "Anna: second", "Cleo: third"]);
    assert!(screen.state.chats.open.as_ref().unwrap().picking.is_none(), "done is done");

    screen.message(Message::Act(Act::Select, ids[1].clone()));
    screen.message(Message::Picking(picking::Message::Delete));
    press(&mut screen, "Delete message");
    assert_eq!(stored(&screen, "GROUPsales"), ["first", "third"]);
    screen.message(Message::Act(Act::Select, ids[0].clone()));
    screen.act(keymap::Action::Close);
    assert!(screen.state.chats.open.as_ref().unwrap().picking.is_none(), "Escape ends it");
}

/// OBJ-101, MSG-31: what the server says and what is gone is not sent on.
#[test]
fn tips_and_recalled_messages_are_not_sent_on() {
    let tip = sample::tip(1, sample::joined(&["ben"], "ben", 1));
    assert!(!forward::can_forward(&tip));
    assert!(!forward::can_forward(&sample::recalled(sample::text("ben", 2, "x"), "ben")));
    assert!(forward::can_forward(&sample::text("ben", 2, "x")));
}

/// OBJ-68: records open, and records inside of them.
#[test]
fn a_record_is_read_and_the_one_in_it() {
    let simple = |from: &str, payload: Payload| SimplifiedMessage {
        id: "1-2-3".parse().unwrap(),
        from: sample::user(from),
        nick: sample::nick(from),
        avatar: String::new(),
        time: sample::NOW,
        message_body: vec![payload],
        cloud_custom_data: String::new(),
    };
    let inner = MergerPayload {
        title: "Inner".into(),
        message_list: vec![simple("dora", Payload::text("deep inside"))],
        ..MergerPayload::default()
    };
    let outer = MergerPayload {
        title: "Outer".into(),
        abstract_list: vec!["Ben: hello".into()],
        message_list: vec![
            simple("ben", Payload::text("**hello** there")),
            simple("cleo", Payload::Merger(inner)),
        ],
        ..MergerPayload::default()
    };
    let message = sample::message("ben", 1, Payload::Merger(outer));
    let mut screen = Stage::new(room(vec![message]), Some("GROUPsales"), WIDE);
    let reads =
        |screen: &mut Screen, text: &str| assert!(!screen.find_all(containing(text)).is_empty(), "{text}");
    press(&mut screen, "Open Outer");
    reads(&mut screen, "hello there");
    press(&mut screen, "Open Inner");
    reads(&mut screen, "deep inside");
    press(&mut screen, "Back");
    reads(&mut screen, "hello there");
}

/// MSG-70: a translation is shown below the words, where the deployment offers one.
#[test]
fn a_translation_stands_below_the_words() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    let id = screen.state.world.rooms["C2Cben"].messages[0].id.clone();
    screen.message(Message::Act(Act::Translate, id.clone()));
    assert!(screen.last_call(|call| matches!(call, Call::Translate(..))).is_none(), "it is not offered");
    screen.state.chats.context.services = Services { translate_to: vec!["en".into()], ..Services::default() };
    screen.message(Message::Act(Act::Translate, id.clone()));
    words(&mut screen, "你好，世界");
    screen.message(Message::Act(Act::Translate, id));
    assert!(screen.find_all(containing("你好，世界")).is_empty());
}

/// MSG-32: who writes is told to those who are there, and shown for a while.
#[test]
fn who_writes_is_told_and_shown() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    screen.message(Message::Composer(
        1,
        composer::Message::Edit(crate::widget::composer::Edit::Action(
            iced::widget::text_editor::Action::Edit(iced::widget::text_editor::Edit::Insert('x')),
        )),
    ));
    assert!(screen.last_call(|call| matches!(call, Call::Typing(_))).is_some());
    let mut signal = sample::message("ben", 0, Payload::Custom(hallway_protocol::card::typing()));
    signal.conversation_id = ConversationId::C2c(sample::user("ben"));
    signal.online_user_only = true;
    screen.event(&hallway_client::Event::MessageReceived(vec![signal].into()));
    words(&mut screen, "Typing…");
    screen.pass(Duration::from_secs(7));
    assert!(screen.find_all(containing("Typing…")).is_empty());
}
