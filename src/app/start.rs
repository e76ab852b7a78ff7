//! From the command line to the open window.
//!
//! Everything that can go wrong before there is a window ends in a sentence on standard error and an exit
//! code: no display, a display that cannot be reached, a folder that cannot be written.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use iced::{Size, window};

use crate::app::{App, Boot};
use crate::args::{self, Args, Command};
use crate::profile::{Profile, Renderer, Settings, WindowPlace};
use crate::tasks::{self, Tasks};
use crate::theme::font;
use crate::theme::tokens::{BODY, size};
use crate::{fl, i18n, log};

/// Names one renderer, or several in order, for iced.
const BACKEND: &str = "ICED_BACKEND";
/// The renderer that needs no graphics card.
const SOFTWARE: &str = "tiny-skia";

/// Runs the program with these arguments (without its name).
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    i18n::select(i18n::Language::of_system());
    let args = match args::parse(arguments.iter().cloned()) {
        Ok(Command::Open(args)) => args,
        Ok(Command::Help) => return say(&fl!("args-help")),
        Ok(Command::Version) => return say(&format!("hallway {}", env!("CARGO_PKG_VERSION"))),
        Err(bad) => return complain(&format!("{}\n\n{}", bad.text(), fl!("args-help"))),
    };
    if !has_display(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())) {
        return complain(&fl!("start-no-display"));
    }
    let Some(profile) = Profile::named(&args.profile) else { return complain(&fl!("start-no-folder")) };
    if let Err(error) = profile.make_dir().and_then(|()| log::start(&profile.log_dir())) {
        let (folder, reason) = (profile.dir.display().to_string(), error.to_string());
        return complain(&fl!("start-folder", folder = folder, reason = reason));
    }
    let (settings, unreadable) = profile.load();
    if let Some(unreadable) = &unreadable {
        tracing::warn!(reason = %unreadable.reason, kept = ?unreadable.kept, "settings could not be read");
    }
    i18n::select(settings.language());
    log::set_level(settings.log);
    if let Some(code) = choose_renderer(&settings, &arguments) {
        return code;
    }
    open(profile, settings, args)
}

/// Opens the window and stays until it is closed.
fn open(profile: Profile, settings: Settings, args: Args) -> ExitCode {
    // The local copy is opened while fonts and window system are still being asked.
    let boot = match tasks::begin(|| Boot::new(profile, settings, args.link)) {
        Ok(boot) => boot,
        Err(error) => return complain(&fl!("start-no-window", reason = error.to_string())),
    };
    font::prepare();
    // winit panics where it cannot reach the display; that is a sentence too, not a crash.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let program = iced::daemon(move || App::boot(boot.clone()), App::update, App::view)
            .title(App::title)
            .theme(App::theme)
            .scale_factor(App::zoom)
            .subscription(App::subscription)
            .executor::<Tasks>()
            .settings(iced::Settings {
                id: Some(APPLICATION_ID.to_owned()),
                default_font: font::TEXT,
                default_text_size: BODY.size.into(),
                ..iced::Settings::default()
            });
        program.run()
    }));
    tasks::end();
    match outcome {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            tracing::error!(%error, "the window could not be opened");
            complain(&fl!("start-no-window", reason = error.to_string()))
        }
        Err(_) => complain(&fl!("start-crashed")),
    }
}

/// As the desktop entry is called, so that the desktop can match window and entry.
const APPLICATION_ID: &str = "hallway";

/// How the window opens.
pub fn window_settings(place: &WindowPlace) -> window::Settings {
    window::Settings {
        size: Size::new(place.width, place.height),
        position: place
            .position
            .map_or(window::Position::Default, |(x, y)| window::Position::Specific(iced::Point::new(x, y))),
        maximized: place.maximized,
        min_size: Some(Size::new(size::WINDOW_MIN.0, size::WINDOW_MIN.1)),
        exit_on_close_request: false,
        #[cfg(target_os = "linux")]
        platform_specific: window::settings::PlatformSpecific {
            application_id: APPLICATION_ID.to_owned(),
            override_redirect: false,
        },
        ..window::Settings::default()
    }
}

/// Whether there is anything to open a window on. Systems other than the free Unixes always have it.
fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    cfg!(not(all(unix, not(target_os = "macos"))))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(is_set)
}

/// Starts the program again with the software renderer where the graphics card is missing or not wanted:
/// wgpu would take a slow emulated card, and the choice is read from the environment only, once. Returns
/// where this process has nothing more to do.
fn choose_renderer(settings: &Settings, arguments: &[OsString]) -> Option<ExitCode> {
    if !wants_software(settings.renderer, std::env::var_os(BACKEND).is_some(), has_render_node) {
        return None;
    }
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => {
            tracing::warn!(%error, "the program does not find itself; the renderer stays as it is");
            return None;
        }
    };
    let mut again = std::process::Command::new(program);
    again.args(arguments).env(BACKEND, SOFTWARE);
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Only returns when it failed.
        let error = again.exec();
        tracing::warn!(%error, "the renderer stays as it is");
        None
    }
    #[cfg(not(unix))]
    match again.status() {
        Ok(status) => Some(ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1))),
        Err(error) => {
            tracing::warn!(%error, "the renderer stays as it is");
            None
        }
    }
}

fn wants_software(choice: Renderer, chosen_outside: bool, has_card: impl Fn() -> bool) -> bool {
    // Without `gpu` the software renderer is the only one.
    cfg!(feature = "gpu") && !chosen_outside && (choice == Renderer::Software || !has_card())
}

/// Whether there is a graphics card. Only Linux tells without asking a driver.
fn has_render_node() -> bool {
    if cfg!(not(target_os = "linux")) {
        return true;
    }
    std::fs::read_dir(Path::new("/dev/dri")).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    })
}

fn say(text: &str) -> ExitCode {
    // A closed pipe is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

fn complain(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "hallway: {text}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_display_is_x11_or_wayland() {
        assert!(!has_display(|_| false));
        assert!(has_display(|name| name == "DISPLAY"));
        assert!(has_display(|name| name == "WAYLAND_DISPLAY"));
    }

    #[test]
    fn the_software_renderer_is_for_machines_without_a_card() {
        if cfg!(feature = "gpu") {
            assert!(wants_software(Renderer::Automatic, false, || false));
            assert!(wants_software(Renderer::Software, false, || true));
        }
        assert!(!wants_software(Renderer::Automatic, false, || true));
        assert!(!wants_software(Renderer::Software, true, || false), "the environment wins");
    }
}
