//! Passing messages on: one, or several as one (MSG-29 to MSG-31).

use hallway_protocol::message::{MergerPayload, MessageStatus, Payload, SimplifiedMessage};
use hallway_protocol::method::GetCombinedMessage;
use hallway_protocol::{ConversationId, ErrorCode, Message};

use super::{Client, MessageOptions};
use crate::Result;
use crate::cache::{combined, conv};

/// Lines that stand on the card of a combined message when the app gives none (MSG-29).
const LINES: usize = 3;
/// Characters of such a line at most.
const LINE_CHARS: usize = 100;

/// Kinds that can be passed on: 2453 for what the server said, what was recalled, and what this version does not know.
fn check_kind(message: &Message) -> Result<()> {
    match &message.payload {
        _ if message.is_revoked() => Err(ErrorCode::NotForwardable.into()),
        Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Revoked {} | Payload::Unknown(_) => {
            Err(ErrorCode::NotForwardable.into())
        }
        _ => Ok(()),
    }
}

impl Client {
    /// A message of the same kind and content for somebody else, not sent yet (MSG-31). Its files are not uploaded again.
    /// Mentions, app data, receipts, extensions and reactions are not carried over; `options` says what the new one has.
    ///
    /// # Errors
    ///
    /// 2453 for tips, notices, recalled messages and those that are not sent; 2454 for one that is not as it was received;
    /// otherwise as [`Self::create_text_message`].
    pub async fn create_forward_message(
        &self,
        message: &Message,
        to: ConversationId,
        options: MessageOptions,
    ) -> Result<Message> {
        check_kind(message)?;
        if message.sequence == 0 && !message.online_user_only {
            return Err(ErrorCode::NotForwardable.into());
        }
        if let Some(original) = self.find_message(&message.id).await? {
            check_kind(&original)?;
            if original.payload != message.payload && !is_opened(&original.payload, &message.payload) {
                return Err(ErrorCode::ForwardContentAltered.into());
            }
        }
        self.create_message(to, message.payload.clone(), options)
    }

    /// Several messages of one conversation as one, in the order of their places, not sent yet (MSG-29). Without
    /// `abstract_list` the first three are put on the card, each as `sender: text` or `sender: [Image]`.
    ///
    /// # Errors
    ///
    /// 2100 if one is not sent; 2453 for tips, notices and recalled ones; 8005 for combined messages that nest too deep;
    /// 6017 for none or too many, for several conversations, and without `compatible_text`; 8001 for too much content.
    pub fn create_merger_message(
        &self,
        to: ConversationId,
        message_list: &[Message],
        title: &str,
        abstract_list: Option<Vec<String>>,
        compatible_text: &str,
        options: MessageOptions,
    ) -> Result<Message> {
        let limits = self.inner.shared.limits();
        let is_one = message_list
            .windows(2)
            .all(|pair| pair.iter().all(|it| it.conversation_id == message_list[0].conversation_id));
        if message_list.is_empty()
            || message_list.len() > limits.merger_messages as usize
            || compatible_text.is_empty()
            || !is_one
        {
            return Err(ErrorCode::InvalidParameter.into());
        }
        for message in message_list {
            if message.sequence == 0 || message.status != MessageStatus::Success {
                return Err(ErrorCode::SendFailed.into());
            }
            check_kind(message)?;
        }
        let mut list: Vec<&Message> = message_list.iter().collect();
        list.sort_by_key(|message| message.sequence);
        list.dedup_by_key(|message| message.sequence);
        let merger = MergerPayload {
            title: title.to_owned(),
            abstract_list: abstract_list
                .unwrap_or_else(|| list.iter().take(LINES).map(|message| line(message)).collect()),
            compatible_text: compatible_text.to_owned(),
            message_list: list.into_iter().map(simplified).collect(),
            download_key: String::new(),
            layers_over_limit: false,
        };
        if depth(&merger) > limits.merger_levels {
            return Err(ErrorCode::CombinedTooDeep.into());
        }
        self.create_message(to, Payload::Merger(merger), options)
    }

