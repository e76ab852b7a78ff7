//! The bars of a sound: what was heard in the colour of links, the rest in grey; a press goes there.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Tree, Widget};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, renderer};
use iced::{Background, Event, Length, Point, Rectangle, Size, border, touch};

use super::Element;
use crate::theme::Theme;
use crate::theme::tokens::size;

/// So many bars stand beside each other.
const BARS: usize = crate::voice::wave::BARS;
/// The width of all bars in px.
pub const WIDTH: f32 = BARS as f32 * (size::WAVE_BAR + size::WAVE_GAP) - size::WAVE_GAP;

/// What a press at a share of the width means.
type OnSeek<'a, Message> = Box<dyn Fn(f32) -> Message + 'a>;

/// The bars; see the module.
pub struct WaveView<'a, Message> {
    shares: Vec<f32>,
    played: f32,
    live: bool,
    on_seek: Option<OnSeek<'a, Message>>,
}

/// Bars for shares of the greatest loudness, from left to right.
pub fn wave<'a, Message>(shares: impl IntoIterator<Item = f32>) -> WaveView<'a, Message> {
    WaveView { shares: shares.into_iter().take(BARS).collect(), played: 0.0, live: false, on_seek: None }
}

impl<'a, Message> WaveView<'a, Message> {
    /// This share of the width was heard.
    pub fn played(mut self, share: f32) -> Self {
        self.played = share.clamp(0.0, 1.0);
        self
    }

    /// A meter: all bars in one colour, as many as have room, the newest at the right.
    pub fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// What a press at a share of the width means.
    pub fn on_seek(mut self, message: impl Fn(f32) -> Message + 'a) -> Self {
        self.on_seek = Some(Box::new(message));
        self
    }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for WaveView<'_, Message> {
    fn size(&self) -> Size<Length> {
        let width = if self.live { Length::Shrink } else { Length::Fixed(WIDTH) };
        Size::new(width, Length::Fixed(size::WAVE_MAX))
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        let width = if self.live { WIDTH.min(limits.max().width) } else { WIDTH };
        layout::Node::new(Size::new(width, size::WAVE_MAX))
    }

    fn update(
        &mut self,
        _: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &iced::Renderer,
        _: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let is_press = matches!(
            event,
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
                | Event::Touch(touch::Event::FingerPressed { .. })
        );
        let bounds = layout.bounds();
        if let (true, Some(on_seek), Some(at)) = (is_press, &self.on_seek, cursor.position_in(bounds))
            && cursor.is_over(*viewport)
        {
            shell.publish(on_seek(at.x / bounds.width));
            shell.capture_event();
        }
    }

    fn mouse_interaction(
        &self,
        _: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        _: &iced::Renderer,
    ) -> mouse::Interaction {
        let over = cursor.is_over(layout.bounds()) && cursor.is_over(*viewport);
        if over && self.on_seek.is_some() { mouse::Interaction::Pointer } else { mouse::Interaction::None }
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
        let step = size::WAVE_BAR + size::WAVE_GAP;
        let room = (((bounds.width + size::WAVE_GAP) / step) as usize).min(BARS);
        // A meter shows the newest that have room, at the right.
        let (skipped, empty) = match self.live {
            true => (self.shares.len().saturating_sub(room), room.saturating_sub(self.shares.len())),
            false => (0, 0),
        };
        for place in 0..room {
            let share = place.checked_sub(empty).and_then(|place| self.shares.get(place + skipped));
            let share = share.copied().unwrap_or(0.0).clamp(0.0, 1.0);
            let height = size::WAVE_MIN + (size::WAVE_MAX - size::WAVE_MIN) * share;
            let x = place as f32 * step;
            let heard = match self.live {
                true => place >= empty,
                false => (x + size::WAVE_BAR / 2.0) / WIDTH < self.played,
            };
            let place = Point::new(bounds.x + x, bounds.y + (bounds.height - height) / 2.0);
            let bar = Rectangle::new(place, Size::new(size::WAVE_BAR, height));
            renderer.fill_quad(
                renderer::Quad {
                    bounds: bar,
                    border: border::rounded(size::WAVE_BAR / 2.0),
                    ..renderer::Quad::default()
                },
                Background::Color(if heard { p.link } else { p.wave }),
            );
        }
    }
}

impl<'a, Message: 'a> From<WaveView<'a, Message>> for Element<'a, Message> {
    fn from(wave: WaveView<'a, Message>) -> Self {
        Element::new(wave)
    }
}
