//! Stickers: the packs of the server, and their pictures. Both are kept in the encrypted local copy (OBJ-66, MSG-26).

use std::sync::Arc;

use hallway_protocol::file::FileId;
use hallway_protocol::method::{FileLink, GetStickerPacks, StickerPacks};
use hallway_protocol::sticker::{Sticker, StickerPack};
use hallway_protocol::{ChatError, ErrorCode};

use super::Client;
use crate::Result;
use crate::cache::{media as shown, meta};
use crate::file::{UploadServer, fetch};

/// The first half of the hash of a picture: what it is kept by beside the files of messages, which have random ids of the
/// same shape.
fn kept_as(sticker: &Sticker) -> Option<FileId> {
    sticker.sha256.get(..32)?.parse().ok()
}

impl Client {
    /// The packs of stickers that the server has, in the order they are shown in; without a network those that were seen
    /// last.
    ///
    /// # Errors
    ///
    /// 2805 and 2999 without a connection while they were never seen.
    pub async fn get_sticker_packs(&self) -> Result<Vec<StickerPack>> {
        let cache = self.account()?.cache.clone();
        let known = cache.read(meta::stickers).await?;
        let version = known.as_ref().map(|it| it.version.clone()).unwrap_or_default();
        let now = match self.rpc() {
            Ok(rpc) => rpc.call(&GetStickerPacks { version }).await,
            Err(error) => Err(error),
        };
        match (now, known) {
            (Ok(now), _) if now.packs.is_some() => {
                let kept = now.clone();
                cache.write(move |db| meta::put_stickers(db, &kept)).await?;
                Ok(now.packs.unwrap_or_default())
            }
            (_, Some(known)) => Ok(known.packs.unwrap_or_default()),
            (Ok(_), None) => Ok(Vec::new()),
            (Err(error), None) => Err(error),
        }
    }

    /// The picture of a sticker: PNG, WebP or GIF. What was fetched is kept in the encrypted local copy.
    ///
    /// # Errors
    ///
    /// 2805 and 2999 without a connection; 2401 when the server does not have it any more; 2800 and 2801 when the connection
    /// broke; 2903 when what came is something else.
    pub async fn load_sticker(&self, sticker: &Sticker) -> Result<Arc<[u8]>> {
        let account = self.account()?;
        let kept = kept_as(sticker).ok_or(ErrorCode::FileMissing)?;
        if let Some(bytes) = account.cache.read(move |db| shown::get(db, kept)).await? {
            account.cache.write(move |db| shown::touch(db, kept)).await?;
            return Ok(bytes.into());
        }
        let known = account.cache.read(meta::stickers).await?;
        let StickerPacks { path, .. } = known.ok_or(ErrorCode::FileMissing)?;
        self.rpc()?;
        let _turn = self.inner.fetches.acquire().await;
        let server = UploadServer::new(Arc::clone(&account.connector), Arc::clone(&self.inner.shared));
        // A picker asks for a whole pack at once: they share a ticket.
        let ticket = {
            let mut ticket = self.inner.ticket.lock().await;
            match &*ticket {
                Some(ticket) if !server.is_old(ticket) => ticket.ticket.clone(),
                _ => ticket.insert(server.ticket().await?).ticket.clone(),
            }
        };
        let link = FileLink {
            path: format!("{path}{}", sticker.sha256),
            expires: 0,
            size: sticker.size.into(),
            media_type: String::new(),
            file_name: String::new(),
            sha256: sticker.sha256.clone(),
        };
        let http = account.connector.http().await.map_err(ChatError::from)?;
        let fetched = fetch(&http, &link, &[("authorization", format!("Bearer {ticket}"))]).await;
        if fetched.is_err() {
            // It may be of a session that is over.
            *self.inner.ticket.lock().await = None;
        }
        let bytes: Arc<[u8]> = fetched?.into();
        let content = Arc::clone(&bytes);
        account.cache.write(move |db| shown::put(db, kept, &content, shown::MOST)).await?;
        Ok(bytes)
    }
}
