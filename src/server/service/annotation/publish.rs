//! Who hears of a change: everybody of what is for everybody, the receivers of a targeted message of what is on it,
//! and each of their own business.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hallway_protocol::annotation::Annotation;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::ids::ConversationId;

use crate::bus::{Publication, Recipients};
use crate::service::core::{Caller, Core};
use crate::service::view::frame;
use crate::store::annotation::{self, AnnotationKey, EVERYBODY};
use crate::store::conversation::{ConvKind, ConvRow};
use crate::store::message::{self, MessageKey};
use crate::store::{StoreError, Tx};

/// What a change brought, by who hears of it.
pub(super) struct News {
    /// For all members, or for these only.
    shared: Vec<(Annotation, Option<BTreeSet<i64>>)>,
    own: BTreeMap<i64, Vec<Annotation>>,
}

impl News {
    /// Of the rows that were changed.
    pub(super) fn of(
        core: &Core,
        tx: &mut Tx<'_>,
        conv: &ConvRow,
        touched: BTreeSet<AnnotationKey>,
    ) -> Result<Self, StoreError> {
        let mut news = Self { shared: Vec::new(), own: BTreeMap::new() };
        for key in touched {
            let Some(row) = annotation::with_message(tx, conv.id, &key)? else { continue };
            let is_targeted = row.is_targeted;
            let shown = core.annotation(tx, row)?;
            if key.user == EVERYBODY {
                let only = if is_targeted { Some(receivers(core, tx, conv.id, key.seq)?) } else { None };
                news.shared.push((shown, only));
            } else {
                news.own.entry(key.user).or_default().push(shown);
            }
        }
        Ok(news)
    }

    /// All that one user hears.
    pub(super) fn for_user(&self, user: i64) -> Vec<Annotation> {
        let shared =
            self.shared.iter().filter(|(_, only)| only.as_ref().is_none_or(|only| only.contains(&user)));
        let own = self.own.get(&user).into_iter().flatten();
        shared.map(|(shown, _)| shown).chain(own).cloned().collect()
    }

    /// What everybody hears.
    fn for_all(&self) -> Vec<Annotation> {
        self.shared.iter().filter(|(_, only)| only.is_none()).map(|(shown, _)| shown.clone()).collect()
    }

    /// Those who hear something else than the others.
    fn apart(&self) -> BTreeSet<i64> {
        let receivers = self.shared.iter().filter_map(|(_, only)| only.as_ref()).flatten();
        receivers.chain(self.own.keys()).copied().collect()
    }
}

/// The members that a targeted message is for, its sender included.
fn receivers(core: &Core, tx: &mut Tx<'_>, conv: i64, seq: i64) -> Result<BTreeSet<i64>, StoreError> {
    let Some(row) = message::at(tx, MessageKey { conv, seq })? else { return Ok(BTreeSet::new()) };
    let mut found = BTreeSet::new();
    for member in core.members.prepare(tx, conv)?.iter() {
        let user = core.users.in_tx(tx, *member)?;
        if row.is_for(*member, &user.profile.user_id) {
            found.insert(*member);
        }
    }
    Ok(found)
}

/// Tells of a change after the commit. `callers` learn it from the answers to their calls.
pub(super) fn publish(
    core: &Arc<Core>,
    tx: &mut Tx<'_>,
    conv: &ConvRow,
    news: News,
    callers: &[Arc<Caller>],
) -> Result<(), StoreError> {
    let mut answered: BTreeMap<i64, BTreeSet<u64>> = BTreeMap::new();
    for caller in callers {
        answered.entry(caller.number).or_default().insert(caller.connection);
    }
    // Two connections of one user that both called get the frame as well: they know its number by then.
    let except = move |user: i64| match answered
        .get(&user)
        .map(|connections| (connections.len(), connections.first()))
    {
        Some((1, Some(only))) => Some(*only),
        _ => None,
    };
    let mut apart = news.apart();
    apart.extend(callers.iter().map(|caller| caller.number));
    let (core, conv) = (Arc::clone(core), *conv);
    let tell = move |core: &Core, name: &ConversationId, to, except, annotations| {
        let mut frame = frame(name.clone(), &conv);
        frame.annotations = annotations;
        let event = ServerEvent::ConversationFrame(Box::new(frame));
        core.bus.publish(Publication { conversation: Some(conv.id), to, except, event });
    };
    let ConvKind::Pair { low, high } = conv.kind else {
        let name = core.name(tx, EVERYBODY, &conv)?;
        let members = core.members.prepare(tx, conv.id)?;
        tx.after_commit(move || {
            let members = core.members.now(conv.id, &members);
            let (own, others): (Vec<i64>, Vec<i64>) =
                members.iter().copied().partition(|member| apart.contains(member));
            for user in own {
                tell(&core, &name, Recipients::User(user), except(user), news.for_user(user));
            }
            tell(&core, &name, Recipients::Users(others.into()), None, news.for_all());
        });
        return Ok(());
    };
    let names = [(low, core.name(tx, low, &conv)?), (high, core.name(tx, high, &conv)?)];
    tx.after_commit(move || {
        for (user, name) in &names {
            tell(&core, name, Recipients::User(*user), except(*user), news.for_user(*user));
        }
    });
    Ok(())
}
