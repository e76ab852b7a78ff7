//! What is looked up with every message and hardly ever changes: people, numbers of conversations, members.
//!
//! All three are bounded and hold committed facts only. Ids and numbers never change and are never used again.
//! Profiles carry a version, and the higher one stays. Members are written by the effects of the writes that
//! change them, in commit order, so that a list is never older than the frame it is used for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use hallway_protocol::{GroupId, UserId};

use crate::store::user::{self, UserRecord};
use crate::store::{Db, StoreError, Tx, conversation, group};

/// Entries per cache; a full one is emptied, which costs a few reads.
const ENTRIES: usize = 50_000;

/// A bounded map behind a lock.
struct Bounded<K, V>(RwLock<HashMap<K, V>>);

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Hash + Eq, V: Clone> Bounded<K, V> {
    fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Inserts what `merge` makes of the present value.
    fn merge(&self, key: K, merge: impl FnOnce(Option<&V>) -> V) -> V {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let value = merge(map.get(&key));
        map.insert(key, value.clone());
        value
    }

    /// Empties a full map.
    fn trim(&self) {
        let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if map.len() >= ENTRIES {
            map.clear();
        }
    }
}

/// People by number and by id.
#[derive(Default)]
pub struct Users {
    by_number: Bounded<i64, Arc<UserRecord>>,
    numbers: Bounded<UserId, i64>,
}

impl Users {
    /// Notes a committed state; one with a higher version stays.
    pub fn learn(&self, record: UserRecord) -> Arc<UserRecord> {
        self.numbers.trim();
        self.by_number.trim();
        self.numbers.merge(record.profile.user_id.clone(), |_| record.number);
        self.by_number.merge(record.number, |known| match known {
            Some(known) if known.profile.version > record.profile.version => Arc::clone(known),
            _ => Arc::new(record),
        })
    }

    /// Forgets a person whose row another process has changed.
    pub fn forget(&self, number: i64) {
        self.by_number.0.write().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// The account with this id.
    pub async fn by_id(&self, db: &Db, user_id: &UserId) -> Result<Option<Arc<UserRecord>>, StoreError> {
        if let Some(known) = self.numbers.get(user_id).and_then(|number| self.by_number.get(&number)) {
            return Ok(Some(known));
        }
        let wanted = user_id.clone();
        let found = db.read(move |tx| user::by_id(tx, &wanted)).await?;
        Ok(found.map(|record| self.learn(record)))
    }

    /// The account with this number, from inside of a transaction, whose uncommitted state it may be: the cache
    /// does not keep it.
    pub fn in_tx(&self, tx: &mut Tx<'_>, number: i64) -> Result<Arc<UserRecord>, StoreError> {
        if let Some(known) = self.by_number.get(&number) {
            return Ok(known);
        }
        user::by_number(tx, number)?
            .map(Arc::new)
            .ok_or_else(|| StoreError::Corrupt(format!("there is no account {number}")))
    }

    /// The account with this number, from inside of a snapshot.
    pub fn in_snapshot(&self, tx: &mut Tx<'_>, number: i64) -> Result<Arc<UserRecord>, StoreError> {
        let record = self.in_tx(tx, number)?;
        if self.by_number.get(&number).is_none() {
            return Ok(self.learn((*record).clone()));
        }
        Ok(record)
    }
}

/// Internal numbers of conversations.
#[derive(Default)]
pub struct Conversations {
    pairs: Bounded<(i64, i64), i64>,
    groups: Bounded<GroupId, i64>,
}

impl Conversations {
    /// The conversation of two people, if there is one.
    pub async fn pair(&self, db: &Db, a: i64, b: i64) -> Result<Option<i64>, StoreError> {
        if let Some(known) = self.pairs.get(&(a.min(b), a.max(b))) {
            return Ok(Some(known));
        }
        let found = db.read(move |tx| conversation::find_pair(tx, a, b)).await?;
        if let Some(number) = found {
            self.learn_pair(a, b, number);
        }
        Ok(found)
    }

    /// Notes the committed number of a pair.
    pub fn learn_pair(&self, a: i64, b: i64, number: i64) {
        self.pairs.trim();
        self.pairs.merge((a.min(b), a.max(b)), |_| number);
    }

    /// The conversation of a group, if there is one.
    pub async fn group(&self, db: &Db, group_id: &GroupId) -> Result<Option<i64>, StoreError> {
        if let Some(known) = self.groups.get(group_id) {
            return Ok(Some(known));
        }
        let wanted = group_id.clone();
        let found = db.read(move |tx| group::find(tx, &wanted)).await?;
        if let Some(number) = found {
            self.groups.trim();
            self.groups.merge(group_id.clone(), |_| number);
        }
        Ok(found)
    }
}

/// Numbers of the present members of groups, shared with whoever publishes.
#[derive(Default)]
pub struct Members(Bounded<i64, Arc<[i64]>>);

impl Members {
    /// For a job that publishes to a group without changing its members: the list as far as this transaction
    /// can tell, to be given to [`Members::now`] after the commit.
    pub fn prepare(&self, tx: &mut Tx<'_>, conv: i64) -> Result<Arc<[i64]>, StoreError> {
        match self.0.get(&conv) {
            Some(known) => Ok(known),
            None => {
                // Here and not in the effects: between the effects of one commit nothing may be forgotten.
                self.0.trim();
                group::member_numbers(tx, conv).map(Into::into)
            }
        }
    }

    /// In an effect: the list at this point of the commit order.
    pub fn now(&self, conv: i64, prepared: &Arc<[i64]>) -> Arc<[i64]> {
        match self.0.get(&conv) {
            Some(known) => known,
            None => self.0.merge(conv, |known| known.unwrap_or(prepared).clone()),
        }
    }

    /// In an effect of a change of members: the list from here on.
    pub fn set(&self, conv: i64, members: &Arc<[i64]>) {
        self.0.merge(conv, |_| Arc::clone(members));
    }
}
