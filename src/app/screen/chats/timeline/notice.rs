//! The conversation of the notices: a row for each, which leads to its group as long as the viewer is in it.

use hallway_protocol::message::Payload;
use hallway_protocol::{ConversationId, Message};
use iced::widget::tooltip::Position;
use iced::widget::{column, container, rich_text, row, span};
use iced::{Alignment, Length};

use super::bubble::row_id;
use crate::fl;
use crate::screen::chats::face::face;
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{BODY, META, PREVIEW, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::row::list_row;
use crate::widget::tip::with_tip;

impl Chats {
    /// A notice, if the message is one.
    pub(super) fn notice<'a>(
        &'a self,
        message: &'a Message,
        theme: &Theme,
    ) -> Option<Element<'a, ChatsMessage>> {
        let Payload::GroupSystemNotice(notice) = &message.payload else { return None };
        let me = &self.context.me.user_id;
        let place = ConversationId::Group(notice.group_profile.group_id.clone());
        let is_in = self.list.get(&place).is_some_and(|group| !group.is_readonly);
        let group = words::group_of(notice);
        let (before, after) = words::around_group(message, notice, me);
        let palette = theme.palette();
        let mut parts = vec![span::<(), iced::Font>(before)];
        if let Some(after) = after {
            let name = span(group.clone()).font(font::SEMIBOLD);
            parts.push(if is_in { name.color(palette.link) } else { name });
            parts.push(span(after));
        }
        let sentence = rich_text(parts)
            .size(BODY.size)
            .line_height(iced::widget::text::LineHeight::Absolute(BODY.line.into()))
            .wrapping(iced::widget::text::Wrapping::WordOrGlyph);
        let note = (!notice.handle_message.is_empty()).then(|| {
            let note = fl!("notice-note", note = words::one_line(&notice.handle_message));
            label(note, PREVIEW).style(style::secondary)
        });
        let clock = self.context.clock;
        let time = label(clock.time_of_day(message.time), META).style(style::muted);
        let time = with_tip(time, clock.full(message.time), None, Position::Top);
        let content = row![
            face(&place, &group, size::AVATAR_MESSAGE),
            column![sentence].push(note).spacing(gap::XXS).width(Length::Fill),
            time,
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center);
        let time = clock.time_of_day(message.time);
        let spoken = fl!("notice-spoken", time = time, text = words::preview(message, me));
        let row = list_row(container(content).padding([gap::S, 0.0]), spoken)
            .id(row_id(&message.id))
            .on_press_maybe(is_in.then_some(ChatsMessage::Open(place)));
        Some(container(row).padding([gap::XXS, gap::S]).into())
    }
}
