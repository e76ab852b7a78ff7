//! Finding things on screen by name, role or text.

use iced::Rectangle;
use iced_selector::{Bounded, Candidate, Selector};

use crate::widget::access::{Node, Role};

/// A place found by one of the selectors of this module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Where it is.
    pub bounds: Rectangle,
    /// What of it can be seen.
    pub visible: Option<Rectangle>,
}

impl Bounded for Place {
    fn bounds(&self) -> Rectangle {
        self.bounds
    }

    fn visible_bounds(&self) -> Option<Rectangle> {
        self.visible
    }
}

/// Finds by what something is called: buttons, rows, menu items.
#[derive(Debug, Clone)]
pub struct Named {
    role: Option<Role>,
    name: String,
}

/// Anything called `name`.
pub fn named(name: impl Into<String>) -> Named {
    Named { role: None, name: name.into() }
}

/// The thing of this role called `name`.
pub fn role(role: Role, name: impl Into<String>) -> Named {
    Named { role: Some(role), name: name.into() }
}

impl Selector for Named {
    type Output = Place;

    fn select(&mut self, candidate: Candidate<'_>) -> Option<Place> {
        let Candidate::Custom { state, bounds, visible_bounds, .. } = candidate else { return None };
        let node = state.downcast_ref::<Node>()?;
        (node.name == self.name && self.role.is_none_or(|role| role == node.role))
            .then_some(Place { bounds, visible: visible_bounds })
    }

    fn description(&self) -> String {
        format!("thing named {:?}", self.name)
    }
}

/// Finds the first visible text with `part` in it.
#[derive(Debug, Clone)]
pub struct Containing(String);

/// The first visible text with `part` in it.
pub fn containing(part: impl Into<String>) -> Containing {
    Containing(part.into())
}

impl Selector for Containing {
    type Output = Place;

    fn select(&mut self, candidate: Candidate<'_>) -> Option<Place> {
        match candidate {
            Candidate::Text { content, bounds, visible_bounds: Some(visible), .. }
                if content.contains(&self.0) =>
            {
                Some(Place { bounds, visible: Some(visible) })
            }
            _ => None,
        }
    }

    fn description(&self) -> String {
        format!("text with {:?}", self.0)
    }
}

/// What has the keyboard.
pub fn focused() -> impl Selector<Output = iced_selector::Target> {
    iced_selector::is_focused()
}
