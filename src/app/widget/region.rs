//! The parts of a window between which F6 moves the keyboard: rail, list, timeline, composer, panel.
//!
//! ```ignore
//! row![region(rail), region(list), column![region(timeline), region(composer)]]
//! // F6:
//! region::cycle(true)
//! ```

use iced::advanced::widget::operation::{Focusable, Outcome};
use iced::advanced::widget::{Id, Operation, operate};
use iced::{Rectangle, Task};

use super::Element;
use super::named::Report;
use super::wrap::wrap;

/// Says that a region begins or ends.
pub(super) enum Mark {
    Begin,
    End,
}

/// Makes `content` a region.
pub fn region<'a, Message: 'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    wrap(content, Report::Region)
}

/// Gives the keyboard to the first thing that can have it in the next (or previous) region that has one.
pub fn cycle<Message: Send + 'static>(forward: bool) -> Task<Message> {
    operate(Survey { forward, regions: Vec::new(), inside: false, seen: 0 })
}

/// What there is: for each region its first focusable (by number) and whether it has the keyboard.
struct Survey {
    forward: bool,
    regions: Vec<(Option<usize>, bool)>,
    inside: bool,
    seen: usize,
}

impl<T: Send + 'static> Operation<T> for Survey {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn custom(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn std::any::Any) {
        match state.downcast_ref::<Mark>() {
            Some(Mark::Begin) => {
                self.regions.push((None, false));
                self.inside = true;
            }
            Some(Mark::End) => self.inside = false,
            None => {}
        }
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if self.inside
            && let Some((first, focused)) = self.regions.last_mut()
        {
            first.get_or_insert(self.seen);
            *focused |= state.is_focused();
        }
        self.seen += 1;
    }

    fn finish(&self) -> Outcome<T> {
        let usable: Vec<_> =
            self.regions.iter().filter_map(|(first, focused)| Some(((*first)?, *focused))).collect();
        let count = usable.len();
        let now = usable.iter().position(|(_, focused)| *focused);
        let next = match (now, self.forward) {
            _ if count == 0 => return Outcome::None,
            (Some(now), true) => (now + 1) % count,
            (Some(now), false) => (now + count - 1) % count,
            (None, true) => 0,
            (None, false) => count - 1,
        };
        match usable.get(next) {
            Some((target, _)) => Outcome::Chain(Box::new(Give { target: *target, seen: 0 })),
            None => Outcome::None,
        }
    }
}

/// Focuses by number.
struct Give {
    target: usize,
    seen: usize,
}

impl<T> Operation<T> for Give {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }

    fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
        if self.seen == self.target {
            state.focus();
        } else {
            state.unfocus();
        }
        self.seen += 1;
    }
}

#[cfg(test)]
mod tests {
    use iced::Task;
    use iced::widget::{column, text};

    use super::*;
    use crate::harness::{Harness, focused, named};
    use crate::widget::button::button;

    #[test]
    fn cycles_over_regions_that_can_have_the_keyboard() {
        fn view(_: &()) -> Element<'_, bool> {
            column![
                region(column![button("a").on_press(true), button("b").on_press(true)]),
                region(text("nothing to focus")),
                button("outside").on_press(true),
                region(button("c").on_press(true)),
            ]
            .into()
        }
        let mut h = Harness::new((), |_: &mut (), _| Task::none(), view, (300.0, 300.0));
        for (forward, name) in [(true, "a"), (true, "c"), (true, "a"), (false, "c"), (false, "a")] {
            h.run(cycle(forward));
            let expected = h.find(named(name)).expect("a button").bounds;
            assert_eq!(h.find(focused()).expect("focus").bounds(), expected, "{name}");
        }
    }
}
