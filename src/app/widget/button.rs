//! Buttons: with text, and with only an icon (then the name and the shortcut are in the tooltip).
//!
//! ```ignore
//! button(fl!("sign-in")).kind(Kind::Primary).on_press(Message::SignIn)
//! icon_button(Icon::Send, fl!("send")).shortcut("Enter").on_press(Message::Send)
//! ```

use iced::advanced::widget::Id;
use iced::widget::{row, text, tooltip};
use iced::{Alignment, Color, Length, Padding, Point, Rectangle, border};

use super::Element;
use super::access::Role;
use super::icon::{Icon, icon};
use super::pressable::{Look, Pressable, Status};
use super::tip::tip_for_both;
use crate::theme::tokens::{BODY, PREVIEW, radius, size, space};
use crate::theme::{Theme, font};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// The one main action of a view.
    Primary,
    /// Any other: outlined.
    #[default]
    Secondary,
    /// Without ground until hovered; icons.
    Ghost,
    /// Deletes or leaves.
    Danger,
    /// A word in link colour, inside running text or a banner.
    Link,
}

/// A button. Without a message it is disabled.
pub struct Button<'a, Message> {
    face: Face<'a, Message>,
    name: String,
    kind: Kind,
    shortcut: Option<String>,
    tip: Option<String>,
    build: Vec<Step<'a, Message>>,
    width: Length,
    height: f32,
    tip_position: tooltip::Position,
    /// As high as its content.
    free: bool,
}

enum Face<'a, Message> {
    Words { words: String, icon: Option<Icon> },
    Icon { icon: Icon, size: f32 },
    Custom(Element<'a, Message>, Padding),
}

type Step<'a, Message> = Box<dyn FnOnce(Pressable<'a, Message>) -> Pressable<'a, Message> + 'a>;

/// A button with words on it.
pub fn button<'a, Message: Clone + 'a>(words: impl Into<String>) -> Button<'a, Message> {
    let words = words.into();
    Button::new(Face::Words { words: words.clone(), icon: None }, words, Kind::Secondary)
}

/// A square button with an icon; `name` is read by tests and screen readers and shown in the tooltip.
pub fn icon_button<'a, Message: Clone + 'a>(icon: Icon, name: impl Into<String>) -> Button<'a, Message> {
    let name = name.into();
    let mut button = Button::new(Face::Icon { icon, size: size::ICON }, name.clone(), Kind::Ghost);
    button.tip = Some(name);
    button
}

/// Anything that is pressed where it stands, as large as it is and without a ground: a picture, a card.
pub fn plain<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
) -> Pressable<'a, Message> {
    let look = |_: &Theme, _| Look { border: border::rounded(radius::CARD), ..Look::default() };
    Pressable::new(content, Role::Button, name, look).focusable(false)
}

/// A button with anything on it.
pub fn custom<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    name: impl Into<String>,
) -> Button<'a, Message> {
    Button::new(Face::Custom(content.into(), Padding::ZERO), name.into(), Kind::Ghost)
}

