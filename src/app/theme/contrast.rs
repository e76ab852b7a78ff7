//! Proof that everything that is drawn can be read.

use iced::Color;

use super::tokens::{DARK, HIGH_CONTRAST, LIGHT, person_index};

fn luminance(c: Color) -> f32 {
    let f = |v: f32| if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
    0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b)
}

fn contrast(a: Color, b: Color) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Every pair that is drawn, in every theme: text at least 4.5, marks at least 3.
#[test]
fn contrast_of_all_pairs() {
    let mut failures = vec![];
    for (name, p) in [("light", LIGHT), ("dark", DARK), ("high contrast", HIGH_CONTRAST)] {
        let grounds = [
            ("rail", p.rail),
            ("list", p.list),
            ("bg", p.bg),
            ("surface", p.surface),
            ("hover", p.hover),
            ("selected", p.selected),
            ("inset", p.inset),
            ("bubble_own", p.bubble_own),
            ("bubble_other", p.bubble_other),
        ];
        let mut check = |what: String, a: Color, b: Color, least: f32| {
            let c = contrast(a, b);
            if c < least {
                failures.push(format!("{name}: {what} {c:.2} < {least}"));
            }
        };
        for (ground, color) in grounds {
            check(format!("text_1 on {ground}"), p.text_1, color, 4.5);
            check(format!("text_2 on {ground}"), p.text_2, color, 4.5);
            check(format!("text_3 on {ground}"), p.text_3, color, 4.5);
            check(format!("link on {ground}"), p.link, color, 4.5);
            check(format!("focus on {ground}"), p.focus, color, 3.0);
        }
        for (ground, color) in [("list", p.list), ("bg", p.bg), ("hover", p.hover), ("surface", p.surface)] {
            check(format!("danger on {ground}"), p.danger, color, 4.5);
            check(format!("badge on {ground}"), p.badge, color, 3.0);
            check(format!("badge_muted on {ground}"), p.badge_muted, color, 2.5);
            for (dot, c) in [("online", p.online), ("away", p.away), ("busy", p.busy), ("offline", p.offline)]
            {
                check(format!("{dot} on {ground}"), c, color, 3.0);
            }
            check(format!("control_border on {ground}"), p.control_border, color, 3.0);
            check(format!("scrollbar on {ground}"), p.scrollbar, color, 3.0);
        }
        for (pair, a, b) in [
            ("on_accent", p.on_accent, p.accent),
            ("on_accent hover", p.on_accent, p.accent_hover),
            ("mention_text", p.mention_text, p.mention_bg),
            ("text_1 on mention", p.text_1, p.mention_bg),
            ("text_3 on mention", p.text_3, p.mention_bg),
            ("link on mention", p.link, p.mention_bg),
            ("text_1 on highlight", p.text_1, p.highlight),
            ("text_1 on selection", p.text_1, p.selection),
            ("hit", p.hit_text, p.hit_bg),
            ("danger on its ground", p.danger, p.danger_bg),
            ("on_danger", p.on_danger, p.danger_fill),
            ("success", p.success, p.success_bg),
            ("success on bg", p.success, p.bg),
            ("warning", p.warning, p.warning_bg),
            ("on_badge", p.on_badge, p.badge),
            ("on_badge muted", p.on_badge, p.badge_muted),
            ("tooltip", p.on_tooltip, p.tooltip),
            ("tooltip action", p.tooltip_action, p.tooltip),
        ] {
            check(pair.into(), a, b, 4.5);
        }
        for (ground, color) in [("bg", p.bg), ("own", p.bubble_own), ("other", p.bubble_other)] {
            check(format!("wave on {ground}"), p.wave, color, 3.0);
        }
        check("mention_bar".into(), p.mention_bar, p.mention_bg, 3.0);
        for i in 0..10 {
            check(format!("avatar {i}"), p.on_avatar, p.avatars[i], 4.5);
            for (ground, color) in [("bg", p.bg), ("other", p.bubble_other), ("inset", p.inset)] {
                check(format!("name {i} on {ground}"), p.names[i], color, 4.5);
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_person_keeps_the_colour() {
    assert_eq!(person_index("anna"), person_index("anna"));
    let used: std::collections::HashSet<_> = (0..200).map(|i| person_index(&format!("u{i}"))).collect();
    assert_eq!(used.len(), 10, "all ten colours are reachable");
}
