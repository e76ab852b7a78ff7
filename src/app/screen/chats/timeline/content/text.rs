//! Words: links and mentions can be pressed, the text can be selected over several messages.

use hallway_client::search::hits;

use super::super::links;
use super::super::rows::{Key, MessageRow};
use crate::screen::chats::{Chats, Message as ChatsMessage, Open};
use crate::text::emoji;
use crate::text::rich::{self, Mark, Rich};
use crate::theme::Theme;
use crate::theme::tokens::PAGE;
use crate::widget::Element;
use crate::widget::select_text::select_text;

/// So many emoji and nothing else are shown large.
const LARGE_EMOJI: usize = 3;

/// What a link in a text leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Page(String),
    Person(String),
}

impl Chats {
    /// The words of a message.
    pub(super) fn text<'a>(
        &'a self,
        open: &'a Open,
        row: &'a MessageRow,
        text: &'a str,
        state: Element<'a, ChatsMessage>,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let key = Key::Message(row.message.id.clone());
        let mut rich = Rich::plain(text);
        for range in rich::links(text) {
            let page = Target::Page(text[range.clone()].to_owned());
            rich = rich.mark(range, Mark::Link(page));
        }
        for (range, id) in links::mentions(text, &row.message.at_user_list, &open.members) {
            rich = rich.mark(range, Mark::Mention(Target::Person(id.to_owned())));
        }
        if let Some(search) = &self.search {
            for range in hits(text, &search.lit()) {
                rich = rich.mark(range, Mark::Hit);
            }
        }
        let large = emoji::only_emoji(text).is_some_and(|count| count <= LARGE_EMOJI);
        let step = if large { PAGE } else { self.body_step(text) };
        let timeline = &open.timeline;
        let selection = timeline
            .selection()
            .and_then(|selection| selection.part(&key, |key| timeline.stretch().index(key)));
        select_text(key, rich, theme.palette())
            .step(step)
            .selection(selection)
            .on_link(|target| match target {
                Target::Page(url) => ChatsMessage::Link(url),
                Target::Person(id) => ChatsMessage::Mentioned(id),
            })
            .trailing(state)
            .into()
    }
}
