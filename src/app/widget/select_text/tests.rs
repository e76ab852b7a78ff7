//! Selecting with a pointer, as a person does.

use hallway_protocol::text::links;
use iced::keyboard::Modifiers;
use iced::widget::container;
use iced::{Event, Point, Task, keyboard, mouse};
use iced_selector::Bounded;

use super::*;
use crate::harness::{Harness, containing, role};
use crate::text::rich::{Mark, Rich};
use crate::theme::tokens;
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::virtual_list::VirtualList;

#[derive(Clone, Debug)]
enum Message {
    Selected(Option<Selection<usize>>),
    Open(String),
}

struct Page {
    texts: Vec<String>,
    selection: Option<Selection<usize>>,
    opened: Vec<String>,
}

impl Page {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Selected(selection) => self.selection = selection,
            Message::Open(link) => self.opened.push(link),
        }
        Task::none()
    }

    fn index(&self, key: &usize) -> Option<usize> {
        (*key < self.texts.len()).then_some(*key)
    }

    fn copied(&self) -> Option<String> {
        self.selection.as_ref()?.copy(|k| self.index(k), |i| Some(self.texts[i].as_str()))
    }

    fn view(&self) -> Element<'_, Message> {
        let list = VirtualList::new(
            self.texts.len(),
            |i| i,
            |k| self.index(k),
            |i| {
                let text = &self.texts[i];
                let mut rich = Rich::plain(text.clone());
                for link in links(text) {
                    let target = text[link.clone()].to_owned();
                    rich = rich.mark(link, Mark::Link(target));
                }
                let part = self.selection.as_ref().and_then(|s| s.part(&i, |k| self.index(k)));
                container(select_text(i, rich, &tokens::LIGHT).selection(part).on_link(Message::Open))
                    .padding([4, 10])
                    .max_width(300)
                    .into()
            },
        )
        .id("list");
        select_area(list, self.selection.as_ref(), Message::Selected).list("list").into()
    }
}

fn page(texts: &[&str]) -> Harness<Page, Message> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    Harness::new(Page { texts, selection: None, opened: vec![] }, Page::update, Page::view, (400.0, 300.0))
}

fn press(h: &mut Harness<Page, Message>) {
    h.events(&[Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))]);
}

fn release(h: &mut Harness<Page, Message>) {
    h.events(&[Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))]);
}

#[test]
fn drag_within_and_across_rows_both_ways() {
    let mut h = page(&["first message", "second message, 你好世界", "third message 👍🏽 end"]);
    let a = h.place(containing("first"));
    let b = h.place(containing("third"));
    h.drag(Point::new(a.x, a.center_y()), Point::new(a.x + a.width, a.center_y()));
    assert_eq!(h.state.copied().as_deref(), Some("first message"));
    h.drag(Point::new(a.x, a.center_y()), Point::new(b.x + b.width, b.center_y()));
    let all = "first message\nsecond message, 你好世界\nthird message 👍🏽 end";
    assert_eq!(h.state.copied().as_deref(), Some(all));
    h.drag(Point::new(b.x + b.width, b.center_y()), Point::new(a.x, a.center_y()));
    assert_eq!(h.state.copied().as_deref(), Some(all), "backwards");
    // From the gap right of a text to below everything.
    h.drag(Point::new(390.0, a.center_y()), Point::new(10.0, 299.0));
    assert_eq!(h.state.copied().as_deref(), Some("\nsecond message, 你好世界\nthird message 👍🏽 end"));
    // A click elsewhere clears.
    h.click_at((390.0, 5.0));
    assert_eq!(h.state.selection, None);
}

