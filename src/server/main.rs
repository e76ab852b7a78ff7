//! The server binary; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    hallway_server::cli::main()
}
