//! Tests with real windows.

use hallway_tests::{demo, failure::Outcome, process::target_dir};

/// Two people talk in two windows, from the first screen to the second start: what `./dev demo` shows.
#[test]
fn demo() -> Outcome {
    let pictures = demo::play(&target_dir().join("demo-test"))?;
    assert!(pictures.len() >= 30, "{} pictures", pictures.len());
    Ok(())
}
