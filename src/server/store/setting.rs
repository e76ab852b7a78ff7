//! What users have set about their conversations.

use hallway_protocol::conversation::{AllReceiveMessageOpt, RemindType};

use super::conv_group;
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
    /// Numbers of the conversation groups it is in, ascending.
    pub groups: Vec<i64>,
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
                groups: Vec::new(),
            })
        },
    )?;
    Ok(Setting { groups: conv_group::of(tx, user, conv)?, ..found.unwrap_or_default() })
}

/// How a conversation makes itself noticed.
pub fn remind_type_of(tx: &mut Tx<'_>, user: i64, conv: i64) -> Result<RemindType, StoreError> {
    let sql = "SELECT remind_type FROM conv_setting WHERE user_id = $1 AND conv_id = $2";
    Ok(tx.one(sql, args![user, conv], |row| Ok(remind_type(row.get(0)?)))?.unwrap_or_default())
}

/// Stores them.
pub fn put(tx: &mut Tx<'_>, user: i64, conv: i64, setting: &Setting) -> Result<(), StoreError> {
    conv_group::put_of(tx, user, conv, &setting.groups)?;
    if *setting == (Setting { groups: setting.groups.clone(), ..Setting::default() }) {
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

/// A user's global do-not-disturb.
pub fn all_receive_message_opt(tx: &mut Tx<'_>, user: i64) -> Result<AllReceiveMessageOpt, StoreError> {
    let found = tx.one(
        "SELECT start_time, end_time, is_repeated, time_zone FROM do_not_disturb WHERE user_id = $1",
        args![user],
        |row| {
            Ok(AllReceiveMessageOpt {
                message_remind_type: RemindType::AcceptNotNotify,
                start_time: row.get(0)?,
                end_time: row.get(1)?,
                is_repeated: row.get(2)?,
                time_zone: row.get(3)?,
            })
        },
    )?;
    Ok(found.unwrap_or_default())
}

/// Stores it; the default ends it.
pub fn put_all_receive_message_opt(
    tx: &mut Tx<'_>,
    user: i64,
    opt: &AllReceiveMessageOpt,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM do_not_disturb WHERE user_id = $1", args![user])?;
    if *opt == AllReceiveMessageOpt::default() {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO do_not_disturb (user_id, start_time, end_time, is_repeated, time_zone) \
         VALUES ($1, $2, $3, $4, $5)",
        args![user, opt.start_time, opt.end_time, opt.is_repeated, opt.time_zone.as_str()],
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
