//! What was put on messages: stored, and noted for those who are told.

use std::collections::BTreeMap;

use hallway_protocol::annotation::{Annotation, Note, Pin};
use hallway_protocol::message::Reaction;
use hallway_protocol::user::UserBrief;
use hallway_protocol::{ConversationId, Message};

use super::{By, Work};
use crate::cache::conv::Conv;
use crate::cache::{CacheResult, annotation, combined, messages};
use crate::event::{AnnotatedMessage, PinChange, ReadReceipt};

impl Work<'_> {
    /// Stores annotations. Those that were looked up are no news.
    pub(super) fn annotations(&mut self, conv: &mut Conv, list: Vec<Annotation>, by: By) -> CacheResult<()> {
        // Told once per message, when all of it is stored: how many reacted and whether oneself did come apart.
        let mut reactions: BTreeMap<u64, (AnnotatedMessage, Vec<String>)> = BTreeMap::new();
        for item in list {
            if item.sequence < conv.low() || !annotation::put(self.db, conv.key, &item)? {
                continue;
            }
            self.out.timelines.insert(conv.id.clone());
            if by == By::History {
                continue;
            }
            let Annotation { id, sequence, gone, note, .. } = item;
            let of = AnnotatedMessage { conversation_id: conv.id.clone(), message_id: id, sequence };
            match note {
                Note::Reaction(count) => {
                    let entry = reactions.entry(sequence).or_insert_with(|| (of, Vec::new()));
                    entry.1.push(count.reaction_id);
                }
                Note::Extension(extension) if gone => {
                    of_message(&mut self.out.extensions_deleted, of).push(extension.key);
                }
                Note::Extension(extension) => {
                    of_message(&mut self.out.extensions_updated, of).push(extension)
                }
                Note::ReadReceipt(info) => self.out.receipts.push(ReadReceipt { of, info }),
                Note::Pin(pin) => self.pinned(conv, of, !gone, pin)?,
                Note::OwnReaction { .. } | Note::OwnReadReceipt {} | Note::Unknown(_) => {}
            }
        }
        for (sequence, (of, changed)) in reactions {
            let mut found = annotation::reactions(self.db, conv.key, sequence)?;
            found.retain(|reaction| changed.contains(&reaction.reaction_id));
            for reaction_id in changed {
                if !found.iter().any(|it| it.reaction_id == reaction_id) {
                    let (total_user_count, partial_user_list) = (0, Vec::new());
                    let gone = Reaction {
                        reaction_id,
                        reacted_by_myself: false,
                        total_user_count,
                        partial_user_list,
                    };
                    found.push(gone);
                }
            }
            self.out.reactions.push((of, found));
        }
        Ok(())
    }

    /// All that was on the messages of a stretch at `as_of`: what is here and was not named is no more.
    pub(super) fn annotated_page(
        &mut self,
        conv: &mut Conv,
        (from, to): (u64, u64),
        as_of: u64,
        list: Vec<Annotation>,
    ) -> CacheResult<()> {
        if from <= to {
            annotation::forget(self.db, conv.key, (from, to), as_of)?;
        }
        self.annotations(conv, list, By::History)
    }

    fn pinned(&mut self, conv: &Conv, of: AnnotatedMessage, is_pinned: bool, pin: Pin) -> CacheResult<()> {
        let ConversationId::Group(group_id) = &conv.id else { return Ok(()) };
        let message = messages::at(self.db, conv.key, of.sequence)?.map(Box::new);
        let (group_id, operator_info) = (group_id.clone(), pin.operator_info);
        self.out.pins.push(PinChange { group_id, of, message, is_pinned, operator_info });
        Ok(())
    }

    /// A message was recalled: nothing is on it any more.
    pub(super) fn undress(&mut self, conv: &Conv, message: &Message, by: By) -> CacheResult<()> {
        let pin = annotation::pin(self.db, conv.key, message.sequence)?;
        annotation::delete(self.db, conv.key, message.sequence, message.sequence)?;
        combined::remove(self.db, conv.key, message.sequence)?;
        if let (Some(mut pin), Some(recalled), true) = (pin, &message.revoked, by != By::History) {
            pin.operator_info = UserBrief {
                user_id: recalled.user_id.clone(),
                nick: recalled.nick.clone(),
                avatar: recalled.avatar.clone(),
            };
            let of = AnnotatedMessage {
                conversation_id: conv.id.clone(),
                message_id: message.id.clone(),
                sequence: message.sequence,
            };
            self.pinned(conv, of, false, pin)?;
        }
        Ok(())
    }
}

/// The list of a message among those to be told.
fn of_message<T>(told: &mut Vec<(AnnotatedMessage, Vec<T>)>, of: AnnotatedMessage) -> &mut Vec<T> {
    let index = told.iter().position(|(it, _)| *it == of).unwrap_or_else(|| {
        told.push((of, Vec::new()));
        told.len() - 1
    });
    &mut told[index].1
}
