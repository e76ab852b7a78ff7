//! The screen on an account in memory: what people do with it, and what comes of it.

mod around;
mod kinds;
mod reading;
mod searching;
mod stickers;
mod viewer;
mod voice;
mod writing;

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
