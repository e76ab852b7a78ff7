//! The looks of the iced widgets in use, for our [`Theme`]: a class is a style function, so that a view
//! writes `.style(style::card)`.
//!
//! Only widgets that the keyboard reaches, or that need no keyboard, have one. iced's button, checkbox, radio,
//! toggler, slider and pick_list cannot be focused; without a catalog they do not compile here, and
//! [`Pressable`](crate::widget::pressable) takes their place.

use iced::widget::{container, progress_bar, rule, scrollable, svg, text, text_editor, text_input};
use iced::{Background, Border, Color, border};

use super::tokens::{radius, size};
use super::{Theme, style};

impl text::Catalog for Theme {
    type Class<'a> = text::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| text::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> text::Style {
        class(self)
    }
}

impl container::Catalog for Theme {
    type Class<'a> = container::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|_| container::Style::default())
    }

    fn style(&self, class: &Self::Class<'_>) -> container::Style {
        class(self)
    }
}

impl svg::Catalog for Theme {
    type Class<'a> = svg::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, _| svg::Style { color: Some(theme.palette().text_2) })
    }

    fn style(&self, class: &Self::Class<'_>, status: svg::Status) -> svg::Style {
        class(self, status)
    }
}

impl rule::Catalog for Theme {
    type Class<'a> = rule::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(style::hairline)
    }

    fn style(&self, class: &Self::Class<'_>) -> rule::Style {
        class(self)
    }
}

impl scrollable::Catalog for Theme {
    type Class<'a> = scrollable::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, _| {
            let p = theme.palette();
            let rail = scrollable::Rail {
                background: None,
                border: Border::default(),
                scroller: scrollable::Scroller {
                    background: Background::Color(p.scrollbar),
                    border: border::rounded(size::SCROLLBAR / 2.0),
                },
            };
            scrollable::Style {
                container: container::Style::default(),
                vertical_rail: rail,
                horizontal_rail: rail,
                gap: None,
                auto_scroll: scrollable::AutoScroll {
                    background: Background::Color(p.surface),
                    border: border::rounded(radius::FULL).width(1.0).color(p.control_border),
                    shadow: iced::Shadow::default(),
                    icon: p.text_1,
                },
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: scrollable::Status) -> scrollable::Style {
        class(self, status)
    }
}

/// The outline of an input: control border, accent when focused.
fn input_border(theme: &Theme, focused: bool, hovered: bool) -> Border {
    let p = theme.palette();
    let (color, width) = match (focused, hovered) {
        (true, _) => (p.focus, size::RING),
        (false, true) => (p.text_3, 1.0),
        (false, false) => (p.control_border, 1.0),
    };
    Border { color, width, radius: radius::CARD.into() }
}

impl text_input::Catalog for Theme {
    type Class<'a> = text_input::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            let disabled = matches!(status, text_input::Status::Disabled);
            text_input::Style {
                background: Background::Color(if disabled { p.inset } else { p.bg }),
                border: input_border(
                    theme,
                    matches!(status, text_input::Status::Focused { .. }),
                    matches!(status, text_input::Status::Hovered),
                ),
                icon: p.text_2,
                placeholder: p.text_3,
                value: if disabled { p.text_3 } else { p.text_1 },
                selection: p.selection,
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: text_input::Status) -> text_input::Style {
        class(self, status)
    }
}

impl text_editor::Catalog for Theme {
    type Class<'a> = text_editor::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            text_editor::Style {
                background: Background::Color(p.bg),
                border: input_border(
                    theme,
                    matches!(status, text_editor::Status::Focused { .. }),
                    matches!(status, text_editor::Status::Hovered),
                ),
                placeholder: p.text_3,
                value: p.text_1,
                // The editor draws the selection above the text.
                selection: Color { a: 0.35, ..p.focus },
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: text_editor::Status) -> text_editor::Style {
        class(self, status)
    }
}

impl progress_bar::Catalog for Theme {
    type Class<'a> = progress_bar::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme| {
            let p = theme.palette();
            progress_bar::Style {
                background: Background::Color(p.inset),
                bar: Background::Color(p.accent),
                border: border::rounded(radius::FULL),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>) -> progress_bar::Style {
        class(self)
    }
}
