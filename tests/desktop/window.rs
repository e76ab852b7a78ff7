//! One window: found, driven, looked at.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use x11rb::protocol::{
    xproto::{
        BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConfigureWindowAux, ConnectionExt as _,
        MOTION_NOTIFY_EVENT, Window as Id,
    },
    xtest,
};

use super::{
    screen::Screen,
    shot::{Area, Shot},
};
use crate::failure::{Outcome, While};

/// How long the window manager may take for what it is asked.
const MANAGER: Duration = Duration::from_secs(30);
/// A frame, or a size that goes in steps, may put a window this far off where it was asked to be.
const NEAR: usize = 40;
/// How long a click holds the button, in milliseconds.
const CLICK: u32 = 20;

/// A window of a program.
pub struct Window {
    screen: Rc<Screen>,
    id: Id,
}

impl Window {
    /// Waits for the first window of a process.
    pub(super) fn of_process(screen: &Rc<Screen>, pid: u32, within: Duration) -> Outcome<Self> {
        let id = screen.until("a window of the program", within, || {
            for id in screen.numbers(screen.root, screen.atoms._NET_CLIENT_LIST)? {
                if screen.numbers(id, screen.atoms._NET_WM_PID)?.first() == Some(&pid) {
                    return Ok(Some(id));
                }
            }
            Ok(None)
        })?;
        screen.watch(id)?;
        Ok(Self { screen: Rc::clone(screen), id })
    }

    /// Where it is on the screen, without its frame.
    pub fn area(&self) -> Outcome<Area> {
        let connection = &self.screen.connection;
        let size = connection.get_geometry(self.id).doing("window")?.reply().doing("window")?;
        let corner = connection
            .translate_coordinates(self.id, self.screen.root, 0, 0)
            .doing("window")?
            .reply()
            .doing("window")?;
        Ok(Area::new(
            usize::try_from(corner.dst_x).doing("the window is outside of the screen")?,
            usize::try_from(corner.dst_y).doing("the window is outside of the screen")?,
            size.width.into(),
            size.height.into(),
        ))
    }

    /// Moves it (its frame) to a place on the screen and gives it a size (without the frame).
    pub fn place(&self, x: u32, y: u32, width: u32, height: u32) -> Outcome {
        let corner = |at: u32| i32::try_from(at).doing("a place on the screen");
        let wanted = ConfigureWindowAux::new().x(corner(x)?).y(corner(y)?).width(width).height(height);
        self.screen.connection.configure_window(self.id, &wanted).doing("placing the window")?;
        self.screen.flush()?;
        self.screen.until("the place of the window", MANAGER, || {
            let area = self.area()?;
            let is_near = |is: usize, wanted: u32| is.abs_diff(wanted as usize) < NEAR;
            let corner = is_near(area.x, x) && is_near(area.y, y);
            Ok((corner && is_near(area.width, width) && is_near(area.height, height)).then_some(()))
        })
    }

    /// Brings it to the front with the keyboard on it.
    pub fn activate(&self) -> Outcome {
        let screen = &self.screen;
        if self.is_active()? {
            return Ok(());
        }
        // 2: on behalf of the user.
        screen.ask_manager(self.id, screen.atoms._NET_ACTIVE_WINDOW, [2, 0, 0, 0, 0])?;
        self.until_active()
    }

    /// Waits until it has come to the front with the keyboard on it.
    pub fn until_active(&self) -> Outcome {
        self.screen.until("the keyboard on the window", MANAGER, || Ok(self.is_active()?.then_some(())))
    }

    fn is_active(&self) -> Outcome<bool> {
        let screen = &self.screen;
        let connection = &screen.connection;
        let active = screen.numbers(screen.root, screen.atoms._NET_ACTIVE_WINDOW)?.first() == Some(&self.id);
        let focus = connection.get_input_focus().doing("focus")?.reply().doing("focus")?.focus;
        Ok(active && focus == self.id)
    }

