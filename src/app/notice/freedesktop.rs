//! Notifications of the free desktops: `org.freedesktop.Notifications` on the session bus.

use std::collections::HashMap;
use std::time::Duration;

use iced::futures::channel::mpsc;
use iced::futures::stream::{self, BoxStream};
use iced::futures::{SinkExt as _, StreamExt as _};
use zbus::zvariant::Value;

use super::desk::{About, Wish, Wishes};
use super::words::Words;
use crate::fl;

/// How long the desktop may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The name of the desktop entry and of the icon installed with it.
const NAME: &str = "hallway";
/// The action of a click on the notification itself.
const DEFAULT: &str = "default";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;

    #[allow(clippy::too_many_arguments, reason = "as the desktops have it")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;

    fn close_notification(&self, id: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;

    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// See [`super::desk::serve`].
pub async fn serve(mut wishes: Wishes, clicked: mpsc::Sender<About>) {
    let mut is_reported = false;
    // The bus is asked for with the first notification, not at the start.
    while let Some(wish) = wishes.next().await {
        if !matches!(wish, Wish::Show(..)) {
            continue;
        }
        match Bus::open().await {
            Ok(bus) => return bus.serve(wish, wishes, clicked).await,
            Err(error) if !is_reported => {
                tracing::info!(%error, "there are no notifications on this desktop");
                is_reported = true;
            }
            Err(_) => {}
        }
    }
}

/// What comes in.
enum Input {
    Wish(Wish),
    Click(u32),
    Closed(u32),
    /// The program that shows notifications is gone, and all of them with it.
    Lost,
}

struct Bus {
    proxy: NotificationsProxy<'static>,
    signals: BoxStream<'static, Input>,
    /// What is shown, by the number the desktop gave it.
    shown: HashMap<u32, About>,
    /// Whether bodies are read as markup; asked for once.
    markup: Option<bool>,
    is_reported: bool,
}

impl Bus {
    async fn open() -> zbus::Result<Self> {
        let bus = zbus::connection::Builder::session()?.method_timeout(PATIENCE).build().await?;
        let proxy = NotificationsProxy::new(&bus).await?;
        let clicks = proxy.receive_action_invoked().await?.filter_map(async |signal| {
            let args = signal.args().ok()?;
            (args.action_key == DEFAULT).then_some(Input::Click(args.id))
        });
        let closed = proxy.receive_notification_closed().await?;
        let closed = closed.filter_map(async |signal| Some(Input::Closed(signal.args().ok()?.id)));
        let owners = proxy.inner().receive_owner_changed().await?;
        let lost = owners.filter_map(async |owner| owner.is_none().then_some(Input::Lost));
        let signals = stream::select_all([clicks.boxed(), closed.boxed(), lost.boxed()]).boxed();
        Ok(Self { proxy, signals, shown: HashMap::new(), markup: None, is_reported: false })
    }

    async fn serve(mut self, first: Wish, wishes: Wishes, mut clicked: mpsc::Sender<About>) {
        let wishes = stream::iter([first]).chain(wishes).map(Input::Wish);
        let signals = std::mem::replace(&mut self.signals, stream::empty().boxed());
        let mut inputs = stream::select(wishes, signals);
        while let Some(input) = inputs.next().await {
            match input {
                Input::Wish(wish) => self.fulfil(wish).await,
                // Other programs' clicks are told to everybody too.
                Input::Click(id) => {
                    if let Some(about) = self.shown.get(&id)
                        && clicked.send(about.clone()).await.is_err()
                    {
                        break;
                    }
                }
                Input::Closed(id) => drop(self.shown.remove(&id)),
                Input::Lost => self.shown.clear(),
            }
        }
    }

    async fn fulfil(&mut self, wish: Wish) {
        let result = match wish {
            Wish::Show(about, words) => self.show(about, words).await,
            Wish::Withdraw(about) => match self.number_of(&about) {
                Some(id) => self.close(id).await,
                None => Ok(()),
            },
            Wish::Clear(_done) => {
                let mut result = Ok(());
                for id in self.shown.keys().copied().collect::<Vec<_>>() {
                    result = result.and(self.close(id).await);
                }
                result
            }
        };
        if let Err(error) = result
            && !std::mem::replace(&mut self.is_reported, true)
        {
            tracing::info!(%error, "the desktop shows no notifications");
        }
    }

    async fn show(&mut self, about: About, words: Words) -> zbus::Result<()> {
        let markup = match self.markup {
            Some(markup) => markup,
            None => {
                let can = self.proxy.get_capabilities().await?;
                *self.markup.insert(can.iter().any(|what| what == "body-markup"))
            }
        };
        let body = if markup { escaped(&words.body) } else { words.body };
        let before = self.number_of(&about).unwrap_or(0);
        let open = fl!("notice-open");
        let hints = HashMap::from([
            ("desktop-entry", Value::from(NAME)),
            ("category", Value::from("im.received")),
            ("urgency", Value::from(1_u8)),
        ]);
        let actions = [DEFAULT, open.as_str()];
        let app = fl!("app-name");
        let id = self.proxy.notify(&app, before, NAME, &words.title, &body, &actions, hints, -1).await?;
        self.shown.retain(|_, other| *other != about);
        self.shown.insert(id, about);
        Ok(())
    }

    async fn close(&mut self, id: u32) -> zbus::Result<()> {
        self.shown.remove(&id);
        self.proxy.close_notification(id).await
    }

    fn number_of(&self, about: &About) -> Option<u32> {
        self.shown.iter().find(|(_, other)| *other == about).map(|(id, _)| *id)
    }
}

/// Words as markup that shows them as they are.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
