//! Two people, two windows: everything that Hallway does for them, played as they would do it.
//!
//! Anna starts a workspace on her computer, Ben joins it from a profile of his own, and they talk. Each
//! chapter is one file; each picture is written as `NN-name.png`, and checked for being drawn. What is
//! waited for is what a person would wait for: words on the screen. Nothing is prepared behind the scenes:
//! what can be seen was done with keyboard and pointer.

mod away;
mod group;
mod looks;
mod notices;
mod start;
mod talk;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    desktop::{App, Desktop, Shot},
    failure::{Outcome, While},
};

/// The screen, wide enough for two windows side by side.
const SCREEN: (u16, u16) = (2460, 880);
const WINDOW: (u32, u32) = (1200, 840);
const LEFT: u32 = 20;
const RIGHT: u32 = 1240;
const TOP: u32 = 20;

/// Nothing is drawn for so long when an answer to a key or click is complete.
const QUIET: Duration = Duration::from_millis(250);

/// A person at a window.
struct Person {
    name: &'static str,
    user_id: &'static str,
    password: &'static str,
    /// The app's profile; none for the first.
    profile: Option<&'static str>,
    left: u32,
}

const ANNA: Person = Person {
    name: "Anna Weber",
    user_id: "anna.weber",
    password: "lanterns over the pier",
    profile: None,
    left: LEFT,
};

const BEN: Person = Person {
    name: "Ben Okafor",
    user_id: "ben.okafor",
    password: "seven quiet ferries",
    profile: Some("ben"),
    left: RIGHT,
};

/// Name of the workspace.
const WORKSPACE: &str = "Lighthouse";

/// The desktop and the pictures taken of it.
struct Stage {
    desktop: Desktop,
    out: PathBuf,
    pictures: Vec<PathBuf>,
}

impl Stage {
    /// Opens the app of a person.
    fn open(&self, person: &Person) -> Outcome<App> {
        let args: Vec<&str> =
            person.profile.map(|profile| ["--profile", profile]).iter().flatten().copied().collect();
        let app = self.desktop.open_app(person.user_id, &args)?;
        app.window.place(person.left, TOP, WINDOW.0, WINDOW.1)?;
        Ok(app)
    }

    /// Takes a picture of a window, once it is drawn completely.
    fn window(&mut self, name: &str, app: &App) -> Outcome<Shot> {
        app.until_settled(QUIET)?;
        let shot = app.window.shot()?;
        shot.check_drawn(name, shot.area())?;
        self.keep(name, &shot)?;
        Ok(shot)
    }

    /// Takes a picture of the whole screen.
    fn screen(&mut self, name: &str, apps: &[&App]) -> Outcome {
        for app in apps {
            app.until_settled(QUIET)?;
            let shot = app.window.shot()?;
            shot.check_drawn(name, shot.area())?;
        }
        let shot = self.desktop.shot()?;
        self.keep(name, &shot)
    }

    fn keep(&mut self, name: &str, shot: &Shot) -> Outcome {
        let path = self.out.join(format!("{:02}-{name}.png", self.pictures.len() + 1));
        shot.save(&path)?;
        self.pictures.push(path);
        Ok(())
    }
}

/// Plays all of it; pictures and logs go to `out`. Returns the pictures.
pub fn play(out: &Path) -> Outcome<Vec<PathBuf>> {
    let desktop = Desktop::start(out, SCREEN.0, SCREEN.1)?;
    let mut stage = Stage { desktop, out: out.to_owned(), pictures: Vec::new() };
    let stage = &mut stage;

    let anna = start::workspace(stage)?;
    let link = start::invitation(stage, &anna)?;
    let ben = start::join(stage, &link)?;
    talk::play(stage, &anna, &ben)?;
    notices::play(stage, &anna, &ben)?;
    group::play(stage, &anna, &ben)?;
    looks::play(stage, &anna, &ben)?;
    let (anna, ben) = away::play(stage, anna, ben)?;
    anna.close()?;
    ben.close()?;
    away::check_traces(&stage.desktop)?;
    Ok(std::mem::take(&mut stage.pictures))
}

/// Writes into the composer, which has the keyboard, and sends.
fn say(app: &App, text: &str) -> Outcome {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            app.keys(&["shift+Return"])?;
        }
        app.text(line)?;
    }
    app.keys(&["Return"])
}

/// All files under a directory; sockets are none.
fn files(dir: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).doing(dir.display())? {
        let path = entry.doing(dir.display())?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}
