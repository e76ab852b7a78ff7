//! The widget around iced's text editor.

use std::rc::Rc;

use iced::advanced::widget::Id;
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::text_editor::{self, Binding, KeyPress, Status};
use iced::{Background, Color, Length, Padding, border};

use super::editor::{Edit, Editor};
use super::emoji::{Emoji, format};
use crate::theme::tokens::{BODY, radius, size, space};
use crate::theme::{Theme, font};
use crate::widget::access::{Node, Role};
use crate::widget::named::Report;
use crate::widget::wrap::wrap;
use crate::widget::{Element, ime};

/// Which keys send.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendKey {
    /// Enter sends, Shift+Enter breaks the line.
    #[default]
    Enter,
    /// Ctrl+Enter sends, Enter breaks the line.
    CtrlEnter,
}

type KeyFn<'a, Message> = Box<dyn Fn(&Key, Modifiers) -> Option<Message> + 'a>;

/// What the keys of the editor consult.
struct Keys<'a, Message> {
    send_key: SendKey,
    on_send: Option<Message>,
    on_key: Option<KeyFn<'a, Message>>,
    on_paste: Option<Message>,
}

/// A growing text area; see the module.
pub struct Composer<'a, Message> {
    editor: &'a Editor,
    on_edit: Box<dyn Fn(Edit) -> Message + 'a>,
    keys: Keys<'a, Message>,
    id: Option<Id>,
    name: String,
    placeholder: String,
    max_height: f32,
    framed: bool,
    enabled: bool,
}

/// A text area for `editor`; `on_edit` brings changes back to [`Editor::perform`].
pub fn composer<'a, Message: Clone + 'a>(
    editor: &'a Editor,
    on_edit: impl Fn(Edit) -> Message + 'a,
) -> Composer<'a, Message> {
    Composer {
        editor,
        on_edit: Box::new(on_edit),
        keys: Keys { send_key: SendKey::default(), on_send: None, on_key: None, on_paste: None },
        id: None,
        name: String::new(),
        placeholder: String::new(),
        max_height: size::COMPOSER_MAX,
        framed: true,
        enabled: true,
    }
}

impl<'a, Message: Clone + 'a> Composer<'a, Message> {
    /// For `focus` and tests.
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What a screen reader says; the placeholder unless told otherwise.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// What stands there while it is empty.
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// The message of the send key.
    pub fn on_send(mut self, message: Message) -> Self {
        self.keys.on_send = Some(message);
        self
    }

    /// Which keys send.
    pub fn send_key(mut self, send_key: SendKey) -> Self {
        self.keys.send_key = send_key;
        self
    }

    /// Asked first for every key pressed here (completion lists, Up in an empty field, Escape); a message
    /// takes the key.
    pub fn on_key(mut self, on_key: impl Fn(&Key, Modifiers) -> Option<Message> + 'a) -> Self {
        self.keys.on_key = Some(Box::new(on_key));
        self
    }

    /// The message of Ctrl+V instead of pasting text (to ask the clipboard for pictures and files first; paste
    /// text with [`Editor::insert`]).
    pub fn on_paste(mut self, message: Message) -> Self {
        self.keys.on_paste = Some(message);
        self
    }

    /// Grows to this height (px), then scrolls.
    pub fn max_height(mut self, height: f32) -> Self {
        self.max_height = height;
        self
    }

    /// Without ground and outline, where the surroundings have them.
    pub fn frameless(mut self) -> Self {
        self.framed = false;
        self
    }

    /// Whether it can be written in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }
}

/// What a key does in the editor.
fn bind<Message: Clone>(
    keys: &Keys<'_, Message>,
    on_edit: &dyn Fn(Edit) -> Message,
    press: KeyPress,
) -> Option<Binding<Message>> {
    if !matches!(press.status, Status::Focused { .. }) {
        return None;
    }
    let modifiers = press.modifiers;
    if let Some(message) = keys.on_key.as_ref().and_then(|on_key| on_key(&press.key, modifiers)) {
        return Some(Binding::Custom(message));
    }
    let edit = |edit| Some(Binding::Custom(on_edit(edit)));
    let command = modifiers.command() && !modifiers.alt();
    if command && let Some(letter) = press.key.to_latin(press.physical_key) {
        match letter {
            'z' if modifiers.shift() => return edit(Edit::Redo),
            'z' => return edit(Edit::Undo),
            'y' => return edit(Edit::Redo),
            'v' if !modifiers.shift() => {
                if let Some(message) = &keys.on_paste {
                    return Some(Binding::Custom(message.clone()));
                }
            }
            'a' | 'c' | 'x' => {}
            // Other chords belong to the keymap of the app.
            _ => return None,
        }
    }
    match &press.key {
        Key::Named(Named::Enter) => {
            let sends = match keys.send_key {
                SendKey::Enter => !modifiers.shift() && !modifiers.alt(),
                SendKey::CtrlEnter => modifiers.command(),
            };
            match (&keys.on_send, sends) {
                (Some(message), true) => Some(Binding::Custom(message.clone())),
                _ => Some(Binding::Enter),
            }
        }
        Key::Named(Named::Backspace) if modifiers.jump() => edit(Edit::DeleteWordBack),
        Key::Named(Named::Delete) if modifiers.jump() => edit(Edit::DeleteWordForward),
        Key::Named(Named::Tab | Named::Escape | Named::PageUp | Named::PageDown) => None,
        // Alt with an arrow moves between conversations, not words.
        Key::Named(_) if modifiers.alt() && !modifiers.jump() => None,
        _ => Binding::from_key_press(press),
    }
}

impl<'a, Message: Clone + 'a> From<Composer<'a, Message>> for Element<'a, Message> {
    fn from(composer: Composer<'a, Message>) -> Self {
        let Composer { editor, on_edit, keys, id, name, placeholder, max_height, framed, enabled } = composer;
        let on_edit: Rc<dyn Fn(Edit) -> Message + 'a> = on_edit.into();
        let for_keys = on_edit.clone();
        let name = if name.is_empty() { placeholder.clone() } else { name };
        // The editor counts its least height without the padding.
        let frame = size::COMPOSER_MIN - BODY.line;
        // Whole lines only: the software renderer draws a line that is cut off over the frame.
        let lines = ((max_height - frame) / BODY.line).floor().max(1.0);
        let max_height = lines * BODY.line + frame;
        let mut area = text_editor::TextEditor::<'a, _, Message, Theme>::new(editor.content())
            .placeholder(placeholder)
            .font(font::TEXT)
            .size(BODY.size)
            .line_height(iced::Pixels(BODY.line))
            .padding(Padding::from([frame / 2.0, space::M]))
            .height(Length::Shrink)
            .min_height(BODY.line)
            .max_height(max_height)
            .key_binding(move |press| bind(&keys, &*for_keys, press))
            .style(move |theme, status| {
                let class = <Theme as text_editor::Catalog>::default();
                let mut style = text_editor::Catalog::style(theme, &class, status);
                if !framed {
                    style.border = border::rounded(radius::CARD);
                    style.background = Background::Color(Color::TRANSPARENT);
                }
                style
            });
        if let Some(id) = &id {
            area = area.id(id.clone());
        }
        if enabled {
            area = area.on_action(move |action| on_edit(Edit::Action(action)));
        }
        let mut node = Node::new(Role::TextField, name);
        node.disabled = !enabled;
        let content = ime::guard(area.highlight_with::<Emoji>((), format));
        wrap(content, Report::Field { node, id, text: editor.text() })
    }
}
