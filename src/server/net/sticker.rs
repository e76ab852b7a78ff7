//! Pictures of stickers: `/stickers/{sha256}`, for whoever shows a ticket (`file.ticket`).
//!
//! An address leads to the same bytes for ever, so whoever has fetched one keeps it; but only for themselves, as not
//! everybody may.

use hyper::StatusCode;
use hyper::header::{self, HeaderMap, HeaderValue};

use super::body::{Body, Page, bare};
use super::tus::{bearer, refusal};
use crate::service::file::{Files, Refusal};
use crate::sticker::Stickers;

/// Answers a request for the picture with this hash.
pub(super) async fn serve(
    files: &Files,
    stickers: &Stickers,
    headers: &HeaderMap,
    sha256: &str,
    is_head: bool,
) -> Page {
    let ticket = bearer(headers).unwrap_or_default();
    if let Err(refused) = files.check_ticket(ticket).await {
        return refusal(refused);
    }
    let Some(picture) = stickers.picture(sha256) else { return refusal(Refusal::Unknown) };
    let mut page = bare(StatusCode::OK);
    let head = page.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.media_type));
    head.insert(header::CONTENT_LENGTH, HeaderValue::from(picture.bytes.len()));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    if !is_head {
        *page.body_mut() = Body::Text(Some(picture.bytes.clone()));
    }
    page
}
