//! A full local copy made without a server, for measuring how the app opens one.
//!
//! It is written by the code that writes a real one and resumed like a real one; only where the rows come from
//! differs. Compiled with the feature `measure` alone.

use std::sync::Arc;

use hallway_protocol::file::FileId;
use hallway_protocol::group::{Group, Member};
use hallway_protocol::user::Profile;
use hallway_protocol::{ConversationId, Limits, Message};

use super::conv::{self, Conv};
use super::messages::{self, Messages};
use super::meta::{self, Cursors, Session, Token};
use super::{Cache, CacheError, media, people};
use crate::account::{self, Lock, StoredAccount};
use crate::config::Config;
use crate::sync::log::Rows as _;
use crate::sync::{Ranges, Stretch};
use crate::{Result, key};

/// A conversation to be stored.
#[derive(Debug)]
pub struct Filled<M> {
    /// Its name.
    pub id: ConversationId,
    /// Of a group, with its members.
    pub group: Option<(Group, Vec<Member>)>,
    /// Of a conversation with one person.
    pub user: Option<Profile>,
    /// So many of the newest messages are unread.
    pub unread: u64,
    /// All of its messages, from place 1 on and without a gap.
    pub messages: M,
}

/// The copy that is being made.
pub struct LocalCopy {
    cache: Cache,
    _lock: Lock,
}

impl LocalCopy {
    /// An empty copy of `me` under the folder and with the key of `config`, which can be resumed.
    pub async fn create(config: &Config, me: Profile, workspace: &str) -> Result<Self> {
        let folder = account::folder(&config.data_dir, config.app_id, &config.server, &me.user_id);
        account::make_folder(&folder)?;
        let lock = Lock::take(&folder)?;
        let key = key::obtain(&config.cache_key, &folder).await?;
        let cache = Cache::open(&account::database(&folder), &key)?;
        account::remember(
            &config.data_dir,
            &StoredAccount {
                app_id: config.app_id,
                server: config.server.clone(),
                user_id: me.user_id.clone(),
                nick: me.nick.clone(),
                workspace: workspace.to_owned(),
                can_resume: true,
                instance_id: "measure".to_owned(),
            },
        )?;
        let session = Session {
            services: Default::default(),
            user: me,
            user_number: 1,
            workspace: workspace.to_owned(),
            epoch: "measure".to_owned(),
            credential_expires: None,
            clock_offset_ms: 0,
        };
        let write = cache.write(move |db| {
            meta::put_session(db, &session)?;
            meta::put_token(db, Some(&Token("measure".to_owned())))?;
            meta::put_limits(db, &Limits::default())?;
            meta::put_cursors(db, &Cursors { epoch: session.epoch, useq: 1, heads_since: 1 })
        });
        write.await?;
        Ok(Self { cache, _lock: lock })
    }

    /// Stores a conversation.
    pub async fn add<M>(&self, filled: Filled<M>) -> Result<()>
    where
        M: Iterator<Item = Message> + Send + 'static,
    {
        self.cache
            .write(move |db| {
                let mut conv = Conv::new(filled.id);
                conv.save(db)?;
                let mut rows = Messages::new(db, conv.key, 1);
                let mut count = 0_u64;
                for message in filled.messages {
                    count += 1;
                    rows.merge(message)?;
                    rows.merged.clear();
                }
                let read = count.saturating_sub(filled.unread);
                conv.cursor = count;
                conv.counters.seq = count;
                conv.counters.modification = count;
                conv.counters.ord = count;
                conv.announced = count;
                conv.delivered = count;
                conv.state.read.read_seq = read;
                conv.state.read.read_ord = read;
                conv.state.read.as_of = count;
                let last = messages::newest(db, conv.key, 1, count)?;
                conv.changed_at = last.as_ref().map_or(1, |message| message.time * 1000);
                conv.last_message = last.map(Arc::new);
                if let Some((group, members)) = filled.group {
                    for member in &members {
                        people::put_member(db, conv.key, member)?;
                    }
                    conv.members_as_of = Some(count);
                    conv.group_profile = Some(Arc::new(group));
                }
                if let Some(user) = filled.user {
                    people::put_profile(db, &user)?;
                    conv.user_profile = Some(user);
                }
                conv.save(db)?;
                let ranges = Ranges::new(vec![Stretch { from: 1, to: count, as_of: None }]);
                conv::save_ranges(db, conv.key, &ranges)
            })
            .await
            .map_err(CacheError::into)
    }

    /// Keeps pictures that were shown before.
    pub async fn keep(&self, pictures: Vec<(FileId, Vec<u8>)>) -> Result<()> {
        let write = self.cache.write(move |db| {
            pictures.iter().try_for_each(|(file, bytes)| media::put(db, *file, bytes, media::MOST))
        });
        write.await.map_err(CacheError::into)
    }

    /// Waits until all messages are in the index; its bytes on disk.
    pub async fn index(&self) -> Result<u64> {
        while self.cache.write(super::search::tend).await.map_err(hallway_protocol::ChatError::from)? {}
        let bytes = self.cache.read(|db| {
            let sql = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%search_%'";
            Ok(super::unsigned(db.query_row(sql, [], |row| row.get(0))?))
        });
        bytes.await.map_err(CacheError::into)
    }

    /// Lets go of the files.
    pub async fn close(self) {
        self.cache.close().await;
    }
}
