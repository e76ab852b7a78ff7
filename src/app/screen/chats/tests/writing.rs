//! Writing: the composer, answers, changes, drafts.

use std::sync::Arc;

use hallway_client::{Event, FileSource, RefusedChange};
use hallway_protocol::ErrorCode;
use hallway_protocol::message::MessageStatus;

use super::super::attach;
use super::*;

/// MSG-36, MSG-38: Enter sends, Shift+Enter breaks the line, the composer is empty afterwards and what was
/// begun is forgotten.
#[test]
fn enter_sends_what_is_written() {
    let mut screen = Stage::new(with_ben(3, 3), Some("C2Cben"), WIDE);
    screen.typewrite("one");
    screen.key(Named::Enter, Modifiers::SHIFT);
    screen.typewrite("two");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "C2Cben").last().unwrap(), "one\ntwo");
    assert!(screen.has_text("one\ntwo"));
    assert_eq!(draft(&screen).trim(), "");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "C2Cben").len(), 4, "nothing is not sent");
}

/// PLUS-4: what is begun is kept within half a second and when the conversation is left, and is there again.
#[test]
fn drafts_are_kept() {
    let mut world = with_ben(3, 3);
    world.room("C2Ccleo", vec![sample::text("cleo", 1, "hi")], 1);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    screen.typewrite("not yet");
    assert!(screen.last_call(|call| matches!(call, Call::Draft { .. })).is_none());
    screen.pass(Duration::from_millis(500));
    let kept = screen.last_call(|call| matches!(call, Call::Draft { .. }));
    assert!(matches!(kept, Some(Call::Draft { text, .. }) if text == "not yet"));
    screen.typewrite(", but soon");
    screen.message(Message::Open(sample::conversation("C2Ccleo")));
    assert!(screen.has_text("[Draft]") && screen.has_text("not yet, but soon"));
    screen.message(Message::Open(sample::conversation("C2Cben")));
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "C2Cben").last().unwrap(), "not yet, but soon");
    assert!(!screen.has_text("[Draft]"));
}

/// Offline a message waits in the timeline with its clock, after a moment.
#[test]
fn what_is_on_its_way_shows_a_clock_after_a_moment() {
    let mut world = with_ben(3, 3);
    world.online = false;
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    screen.typewrite("hello");
    screen.key(Named::Enter, Modifiers::empty());
    assert!(screen.has_text("hello"));
    let id = screen.state.world.rooms["C2Cben"].outgoing[0].0.id.clone();
    let late = |screen: &Screen| screen.state.chats.open.as_ref().unwrap().timeline.is_late(&id);
    assert!(!late(&screen));
    screen.pass(Duration::from_millis(400));
    assert!(late(&screen));
}

/// MSG-63: Up changes the last own message; Escape gives it up and brings back what was begun.
#[test]
fn the_last_own_message_can_be_changed() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    screen.key(Named::ArrowUp, Modifiers::empty());
    assert!(screen.has_text("Editing"));
    screen.typewrite(" indeed");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "GROUPsales")[1], "second indeed");
    assert!(screen.has_text("edited") && !screen.has_text("Editing"));

    screen.typewrite("begun");
    let id = screen.state.world.rooms["GROUPsales"].messages[1].id.clone();
    screen.message(Message::Act(Act::Edit, id));
    assert!(screen.has_text("Editing"));
    screen.act(keymap::Action::Close);
    assert!(!screen.has_text("Editing"));
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "GROUPsales").last().unwrap(), "begun");
}

/// PLUS-4: what was begun is there again, though the conversation is open before its line in the list is known.
#[test]
fn a_draft_is_there_again_after_a_start() {
    let mut world = with_ben(1, 1);
    let id = sample::conversation("C2Cben");
    let draft_text = "About the tickets".to_owned();
    let draft = Draft { conversation_id: id.clone(), draft_text, reply_to: None, time_ms: 1 };
    world.rooms.get_mut("C2Cben").unwrap().row.draft = Some(draft);
    let list = vec![world.rooms["C2Cben"].row.clone()].into();
    let context = Stage::new(world, None, WIDE).state.chats.context.clone();
    let (mut chats, _) = crate::screen::chats::Chats::new(context, 300.0, false, Some(id));
    chats.update(Message::Answer(crate::screen::chats::Answer::Conversations(Ok(list))));
    assert_eq!(chats.open.unwrap().composer.editor().text(), "About the tickets");
}

