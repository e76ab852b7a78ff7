//! People (spec part 5, short form).

use hallway_protocol::method::{GetUsers, SearchUsers, UpdateProfile, Users};
use hallway_protocol::user::Profile;
use hallway_protocol::{ErrorCode, UserId};

use super::Client;
use crate::Result;
use crate::cache::{CacheResult, people};
use crate::engine::apply::Step;

impl Client {
    /// Profiles of people, unknown ones left out. Without a network those that were seen before.
    ///
    /// # Errors
    ///
    /// 2805 when there is no network and none of them was seen before.
    pub async fn get_user_profile(&self, ids: &[UserId]) -> Result<Vec<Profile>> {
        let account = self.account()?;
        if let Ok(rpc) = self.rpc() {
            let users = rpc.call(&GetUsers { user_id_list: ids.to_vec() }).await?.users;
            self.apply(users.iter().cloned().map(Step::Profile).collect()).await?;
            return Ok(users);
        }
        let wanted = ids.to_vec();
        let known = account.cache.read(move |db| {
            let found = wanted.iter().map(|id| people::profile(db, id)).collect::<CacheResult<Vec<_>>>()?;
            Ok(found.into_iter().flatten().collect::<Vec<_>>())
        });
        let known = known.await?;
        if known.is_empty() && !ids.is_empty() { Err(ErrorCode::NoNetwork.into()) } else { Ok(known) }
    }

    /// A page of the directory: everybody whose name or id contains the words, by name; empty for everybody.
    pub async fn search_users(&self, query: &str, cursor: Option<String>) -> Result<Users> {
        self.rpc()?.call(&SearchUsers { query: query.into(), cursor, limit: None }).await
    }

    /// Changes the own name.
    pub async fn update_profile(&self, nick: &str) -> Result<Profile> {
        let profile = self.rpc()?.call(&UpdateProfile { nick: Some(nick.into()) }).await?;
        self.apply(vec![Step::Me(profile.clone())]).await?;
        Ok(profile)
    }
}
