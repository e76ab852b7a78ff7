//! Typing, as a person does.

use std::time::{Duration, Instant};

use iced::keyboard::{Modifiers, key::Named};
use iced::widget::column;
use iced::widget::text_editor::{Action, Motion};
use iced::window::RedrawRequest;
use iced::{Task, keyboard};

use super::*;
use crate::harness::{Harness, focused, selector};
use crate::widget::Element;
use crate::widget::button::button;
use crate::widget::layers::layers;

#[derive(Clone, Debug)]
enum Message {
    Edit(Edit),
    Send,
    EditLast,
    Nothing,
}

#[derive(Default)]
struct Page {
    editor: Editor,
    sent: Vec<String>,
    edit_last: usize,
    send_key: SendKey,
}

impl Page {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Edit(edit) => self.editor.perform(edit),
            Message::Send if self.editor.is_blank() => {}
            Message::Send => self.sent.push(self.editor.take()),
            Message::EditLast => self.edit_last += 1,
            Message::Nothing => {}
        }
        Task::none()
    }

    fn view(&self) -> Element<'_, Message> {
        let area = composer(&self.editor, Message::Edit)
            .id("composer")
            .placeholder("Message Anna")
            .send_key(self.send_key)
            .on_send(Message::Send)
            .on_key(|key, modifiers| {
                let up = matches!(key, keyboard::Key::Named(Named::ArrowUp)) && modifiers.is_empty();
                (up && self.editor.is_empty()).then_some(Message::EditLast)
            })
            .max_height(100.0);
        layers(column![area, button("After").on_press(Message::Nothing)]).into()
    }
}

fn page() -> Harness<Page, Message> {
    let mut h = Harness::new(Page::default(), Page::update, Page::view, (400.0, 300.0));
    h.click(selector::id("composer"));
    h
}

const NONE: Modifiers = Modifiers::empty();

#[test]
fn enter_sends_shift_enter_breaks() {
    let mut h = page();
    h.typewrite("one");
    h.key(Named::Enter, Modifiers::SHIFT);
    h.typewrite("two");
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.sent, ["one\ntwo"]);
    assert!(h.state.editor.is_empty());
    h.state.send_key = SendKey::CtrlEnter;
    h.typewrite("a");
    h.key(Named::Enter, NONE);
    h.typewrite("b");
    assert_eq!(h.state.sent.len(), 1);
    h.key(Named::Enter, Modifiers::COMMAND);
    assert_eq!(h.state.sent[1], "a\nb");
}

#[test]
fn an_unfinished_word_of_the_input_method_is_never_sent() {
    let mut h = page();
    h.typewrite("hi ");
    h.preedit("ni hao");
    h.key(Named::Enter, NONE);
    assert!(h.state.sent.is_empty());
    h.key(Named::ArrowUp, NONE);
    assert_eq!(h.state.editor.text(), "hi ");
    h.commit("你好");
    assert_eq!(h.state.editor.text(), "hi 你好");
    h.key(Named::Enter, NONE);
    assert_eq!(h.state.sent, ["hi 你好"]);
}

#[test]
fn undo_goes_by_words_and_redo_comes_back() {
    let mut h = page();
    h.typewrite("one two three");
    h.chord("z", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "one two ");
    h.chord("z", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "one ");
    h.chord("z", Modifiers::COMMAND | Modifiers::SHIFT);
    assert_eq!(h.state.editor.text(), "one two ");
    h.chord("y", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "one two three");
    assert_eq!(h.state.editor.cursor(), 13);
    h.key(Named::Backspace, Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "one two ");
    h.chord("z", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "one two three");
    h.key(Named::Home, NONE);
    h.key(Named::Delete, Modifiers::COMMAND);
    assert_eq!(h.state.editor.text().trim_start(), "two three");
    for _ in 0..20 {
        h.chord("z", Modifiers::COMMAND);
    }
    assert!(h.state.editor.is_empty());
    h.typewrite("x");
    h.chord("y", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "x", "typing ends what could be redone");
}

#[test]
fn clipboard_and_selection() {
    let mut h = page();
    h.typewrite("copy me");
    h.chord("a", Modifiers::COMMAND);
    assert_eq!(h.state.editor.selection(), Some(0..7));
    h.chord("c", Modifiers::COMMAND);
    assert_eq!(h.clipboard.text.as_deref(), Some("copy me"));
    h.chord("x", Modifiers::COMMAND);
    assert!(h.state.editor.is_empty());
    h.clipboard.text = Some("行 1\n行 2".into());
    h.chord("v", Modifiers::COMMAND);
    assert_eq!(h.state.editor.text(), "行 1\n行 2");
    h.chord("z", Modifiers::COMMAND);
    assert!(h.state.editor.is_empty());
}