/// MSG-63: Up right after sending never changes an older message.
#[test]
fn a_message_on_its_way_is_not_passed_over() {
    let mut world = group();
    world.online = false;
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    screen.typewrite("fourth");
    screen.key(Named::Enter, Modifiers::empty());
    screen.key(Named::ArrowUp, Modifiers::empty());
    assert!(!screen.has_text("Editing"));
    // Not even before it is in the timeline.
    let chats = &mut screen.state.chats;
    let me = chats.context.me.user_id.clone();
    chats.in_open(|open, scene| open.timeline.sent(scene));
    assert!(chats.open.as_ref().unwrap().timeline.last_own(&me).is_none());

    let room = screen.state.world.rooms.get_mut("GROUPsales").unwrap();
    let (mut sent, _) = room.outgoing.pop().unwrap();
    sent.sequence = 4;
    room.messages.push(sent);
    screen.told("GROUPsales");
    let chats = &mut screen.state.chats;
    chats.open.as_mut().unwrap().timeline.not_sent();
    screen.key(Named::ArrowUp, Modifiers::empty());
    assert!(screen.has_text("Editing"));
    assert_eq!(draft(&screen), "fourth");
}

/// An emoji goes to the cursor, and is offered first the next time.
#[test]
fn an_emoji_is_picked_with_the_keyboard() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    screen.typewrite("boat ");
    screen.click(named("Emoji"));
    screen.typewrite("ferry");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(draft(&screen), "boat ⛴️");
    let kept = Action::RecentEmoji(vec!["⛴️".into()]);
    assert_eq!(screen.state.world.actions.last(), Some(&kept));
    screen.typewrite("!");
    assert_eq!(draft(&screen), "boat ⛴️!", "the composer has the keyboard again");

    screen.click(named("Emoji"));
    assert!(screen.has_text("Used last"));
    // Down to the first row of faces, one to the right.
    screen.key(Named::ArrowDown, Modifiers::empty());
    screen.key(Named::ArrowRight, Modifiers::empty());
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(draft(&screen), "boat ⛴️!😃");
    screen.click(named("Emoji"));
    screen.key(Named::Escape, Modifiers::empty());
    assert!(!screen.has_text("Used last"));
}

/// PLUS-8: an answer carries its quote.
#[test]
fn answering_quotes() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let at = bubble(&mut screen, "third").center();
    screen.right_click_at(at);
    screen.click(named("Reply"));
    assert!(screen.has_text("Reply to Cleo"));
    screen.typewrite("fourth");
    screen.key(Named::Enter, Modifiers::empty());
    let sent = screen.state.world.rooms["GROUPsales"].messages.last().unwrap().clone();
    assert_eq!(sent.reply_to.unwrap().sequence, 3);
    assert!(!screen.has_text("Reply to Cleo"));
}

/// OBJ-35: the list of people completes the name, and the message mentions who was chosen.
#[test]
fn people_are_mentioned_from_the_list() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    screen.typewrite("hi @c");
    assert!(
        screen.has_text("Cleo") && screen.state.chats.open.as_ref().unwrap().composer.mentions().is_some()
    );
    screen.key(Named::Enter, Modifiers::empty());
    screen.typewrite("look");
    screen.key(Named::Enter, Modifiers::empty());
    let sent = screen.state.world.rooms["GROUPsales"].messages.last().unwrap().clone();
    assert_eq!(stored(&screen, "GROUPsales").last().unwrap(), "hi @Cleo look");
    assert_eq!(sent.at_user_list, ["cleo"]);
}

/// A mention of everybody in a large group asks first.
#[test]
fn notifying_very_many_asks_first() {
    let mut world = group();
    let row = &mut world.rooms.get_mut("GROUPsales").unwrap().row;
    let mut large = row.group_profile.as_deref().cloned().unwrap();
    large.member_count = 101;
    row.group_profile = Some(large.into());
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    screen.typewrite("@every");
    screen.key(Named::Enter, Modifiers::empty());
    screen.key(Named::Enter, Modifiers::empty());
    assert!(screen.has_text("Notify 101 people?"));
    assert_eq!(stored(&screen, "GROUPsales").len(), 3);
    screen.message(Message::Dialog(dialog::Message::Confirmed));
    assert_eq!(stored(&screen, "GROUPsales").len(), 4);
}

/// CONV-35, CONV-58: out of the group, its history is readable and nothing can be written.
#[test]
fn a_group_that_was_left_is_read_only() {
    let mut world = group();
    world.rooms.get_mut("GROUPsales").unwrap().row.is_readonly = true;
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    assert!(screen.has_text("first") && screen.has_text("You are no longer in this group."));
    assert!(screen.find(crate::harness::selector::id(composer::COMPOSER)).is_none());
}

