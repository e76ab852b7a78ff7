//! The network side from outside: a real listener on a free port, a raw WebSocket client, and a backend that
//! does as the test says.

mod frames;
mod life;
mod pages;
pub(crate) mod raw;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::SinkExt;
use hallway_protocol::ids::UserId;
use hallway_protocol::method::{Call, Done, RefreshCredential, SignIn, Users};
use hallway_protocol::session::{Credential, KickedOutType, ServerInfo, SignedIn};
use hallway_protocol::{ChatError, ErrorCode, Limits, PROTOCOL_VERSION};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::connections::Connections;
use super::gate::Gate;
use super::outbox::{Frame, Outbox};
use super::request::answer;
use super::*;
use crate::config::Rates;
use crate::ratelimit::Rate;
use raw::Raw;

/// Signs in everybody whose password is `ok`. `user.search` does what its query says.
#[derive(Default)]
struct Scripted {
    outboxes: Arc<Mutex<HashMap<String, Arc<Outbox>>>>,
    release: Notify,
    expires: Mutex<Option<i64>>,
    told: Mutex<Vec<String>>,
}

struct Detach(Arc<Mutex<HashMap<String, Arc<Outbox>>>>, String);

impl Drop for Detach {
    fn drop(&mut self) {
        self.0.lock().unwrap().remove(&self.1);
    }
}

impl Scripted {
    fn outbox(&self, user: &str) -> Option<Arc<Outbox>> {
        self.outboxes.lock().unwrap().get(user).cloned()
    }

    fn told(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }
}

impl Backend for Scripted {
    type Caller = String;

    fn user_number(caller: &String) -> i64 {
        caller.len() as i64
    }

    fn server_info(&self) -> ServerInfo {
        ServerInfo {
            protocol_version: PROTOCOL_VERSION,
            server_version: "test".into(),
            workspace: "Test".into(),
            app_id: 1,
            server_time_ms: 0,
        }
    }

    async fn sign_in(
        &self,
        request: SignIn,
        _: IpAddr,
        current: Option<&String>,
        outbox: &Arc<Outbox>,
    ) -> Result<SignInDone<String>, ChatError> {
        let user = request.user_id.to_string();
        if !matches!(&request.credential, Credential::Password(password) if password == "ok") {
            return Err(ErrorCode::LoginFailed.into());
        }
        let repeat_login = current == Some(&user);
        let answer: SignedIn = serde_json::from_value(json!({
            "user": {"user_id": user}, "user_number": 1, "token": "t", "limits": Limits::default(),
            "server_time_ms": 0, "epoch": "e", "repeat_login": repeat_login, "workspace": "Test",
        }))
        .unwrap();
        let entered = (!repeat_login).then(|| {
            self.outboxes.lock().unwrap().insert(user.clone(), Arc::clone(outbox));
            Entered {
                caller: Arc::new(user.clone()),
                credential_expires: *self.expires.lock().unwrap(),
                registration: Box::new(Detach(Arc::clone(&self.outboxes), user)),
            }
        });
        Ok(SignInDone { answer, entered })
    }

    async fn sign_out(&self, caller: &String) -> Result<(), ChatError> {
        self.told(format!("sign_out {caller}"));
        Ok(())
    }

    async fn refresh_credential(&self, _: &String, _: RefreshCredential) -> Result<Option<i64>, ChatError> {
        Ok(None)
    }

    async fn expired(&self, caller: &String) {
        self.told(format!("expired {caller}"));
    }

    async fn call(
        &self,
        caller: Option<Arc<String>>,
        _: IpAddr,
        id: u64,
        call: Call,
    ) -> Result<Frame, ChatError> {
        match call {
            Call::Join(_) if caller.is_none() => Ok(answer(id, &Done {})),
            Call::SearchUsers(search) => match search.query.as_str() {
                "panic" => panic!("as the test says"),
                "wait" => {
                    self.release.notified().await;
                    Ok(answer(id, &Users { users: vec![], cursor: None }))
                }
                "big" => Ok(answer(id, &Users { users: vec![], cursor: Some("公".repeat(100_000)) })),
                "refuse" => Err(ErrorCode::NoPermission.into()),
                _ => Ok(answer(id, &Users { users: vec![], cursor: None })),
            },
            _ => Ok(answer(id, &Done {})),
        }
    }

    fn files(&self) -> Option<&Files> {
        None
    }

    fn stickers(&self) -> Option<&Stickers> {
        None
    }

    fn write_figures(&self, out: &mut String) {
        crate::metrics::write_counter(out, "own_total", "its own", 7);
    }

    async fn health(&self) -> Result<(), String> {
        Ok(())
    }
}

struct Running {
    addr: SocketAddr,
    node: Arc<Node<Scripted>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

fn settings() -> Settings {
    Settings {
        silence: Duration::from_secs(60),
        sign_in_within: Duration::from_secs(60),
        bad_frames: 5,
        frame_bytes: 64 * 1024,
        queue: outbox::Capacity::default(),
        max_connections: 0,
        stop_within: Duration::from_secs(10),
        metrics_token: "".into(),
    }
}

async fn start(settings: Settings) -> Running {
    start_with(settings, Rates { search: Rate::OFF, requests: Rate::OFF, ..Rates::default() }).await
}

async fn start_with(settings: Settings, rates: Rates) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let node = Arc::new(Node {
        backend: Scripted::default(),
        metrics: Arc::default(),
        gate: Gate::new(&rates),
        connections: Arc::new(Connections::default()),
        settings,
    });
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(listener::run(Arc::clone(&node), listener, None, stopped));
    Running { addr, node, stop, task }
}

fn sign_in(user: &str, password: &str) -> Value {
    json!({
        "app_id": 1, "user_id": user.parse::<UserId>().unwrap(), "credential": {"password": password},
        "instance": {"instance_id": format!("{user}-1")}, "protocol_version": PROTOCOL_VERSION,
    })
}

fn kicked(kind: KickedOutType) -> Value {
    json!({"jsonrpc": "2.0", "method": "event", "params": {"name": "kicked_out", "data": {"type": kind}}})
}

async fn connect(server: &Running) -> Raw {
    Raw::connect(server.addr).await
}

async fn signed_in(server: &Running, user: &str) -> Raw {
    let mut raw = connect(server).await;
    let answer = raw.call(1, "session.sign_in", sign_in(user, "ok")).await;
    assert_eq!(answer["result"]["user"]["user_id"], user, "{answer}");
    raw
}
