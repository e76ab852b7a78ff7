//! Links against a server made of a pipe and a paused clock.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hallway_protocol::ErrorCode;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::method::{GetServerInfo, Ping, SearchUsers, SignOut};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::meter::{Metered, Pulse};
use super::{Link, LinkEnd, TransportConfig};

type Server = WebSocketStream<DuplexStream>;

async fn link_with(config: &TransportConfig) -> (Link, Server) {
    let (near, far) = duplex(64 * 1024);
    let pulse = Arc::new(Pulse::new());
    let near = Metered::new(near, Arc::clone(&pulse));
    let socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let server = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
    (Link::start(socket, pulse, config), server)
}

async fn link() -> (Link, Server) {
    link_with(&TransportConfig::default()).await
}

async fn request(server: &mut Server) -> Value {
    let text = server.next().await.expect("the link is open").expect("a frame").into_text().unwrap();
    serde_json::from_str(&text).unwrap()
}

async fn say(server: &mut Server, frame: Value) {
    server.send(Message::text(frame.to_string())).await.unwrap();
}

async fn answer(server: &mut Server, request: &Value, result: Value) {
    say(server, json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })).await;
}

/// A server that answers heartbeats and nothing else; counts them.
async fn only_alive(mut server: Server) -> usize {
    let mut pings = 0;
    while let Some(Ok(frame)) = server.next().await {
        let Ok(text) = frame.into_text() else { continue };
        let Ok(request) = serde_json::from_str::<Value>(&text) else { continue };
        if request["method"] == "session.ping" {
            pings += 1;
            answer(&mut server, &request, json!({ "server_time_ms": 1 })).await;
        }
    }
    pings
}

async fn ended(link: &mut Link) -> LinkEnd {
    while link.next_event().await.is_some() {}
    link.end().cloned().expect("the events ended because the link did")
}

#[tokio::test(start_paused = true)]
async fn answers_find_their_calls_whatever_their_order() {
    let (link, mut server) = link().await;
    let calls: Vec<_> = ["ann", "ben", "cem"]
        .map(|query| {
            let rpc = link.rpc().clone();
            tokio::spawn(async move {
                rpc.call(&SearchUsers { query: query.into(), cursor: None, limit: None }).await
            })
        })
        .into();
    let mut requests = Vec::new();
    for _ in 0..3 {
        requests.push(request(&mut server).await);
    }
    for request in requests.iter().rev() {
        assert_eq!((&request["jsonrpc"], &request["method"]), (&json!("2.0"), &json!("user.search")));
        answer(&mut server, request, json!({ "users": [], "cursor": request["params"]["query"] })).await;
    }
    for (call, query) in calls.into_iter().zip(["ann", "ben", "cem"]) {
        assert_eq!(call.await.unwrap().unwrap().cursor.as_deref(), Some(query));
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_carry_code_and_data() {
    let (link, mut server) = link().await;
    let rpc = link.rpc().clone();
    let call = tokio::spawn(async move { rpc.call(&SignOut {}).await });
    let request = request(&mut server).await;
    let error = json!({ "code": 60018, "message": "slow down", "data": { "retry_after_ms": 1500 } });
    say(&mut server, json!({ "jsonrpc": "2.0", "id": request["id"], "error": error })).await;
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(i32::from(error.code), 60018);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
}

#[tokio::test(start_paused = true)]
async fn events_arrive_in_order_and_strange_frames_are_skipped() {
    let (mut link, mut server) = link().await;
    let event = |useq: u64| {
        json!({ "jsonrpc": "2.0", "method": "event", "params":
            { "name": "user_frame", "data": { "prev_useq": useq - 1, "useq": useq, "entries": [] } } })
    };
    say(&mut server, event(1)).await;
    server.send(Message::text("{\"jsonrpc\":")).await.unwrap();
    server.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    say(
        &mut server,
        json!({ "jsonrpc": "2.0", "method": "event", "params": { "name": "horoscope", "data": 7 } }),
    )
    .await;
    say(&mut server, json!({ "jsonrpc": "2.0", "method": "surprise", "params": {} })).await;
    say(&mut server, json!({ "jsonrpc": "2.0", "id": 4711, "result": {} })).await;
    say(&mut server, json!({ "jsonrpc": "2.0", "id": null, "error": { "code": 9522 } })).await;
    say(&mut server, json!([1, 2])).await;
    say(&mut server, event(2)).await;
    for wanted in 1..=2 {
        match link.next_event().await {
            Some(ServerEvent::UserFrame(frame)) => assert_eq!(frame.useq, wanted),
            other => panic!("{other:?}"),
        }
    }
    server.close(None).await.unwrap();
    assert_eq!(ended(&mut link).await, LinkEnd::Closed(String::new()));
}

/// SES-7.
#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_after_thirty_seconds_on_a_living_link() {
    let (link, server) = link().await;
    let server = tokio::spawn(only_alive(server));
    let start = Instant::now();
    let error = link.rpc().call(&GetServerInfo {}).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::RequestTimeout);
    assert!(start.elapsed().abs_diff(Duration::from_secs(30)) < Duration::from_millis(10));
    assert!(link.rpc().is_open());
    link.close().await;
    assert!(server.await.unwrap() > 3, "a link that owes an answer is asked often");
}

