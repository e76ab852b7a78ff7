//! A connection's life: sign-in, calls side by side, events, and every way in which it ends.

use super::*;

#[tokio::test]
async fn sign_in_opens_the_door_and_sign_out_closes_it() {
    let server = start(settings()).await;
    let mut raw = connect(&server).await;
    assert_eq!(raw.call(1, "server.info", json!({})).await["result"]["workspace"], "Test");
    assert!(raw.call(2, "session.ping", json!({})).await["result"]["server_time_ms"].is_number());
    let join = json!({"token": "t", "user_id": "anna", "password": "12345678"});
    assert!(raw.call(3, "account.join", join).await["result"].is_object());
    assert_eq!(raw.call(4, "session.sign_in", sign_in("anna", "no")).await["error"]["code"], 3001);
    let first = raw.call(5, "session.sign_in", sign_in("anna", "ok")).await;
    assert_eq!(first["result"]["repeat_login"], false);
    assert_eq!(server.node.metrics.signed_in.get(), 1);
    // SES-11: again as the same user succeeds and changes nothing.
    let again = raw.call(6, "session.sign_in", sign_in("anna", "ok")).await;
    assert_eq!(again["result"]["repeat_login"], true);
    raw.is_fine().await;
    // SES-11: as another user, the old one is signed out.
    raw.call(7, "session.sign_in", sign_in("ben", "ok")).await;
    assert_eq!(*server.node.backend.told.lock().unwrap(), ["sign_out anna"]);
    assert!(server.node.backend.outbox("anna").is_none());
    assert!(raw.call(8, "session.sign_out", json!({})).await["result"].is_object());
    assert!(server.node.backend.outbox("ben").is_none());
    assert_eq!(raw.search(9, "anna").await["error"]["code"], 2024);
    assert_eq!(server.node.metrics.signed_in.get(), 0);
}

#[tokio::test]
async fn calls_run_side_by_side() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    anna.request(10, "user.search", json!({"query": "wait"})).await;
    assert!(anna.search(11, "quick").await["result"].is_object(), "not behind the waiting one");
    server.node.backend.release.notify_one();
    assert_eq!(anna.next().await["id"], 10);
    let figures = server.node.metrics.render();
    assert!(figures.contains("hallway_request_seconds_count{method=\"user.search\"} 2\n"), "{figures}");
}

#[tokio::test]
async fn a_panicking_handler_ends_its_connection_only() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let mut ben = signed_in(&server, "ben").await;
    ben.request(10, "user.search", json!({"query": "panic"})).await;
    ben.gone().await;
    anna.is_fine().await;
    assert!(server.node.backend.outbox("ben").is_none(), "off the bus");
    assert_eq!((server.node.metrics.panics.get(), server.node.metrics.connections.get()), (1, 1));
    signed_in(&server, "ben").await.is_fine().await;
}

#[tokio::test]
async fn events_arrive_in_order_and_too_many_become_resync() {
    let server =
        start(Settings { queue: outbox::Capacity { frames: 100, bytes: 1 << 20 }, ..settings() }).await;
    let mut anna = signed_in(&server, "anna").await;
    let outbox = server.node.backend.outbox("anna").unwrap();
    for n in 0..100 {
        outbox.push(json!({ "n": n }).to_string().into());
    }
    for n in 0..100 {
        assert_eq!(anna.next().await["n"], n);
    }
    // Nothing else runs on this thread between these pushes, so all of them meet a full queue.
    for n in 0..101 {
        outbox.push(json!({ "n": n }).to_string().into());
    }
    assert_eq!(anna.next().await["params"]["name"], "resync");
    outbox.push(json!({"n": 101}).to_string().into());
    assert_eq!(anna.next().await["n"], 101);
    assert_eq!(server.node.metrics.resyncs.get(), 1);
}

/// SES-44, SES-46: who is ended is told why, before the connection closes.
#[tokio::test]
async fn a_kicked_instance_is_told_why() {
    let server = start(settings()).await;
    for kind in [
        KickedOutType::MultipleAccount,
        KickedOutType::MultipleDevice,
        KickedOutType::UserSigExpired,
        KickedOutType::RestApiKick,
    ] {
        let mut anna = signed_in(&server, "anna").await;
        let outbox = server.node.backend.outbox("anna").unwrap();
        outbox.push(json!({"before": true}).to_string().into());
        outbox.end(outbox::End::Kicked(kind));
        assert_eq!(anna.next().await["before"], true);
        assert_eq!(anna.next().await, kicked(kind));
        assert_eq!(anna.close_code().await, 1008);
    }
}

