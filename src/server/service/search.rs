//! Searching messages (MSG-67, PLUS-7), and keeping the index of words.
//!
//! Sending costs nothing for it: the index follows ([`follow`]), conversation by conversation, by the number of the last change
//! that is in it. A crash repeats at most one batch, which changes nothing. What is not in the index yet is looked at when
//! somebody searches, so that a message is found as soon as it is sent.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use hallway_protocol::method::{FoundMessages, MethodName, SearchMessages};
use hallway_protocol::{ChatError, Message};
use hallway_search::ask::Candidates;
use hallway_search::request::Request;
use hallway_search::segment::{self, Change, Entry};
use hallway_search::walk::{self, Hit, Scope, Scopes, Texts};
use hallway_search::{block, text};
use tracing::warn;

use super::core::{Caller, Core, standing};
use crate::authz::{self, Account, Target};
use crate::store::conversation::{self, ConvKind};
use crate::store::message::{self, MessageRow, REVOKED, Since, TARGETED};
use crate::store::search::{self, Pending, Searchable};
use crate::store::{StoreError, Tx, WriteKey};

/// Between two looks for what is to be put into the index.
const PAUSE: Duration = Duration::from_secs(1);
/// After so many writes since the last look the index waits for a quieter moment,
const BUSY: u64 = 2_000;
/// but not longer than this.
const PATIENCE: Duration = Duration::from_secs(20);
/// It rests so many times as long as it took to find out what has changed.
const LOOK_REST: u32 = 30;
/// So many times as long as a batch or a step of a merge took, the index rests: what people do comes first.
const REST: u32 = 3;
/// Messages put into the index together: writes wait meanwhile.
const TOGETHER: u32 = 250;
/// Conversations looked up together.
const CONVERSATIONS: u32 = 200;
/// Rows of each segment that a step of a merge reads: writes wait meanwhile.
const ROWS: usize = 6;
/// Messages not in the index yet that a search looks at.
const LOOKS: usize = 2_000;

/// Carries out a search.
pub async fn messages(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: SearchMessages,
) -> Result<FoundMessages, ChatError> {
    let mut request = Request::read(&call, core.clock.now())?;
    request.question.from = request.question.from.max(core.history_begins().unwrap_or(i64::MIN));
    let only = match &call.conversation_id {
        Some(id) => match core.find(caller, id).await? {
            Some(conv) => Some((conv, id.clone())),
            None => return Ok(FoundMessages::default()),
        },
        None => None,
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let blocks = match &only {
            Some((conv, _)) => {
                core.access(tx, MethodName::SearchMessages, &caller, *conv)?;
                block::of_conversation(tx, *conv)?
            }
            None => search::blocks(tx, caller.number)?,
        };
        let is_wanted =
            |one: &Searchable| only.as_ref().is_none_or(|(conv, _)| *conv == one.conv.id) && may(one);
        let places = search::searchable(tx, caller.number)?.into_iter().filter(is_wanted);
        let places: HashMap<i64, Searchable> = places.map(|one| (one.conv.id, one)).collect();
        let mut candidates = request.question.ask(tx, blocks)?;
        let scope = |one: &Searchable| Scope { low: one.first, high: one.last, hidden: Vec::new() };
        let mut scopes: Scopes = places.iter().map(|(conv, one)| (*conv, scope(one))).collect();
        for (conv, seq) in search::hidden(tx, caller.number)? {
            if let Some(scope) = scopes.get_mut(&conv) {
                scope.hidden.push(seq);
            }
        }
        let mut looking = Looking { core: &core, tx, caller: &caller, request: &request, places };
        let is_incomplete = looking.look_at_pending(&mut candidates)?;
        let found = match only {
            Some((conv, id)) => {
                let page = walk::one(&mut looking, candidates, &scopes, conv, request.before, request.count)?;
                request.one(id, page)
            }
            None => request.all(walk::all(&mut looking, candidates, &scopes, request.after, request.count)?),
        };
        Ok(FoundMessages { is_incomplete, ..found })
    })
    .await
}

