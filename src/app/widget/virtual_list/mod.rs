//! A long list that builds, measures and draws only the rows that touch the viewport.
//!
//! Its place is not a pixel offset but an *anchor*: a row and where its top stands (or the end, or the
//! start). So inserting, editing or deleting anything outside the viewport moves nothing on screen, and
//! a jump to any of 100 000 rows costs one screenful. The state lives in the widget; commands reach it by
//! [`send`].
//!
//! Two ways to hold on ([`Stick`]): a timeline sticks to its end and follows row *keys*; a list sorted
//! by activity sticks to its start and follows row *indices*.
//!
//! One stop for Tab; the arrow keys move the focus between rows (rows without anything to focus, such as
//! date separators, are skipped). A focused row that is scrolled away stays alive.
//!
//! * `anchor`: where the list stands, and the commands;
//! * `place`: laying out rows around an anchor;
//! * `viewport`: what is reported to the app, and the scrollbar;
//! * `control`: commands, scrolling, focus;
//! * `widget`: layout, events, drawing.
//!
//! ```ignore
//! VirtualList::new(ids.len(), |i| ids[i], |id| ids.binary_search(id).ok(), |i| self.row(i))
//!     .id("timeline").session(conversation).start(Position::End).on_viewport(Message::Viewport)
//! // …
//! virtual_list::send("timeline", Command::Row { key: id, at: 0.35 })
//! ```

mod anchor;
mod control;
mod place;
#[cfg(test)]
mod tests;
mod viewport;
mod widget;

use std::hash::Hash;

use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Id, Operation, operate};
use iced::{Rectangle, Task};

use super::Element;

pub use anchor::{Command, Position, Stick};
pub use viewport::Viewport;

/// What identifies a row, whatever is inserted before it.
pub trait Key: Clone + Eq + Hash + Send + 'static {}

impl<T: Clone + Eq + Hash + Send + 'static> Key for T {}

/// Where a key stands, if it is still there.
type IndexOf<'a, K> = Box<dyn Fn(&K) -> Option<usize> + 'a>;

/// The list widget; see the module.
pub struct VirtualList<'a, K, Message> {
    id: Option<Id>,
    len: usize,
    key_of: Box<dyn Fn(usize) -> K + 'a>,
    index_of: IndexOf<'a, K>,
    view: Box<dyn Fn(usize) -> Element<'a, Message> + 'a>,
    on_viewport: Option<Box<dyn Fn(Viewport<K>) -> Message + 'a>>,
    stick: Stick,
    start: Position<K>,
    session: u64,
    current: Option<K>,
    page_keys: bool,
    rows: Vec<place::Row<'a, K, Message>>,
}

impl<'a, K: Key, Message> VirtualList<'a, K, Message> {
    /// A list of `len` rows. `key_of` must answer for every index below `len`, `index_of` for every key
    /// there is (and `None` for one that is gone), `view` builds one row.
    pub fn new(
        len: usize,
        key_of: impl Fn(usize) -> K + 'a,
        index_of: impl Fn(&K) -> Option<usize> + 'a,
        view: impl Fn(usize) -> Element<'a, Message> + 'a,
    ) -> Self {
        Self {
            id: None,
            len,
            key_of: Box::new(key_of),
            index_of: Box::new(index_of),
            view: Box::new(view),
            on_viewport: None,
            stick: Stick::End,
            start: Position::End,
            session: 0,
            current: None,
            page_keys: false,
            rows: Vec::new(),
        }
    }

    /// For [`send`].
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// How it holds on when rows change ([`Stick::End`] unless told otherwise).
    pub fn stick(mut self, stick: Stick) -> Self {
        self.stick = stick;
        if stick == Stick::Start {
            self.start = Position::Start;
        }
        self
    }

    /// What the list shows: when this changes, it forgets its place and starts at `start` again.
    pub fn session(mut self, session: impl Hash) -> Self {
        use std::hash::{DefaultHasher, Hasher};
        let mut hasher = DefaultHasher::new();
        session.hash(&mut hasher);
        self.session = hasher.finish();
        self
    }

    /// Where a new session begins.
    pub fn start(mut self, start: Position<K>) -> Self {
        self.start = start;
        self
    }

    /// The chosen row: Tab stops there unless another row has the keyboard.
    pub fn current(mut self, current: Option<K>) -> Self {
        self.current = current;
        self
    }

    /// Also scrolls with PageUp and PageDown that nobody else took, wherever the keyboard is.
    pub fn page_keys(mut self) -> Self {
        self.page_keys = true;
        self
    }

    /// Told when other rows come into view; see [`Viewport`].
    pub fn on_viewport(mut self, message: impl Fn(Viewport<K>) -> Message + 'a) -> Self {
        self.on_viewport = Some(Box::new(message));
        self
    }
}

/// A task that hands a command to the list with this id.
pub fn send<K: Key, Message: Send + 'static>(id: impl Into<Id>, command: Command<K>) -> Task<Message> {
    operate(deliver(id.into(), command))
}

/// The operation behind [`send`], for widgets around the list.
pub fn deliver<K: Key, T>(id: Id, command: Command<K>) -> impl Operation<T> + use<K, T> {
    struct Deliver<K> {
        id: Id,
        /// Whether everything else loses the keyboard.
        unfocus: bool,
        command: Option<Command<K>>,
    }
    impl<K: Key, T> Operation<T> for Deliver<K> {
        fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
            operate(self);
        }
        fn focusable(&mut self, _: Option<&Id>, _: Rectangle, state: &mut dyn Focusable) {
            if self.unfocus {
                state.unfocus();
            }
        }
        fn custom(&mut self, id: Option<&Id>, _: Rectangle, state: &mut dyn std::any::Any) {
            if id == Some(&self.id)
                && let Some(inbox) = state.downcast_mut::<anchor::Inbox<K>>()
                && let Some(command) = self.command.take()
            {
                inbox.put(command);
            }
        }
    }
    Deliver { id, unfocus: matches!(command, Command::Focus(_)), command: Some(command) }
}
