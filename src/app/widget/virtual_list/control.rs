//! What the list does: follows commands, scrolls, gives the keyboard to rows.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Shell, mouse};
use iced::keyboard::{self, Key as KeyboardKey, key::Named};
use iced::{Event, Rectangle, Size};

use super::anchor::{Anchor, Command, Inbox, Position, Stick};
use super::place::{Placed, Request, Row, placed};
use super::viewport::{Scrollbar, Spot, Viewport};
use super::{Key, VirtualList};
use crate::widget::focus;

/// Pixels of one wheel notch.
const NOTCH: f32 = 60.0;
/// What stays in view when a page is turned.
const PAGE_OVERLAP: f32 = 40.0;
/// Time between two reports of what is in view.
const REPORTS: Duration = Duration::from_millis(100);
/// Moves that are told apart; several come between two frames.
pub(super) const MOVES: u8 = 64;

/// What the list remembers.
pub(super) struct State<K> {
    pub(super) session: Option<u64>,
    pub(super) anchor: Anchor<K>,
    pub(super) inbox: Inbox<K>,
    pub(super) trees: HashMap<K, Tree>,
    pub(super) spots: Vec<Spot<K>>,
    /// Another number whenever rows have moved.
    pub(super) moves: u8,
    /// The rows have to be placed again.
    pub(super) moved: bool,
    pub(super) height: f32,
    pub(super) last_key: Option<K>,
    /// The row that has the keyboard, and its last index.
    pub(super) focused: Option<(K, usize)>,
    /// A row that is to get the keyboard, and which way to go on if it cannot.
    pub(super) wanted: Option<(usize, Way)>,
    /// The row that must be in view after the next layout.
    pub(super) reveal: Option<usize>,
    /// Where in the thumb it was taken, and the scrollbar then.
    pub(super) grabbed: Option<(f32, Scrollbar)>,
    pub(super) hovers_bar: bool,
    /// The next frame reports.
    pub(super) due: bool,
    /// What was reported last, and when.
    pub(super) reported: Option<(Viewport<K>, Instant)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
    Stay,
}

impl<K: Key> State<K> {
    pub(super) fn new() -> Self {
        Self {
            session: None,
            anchor: Anchor::Start,
            inbox: Inbox::default(),
            trees: HashMap::new(),
            spots: Vec::new(),
            moves: 0,
            moved: false,
            height: 0.0,
            last_key: None,
            focused: None,
            wanted: None,
            reveal: None,
            grabbed: None,
            hovers_bar: false,
            due: false,
            reported: None,
        }
    }
}

impl<'a, K: Key, Message> VirtualList<'a, K, Message> {
    /// Places the rows around the anchor; those that are built already are kept as they are.
    pub(super) fn arrange(&mut self, state: &mut State<K>, renderer: &iced::Renderer, size: Size) {
        self.resolve(state);
        state.moved = false;
        state.height = size.height;
        // The row with the keyboard was deleted: its neighbour gets it.
        if let Some((key, index)) = &state.focused
            && self.len > 0
            && (self.index_of)(key).is_none()
        {
            state.wanted = Some(((*index).min(self.len - 1), Way::Up));
            state.focused = None;
        }
        let request = Request {
            anchor: state.anchor.clone(),
            size,
            reveal: state.reveal.take(),
            keep: state.focused.as_ref().map(|(key, _)| key),
            trees: std::mem::take(&mut state.trees),
            rows: std::mem::take(&mut self.rows),
        };
        let Placed { rows, spots, trees, anchor } = self.place(renderer, request);
        self.rows = rows;
        state.trees = trees;
        if Spot::have_moved(&state.spots, &spots) {
            state.moves = (state.moves + 1) % MOVES;
        }
        state.spots = spots;
        state.anchor = anchor;
    }

