//! What is typed, and what is made of it.

use super::*;

/// The blocks as a drawing: the kind, and the words with the styles of their parts around them.
fn draw(source: &str) -> Vec<String> {
    let document = Document::parse(source);
    let text = document.text();
    let marked = |range: &Range<usize>, spans: &[Span]| {
        let mut out = String::new();
        for (at, c) in text[range.clone()].char_indices().map(|(at, c)| (at + range.start, c)) {
            spans
                .iter()
                .filter(|span| span.range.start == at)
                .for_each(|span| out.push_str(open(&span.style)));
            out.push(c);
            let end = at + c.len_utf8();
            let ends = spans.iter().filter(|span| span.range.end == end);
            ends.for_each(|span| out.push_str(&open(&span.style).replace('<', "</")));
        }
        out
    };
    let line = |block: &Block| {
        let words = marked(&block.range, &block.spans);
        let quote = "> ".repeat(block.quoted);
        match &block.kind {
            Kind::Paragraph => format!("{quote}{words}"),
            Kind::Heading => format!("{quote}# {words}"),
            Kind::Item { depth, marker } => format!("{quote}{}{marker} {words}", "  ".repeat(*depth)),
            Kind::Code { language } => format!("{quote}```{language} {words}"),
            Kind::Rule => format!("{quote}---"),
            Kind::Table(rows) => {
                let row = |row: &Vec<Range<usize>>| {
                    row.iter().map(|cell| marked(cell, &block.spans)).collect::<Vec<_>>().join("|")
                };
                rows.iter().map(row).collect::<Vec<_>>().join("/")
            }
        }
    };
    document.blocks().iter().map(line).collect()
}

fn open(style: &Style) -> &'static str {
    match style {
        Style::Bold => "<b>",
        Style::Italic => "<i>",
        Style::Strike => "<s>",
        Style::Code => "<c>",
        Style::Link(_) => "<a>",
    }
}

fn one(source: &str) -> String {
    let blocks = draw(source);
    assert_eq!(blocks.len(), 1, "{source}: {blocks:?}");
    blocks.into_iter().next().unwrap()
}

#[test]
fn marks_inside_of_lines() {
    for (source, drawn) in [
        ("**bold** and *slanted*", "<b>bold</b> and <i>slanted</i>"),
        ("_slanted_ ~~gone~~", "<i>slanted</i> <s>gone</s>"),
        ("***both***", "<b><i>both</b></i>"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("**a *b***", "<b>a <i>b</i></b>"),
        ("**a *b**", "<b>a *b</b>"),
        ("这是**重点**内容", "这是<b>重点</b>内容"),
        ("`let x = *y*;` is `` `code` ``", "<c>let x = *y*;</c> is <c>`code`</c>"),
        ("[the page](https://a.b/c_(d)) here", "<a>the page</a> here"),
        ("**https://a.b/x_y_z**", "<a><b>https://a.b/x_y_z</a></b>"),
        ("(*x*), \"**y**\"!", "(<i>x</i>), \"<b>y</b>\"!"),
    ] {
        assert_eq!(one(source), drawn);
    }
}

/// What people type as plain words stays as it was typed.
#[test]
fn plain_words_lose_nothing() {
    for source in [
        "2*3*4 = 24",
        "2**10",
        "snake_case_name and __init__.py",
        r"\\server\share\*.dll and C:\_build",
        "takes ~5 min, ~~maybe",
        "*not closed",
        "**not closed",
        "a * b * c",
        "`not closed",
        "[x] done? [see] (below)",
        "[bad](javascript:alert) [](x)",
        ">:( no",
        "#5 is broken",
        "1986.",
        "-5 °C",
        "a | b",
        "<b>no</b> &amp;",
        "line one\nline two\n\n  line three",
    ] {
        let document = Document::parse(source);
        assert_eq!(document.text(), source);
        assert!(document.is_plain(), "{source}");
        assert!(document.blocks()[0].spans.is_empty(), "{source}: {:?}", document.blocks()[0].spans);
    }
    assert_eq!(one(r"\*not slanted\* \`x`"), "*not slanted\\* `x`");
}

#[test]
fn blocks() {
    assert_eq!(
        draw("Hello\n> first\n> second\n> > deep\nmy answer"),
        ["Hello", "> first\nsecond", "> > deep", "my answer"]
    );
    assert_eq!(
        draw("Plan:\n- one\n  goes on\n  - deeper\n- [ ] open\n- [x] done\n3. three\nafter"),
        ["Plan:", "• one\ngoes on", "  • deeper", "☐ open", "☑ done", "3. three", "after"]
    );
    assert_eq!(
        draw("```rust\nfn main() {\n\n    **x**\n}\n```\nand ```one line``` not\n```short```"),
        ["```rust fn main() {\n\n    **x**\n}", "and <c>one line</c> not", "``` short"]
    );
    assert_eq!(draw("```\nnever closed"), ["``` never closed"]);
    assert_eq!(draw("# Title\n\ntext\n\n---\nend"), ["# Title", "text", "---", "end"]);
    assert_eq!(draw("| a | **b** |\n|---|:-:|\n| 1 | 2 | 3 |\n| 4 |\nend"), ["a|<b>b</b>/1|2 | 3/4|", "end"]);
    assert_eq!(draw("a\r\n- b\r\n"), ["a", "• b"]);
    assert!(draw("").is_empty() && draw("\n \n").is_empty());
}

/// The text is what is selected and copied.
#[test]
fn the_text_has_everything_but_the_marks() {
    let document = Document::parse("# **Hi**\n- a\n  1. `b`\n> c\n```\nd\n```\n|e|f|\n|-|-|\n|g|h|");
    assert_eq!(document.text(), "Hi\n• a\n  1. b\nc\nd\ne\tf\ng\th");
}

/// What nobody types by hand is shown as it is, instead of costing seconds.
#[test]
fn hostile_texts_are_plain() {
    let wide = format!("{}|\n{}|\n", "|".repeat(5_000), "|-".repeat(5_000));
    for (head, piece) in [
        ("", "**a**"),
        ("", "*a *b"),
        ("", "["),
        ("", "[]("),
        ("", "`a``"),
        ("", "- a\n"),
        ("", "> "),
        ("", "> a\n- b\n"),
        ("", "_*~"),
        ("", "|a|\n|-|\n"),
        ("", "\\*"),
        ("http://a", ")"),
        ("http://a", "]"),
        (wide.as_str(), "|\n"),
    ] {
        let source = format!("{head}{}", piece.repeat(32 * 1024 / piece.len()));
        let begun = std::time::Instant::now();
        let document = Document::parse(&source);
        // What looks at every character once per character takes minutes here.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{head:.20}{piece}");
        assert!(document.blocks().len() <= MOST && document.blocks().iter().all(|b| b.spans.len() <= MOST));
    }
}
