//! The line between two columns that can be dragged. A double click brings the usual width back.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, renderer};
use iced::{Background, Event, Length, Rectangle, Size};

use crate::theme::Theme;
use crate::widget::Element;

/// What reacts to the pointer on either side of the line.
const GRIP: f32 = 4.0;

/// What is done with the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Drag {
    /// It is dragged to this x of the window.
    To(f32),
    /// It was let go.
    Done,
    /// It was clicked twice.
    Reset,
}

struct Splitter<'a, Message> {
    on_drag: Box<dyn Fn(Drag) -> Message + 'a>,
}

#[derive(Default)]
struct State {
    dragging: bool,
    moved: bool,
    hovered: bool,
    last_click: Option<mouse::Click>,
}

/// A line 1 px wide that tells what is done with it.
pub fn splitter<'a, Message: 'a>(on_drag: impl Fn(Drag) -> Message + 'a) -> Element<'a, Message> {
    Element::new(Splitter { on_drag: Box::new(on_drag) })
}

fn grip(bounds: Rectangle) -> Rectangle {
    Rectangle { x: bounds.x - GRIP, width: bounds.width + 2.0 * GRIP, ..bounds }
}

impl<Message> Widget<Message, Theme, iced::Renderer> for Splitter<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(1.0), Length::Fill)
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, Length::Fixed(1.0), Length::Fill)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &iced::Renderer,
        _: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let over = cursor.is_over(grip(layout.bounds()));
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) if over => {
                let Some(point) = cursor.position() else { return };
                let click = mouse::Click::new(point, mouse::Button::Left, state.last_click);
                state.last_click = Some(click);
                state.dragging = click.kind() == mouse::click::Kind::Single;
                state.moved = false;
                if !state.dragging {
                    shell.publish((self.on_drag)(Drag::Reset));
                }
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) if state.dragging => {
                state.moved = true;
                shell.publish((self.on_drag)(Drag::To(position.x)));
                shell.capture_event();
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) if state.dragging => {
                state.dragging = false;
                if state.moved {
                    shell.publish((self.on_drag)(Drag::Done));
                }
                shell.capture_event();
            }
            _ => {}
        }
        let active = over || state.dragging;
        if state.hovered != active {
            state.hovered = active;
            shell.request_redraw();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        _: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        _: &Rectangle,
    ) {
        let p = theme.palette();
        let active = tree.state.downcast_ref::<State>().hovered;
        let line = layout.bounds();
        let bounds = if active { Rectangle { x: line.x - 1.0, width: 3.0, ..line } } else { line };
        let color = if active { p.focus } else { p.border };
        renderer.fill_quad(renderer::Quad { bounds, ..renderer::Quad::default() }, Background::Color(color));
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _: &Rectangle,
        _: &iced::Renderer,
    ) -> mouse::Interaction {
        if cursor.is_over(grip(layout.bounds())) || tree.state.downcast_ref::<State>().dragging {
            mouse::Interaction::ResizingHorizontally
        } else {
            mouse::Interaction::None
        }
    }
}
