//! Foreign bytes: what is not a proper frame gets its error, repeated a closed connection, and hurts nobody.

use super::*;
use tokio_tungstenite::tungstenite::Bytes;

const POLICY: u16 = 1008;
const SIZE: u16 = 1009;

/// SES-71: before sign-in every call is refused with 2024; the fifth such frame closes the connection.
#[tokio::test]
async fn five_frames_before_sign_in_close_the_connection() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let mut stranger = connect(&server).await;
    for id in 1..=5 {
        let answer = stranger.call(id, "user.search", json!({})).await;
        assert_eq!(answer["error"]["code"], 2024, "{answer}");
    }
    assert_eq!(stranger.close_code().await, POLICY);
    anna.is_fine().await;
}

#[tokio::test]
async fn what_is_not_json_rpc_is_refused_and_closed_at_the_fifth() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let mut ben = signed_in(&server, "ben").await;
    let bad = ["{", "[]", r#"{"jsonrpc":"1.0","id":1,"method":"x"}"#, r#"{"jsonrpc":"2.0","method":"x"}"#];
    for frame in bad {
        ben.send(frame).await;
        let answer = ben.next().await;
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &json!(60003)), "{frame}");
    }
    ben.is_fine().await;
    ben.0.send(Message::Binary(Bytes::from_static(b"\xff\x00"))).await.unwrap();
    assert_eq!(ben.next().await["error"]["code"], 60003);
    assert_eq!(ben.close_code().await, POLICY);
    anna.is_fine().await;
    assert_eq!(server.node.metrics.bad_frames.get(), 5);
}

#[tokio::test]
async fn unknown_methods_and_wrong_parameters_are_answered_by_id() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    for id in 10..30 {
        assert_eq!(anna.call(id, "no.such", json!({})).await["error"]["code"], 60009);
        assert_eq!(anna.call(id, "user.search", json!({"query": 5})).await["error"]["code"], 6017);
    }
    assert_eq!(anna.search(31, "refuse").await["error"]["code"], 10007);
    anna.send(r#"{"jsonrpc":"2.0","id":32,"method":"user.search"}"#).await;
    assert!(anna.next().await["result"].is_object(), "missing parameters stand for {{}}");
}

/// SES-1: a malformed name in the parameters has its own code, whatever the method and however deep.
#[tokio::test]
async fn malformed_names_are_refused_with_their_codes() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let long = "x".repeat(33);
    for (code, method, params) in [
        (2503, "conversation.get", json!({"conversation_id": "C2C"})),
        (
            2503,
            "message.send",
            json!({"id": "1-1-1", "conversation_id": "x", "kind": "text", "payload": {"text": "x"}}),
        ),
        (
            2503,
            "conversation.set_draft",
            json!({"draft": {"conversation_id": "", "draft_text": "", "time_ms": 1}}),
        ),
        (
            2503,
            "conversation.delete",
            json!({"conversation_id_list": ["C2Cben", "ben"], "clear_history_message": true}),
        ),
        (7003, "user.get", json!({"user_id_list": ["ben", long]})),
        (7003, "account.join", json!({"token": "t", "user_id": "", "password": "p"})),
        (7003, "group.change_owner", json!({"group_id": "g", "new_owner_id": "名"})),
        (2602, "group.get", json!({"group_id": ""})),
        (2602, "group.create", json!({"name": "n", "group_id": "x".repeat(49)})),
        (
            6017,
            "message.send",
            json!({"id": "1-1", "conversation_id": "C2Cben", "kind": "text", "payload": {"text": "x"}}),
        ),
        (6017, "conversation.get", json!({"conversation_id": 5})),
        (6017, "group.get", json!({})),
    ] {
        let answer = anna.call(9, method, params).await;
        assert_eq!(answer["error"]["code"], code, "{method}: {answer}");
    }
    anna.is_fine().await;
}

/// SES-5: a frame at the limit is read, one byte more is 9522 and the end of that connection.
#[tokio::test]
async fn frames_are_read_up_to_their_limit() {
    let server = start(settings()).await;
    let frame = |bytes: usize| {
        let empty = r#"{"jsonrpc":"2.0","id":7,"method":"user.search","params":{"query":""}}"#;
        empty.replace("\"\"", &format!("\"{}\"", "x".repeat(bytes - empty.len())))
    };
    let mut anna = signed_in(&server, "anna").await;
    anna.send(frame(server.node.settings.frame_bytes)).await;
    assert!(anna.next().await["result"].is_object());
    let mut ben = signed_in(&server, "ben").await;
    ben.send(frame(server.node.settings.frame_bytes + 1)).await;
    assert_eq!(ben.next().await["error"]["code"], 9522);
    assert_eq!(ben.close_code().await, SIZE);
    // In fragments it is not smaller.
    let mut carl = signed_in(&server, "carl").await;
    carl.send("x".repeat(100 * 1024)).await;
    assert_eq!(carl.next().await["error"]["code"], 9522);
    anna.is_fine().await;
}

#[tokio::test]
async fn frames_are_read_up_to_32_levels() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let nested = |n: usize| {
        let params = format!("{}{}", "[".repeat(n), "]".repeat(n));
        format!(r#"{{"jsonrpc":"2.0","id":8,"method":"user.search","params":{{"other":{params}}}}}"#)
    };
    anna.send(nested(30)).await;
    assert!(anna.next().await["result"].is_object());
    anna.send(nested(31)).await;
    assert_eq!(anna.next().await["error"]["code"], 9522);
}

#[tokio::test]
async fn a_long_answer_arrives_whole() {
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    let answer = anna.search(5, "big").await;
    assert_eq!(answer["result"]["cursor"], "公".repeat(100_000));
    anna.is_fine().await;
}

#[tokio::test]
async fn a_wrong_websocket_frame_closes_only_its_connection() {
    use tokio::io::AsyncWriteExt;
    let server = start(settings()).await;
    let mut anna = signed_in(&server, "anna").await;
    // Reserved bits; not masked; not UTF-8.
    for (bytes, code) in
        [(&b"\xf1\x80\0\0\0\0"[..], 1002), (b"\x81\x05hello", 1002), (b"\x81\x82\0\0\0\0\xc3\x28", 1007)]
    {
        let mut ben = signed_in(&server, "ben").await;
        ben.0.get_mut().write_all(bytes).await.unwrap();
        assert_eq!(ben.close_code().await, code);
    }
    anna.is_fine().await;
}

/// A stranger cannot make the server keep long frames: the allowance is for everything before sign-in.
#[tokio::test]
async fn strangers_may_send_little() {
    let server = start(Settings { frame_bytes: 1024 * 1024, ..settings() }).await;
    let mut stranger = connect(&server).await;
    let padded = |n: usize| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"session.ping","params":{{"x":"{}"}}}}"#, "x".repeat(n))
    };
    stranger.send(padded(60 * 1024)).await;
    assert!(stranger.next().await["result"].is_object());
    stranger.send(padded(100 * 1024)).await;
    assert_eq!(stranger.next().await["error"]["code"], 9522);
    assert_eq!(stranger.close_code().await, SIZE);
    let mut anna = signed_in(&server, "anna").await;
    for _ in 0..3 {
        anna.send(padded(200 * 1024)).await;
        assert!(anna.next().await["result"].is_object());
    }
}