/// SES-6.
#[tokio::test(start_paused = true)]
async fn calls_that_wait_are_bounded_and_a_dropped_one_frees_its_place() {
    let config = TransportConfig { queued_requests: 3, ..TransportConfig::default() };
    let (link, _server) = link_with(&config).await;
    let mut calls: Vec<_> = (0..3)
        .map(|_| {
            let rpc = link.rpc().clone();
            tokio::spawn(async move { rpc.call(&GetServerInfo {}).await })
        })
        .collect();
    tokio::task::yield_now().await;
    assert_eq!(link.rpc().call(&GetServerInfo {}).await.unwrap_err().code, ErrorCode::OfflineQueueFull);
    calls.pop().unwrap().abort();
    tokio::task::yield_now().await;
    let next = tokio::time::timeout(Duration::from_secs(1), link.rpc().call(&GetServerInfo {})).await;
    assert!(next.is_err(), "it waits for its answer instead of being refused");
}

/// SES-35.
#[tokio::test(start_paused = true)]
async fn calls_fail_with_2800_when_the_link_breaks_and_with_2805_after() {
    let (mut link, mut server) = link().await;
    let rpc = link.rpc().clone();
    let call = tokio::spawn({
        let rpc = rpc.clone();
        async move { rpc.call(&GetServerInfo {}).await }
    });
    request(&mut server).await;
    drop(server);
    assert_eq!(call.await.unwrap().unwrap_err().code, ErrorCode::NetworkError);
    assert!(matches!(ended(&mut link).await, LinkEnd::Failed(_)));
    assert!(!rpc.is_open());
    assert_eq!(rpc.call(&GetServerInfo {}).await.unwrap_err().code, ErrorCode::NoNetwork);
    assert_eq!(super::Rpc::disconnected().call(&Ping {}).await.unwrap_err().code, ErrorCode::NoNetwork);
}

#[tokio::test(start_paused = true)]
async fn dropping_a_link_lets_go_of_its_calls() {
    let (link, mut server) = link().await;
    let rpc = link.rpc().clone();
    let call = tokio::spawn(async move { rpc.call(&GetServerInfo {}).await });
    request(&mut server).await;
    drop(link);
    assert_eq!(call.await.unwrap().unwrap_err().code, ErrorCode::NetworkError);
}

/// SES-5.
#[tokio::test(start_paused = true)]
async fn a_request_at_the_limit_goes_out_and_a_longer_one_does_not() {
    let (link, mut server) = link().await;
    let search = |length: usize| SearchUsers { query: "x".repeat(length), cursor: None, limit: None };
    let frame =
        |length| json!({"jsonrpc": "2.0", "id": 1, "method": "user.search", "params": search(length)});
    let most = 1024 * 1024 - frame(0).to_string().len();
    let rpc = link.rpc().clone();
    let call = tokio::spawn(async move { rpc.call(&search(most)).await });
    let request = request(&mut server).await;
    assert_eq!(request.to_string().len(), 1024 * 1024);
    answer(&mut server, &request, json!({ "users": [] })).await;
    call.await.unwrap().unwrap();
    let error = link.rpc().call(&search(most + 1)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::PacketTooLarge);
}

