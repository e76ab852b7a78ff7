//! The wire as strangers meet it: a client in another language, and nonsense.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::{Program, program};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{WebSocketStream, client_async};

#[path = "../../src/protocol/fuzz/damage.rs"]
mod damage;

const SOON: Duration = Duration::from_secs(30);

fn tree() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A server with nobody on it yet, in a directory of its own.
struct Fresh {
    program: Program,
    address: SocketAddr,
    /// Invites the first person, who becomes the administrator.
    link: String,
    dir: PathBuf,
}

impl Fresh {
    fn start(name: &str, settings: &str) -> Outcome<Self> {
        let dir = std::env::temp_dir().join(format!("hallway-wire-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).doing(dir.display())?;
        let listener = TcpListener::bind("127.0.0.1:0").doing("finding a free port")?;
        let address = listener.local_addr().doing("finding a free port")?;
        drop(listener);
        let config = dir.join("server.toml");
        let text = format!("[server]\nbind = \"{address}\"\ndata_dir = {:?}\n{settings}", dir.join("data"));
        std::fs::write(&config, text).doing(config.display())?;
        let mut command = Command::new(program("hallway-server")?);
        command.arg("--config").arg(&config);
        let program = Program::start(&mut command, &dir.join("server.log"))?;
        let link = program.line("how the first person signs in", SOON, |line| {
            let start = line.find("hallway://join/")?;
            line[start..].split_whitespace().next().map(str::to_owned)
        })?;
        Ok(Self { program, address, link, dir })
    }

    /// The token of the link.
    fn token(&self) -> Outcome<String> {
        let link: hallway_protocol::link::InviteLink = self.link.parse().doing("reading the link")?;
        Ok(link.token)
    }

    fn finish(self) -> Outcome {
        let log = std::fs::read_to_string(self.program.log()).doing("reading the log")?;
        self.program.stop(SOON)?;
        if log.contains("panicked") {
            return Err(Failure::new(format!("the server panicked:\n{log}")));
        }
        std::fs::remove_dir_all(&self.dir).doing(self.dir.display())
    }
}

/// Runs a Python program of `tests/python` with the link of a fresh server.
fn python(script: &str) -> Outcome {
    python_by(Path::new("python3"), script, "")
}

fn python_by(interpreter: &Path, script: &str, settings: &str) -> Outcome {
    let server = Fresh::start(script, settings)?;
    let mut command = Command::new(interpreter);
    command.arg("-B").arg(tree().join("tests/python").join(script)).arg(&server.link);
    let mut proof =
        Program::start(&mut command, &server.dir.join("python.log")).doing("python3 is needed")?;
    let status = proof.end(Duration::from_secs(120))?;
    if !status.success() {
        let said = std::fs::read_to_string(proof.log()).doing("reading what it said")?;
        return Err(Failure::new(format!("{script} says:\n{said}")));
    }
    server.finish()
}

/// `src/protocol/README.md` is enough to write a client: one that was written from it, in Python, plays two
/// people through what the page promises.
#[test]
fn a_client_written_from_the_description_works() -> Outcome {
    python("prove_wire.py")
}

/// What the page shows as a worked conversation is what a server says.
#[test]
fn the_worked_conversation_of_the_description_is_true() -> Outcome {
    python("prove_transcript.py")
}

/// OBJ-9, OBJ-64: somebody else's tus client uploads what another person then downloads, as the page says.
#[test]
fn somebody_elses_tus_client_works() -> Outcome {
    const TUSPY: &str = "HALLWAY_TUSPY";
    let interpreter = std::env::var_os(TUSPY).map(PathBuf::from).filter(|path| path.exists());
    let interpreter = interpreter.doing(format_args!(
        "{TUSPY} does not name a Python that has tuspy: ./dev test installs it and sets the variable"
    ))?;
    python_by(&interpreter, "prove_tus.py", "[tls]\nmode = \"off\"\n")
}

/// A WebSocket that says whatever it is told to.
struct Rude {
    socket: WebSocketStream<TcpStream>,
    last_id: u64,
}

/// What became of something rude.
enum Heard {
    /// The answer to the ping after it: the connection lives.
    Alive {
        /// Refusals with 2024 among what came before.
        signed_out: bool,
    },
    /// The server closed, with a code or without.
    Closed(Option<CloseCode>),
}

impl Rude {
    async fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await.doing("connecting")?;
        let (socket, _) = client_async(format!("ws://{address}/ws"), stream).await.doing("upgrading")?;
        // Above all numbers in the samples.
        Ok(Self { socket, last_id: 1_000_000_000 })
    }

    async fn call(&mut self, method: &str, params: Value) -> Outcome<Value> {
        self.last_id += 1;
        let frame = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params });
        self.socket.send(Message::text(frame.to_string())).await.doing("sending")?;
        loop {
            match self.socket.next().await.doing("closed")?.doing("receiving")? {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).doing("reading an answer")?;
                    if frame["id"] == self.last_id {
                        let what = || format!("{method}: {}", frame["error"]);
                        return frame.get("result").cloned().ok_or_else(|| Failure::new(what()));
                    }
                }
                Message::Close(reason) => return Err(Failure::new(format!("closed: {reason:?}"))),
                _ => {}
            }
        }
    }

    async fn sign_in(&mut self, app_id: &Value, user: &str, instance: &str) -> Outcome {
        let params = json!({ "app_id": app_id, "user_id": user, "credential": { "password": PASSWORD },
            "instance": { "instance_id": instance }, "protocol_version": 1 });
        self.call("session.sign_in", params).await.map(drop)
    }

    /// Sends frames and then a ping, and reads until its answer or the end.
    async fn say(&mut self, frames: &[String]) -> Heard {
        self.last_id += 1;
        let ping = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": "session.ping" }).to_string();
        for frame in frames.iter().chain([&ping]) {
            if self.socket.feed(Message::text(frame.as_str())).await.is_err() {
                break; // closed; why stands among what is still to be read
            }
        }
        let _ = self.socket.flush().await;
        let mut signed_out = false;
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                    if frame["id"] == self.last_id && frame.get("result").is_some() {
                        return Heard::Alive { signed_out };
                    }
                    signed_out |= frame["error"]["code"] == 2024;
                }
                Some(Ok(Message::Close(reason))) => return Heard::Closed(reason.map(|reason| reason.code)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }
}

