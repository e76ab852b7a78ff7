//! Names of hosts in other scripts than Latin: how they are asked for (`xn--…`, RFC 3492), and how they are shown.
//!
//! Only what is needed of IDNA: capitals are made small and the Chinese full stop is a dot. What more there is to be made
//! equal (compatibility forms) gives a name that nobody has, so such an address is not reached rather than taken for another.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;
/// What an encoded label begins with.
const PREFIX: &str = "xn--";

/// The name as it is asked for; none when it cannot be one. A name in ASCII is given back as it is.
pub fn to_ascii(host: &str) -> Option<String> {
    if host.is_ascii() {
        return Some(host.to_owned());
    }
    let host = host.to_lowercase().replace(['。', '．', '｡'], ".");
    let label = |label: &str| {
        if label.is_ascii() {
            return Some(label.to_owned());
        }
        let is_letter =
            |c: char| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && c.is_alphanumeric());
        // Marks belong to letters before them (Devanagari, Thai); what cannot be seen belongs to nothing.
        let may_be = |c: char| is_letter(c) || (!c.is_ascii() && !c.is_whitespace() && !c.is_control());
        let is_seen = |c: char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        let is_good = label.chars().all(|c| may_be(c) && is_seen(c)) && label.chars().any(is_letter);
        Some(format!("{PREFIX}{}", encode(label).filter(|_| is_good)?))
    };
    host.split('.').map(label).collect::<Option<Vec<_>>>().map(|labels| labels.join("."))
}

/// The name as people read it; what cannot be read stays as it is.
pub fn to_unicode(host: &str) -> String {
    let label = |label: &str| {
        let decoded = label.strip_prefix(PREFIX).and_then(decode);
        // Shown only when it is what would be asked for: no two ways to write one name.
        let same = |decoded: &String| to_ascii(decoded).as_deref() == Some(label);
        decoded.filter(same).unwrap_or_else(|| label.to_owned())
    };
    host.split('.').map(label).collect::<Vec<_>>().join(".")
}

fn adapt(delta: u32, points: u32, is_first: bool) -> Option<u32> {
    let mut delta = delta.checked_div(if is_first { DAMP } else { 2 })?;
    delta = delta.checked_add(delta.checked_div(points)?)?;
    let mut k = 0u32;
    while delta > BASE.saturating_sub(T_MIN).saturating_mul(T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k = k.checked_add(BASE)?;
    }
    k.checked_add((BASE - T_MIN + 1).checked_mul(delta)?.checked_div(delta.checked_add(SKEW)?)?)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

fn encode(label: &str) -> Option<String> {
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let total = u32::try_from(label.chars().count()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (INITIAL_N, 0u32, INITIAL_BIAS, basic);
    while done < total {
        let next = label.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = delta.checked_add(next.checked_sub(n)?.checked_mul(done.checked_add(1)?)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c == n {
                let (mut q, mut k) = (delta, BASE);
                loop {
                    let t = threshold(k, bias);
                    if q < t {
                        break;
                    }
                    let over = q.checked_sub(t)?;
                    let room = BASE.checked_sub(t)?;
                    out.push(digit(t.checked_add(over.checked_rem(room)?)?)?);
                    q = over.checked_div(room)?;
                    k = k.checked_add(BASE)?;
                }
                out.push(digit(q)?);
                bias = adapt(delta, done.checked_add(1)?, done == basic)?;
                delta = 0;
                done = done.checked_add(1)?;
            }
        }
        delta = delta.checked_add(1)?;
        n = n.checked_add(1)?;
    }
    Some(out)
}

fn decode(label: &str) -> Option<String> {
    let (basic, rest) = label.rsplit_once('-').unwrap_or(("", label));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    let mut digits = rest.chars();
    while !digits.as_str().is_empty() {
        let (before, mut weight, mut k) = (i, 1u32, BASE);
        loop {
            let digit = value(digits.next()?)?;
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let t = threshold(k, bias);
            if digit < t {
                break;
            }
            weight = weight.checked_mul(BASE.checked_sub(t)?)?;
            k = k.checked_add(BASE)?;
        }
        let points = u32::try_from(out.len()).ok()?.checked_add(1)?;
        bias = adapt(i.checked_sub(before)?, points, before == 0)?;
        n = n.checked_add(i.checked_div(points)?)?;
        i = i.checked_rem(points)?;
        out.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i = i.checked_add(1)?;
    }
    Some(out.into_iter().collect())
}

/// `a` to `z` for 0 to 25, `0` to `9` for 26 to 35.
fn digit(value: u32) -> Option<char> {
    let value = u8::try_from(value).ok()?;
    match value {
        0..=25 => Some(char::from(b'a'.checked_add(value)?)),
        26..=35 => Some(char::from(b'0'.checked_add(value.checked_sub(26)?)?)),
        _ => None,
    }
}

/// And back.
fn value(digit: char) -> Option<u32> {
    match digit {
        'a'..='z' => u32::from(digit).checked_sub(u32::from('a')),
        '0'..='9' => u32::from(digit).checked_sub(u32::from('0'))?.checked_add(26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_both_ways() {
        for (shown, asked) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
            ("例子.测试", "xn--fsqu00a.xn--0zwm56d"),
            ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
            ("उदाहरण.परीक्षा", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g"),
            ("münchen.example.org", "xn--mnchen-3ya.example.org"),
            ("plain.example", "plain.example"),
        ] {
            assert_eq!(to_ascii(shown).as_deref(), Some(asked), "{shown}");
            assert_eq!(to_unicode(asked), shown, "{asked}");
        }
        assert_eq!(to_ascii("Bücher。EXAMPLE").as_deref(), Some("xn--bcher-kva.example"));
    }

    #[test]
    fn what_is_no_name_is_none_and_hurts_nobody() {
        for bad in ["a b\u{e4}.example", "\u{200b}\u{e4}.example", "é/x", "\u{301}", "\u{202e}ä"] {
            assert_eq!(to_ascii(bad), None, "{bad:?}");
        }
        for odd in ["xn--", "xn--99999999999", "xn--a", "xn--bcher-KVA", "xn--\u{e4}", "xn--ascii-"] {
            assert_eq!(to_unicode(odd), odd);
        }
        // Any bytes at all.
        let mut seed = 7u32;
        for _ in 0..20_000 {
            let label: String = (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    char::from(b"abcxyz0189-."[(seed >> 16) as usize % 12])
                })
                .collect();
            to_unicode(&format!("xn--{label}"));
        }
    }
}
