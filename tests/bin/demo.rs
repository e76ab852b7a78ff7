//! `./dev demo`: plays the story of two people in two windows and says where the pictures are.

use std::process::ExitCode;

use hallway_tests::{demo, process::target_dir};

fn main() -> ExitCode {
    let out = target_dir().join("demo");
    match demo::play(&out) {
        Ok(pictures) => {
            // A pipe that was closed is no reason to fail.
            use std::io::Write as _;
            let _ = writeln!(std::io::stdout(), "{} pictures in {}", pictures.len(), out.display());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("demo: {failure}\nlogs and the pictures so far: {}", out.display());
            ExitCode::FAILURE
        }
    }
}