const PASSWORD: &str = "correct horse battery";
/// What may close a connection that misbehaves: policy, size, protocol, or its own damaged requests.
const REASONS: [CloseCode; 4] = [CloseCode::Policy, CloseCode::Size, CloseCode::Protocol, CloseCode::Normal];

fn count() -> usize {
    let wish = std::env::var("HALLWAY_FUZZ").ok().and_then(|text| text.parse().ok());
    wish.unwrap_or(if cfg!(debug_assertions) { 1_500 } else { 1_000_000 })
}

/// Nonsense before and after sign-in never takes the server down, is never answered with a panic, and never
/// keeps somebody else from being answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_harms_nobody_else() -> Outcome {
    let rates = "sign_in_per_address = \"off\"\nrequests = \"off\"\nsend = \"off\"\ncreate_group = \"off\"\n";
    let settings =
        format!("[tls]\nmode = \"off\"\n[rates]\npassword_failures = 0\n{rates}[log]\nlevel = \"warn\"\n");
    let server = Fresh::start("nonsense", &settings)?;
    let mut neighbour = Rude::connect(server.address).await?;
    let info = neighbour.call("server.info", json!({})).await?;
    let app_id = &info["app_id"];
    let join = json!({ "token": server.token()?, "user_id": "anna", "password": PASSWORD });
    neighbour.call("account.join", join).await?;
    neighbour.sign_in(app_id, "anna", "neighbour").await?;
    let invite = neighbour.call("account.create_invite", json!({})).await?;
    let link: hallway_protocol::link::InviteLink =
        invite["link"].as_str().doing("a link")?.parse().doing("reading the link")?;
    neighbour
        .call("account.join", json!({ "token": link.token, "user_id": "ben", "password": PASSWORD }))
        .await?;

    let frames = damage::frames(&tree().join("src/protocol/snapshots"));
    let mut random = damage::Random(0x7269_6e67);
    let mut batch =
        |size: usize| -> Vec<String> { (0..size).map(|_| damage::damaged(&frames, &mut random)).collect() };

    // Before sign-in: a few are answered, then the connection is closed with a code.
    for _ in 0..count() / 100 {
        let mut rude = Rude::connect(server.address).await?;
        match rude.say(&batch(40)).await {
            Heard::Closed(Some(code)) if REASONS.contains(&code) => {}
            Heard::Closed(code) => return Err(Failure::new(format!("closed with {code:?}"))),
            Heard::Alive { .. } => return Err(Failure::new("40 bad frames before sign-in were all taken")),
        }
        neighbour.call("session.ping", json!({})).await?;
    }

    // After sign-in: sent in bursts; what is closed or signed out signs in again.
    let mut rude = None;
    for round in 0..count() / 20 {
        let mut open = match rude.take() {
            Some(open) => open,
            None => {
                let mut fresh = Rude::connect(server.address).await?;
                fresh.sign_in(app_id, "ben", "rude").await.doing(format_args!("round {round}"))?;
                fresh
            }
        };
        match open.say(&batch(20)).await {
            Heard::Alive { signed_out: false } => rude = Some(open),
            Heard::Alive { signed_out: true } => {}
            Heard::Closed(code) if code.is_none_or(|code| REASONS.contains(&code)) => {}
            Heard::Closed(code) => return Err(Failure::new(format!("closed with {code:?}"))),
        }
        neighbour.call("user.get", json!({ "user_id_list": ["ben"] })).await?;
    }
    drop(neighbour);
    server.finish()
}
