//! Reading messages: single ones, pages of history, what is drawn (spec part 2, MSG-64 to MSG-66).

use hallway_protocol::method::LocateTime;
use hallway_protocol::{ConversationId, ErrorCode, Message, MessageId};

use super::Client;
use crate::Result;
use crate::cache::{conv, messages, outbox, timeline};
use crate::engine::Command;
use crate::model::{Around, Direction, HistoryPage, HopStart, Timeline, TimelineItem};

impl Client {
    /// A message of the local copy or the outbox (MSG-64).
    pub async fn find_message(&self, id: &MessageId) -> Result<Option<Message>> {
        let id = id.clone();
        let account = self.account()?;
        let found = account.cache.read(move |db| match messages::by_id(db, &id)? {
            Some(message) => Ok(Some(message)),
            None => Ok(outbox::all(db)?
                .into_iter()
                .find(|it| it.message.id == id)
                .map(|it| (*it.message).clone())),
        });
        Ok(found.await?)
    }

    /// A page of history, oldest first, backwards from the newest or from before a message; the id to go on from, and
    /// whether there is nothing older (MSG-65). Missing messages are fetched; without a network the page ends where they
    /// begin.
    ///
    /// # Errors
    ///
    /// 2500 for an unknown conversation, 20022 for an unknown start.
    pub async fn get_message_list(
        &self,
        conversation_id: &ConversationId,
        next_req_message_id: Option<&MessageId>,
    ) -> Result<(Vec<Message>, Option<MessageId>, bool)> {
        let from = match next_req_message_id {
            None => u64::MAX,
            Some(id) => {
                let message = self.find_message(id).await?.filter(|message| message.sequence > 0);
                message.ok_or(ErrorCode::MessageUnknown)?.sequence - 1
            }
        };
        let count = self.inner.shared.limits().history_page.max(1) as usize;
        let (found, stop) = self.page(conversation_id, from, Direction::Older, count).await?;
        let is_completed = stop == Stop::End;
        let next = found.first().filter(|_| !is_completed).map(|message| message.id.clone());
        Ok((found, next, is_completed))
    }

