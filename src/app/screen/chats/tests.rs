//! The screen on an account in memory: what people do with it, and what comes of it.

use std::time::Duration;

use hallway_client::model::Around;
use hallway_protocol::conversation::{AtType, Draft, MARK_UNREAD, Mention, RemindType};
use hallway_protocol::message::Payload;
use iced::keyboard::{Modifiers, key::Named};
use iced::{Point, Rectangle};

use super::stage::{Drive, Screen, Stage, World};
use super::{Act, Action, Call, Confirm, Message, composer, dialog, people, sample, timeline};
use crate::harness::selector::Bounded as _;
use crate::harness::{containing, named, role};
use crate::keymap;
use crate::widget::access::{Node, Role};

const WIDE: (f32, f32) = (1100.0, 760.0);

/// A conversation with Ben with so many messages from him, read up to a place.
fn with_ben(count: u64, read: u64) -> World {
    let mut world = World::new();
    world.room(
        "C2Cben",
        (1..=count).map(|seq| sample::text("ben", seq, &format!("message {seq}"))).collect(),
        read,
    );
    world
}

fn group() -> World {
    let mut world = World::new();
    let messages = vec![
        sample::text("ben", 1, "first"),
        sample::text("anna", 2, "second"),
        sample::text("cleo", 3, "third"),
    ];
    world.room("GROUPsales", messages, 3);
    world
}

/// The row of the message that ends with these words.
fn bubble(screen: &mut Screen, words: &str) -> Rectangle {
    let ends = |node: &Node| node.role == Role::ListItem && node.name.ends_with(&format!(": {words}"));
    let rows = screen.nodes();
    let row = rows.iter().filter(|(_, place)| place.x > 360.0).find(|(node, _)| ends(node));
    row.unwrap_or_else(|| panic!("no message {words:?}")).1
}

/// The place of a text in the timeline.
fn words(screen: &mut Screen, text: &str) -> Rectangle {
    let found = screen.find_all(containing(text));
    let place = found.iter().filter_map(|text| text.visible_bounds()).find(|place| place.x > 360.0);
    place.unwrap_or_else(|| panic!("no text {text:?}"))
}

fn draft(screen: &Screen) -> String {
    screen.state.chats.open.as_ref().unwrap().composer.editor().text()
}

fn stored(screen: &Screen, id: &str) -> Vec<String> {
    let texts = screen.state.world.rooms[id].messages.iter().map(|message| match &message.payload {
        Payload::Text(text) => text.text.clone(),
        other => other.kind().to_owned(),
    });
    texts.collect()
}

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

/// CONV-59, CONV-70: what stays in view is read, up to what was seen, and only with the keyboard.
#[test]
fn what_is_seen_is_read() {
    let mut screen = Stage::new(with_ben(200, 100), Some("C2Cben"), WIDE);
    assert!(screen.has_text("New messages"));
    screen.pass(timeline::reading::DWELL);
    let Some(Call::MarkRead(_, Some(read))) = screen.last_call(|call| matches!(call, Call::MarkRead(..)))
    else {
        panic!("something was read")
    };
    assert!((101..180).contains(&read), "not all of it: {read}");
    let effects = screen.state.chats.set_focused(false);
    screen.perform(effects);
    screen.message(Message::Timeline(1, timeline::Message::Latest));
    screen.settle();
    screen.pass(Duration::from_secs(1));
    assert!(screen.has_text("message 200"));
    assert_eq!(screen.state.world.rooms["C2Cben"].row.read_seq, read, "nobody is looking");
    let effects = screen.state.chats.set_focused(true);
    screen.perform(effects);
    screen.pass(timeline::reading::DWELL);
    assert_eq!(screen.state.world.rooms["C2Cben"].row.read_seq, 200);
    assert!(
        screen
            .state
            .chats
            .open
            .as_ref()
            .unwrap()
            .timeline
            .stretch()
            .index(&timeline::rows::Key::Unread)
            .is_some()
            || !screen.has_text("New messages")
    );
}

/// Little unread opens at the end; much opens at the divider.
#[test]
fn a_conversation_opens_where_reading_goes_on() {
    let mut screen = Stage::new(with_ben(300, 295), Some("C2Cben"), WIDE);
    assert!(screen.has_text("message 300") && screen.has_text("New messages"));
    let mut screen = Stage::new(with_ben(5000, 1000), Some("C2Cben"), WIDE);
    assert!(screen.has_text("New messages") && screen.has_text("message 1001"));
    let divider = screen.place(containing("New messages"));
    assert!((100.0..320.0).contains(&divider.y), "at a quarter of the height: {divider:?}");
}

