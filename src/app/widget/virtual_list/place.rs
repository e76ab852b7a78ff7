//! Laying out rows around an anchor until the viewport is full.

use std::collections::{HashMap, VecDeque};

use iced::advanced::layout::{self, Layout, Node};
use iced::advanced::widget::Tree;
use iced::{Point, Rectangle, Size};

use super::anchor::{Anchor, NEAR_END, Stick};
use super::viewport::Spot;
use super::{Key, VirtualList};
use crate::widget::Element;

/// A row that is built and laid out.
pub(super) struct Row<'a, K, Message> {
    pub(super) key: K,
    pub(super) index: usize,
    pub(super) element: Element<'a, Message>,
    /// Where it stands in the list.
    pub(super) node: Node,
    /// Kept alive outside the view because it has the keyboard.
    pub(super) parked: bool,
}

impl<K, Message> Row<'_, K, Message> {
    fn height(&self) -> f32 {
        self.node.size().height
    }
}

/// Where a row is in the window, in a list with these bounds.
pub(super) fn placed(node: &Node, list: Rectangle) -> Layout<'_> {
    Layout::with_offset(list.position() - Point::ORIGIN, node)
}

/// Builds rows and keeps their trees; rows asked for twice are built once.
struct Builder<'l, 'a, K, Message> {
    list: &'l VirtualList<'a, K, Message>,
    renderer: &'l iced::Renderer,
    limits: layout::Limits,
    trees: HashMap<K, Tree>,
    spare: HashMap<usize, Row<'a, K, Message>>,
}

impl<'a, K: Key, Message> Builder<'_, 'a, K, Message> {
    fn build(&mut self, index: usize) -> Row<'a, K, Message> {
        if let Some(row) = self.spare.remove(&index) {
            return row;
        }
        let key = (self.list.key_of)(index);
        let mut element = (self.list.view)(index);
        let tree = self.trees.entry(key.clone()).or_insert_with(Tree::empty);
        tree.diff(&element);
        let node = element.as_widget_mut().layout(tree, self.renderer, &self.limits);
        Row { key, index, element, node, parked: false }
    }

    fn keep(&mut self, row: Row<'a, K, Message>) {
        self.spare.insert(row.index, row);
    }
}

/// A filled viewport: consecutive rows and where the first begins.
struct Filled<'a, K, Message> {
    rows: VecDeque<Row<'a, K, Message>>,
    top: f32,
    bottom: f32,
}

impl<'a, K: Key, Message> Filled<'a, K, Message> {
    fn shift(&mut self, by: f32) {
        self.top += by;
        self.bottom += by;
    }

    fn grow_down(&mut self, builder: &mut Builder<'_, 'a, K, Message>, height: f32) {
        while self.bottom < height
            && let Some(next) = self.rows.back().map(|row| row.index + 1)
            && next < builder.list.len
        {
            let row = builder.build(next);
            self.bottom += row.height();
            self.rows.push_back(row);
        }
    }

    fn grow_up(&mut self, builder: &mut Builder<'_, 'a, K, Message>) {
        while self.top > 0.0
            && let Some(first) = self.rows.front().map(|row| row.index)
            && first > 0
        {
            let row = builder.build(first - 1);
            self.top -= row.height();
            self.rows.push_front(row);
        }
    }

    /// Whether the row is wholly in view, or as much of it as can be.
    fn reveals(&self, index: usize, height: f32) -> bool {
        let mut top = self.top;
        for row in &self.rows {
            if row.index == index {
                let bottom = top + row.height();
                return (top >= 0.0 && bottom <= height) || (top <= 0.0 && bottom >= height);
            }
            top += row.height();
        }
        false
    }
}

/// What a layout produced.
pub(super) struct Placed<'a, K, Message> {
    pub(super) rows: Vec<Row<'a, K, Message>>,
    pub(super) spots: Vec<Spot<K>>,
    pub(super) trees: HashMap<K, Tree>,
    pub(super) anchor: Anchor<K>,
}

/// What a layout is asked for.
pub(super) struct Request<'l, 'a, K, Message> {
    pub(super) anchor: Anchor<K>,
    pub(super) size: Size,
    /// A row that must be in view afterwards.
    pub(super) reveal: Option<usize>,
    /// A row that stays alive, in view or not.
    pub(super) keep: Option<&'l K>,
    pub(super) trees: HashMap<K, Tree>,
    /// Rows that are laid out already, for the same width.
    pub(super) rows: Vec<Row<'a, K, Message>>,
}

/// Where rows outside the view are kept: far enough to be hit by nothing.
const PARKING: f32 = 100_000.0;

