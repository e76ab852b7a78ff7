//! Real servers, real clients, and a network between them that can be made as bad as needed.
//!
//! - [`TestServer`]: a server in this process, on SQLite or PostgreSQL, on a port of its own;
//! - [`Bucket`]: somebody else's S3 server, for files;
//! - [`Net`]: what a client connects to instead, which cuts, swallows, delays, drops, repeats and swaps;
//! - [`Device`]: a client of the SDK with its local copy, its own network, and waiting with a deadline;
//! - [`Dice`]: chance that comes out the same for the same seed;
//! - [`Truth`]: what the server says of a user, asked without the SDK.

mod bucket;
mod device;
mod dice;
mod net;
mod server;
mod truth;

pub use bucket::Bucket;
pub use device::{Device, View};
pub use dice::Dice;
pub use net::{Faults, Net};
pub use server::{APP_ID, CACHE_KEY, Engine, FIRST_ACCOUNT, TestServer, make_accounts};
pub use truth::{Line, Truth, members_of};