/// A long conversation opens with a page, and its scrollbar goes anywhere.
#[test]
fn a_long_conversation_is_read_in_pages() {
    let mut screen = Stage::new(with_ben(20_000, 20_000), Some("C2Cben"), WIDE);
    let reads =
        |screen: &Screen| screen.state.world.calls.iter().filter(|c| matches!(c, Call::Read { .. })).count();
    assert!(reads(&screen) <= 3, "{}", reads(&screen));
    assert!(screen.has_text("message 20000"));
    let list = screen.place(crate::harness::selector::id(timeline::TIMELINE));
    let bar = list.x + list.width - 6.0;
    screen.drag(Point::new(bar, list.y + list.height - 15.0), Point::new(bar, list.y + list.height / 2.0));
    let shown = screen.texts().into_iter();
    let shown = shown.filter_map(|text| text.strip_prefix("message ")?.parse::<u64>().ok()).min();
    let shown = shown.expect("messages are shown");
    assert!((8_000..12_000).contains(&shown), "{shown}");
    screen.act(keymap::Action::Latest);
    assert!(screen.has_text("message 20000"));
}

/// Quotes jump to what they answer, wherever it is, and there is a way back (PLUS-8).
#[test]
fn a_quote_jumps_to_its_message() {
    let mut world = with_ben(2000, 2000);
    let room = world.rooms.get_mut("C2Cben").unwrap();
    let quoted = super::actions::quote(&room.messages[9], &sample::user("anna"));
    room.messages.last_mut().unwrap().reply_to = Some(quoted);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    screen.click(named("Go to the message of Ben"));
    let place = words(&mut screen, "message 10");
    let around = screen.last_call(|call| matches!(call, Call::Read { .. }));
    assert!(matches!(around, Some(Call::Read { around: Around::Sequence(_), .. })));
    assert!((150.0..450.0).contains(&place.y), "about a third down: {place:?}");
    let id = screen.state.world.rooms["C2Cben"].messages[9].id.clone();
    let lit = |screen: &Screen| screen.state.chats.open.as_ref().unwrap().timeline.is_lit(&id);
    assert!(lit(&screen));
    screen.pass(Duration::from_secs(2));
    assert!(!lit(&screen));
    screen.click(named("Back to where you were"));
    assert!(screen.has_text("message 1999"), "{:?}", screen.texts());
    assert!(screen.find(named("Back to where you were")).is_none());
}

/// Ctrl+End goes to the latest message also while the composer has the keyboard, unless there is text to move in.
#[test]
fn the_end_is_a_key_away() {
    let mut screen = Stage::new(with_ben(200, 200), Some("C2Cben"), WIDE);
    let at_end = |screen: &mut Screen| {
        let texts = screen.find_all(containing("message 200"));
        texts.iter().filter_map(|text| text.visible_bounds()).any(|place| place.x > 360.0)
    };
    screen.wheel((600.0, 300.0), 60.0);
    assert!(!at_end(&mut screen));
    screen.key(Named::End, Modifiers::COMMAND);
    assert!(at_end(&mut screen));
    screen.wheel((600.0, 300.0), 60.0);
    screen.typewrite("begun");
    screen.key(Named::End, Modifiers::COMMAND);
    assert!(!at_end(&mut screen));
}

/// Whatever comes and goes beside the conversation: it stays where it is, and keeps the keyboard.
#[test]
fn the_conversation_stays_in_a_window_of_another_size() {
    let mut screen = Stage::new(with_ben(200, 200), Some("C2Cben"), (1400.0, 760.0));
    screen.wheel((900.0, 300.0), 60.0);
    let shown = |screen: &mut Screen| {
        let texts = screen.texts();
        texts.into_iter().find(|text| text.starts_with("message 1")).expect("a message")
    };
    let before = shown(&mut screen);
    screen.act(keymap::Action::SidePanel);
    screen.typewrite("be");
    for width in [1000.0, 700.0, 1400.0] {
        screen.size_to((width, 760.0));
        assert_eq!(shown(&mut screen), before, "{width}");
    }
    screen.act(keymap::Action::SidePanel);
    screen.size_to((420.0, 760.0));
    assert_eq!(shown(&mut screen), before);
    screen.typewrite("gun");
    assert_eq!(draft(&screen), "begun");
}

