//! Names of files as strangers make them up: whatever comes out is one name, inside of its folder, and is left as it is when it comes
//! again. Deterministic; `HALLWAY_FUZZ=1000000` sets how many (fewer by default), `HALLWAY_FUZZ_SEED` another start.

use std::path::{Component, Path};

use super::name::{BYTES, is_device, is_hidden, safe_file_name};

/// What is dangerous on one of the systems, what is at the edge of being a character, and what is ordinary.
const PIECES: &[&str] = &[
    "..",
    ".",
    "/",
    "\\",
    "\0",
    "CON",
    "nul",
    "com1",
    "LPT\u{b9}",
    ":",
    "::$DATA",
    " ",
    "\t",
    "\r\n",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{2215}",
    "\u{ff0f}",
    "%2e%2e%2f",
    "~",
    "$HOME",
    "*",
    "?",
    "\"",
    "<",
    ">",
    "|",
    "-rf",
    "a",
    "Plan 1",
    ".pdf",
    ".exe",
    ".tar.gz",
    "公",
    "👍",
    "e\u{301}",
    "\u{7f}",
    "\u{85}",
    "\u{10ffff}",
    "\\\\?\\",
    "C:",
    "file://",
    "desktop.ini",
];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn no_name_of_a_stranger_leaves_its_folder() {
    let mut state = setting("HALLWAY_FUZZ_SEED", 0x5eed_f11e).max(1);
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 11).unwrap() % most
    };
    for _ in 0..setting("HALLWAY_FUZZ", 20_000) {
        let mut foreign = String::new();
        for _ in 0..below(12) {
            match below(12) {
                0 => foreign.extend(char::from_u32(u32::try_from(below(0x11_0000)).unwrap())),
                1 => foreign.push_str(&PIECES[below(PIECES.len())].repeat(below(120))),
                _ => foreign.push_str(PIECES[below(PIECES.len())]),
            }
        }
        let name = safe_file_name(&foreign);
        let mut components = Path::new(&name).components();
        assert!(matches!(components.next(), Some(Component::Normal(_))), "{foreign:?} → {name:?}");
        assert!(components.next().is_none(), "{foreign:?} → {name:?}");
        assert!(!name.is_empty() && name.len() <= BYTES, "{foreign:?} → {name:?}");
        assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{foreign:?} → {name:?}");
        assert!(!name.chars().any(is_hidden) && !is_device(&name), "{foreign:?} → {name:?}");
        assert!(!name.starts_with('.') && !name.ends_with(['.', ' ']), "{foreign:?} → {name:?}");
        assert_eq!(safe_file_name(&name), name, "{foreign:?}");
    }
}
