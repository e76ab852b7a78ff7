//! The fonts that travel inside the binary, and the names by which they are asked for.
//!
//! Nothing here relies on the machine: text is Inter, code is JetBrains Mono, both embedded. Colour emoji
//! come from "Noto Color Emoji" by name (a package dependency); Chinese, Japanese and Korean come from
//! whatever the system offers. Generic families (`SansSerif`, `Monospace`) are never used, because a
//! machine without fonts has none to offer.

use std::collections::{BTreeMap, HashSet};
use std::sync::Once;

use iced::Font;
use iced::advanced::graphics::text::cosmic_text::fontdb::{self, FaceInfo};
use iced::advanced::graphics::text::cosmic_text::{Buffer, FontSystem, Metrics, Shaping};
use iced::advanced::graphics::text::{font_system, to_attributes};
use iced::font::{Style, Weight};

use super::tokens::BODY;

/// Regular text.
pub const TEXT: Font = Font::with_name("Inter");
/// Labels, active tabs (500).
pub const MEDIUM: Font = Font { weight: Weight::Medium, ..TEXT };
/// Names and titles (600).
pub const SEMIBOLD: Font = Font { weight: Weight::Semibold, ..TEXT };
/// Emphasis, "Message recalled".
pub const ITALIC: Font = Font { style: Style::Italic, ..TEXT };
/// Code, keys, fingerprints.
pub const MONO: Font = Font::with_name("JetBrains Mono");
/// Emoji clusters; see [`crate::text::emoji`].
pub const EMOJI: Font = Font::with_name("Noto Color Emoji");

/// The embedded font files, for `Settings::fonts`.
pub const FILES: [&[u8]; 5] = [
    include_bytes!("../../../resources/fonts/Inter-Regular.otf"),
    include_bytes!("../../../resources/fonts/Inter-Medium.otf"),
    include_bytes!("../../../resources/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../../resources/fonts/Inter-Italic.otf"),
    include_bytes!("../../../resources/fonts/JetBrainsMono-Regular.ttf"),
];

/// Loads the embedded fonts and gives every system family the weights and slants that Inter has.
///
/// The text engine falls back only to faces of exactly the wanted weight and slant before it takes any face
/// at all: medium or semibold Chinese came out in a serif face, and slanted Chinese as boxes. So families
/// that lack one of ours get their nearest face under that description. Call it once before the first window
/// opens; later calls do nothing.
pub fn prepare() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Ok(mut system) = font_system().write() else {
            tracing::error!("the font system cannot be reached");
            return;
        };
        for file in FILES {
            system.load_font(file.into());
        }
        let db = system.raw().db_mut();
        let faces: Vec<FaceInfo> = db.faces().cloned().collect();
        for face in stand_ins(&faces) {
            db.push_face_info(face);
        }
        fill_glyph_classes(system.raw());
    });
}

/// Fills the shaper's table of glyph classes for the faces that draw Chinese.
///
/// harfrust 0.3, to which the text engine is bound, takes an empty place of that table for "glyph 0x7F80 to 0x7FFF
/// is a mark": the first 胎 or 胜 of a face had no width, and the next character was drawn over it. Only fonts for
/// Chinese have that many glyphs. A place is filled by any glyph with the same low seven bits, and these have all.
fn fill_glyph_classes(system: &mut FontSystem) {
    // Joined to one word, which is shaped in one go.
    let text: String = ('\u{4E00}'..'\u{4F80}').flat_map(|c| [c, '\u{2060}']).collect();
    for font in [TEXT, MEDIUM, SEMIBOLD, ITALIC, MONO] {
        let mut buffer = Buffer::new(system, Metrics::new(BODY.size, BODY.line));
        buffer.set_text(system, &text, &to_attributes(font), Shaping::Advanced, None);
        buffer.shape_until_scroll(system, false);
    }
}

