//! Signing in, losing and mending the connection, starting again, and being sent away.

use std::time::Duration;

use hallway_client::protocol::session::{Credential, KickedOutType};
use hallway_client::{Client, ErrorCode, Event, EventName, NetState};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::Device;

use crate::support::*;

async fn offline(device: &mut Device) -> Outcome {
    device.net.set_down(true);
    device.net.cut();
    device.until_net(NetState::Disconnected, SOON).await
}

async fn until_kicked(device: &mut Device) -> Outcome<KickedOutType> {
    let pick = |event: &Event| match event {
        Event::KickedOut(kind) => Some(*kind),
        _ => None,
    };
    device.until_event("being sent away", SOON, pick).await
}

/// SES-11, SES-14 to SES-16, SES-31, SES-32, SES-60: a login makes ready once; the same user again changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_makes_ready_and_is_not_repeated() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    assert_eq!(ann.client.get_login_user().map(|user| user.to_string()), Some("ann".into()));
    assert!(ann.client.is_ready() && ann.client.net_state() == NetState::Connected);
    assert!(ann.client.get_server_time() > 1_700_000_000_000);
    let sig = Credential::UserSig(server.user_sig(&ann.user)?);
    let again = ann.client.login(ann.user.clone(), sig).await.doing("again")?;
    assert!(again.repeat_login);
    assert_eq!(again.signed_in.user.user_id, ann.user);
    Ok(())
}

/// SES-12, SES-31, SES-61: after a logout nothing works and nothing is shown; the local copy waits for its owner, who needs
/// a credential again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_ends_everything_but_the_local_copy() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    say(&ann, "ben", "kept").await?;
    ann.client.logout().await.doing("logging out")?;
    let pick = |event: &Event| (event.name() == EventName::SdkNotReady).then_some(());
    ann.until_event("not being ready", SOON, pick).await?;
    assert!(!ann.client.is_ready() && ann.client.get_login_user().is_none());
    let refused = ann.client.get_conversation_list(Default::default()).await;
    assert_eq!(refused.map_err(|error| error.code).err(), Some(ErrorCode::NotLoggedIn));
    assert_eq!(ann.client.logout().await.map_err(|error| error.code), Err(ErrorCode::NotLoggedIn));
    let resumed = ann.client.resume(ann.user.clone()).await;
    assert_eq!(resumed.map_err(|error| error.code), Err(ErrorCode::CredentialMissing));
    let accounts = Client::accounts(ann.dir()).doing("the accounts")?;
    assert_eq!(
        accounts.iter().map(|it| (it.user_id.as_str(), it.can_resume)).collect::<Vec<_>>(),
        [("ann", false)]
    );

    let sig = Credential::UserSig(server.user_sig(&ann.user)?);
    ann.client.login(ann.user.clone(), sig).await.doing("logging in")?;
    assert_eq!(shown(&ann, "ben").await?, ["kept"]);
    Ok(())
}

/// SES-31, SES-35, R9: without a network the list and the messages are there at once; what needs the server fails at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_without_a_network_shows_what_was_there() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    say(&ben, "ann", "one").await?;
    until_shown(&mut ann, "ben", &["one"]).await?;
    offline(&mut ann).await?;
    ann.restart().await?;
    let line = listed(&ann, "ben").await?.doing("a line")?;
    assert_eq!((line.unread_count, line.display_name()), (1, "ben"));
    assert_eq!(shown(&ann, "ben").await?, ["one"]);
    assert_eq!(ann.client.profile().map(|it| it.user_id), Some(ann.user.clone()));
    let refused = ann.client.search_users("", None).await;
    assert_eq!(refused.map_err(|error| error.code).err(), Some(ErrorCode::NoNetwork));
    let fill = ann.client.fill(&with("ben"), 1, 1).await;
    assert_eq!(fill.map_err(|error| error.code), Err(ErrorCode::NoNetwork));
    assert!(!ann.client.is_ready());
    ann.net.set_down(false);
    ann.until_ready().await
}

