//! The background task of an account: connection, sync, cache, outbox and events in one place.
//!
//! It is one loop over four sources: commands of the handle, events of the server, finished jobs, and time. Each is
//! dealt with to its end before the next, so nothing here needs a lock. Calls to the server run as jobs beside the
//! loop and come back as [`Done`]; what they and the live events say is written down by [`apply`] in batches of
//! one transaction, and told to the app after the commit.
//!
//! * `link`: connecting, signing in, and how a session ends (SES-30 to SES-48).
//! * `rounds`: catching up: own log, heads, changes, pages (`docs/sync_model.md` §6).
//! * `intake`: live events (§7); `apply`, `commit`: writing down and telling; `book`: the lines in memory.
//! * `list`: the conversation list and its total.
//! * `uploading`: files before their messages.
//! * `sending`, `wishing`, `reading`, `drafting`, `receipts`: what goes the other way.

pub mod apply;
mod book;
mod commit;
mod drafting;
mod intake;
mod link;
mod list;
mod reading;
mod receipts;
mod rounds;
mod sending;
mod uploading;
mod wishing;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::FutureExt;
use hallway_protocol::conversation::Draft;
use hallway_protocol::event::ServerEvent;
use hallway_protocol::method::Method;
use hallway_protocol::sync::UserFrame;
use hallway_protocol::{ChatError, ConversationId, ErrorCode, Message, MessageId, UserId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::Result;
use crate::account::{Lock, StoredAccount};
use crate::cache::meta::{Cursors, Token};
use crate::cache::outbox::Outgoing;
use crate::cache::wish::{self, Wish};
use crate::cache::{Cache, conv, meta, outbox};
use crate::config::{Config, ServerAddress};
use crate::outbox::Queue;
use crate::shared::Shared;
use crate::sync::{Stretch, Tracker};
use crate::transport::{Backoff, Connector, Link, Rpc};

use apply::Step;
use book::Book;

pub(crate) use link::{Signed, session_of, sign_in};
pub(crate) use list::{group_of, groups};

/// Live events dealt with in one transaction at most.
const BATCH: usize = 200;

/// The answer to a command.
pub(crate) type Reply<T> = oneshot::Sender<Result<T>>;

/// What the handle asks for.
pub(crate) enum Command {
    /// Connect now, or see whether the connection lives (SES-37).
    Wake,
    /// Reach the server another way.
    Via(Connector, Box<ServerAddress>),
    /// Which conversation is in front.
    Active(Option<ConversationId>),
    /// A message was put in the outbox; whoever waits is told what becomes of it.
    Queued(Outgoing, Option<Reply<Message>>),
    /// Sends a failed message again (MSG-60).
    Resend(MessageId, Reply<()>),
    /// Takes an unsent message back.
    Cancel(MessageId, Reply<()>),
    /// Stops the upload of a message, or lets it go on.
    PauseUpload(MessageId, bool, Reply<()>),
    /// Changes an unsent message. `None`: it is not in the outbox any more.
    Edit(Box<Message>, Reply<Option<Message>>),
    /// Does something to a stored message.
    Wish(Wish, Reply<()>),
    /// Read up to a place, or all.
    Read(ConversationId, Option<u64>, Reply<()>),
    /// All of these are read.
    ReadAll(hallway_protocol::method::ReadScope, Reply<()>),
    /// Something was typed.
    Draft(Draft),
    /// Fetches missing messages.
    Fill(ConversationId, u64, u64, Reply<()>),
    /// Parts of a conversation are looked at that may be out of date.
    Stale(ConversationId, Vec<Stretch>),
    /// What a call of the handle brought.
    Apply(Vec<Step>, Reply<()>),
    /// The credential was replaced: when it runs out is for the server to say.
    CredentialReplaced,
    /// The end.
    Stop(Stop, oneshot::Sender<()>),
}

/// How the task ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The program ends; the session goes on.
    Close,
    /// The session ends (SES-12).
    Logout,
}

