//! The way to the desktop's notifications: wishes go in, what the person does with them comes out.
//!
//! [`Desk`] never waits and never fails: a desktop without notifications is no error of the app. Behind it one
//! task talks to the desktop, in order.

use hallway_protocol::ConversationId;
use iced::futures::Stream;
use iced::futures::channel::{mpsc, oneshot};

use super::words::Words;

/// Whether this build can talk to its desktop.
pub const SUPPORTED: bool = cfg!(all(unix, not(target_os = "macos")));

/// What a notification is about. There is one at a time about the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum About {
    /// A conversation.
    Conversation(ConversationId),
    /// Several conversations at once.
    Everything,
}

/// A wish.
#[derive(Debug)]
pub enum Wish {
    /// Show this, in place of what was shown about the same.
    Show(About, Words),
    /// Take it away again.
    Withdraw(About),
    /// Take everything away; the other end is dropped when that is done.
    Clear(oneshot::Sender<()>),
}

/// Where wishes go in.
#[derive(Debug, Clone)]
pub struct Desk(mpsc::UnboundedSender<Wish>);

/// Where they come out.
pub type Wishes = mpsc::UnboundedReceiver<Wish>;

impl Desk {
    /// Both ends.
    pub fn new() -> (Self, Wishes) {
        let (desk, wishes) = mpsc::unbounded();
        (Self(desk), wishes)
    }

    pub(super) fn wish(&self, wish: Wish) {
        // Nobody listens any more when the program ends.
        let _ = self.0.unbounded_send(wish);
    }

    /// Takes everything away; answers when that is done.
    pub fn clear(&self) -> impl Future<Output = ()> + use<> {
        let (done, wait) = oneshot::channel();
        self.wish(Wish::Clear(done));
        async move {
            let _ = wait.await;
        }
    }
}

/// Fulfils wishes for as long as there are any, and tells what the person clicked.
pub fn serve(wishes: Wishes) -> impl Stream<Item = About> {
    iced::stream::channel(16, async move |clicked| {
        #[cfg(all(unix, not(target_os = "macos")))]
        super::freedesktop::serve(wishes, clicked).await;
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        drop((wishes, clicked));
    })
}
