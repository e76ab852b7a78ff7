//! Finding messages: the panel, the hits, the timeline that follows.

use super::*;
use crate::screen::chats::search;

const WINDOW: (f32, f32) = (1400.0, 860.0);

fn world() -> World {
    let mut world = with_ben(200, 200);
    let mut sales: Vec<_> = (1..=60).map(|seq| sample::text("cleo", seq, &format!("number {seq}"))).collect();
    sales[9] = sample::text("cleo", 10, "會議在三樓, message by fax");
    world.room("GROUPsales", sales, 60);
    world
}

fn type_in(screen: &mut Screen, words: &str) {
    screen.typewrite(words);
    screen.pass(Duration::from_millis(200));
}

/// Whether the message at a place is in the middle of the timeline, lit up.
fn is_at(screen: &Screen, id: &str, text: &str) -> bool {
    let open = screen.state.chats.open.as_ref().unwrap();
    let room = &screen.state.world.rooms[id];
    let message =
        room.messages.iter().find(|it| matches!(&it.payload, Payload::Text(it) if it.text == text)).unwrap();
    open.id == sample::conversation(id) && open.timeline.is_lit(&message.id)
}

/// PLUS-7: Ctrl+F finds in the open chat; arrows and F3 walk, the timeline follows, the keyboard stays.
#[test]
fn hits_of_a_chat_are_walked_through() {
    let mut screen = Stage::new(world(), Some("C2Cben"), WINDOW);
    screen.act(keymap::Action::FindInChat);
    type_in(&mut screen, "message 1");
    // Both words, wherever they stand.
    assert!(screen.has_text("119 messages"));
    screen.key(Named::ArrowDown, Modifiers::empty());
    assert!(is_at(&screen, "C2Cben", "message 199"));
    screen.act(keymap::Action::NextHit);
    assert!(is_at(&screen, "C2Cben", "message 198"));
    screen.act(keymap::Action::PreviousHit);
    assert!(is_at(&screen, "C2Cben", "message 199"));
    // Still in the line: what is typed changes the search.
    type_in(&mut screen, "0");
    assert!(screen.has_text("12 messages"));
    screen.key(Named::Enter, Modifiers::empty());
    assert!(is_at(&screen, "C2Cben", "message 110"));
    screen.act(keymap::Action::Close);
    assert!(screen.state.chats.search.is_none());
    screen.typewrite("x");
    assert_eq!(draft(&screen), "x", "the composer has the keyboard again");
}

/// PLUS-7: Ctrl+Shift+F finds in all chats, grouped with their counts; walking goes from one to the next.
#[test]
fn hits_of_all_chats_are_grouped() {
    let mut screen = Stage::new(world(), None, WINDOW);
    screen.act(keymap::Action::FindEverywhere);
    type_in(&mut screen, "MESSAGE");
    assert!(screen.has_text("In 2 chats") && screen.has_text("200"));
    for _ in 0..3 {
        screen.act(keymap::Action::NextHit);
    }
    let hits = screen.state.world.calls.iter().filter(|call| matches!(call, Call::Search { .. })).count();
    assert_eq!(hits, 2, "the hits of the first chat are fetched when they are walked to");
    assert!(screen.state.chats.current().is_some());
    screen.message(search::Message::Words("会议".into()).into());
    screen.pass(Duration::from_millis(200));
    screen.act(keymap::Action::NextHit);
    assert!(is_at(&screen, "GROUPsales", "會議在三樓, message by fax"));
    assert!(screen.has_text("In 1 chat"));
}

/// The chips narrow; their choices are in their menus.
#[test]
fn chips_narrow_the_search() {
    let mut screen = Stage::new(world(), Some("GROUPsales"), WINDOW);
    screen.act(keymap::Action::FindEverywhere);
    type_in(&mut screen, "1");
    assert!(screen.has_text("In 2 chats"));
    screen.click(named("From anybody"));
    screen.click(role(Role::MenuItem, "Ben"));
    assert!(screen.has_text("From Ben") && screen.has_text("In 1 chat"));
    screen.click(named("In all chats"));
    screen.click(role(Role::MenuItem, "In this chat"));
    assert!(screen.has_text("Nothing found"));
}

/// Where there is one pane, a hit is shown in place of the search, which goes on with F3.
#[test]
fn one_pane_shows_the_hit() {
    let mut screen = Stage::new(world(), None, (420.0, 760.0));
    screen.act(keymap::Action::FindEverywhere);
    type_in(&mut screen, "message 20");
    screen.act(keymap::Action::NextHit);
    assert!(is_at(&screen, "C2Cben", "message 200") && !screen.has_text("Any type"));
    screen.act(keymap::Action::NextHit);
    assert!(is_at(&screen, "C2Cben", "message 120"));
    screen.act(keymap::Action::FindEverywhere);
    assert!(screen.has_text("Any type"));
}
