//! How what the server sends alters the rows and ranges of one conversation.
//!
//! Four rules are easy to forget (`docs/sync_model.md` §6): the cursor moves only without a gap
//! ([`super::Tracker`]); rows outside known ranges are stored too, since a page read earlier than the cursor
//! needs them ([`rows`]); at a reset they are dropped and live ranges become old ([`reset`]); answers asked for
//! before a reset are ignored (the caller compares [`super::Tracker::generation`]).

use super::ranges::Ranges;

/// Where rows are kept. The cache is one, the tests' map is another.
pub trait Rows {
    /// A message.
    type Row;
    /// What can go wrong.
    type Error;

    /// Stores a row unless a newer state of it is here: the higher `mod` wins. Returns its place, or nothing for a
    /// row that is not for this user.
    fn merge(&mut self, row: Self::Row) -> Result<Option<u64>, Self::Error>;
    /// Whether there is a row at a place.
    fn has(&mut self, place: u64) -> Result<bool, Self::Error>;
    /// Removes the rows in no stretch whose state is not newer than the change `as_of`.
    fn keep_only(&mut self, ranges: &Ranges, as_of: u64) -> Result<(), Self::Error>;
}

/// Rows of a frame, of a page of changes, or of an own call. Those above everything known begin a stretch: a client
/// that knows nothing of a conversation, or missed something, shows what is new and a hole before it.
pub fn rows<R: Rows>(
    ranges: &mut Ranges,
    store: &mut R,
    rows: impl IntoIterator<Item = R::Row>,
) -> Result<(), R::Error> {
    for row in rows {
        if let Some(place) = store.merge(row)?
            && ranges.iter().all(|stretch| stretch.to < place)
        {
            ranges.put_live(place, place);
        }
    }
    ranges.extend(|place| store.has(place))
}

/// Too much has changed since `cursor`: the newest page, true at `as_of`, is all that is current. Rows that are
/// newer than that (own messages sent meanwhile) stay: the cursor may pass over them.
pub fn reset<R: Rows>(
    ranges: &mut Ranges,
    store: &mut R,
    (cursor, as_of): (u64, u64),
    (from, to): (u64, u64),
    page: impl IntoIterator<Item = R::Row>,
) -> Result<(), R::Error> {
    ranges.age(cursor);
    store.keep_only(ranges, as_of)?;
    ranges.put_live(from, to);
    rows(ranges, store, page)
}

/// Every message of a stretch, asked for in the present generation. What changed between the page and the
/// cursor is stored already, so the stretch is live.
pub fn page<R: Rows>(
    ranges: &mut Ranges,
    store: &mut R,
    (from, to): (u64, u64),
    page: impl IntoIterator<Item = R::Row>,
) -> Result<(), R::Error> {
    ranges.put_live(from, to);
    rows(ranges, store, page)
}

/// What changed in an old stretch since `as_of`, asked for in the present generation. Only what is still that
/// old stretch becomes live.
pub fn refresh<R: Rows>(
    ranges: &mut Ranges,
    store: &mut R,
    (from, to): (u64, u64),
    as_of: u64,
    changed: impl IntoIterator<Item = R::Row>,
) -> Result<(), R::Error> {
    let still: Vec<(u64, u64)> = ranges
        .iter()
        .filter(|stretch| stretch.as_of == Some(as_of) && stretch.to >= from && stretch.from <= to)
        .map(|stretch| (stretch.from.max(from), stretch.to.min(to)))
        .collect();
    for (from, to) in still {
        ranges.put_live(from, to);
    }
    rows(ranges, store, changed)
}
