//! Where layers stand in the window.

use iced::advanced::layout;
use iced::{Point, Rectangle, Size};

use crate::theme::tokens::{size, space};

/// Where a layer stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// In the middle, over a scrim.
    Modal,
    /// Centred, its top at a share of the height, over a scrim.
    Top(f32),
    /// Beside a rectangle (below it, or above where there is no room), clamped to the window.
    Beside(Rectangle),
    /// Over the whole window.
    Cover,
    /// Centred at the bottom.
    Bottom,
}

impl Place {
    /// Where the content may be how large.
    pub(super) fn limits(self, window: Size) -> layout::Limits {
        let room = Size::new((window.width - space::XXL).max(0.0), (window.height - space::XXL).max(0.0));
        match self {
            Self::Cover => layout::Limits::new(window, window),
            Self::Top(share) => {
                let height = (window.height * (1.0 - share) - space::L).max(0.0);
                layout::Limits::new(Size::ZERO, Size::new(room.width, height))
            }
            _ => layout::Limits::new(Size::ZERO, room),
        }
    }

    pub(super) fn position(self, window: Size, content: Size) -> Point {
        let centre = ((window.width - content.width) / 2.0).round();
        match self {
            Self::Modal => Point::new(centre, ((window.height - content.height) / 2.0).round()),
            Self::Top(share) => Point::new(centre, (window.height * share).round()),
            Self::Cover => Point::ORIGIN,
            // Clear of the composer.
            Self::Bottom => Point::new(centre, window.height - content.height - size::HEADER - space::L),
            Self::Beside(anchor) => beside(anchor, window, content),
        }
    }

    pub(super) fn has_scrim(self) -> bool {
        matches!(self, Self::Modal | Self::Top(_))
    }
}

/// Below the anchor and flush with its left edge; above or flush right where that does not fit; never
/// outside the window.
pub(crate) fn beside(anchor: Rectangle, window: Size, size: Size) -> Point {
    let margin = space::S;
    let below = anchor.y + anchor.height;
    let above = anchor.y - size.height;
    let y = if below + size.height + margin <= window.height || above < margin { below } else { above };
    let x = if anchor.x + size.width + margin <= window.width {
        anchor.x
    } else {
        anchor.x + anchor.width - size.width
    };
    let inside =
        |at: f32, size: f32, window: f32| at.min(window - size - margin).max(margin.min(window - size));
    Point::new(inside(x, size.width, window.width).max(0.0), inside(y, size.height, window.height).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn popovers_stay_inside_and_beside() {
        let window = Size::new(400.0, 300.0);
        let size = Size::new(180.0, 120.0);
        let button = |x, y| Rectangle::new(Point::new(x, y), Size::new(36.0, 36.0));
        assert_eq!(beside(button(20.0, 20.0), window, size), Point::new(20.0, 56.0), "below");
        assert_eq!(beside(button(20.0, 200.0), window, size), Point::new(20.0, 80.0), "above");
        assert_eq!(beside(button(350.0, 20.0), window, size), Point::new(206.0, 56.0), "flush right");
        let all = [0.0, 150.0, 399.0].into_iter().flat_map(|x| [0.0, 150.0, 299.0].map(|y| (x, y)));
        for (x, y) in all {
            for size in [size, Size::new(390.0, 290.0), Size::new(500.0, 400.0)] {
                let at = beside(Rectangle::new(Point::new(x, y), Size::ZERO), window, size);
                assert!(at.x >= 0.0 && at.y >= 0.0, "{at:?}");
                assert!(at.x + size.width <= 400.0_f32.max(size.width), "{at:?}");
                assert!(at.y + size.height <= 300.0_f32.max(size.height), "{at:?}");
            }
        }
    }
}
