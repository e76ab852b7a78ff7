//! The emoji that the picker offers, and what they are called in each language: `i18n/emoji.tsv`.
//!
//! The file has one emoji a line with its words in English and in Chinese, in the order of the picker, under
//! headings that begin with `#`.

use std::sync::LazyLock;

use crate::fl;
use crate::i18n::{self, Language};

/// The parts of the picker, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Faces.
    Smileys,
    /// Hands and people.
    Hands,
    /// Hearts, stars, feasts.
    Hearts,
    /// Animals, plants, weather.
    Nature,
    /// Food and drink.
    Food,
    /// Places, travel, sports.
    Places,
    /// Things.
    Things,
    /// Signs and flags.
    Signs,
}

impl Group {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Smileys,
        Self::Hands,
        Self::Hearts,
        Self::Nature,
        Self::Food,
        Self::Places,
        Self::Things,
        Self::Signs,
    ];

    /// Its heading in the file.
    fn of(heading: &str) -> Option<Self> {
        Some(match heading {
            "smileys" => Self::Smileys,
            "hands" => Self::Hands,
            "hearts" => Self::Hearts,
            "nature" => Self::Nature,
            "food" => Self::Food,
            "places" => Self::Places,
            "things" => Self::Things,
            "signs" => Self::Signs,
            _ => return None,
        })
    }

    /// Its heading in the current language.
    pub fn name(self) -> String {
        match self {
            Self::Smileys => fl!("emoji-smileys"),
            Self::Hands => fl!("emoji-hands"),
            Self::Hearts => fl!("emoji-hearts"),
            Self::Nature => fl!("emoji-nature"),
            Self::Food => fl!("emoji-food"),
            Self::Places => fl!("emoji-places"),
            Self::Things => fl!("emoji-things"),
            Self::Signs => fl!("emoji-signs"),
        }
    }
}

/// One emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The sign itself.
    pub sign: &'static str,
    /// Where it stands.
    pub group: Group,
    english: &'static str,
    chinese: &'static str,
}

impl Named {
    /// What it is called in the current language.
    pub fn name(&self) -> &'static str {
        match i18n::current() {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        }
    }

    /// Whether each word of a search is part of what it is called in any language.
    pub fn matches(&self, query: &str) -> bool {
        let query = query.to_lowercase();
        query.split_whitespace().all(|word| {
            self.english.contains(word) || self.chinese.contains(word) || self.sign.contains(word)
        })
    }
}

/// All of them, in the order of the picker.
pub fn all() -> &'static [Named] {
    static ALL: LazyLock<Vec<Named>> = LazyLock::new(|| read(include_str!("../../../i18n/emoji.tsv")));
    &ALL
}

fn read(text: &'static str) -> Vec<Named> {
    let mut group = Group::Smileys;
    let mut all = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            group = Group::of(heading).unwrap_or(group);
        } else if let Some((sign, (english, chinese))) =
            line.split_once('\t').and_then(|(sign, names)| Some((sign, names.split_once('\t')?)))
        {
            all.push(Named { sign, group, english, chinese });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::text::emoji::only_emoji;

    #[test]
    fn every_line_is_one_emoji_with_both_names() {
        let text = include_str!("../../../i18n/emoji.tsv");
        let lines = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().len(), lines, "no line is left out");
        let mut seen = HashSet::new();
        for named in all() {
            assert_eq!(only_emoji(named.sign), Some(1), "{}", named.sign);
            assert!(seen.insert(named.sign), "{} stands twice", named.sign);
            assert!(!named.english.is_empty() && named.english.is_ascii(), "{}", named.sign);
            assert!(named.chinese.chars().any(crate::text::initials::is_han), "{}", named.sign);
        }
        for group in Group::ALL {
            assert!(all().iter().any(|named| named.group == group), "{group:?}");
        }
    }

    #[test]
    fn they_are_found_in_both_languages() {
        let found = |query: &str| -> Vec<_> {
            all().iter().filter(|named| named.matches(query)).map(|named| named.sign).collect()
        };
        assert!(found("Thumbs up").contains(&"👍"));
        assert_eq!(found("渡轮"), ["⛴️"]);
        assert!(found("no such thing").is_empty());
    }
}
