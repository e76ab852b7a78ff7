//! A network between one client and a server that can be made as bad as needed.
//!
//! The client connects here; each connection is one to the server, frame by frame. What passes can be cut,
//! refused, delayed or swallowed without a word (a black hole: the sockets stay, nothing comes through), and live
//! frames of the server (`conversation_frame`, `user_frame`) can be dropped, repeated and swapped, which a real
//! network does not do to them but a full queue, a restart or a lossy bus does.
//!
//! Connections that are no WebSockets carry files; their bytes pass as they are, up to a mark where they stall.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::Dice;
use crate::failure::{Outcome, While};

/// How long a frame that was put aside waits for others to overtake it.
const ASIDE: Duration = Duration::from_millis(60);

/// How many percent of the live frames suffer what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Never arrive.
    pub drop: u32,
    /// Arrive twice, the second time later.
    pub repeat: u32,
    /// Arrive after some of their successors.
    pub swap: u32,
}

#[derive(Clone, Debug, Default)]
struct Weather {
    /// Connections are refused and those there are cut.
    down: bool,
    /// Nothing passes any more, and nobody is told.
    hole: bool,
    delay: Duration,
    faults: Faults,
    /// File connections stall when so many of their bytes have passed, both ways and all of them together.
    files_until: Option<u64>,
    /// Connections of an earlier number are cut.
    generation: u64,
}

/// Bytes of files that have passed, and whether some are held up.
#[derive(Debug, Default)]
struct Files {
    passed: AtomicU64,
    stalled: watch::Sender<bool>,
}

/// See the module. Dropping it cuts everything.
pub struct Net {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    suffered: Arc<AtomicUsize>,
    files: Arc<Files>,
    target: watch::Sender<SocketAddr>,
    task: JoinHandle<()>,
}

impl Net {
    /// A network in front of `server`; `dice` decides which frames suffer.
    pub async fn start(server: SocketAddr, dice: Dice) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening")?;
        let address = listener.local_addr().doing("listening")?;
        let (weather, seen) = watch::channel(Weather::default());
        let (target, to) = watch::channel(server);
        let suffered = Arc::new(AtomicUsize::new(0));
        let files = Arc::new(Files::default());
        let new = Connection {
            weather: seen,
            filter: Filter { dice, aside: VecDeque::new(), suffered: Arc::clone(&suffered) },
            files: Arc::clone(&files),
        };
        let task = tokio::spawn(accept(listener, to, new));
        Ok(Self { address, weather, suffered, files, target, task })
    }

    /// Where the client connects to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many frames were dropped, repeated or swapped so far.
    pub fn suffered(&self) -> usize {
        self.suffered.load(Ordering::Relaxed)
    }

    /// The server is somewhere else now.
    pub fn lead_to(&self, server: SocketAddr) {
        self.target.send_replace(server);
    }

    /// Cuts all connections; new ones are possible.
    pub fn cut(&self) {
        self.weather.send_modify(|weather| weather.generation += 1);
    }

    /// Cuts all connections and refuses new ones, or lets them in again.
    pub fn set_down(&self, down: bool) {
        self.weather.send_modify(|weather| weather.down = down);
    }

    /// Swallows everything on all connections, also those made meanwhile, or lets it through again.
    pub fn set_hole(&self, hole: bool) {
        self.weather.send_modify(|weather| weather.hole = hole);
    }

    /// Holds every frame up for this long.
    pub fn set_delay(&self, delay: Duration) {
        self.weather.send_modify(|weather| weather.delay = delay);
    }

    /// File connections stall when so many bytes of files have passed since the start; none: never.
    pub fn set_files_until(&self, until: Option<u64>) {
        self.files.stalled.send_replace(false);
        self.weather.send_modify(|weather| weather.files_until = until);
    }

    /// Waits until a file connection has come to the mark.
    pub async fn until_stalled(&self) {
        // The sender is held here.
        let _ = self.files.stalled.subscribe().wait_for(|stalled| *stalled).await;
    }

    /// Bytes of files that have passed, both ways.
    pub fn file_bytes(&self) -> u64 {
        self.files.passed.load(Ordering::Relaxed)
    }

    /// What live frames suffer from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.weather.send_modify(|weather| weather.faults = faults);
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        self.task.abort();
        // The connections have tasks of their own; they end when nobody makes the weather any more.
        self.weather.send_modify(|weather| weather.down = true);
    }
}

async fn accept(listener: TcpListener, target: watch::Receiver<SocketAddr>, mut new: Connection) {
    while let Ok((client, _)) = listener.accept().await {
        let server = *target.borrow();
        let connection = new.next();
        tokio::spawn(connection.run(client, server));
    }
}

struct Connection {
    weather: watch::Receiver<Weather>,
    filter: Filter,
    files: Arc<Files>,
}

type Sink = SplitSink<WebSocketStream<TcpStream>, Message>;
type Stream = SplitStream<WebSocketStream<TcpStream>>;