fn may(one: &Searchable) -> bool {
    let target = match &one.group {
        Some((kind, member)) => Target::Group(*kind, standing(member.as_ref(), true)),
        None if matches!(one.conv.kind, ConvKind::System { .. }) => Target::System,
        None => Target::Pair,
    };
    authz::may(MethodName::SearchMessages, Account::User, target).is_ok()
}

/// The texts behind the candidates, as one caller sees them.
struct Looking<'a, 'c> {
    core: &'a Core,
    tx: &'a mut Tx<'c>,
    caller: &'a Caller,
    request: &'a Request,
    places: HashMap<i64, Searchable>,
}

impl Looking<'_, '_> {
    /// Whether a row is for the caller and answers; it is within their places and not deleted by them.
    fn answers(&mut self, row: &MessageRow) -> Result<bool, StoreError> {
        if row.is(REVOKED) || !row.is_for(self.caller.number, &self.caller.user_id) {
            return Ok(false);
        }
        let from = self.core.users.in_tx(self.tx, row.sender)?.profile.user_id.clone();
        Ok(self.request.question.accepts(&row.content.payload, &from, row.time))
    }

    /// Looks at what is not in the index yet; whether there is more of it than can be looked at.
    fn look_at_pending(&mut self, candidates: &mut Candidates) -> Result<bool, StoreError> {
        let is_pending = |one: &&Searchable| one.conv.modification > one.indexed;
        let mut pending: Vec<(conversation::ConvRow, i64)> =
            self.places.values().filter(is_pending).map(|one| (one.conv, one.indexed)).collect();
        pending.sort_by_key(|(conv, _)| std::cmp::Reverse(conv.changed_ms));
        let mut left = LOOKS;
        for (conv, indexed) in pending {
            if left == 0 {
                return Ok(true);
            }
            let limit = u32::try_from(left).unwrap_or(u32::MAX);
            let newest = message::newest_changed(self.tx, Since::new(&conv, indexed), limit)?;
            left = left.saturating_sub(newest.len());
            for row in newest {
                let answers = self.answers(&row)?;
                candidates.decide(conv.id, row.key.seq, row.time, answers);
            }
        }
        Ok(left == 0)
    }
}

impl Texts for Looking<'_, '_> {
    type Message = Message;
    type Error = StoreError;

    fn answers(&mut self, conv: i64, places: &[i64]) -> Result<Vec<Hit<Message>>, StoreError> {
        let Some(row) = self.places.get(&conv).map(|one| one.conv) else { return Ok(Vec::new()) };
        let name = self.core.name(self.tx, self.caller.number, &row)?;
        let mut hits = Vec::new();
        for row in message::at_places(self.tx, conv, places)? {
            if Looking::answers(self, &row)? {
                let (seq, time) = (row.key.seq, row.time);
                hits.push(Hit { seq, time, message: self.core.message(self.tx, &name, row)? });
            }
        }
        Ok(hits)
    }
}

/// Keeps the index up to date until the database is closed.
pub async fn follow(core: Arc<Core>) {
    let (mut seen, mut since, mut looked) = (None, Instant::now(), Duration::ZERO);
    loop {
        let writes = core.db.stats().jobs.load(Relaxed);
        let came = seen.map_or(1, |seen| writes.saturating_sub(seen));
        let is_busy = came > BUSY && since.elapsed() < PATIENCE;
        seen = Some(writes);
        if came > 0 && !is_busy {
            match catch_up(&core, REST).await {
                Ok(took) => looked = took,
                Err(StoreError::Closed) => return,
                Err(error) => warn!(%error, "the index of words cannot be kept up to date"),
            }
            // Its own writes are no news.
            seen = Some(core.db.stats().jobs.load(Relaxed));
            since = Instant::now();
        }
        // Where there are very many conversations, finding out what has changed takes long too.
        tokio::time::sleep(PAUSE.max(looked.saturating_mul(LOOK_REST))).await;
    }
}

