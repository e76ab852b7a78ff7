//! Drafts (PLUS-4, R16): on disk within half a second of the last key, at the server soon after.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::conversation::Draft;
use hallway_protocol::method::SetDraft;

use super::{Done, Engine, passes};
use crate::Result;
use crate::cache::meta;

/// From the first key that is not on disk to the disk.
const SAVE_AFTER: Duration = Duration::from_millis(300);
/// Drafts of one conversation go out this far apart.
const APART: Duration = Duration::from_millis(500);
/// Pause after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// The drafts of the account.
pub(super) struct Drafts {
    list: HashMap<ConversationId, Entry>,
    save_at: Option<Instant>,
}

struct Entry {
    draft: Draft,
    /// Not yet on disk.
    is_new: bool,
    /// The server does not have it yet.
    is_dirty: bool,
    in_flight: bool,
    send_at: Option<Instant>,
}

fn is_empty(draft: &Draft) -> bool {
    draft.draft_text.is_empty() && draft.reply_to.is_none()
}

impl Drafts {
    pub fn new(stored: Vec<(Draft, bool)>) -> Self {
        let entry = |(draft, is_dirty): (Draft, bool)| {
            let id = draft.conversation_id.clone();
            (id, Entry { draft, is_new: false, is_dirty, in_flight: false, send_at: None })
        };
        Self { list: stored.into_iter().map(entry).collect(), save_at: None }
    }

    pub fn get(&self, id: &ConversationId) -> Option<&Draft> {
        self.list.get(id).map(|entry| &entry.draft)
    }

    /// A draft from another instance. False if the one here is newer or the same.
    pub fn take_over(&mut self, draft: &Draft) -> bool {
        match self.list.get(&draft.conversation_id) {
            Some(entry) if entry.draft.time_ms >= draft.time_ms => return false,
            None if is_empty(draft) => return false,
            _ => {}
        }
        let entry =
            Entry { draft: draft.clone(), is_new: false, is_dirty: false, in_flight: false, send_at: None };
        self.list.insert(draft.conversation_id.clone(), entry);
        true
    }

    /// The server is about to name all drafts: those it had are void.
    pub fn forget_sent(&mut self) {
        self.list.retain(|_, entry| entry.is_dirty);
    }

    /// A new connection.
    pub fn wake(&mut self) {
        for entry in self.list.values_mut() {
            entry.in_flight = false;
            entry.send_at = None;
        }
    }

    pub fn save_deadline(&self) -> Option<Instant> {
        self.save_at
    }

    pub fn must_save(&self, now: Instant) -> bool {
        self.save_at.is_some_and(|at| at <= now)
    }

    pub fn resend_deadline(&self) -> Option<Instant> {
        let waiting = self.list.values().filter(|it| it.is_dirty && !it.is_new && !it.in_flight);
        waiting.filter_map(|it| it.send_at).min()
    }
}

impl Engine {
    /// Something was typed. Readers of the list see it from now on.
    pub(super) fn typed(&mut self, mut draft: Draft) {
        let before = self.drafts.list.get(&draft.conversation_id);
        // On the server's clock, so that instances with different clocks agree on which is later.
        let after = before.map_or(0, |it| it.draft.time_ms + 1);
        draft.time_ms = self.shared.server_time().max(after);
        if before.is_none() && is_empty(&draft) {
            return;
        }
        let same =
            |it: &Entry| it.draft.draft_text == draft.draft_text && it.draft.reply_to == draft.reply_to;
        if before.is_some_and(same) {
            return;
        }
        let (in_flight, send_at) = before.map_or((false, None), |it| (it.in_flight, it.send_at));
        let entry = Entry { draft: draft.clone(), is_new: true, is_dirty: true, in_flight, send_at };
        self.drafts.list.insert(draft.conversation_id, entry);
        self.drafts.save_at.get_or_insert_with(|| Instant::now() + SAVE_AFTER);
        self.list_changed(false);
    }

    pub(super) async fn save_drafts(&mut self) {
        self.drafts.save_at = None;
        let new: Vec<Draft> =
            self.drafts.list.values().filter(|it| it.is_new).map(|it| it.draft.clone()).collect();
        if new.is_empty() {
            return;
        }
        let saved = self
            .cache
            .write_durably(move |db| new.iter().try_for_each(|draft| meta::put_draft(db, draft, true)));
        match saved.await {
            Ok(()) => self.drafts.list.values_mut().for_each(|it| it.is_new = false),
            Err(error) => {
                crate::log::error!(%error, "drafts could not be saved");
                self.drafts.save_at = Some(Instant::now() + PAUSE);
            }
        }
    }

    pub(super) fn pump_drafts(&mut self, now: Instant) {
        let due: Vec<Draft> = self
            .drafts
            .list
            .values_mut()
            .filter(|it| it.is_dirty && !it.is_new && !it.in_flight && it.send_at.is_none_or(|at| at <= now))
            .map(|it| {
                it.in_flight = true;
                it.send_at = Some(now + APART);
                it.draft.clone()
            })
            .collect();
        for draft in due {
            let sent = draft.clone();
            self.call(SetDraft { draft }, move |result| Done::Draft {
                draft: sent,
                result: result.map(|_| ()),
            });
        }
    }

    pub(super) async fn draft_sent(&mut self, draft: &Draft, result: Result<()>) {
        let Some(entry) = self.drafts.list.get_mut(&draft.conversation_id) else { return };
        entry.in_flight = false;
        match result {
            Err(error) if passes(&error) => {
                entry.send_at = Some(Instant::now() + error.retry_after().unwrap_or(PAUSE));
                return;
            }
            // Too long for the server, or the conversation is no more: it stays here.
            Err(error) => crate::log::debug!(code = %error.code, "a draft was refused"),
            Ok(()) => {}
        }
        if entry.draft != *draft {
            return;
        }
        entry.is_dirty = false;
        if is_empty(draft) {
            self.drafts.list.remove(&draft.conversation_id);
        }
        let kept = draft.clone();
        if let Err(error) = self.cache.write(move |db| meta::put_draft(db, &kept, false)).await {
            crate::log::error!(%error, "a draft could not be marked as sent");
        }
    }
}
