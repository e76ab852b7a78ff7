//! The root of the app with a real account: a workspace in this process, no window.

use std::time::{Duration, Instant};

use hallway_client::{CacheKey, Client};
use iced::window;
use tokio::net::TcpListener;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{App, Boot, Message};
use crate::profile::{Account, Profile, Settings};
use crate::screen::welcome::work::{Answer, Hosted, Person, Place, Work};
use crate::screen::welcome::{self};
use crate::workspace::Workspace;

const SOON: Duration = Duration::from_secs(60);

async fn somebody(profile: &Profile) -> (Workspace, Client, Account) {
    let place = Place { accounts: profile.client_dir(), workspace: profile.workspace_dir() };
    let person = Person {
        user_id: "anna".parse().unwrap(),
        nick: "Anna".into(),
        password: Zeroizing::new("lanterns over the pier".into()),
    };
    let start = Work::Start { workspace: "Lighthouse".into(), network: false, person };
    let Answer::Started(started) = start.run(place.clone()).await else { panic!("a workspace starts") };
    let Some(Ok((workspace, Hosted::New(pending)))) = started.take() else { panic!("it is new") };
    let enter = Work::Enter { pending, key: CacheKey::Raw(Zeroizing::new([7; 32])) };
    let Answer::Entered(Ok((client, account))) = enter.run(place).await else { panic!("Anna signs in") };
    (workspace, client, account)
}

/// Whoever turns to the window does not wait for the next attempt to connect.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turning_to_the_window_connects_at_once() {
    let dir = std::env::temp_dir().join(format!("hallway-focus-{}", std::process::id()));
    let profile = Profile { name: "focus".into(), dir: dir.clone() };
    profile.make_dir().unwrap();
    let (workspace, client, account) = somebody(&profile).await;
    let boot = Boot { profile, settings: Settings::default(), link: None, opening: None };
    let (mut app, _) = App::boot(boot);
    drop(app.after_welcome(vec![welcome::Effect::Action(welcome::Action::Entered { client, account })]));
    drop(app.update(Message::Window(app.window, window::Event::Unfocused)));

    // Where the server was, somebody else hangs up at once, and counts.
    let address = workspace.server().address;
    workspace.stop().await;
    let listener = TcpListener::bind(&address).await.unwrap();
    let attempt = async || drop(timeout(SOON, listener.accept()).await.expect("an attempt").unwrap());
    // After a server that has closed: 1, 2, 4 seconds.
    attempt().await;
    attempt().await;
    let turned = Instant::now();
    drop(app.update(Message::Window(app.window, window::Event::Focused)));
    attempt().await;
    assert!(turned.elapsed() < Duration::from_millis(2_500), "by itself it would be 3.2 seconds at least");
    drop(app);
    std::fs::remove_dir_all(dir).unwrap();
}
