//! Names to save under. What a sender calls a file is foreign text: it may be a path, a device, or pretend to be
//! something it is not.

use hallway_protocol::text::{is_joiner, is_unseen};

/// Longest name that is made, in bytes: room is left for what a program adds to it.
pub(super) const BYTES: usize = 200;

/// Names that are devices on Windows, whatever follows after a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name to save a file under: never a path, a device, hidden, or with characters that turn its end around. Its ending
/// stays where it can.
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !is_hidden(*c)).map(replaced).collect();
    // Windows drops dots and blanks at the end; a dot in front hides a file elsewhere.
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let short = shortened(clean, BYTES);
    match short.as_str() {
        "" => "file".to_owned(),
        name if is_device(name) => format!("_{}", shortened(name, BYTES - 1)),
        _ => short,
    }
}

/// The names a file may get where others have the first ones: `plan.pdf`, `plan (1).pdf`.
pub(super) fn numbered(name: &str) -> impl Iterator<Item = String> {
    let name = safe_file_name(name);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem.to_owned(), format!(".{ending}")),
        _ => (name.clone(), String::new()),
    };
    std::iter::once(name).chain((1u32..1000).map(move |number| format!("{stem} ({number}){ending}")))
}

fn replaced(c: char) -> char {
    if matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c }
}

/// Control characters, and those that are not seen or turn the direction of what follows.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || (is_unseen(c) && !is_joiner(c))
}

pub(super) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let numbered = |word: &str| {
        let mut rest = stem.strip_prefix(word).unwrap_or_default().chars();
        matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

fn shortened(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 16);
    let ending = ending.map_or_else(String::new, |ending| format!(".{ending}"));
    let mut end = most - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", name[..end].trim_end_matches(|c: char| c == '.' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Component, Path};

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in
            ["plan.pdf", "计划 1.docx", "a.tar.gz", "Résumé (2).odt", "com.example.apk", "console.txt"]
        {
            assert_eq!(safe_file_name(name), name);
        }
    }

    #[test]
    fn tricks_are_taken_out() {
        for (name, safe) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\x.exe", "x.exe"),
            ("C:\\x", "x"),
            ("C:x", "C_x"),
            ("\\\\server\\share\\x.txt", "x.txt"),
            ("", "file"),
            (".", "file"),
            ("..", "file"),
            (".bashrc", "bashrc"),
            ("a.txt.", "a.txt"),
            ("a.txt . ", "a.txt"),
            ("a\0b\r\n.txt", "ab.txt"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("COM1.log", "_COM1.log"),
            ("LPT¹", "_LPT¹"),
            ("a.txt:stream", "a.txt_stream"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}.txt", "a.txt"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
        assert_eq!(safe_file_name(&format!("{}.pdf", "公".repeat(200))).len(), 3 * 65 + 4);
    }

    /// Whatever is put together from what is dangerous: one name, inside of its folder.
    #[test]
    fn no_combination_leaves_its_folder() {
        let parts =
            ["..", ".", "/", "\\", "\0", "CON", ":", " ", "a", "\u{202e}", "公", "~", "%2e%2e", "\u{2215}"];
        let mut count = 0;
        for first in parts {
            for second in parts {
                for third in parts {
                    let name = safe_file_name(&[first, second, third].concat());
                    let mut components = Path::new(&name).components();
                    assert!(matches!(components.next(), Some(Component::Normal(_))), "{name:?}");
                    assert!(components.next().is_none() && name.len() <= BYTES, "{name:?}");
                    assert!(!name.contains(['\\', ':', '\0']) && !is_device(&name), "{name:?}");
                    count += 1;
                }
            }
        }
        assert!(count > 500);
    }
}
