//! Reactions, extensions, receipts and pins (spec part 2b, MSG-68 to MSG-88). All of it is in the local copy and comes with
//! the messages: `reactions`, `extensions`, `read_receipt_info` and `pin` of [`Message`].

use hallway_protocol::annotation::{Extension, Pin};
use hallway_protocol::message::Reaction;
use hallway_protocol::method::{
    DeleteMessageExtensions, ExtensionKey, ExtensionResult, ExtensionWish, GetPinnedMessages,
    GetReactionUsers, GetReadMembers, PinGroupMessage, PinnedMessage, ReactionUsers, ReadFilter, ReadMembers,
    SendMessageReadReceipt, SetMessageExtensions,
};
use hallway_protocol::user::UserBrief;
use hallway_protocol::{ConversationId, ErrorCode, GroupId, Message, MessageId};

use super::Client;
use super::message::waits_for_a_connection;
use crate::Result;
use crate::cache::wish::{What, Wish};
use crate::cache::{annotation, conv, messages};
use crate::engine::Command;
use crate::engine::apply::Step;

/// The reactions of a message (MSG-82).
#[derive(Clone, Debug, PartialEq)]
pub struct MessageReactions {
    /// Which message.
    pub message_id: MessageId,
    /// In the order in which they came up.
    pub reaction_list: Vec<Reaction>,
}

/// A message that is not sent has no place to put anything on: 2905.
fn sent(message: &Message) -> Result<u64> {
    match message.sequence {
        0 => Err(ErrorCode::StateNotAllowed.into()),
        sequence => Ok(sequence),
    }
}

impl Client {
    /// Gives a message a reaction: any text of 1 to 64 bytes, normally an emoji (MSG-80). It shows at once
    /// ([`crate::Event::TimelineUpdated`]) and resolves when the server has it; without a connection as soon as it is on
    /// disk, and the server hears of it later.
    ///
    /// # Errors
    ///
    /// 23005 too many different ones, 23006 too many people, 23007 given already, 2905 for messages that are not sent or
    /// recalled, 6017 for a reaction that is empty or too long.
    pub async fn add_message_reaction(&self, message: &Message, reaction_id: &str) -> Result<()> {
        self.react(message, reaction_id, true).await
    }

    /// Takes a reaction back (MSG-81), like [`Self::add_message_reaction`].
    ///
    /// # Errors
    ///
    /// 23008 no such reaction, 23009 not by me.
    pub async fn remove_message_reaction(&self, message: &Message, reaction_id: &str) -> Result<()> {
        self.react(message, reaction_id, false).await
    }

    async fn react(&self, message: &Message, reaction_id: &str, is_given: bool) -> Result<()> {
        if !(1..=64).contains(&reaction_id.len()) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let wish = Wish {
            conversation_id: message.conversation_id.clone(),
            sequence: sent(message)?,
            id: message.id.clone(),
            what: What::React { reaction_id: reaction_id.to_owned(), is_given },
        };
        self.ask(|reply| Command::Wish(wish, reply)).await
    }