impl<'a, K: Key, Message> VirtualList<'a, K, Message> {
    /// Builds the rows for a request. Cost: the rows in view, plus at most one screenful for a clamp.
    pub(super) fn place(
        &self,
        renderer: &iced::Renderer,
        request: Request<'_, 'a, K, Message>,
    ) -> Placed<'a, K, Message> {
        let Request { anchor, size, reveal, keep, trees, rows } = request;
        let mut builder = Builder {
            list: self,
            renderer,
            limits: layout::Limits::new(Size::ZERO, Size::new(size.width, f32::INFINITY)),
            trees,
            spare: rows.into_iter().map(|row| (row.index, row)).collect(),
        };
        let mut placed = Placed {
            rows: Vec::new(),
            spots: Vec::new(),
            trees: HashMap::new(),
            anchor: if self.stick == Stick::End { Anchor::End { gap: 0.0 } } else { Anchor::Start },
        };
        if self.len == 0 {
            return placed;
        }
        let mut filled = self.fill(&mut builder, anchor, size.height);
        if let Some(index) = reveal.filter(|index| *index < self.len)
            && !filled.reveals(index, size.height)
        {
            let above = filled.rows.front().is_some_and(|row| index <= row.index)
                || builder_top(&filled, index).is_some_and(|top| top < 0.0);
            let anchor = if above {
                Anchor::Top { key: None, index, top: 0.0 }
            } else {
                Anchor::Bottom { index, bottom: 0.0 }
            };
            filled.rows.into_iter().for_each(|row| builder.keep(row));
            filled = self.fill(&mut builder, anchor, size.height);
        }

        let at_end = filled.rows.back().is_some_and(|row| row.index + 1 == self.len);
        let gap = filled.bottom - size.height;
        let mut top = filled.top;
        for row in filled.rows {
            let height = row.height();
            if top + height > 0.0 && top < size.height {
                placed.spots.push(Spot { key: row.key.clone(), index: row.index, top, height });
                let node = row.node.move_to(Point::new(0.0, top));
                placed.rows.push(Row { node, parked: false, ..row });
            } else {
                builder.keep(row);
            }
            top += height;
        }
        if let Some(key) = keep
            && !placed.rows.iter().any(|row| &row.key == key)
            && let Some(index) = (self.index_of)(key)
        {
            let row = builder.build(index);
            let before = placed.rows.first().is_none_or(|first| index < first.index);
            let at = if before { 0 } else { placed.rows.len() };
            let y = if before { -PARKING } else { PARKING };
            let node = row.node.move_to(Point::new(0.0, y));
            placed.rows.insert(at, Row { node, parked: true, ..row });
        }
        for row in &placed.rows {
            if let Some(tree) = builder.trees.remove(&row.key) {
                placed.trees.insert(row.key.clone(), tree);
            }
        }
        placed.anchor = self.next_anchor(&placed.spots, at_end, gap, size.height);
        placed
    }

    /// The anchor that reproduces this layout: the end or start if the list is there, else the first row
    /// that is wholly in view, so that rows growing above it do not move it.
    fn next_anchor(&self, spots: &[Spot<K>], at_end: bool, gap: f32, height: f32) -> Anchor<K> {
        let first = spots.first();
        match self.stick {
            Stick::End if at_end && gap <= NEAR_END => return Anchor::End { gap: gap.max(0.0) },
            Stick::Start if first.is_none_or(|spot| spot.index == 0 && spot.top >= -0.5) => {
                return Anchor::Start;
            }
            _ => {}
        }
        let whole = spots.iter().find(|spot| spot.top >= 0.0 && spot.bottom() <= height);
        match whole.or(first) {
            Some(spot) => Anchor::Top {
                key: (self.stick == Stick::End).then(|| spot.key.clone()),
                index: spot.index,
                top: spot.top,
            },
            None => Anchor::Start,
        }
    }

    fn fill(
        &self,
        builder: &mut Builder<'_, 'a, K, Message>,
        anchor: Anchor<K>,
        height: f32,
    ) -> Filled<'a, K, Message> {
        let last = self.len.saturating_sub(1);
        let mut from = |index: usize, top: &dyn Fn(f32) -> f32| {
            let row = builder.build(index.min(last));
            let (top, own) = (top(row.height()), row.height());
            Filled { rows: VecDeque::from([row]), top, bottom: top + own }
        };
        let mut filled = match anchor {
            Anchor::End { gap } => from(last, &|own| height + gap - own),
            Anchor::Start => from(0, &|_| 0.0),
            Anchor::Top { index, top, .. } => from(index, &|_| top),
            Anchor::Bottom { index, bottom } => from(index, &|own| height - bottom - own),
            Anchor::Part { index, part } => from(index, &|own| -part * own),
            Anchor::Share { index, at } => from(index, &|_| at * height),
            Anchor::EndOr { index, at } => {
                let mut end = from(last, &|own| height - own);
                end.grow_up(builder);
                if end.rows.iter().any(|row| row.index == index) && end.top_of(index) >= 0.0 {
                    end
                } else {
                    end.rows.into_iter().for_each(|row| builder.keep(row));
                    let row = builder.build(index.min(last));
                    let (top, own) = (at * height, row.height());
                    Filled { rows: VecDeque::from([row]), top, bottom: top + own }
                }
            }
        };
        filled.grow_down(builder, height);
        if filled.bottom < height {
            filled.shift(height - filled.bottom);
        }
        filled.grow_up(builder);
        if filled.top > 0.0 {
            filled.shift(-filled.top);
            filled.grow_down(builder, height);
            // All rows together are less than the view.
            if filled.bottom < height && self.stick == Stick::End {
                filled.shift(height - filled.bottom);
            }
        }
        filled
    }
}

impl<K, Message> Filled<'_, K, Message> {
    fn top_of(&self, index: usize) -> f32 {
        let mut top = self.top;
        for row in &self.rows {
            if row.index == index {
                break;
            }
            top += row.height();
        }
        top
    }
}

fn builder_top<K, Message>(filled: &Filled<'_, K, Message>, index: usize) -> Option<f32> {
    filled.rows.iter().any(|row| row.index == index).then(|| filled.top_of(index))
}
