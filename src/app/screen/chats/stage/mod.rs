//! An account in memory, and the screen on it: what the SDK does with calls, as far as views need it. For tests;
//! the real thing is proved against real servers elsewhere.
//!
//! `world`: the account; `parts`: what it answers to the parts of the screen that have messages of their own.

mod parts;
mod world;

use std::time::Duration;

use hallway_client::{Event, NetState};
use hallway_protocol::Limits;
use iced::{Size, Task};

use crate::clock::Clock;
use crate::harness::Harness;
use crate::screen::chats::{Call, Chats, Context, Effect, Message, sample};
use crate::theme::{Appearance, Theme};
use crate::widget::Element;
use crate::widget::layers::layers;

pub use self::world::{Room, World};

/// The screen on the account.
pub struct Stage {
    /// The screen.
    pub chats: Chats,
    /// Its account.
    pub world: World,
    /// The window of the record is looked at, not the main one.
    pub reading: bool,
    theme: Theme,
}

/// The screen in its harness.
pub type Screen = Harness<Stage, Message>;

impl Stage {
    /// The screen of Anna, with this conversation open.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(world: World, open: Option<&str>, size: (f32, f32)) -> Screen {
        let context = Context {
            me: sample::profile("anna"),
            workspace: "Acme".into(),
            limits: Limits::default(),
            services: Default::default(),
            clock: Clock::fixed(sample::NOW, 0),
            focused: true,
            size: Size::new(size.0, size.1),
        };
        let (chats, effects) = Chats::new(context, 300.0, false, None);
        let stage = Self { chats, world, reading: false, theme: Theme::new(Appearance::Light) };
        let mut screen = Harness::new(stage, Self::update, Self::view, size);
        screen.perform(effects);
        screen.event(&Event::NetStateChanged(NetState::Connected));
        if let Some(id) = open {
            screen.message(Message::Open(sample::conversation(id)));
        }
        screen.settle();
        screen
    }

    fn update(&mut self, message: Message) -> Task<Message> {
        let effects = self.chats.update(message);
        self.effects(effects)
    }

    fn effects(&mut self, effects: Vec<Effect>) -> Task<Message> {
        let mut tasks = Vec::new();
        for effect in effects {
            match effect {
                Effect::Call(call) => {
                    self.world.calls.push(call.clone());
                    let events = match self.world.part(&call) {
                        Some((task, events)) => {
                            tasks.push(task);
                            events
                        }
                        None => {
                            let (answer, events) = self.world.answer(call);
                            tasks.extend(answer.map(|answer| Task::done(Message::Answer(answer))));
                            events
                        }
                    };
                    for event in events {
                        let effects = self.chats.event(&event);
                        tasks.push(self.effects(effects));
                    }
                }
                Effect::Voice(order) => self.world.orders.push(order),
                Effect::After(wait, message) => self.world.timers.push((wait, *message)),
                Effect::Action(action) => self.world.actions.push(action),
                other => tasks.push(other.task()),
            }
        }
        Task::batch(tasks)
    }

    fn view(&self) -> Element<'_, Message> {
        if self.reading {
            let record = self.chats.record_view().unwrap_or_else(|| iced::widget::space().into());
            return layers(record).push_maybe(self.chats.record_layer()).into();
        }
        let root = layers(self.chats.view(&self.theme));
        self.chats.layers().into_iter().fold(root, |root, layer| root.push(layer)).into()
    }
}

/// What tests do with the screen besides what the harness offers.
pub trait Drive {
    /// Does what an update wants done.
    fn perform(&mut self, effects: Vec<Effect>);
    /// The account tells something.
    fn event(&mut self, event: &Event);
    /// The account changed by itself: everybody is told.
    fn told(&mut self, id: &str);
    /// So much time passes: what waits for less happens.
    fn pass(&mut self, time: Duration);
    /// In this appearance; texts carry their colours.
    fn dress(&mut self, appearance: Appearance);
    /// In a window of this size.
    fn size_to(&mut self, size: (f32, f32));
    /// The last call of a kind.
    fn last_call(&self, wanted: impl Fn(&Call) -> bool) -> Option<Call>;
    /// Does a named action.
    fn act(&mut self, action: crate::keymap::Action);
}

impl Drive for Screen {
    fn perform(&mut self, effects: Vec<Effect>) {
        let task = self.state.effects(effects);
        self.run(task);
        self.settle();
    }

    fn event(&mut self, event: &Event) {
        let effects = self.state.chats.event(event);
        self.perform(effects);
    }

    fn told(&mut self, id: &str) {
        if let Some(room) = self.state.world.rooms.get_mut(id) {
            room.settle();
        }
        let events = self.state.world.changed(&sample::conversation(id));
        for event in events {
            self.event(&event);
        }
    }

    fn pass(&mut self, time: Duration) {
        let (due, later) =
            std::mem::take(&mut self.state.world.timers).into_iter().partition(|(wait, _)| *wait <= time);
        self.state.world.timers = later;
        let due: Vec<(Duration, Message)> = due;
        for (_, message) in due {
            self.message(message);
        }
        self.settle();
    }

    fn dress(&mut self, appearance: Appearance) {
        self.state.theme = Theme::new(appearance);
        self.appearance(appearance);
    }

    fn size_to(&mut self, size: (f32, f32)) {
        self.state.chats.resized(Size::new(size.0, size.1));
        self.resize(size);
    }

    fn last_call(&self, wanted: impl Fn(&Call) -> bool) -> Option<Call> {
        self.state.world.calls.iter().rev().find(|call| wanted(call)).cloned()
    }

    fn act(&mut self, action: crate::keymap::Action) {
        let effects = self.state.chats.act_on(action).unwrap_or_default();
        self.perform(effects);
    }
}
