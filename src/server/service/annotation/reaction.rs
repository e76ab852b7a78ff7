//! Reactions (MSG-80, MSG-81, MSG-83): a row per person who gave one, and one for everybody with how many and the first.

use std::sync::Arc;

use hallway_protocol::method::{GetReactionUsers, MethodName, ReactionUsers};
use hallway_protocol::{ChatError, ErrorCode};

use super::batch::{Batch, Granted};
use super::fit_with_gone;
use super::show::{Reacted, body, body_of};
use crate::service::core::{Access, Caller, Core, stored};
use crate::service::message_change::{unknown_message, visible};
use crate::service::view::wire;
use crate::store::annotation::{self, AnnotationKey, EVERYBODY, Kind};

/// Longest name of a reaction, in bytes (MSG-80).
const ID_BYTES: usize = 64;
/// People named with a reaction (MSG-8).
const FIRST: usize = 10;

/// 6017 for a name that is empty, too long, or has control characters (PostgreSQL stores no NUL).
pub(super) fn check_id(reaction_id: &str) -> Result<(), ChatError> {
    let is_good = (1..=ID_BYTES).contains(&reaction_id.len()) && !reaction_id.contains(char::is_control);
    if is_good { Ok(()) } else { Err(ErrorCode::InvalidParameter.into()) }
}

/// Gives or takes back a reaction.
pub(super) fn react(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
    reaction_id: &str,
    is_given: bool,
) -> Result<Granted, ChatError> {
    let message = batch.message(caller, access, sequence)?.key;
    let key = |kind, user| AnnotationKey { seq: message.seq, kind, name: reaction_id.to_owned(), user };
    let (own, all) = (key(Kind::OwnReaction, caller.number), key(Kind::Reaction, EVERYBODY));
    let has_given = batch.load(&own)?.is_some_and(|row| !row.gone);
    let present = batch.load(&all)?.filter(|row| !row.gone);
    let mut reacted: Reacted = match &present {
        Some(row) => body(&row.body)?,
        None => Reacted::default(),
    };
    if is_given {
        if has_given {
            return Err(ErrorCode::ReactionExists.into());
        }
        let limits = &batch.core.limits;
        if limits.users_per_reaction > 0 && reacted.total >= limits.users_per_reaction {
            return Err(ErrorCode::TooManyReactingUsers.into());
        }
        if present.is_none() {
            let rows = annotation::of_message(batch.tx, message, Kind::Reaction)?;
            let kinds = rows.iter().filter(|row| !row.gone).count();
            let is_new = rows.iter().all(|row| row.key.name != reaction_id);
            let rows = rows.len().saturating_add(usize::from(is_new));
            if u32::try_from(kinds).map_or(true, |kinds| kinds >= limits.reactions_per_message)
                || !fit_with_gone(rows, limits.reactions_per_message)
            {
                return Err(ErrorCode::TooManyReactions.into());
            }
        }
        reacted.total = reacted.total.saturating_add(1);
        if reacted.first.len() < FIRST {
            reacted.first.push(caller.number);
        }
        let number = batch.put(own, false, String::new())?;
        if present.is_none() {
            reacted.since = number;
        }
    } else {
        if present.is_none() {
            return Err(ErrorCode::ReactionUnknown.into());
        }
        if !has_given {
            return Err(ErrorCode::ReactionNotOwn.into());
        }
        batch.put(own, true, String::new())?;
        reacted.total = reacted.total.saturating_sub(1);
        if reacted.first.contains(&caller.number) {
            let most = i64::try_from(FIRST).unwrap_or(i64::MAX);
            reacted.first = annotation::users(batch.tx, message, Kind::OwnReaction, reaction_id, 0, most)?;
        }
    }
    let body = body_of(&reacted)?;
    batch.put(all, reacted.total == 0, body)?;
    Ok(Granted::default())
}

/// A page of the people who gave a reaction (MSG-83).
pub async fn users(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: GetReactionUsers,
) -> Result<ReactionUsers, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let most = core.limits.reaction_user_page.max(1);
    let limit = i64::from(call.count.unwrap_or(most).clamp(1, most));
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.read(move |tx| {
        let access = core.access(tx, MethodName::GetReactionUsers, &caller, conv)?;
        let message = visible(&core, tx, &caller, &access, call.sequence)?.ok_or(unknown)?.key;
        let offset = stored(call.next_seq);
        // One more than wanted tells whether that is all.
        let mut users = annotation::users(
            tx,
            message,
            Kind::OwnReaction,
            &call.reaction_id,
            offset,
            limit.saturating_add(1),
        )?;
        if users.is_empty() && offset == 0 {
            return Err(ErrorCode::ReactionUnknown.into());
        }
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_completed = users.len() <= page;
        users.truncate(page);
        let mut user_list = Vec::with_capacity(users.len());
        for user in users {
            user_list.push(core.brief(tx, user)?);
        }
        let next_seq = if is_completed { 0 } else { wire(offset.saturating_add(limit)) };
        Ok(ReactionUsers { user_list, next_seq, is_completed })
    })
    .await
}
