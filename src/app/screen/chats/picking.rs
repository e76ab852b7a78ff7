//! Choosing several messages of the open conversation, to copy, forward or delete them.
//!
//! While that goes on, a press on a message chooses it, the header says how many are chosen and what can be done, and the
//! composer makes room.

use std::collections::BTreeMap;
use std::sync::Arc;

use hallway_protocol::{Message as ChatMessage, MessageId};
use iced::widget::{container, row, space};
use iced::{Alignment, Length};

use super::composer::COMPOSER;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::{Act, Chats, Confirm, Message as ChatsMessage, Open, words};
use crate::clock::Clock;
use crate::theme::font;
use crate::theme::tokens::{TITLE, size, space as gap};
use crate::widget::Element;
use crate::widget::button::icon_button;
use crate::widget::icon::Icon;
use crate::widget::one_line::one_line;
use crate::{fl, keymap};

/// The most that can be chosen.
pub const MOST: usize = 100;

/// The messages that are chosen.
#[derive(Debug, Default)]
pub struct Picking {
    chosen: BTreeMap<u64, Arc<ChatMessage>>,
    /// Where Shift stretches from.
    anchor: Option<u64>,
}

/// What happens to the choice.
#[derive(Debug, Clone)]
pub enum Message {
    /// A message was pressed, with Shift or without.
    Toggle(MessageId, bool),
    /// Everything that is in memory.
    All,
    /// The words into the clipboard.
    Copy,
    /// Forward: as one record, or one by one.
    Forward,
    /// Delete for the viewer.
    Delete,
    /// Choose no more.
    End,
}

impl Picking {
    /// Whether a message is chosen.
    pub fn is_chosen(&self, message: &ChatMessage) -> bool {
        self.chosen.contains_key(&message.sequence)
    }

    /// What is chosen, oldest first.
    pub fn messages(&self) -> Vec<Arc<ChatMessage>> {
        self.chosen.values().cloned().collect()
    }

    /// A row with its pictures, if it is an album.
    fn toggle_row(&mut self, row: &MessageRow) {
        self.toggle(&row.message);
        let chosen = self.is_chosen(&row.message);
        let others = row.album.iter().filter(|other| can_pick(other)).map(|other| &other.message);
        for message in others.filter(|other| other.id != row.message.id) {
            if self.is_chosen(message) != chosen {
                self.toggle(message);
            }
        }
    }

    fn toggle(&mut self, message: &Arc<ChatMessage>) {
        let place = message.sequence;
        if self.chosen.remove(&place).is_none() && self.chosen.len() < MOST {
            self.chosen.insert(place, Arc::clone(message));
        }
        self.anchor = Some(place);
    }

    /// Everything from the last one that was pressed to this one.
    fn stretch<'a>(&mut self, to: u64, messages: impl DoubleEndedIterator<Item = &'a Arc<ChatMessage>>) {
        let from = self.anchor.unwrap_or(to);
        let between = messages.filter(|m| (from.min(to)..=from.max(to)).contains(&m.sequence));
        self.add(between);
    }

    fn add<'a>(&mut self, messages: impl Iterator<Item = &'a Arc<ChatMessage>>) {
        for message in messages {
            if self.chosen.len() >= MOST {
                break;
            }
            self.chosen.insert(message.sequence, Arc::clone(message));
        }
    }

    /// The words of all, each with who said it and when.
    fn text(&self, clock: Clock) -> String {
        let entry = |message: &Arc<ChatMessage>| {
            let words = match &message.payload {
                hallway_protocol::message::Payload::Text(text) => text.text.clone(),
                _ => words::preview(message, &message.from),
            };
            format!("{} [{}]\n{words}", words::sender(message), clock.full(message.time))
        };
        self.chosen.values().map(entry).collect::<Vec<_>>().join("\n\n")
    }
}

/// Whether a message can be chosen: it is at the server.
pub fn can_pick(row: &MessageRow) -> bool {
    !row.outgoing && row.message.sequence > 0
}

impl Chats {
    /// Begins to choose, with this message.
    pub(super) fn pick(&mut self, message: &Arc<ChatMessage>) -> Vec<Effect> {
        if let Some(open) = &mut self.open {
            open.picking.get_or_insert_default().toggle(message);
        }
        Vec::new()
    }

    pub(super) fn in_picking(&mut self, message: Message) -> Vec<Effect> {
        let clock = self.context.clock;
        let Some(Open { picking: Some(picking), timeline, .. }) = &mut self.open else { return Vec::new() };
        let rows = timeline.stretch().rows();
        let all =
            rows.iter().filter_map(|row| row.message()).filter(|row| can_pick(row)).map(|row| &row.message);
        match message {
            Message::Toggle(id, shift) => {
                let Some(row) = rows.message(&id).filter(|row| can_pick(row)) else { return Vec::new() };
                match shift {
                    true => picking.stretch(row.message.sequence, all),
                    false => picking.toggle_row(row),
                }
                Vec::new()
            }
            Message::All => {
                // The newest ones, where there are too many.
                picking.add(all.rev());
                Vec::new()
            }
            Message::Copy => {
                let mut effects = vec![Effect::Copy(picking.text(clock))];
                effects.extend(self.end_picking());
                effects
            }
            Message::Forward => {
                let messages = picking.messages();
                self.forward(messages)
            }
            Message::Delete => {
                let messages = picking.messages();
                self.ask(Confirm::DeleteMessages(messages))
            }
            Message::End => self.end_picking(),
        }
    }

    /// Chooses no more; what was being written gets the keyboard back.
    pub(super) fn end_picking(&mut self) -> Vec<Effect> {
        match self.open.as_mut().and_then(|open| open.picking.take()) {
            Some(_) => vec![Effect::Focus(COMPOSER)],
            None => Vec::new(),
        }
    }

    /// Chooses all that is in memory, if messages are being chosen.
    pub fn pick_all(&mut self) -> Vec<Effect> {
        self.in_picking(Message::All)
    }

    /// The header while messages are chosen.
    pub(super) fn picking_header<'a>(&'a self, picking: &'a Picking) -> Element<'a, ChatsMessage> {
        let count = picking.chosen.len();
        let act = |picture, name: String, message: Message| {
            icon_button(picture, name).on_press_maybe((count > 0).then_some(ChatsMessage::Picking(message)))
        };
        let forwards = picking.chosen.values().all(|message| super::forward::can_forward(message));
        let forward = icon_button(Icon::Forward, fl!("forward"))
            .on_press_maybe((count > 0 && forwards).then_some(ChatsMessage::Picking(Message::Forward)));
        let line = row![
            icon_button(Icon::Close, fl!("cancel"))
                .shortcut(super::view::keys(keymap::Action::Close))
                .on_press(ChatsMessage::Picking(Message::End)),
            container(one_line(fl!("picked", count = count)).step(TITLE).font(font::SEMIBOLD))
                .width(Length::Fill),
            act(Icon::Copy, fl!("copy"), Message::Copy),
            forward,
            act(Icon::Trash, fl!("delete-for-me"), Message::Delete),
            space().width(gap::XS),
        ];
        line.spacing(gap::S).align_y(Alignment::Center).padding([0.0, gap::L]).height(size::HEADER).into()
    }
}

impl Act {
    /// What a message does while several are being chosen.
    pub(super) fn toggles(id: &MessageId) -> impl Fn(bool) -> ChatsMessage + use<> {
        let id = id.clone();
        move |shift| ChatsMessage::Picking(Message::Toggle(id.clone(), shift))
    }
}
