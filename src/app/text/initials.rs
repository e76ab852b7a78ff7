//! The letters on an avatar.

use unicode_segmentation::UnicodeSegmentation;

use super::emoji::is_emoji;

/// The initials of a name: the last two Han characters of a Chinese name (people are called by their given
/// name), else the first letters of the first and the last word, in capitals. `?` when there is none.
pub fn initials(name: &str) -> String {
    let han: Vec<char> = name.chars().filter(|c| is_han(*c)).collect();
    if !han.is_empty() && name.chars().all(|c| is_han(c) || c.is_whitespace() || c == '·') {
        return han[han.len().saturating_sub(2)..].iter().collect();
    }
    let mut letters = name
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '.' | ',' | '/'))
        .filter_map(first_letter);
    match (letters.next(), letters.next_back()) {
        (Some(first), Some(last)) => first + &last,
        (Some(first), None) => first,
        _ => "?".to_owned(),
    }
}

/// The first cluster of a word that can stand on an avatar, in capitals.
fn first_letter(word: &str) -> Option<String> {
    word.graphemes(true)
        .find(|cluster| is_emoji(cluster) || cluster.chars().next().is_some_and(char::is_alphanumeric))
        .map(|cluster| if is_emoji(cluster) { cluster.to_owned() } else { cluster.to_uppercase() })
}

/// Whether a character is Chinese.
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_23AF)
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn of_names() {
        for (name, letters) in [
            ("王小明", "小明"),
            ("李雷", "李雷"),
            ("欧阳 娜娜", "娜娜"),
            ("Anna", "A"),
            ("Anna Schmidt", "AS"),
            ("anna maria schmidt", "AS"),
            ("Design team 设计", "D设"),
            ("ben.k", "BK"),
            ("élise", "É"),
            ("  ", "?"),
            ("42", "4"),
            ("🦊 fox", "🦊F"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