    /// A page of history from any place, in both directions, oldest first (MSG-66): to jump to a search hit, a quote or a
    /// mention and read on from there. The message at the start is part of the page. Without a start, older ones begin at
    /// the newest, and of newer ones there are none. Missing messages are fetched; without a network the page ends where
    /// they begin.
    ///
    /// # Errors
    ///
    /// 6017 for a start that is 0 or negative, and for a count of 0 or above `history_page`, which is the default; 2500 for
    /// an unknown conversation; 2805 without a network, where a time or the first message needs one.
    pub async fn get_message_list_hopping(
        &self,
        conversation_id: &ConversationId,
        start: Option<HopStart>,
        direction: Direction,
        count: Option<u32>,
    ) -> Result<HistoryPage> {
        let most = self.inner.shared.limits().history_page.max(1);
        let count = count.unwrap_or(most);
        if matches!(start, Some(HopStart::Sequence(0) | HopStart::Time(..=0))) || !(1..=most).contains(&count)
        {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let nothing = HistoryPage { message_list: Vec::new(), is_completed: true, next_message_seq: None };
        let from = match (start, direction) {
            (None, Direction::Older) => u64::MAX,
            (None, Direction::Newer) => return Ok(nothing),
            (Some(HopStart::Sequence(sequence)), _) => sequence,
            // Up to and with that second, or from it on.
            (Some(HopStart::Time(time)), Direction::Older) => self
                .locate(conversation_id, time.saturating_add(1))
                .await?
                .map_or(u64::MAX, |place| place - 1),
            (Some(HopStart::Time(time)), Direction::Newer) => {
                match self.locate(conversation_id, time).await? {
                    Some(place) => place,
                    None => return Ok(nothing),
                }
            }
        };
        let (message_list, stop) = self.page(conversation_id, from, direction, count as usize).await?;
        let next_message_seq = match (stop, direction) {
            (Stop::End, _) => None,
            (Stop::Missing(place), _) => Some(place),
            (Stop::Full, Direction::Older) => message_list.first().map(|message| message.sequence - 1),
            (Stop::Full, Direction::Newer) => message_list.last().map(|message| message.sequence + 1),
        };
        Ok(HistoryPage { message_list, is_completed: stop == Stop::End, next_message_seq })
    }

    /// The place of the first message at or after a time, in unix seconds.
    async fn locate(&self, conversation_id: &ConversationId, time: i64) -> Result<Option<u64>> {
        let params = LocateTime { conversation_id: conversation_id.clone(), time };
        Ok(self.rpc()?.call(&params).await?.sequence)
    }

    /// Up to `count` messages from a place on, that place included, oldest first, and why there are no more.
    async fn page(
        &self,
        conversation_id: &ConversationId,
        from: u64,
        direction: Direction,
        count: usize,
    ) -> Result<(Vec<Message>, Stop)> {
        let cache = self.account()?.cache.clone();
        let wanted = conversation_id.clone();
        if cache.read(move |db| conv::key_of(db, &wanted)).await?.is_none() {
            self.get_conversation_profile(conversation_id).await?;
        }
        let page = u64::from(self.inner.shared.limits().history_page.max(1));
        let is_older = direction == Direction::Older;
        // The timeline stands before its middle when it goes down, and begins with it when it goes up.
        let (around, before, after) = match direction {
            Direction::Older => (Around::Sequence(from.saturating_add(1)), count, 0),
            Direction::Newer => (Around::Sequence(from), 0, count - 1),
        };
        loop {
            let wanted = conversation_id.clone();
            let mut view =
                cache.read(move |db| timeline::read(db, &wanted, around, before, after)).await?.timeline;
            if is_older {
                view.items.reverse();
            }
            let on_the_way = |place: u64| if is_older { place <= from } else { place >= from };
            let (mut found, mut hole) = (Vec::new(), None);
            for item in view.items {
                match item {
                    TimelineItem::Message(message) if on_the_way(message.sequence) => {
                        found.push((*message).clone());
                    }
                    TimelineItem::Hole { from_seq, to_seq } if on_the_way(from_seq) || on_the_way(to_seq) => {
                        hole = Some((from_seq, to_seq));
                        break;
                    }
                    _ => {}
                }
            }
            if let Some((first, last)) = hole {
                // A question is answered with the newest page of its stretch: going up, only that much is asked for.
                let last = if is_older { last } else { last.min(first.saturating_add(page - 1)) };
                let fill = self.ask(|reply| Command::Fill(conversation_id.clone(), first, last, reply)).await;
                match fill {
                    Ok(()) => continue,
                    Err(error) if found.is_empty() => return Err(error),
                    Err(_) => {}
                }
            }
            let stop = match hole {
                Some((first, last)) => Stop::Missing(if is_older { last } else { first }),
                None if is_older && !view.has_older || !is_older && !view.has_newer => Stop::End,
                None => Stop::Full,
            };
            if is_older {
                found.reverse();
            }
            return Ok((found, stop));
        }
    }

    /// What is drawn of a conversation, from the local copy: at most `before` items before the place and `after` behind
    /// it. Parts that may be out of date are brought up to date in the background; [`crate::Event::TimelineUpdated`]
    /// follows.
    pub async fn timeline(
        &self,
        conversation_id: &ConversationId,
        around: Around,
        before: usize,
        after: usize,
    ) -> Result<Timeline> {
        let account = self.account()?;
        let id = conversation_id.clone();
        let view = account.cache.read(move |db| timeline::read(db, &id, around, before, after)).await?;
        if !view.old.is_empty() {
            let _ = account.commands.send(Command::Stale(conversation_id.clone(), view.old));
        }
        Ok(view.timeline)
    }

    /// Fetches a hole or older messages, a page at a time: the newest of the stretch, and the oldest too where messages
    /// on both sides of a wide hole are known. [`crate::Event::TimelineUpdated`] follows.
    ///
    /// # Errors
    ///
    /// 2805 without a connection.
    pub async fn fill(&self, conversation_id: &ConversationId, from_seq: u64, to_seq: u64) -> Result<()> {
        if from_seq > to_seq {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let page = u64::from(self.inner.shared.limits().history_page.max(1));
        let id = conversation_id.clone();
        let between = self
            .account()?
            .cache
            .read(move |db| {
                let Some(key) = conv::key_of(db, &id)? else { return Ok(false) };
                let ranges = conv::ranges(db, key)?;
                Ok(ranges.covers(from_seq.saturating_sub(1)) && ranges.covers(to_seq + 1))
            })
            .await?;
        let fill = |from, to| self.ask(move |reply| Command::Fill(conversation_id.clone(), from, to, reply));
        if between && to_seq - from_seq >= page {
            fill(from_seq, from_seq + page - 1).await?;
        }
        fill(from_seq, to_seq).await
    }
}

/// Why a page of history ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// It is full.
    Full,
    /// There is nothing beyond it.
    End,
    /// This place is not here, and cannot be fetched now.
    Missing(u64),
}
