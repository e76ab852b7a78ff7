//! The connection to the X server: its events, its pictures, its input.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        damage::{self, ConnectionExt as _, ReportLevel},
        xproto::{
            Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, EventMask,
            ImageFormat, Window as Id,
        },
    },
    rust_connection::RustConnection,
};

use super::{
    keyboard::Keyboard,
    shot::{Area, Shot},
};
use crate::failure::{Failure, Outcome, While};

x11rb::atom_manager! {
    /// The names in which window managers and programs talk.
    pub(super) Atoms: AtomsCookie {
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLOSE_WINDOW,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_PID,
        UTF8_STRING,
    }
}

/// The colour of the desktop behind the windows.
const BACKGROUND: u32 = 0x0041_5A80;

pub(super) struct Screen {
    pub(super) connection: Arc<RustConnection>,
    pub(super) root: Id,
    pub(super) atoms: Atoms,
    pub(super) keyboard: RefCell<Keyboard>,
    /// With the moments at which they came.
    events: Receiver<(Instant, Event)>,
    drawings: RefCell<HashMap<Id, Drawing>>,
    /// How often anything was drawn at all.
    drawn: Cell<u64>,
}

/// What is known of the drawing on one window.
struct Drawing {
    last: Instant,
    count: u64,
}

impl Screen {
    pub(super) fn open(display: &str) -> Outcome<Self> {
        let (connection, number) =
            RustConnection::connect(Some(display)).doing("connecting to the X server")?;
        let root = connection.setup().roots.get(number).doing("the X server has no screen")?.root;
        let atoms = Atoms::new(&connection).doing("names")?.reply().doing("names")?;
        connection.damage_query_version(1, 1).doing("DAMAGE")?.reply().doing("DAMAGE")?;
        let watch = ChangeWindowAttributesAux::new()
            .event_mask(EventMask::PROPERTY_CHANGE)
            .background_pixel(BACKGROUND);
        connection
            .change_window_attributes(root, &watch)
            .doing("watching the screen")?
            .check()
            .doing("watching")?;
        connection.clear_area(false, root, 0, 0, 0, 0).doing("the background")?;
        let keyboard = RefCell::new(Keyboard::read(&connection)?);

        let connection = Arc::new(connection);
        let (sender, events) = mpsc::channel();
        let reader = Arc::clone(&connection);
        // Ends with the X server, or when nobody listens any more.
        thread::spawn(move || {
            while let Ok(event) = reader.wait_for_event() {
                if let Event::DamageNotify(notice) = &event {
                    // Makes the server tell of the next drawing as well. It fails with the connection.
                    let _ = reader.damage_subtract(notice.damage, x11rb::NONE, x11rb::NONE);
                    let _ = reader.flush();
                }
                if sender.send((Instant::now(), event)).is_err() {
                    break;
                }
            }
        });
        let drawings = RefCell::default();
        Ok(Self { connection, root, atoms, keyboard, events, drawings, drawn: Cell::new(0) })
    }

    /// Waits until `ready` gives something. It is asked again after each event of the X server.
    pub(super) fn until<T>(
        &self,
        what: &str,
        within: Duration,
        mut ready: impl FnMut() -> Outcome<Option<T>>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(found) = ready()? {
                return Ok(found);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.event(left)? {
                // One last look: the last event may have been lost between asking and waiting.
                return ready()?.doing(format_args!("{what} did not happen within {within:?}"));
            }
        }
    }

    /// Waits until something has been drawn on `window` since a moment, at most until another one.
    pub(super) fn until_drawn_since(&self, window: Id, since: Instant, until: Instant) -> Outcome {
        while self.event(Duration::ZERO)? {}
        loop {
            let drawn = self.drawings.borrow().get(&window).is_some_and(|drawing| drawing.last >= since);
            let left = until.saturating_duration_since(Instant::now());
            if drawn || left.is_zero() {
                return Ok(());
            }
            self.event(left)?;
        }
    }

