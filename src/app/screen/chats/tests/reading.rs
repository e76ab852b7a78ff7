//! Reading: where a conversation stands, what is read, what is done to single messages.

use hallway_protocol::Message as ChatMessage;

use super::super::media::pictures::Detail;
use super::*;

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
    let quoted = crate::screen::chats::actions::quote(&room.messages[9], &sample::user("anna"));
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

/// A menu belongs to what it was opened on, which is somewhere else in a window of another size.
#[test]
fn a_menu_closes_when_the_window_changes() {
    let mut screen = Stage::new(group(), Some("GROUPsales"), WIDE);
    let place = bubble(&mut screen, "third");
    screen.right_click_at(place.center());
    assert!(screen.find(role(Role::MenuItem, "Reply")).is_some());
    screen.size_to(WIDE);
    assert!(screen.find(role(Role::MenuItem, "Reply")).is_some(), "nothing changed");
    screen.size_to((700.0, 500.0));
    assert!(screen.find(role(Role::MenuItem, "Reply")).is_none());
}

/// PLUS-8: beside a quote of a picture or film stands a small one of it, also of a message that is not in memory, which is looked up
/// once; of a file its sign.
#[test]
fn quotes_of_pictures_show_them() {
    let quoting = |place: u64, of: &ChatMessage| {
        let mut answer = sample::text("anna", place, "nice");
        answer.reply_to = Some(super::super::actions::quote(of, &sample::user("anna")));
        answer
    };
    let old = sample::image("ben", 1, "sea", (1600, 1000));
    let near = sample::video("ben", 499, "town");
    let mut messages = vec![old.clone()];
    messages.extend((2..499).map(|place| sample::text("ben", place, "words")));
    messages.extend([near.clone(), quoting(500, &old), quoting(501, &near)]);
    let mut world = World::new();
    world.room("GROUPsales", messages, 501);
    let mut screen = Stage::new(world, Some("GROUPsales"), WIDE);
    screen.settle();
    let asked = |screen: &Screen| {
        let all = screen.state.world.calls.iter();
        all.filter(|call| matches!(call, Call::Quoted(id) if *id == old.id)).count()
    };
    assert_eq!(asked(&screen), 1);
    let pictures = |screen: &Screen, of: &ChatMessage| {
        screen.state.chats.media.pictures.get(&of.id, Detail::Small).is_some()
    };
    assert!(pictures(&screen, &old) && pictures(&screen, &near));
    screen.message(Message::Act(Act::Reply, near.id.clone()));
    screen.settle();
    assert_eq!(asked(&screen), 1, "once is enough");
}
