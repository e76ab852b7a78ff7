//! Any text as Markdown: all ranges are on characters of the text, in order, and nothing is invented or lost.
//! Deterministic; `HALLWAY_FUZZ=1000000` sets how many (fewer by default), `HALLWAY_FUZZ_SEED` another start.

use super::Document;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[test]
fn any_text_is_read() {
    let alphabet = [
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "[",
        "](",
        ")",
        "https://a.b/",
        "\n",
        " ",
        "> ",
        "- ",
        "1. ",
        "|",
        "|-|",
        "#",
        "\\",
        "词",
        "👍",
        "x",
        "\r\n",
        "\t",
        "- [ ] ",
        "<b>",
        "\u{202e}",
        "\0",
    ];
    let mut state = setting("HALLWAY_FUZZ_SEED", 0x2545_f491).max(1);
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % most
    };
    for _ in 0..setting("HALLWAY_FUZZ", 20_000) {
        let mut source = String::new();
        for _ in 0..below(24) {
            let often = if below(200) == 0 { below(300) } else { 1 };
            source.push_str(&alphabet[below(alphabet.len())].repeat(often));
        }
        let document = Document::parse(&source);
        let text = document.text();
        let mut last = 0;
        for block in document.blocks() {
            assert!(block.range.start >= last && text.get(block.range.clone()).is_some(), "{source:?}");
            last = block.range.end;
            for span in &block.spans {
                let inside = span.range.start >= block.range.start && span.range.end <= block.range.end;
                assert!(inside && text.get(span.range.clone()).is_some_and(|s| !s.is_empty()), "{source:?}");
            }
        }
        for word in ["词", "👍"] {
            let link_free = !source.contains("[") && !source.contains("```");
            assert!(!link_free || text.matches(word).count() == source.matches(word).count(), "{source:?}");
        }
    }
}
