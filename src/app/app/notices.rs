//! Desktop notifications: what the account tells becomes notifications, and clicks lead back into the app.

use hallway_client::Event;
use hallway_client::do_not_disturb::is_silent;
use iced::{Task, window};

use super::{App, Message, Stage};
use crate::notice::desk::About;
use crate::notice::{self, Notices, SETTLED, Scene};

impl App {
    /// Announces what is to be announced, and takes back what is so no longer.
    pub(super) fn announce(&mut self, events: &[Event]) -> Task<Message> {
        let number = self.sessions;
        let waits = events.iter().filter_map(|event| match event {
            Event::MessageReceived(messages) => {
                self.with_notices(|all, scene| all.received(messages, scene))?
            }
            Event::MessageRevoked(messages) => {
                self.with_notices(|all, _| all.recalled(messages));
                None
            }
            Event::ConversationListUpdated(_) => {
                self.with_notices(|all, scene| all.changed(scene.list));
                None
            }
            _ => None,
        });
        let last = waits.last();
        last.map_or_else(Task::none, |wait| {
            Task::perform(tokio::time::sleep(SETTLED), move |()| Message::Settled(number, wait))
        })
    }

    /// Nothing more comes of what was missed.
    pub(super) fn settled(&mut self, number: u64, wait: u64) -> Task<Message> {
        if number == self.sessions {
            self.with_notices(|all, scene| all.settled(wait, scene));
        }
        Task::none()
    }

    /// A notification was clicked: its message is shown.
    pub(super) fn clicked(&mut self, about: &About) -> Task<Message> {
        let front = Task::batch([window::minimize(self.window, false), window::gain_focus(self.window)]);
        let Stage::In(session) = &mut self.stage else { return front };
        let Some(target) = session.notices.clicked(about) else { return front };
        let (id, place) = (target.conversation_id, target.sequence);
        session.client.notification_clicked(id.clone(), place, target.extension);
        Task::batch([front, self.show_message(id, place)])
    }

    /// The person chose what is announced.
    pub(super) fn choose_notices(&mut self, choice: notice::Choice) {
        // What is shown already would keep its words.
        let hides = self.settings.notices.previews && !choice.previews;
        self.settings.notices = choice;
        if !choice.enabled || hides {
            self.with_notices(|all, _| drop(all.clear()));
        }
    }

    fn with_notices<T>(&mut self, act: impl FnOnce(&mut Notices, Scene<'_>) -> T) -> Option<T> {
        let Stage::In(session) = &mut self.stage else { return None };
        let now = session.client.get_server_time() / 1000;
        // By this computer's clock, as the crescent is.
        let clock = session.context.clock.now();
        // Where the deployment has switched it off, it is never in force.
        let dnd = session.client.get_all_receive_message_opt().is_ok_and(|opt| is_silent(&opt, clock));
        let scene = Scene {
            me: &session.context.me.user_id,
            list: session.chats.list(),
            focused: self.focused,
            view: session.chats.in_view().filter(|_| self.page.is_none()),
            choice: self.settings.notices,
            dnd,
            now,
        };
        Some(act(&mut session.notices, scene))
    }
}
