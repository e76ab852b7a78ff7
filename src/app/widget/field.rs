//! A single line to type in: label above, outline, error or hint below.
//!
//! ```ignore
//! field(fl!("server-address"), &self.server, Message::Server).id("server").error(self.error.as_deref())
//! ```

use std::rc::Rc;

use iced::advanced::widget::Id;
use iced::keyboard::{Key, Modifiers};
use iced::widget::{column, row, text, text_input};
use iced::{Alignment, Length};

use super::access::Role;
use super::icon::{Icon, icon};
use super::line::{Line, OnKey};
use super::named::named;
use super::{Element, ime};
use crate::theme::tokens::{BODY, SMALL, size, space};
use crate::theme::{Theme, font, style};

/// A labelled input.
pub struct Field<'a, Message> {
    label: String,
    value: &'a str,
    on_input: Option<Rc<dyn Fn(String) -> Message + 'a>>,
    on_key: Option<OnKey<'a, Message>>,
    on_submit: Option<Message>,
    placeholder: String,
    error: Option<&'a str>,
    hint: Option<String>,
    id: Option<Id>,
    secure: bool,
    bare: bool,
    leading: Option<Icon>,
}

/// An input for `value`.
pub fn field<'a, Message: Clone + 'a>(
    label: impl Into<String>,
    value: &'a str,
    on_input: impl Fn(String) -> Message + 'a,
) -> Field<'a, Message> {
    Field {
        label: label.into(),
        value,
        on_input: Some(Rc::new(on_input)),
        on_key: None,
        on_submit: None,
        placeholder: String::new(),
        error: None,
        hint: None,
        id: None,
        secure: false,
        bare: false,
        leading: None,
    }
}

/// A search line: no label above, a magnifier, the name as placeholder.
pub fn search<'a, Message: Clone + 'a>(
    name: impl Into<String>,
    value: &'a str,
    on_input: impl Fn(String) -> Message + 'a,
) -> Field<'a, Message> {
    let name = name.into();
    let mut field = field(name.clone(), value, on_input);
    field.placeholder = name;
    field.bare = true;
    field.leading = Some(Icon::Search);
    field
}

impl<'a, Message: Clone + 'a> Field<'a, Message> {
    /// The message of Enter.
    pub fn on_submit(mut self, message: Message) -> Self {
        self.on_submit = Some(message);
        self
    }

    /// Asked first for every key pressed here (arrows that go through a list below); a message takes the key.
    pub fn on_key(mut self, on_key: impl Fn(&Key, Modifiers) -> Option<Message> + 'a) -> Self {
        self.on_key = Some(Box::new(on_key));
        self
    }

    /// What stands there while it is empty.
    pub fn placeholder(mut self, placeholder: impl Into<String>) -> Self {
        self.placeholder = placeholder.into();
        self
    }

    /// What is wrong with the value.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// What helps to fill it in; shown while there is no error.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For `focus` and tests.
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Shows dots instead of letters.
    pub fn password(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Whether it can be written in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        if !enabled {
            self.on_input = None;
        }
        self
    }
}

impl<'a, Message: Clone + 'a> From<Field<'a, Message>> for Element<'a, Message> {
    fn from(field: Field<'a, Message>) -> Self {
        let Field {
            label,
            value,
            on_input,
            on_key,
            on_submit,
            placeholder,
            error,
            hint,
            id,
            secure,
            bare,
            leading,
        } = field;
        let wrong = error.is_some();
        let left = if leading.is_some() { space::XXL } else { space::M };
        let mut input = text_input(&placeholder, value)
            .font(font::TEXT)
            .size(BODY.size)
            .line_height(text::LineHeight::Absolute(BODY.line.into()))
            .padding(iced::Padding {
                top: (size::TARGET_MAIN - BODY.line) / 2.0,
                bottom: (size::TARGET_MAIN - BODY.line) / 2.0,
                left,
                right: space::M,
            })
            .width(Length::Fill)
            .secure(secure)
            .style(move |theme: &Theme, status| {
                let class = <Theme as text_input::Catalog>::default();
                let mut style = text_input::Catalog::style(theme, &class, status);
                if wrong {
                    style.border.color = theme.palette().danger;
                }
                style
            })
            .on_input_maybe(on_input.clone().map(|on_input| move |text| on_input(text)))
            .on_submit_maybe(on_submit);
        if let Some(id) = id {
            input = input.id(id);
        }
        // A password is not remembered.
        let on_input = on_input.filter(|_| !secure);
        let input = ime::guard_line(input, Line { value, on_input, on_key });
        let input = named(input, Role::TextField, label.clone());
        let input: Element<'a, Message> = match leading {
            None => input,
            Some(picture) => iced::widget::stack![
                input,
                iced::widget::container(icon(picture).size(18.0).color(|p| p.text_3))
                    .padding([0.0, space::S])
                    .center_y(size::TARGET_MAIN)
            ]
            .into(),
        };
        let mut content: super::Column<'a, Message> = column![].spacing(space::XS);
        if !bare {
            content = content.push(
                text(label)
                    .size(SMALL.size)
                    .line_height(text::LineHeight::Absolute(SMALL.line.into()))
                    .font(font::MEDIUM)
                    .style(style::secondary),
            );
        }
        content = content.push(input);
        let below = |words: String| {
            text(words).size(SMALL.size).line_height(text::LineHeight::Absolute(SMALL.line.into()))
        };
        if let Some(error) = error {
            content = content.push(
                row![
                    icon(Icon::Alert).size(size::ICON_SMALL).color(|p| p.danger),
                    below(error.to_owned()).style(style::danger)
                ]
                .spacing(space::XS)
                .align_y(Alignment::Center),
            );
        } else if let Some(hint) = hint {
            content = content.push(below(hint).style(style::muted));
        }
        content.into()
    }
}