    /// Tells the app what is in view, while it changes not more often than each [`REPORTS`]: the answer to
    /// a report is a new view of the whole window.
    pub(super) fn report(
        &self,
        state: &mut State<K>,
        now: Instant,
        height: f32,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some(message) = &self.on_viewport else { return };
        let Some(viewport) = Viewport::of(&state.spots, self.len, height) else { return };
        match &state.reported {
            Some((reported, _)) if *reported == viewport => {}
            Some((_, at)) if now < *at + REPORTS => shell.request_redraw_at(*at + REPORTS),
            // First what came into view is drawn, then told.
            _ if !state.due => {
                state.due = true;
                shell.request_redraw();
            }
            _ => {
                state.due = false;
                state.reported = Some((viewport.clone(), now));
                shell.publish(message(viewport));
            }
        }
    }

    /// The anchor to lay out from: a new session's, a command's, or the last one adapted to what changed.
    fn resolve(&self, state: &mut State<K>) {
        if state.session != Some(self.session) {
            *state = State { session: Some(self.session), height: state.height, ..State::new() };
            state.anchor = self.starting_anchor();
        }
        let last_key = self.len.checked_sub(1).map(|last| (self.key_of)(last));
        if let Anchor::End { gap } = &mut state.anchor
            && state.last_key != last_key
        {
            *gap = 0.0;
        }
        state.last_key = last_key;
        if let Anchor::Top { key: Some(key), index, top } = &state.anchor {
            state.anchor = match (self.index_of)(key) {
                Some(index) => Anchor::Top { key: Some(key.clone()), index, top: *top },
                None => self.survivor(&state.spots, *index, *top),
            };
        }
        for command in state.inbox.take() {
            self.obey(state, command);
        }
    }

    /// The anchor row was deleted: the next row that still exists holds the place.
    fn survivor(&self, spots: &[Spot<K>], index: usize, top: f32) -> Anchor<K> {
        let after = spots.iter().filter(|spot| spot.index >= index);
        let before = spots.iter().rev().filter(|spot| spot.index < index);
        after
            .chain(before)
            .find_map(|spot| {
                let index = (self.index_of)(&spot.key)?;
                Some(Anchor::Top { key: Some(spot.key.clone()), index, top: spot.top })
            })
            .unwrap_or(Anchor::Top { key: None, index, top })
    }

    fn starting_anchor(&self) -> Anchor<K> {
        let end = Anchor::End { gap: 0.0 };
        match &self.start {
            Position::Start => Anchor::Start,
            Position::End => end,
            Position::Row { key, at } => {
                (self.index_of)(key).map_or(end, |index| Anchor::Share { index, at: *at })
            }
            Position::EndOr { key, at } => {
                (self.index_of)(key).map_or(end, |index| Anchor::EndOr { index, at: *at })
            }
            Position::Exact { key, top } => (self.index_of)(key).map_or(end, |index| Anchor::Top {
                key: Some(key.clone()),
                index,
                top: *top,
            }),
        }
    }

    /// Moves the content down by px (towards the start when positive).
    fn scroll_by(&self, state: &mut State<K>, px: f32) {
        let Some(first) = state.spots.first() else { return };
        let index = match self.stick {
            Stick::End => (self.index_of)(&first.key).unwrap_or(first.index),
            Stick::Start => first.index,
        };
        state.anchor = Anchor::Top { key: None, index, top: first.top + px };
    }

    fn obey(&self, state: &mut State<K>, command: Command<K>) {
        match command {
            Command::End => state.anchor = Anchor::End { gap: 0.0 },
            Command::Start => state.anchor = Anchor::Start,
            Command::Row { key, at } => match (self.index_of)(&key) {
                Some(index) => state.anchor = Anchor::Share { index, at },
                None => state.inbox.wait(Command::Row { key, at }),
            },
            Command::Reveal(key) => match (self.index_of)(&key) {
                Some(index) => state.reveal = Some(index),
                None => state.inbox.wait(Command::Reveal(key)),
            },
            Command::Focus(key) => match (self.index_of)(&key) {
                Some(index) => {
                    state.reveal = Some(index);
                    state.wanted = Some((index, Way::Stay));
                }
                None => state.inbox.wait(Command::Focus(key)),
            },
            Command::By(px) => self.scroll_by(state, px),
            Command::Pages(pages) => {
                let page = (state.height - PAGE_OVERLAP).max(state.height * 0.5);
                self.scroll_by(state, pages * page);
            }
        }
    }

