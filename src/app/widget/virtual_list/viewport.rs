//! What a list reports, and the geometry of its scrollbar.

use iced::{Rectangle, Size};

use super::Key;
use crate::theme::tokens::size;

/// What of a list is in view. Reported when any field but `anchor` changes.
#[derive(Debug, Clone)]
pub struct Viewport<K> {
    /// Index of the first row of which anything is in view.
    pub first: usize,
    /// Index of the last such row.
    pub last: usize,
    /// Rows of which at least half is in view, or that fill at least half of the view.
    pub shown: Vec<K>,
    /// The first row is wholly in view.
    pub at_start: bool,
    /// At most 40 px are missing to the end.
    pub at_end: bool,
    /// More than one screen is missing to the end.
    pub far_from_end: bool,
    /// The place: a row and how far its top is below that of the list. Feed it to `Position::Exact` to come
    /// back here.
    pub anchor: (K, f32),
}

impl<K: Key> PartialEq for Viewport<K> {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
            && self.last == other.last
            && self.at_start == other.at_start
            && self.at_end == other.at_end
            && self.far_from_end == other.far_from_end
            && self.shown == other.shown
    }
}

/// A row as it was placed by the last layout.
#[derive(Debug, Clone)]
pub(super) struct Spot<K> {
    pub(super) key: K,
    pub(super) index: usize,
    /// Below the top of the list.
    pub(super) top: f32,
    pub(super) height: f32,
}

impl<K: PartialEq> Spot<K> {
    /// Whether other rows are seen, or the same ones elsewhere.
    pub(super) fn have_moved(before: &[Self], now: &[Self]) -> bool {
        let place = |spot: &Self| (spot.top, spot.height);
        before.len() != now.len()
            || before.iter().zip(now).any(|(a, b)| a.key != b.key || place(a) != place(b))
    }
}

impl<K> Spot<K> {
    pub(super) fn bottom(&self) -> f32 {
        self.top + self.height
    }
}

impl<K: Key> Viewport<K> {
    /// From the rows in view, in order; `None` when there are none.
    pub(super) fn of(spots: &[Spot<K>], len: usize, height: f32) -> Option<Self> {
        let (first, last) = (spots.first()?, spots.last()?);
        let shown = spots
            .iter()
            .filter(|spot| {
                let seen = spot.bottom().min(height) - spot.top.max(0.0);
                seen >= spot.height * 0.5 || seen >= height * 0.5
            })
            .map(|spot| spot.key.clone())
            .collect();
        let average = (last.bottom() - first.top) / spots.len() as f32;
        let after = len.saturating_sub(last.index + 1);
        let missing = (last.bottom() - height).max(0.0) + after as f32 * average;
        let anchor = spots.iter().find(|spot| spot.top >= 0.0).unwrap_or(first);
        Some(Self {
            first: first.index,
            last: last.index,
            shown,
            at_start: first.index == 0 && first.top >= 0.0,
            at_end: after == 0 && missing <= super::anchor::NEAR_END,
            far_from_end: missing > height,
            anchor: (anchor.key.clone(), anchor.top),
        })
    }
}

/// The scrollbar: its place follows row numbers, so nothing has to be measured for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scrollbar {
    /// Share of all rows above the top.
    start: f32,
    /// Share of all rows in view.
    visible: f32,
}

impl Scrollbar {
    /// `None` when everything is in view.
    pub(super) fn of<K>(spots: &[Spot<K>], len: usize, height: f32) -> Option<Self> {
        let (first, last) = (spots.first()?, spots.last()?);
        if first.index == 0 && last.index + 1 == len && first.top >= 0.0 && last.bottom() <= height + 0.5 {
            return None;
        }
        let part = |spot: &Spot<K>, y: f32| ((y - spot.top) / spot.height.max(1.0)).clamp(0.0, 1.0);
        let from = (first.index as f32 + part(first, 0.0)) / len as f32;
        let to = (last.index as f32 + part(last, height)) / len as f32;
        Some(Self { start: from, visible: (to - from).clamp(0.0, 1.0) })
    }

    /// The strip at the right edge of a list of this size that reacts to the pointer.
    pub(super) fn strip(list: Rectangle) -> Rectangle {
        let width = size::SCROLLBAR_STRIP.min(list.width);
        Rectangle { x: list.x + list.width - width, width, ..list }
    }

    /// The thumb within the strip.
    pub(super) fn thumb(self, list: Rectangle) -> Rectangle {
        let strip = Self::strip(list);
        let height = self.thumb_height(list.size());
        let y = list.y + (list.height - height) * self.progress();
        let inset = (strip.width - size::SCROLLBAR) / 2.0;
        Rectangle { x: strip.x + inset, y, width: size::SCROLLBAR, height }
    }

    fn thumb_height(self, list: Size) -> f32 {
        (self.visible * list.height).max(size::SCROLLBAR_MIN).min(list.height)
    }

    /// How far down the list is, 0 to 1.
    fn progress(self) -> f32 {
        (self.start / (1.0 - self.visible).max(1e-6)).clamp(0.0, 1.0)
    }

    /// The row (and the share of it above the top) for a thumb whose top is dragged to `y` px below the top
    /// of the list. Past the end, the row is `len`.
    pub(super) fn row_at(self, y: f32, list: Size, len: usize) -> (usize, f32) {
        let free = (list.height - self.thumb_height(list)).max(1.0);
        let progress = (y / free).clamp(0.0, 1.0);
        if progress >= 1.0 {
            return (len, 0.0);
        }
        let row = progress * (1.0 - self.visible) * len as f32;
        (row as usize, row.fract())
    }
}
