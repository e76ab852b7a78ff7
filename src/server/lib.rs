//! The Hallway server.
//!
//! `net` (HTTP and WebSocket; parsing and nothing else) → `service` (who may, rules, transactions) → `store`
//! (SQL), `blob` (the bytes of files) and `bus` (who is online). What is asked elsewhere goes through `outbound`. [`server::Server::start`] puts them together:
//! for the binary, for the app that carries a server inside, and for tests.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod auth;
pub mod authz;
pub mod blob;
pub mod bus;
pub mod cli;
pub mod config;
pub mod invite;
pub mod log;
pub mod metrics;
pub mod moderation;
pub mod net;
pub mod outbound;
pub mod place;
pub mod preview;
pub mod provider;
pub mod ratelimit;
pub mod server;
pub mod service;
pub mod sticker;
pub mod store;
pub mod tls;
