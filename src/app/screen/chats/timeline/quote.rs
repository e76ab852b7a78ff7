//! What is answered to, as it stands in a bubble, and the small picture beside it there and above the composer.
//!
//! A quote carries words only. Its message is looked up in the local copy, once for each opening of the conversation.

use std::sync::Arc;

use hallway_protocol::message::{Payload, Quote};
use hallway_protocol::{Message as ChatMessage, MessageId};
use iced::widget::{center, column, container, row, space};
use iced::{Alignment, Background, Size, border};

use super::Message;
use super::rows::Key;
use crate::fl;
use crate::screen::chats::call::Call;
use crate::screen::chats::card::card_of;
use crate::screen::chats::effect::Effect;
use crate::screen::chats::media::pictures::{Detail, Key as PictureKey};
use crate::screen::chats::media::{self, variant};
use crate::screen::chats::timeline::content::image::drawn;
use crate::screen::chats::{Chats, Message as ChatsMessage, Open, words};
use crate::theme::tokens::{PREVIEW, SMALL, person_index, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::custom;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;

/// Side of the small picture.
pub const SIDE: f32 = 36.0;

/// The sign of a kind that is more than words.
fn sign(message: &ChatMessage) -> Option<Icon> {
    use hallway_protocol::card::Card;
    Some(match &message.payload {
        Payload::Image(_) => Icon::Image,
        Payload::Video(_) => Icon::Play,
        Payload::File(_) => Icon::Document,
        Payload::Audio(_) => Icon::Microphone,
        Payload::Face(_) => Icon::Smile,
        Payload::Location(_) => Icon::Place,
        Payload::Merger(_) => Icon::Chat,
        Payload::Custom(_) => match card_of(message)? {
            Card::Poll(_) => Icon::Poll,
            Card::SignUp(_) => Icon::List,
            Card::Contact(_) => Icon::User,
        },
        _ => return None,
    })
}

impl Chats {
    /// The message that something answers to, if it is here.
    pub(in super::super) fn quoted<'a>(
        &self,
        open: &'a Open,
        id: &MessageId,
    ) -> Option<&'a Arc<ChatMessage>> {
        match open.timeline.message(id) {
            Some(row) => Some(&row.message),
            None => open.quoted.get(id)?.as_ref(),
        }
    }

    /// What is quoted in view or answered to is looked up once, and the small pictures of it are loaded.
    pub(in super::super) fn look_at_quotes(&mut self) -> Vec<Effect> {
        let Some(open) = &self.open else { return Vec::new() };
        let in_view = open.timeline.in_view().filter_map(|row| row.message.reply_to.as_ref());
        let quoted: Vec<MessageId> =
            in_view.chain(open.composer.replies_to()).map(|quote| quote.id.clone()).collect();
        let mut effects = Vec::new();
        for id in quoted {
            let Some(open) = &mut self.open else { break };
            if let Some(row) = open.timeline.message(&id) {
                let message = Arc::clone(&row.message);
                effects.extend(self.look_at_quoted(&message));
            } else if let Some(known) = open.quoted.get(&id) {
                let known = known.clone();
                effects.extend(known.and_then(|message| self.look_at_quoted(&message)));
            } else {
                open.quoted.insert(id.clone(), None);
                effects.push(Effect::Call(Call::Quoted(id)));
            }
        }
        effects
    }

    fn look_at_quoted(&mut self, message: &Arc<ChatMessage>) -> Option<Effect> {
        let url = match &message.payload {
            Payload::Image(image) => &variant(image, 1).or_else(|| variant(image, 0))?.url,
            Payload::Video(video) => &video.snapshot_url,
            _ => return None,
        };
        let key = PictureKey { message: message.id.clone(), detail: Detail::Small };
        // What is on its way to the server has no address there yet.
        if message.sequence == 0
            || url.is_empty()
            || message.has_risk_content
            || !self.media.pictures.want(&key)
        {
            return None;
        }
        let picture =
            media::Call::Picture { key, message: Arc::clone(message), url: url.clone(), moves: false };
        Some(Effect::Call(Call::Media(picture)))
    }

    /// A quoted message was looked up.
    pub(in super::super) fn quote_found(&mut self, message: Option<Arc<ChatMessage>>) -> Vec<Effect> {
        let Some(message) = message else { return Vec::new() };
        if let Some(open) = self.open.as_mut().filter(|open| open.id == message.conversation_id) {
            open.quoted.insert(message.id.clone(), Some(message));
        }
        Vec::new()
    }

    /// A small picture of what is answered to, where it is more than words.
    pub(in super::super) fn thumbnail<'a>(
        &'a self,
        open: &'a Open,
        id: &MessageId,
    ) -> Option<Element<'a, ChatsMessage>> {
        let message = self.quoted(open, id).filter(|message| !message.is_revoked())?;
        let sign = sign(message)?;
        let picture = match &message.payload {
            Payload::Image(_) | Payload::Video(_) if !message.has_risk_content => {
                self.media.pictures.get(id, Detail::Small)
            }
            _ => None,
        };
        let side = Size::new(SIDE, SIDE);
        Some(match picture {
            Some(handle) => container(drawn(handle, side, radius::CHIP)).center(SIDE).into(),
            None => center(icon(sign).color(|p| p.text_2)).width(SIDE).height(SIDE).style(style::tile).into(),
        })
    }

    /// The message that is answered to; a press jumps to it.
    pub(super) fn quote<'a>(&'a self, open: &'a Open, quote: &'a Quote) -> Element<'a, ChatsMessage> {
        let original = open.timeline.message(&quote.id);
        let gone = open
            .timeline
            .stretch()
            .rows()
            .place(&Key::Message(quote.id.clone()))
            .is_some_and(|_| original.is_none());
        let who = if quote.from == self.context.me.user_id {
            fl!("you-subject")
        } else if quote.nick.is_empty() {
            quote.from.to_string()
        } else {
            quote.nick.clone()
        };
        let index = person_index(quote.from.as_str());
        let summary = if gone { fl!("quote-recalled") } else { words::one_line(&quote.summary) };
        let summary = one_line(summary).step(PREVIEW).color(|p| p.text_2);
        let summary = if gone { summary.font(font::ITALIC) } else { summary };
        let mut head = row![label(who.clone(), SMALL).font(font::SEMIBOLD).style(move |theme: &Theme| {
            iced::widget::text::Style { color: Some(theme.palette().names[index]) }
        })]
        .spacing(gap::XS)
        .align_y(Alignment::Center);
        if open.timeline.going_to() == Some(quote.sequence) {
            head = head.push(icon(Icon::Clock).size(size::ICON_SMALL).color(|p| p.text_3));
        }
        let bar =
            container(space()).width(3.0).height(PREVIEW.line + SMALL.line).style(move |theme: &Theme| {
                container::Style {
                    background: Some(Background::Color(theme.palette().names[index])),
                    border: border::rounded(radius::CHIP),
                    ..container::Style::default()
                }
            });
        let mut content = row![bar].spacing(gap::S).align_y(Alignment::Center);
        if let Some(small) = self.thumbnail(open, &quote.id).filter(|_| !gone) {
            content = content.push(small);
        }
        let content = content.push(container(column![head, summary]).clip(true));
        let number = open.timeline.number();
        custom(content, fl!("quote-spoken", who = who))
            .on_press(ChatsMessage::Timeline(number, Message::Jump(quote.sequence)))
            .no_focus()
            .into()
    }
}
