//! What the server owes to messages that are stored already: late moderation, previews of links.
//!
//! Noted in the transaction of the message and done a moment later, by whichever server of a deployment comes first. What
//! fails is tried again, later each time, and given up in the end.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hallway_protocol::ChatError;
use tracing::{error, warn};

use super::core::Core;
use super::link_preview::Previewer;
use super::moderation::Moderation;
use crate::store::chore::{self, Chore, Kind};
use crate::store::message::MessageKey;
use crate::store::{StoreError, Tx, WriteKey};

/// Looked for without being told: what another server has left, and what is to be tried again.
const EVERY: Duration = Duration::from_secs(30);
/// Chores that are read together.
const STEP: u32 = 32;
/// Chores at work at a time.
const AT_A_TIME: usize = 4;
/// Seconds after which a chore is tried again; longer than any of them takes, and doubled each time.
const AGAIN: i64 = 600;
/// How often one is tried.
const ATTEMPTS: i64 = 6;

/// See the module.
pub struct Chores {
    core: Arc<Core>,
    moderation: Arc<Moderation>,
    previewer: Option<Previewer>,
}

impl Chores {
    /// Done by these.
    pub fn new(core: Arc<Core>, moderation: Arc<Moderation>, previewer: Option<Previewer>) -> Self {
        Self { core, moderation, previewer }
    }

    /// Works for ever.
    pub async fn work_for_ever(&self) {
        loop {
            match self.round().await {
                Ok(0) => {
                    // Either is a reason to look again.
                    let _ = tokio::time::timeout(EVERY, self.core.chores.notified()).await;
                }
                Ok(_) => {}
                Err(StoreError::Closed) => return,
                Err(error) => {
                    warn!(%error, "cannot look for what is owed to messages");
                    tokio::time::sleep(EVERY).await;
                }
            }
        }
    }

    /// Does what is due; how much that was.
    pub async fn round(&self) -> Result<usize, StoreError> {
        let now = self.core.clock.now();
        let due = self.core.db.read(move |tx| chore::due(tx, now, STEP)).await?;
        let count = due.len();
        stream::iter(due).for_each_concurrent(AT_A_TIME, |chore| self.try_one(chore)).await;
        Ok(count)
    }

    async fn try_one(&self, chore: Chore) {
        // Those before it may have taken long.
        let now = self.core.clock.now();
        let wait = AGAIN.checked_shl(u32::try_from(chore.attempts).unwrap_or(0)).unwrap_or(AGAIN);
        let (taken, until) = (chore.clone(), now.saturating_add(wait));
        let take = move |tx: &mut Tx<'_>| chore::take(tx, &taken, now, until);
        let is_ours =
            self.core.db.write::<_, StoreError, _>(WriteKey::conversation(chore.key.conv), take).await;
        match is_ours {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return warn!(%error, "cannot take what is owed to a message"),
        }
        let is_done = match chore.kind {
            Kind::Moderate => self.moderation.after(&chore).await,
            Kind::Preview => match &self.previewer {
                Some(previewer) => previewer.add(&chore).await,
                // Switched off meanwhile.
                None => Ok(true),
            },
        };
        match is_done {
            Ok(true) => {}
            Ok(false) if chore.attempts.saturating_add(1) < ATTEMPTS => return,
            Ok(false) => warn!(kind = ?chore.kind, "given up"),
            Err(error) => return error!(kind = ?chore.kind, %error, "failed about a message"),
        }
        let key = WriteKey::conversation(chore.key.conv);
        if let Err(error) = self.core.db.write(key, move |tx| chore::done(tx, &chore)).await {
            let error: StoreError = error;
            warn!(%error, "cannot note that something is done");
        }
    }
}

/// Notes what is owed to a message, in its transaction.
pub(super) fn owe(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    key: MessageKey,
    chores: &[(Kind, String)],
) -> Result<(), ChatError> {
    if chores.is_empty() {
        return Ok(());
    }
    for (kind, detail) in chores {
        chore::add(tx, key, *kind, detail, core.clock.now())?;
    }
    let core = Arc::clone(core);
    tx.after_commit(move || core.chores.notify_one());
    Ok(())
}
