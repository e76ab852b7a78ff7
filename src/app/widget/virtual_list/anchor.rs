//! Where a list stands.

/// How near the end (px) still counts as being there: new rows pull the view along.
pub(super) const NEAR_END: f32 = 40.0;

/// How a list holds on when rows change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stick {
    /// A timeline: at the end it stays at the end, elsewhere it follows the keys on screen. Short content
    /// stands at the bottom.
    End,
    /// A list that reorders itself: at the start it stays at the start, elsewhere it follows indices.
    /// Short content stands at the top.
    Start,
}

/// Where a new session begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Position<K> {
    /// At the first row.
    Start,
    /// At the last row.
    End,
    /// With the top of a row at a share of the height (0 = top).
    Row {
        /// The row.
        key: K,
        /// The share.
        at: f32,
    },
    /// At the end if that leaves the row in view, else with the row at a share of the height: how a
    /// conversation opens at its unread divider.
    EndOr {
        /// The row.
        key: K,
        /// The share.
        at: f32,
    },
    /// With the top of a row so many px below the top: a place remembered from [`super::Viewport`].
    Exact {
        /// The row.
        key: K,
        /// Distance from the top of the list, negative when the row begins above.
        top: f32,
    },
}

/// What a list can be told.
#[derive(Debug, Clone, PartialEq)]
pub enum Command<K> {
    /// Goes to the last row and stays there.
    End,
    /// Goes to the first row.
    Start,
    /// Puts the top of a row at a share of the height. If the row does not exist yet, waits for it until
    /// the user scrolls.
    Row {
        /// The row.
        key: K,
        /// The share (0 = top).
        at: f32,
    },
    /// Scrolls as little as possible until the whole row is in view.
    Reveal(K),
    /// The same, and gives it the keyboard.
    Focus(K),
    /// Scrolls by px; positive towards the start.
    By(f32),
    /// Scrolls by screens; positive towards the start.
    Pages(f32),
}

/// The commands that arrived since the last layout.
#[derive(Debug)]
pub(super) struct Inbox<K> {
    commands: Vec<Command<K>>,
    /// Whether something arrived that layout has not seen.
    pub(super) fresh: bool,
}

impl<K> Default for Inbox<K> {
    fn default() -> Self {
        Self { commands: Vec::new(), fresh: false }
    }
}

impl<K> Inbox<K> {
    pub(super) fn put(&mut self, command: Command<K>) {
        self.commands.push(command);
        self.fresh = true;
    }

    pub(super) fn take(&mut self) -> Vec<Command<K>> {
        self.fresh = false;
        std::mem::take(&mut self.commands)
    }

    /// Keeps a command whose row is not there yet, for the next layout.
    pub(super) fn wait(&mut self, command: Command<K>) {
        self.commands.push(command);
    }

    /// The user scrolled: what waited is void.
    pub(super) fn clear(&mut self) {
        self.commands.clear();
    }
}

/// The place a layout starts from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Anchor<K> {
    /// The end of the last row, `gap` px below the bottom (0 to [`NEAR_END`]).
    End {
        /// How far below.
        gap: f32,
    },
    /// The first row at the top.
    Start,
    /// A row with its top so far below the top of the list.
    Top {
        /// The row; `None` follows the index.
        key: Option<K>,
        /// Where it was last.
        index: usize,
        /// Distance in px.
        top: f32,
    },
    /// A row with its end so far above the bottom of the list.
    Bottom {
        /// The row's index.
        index: usize,
        /// Distance in px.
        bottom: f32,
    },
    /// A row of which a share is above the top (dragging the thumb).
    Part {
        /// The row's index.
        index: usize,
        /// The share of its height.
        part: f32,
    },
    /// As [`Position::EndOr`].
    EndOr {
        /// The row's index.
        index: usize,
        /// The share.
        at: f32,
    },
    /// A row with its top at a share of the height.
    Share {
        /// The row's index.
        index: usize,
        /// The share.
        at: f32,
    },
}