/// SES-33, SES-34, R3: what was missed comes after a loss, in order, once, as if it had been live.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_missed_comes_after_a_loss_as_if_it_were_live() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    say(&ben, "ann", "before").await?;
    assert_eq!(received(&mut ann).await?, ["before"]);
    offline(&mut ann).await?;
    for text in ["one", "two", "three"] {
        say(&ben, "ann", text).await?;
    }
    ann.net.set_down(false);
    let mut heard = Vec::new();
    while heard.len() < 3 {
        heard.extend(received(&mut ann).await?);
    }
    assert_eq!(heard, ["one", "two", "three"]);
    until_shown(&mut ann, "ben", &["before", "one", "two", "three"]).await?;
    assert!(ann.client.is_ready(), "a short loss does not end readiness");
    say(&ben, "ann", "after").await?;
    assert_eq!(received(&mut ann).await?, ["after"]);
    Ok(())
}

/// SES-34, R10: missed by far: the newest page first, the rest as a hole that is filled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_very_much_starts_with_the_newest_page() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    say(&ben, "ann", "first").await?;
    until_shown(&mut ann, "ben", &["first"]).await?;
    offline(&mut ann).await?;
    let count = 2_100;
    for number in 0..count {
        let message = text_for(&ben, "ann", &number.to_string())?;
        if number % 500 == 499 {
            // The outbox has a limit (SES-6).
            ben.client.send_message(message, Default::default()).await.doing("sending")?;
        } else {
            ben.client.enqueue_message(message, Default::default()).await.doing("queueing")?;
        }
    }
    until_listed(&mut ben, "ann", "done", |it| it.seq == count + 1).await?;
    ann.net.set_down(false);
    until_listed(&mut ann, "ben", "told of all", |it| it.seq == count + 1).await?;
    until(&mut ann, "showing the newest", async |device| {
        let words = shown(device, "ben").await?;
        Ok(words.last().is_some_and(|last| *last == (count - 1).to_string()))
    })
    .await?;
    let words = shown(&ann, "ben").await?;
    assert_eq!(words[..2], ["first", "…"], "a hole is drawn, not hidden");
    let unread = listed(&ann, "ben").await?.map(|it| it.unread_count);
    assert_eq!(unread, Some(count + 1));
    Ok(())
}

/// SES-3, SES-30, SES-40, SES-41, SES-42, SES-43, SES-44, SES-61, SES-62: one instance too many sends the oldest away, which then stays away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_instance_too_many_sends_the_oldest_away() -> Outcome {
    let server = server().await?;
    let mut oldest = device(&server, "ann", "ann-0").await?;
    let most = oldest.client.limits().desktop_instances;
    server.next_second();
    let mut others = Vec::new();
    for number in 1..=most {
        others.push(device(&server, "ann", &format!("ann-{number}")).await?);
    }
    let pick = |event: &Event| match event {
        Event::SdkNotReady => Some(None),
        Event::KickedOut(kind) => Some(Some(*kind)),
        _ => None,
    };
    assert_eq!(oldest.until_event("not being ready", SOON, pick).await?, None, "first not ready");
    assert_eq!(oldest.until_event("why", SOON, pick).await?, Some(KickedOutType::MultipleAccount));
    assert!(oldest.client.get_login_user().is_none() && !oldest.client.is_ready());
    let resumed = oldest.client.resume(oldest.user.clone()).await;
    assert_eq!(resumed.map_err(|error| error.code), Err(ErrorCode::CredentialMissing), "never by itself");
    assert!(others.iter().all(|other| other.client.is_ready()), "the others notice nothing");
    Ok(())
}

/// SES-46: own instances are listed and ended by their owner, also while they are away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_instance_is_ended_by_its_owner() -> Outcome {
    let server = server().await?;
    let desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let list = desk.client.get_instance_list().await.doing("the list")?;
    assert_eq!(list.len(), 2);
    assert!(list[0].is_current && list[0].info.client_version == "hallway-tests");
    let other = list.iter().find(|it| !it.is_current).doing("the other")?.info.instance_id.clone();
    desk.client.end_instance(&other).await.doing("ending it")?;
    assert_eq!(until_kicked(&mut lap).await?, KickedOutType::RestApiKick);

    // One that was away hears of it when it comes back.
    let mut away = device(&server, "ann", "ann-away").await?;
    let list = desk.client.get_instance_list().await.doing("the list")?;
    let other = list.iter().find(|it| !it.is_current).doing("the other")?.info.instance_id.clone();
    offline(&mut away).await?;
    desk.client.end_instance(&other).await.doing("ending it")?;
    away.net.set_down(false);
    assert_eq!(until_kicked(&mut away).await?, KickedOutType::RestApiKick);
    Ok(())
}