/// What a job brought.
pub(crate) enum Done {
    Connected(std::result::Result<Box<Signed>, link::Refused>),
    User {
        first: bool,
        result: Result<hallway_protocol::sync::UserChanges>,
    },
    Heads(Result<hallway_protocol::sync::Heads>),
    Head {
        id: ConversationId,
        result: Result<Box<hallway_protocol::sync::Head>>,
    },
    Changes {
        id: ConversationId,
        after: u64,
        result: Result<hallway_protocol::sync::Changes>,
    },
    Page {
        question: rounds::PageQuestion,
        result: Result<hallway_protocol::sync::Range>,
    },
    Sent {
        id: MessageId,
        conversation_id: ConversationId,
        result: Result<hallway_protocol::sync::Stored>,
    },
    Uploaded {
        id: MessageId,
        conversation_id: ConversationId,
        result: Result<Vec<(u32, hallway_protocol::FileId, u64)>>,
    },
    Edited {
        result: Result<hallway_protocol::sync::Stored>,
    },
    Wished {
        position: i64,
        result: Result<wishing::Granted>,
    },
    Read {
        id: ConversationId,
        seq: u64,
        result: Result<hallway_protocol::sync::ReadMoved>,
    },
    AllRead {
        result: Result<hallway_protocol::method::AllRead>,
    },
    Draft {
        draft: Draft,
        result: Result<()>,
    },
    Delivered {
        items: Vec<(ConversationId, u64)>,
        result: Result<()>,
    },
}

struct Finished {
    link: u64,
    done: Done,
}

/// The part of an account that its handle holds too.
pub(crate) struct Account {
    pub me: UserId,
    pub cache: Cache,
    pub commands: mpsc::UnboundedSender<Command>,
    /// For connections of its own, which files are fetched over.
    pub connector: Arc<Connector>,
    pub ended: Arc<AtomicBool>,
}

impl Account {
    /// False once the session was ended from elsewhere.
    pub fn is_alive(&self) -> bool {
        !self.ended.load(Ordering::Acquire)
    }
}

/// What a task is started with.
pub(crate) struct Start {
    pub config: Config,
    pub stored: StoredAccount,
    pub cache: Cache,
    pub connector: Connector,
    pub token: Option<Token>,
    pub lock: Lock,
    /// The connection a login has made already.
    pub signed: Option<Box<Signed>>,
}

/// The task.
pub(crate) struct Engine {
    shared: Arc<Shared>,
    config: Config,
    stored: StoredAccount,
    me: UserId,
    cache: Cache,
    commands: mpsc::UnboundedReceiver<Command>,
    ended: Arc<AtomicBool>,
    lock: Option<Lock>,

    connector: Arc<Connector>,
    token: Option<Token>,
    link: Option<Link>,
    rpc: Option<Rpc>,
    link_number: u64,
    connecting: bool,
    /// The attempt under way goes the old way.
    is_detour: bool,
    connect_at: Option<Instant>,
    backoff: Backoff,
    is_server_closing: bool,
    offline_since: Option<Instant>,
    jobs: JoinSet<Finished>,

    book: Book,
    useq: Tracker<UserFrame>,
    cursors: Cursors,
    active: Option<ConversationId>,
    rounds: rounds::Rounds,
    list: list::ListState,
    queue: Queue,
    waiters: HashMap<MessageId, Vec<Reply<Message>>>,
    uploads: uploading::Uploads,
    wishes: wishing::Wishes,
    reads: reading::Reads,
    drafts: drafting::Drafts,
    receipts: receipts::Receipts,
    was_ready: bool,
    warned: link::Warned,
}

