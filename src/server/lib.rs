//! The Hallway server.
