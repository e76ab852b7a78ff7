//! Who is writing right now.
//!
//! It is told to those who are online only (MSG-32) and is forgotten after six seconds, or with the person's message.

use std::time::Duration;

use hallway_protocol::card;
use hallway_protocol::message::Payload;
use hallway_protocol::{ConversationId, Message as ChatMessage, UserId};

use super::call::Call;
use super::effect::Effect;
use super::{Chats, Message as ChatsMessage, words};
use crate::fl;

/// How long somebody is taken to be writing after they said so.
const LASTS: Duration = Duration::from_secs(6);
/// Seconds until it is said again.
const AGAIN: i64 = 4;
/// Larger groups are not told: everybody in them would hear of every key.
const MOST: u32 = 200;

/// Who is writing in the open conversation.
#[derive(Debug, Default)]
pub struct Typing {
    /// Who, what they are called, and the number of their last word.
    people: Vec<(UserId, String, u64)>,
    number: u64,
    /// When the viewer's own writing was told last, unix seconds.
    told: i64,
}

impl Typing {
    /// In words; none while nobody writes.
    pub fn words(&self) -> Option<String> {
        let names: Vec<String> = self.people.iter().map(|(_, name, _)| name.clone()).collect();
        (!names.is_empty()).then(|| fl!("typing", count = names.len(), names = words::names(&names)))
    }

    fn forget(&mut self, user: &UserId) {
        self.people.retain(|(other, ..)| other != user);
    }
}

impl Chats {
    /// The viewer writes in the open conversation.
    pub(super) fn tell_typing(&mut self) -> Option<Effect> {
        let now = self.context.clock.now();
        let conversation = self.list.get(self.current()?)?;
        let is_large = conversation.group_profile.as_ref().is_some_and(|group| group.member_count > MOST);
        let open = self.open.as_mut()?;
        let is_due = now - open.typing.told >= AGAIN;
        let composer = &open.composer;
        // What not everybody is to see is written unseen.
        let is_quiet =
            composer.editor().is_blank() || composer.edits().is_some() || !composer.receivers().is_empty();
        if is_large || !is_due || is_quiet {
            return None;
        }
        open.typing.told = now;
        Some(Effect::Call(Call::Typing(open.id.clone())))
    }

    /// Messages came: some may say that somebody writes, others that they have written.
    pub(super) fn hear(&mut self, messages: &[ChatMessage]) -> Vec<Effect> {
        let me = self.context.me.user_id.clone();
        let Some(open) = &mut self.open else { return Vec::new() };
        let mut effects = Vec::new();
        for message in messages.iter().filter(|it| it.conversation_id == open.id && it.from != me) {
            open.typing.forget(&message.from);
            if is_typing(message) {
                open.typing.number += 1;
                let number = open.typing.number;
                let name = words::sender(message).to_owned();
                open.typing.people.push((message.from.clone(), name, number));
                effects.push(Effect::after(LASTS, ChatsMessage::TypingOver(open.id.clone(), number)));
            }
        }
        effects
    }

    /// Somebody has not said for a while that they are writing.
    pub(super) fn typing_over(&mut self, id: &ConversationId, number: u64) {
        if let Some(open) = self.open.as_mut().filter(|open| open.id == *id) {
            open.typing.people.retain(|(.., last)| *last != number);
        }
    }
}

fn is_typing(message: &ChatMessage) -> bool {
    message.online_user_only && matches!(&message.payload, Payload::Custom(custom) if card::is_typing(custom))
}