impl<'a, Message: Clone + 'a> Button<'a, Message> {
    fn new(face: Face<'a, Message>, name: String, kind: Kind) -> Self {
        Self {
            face,
            name,
            kind,
            shortcut: None,
            tip: None,
            build: Vec::new(),
            width: Length::Shrink,
            height: size::TARGET_MAIN,
            tip_position: tooltip::Position::Bottom,
            free: false,
        }
    }

    fn step(mut self, step: impl FnOnce(Pressable<'a, Message>) -> Pressable<'a, Message> + 'a) -> Self {
        self.build.push(Box::new(step));
        self
    }

    /// How it looks.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// An icon before the words.
    pub fn icon(mut self, new: Icon) -> Self {
        if let Face::Words { icon, .. } = &mut self.face {
            *icon = Some(new);
        }
        self
    }

    /// Room around custom content.
    pub fn padding(mut self, new: impl Into<Padding>) -> Self {
        if let Face::Custom(_, padding) = &mut self.face {
            *padding = new.into();
        }
        self
    }

    /// The keys that do the same; shown in the tooltip.
    pub fn shortcut(mut self, keys: impl Into<String>) -> Self {
        self.shortcut = Some(keys.into());
        self
    }

    /// What the tooltip says instead of the name (for disabled buttons: why).
    pub fn tip(mut self, tip: impl Into<String>) -> Self {
        self.tip = Some(tip.into());
        self
    }

    /// Where the tooltip goes (below unless told otherwise).
    pub fn tip_position(mut self, position: tooltip::Position) -> Self {
        self.tip_position = position;
        self
    }

    /// For `focus` and tests.
    pub fn id(self, id: impl Into<Id>) -> Self {
        let id = id.into();
        self.step(move |pressable| pressable.id(id))
    }

    /// The message of a press.
    pub fn on_press(self, message: Message) -> Self {
        self.step(move |pressable| pressable.on_press(message))
    }

    /// The message of a press, if it can be pressed now.
    pub fn on_press_maybe(self, message: Option<Message>) -> Self {
        self.step(move |pressable| pressable.on_press_maybe(message))
    }

    /// The message of a press, made from where the button is: to open a menu there.
    pub fn on_press_at(self, message: impl Fn(Rectangle) -> Message + 'a) -> Self {
        self.step(move |pressable| pressable.on_press_at(message))
    }

    /// The message of a right click or Shift+F10.
    pub fn on_context(self, message: impl Fn(Point) -> Message + 'a) -> Self {
        self.step(move |pressable| pressable.on_context(message))
    }

    /// Whether it is pressed in (a tab, a filter chip, an open panel).
    pub fn selected(self, selected: bool) -> Self {
        self.step(move |pressable| pressable.selected(selected))
    }

    /// Leaves it out of the Tab order (where the arrow keys reach it).
    pub fn no_focus(self) -> Self {
        self.step(|pressable| pressable.focusable(false))
    }

    /// As wide as there is room.
    pub fn fill(mut self) -> Self {
        self.width = Length::Fill;
        self
    }

    /// As high as its content, without room around it.
    pub fn free(mut self) -> Self {
        self.free = true;
        if let Face::Custom(_, padding) = &mut self.face {
            *padding = Padding::ZERO;
        }
        self
    }

    /// 28 px instead of 36.
    pub fn small(mut self) -> Self {
        self.height = size::TARGET;
        if let Face::Icon { size, .. } = &mut self.face {
            *size = size::ICON - 2.0;
        }
        self
    }
}

fn look(kind: Kind, round: f32) -> impl Fn(&Theme, Status) -> Look {
    move |theme, status| {
        let p = theme.palette();
        let active = status.hovered || status.pressed;
        let border = border::rounded(round);
        if status.disabled {
            let background =
                matches!(kind, Kind::Primary | Kind::Danger | Kind::Secondary).then_some(p.inset);
            return Look { background, text: Some(p.text_3), border: border.width(0.0) };
        }
        match kind {
            Kind::Primary => Look {
                background: Some(if active { p.accent_hover } else { p.accent }),
                text: Some(p.on_accent),
                border,
            },
            Kind::Danger => Look { background: Some(p.danger_fill), text: Some(p.on_danger), border },
            Kind::Secondary => Look {
                background: match (status.selected, active) {
                    (true, _) => Some(p.selected),
                    (false, true) => Some(p.hover),
                    (false, false) => None,
                },
                text: Some(if status.selected { p.link } else { p.text_1 }),
                border: if status.selected {
                    border.width(edge(p.selected_border).max(1.0)).color(p.link)
                } else {
                    border.width(1.0).color(p.control_border)
                },
            },
            Kind::Ghost => Look {
                background: match (status.selected, active) {
                    (true, _) => Some(p.selected),
                    (false, true) => Some(p.hover),
                    (false, false) => None,
                },
                text: Some(if status.selected {
                    p.link
                } else if active {
                    p.text_1
                } else {
                    p.text_2
                }),
                border: if status.selected {
                    border.width(edge(p.selected_border)).color(p.selected_border)
                } else {
                    border
                },
            },
            Kind::Link => Look {
                background: active.then_some(p.hover),
                text: Some(p.link),
                border: border::rounded(radius::CHIP),
            },
        }
    }
}

