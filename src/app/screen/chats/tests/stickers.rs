//! Stickers: looking for one, sending it, and what stands where one was sent.

use hallway_protocol::message::FacePayload;

use super::super::{sticker, words};
use super::*;

fn world(messages: Vec<hallway_protocol::Message>) -> World {
    let mut world = World::new();
    world.packs = sample::packs();
    let last = messages.len() as u64;
    world.room("GROUPsales", messages, last);
    world
}

fn sent(screen: &Screen) -> Option<FacePayload> {
    let call = screen.last_call(|call| matches!(call, Call::Sticker(sticker::Call::Send(_))))?;
    match call {
        Call::Sticker(sticker::Call::Send(outgoing)) => Some(outgoing.face),
        _ => None,
    }
}

fn face(key: &str) -> FacePayload {
    FacePayload { index: 1, data: key.into() }
}

fn open(screen: &mut Screen) {
    screen.click(named("Emoji"));
    screen.settle();
    screen.click(named("Stickers"));
    screen.settle();
}

/// MSG-26, OBJ-66: a sticker is found by its name in English and in Chinese, a click sends it, and it is offered first the next
/// time.
#[test]
fn a_sticker_is_found_and_sent() {
    let mut screen = Stage::new(world(vec![sample::text("ben", 1, "all right?")]), Some("GROUPsales"), WIDE);
    open(&mut screen);
    assert!(screen.has_text("Robin") && !screen.has_text("Used last"));
    screen.typewrite("good");
    screen.click(named("Good night"));
    screen.settle();
    assert_eq!(sent(&screen), Some(face("good_night")));
    let kept = Action::RecentStickers(vec![(1, "good_night".into())]);
    assert_eq!(screen.state.world.actions.last(), Some(&kept));
    assert!(!screen.has_text("Robin"), "the picker is closed");

    // The picker opens where it was left; with the keyboard alone.
    screen.click(named("Emoji"));
    screen.settle();
    assert!(screen.has_text("Used last"));
    screen.typewrite("哈哈");
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(sent(&screen), Some(face("laughing")));
    screen.click(named("Emoji"));
    screen.key(Named::ArrowRight, Modifiers::empty());
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(sent(&screen), Some(face("good_night")), "the one before it");
    screen.typewrite("!");
    assert_eq!(draft(&screen), "!", "the composer has the keyboard again");
}

/// PLUS-8: a sticker answers what is being answered, and nothing of the draft is lost.
#[test]
fn a_sticker_answers() {
    let mut screen = Stage::new(world(vec![sample::text("ben", 1, "first")]), Some("GROUPsales"), WIDE);
    let first = screen.state.world.rooms["GROUPsales"].messages[0].id.clone();
    screen.typewrite("half");
    screen.message(Message::Act(Act::Reply, first.clone()));
    open(&mut screen);
    screen.click(named("OK"));
    screen.settle();
    let answer = screen.state.world.rooms["GROUPsales"].messages.last().unwrap();
    assert_eq!(answer.reply_to.as_ref().map(|quote| &quote.id), Some(&first));
    assert_eq!(draft(&screen), "half");
    assert!(screen.state.chats.open.as_ref().unwrap().composer.replies_to().is_none());
}

/// OBJ-66: where the pack is known the picture stands in the timeline, everywhere else its name; where it is not, at least what
/// it is.
#[test]
fn a_sticker_is_seen_and_told() {
    let messages =
        vec![sample::face("ben", 1, 1, "thank_you"), sample::face("ben", 2, 99, "of another server")];
    let mut screen = Stage::new(world(messages), Some("GROUPsales"), WIDE);
    let pictures = |screen: &mut Screen, name: &str| {
        screen.nodes().iter().filter(|(node, _)| node.role == Role::Image && node.name == name).count()
    };
    assert_eq!(pictures(&mut screen, "[Sticker] Thank you"), 1);
    assert_eq!(pictures(&mut screen, "[Sticker]"), 1);
    assert!(screen.has_text("[Sticker]"), "the words stand in its place");
    assert!(!screen.has_text("[Sticker] Thank you"), "its picture is there");
    let loaded = |call: &Call| matches!(call, Call::Sticker(sticker::Call::Picture(..)));
    assert_eq!(screen.state.world.calls.iter().filter(|call| loaded(call)).count(), 1, "loaded once");
    let message = &screen.state.world.rooms["GROUPsales"].messages[0];
    let me = sample::user("anna");
    assert_eq!(words::preview(message, &me), "[Sticker] Thank you");
}
