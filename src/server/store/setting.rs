//! What users have set about their conversations.

use hallway_protocol::conversation::RemindType;

use super::error::StoreError;
use super::tx::Tx;
use crate::args;

/// A user's settings of one conversation; the default ones have no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    /// To the top.
    pub is_pinned: bool,
    /// How it makes itself noticed.
    pub remind_type: RemindType,
    /// Labels, one bit each.
    pub marks: u64,
    /// The app's own.
    pub custom_data: String,
}

const REMIND_TYPES: [RemindType; 5] = [
    RemindType::AcceptAndNotify,
    RemindType::AcceptNotNotify,
    RemindType::Discard,
    RemindType::NotNotifyExceptAt,
    RemindType::NotReceiveExceptAt,
];

fn remind_number(wanted: RemindType) -> i64 {
    (0..).zip(REMIND_TYPES).find(|(_, kind)| *kind == wanted).map_or(0, |(number, _)| number)
}

fn remind_type(number: i64) -> RemindType {
    (0..)
        .zip(REMIND_TYPES)
        .find(|(known, _)| *known == number)
        .map_or_else(RemindType::default, |(_, kind)| kind)
}

/// The settings of a user about a conversation.
pub fn load(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<Setting, StoreError> {
    let found = tx.one(
        "SELECT is_pinned, remind_type, marks, custom_data FROM conv_setting WHERE user_id = $1 AND conv_id = $2",
        args![user, conv],
        |row| {
            Ok(Setting {
                is_pinned: row.get(0)?,
                remind_type: remind_type(row.get(1)?),
                marks: row.get::<i64>(2)?.cast_unsigned(),
                custom_data: row.get(3)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Stores them.
pub fn put(tx: &mut Tx<'_>, user: i64, conv: i64, setting: &Setting) -> Result<(), StoreError> {
    if *setting == Setting::default() {
        let sql = "DELETE FROM conv_setting WHERE user_id = $1 AND conv_id = $2";
        return tx.execute(sql, args![user, conv]).map(|_| ());
    }
    tx.execute(
        "INSERT INTO conv_setting (user_id, conv_id, is_pinned, remind_type, marks, custom_data) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, conv_id) DO UPDATE SET \
         is_pinned = excluded.is_pinned, remind_type = excluded.remind_type, marks = excluded.marks, \
         custom_data = excluded.custom_data",
        args![
            user,
            conv,
            setting.is_pinned,
            remind_number(setting.remind_type),
            setting.marks.cast_signed(),
            setting.custom_data.as_str()
        ],
    )
    .map(|_| ())
}

/// How many conversations a user has pinned.
pub fn pinned(tx: &mut Tx<'_>, user: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM conv_setting WHERE user_id = $1 AND is_pinned";
    Ok(tx.one(sql, args![user], |row| row.get(0))?.unwrap_or(0))
}

/// How many conversations of a user have a mark.
pub fn marked(tx: &mut Tx<'_>, user: i64, mark: u64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM conv_setting WHERE user_id = $1 AND (marks & $2) <> 0";
    Ok(tx.one(sql, args![user, mark.cast_signed()], |row| row.get(0))?.unwrap_or(0))
}
