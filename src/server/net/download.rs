//! Links to files: GET and HEAD with one range, so that a broken transfer goes on where it stopped.
//!
//! What people send is foreign: it is never run. Pictures, sounds and films are shown; everything else is saved, and
//! nothing of it may load or script anything even where a browser shows it.

use std::sync::Arc;

use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, StatusCode};

use super::body::{Body, Page, bare};
use super::tus::refusal;
use crate::blob::media;
use crate::service::file::{Files, Opened};

/// What a page made of a file may do: nothing.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Answers a request for what `link` leads to.
pub(super) async fn serve(files: &Files, method: &Method, headers: &HeaderMap, link: &str) -> Page {
    match files.open_link(link).await {
        Ok(opened) => answer(&opened, *method == Method::HEAD, headers),
        Err(refused) => refusal(refused),
    }
}

fn answer(opened: &Opened, is_head: bool, headers: &HeaderMap) -> Page {
    let size = opened.reader.size();
    let tag = format!("\"{}\"", opened.sha256);
    let is_same = |value: &HeaderValue| value.as_bytes() == tag.as_bytes();
    if headers.get(header::IF_NONE_MATCH).is_some_and(is_same) {
        return with(bare(StatusCode::NOT_MODIFIED), header::ETAG, &tag);
    }
    // A range of another content is of no use: then all of it.
    let is_wanted = headers.get(header::IF_RANGE).is_none_or(is_same);
    let range = headers.get(header::RANGE).filter(|_| is_wanted).and_then(|range| range.to_str().ok());
    let (status, from, end) = match range.map_or(Range::All, |range| read_range(range, size)) {
        Range::All => (StatusCode::OK, 0, size),
        Range::Part { from, end } => (StatusCode::PARTIAL_CONTENT, from, end),
        Range::Outside => {
            let page = with(bare(StatusCode::RANGE_NOT_SATISFIABLE), header::ETAG, &tag);
            return with(page, header::CONTENT_RANGE, &format!("bytes */{size}"));
        }
    };
    let mut page = bare(status);
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{size}", end.saturating_sub(1));
        page = with(page, header::CONTENT_RANGE, &range);
    }
    for (name, value) in [
        (header::ETAG, tag.as_str()),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_TYPE, &opened.media_type),
        (header::CONTENT_LENGTH, &end.saturating_sub(from).to_string()),
        (header::CONTENT_DISPOSITION, &disposition(&opened.media_type, &opened.name)),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        page = with(page, name, value);
    }
    if !is_head {
        *page.body_mut() = Body::file(Arc::clone(&opened.reader), from, end);
    }
    page
}

fn with(mut page: Page, name: header::HeaderName, value: &str) -> Page {
    // Names of files are percent-encoded, everything else is our own.
    if let Ok(value) = HeaderValue::from_str(value) {
        page.headers_mut().insert(name, value);
    }
    page
}

#[derive(Debug, PartialEq, Eq)]
enum Range {
    All,
    /// Up to and without `end`.
    Part {
        from: u64,
        end: u64,
    },
    Outside,
}

/// One range of bytes. Several, other units and nonsense are not looked at, as RFC 9110 allows.
fn read_range(text: &str, size: u64) -> Range {
    let number = |text: &str| {
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // Larger than any file there is.
        is_one.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
    else {
        return Range::All;
    };
    match (number(first), number(last)) {
        (Some(from), _)
            if from >= size && (last.is_empty() || number(last).is_some_and(|last| last >= from)) =>
        {
            Range::Outside
        }
        (Some(from), None) if last.is_empty() => Range::Part { from, end: size },
        (Some(from), Some(last)) if last >= from => {
            Range::Part { from, end: last.saturating_add(1).min(size) }
        }
        (None, Some(0)) if first.is_empty() => Range::Outside,
        (None, Some(_)) if first.is_empty() && size == 0 => Range::Outside,
        (None, Some(count)) if first.is_empty() => {
            Range::Part { from: size.saturating_sub(count), end: size }
        }
        _ => Range::All,
    }
}

/// RFC 6266 with the name in UTF-8 (RFC 8187).
fn disposition(media_type: &str, name: &str) -> String {
    let kind = if media::is_shown(media_type) { "inline" } else { "attachment" };
    let mut out = format!("{kind}; filename*=UTF-8''");
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                out.push_str(&crate::auth::hex(&[byte]).to_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_at_their_ends_and_past_them() {
        let part = |from, end| Range::Part { from, end };
        for (text, expected) in [
            ("bytes=0-", part(0, 10)),
            ("bytes=0-0", part(0, 1)),
            ("bytes=9-", part(9, 10)),
            ("bytes=9-9", part(9, 10)),
            ("bytes=3-99", part(3, 10)),
            ("bytes=-1", part(9, 10)),
            ("bytes=-99", part(0, 10)),
            ("bytes=10-", Range::Outside),
            ("bytes=10-20", Range::Outside),
            ("bytes=99999999999999999999-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=5-4", Range::All),
            ("bytes=20-10", Range::All),
            ("bytes=-", Range::All),
            ("bytes=a-b", Range::All),
            ("bytes=+1-2", Range::All),
            ("bytes=0-1,3-4", Range::All),
            ("lines=0-1", Range::All),
            ("", Range::All),
        ] {
            assert_eq!(read_range(text, 10), expected, "{text}");
        }
        assert_eq!(read_range("bytes=-5", 0), Range::Outside);
        assert_eq!(read_range("bytes=0-", 0), Range::Outside);
    }

    #[test]
    fn names_cannot_leave_their_header() {
        assert_eq!(disposition("image/png", "a b.png"), "inline; filename*=UTF-8''a%20b.png");
        let hostile = disposition("application/octet-stream", "x\"; \r\nSet-Cookie: a=b\u{202e}");
        assert!(
            hostile
                .starts_with("attachment; filename*=UTF-8''x%22%3B%20%0D%0ASet-Cookie%3A%20a%3Db%E2%80%AE")
        );
    }
}