#[test]
fn tab_leaves_and_other_keys_pass() {
    let mut h = page();
    h.typewrite("a");
    h.key(Named::Tab, NONE);
    assert_eq!(h.state.editor.text(), "a");
    h.typewrite("b");
    assert_eq!(h.state.editor.text(), "a", "the button has the keyboard");
    h.key(Named::Tab, Modifiers::SHIFT);
    h.typewrite("c");
    assert_eq!(h.state.editor.text(), "ac");
    h.ignored.clear();
    h.key(Named::PageUp, NONE);
    h.key(Named::ArrowUp, Modifiers::ALT);
    h.chord("k", Modifiers::COMMAND);
    assert_eq!(
        h.ignored
            .iter()
            .filter(|e| matches!(e, iced::Event::Keyboard(keyboard::Event::KeyPressed { .. })))
            .count(),
        3
    );
    assert!(h.find(focused()).is_some());
    h.state.editor.take();
    h.key(Named::ArrowUp, NONE);
    assert_eq!(h.state.edit_last, 1, "up in an empty field");
}

#[test]
fn grows_then_scrolls() {
    let mut h = page();
    let height =
        |h: &mut Harness<Page, Message>| h.find(selector::id("composer")).expect("composer").bounds().height;
    assert_eq!(height(&mut h), 36.0);
    h.key(Named::Enter, Modifiers::SHIFT);
    assert_eq!(height(&mut h), 56.0);
    for _ in 0..10 {
        h.key(Named::Enter, Modifiers::SHIFT);
    }
    assert_eq!(height(&mut h), 96.0, "whole lines, at most 100 px");
    h.state.editor.take();
    h.settle();
    assert_eq!(height(&mut h), 36.0);
}

#[test]
fn completion_replaces_the_token() {
    let mut editor = Editor::with_text("hi @an");
    assert_eq!(editor.token('@'), Some(3..6));
    editor.replace(3..6, "@Anna ");
    assert_eq!(editor.text(), "hi @Anna ");
    assert_eq!(editor.cursor(), 9);
    assert_eq!(editor.token('@'), None);
    editor.perform(Edit::Undo);
    assert_eq!(editor.text(), "hi @an");
    for (text, token) in [
        ("mail me@example", None),
        ("@", Some(0..1)),
        ("你好@小", Some(6..10)),
        ("(@a", Some(1..3)),
        ("@a b", None),
    ] {
        assert_eq!(Editor::with_text(text).token('@'), token, "{text}");
    }
    let mut lines = Editor::with_text("first\nsecond 👍🏽 line");
    lines.replace(6..12, "2nd");
    assert_eq!(lines.text(), "first\n2nd 👍🏽 line");
    assert_eq!(lines.cursor(), 9);
    assert_eq!(lines.characters(), 16);
    assert!(Editor::with_text(" \n ").is_blank());
    assert!(!Editor::with_text(" \n ").is_empty());
}

/// R11: a caret that nobody looks at draws no frames, and one that is used blinks again.
#[test]
fn the_caret_comes_to_rest() {
    let mut h = page();
    h.frame();
    assert!(matches!(h.redraw, RedrawRequest::At(_)), "it blinks");
    h.frame_at(Instant::now() + Duration::from_secs(11));
    assert_eq!(h.redraw, RedrawRequest::Wait, "nothing moves");
    h.typewrite("a");
    h.frame();
    assert!(matches!(h.redraw, RedrawRequest::At(_)), "it blinks again");
}

/// However long the text is and wherever it stands, nothing of it is drawn over the frame.
#[test]
fn text_stays_inside_the_frame() {
    let edges = |h: &mut Harness<Page, Message>| {
        let place = h.place(selector::id("composer"));
        let picture = h.picture(1.0);
        let columns = place.x as u32 + 8..(place.x + place.width) as u32 - 8;
        let row = |y: f32| columns.clone().map(|x| picture.at(x, y as u32)).collect::<Vec<_>>();
        let (top, bottom) = (place.y, place.y + place.height);
        [row(top), row(top + 1.0), row(bottom - 2.0), row(bottom - 1.0), row(bottom), row(bottom + 1.0)]
    };
    let mut h = page();
    h.typewrite("x");
    let empty = edges(&mut h);
    for _ in 0..12 {
        h.key(Named::Enter, Modifiers::SHIFT);
        h.typewrite("Åg|Åg|Åg|Åg|Åg|Åg|Åg|");
    }
    let place = h.place(selector::id("composer"));
    assert_eq!(edges(&mut h), empty, "at its end");
    for lines in [1.0, 1.0, 2.0, 20.0] {
        h.wheel(place.center(), lines);
        assert_eq!(edges(&mut h), empty, "scrolled back");
    }
}

#[test]
fn marks_go_on_and_off_around_what_is_selected() {
    let mut editor = Editor::with_text("one 二 three");
    editor.replace(4..7, "二");
    editor.surround("**");
    assert_eq!((editor.text().as_str(), editor.cursor()), ("one 二**** three", 9), "nothing was selected");
    editor.perform(Edit::Undo);
    for _ in 0..1 {
        editor.perform(Edit::Action(Action::Select(Motion::Left)));
    }
    editor.surround("~~");
    assert_eq!((editor.text().as_str(), editor.selection()), ("one ~~二~~ three", Some(6..9)));
    editor.surround("~~");
    assert_eq!((editor.text().as_str(), editor.selection()), ("one 二 three", Some(4..7)));
    editor.perform(Edit::Undo);
    assert_eq!(editor.text(), "one ~~二~~ three");
}
