//! Wire types of Hallway.
