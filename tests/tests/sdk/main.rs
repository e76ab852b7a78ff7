//! The SDK against a real server: what an app can count on, row by row.

mod own_side;
mod sending;
mod sessions;
mod support;
