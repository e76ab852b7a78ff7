//! Menus by pointer and by keyboard.

use iced::keyboard::{Modifiers, key::Named};
use iced::widget::{column, text};
use iced::{Point, Task};

use super::*;
use crate::harness::{Harness, focused, named, role};
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::layers::layers;
use crate::widget::row::list_row;

#[derive(Clone, Debug, PartialEq)]
enum Message {
    Open(Point),
    Close,
    Did(&'static str),
}

#[derive(Default)]
struct Page {
    menu: Option<Point>,
    did: Vec<&'static str>,
}

fn entries() -> Vec<Entry<Message>> {
    vec![
        Item::new("Reply", Message::Did("reply")).icon(Icon::Reply).keys("R").into(),
        Item::submenu(
            "Mute",
            vec![
                Item::new("For one hour", Message::Did("hour")).into(),
                Item::new("Always", Message::Did("always")).checked(true).into(),
            ],
        )
        .into(),
        Item::unavailable("Recall", Some("Recall time over".into())).into(),
        Entry::Separator,
        Item::new("Delete", Message::Did("delete")).icon(Icon::Trash).danger().into(),
    ]
}

impl Page {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Open(at) => self.menu = Some(at),
            Message::Close => self.menu = None,
            Message::Did(what) => self.did.push(what),
        }
        Task::none()
    }

    fn view(&self) -> Element<'_, Message> {
        let rows = column![
            list_row(text("First"), "First")
                .height(40)
                .on_press(Message::Did("first"))
                .on_context(Message::Open),
            list_row(text("Second"), "Second")
                .height(40)
                .on_press(Message::Did("second"))
                .on_context(Message::Open),
        ];
        layers(rows).push_maybe(self.menu.map(|at| layer(at, Message::Close, entries()))).into()
    }
}

fn page() -> Harness<Page, Message> {
    Harness::new(Page::default(), Page::update, Page::view, (640.0, 300.0))
}

const NONE: Modifiers = Modifiers::empty();

#[test]
fn opens_at_the_pointer_and_stays_inside_the_window() {
    let mut h = page();
    h.right_click_at((630.0, 70.0));
    let menu = h.place(role(Role::Menu, ""));
    assert!(menu.x >= 0.0 && menu.x + menu.width <= 640.0);
    assert!(menu.y >= 0.0 && menu.y + menu.height <= 300.0);
    h.click(named("Delete"));
    assert_eq!(h.state.did, ["delete"]);
    assert_eq!(h.state.menu, None);
    // A click outside only closes.
    h.right_click_at((20.0, 20.0));
    h.click_at((620.0, 290.0));
    assert_eq!(h.state.menu, None);
    h.right_click_at((20.0, 20.0));
    h.click(named("Recall"));
    assert!(h.state.menu.is_some(), "what cannot be chosen does nothing");
    assert_eq!(h.state.did, ["delete"]);
}

#[test]
fn the_keyboard_does_everything_and_the_focus_comes_back() {
    let mut h = page();
    h.key(Named::Tab, NONE);
    h.key(Named::Tab, NONE);
    let second = h.find(focused()).expect("focus").bounds();
    h.key(Named::F10, Modifiers::SHIFT);
    assert!(h.state.menu.is_some());
    h.key(Named::ArrowDown, NONE);
    h.key(Named::ArrowRight, NONE);
    h.key(Named::ArrowDown, NONE);
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.did, ["always"]);
    assert_eq!(h.state.menu, None);
    assert_eq!(h.find(focused()).expect("focus").bounds(), second);
    // Escape closes the submenu, then the menu; a letter jumps; nothing leaks to the rows below.
    h.key(Named::F10, Modifiers::SHIFT);
    h.key(Named::ArrowDown, NONE);
    h.key(Named::ArrowRight, NONE);
    assert!(h.find(named("Always")).is_some());
    h.key(Named::Escape, NONE);
    assert!(h.find(named("Always")).is_none());
    assert!(h.state.menu.is_some());
    h.typewrite("d");
    let delete = h.find(named("Delete")).expect("an item").bounds;
    assert_eq!(h.find(focused()).expect("focus").bounds(), delete);
    h.key(Named::Escape, NONE);
    assert_eq!(h.state.menu, None);
    assert_eq!(h.state.did, ["always"]);
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.did, ["always", "second"]);
}

#[test]
fn submenus_open_by_click_and_stand_beside() {
    let mut h = page();
    h.right_click_at((20.0, 20.0));
    h.click(named("Mute"));
    let menu = h.place(role(Role::Menu, ""));
    let item = h.place(named("For one hour"));
    assert!(item.x >= menu.x + menu.width - 8.0);
    h.click(named("For one hour"));
    assert_eq!(h.state.did, ["hour"]);
    assert_eq!(h.state.menu, None);
}
