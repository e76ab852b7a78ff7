//! What the end-to-end tests, the proofs and the benchmarks stand on.
//!
//! - [`process`]: programs started, watched, killed;
//! - [`demo`]: two people in two windows, from the first screen to the second start;
//! - [`desktop`]: a screen without a display, with real windows driven by keyboard and pointer;
//! - [`support`]: servers and clients in this process, and a bad network between them;
//! - [`load`]: many raw connections, and a server to measure;
//! - [`failure`]: the one error of all of it.

pub mod demo;
pub mod desktop;
pub mod failure;
pub mod load;
pub mod process;
pub mod support;
