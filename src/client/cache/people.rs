//! Profiles and members of groups.

use hallway_protocol::UserId;
use hallway_protocol::group::{Member, MemberRole};
use hallway_protocol::user::Profile;
use rusqlite::{Connection, OptionalExtension, params};

use super::{CacheResult, signed};

/// Keeps a profile unless a newer one is here.
pub fn put_profile(db: &Connection, profile: &Profile) -> CacheResult<()> {
    db.prepare_cached(
        "INSERT INTO profile (user_id, version, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, body = excluded.body
         WHERE excluded.version >= profile.version",
    )?
    .execute(params![profile.user_id.as_str(), profile.version, serde_json::to_vec(profile)?])?;
    Ok(())
}

/// The profile of a user, if it is known.
pub fn profile(db: &Connection, user: &UserId) -> CacheResult<Option<Profile>> {
    let body: Option<Vec<u8>> = db
        .prepare_cached("SELECT body FROM profile WHERE user_id = ?1")?
        .query_row([user.as_str()], |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| serde_json::from_slice(&body)).transpose()?)
}

/// Keeps a member unless a newer row is here. True if it was newer.
pub fn put_member(db: &Connection, conv: i64, member: &Member) -> CacheResult<bool> {
    let changed = db
        .prepare_cached(
            "INSERT INTO member (conv, user_id, modification, gone, body) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (conv, user_id) DO UPDATE
             SET modification = excluded.modification, gone = excluded.gone, body = excluded.body
             WHERE excluded.modification > member.modification",
        )?
        .execute(params![
            conv,
            member.user_id.as_str(),
            signed(member.modification),
            member.gone,
            serde_json::to_vec(member)?
        ])?;
    Ok(changed > 0)
}

/// Forgets members whose row is not newer than `as_of` and who are not in `present`: what a complete list that
/// was begun at `as_of` leaves out.
pub fn retain_members(db: &Connection, conv: i64, as_of: u64, present: &[Member]) -> CacheResult<()> {
    let known: std::collections::HashSet<&str> =
        present.iter().map(|member| member.user_id.as_str()).collect();
    let mut statement =
        db.prepare_cached("SELECT user_id FROM member WHERE conv = ?1 AND modification <= ?2")?;
    let old: Vec<String> =
        statement.query_map(params![conv, signed(as_of)], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for user in old.iter().filter(|user| !known.contains(user.as_str())) {
        db.prepare_cached("DELETE FROM member WHERE conv = ?1 AND user_id = ?2")?
            .execute(params![conv, user])?;
    }
    Ok(())
}

/// The members, owner and administrators first, then by the time they came (GMB-40).
pub fn members(db: &Connection, conv: i64) -> CacheResult<Vec<Member>> {
    let mut statement = db.prepare_cached("SELECT body FROM member WHERE conv = ?1 AND gone = 0")?;
    let mut rows = statement.query([conv])?;
    let mut found: Vec<Member> = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(serde_json::from_slice(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?);
    }
    let rank = |role: MemberRole| match role {
        MemberRole::Owner => 0,
        MemberRole::Admin => 1,
        MemberRole::Member | MemberRole::Custom => 2,
    };
    found.sort_by(|a, b| {
        (rank(a.role), a.join_time, &a.user_id).cmp(&(rank(b.role), b.join_time, &b.user_id))
    });
    Ok(found)
}
