//! Drives a view without a display: for tests of widgets and screens (feature `harness`).
//!
//! One [`Harness`] holds an application state with its `update` and `view`, keeps the state of the widgets
//! between updates, runs tasks on tokio, and draws with the software renderer and the embedded fonts.
//! It has a clipboard, modifiers, wheel, drag, input-method events and PNG output at any scale, and
//! measures what each step takes.
//!
//! ```ignore
//! let mut h = Harness::new(Counter::default(), Counter::update, Counter::view, (400.0, 300.0));
//! h.click(named("Add"));
//! assert!(h.has_text("1"));
//! h.png("target/shots/counter.png", 1.0);
//! ```
//!
//! A panic or a failed step is a failed test, so this module unwraps.

use std::path::Path;
use std::time::{Duration, Instant};

use iced::advanced::renderer::{self, Headless};
use iced::advanced::widget::operation;
use iced::advanced::{InputMethod, clipboard, input_method};
use iced::futures::StreamExt;
use iced::keyboard::{self, Key, Modifiers, key};
use iced::theme::Base;
use iced::{Event, Pixels, Point, Rectangle, Size, Task, mouse, window};
use iced_runtime::user_interface::{self, UserInterface};
use iced_runtime::{Action, task};
use iced_selector::{Bounded, Candidate, Selector};

use crate::theme::{Appearance, Theme, font, tokens};
use crate::widget::Element;
use crate::widget::access::Node;

mod find;
mod picture;

pub use find::{Containing, Named, Place, containing, focused, named, role};
pub use iced_selector as selector;
pub use picture::Picture;

/// How far ahead [`Harness::settle`] looks.
const SOON: Duration = Duration::from_millis(100);

/// A clipboard in memory.
#[derive(Debug, Default)]
pub struct Clipboard {
    /// What was copied last.
    pub text: Option<String>,
}

impl iced::advanced::Clipboard for Clipboard {
    fn read(&self, _: clipboard::Kind) -> Option<String> {
        self.text.clone()
    }

    fn write(&mut self, _: clipboard::Kind, contents: String) {
        self.text = Some(contents);
    }
}

/// How long the last step of each kind took.
#[derive(Debug, Default, Clone, Copy)]
pub struct Times {
    /// Calling `view`.
    pub view: Duration,
    /// Comparing with the previous tree, and layout.
    pub layout: Duration,
    /// Handing one event to the widgets (with the layout it asked for).
    pub update: Duration,
    /// Recording what is to be drawn.
    pub draw: Duration,
    /// Painting it.
    pub raster: Duration,
}

type Update<S, M> = Box<dyn FnMut(&mut S, M) -> Task<M>>;
type View<S, M> = Box<dyn for<'a> Fn(&'a S) -> Element<'a, M>>;

/// A view under test.
pub struct Harness<S, M: Send + 'static> {
    /// The state of the application.
    pub state: S,
    /// The theme it is drawn in.
    pub theme: Theme,
    /// The pointer.
    pub cursor: mouse::Cursor,
    /// The clipboard.
    pub clipboard: Clipboard,
    /// The redraw the widgets asked for last.
    pub redraw: window::RedrawRequest,
    /// What the focused input wants from the input method.
    pub input_method: InputMethod,
    /// The pointer shape the widgets asked for.
    pub interaction: mouse::Interaction,
    /// How long things took.
    pub times: Times,
    /// Events that no widget took, newest last (what subscriptions would act on).
    pub ignored: Vec<Event>,
    update: Update<S, M>,
    view: View<S, M>,
    size: Size,
    ahead: Instant,
    cache: Option<user_interface::Cache>,
    renderer: iced::Renderer,
    runtime: tokio::runtime::Runtime,
}

