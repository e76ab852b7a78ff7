//! Draws what people write with marks, and the kinds of messages that are neither words nor files, to be looked at:
//! `target/shots/kinds-*.png`.

use std::path::PathBuf;

use hallway_app::i18n::{self, Language};
use hallway_app::screen::chats::sample;
use hallway_app::screen::chats::stage::{Drive, Screen, Stage, World};
use hallway_app::theme::Appearance;
use hallway_protocol::Message as ChatMessage;

fn shots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("shots")
}

/// At both widths and in both lights.
fn draw(world: impl Fn() -> World, name: &str) {
    for language in [Language::English, Language::Chinese] {
        i18n::select(language);
        for (width, size) in [("1400", (1400.0, 900.0)), ("420", (420.0, 900.0))] {
            let mut screen: Screen = Stage::new(world(), Some("GROUPsales"), size);
            for (light, appearance) in [("light", Appearance::Light), ("dark", Appearance::Dark)] {
                screen.dress(appearance);
                screen.settle();
                let picture = screen.picture(1.0);
                picture.save(shots().join(format!("kinds-{name}-{width}-{light}-{}.png", language.tag())));
                assert!(picture.colors() > 50, "{name} is drawn");
            }
        }
    }
    i18n::select(Language::English);
}

fn room(messages: Vec<ChatMessage>) -> World {
    let mut world = World::new();
    let last = messages.len() as u64;
    world.room("GROUPsales", messages, last);
    world
}

#[test]
fn marks_in_words() {
    let code = "fn main() {\n    let greeting = \"Hello, 世界\";\n    println!(\"{greeting}\");\n}";
    let long: Vec<String> = (1..=30).map(|line| format!("{line:>3}  GET /v4/messages 200")).collect();
    let first = vec![
        sample::text(
            "ben",
            1,
            "The plan for **Monday**:\n- move the *old* server\n  - take the `disks` out\n- [x] tell everybody\n- [ ] switch over\n1. first `systemctl stop hallway`\n2. then ~~pray~~ copy",
        ),
        sample::text(
            "anna",
            2,
            &format!("It is this one:\n```rust\n{code}\n```\nsee [the notes](https://example.org/notes)"),
        ),
        sample::text("cleo", 3, "> Who has the keys?\n> Somebody must.\nI have them. 你好，**重点**在这里。"),
        sample::text(
            "anna",
            4,
            "# Result\n| Server | Users | 备注 |\n|---|---|---|\n| alpha | 120 | **fast** |\n| beta | 4 500 | 很慢 |\nWe keep *alpha*.",
        ),
    ];
    draw(|| room(first.clone()), "marks");
    let second = vec![
        sample::text("ben", 1, &format!("```\n{}\n```", long.join("\n"))),
        sample::text("anna", 2, "> quoted\n> > twice\n---\nafter the line\n```one line of code```"),
    ];
    draw(|| room(second.clone()), "code");
}
