//! What the end-to-end tests, the proofs and the benchmarks stand on.
//!
//! - [`process`]: programs started, watched, killed;
//! - [`desktop`]: a screen without a display, with real windows driven by keyboard and pointer;
//! - [`failure`]: the one error of all of it.

pub mod desktop;
pub mod failure;
pub mod process;