impl Connection {
    /// One more, with chance of its own.
    fn next(&mut self) -> Self {
        let suffered = Arc::clone(&self.filter.suffered);
        Self {
            weather: self.weather.clone(),
            filter: Filter { dice: self.filter.dice.fork(), aside: VecDeque::new(), suffered },
            files: Arc::clone(&self.files),
        }
    }

    /// Ends with the connection, or when the weather is bad; how is of no interest.
    async fn run(mut self, client: TcpStream, server: SocketAddr) -> Option<()> {
        // A cut is felt at once, like that of a cable with a machine at its end.
        client.set_zero_linger().ok()?;
        client.set_nodelay(true).ok()?;
        let generation = self.weather.borrow().generation;
        self.weather.wait_for(|weather| weather.down || !weather.hole).await.ok()?;
        if self.weather.borrow().down {
            return None;
        }
        let is_socket = begins_with(&client, b"GET /ws").await?;
        let far = TcpStream::connect(server).await.ok()?;
        far.set_nodelay(true).ok()?;
        if !is_socket {
            far.set_zero_linger().ok()?;
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = far.into_split();
            let cut = self.weather.clone();
            tokio::select! {
                _ = carry(from_client, to_server, self.weather.clone(), &self.files) => {}
                _ = carry(from_server, to_client, self.weather.clone(), &self.files) => {}
                () = is_cut(cut, generation) => {}
            }
            return None;
        }
        let near = tokio_tungstenite::accept_async(client).await.ok()?;
        let (far, _) = tokio_tungstenite::client_async(format!("ws://{server}/ws"), far).await.ok()?;
        let (to_client, from_client) = near.split();
        let (to_server, from_server) = far.split();
        let cut = self.weather.clone();
        tokio::select! {
            _ = there(from_client, to_server, self.weather.clone()) => {}
            _ = back(from_server, to_client, self.weather.clone(), self.filter) => {}
            () = is_cut(cut, generation) => {}
        }
        None
    }
}

/// Looks at the first bytes of a connection without taking them.
async fn begins_with(client: &TcpStream, wanted: &[u8]) -> Option<bool> {
    let mut head = [0; 16];
    loop {
        let there = client.peek(&mut head).await.ok()?;
        let seen = head.get(..there.min(wanted.len()))?;
        if there == 0 || seen.len() == wanted.len() || !wanted.starts_with(seen) {
            return Some(seen == wanted);
        }
        // Half of the first word: the rest is under way.
        tokio::task::yield_now().await;
    }
}

/// Carries the bytes of files one way.
async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut weather: watch::Receiver<Weather>,
    files: &Files,
) -> Option<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        let passes = |weather: &Weather| {
            let passed = files.passed.load(Ordering::Relaxed) + read as u64;
            !weather.hole && weather.files_until.is_none_or(|until| passed <= until)
        };
        if !passes(&weather.borrow_and_update()) {
            files.stalled.send_replace(true);
        }
        weather.wait_for(passes).await.ok()?;
        files.passed.fetch_add(read as u64, Ordering::Relaxed);
        to.write_all(buffer.get(..read)?).await.ok()?;
    }
}

async fn is_cut(mut weather: watch::Receiver<Weather>, generation: u64) {
    // An error means that the network is gone, which is a cut as well.
    let _ = weather.wait_for(|weather| weather.down || weather.generation != generation).await;
}

/// Waits until something can pass, and then for as long as it takes.
async fn pass(weather: &mut watch::Receiver<Weather>) -> Option<()> {
    let delay = weather.wait_for(|weather| !weather.hole).await.ok()?.delay;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    Some(())
}

async fn there(mut from: Stream, mut to: Sink, mut weather: watch::Receiver<Weather>) -> Option<()> {
    loop {
        let message = from.next().await?.ok()?;
        pass(&mut weather).await?;
        to.send(message).await.ok()?;
    }
}

async fn back(
    mut from: Stream,
    mut to: Sink,
    mut weather: watch::Receiver<Weather>,
    mut filter: Filter,
) -> Option<()> {
    loop {
        let due = filter.due();
        let message = tokio::select! {
            message = from.next() => Some(message?.ok()?),
            () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => None,
        };
        pass(&mut weather).await?;
        let faults = weather.borrow().faults;
        for message in filter.sort(message, faults) {
            to.send(message).await.ok()?;
        }
    }
}

/// Decides what becomes of each frame of the server.
struct Filter {
    dice: Dice,
    aside: VecDeque<Aside>,
    suffered: Arc<AtomicUsize>,
}

struct Aside {
    message: Message,
    /// Frames that overtake it, unless it gets late.
    behind: usize,
    due: Instant,
}

impl Filter {
    /// When the first frame that was put aside goes on, whatever comes.
    fn due(&self) -> Option<Instant> {
        self.aside.iter().map(|aside| aside.due).min()
    }

