//! Rows as they travel, and which of them somebody may see.

use hallway_protocol::annotation::{Annotation, Extension, Note, Pin, ReactionCount};
use hallway_protocol::user::UserBrief;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::service::core::{Access, Caller, Core};
use crate::service::view::wire;
use crate::store::annotation::{Annotated, EVERYBODY, Kind};
use crate::store::message::{self, MessageKey};
use crate::store::{StoreError, Tx, annotation};

/// Who gave a reaction, in short: how many, and the numbers of the first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Reacted {
    pub(super) total: u32,
    /// Number of the change with which it came up.
    pub(super) since: i64,
    pub(super) first: Vec<i64>,
}

/// Who pinned a message or took the pin off, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Pinned {
    pub(super) operator: i64,
    pub(super) time: i64,
}

/// What the body of a row says.
pub(super) fn body<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| StoreError::Corrupt(format!("an annotation cannot be read: {e}")))
}

/// The body that says it.
pub(super) fn body_of<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::Statement(format!("an annotation: {e}")))
}

impl Core {
    /// Somebody as named beside a reaction or a pin.
    pub(super) fn brief(&self, tx: &mut Tx<'_>, user: i64) -> Result<UserBrief, StoreError> {
        Ok(UserBrief::from(&self.users.in_tx(tx, user)?.profile))
    }

    /// A row as it travels.
    pub(super) fn annotation(&self, tx: &mut Tx<'_>, found: Annotated) -> Result<Annotation, StoreError> {
        let Annotated { row, id, .. } = found;
        let name = row.key.name;
        let note = match row.key.kind {
            Kind::Reaction => {
                let reacted: Reacted = body(&row.body)?;
                let mut partial_user_list = Vec::with_capacity(reacted.first.len());
                for user in reacted.first {
                    partial_user_list.push(self.brief(tx, user)?);
                }
                let (total_user_count, since) = (reacted.total, wire(reacted.since));
                Note::Reaction(ReactionCount {
                    reaction_id: name,
                    total_user_count,
                    since,
                    partial_user_list,
                })
            }
            Kind::OwnReaction => Note::OwnReaction { reaction_id: name },
            Kind::Extension => Note::Extension(Extension { key: name, value: row.body }),
            Kind::ReadReceipt => Note::ReadReceipt(body(&row.body)?),
            Kind::OwnReadReceipt => Note::OwnReadReceipt {},
            Kind::Pin => {
                let pinned: Pinned = body(&row.body)?;
                Note::Pin(Pin { operator_info: self.brief(tx, pinned.operator)?, time: pinned.time })
            }
        };
        let (sequence, modification, gone) = (wire(row.key.seq), wire(row.modification), row.gone);
        Ok(Annotation { id, sequence, modification, gone, note })
    }

    /// Those of these rows that are on messages the caller may see.
    fn annotations(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        access: &Access,
        rows: Vec<Annotated>,
    ) -> Result<Vec<Annotation>, StoreError> {
        let places = access.first_seq()..=access.last_seq();
        let begins = self.history_begins().unwrap_or(i64::MIN);
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let seq = row.row.key.seq;
            let mut is_seen = places.contains(&seq) && row.time >= begins;
            if is_seen && row.is_targeted {
                let key = MessageKey { conv: access.conv.id, seq };
                is_seen = message::at(tx, key)?.is_some_and(|it| it.is_for(caller.number, &caller.user_id));
            }
            if is_seen {
                shown.push(self.annotation(tx, row)?);
            }
        }
        Ok(shown)
    }

    /// What is on one message that the viewer may see.
    pub(in crate::service) fn annotations_on(
        &self,
        tx: &mut Tx<'_>,
        viewer: i64,
        message: MessageKey,
    ) -> Result<Vec<Annotation>, StoreError> {
        let mut shown = Vec::new();
        for user in [EVERYBODY, viewer] {
            for row in annotation::range(tx, message.conv, user, (message.seq, message.seq), 0)? {
                shown.push(self.annotation(tx, row)?);
            }
        }
        Ok(shown)
    }

    /// What changed for the caller after `after` and not after `up_to`, in the order of the changes.
    pub(in crate::service) fn annotations_changed(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        access: &Access,
        (after, up_to): (i64, i64),
    ) -> Result<Vec<Annotation>, StoreError> {
        let conv = access.conv.id;
        let mut rows = annotation::changed(tx, conv, EVERYBODY, after, up_to)?;
        rows.extend(annotation::changed(tx, conv, caller.number, after, up_to)?);
        rows.sort_by_key(|row| row.row.modification);
        self.annotations(tx, caller, access, rows)
    }

    /// What is on the messages of a stretch, both ends included, or of that what changed after `changed_after`.
    pub(in crate::service) fn annotations_in(
        &self,
        tx: &mut Tx<'_>,
        caller: &Caller,
        access: &Access,
        places: (i64, i64),
        changed_after: i64,
    ) -> Result<Vec<Annotation>, StoreError> {
        let conv = access.conv.id;
        let mut rows = annotation::range(tx, conv, EVERYBODY, places, changed_after)?;
        rows.extend(annotation::range(tx, conv, caller.number, places, changed_after)?);
        self.annotations(tx, caller, access, rows)
    }
}
