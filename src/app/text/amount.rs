//! Sizes of files in words.

use crate::fl;

const KB: u64 = 1000;
const MB: u64 = 1000 * KB;
const GB: u64 = 1000 * MB;

/// `12.4 MB`: three digits at most, as people read them.
pub fn bytes(count: u64) -> String {
    let text = |unit: u64| {
        let tenths = count.saturating_mul(10) / unit;
        if tenths >= 100 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    match count {
        ..KB => fl!("bytes-b", count = count),
        KB..MB => fl!("bytes-kb", count = text(KB)),
        MB..GB => fl!("bytes-mb", count = text(MB)),
        _ => fl!("bytes-gb", count = text(GB)),
    }
}

/// `2 min`: how long something will take.
pub fn left(seconds: u64) -> String {
    match seconds {
        ..60 => fl!("left-seconds", count = seconds.max(1)),
        60..3600 => fl!("left-minutes", count = seconds.div_ceil(60)),
        _ => fl!("left-hours", count = seconds.div_ceil(3600)),
    }
}

/// `0:42`: how long a film lasts.
pub fn length(seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    match minutes {
        ..60 => format!("{minutes}:{seconds:02}"),
        _ => format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_few_digits() {
        let plain = |count| bytes(count).replace(['\u{2068}', '\u{2069}'], "");
        let found = [0, 999, 1000, 12_399, 999_999, 12_400_000, 5_000_000_000].map(plain);
        assert_eq!(found, ["0 B", "999 B", "1.0 KB", "12 KB", "999 KB", "12 MB", "5.0 GB"]);
        assert_eq!([length(42), length(3600), length(61)], ["0:42", "1:00:00", "1:01"]);
    }
}
