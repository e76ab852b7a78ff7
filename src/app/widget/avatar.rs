//! Avatars: initials on a fill that belongs to the person, with a presence dot.

use iced::advanced::layout::{self, Layout};
use iced::advanced::text::{self, Renderer as _, Text};
use iced::advanced::widget::{Operation, Tree, Widget};
use iced::advanced::{Renderer as _, mouse, renderer};
use iced::{Background, Border, Color, Length, Pixels, Point, Rectangle, Size, alignment, border};

use super::Element;
use super::access::{Node, Role};
use crate::text::initials::initials;
use crate::theme::tokens::{AVATAR_TEXT, AVATAR_TEXT_WIDE, Palette, person_index, radius, size};
use crate::theme::{Pick, Theme, font};

/// Whether somebody is there. The shape differs, not only the colour: ● ◐ ⊖ ○.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Presence {
    Online,
    Away,
    Busy,
    Offline,
}

/// The picture of a person or group.
pub struct Avatar<'a> {
    index: usize,
    initials: String,
    name: String,
    size: f32,
    square: bool,
    presence: Option<(Presence, Pick<'a>)>,
}

/// A round avatar; the colour follows from `id`, the letters from `name`.
pub fn avatar<'a>(id: &str, name: &str) -> Avatar<'a> {
    Avatar {
        index: person_index(id),
        initials: initials(name),
        name: name.to_owned(),
        size: size::AVATAR_ROW,
        square: false,
        presence: None,
    }
}

impl<'a> Avatar<'a> {
    /// Width and height in px.
    pub fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// A rounded square: groups.
    pub fn square(mut self, square: bool) -> Self {
        self.square = square;
        self
    }

    /// A presence dot; `ground` is what the avatar stands on.
    pub fn presence(mut self, presence: Presence, ground: impl Fn(&Palette) -> Color + 'a) -> Self {
        self.presence = Some((presence, Box::new(ground)));
        self
    }
}

fn fill(renderer: &mut iced::Renderer, bounds: Rectangle, color: Color, border: impl Into<Border>) {
    renderer.fill_quad(
        renderer::Quad { bounds, border: border.into(), ..renderer::Quad::default() },
        Background::Color(color),
    );
}

/// Draws a presence mark into a square, with a 2 px ring in the colour of the ground around it.
fn draw_presence(
    renderer: &mut iced::Renderer,
    p: &Palette,
    presence: Presence,
    at: Rectangle,
    ground: Color,
) {
    let ring = 2.0;
    fill(renderer, at.expand(ring), ground, border::rounded(radius::FULL));
    match presence {
        Presence::Online => fill(renderer, at, p.online, border::rounded(radius::FULL)),
        Presence::Away => {
            // A half disc inside a ring: the disc, and the right half of its inside taken out.
            fill(renderer, at, p.away, border::rounded(radius::FULL));
            let inside = at.shrink(2.0);
            let round = inside.height / 2.0;
            let half = Rectangle { x: inside.center_x(), width: inside.width / 2.0, ..inside };
            let corner = border::Radius::default().top_right(round).bottom_right(round);
            fill(renderer, half, ground, border::rounded(corner));
        }
        Presence::Busy => {
            fill(renderer, at, p.busy, border::rounded(radius::FULL));
            let bar = Rectangle {
                x: at.x + at.width * 0.22,
                y: at.y + at.height * 0.4,
                width: at.width * 0.56,
                height: at.height * 0.2,
            };
            fill(renderer, bar, ground, border::rounded(1.0));
        }
        Presence::Offline => {
            fill(renderer, at, ground, border::rounded(radius::FULL).width(2.0).color(p.offline));
        }
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Avatar<'_> {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(self.size), Length::Fixed(self.size))
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, _: &layout::Limits) -> layout::Node {
        layout::Node::new(Size::new(self.size, self.size))
    }

    fn draw(
        &self,
        _: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        if !bounds.intersects(viewport) {
            return;
        }
        let p = theme.palette();
        let color = p.avatars.get(self.index).copied().unwrap_or(p.badge_muted);
        let corner = if self.square { self.size * 0.26 } else { radius::FULL };
        fill(renderer, bounds, color, border::rounded(corner));
        let wide = !self.initials.is_ascii();
        let step = (self.size * if wide { AVATAR_TEXT_WIDE } else { AVATAR_TEXT }).round();
        renderer.fill_text(
            Text {
                content: self.initials.clone(),
                bounds: bounds.size(),
                size: Pixels(step),
                line_height: text::LineHeight::default(),
                font: font::SEMIBOLD,
                align_x: text::Alignment::Center,
                align_y: alignment::Vertical::Center,
                shaping: text::Shaping::Auto,
                wrapping: text::Wrapping::None,
            },
            bounds.center(),
            p.on_avatar,
            bounds,
        );
        if let Some((presence, ground)) = &self.presence {
            let dot = if self.size < 32.0 { size::PRESENCE * 0.75 } else { size::PRESENCE };
            let at = Point::new(bounds.x + self.size - dot, bounds.y + self.size - dot);
            let ground = ground(p);
            // On a layer of its own: text is drawn above quads.
            renderer.with_layer(*viewport, |renderer| {
                draw_presence(renderer, p, *presence, Rectangle::new(at, Size::new(dot, dot)), ground);
            });
        }
    }

    fn operate(
        &mut self,
        _: &mut Tree,
        layout: Layout<'_>,
        _: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        Node::new(Role::Image, self.name.clone()).report(operation, None, layout.bounds());
    }
}

impl<'a, Message: 'a> From<Avatar<'a>> for Element<'a, Message> {
    fn from(avatar: Avatar<'a>) -> Self {
        Element::new(avatar)
    }
}