/// SES-47: a credential that runs out during a session ends it with `userSigExpired`.
#[tokio::test]
async fn an_expiring_credential_ends_the_session() {
    let server = start(settings()).await;
    *server.node.backend.expires.lock().unwrap() = Some(connection::unix_now_ms() / 1000 + 1);
    let mut anna = signed_in(&server, "anna").await;
    assert_eq!(anna.next().await, kicked(KickedOutType::UserSigExpired));
    assert_eq!(*server.node.backend.told.lock().unwrap(), ["expired anna"]);
}

/// SES-36: who says nothing for so long is gone; who does, stays.
#[tokio::test]
async fn a_silent_connection_is_dropped() {
    let server = start(Settings { silence: Duration::from_secs(1), ..settings() }).await;
    let mut silent = signed_in(&server, "anna").await;
    let mut lively = signed_in(&server, "ben").await;
    let mut ticks = tokio::time::interval(Duration::from_millis(300));
    tokio::select! {
        () = silent.gone() => {}
        () = async { loop { ticks.tick().await; lively.call(2, "session.ping", json!({})).await; } } => {}
    }
    assert_eq!(server.node.metrics.silent.get(), 1);
    assert!(server.node.backend.outbox("anna").is_none());
    lively.is_fine().await;
}

#[tokio::test]
async fn who_does_not_sign_in_is_disconnected() {
    let server = start(Settings { sign_in_within: Duration::from_millis(300), ..settings() }).await;
    let mut stranger = connect(&server).await;
    assert_eq!(stranger.close_code().await, 1008);
}

#[tokio::test]
async fn a_stopping_server_answers_tells_and_drains() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let mut stranger = connect(&server).await;
    anna.request(10, "user.search", json!({"query": "wait"})).await;
    anna.is_fine().await;
    server.stop.send(true).unwrap();
    assert_eq!(stranger.next().await["params"]["name"], "closing");
    assert_eq!(stranger.close_code().await, 1001);
    server.node.backend.release.notify_one();
    assert_eq!(anna.next().await["id"], 10, "what was asked before the stop is answered");
    assert_eq!(anna.next().await["params"]["name"], "closing");
    assert_eq!(anna.close_code().await, 1001);
    drop((anna, stranger));
    server.task.await.unwrap();
    assert!(TcpStream::connect(server.addr).await.is_err());
}

#[tokio::test]
async fn there_are_as_many_connections_as_allowed() {
    let server = start(Settings { max_connections: 1, ..settings() }).await;
    let mut first = signed_in(&server, "anna").await;
    let refused = TcpStream::connect(server.addr).await.unwrap();
    assert!(tokio_tungstenite::client_async("ws://x/ws", refused).await.is_err());
    first.is_fine().await;
}

/// SES-80: too many requests are refused with the time to wait.
#[tokio::test]
async fn rate_limits_refuse_with_a_time_to_wait() {
    let rates =
        Rates { requests: Rate::per_hour(2), sign_in_per_address: Rate::per_hour(1), ..Rates::default() };
    let server = start_with(settings(), rates).await;
    let mut anna = signed_in(&server, "anna").await;
    anna.is_fine().await;
    anna.is_fine().await;
    let refused = anna.search(5, "anna").await;
    assert_eq!(refused["error"]["code"], 60018);
    assert!(refused["error"]["data"]["retry_after_ms"].as_u64().unwrap() > 1_000_000);
    let mut other = connect(&server).await;
    let refused = other.call(1, "session.sign_in", sign_in("ben", "ok")).await;
    assert_eq!(refused["error"]["code"], 72010);
    let figures = server.node.metrics.render();
    assert!(figures.contains("hallway_rate_limited_total{limit=\"requests\"} 1\n"), "{figures}");
    assert!(figures.contains("hallway_rate_limited_total{limit=\"sign_in\"} 1\n"), "{figures}");
}
