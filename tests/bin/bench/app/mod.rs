//! The app with years of messages on disk: how soon it is there, how it moves, and what it costs at rest.
//!
//! The release build runs at a desktop of its own (Xvfb, openbox, a session bus and a key ring) and is looked at
//! from outside: something counts as drawn when 98 % of its pixels are those of the settled window.

pub mod corpus;
pub mod pictures;
mod window;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hallway_tests::desktop::Desktop;
use hallway_tests::failure::{Outcome, While};
use hallway_tests::process::Program;

use crate::percentile;
use crate::report::{Bound, Figure};
use window::Measured;

/// The hidden argument with which this program writes the corpus, inside of the desktop's session.
pub const WRITE: &str = "write-app-corpus";

const WIDTH: u16 = 1280;
const HEIGHT: u16 = 860;
const STARTS: usize = 10;
const OPENINGS: usize = 5;
const STEPS: usize = 1_200;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    // Beside the directory of this run: it takes minutes to write and is kept.
    let dir = dir.with_file_name("app-desktop");
    let desktop = prepare(&dir, WRITE)?;
    let software = Measured::new(&desktop, "tiny-skia")?;
    let mut figures = Vec::new();
    figures.extend(start(&software)?);
    figures.extend(conversation(&software)?);
    figures.extend(rest(&software, "software renderer", 80.0)?);
    // Without a graphics card it needs a driver that emulates one (mesa-vulkan-drivers).
    match Measured::new(&desktop, "wgpu") {
        Ok(wgpu) => figures.extend(rest(&wgpu, "wgpu", 180.0)?),
        Err(reason) => println!("app: wgpu does not draw here, so nothing is said about it: {reason}"),
    }
    Ok(figures)
}

/// The desktop with a corpus in its home, which is written by `write` if it is not there.
fn prepare(dir: &Path, write: &str) -> Outcome<Desktop> {
    let mark = dir.join("corpus");
    if std::fs::read_to_string(&mark).is_ok_and(|version| version == corpus::VERSION) {
        return Desktop::start_again(dir, WIDTH, HEIGHT);
    }
    println!("{write}: once; this may take minutes");
    let desktop = Desktop::start(dir, WIDTH, HEIGHT)?;
    let own = std::env::current_exe().doing("finding this program")?;
    let log = dir.join("log").join("corpus.log");
    let status =
        Program::start(desktop.command(own).arg(write).arg(profile_dir(&desktop).join("accounts")), &log)?
            .end(Duration::from_secs(1_800))?;
    status.success().then_some(()).doing(format_args!("writing the corpus; see {}", log.display()))?;
    std::fs::write(&mark, corpus::VERSION).doing(mark.display())?;
    Ok(desktop)
}

fn profile_dir(desktop: &Desktop) -> PathBuf {
    desktop.home().join(".local/share/hallway/default")
}

/// From the start of the process to list and open conversation on the screen.
fn start(measured: &Measured<'_>) -> Outcome<Vec<Figure>> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let (app, took) = measured.start()?;
        times.push(took);
        app.close()?;
    }
    let method = format!(
        "{STARTS} starts of the release build under Xvfb with the files in the page cache, 1 000 000 messages in 500 \
         conversations, no network; from before the process is made until 98 % of the pixels of list and timeline are the final ones"
    );
    both("App start: list and open conversation drawn", &mut times, 250.0, &method)
}

/// Opening the conversation of 100 000 messages, and scrolling it.
fn conversation(measured: &Measured<'_>) -> Outcome<Vec<Figure>> {
    let mut times = Vec::new();
    let mut frames = Vec::new();
    let mut pages = Vec::new();
    for _ in 0..2 {
        let (app, _) = measured.start()?;
        for _ in 0..OPENINGS {
            times.push(app.open_long()?);
            app.open_other()?;
        }
        app.open_long()?;
        frames.extend(app.wheel(STEPS)?);
        pages.extend(app.pages(60)?);
        app.close()?;
    }
    let mut figures = both(
        "Open a conversation of 100 000 messages",
        &mut times,
        50.0,
        &format!(
            "from Alt+Up until 98 % of the pixels of the timeline are the final ones, some 8 ms between the two keys \
             included; two starts, {OPENINGS} times each, the first with nothing of it in memory"
        ),
    )?;
    let frame = percentile(&mut frames, 0.95).doing("nothing was drawn")?;
    figures.push(Figure::new(
        "Frame while scrolling it, p95",
        millis(frame),
        "ms",
        Bound::AtMost(16.0),
        &format!(
            "time between frames on the screen while the wheel turns {STEPS} steps, one each 8 ms, twice; pages of older \
             messages are read on the way"
        ),
    ));
    let page = percentile(&mut pages, 0.95).doing("nothing was drawn")?;
    figures.push(Figure::new(
        "Page up in it until drawn, p95",
        millis(page),
        "ms",
        Bound::AtMost(50.0),
        "from the key to the last frame it causes, 60 pages, twice",
    ));
    Ok(figures)
}

/// What it costs to leave the app alone.
fn rest(measured: &Measured<'_>, renderer: &str, memory: f64) -> Outcome<Vec<Figure>> {
    let (app, _) = measured.start()?;
    let rest = app.rest()?;
    app.close()?;
    let what = |what: &str| format!("App at rest, {renderer}: {what}");
    Ok(vec![
        Figure::new(
            &what("memory"),
            rest.pss_kib / 1024.0,
            "MiB",
            Bound::AtMost(memory),
            "proportional set size of the process, 15 s after start with list and conversation on the screen, no network",
        ),
        Figure::new(
            &what("processor"),
            rest.cpu * 100.0,
            "%",
            Bound::AtMost(0.5),
            "user and system time over 20 s, of one core",
        ),
        Figure::new(
            &what("redraws"),
            rest.redraws,
            "",
            Bound::AtMost(0.0),
            "frames on the screen in the same 20 s, with the keyboard in the composer",
        ),
    ])
}

/// Median and worst of `times`.
fn both(what: &str, times: &mut [Duration], bound: f64, method: &str) -> Outcome<Vec<Figure>> {
    let all: Vec<String> = times.iter().map(|time| format!("{:.0}", millis(*time))).collect();
    println!("app: {what}: {} ms", all.join(" "));
    let median = percentile(times, 0.5).doing("nothing was measured")?;
    let worst = percentile(times, 1.0).doing("nothing was measured")?;
    Ok(vec![
        Figure::new(&format!("{what}, median"), millis(median), "ms", Bound::AtMost(bound), method),
        Figure::new(&format!("{what}, worst"), millis(worst), "ms", Bound::AtMost(bound), method),
    ])
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Time since `start`, and the start of the next measurement.
fn lap(start: &mut Instant) -> Duration {
    let now = Instant::now();
    now - std::mem::replace(start, now)
}
