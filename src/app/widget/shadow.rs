//! Soft shadows under things that float.
//!
//! The software renderer of iced paints only what changed, but paints the shadow of a quad as a whole each time
//! any of it changed, so that it grows darker with every blink of a caret. Here a shadow is a row of thin
//! rings, which are clipped like everything else.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, overlay, renderer};
use iced::{Background, Border, Color, Event, Length, Rectangle, Size, Vector};

use super::Element;
use crate::theme::Theme;
use crate::theme::tokens::{Elevation, radius};

/// Width of a ring in px.
const RING: f32 = 2.0;

struct Shadowed<'a, Message> {
    content: Element<'a, Message>,
    elevation: Elevation,
    corner: f32,
}

/// Puts the shadow of an elevation under `content`, whose corners are as those of `style::floating`.
pub fn shadow<'a, Message: 'a>(
    elevation: Elevation,
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    let corner = match elevation {
        Elevation::Low | Elevation::Menu => radius::CARD,
        Elevation::Dialog => radius::DIALOG,
    };
    Element::new(Shadowed { content: content.into(), elevation, corner })
}

/// The same for round things and pills.
pub fn round_shadow<'a, Message: 'a>(
    elevation: Elevation,
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    Element::new(Shadowed { content: content.into(), elevation, corner: radius::FULL })
}

/// How much of the shadow's strength there is at a share (0 to 1) of its way out.
fn strength(out: f32) -> f32 {
    let rest = 1.0 - out.clamp(0.0, 1.0);
    0.5 * rest * rest
}

fn paint(renderer: &mut iced::Renderer, theme: &Theme, bounds: Rectangle, elevation: Elevation, corner: f32) {
    let shadow = theme.palette().shadow(elevation);
    if shadow.color.a <= 0.0 {
        return;
    }
    let corner = corner.min(bounds.width / 2.0).min(bounds.height / 2.0);
    let mut out = 0.0;
    while out < shadow.blur_radius {
        // The first ring reaches under the thing, whose lower edge the offset would leave bare.
        let (inner, width) =
            if out == 0.0 { (-shadow.offset.y.abs(), RING + shadow.offset.y.abs()) } else { (out, RING) };
        let grown = inner + width;
        let ring = Rectangle {
            x: bounds.x - grown + shadow.offset.x,
            y: bounds.y - grown + shadow.offset.y,
            width: bounds.width + 2.0 * grown,
            height: bounds.height + 2.0 * grown,
        };
        let color = Color { a: shadow.color.a * strength(out / shadow.blur_radius), ..shadow.color };
        renderer.fill_quad(
            renderer::Quad {
                bounds: ring,
                border: Border { color, width, radius: (corner + grown).into() },
                ..renderer::Quad::default()
            },
            Background::Color(Color::TRANSPARENT),
        );
        out += RING;
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Shadowed<'_, Message> {
    fn tag(&self) -> tree::Tag {
        self.content.as_widget().tag()
    }

    fn state(&self) -> tree::State {
        self.content.as_widget().state()
    }

    fn children(&self) -> Vec<Tree> {
        self.content.as_widget().children()
    }

    fn diff(&self, tree: &mut Tree) {
        self.content.as_widget().diff(tree);
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        self.content.as_widget_mut().layout(tree, renderer, limits)
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
        let content = self.content.as_widget_mut();
        content.update(tree, event, layout, cursor, renderer, clipboard, shell, viewport);
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
        paint(renderer, theme, layout.bounds(), self.elevation, self.corner);
        self.content.as_widget().draw(tree, renderer, theme, style, layout, cursor, viewport);
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(tree, layout, cursor, viewport, renderer)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        self.content.as_widget_mut().operate(tree, layout, renderer, operation);
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &iced::Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, iced::Renderer>> {
        self.content.as_widget_mut().overlay(tree, layout, renderer, viewport, translation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_fades_outwards() {
        let steps: Vec<f32> = (0..=10).map(|step| strength(step as f32 / 10.0)).collect();
        assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "{steps:?}");
        assert_eq!(steps[10], 0.0);
    }
}