/// Tokens are good for one sign-in each; starting again and again works, and each start needs no credential.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_starts_again_and_again_without_a_credential() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    for round in 0..4 {
        ann.restart().await.doing(round)?;
        ann.until_ready().await.doing(round)?;
        ann.net.cut();
        ann.until_net(NetState::Connecting, SOON).await.doing(round)?;
        ann.until_net(NetState::Connected, SOON).await.doing(round)?;
    }
    assert_eq!(ann.client.get_instance_list().await.doing("the list")?.len(), 1, "always the same instance");
    Ok(())
}

/// Signing out removes the key first: nothing is left of a forgotten account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forgotten_account_leaves_nothing() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    say(&ann, "ben", "secret").await?;
    let account = Client::accounts(ann.dir()).doing("the accounts")?.remove(0);
    assert!(account.can_resume);
    let open = Client::forget(ann.dir(), &account).await;
    assert_eq!(open.map_err(|error| error.code), Err(ErrorCode::StateNotAllowed), "while it is open");
    ann.client.logout().await.doing("logging out")?;
    Client::forget(ann.dir(), &account).await.doing("forgetting")?;
    assert!(Client::accounts(ann.dir()).doing("the accounts")?.is_empty());
    let left: Vec<_> =
        std::fs::read_dir(ann.dir()).doing("the folder")?.flatten().map(|it| it.file_name()).collect();
    assert_eq!(left, ["accounts.json"]);
    Ok(())
}

/// SES-13, SES-17, SES-18, SES-64, SES-65: handlers are called in their order, one that panics is told of and stops nobody, and a
/// destroyed handle is of no more use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handlers_are_called_in_order_until_the_handle_is_destroyed() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let ben = device(&server, "ben", "ben-desk").await?;
    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let note = |word: &'static str| {
        let heard = heard.clone();
        move |_: &Event| heard.lock().expect("a list").push(word)
    };
    ann.client.on(EventName::MessageReceived, note("first"));
    ann.client.on(EventName::MessageReceived, |_| panic!("a handler of the app fails"));
    let second = ann.client.on(EventName::MessageReceived, note("second"));
    ann.client.on(EventName::SdkDestroyed, note("destroyed"));
    let failures = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&failures);
    ann.client.on(EventName::Error, move |event| {
        if let Event::Error(code, text) = event {
            told.lock().expect("a list").push((*code, text.clone()));
        }
    });
    say(&ben, "ann", "one").await?;
    received(&mut ann).await?;
    ann.client.off(second);
    say(&ben, "ann", "two").await?;
    received(&mut ann).await?;
    ann.client.destroy().await.doing("destroying")?;
    assert_eq!(*heard.lock().expect("a list"), ["first", "second", "first", "destroyed"]);
    let text = "a handler of MessageReceived panicked".to_owned();
    assert_eq!(*failures.lock().expect("a list"), vec![(ErrorCode::UnexpectedError, text); 2]);
    let refused = ann.client.resume(ann.user.clone()).await;
    assert_eq!(refused.map_err(|error| error.code), Err(ErrorCode::StateNotAllowed));
    Ok(())
}

/// SES-30, SES-31, SES-4: logged out, logging in, syncing, ready, and logged out again; what each state refuses. Only a login
/// leads back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_login_leads_to_ready() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let needs_server = async |device: &Device| {
        device.client.search_users("", None).await.map(|_| ()).map_err(|error| error.code)
    };
    assert_eq!(needs_server(&ann).await, Ok(()));
    ann.client.logout().await.doing("logging out")?;
    assert_eq!(needs_server(&ann).await, Err(ErrorCode::NotLoggedIn));
    assert!(text_for(&ann, "ben", "x").is_err(), "a message carries its sender");

    // Every frame takes its time now.
    ann.net.set_delay(Duration::from_millis(300));
    let sig = || Outcome::Ok(Credential::UserSig(server.user_sig(&ann.user)?));
    let (first, second) =
        tokio::join!(ann.client.login(ann.user.clone(), sig()?), ann.client.login(ann.user.clone(), sig()?),);
    assert_eq!(second.map(|_| ()).map_err(|error| error.code), Err(ErrorCode::LoginRepeated));
    assert!(!first.doing("logging in")?.repeat_login);
    assert!(!ann.client.is_ready());
    assert_eq!(needs_server(&ann).await, Err(ErrorCode::NotReady), "signed in, not synced");
    assert!(text_for(&ann, "ben", "x").is_ok());
    ann.until_ready().await?;
    assert_eq!(needs_server(&ann).await, Ok(()));
    Ok(())
}

