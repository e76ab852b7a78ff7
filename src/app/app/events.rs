//! Everything that comes to the app from outside its own widgets: the account, the window, keys, the desktop.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use hallway_client::{Client, Event};
use iced::futures::{SinkExt as _, Stream};
use iced::keyboard::{self, Key, Modifiers, key::Physical};
use iced::{Subscription, event, stream, window};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::Message;

/// Events of the account are gathered for a frame, so that a burst is drawn once.
const FRAME: Duration = Duration::from_millis(16);

/// What the account told within one frame.
#[derive(Debug, Clone)]
pub enum Told {
    /// In the order it happened.
    Events(Vec<Event>),
    /// More than could be kept: everything shown is to be read again.
    Lost,
}

/// A key that no widget took.
#[derive(Debug, Clone)]
pub struct Press {
    /// In which window.
    pub window: window::Id,
    /// Which.
    pub key: Key,
    /// Where it is on the keyboard.
    pub physical: Physical,
    /// What was held.
    pub modifiers: Modifiers,
    /// What it types.
    pub text: Option<String>,
}

/// The account of one session; another number is another account.
struct Account {
    client: Client,
    session: u64,
}

impl Hash for Account {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.session.hash(state);
    }
}

/// What the account tells.
pub fn account(client: &Client, session: u64) -> Subscription<Message> {
    Subscription::run_with(Account { client: client.clone(), session }, listen)
}

fn listen(account: &Account) -> impl Stream<Item = Message> + use<> {
    let (mut events, session) = (account.client.subscribe(), account.session);
    // What changed after the screen was made and before anybody listened would be missed otherwise.
    let net = account.client.net_state();
    stream::channel(16, async move |mut out| {
        let told = Told::Events(vec![Event::NetStateChanged(net)]);
        if out.send(Message::Told(session, told)).await.is_err() {
            return;
        }
        loop {
            let told = match events.recv().await {
                Err(RecvError::Closed) => break,
                Err(RecvError::Lagged(_)) => Told::Lost,
                Ok(first) => {
                    tokio::time::sleep(FRAME).await;
                    let mut gathered = vec![first];
                    loop {
                        match events.try_recv() {
                            Ok(event) => gathered.push(event),
                            Err(TryRecvError::Lagged(_)) => break Told::Lost,
                            Err(TryRecvError::Empty | TryRecvError::Closed) => {
                                break Told::Events(coalesce(gathered));
                            }
                        }
                    }
                }
            };
            if out.send(Message::Told(session, told)).await.is_err() {
                break;
            }
        }
    })
}

/// Of events that carry the whole state of something only the last one counts.
fn coalesce(events: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        match &event {
            Event::TimelineUpdated(id) => {
                out.retain(|other| !matches!(other, Event::TimelineUpdated(known) if known == id));
            }
            Event::ConversationListUpdated(_) => {
                out.retain(|other| !matches!(other, Event::ConversationListUpdated(_)));
            }
            Event::TotalUnreadUpdated(_) => {
                out.retain(|other| !matches!(other, Event::TotalUnreadUpdated(_)))
            }
            Event::GroupListUpdated(_) => out.retain(|other| !matches!(other, Event::GroupListUpdated(_))),
            Event::SyncProgress(_) => out.retain(|other| !matches!(other, Event::SyncProgress(_))),
            _ => {}
        }
        out.push(event);
    }
    out
}

/// What the window and the keyboard tell.
pub fn window() -> Subscription<Message> {
    event::listen_with(|event, status, window| match (event, status) {
        (iced::Event::Window(event), _) => match event {
            window::Event::Resized(_)
            | window::Event::Moved(_)
            | window::Event::Focused
            | window::Event::Unfocused
            | window::Event::FileHovered(_)
            | window::Event::FileDropped(_)
            | window::Event::FilesHoveredLeft
            | window::Event::CloseRequested => Some(Message::Window(window, event)),
            _ => None,
        },
        (
            iced::Event::Keyboard(keyboard::Event::KeyPressed { key, physical_key, modifiers, text, .. }),
            event::Status::Ignored,
        ) if !is_modifier(&key) => Some(Message::Press(Press {
            window,
            key,
            physical: physical_key,
            modifiers,
            text: text.map(|text| text.to_string()),
        })),
        _ => None,
    })
}

/// Keys that mean nothing by themselves: to hold one must not build and draw the window anew.
fn is_modifier(key: &Key) -> bool {
    use keyboard::key::Named::{Alt, AltGraph, CapsLock, Control, Fn, Meta, Shift, Super};
    matches!(key, Key::Named(Alt | AltGraph | CapsLock | Control | Fn | Meta | Shift | Super))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_state_counts() {
        let timeline = |id: &str| Event::TimelineUpdated(id.parse().unwrap());
        let events = vec![
            timeline("C2Ca"),
            Event::SyncProgress(9),
            timeline("C2Cb"),
            timeline("C2Ca"),
            Event::SdkReady,
            Event::SyncProgress(0),
        ];
        let names: Vec<String> = coalesce(events).iter().map(|event| format!("{event:?}")).collect();
        assert_eq!(
            names,
            [
                format!("{:?}", timeline("C2Cb")),
                format!("{:?}", timeline("C2Ca")),
                format!("{:?}", Event::SdkReady),
                format!("{:?}", Event::SyncProgress(0)),
            ]
        );
    }
}
