//! History is kept for so many days (MSG-5): older messages are served no more at once, and removed from the disk in
//! small steps.
//!
//! No counter moves and nobody is told: clients drop what is below `min_seq` when they next hear of the conversation
//! (`docs/sync_model.md` §10).

use std::sync::Arc;

use super::core::Core;
use crate::store::{StoreError, WriteKey, conversation, retention};

/// Days for which system notices are kept (GRP-15).
const NOTICE_DAYS: i64 = 7;
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Conversations looked up together.
const CONVERSATIONS: u32 = 100;
/// Messages removed in one transaction, so that nobody waits long behind it.
const MESSAGES: i64 = 500;

impl Core {
    /// Messages sent before this moment (Unix seconds) are not served any more; none where history is kept for ever.
    pub fn history_begins(&self) -> Option<i64> {
        let days = i64::from(self.limits.history_days);
        (days > 0).then(|| self.clock.now().saturating_sub(days.saturating_mul(DAY)))
    }
}

/// Removes the messages that are older than history is kept, and old system notices.
pub async fn sweep(core: &Arc<Core>) -> Result<(), StoreError> {
    if let Some(before) = core.history_begins() {
        remove_older(core, before, false).await?;
    }
    remove_older(core, core.clock.now().saturating_sub(NOTICE_DAYS * DAY), true).await
}

async fn remove_older(core: &Arc<Core>, before: i64, notices: bool) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let convs =
            core.db.read(move |tx| retention::with_older(tx, before, notices, after, CONVERSATIONS)).await?;
        let Some(last) = convs.last().copied() else { return Ok(()) };
        for conv in convs {
            while step(core, conv, before).await? {}
        }
        after = last;
    }
}

/// Removes some of the old messages of a conversation; whether there are more.
async fn step(core: &Arc<Core>, conv: i64, before: i64) -> Result<bool, StoreError> {
    let now = core.clock.now();
    core.db
        .write(WriteKey::conversation_and_users(conv), move |tx| {
            let Some(row) = conversation::load(tx, conv)? else { return Ok(false) };
            let first = row.min_seq.max(1);
            let kept = retention::place_at(tx, conv, first, row.seq, before)?;
            let end = kept.min(first.saturating_add(MESSAGES));
            if end > first {
                retention::remove_below(tx, &row, end, now)?;
            }
            Ok(end < kept)
        })
        .await
}
