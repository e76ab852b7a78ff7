//! Blocks: the numbers that messages have in the index.

use crate::place::{Mask, place_of};
use crate::tables::{Columns, Tables};

/// Up to 256 messages of a conversation and their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The numbers of its messages are `number * 256` and up.
    pub number: i64,
    /// The conversation.
    pub conv: i64,
    /// Its places are `high * 256` and up.
    pub high: i64,
    /// Unix seconds of its first message in the index.
    pub from: i64,
    /// And of its last.
    pub to: i64,
    /// Which of them are in the index.
    pub members: Mask,
    /// Of which the index may say something that is no longer so.
    pub doubt: Mask,
}

impl Block {
    /// From the columns block, conv_id, high, from_time, to_time, members, doubt.
    pub fn read<E>(row: &dyn Columns<E>) -> Result<Self, E> {
        Ok(Self {
            number: row.int(0)?,
            conv: row.int(1)?,
            high: row.int(2)?,
            from: row.int(3)?,
            to: row.int(4)?,
            members: Mask::from_bytes(row.bytes(5)?),
            doubt: Mask::from_bytes(row.bytes(6)?),
        })
    }
}

/// The blocks of a conversation.
pub fn of_conversation<T: Tables>(tables: &mut T, conv: i64) -> Result<Vec<Block>, T::Error> {
    let mut blocks = Vec::new();
    tables.each(
        "SELECT block, conv_id, high, from_time, to_time, members, doubt FROM search_block WHERE conv_id = $1",
        &[conv.into()],
        &mut |row| {
            blocks.push(Block::read(row)?);
            Ok(())
        },
    )?;
    Ok(blocks)
}

/// All blocks.
pub fn all<T: Tables>(tables: &mut T) -> Result<Vec<Block>, T::Error> {
    let mut blocks = Vec::new();
    tables.each(
        "SELECT block, conv_id, high, from_time, to_time, members, doubt FROM search_block",
        &[],
        &mut |row| {
            blocks.push(Block::read(row)?);
            Ok(())
        },
    )?;
    Ok(blocks)
}

/// The messages of a conversation from one place to another, both included, are no more.
pub fn forget<T: Tables>(tables: &mut T, conv: i64, from: i64, to: i64) -> Result<(), T::Error> {
    let (low, high) = (from >> 8, to >> 8);
    tables.execute(
        "DELETE FROM search_block WHERE conv_id = $1 AND high > $2 AND high < $3",
        &[conv.into(), low.into(), high.into()],
    )?;
    let mut edges = Vec::new();
    tables.each(
        "SELECT block, conv_id, high, from_time, to_time, members, doubt FROM search_block \
         WHERE conv_id = $1 AND high IN ($2, $3)",
        &[conv.into(), low.into(), high.into()],
        &mut |row| {
            edges.push(Block::read(row)?);
            Ok(())
        },
    )?;
    for block in edges {
        let first = if block.high == low { place_of(from) } else { 0 };
        let last = if block.high == high { place_of(to) } else { u8::MAX };
        let gone = Mask::between(first, last);
        let members = block.members.minus(gone);
        if members.is_empty() {
            // Its numbers are not used again, so what the lists say of them counts for nothing.
            tables.execute("DELETE FROM search_block WHERE block = $1", &[block.number.into()])?;
        } else {
            let doubt = block.doubt.or(block.members.and(gone));
            tables.execute(
                "UPDATE search_block SET members = $2, doubt = $3 WHERE block = $1",
                &[block.number.into(), members.to_bytes().to_vec().into(), doubt.to_bytes().to_vec().into()],
            )?;
        }
    }
    Ok(())
}