#[test]
fn double_click_takes_a_word_triple_a_line() {
    let mut h = page(&["some words here\nanother line"]);
    let a = h.place(containing("some"));
    let at = Point::new(a.x + 60.0, a.y + 10.0);
    h.point(at);
    press(&mut h);
    release(&mut h);
    press(&mut h);
    assert_eq!(h.state.copied().as_deref(), Some("words"));
    // Still held: the drag goes on by words.
    h.point(Point::new(a.x + 95.0, a.y + 10.0));
    assert_eq!(h.state.copied().as_deref(), Some("words here"));
    release(&mut h);
    h.point(at);
    press(&mut h);
    assert_eq!(h.state.copied().as_deref(), Some("some words here"));
    release(&mut h);
}

/// The right half of a letter is nearest to the space behind it, and still of the word.
#[test]
fn a_double_click_takes_the_word_under_the_pointer() {
    let mut h = page(&["W W"]);
    let a = h.place(containing("W W"));
    for x in [1.0, 6.0, 11.0] {
        h.point(Point::new(a.x + x, a.center_y()));
        press(&mut h);
        release(&mut h);
        press(&mut h);
        assert_eq!(h.state.selection.as_ref().map(|it| (it.anchor.1, it.head.1)), Some((0, 1)), "at {x}");
        release(&mut h);
        // Not a third click.
        h.click_at((390.0, 250.0));
    }
}

#[test]
fn shift_click_extends() {
    let mut h = page(&["alpha beta", "gamma delta"]);
    let a = h.place(containing("alpha"));
    let b = h.place(containing("gamma"));
    h.drag(Point::new(a.x, a.center_y()), Point::new(a.x + 20.0, a.center_y()));
    h.events(&[Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::SHIFT))]);
    h.click_at((b.x + b.width, b.center_y()));
    assert_eq!(h.state.copied().as_deref(), Some("alpha beta\ngamma delta"));
}

#[test]
fn links_open_on_click_and_select_on_drag() {
    let mut h = page(&["see https://example.org/a?b for more", "https://two.example"]);
    let link = h.place(role(Role::Link, "https://example.org/a?b"));
    h.click_at(link.center());
    assert_eq!(h.state.opened, ["https://example.org/a?b"]);
    h.point(link.center());
    assert_eq!(h.interaction, mouse::Interaction::Pointer);
    h.drag(link.center(), Point::new(link.x + link.width + 30.0, link.center_y()));
    assert_eq!(h.state.opened.len(), 1, "a drag is no click");
    assert!(h.state.copied().is_some());
    let second = h.find(role(Role::Link, "https://two.example")).expect("link").bounds();
    h.click_at((second.x + second.width + 20.0, second.center_y()));
    assert_eq!(h.state.opened.len(), 1, "beside the link");
}

#[test]
fn right_to_left_text_selects_by_bytes() {
    let text = "abc مرحبا def";
    let mut h = page(&[text]);
    let a = h.place(containing("abc"));
    h.drag(Point::new(a.x, a.center_y()), Point::new(a.x + a.width, a.center_y()));
    assert_eq!(h.state.copied().as_deref(), Some(text));
}

#[test]
fn a_drag_below_the_list_scrolls_it_and_keeps_what_left_the_screen() {
    let texts: Vec<String> = (0..200).map(|i| format!("message number {i}")).collect();
    let mut h = page(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let from = h.place(containing("number 195"));
    h.point(Point::new(from.x, from.center_y()));
    press(&mut h);
    h.point((50.0, -80.0));
    for _ in 0..60 {
        h.frame();
    }
    release(&mut h);
    assert!(!h.has_text("number 195"), "it was scrolled away");
    let copied = h.state.copied().expect("a selection");
    assert!(copied.lines().count() > 20, "{}", copied.lines().count());
    assert!(copied.contains("message number 194"));
}

#[test]
fn the_selection_is_drawn() {
    let mut h = page(&["plain text with 👍 and 你好"]);
    let before = h.picture(1.0);
    h.state.selection = Some(Selection::all(0, &h.state.texts[0].clone()));
    let after = h.picture(1.0);
    assert_ne!(before, after);
}
