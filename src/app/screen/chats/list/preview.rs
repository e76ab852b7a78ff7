//! The second line of a conversation row, and its badge.

use hallway_client::Conversation;
use hallway_protocol::conversation::{AtType, MARK_UNREAD, RemindType};
use hallway_protocol::message::MessageStatus;
use hallway_protocol::{ConversationId, Message, UserId};

use crate::fl;
use crate::screen::chats::words;

/// What stands before the preview in the danger colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Something is begun and not sent.
    Draft,
    /// The last message was not sent.
    Failed,
    /// The viewer is mentioned.
    Me,
    /// Everybody is mentioned.
    All,
}

impl Mark {
    /// The word for it, with its brackets.
    pub fn text(self) -> String {
        match self {
            Self::Draft => fl!("preview-draft"),
            Self::Failed => fl!("preview-failed"),
            Self::Me => fl!("preview-at-me"),
            Self::All => fl!("preview-at-all"),
        }
    }
}

/// The second line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// What comes first.
    pub mark: Option<Mark>,
    /// The rest, one line.
    pub text: String,
}

/// The preview of a conversation. The most urgent comes first: draft, failure, mention, message.
pub fn preview(conversation: &Conversation, me: &UserId, open: bool) -> Preview {
    // What is being typed is visible in the composer while the conversation is open.
    if let Some(draft) = conversation.draft.as_ref().filter(|draft| !open && !draft.draft_text.is_empty()) {
        return Preview { mark: Some(Mark::Draft), text: words::one_line(&draft.draft_text) };
    }
    let text = conversation
        .last_message
        .as_deref()
        .map_or_else(String::new, |last| last_words(conversation, last, me));
    let failed = conversation.last_message.as_ref().is_some_and(|last| last.status == MessageStatus::Fail);
    let mark = if failed { Some(Mark::Failed) } else { mention(conversation) };
    Preview { mark, text }
}

/// The strongest unread mention.
pub fn mention(conversation: &Conversation) -> Option<Mark> {
    let mut all = None;
    for mention in &conversation.group_at_info_list {
        match mention.at_types {
            AtType::Me | AtType::AllAndMe => return Some(Mark::Me),
            AtType::All => all = Some(Mark::All),
        }
    }
    all
}

fn last_words(conversation: &Conversation, last: &Message, me: &UserId) -> String {
    let text = words::preview(last, me);
    if words::sentence(last, me).is_some() {
        return text;
    }
    match &conversation.conversation_id {
        _ if last.from == *me => fl!("preview-you", text = text),
        ConversationId::Group(_) => fl!("preview-from", who = words::sender(last), text = text),
        _ => text,
    }
}

/// The red or grey pill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Badge {
    /// How many.
    pub count: u64,
    /// Grey: the conversation is muted.
    pub muted: bool,
    /// The viewer is mentioned.
    pub mention: bool,
    /// The viewer marked it as unread (CONV-81).
    pub marked: bool,
}

/// Whether the viewer marked a conversation as unread (CONV-81).
pub fn is_marked(conversation: &Conversation) -> bool {
    conversation.mark_list.contains(&MARK_UNREAD)
}

/// The badge of a conversation, none where everything is read.
pub fn badge(conversation: &Conversation) -> Option<Badge> {
    let mention = mention(conversation).is_some();
    let marked = is_marked(conversation);
    (conversation.unread_count > 0 || mention || marked).then(|| Badge {
        count: conversation.unread_count,
        muted: conversation.message_remind_type != RemindType::AcceptAndNotify,
        mention,
        marked,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hallway_protocol::conversation::{Draft, Mention};

    use super::*;
    use crate::screen::chats::sample;

    fn with_last(id: &str, last: Message) -> Conversation {
        Conversation { last_message: Some(Arc::new(last)), ..sample::row(id) }
    }

    /// CONV-24, CONV-27, CONV-34, CONV-47: draft before failure before mention before message.
    #[test]
    fn the_most_urgent_comes_first() {
        let me = sample::user("anna");
        let mut row = with_last("GROUPsales", sample::text("ben", 1, "hello"));
        let says = |row: &Conversation| {
            let preview = preview(row, &me, false);
            (preview.mark, preview.text)
        };
        assert_eq!(says(&row), (None, "Ben: hello".into()));
        let at = |at_types| Mention { from: sample::user("ben"), message_sequence: 1, at_types };
        row.group_at_info_list = vec![at(AtType::All)];
        assert_eq!(says(&row).0, Some(Mark::All));
        row.group_at_info_list.push(at(AtType::AllAndMe));
        assert_eq!(says(&row).0, Some(Mark::Me));
        let mut failed = sample::text("anna", 0, "out");
        failed.status = MessageStatus::Fail;
        row.last_message = Some(Arc::new(failed));
        assert_eq!(says(&row), (Some(Mark::Failed), "You: out".into()));
        let draft = Draft {
            conversation_id: row.conversation_id.clone(),
            draft_text: "begun\nhere".into(),
            reply_to: None,
            time_ms: 1,
        };
        row.draft = Some(draft);
        assert_eq!(says(&row), (Some(Mark::Draft), "begun here".into()));
        assert_eq!(preview(&row, &me, true).mark, Some(Mark::Failed), "the open one shows no draft");
    }

    #[test]
    fn who_said_it() {
        let me = sample::user("anna");
        let says = |id, last| preview(&with_last(id, last), &me, false).text;
        assert_eq!(says("C2Cben", sample::text("ben", 1, "hi")), "hi");
        assert_eq!(says("C2Cben", sample::text("anna", 1, "hi")), "You: hi");
        assert_eq!(says("GROUPsales", sample::tip(1, sample::joined(&["ben"], "ben", 1))), "Ben joined");
    }

    #[test]
    fn badges() {
        let mut row = sample::row("C2Cben");
        assert_eq!(badge(&row), None);
        row.unread_count = 3;
        assert_eq!(badge(&row), Some(Badge { count: 3, muted: false, mention: false, marked: false }));
        row.message_remind_type = RemindType::AcceptNotNotify;
        assert!(badge(&row).is_some_and(|badge| badge.muted));
    }
}
