//! The menu of a message, and the toolbar that appears over it.

use hallway_protocol::MessageId;
use iced::Point;
use iced::widget::{container, row};

use super::rows::MessageRow;
use crate::screen::chats::actions::Allowed;
use crate::screen::chats::media::transfers::Download;
use crate::screen::chats::media::{self, File};
use crate::screen::chats::{About, Act, Chats, Message as ChatsMessage};
use crate::theme::style;
use crate::theme::tokens::{Elevation, space as gap};
use crate::widget::Element;
use crate::widget::button::icon_button;
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
        for act in [Act::Resend, Act::Reply, Act::Copy, Act::ToText, Act::Edit] {
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

    fn entry(&self, act: Act, row: &MessageRow) -> Option<Entry<ChatsMessage>> {
        let item = match self.allows(act, row) {
            Allowed::Yes => Item::new(act.name(), ChatsMessage::Act(act, row.message.id.clone())),
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
        let mut buttons = row![].spacing(gap::XXS);
        for act in [Act::Reply, Act::Edit] {
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