/// SES-15: 0 before the first login, then the server's clock, learnt again with each connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_the_servers() -> Outcome {
    const HOUR: i64 = 3_600_000;
    let mut server = server().await?;
    let nobody = hallway_client::Config {
        app_id: hallway_tests::support::APP_ID,
        server: hallway_client::ServerAddress {
            address: server.address().to_string(),
            plain: true,
            ..Default::default()
        },
        data_dir: server.dir().join("nobody"),
        cache_key: hallway_client::CacheKey::Raw(zeroize::Zeroizing::new(hallway_tests::support::CACHE_KEY)),
        device_class: hallway_client::protocol::session::DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: None,
    };
    assert_eq!(Client::create(nobody).doing("making a client")?.get_server_time(), 0);
    let mut ann = device(&server, "ann", "ann-desk").await?;
    say(&ann, "ben", "now").await?;
    let here = || std::time::UNIX_EPOCH.elapsed().map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(0));
    assert!((ann.client.get_server_time() - here()).abs() < 60_000);
    server.restart_ahead(Duration::from_millis(HOUR.unsigned_abs())).await?;
    ann.net.lead_to(server.address());
    ann.until("an hour ahead", SOON, |ann| ann.client.get_server_time() > here() + HOUR - 60_000).await?;
    assert!(ann.client.get_server_time() < here() + HOUR + 60_000);
    Ok(())
}

/// SES-33, SES-63: the state of the connection is told when it is another one, and only then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_state_of_the_connection_is_told_on_change() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let states = std::sync::Arc::new(std::sync::Mutex::new(vec![ann.client.net_state()]));
    let told = std::sync::Arc::clone(&states);
    ann.client.on(EventName::NetStateChanged, move |event| {
        if let Event::NetStateChanged(state) = event {
            told.lock().expect("a list").push(*state);
        }
    });
    ann.net.cut();
    ann.until_net(NetState::Connecting, SOON).await?;
    ann.until_net(NetState::Connected, SOON).await?;
    offline(&mut ann).await?;
    // Trying and failing again tells nothing new.
    ann.client.wake();
    ann.client.wake();
    ann.net.set_down(false);
    ann.until_net(NetState::Connected, SOON).await?;
    let states = states.lock().expect("a list");
    assert!(states.windows(2).all(|pair| pair[0] != pair[1]), "{states:?}");
    use NetState::{Connected, Connecting, Disconnected};
    assert_eq!(states[..5], [Connected, Connecting, Connected, Connecting, Disconnected], "{states:?}");
    assert_eq!(states.last(), Some(&ann.client.net_state()));
    Ok(())
}

/// SES-10: the way to the server changes under a session that goes on: it connects anew at once, and the index of accounts
/// names the new way. What is no address changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_of_an_account_can_change() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let wrong = ann.client.set_proxy(Some("not an address".into())).map_err(|error| error.code);
    assert_eq!(wrong, Err(ErrorCode::InvalidParameter));
    assert_eq!(ann.client.net_state(), NetState::Connected);

    ann.client.set_proxy(Some("proxy.example.org:3128".into())).doing("another proxy")?;
    let net = |wanted: NetState| {
        move |event: &Event| matches!(event, Event::NetStateChanged(state) if *state == wanted).then_some(())
    };
    ann.until_event("the end of the connection", SOON, net(NetState::Connecting)).await?;
    // Servers on this computer are reached directly all the same.
    ann.until_event("another connection", SOON, net(NetState::Connected)).await?;
    let known = Client::accounts(ann.dir()).doing("the index")?;
    assert_eq!(known[0].server.proxy_server.as_deref(), Some("proxy.example.org:3128"));
    let mut ben = device(&server, "ben", "ben-desk").await?;
    say(&ann, "ben", "still here").await?;
    assert_eq!(received(&mut ben).await?, ["still here"]);
    Ok(())
}
