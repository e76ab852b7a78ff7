//! The real host of a web address, and the names in a text that mention somebody.

use std::ops::Range;

use hallway_protocol::group::Member;
use hallway_protocol::ids::MENTION_ALL;

use crate::screen::chats::composer::mention::{Candidate, member_name};

/// The host of an address, as the browser will ask for it; what stands before an `@` is not part of it.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("//").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest);
    authority.rsplit('@').next().unwrap_or(authority)
}

/// The names in a text that mention somebody, with who that is.
pub fn mentions<'a>(
    text: &str,
    at_user_list: &'a [String],
    members: &[Member],
) -> Vec<(Range<usize>, &'a str)> {
    let mut found = Vec::new();
    for id in at_user_list {
        let names: Vec<String> = if id == MENTION_ALL {
            vec![Candidate::everybody().name]
        } else {
            let member = members.iter().find(|member| member.user_id.as_str() == id);
            let mut names: Vec<String> = member
                .map(|member| vec![member_name(member).to_owned(), member.nick.clone()])
                .unwrap_or_default();
            names.push(id.clone());
            names
        };
        for name in names.iter().filter(|name| !name.is_empty()) {
            let wanted = format!("@{name}");
            for (start, part) in text.match_indices(&wanted) {
                let range = start..start + part.len();
                if !found
                    .iter()
                    .any(|(other, _): &(Range<usize>, _)| other.start < range.end && range.start < other.end)
                {
                    found.push((range, id.as_str()));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use hallway_protocol::group::MemberRole;

    use super::*;
    use crate::screen::chats::sample;

    #[test]
    fn the_host_is_the_real_one() {
        assert_eq!(host("https://example.org/path"), "example.org");
        assert_eq!(host("https://bank.example@evil.example:81/x"), "evil.example:81");
        assert_eq!(host("https://evil.example\\@bank.example/"), "evil.example");
    }

    #[test]
    fn names_that_mention() {
        let members = [sample::member("ben", MemberRole::Member)];
        let at = ["ben".to_owned(), MENTION_ALL.to_owned()];
        let text = "hi @Ben and @everybody, not @Cleo";
        let found: Vec<_> =
            mentions(text, &at, &members).into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(found, ["@Ben", "@everybody"]);
    }
}
