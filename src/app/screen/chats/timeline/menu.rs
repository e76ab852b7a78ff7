//! The menu of a message, and the toolbar that appears over it.

use hallway_protocol::MessageId;
use iced::widget::{container, row};
use iced::{Alignment, Point};

use super::rows::MessageRow;
use crate::screen::chats::actions::Allowed;
use crate::screen::chats::media::transfers::Download;
use crate::screen::chats::media::{self, File};
use crate::screen::chats::{About, Act, Chats, Message as ChatsMessage, emoji};
use crate::theme::tokens::{Elevation, TITLE, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::{custom, icon_button};
use crate::widget::icon::Icon;
use crate::widget::menu::{Entry, Item};
use crate::widget::shadow::shadow;
use crate::{fl, keymap};

impl Act {
    fn icon(self) -> Icon {
        match self {
            Self::Reply => Icon::Reply,
            Self::Copy => Icon::Copy,
            Self::ToText => Icon::Text,
            Self::Edit | Self::EditAgain => Icon::Edit,
            Self::React => Icon::Smile,
            Self::Forward => Icon::Forward,
            Self::Pin => Icon::Pin,
            Self::Translate => Icon::Globe,
            Self::ReadBy => Icon::DoubleCheck,
            Self::RemovePreview => Icon::Link,
            Self::Select => Icon::Select,
            Self::Recall => Icon::Undo,
            Self::Delete | Self::Discard => Icon::Trash,
            Self::Resend => Icon::Refresh,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Reply => fl!("reply"),
            Self::Copy => fl!("copy"),
            Self::ToText => fl!("voice-to-text"),
            Self::Edit => fl!("edit"),
            Self::EditAgain => fl!("edit-again"),
            Self::React => fl!("react"),
            Self::Forward => fl!("forward"),
            Self::Pin => fl!("pin-message"),
            Self::Translate => fl!("translate"),
            Self::ReadBy => fl!("read-by"),
            Self::RemovePreview => fl!("preview-remove"),
            Self::Select => fl!("select"),
            Self::Recall => fl!("recall"),
            Self::Delete => fl!("delete-for-me"),
            Self::Discard => fl!("delete"),
            Self::Resend => fl!("retry"),
        }
    }

    /// The key that does it while the message has the keyboard.
    fn key(self) -> Option<keymap::Action> {
        match self {
            Self::Reply => Some(keymap::Action::Reply),
            Self::Edit => Some(keymap::Action::Edit),
            Self::Delete => Some(keymap::Action::Delete),
            Self::React => Some(keymap::Action::React),
            Self::Forward => Some(keymap::Action::ForwardMessage),
            Self::Pin => Some(keymap::Action::PinMessage),
            Self::Select => Some(keymap::Action::Select),
            Self::Copy => Some(keymap::Action::Copy),
            _ => None,
        }
    }
}

impl Chats {
    /// What can be done to a message.
    pub(in super::super) fn message_menu(&self, id: &MessageId) -> Vec<Entry<ChatsMessage>> {
        let Some(row) = self.open.as_ref().and_then(|open| open.timeline.message(id)) else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        for act in [
            Act::Resend,
            Act::Reply,
            Act::React,
            Act::Forward,
            Act::Copy,
            Act::ToText,
            Act::Edit,
            Act::Pin,
            Act::Translate,
            Act::ReadBy,
            Act::RemovePreview,
            Act::Select,
        ] {
            entries.extend(self.entry(act, row));
        }
        if !row.outgoing
            && let Some(_) = File::of(&row.message)
        {
            let of = |message: fn(MessageId) -> media::Message| ChatsMessage::Media(message(id.clone()));
            let is_here = matches!(self.media.transfers.download(id), Some(Download::Done(_)));
            entries.push(Item::new(fl!("open"), of(media::Message::Open)).icon(Icon::External).into());
            if is_here {
                entries.push(
                    Item::new(fl!("show-in-folder"), of(media::Message::Folder)).icon(Icon::Folder).into(),
                );
            }
            entries.push(Item::new(fl!("save-as"), of(media::Message::SaveAs)).icon(Icon::Download).into());
        }
        let dangerous: Vec<_> = [Act::Recall, Act::Delete, Act::Discard]
            .into_iter()
            .filter_map(|act| self.entry(act, row))
            .collect();
        if !entries.is_empty() && !dangerous.is_empty() {
            entries.push(Entry::Separator);
        }
        entries.extend(dangerous);
        entries
    }

    /// What an act is called for a message: some take back what they did.
    fn name_of_act(&self, act: Act, row: &MessageRow) -> String {
        let id = &row.message.id;
        let is_translated = self.open.as_ref().is_some_and(|open| open.translations.contains_key(id));
        match act {
            Act::Pin if row.message.pin.is_some() => fl!("unpin-message"),
            Act::Translate if is_translated => fl!("translate-hide"),
            act => act.name(),
        }
    }

    fn entry(&self, act: Act, row: &MessageRow) -> Option<Entry<ChatsMessage>> {
        let item = match self.allows(act, row) {
            Allowed::Yes => {
                Item::new(self.name_of_act(act, row), ChatsMessage::Act(act, row.message.id.clone()))
            }
            Allowed::TooLate => Item::unavailable(act.name(), Some(fl!("recall-too-late"))),
            Allowed::No => return None,
        };
        let item = item.icon(act.icon());
        let item = match act.key().and_then(keymap::Action::keys) {
            Some(keys) => item.keys(keys),
            None => item,
        };
        let dangerous = matches!(act, Act::Recall | Act::Delete | Act::Discard);
        Some(if dangerous { item.danger().into() } else { item.into() })
    }

    /// The buttons that appear over a message under the pointer or with the keyboard.
    pub(super) fn toolbar<'a>(&'a self, row: &'a MessageRow) -> Element<'a, ChatsMessage> {
        let mut buttons = row![].spacing(gap::XXS).align_y(Alignment::Center);
        if self.allows(Act::React, row) == Allowed::Yes {
            let id = &row.message.id;
            for sign in self.quick_reactions() {
                let face = container(label(sign, TITLE).font(font::EMOJI)).center(size::TARGET);
                let press = ChatsMessage::React(id.clone(), sign.to_owned());
                let name = fl!("react-with", sign = sign);
                buttons = buttons.push(custom(face, name).small().padding(0.0).no_focus().on_press(press));
            }
            let id = id.clone();
            let other = icon_button(Icon::Smile, fl!("react")).small().no_focus();
            buttons = buttons.push(
                other.on_press_at(move |at| ChatsMessage::Emoji(emoji::Message::Open(at, Some(id.clone())))),
            );
        }
        for act in [Act::Reply, Act::Forward, Act::Edit] {
            if self.allows(act, row) == Allowed::Yes {
                let press = ChatsMessage::Act(act, row.message.id.clone());
                buttons =
                    buttons.push(icon_button(act.icon(), act.name()).small().no_focus().on_press(press));
            }
        }
        let id = row.message.id.clone();
        let more = icon_button(Icon::More, fl!("more")).small().no_focus().on_press_at(move |bounds| {
            let at = Point::new(bounds.x, bounds.y + bounds.height);
            ChatsMessage::Menu(About::Message(id.clone()), at)
        });
        shadow(Elevation::Low, container(buttons.push(more)).padding(gap::XXS).style(style::toolbar))
    }
}