    /// The reactions of messages of one conversation, from the local copy, with at most `max_user_count_per_reaction` (0 to
    /// 10, the default) people named each (MSG-82).
    ///
    /// # Errors
    ///
    /// 6017 for messages of several conversations, too many (MSG-12), or a count above 10.
    pub async fn get_message_reactions(
        &self,
        list: &[Message],
        max_user_count_per_reaction: Option<usize>,
    ) -> Result<Vec<MessageReactions>> {
        let most = max_user_count_per_reaction.unwrap_or(10);
        let limit = self.inner.shared.limits().reaction_messages_per_call as usize;
        let is_one = list.windows(2).all(|pair| match pair {
            [one, other] => one.conversation_id == other.conversation_id,
            _ => true,
        });
        if most > 10 || list.len() > limit || !is_one {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let mut found = Vec::with_capacity(list.len());
        for message in list {
            let mut reaction_list =
                self.find_message(&message.id).await?.unwrap_or_else(|| message.clone()).reactions;
            reaction_list.iter_mut().for_each(|reaction| reaction.partial_user_list.truncate(most));
            found.push(MessageReactions { message_id: message.id.clone(), reaction_list });
        }
        Ok(found)
    }

    /// Who gave a reaction, in the order in which they did: a page from `next_seq` on, which is 0 first and at the end
    /// (MSG-83). Asks the server.
    ///
    /// # Errors
    ///
    /// 23008 no such reaction.
    pub async fn get_all_user_list_of_message_reaction(
        &self,
        message: &Message,
        reaction_id: &str,
        next_seq: u64,
        count: u32,
    ) -> Result<ReactionUsers> {
        let params = GetReactionUsers {
            conversation_id: message.conversation_id.clone(),
            sequence: sent(message)?,
            reaction_id: reaction_id.to_owned(),
            next_seq,
            count: Some(count),
        };
        self.rpc()?.call(&params).await
    }

    /// Sets keys of a message's extensions (MSG-75). A key for which somebody was faster has code 23001 and its present
    /// value; the local copy has it too by then, so that trying again succeeds. A key that is one's own user id conflicts
    /// with nobody.
    ///
    /// # Errors
    ///
    /// 6017 for sizes and numbers (MSG-7); 2905 for messages that were not sent for it, not sent at all, or recalled.
    pub async fn set_message_extensions(
        &self,
        message: &Message,
        extensions: Vec<Extension>,
    ) -> Result<Vec<ExtensionResult>> {
        let (conversation_id, sequence) = (message.conversation_id.clone(), sent(message)?);
        let versions = self.versions(message).await?;
        let version = |key: &str| versions.get(key).copied().unwrap_or(0);
        let wish = |it: Extension| ExtensionWish { version: version(&it.key), key: it.key, value: it.value };
        let extension_list = extensions.into_iter().map(wish).collect();
        let params = SetMessageExtensions { conversation_id, sequence, extension_list };
        let done = self.rpc()?.call(&params).await?;
        self.apply(vec![Step::Annotated(Box::new(done.annotated))]).await?;
        Ok(done.extensions)
    }

    /// The extensions of a message from the local copy, all or these, by key (MSG-76).
    pub async fn get_message_extensions(
        &self,
        message: &Message,
        key_list: Option<&[String]>,
    ) -> Result<Vec<Extension>> {
        let found = self.find_message(&message.id).await?;
        Ok(annotation::chosen(found.unwrap_or_else(|| message.clone()), key_list))
    }

    /// Removes keys of a message's extensions, or all (MSG-77). 23001 as when setting.
    pub async fn delete_message_extensions(
        &self,
        message: &Message,
        key_list: Option<Vec<String>>,
    ) -> Result<Vec<ExtensionResult>> {
        let (conversation_id, sequence) = (message.conversation_id.clone(), sent(message)?);
        let versions = self.versions(message).await?;
        let versioned = |key: String| ExtensionKey { version: versions.get(&key).copied().unwrap_or(0), key };
        let key_list = key_list.map(|list| list.into_iter().map(versioned).collect());
        let params = DeleteMessageExtensions { conversation_id, key_list, sequence };
        let done = self.rpc()?.call(&params).await?;
        self.apply(vec![Step::Annotated(Box::new(done.annotated))]).await?;
        Ok(done.extensions)
    }

    async fn versions(&self, message: &Message) -> Result<std::collections::BTreeMap<String, u64>> {
        let (id, sequence) = (message.conversation_id.clone(), message.sequence);
        let account = self.account()?;
        let read = account.cache.read(move |db| match conv::key_of(db, &id)? {
            Some(key) => annotation::versions(db, key, sequence),
            None => Ok(Default::default()),
        });
        Ok(read.await?)
    }

    /// Tells the senders of messages of one conversation that they were read (MSG-85). Only received ones that want it and
    /// were not acknowledged before count; the rest is skipped.
    ///
    /// # Errors
    ///
    /// 2114 where none is left; 6017 for messages of several conversations or too many (MSG-6).
    pub async fn send_message_read_receipt(&self, list: &[Message]) -> Result<()> {
        let account = self.account()?;
        let Some(first) = list.first() else { return Err(ErrorCode::NoReceiptNeeded.into()) };
        let conversation_id = first.conversation_id.clone();
        let most = self.inner.shared.limits().receipts_per_call as usize;
        if list.len() > most || list.iter().any(|it| it.conversation_id != conversation_id) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        let wants = |it: &&Message| it.need_read_receipt && it.from != account.me && it.sequence > 0;
        let wanted: Vec<u64> = list.iter().filter(wants).map(|it| it.sequence).collect();
        let id = conversation_id.clone();
        let sequences = account.cache.read(move |db| {
            let Some(key) = conv::key_of(db, &id)? else { return Ok(wanted) };
            let mut left = Vec::new();
            for sequence in wanted {
                if !annotation::is_acknowledged(db, key, sequence)? {
                    left.push(sequence);
                }
            }
            Ok(left)
        });
        let sequences = sequences.await?;
        if sequences.is_empty() {
            return Err(ErrorCode::NoReceiptNeeded.into());
        }
        let annotated = self.rpc()?.call(&SendMessageReadReceipt { conversation_id, sequences }).await?;
        self.apply(vec![Step::Annotated(Box::new(annotated))]).await
    }

    /// Messages of one conversation with `read_receipt_info` as it stands, from the local copy, which follows it (MSG-86).
    ///
    /// # Errors
    ///
    /// 10062 where none of them has receipts; 6017 for messages of several conversations.
    pub async fn get_message_read_receipt_list(&self, list: &[Message]) -> Result<Vec<Message>> {
        let Some(first) = list.first() else { return Err(ErrorCode::InvalidParameter.into()) };
        if list.iter().any(|it| it.conversation_id != first.conversation_id) {
            return Err(ErrorCode::InvalidParameter.into());
        }
        if list.iter().all(|it| !it.need_read_receipt) {
            return Err(ErrorCode::NoReceiptData.into());
        }
        let mut found = Vec::with_capacity(list.len());
        for message in list {
            found.push(self.find_message(&message.id).await?.unwrap_or_else(|| message.clone()));
        }
        Ok(found)
    }

    /// Who has read an own group message, or who has not, a page at a time: `cursor` is empty first (MSG-87). Asks the server.
    ///
    /// # Errors
    ///
    /// 10062 for messages without receipts, 10007 for those of others.
    pub async fn get_group_message_read_member_list(
        &self,
        message: &Message,
        filter: ReadFilter,
        cursor: &str,
        count: Option<u32>,
    ) -> Result<ReadMembers> {
        let params = GetReadMembers {
            conversation_id: message.conversation_id.clone(),
            sequence: sent(message)?,
            filter,
            cursor: cursor.to_owned(),
            count,
        };
        self.rpc()?.call(&params).await
    }

    /// Pins a message of a group, or takes the pin off (MSG-68). Without a connection it shows at once and the server hears of
    /// it later.
    ///
    /// # Errors
    ///
    /// 10070 too many, 10007 no member, 10030 or 2905 for a message that is not there or recalled.
    pub async fn pin_group_message(
        &self,
        group_id: &GroupId,
        message: &Message,
        is_pinned: bool,
    ) -> Result<()> {
        let params = PinGroupMessage { group_id: group_id.clone(), sequence: sent(message)?, is_pinned };
        let called = match self.rpc() {
            Ok(rpc) => rpc.call(&params).await,
            Err(error) => Err(error),
        };
        match called {
            Ok(annotated) => self.apply(vec![Step::Annotated(Box::new(annotated))]).await,
            Err(error) if waits_for_a_connection(&error) => {
                let session = self.inner.shared.session().ok_or(ErrorCode::NotLoggedIn)?;
                let operator_info = UserBrief::from(&session.user);
                let pin = is_pinned.then(|| Pin { operator_info, time: self.get_server_time() / 1000 });
                self.do_later(message, What::Pin(pin)).await
            }
            Err(error) => Err(error),
        }
    }

    /// The pinned messages of a group, the latest pin first (MSG-69). Without a network those of the local copy.
    ///
    /// # Errors
    ///
    /// 10010 for a group that is no more.
    pub async fn get_pinned_group_message_list(&self, group_id: &GroupId) -> Result<Vec<PinnedMessage>> {
        if let Ok(rpc) = self.rpc() {
            return Ok(rpc.call(&GetPinnedMessages { group_id: group_id.clone() }).await?.message_list);
        }
        let id = ConversationId::Group(group_id.clone());
        let account = self.account()?;
        let read = account.cache.read(move |db| {
            let Some(key) = conv::key_of(db, &id)? else { return Ok(Vec::new()) };
            let mut found = Vec::new();
            for place in annotation::pins(db, key)? {
                let Some(message) = messages::at(db, key, place)? else { continue };
                let message = annotation::dressed(db, key, message)?;
                if let (Some(pin), false) = (message.pin.clone(), message.is_revoked()) {
                    found.push(PinnedMessage { message, pin });
                }
            }
            Ok(found)
        });
        Ok(read.await?)
    }
}
