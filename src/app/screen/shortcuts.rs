//! The list of keys: every action of the keymap that the app knows how to do, by heading, with a search.

use iced::widget::{column, container, row};
use iced::{Alignment, Length, Padding};

use crate::fl;
use crate::keymap::{Action, Group};
use crate::theme::tokens::{BODY, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::{label, scroll, section};
use crate::widget::dialog::dialog;
use crate::widget::field::search;

/// The id of the search field.
pub const SEARCH: &str = "shortcuts-search";
const HEIGHT: f32 = 420.0;

/// The list.
#[derive(Debug, Default)]
pub struct Shortcuts {
    query: String,
}

/// What happens in the list.
#[derive(Debug, Clone)]
pub enum Message {
    /// The search field changed.
    Query(String),
    /// Close the list.
    Close,
}

impl Shortcuts {
    /// Takes in what happened; true when the list is to be closed.
    pub fn update(&mut self, message: Message) -> bool {
        match message {
            Message::Query(query) => self.query = query,
            Message::Close => return true,
        }
        false
    }

    /// The actions that match what is searched, by name or keys.
    fn shown(&self, group: Group) -> impl Iterator<Item = Action> {
        let wanted = self.query.trim().to_lowercase();
        Action::ALL.iter().copied().filter(move |action| {
            action.group() == group
                && (action.name().to_lowercase().contains(&wanted)
                    || keys(*action).to_lowercase().contains(&wanted))
        })
    }

    /// The dialog.
    pub fn view(&self) -> Element<'_, Message> {
        let mut list = column![].spacing(gap::XS);
        for group in Group::ALL {
            let mut actions = self.shown(group).peekable();
            if actions.peek().is_some() {
                list = list.push(container(section(group.name())).padding([gap::S, 0.0]));
                list = list.extend(actions.map(line));
            }
        }
        let content = column![
            search(fl!("shortcuts-search"), &self.query, Message::Query).id(SEARCH),
            scroll(list.width(Length::Fill).padding(Padding::ZERO.right(size::SCROLLBAR_STRIP)))
                .height(HEIGHT),
        ]
        .spacing(gap::M);
        dialog(fl!("shortcuts-title"), content).close_button(fl!("shortcuts-close"), Message::Close).into()
    }
}

fn keys(action: Action) -> String {
    action.chords().iter().map(|chord| chord.text()).collect::<Vec<_>>().join(" · ")
}

fn line<'a>(action: Action) -> Element<'a, Message> {
    let keys = container(label(keys(action), SMALL).font(font::MEDIUM))
        .padding([gap::XXS, gap::S])
        .style(style::inset);
    row![container(label(action.name(), BODY)).width(Length::Fill), keys].align_y(Alignment::Center).into()
}
