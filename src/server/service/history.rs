//! Reading what was written: changes since a cursor, stretches, places in time (MSG-65, MSG-66).

use std::collections::BTreeMap;
use std::sync::Arc;

use hallway_protocol::method::{GetRange, LocateTime, Located, MethodName, SyncChanges};
use hallway_protocol::sync::{Changes, Range};
use hallway_protocol::{ChatError, ErrorCode};

use super::core::{Access, Caller, Core, stored};
use super::view::{counters_seen, wire};
use crate::store::annotation::{self, EVERYBODY};
use crate::store::message::{self, MessageRow, Since};
use crate::store::{StoreError, Tx, group, retention};

/// Rows per page of changes at most, and when nothing is asked for.
const CHANGES: u32 = 500;
/// Bytes of stored texts per answer, about: a page ends where they are reached.
const PAGE_BYTES: usize = 1024 * 1024;
/// Further behind than this many changes, a client gets the newest page instead.
const TOO_FAR: i64 = 2_000;

/// Rows of a conversation with a higher change number.
pub async fn changes(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: SyncChanges,
) -> Result<Changes, ChatError> {
    let Some(conv) = core.find_any(caller, &call.conversation_id).await? else {
        return Ok(nothing());
    };
    let limit = call.limit.unwrap_or(CHANGES).clamp(1, CHANGES);
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::SyncChanges, &caller, conv)?;
        let head = access.conv.modification;
        let after = stored(call.after_mod).min(head);
        if head.saturating_sub(after) > TOO_FAR {
            let range = newest_page(&core, tx, &caller, &access)?;
            let group_profile = group_now(&core, tx, &access)?;
            let up_to = wire(head);
            return Ok(Changes { reset: Some(range), group_profile, up_to, ..empty(tx, &access)? });
        }
        page(&core, tx, &caller, &access, after, limit)
    })
    .await
}

fn nothing() -> Changes {
    Changes {
        reset: None,
        messages: Vec::new(),
        annotations: Vec::new(),
        members: Vec::new(),
        group_profile: None,
        up_to: 0,
        head: hallway_protocol::sync::Counters::default(),
        more: false,
    }
}

fn empty(tx: &mut Tx<'_>, access: &Access) -> Result<Changes, StoreError> {
    Ok(Changes { head: counters_seen(tx, &access.conv, &access.side)?, ..nothing() })
}

/// A page of rows in the order of their changes. It never ends inside of one change.
fn page(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    after: i64,
    limit: u32,
) -> Result<Changes, ChatError> {
    let conv = access.conv.id;
    let is_in = access.standing().is_in();
    let since = Since::new(&access.conv, after);
    let messages_end = message::page_end(tx, since, limit)?;
    let everybody = annotation::page_end(tx, conv, EVERYBODY, after, limit)?;
    let own = annotation::page_end(tx, conv, caller.number, after, limit)?;
    let members_end = if is_in { group::page_end(tx, conv, after, limit)? } else { None };
    let head = access.conv.modification;
    let mut up_to =
        messages_end.into_iter().chain(members_end).chain(everybody).chain(own).fold(head, i64::min);
    let mut rows = message::changed(tx, since, up_to)?;
    let fitting = fitting(rows.iter().map(|row| row.stored_bytes));
    if let Some(last) = rows.get(fitting.saturating_sub(1)).filter(|_| fitting < rows.len()) {
        up_to = last.modification();
        rows.truncate(fitting);
    }
    let rows = visible(core, tx, caller, access, rows)?;
    let messages = core.messages(tx, &access.name, rows)?;
    let annotations = core.annotations_changed(tx, caller, access, (after, up_to))?;
    let mut members = Vec::new();
    if is_in {
        for row in group::changed(tx, conv, after, up_to)? {
            // Who has nothing yet need not learn who left.
            if after > 0 || !row.gone {
                members.push(core.member(tx, row)?);
            }
        }
    }
    let group_profile = match &access.group {
        Some(group) if is_in && group.row.modification > after && group.row.modification <= up_to => {
            group_now(core, tx, access)?
        }
        _ => None,
    };
    let (up_to, more) = (wire(up_to), up_to < head);
    Ok(Changes { messages, annotations, members, group_profile, up_to, more, ..empty(tx, access)? })
}

fn group_now(
    core: &Core,
    tx: &mut Tx<'_>,
    access: &Access,
) -> Result<Option<Box<hallway_protocol::group::Group>>, StoreError> {
    match &access.group {
        Some(group) if group.standing.is_in() => {
            Ok(Some(Box::new(core.group(tx, &group.row, group.member.clone())?)))
        }
        _ => Ok(None),
    }
}