/// CONV-52: the button goes to the first unread message that mentions the viewer.
#[test]
fn mentions_are_jumped_to() {
    let mut world = with_ben(500, 500);
    let messages = world.rooms["C2Cben"].messages.clone();
    let room = world.room("GROUPsales", messages, 490);
    room.row.group_at_info_list =
        vec![Mention { from: sample::user("ben"), message_sequence: 200, at_types: AtType::Me }];
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    screen.wheel((600.0, 300.0), 40.0);
    screen.click(named("Message that mentions you"));
    assert!(screen.has_text("message 200"));
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
    let (mut chats, _) = super::Chats::new(context, 300.0, false, Some(id));
    chats.update(Message::Answer(super::Answer::Conversations(Ok(list))));
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

/// MSG-61: recalling asks, leaves a line, and the words come back with "Edit again".
#[test]
fn recalling_and_writing_again() {
    let mut world = group();
    world.rooms.get_mut("GROUPsales").unwrap().messages[1].time = sample::NOW - 10;
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    let at = bubble(&mut screen, "second").center();
    screen.right_click_at(at);
    screen.click(named("Recall"));
    assert!(screen.has_text("Recall this message?"));
    screen.click(named("Recall message"));
    assert!(screen.has_text("You recalled a message") && !screen.has_text("second"));
    screen.click(named("Edit again"));
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "GROUPsales").last().unwrap(), "second");
}

/// MSG-61: after the window the recall is shown with its reason; what is not allowed at all is not shown.
#[test]
fn the_menu_offers_what_is_allowed() {
    let mut world = with_ben(2, 2);
    let mut own = sample::text("anna", 3, "mine");
    own.conversation_id = sample::conversation("C2Cben");
    own.time = sample::NOW - 121;
    world.rooms.get_mut("C2Cben").unwrap().messages.push(own);
    world.rooms.get_mut("C2Cben").unwrap().settle();
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    let at = bubble(&mut screen, "mine").center();
    screen.right_click_at(at);
    assert!(screen.find(named("Edit")).is_some());
    assert!(screen.has_text("Recall time over"));
    screen.key(Named::Escape, Modifiers::empty());
    let at = bubble(&mut screen, "message 2").center();
    screen.right_click_at(at);
    assert!(screen.find(named("Reply")).is_some());
    for hidden in ["Edit", "Recall"] {
        assert!(screen.find(named(hidden)).is_none(), "{hidden}");
    }
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

/// Text is selected over several messages and copied.
#[test]
fn text_is_copied_across_messages() {
    let mut screen = Stage::new(with_ben(3, 3), Some("C2Cben"), WIDE);
    let (from, to) = (words(&mut screen, "message 1"), words(&mut screen, "message 3"));
    screen.drag(Point::new(from.x - 2.0, from.center_y()), Point::new(to.x + 400.0, to.center_y()));
    let effects = screen.state.chats.copy_selection().expect("something is selected");
    screen.perform(effects);
    assert_eq!(screen.clipboard.text.as_deref(), Some("message 1\nmessage 2\nmessage 3"));
    screen.act(keymap::Action::Close);
    assert!(screen.state.chats.copy_selection().is_none(), "Escape gives the selection up");
}

/// A link shows its real host before the browser opens it.
#[test]
fn links_show_where_they_lead() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    screen.message(Message::Link("https://bank.example@evil.example/login".into()));
    assert!(screen.has_text("Open a page of evil.example?"));
    screen.click(named("Open link"));
    let action = screen.state.world.actions.last().cloned();
    assert_eq!(action, Some(Action::Browse("https://bank.example@evil.example/login".into())));
}