/// The order of what is sent is chosen by dragging.
#[test]
fn what_is_attached_is_dragged_to_its_place() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let file = |name: &str| FileSource::Bytes { name: name.into(), bytes: Arc::from(*b"x") };
    let chosen = ["one.pdf", "two.pdf", "three.pdf"].map(file).to_vec();
    screen.message(attach::message(attach::Message::Chosen(chosen, true)));
    screen.settle();
    let (from, to) = (screen.place(containing("three.pdf")), screen.place(containing("one.pdf")));
    screen.drag(from.center(), to.center());
    // Let go: the pointer takes nothing along any more.
    let last = screen.place(containing("two.pdf"));
    screen.point(last.center());
    screen.settle();
    screen.click(named("Send"));
    let sent = screen.last_call(|call| matches!(call, Call::Attach(attach::Call::Send(_))));
    let Some(Call::Attach(attach::Call::Send(parcel))) = sent else { panic!("sent") };
    let names: Vec<&str> = parcel.items.iter().map(|(source, _)| source.name()).collect();
    assert_eq!(names, ["three.pdf", "one.pdf", "two.pdf"]);
}

/// MSG-17, OBJ-45: who alone sees what is sent is chosen among the members, stands above the text until it is taken off, and goes
/// along with words, places and files; nobody is mentioned meanwhile.
#[test]
fn messages_for_some_members_only() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let receivers = |screen: &Screen| match screen.last_call(|call| matches!(call, Call::Send(_))) {
        Some(Call::Send(outgoing)) => {
            outgoing.receiver_list.iter().map(|user| user.to_string()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let choose = |screen: &mut Screen, name: &str| {
        screen.click(named(name));
        screen.settle();
    };
    choose(&mut screen, "Add");
    choose(&mut screen, "Only for some members…");
    assert!(screen.find(role(Role::ListItem, "Anna")).is_none(), "not oneself");
    screen.typewrite("cle");
    assert!(screen.find(role(Role::ListItem, "Ben")).is_none());
    screen.key(Named::Backspace, Modifiers::CTRL);
    screen.click(role(Role::ListItem, "Ben"));
    screen.settle();
    choose(&mut screen, "Write to them");
    assert!(screen.has_text("Only Ben will see this"));
    screen.typewrite("@Cl");
    assert!(screen.state.chats.open.as_ref().unwrap().composer.mentions().is_none());
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(receivers(&screen), ["ben"]);
    assert!(screen.last_call(|call| matches!(call, Call::Typing(_))).is_none(), "written unseen");
    assert!(screen.has_text("Only Ben will see this"), "until it is taken off");
    assert!(screen.has_text("Only the sender and Ben see this"));
    screen.state.chats.dialog = None;
    screen.message(Message::Card(super::super::card::Message::Contact));
    screen
        .message(Message::Dialog(dialog::Message::People(people::Message::Toggle(sample::profile("dora")))));
    let card = screen.last_call(|call| matches!(call, Call::Card(super::super::card::Call::Send(..))));
    let Some(Call::Card(super::super::card::Call::Send(_, users, _))) = card else { panic!("{card:?}") };
    assert_eq!(users, [sample::user("ben")]);
    choose(&mut screen, "Write to everybody again");
    assert!(!screen.has_text("will see this"));
    screen.typewrite("all");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(receivers(&screen), Vec::<String>::new());
}

/// R2: a change made without a connection shows as on its way, a recall says so; refused later, the words come back.
#[test]
fn changes_that_wait_for_a_connection() {
    let mut world = group();
    let room = world.rooms.get_mut("GROUPsales").unwrap();
    room.messages[1].status = MessageStatus::UnSend;
    let changed = room.messages[1].clone();
    let mut recalled = sample::recalled(sample::text("anna", 4, "oops"), "anna");
    recalled.status = MessageStatus::UnSend;
    recalled.conversation_id = changed.conversation_id.clone();
    room.messages.push(recalled);
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    let row = screen.state.chats.open.as_ref().unwrap().timeline.message(&changed.id).unwrap().clone();
    let progress = timeline::bubble::progress(&row, false, None);
    assert_eq!(progress, timeline::bubble::Progress::Underway);
    assert!(screen.has_text("You recalled a message. The others see that"));
    let refused = RefusedChange {
        message: changed,
        payload: Some(Payload::text("better words")),
        error: ErrorCode::ModifyConflict.into(),
    };
    screen.event(&Event::MessageChangeRefused(Box::new(refused)));
    let said = screen.state.world.actions.last();
    assert!(
        matches!(said, Some(Action::Toast(text)) if text.starts_with("The message could not be changed."))
    );
    assert_eq!(draft(&screen), "better words");
    assert!(screen.has_text("Editing"));
}