/// Puts into the index whatever is not, and merges what is to be merged. Rests `rest` times as long as it works. How long it
/// took to find out what there was to do.
pub async fn catch_up(core: &Arc<Core>, rest: u32) -> Result<Duration, StoreError> {
    let (mut after, mut looked) = (0, Duration::ZERO);
    loop {
        let begun = Instant::now();
        let pending = core.db.read(move |tx| search::pending(tx, after, CONVERSATIONS)).await?;
        looked = looked.saturating_add(begun.elapsed());
        let Some(last) = pending.last().map(|last| last.conv) else { break };
        take_in(core, pending, rest).await?;
        after = last;
    }
    loop {
        let begun = Instant::now();
        let Some(change) = core.db.read(|tx| segment::merge(tx, ROWS)).await? else { return Ok(looked) };
        write(core, change, Vec::new()).await?;
        tokio::time::sleep(begun.elapsed().saturating_mul(rest)).await;
    }
}

/// Takes in conversations, as many at a time as make a batch.
async fn take_in(core: &Arc<Core>, mut pending: Vec<Pending>, rest: u32) -> Result<(), StoreError> {
    pending.reverse();
    while !pending.is_empty() {
        let begun = Instant::now();
        let (own, asked) = (Arc::clone(core), pending.clone());
        let (change, reached, left) = core.db.read(move |tx| batch(&own, tx, asked)).await?;
        if write(core, change, reached).await? {
            pending = left;
        }
        tokio::time::sleep(begun.elapsed().saturating_mul(rest)).await;
    }
    Ok(())
}

/// Whether it was written: no other server was faster.
async fn write(core: &Core, change: Change, reached: Vec<Pending>) -> Result<bool, StoreError> {
    let key = WriteKey::from(("search", 0));
    core.db
        .write(key, move |tx| {
            let written = change.write(tx)?;
            for one in reached.iter().filter(|_| written) {
                search::set_indexed(tx, one.conv, one.indexed)?;
            }
            Ok(written)
        })
        .await
}

type Batch = (Change, Vec<Pending>, Vec<Pending>);

/// The next messages of the last of these conversations: how they come into the index, how far each is in it then, and
/// what is left to do.
fn batch(core: &Core, tx: &mut Tx<'_>, mut pending: Vec<Pending>) -> Result<Batch, StoreError> {
    let (mut entries, mut reached) = (Vec::new(), Vec::new());
    let most = usize::try_from(TOGETHER).unwrap_or(usize::MAX);
    while let Some(mut next) = pending.pop() {
        let Some(conv) = conversation::load(tx, next.conv)? else { continue };
        // Another server may have been faster.
        next.indexed = next.indexed.max(search::indexed(tx, next.conv)?);
        let since = Since::new(&conv, next.indexed);
        let limit = u32::try_from(most.saturating_sub(entries.len()).max(1)).unwrap_or(1);
        let end = message::page_end(tx, since, limit)?;
        let up_to = end.unwrap_or(conv.modification);
        for row in message::changed(tx, since, up_to)? {
            let words = text::words(&row.content.payload).filter(|_| !row.is(REVOKED));
            entries.push(Entry {
                conv: conv.id,
                seq: row.key.seq,
                time: row.time,
                from: core.users.in_tx(tx, row.sender)?.profile.user_id.clone(),
                words: words.map(|(kind, words)| (kind, words.into_owned())),
                is_doubtful: row.is(TARGETED),
            });
        }
        reached.push(Pending { indexed: up_to, ..next });
        if up_to < conv.modification {
            pending.push(Pending { indexed: up_to, ..next });
        }
        if entries.len() >= most {
            break;
        }
    }
    Ok((segment::add(tx, &entries)?, reached, pending))
}
