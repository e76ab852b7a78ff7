//! Profiles and the directory (spec part 5, short form).

use std::sync::Arc;

use hallway_protocol::method::{GetUsers, SearchUsers, UpdateProfile, Users};
use hallway_protocol::sync::UserItem;
use hallway_protocol::user::Profile;
use hallway_protocol::{ChatError, ErrorCode};

use super::account::check_nick;
use super::core::{Caller, Core};
use crate::store::user::{self, DirectoryPlace};
use crate::store::user_log::LogKey;
use crate::store::{StoreError, WriteKey};

/// People per call, and per page of the directory.
const PEOPLE: u32 = 100;
/// Words of a search that count.
const WORDS: usize = 5;
/// Longest search, in bytes.
const QUERY_BYTES: usize = 256;

/// Profiles of people; unknown ones are left out (PROF-61).
pub async fn get(core: &Arc<Core>, call: GetUsers) -> Result<Users, ChatError> {
    if call.user_id_list.is_empty() {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let (mut users, mut seen) = (Vec::new(), std::collections::HashSet::new());
    let most = usize::try_from(PEOPLE).unwrap_or(usize::MAX);
    for user_id in call.user_id_list.iter().take(most) {
        if seen.insert(user_id)
            && let Some(user) = core.users.by_id(&core.db, user_id).await?
        {
            users.push(user.profile.clone());
        }
    }
    if users.is_empty() {
        return Err(ErrorCode::ProfileUserUnknown.into());
    }
    Ok(Users { users, cursor: None })
}

/// The directory: everybody whose name or id contains the words.
pub async fn search(core: &Arc<Core>, call: SearchUsers) -> Result<Users, ChatError> {
    if call.query.len() > QUERY_BYTES {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let words: Vec<String> =
        call.query.to_lowercase().split_whitespace().take(WORDS).map(str::to_owned).collect();
    let place = match &call.cursor {
        Some(cursor) => parse_place(cursor).ok_or(ErrorCode::InvalidParameter)?,
        None => DirectoryPlace::default(),
    };
    let limit = usize::try_from(call.limit.unwrap_or(PEOPLE).clamp(1, PEOPLE)).unwrap_or(1);
    let (page, place) =
        core.db.read(move |tx| user::directory(tx, &words, &place, limit).map_err(ChatError::from)).await?;
    let cursor = (page.len() >= limit).then(|| format!("{}:{}", place.number, place.sort_name));
    Ok(Users { users: page.into_iter().map(|user| user.profile).collect(), cursor })
}

fn parse_place(cursor: &str) -> Option<DirectoryPlace> {
    let (number, sort_name) = cursor.split_once(':')?;
    Some(DirectoryPlace { sort_name: sort_name.to_owned(), number: number.parse().ok()? })
}

/// Changes the own profile; only given fields change (PROF-62).
pub async fn update(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: UpdateProfile,
) -> Result<Profile, ChatError> {
    let nick = call.nick.ok_or(ErrorCode::ProfileNothingToUpdate)?;
    check_nick(core, &nick)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::user(caller.number), move |tx| {
        let lost = || StoreError::Corrupt("the caller's account is gone".into());
        let before = user::by_number(tx, caller.number)?.ok_or_else(lost)?;
        if before.profile.nick == nick {
            return Ok(before.profile);
        }
        let after = user::set_nick(tx, &before, &nick)?.ok_or_else(lost)?;
        let profile = after.profile.clone();
        core.tell_user(
            tx,
            caller.number,
            vec![(LogKey::Profile, false, UserItem::Profile(profile.clone()))],
        )?;
        let core = Arc::clone(&core);
        tx.after_commit(move || drop(core.users.learn(after)));
        Ok(profile)
    })
    .await
}
