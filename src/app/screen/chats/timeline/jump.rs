//! Where the list goes: to the unread divider, the end, a message, and back.
//!
//! What is in memory is gone to at once. Everything else is read first, and the list begins anew there, so that
//! nothing in between is ever drawn.

use std::time::Duration;

use super::rows::{Key, Row};
use super::stretch::Arrived;
use super::{Message, Scene, Timeline};
use crate::screen::chats::effect::Effect;
use crate::theme::tokens::motion;
use crate::widget::virtual_list::{Command, Position};

/// Share of the height at which the unread divider stands when a conversation opens.
const DIVIDER_AT: f32 = 0.25;
/// Share of the height at which a message stands that was jumped to.
const JUMP_AT: f32 = 0.35;

/// Where the list goes once the stretch around it has been read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Going {
    /// To where the conversation is opened.
    Opening,
    /// To the end.
    End,
    /// To the message at this place.
    To(u64),
    /// Back to where the message at this place stood so far below the top.
    Back(u64, f32),
}

impl Timeline {
    /// A stretch was read: the list goes where it was meant to go.
    pub(super) fn arrive(&mut self, arrived: Arrived) -> Vec<Effect> {
        match (self.going, arrived) {
            (Some(Going::Opening), _) => {
                let divided = self.stretch.index(&Key::Unread).is_some();
                self.begin(if divided {
                    Position::EndOr { key: Key::Unread, at: DIVIDER_AT }
                } else {
                    Position::End
                });
                Vec::new()
            }
            (Some(Going::End), Arrived::Elsewhere(None)) => {
                self.begin(Position::End);
                Vec::new()
            }
            (Some(Going::To(place)), Arrived::Elsewhere(Some(there))) if place == there => {
                let Some(key) = self.key_at(place) else {
                    self.begin(Position::End);
                    return Vec::new();
                };
                self.begin(Position::Row { key, at: JUMP_AT });
                self.light(place)
            }
            (Some(Going::Back(place, top)), Arrived::Elsewhere(Some(there))) if place == there => {
                self.begin(match self.key_at(place) {
                    Some(key) => Position::Exact { key, top },
                    None => Position::End,
                });
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The list forgets its place and begins here.
    pub(super) fn begin(&mut self, start: Position<Key>) {
        self.going = None;
        self.start = start;
        self.session += 1;
    }

    /// To the message at a place: at once if it is in memory.
    pub(super) fn go(&mut self, place: u64, scene: Scene<'_>) -> Vec<Effect> {
        if self.holds(place)
            && let Some(key) = self.key_at(place)
        {
            self.going = None;
            let scroll = Effect::Scroll(Command::Row { key, at: JUMP_AT });
            return [scroll].into_iter().chain(self.light(place)).collect();
        }
        self.going = Some(Going::To(place));
        self.stretch.go(Some(place));
        self.reads(scene)
    }

    /// Back to where the message at a place stood.
    pub(super) fn go_back(&mut self, place: u64, top: f32, scene: Scene<'_>) -> Vec<Effect> {
        if self.holds(place)
            && let Some(key) = self.key_at(place)
        {
            self.begin(Position::Exact { key, top });
            return Vec::new();
        }
        self.going = Some(Going::Back(place, top));
        self.stretch.go(Some(place));
        self.reads(scene)
    }

    /// Whether the message at a place is in memory.
    pub(super) fn holds(&self, place: u64) -> bool {
        let rows = self.stretch.rows();
        let row = rows.at_sequence(place).and_then(|at| rows.get(at));
        row.is_some_and(|row| {
            row.sequences().is_some_and(|places| places.contains(&place)) && !matches!(row, Row::Hole { .. })
        })
    }

    pub(super) fn latest(&mut self, scene: Scene<'_>) -> Vec<Effect> {
        self.back.clear();
        if self.stretch.reaches_end() {
            self.going = None;
            return vec![Effect::Scroll(Command::End)];
        }
        self.going = Some(Going::End);
        self.stretch.go(None);
        self.reads(scene)
    }

    /// Lights the message at a place up for a moment.
    pub(super) fn light(&mut self, place: u64) -> Vec<Effect> {
        let Some(Key::Message(id)) = self.key_at(place).filter(|_| self.holds(place)) else {
            return Vec::new();
        };
        self.flashes += 1;
        self.flash = Some((id, self.flashes));
        vec![self.later(Duration::from_millis(motion::FLASH), Message::FlashOver(self.flashes))]
    }

    pub(super) fn key_at(&self, place: u64) -> Option<Key> {
        let rows = self.stretch.rows();
        Some(rows.get(rows.at_sequence(place)?)?.key())
    }

    pub(super) fn place_of(&self, key: &Key) -> Option<u64> {
        match key {
            Key::Empty(place) => Some(*place),
            key => {
                let rows = self.stretch.rows();
                rows.iter().skip(rows.place(key)?).find_map(|row| Some(row.sequences()?.start))
            }
        }
    }
}
