//! Mentioning people: whom a name typed after an `@` may mean, and which names are still in the text when it is
//! sent.

use hallway_protocol::UserId;
use hallway_protocol::group::Member;
use hallway_protocol::ids::MENTION_ALL;

use crate::fl;

/// Rows of the list at most.
pub const ROWS: usize = 8;
/// From so many people on a mention of everybody asks first.
pub const ASK_FROM: u32 = 100;

/// Somebody who can be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What goes into `at_user_list`.
    pub id: String,
    /// What goes into the text after the `@`.
    pub name: String,
}

impl Candidate {
    /// Everybody.
    pub fn everybody() -> Self {
        Self { id: MENTION_ALL.to_owned(), name: fl!("mention-all") }
    }

    /// Whether it stands for everybody.
    pub fn is_everybody(&self) -> bool {
        self.id == MENTION_ALL
    }
}

/// What a member is called in a group.
pub fn member_name(member: &Member) -> &str {
    [&member.name_card, &member.nick]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(member.user_id.as_str(), String::as_str)
}

/// The people a typed name may mean, the best first: those who wrote last, then by the alphabet; everybody
/// last. `recent` are the senders of the newest messages, newest first.
pub fn candidates(members: &[Member], typed: &str, me: &UserId, recent: &[UserId]) -> Vec<Candidate> {
    let wanted = typed.to_lowercase();
    let mut found: Vec<(usize, String, &Member)> = members
        .iter()
        .filter(|member| member.user_id != *me && !member.gone && matches(member, &wanted))
        .map(|member| {
            let rank = recent.iter().position(|user| *user == member.user_id).unwrap_or(usize::MAX);
            (rank, member_name(member).to_lowercase(), member)
        })
        .collect();
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let everybody = Candidate::everybody();
    let all = members.len() > 2 && begins_word(&everybody.name.to_lowercase(), &wanted);
    let most = if all { ROWS - 1 } else { ROWS };
    found
        .into_iter()
        .take(most)
        .map(|(_, _, member)| Candidate {
            id: member.user_id.to_string(),
            name: member_name(member).to_owned(),
        })
        .chain(all.then_some(everybody))
        .collect()
}

fn matches(member: &Member, wanted: &str) -> bool {
    [member.name_card.as_str(), member.nick.as_str(), member.user_id.as_str()]
        .into_iter()
        .any(|name| begins_word(&name.to_lowercase(), wanted))
}

/// Whether a word of `name` begins with `wanted`; Chinese names match anywhere, since they have no spaces.
fn begins_word(name: &str, wanted: &str) -> bool {
    name.match_indices(wanted).any(|(at, _)| {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| !c.is_alphanumeric() || !c.is_ascii())
    })
}

/// The ids of those mentioned whose names are still in the text, each once.
pub fn mentioned(text: &str, inserted: &[Candidate]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for candidate in inserted {
        if text.contains(&format!("@{}", candidate.name)) && !ids.contains(&candidate.id) {
            ids.push(candidate.id.clone());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use hallway_protocol::group::MemberRole;

    use super::*;
    use crate::screen::chats::sample;

    fn members() -> Vec<Member> {
        let mut li = sample::member("lilei", MemberRole::Member);
        li.nick = "李雷".into();
        let mut ben = sample::member("ben", MemberRole::Member);
        ben.name_card = "Ben Carter".into();
        vec![sample::member("anna", MemberRole::Owner), ben, sample::member("cleo", MemberRole::Member), li]
    }

    fn names(typed: &str, recent: &[&str]) -> Vec<String> {
        let recent: Vec<_> = recent.iter().map(|id| sample::user(id)).collect();
        let found = candidates(&members(), typed, &sample::user("anna"), &recent);
        found.into_iter().map(|candidate| candidate.name).collect()
    }

    #[test]
    fn who_may_be_meant() {
        assert_eq!(names("", &[]), ["Ben Carter", "Cleo", "李雷", "everybody"]);
        assert_eq!(names("", &["cleo"]), ["Cleo", "Ben Carter", "李雷", "everybody"]);
        assert_eq!(names("car", &[]), ["Ben Carter"]);
        assert_eq!(names("雷", &[]), ["李雷"]);
        assert_eq!(names("lil", &[]), ["李雷"]);
        assert_eq!(names("every", &[]), ["everybody"]);
        assert!(names("arter", &[]).is_empty());
    }

    /// OBJ-35: only those whose names are still there.
    #[test]
    fn names_that_were_deleted_do_not_count() {
        let ben = Candidate { id: "ben".into(), name: "Ben Carter".into() };
        let all = Candidate::everybody();
        let inserted = [ben.clone(), all.clone(), ben];
        assert_eq!(mentioned("@Ben Carter look", &inserted), ["ben"]);
        assert_eq!(mentioned("@everybody", &inserted), [MENTION_ALL]);
    }
}