impl<S, M: Send + 'static> Harness<S, M> {
    /// A window of `size` logical pixels showing `view`.
    pub fn new(
        state: S,
        update: impl FnMut(&mut S, M) -> Task<M> + 'static,
        view: impl for<'a> Fn(&'a S) -> Element<'a, M> + 'static,
        size: impl Into<Size>,
    ) -> Self {
        font::prepare();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let renderer = runtime
            .block_on(<iced::Renderer as Headless>::new(
                font::TEXT,
                Pixels(tokens::BODY.size),
                Some("tiny-skia"),
            ))
            .expect("the software renderer is always there");
        let mut harness = Self {
            state,
            theme: Theme::new(Appearance::Light),
            cursor: mouse::Cursor::Unavailable,
            clipboard: Clipboard::default(),
            redraw: window::RedrawRequest::Wait,
            input_method: InputMethod::Disabled,
            interaction: mouse::Interaction::None,
            times: Times::default(),
            ignored: Vec::new(),
            update: Box::new(update),
            view: Box::new(view),
            size: size.into(),
            ahead: Instant::now(),
            cache: Some(user_interface::Cache::default()),
            renderer,
            runtime,
        };
        harness.settle();
        harness
    }

    /// Changes the appearance.
    pub fn appearance(&mut self, appearance: Appearance) {
        self.theme = Theme::new(appearance);
        self.settle();
    }

    /// Changes the size of the window.
    pub fn resize(&mut self, size: impl Into<Size>) {
        self.size = size.into();
        self.events(&[Event::Window(window::Event::Resized(self.size))]);
        self.settle();
    }

    /// The size of the window in logical pixels.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Builds the interface, hands it to `work`, and keeps the widget state.
    fn with_ui<T>(
        &mut self,
        work: impl FnOnce(
            &mut UserInterface<'_, M, Theme, iced::Renderer>,
            &mut iced::Renderer,
            &mut Clipboard,
            &mut Times,
        ) -> T,
    ) -> T {
        let cache = self.cache.take().expect("not nested");
        let start = Instant::now();
        let root = (self.view)(&self.state);
        self.times.view = start.elapsed();
        let start = Instant::now();
        let mut ui = UserInterface::build(root, self.size, cache, &mut self.renderer);
        self.times.layout = start.elapsed();
        let result = work(&mut ui, &mut self.renderer, &mut self.clipboard, &mut self.times);
        self.cache = Some(ui.into_cache());
        result
    }

    /// Hands events to the widgets one by one in one pass, then runs `update` and tasks for what they
    /// produced. Returns the number of messages.
    pub fn events(&mut self, events: &[Event]) -> usize {
        let mut messages = Vec::new();
        for event in events {
            if let Event::Mouse(mouse::Event::CursorMoved { position }) = event {
                self.cursor = mouse::Cursor::Available(*position);
            }
            if matches!(event, Event::Mouse(mouse::Event::CursorLeft)) {
                self.cursor = mouse::Cursor::Unavailable;
            }
        }
        let cursor = self.cursor;
        let (states, ignored) = self.with_ui(|ui, renderer, clipboard, times| {
            let mut states = Vec::new();
            let mut ignored = Vec::new();
            for event in events {
                let start = Instant::now();
                let (state, statuses) =
                    ui.update(std::slice::from_ref(event), cursor, renderer, clipboard, &mut messages);
                times.update = start.elapsed();
                if statuses.contains(&iced::event::Status::Ignored) {
                    ignored.push(event.clone());
                }
                states.push(state);
            }
            (states, ignored)
        });
        self.ignored.extend(ignored.into_iter().filter(|e| !matches!(e, Event::Window(_))));
        for state in states {
            if let user_interface::State::Updated {
                redraw_request, input_method, mouse_interaction, ..
            } = state
            {
                self.redraw = redraw_request;
                self.interaction = mouse_interaction;
                if let InputMethod::Enabled { .. } = input_method {
                    self.input_method = input_method;
                }
            }
        }
        let count = messages.len();
        for message in messages {
            self.message(message);
        }
        count
    }

    /// Runs `update` with a message, then the task it returns.
    pub fn message(&mut self, message: M) {
        let task = (self.update)(&mut self.state, message);
        self.run(task);
    }

    /// Runs a task to its end (each step at most five seconds).
    pub fn run(&mut self, task: Task<M>) {
        let Some(mut actions) = task::into_stream(task) else { return };
        loop {
            let next = self.runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(5), actions.next()).await.ok().flatten()
            });
            match next {
                None => break,
                Some(Action::Output(message)) => self.message(message),
                Some(Action::Widget(operation)) => self.operate(operation),
                Some(Action::Clipboard(action)) => match action {
                    iced_runtime::clipboard::Action::Write { contents, .. } => {
                        self.clipboard.text = Some(contents);
                    }
                    iced_runtime::clipboard::Action::Read { channel, .. } => {
                        let _ = channel.send(self.clipboard.text.clone());
                    }
                },
                Some(_) => {}
            }
        }
    }

    /// Runs a widget operation and everything it chains.
    pub fn operate(&mut self, operation: Box<dyn operation::Operation>) {
        self.with_ui(|ui, renderer, _, _| {
            let mut next = Some(operation);
            while let Some(mut current) = next.take() {
                ui.operate(renderer, current.as_mut());
                if let operation::Outcome::Chain(chained) = current.finish() {
                    next = Some(chained);
                }
            }
        });
    }

    /// The first thing the selector accepts.
    pub fn find<T: Selector + Send>(&mut self, selector: T) -> Option<T::Output>
    where
        T::Output: Clone + Send,
    {
        let mut find = selector.find();
        self.with_ui(|ui, renderer, _, _| ui.operate(renderer, &mut operation::black_box(&mut find)));
        match operation::Operation::finish(&find) {
            operation::Outcome::Some(found) => found,
            _ => None,
        }
    }

    /// Everything the selector accepts, in tree order.
    pub fn find_all<T: Selector + Send>(&mut self, selector: T) -> Vec<T::Output>
    where
        T::Output: Clone + Send,
    {
        let mut find = selector.find_all();
        self.with_ui(|ui, renderer, _, _| ui.operate(renderer, &mut operation::black_box(&mut find)));
        match operation::Operation::finish(&find) {
            operation::Outcome::Some(found) => found,
            _ => Vec::new(),
        }
    }

    /// Whether some text on screen contains `part`.
    pub fn has_text(&mut self, part: &str) -> bool {
        self.find(containing(part)).is_some()
    }

    /// All texts on screen, in tree order.
    pub fn texts(&mut self) -> Vec<String> {
        self.find_all(|candidate: Candidate<'_>| match candidate {
            Candidate::Text { content, visible_bounds: Some(_), .. } => Some(content.to_owned()),
            _ => None,
        })
    }

    /// Role, name and place of everything that says what it is, in tree order.
    pub fn nodes(&mut self) -> Vec<(Node, Rectangle)> {
        self.find_all(|candidate: Candidate<'_>| match candidate {
            Candidate::Custom { state, bounds, .. } => {
                state.downcast_ref::<Node>().map(|node| (node.clone(), bounds))
            }
            _ => None,
        })
    }

    /// Draws a frame; returns the number of messages it produced.
    pub fn frame(&mut self) -> usize {
        self.frame_at(self.now())
    }

    /// The time of the next frame: never before one that was drawn ahead of time.
    fn now(&self) -> Instant {
        self.ahead.max(Instant::now())
    }

    /// Draws a frame as if it were `now`.
    pub fn frame_at(&mut self, now: Instant) -> usize {
        self.events(&[Event::Window(window::Event::RedrawRequested(now))])
    }

    /// Draws frames until they produce no more messages and ask for no next frame (animations get twenty).
    /// A frame that is asked for within a tenth of a second is drawn as if it were that time already.
    pub fn settle(&mut self) {
        let mut still = 0;
        for _ in 0..100 {
            let messages = self.frame();
            still = if messages == 0 { still + 1 } else { 0 };
            let waits = match self.redraw {
                window::RedrawRequest::NextFrame => false,
                window::RedrawRequest::At(time) if time <= self.now() + SOON => {
                    self.ahead = time;
                    false
                }
                window::RedrawRequest::At(_) | window::RedrawRequest::Wait => true,
            };
            if (still > 0 && waits) || still > 20 {
                return;
            }
        }
        panic!("the view never comes to rest");
    }

    /// Moves the pointer.
    pub fn point(&mut self, at: impl Into<Point>) {
        let position = at.into();
        self.events(&[Event::Mouse(mouse::Event::CursorMoved { position })]);
    }

    /// Presses and releases the left button at a point.
    pub fn click_at(&mut self, at: impl Into<Point>) {
        self.press_at(at, mouse::Button::Left);
    }

    /// Presses and releases the right button at a point.
    pub fn right_click_at(&mut self, at: impl Into<Point>) {
        self.press_at(at, mouse::Button::Right);
    }

    fn press_at(&mut self, at: impl Into<Point>, button: mouse::Button) {
        self.point(at);
        self.events(&[Event::Mouse(mouse::Event::ButtonPressed(button))]);
        self.events(&[Event::Mouse(mouse::Event::ButtonReleased(button))]);
        self.settle();
    }

    /// The visible place of what the selector finds.
    ///
    /// Panics when there is none.
    pub fn place<T: Selector + Send>(&mut self, selector: T) -> Rectangle
    where
        T::Output: Bounded + Clone + Send,
    {
        let what = selector.description();
        match self.find(selector) {
            Some(found) => found.visible_bounds().unwrap_or_else(|| panic!("{what} is not visible")),
            None => panic!("no {what} among {:?} and {:?}", self.texts(), self.nodes()),
        }
    }

    /// Clicks the middle of what the selector finds; panics when there is none.
    pub fn click<T: Selector + Send>(&mut self, selector: T)
    where
        T::Output: Bounded + Clone + Send,
    {
        let place = self.place(selector);
        self.click_at(place.center());
    }

    /// Right-clicks the middle of what the selector finds; panics when there is none.
    pub fn right_click<T: Selector + Send>(&mut self, selector: T)
    where
        T::Output: Bounded + Clone + Send,
    {
        let place = self.place(selector);
        self.right_click_at(place.center());
    }

    /// Drags with the left button.
    pub fn drag(&mut self, from: impl Into<Point>, to: impl Into<Point>) {
        self.point(from);
        self.events(&[Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))]);
        self.point(to);
        self.events(&[Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))]);
        self.settle();
    }

    /// Turns the wheel at a point; positive is up.
    pub fn wheel(&mut self, at: impl Into<Point>, lines: f32) {
        self.scroll(at, mouse::ScrollDelta::Lines { x: 0.0, y: lines });
    }

    /// Scrolls like a touchpad; positive is up.
    pub fn wheel_pixels(&mut self, at: impl Into<Point>, pixels: f32) {
        self.scroll(at, mouse::ScrollDelta::Pixels { x: 0.0, y: pixels });
    }

    fn scroll(&mut self, at: impl Into<Point>, delta: mouse::ScrollDelta) {
        self.point(at);
        self.events(&[Event::Mouse(mouse::Event::WheelScrolled { delta })]);
        self.settle();
    }

    /// Types characters, one key press each.
    pub fn typewrite(&mut self, text: &str) {
        for c in text.chars() {
            let key = Key::Character(c.to_string().into());
            self.press(key, Modifiers::empty(), Some(c.to_string()));
        }
    }

    /// Presses a named key.
    pub fn key(&mut self, named: key::Named, modifiers: Modifiers) {
        let text = match named {
            key::Named::Enter => Some("\r".to_owned()),
            key::Named::Space => Some(" ".to_owned()),
            key::Named::Tab => Some("\t".to_owned()),
            key::Named::Backspace => Some("\u{8}".to_owned()),
            key::Named::Escape => Some("\u{1b}".to_owned()),
            _ => None,
        };
        self.press(Key::Named(named), modifiers, text);
    }

    /// Presses a letter with modifiers (`h.chord("z", Modifiers::CTRL)`).
    pub fn chord(&mut self, letter: &str, modifiers: Modifiers) {
        self.press(Key::Character(letter.into()), modifiers, None);
    }

    fn press(&mut self, key: Key, modifiers: Modifiers, text: Option<String>) {
        self.events(&[Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers))]);
        self.events(&[Event::Keyboard(keyboard::Event::KeyPressed {
            key: key.clone(),
            modified_key: key.clone(),
            physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
            location: keyboard::Location::Standard,
            modifiers,
            text: text.map(Into::into),
            repeat: false,
        })]);
        self.events(&[Event::Keyboard(keyboard::Event::KeyReleased {
            key: key.clone(),
            modified_key: key,
            physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
            location: keyboard::Location::Standard,
            modifiers,
        })]);
        if !modifiers.is_empty() {
            self.events(&[Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::empty()))]);
        }
        self.settle();
    }

    /// The input method shows an unfinished word.
    pub fn preedit(&mut self, text: &str) {
        self.events(&[
            Event::InputMethod(input_method::Event::Opened),
            Event::InputMethod(input_method::Event::Preedit(text.to_owned(), Some(text.len()..text.len()))),
        ]);
        self.settle();
    }

    /// The input method delivers a finished word.
    pub fn commit(&mut self, text: &str) {
        self.events(&[
            Event::InputMethod(input_method::Event::Preedit(String::new(), None)),
            Event::InputMethod(input_method::Event::Commit(text.to_owned())),
        ]);
        self.settle();
    }

    /// A picture of the window at a scale factor.
    pub fn picture(&mut self, scale: f32) -> Picture {
        self.settle();
        let (theme, cursor, size, now) = (self.theme, self.cursor, self.size, self.now());
        let base = theme.base();
        let physical = Size::new((size.width * scale).round() as u32, (size.height * scale).round() as u32);
        let rgba = self.with_ui(|ui, renderer, clipboard, times| {
            let mut messages = Vec::new();
            let redraw = Event::Window(window::Event::RedrawRequested(now));
            let _ = ui.update(&[redraw], cursor, renderer, clipboard, &mut messages);
            let start = Instant::now();
            ui.draw(renderer, &theme, &renderer::Style { text_color: base.text_color }, cursor);
            times.draw = start.elapsed();
            let start = Instant::now();
            let rgba = renderer.screenshot(physical, scale, base.background_color);
            times.raster = start.elapsed();
            rgba
        });
        Picture { width: physical.width, height: physical.height, rgba }
    }

    /// Writes a picture of the window.
    pub fn png(&mut self, path: impl AsRef<Path>, scale: f32) {
        self.picture(scale).save(path);
    }
}
