//! The `hallway` program; everything is in [`hallway_app`].
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    hallway_app::start::run(std::env::args_os().skip(1).collect())
}
