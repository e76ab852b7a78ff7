//! The pages beside the WebSocket.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn get(server: &Running, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    page
}

#[tokio::test]
async fn health_and_figures_are_there_and_nothing_else() {
    let server = start(settings()).await;
    let _anna = signed_in(&server, "anna").await;
    assert!(get(&server, "/healthz", "").await.starts_with("HTTP/1.1 200 OK"));
    assert!(get(&server, "/metrics", "").await.contains("\nhallway_signed_in_connections 1\n"));
    assert!(get(&server, "/metrics", "").await.ends_with("\nown_total 7\n"));
    assert!(get(&server, "/", "").await.starts_with("HTTP/1.1 404"));
    assert!(get(&server, "/../etc/passwd", "").await.starts_with("HTTP/1.1 404"));
    assert!(get(&server, "/ws", "").await.starts_with("HTTP/1.1 426"));
}

#[tokio::test]
async fn figures_are_for_this_computer_or_for_the_token() {
    let server = start(Settings { metrics_token: "figures".into(), ..settings() }).await;
    let proxied = "X-Forwarded-For: 192.0.2.1\r\n";
    assert!(get(&server, "/metrics", proxied).await.starts_with("HTTP/1.1 403"));
    let wrong = format!("{proxied}Authorization: Bearer figurez\r\n");
    assert!(get(&server, "/metrics", &wrong).await.starts_with("HTTP/1.1 403"));
    let right = format!("{proxied}Authorization: Bearer figures\r\n");
    assert!(get(&server, "/metrics", &right).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn without_a_token_nobody_else_sees_the_figures() {
    let server = start(settings()).await;
    let empty = "X-Forwarded-For: 192.0.2.1\r\nAuthorization: Bearer \r\n";
    assert!(get(&server, "/metrics", empty).await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let server = start(settings()).await;
    let page = get(&server, "/healthz", &format!("X-Long: {}\r\n", "x".repeat(20_000))).await;
    assert!(page.starts_with("HTTP/1.1 431"), "{page}");
    assert!(get(&server, "/healthz", "").await.starts_with("HTTP/1.1 200 OK"));
}
