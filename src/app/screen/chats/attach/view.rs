//! What is chosen, as it is drawn: the dialog, the menu of the plus, and what is said while files hover over the window.

use iced::mouse::Interaction;
use iced::widget::{center, column, container, mouse_area, row, space};
use iced::{Alignment, Length};

use super::{Attach, CAPTION, Item, Message, message};
use crate::fl;
use crate::problem;
use crate::screen::chats::receivers::{self, is_group};
use crate::screen::chats::timeline::content::file::tile;
use crate::screen::chats::timeline::content::image::drawn;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::text::amount;
use crate::theme::tokens::{BODY, SMALL, TITLE, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::{label, scroll};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::dialog::dialog;
use crate::widget::field::field;
use crate::widget::icon::{Icon, icon};
use crate::widget::layers::Layer;
use crate::widget::menu::{Entry, Item as MenuItem};
use crate::widget::one_line::one_line;
use crate::widget::toggle::toggle;

/// Greatest height of the list.
const LIST: f32 = 288.0;

impl Chats {
    /// What can be added to a message.
    pub(in super::super) fn attach_menu(&self) -> Vec<Entry<ChatsMessage>> {
        let mut entries = vec![
            MenuItem::new(fl!("attach-media"), message(Message::Pick(true))).icon(Icon::Image).into(),
            MenuItem::new(fl!("attach-file"), message(Message::Pick(false))).icon(Icon::Document).into(),
            Entry::Separator,
        ];
        entries.extend(Self::card_entries());
        if self.current().is_some_and(is_group) {
            let choose = ChatsMessage::Receivers(receivers::Message::Open);
            entries.push(Entry::Separator);
            entries.push(MenuItem::new(fl!("receivers-choose"), choose).icon(Icon::Eye).into());
        }
        entries
    }

    /// What is chosen; or, while files hover over the window, that they can be dropped.
    pub(in super::super) fn attach_layer<'a>(&'a self) -> Option<Layer<'a, ChatsMessage>> {
        match &self.attach {
            Some(attach) => {
                let content = self.attached(attach);
                Some(Layer::modal(content).initial(CAPTION).on_close(message(Message::Close)))
            }
            None if self.hovered => Some(Layer::cover(self.drop_here())),
            None => None,
        }
    }

    fn drop_here<'a>(&'a self) -> Element<'a, ChatsMessage> {
        let name = self.open.as_ref().map(|open| self.name_of(&open.id)).unwrap_or_default();
        let words = column![
            icon(Icon::Image).size(size::ICON_EMPTY).color(|p| p.link),
            label(fl!("drop-title", name = name), TITLE).font(font::SEMIBOLD),
            label(fl!("drop-text"), BODY).style(style::secondary),
        ]
        .spacing(gap::M)
        .align_x(Alignment::Center);
        container(center(words).style(style::drop_zone)).padding(gap::XL).style(style::veil).into()
    }

    fn attached<'a>(&'a self, attach: &'a Attach) -> Element<'a, ChatsMessage> {
        let limits = &self.context.limits;
        let rows = attach.items.iter().enumerate().map(|(place, item)| {
            let problem = item.problem(attach.as_files, limits);
            let is_grabbed = attach.grabbed == Some(item.number);
            let line = line(item, problem.map(|code| problem::sentence(&code.into())), place > 0);
            let line = container(line).style(move |theme: &Theme| match is_grabbed {
                true => style::inset(theme),
                false => container::Style::default(),
            });
            let resting = if is_grabbed { Interaction::Grabbing } else { Interaction::Grab };
            mouse_area(line)
                .interaction(resting)
                .on_press(message(Message::Grab(item.number)))
                .on_enter(message(Message::Over(item.number)))
                .into()
        });
        // No space between them: on the way from one to the next nothing is let go.
        let rows =
            mouse_area(column(rows)).on_release(message(Message::Drop)).on_exit(message(Message::Drop));
        let list = container(scroll(rows)).max_height(LIST);
        let mut content = column![list].spacing(gap::M);
        if attach.has_media() {
            content = content
                .push(toggle(fl!("attach-as-files"), attach.as_files, |on| message(Message::AsFiles(on))));
            if !attach.as_files {
                let about = fl!("attach-compress-about");
                content = content.push(
                    toggle(fl!("attach-compress"), attach.compress, |on| message(Message::Compress(on)))
                        .about(about),
                );
            }
        }
        let caption = field(fl!("attach-caption"), &attach.caption, |text| message(Message::Caption(text)))
            .id(CAPTION)
            .on_submit(message(Message::Send));
        let total = label(
            fl!("attach-total", count = attach.items.len(), size = amount::bytes(attach.bytes())),
            SMALL,
        );
        content = content.push(caption).push(total.style(style::muted));
        if let Some(names) = self.only_to() {
            content =
                content.push(label(fl!("receivers-only", names = names), SMALL).style(style::secondary));
        }
        let name = self.open.as_ref().map(|open| self.name_of(&open.id)).unwrap_or_default();
        let can_send = attach.can_send(limits);
        dialog(fl!("attach-title", name = name), content)
            .width(size::DIALOG_WIDE.min(self.context.size.width - gap::XL))
            .close_button(fl!("close"), message(Message::Close))
            .action(button(fl!("attach-more")).on_press(message(Message::Pick(false))))
            .action(
                button(fl!("send"))
                    .kind(Kind::Primary)
                    .on_press_maybe(can_send.then(|| message(Message::Send))),
            )
            .into()
    }
}

fn line<'a>(item: &'a Item, problem: Option<String>, can_move: bool) -> Element<'a, ChatsMessage> {
    let preview = item.looked.as_ref().and_then(|looked| looked.preview.as_ref());
    let picture: Element<'a, ChatsMessage> = match preview {
        Some(handle) => drawn(handle, iced::Size::new(size::TILE, size::TILE), radius::CHIP),
        None => tile(&item.name),
    };
    let below = match problem {
        Some(problem) => label(problem, SMALL).style(style::danger),
        None => label(amount::bytes(item.size), SMALL).style(style::muted),
    };
    let words = column![one_line(item.name.as_str()).middle().font(font::MEDIUM), below];
    let earlier: Element<'a, ChatsMessage> = if can_move {
        icon_button(Icon::ArrowUp, fl!("attach-earlier"))
            .small()
            .on_press(message(Message::Earlier(item.number)))
            .into()
    } else {
        space().into()
    };
    row![
        picture,
        container(words).width(Length::Fill).clip(true),
        earlier,
        icon_button(Icon::Close, fl!("attach-remove"))
            .small()
            .on_press(message(Message::Remove(item.number))),
    ]
    .spacing(gap::S)
    .padding([gap::XXS, 0.0])
    .align_y(Alignment::Center)
    .into()
}
