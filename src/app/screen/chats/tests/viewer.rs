//! The picture in the whole window.

use std::sync::Arc;

use hallway_client::model::Direction;
use hallway_protocol::Message as ChatMessage;
use iced::keyboard::Key;

use super::super::dialog::Dialog;
use super::super::viewer;
use super::*;

/// Beyond what is in memory the conversation is asked, once at a time, until there is no other picture.
#[test]
fn the_next_picture_may_be_far_away() {
    let mut world = World::new();
    world.room("C2Cben", vec![sample::image("ben", 7, "sea", (640, 480))], 7);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    let near = screen.state.world.rooms["C2Cben"].messages[0].clone();
    screen.message(viewer::message(viewer::Message::Open(near.id.clone())));
    let older = |screen: &mut Screen| {
        let effects = screen.state.chats.viewer_key(&Key::Named(Named::ArrowLeft), Modifiers::empty());
        screen.perform(effects.expect("a key of the viewer"));
    };
    let seeks = |screen: &Screen| -> Vec<(ChatMessage, Direction)> {
        let calls = screen.state.world.calls.iter().filter_map(|call| match call {
            Call::Viewer(viewer::Call::Seek { from, way }) => Some(((**from).clone(), *way)),
            _ => None,
        });
        calls.collect()
    };
    older(&mut screen);
    older(&mut screen);
    let asked = seeks(&screen);
    assert_eq!(asked.len(), 1, "one answer is waited for");
    let (from, way) = asked[0].clone();
    assert_eq!((&from.id, way), (&near.id, Direction::Older));
    // Turning it meanwhile makes no difference.
    screen.message(viewer::message(viewer::Message::Turn));

    let conversation_id = near.conversation_id.clone();
    let far = ChatMessage { conversation_id, ..sample::image("ben", 3, "town", (640, 480)) };
    let found = viewer::Message::Found(from.id, way, Ok(Some(Arc::new(far.clone()))));
    screen.message(viewer::message(found));
    let loads = |call: &Call| matches!(call, Call::Viewer(viewer::Call::Load { message, .. }) if message.id == far.id);
    assert!(screen.last_call(loads).is_some());

    older(&mut screen);
    let (from, way) = seeks(&screen).pop().unwrap();
    assert_eq!(from.id, far.id);
    screen.message(viewer::message(viewer::Message::Found(from.id, way, Ok(None))));
    older(&mut screen);
    assert_eq!(seeks(&screen).len(), 2, "there is none before it");

    screen.message(viewer::message(viewer::Message::Forward));
    let Some(Dialog::Forward(forward)) = &screen.state.chats.dialog else { panic!("asks where to") };
    assert_eq!(forward.messages[0].id, far.id);
}
