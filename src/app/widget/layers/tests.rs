//! Focus and events between layers.

use iced::keyboard::{Modifiers, key::Named};
use iced::widget::{column, scrollable, text};
use iced::{Length, Task};

use super::*;
use crate::harness::{Harness, focused, named};
use crate::theme::tokens::BODY;
use crate::widget::bits::label;
use crate::widget::button::button;
use crate::widget::dialog::{Confirm, confirm};
use crate::widget::field::field;

#[derive(Clone, Debug, PartialEq)]
enum Message {
    Typed(String),
    Ask,
    Ask2,
    Cancel,
    Done(&'static str),
}

#[derive(Default)]
struct Page {
    typed: String,
    depth: usize,
    done: Vec<&'static str>,
}

impl Page {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Typed(typed) => self.typed = typed,
            Message::Ask => self.depth = 1,
            Message::Ask2 => self.depth = 2,
            Message::Cancel => self.depth -= 1,
            Message::Done(what) => self.done.push(what),
        }
        Task::none()
    }

    fn view(&self) -> Element<'_, Message> {
        let many = (0..30).map(|i| button(format!("Item {i}")).on_press(Message::Done("item")).into());
        let base = column![
            field("Name", &self.typed, Message::Typed).id("name"),
            button("Ask").on_press(Message::Ask),
            scrollable(iced::widget::Column::with_children(many)).height(100).width(Length::Fill),
        ];
        let ask = || {
            confirm(Confirm {
                title: "Delete?".into(),
                text: "It is gone then.".into(),
                action: "Delete".into(),
                on_confirm: Message::Ask2,
                cancel: "Keep".into(),
                on_cancel: Message::Cancel,
                danger: true,
            })
        };
        let second = || {
            Layer::modal(column![label("Really?", BODY), button("Yes").on_press(Message::Done("yes"))])
                .on_close(Message::Cancel)
        };
        layers(base)
            .push_maybe((self.depth >= 1).then(ask))
            .push_maybe((self.depth >= 2).then(second))
            .push(Layer::passive(text("passive")))
            .into()
    }
}

fn page() -> Harness<Page, Message> {
    Harness::new(Page::default(), Page::update, Page::view, (500.0, 400.0))
}

const NONE: Modifiers = Modifiers::empty();

#[test]
fn tab_goes_round_and_reveals() {
    let mut h = page();
    h.key(Named::Tab, NONE);
    h.typewrite("Mia");
    assert_eq!(h.state.typed, "Mia");
    h.key(Named::Tab, Modifiers::SHIFT);
    let last = h.place(named("Item 29"));
    assert_eq!(h.find(focused()).expect("focus").bounds().height, last.height);
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.done, ["item"]);
    for _ in 0..4 {
        h.key(Named::Tab, NONE);
    }
    assert!(h.find(focused()).expect("focus").visible_bounds().is_some(), "scrolled back to the second item");
}

#[test]
fn a_dialog_takes_the_keyboard_and_gives_it_back() {
    let mut h = page();
    h.key(Named::Tab, NONE);
    h.key(Named::Tab, NONE);
    let ask = h.find(focused()).expect("focus").bounds();
    h.key(Named::Enter, NONE);
    let keep = h.find(named("Keep")).expect("a button").bounds;
    assert_eq!(h.find(focused()).expect("focus").bounds(), keep, "the safe button");
    h.typewrite("x");
    assert_eq!(h.state.typed, "", "nothing reaches the field below");
    h.ignored.clear();
    h.key(Named::ArrowDown, NONE);
    assert!(!h.ignored.is_empty(), "the app hears what the dialog does not use");
    h.key(Named::Tab, NONE);
    h.key(Named::Tab, NONE);
    assert_eq!(h.find(focused()).expect("focus").bounds(), keep, "Tab stays inside");
    h.key(Named::Tab, NONE);
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.depth, 2);
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.done, ["yes"]);
    h.key(Named::Escape, NONE);
    assert_eq!(h.state.depth, 1);
    let delete = h.find(named("Delete")).expect("a button").bounds;
    assert_eq!(h.find(focused()).expect("focus").bounds(), delete);
    h.key(Named::Escape, NONE);
    assert_eq!(h.state.depth, 0);
    assert_eq!(h.find(focused()).expect("focus").bounds(), ask);
}

#[test]
fn clicks_outside_close_and_reach_nothing_below() {
    let mut h = page();
    h.click(named("Ask"));
    let item = h.place(named("Item 1"));
    h.click_at(item.center());
    assert_eq!(h.state.depth, 0);
    assert!(h.state.done.is_empty());
    h.click(named("Item 1"));
    assert_eq!(h.state.done, ["item"], "passive layers block nothing");
}
