//! What the head of a page says: title, description, name of the site, picture.
//!
//! Not a parser of HTML: it goes from tag to tag, reads `<title>` and the attributes of `<meta>`, skips remarks, scripts and
//! styles, and ends at the body. One pass, no recursion, no memory but for the few words that are kept. What it
//! takes for a tag that is none costs a preview and nothing else.

use hallway_protocol::text::{is_joiner, is_unseen};

/// Longest name of a site, in characters.
pub(super) const SITE: usize = 100;
/// Longest title.
pub(super) const TITLE: usize = 300;
/// Longest description.
pub(super) const DESCRIPTION: usize = 600;
/// Longest address of a picture, in bytes.
const ADDRESS: usize = 2048;

/// What a page says about itself. Foreign words without control characters, in one line each, cut to length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Of the page.
    pub title: String,
    /// Of the page.
    pub description: String,
    /// Of the site.
    pub site_name: String,
    /// Address of the picture as it stands in the page.
    pub image: Option<String>,
}

/// Reads a page; none for one that says nothing about itself.
pub fn read(page: &str) -> Option<Words> {
    let (mut words, mut plain) = (Words::default(), Words::default());
    let mut rest = page;
    while let Some((_, tail)) = rest.split_once('<') {
        if let Some(remark) = tail.strip_prefix("!--") {
            rest = remark.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name: String = tail.chars().take(10).take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() {
            rest = tail;
            continue;
        }
        let (attributes, after) = attributes(tail.get(name.len()..).unwrap_or_default());
        rest = after;
        match name.as_str() {
            "body" => break,
            "script" | "style" | "noscript" | "template" | "svg" => rest = skip(after, &name),
            "title" if plain.title.is_empty() => {
                let text = after.split('<').next().unwrap_or_default();
                plain.title = clean(text, TITLE);
            }
            "meta" => meta(&attributes, &mut words, &mut plain),
            _ => {}
        }
    }
    let or = |own: String, other: String| if own.is_empty() { other } else { own };
    let words = Words {
        title: or(words.title, plain.title),
        description: or(words.description, plain.description),
        site_name: or(words.site_name, plain.site_name),
        image: words.image.or(plain.image),
    };
    (!words.title.is_empty() || !words.description.is_empty()).then_some(words)
}

/// What is made for previews goes before what is made for search engines.
fn meta(attributes: &[(String, String)], words: &mut Words, plain: &mut Words) {
    let of = |name: &str| attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let (Some(name), Some(content)) = (of("property").or_else(|| of("name")), of("content")) else { return };
    let first = |place: &mut String, most: usize| {
        if place.is_empty() {
            *place = clean(content, most);
        }
    };
    let image = |place: &mut Option<String>| {
        let address = entities(content);
        let address = address.trim();
        if place.is_none() && !address.is_empty() && address.len() <= ADDRESS {
            *place = Some(address.to_owned());
        }
    };
    match name.to_ascii_lowercase().as_str() {
        "og:title" => first(&mut words.title, TITLE),
        "og:description" => first(&mut words.description, DESCRIPTION),
        "og:site_name" => first(&mut words.site_name, SITE),
        "og:image" | "og:image:url" | "og:image:secure_url" => image(&mut words.image),
        "twitter:title" => first(&mut plain.title, TITLE),
        "description" | "twitter:description" => first(&mut plain.description, DESCRIPTION),
        "application-name" => first(&mut plain.site_name, SITE),
        "twitter:image" => image(&mut plain.image),
        _ => {}
    }
}

/// The attributes of a tag, and what comes after it.
fn attributes(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return (found, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'));
        // A sign of equality without a name: taken for the name, so that it goes on.
        let end = end.filter(|end| *end > 0).unwrap_or(if rest.starts_with('=') { 1 } else { rest.len() });
        let (name, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let mut value = "";
        rest = tail.trim_start_matches(|c: char| c.is_ascii_whitespace());
        if let Some(given) = rest.strip_prefix('=') {
            let given = given.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let quote = given.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => {
                    let inside = given.get(1..).unwrap_or_default();
                    inside.split_once(quote).unwrap_or((inside, ""))
                }
                None => {
                    let end =
                        given.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(given.len());
                    given.split_at_checked(end).unwrap_or((given, ""))
                }
            };
        }
        // No tag that matters here has more.
        if found.len() < 20 {
            found.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
}

/// What comes after the end of an element whose content is no page.
fn skip<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once("</") {
        if tail.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return tail.split_once('>').map_or("", |(_, after)| after);
        }
        rest = tail;
    }
    ""
}

/// Without entities, control characters and what turns the direction of writing; white space is one space.
fn clean(text: &str, most: usize) -> String {
    let mut cleaned = String::new();
    let mut length = 0usize;
    // Longer than anything that is kept, whatever it is made of.
    let text =
        text.char_indices().nth(most.saturating_mul(8)).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    for letter in entities(text).chars() {
        let is_space = letter.is_whitespace();
        let is_hidden = letter.is_control() || (is_unseen(letter) && !is_joiner(letter));
        if (is_hidden && !is_space) || (is_space && (cleaned.is_empty() || cleaned.ends_with(' '))) {
            continue;
        }
        if length == most {
            cleaned.push('…');
            break;
        }
        cleaned.push(if is_space { ' ' } else { letter });
        length = length.saturating_add(1);
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

/// The characters that entities stand for; unknown ones stay as they are.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('&') {
        out.push_str(before);
        let named = tail.get(..12.min(tail.len())).or_else(|| tail.get(..tail.floor_char_boundary(12)));
        let known =
            named.and_then(|start| start.split_once(';')).and_then(|(name, _)| Some((name, entity(name)?)));
        match known {
            Some((name, letter)) => {
                out.push(letter);
                rest = tail.get(name.len().saturating_add(1)..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "middot" => '·',
        "bull" => '•',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) const PAGE: &str = r#"<!DOCTYPE html><html><head><!-- <title>no</title> --><script>"<title>no</title>"</script>
        <TITLE>The   title &amp; more
        of it</TITLE><meta charset=utf-8><meta name=description content='What it&#39;s about'>
        <meta property="og:site_name" content="Site &lt;b&gt;"><meta content="/a.png?x=1&amp;y=2" property='og:image' />
        </head><body><meta property="og:title" content="no"></body>"#;

    #[test]
    fn a_page_says_what_it_is() {
        let words = read(PAGE).unwrap();
        assert_eq!(words.title, "The title & more of it");
        assert_eq!(words.description, "What it's about");
        assert_eq!(words.site_name, "Site <b>");
        assert_eq!(words.image.as_deref(), Some("/a.png?x=1&y=2"));
        let both = "<title>plain</title><meta property=og:title content=made>";
        assert_eq!(read(both).unwrap().title, "made");
        for nothing in
            ["", "<", "<html>", "<title>", "<title> </title>", "no page", "<meta name=description>"]
        {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn words_are_cut_and_cleaned() {
        let title = |text: &str| read(&format!("<title>{text}</title>")).unwrap().title;
        assert_eq!(title(&"公".repeat(301)).chars().count(), 301);
        assert!(title(&"公".repeat(5000)).ends_with("公…"));
        assert_eq!(title("a\u{202e}b\0c&#x202e;&#0;d"), "abcd");
        assert_eq!(title("&amp &nosuch; &#xffffffff; &;公"), "&amp &nosuch; &#xffffffff; &;公");
    }
}
