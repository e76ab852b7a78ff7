//! The app in its window, measured from outside.

use std::time::{Duration, Instant};

use hallway_tests::desktop::{Area, Desktop, Shot, Window};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::load::{cpu, memory};
use hallway_tests::process::{Program, program};
use serde_json::json;

use super::{corpus, lap};

/// Size of the window; the list and the timeline in it, without what moves by itself: the composer with its
/// caret, and the header of the list.
const SIZE: (usize, usize) = (1100, 760);
const LIST: Area = Area::new(70, 60, 280, 690);
const TIMELINE: Area = Area::new(370, 60, 720, 600);
/// From the one that is open at the start to the long one, which stands above it, and back.
const TO_LONG: &str = "alt+Up";
const TO_OTHER: &str = "alt+Down";
/// Share of the pixels that may differ from the settled window: less than any single row covers.
const OTHER: f64 = 0.02;
/// Something may be late, but not by this much.
const PATIENCE: Duration = Duration::from_secs(20);
/// A window that has not drawn for this long has settled.
const SETTLED: Duration = Duration::from_millis(400);
/// Draws that are less apart belong to one frame.
const ONE_FRAME: Duration = Duration::from_millis(2);
/// One step of the wheel.
const STEP: Duration = Duration::from_millis(8);

/// How the settled window looks, so that the moment at which it does can be found.
pub struct Measured<'a> {
    desktop: &'a Desktop,
    renderer: &'static str,
    list: Shot,
    /// With the conversation that is open at the start, and with the long one.
    timelines: [Shot; 2],
}

/// What the app costs at rest.
pub struct Rest {
    /// Memory in KiB.
    pub pss_kib: f64,
    /// Share of one core.
    pub cpu: f64,
    /// Frames.
    pub redraws: f64,
}

/// A running app.
pub struct App<'a> {
    measured: &'a Measured<'a>,
    program: Program,
    window: Window,
}

impl<'a> Measured<'a> {
    /// Starts the app once, unmeasured, and keeps how it looks.
    pub fn new(desktop: &'a Desktop, renderer: &'static str) -> Outcome<Self> {
        let (program, window) = launch(desktop, renderer, corpus::OPEN_PLACE)?;
        window.point(SIZE.0 + 20, SIZE.1 / 2)?;
        window.until_drawn(PATIENCE)?;
        if renderer == "wgpu" {
            // A build without it takes the software renderer and says nothing.
            let maps = format!("/proc/{}/maps", program.pid());
            let maps = std::fs::read_to_string(&maps).doing(maps)?;
            maps.contains("/libvulkan_").then_some(()).doing("the app draws without a Vulkan driver")?;
        }
        settle(&window)?;
        let (list, open) = (window.shot_of(LIST)?, window.shot_of(TIMELINE)?);
        list.check_drawn("the list", list.area())?;
        open.check_drawn("the timeline", open.area())?;
        window.keys(&[TO_LONG])?;
        window.until("another conversation", PATIENCE, |window| {
            Ok(window.shot_of(TIMELINE)?.change(&open, open.area()) > 0.01)
        })?;
        settle(&window)?;
        let long = window.shot_of(TIMELINE)?;
        close(program, &window)?;
        for (shot, name) in [(&list, "list"), (&open, "open"), (&long, "long")] {
            shot.save(&desktop.dir().join(format!("{renderer}-{name}.png")))?;
        }
        Ok(Self { desktop, renderer, list, timelines: [open, long] })
    }

    /// Starts the app; how long it took until list and conversation were on the screen.
    pub fn start(&self) -> Outcome<(App<'_>, Duration)> {
        let mut took = Instant::now();
        let (program, window) = launch(self.desktop, self.renderer, corpus::OPEN_PLACE)?;
        let app = App { measured: self, program, window };
        let found = app.window.until("list and conversation", PATIENCE, |window| {
            Ok(looks(window, LIST, &self.list)? && looks(window, TIMELINE, &self.timelines[0])?)
        });
        let took = lap(&mut took);
        app.keep_if_other(found)?;
        settle(&app.window)?;
        Ok((app, took))
    }
}