    /// What goes out now, in this order: the frame that came, if it may pass, and others whose time has come.
    fn sort(&mut self, message: Option<Message>, faults: Faults) -> Vec<Message> {
        let mut out = Vec::new();
        let passed = message.is_some();
        if let Some(message) = message {
            let fate = if is_live(&message) { self.dice.below(100) as u32 } else { u32::MAX };
            let Faults { drop, repeat, swap } = faults;
            if fate < drop + repeat + swap {
                self.suffered.fetch_add(1, Ordering::Relaxed);
            }
            if fate < drop {
                // Gone.
            } else if fate < drop + repeat {
                self.put_aside(message.clone());
                out.push(message);
            } else if fate < drop + repeat + swap {
                self.put_aside(message);
                // It has not been overtaken by itself.
                return out;
            } else {
                out.push(message);
            }
        }
        let now = Instant::now();
        let waiting = std::mem::take(&mut self.aside);
        for mut aside in waiting {
            aside.behind = aside.behind.saturating_sub(usize::from(passed));
            if aside.behind == 0 || aside.due <= now {
                out.push(aside.message)
            } else {
                self.aside.push_back(aside)
            }
        }
        out
    }

    fn put_aside(&mut self, message: Message) {
        let behind = 2 + self.dice.below(3);
        self.aside.push_back(Aside { message, behind, due: Instant::now() + ASIDE });
    }
}

/// Frames whose loss the clients must notice and mend.
fn is_live(message: &Message) -> bool {
    let Message::Text(text) = message else { return false };
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return false };
    frame["method"] == "event"
        && ["conversation_frame", "user_frame"].iter().any(|name| frame["params"]["name"] == *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    /// A server that says `count` live frames to whoever connects, then a last word, then repeats what it hears.
    async fn talker(count: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut socket = tokio_tungstenite::accept_async(socket).await.unwrap();
                    for number in 0..count {
                        let frame = serde_json::json!({ "jsonrpc": "2.0", "method": "event",
                            "params": { "name": "user_frame", "data": { "useq": number } } });
                        socket.send(Message::text(frame.to_string())).await.unwrap();
                    }
                    socket.send(Message::text("last")).await.unwrap();
                    while let Some(Ok(message)) = socket.next().await {
                        if socket.send(message).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        address
    }

    async fn open(net: &Net) -> Outcome<WebSocketStream<TcpStream>> {
        let socket = TcpStream::connect(net.address()).await.doing("connecting")?;
        let url = format!("ws://{}/ws", net.address());
        Ok(tokio_tungstenite::client_async(url, socket).await.doing("upgrading")?.0)
    }

    async fn hear(socket: &mut WebSocketStream<TcpStream>) -> Outcome<String> {
        let message = socket.next().await.doing("the connection ended")?.doing("reading")?;
        Ok(message.into_text().doing("reading")?.to_string())
    }

    #[tokio::test]
    async fn frames_suffer_as_told_and_only_live_ones() -> Outcome {
        let net = Net::start(talker(1000).await, Dice::new(7)).await?;
        net.set_faults(Faults { drop: 20, repeat: 20, swap: 20 });
        let mut socket = open(&net).await?;
        let mut heard = Vec::new();
        let mut last = 0;
        // The last word overtakes those aside; they come late.
        loop {
            let within = if last == 0 { Duration::from_secs(10) } else { ASIDE * 4 };
            match tokio::time::timeout(within, hear(&mut socket)).await {
                Ok(text) if text.as_ref().is_ok_and(|text| text == "last") => last += 1,
                Ok(text) => {
                    let frame: Value = serde_json::from_str(&text?).doing("parsing")?;
                    heard.push(frame["params"]["data"]["useq"].as_u64().doing("a number")?);
                }
                Err(_) => break,
            }
        }
        assert_eq!(last, 1);
        let different = heard.iter().collect::<std::collections::BTreeSet<_>>().len();
        assert!((700..=900).contains(&different), "{different} of 1000 after a loss of a fifth");
        assert!(heard.len() - different > 100, "repeated: {}", heard.len() - different);
        assert!(heard.windows(2).filter(|pair| pair[1] < pair[0]).count() > 100, "swapped");
        assert!(net.suffered() > 500);
        Ok(())
    }

    #[tokio::test]
    async fn a_hole_swallows_and_gives_back_and_a_cut_ends() -> Outcome {
        let net = Net::start(talker(0).await, Dice::new(7)).await?;
        let mut socket = open(&net).await?;
        assert_eq!(hear(&mut socket).await?, "last");
        net.set_hole(true);
        socket.send(Message::text("lost?")).await.doing("sending")?;
        let silence = tokio::time::timeout(Duration::from_millis(100), hear(&mut socket)).await;
        assert!(silence.is_err());
        net.set_hole(false);
        assert_eq!(hear(&mut socket).await?, "lost?");
        net.cut();
        assert!(hear(&mut socket).await.is_err());
        net.set_down(true);
        assert!(open(&net).await.is_err());
        net.set_down(false);
        let mut socket = open(&net).await?;
        assert_eq!(hear(&mut socket).await?, "last");
        drop(net);
        hear(&mut socket).await.err().ok_or_else(|| Failure::new("the connection outlived its network"))?;
        Ok(())
    }
}
