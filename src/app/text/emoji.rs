//! Finding emoji, so that they can be drawn in colour.
//!
//! Automatic font fallback mixes black-and-white and colour glyphs and breaks keycaps, so runs of emoji are
//! cut out and asked from the emoji font by name. A run is made of whole grapheme clusters: flags, skin
//! tones, families and keycaps stay in one piece.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// A piece of text that is all emoji or has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Whether it goes to the emoji font.
    pub emoji: bool,
}

/// Cuts a text into pieces, in order and without gaps.
pub fn pieces(text: &str) -> Vec<Piece> {
    if text.is_ascii() {
        // Keycaps are made of a digit and two marks that are not ASCII.
        return if text.is_empty() { Vec::new() } else { vec![Piece { range: 0..text.len(), emoji: false }] };
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for (start, cluster) in text.grapheme_indices(true) {
        let (end, emoji) = (start + cluster.len(), is_emoji(cluster));
        match pieces.last_mut() {
            Some(last) if last.emoji == emoji => last.range.end = end,
            _ => pieces.push(Piece { range: start..end, emoji }),
        }
    }
    pieces
}

/// How many emoji the text is made of, if it is made of nothing else (spaces aside).
pub fn only_emoji(text: &str) -> Option<usize> {
    let mut count = 0;
    for cluster in text.graphemes(true) {
        if is_emoji(cluster) {
            count += 1;
        } else if !cluster.chars().all(char::is_whitespace) {
            return None;
        }
    }
    (count > 0).then_some(count)
}

/// Whether one grapheme cluster is shown as an emoji.
pub fn is_emoji(cluster: &str) -> bool {
    const TEXT_STYLE: char = '\u{FE0E}';
    const EMOJI_STYLE: char = '\u{FE0F}';
    let mut chars = cluster.chars();
    let Some(first) = chars.next() else { return false };
    if cluster.contains(TEXT_STYLE) {
        return false;
    }
    if cluster.contains(EMOJI_STYLE) || cluster.contains('\u{20E3}') {
        return true;
    }
    if is_regional(first) {
        return chars.next().is_some_and(is_regional);
    }
    has_emoji_presentation(first)
}

fn is_regional(c: char) -> bool {
    ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)
}

/// `Emoji_Presentation` of Unicode 16, as ranges.
fn has_emoji_presentation(c: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x231A, 0x231B),
        (0x23E9, 0x23EC),
        (0x23F0, 0x23F0),
        (0x23F3, 0x23F3),
        (0x25FD, 0x25FE),
        (0x2614, 0x2615),
        (0x2648, 0x2653),
        (0x267F, 0x267F),
        (0x2693, 0x2693),
        (0x26A1, 0x26A1),
        (0x26AA, 0x26AB),
        (0x26BD, 0x26BE),
        (0x26C4, 0x26C5),
        (0x26CE, 0x26CE),
        (0x26D4, 0x26D4),
        (0x26EA, 0x26EA),
        (0x26F2, 0x26F3),
        (0x26F5, 0x26F5),
        (0x26FA, 0x26FA),
        (0x26FD, 0x26FD),
        (0x2705, 0x2705),
        (0x270A, 0x270B),
        (0x2728, 0x2728),
        (0x274C, 0x274C),
        (0x274E, 0x274E),
        (0x2753, 0x2755),
        (0x2757, 0x2757),
        (0x2795, 0x2797),
        (0x27B0, 0x27B0),
        (0x27BF, 0x27BF),
        (0x2B1B, 0x2B1C),
        (0x2B50, 0x2B50),
        (0x2B55, 0x2B55),
        (0x1F004, 0x1F004),
        (0x1F0CF, 0x1F0CF),
        (0x1F18E, 0x1F18E),
        (0x1F191, 0x1F19A),
        (0x1F201, 0x1F201),
        (0x1F21A, 0x1F21A),
        (0x1F22F, 0x1F22F),
        (0x1F232, 0x1F236),
        (0x1F238, 0x1F23A),
        (0x1F250, 0x1F251),
        (0x1F300, 0x1F320),
        (0x1F32D, 0x1F335),
        (0x1F337, 0x1F37C),
        (0x1F37E, 0x1F393),
        (0x1F3A0, 0x1F3CA),
        (0x1F3CF, 0x1F3D3),
        (0x1F3E0, 0x1F3F0),
        (0x1F3F4, 0x1F3F4),
        (0x1F3F8, 0x1F43E),
        (0x1F440, 0x1F440),
        (0x1F442, 0x1F4FC),
        (0x1F4FF, 0x1F53D),
        (0x1F54B, 0x1F54E),
        (0x1F550, 0x1F567),
        (0x1F57A, 0x1F57A),
        (0x1F595, 0x1F596),
        (0x1F5A4, 0x1F5A4),
        (0x1F5FB, 0x1F64F),
        (0x1F680, 0x1F6C5),
        (0x1F6CC, 0x1F6CC),
        (0x1F6D0, 0x1F6D2),
        (0x1F6D5, 0x1F6D7),
        (0x1F6DC, 0x1F6DF),
        (0x1F6EB, 0x1F6EC),
        (0x1F6F4, 0x1F6FC),
        (0x1F7E0, 0x1F7EB),
        (0x1F7F0, 0x1F7F0),
        (0x1F90C, 0x1F93A),
        (0x1F93C, 0x1F945),
        (0x1F947, 0x1F9FF),
        (0x1FA70, 0x1FA7C),
        (0x1FA80, 0x1FA89),
        (0x1FA8F, 0x1FAC6),
        (0x1FACE, 0x1FADC),
        (0x1FADF, 0x1FAE9),
        (0x1FAF0, 0x1FAF8),
    ];
    let code = u32::from(c);
    RANGES
        .binary_search_by(|&(from, to)| {
            if to < code {
                std::cmp::Ordering::Less
            } else if from > code {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(&str, bool)> {
        pieces(text).into_iter().map(|piece| (&text[piece.range], piece.emoji)).collect()
    }

    #[test]
    fn emoji_stay_whole() {
        for emoji in ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🇫🇷", "❤️", "🏳️‍🌈", "1️⃣", "#️⃣", "👩‍🚀", "🫠", "⭐", "✅", "☺️"]
        {
            assert_eq!(cut(emoji), [(emoji, true)], "{emoji}");
            assert_eq!(only_emoji(emoji), Some(1), "{emoji}");
        }
    }

    #[test]
    fn text_is_not_emoji() {
        for text in ["plain", "123 #", "你好，世界", "مرحبا", "©", "™", "→", "☺\u{FE0E}", ""]
        {
            assert!(pieces(text).iter().all(|piece| !piece.emoji), "{text}");
        }
    }

    #[test]
    fn pieces_cover_the_text() {
        assert_eq!(
            cut("好的👍🏽👍 ok 1️⃣2"),
            [("好的", false), ("👍🏽👍", true), (" ok ", false), ("1️⃣", true), ("2", false)]
        );
        assert_eq!(only_emoji("👍 🎉"), Some(2));
        assert_eq!(only_emoji("👍!"), None);
    }
}
