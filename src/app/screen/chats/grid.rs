//! The grid of a picker: parts under headings, cells in rows, and where the arrows lead.

use std::ops::Range;

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};

/// Where the choice moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the one before.
    Left,
    /// To the next one.
    Right,
    /// A row up.
    Up,
    /// A row down.
    Down,
}

impl Step {
    /// The step of a key of the search above the grid; left and right only while they have nothing to do in it.
    pub fn of(key: &Key, modifiers: Modifiers, is_empty: bool) -> Option<Self> {
        match key {
            _ if !modifiers.is_empty() => None,
            Key::Named(Named::ArrowUp) => Some(Self::Up),
            Key::Named(Named::ArrowDown) => Some(Self::Down),
            Key::Named(Named::ArrowLeft) if is_empty => Some(Self::Left),
            Key::Named(Named::ArrowRight) if is_empty => Some(Self::Right),
            _ => None,
        }
    }
}

/// A grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Cells in a row.
    pub columns: usize,
    /// Height of a row.
    pub cell: f32,
    /// Height of a heading.
    pub heading: f32,
    /// Height that is seen.
    pub height: f32,
    /// The parts: whether there is a heading, and how many cells.
    pub parts: Vec<(bool, usize)>,
}

impl Grid {
    /// The rows: which cells, and how far down.
    fn rows(&self) -> Vec<(Range<usize>, f32)> {
        let (mut rows, mut from, mut top) = (Vec::new(), 0, 0.0);
        for (has_heading, count) in &self.parts {
            top += if *has_heading { self.heading } else { 0.0 };
            let end = from + count;
            while from < end {
                let to = (from + self.columns).min(end);
                rows.push((from..to, top));
                from = to;
                top += self.cell;
            }
        }
        rows
    }

    /// Moves the choice; answers how far down the grid has to be for it to be seen.
    pub fn step(&self, chosen: &mut usize, step: Step) -> Option<f32> {
        let rows = self.rows();
        let last = rows.last()?.0.end.checked_sub(1)?;
        let at = rows.iter().position(|(row, _)| row.contains(chosen))?;
        let column = *chosen - rows.get(at)?.0.start;
        let beside = |row: usize| rows.get(row).map(|(row, _)| (row.start + column).min(row.end - 1));
        *chosen = match step {
            Step::Left => chosen.saturating_sub(1),
            Step::Right => (*chosen + 1).min(last),
            Step::Up => at.checked_sub(1).and_then(beside).unwrap_or(*chosen),
            Step::Down => beside(at + 1).unwrap_or(*chosen),
        };
        let (_, top) = rows.iter().find(|(row, _)| row.contains(chosen))?;
        Some((top - (self.height - self.cell) / 2.0).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_through_parts_of_every_length() {
        let grid =
            Grid { columns: 3, cell: 10.0, heading: 4.0, height: 10.0, parts: vec![(true, 2), (true, 4)] };
        let mut at = 0;
        let mut go = |step| {
            let top = grid.step(&mut at, step);
            (at, top)
        };
        assert_eq!(go(Step::Right), (1, Some(4.0)));
        assert_eq!(go(Step::Down), (3, Some(18.0)));
        assert_eq!(go(Step::Down), (5, Some(28.0)), "a row that is shorter: its last");
        assert_eq!(go(Step::Right), (5, Some(28.0)));
        assert_eq!(go(Step::Up), (2, Some(18.0)));
        assert_eq!(go(Step::Left), (1, Some(4.0)));
        let none = Grid { parts: Vec::new(), ..grid };
        assert_eq!(none.step(&mut 0, Step::Down), None);
    }
}