    /// Waits until nothing has been drawn on `window` for `quiet`.
    pub(super) fn until_quiet(&self, window: Id, quiet: Duration, within: Duration) -> Outcome {
        let deadline = Instant::now() + within;
        let start = Instant::now();
        loop {
            let last = self.drawings.borrow().get(&window).map_or(start, |drawing| drawing.last.max(start));
            let still = quiet.saturating_sub(last.elapsed());
            if still.is_zero() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(Failure::new(format!("the window went on drawing for {within:?}")));
            }
            self.event(still)?;
        }
    }

    /// When something was drawn on `window`, from now until `end`.
    pub(super) fn drawings_until(&self, window: Id, end: Instant) -> Outcome<Vec<Instant>> {
        let mut times = Vec::new();
        let mut known = self.drawings.borrow().get(&window).map_or(0, |drawing| drawing.count);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(times);
            }
            self.event(left)?;
            if let Some(drawing) = self.drawings.borrow().get(&window).filter(|it| it.count != known) {
                known = drawing.count;
                times.push(drawing.last);
            }
        }
    }

    /// How often something was drawn on `window` since it is watched.
    pub(super) fn drawn(&self, window: Id) -> Outcome<u64> {
        while self.event(Duration::ZERO)? {}
        Ok(self.drawings.borrow().get(&window).map_or(0, |drawing| drawing.count))
    }

    /// Takes in the next event, and all that have come with it. False when none came in time.
    fn event(&self, within: Duration) -> Outcome<bool> {
        match self.events.recv_timeout(within) {
            Ok((when, event)) => self.take_in(when, &event),
            Err(RecvTimeoutError::Timeout) => return Ok(false),
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::new("the X server is gone")),
        }
        while let Ok((when, event)) = self.events.try_recv() {
            self.take_in(when, &event);
        }
        Ok(true)
    }

    fn take_in(&self, when: Instant, event: &Event) {
        if let Event::DamageNotify(notice) = event {
            let mut drawings = self.drawings.borrow_mut();
            let drawing = drawings.entry(notice.drawable).or_insert(Drawing { last: when, count: 0 });
            drawing.last = when;
            drawing.count += 1;
            self.drawn.set(self.drawn.get() + 1);
        }
    }

    /// Starts to watch a window: its drawing, title, size and end.
    pub(super) fn watch(&self, window: Id) -> Outcome {
        let mask = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY | EventMask::FOCUS_CHANGE;
        let watch = ChangeWindowAttributesAux::new().event_mask(mask);
        self.connection
            .change_window_attributes(window, &watch)
            .doing("watching")?
            .check()
            .doing("watching")?;
        let damage = self.connection.generate_id().doing("DAMAGE")?;
        damage::create(&*self.connection, damage, window, ReportLevel::NON_EMPTY)
            .doing("DAMAGE")?
            .check()
            .doing("DAMAGE")
    }

    pub(super) fn flush(&self) -> Outcome {
        self.connection.flush().doing("sending to the X server")
    }

    /// Waits for a window manager to have taken over the screen.
    pub(super) fn wait_for_manager(&self, within: Duration) -> Outcome {
        self.until("a window manager", within, || {
            Ok(self.numbers(self.root, self.atoms._NET_SUPPORTING_WM_CHECK)?.first().map(|_| ()))
        })
    }

    /// The numbers in a property of a window; none when it has none.
    pub(super) fn numbers(&self, window: Id, property: Atom) -> Outcome<Vec<u32>> {
        let reply = self
            .connection
            .get_property(false, window, property, AtomEnum::ANY, 0, 4096)
            .doing("reading a property")?
            .reply();
        // A window that is just going away has no properties.
        Ok(reply.ok().and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default())
    }

    /// The title of a window.
    pub(super) fn title(&self, window: Id) -> Outcome<String> {
        let reply = self
            .connection
            .get_property(false, window, self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING, 0, 4096)
            .doing("reading a title")?
            .reply()
            .doing("reading a title")?;
        Ok(String::from_utf8_lossy(&reply.value).into_owned())
    }

    /// Asks the window manager for something about a window.
    pub(super) fn ask_manager(&self, window: Id, what: Atom, data: [u32; 5]) -> Outcome {
        let message = ClientMessageEvent::new(32, window, what, data);
        let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, to, message).doing("asking the window manager")?;
        self.flush()
    }

    /// A picture of a part of the screen, as far as it is on it, or of all of it.
    pub(super) fn shot(&self, area: Option<Area>) -> Outcome<Shot> {
        let geometry = self.connection.get_geometry(self.root).doing("picture")?.reply().doing("picture")?;
        let all = Area::new(0, 0, geometry.width.into(), geometry.height.into());
        let mut area = area.unwrap_or(all);
        area.width = area.width.min(all.width.saturating_sub(area.x));
        area.height = area.height.min(all.height.saturating_sub(area.y));
        let x = i16::try_from(area.x).doing("picture")?;
        let y = i16::try_from(area.y).doing("picture")?;
        let width = u16::try_from(area.width).doing("picture")?;
        let height = u16::try_from(area.height).doing("picture")?;
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX)
            .doing("picture")?
            .reply()
            .doing("picture (is the window outside of the screen?)")?;
        Ok(Shot::from_bgrx(area.width, area.height, &image.data))
    }
}
