//! A connection that speaks the protocol and keeps nothing: what a load generator needs, and a second
//! opinion on the server beside the SDK.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use hallway_protocol::frame::{Request, ServerFrame, Version};
use hallway_protocol::message::Payload;
use hallway_protocol::method::{Method, SendMessage, SignIn};
use hallway_protocol::session::{Credential, InstanceInfo, SignedIn};
use hallway_protocol::{ConversationId, MessageId, PROTOCOL_VERSION, UserId};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message as WsMessage, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::failure::{Failure, Outcome, While};

/// Answers begin like this, events do not: telling them apart costs no parsing.
const ANSWER: &str = r#"{"jsonrpc":"2.0","id""#;

/// One plain connection to a server on loopback.
pub struct Raw {
    socket: WebSocketStream<TcpStream>,
    last_id: u64,
    last_random: u32,
    /// Events that came while an answer was awaited, oldest first.
    events: VecDeque<Utf8Bytes>,
    /// Number of the account signed in.
    pub number: i64,
}

impl Raw {
    /// Connects without signing in.
    pub async fn connect(server: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(server).await.doing("connecting")?;
        stream.set_nodelay(true).doing("connecting")?;
        let config = WebSocketConfig::default().read_buffer_size(4096).write_buffer_size(4096);
        let (socket, _) = client_async_with_config(format!("ws://{server}/ws"), stream, Some(config))
            .await
            .doing("upgrading")?;
        Ok(Self { socket, last_id: 0, last_random: 0, events: VecDeque::new(), number: 0 })
    }

    /// Connects and signs in with a credential of the deployment's own back end.
    pub async fn sign_in(
        server: SocketAddr,
        app_id: u32,
        user: &UserId,
        user_sig: &str,
    ) -> Outcome<(Self, SignedIn)> {
        let mut raw = Self::connect(server).await?;
        let signed_in = raw
            .call(&SignIn {
                app_id,
                user_id: user.clone(),
                credential: Credential::UserSig(user_sig.into()),
                instance: InstanceInfo {
                    instance_id: format!("load-{user}"),
                    device_class: Default::default(),
                    client_version: "load".into(),
                    host_name: "load".into(),
                },
                protocol_version: PROTOCOL_VERSION,
            })
            .await?;
        raw.number = signed_in.user_number;
        Ok((raw, signed_in))
    }

    /// Calls a method and waits for its answer. Events met on the way are kept for [`Self::event`].
    pub async fn call<M: Method>(&mut self, params: &M) -> Outcome<M::Answer> {
        let text = self.exchange(params).await?;
        let frame: ServerFrame = serde_json::from_str(&text).doing("reading an answer")?;
        match (frame.result, frame.error) {
            (Some(result), None) => serde_json::from_str(result.get()).doing(M::NAME.as_str()),
            (_, Some(error)) => Err(Failure::new(format!("{}: {error}", M::NAME.as_str()))),
            _ => Err(Failure::new(format!("{}: neither result nor error", M::NAME.as_str()))),
        }
    }

    /// Sends a request and gives back the whole answer as text.
    pub async fn exchange<M: Method>(&mut self, params: &M) -> Outcome<Utf8Bytes> {
        self.request(params).await?;
        loop {
            let text = self.read().await?;
            if text.starts_with(ANSWER) {
                return Ok(text);
            }
            self.events.push_back(text);
        }
    }

    /// Sends a request without waiting.
    pub async fn request<M: Method>(&mut self, params: &M) -> Outcome {
        self.last_id += 1;
        let request = Request { jsonrpc: Version, id: self.last_id, method: M::NAME.as_str(), params };
        let text = serde_json::to_string(&request).doing("writing a request")?;
        self.socket.send(WsMessage::text(text)).await.doing("sending")
    }

    /// A text message to `to`, with an id of its own.
    pub fn text(&mut self, to: &ConversationId, time: i64, text: &str) -> SendMessage {
        self.last_random += 1;
        SendMessage {
            id: MessageId::new(self.number, time, self.last_random),
            conversation_id: to.clone(),
            payload: Payload::text(text),
            priority: Default::default(),
            at_user_list: vec![],
            reply_to: None,
            cloud_custom_data: String::new(),
            need_read_receipt: false,
            is_support_extension: false,
            receiver_list: vec![],
            online_user_only: false,
            message_control: None,
            offline_push: None,
            moderation_profile: String::new(),
            no_link_preview: false,
        }
    }

    /// The next event, as text.
    pub async fn event(&mut self) -> Outcome<Utf8Bytes> {
        match self.events.pop_front() {
            Some(text) => Ok(text),
            None => self.read().await,
        }
    }

    /// How many events are kept already.
    pub fn drop_events(&mut self) -> usize {
        std::mem::take(&mut self.events).len()
    }

    async fn read(&mut self) -> Outcome<Utf8Bytes> {
        loop {
            match self.socket.next().await.doing("the server closed the connection")?.doing("receiving")? {
                WsMessage::Text(text) => return Ok(text),
                WsMessage::Close(reason) => return Err(Failure::new(format!("closed: {reason:?}"))),
                _ => {}
            }
        }
    }
}
