//! Extensions (MSG-75 to MSG-78): keys on a message that anybody in the conversation may write, for polls and lists.
//!
//! A key's version is the number of the change that wrote it. Whoever writes names the version they saw, so of two who
//! write the same key together the second is told, with what is there now. A key that was removed and one that never
//! was are the same to somebody who has not seen it: both are version 0.

use std::collections::BTreeSet;

use hallway_protocol::annotation::Extension;
use hallway_protocol::method::{ExtensionKey, ExtensionResult, ExtensionWish};
use hallway_protocol::{ChatError, ErrorCode, Limits};

use super::batch::{Batch, Granted};
use super::fit_with_gone;
use crate::service::core::{Access, Caller, stored};
use crate::store::annotation::{self, AnnotationKey, AnnotationRow, EVERYBODY, Kind};
use crate::store::message::MessageKey;

fn fits(bytes: usize, most: u32) -> bool {
    u32::try_from(bytes).is_ok_and(|bytes| bytes <= most)
}

/// Number, names and sizes (MSG-7): 6017.
pub(super) fn check(limits: &Limits, list: &[ExtensionWish]) -> Result<(), ChatError> {
    check_names(limits, list.iter().map(|wish| wish.key.as_str()))?;
    // PostgreSQL stores no NUL.
    let is_value = |value: &str| fits(value.len(), limits.extension_value_bytes) && !value.contains('\0');
    let is_good = list.iter().all(|wish| is_value(&wish.value));
    if is_good { Ok(()) } else { Err(ErrorCode::InvalidParameter.into()) }
}

/// The same for keys to remove; none stands for all.
pub(super) fn check_keys(limits: &Limits, list: Option<&[ExtensionKey]>) -> Result<(), ChatError> {
    list.map_or(Ok(()), |list| check_names(limits, list.iter().map(|key| key.key.as_str())))
}

fn check_names<'a>(limits: &Limits, names: impl Iterator<Item = &'a str>) -> Result<(), ChatError> {
    let (mut seen, mut count) = (BTreeSet::new(), 0usize);
    for name in names {
        count = count.saturating_add(1);
        let is_good = !name.is_empty()
            && fits(name.len(), limits.extension_key_bytes)
            && !name.contains(char::is_control)
            && seen.insert(name);
        if !is_good || !fits(count, limits.extensions_per_call) {
            return Err(ErrorCode::InvalidParameter.into());
        }
    }
    if count > 0 { Ok(()) } else { Err(ErrorCode::InvalidParameter.into()) }
}

/// Keys that belong to a person are their own: 10007 for those of others.
fn check_owner<'a>(caller: &Caller, mut names: impl Iterator<Item = &'a str>) -> Result<(), ChatError> {
    let is_own = |name: &str| Extension::owner(name).is_none_or(|owner| owner == caller.user_id.as_str());
    if names.all(is_own) { Ok(()) } else { Err(ErrorCode::NoPermission.into()) }
}

/// A message that was sent for it (MSG-78).
fn message(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
) -> Result<MessageKey, ChatError> {
    let row = batch.message(caller, access, sequence)?;
    if row.content.is_support_extension { Ok(row.key) } else { Err(ErrorCode::StateNotAllowed.into()) }
}

fn key_of(message: MessageKey, name: &str) -> AnnotationKey {
    AnnotationKey { seq: message.seq, kind: Kind::Extension, name: name.to_owned(), user: EVERYBODY }
}

/// Whether somebody who saw `version` has seen what is there now.
fn is_current(present: Option<&AnnotationRow>, version: u64) -> bool {
    match present {
        None => version == 0,
        Some(row) => row.modification == stored(version) || (row.gone && version == 0),
    }
}

/// What is said of a key for which somebody was faster.
fn conflict(present: Option<AnnotationRow>, name: &str, granted: &mut Granted) {
    let value = match present {
        Some(row) => {
            granted.shown.push(row.key);
            if row.gone { String::new() } else { row.body }
        }
        None => String::new(),
    };
    let code = Some(ErrorCode::ExtensionConflict);
    granted.extensions.push(ExtensionResult { code, key: name.to_owned(), value });
}

/// Sets keys (MSG-75).
pub(super) fn set(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
    list: &[ExtensionWish],
) -> Result<Granted, ChatError> {
    let message = message(batch, caller, access, sequence)?;
    check_owner(caller, list.iter().map(|wish| wish.key.as_str()))?;
    let rows = annotation::of_message(batch.tx, message, Kind::Extension)?;
    let present = |name: &str| rows.iter().find(|row| row.key.name == name);
    let is_new = |wish: &&ExtensionWish| present(&wish.key).is_none_or(|row| row.gone);
    let used = rows.iter().filter(|row| !row.gone).count();
    let wanted = used.saturating_add(list.iter().filter(is_new).count());
    let most = batch.core.limits.extensions_per_message;
    let kept = rows.len().saturating_add(list.iter().filter(|wish| present(&wish.key).is_none()).count());
    if !fits(wanted, most) || !fit_with_gone(kept, most) {
        let error = ChatError::new(ErrorCode::InvalidParameter);
        return Err(error.with_message("too many extensions on one message"));
    }
    let mut granted = Granted::default();
    for wish in list {
        let row = present(&wish.key);
        if is_current(row, wish.version) {
            batch.put(key_of(message, &wish.key), false, wish.value.clone())?;
            let (key, value) = (wish.key.clone(), wish.value.clone());
            granted.extensions.push(ExtensionResult { code: None, key, value });
        } else {
            conflict(row.cloned(), &wish.key, &mut granted);
        }
    }
    Ok(granted)
}

/// Removes keys, or all of them that the caller may write (MSG-77). One that is not there is removed already.
pub(super) fn delete(
    batch: &mut Batch<'_, '_>,
    caller: &Caller,
    access: &Access,
    sequence: u64,
    list: Option<&[ExtensionKey]>,
) -> Result<Granted, ChatError> {
    let message = message(batch, caller, access, sequence)?;
    let rows = annotation::of_message(batch.tx, message, Kind::Extension)?;
    let mut granted = Granted::default();
    let Some(list) = list else {
        let is_free =
            |row: &AnnotationRow| check_owner(caller, std::iter::once(row.key.name.as_str())).is_ok();
        for row in rows.into_iter().filter(|row| !row.gone && is_free(row)) {
            remove(batch, row, &mut granted)?;
        }
        return Ok(granted);
    };
    check_owner(caller, list.iter().map(|key| key.key.as_str()))?;
    for wanted in list {
        match rows.iter().find(|row| row.key.name == wanted.key && !row.gone).cloned() {
            Some(row) if row.modification == stored(wanted.version) => remove(batch, row, &mut granted)?,
            Some(row) => conflict(Some(row), &wanted.key, &mut granted),
            None => {
                let (key, value) = (wanted.key.clone(), String::new());
                granted.extensions.push(ExtensionResult { code: None, key, value });
            }
        }
    }
    Ok(granted)
}

fn remove(batch: &mut Batch<'_, '_>, row: AnnotationRow, granted: &mut Granted) -> Result<(), ChatError> {
    let (key, value) = (row.key.name.clone(), row.body);
    granted.extensions.push(ExtensionResult { code: None, key, value });
    batch.put(row.key, true, String::new()).map(|_| ())
}