/// How many of the messages with these sizes fit into an answer; at least one.
fn fitting(sizes: impl Iterator<Item = usize>) -> usize {
    let mut bytes = 0usize;
    let fit = sizes.take_while(|size| {
        let before = bytes;
        bytes = bytes.saturating_add(*size);
        before == 0 || bytes <= PAGE_BYTES
    });
    fit.count()
}

/// Leaves out what is not for this viewer: outside of their places, too old, targeted at others, deleted by them.
fn visible(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    mut rows: Vec<MessageRow>,
) -> Result<Vec<MessageRow>, StoreError> {
    let (first, last) = (access.first_seq(), access.last_seq());
    let begins = core.history_begins().unwrap_or(i64::MIN);
    rows.retain(|row| {
        row.time >= begins
            && row.key.seq >= first
            && row.key.seq <= last
            && row.is_for(caller.number, &caller.user_id)
    });
    let from = rows.iter().map(|row| row.key.seq).min();
    let to = rows.iter().map(|row| row.key.seq).max();
    if let (Some(from), Some(to)) = (from, to) {
        let hidden = message::hidden(tx, caller.number, access.conv.id, from, to)?;
        rows.retain(|row| hidden.binary_search(&row.key.seq).is_err());
    }
    Ok(rows)
}

fn newest_page(core: &Core, tx: &mut Tx<'_>, caller: &Caller, access: &Access) -> Result<Range, StoreError> {
    stretch(core, tx, caller, access, 1, i64::MAX, 0)
}

/// The newest page of a stretch.
fn stretch(
    core: &Core,
    tx: &mut Tx<'_>,
    caller: &Caller,
    access: &Access,
    from: i64,
    to: i64,
    changed_after: i64,
) -> Result<Range, StoreError> {
    let first = access.first_seq();
    let to = to.min(access.last_seq());
    let page = i64::from(core.limits.history_page.max(1));
    let mut from = from.max(first).max(to.saturating_sub(page).saturating_add(1));
    let mut rows =
        if from <= to { message::range(tx, access.conv.id, from, to, changed_after)? } else { Vec::new() };
    // What is on the messages comes along, on those that have not changed as well.
    let mut bytes: BTreeMap<i64, usize> = rows.iter().map(|row| (row.key.seq, row.stored_bytes)).collect();
    for (seq, more) in annotation::sizes(tx, access.conv.id, (from, to), changed_after)? {
        let all = bytes.entry(seq).or_default();
        *all = all.saturating_add(usize::try_from(more).unwrap_or(0));
    }
    // The newest of the stretch stay.
    let too_many = bytes.len().saturating_sub(fitting(bytes.values().rev().copied()));
    if let Some(last) = too_many.checked_sub(1).and_then(|index| bytes.keys().nth(index)) {
        from = last.saturating_add(1);
        rows.retain(|row| row.key.seq >= from);
    }
    let rows = visible(core, tx, caller, access, rows)?;
    Ok(Range {
        from_seq: wire(from),
        to_seq: wire(to),
        messages: core.messages(tx, &access.name, rows)?,
        annotations: core.annotations_in(tx, caller, access, (from, to), changed_after)?,
        as_of: wire(access.conv.modification),
        is_completed: from <= first,
    })
}

/// Messages of a stretch of a conversation, the newest page of it.
pub async fn range(core: &Arc<Core>, caller: &Arc<Caller>, call: GetRange) -> Result<Range, ChatError> {
    if call.to_seq == 0 || call.from_seq > call.to_seq {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let Some(conv) = core.find_any(caller, &call.conversation_id).await? else {
        let range = Range {
            from_seq: 1,
            to_seq: 0,
            messages: Vec::new(),
            annotations: Vec::new(),
            as_of: 0,
            is_completed: true,
        };
        return Ok(range);
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetRange, &caller, conv)?;
        let (from, to) = (stored(call.from_seq), stored(call.to_seq));
        Ok(stretch(&core, tx, &caller, &access, from, to, stored(call.changed_after))?)
    })
    .await
}

/// Place of the first message at or after a time.
pub async fn locate(core: &Arc<Core>, caller: &Arc<Caller>, call: LocateTime) -> Result<Located, ChatError> {
    let Some(conv) = core.find_any(caller, &call.conversation_id).await? else {
        return Ok(Located { sequence: None });
    };
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::LocateTime, &caller, conv)?;
        let last = access.last_seq();
        let time = core.history_begins().map_or(call.time, |begins| begins.max(call.time));
        let low = retention::place_at(tx, conv, access.first_seq(), last, time)?;
        Ok(Located { sequence: (low <= last).then(|| wire(low)) })
    })
    .await
}
