//! Previews of links: added to a text by the server a moment after it was sent, taken off by its sender.
//!
//! The server fetches, once, when the message is sent, and the preview is a part of the message from then on. So
//! * no program of a reader ever fetches anything from elsewhere, and nobody learns who reads a message, or when;
//! * everybody sees the same, also without a network, and a page that changes later changes nothing;
//! * no sender can make a preview say what the page does not: senders send links, never previews.
//!
//! What the page's owner learns is that somebody of this deployment sent the link. Senders keep that back with
//! `no_link_preview`; deployers decide whether there are previews at all. The picture is kept like a file of the message,
//! so whoever may read the message may fetch it, and it goes when the message goes.

use std::sync::Arc;

use hallway_protocol::message::Payload;
use hallway_protocol::method::{MethodName, RemoveLinkPreview};
use hallway_protocol::service::{LinkPreview, PreviewImage};
use hallway_protocol::sync::Stored;
use hallway_protocol::text::links;
use hallway_protocol::{ChatError, ErrorCode};

use super::amend::amend;
use super::chore::owe;
use super::core::{Caller, Core};
use super::file::Files;
use super::message_change::{changed, unknown_message, visible};
use crate::outbound::Url;
use crate::preview::Previews;
use crate::store::chore::{Chore, Kind};
use crate::store::message::{MessageRow, REVOKED};
use crate::store::{Tx, WriteKey, conversation, file};

/// Longest link that is previewed, in bytes.
const LINK: usize = 2048;

/// Adds previews to messages.
pub struct Previewer {
    core: Arc<Core>,
    files: Files,
    previews: Previews,
}

impl Previewer {
    /// Fetches by `previews`.
    pub fn new(core: Arc<Core>, files: Files, previews: Previews) -> Self {
        Self { core, files, previews }
    }

    /// Adds the preview of a link, if the message is still there and still has the link.
    pub(super) async fn add(&self, chore: &Chore) -> Result<bool, ChatError> {
        let link = chore.detail.clone();
        let Some(page) = self.previews.of(&link).await else { return Ok(true) };
        let image = match page.picture {
            Some((bytes, header)) => {
                let size = bytes.len() as u64;
                let kept = self.files.keep_own(bytes, header.media_type).await;
                let uuid = kept.map_err(|_| ErrorCode::MessageInternalError)?;
                Some(PreviewImage { uuid, width: header.width, height: header.height, size })
            }
            None => None,
        };
        let words = page.words;
        let preview = LinkPreview {
            url: link,
            site_name: words.site_name,
            title: words.title,
            description: words.description,
            image,
        };
        let core = Arc::clone(&self.core);
        amend(&self.core, chore.key, move |tx, row| put(&core, tx, row, preview.clone())).await.map(|_| true)
    }
}

fn put(core: &Core, tx: &mut Tx<'_>, row: &mut MessageRow, preview: LinkPreview) -> Result<bool, ChatError> {
    if row.content.no_link_preview || link_of(&row.content.payload) != Some(preview.url.as_str()) {
        return Ok(false);
    }
    take_off(core, tx, row)?;
    if let Some(image) = &preview.image
        && !file::refer(tx, image.uuid, row.key)?
    {
        return Err(ErrorCode::MessageInternalError.into());
    }
    row.content.link_preview = Some(preview);
    Ok(true)
}

/// Takes the preview off a message. One that has a preview is a text: it has no other file.
fn take_off(core: &Core, tx: &mut Tx<'_>, row: &mut MessageRow) -> Result<(), ChatError> {
    if row.content.link_preview.take().is_some() {
        file::release(tx, row.key, core.clock.now())?;
    }
    Ok(())
}

/// What is owed to a new message.
pub(super) fn owed(core: &Core, payload: &Payload, no_link_preview: bool) -> Option<(Kind, String)> {
    if !core.link_previews || no_link_preview {
        return None;
    }
    link_of(payload).map(|link| (Kind::Preview, link.to_owned()))
}

/// The content of a message has changed: a preview of another link goes, one of the new link is owed.
pub(super) fn after_change(core: &Arc<Core>, tx: &mut Tx<'_>, row: &mut MessageRow) -> Result<(), ChatError> {
    let before = row.content.link_preview.as_ref().map(|preview| preview.url.as_str());
    // Where previews are off, old ones still go with their link.
    if (before.is_none() && !core.link_previews) || link_of(&row.content.payload) == before {
        return Ok(());
    }
    take_off(core, tx, row)?;
    let owed = owed(core, &row.content.payload, row.content.no_link_preview);
    owe(core, tx, row.key, owed.as_slice())
}

/// The first link of a text.
fn link_of(payload: &Payload) -> Option<&str> {
    match payload {
        Payload::Text(text) => first_link(&text.text),
        _ => None,
    }
}

fn first_link(text: &str) -> Option<&str> {
    let fits = |link: &&str| link.len() <= LINK && Url::parse(link).is_ok();
    links(text).filter_map(|range| text.get(range)).find(fits)
}

/// Takes the preview off an own message, for everybody and for good.
pub async fn remove(
    core: &Arc<Core>,
    caller: &Arc<Caller>,
    call: RemoveLinkPreview,
) -> Result<Stored, ChatError> {
    let unknown = unknown_message(&call.conversation_id);
    let conv = core.find(caller, &call.conversation_id).await?.ok_or(unknown)?;
    let (core, caller) = (Arc::clone(core), Arc::clone(caller));
    let db = core.db.clone();
    db.write(WriteKey::conversation_and_users(conv), move |tx| {
        let access = core.access(tx, MethodName::RemoveLinkPreview, &caller, conv)?;
        let row = visible(&core, tx, &caller, &access, call.sequence)?.filter(|row| !row.is(REVOKED));
        let mut row = row.ok_or(unknown)?;
        if row.sender != caller.number {
            return Err(ErrorCode::NoPermission.into());
        }
        let conv = conversation::take(tx, conv, 0, 0, core.clock.now_ms())?;
        let conv = conv.ok_or(ErrorCode::ConversationNotFound)?;
        take_off(&core, tx, &mut row)?;
        row.content.no_link_preview = true;
        changed(&core, tx, &caller, &access, &conv, row)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_is_one_that_can_be_fetched() {
        let long = format!("https://a.example/{} https://b.example", "x".repeat(LINK));
        for (text, link) in [
            ("see https://example.org/a?b=c#d.", Some("https://example.org/a?b=c#d")),
            ("https:// http://a@b http://2130706433/ https://c.example!", Some("https://c.example")),
            (long.as_str(), Some("https://b.example")),
            ("ftp://a.example", None),
        ] {
            assert_eq!(first_link(text), link, "{text}");
        }
    }
}
