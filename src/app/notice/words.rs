//! What a notification says (MSG-33).

use hallway_client::Conversation;
use hallway_protocol::message::Payload;
use hallway_protocol::{ConversationId, Message, UserId};

use crate::fl;
use crate::screen::chats::words::{conversation_name, one_line, preview, sender};

/// A notification in words. Nothing in it is markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The first line.
    pub title: String,
    /// What stands below it.
    pub body: String,
}

/// Announces one message; none where it has nothing to say. Without `previews`, nothing that its sender chose
/// is shown.
pub fn message(message: &Message, line: &Conversation, me: &UserId, previews: bool) -> Option<Words> {
    let push = message.offline_push.as_ref();
    let given = |field: Option<&String>| field.map(|text| one_line(text)).filter(|text| !text.is_empty());
    let description = given(push.map(|push| &push.description));
    if let Payload::Custom(custom) = &message.payload
        && description.is_none()
        && custom.description.trim().is_empty()
    {
        return None;
    }
    if !previews {
        return Some(Words { title: name(line), body: fl!("notice-new") });
    }
    let body = description.unwrap_or_else(|| {
        let text = preview(message, me);
        match line.conversation_id {
            ConversationId::Group(_) => fl!("preview-from", who = sender(message), text = text),
            _ => text,
        }
    });
    Some(Words { title: given(push.map(|push| &push.title)).unwrap_or_else(|| name(line)), body })
}

/// Announces several messages of one conversation.
pub fn several(count: usize, line: &Conversation) -> Words {
    Words { title: name(line), body: fl!("notice-several", count = count) }
}

/// Announces several messages of several conversations.
pub fn everywhere(count: usize, conversations: usize) -> Words {
    Words { title: fl!("app-name"), body: fl!("notice-everywhere", count = count, chats = conversations) }
}

fn name(line: &Conversation) -> String {
    one_line(&conversation_name(line))
}

#[cfg(test)]
mod tests {
    use hallway_protocol::message::{CustomPayload, FilePayload, OfflinePush};

    use super::*;
    use crate::screen::chats::sample;

    fn says(payload: Payload, push: OfflinePush, to: &str, previews: bool) -> Option<(String, String)> {
        let mut said = sample::message("ben", 1, payload);
        said.offline_push = Some(push);
        let line = sample::row(to);
        message(&said, &line, &sample::user("anna"), previews).map(|words| (words.title, words.body))
    }

    fn custom(description: &str) -> Payload {
        Payload::Custom(CustomPayload { description: description.into(), ..CustomPayload::default() })
    }

    /// MSG-33: title else the name of the conversation; description else by kind; of custom messages instead of their
    /// own, and without either no notification.
    #[test]
    fn title_and_description() {
        let own = |title: &str, description: &str| OfflinePush {
            title: title.into(),
            description: description.into(),
            ..OfflinePush::default()
        };
        let pair = |title: &str, body: &str| Some((title.to_owned(), body.to_owned()));
        let text = || Payload::text("two\nlines <b>");
        assert_eq!(says(text(), own("", ""), "C2Cben", true), pair("Ben", "two lines <b>"));
        assert_eq!(says(text(), own("", ""), "GROUPsales", true), pair("Sales", "Ben: two lines <b>"));
        assert_eq!(says(text(), own("Lunch", "Soup"), "GROUPsales", true), pair("Lunch", "Soup"));
        assert_eq!(says(text(), own(" ", "Soup"), "C2Cben", true), pair("Ben", "Soup"));
        let file = Payload::File(FilePayload {
            uuid: String::new(),
            file_name: "plan.pdf".into(),
            file_url: String::new(),
            file_size: 1,
        });
        assert_eq!(says(file, own("", ""), "C2Cben", true), pair("Ben", "[File] plan.pdf"));
        assert_eq!(says(custom("A vote"), own("", ""), "C2Cben", true), pair("Ben", "A vote"));
        assert_eq!(says(custom("A vote"), own("", "Vote now"), "C2Cben", true), pair("Ben", "Vote now"));
        assert_eq!(says(custom(""), own("", "Vote now"), "C2Cben", true), pair("Ben", "Vote now"));
        assert_eq!(says(custom(""), own("Poll", ""), "C2Cben", true), None);
    }

    #[test]
    fn without_previews_nothing_of_the_sender_is_shown() {
        let push =
            OfflinePush { title: "Lunch".into(), description: "Soup".into(), ..OfflinePush::default() };
        let new = Some(("Sales".to_owned(), "New message".to_owned()));
        assert_eq!(says(Payload::text("words"), push, "GROUPsales", false), new);
        assert_eq!(says(custom(""), OfflinePush::default(), "C2Cben", false), None);
    }
}
