//! Which stretches of a conversation the local copy holds, as data.
//!
//! A *live* stretch follows the cursor: every message in it is here in the state it had at the cursor. An
//! *old* stretch is complete as of some earlier change and has to be asked for what changed since. What lies
//! in no stretch is a hole. Stretches are sorted and never overlap.

/// From and to a place, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First place.
    pub from: u64,
    /// Last place.
    pub to: u64,
    /// Complete as of this change; none: as of the cursor.
    pub as_of: Option<u64>,
}

/// The known stretches of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges(Vec<Stretch>);

impl Ranges {
    /// From stored stretches, in any order.
    pub fn new(mut stretches: Vec<Stretch>) -> Self {
        stretches.retain(|stretch| stretch.from <= stretch.to);
        stretches.sort_unstable_by_key(|stretch| stretch.from);
        Self(stretches)
    }

    /// All of them, lowest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Stretch> {
        self.0.iter()
    }

    /// The stretch that holds a place.
    pub fn at(&self, place: u64) -> Option<&Stretch> {
        let after = self.0.partition_point(|stretch| stretch.from <= place);
        self.0.get(after.checked_sub(1)?).filter(|stretch| stretch.to >= place)
    }

    /// Whether a place is known.
    pub fn covers(&self, place: u64) -> bool {
        self.at(place).is_some()
    }

    /// The highest live stretch.
    #[cfg(test)]
    pub fn top(&self) -> Option<&Stretch> {
        self.0.iter().rev().find(|stretch| stretch.as_of.is_none())
    }

    /// What is live becomes old, true at `cursor`.
    pub fn age(&mut self, cursor: u64) {
        for stretch in &mut self.0 {
            stretch.as_of.get_or_insert(cursor);
        }
    }

    /// All of it is as old as can be: any row of the server is newer.
    pub fn distrust(&mut self) {
        for stretch in &mut self.0 {
            stretch.as_of = Some(0);
        }
    }

    /// Puts a live stretch in, in place of whatever was known about those places.
    pub fn put_live(&mut self, from: u64, to: u64) {
        if from > to {
            return;
        }
        self.cut(from, to);
        self.0.push(Stretch { from, to, as_of: None });
        self.join();
    }

    /// Takes places out.
    pub fn cut(&mut self, from: u64, to: u64) {
        if from > to {
            return;
        }
        let mut rest = Vec::with_capacity(self.0.len() + 1);
        for stretch in &self.0 {
            if stretch.to < from || stretch.from > to {
                rest.push(*stretch);
                continue;
            }
            if stretch.from < from {
                rest.push(Stretch { to: from - 1, ..*stretch });
            }
            if stretch.to > to {
                rest.push(Stretch { from: to + 1, ..*stretch });
            }
        }
        self.0 = rest;
    }

    /// Lengthens live stretches upwards over rows that `has` knows: rows outside of stretches are kept
    /// current like those inside, they are only not known to be all.
    pub fn extend<E>(&mut self, mut has: impl FnMut(u64) -> Result<bool, E>) -> Result<(), E> {
        for index in 0..self.0.len() {
            let Some(stretch) = self.0.get(index).copied().filter(|stretch| stretch.as_of.is_none()) else {
                continue;
            };
            let stop = self.0.get(index + 1).map_or(u64::MAX, |next| next.from);
            let mut to = stretch.to;
            while to + 1 < stop && has(to + 1)? {
                to += 1;
            }
            if let Some(stretch) = self.0.get_mut(index) {
                stretch.to = to;
            }
        }
        self.join();
        Ok(())
    }

    /// The parts of `from..=to` that are in no stretch, lowest first.
    pub fn holes(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let mut holes = Vec::new();
        let mut next = from;
        for stretch in &self.0 {
            if stretch.to < next {
                continue;
            }
            if stretch.from > to {
                break;
            }
            if stretch.from > next {
                holes.push((next, stretch.from - 1));
            }
            next = stretch.to.saturating_add(1);
        }
        if next <= to {
            holes.push((next, to));
        }
        holes
    }

    fn join(&mut self) {
        self.0.sort_unstable_by_key(|stretch| stretch.from);
        self.0.dedup_by(|next, kept| {
            let joined = kept.as_of == next.as_of && next.from <= kept.to.saturating_add(1);
            if joined {
                kept.to = kept.to.max(next.to);
            }
            joined
        });
    }
}
