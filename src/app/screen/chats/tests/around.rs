//! Around the conversation: list, panel, dialogs, narrow windows.

use super::*;

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
        screen.message(Message::Menu(
            crate::screen::chats::About::Conversation(id.clone()),
            Point::new(100.0, 100.0),
        ));
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
