//! Keyboard focus of our own widgets: state, ring, and the ways it moves.
//!
//! Tab and Shift+Tab are handled by [`layers`](super::layers) at the root, which keeps them inside the
//! topmost dialog. Lists are one stop: the arrow keys move inside them
//! ([`virtual_list`](super::virtual_list)).

use iced::advanced::Renderer as _;
use iced::advanced::renderer;
use iced::advanced::widget::{Id, Operation, operation};
use iced::{Background, Border, Color, Rectangle, Task, Vector};

use crate::theme::Theme;
use crate::theme::tokens::{size, space};

thread_local! {
    /// Whether the last thing the user did was a key press: only then does new focus show its ring.
    static BY_KEYBOARD: std::cell::Cell<bool> = const { std::cell::Cell::new(true) };
}

/// Notes how the user acts now; called at the root for every press of a key or button.
pub(super) fn by_keyboard(yes: bool) {
    BY_KEYBOARD.set(yes);
}

/// Whether a widget has the keyboard, and whether that is shown: a ring appears for focus that came by
/// keyboard, not for a click.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Focus {
    focused: bool,
    ring: bool,
}

impl Focus {
    /// Whether the widget has the keyboard.
    pub fn is_focused(&self) -> bool {
        self.focused
    }

    /// Whether the ring is drawn.
    pub fn shows_ring(&self) -> bool {
        self.focused && self.ring
    }

    /// Takes the focus by pointer.
    pub fn take(&mut self) {
        *self = Self { focused: true, ring: false };
    }

    /// Gives the focus up.
    pub fn give_up(&mut self) {
        *self = Self::default();
    }
}

impl operation::Focusable for Focus {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        *self = Self { focused: true, ring: BY_KEYBOARD.get() };
    }

    fn unfocus(&mut self) {
        self.give_up();
    }
}

/// Draws the 2 px ring just inside `bounds`.
pub fn ring(renderer: &mut iced::Renderer, theme: &Theme, bounds: Rectangle, radius: f32) {
    renderer.fill_quad(
        renderer::Quad {
            bounds,
            border: Border { color: theme.palette().focus, width: size::RING, radius: radius.into() },
            ..renderer::Quad::default()
        },
        Background::Color(Color::TRANSPARENT),
    );
}

/// The same on a ground that is filled with nearly its own colour: in the colour of the words, apart from the
/// edge.
pub fn ring_on_fill(renderer: &mut iced::Renderer, color: Color, bounds: Rectangle, radius: f32) {
    let gap = size::RING + 1.0;
    renderer.fill_quad(
        renderer::Quad {
            bounds: bounds.shrink(gap),
            border: Border { color, width: size::RING, radius: (radius - gap).max(0.0).into() },
            ..renderer::Quad::default()
        },
        Background::Color(Color::TRANSPARENT),
    );
}

/// Gives the keyboard to the widget with this id.
pub fn focus<M>(id: impl Into<Id>) -> Task<M> {
    iced::widget::operation::focus(id)
}

/// Whether anything reached by `visit` has the keyboard.
pub fn any_focused(visit: impl FnOnce(&mut dyn Operation)) -> bool {
    struct Any(bool);
    impl Operation for Any {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
            operate(self);
        }
        fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn operation::Focusable) {
            self.0 |= state.is_focused();
        }
    }
    let mut any = Any(false);
    visit(&mut any);
    any.0
}

/// Whether anything of ours reached by `visit` shows that it has the keyboard.
pub fn any_ring(visit: impl FnOnce(&mut dyn Operation)) -> bool {
    struct Any(bool);
    impl Operation for Any {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
            operate(self);
        }
        fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn std::any::Any) {
            self.0 |= state.downcast_ref::<Focus>().is_some_and(Focus::shows_ring);
        }
    }
    // What was done last was done with the pointer, so nothing does.
    if !BY_KEYBOARD.get() {
        return false;
    }
    let mut any = Any(false);
    visit(&mut any);
    any.0
}

/// Runs an operation that continues in a chain over whatever `visit` reaches.
pub fn run(operation: impl Operation + 'static, mut visit: impl FnMut(&mut dyn Operation)) {
    let mut next: Option<Box<dyn Operation>> = Some(Box::new(operation));
    while let Some(mut current) = next.take() {
        visit(current.as_mut());
        if let operation::Outcome::Chain(chained) = current.finish() {
            next = Some(chained);
        }
    }
}

