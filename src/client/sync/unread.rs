//! What is unread: computed from counters and a read position, never stored as truth (R1).

use hallway_protocol::conversation::ReadState;
use hallway_protocol::sync::Counters;

/// Unread messages of a conversation; what retention has removed is not. `recalled` counts those above the read position
/// that were recalled after `read.as_of`.
pub fn count(counters: Counters, read: &ReadState, recalled: u64) -> u64 {
    let read_ord = read.read_ord.max(counters.min_ord);
    counters.ord.saturating_sub(read_ord).saturating_sub(read.revoked_unread).saturating_sub(recalled)
}

/// The further of two positions; of the same position the later knowledge: with time retention takes recalled messages
/// away (MSG-5), and nothing else changes. In any order the same result.
pub fn further(a: ReadState, b: ReadState) -> ReadState {
    let key = |it: &ReadState| (it.read_seq, it.as_of, std::cmp::Reverse(it.revoked_unread));
    if key(&b) > key(&a) { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(read_seq: u64, read_ord: u64, revoked_unread: u64, as_of: u64) -> ReadState {
        ReadState { read_seq, read_ord, revoked_unread, as_of }
    }

    /// CONV-59, R1: recalled messages are subtracted once, by the server's count or by the rows after it.
    #[test]
    fn recalled_messages_are_not_unread() {
        let counters = |ord, min_ord| Counters { ord, min_ord, ..Counters::default() };
        assert_eq!(count(counters(10, 0), &read(4, 4, 0, 10), 0), 6);
        assert_eq!(count(counters(10, 0), &read(4, 4, 2, 12), 1), 3);
        assert_eq!(count(counters(3, 0), &read(9, 9, 0, 9), 5), 0);
        // MSG-5: what is gone is not unread.
        assert_eq!(count(counters(10, 7), &read(4, 4, 0, 10), 0), 3);
    }

    /// R15: a position never goes back, in whatever order positions arrive.
    #[test]
    fn the_further_position_wins_in_any_order() {
        let (low, high, later) = (read(3, 3, 0, 50), read(7, 6, 0, 9), read(7, 6, 1, 20));
        for (a, b) in [(low, high), (high, low)] {
            assert_eq!(further(a, b), high);
        }
        for (a, b) in [(later, high), (high, later)] {
            assert_eq!(further(a, b), later);
        }
        // MSG-5: of what was recalled some has been removed.
        let fewer = read(7, 6, 0, 20);
        for (a, b) in [(later, fewer), (fewer, later)] {
            assert_eq!(further(a, b), fewer);
        }
    }
}