impl App<'_> {
    /// Opens the long conversation; how long that took.
    pub fn open_long(&self) -> Outcome<Duration> {
        self.open(TO_LONG, &self.measured.timelines[1])
    }

    /// Opens the other one.
    pub fn open_other(&self) -> Outcome<Duration> {
        self.open(TO_OTHER, &self.measured.timelines[0])
    }

    fn open(&self, keys: &str, looks_like: &Shot) -> Outcome<Duration> {
        let start = Instant::now();
        self.window.keys(&[keys])?;
        let found =
            self.window.until("the conversation", PATIENCE, |window| looks(window, TIMELINE, looks_like));
        let took = start.elapsed();
        self.keep_if_other(found)?;
        settle(&self.window)?;
        Ok(took)
    }

    /// Keeps a picture of a window that does not come to look as it did.
    fn keep_if_other(&self, found: Outcome) -> Outcome {
        if found.is_err() {
            self.window.shot()?.save(&self.measured.desktop.dir().join("other.png"))?;
        }
        found
    }

    /// Turns the wheel up over the timeline, one step each 8 ms; the times between frames.
    pub fn wheel(&self, steps: usize) -> Outcome<Vec<Duration>> {
        wheel(&self.window, steps)
    }

    /// Presses Page Up; the times from the key to the last frame it causes.
    pub fn pages(&self, count: usize) -> Outcome<Vec<Duration>> {
        let mut times = Vec::new();
        self.window.click(TIMELINE.x + 5, TIMELINE.y + 300, 1)?;
        settle(&self.window)?;
        for _ in 0..count {
            let start = Instant::now();
            self.window.keys(&["PageUp"])?;
            let drawn = self.window.drawings_until(start + Duration::from_millis(150))?;
            times.extend(drawn.last().map(|last| *last - start));
        }
        Ok(times)
    }

    /// Leaves it alone, and looks what it does.
    pub fn rest(&self) -> Outcome<Rest> {
        const BEFORE: Duration = Duration::from_secs(15);
        const REST: Duration = Duration::from_secs(20);
        self.window.drawings_until(Instant::now() + BEFORE)?;
        let pid = self.program.pid();
        let before = cpu(pid)?;
        let drawn = self.window.drawings_until(Instant::now() + REST)?;
        let used = cpu(pid)?.saturating_sub(before);
        Ok(Rest {
            pss_kib: memory(pid)?.pss as f64,
            cpu: used.as_secs_f64() / REST.as_secs_f64(),
            redraws: drawn.len() as f64,
        })
    }

    /// Ends it as its close button does.
    pub fn close(self) -> Outcome {
        close(self.program, &self.window)
    }
}

/// Opens the app at the end of a conversation with pictures and turns the wheel up through them, with a look at the memory
/// after each `part` steps: the times between frames, and the most memory in KiB.
pub fn scroll_pictures(
    desktop: &Desktop,
    place: usize,
    steps: usize,
    part: usize,
) -> Outcome<(Vec<Duration>, u64)> {
    let (program, window) = launch(desktop, "tiny-skia", place)?;
    window.point(SIZE.0 + 20, SIZE.1 / 2)?;
    window.until_drawn(PATIENCE)?;
    settle(&window)?;
    let (mut frames, mut most) = (Vec::new(), 0);
    let shots = desktop.dir();
    window.shot()?.save(&shots.join("pictures-end.png"))?;
    for _ in 0..steps / part {
        frames.extend(wheel(&window, part)?);
        most = most.max(memory(program.pid())?.pss);
    }
    settle(&window)?;
    window.shot()?.save(&shots.join("pictures.png"))?;
    close(program, &window)?;
    Ok((frames, most))
}

fn wheel(window: &Window, steps: usize) -> Outcome<Vec<Duration>> {
    window.point(TIMELINE.x + TIMELINE.width / 2, TIMELINE.y + TIMELINE.height / 2)?;
    settle(window)?;
    let mut drawn = Vec::new();
    let mut due = Instant::now();
    for _ in 0..steps {
        window.button(4, true, 0)?;
        window.button(4, false, 0)?;
        due += STEP;
        drawn.extend(window.drawings_until(due)?);
    }
    let mut frames = Vec::with_capacity(drawn.len());
    let mut last: Option<Instant> = None;
    for at in drawn {
        let since = last.map(|last| at - last);
        if since.is_none_or(|since| since > ONE_FRAME) {
            frames.extend(since);
            last = Some(at);
        }
    }
    if frames.len() < steps / 4 {
        return Err(Failure::new(format!("{steps} steps of the wheel made {} frames", frames.len())));
    }
    Ok(frames)
}

/// Makes the process, with the settings of somebody who left with a conversation open.
fn launch(desktop: &Desktop, renderer: &str, place: usize) -> Outcome<(Program, Window)> {
    let dir = super::profile_dir(desktop);
    let settings = json!({
        "account": {
            "address": corpus::SERVER, "plain": true, "app_id": corpus::APP_ID, "user_id": corpus::ME,
            "workspace": "Northwind", "key": "keyring",
        },
        "theme": "light",
        "window": { "width": SIZE.0, "height": SIZE.1 },
        "conversation": corpus::conversation(place)?,
    });
    std::fs::write(dir.join("settings.json"), settings.to_string()).doing(dir.display())?;
    let mut command = desktop.command(program("hallway")?);
    command.env("ICED_BACKEND", renderer);
    let program = Program::start(&mut command, &desktop.dir().join("log/app.log"))?;
    let window = desktop.window_of(&program)?;
    Ok((program, window))
}

fn close(mut program: Program, window: &Window) -> Outcome {
    // Out of the way of the next window, in which nothing is to light up.
    window.point(SIZE.0 + 20, SIZE.1 / 2)?;
    window.close()?;
    let status = program.end(PATIENCE)?;
    status.success().then_some(()).doing(format_args!("the app ended with {status}"))
}

fn looks(window: &Window, part: Area, like: &Shot) -> Outcome<bool> {
    Ok(window.shot_of(part)?.change(like, like.area()) < OTHER)
}

fn settle(window: &Window) -> Outcome {
    window.until_quiet(SETTLED, PATIENCE)
}