/// The width of an outline that is there only in high contrast.
pub(super) fn edge(color: Color) -> f32 {
    if color.a > 0.0 { size::RING } else { 0.0 }
}

impl<'a, Message: Clone + 'a> From<Button<'a, Message>> for Element<'a, Message> {
    fn from(button: Button<'a, Message>) -> Self {
        let Button { face, name, kind, shortcut, tip, build, width, height, tip_position, free } = button;
        let (content, padding, square, round): (Element<'a, Message>, Padding, bool, f32) = match face {
            Face::Words { words, icon: picture } => {
                let step = if height < size::TARGET_MAIN { PREVIEW } else { BODY };
                let words = text(words).size(step.size).font(font::MEDIUM).wrapping(text::Wrapping::None);
                let content: Element<'a, Message> = match picture {
                    Some(picture) => row![icon(picture).size(18.0), words]
                        .spacing(space::S)
                        .align_y(Alignment::Center)
                        .into(),
                    None => words.into(),
                };
                let side = match kind {
                    Kind::Link => space::XS,
                    _ if height < size::TARGET_MAIN => space::M,
                    _ => space::L,
                };
                (content, Padding::from([0.0, side]), false, radius::CARD)
            }
            Face::Icon { icon: picture, size } => {
                (icon(picture).size(size).into(), Padding::ZERO, true, radius::CARD)
            }
            Face::Custom(content, padding) => (content, padding, false, radius::CARD),
        };
        let height = match kind {
            _ if free => Length::Shrink,
            Kind::Link => Length::Fixed(size::TARGET.min(height)),
            _ => Length::Fixed(height),
        };
        let mut pressable = Pressable::new(content, Role::Button, name, look(kind, round))
            .padding(padding)
            .width(if square { height } else { width })
            .height(height);
        for step in build {
            pressable = step(pressable);
        }
        match tip {
            Some(tip) => tip_for_both(pressable, tip, shortcut, tip_position),
            None => pressable.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use iced::Task;
    use iced::keyboard::{Modifiers, key::Named};

    use super::*;
    use crate::harness::{Harness, named};
    use crate::theme::Appearance;
    use crate::widget::layers::layers;

    fn view(kind: &Kind) -> Element<'_, ()> {
        layers(button("Delete").kind(*kind).on_press(())).into()
    }

    /// A ring in nearly the colour of the button would not be seen.
    #[test]
    fn the_ring_on_a_filled_button_is_in_the_colour_of_its_words() {
        for kind in [Kind::Primary, Kind::Danger] {
            let mut h = Harness::new(kind, |_, ()| Task::none(), view, (200.0, 60.0));
            for appearance in [Appearance::Light, Appearance::Dark] {
                h.appearance(appearance);
                h.click_at((190.0, 55.0));
                let place = h.place(named("Delete"));
                let middle = (place.y + place.height / 2.0) as u32;
                let inside = place.x as u32 + 4;
                let palette = h.theme.palette();
                let words = match kind {
                    Kind::Danger => palette.on_danger,
                    _ => palette.on_accent,
                };
                assert_ne!(h.picture(1.0).at(inside, middle), words.into_rgba8(), "no ring yet");
                h.key(Named::Tab, Modifiers::empty());
                let picture = h.picture(1.0);
                assert_eq!(picture.at(inside, middle), words.into_rgba8(), "{kind:?} {appearance:?}");
                assert_ne!(picture.at(place.x as u32 + 1, middle), words.into_rgba8(), "apart from the edge");
            }
        }
    }
}