/// For each family the faces it lacks of medium, semibold and italic, taken from its nearest face.
fn stand_ins(faces: &[FaceInfo]) -> Vec<FaceInfo> {
    use fontdb::{Stretch, Style, Weight};
    // In a fixed order: the one in which the text engine looks for a face that has a character.
    let mut families: BTreeMap<&str, Vec<&FaceInfo>> = BTreeMap::new();
    for face in faces.iter().filter(|face| face.stretch == Stretch::Normal) {
        if let Some((name, _)) = face.families.first() {
            families.entry(name).or_default().push(face);
        }
    }
    let mut made = Vec::new();
    for family in families.values() {
        let has: HashSet<_> = family.iter().map(|face| (face.weight, face.style)).collect();
        let find = |weights: &[Weight]| {
            weights.iter().find_map(|weight| {
                family.iter().find(|face| face.weight == *weight && face.style == Style::Normal)
            })
        };
        for (weight, style, sources) in [
            (Weight::MEDIUM, Style::Normal, &[Weight::NORMAL][..]),
            (Weight::SEMIBOLD, Style::Normal, &[Weight::BOLD, Weight::MEDIUM, Weight::NORMAL]),
            (Weight::NORMAL, Style::Italic, &[Weight::NORMAL]),
        ] {
            if !has.contains(&(weight, style))
                && let Some(source) = find(sources)
            {
                made.push(FaceInfo { weight, style, ..FaceInfo::clone(source) });
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine without any font: nothing may panic, whatever is written in whichever style.
    #[test]
    fn embedded_fonts_are_enough() {
        let mut db = fontdb::Database::new();
        FILES.iter().for_each(|file| db.load_font_data(file.to_vec()));
        let mut system = FontSystem::new_with_locale_and_db("en-US".into(), db);
        for font in [TEXT, MEDIUM, SEMIBOLD, ITALIC, MONO, EMOJI] {
            for shaping in [Shaping::Basic, Shaping::Advanced] {
                let mut buffer = Buffer::new(&mut system, Metrics::new(14.0, 20.0));
                let text = "plain, 你好 😀 مرحبا עברית \u{FFFF}\n\t1️⃣";
                buffer.set_text(&mut system, text, &to_attributes(font), shaping, None);
                buffer.shape_until_scroll(&mut system, false);
                assert!(buffer.layout_runs().count() >= 2);
            }
        }
    }

    #[test]
    fn embedded_fonts_have_the_names_and_weights_asked_for() {
        let mut db = fontdb::Database::new();
        FILES.iter().for_each(|file| db.load_font_data(file.to_vec()));
        let found: Vec<_> =
            db.faces().map(|face| (face.families[0].0.clone(), face.weight.0, face.style)).collect();
        for (name, weight, style) in [
            ("Inter", 400, fontdb::Style::Normal),
            ("Inter", 500, fontdb::Style::Normal),
            ("Inter", 600, fontdb::Style::Normal),
            ("Inter", 400, fontdb::Style::Italic),
            ("JetBrains Mono", 400, fontdb::Style::Normal),
        ] {
            assert!(
                found.contains(&(name.to_owned(), weight, style)),
                "{name} {weight} {style:?}: {found:?}"
            );
        }
        assert!(FILES.iter().map(|file| file.len()).sum::<usize>() < 2_500_000);
    }

    /// In every style, each Chinese character is as wide as it is high from the first time on.
    #[test]
    fn no_chinese_character_is_drawn_over_another() {
        prepare();
        let mut system = font_system().write().expect("the font system");
        let system = system.raw();
        for font in [TEXT, MEDIUM, SEMIBOLD, ITALIC, MONO] {
            for part in 0x80..0x82_u32 {
                let text: String = (part << 8..(part + 1) << 8).filter_map(char::from_u32).collect();
                let mut buffer = Buffer::new(system, Metrics::new(BODY.size, BODY.line));
                buffer.set_text(system, &text, &to_attributes(font), Shaping::Advanced, None);
                buffer.shape_until_scroll(system, false);
                for glyph in buffer.layout_runs().flat_map(|run| run.glyphs) {
                    let character = &text[glyph.start..glyph.end];
                    assert!(glyph.w > BODY.size * 0.9, "{character} {font:?}: {}", glyph.w);
                }
            }
        }
    }

    /// What the text engine falls back to must not change from one start to the next.
    #[test]
    fn stand_ins_come_in_a_fixed_order() {
        let mut db = fontdb::Database::new();
        db.load_font_data(FILES[0].to_vec());
        let face = db.faces().next().expect("a face").clone();
        let families = ["G", "C", "A", "H", "E", "B", "D", "F"].map(|name| FaceInfo {
            families: vec![(name.to_owned(), fontdb::Language::English_UnitedStates)],
            ..face.clone()
        });
        let mut names: Vec<_> =
            stand_ins(&families).into_iter().map(|face| face.families[0].0.clone()).collect();
        names.dedup();
        assert_eq!(names.concat(), "ABCDEFGH");
    }

    #[test]
    fn a_family_with_two_weights_gets_the_others() {
        let mut db = fontdb::Database::new();
        db.load_font_data(FILES[0].to_vec());
        let regular = db.faces().next().expect("a face").clone();
        let bold = FaceInfo { weight: fontdb::Weight::BOLD, ..regular.clone() };
        let mut made: Vec<_> = stand_ins(&[regular.clone(), bold.clone()])
            .into_iter()
            .map(|face| (face.weight.0, face.style))
            .collect();
        made.sort_by_key(|(weight, _)| *weight);
        assert_eq!(
            made,
            [(400, fontdb::Style::Italic), (500, fontdb::Style::Normal), (600, fontdb::Style::Normal)]
        );
        let whole = stand_ins(&[regular, bold]);
        let again: Vec<_> = whole.iter().cloned().chain(db.faces().cloned()).collect();
        assert!(stand_ins(&again).is_empty(), "nothing is made twice");
    }
}
