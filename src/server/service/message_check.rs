//! What can be said about a message without looking anything up.

use hallway_protocol::group::GroupType;
use hallway_protocol::ids::{ConversationId, MENTION_ALL, UserId};
use hallway_protocol::message::{MergerPayload, OfflinePush, Payload, Quote, body_bytes};
use hallway_protocol::method::SendMessage;
use hallway_protocol::{ChatError, ErrorCode, Limits};

use super::file::reference::references;

/// Longest summary of a quote (PLUS-8), in characters.
const SUMMARY_CHARS: usize = 200;
/// Longest name in a quote, in bytes (PROF-3).
const NAME_BYTES: usize = 500;

fn invalid(message: &str) -> ChatError {
    ChatError::new(ErrorCode::InvalidParameter).with_message(message)
}

/// Checks a message about to be sent: combination of options, kind, size, lists.
pub fn check_send(limits: &Limits, send: &SendMessage) -> Result<(), ChatError> {
    let is_group = match &send.conversation_id {
        ConversationId::System => return Err(ErrorCode::ConversationKindNotAllowed.into()),
        ConversationId::C2c(_) => false,
        ConversationId::Group(_) => true,
    };
    if send.online_user_only {
        if send.message_control.is_some() {
            return Err(invalid("online_user_only and message_control exclude each other"));
        }
        if send.need_read_receipt {
            return Err(ErrorCode::ReceiptForOnlineOnly.into());
        }
        // Who may fetch a file follows from stored messages.
        if !references(&send.payload)?.is_empty() {
            return Err(invalid("files are not sent to those online only"));
        }
    }
    check_payload(limits, &send.payload)?;
    check_size(limits, &send.payload, &send.cloud_custom_data, send.offline_push.as_ref())?;
    if let Some(quote) = &send.reply_to {
        check_quote(quote)?;
    }
    check_mentions(limits, is_group, &send.at_user_list)?;
    if !send.receiver_list.is_empty() {
        let count = send.receiver_list.len();
        let wrong = !is_group
            || !send.at_user_list.is_empty()
            || u32::try_from(count).is_ok_and(|count| count > limits.receivers_per_message);
        if wrong {
            return Err(ErrorCode::GroupParameterInvalid.into());
        }
    }
    Ok(())
}

/// Whether targeted messages are possible in groups of this type (MSG-17).
pub fn takes_receivers(kind: GroupType) -> bool {
    !matches!(kind, GroupType::Community | GroupType::AvRoom)
}

/// Checks kind and content.
pub fn check_payload(limits: &Limits, payload: &Payload) -> Result<(), ChatError> {
    match payload {
        Payload::Text(text) if text.text.is_empty() => Err(invalid("the text is empty")),
        Payload::Location(place) => {
            let on_earth =
                (-180.0..=180.0).contains(&place.longitude) && (-90.0..=90.0).contains(&place.latitude);
            if on_earth { Ok(()) } else { Err(invalid("no such place on earth")) }
        }
        Payload::Merger(merger) => check_merger(limits, merger),
        Payload::Image(_) | Payload::Audio(_) | Payload::Video(_) | Payload::File(_) => {
            references(payload).map(|_| ())
        }
        Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Revoked {} | Payload::Unknown(_) => {
            Err(invalid("this kind of message is not sent by people"))
        }
        Payload::Text(_) | Payload::Custom(_) | Payload::Face(_) => Ok(()),
    }
}

fn check_merger(limits: &Limits, merger: &MergerPayload) -> Result<(), ChatError> {
    if merger.compatible_text.is_empty() || merger.message_list.is_empty() == merger.download_key.is_empty() {
        return Err(invalid("a combined message needs compatible_text and either messages or a key"));
    }
    // Level by level instead of by recursion: the depth is the sender's.
    let (mut level, mut depth) = (vec![merger], 0u32);
    while !level.is_empty() {
        depth = depth.saturating_add(1);
        if depth > limits.merger_levels {
            return Err(ErrorCode::CombinedTooDeep.into());
        }
        let mut below = Vec::new();
        for merger in level {
            if u32::try_from(merger.message_list.len()).is_ok_and(|count| count > limits.merger_messages) {
                return Err(invalid("too many messages in one combined message"));
            }
            for part in merger.message_list.iter().flat_map(|message| &message.message_body) {
                match part {
                    Payload::Merger(inner) => below.push(inner),
                    other => check_part(limits, other)?,
                }
            }
        }
        level = below;
    }
    Ok(())
}

fn without_messages(merger: &MergerPayload) -> MergerPayload {
    MergerPayload {
        title: merger.title.clone(),
        abstract_list: merger.abstract_list.clone(),
        compatible_text: merger.compatible_text.clone(),
        message_list: Vec::new(),
        download_key: merger.download_key.clone(),
        layers_over_limit: false,
    }
}

/// Checks a message inside of a combined one that is none itself.
pub fn check_part(limits: &Limits, part: &Payload) -> Result<(), ChatError> {
    match part {
        Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Revoked {} => {
            Err(ErrorCode::NotForwardable.into())
        }
        // A kind of a newer program is forwarded as it is; a broken one never was a message.
        Payload::Unknown(_) if part.is_foreign() => Ok(()),
        other => check_payload(limits, other),
    }
}

/// Checks the size of the body with what is stored along with it (OBJ-1, 80002).
pub fn check_size(
    limits: &Limits,
    payload: &Payload,
    cloud_custom_data: &str,
    push: Option<&OfflinePush>,
) -> Result<(), ChatError> {
    let push = push.map_or(0, |push| {
        push.title.len().saturating_add(push.description.len()).saturating_add(push.extension.len())
    });
    // What is inside of a combined message has a limit of its own.
    let bytes = match payload {
        Payload::Merger(merger) => {
            let outside = without_messages(merger);
            body_bytes(&Payload::Merger(outside), cloud_custom_data)
        }
        other => body_bytes(other, cloud_custom_data),
    };
    let bytes = bytes.saturating_add(push);
    if u32::try_from(bytes).is_ok_and(|bytes| bytes <= limits.message_body_bytes) {
        Ok(())
    } else {
        Err(ErrorCode::MessageTooLarge.into())
    }
}

fn check_quote(quote: &Quote) -> Result<(), ChatError> {
    if quote.summary.chars().count() > SUMMARY_CHARS || quote.nick.len() > NAME_BYTES {
        return Err(invalid("the quote is too long"));
    }
    Ok(())
}

/// Checks a list of mentions (OBJ-2 10053, MSG-21 2106, SES-1 7003).
pub fn check_mentions(limits: &Limits, is_group: bool, list: &[String]) -> Result<(), ChatError> {
    if list.is_empty() {
        return Ok(());
    }
    if !is_group {
        return Err(ErrorCode::ConversationKindNotAllowed.into());
    }
    if u32::try_from(list.len()).map_or(true, |count| count > limits.mentions_per_message) {
        return Err(ErrorCode::TooManyMentions.into());
    }
    if list.iter().all(|at| at == MENTION_ALL || at.parse::<UserId>().is_ok()) {
        Ok(())
    } else {
        let error = ChatError::new(ErrorCode::UserIdInvalid);
        Err(error.with_message("at_user_list holds something that is no user ID"))
    }
}
