//! What a window says is on it.
//!
//! Pictures tell whether something is drawn; they do not tell what. An app built with its feature
//! `harness` reports the texts and controls on screen and where they are, whenever they change. The
//! driver waits for them and clicks them with the real pointer, as a person does who can read.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;

use super::Area;
use crate::failure::{Failure, Outcome, While};

/// Something on screen.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// `text`, `input`, `focus`, or the role of a control (`button`, `list_item`, …).
    pub kind: String,
    /// The text, or the name of the control.
    pub text: String,
    place: [f32; 4],
    /// Chosen among its kind.
    pub selected: bool,
    /// Cannot be used now.
    pub disabled: bool,
}

#[derive(Default, Deserialize)]
struct Seen {
    scale: f32,
    items: Vec<Item>,
    /// When it was said last.
    #[serde(skip)]
    when: Option<Instant>,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

/// What one app last said is on its screen.
pub(super) struct Sight {
    shared: Arc<Shared>,
    path: PathBuf,
}

impl Sight {
    /// Listens at `path` for an app to connect.
    pub(super) fn listen(path: &Path) -> Outcome<Self> {
        // Left over from the same app before it was restarted.
        let _ = fs::remove_file(path);
        let listener = UnixListener::bind(path).doing(path.display())?;
        let shared = Arc::new(Shared::default());
        let writer = Arc::clone(&shared);
        thread::spawn(move || {
            let Ok((stream, _)) = listener.accept() else { return };
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { break };
                let Ok(new) = serde_json::from_str::<Seen>(&line) else { continue };
                let mut seen = writer.seen.lock().expect("no reader panics");
                *seen = Seen { when: Some(Instant::now()), ..new };
                writer.changed.notify_all();
            }
        });
        Ok(Self { shared, path: path.to_owned() })
    }

    /// Waits until `pick` gives something from what is on screen.
    pub(super) fn until<T>(
        &self,
        what: &str,
        within: Duration,
        pick: impl Fn(&[Item]) -> Option<T>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + within;
        let mut seen = self.shared.seen.lock().expect("no reader panics");
        loop {
            if let Some(found) = pick(&seen.items) {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Failure::new(format!(
                    "{what} did not come within {within:?}; on screen:\n{}",
                    describe(&seen.items)
                )));
            }
            seen = self.shared.changed.wait_timeout(seen, left).expect("no reader panics").0;
        }
    }

    /// When the app last said something new.
    pub(super) fn when(&self) -> Option<Instant> {
        self.shared.seen.lock().expect("no reader panics").when
    }

    /// Waits until everything is shown at this zoom.
    pub(super) fn until_scale(&self, wanted: f32, within: Duration) -> Outcome {
        let seen = self.shared.seen.lock().expect("no reader panics");
        let differs = |seen: &mut Seen| (seen.scale - wanted).abs() > 0.01;
        let (seen, _) =
            self.shared.changed.wait_timeout_while(seen, within, differs).expect("no reader panics");
        let is = seen.scale;
        ((is - wanted).abs() <= 0.01).then_some(()).doing(format_args!("the zoom is {is}, not {wanted}"))
    }

    /// The place of an item in pixels of the window.
    pub(super) fn area(&self, item: &Item) -> Area {
        let scale = self.shared.seen.lock().expect("no reader panics").scale;
        // Places on a screen are small and not negative where they can be seen.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let [x, y, width, height] = item.place.map(|length| (length * scale).round() as usize);
        Area::new(x, y, width, height)
    }
}

impl Drop for Sight {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn describe(items: &[Item]) -> String {
    items
        .iter()
        .map(|item| {
            let marks = [(item.selected, " selected"), (item.disabled, " disabled")];
            let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
            format!("    {} {:?}{marks} at {:?}\n", item.kind, item.text, item.place)
        })
        .collect()
}
