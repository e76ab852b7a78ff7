//! Live events: what is applied, held or dropped.

use std::time::Instant;

use hallway_protocol::ConversationId;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::session::KickedOutType;
use hallway_protocol::sync::{ConversationFrame, UserEntry, UserItem};

use super::Engine;
use super::apply::Step;
use crate::event::Event;

impl Engine {
    /// Deals with events in one transaction. Names the reason if the server ended the session.
    pub(super) async fn intake(&mut self, events: Vec<ServerEvent>) -> Option<KickedOutType> {
        let now = Instant::now();
        let (mut steps, mut passing, mut own_log) = (Vec::new(), Vec::new(), false);
        let mut ended = None;
        for event in events {
            match event {
                ServerEvent::ConversationFrame(frame) => self.frame(frame, now, &mut steps),
                ServerEvent::UserFrame(frame) => {
                    own_log = true;
                    for frame in self.useq.frame(frame.prev_useq, frame.useq, frame, now) {
                        self.entries(frame.entries, &mut steps);
                    }
                }
                ServerEvent::PeerProgressed(progress) => {
                    let (id, peer) = (progress.conversation_id, progress.peer);
                    if self.book.get(&id).is_some() {
                        steps.push(Step::Peer { id, peer });
                    }
                }
                ServerEvent::OnlineMessage(message) => passing.push(*message),
                ServerEvent::KickedOut { kind } => {
                    ended = Some(kind);
                    break;
                }
                ServerEvent::Resync {} => self.start_round(),
                ServerEvent::Closing {} => self.is_server_closing = true,
                ServerEvent::Unknown(_) => {}
            }
        }
        // A failure was reported and brings a new connection, which asks for everything again.
        let _ = self.commit_with(steps, own_log).await;
        if !passing.is_empty() {
            self.shared.emit(Event::MessageReceived(passing.into()));
        }
        ended
    }

    fn frame(&mut self, frame: Box<ConversationFrame>, now: Instant, steps: &mut Vec<Step>) {
        let id = frame.conversation_id.clone();
        if self.book.is_unknown(&id) {
            // Who and what it is has to be asked for, and what came before with it.
            self.want_head(&id);
        }
        let ready = self.book.tracker(&id).frame(frame.prev_mod, frame.counters.modification, frame, now);
        self.book.watch(&id);
        steps.extend(ready.into_iter().map(Step::Frame));
    }

    /// Entries of the own log, in order.
    pub(super) fn entries(&mut self, entries: Vec<UserEntry>, steps: &mut Vec<Step>) {
        for entry in entries {
            match entry.item {
                // Deleted ones stay here, out of the list, for the message that brings them back.
                UserItem::Conversation(state) => {
                    if !entry.gone && self.book.is_unknown(&state.conversation_id) {
                        self.want_head(&state.conversation_id);
                    }
                    steps.push(Step::State(Box::new(state)));
                }
                UserItem::Draft(mut draft) => {
                    if entry.gone {
                        draft.draft_text.clear();
                        draft.reply_to = None;
                    }
                    if self.drafts.take_over(&draft) {
                        steps.push(Step::Draft(Box::new(draft)));
                    }
                }
                UserItem::HiddenMessage(message) => {
                    steps.push(Step::Hidden { message, is_hidden: !entry.gone });
                }
                UserItem::HeardMessage(message) => steps.push(Step::Heard(message.id)),
                UserItem::Profile(profile) => steps.push(Step::Me(profile)),
                UserItem::ConversationGroups(groups) => steps.push(Step::ConversationGroups(groups)),
                UserItem::AllReceiveMessageOpt(opt) => steps.push(Step::AllReceiveMessageOpt(opt)),
                UserItem::Unknown(_) => {}
            }
        }
    }

    /// Steps that a call of this handle brought may move cursors; returns them with held frames that follow.
    pub(super) fn follow(&mut self, steps: Vec<Step>) -> Vec<Step> {
        let now = Instant::now();
        let mut all = Vec::with_capacity(steps.len());
        for step in steps {
            match &step {
                Step::Own(stored) => {
                    let id = stored.message.conversation_id.clone();
                    let number = stored.counters.modification;
                    let ready = self.follow_own(&id, stored.prev_mod, number, now);
                    all.push(step);
                    all.extend(ready);
                }
                Step::Annotated(annotated) => {
                    let id = annotated.conversation_id.clone();
                    let (prev, number) = (annotated.prev_mod, annotated.counters.modification);
                    let ready = self.follow_own(&id, prev, number, now);
                    all.push(step);
                    all.extend(ready);
                }
                Step::Head { head, .. } => {
                    let ready = self.heard_of(head, false);
                    all.push(step);
                    all.extend(ready);
                }
                _ => all.push(step),
            }
        }
        all
    }

    fn follow_own(&mut self, id: &ConversationId, prev: u64, number: u64, now: Instant) -> Vec<Step> {
        if self.book.is_unknown(id) {
            self.want_head(id);
        }
        let ready = self.book.tracker(id).passed(prev, number, now);
        self.book.watch(id);
        ready.into_iter().map(Step::Frame).collect()
    }
}
