//! Soft shadows under things that float.
//!
//! The software renderer of iced paints only what changed, but paints the shadow of a quad as a whole each time
//! any of it changed, so that it grows darker with every blink of a caret. Here a shadow is a row of thin
//! rings, which are clipped like everything else.

use iced::advanced::{Renderer as _, renderer};
use iced::{Background, Border, Color, Rectangle};

use super::Element;
use super::wrap::{Hooks, wrap};
use crate::theme::Theme;
use crate::theme::tokens::{Elevation, radius};

/// Width of a ring in px.
const RING: f32 = 2.0;

struct Shadow {
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
    wrap(content, Shadow { elevation, corner })
}

/// The same for round things and pills.
pub fn round_shadow<'a, Message: 'a>(
    elevation: Elevation,
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    wrap(content, Shadow { elevation, corner: radius::FULL })
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

impl<Message> Hooks<Message> for Shadow {
    type State = ();

    fn draw(&self, renderer: &mut iced::Renderer, theme: &Theme, bounds: Rectangle) {
        paint(renderer, theme, bounds, self.elevation, self.corner);
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
