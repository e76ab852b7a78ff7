//! What sending has to do with files: may the sender refer to them, and noting that the message does.

use hallway_protocol::file::{FileKind, FileRef, files_of};
use hallway_protocol::message::Payload;
use hallway_protocol::{ChatError, ErrorCode, Limits};

use super::fetch::readable;
use crate::blob::media;
use crate::service::core::{Caller, Core};
use crate::store::Tx;
use crate::store::file;
use crate::store::message::MessageKey;

/// Messages with a file that are looked at, to find one that the sender may read.
const LOOKED_AT: u32 = 50;

/// The files of a payload in the order of their ids, each once per thing said about it; wrong addresses are 6017.
pub fn references(payload: &Payload) -> Result<Vec<FileRef>, ChatError> {
    let mut files = files_of(payload)
        .map_err(|error| ChatError::new(ErrorCode::InvalidParameter).with_message(error.to_string()))?;
    sort(&mut files);
    Ok(files)
}

/// Puts files in an order that is always the same, so that two messages never wait for each other's files.
pub fn sort(files: &mut Vec<FileRef>) {
    files.sort_by_key(|file| (file.id, file.kind.as_str(), file.size));
    files.dedup();
}

/// May `caller` send these files? They uploaded them, or may read a message that has them (MSG-31), else 2453; what
/// the message says about them is true, else 2454; and they fit what they are sent as (OBJ-6 to OBJ-9).
pub fn check(core: &Core, tx: &mut Tx<'_>, caller: &Caller, files: &[FileRef]) -> Result<(), ChatError> {
    for wanted in files {
        // Whether there is no such file or it is none of the sender's business is the same answer.
        let row = file::load(tx, wanted.id)?.ok_or(ErrorCode::NotForwardable)?;
        if row.owner != caller.number && !may_forward(core, tx, caller, wanted)? {
            return Err(ErrorCode::NotForwardable.into());
        }
        let size = row.size.cast_unsigned();
        if wanted.size.is_some_and(|said| said != size) {
            return Err(ChatError::new(ErrorCode::ForwardContentAltered)
                .with_message("the size of a file is not the stored one"));
        }
        fits(wanted.kind, size, &row.media_type, &core.limits)?;
    }
    Ok(())
}

fn fits(kind: FileKind, size: u64, media_type: &str, limits: &Limits) -> Result<(), ErrorCode> {
    kind.check_size(size, limits)?;
    media::check(kind, media_type)
}

fn may_forward(core: &Core, tx: &mut Tx<'_>, caller: &Caller, wanted: &FileRef) -> Result<bool, ChatError> {
    for place in file::places(tx, wanted.id, caller.number, LOOKED_AT)? {
        match readable(core, tx, caller, place, wanted.id) {
            Ok(Some(_)) => return Ok(true),
            Err(error) if error.code == ErrorCode::MessageInternalError => return Err(error),
            Ok(None) | Err(_) => {}
        }
    }
    Ok(false)
}

/// Notes that a message refers to these files. In the transaction that stores it, after [`check`]; 2453 when a file went
/// away in between.
pub fn record(tx: &mut Tx<'_>, files: &[FileRef], key: MessageKey) -> Result<(), ChatError> {
    for wanted in files {
        if !file::refer(tx, wanted.id, key)? {
            return Err(ErrorCode::NotForwardable.into());
        }
    }
    Ok(())
}
