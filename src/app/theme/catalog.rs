//! The looks of the iced widgets in use, for our [`Theme`]: a class is a style function, so that a view
//! writes `.style(style::card)`.

use iced::widget::{
    button, checkbox, container, pick_list, progress_bar, radio, rule, scrollable, slider, svg, text,
    text_editor, text_input, toggler,
};
use iced::{Background, Border, Color, Shadow, border, overlay::menu};

use super::tokens::{Elevation, radius, size};
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
                    shadow: p.shadow(Elevation::Menu),
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

impl button::Catalog for Theme {
    type Class<'a> = button::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            button::Style {
                background: Some(Background::Color(match status {
                    button::Status::Hovered | button::Status::Pressed => p.accent_hover,
                    button::Status::Active => p.accent,
                    button::Status::Disabled => p.inset,
                })),
                text_color: if status == button::Status::Disabled { p.text_3 } else { p.on_accent },
                border: border::rounded(radius::CARD),
                shadow: Shadow::default(),
                snap: true,
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: button::Status) -> button::Style {
        class(self, status)
    }
}

impl checkbox::Catalog for Theme {
    type Class<'a> = checkbox::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            let (checked, disabled) = match status {
                checkbox::Status::Active { is_checked } | checkbox::Status::Hovered { is_checked } => {
                    (is_checked, false)
                }
                checkbox::Status::Disabled { is_checked } => (is_checked, true),
            };
            checkbox::Style {
                background: Background::Color(match (checked, disabled) {
                    (true, false) => p.accent,
                    (true, true) => p.control_border,
                    (false, _) => p.bg,
                }),
                icon_color: p.on_accent,
                border: border::rounded(radius::CHIP)
                    .width(if checked { 0.0 } else { 1.0 })
                    .color(p.control_border),
                text_color: Some(if disabled { p.text_3 } else { p.text_1 }),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: checkbox::Status) -> checkbox::Style {
        class(self, status)
    }
}

impl radio::Catalog for Theme {
    type Class<'a> = radio::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            let (radio::Status::Active { is_selected } | radio::Status::Hovered { is_selected }) = status;
            radio::Style {
                background: Background::Color(p.bg),
                dot_color: p.accent,
                border_width: if is_selected { 2.0 } else { 1.0 },
                border_color: if is_selected { p.accent } else { p.control_border },
                text_color: Some(p.text_1),
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: radio::Status) -> radio::Style {
        class(self, status)
    }
}

impl toggler::Catalog for Theme {
    type Class<'a> = toggler::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            let (on, disabled) = match status {
                toggler::Status::Active { is_toggled } | toggler::Status::Hovered { is_toggled } => {
                    (is_toggled, false)
                }
                toggler::Status::Disabled { is_toggled } => (is_toggled, true),
            };
            toggler::Style {
                background: Background::Color(if on && !disabled { p.accent } else { p.control_border }),
                background_border_width: 0.0,
                background_border_color: Color::TRANSPARENT,
                foreground: Background::Color(if on { p.on_accent } else { p.bg }),
                foreground_border_width: 0.0,
                foreground_border_color: Color::TRANSPARENT,
                text_color: Some(if disabled { p.text_3 } else { p.text_1 }),
                border_radius: None,
                padding_ratio: 0.15,
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: toggler::Status) -> toggler::Style {
        class(self, status)
    }
}

impl slider::Catalog for Theme {
    type Class<'a> = slider::StyleFn<'a, Self>;

    fn default<'a>() -> Self::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            let fill = if status == slider::Status::Active { p.accent } else { p.accent_hover };
            slider::Style {
                rail: slider::Rail {
                    backgrounds: (Background::Color(fill), Background::Color(p.control_border)),
                    width: 4.0,
                    border: border::rounded(2.0),
                },
                handle: slider::Handle {
                    shape: slider::HandleShape::Circle { radius: 8.0 },
                    background: Background::Color(fill),
                    border_width: 2.0,
                    border_color: p.bg,
                },
            }
        })
    }

    fn style(&self, class: &Self::Class<'_>, status: slider::Status) -> slider::Style {
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

impl menu::Catalog for Theme {
    type Class<'a> = menu::StyleFn<'a, Self>;

    fn default<'a>() -> <Self as menu::Catalog>::Class<'a> {
        Box::new(|theme| {
            let p = theme.palette();
            menu::Style {
                background: Background::Color(p.surface),
                border: Border { color: p.control_border, width: 1.0, radius: radius::CARD.into() },
                text_color: p.text_1,
                selected_text_color: p.on_accent,
                selected_background: Background::Color(p.accent),
                shadow: p.shadow(Elevation::Menu),
            }
        })
    }

    fn style(&self, class: &<Self as menu::Catalog>::Class<'_>) -> menu::Style {
        class(self)
    }
}

impl pick_list::Catalog for Theme {
    type Class<'a> = pick_list::StyleFn<'a, Self>;

    fn default<'a>() -> <Self as pick_list::Catalog>::Class<'a> {
        Box::new(|theme, status| {
            let p = theme.palette();
            pick_list::Style {
                text_color: p.text_1,
                placeholder_color: p.text_3,
                handle_color: p.text_2,
                background: Background::Color(p.bg),
                border: input_border(
                    theme,
                    matches!(status, pick_list::Status::Opened { .. }),
                    matches!(status, pick_list::Status::Hovered),
                ),
            }
        })
    }

    fn style(
        &self,
        class: &<Self as pick_list::Catalog>::Class<'_>,
        status: pick_list::Status,
    ) -> pick_list::Style {
        class(self, status)
    }
}
