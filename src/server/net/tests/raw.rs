//! A client that speaks WebSocket and nothing else: it may say anything.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// A client that knows nothing of the protocol but its envelope.
pub(crate) struct Raw(pub(crate) WebSocketStream<Box<dyn Stream>>);

/// Whatever carries bytes both ways.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

impl Raw {
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self::over(stream).await
    }

    pub(crate) async fn over(stream: impl Stream + 'static) -> Self {
        let stream: Box<dyn Stream> = Box::new(stream);
        let (socket, _) = tokio_tungstenite::client_async("ws://server/ws", stream).await.unwrap();
        Self(socket)
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::Text(text.into().into())).await.unwrap();
    }

    pub(crate) async fn request(&mut self, id: u64, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()).await;
    }

    /// The next text frame.
    pub(crate) async fn next(&mut self) -> Value {
        match self.message().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("no text but {other:?}"),
        }
    }

    pub(crate) async fn message(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await;
        next.expect("nothing came within 20 s").map(|message| message.expect("the connection broke"))
    }

    pub(crate) async fn call(&mut self, id: u64, method: &str, params: Value) -> Value {
        self.request(id, method, params).await;
        let answer = self.next().await;
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    pub(crate) async fn search(&mut self, id: u64, query: &str) -> Value {
        self.call(id, "user.search", json!({ "query": query })).await
    }

    pub(crate) async fn is_fine(&mut self) {
        assert!(self.search(99, "anna").await["result"].is_object());
    }

    /// The code of the close frame that comes next.
    pub(crate) async fn close_code(&mut self) -> u16 {
        match self.message().await {
            Some(Message::Close(Some(frame))) => frame.code.into(),
            other => panic!("no close but {other:?}"),
        }
    }

    /// Waits until the connection is gone, however.
    pub(crate) async fn gone(&mut self) {
        while let Some(Ok(_)) = tokio::time::timeout(Duration::from_secs(20), self.0.next())
            .await
            .expect("still there after 20 s")
        {}
    }
}
