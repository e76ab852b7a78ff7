//! Searching messages (MSG-67, PLUS-7): at the server, in the local copy, or wherever it is possible now.

use std::time::{Duration, Instant};

use hallway_protocol::ErrorCode;
use hallway_protocol::method::{FoundMessages, SearchMessages};
use hallway_search::request::Request;

use super::Client;
use crate::Result;
use crate::cache::search;
use crate::shared::lock;

/// Searches at the server per second (MSG-9).
const PER_SECOND: usize = 2;
/// How long somebody waits for the server while the answer of the local copy could be there.
const PATIENCE: Duration = Duration::from_secs(3);
/// What the cursors of the local copy begin with.
const LOCAL: &str = "local:";

/// When the server was asked last, the oldest first.
pub(super) type Asked = [Option<Instant>; PER_SECOND];

impl Client {
    /// Searches everything the user may see, at the server (MSG-67).
    ///
    /// # Errors
    ///
    /// 6017 as [`SearchMessages`] says; 2996 for the third call within a second; 2805 without a network.
    pub async fn search_cloud_messages(&self, search: &SearchMessages) -> Result<FoundMessages> {
        Request::read(search, self.get_server_time() / 1000)?;
        let rpc = self.rpc()?;
        if self.asked_too_often().is_some() {
            return Err(ErrorCode::TooFrequent.into());
        }
        rpc.call(search).await
    }

    /// Searches what is in the local copy, with or without a network. It finds what the server finds, as far as it is here.
    ///
    /// # Errors
    ///
    /// 6017 as [`SearchMessages`] says.
    pub async fn search_local_messages(&self, search: &SearchMessages) -> Result<FoundMessages> {
        let cursor = match &search.cursor {
            Some(cursor) => Some(cursor.strip_prefix(LOCAL).ok_or(ErrorCode::InvalidParameter)?.to_owned()),
            None => None,
        };
        let conversation = search.conversation_id.clone();
        let request =
            Request::read(&SearchMessages { cursor, ..search.clone() }, self.get_server_time() / 1000)?;
        let account = self.account()?;
        let found = account.cache.read(move |db| search::search(db, &request, conversation.as_ref())).await?;
        Ok(FoundMessages { cursor: found.cursor.map(|cursor| format!("{LOCAL}{cursor}")), ..found })
    }

    /// Searches at the server, which has everything, and in the local copy where the server cannot be asked. Waits where the
    /// server was asked often.
    ///
    /// # Errors
    ///
    /// 6017 as [`SearchMessages`] says; 2805 for the next page of the server without a network.
    pub async fn search_messages(&self, search: &SearchMessages) -> Result<FoundMessages> {
        let is_first = search.cursor.is_none();
        let goes_on_here = search.cursor.as_ref().is_some_and(|cursor| cursor.starts_with(LOCAL));
        if goes_on_here || (is_first && self.rpc().is_err()) {
            return self.search_local_messages(search).await;
        }
        Request::read(search, self.get_server_time() / 1000)?;
        while let Some(wait) = self.asked_too_often() {
            tokio::time::sleep(wait).await;
        }
        let answer = tokio::time::timeout(PATIENCE, async { self.rpc()?.call(search).await }).await;
        match answer.unwrap_or_else(|_| Err(ErrorCode::NoNetwork.into())) {
            // The page after one from the server is there alone.
            Err(error) if is_first && error.code != ErrorCode::InvalidParameter => {
                crate::log::debug!(code = error.code.code(), "searching the local copy instead");
                self.search_local_messages(search).await
            }
            other => other,
        }
    }

    /// How long until the server may be asked again; none if it may be asked now, which counts as asking.
    fn asked_too_often(&self) -> Option<Duration> {
        let mut asked = lock(&self.inner.searched_at);
        let now = Instant::now();
        let oldest = asked[0].map(|at| now.saturating_duration_since(at));
        if let Some(wait) = oldest.and_then(|ago| Duration::from_secs(1).checked_sub(ago))
            && !wait.is_zero()
        {
            return Some(wait);
        }
        asked.rotate_left(1);
        asked[PER_SECOND - 1] = Some(now);
        None
    }
}
