//! Load: many connections that speak the protocol, and a server in a process of its own to measure.

mod raw;
mod server;

pub use raw::Raw;
pub use server::{APP_ID, LoadServer, Memory, cpu, memory};
