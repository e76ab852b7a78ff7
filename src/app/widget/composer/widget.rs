//! The widget around iced's text editor.

use std::rc::Rc;

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Id, Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Shell, input_method, mouse, overlay, renderer};
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::text_editor::{self, Binding, KeyPress, Status};
use iced::{Background, Color, Event, Length, Padding, Rectangle, Size, Vector, border, keyboard};

use super::editor::{Edit, Editor};
use super::emoji::{Emoji, format};
use crate::theme::tokens::{BODY, radius, size, space};
use crate::theme::{Theme, font};
use crate::widget::Element;
use crate::widget::access::{Node, Role};
use crate::widget::focus;

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
        keys: Keys {
            send_key: SendKey::default(),
            on_send: None,
            on_key: None,
            on_paste: None,
        },
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

/// The widget a [`Composer`] becomes.
struct Area<'a, Message> {
    content: Element<'a, Message>,
    id: Option<Id>,
    name: String,
    text: String,
    disabled: bool,
}

#[derive(Default)]
struct State {
    /// The input method shows an unfinished word.
    composing: bool,
}

impl<'a, Message: Clone + 'a> From<Composer<'a, Message>> for Element<'a, Message> {
    fn from(composer: Composer<'a, Message>) -> Self {
        let Composer { editor, on_edit, keys, id, name, placeholder, max_height, framed, enabled } = composer;
        let on_edit: Rc<dyn Fn(Edit) -> Message + 'a> = on_edit.into();
        let for_keys = on_edit.clone();
        let name = if name.is_empty() { placeholder.clone() } else { name };
        // The editor counts its least height without the padding.
        let frame = size::COMPOSER_MIN - BODY.line;
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
        Element::new(Area {
            content: area.highlight_with::<Emoji>((), format).into(),
            id,
            name,
            text: editor.text(),
            disabled: !enabled,
        })
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Area<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let child = &mut tree.children[0];
        match event {
            Event::InputMethod(event) => {
                tree.state.downcast_mut::<State>().composing = match event {
                    input_method::Event::Preedit(text, _) => !text.is_empty(),
                    _ => false,
                };
            }
            // Keys belong to the input method until the word is finished: some platforms send them twice.
            Event::Keyboard(keyboard::Event::KeyPressed { .. }) => {
                let content = self.content.as_widget_mut();
                if tree.state.downcast_ref::<State>().composing
                    && focus::any_focused(|operation| content.operate(child, layout, renderer, operation))
                {
                    shell.capture_event();
                    return;
                }
            }
            _ => {}
        }
        self.content.as_widget_mut().update(
            child,
            event,
            layout,
            cursor,
            renderer,
            clipboard,
            shell,
            viewport,
        );
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content.as_widget().draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let mut node = Node::new(Role::TextField, self.name.clone());
        node.disabled = self.disabled;
        node.report(operation, self.id.as_ref(), layout.bounds());
        operation.text(None, layout.bounds(), &self.text);
        if !self.disabled {
            self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        self.content.as_widget_mut().overlay(
            &mut tree.children[0],
            layout,
            renderer,
            viewport,
            translation,
        )
    }
}