    /// Finds out which row has the keyboard.
    pub(super) fn notice_focus(
        rows: &mut [Row<'a, K, Message>],
        state: &mut State<K>,
        bounds: Rectangle,
        renderer: &iced::Renderer,
    ) {
        let trees = &mut state.trees;
        state.focused = rows.iter_mut().find_map(|Row { key, index, element, node, .. }| {
            let (tree, layout) = (trees.get_mut(key)?, placed(node, bounds));
            focus::any_focused(|op| element.as_widget_mut().operate(tree, layout, renderer, op))
                .then(|| (key.clone(), *index))
        });
    }

    /// Gives the keyboard to the wanted row if it is built; goes on in the same direction if it has nothing
    /// to focus.
    pub(super) fn grant_focus(
        &mut self,
        state: &mut State<K>,
        bounds: Rectangle,
        renderer: &iced::Renderer,
        shell: &mut Shell<'_, Message>,
    ) {
        let Some((wanted, way)) = state.wanted.take() else { return };
        let trees = &mut state.trees;
        let Some(row) = self.rows.iter_mut().find(|row| row.index == wanted) else { return };
        let Some(tree) = trees.get_mut(&row.key) else { return };
        let (element, layout) = (&mut row.element, placed(&row.node, bounds));
        let mut run = |op: &mut dyn Operation| {
            element.as_widget_mut().operate(tree, layout, renderer, op);
        };
        let (_, total) = focus::position(&mut run);
        if total > 0 {
            focus::run(focus::focus_nth(0), run);
            let key = row.key.clone();
            self.unfocus_others(state, &key, bounds, renderer);
            state.focused = Some((key, wanted));
            shell.request_redraw();
            return;
        }
        let next = match way {
            Way::Up => wanted.checked_sub(1),
            Way::Down => Some(wanted + 1).filter(|next| *next < self.len),
            Way::Stay => None,
        };
        if let Some(next) = next {
            state.wanted = Some((next, way));
            state.reveal = Some(next);
            state.moved = true;
        }
    }

    fn unfocus_others(
        &mut self,
        state: &mut State<K>,
        except: &K,
        bounds: Rectangle,
        renderer: &iced::Renderer,
    ) {
        for Row { key, element, node, .. } in &mut self.rows {
            if key == except {
                continue;
            }
            if let Some(tree) = state.trees.get_mut(key) {
                let layout = placed(node, bounds);
                focus::run(iced::advanced::widget::operation::focusable::unfocus(), |op| {
                    element.as_widget_mut().operate(tree, layout, renderer, op);
                });
            }
        }
    }

    /// The one row Tab stops at.
    pub(super) fn tab_row(
        &mut self,
        state: &mut State<K>,
        bounds: Rectangle,
        renderer: &iced::Renderer,
    ) -> Option<K> {
        let built = |key: &K| self.rows.iter().any(|row| &row.key == key);
        if let Some((key, _)) = &state.focused
            && built(key)
        {
            return Some(key.clone());
        }
        if let Some(key) = &self.current
            && built(key)
        {
            return Some(key.clone());
        }
        let mut candidates: Vec<_> = self.rows.iter_mut().filter(|row| !row.parked).collect();
        if self.stick == Stick::End {
            candidates.reverse();
        }
        let trees = &mut state.trees;
        candidates.into_iter().find_map(|Row { key, element, node, .. }| {
            let (tree, layout) = (trees.get_mut(key)?, placed(node, bounds));
            let (_, total) =
                focus::position(|op| element.as_widget_mut().operate(tree, layout, renderer, op));
            (total > 0).then(|| key.clone())
        })
    }

    /// Scrolling: by wheel, scrollbar and keys.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn react(
        &self,
        state: &mut State<K>,
        event: &Event,
        bounds: Rectangle,
        inner: Rectangle,
        cursor: mouse::Cursor,
        bar: Option<Scrollbar>,
        shell: &mut Shell<'_, Message>,
    ) {
        match event {
            Event::Mouse(mouse::Event::WheelScrolled { delta }) if cursor.is_over(inner) => {
                let px = match delta {
                    mouse::ScrollDelta::Lines { y, .. } => y * NOTCH,
                    mouse::ScrollDelta::Pixels { y, .. } => *y,
                };
                self.scroll(state, px, shell);
            }
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                if let (Some(bar), Some(point)) = (bar, cursor.position_over(Scrollbar::strip(bounds))) {
                    let thumb = bar.thumb(bounds);
                    if point.y >= thumb.y && point.y <= thumb.y + thumb.height {
                        state.grabbed = Some((point.y - thumb.y, bar));
                        shell.capture_event();
                    } else {
                        let pages = if point.y < thumb.y { 1.0 } else { -1.0 };
                        self.scroll(state, pages * (bounds.height - PAGE_OVERLAP), shell);
                    }
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => state.grabbed = None,
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                self.drag_thumb(state, position.y - bounds.y, bounds.size(), shell);
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) => {
                self.press_key(state, key, *modifiers, shell);
            }
            _ => {}
        }
    }