impl Engine {
    /// Reads what is stored and starts the task. Returns once the list is there.
    pub async fn start(shared: Arc<Shared>, start: Start) -> Result<Account> {
        let loaded = start
            .cache
            .read(|db| {
                Ok((
                    conv::all(db)?,
                    meta::cursors(db)?,
                    outbox::all(db)?,
                    meta::drafts(db)?,
                    meta::pending_reads(db)?,
                    wish::all(db)?,
                    (meta::conversation_groups(db)?, meta::all_receive_message_opt(db)?),
                ))
            })
            .await?;
        let (convs, cursors, waiting, drafts, reads, wishes, (groups, opt)) = loaded;
        shared.set_conversation_groups(groups);
        shared.set_all_receive_message_opt(opt);
        let (commands, receiver) = mpsc::unbounded_channel();
        let ended = Arc::new(AtomicBool::new(false));
        let me = start.stored.user_id.clone();
        let connector = Arc::new(start.connector);
        let account = Account {
            me: me.clone(),
            cache: start.cache.clone(),
            commands,
            connector: Arc::clone(&connector),
            ended: Arc::clone(&ended),
        };
        let mut engine = Self {
            shared,
            config: start.config,
            stored: start.stored,
            me,
            cache: start.cache,
            commands: receiver,
            ended,
            lock: Some(start.lock),
            connector,
            token: start.token,
            link: None,
            rpc: None,
            link_number: 0,
            connecting: false,
            is_detour: false,
            connect_at: Some(Instant::now()),
            backoff: Backoff::default(),
            is_server_closing: false,
            offline_since: Some(Instant::now()),
            jobs: JoinSet::new(),
            book: Book::new(convs),
            useq: Tracker::new(cursors.useq),
            cursors,
            active: None,
            rounds: rounds::Rounds::default(),
            list: list::ListState::default(),
            queue: Queue::new(waiting),
            waiters: HashMap::new(),
            uploads: uploading::Uploads::new(),
            wishes: wishing::Wishes::new(wishes),
            reads: reading::Reads::new(reads),
            drafts: drafting::Drafts::new(drafts),
            receipts: receipts::Receipts::default(),
            was_ready: false,
            warned: link::Warned::default(),
        };
        engine.publish_list();
        tokio::spawn(engine.run(start.signed));
        Ok(account)
    }

    async fn run(mut self, signed: Option<Box<Signed>>) {
        self.announce_list();
        if let Some(signed) = signed
            && self.connected(signed).await.is_break()
        {
            return self.finish(None).await;
        }
        loop {
            self.pump().await;
            match self.wait().await {
                Woke::Command(None) => return self.stop(Stop::Close, None).await,
                Woke::Command(Some(Command::Stop(how, done))) => return self.stop(how, Some(done)).await,
                Woke::Command(Some(command)) => self.command(command).await,
                Woke::Event(None) => self.lost().await,
                Woke::Event(Some(event)) => {
                    let mut events = vec![event];
                    while events.len() < BATCH
                        && let Some(link) = &mut self.link
                        && let Some(Some(event)) = link.next_event().now_or_never()
                    {
                        events.push(event);
                    }
                    if let Some(kind) = self.intake(events).await {
                        return self.kicked_out(kind).await;
                    }
                }
                Woke::Done(finished) => {
                    if let Some(kind) = self.done(*finished).await {
                        return self.kicked_out(kind).await;
                    }
                }
                Woke::Time => {}
            }
        }
    }