    /// Asks it to close, as its close button does.
    pub fn close(&self) -> Outcome {
        self.screen.ask_manager(self.id, self.screen.atoms._NET_CLOSE_WINDOW, [0, 2, 0, 0, 0])
    }

    /// Its title.
    pub fn title(&self) -> Outcome<String> {
        self.screen.title(self.id)
    }

    /// Types a text into it.
    pub fn text(&self, text: &str) -> Outcome {
        self.activate()?;
        self.screen.keyboard.borrow_mut().text(&self.screen.connection, text)
    }

    /// Presses keys, one chord after the other: `["ctrl+k", "Return"]`.
    pub fn keys(&self, chords: &[&str]) -> Outcome {
        self.activate()?;
        for chord in chords {
            self.screen.keyboard.borrow_mut().chord(&self.screen.connection, chord)?;
        }
        Ok(())
    }

    /// Moves the pointer to a place in it.
    pub fn point(&self, x: usize, y: usize) -> Outcome {
        let area = self.area()?;
        let x = i16::try_from(area.x + x).doing("pointer")?;
        let y = i16::try_from(area.y + y).doing("pointer")?;
        let screen = &self.screen;
        xtest::fake_input(&*screen.connection, MOTION_NOTIFY_EVENT, 0, 0, screen.root, x, y, 0)
            .doing("pointer")?;
        screen.flush()
    }

    /// Clicks at a place in it: button 1 left, 3 right, 4 and 5 the wheel.
    pub fn click(&self, x: usize, y: usize, button: u8) -> Outcome {
        self.activate()?;
        self.point(x, y)?;
        self.button(button, true, CLICK)?;
        self.button(button, false, CLICK)
    }

    /// Presses a button where the pointer is, or lets go of it, after so many milliseconds.
    pub fn button(&self, button: u8, down: bool, after: u32) -> Outcome {
        let kind = if down { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT };
        xtest::fake_input(&*self.screen.connection, kind, button, after, x11rb::NONE, 0, 0, 0)
            .doing("pointer")?;
        self.screen.flush()
    }

    /// A picture of it. It has to be on the screen and uncovered.
    pub fn shot(&self) -> Outcome<Shot> {
        self.screen.shot(Some(self.area()?))
    }

    /// A picture of a part of it.
    pub fn shot_of(&self, part: Area) -> Outcome<Shot> {
        let all = self.area()?;
        self.screen.shot(Some(Area::new(all.x + part.x, all.y + part.y, part.width, part.height)))
    }

    /// How often something was drawn in it so far.
    pub fn drawn(&self) -> Outcome<u64> {
        self.screen.drawn(self.id)
    }

    /// When something was drawn in it, from now until then.
    pub fn drawings_until(&self, end: Instant) -> Outcome<Vec<Instant>> {
        self.screen.drawings_until(self.id, end)
    }

    /// Waits until something is drawn in it at all.
    pub fn until_drawn(&self, within: Duration) -> Outcome {
        self.until("a drawn window", within, |window| {
            let shot = window.shot()?;
            Ok(shot.check_drawn("window", shot.area()).is_ok())
        })
    }

    /// Waits until something holds; asked again after everything that is drawn in it.
    pub fn until(&self, what: &str, within: Duration, ready: impl Fn(&Self) -> Outcome<bool>) -> Outcome {
        self.screen.until(what, within, || Ok(ready(self)?.then_some(())))
    }

    /// Waits until something has been drawn in it since a moment, at most until another one.
    pub(super) fn until_drawn_since(&self, since: Instant, until: Instant) -> Outcome {
        self.screen.until_drawn_since(self.id, since, until)
    }

    /// Waits until nothing has been drawn in it for `quiet` (a blinking caret draws twice a second).
    pub fn until_quiet(&self, quiet: Duration, within: Duration) -> Outcome {
        self.screen.until_quiet(self.id, quiet, within)
    }
}
