//! A desktop without a screen, for driving real windows.
//!
//! [`Desktop`] is everything that a program with a window expects to find around it: an X server
//! that draws into memory (Xvfb), a window manager (openbox), a session bus with notifications, and
//! an unlocked key ring, all private to the test and gone with it. [`Window`] is one window on it: found by the
//! process that owns it, driven by keyboard and pointer events that go in at the X server as those
//! of real devices do (XTEST), and read as pictures ([`Shot`]).
//!
//! Waiting is on what happens: the X server tells when a window is mapped, gets the focus, changes
//! its title or is drawn on (DAMAGE). A deadline only turns waiting for ever into a failure.

mod app;
mod keyboard;
mod notices;
mod screen;
mod shot;
mod sight;
mod window;

use std::{
    fs::{self, Permissions},
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    rc::Rc,
    time::Duration,
};

pub use app::App;
pub use notices::{Notice, Notices};
pub use shot::{Area, Shot};
pub use sight::Item;
pub use window::Window;

use crate::{
    failure::{Outcome, While},
    process::{Program, program},
};
use screen::Screen;
use sight::Sight;

/// How long any of the programs of the desktop may take to start, on a busy machine.
const START: Duration = Duration::from_secs(30);

/// What the window manager is told: windows without frames, as they are in the pictures.
const MANAGER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
"#;

/// A private desktop; everything on it ends when it is dropped.
pub struct Desktop {
    // In the order in which they have to end: clients before the server they talk to.
    screen: Rc<Screen>,
    notices: Notices,
    _keyring: Program,
    _bus: Program,
    _manager: Program,
    _server: Program,
    display: String,
    bus_address: String,
    port: u16,
    dir: PathBuf,
}

impl Desktop {
    /// Starts a desktop of this size in pixels. The home directory of everybody on it, and the logs,
    /// are under `dir`, which is emptied first.
    pub fn start(dir: &Path, width: u16, height: u16) -> Outcome<Self> {
        if dir.exists() {
            fs::remove_dir_all(dir).doing(dir.display())?;
        }
        Self::start_again(dir, width, height)
    }

    /// As [`Self::start`], but everybody finds their home directory, and the key ring in it, as they left it.
    pub fn start_again(dir: &Path, width: u16, height: u16) -> Outcome<Self> {
        for sub in ["home", "log"] {
            fs::create_dir_all(dir.join(sub)).doing(dir.display())?;
        }
        let run = dir.join("run");
        if run.exists() {
            fs::remove_dir_all(&run).doing(run.display())?;
        }
        fs::create_dir(&run).doing(run.display())?;
        fs::set_permissions(&run, Permissions::from_mode(0o700)).doing(run.display())?;
        let log = |name: &str| dir.join("log").join(name);

        // Xvfb picks a free display itself and prints its number once it takes connections.
        let server = Program::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0"])
                .arg(format!("{width}x{height}x24"))
                .args(["-nolisten", "tcp", "-noreset"]),
            &log("xvfb.log"),
        )?;
        let number =
            server.line("the number of its display", START, |line| line.trim().parse::<u32>().ok())?;
        let display = format!(":{number}");
        let screen = Rc::new(Screen::open(&display)?);

        let env = Environment { dir, display: &display, bus_address: None };
        let settings = dir.join("openbox.xml");
        fs::write(&settings, MANAGER).doing(settings.display())?;
        let manager =
            Program::start(env.command("openbox").arg("--config-file").arg(&settings), &log("openbox.log"))?;
        screen.wait_for_manager(START)?;

        // The path of a socket is limited to 107 bytes, so the bus picks one in /tmp.
        let bus = Program::start(
            env.command("dbus-daemon").args([
                "--session",
                "--nofork",
                "--nopidfile",
                "--print-address=1",
                "--address=unix:tmpdir=/tmp",
            ]),
            &log("bus.log"),
        )?;
        let bus_address =
            bus.line("its address", START, |line| line.starts_with("unix:").then(|| line.to_owned()))?;