    fn press_key(
        &self,
        state: &mut State<K>,
        key: &KeyboardKey,
        modifiers: keyboard::Modifiers,
        shell: &mut Shell<'_, Message>,
    ) {
        let KeyboardKey::Named(named) = key else { return };
        let inside = state.focused.is_some();
        if !modifiers.is_empty() || !(inside || self.page_keys) {
            return;
        }
        let command = match named {
            Named::PageUp => Command::Pages(1.0),
            Named::PageDown => Command::Pages(-1.0),
            Named::Home if inside => Command::Start,
            Named::End if inside => Command::End,
            Named::ArrowUp | Named::ArrowDown if inside => {
                let Some((focused, last)) = state.focused.clone() else { return };
                let index = (self.index_of)(&focused).unwrap_or(last);
                let (next, way) = if *named == Named::ArrowUp {
                    (index.checked_sub(1), Way::Up)
                } else {
                    (Some(index + 1).filter(|next| *next < self.len), Way::Down)
                };
                if let Some(next) = next {
                    state.wanted = Some((next, way));
                    state.reveal = Some(next);
                    state.moved = true;
                    shell.capture_event();
                }
                return;
            }
            _ => return,
        };
        let goes_to = match command {
            Command::Start => Some((0, Way::Down)),
            Command::End => self.len.checked_sub(1).map(|last| (last, Way::Up)),
            _ => None,
        };
        state.wanted = goes_to;
        state.inbox.clear();
        self.obey(state, command);
        state.moved = true;
        shell.capture_event();
    }

    fn scroll(&self, state: &mut State<K>, px: f32, shell: &mut Shell<'_, Message>) {
        let at_end = matches!(state.anchor, Anchor::End { gap } if gap == 0.0);
        if px == 0.0 || (px < 0.0 && at_end) || (px > 0.0 && state.anchor == Anchor::Start) {
            return;
        }
        state.inbox.clear();
        self.scroll_by(state, px);
        state.moved = true;
        shell.capture_event();
    }

    fn drag_thumb(&self, state: &mut State<K>, y: f32, size: Size, shell: &mut Shell<'_, Message>) {
        let Some((offset, bar)) = state.grabbed else { return };
        let (index, part) = bar.row_at(y - offset, size, self.len);
        state.inbox.clear();
        state.anchor = if index >= self.len {
            match self.stick {
                Stick::End => Anchor::End { gap: 0.0 },
                Stick::Start => Anchor::Bottom { index: self.len.saturating_sub(1), bottom: 0.0 },
            }
        } else {
            Anchor::Part { index, part }
        };
        state.moved = true;
        shell.capture_event();
    }
}
