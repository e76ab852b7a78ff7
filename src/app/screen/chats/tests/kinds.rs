//! What is put on messages, cards, and messages that are chosen and sent on.

use hallway_protocol::annotation::Extension;
use hallway_protocol::card::{Card, Poll, SignUp};
use hallway_protocol::message::{MergerPayload, Payload, ReadReceiptInfo, SimplifiedMessage};
use hallway_protocol::service::Services;
use hallway_protocol::tip::NoticeType;
use hallway_protocol::{ConversationId, Message as ChatMessage};

use super::super::{forward, media, picking, reaction, reactors, record};
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
        all.iter().find(|extension| extension.key == "@anna").cloned()
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

/// OBJ-71, OBJ-140: notices have a conversation with a name, in which nobody writes; each leads to its group as long as the
/// viewer is in it, and none can be chosen or deleted alone.
#[test]
fn notices_lead_to_their_groups() {
    let notices = [
        sample::notice("ben", 1, NoticeType::Invited, ""),
        sample::notice("ben", 2, NoticeType::KickedOut, "moved on"),
    ];
    let mut left = notices[1].clone();
    if let Payload::GroupSystemNotice(notice) = &mut left.payload {
        notice.group_profile.group_id = "old".parse().unwrap();
    }
    let mut world = room(vec![sample::text("ben", 1, "Welcome!")]);
    world.room("GROUPold", Vec::new(), 0).row.is_readonly = true;
    world.room("@TIM#SYSTEM", vec![notices[0].clone(), left], 0);
    let mut screen = Stage::new(world, Some("@TIM#SYSTEM"), WIDE);
    assert_eq!(screen.state.chats.title().as_deref(), Some("Group notices"));
    words(&mut screen, "Only the workspace writes here.");
    words(&mut screen, "“moved on”");
    assert!(!screen.state.chats.can_write());
    press(&mut screen, "13:05: Ben removed you from Sales");
    assert_eq!(
        screen.state.chats.current(),
        Some(&ConversationId::System),
        "nobody is led where they are not"
    );
    press(&mut screen, "13:05: Ben added you to Sales");
    assert_eq!(screen.state.chats.current(), Some(&sample::conversation("GROUPsales")));
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
    let Some(Call::Forward(forward::Call(order))) = screen.last_call(|call| matches!(call, Call::Forward(_)))
    else {
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

fn simple(from: &str, payload: Payload) -> SimplifiedMessage {
    SimplifiedMessage {
        id: "1-2-3".parse().unwrap(),
        from: sample::user(from),
        nick: sample::nick(from),
        avatar: String::new(),
        time: sample::NOW,
        message_body: vec![payload],
        cloud_custom_data: String::new(),
    }
}

/// OBJ-68: records open in a window of their own, and records inside of them; what is in them is found.
#[test]
fn a_record_is_read_and_the_one_in_it() {
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
    let reads = |screen: &mut Screen, text: &str| !screen.find_all(containing(text)).is_empty();
    press(&mut screen, "Open Outer");
    assert_eq!(screen.state.chats.record_title().as_deref(), Some("Outer"));
    assert_eq!(screen.state.world.actions.last(), Some(&Action::ShowRecord), "its window comes to the front");
    assert!(!reads(&mut screen, "hello there"), "not in the window of the conversations");
    screen.state.reading = true;
    screen.settle();
    assert!(reads(&mut screen, "hello there"));
    press(&mut screen, "Open Inner");
    assert!(reads(&mut screen, "deep inside"));
    assert_eq!(screen.state.chats.record_title().as_deref(), Some("Inner"));
    press(&mut screen, "Back");
    assert!(reads(&mut screen, "hello there"));

    let find = iced::keyboard::Key::Character("f".into());
    let effects = screen.state.chats.key_in_record(&find, Modifiers::COMMAND);
    screen.perform(effects);
    screen.typewrite("HELLO");
    assert!(reads(&mut screen, "hello there") && !reads(&mut screen, "Inner"));
    let escape = iced::keyboard::Key::Named(Named::Escape);
    let effects = screen.state.chats.key_in_record(&escape, Modifiers::empty());
    screen.perform(effects);
    assert_eq!(screen.state.chats.record_title(), None, "and with it its window");
}

/// OBJ-68, OBJ-61, OBJ-64: pictures in a record are seen, its files are fetched; both belong to the message that has it.
#[test]
fn files_of_a_record_are_there() {
    let image = sample::image("ben", 1, "sea", (640, 480)).payload;
    let file = sample::file("ben", 2, "plan.pdf", 90_112).payload;
    let outer = MergerPayload {
        title: "Outer".into(),
        message_list: vec![simple("ben", image), simple("cleo", file)],
        ..MergerPayload::default()
    };
    let message = sample::message("ben", 1, Payload::Merger(outer));
    let id = message.id.clone();
    let mut screen = Stage::new(room(vec![message]), Some("GROUPsales"), WIDE);
    press(&mut screen, "Open Outer");
    screen.state.reading = true;
    screen.settle();
    let small =
        |call: &Call| matches!(call, Call::Record(record::Call::Picture(of, _, false)) if of.id == id);
    assert!(screen.last_call(small).is_some());
    press(&mut screen, "Open picture");
    let large = |call: &Call| matches!(call, Call::Record(record::Call::Picture(of, _, true)) if of.id == id);
    assert!(screen.last_call(large).is_some());
    let escape = iced::keyboard::Key::Named(Named::Escape);
    let effects = screen.state.chats.key_in_record(&escape, Modifiers::empty());
    screen.perform(effects);
    assert!(screen.state.chats.record_title().is_some(), "only the large picture is gone");
    press(&mut screen, "Open");
    let fetched = screen.last_call(|call| matches!(call, Call::Media(media::Call::Download { .. })));
    let Some(Call::Media(media::Call::Download { message, file, .. })) = fetched else {
        panic!("a download")
    };
    assert_eq!((message.id.clone(), file.name.as_str()), (id.clone(), "plan.pdf"));
    let here = std::path::PathBuf::from("/tmp/plan.pdf");
    screen.message(Message::Media(media::Message::Downloaded(id, Ok(here.clone()))));
    let opens = screen.last_call(|call| matches!(call, Call::Media(media::Call::Open(..))));
    assert_eq!(opens, Some(Call::Media(media::Call::Open(here, false))));
}

/// MSG-83: a click on the right of a reaction lists who gave it.
#[test]
fn who_reacted_is_listed() {
    let mut first = sample::text("ben", 1, "done");
    first.reactions = vec![sample::reaction("🎉", &["ben", "cleo"])];
    let mut screen = Stage::new(room(vec![first]), Some("GROUPsales"), WIDE);
    screen.right_click(named("🎉 from Ben and Cleo"));
    screen.settle();
    let asked = screen.last_call(|call| matches!(call, Call::Reactors(_)));
    let Some(Call::Reactors(reactors::Call(message, sign, 0))) = asked else { panic!("the first page") };
    let user = |id: &str| hallway_protocol::user::UserBrief {
        user_id: sample::user(id),
        nick: sample::nick(id),
        avatar: String::new(),
    };
    let page = hallway_protocol::method::ReactionUsers {
        user_list: vec![user("ben"), user("dora")],
        next_seq: 0,
        is_completed: true,
    };
    screen.message(Message::Reactors(reactors::Message::Came(message.id.clone(), sign, Ok(page))));
    assert!(screen.has_text("🎉 from") && screen.has_text("Dora"));
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