    async fn wait(&mut self) -> Woke {
        let deadline = self.deadline();
        let link = &mut self.link;
        let event = async {
            match link {
                Some(link) => link.next_event().await,
                None => std::future::pending().await,
            }
        };
        let time = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            command = self.commands.recv() => Woke::Command(command),
            event = event => Woke::Event(event),
            Some(finished) = self.jobs.join_next() => match finished {
                Ok(finished) => Woke::Done(Box::new(finished)),
                Err(error) => {
                    if !error.is_cancelled() {
                        crate::log::error!("a job of the client panicked");
                    }
                    Woke::Time
                }
            },
            () = time => Woke::Time,
        }
    }

    /// When something is due by time alone.
    fn deadline(&self) -> Option<Instant> {
        let online = self.rpc.is_some();
        let when_online = [
            self.book.deadline(),
            self.useq.deadline(),
            self.rounds.deadline(),
            self.queue.deadline(),
            self.wishes.deadline(),
            self.reads.deadline(),
            self.receipts.deadline(),
            self.drafts.resend_deadline(),
        ];
        let always = [
            self.list.deadline(),
            self.drafts.save_deadline(),
            self.expiry_deadline(),
            if online { None } else { self.connect_at.filter(|_| !self.connecting) },
            if online { None } else { self.send_deadline() },
        ];
        let wanted = always.into_iter().chain(when_online.into_iter().filter(|_| online)).flatten();
        wanted.min()
    }

    /// Does what is due and starts what can be started.
    async fn pump(&mut self) {
        let now = Instant::now();
        if self.list.is_due(now) {
            self.announce_list();
        }
        if self.drafts.must_save(now) {
            self.save_drafts().await;
        }
        self.warn_of_expiry(now);
        if self.rpc.is_none() {
            self.fail_overdue(now).await;
            self.connect_if_due(now);
            return;
        }
        self.pump_rounds(now);
        self.pump_outbox(now);
        self.pump_wishes(now);
        self.pump_reads(now);
        self.pump_drafts(now);
        self.pump_receipts(now);
    }

    async fn command(&mut self, command: Command) {
        match command {
            Command::Wake => self.wake(),
            Command::Via(connector, server) => self.via(connector, *server),
            Command::Active(id) => self.set_active(id).await,
            Command::Queued(outgoing, waiter) => self.queued(outgoing, waiter),
            Command::Resend(id, reply) => {
                let result = self.resend(&id).await;
                let _ = reply.send(result);
            }
            Command::Cancel(id, reply) => {
                let result = self.cancel(&id).await;
                let _ = reply.send(result);
            }
            Command::PauseUpload(id, is_paused, reply) => {
                let result = self.pause_upload(&id, is_paused).await;
                let _ = reply.send(result);
            }
            Command::Edit(message, reply) => {
                let result = self.edit_unsent(*message).await;
                let _ = reply.send(result);
            }
            Command::Wish(wish, reply) => self.wish(wish, reply).await,
            Command::Read(id, place, reply) => {
                let result = self.read_here(vec![Step::ReadHere { id, place }]).await;
                let _ = reply.send(result);
            }
            Command::ReadAll(scope, reply) => {
                let result = self.read_all(scope).await;
                let _ = reply.send(result);
            }
            Command::Draft(draft) => self.typed(draft),
            Command::Fill(id, from, to, reply) => self.fill(id, from, to, Some(reply)),
            Command::Stale(id, stretches) => self.refresh(&id, &stretches),
            Command::Apply(steps, reply) => {
                let result = self.apply_own(steps).await;
                let _ = reply.send(result);
            }
            Command::CredentialReplaced => self.warned = link::Warned::default(),
            // Dealt with by the loop.
            Command::Stop(..) => {}
        }
    }

    /// Deals with a finished job. Names the reason if the session is over.
    async fn done(&mut self, finished: Finished) -> Option<hallway_protocol::session::KickedOutType> {
        let is_current = finished.link == self.link_number;
        match finished.done {
            Done::Connected(result) => return self.connect_ended(result).await,
            // What a dead connection brought is worth less than asking again, except what was stored.
            Done::Sent { id, conversation_id, result } => {
                self.sent(&id, &conversation_id, result, is_current).await
            }
            Done::Uploaded { id, conversation_id, result } => {
                self.uploaded(&id, &conversation_id, result).await
            }
            Done::Page { question, result } => self.page(question, result).await,
            Done::Wished { position, result } => self.wished(position, result, is_current).await,
            Done::Read { id, seq, result } => self.read_moved(id, seq, result).await,
            Done::AllRead { result } => self.all_read(result).await,
            Done::Draft { draft, result } => self.draft_sent(&draft, result).await,
            Done::Delivered { items, result } => self.delivered(items, result).await,
            Done::Edited { result } => self.edited(result).await,
            _ if !is_current => {}
            Done::User { first, result } => self.user_page(first, result).await,
            Done::Heads(result) => self.heads_page(result).await,
            Done::Head { id, result } => self.head(id, result).await,
            Done::Changes { id, after, result } => self.changes(id, after, result).await,
        }
        None
    }

    /// Calls the server beside the loop. Without a connection nothing happens.
    fn call<M: Method>(&mut self, params: M, wrap: impl FnOnce(Result<M::Answer>) -> Done + Send + 'static) {
        let Some(rpc) = self.rpc.clone() else { return };
        let link = self.link_number;
        self.jobs.spawn(async move { Finished { link, done: wrap(rpc.call(&params).await) } });
    }
}

enum Woke {
    Command(Option<Command>),
    Event(Option<ServerEvent>),
    Done(Box<Finished>),
    Time,
}

/// Whether asking again later can help without anybody doing anything.
fn passes(error: &ChatError) -> bool {
    error.retry() == hallway_protocol::error::Retry::Retryable
}

/// Whether the connection is what failed.
fn is_network(error: &ChatError) -> bool {
    matches!(error.code, ErrorCode::NetworkError | ErrorCode::NoNetwork | ErrorCode::RequestTimeout)
}