/// GRP-72: people, then a name; the new group opens.
#[test]
fn a_group_is_made() {
    let mut screen = Stage::new(group(), None, WIDE);
    screen.act(keymap::Action::NewGroup);
    screen.typewrite("b");
    screen.pass(Duration::from_millis(150));
    screen.click(named("Ben"));
    screen.click(named("Next"));
    screen.typewrite("Trade fair");
    screen.key(Named::Enter, Modifiers::empty());
    let made = screen.last_call(|call| matches!(call, Call::CreateGroup { .. }));
    let Some(Call::CreateGroup { name, members, .. }) = made else { panic!("a group is made") };
    assert_eq!((name.as_str(), members), ("Trade fair", vec![sample::user("ben")]));
    assert_eq!(screen.state.chats.current(), Some(&sample::conversation("GROUPnew")));
    assert!(screen.has_text("This is the beginning of Trade fair."));
}

/// CONV-61: a chat with somebody new opens.
#[test]
fn a_chat_is_begun() {
    let mut screen = Stage::new(group(), None, WIDE);
    screen.act(keymap::Action::NewChat);
    screen.message(people::Message::Toggle(sample::profile("dora")).into());
    assert_eq!(screen.state.chats.current(), Some(&sample::conversation("C2Cdora")));
    screen.typewrite("Hello Dora");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(stored(&screen, "C2Cdora"), ["Hello Dora"]);
}

/// GRP-74, GMB-43: the panel changes the name and removes a member, after asking.
#[test]
fn the_panel_keeps_the_group() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), (1400.0, 860.0));
    screen.act(keymap::Action::SidePanel);
    screen.click(named("Change: Name"));
    screen.typewrite(" and service");
    screen.key(Named::Enter, Modifiers::empty());
    assert!(screen.has_text("Sales and service"));
    screen.click(role(Role::ListItem, "Cleo"));
    screen.click(named("Remove from the group"));
    screen.click(named("Remove Cleo"));
    assert_eq!(screen.state.world.rooms["GROUPsales"].members.len(), 2);
    let members = screen.state.chats.panel.as_ref().unwrap().members().len();
    assert_eq!(members, 2);
}

/// CONV-65, CONV-72, CONV-81: the menu pins, mutes and marks as unread, and takes each back.
#[test]
fn the_menu_of_a_chat_sets_how_it_stands_in_the_list() {
    let mut screen = Stage::new(with_ben(2, 2), None, WIDE);
    let id = sample::conversation("C2Cben");
    let choose = |screen: &mut Screen, name: &str| {
        screen.message(Message::Menu(super::About::Conversation(id.clone()), Point::new(100.0, 100.0)));
        screen.click(named(name));
        screen.state.world.rooms["C2Cben"].row.clone()
    };
    assert!(choose(&mut screen, "Pin").is_pinned);
    assert!(!choose(&mut screen, "Unpin").is_pinned);
    assert_ne!(choose(&mut screen, "Mute").message_remind_type, RemindType::AcceptAndNotify);
    assert_eq!(choose(&mut screen, "Unmute").message_remind_type, RemindType::AcceptAndNotify);
    assert_eq!(choose(&mut screen, "Mark as unread").mark_list, [MARK_UNREAD]);
    assert!(choose(&mut screen, "Mark as read").mark_list.is_empty());
    choose(&mut screen, "Mark as unread");
    screen.message(Message::Open(sample::conversation("C2Cben")));
    assert!(screen.state.world.rooms["C2Cben"].row.mark_list.is_empty(), "opening it is reading it");
}

/// CONV-62: deleting asks, names the conversation, and closes it.
#[test]
fn deleting_a_conversation_asks() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    screen.message(Message::Ask(Confirm::Delete(sample::conversation("GROUPsales"))));
    assert!(screen.has_text("Delete the chat with “Sales”?"));
    screen.click(named("Delete chat"));
    assert!(screen.state.world.rooms.is_empty() && screen.state.chats.current().is_none());
    assert!(screen.has_text("No chats yet"));
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

/// A hole is filled when it comes into view; offline it says so and is filled once the link is back.
#[test]
fn holes_are_filled_in_view() {
    let mut world = with_ben(60, 60);
    world.online = false;
    world.rooms.get_mut("C2Cben").unwrap().holes.push((50, 55));
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    assert!(screen.has_text("Could not load"));
    screen.state.world.online = true;
    screen.event(&hallway_client::Event::NetStateChanged(hallway_client::NetState::Disconnected));
    screen.event(&hallway_client::Event::NetStateChanged(hallway_client::NetState::Connected));
    assert!(!screen.has_text("Could not load") && screen.has_text("message 52"));
}

