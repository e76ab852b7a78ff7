//! `./dev bench [name…]`: measures what the project promises, in release builds, and keeps the figures in
//! `docs/benchmarks.md`.
//!
//! Each benchmark is one file here. The server runs in a process of its own; the load generator shares the
//! machine's processors with it, as the figures demand.
#![allow(clippy::print_stdout)] // a program whose output is its result

mod annotations;
mod app;
mod fanout;
mod files;
mod idle;
mod messages;
mod reconnect;
mod report;
mod search;

use std::path::PathBuf;

use hallway_tests::failure::{Failure, Outcome};
use hallway_tests::process::target_dir;
use report::Figure;

type Run = fn(PathBuf) -> Outcome<Vec<Figure>>;

const ALL: &[(&str, Run)] = &[
    ("messages", messages::run),
    ("idle", idle::run),
    ("fanout", fanout::run),
    ("files", files::run),
    ("annotations", annotations::run),
    ("reconnect", reconnect::run),
    ("search", search::run),
    ("app", app::run),
    ("pictures", app::pictures::run),
];

fn main() -> Outcome {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [command, data_dir] = wanted.as_slice() {
        let key = hallway_client::CacheKey::Keyring;
        match command.as_str() {
            app::WRITE => {
                return block_on(async { app::corpus::write(data_dir.into(), key).await.map(drop) });
            }
            app::pictures::WRITE => return block_on(app::pictures::write(data_dir.into(), key)),
            _ => {}
        }
    }
    if let Some((files::CLIENT, arguments)) = wanted.split_first().map(|(first, rest)| (first.as_str(), rest))
    {
        return block_on(files::client(arguments));
    }
    if let Some(unknown) = wanted.iter().find(|name| !ALL.iter().any(|(known, _)| known == name)) {
        let names: Vec<_> = ALL.iter().map(|(name, _)| *name).collect();
        return Err(Failure::new(format!(
            "no benchmark is called {unknown}; there are {}",
            names.join(", ")
        )));
    }
    if cfg!(debug_assertions) {
        return Err(Failure::new("figures of a debug build mean nothing; use ./dev bench"));
    }
    raise_open_files();
    let mut missed = 0;
    for (name, run) in ALL.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|w| w == name)) {
        let dir = target_dir().join("bench").join(name);
        // Left over from a run that was interrupted.
        let _ = std::fs::remove_dir_all(&dir);
        let figures = run(dir)?;
        for figure in &figures {
            println!("{name}: {figure}");
            missed += usize::from(!figure.is_reached());
        }
        report::keep(name, &figures)?;
    }
    report::write_page()?;
    if missed > 0 { Err(Failure::new(format!("{missed} figures were not reached"))) } else { Ok(()) }
}

/// Runs `work` on all processors.
fn block_on<T>(work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
    use hallway_tests::failure::While;
    tokio::runtime::Builder::new_multi_thread().enable_all().build().doing("starting threads")?.block_on(work)
}

/// Thousands of connections need as many descriptors, in the generator and in the servers it starts.
fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where that is refused, the benchmark that needs it says so.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The value below which `part` (0 to 1) of the sorted `values` lie.
fn percentile<T: Copy + Ord>(values: &mut [T], part: f64) -> Option<T> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    values.get((last as f64 * part).round() as usize).copied()
}
