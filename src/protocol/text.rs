//! What server, client and app have to see alike in a text: web links, and characters that nobody sees.

use std::ops::Range;

/// The web links in a text, in order: `http://` and `https://` in any case, up to the next space or the punctuation that ends
/// a sentence, without the closing half of brackets and marks around the link.
///
/// Linear in the length of the text, whatever is in it.
pub fn links(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let slashes = from + text.get(from..)?.find("://")?;
            let behind = slashes + "://".len();
            let scheme = text.get(from..slashes).and_then(scheme);
            from = behind;
            if let Some(scheme) = scheme {
                let words = text.get(behind..)?;
                let length = trimmed(words.split(ends).next().unwrap_or_default());
                if length > 0 {
                    from = behind + length;
                    return Some(slashes - scheme..from);
                }
            }
        }
    })
}

/// The length of the scheme at the end of what stands before `://`.
fn scheme(before: &str) -> Option<usize> {
    let ends_with = |scheme: &&&str| {
        let start = before.len().checked_sub(scheme.len());
        start.and_then(|start| before.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(scheme))
    };
    ["https", "http"].iter().find(ends_with).map(|scheme| scheme.len())
}

fn ends(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || "<>\"`“”「」，。；！？、（）【】《》".contains(letter)
}

/// The length of a link without what is around it. Brackets that were opened in the link belong to it.
fn trimmed(link: &str) -> usize {
    let count = |bracket: char| link.matches(bracket).count();
    let mut round = (count('('), count(')'));
    let mut square = (count('['), count(']'));
    let mut end = link.len();
    for letter in link.chars().rev() {
        let is_around = match letter {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' => true,
            ')' => round.1 > round.0,
            ']' => square.1 > square.0,
            _ => false,
        };
        if !is_around {
            break;
        }
        match letter {
            ')' => round.1 = round.1.saturating_sub(1),
            ']' => square.1 = square.1.saturating_sub(1),
            _ => {}
        }
        end = end.saturating_sub(letter.len_utf8());
    }
    end
}

/// Characters that are not seen, or that turn the direction of what follows, so that `exe.txt` may be `txt.exe`: joiners,
/// marks of direction, the soft hyphen, annotations. Control characters are not among them.
pub fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Joiners are not seen, but emoji and some scripts are written with them.
pub fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_end_where_a_reader_ends_them() {
        for (text, expected) in [
            ("see https://example.org/a?b=c#d.", vec!["https://example.org/a?b=c#d"]),
            (
                "(https://en.wikipedia.org/wiki/Rust_(language))",
                vec!["https://en.wikipedia.org/wiki/Rust_(language)"],
            ),
            ("看http://例子.cn/路径，好的", vec!["http://例子.cn/路径"]),
            ("“https://x.y”", vec!["https://x.y"]),
            ("[x](https://example.org)", vec!["https://example.org"]),
            ("<https://example.org/>", vec!["https://example.org/"]),
            ("**https://a.b** _https://c.d_", vec!["https://a.b", "https://c.d"]),
            ("ftp://a.example HTTPS://B.example", vec!["HTTPS://B.example"]),
            ("http://a https://b http://c", vec!["http://a", "https://b", "http://c"]),
            ("http://a/http://b", vec!["http://a/http://b"]),
            ("https:// nothing http://", vec![]),
            ("no link: example.org, http:/x, ://", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<&str> = links(text).map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    /// Texts that make a careless reader look at every character once per character.
    #[test]
    fn hostile_texts_take_no_longer_than_others() {
        for piece in [")", "]", "(", "://", "http://", "http://)", ".", "h"] {
            let text = format!("http://a{}", piece.repeat(2_000_000));
            assert!(links(&text).count() <= 2_000_000);
        }
    }
}