        let env = Environment { bus_address: Some(&bus_address), ..env };
        let keyring = Program::start_with_input(
            env.command("gnome-keyring-daemon").args(["--foreground", "--unlock", "--components=secrets"]),
            &log("keyring.log"),
            b"a password of the test\n",
        )?;
        Program::start(
            env.command("gdbus").args(["wait", "--session", "--timeout", "30", "org.freedesktop.secrets"]),
            &log("keyring.log"),
        )?
        .end(START)?;

        Ok(Self {
            screen,
            notices: Notices::start(&bus_address)?,
            _keyring: keyring,
            _bus: bus,
            _manager: manager,
            _server: server,
            display,
            bus_address,
            port: free_port()?,
            dir: dir.to_owned(),
        })
    }

    /// The home directory of the person at this desktop.
    pub fn home(&self) -> PathBuf {
        self.dir.join("home")
    }

    /// The directory that everything of this desktop is in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A command that runs at this desktop: its display, bus and home, and nothing else of the
    /// environment of the test.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        Environment { dir: &self.dir, display: &self.display, bus_address: Some(&self.bus_address) }
            .command(program)
    }

    /// Opens a window of the app and waits until something is drawn in it. `name` is that of its log.
    pub fn open_app(&self, name: &str, args: &[&str]) -> Outcome<App> {
        let socket = self.dir.join("run").join(name).with_extension("sight");
        let sight = Sight::listen(&socket)?;
        let mut command = self.command(program("hallway")?);
        command.args(args).env("HALLWAY_DESCRIBE", &socket);
        // A workspace started here is not in the way of those of other desktops.
        command.env("HALLWAY_WORKSPACE_PORT", self.port.to_string());
        let (program, window) = self.open(&mut command, name)?;
        Ok(App { program, window, sight })
    }

    /// Starts a program made with [`Self::command`] and waits until its window is drawn.
    pub fn open(&self, command: &mut Command, log: &str) -> Outcome<(Program, Window)> {
        let program = Program::start(command, &self.dir.join("log").join(log).with_extension("log"))?;
        let window = self.window_of(&program)?;
        window.until_drawn(START)?;
        Ok((program, window))
    }

    /// Waits for the first window of a program, whether anything is drawn in it or not.
    pub fn window_of(&self, program: &Program) -> Outcome<Window> {
        Window::of_process(&self.screen, program.pid(), START)
    }

    /// The notifications that are shown.
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// A picture of the whole screen.
    pub fn shot(&self) -> Outcome<Shot> {
        self.screen.shot(None)
    }
}

/// A port that nothing listens at, outside of the range that systems hand out by themselves: it is still free
/// when a workspace there comes back after a while. Where the search begins differs from process to process.
fn free_port() -> Outcome<u16> {
    let begin = std::process::id() % 10_000;
    (0..10_000)
        .filter_map(|step| u16::try_from(20_000 + (begin + step) % 10_000).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .doing("no port is free")
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // The bus is killed, so it cannot take its socket away itself.
        let path = self.bus_address.strip_prefix("unix:path=").and_then(|rest| rest.split(',').next());
        if let Some(path) = path {
            let _ = fs::remove_file(path);
        }
    }
}

/// The environment of the programs at a desktop.
#[derive(Clone, Copy)]
struct Environment<'a> {
    dir: &'a Path,
    display: &'a str,
    bus_address: Option<&'a str>,
}

impl Environment<'_> {
    fn command(self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.join("home"))
            .env("XDG_RUNTIME_DIR", self.dir.join("run"))
            .env("LANG", "C.UTF-8")
            .env("DISPLAY", self.display)
            // A Vulkan driver without a card opens a window here and never shows a frame.
            .env("ICED_BACKEND", "tiny-skia")
            .env("RUST_BACKTRACE", "1");
        if let Some(address) = self.bus_address {
            command.env("DBUS_SESSION_BUS_ADDRESS", address);
        }
        command
    }
}