/// One pane: the list, or the conversation with a way back; Escape goes back too.
#[test]
fn a_narrow_window_has_one_pane() {
    let mut screen = Stage::new(group(), None, (420.0, 700.0));
    assert!(screen.has_text("Sales"));
    screen.click(containing("Sales"));
    assert!(screen.has_text("first") && !screen.has_text("Search chats"));
    screen.click(named("Back"));
    assert!(!screen.has_text("first"));
    screen.act(keymap::Action::NextChat);
    assert!(screen.has_text("first"));
    screen.act(keymap::Action::Close);
    assert!(!screen.has_text("first"));
}

/// The keyboard goes through the conversations, to the unread ones, and back.
#[test]
fn the_keyboard_goes_through_the_list() {
    let mut world = World::new();
    for (place, id) in ["C2Ca", "C2Cb", "C2Cc"].into_iter().enumerate() {
        let mut message = sample::text("ben", 1, id);
        message.time = sample::NOW - i64::try_from(place).unwrap();
        world.room(id, vec![message], if id == "C2Cc" { 0 } else { 1 });
    }
    let mut screen = Stage::new(world, Some("C2Ca"), WIDE);
    let open = |screen: &Screen| screen.state.chats.current().unwrap().to().to_owned();
    screen.act(keymap::Action::NextChat);
    assert_eq!(open(&screen), "b");
    screen.act(keymap::Action::PreviousChat);
    screen.act(keymap::Action::NextUnread);
    assert_eq!(open(&screen), "c");
    screen.act(keymap::Action::Back);
    assert_eq!(open(&screen), "a");
    screen.act(keymap::Action::Forward);
    assert_eq!(open(&screen), "c");
}

/// A row does not move away under the pointer.
#[test]
fn the_order_waits_for_the_pointer() {
    let mut world = with_ben(1, 1);
    let mut old = sample::text("cleo", 1, "older");
    old.time = sample::NOW - 90_000;
    world.room("C2Ccleo", vec![old], 1);
    let mut screen = Stage::new(world, None, WIDE);
    let first = |screen: &mut Screen| {
        let (ben, cleo) = (screen.place(containing("message 1")).y, screen.place(containing("older")).y);
        if ben < cleo { "ben" } else { "cleo" }
    };
    screen.point((200.0, 100.0));
    screen.settle();
    let room = screen.state.world.rooms.get_mut("C2Ccleo").unwrap();
    room.messages.last_mut().unwrap().time = sample::NOW;
    screen.state.world.rooms.get_mut("C2Cben").unwrap().messages[0].time = sample::NOW - 99_000;
    screen.told("C2Cben");
    screen.told("C2Ccleo");
    assert_eq!(first(&mut screen), "ben");
    screen.point((900.0, 100.0));
    screen.settle();
    assert_eq!(first(&mut screen), "cleo");
}

/// Incoming messages leave the view where it is, unless it is at the end.
#[test]
fn incoming_messages_move_nothing() {
    let mut screen = Stage::new(with_ben(200, 200), Some("C2Cben"), WIDE);
    screen.wheel((600.0, 300.0), 20.0);
    let shown = "message 160";
    let before = words(&mut screen, shown).y;
    let room = screen.state.world.rooms.get_mut("C2Cben").unwrap();
    let mut new = sample::text("ben", 201, "brand new");
    new.conversation_id = sample::conversation("C2Cben");
    room.messages.push(new);
    screen.told("C2Cben");
    assert_eq!(words(&mut screen, shown).y, before);
    assert!(!screen.has_text("brand new") || screen.find(named("Latest message")).is_some());
    screen.click(named("Latest message"));
    assert!(screen.has_text("brand new"));
}

/// Nothing is asked, waited for or drawn while nothing happens.
#[test]
fn at_rest_nothing_happens() {
    let mut screen = Stage::new(with_ben(200, 200), Some("C2Cben"), WIDE);
    screen.pass(Duration::from_secs(1));
    let calls = screen.state.world.calls.len();
    for _ in 0..10 {
        assert_eq!(screen.frame(), 0);
    }
    assert_eq!(screen.state.world.calls.len(), calls);
    let waits: Vec<_> = screen.state.world.timers.iter().map(|(wait, _)| *wait).collect();
    assert!(waits.iter().all(|wait| *wait > Duration::from_secs(60)), "{waits:?}");
}
