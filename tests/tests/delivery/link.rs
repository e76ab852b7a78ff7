//! A link that died without a word is noticed in time, and what was missed arrives.

use std::time::Duration;

use hallway_client::protocol::method::SearchUsers;
use hallway_client::{ConversationId, ErrorCode, MessageOptions, NetState, SendOptions};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Dice, Engine, TestServer};
use tokio::time::Instant;

async fn two(server: &TestServer) -> Outcome<(Device, Device)> {
    let ann = Device::start(server, "ann", "ann-desk", Dice::new(1)).await?;
    let ben = Device::start(server, "ben", "ben-desk", Dice::new(2)).await?;
    Ok((ann, ben))
}

fn with(user: &str) -> Outcome<ConversationId> {
    Ok(ConversationId::C2c(user.parse().doing("a user id")?))
}

async fn say(from: &Device, to: &str, text: &str) -> Outcome {
    let message =
        from.client.create_text_message(with(to)?, text, MessageOptions::default()).doing("making")?;
    from.client.send_message(message, SendOptions::default()).await.doing("sending")?;
    Ok(())
}

async fn until_has(device: &mut Device, from: &str, texts: &[&str], within: Duration) -> Outcome {
    let (id, deadline) = (with(from)?, Instant::now() + within);
    loop {
        let view = device.timeline(&id).await?;
        let lines = &view.truth.lines;
        if lines.iter().map(|line| line.text.as_str()).eq(texts.iter().copied()) {
            return Ok(());
        }
        if !device.event(deadline).await? {
            let name = &device.name;
            return Err(hallway_tests::failure::Failure::new(format!(
                "{name} shows {view:?} instead of {texts:?} after {within:?}"
            )));
        }
    }
}

/// R4: in use, noticed within 10 s, caught up within 5 s of the link's return.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swallowed_link_in_use_is_noticed_within_ten_seconds_and_caught_up() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let (mut ann, ben) = two(&server).await?;
    say(&ben, "ann", "before").await?;
    until_has(&mut ann, "ben", &["before"], Duration::from_secs(5)).await?;

    ann.client.set_active_conversation(Some(with("ben")?));
    ann.net.set_hole(true);
    for text in ["one", "two", "three"] {
        say(&ben, "ann", text).await?;
    }
    ann.until("cut off", Duration::from_secs(10), |ann| ann.client.net_state() != NetState::Connected)
        .await?;

    // What is written meanwhile waits and is not lost.
    let answer =
        ann.client.create_text_message(with("ben")?, "me", MessageOptions::default()).doing("making")?;
    ann.client.enqueue_message(answer, SendOptions::default()).await.doing("queueing")?;
    ann.net.set_hole(false);
    ann.until_net(NetState::Connected, Duration::from_secs(5)).await?;
    until_has(&mut ann, "ben", &["before", "one", "two", "three", "me"], Duration::from_secs(5)).await
}

/// R4, SES-35: a call that waits for its answer ends with 2800 within 10 s.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_into_a_swallowed_link_fails_within_ten_seconds() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let (ann, _ben) = two(&server).await?;
    ann.net.set_hole(true);
    let start = Instant::now();
    let error = ann.client.search_users("ben", None).await.expect_err("nothing comes through");
    assert_eq!(error.code, ErrorCode::NetworkError);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    // The same for who calls past the SDK's own state.
    let link = server.sign_in(&ann.user).await?;
    let all = SearchUsers { query: String::new(), cursor: None, limit: None };
    assert_eq!(link.rpc().call(&all).await.doing("asking")?.users.len(), 2);
    Ok(())
}

/// SES-33, SES-34: cut again and again, always back by itself, always everything there, once and in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cuts_lose_and_double_nothing() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let (mut ann, mut ben) = two(&server).await?;
    let texts: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    for (number, text) in texts.iter().enumerate() {
        let message =
            ann.client.create_text_message(with("ben")?, text, MessageOptions::default()).doing("making")?;
        ann.client.enqueue_message(message, SendOptions::default()).await.doing("queueing")?;
        if number % 10 == 5 {
            ann.net.cut();
        }
        if number % 10 == 8 {
            ben.net.cut();
        }
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    until_has(&mut ann, "ben", &texts, Duration::from_secs(30)).await?;
    until_has(&mut ben, "ann", &texts, Duration::from_secs(30)).await
}
