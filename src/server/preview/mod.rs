//! What a page says about itself, for the preview of a link (`service::link_preview` says when and for whom).
//!
//! The server fetches the page, remembers it for an hour, and the picture it names; both are hostile. [`html`] reads the head
//! of the page, [`picture`] the head of the picture, neither decodes anything. Nothing of the page but a few words and one
//! picture in a known format gets any further.

#[cfg(test)]
mod fuzz;
pub mod html;
pub mod picture;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::Method;
use hyper::header::{self, HeaderName, HeaderValue};

use crate::outbound::host::to_unicode;
use crate::outbound::{Ask, By, Outbound, OutboundError, Url};

/// For the page and the picture, each with its redirects.
const WITHIN: Duration = Duration::from_secs(5);
/// Bytes of a page that are looked at: heads are at the beginning.
const PAGE: usize = 512 * 1024;
/// Bytes of a picture; larger ones are not shown.
const PICTURE: usize = 1024 * 1024;
/// How long a page is not fetched again.
const FRESH: Duration = Duration::from_secs(3600);
/// Pages that are remembered, and bytes of their pictures.
const REMEMBERED: usize = 256;
const REMEMBERED_BYTES: usize = 8 * 1024 * 1024;

/// A page as it is previewed.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What it says.
    pub words: html::Words,
    /// Its picture, and what that is.
    pub picture: Option<(Bytes, picture::Header)>,
}

/// Fetches previews, and remembers them for a while.
pub struct Previews {
    outbound: Outbound,
    remembered: Mutex<HashMap<String, (Instant, Option<Page>)>>,
}

impl Previews {
    /// Fetches by `outbound`.
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, remembered: Mutex::default() }
    }

    /// The preview of a link; none for a page that has none, that nobody may fetch, or that cannot be reached.
    pub async fn of(&self, link: &str) -> Option<Page> {
        if let Some(known) = self.known(link) {
            return known;
        }
        let page = match self.fetch(link).await {
            Ok(page) => page,
            Err(error) => {
                // Where people link to is theirs: only why it failed is said.
                tracing::debug!(%error, "a link has no preview");
                None
            }
        };
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.retain(|_, (at, _)| at.elapsed() < FRESH);
        let bytes: usize = remembered.values().map(|(_, page)| picture_bytes(page)).sum();
        if remembered.len() >= REMEMBERED || bytes.saturating_add(picture_bytes(&page)) > REMEMBERED_BYTES {
            remembered.clear();
        }
        remembered.insert(link.to_owned(), (Instant::now(), page.clone()));
        page
    }

    fn known(&self, link: &str) -> Option<Option<Page>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.get(link).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, page)| page.clone())
    }

    async fn fetch(&self, link: &str) -> Result<Option<Page>, OutboundError> {
        let ask = |url, most, cuts, media, accept| Ask {
            method: Method::GET,
            url,
            by: By::Person,
            headers: accepts(accept),
            body: Bytes::new(),
            most,
            cuts,
            media,
            within: WITHIN,
        };
        let html: &[&str] = &["text/html", "application/xhtml+xml"];
        let page = self.outbound.ask(ask(Url::parse(link)?, PAGE, true, html, "text/html")).await?;
        if !page.status.is_success() {
            return Ok(None);
        }
        let Some(mut words) = html::read(&String::from_utf8_lossy(&page.body)) else { return Ok(None) };
        if words.site_name.is_empty() {
            words.site_name = to_unicode(page.url.host().trim_start_matches("www."));
        }
        let mut picture = None;
        if let Some(url) = words.image.as_deref().and_then(|image| page.url.join(image).ok()) {
            // A page without its picture is still a page.
            let accept = "image/png, image/jpeg, image/webp, image/gif";
            if let Ok(reply) = self.outbound.ask(ask(url, PICTURE, false, &["image/"], accept)).await
                && reply.status.is_success()
            {
                // A copy: what it was read into has room for more.
                picture =
                    picture::header(&reply.body).map(|header| (Bytes::copy_from_slice(&reply.body), header));
            }
        }
        Ok(Some(Page { words, picture }))
    }
}

fn picture_bytes(page: &Option<Page>) -> usize {
    page.as_ref().and_then(|page| page.picture.as_ref()).map_or(0, |(bytes, _)| bytes.len())
}

fn accepts(media: &'static str) -> Vec<(HeaderName, HeaderValue)> {
    vec![
        (header::ACCEPT, HeaderValue::from_static(media)),
        (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
    ]
}