#[tokio::test(start_paused = true)]
async fn answers_arrive_while_nobody_takes_the_events() {
    let config = TransportConfig { queued_events: 10, ..TransportConfig::default() };
    let (mut link, mut server) = link_with(&config).await;
    let rpc = link.rpc().clone();
    let call = tokio::spawn(async move { rpc.call(&SignOut {}).await });
    let request = request(&mut server).await;
    for useq in 1..=50 {
        let data = json!({ "prev_useq": useq - 1, "useq": useq, "entries": [] });
        let params = json!({ "name": "user_frame", "data": data });
        say(&mut server, json!({ "jsonrpc": "2.0", "method": "event", "params": params })).await;
    }
    answer(&mut server, &request, json!({})).await;
    call.await.unwrap().unwrap();
    server.close(None).await.unwrap();
    let mut taken = Vec::new();
    while let Some(event) = link.next_event().await {
        taken.push(event);
    }
    assert_eq!(taken.len(), 11);
    assert_eq!(taken.last(), Some(&ServerEvent::Resync {}));
}

/// SES-36: the client speaks often enough for a server that drops it after 60 s of silence.
#[tokio::test(start_paused = true)]
async fn an_idle_link_is_kept_alive() {
    let (link, server) = link().await;
    let server = tokio::spawn(only_alive(server));
    tokio::time::sleep(Duration::from_secs(251)).await;
    assert!(link.rpc().is_open());
    link.close().await;
    assert_eq!(server.await.unwrap(), 10);
}

/// The other side is there for the socket but says nothing: an idle link, one in use, one that owes an answer.
#[tokio::test(start_paused = true)]
async fn a_silent_link_is_given_up_in_time() {
    let within = |link: &mut Link, start: Instant, seconds: u64, least: u64| {
        assert_eq!(link.end(), Some(&LinkEnd::Dead));
        let took = start.elapsed();
        assert!(took <= Duration::from_secs(seconds) && took >= Duration::from_secs(least), "{took:?}");
    };

    let (mut idle, _server) = link().await;
    let start = Instant::now();
    ended(&mut idle).await;
    within(&mut idle, start, 60, 25);

    let (mut in_use, _server) = link().await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    in_use.rpc().set_in_use(true);
    let start = Instant::now();
    ended(&mut in_use).await;
    within(&mut in_use, start, 10, 3);

    let (mut owing, _server) = link().await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    let start = Instant::now();
    assert_eq!(owing.rpc().call(&GetServerInfo {}).await.unwrap_err().code, ErrorCode::NetworkError);
    ended(&mut owing).await;
    within(&mut owing, start, 10, 3);
}

/// SES-37: after waking, a dead link is given up within five seconds and a living one kept.
#[tokio::test(start_paused = true)]
async fn waking_asks_at_once() {
    let (mut dead, _server) = link().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let start = Instant::now();
    dead.rpc().wake();
    assert_eq!(ended(&mut dead).await, LinkEnd::Dead);
    assert!(start.elapsed() <= Duration::from_secs(5));

    let (living, server) = link().await;
    let server = tokio::spawn(only_alive(server));
    living.rpc().wake();
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(living.rpc().is_open());
    living.close().await;
    assert_eq!(server.await.unwrap(), 1);
}

/// A long answer over a slow line: no whole frame for a minute, but life.
#[tokio::test(start_paused = true)]
async fn a_slow_line_is_not_a_dead_one() {
    let (near, mut far) = duplex(4096);
    let pulse = Arc::new(Pulse::new());
    let near = Metered::new(near, Arc::clone(&pulse));
    let socket = WebSocketStream::from_raw_socket(near, Role::Client, None).await;
    let mut link = Link::start(socket, pulse, &TransportConfig::default());
    link.rpc().set_in_use(true);
    let text = json!({ "jsonrpc": "2.0", "method": "event", "params": { "name": "closing", "data": {} } });
    let text = text.to_string();
    let mut frame = vec![0x81, u8::try_from(text.len()).unwrap()];
    frame.extend(text.as_bytes());
    for byte in frame {
        far.write_all(&[byte]).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    assert_eq!(link.next_event().await, Some(ServerEvent::Closing {}));
    assert!(link.rpc().is_open());
}

#[tokio::test(start_paused = true)]
async fn a_polite_end_tells_the_server() {
    let (link, mut server) = link().await;
    let closing = tokio::spawn(link.close());
    assert!(matches!(server.next().await, Some(Ok(Message::Close(_)))));
    closing.await.unwrap();
}