    /// A combined message with the messages inside of it (MSG-30): from the local copy where it was opened before, else from
    /// the server. One that has them already is returned as it is.
    ///
    /// # Errors
    ///
    /// 2450 for other kinds, 2451 for a wrong key, 2452 when it did not work.
    pub async fn download_merger_message(&self, message: &Message) -> Result<Message> {
        let Payload::Merger(merger) = &message.payload else {
            return Err(ErrorCode::NotACombinedMessage.into());
        };
        let message_list = self.open_merger(message, merger).await?;
        let merger = MergerPayload { message_list, download_key: String::new(), ..merger.clone() };
        Ok(Message { payload: Payload::Merger(merger), ..message.clone() })
    }

    /// The messages inside of a combined message that itself is inside of `message`; errors as
    /// [`Self::download_merger_message`].
    pub async fn open_merger(
        &self,
        message: &Message,
        merger: &MergerPayload,
    ) -> Result<Vec<SimplifiedMessage>> {
        if merger.download_key.is_empty() {
            return Ok(merger.message_list.clone());
        }
        let cache = self.account()?.cache.clone();
        let key = merger.download_key.clone();
        if let Some(list) = cache.read(move |db| combined::get(db, &key)).await? {
            return Ok(list);
        }
        let params = GetCombinedMessage {
            conversation_id: message.conversation_id.clone(),
            sequence: message.sequence,
            download_key: merger.download_key.clone(),
        };
        let list = match self.rpc()?.call(&params).await {
            Ok(answer) => answer.message_list,
            Err(error) => {
                let code = match error.code {
                    ErrorCode::MessageUnknown | ErrorCode::GroupMessageUnknown => {
                        ErrorCode::CombinedKeyInvalid
                    }
                    ErrorCode::NotACombinedMessage | ErrorCode::CombinedKeyInvalid => error.code,
                    _ => ErrorCode::CombinedDownloadFailed,
                };
                return Err(crate::ChatError { code, ..error });
            }
        };
        let (id, sequence, kept) = (message.conversation_id.clone(), message.sequence, list.clone());
        let key = merger.download_key.clone();
        let keep = cache.write(move |db| match conv::key_of(db, &id)? {
            Some(conv) => combined::put(db, (conv, sequence), &key, &kept),
            None => Ok(()),
        });
        keep.await?;
        Ok(list)
    }
}

/// Whether `opened` is `original` with the messages inside fetched.
fn is_opened(original: &Payload, opened: &Payload) -> bool {
    match (original, opened) {
        (Payload::Merger(original), Payload::Merger(opened)) => {
            !original.download_key.is_empty()
                && (&original.title, &original.abstract_list, &original.compatible_text)
                    == (&opened.title, &opened.abstract_list, &opened.compatible_text)
        }
        _ => false,
    }
}

fn name(message: &Message) -> &str {
    [&message.name_card, &message.nick]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(message.from.as_str(), |name| name)
}

fn simplified(message: &Message) -> SimplifiedMessage {
    SimplifiedMessage {
        id: message.id.clone(),
        from: message.from.clone(),
        nick: name(message).to_owned(),
        avatar: message.avatar.clone(),
        time: message.time,
        message_body: vec![message.payload.clone()],
        cloud_custom_data: message.cloud_custom_data.clone(),
    }
}

/// How a message stands on the card of a combined one.
fn line(message: &Message) -> String {
    let words = match &message.payload {
        Payload::Text(text) => text.text.lines().next().unwrap_or_default(),
        Payload::Image(_) => "[Image]",
        Payload::Audio(_) => "[Voice]",
        Payload::Video(_) => "[Video]",
        Payload::File(_) => "[File]",
        Payload::Face(_) => "[Sticker]",
        Payload::Location(_) => "[Location]",
        Payload::Merger(_) => "[Chat record]",
        Payload::Custom(custom) if !custom.description.is_empty() => &custom.description,
        _ => "[Message]",
    };
    format!("{}: {words}", name(message)).chars().take(LINE_CHARS).collect()
}

/// Levels of combined messages, as far as they are here.
fn depth(merger: &MergerPayload) -> u32 {
    let (mut level, mut depth) = (vec![merger], 0u32);
    while !level.is_empty() {
        depth = depth.saturating_add(1);
        let parts = level.iter().flat_map(|it| &it.message_list).flat_map(|message| &message.message_body);
        level = parts
            .filter_map(|part| if let Payload::Merger(inner) = part { Some(inner) } else { None })
            .collect();
    }
    depth
}
