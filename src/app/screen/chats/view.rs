//! The screen at every width: four columns, panel over the conversation, no rail, one pane.

use hallway_protocol::ConversationId;
use iced::widget::{column, container, opaque, row, space, stack};
use iced::{Alignment, Length};

use super::face::face;
use super::splitter::splitter;
use super::timeline::view::nothing_open;
use super::{About, Action, Chats, FOUR_COLUMNS, Menu, Message, NO_RAIL, Open};
use crate::theme::tokens::{SMALL, TITLE, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::{hairline, hairline_vertical};
use crate::widget::button::icon_button;
use crate::widget::icon::Icon;
use crate::widget::layers::Layer;
use crate::widget::menu::{self, Entry, Item};
use crate::widget::one_line::one_line;
use crate::widget::region::region;
use crate::{fl, keymap};

/// Avatar in the header.
const FACE: f32 = 36.0;

impl Chats {
    /// The screen. The same parts are always in the same places, some of them empty: so the conversation keeps
    /// the keyboard and its place in the history when something comes or goes beside it.
    pub fn view<'a>(&'a self, theme: &Theme) -> Element<'a, Message> {
        let width = self.context.size.width;
        let one = self.is_one_pane();
        let rail = !one && width >= NO_RAIL;
        let beside = width >= FOUR_COLUMNS;
        let search = self.search.as_ref().filter(|search| search.is_shown());
        let panel = self.panel.as_ref().filter(|_| search.is_none() && (!one || self.open.is_some()));
        let has_side = search.is_some() || panel.is_some();
        let mut left = width;
        let mut columns = row![];
        if rail {
            columns = columns.push(self.rail()).push(hairline_vertical());
            left -= size::RAIL + 1.0;
        } else {
            columns = columns.push(space()).push(space());
        }
        if one {
            let list = (self.open.is_none() && !has_side).then(|| self.list_column(false));
            columns = columns.push(list.unwrap_or_else(|| space().into())).push(space());
        } else {
            let list = self.list_width_at(left);
            left -= list + 1.0;
            columns =
                columns.push(container(self.list_column(rail)).width(list)).push(splitter(Message::Splitter));
        }
        if beside && has_side {
            left -= size::PANEL + 1.0;
        }
        let conversation: Element<'a, Message> = match &self.open {
            Some(open) => self.conversation_column(open, left, theme),
            None if one && !has_side => return columns.into(),
            None => nothing_open(self.list.is_loaded() && self.list.all().is_empty()),
        };
        let side = match (search, panel) {
            (Some(search), _) => Some(self.search_column(search, theme)),
            (None, panel) => panel.map(|panel| self.panel_column(panel)),
        };
        match side {
            None => columns.push(stack![conversation]).into(),
            Some(side) if beside => {
                let side = container(side).width(size::PANEL);
                columns.push(stack![conversation]).push(hairline_vertical()).push(side).into()
            }
            Some(side) if one => columns.push(side).into(),
            Some(side) => {
                let side = container(side).width(size::PANEL);
                let over = row![space::horizontal(), hairline_vertical(), opaque(side)];
                columns.push(stack![conversation, over]).into()
            }
        }
    }

    /// What floats above it.
    pub fn layers<'a>(&'a self) -> Vec<Layer<'a, Message>> {
        let dialog = self.dialog.as_ref().map(|dialog| self.dialog_layer(dialog));
        let menu = self.menu.as_ref().map(|menu| self.menu_layer(menu));
        let floating = self.viewer_layer().into_iter().chain(self.attach_layer());
        floating.chain(dialog).chain(menu).chain(self.emoji_layer()).collect()
    }

    /// The width of the list where this much is left: the conversation keeps its least width.
    fn list_width_at(&self, left: f32) -> f32 {
        let most = (left - size::CONVERSATION_MIN).clamp(size::LIST_MIN, size::LIST_MAX);
        self.list_width.clamp(size::LIST_MIN, most)
    }

    fn rail<'a>(&'a self) -> Element<'a, Message> {
        let content = column![
            icon_button(Icon::Chat, fl!("chats"))
                .selected(true)
                .tip_position(RIGHT)
                .on_press(Message::FocusList),
            icon_button(Icon::Contacts, fl!("directory"))
                .shortcut(keys(keymap::Action::Contacts))
                .tip_position(RIGHT)
                .on_press(Message::Do(Action::Directory)),
            icon_button(Icon::Search, fl!("switcher"))
                .shortcut(keys(keymap::Action::QuickSwitcher))
                .tip_position(RIGHT)
                .on_press(Message::Do(Action::Switcher)),
            space::vertical(),
            icon_button(Icon::Settings, fl!("settings"))
                .shortcut(keys(keymap::Action::Settings))
                .tip_position(RIGHT)
                .on_press(Message::Do(Action::Settings)),
            self.me_button(true, RIGHT),
        ]
        .spacing(gap::S)
        .align_x(Alignment::Center)
        .padding([gap::M, 0.0]);
        region(container(content).center_x(size::RAIL).height(Length::Fill).style(style::rail))
    }

    fn conversation_column<'a>(&'a self, open: &'a Open, width: f32, theme: &Theme) -> Element<'a, Message> {
        let content = column![
            match &open.picking {
                Some(picking) => self.picking_header(picking),
                None => self.header(open),
            },
            hairline(),
            self.pins_bar(open).unwrap_or_else(|| space().into()),
            region(container(self.timeline(open, width, theme)).height(Length::Fill)),
            match &open.picking {
                Some(_) => space().into(),
                None => region(self.composer(open)),
            },
        ];
        // On the window's own ground: a quad of that size would be painted again with every row that scrolls.
        container(content).width(Length::Fill).height(Length::Fill).into()
    }

    fn header<'a>(&'a self, open: &'a Open) -> Element<'a, Message> {
        let name = self.name_of(&open.id);
        let mut words = column![one_line(name.as_ref()).step(TITLE).font(font::SEMIBOLD)];
        if let Some(subtitle) = self.subtitle(open) {
            words = words.push(one_line(subtitle).step(SMALL).color(|p| p.text_3));
        }
        let mut line =
            row![].spacing(gap::M).align_y(Alignment::Center).padding([0.0, gap::L]).height(size::HEADER);
        if self.is_one_pane() {
            line = line.push(
                icon_button(Icon::Back, fl!("back"))
                    .shortcut(keys(keymap::Action::Close))
                    .on_press(Message::Back),
            );
        }
        line = line.push(face(&open.id, &name, FACE)).push(container(words).width(Length::Fill).clip(true));
        if open.id != ConversationId::System {
            let is_shown = self.search.as_ref().is_some_and(|search| search.is_shown());
            line = line.push(
                icon_button(Icon::Search, fl!("search-title"))
                    .shortcut(keys(keymap::Action::FindInChat))
                    .selected(is_shown)
                    .on_press(Message::ToggleSearch),
            );
            line = line.push(
                icon_button(Icon::Info, fl!("panel-toggle"))
                    .shortcut(keys(keymap::Action::SidePanel))
                    .selected(self.panel.is_some())
                    .on_press(Message::TogglePanel),
            );
        }
        let more = icon_button(Icon::More, fl!("more")).on_press_at(|bounds| {
            Message::Menu(About::Header, iced::Point::new(bounds.x, bounds.y + bounds.height))
        });
        line.push(more).into()
    }

    fn subtitle(&self, open: &Open) -> Option<String> {
        if let (ConversationId::C2c(_), Some(_)) = (&open.id, open.typing.words()) {
            return Some(fl!("typing-one"));
        }
        let conversation = self.list.get(&open.id)?;
        match (&conversation.group_profile, &conversation.user_profile) {
            (Some(group), _) => Some(fl!("header-members", count = group.member_count)),
            (None, Some(user)) => Some(user.user_id.to_string()),
            (None, None) => None,
        }
    }

    fn new_menu(&self) -> Vec<Entry<Message>> {
        let mut entries = vec![
            Item::new(fl!("new-chat"), Message::NewChat)
                .icon(Icon::Chat)
                .keys(keys(keymap::Action::NewChat))
                .into(),
            Item::new(fl!("new-group"), Message::NewGroup)
                .icon(Icon::Group)
                .keys(keys(keymap::Action::NewGroup))
                .into(),
        ];
        if self.context.size.width < NO_RAIL {
            entries.push(Entry::Separator);
            let people = Item::new(fl!("directory"), Message::Do(Action::Directory));
            entries.push(people.icon(Icon::Contacts).keys(keys(keymap::Action::Contacts)).into());
        }
        entries
    }

    fn menu_layer<'a>(&'a self, menu: &'a Menu) -> Layer<'a, Message> {
        let entries: Vec<Entry<Message>> = match &menu.about {
            About::Conversation(id) => self.conversation_menu(id),
            About::Header => self.current().map_or_else(Vec::new, |id| self.conversation_menu(id)),
            About::Message(id) => self.message_menu(id),
            About::Member(user) => self.member_menu(user),
            About::Search(chip) => self.search_menu(*chip),
            About::New => self.new_menu(),
            About::ConversationGroup(group) => self.conversation_group_menu(group),
            About::Me => self.me_menu(),
            About::Attach => self.attach_menu(),
        };
        menu::layer(menu.at, Message::CloseMenu, entries)
    }
}

/// The keys of an action, for tooltips and menus.
pub fn keys(action: keymap::Action) -> String {
    action.keys().unwrap_or_default()
}

const RIGHT: iced::widget::tooltip::Position = iced::widget::tooltip::Position::Right;