/// Focuses the nth thing that can be focused (from 0), unfocusing the others; the last if there are fewer.
pub fn focus_nth(target: usize) -> impl Operation {
    struct Nth {
        target: usize,
        seen: usize,
    }
    impl Operation for Nth {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
            operate(self);
        }
        fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn operation::Focusable) {
            if self.seen == self.target {
                state.focus();
            } else {
                state.unfocus();
            }
            self.seen += 1;
        }
    }
    Nth { target, seen: 0 }
}

/// The place of the focused thing among all that can be focused, and the number of those.
pub fn position(visit: impl FnOnce(&mut dyn Operation)) -> (Option<usize>, usize) {
    #[derive(Default)]
    struct Position {
        focused: Option<usize>,
        total: usize,
    }
    impl Operation for Position {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
            operate(self);
        }
        fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn operation::Focusable) {
            if state.is_focused() {
                self.focused = Some(self.total);
            }
            self.total += 1;
        }
    }
    let mut position = Position::default();
    visit(&mut position);
    (position.focused, position.total)
}

/// Scrolls the scrollable around the focused thing so that it is in view (lists of ours do it themselves).
pub fn reveal(mut visit: impl FnMut(&mut dyn Operation)) {
    let mut find = FindHidden::default();
    visit(&mut find);
    if let Some((scrollable, offset)) = find.found {
        visit(&mut ScrollNth { target: scrollable, offset, seen: 0 });
    }
}

/// Finds the focused thing and how its scrollable has to move.
#[derive(Default)]
struct FindHidden {
    seen: usize,
    /// The scrollable whose children come next, then the one around what is visited: number and what of
    /// its content is in view.
    entering: Option<(usize, Rectangle)>,
    around: Option<(usize, Rectangle)>,
    found: Option<(usize, f32)>,
}

impl Operation for FindHidden {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        let before = self.around;
        self.around = self.entering.take().or(before);
        operate(self);
        self.around = before;
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        _: Rectangle,
        translation: Vector,
        _: &mut dyn operation::Scrollable,
    ) {
        self.entering = Some((self.seen, bounds + translation));
        self.seen += 1;
    }

    fn focusable(&mut self, _: Option<&Id>, place: Rectangle, state: &mut dyn operation::Focusable) {
        let Some((number, view)) = self.around.filter(|_| state.is_focused()) else { return };
        let margin = space::S;
        let move_by = if place.y < view.y {
            place.y - margin - view.y
        } else {
            (place.y + place.height + margin - view.y - view.height).max(0.0)
        };
        if move_by != 0.0 {
            self.found = Some((number, move_by));
        }
    }
}

/// Scrolls the nth scrollable.
struct ScrollNth {
    target: usize,
    offset: f32,
    seen: usize,
}

impl Operation for ScrollNth {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        content_bounds: Rectangle,
        _: Vector,
        state: &mut dyn operation::Scrollable,
    ) {
        if self.seen == self.target {
            let offset = operation::scrollable::AbsoluteOffset { x: 0.0, y: self.offset };
            state.scroll_by(offset, bounds, content_bounds);
        }
        self.seen += 1;
    }
}

/// An operation seen through a filter that hides everything focusable: texts and names still pass.
pub struct WithoutFocus<'a>(pub &'a mut dyn Operation);

impl Operation for WithoutFocus<'_> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        self.0.traverse(&mut |inner| operate(&mut WithoutFocus(inner)));
    }
    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        self.0.container(id, bounds);
    }
    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content_bounds: Rectangle,
        translation: Vector,
        state: &mut dyn operation::Scrollable,
    ) {
        self.0.scrollable(id, bounds, content_bounds, translation, state);
    }
    fn text(&mut self, id: Option<&Id>, bounds: Rectangle, text: &str) {
        self.0.text(id, bounds, text);
    }
    fn text_input(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn operation::TextInput) {
        self.0.text_input(id, bounds, state);
    }
    fn custom(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn std::any::Any) {
        self.0.custom(id, bounds, state);
    }
}
