//! The door for the network side: one call in, one answer out.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use hallway_protocol::frame::{Answer, Version};
use hallway_protocol::method::{Call, RefreshCredential, SignIn};
use hallway_protocol::session::ServerInfo;
use hallway_protocol::{ChatError, ErrorCode, PROTOCOL_VERSION};
use serde::Serialize;

use super::account::Accounts;
use super::annotation::{Annotator, pin, reaction, receipt};
use super::cache::{Conversations, Members, Users};
use super::chore::Chores;
use super::clock::Clock;
use super::core::{Caller, Core};
use super::file::{Files, Storage};
use super::link_preview::Previewer;
use super::message::Sender;
use super::moderation::Moderation;
use super::offered::{NotOffered, Offered};
use super::{
    combined, conversation, conversation_group, group, heard, history, link_preview, member, message_change,
    retention, search, setting, sync, user, voice,
};
use crate::auth::password::PasswordError;
use crate::authz::{self, Account, Target};
use crate::bus::Bus;
use crate::config::{Config, ConfigError};
use crate::invite::Inviter;
use crate::metrics::{Metrics, write_counter};
use crate::moderation::{Moderator, RulesError};
use crate::net::outbox::{Frame, Outbox};
use crate::net::{Backend, SignInDone};
use crate::outbound::Outbound;
use crate::preview::Previews;
use crate::sticker::{Stickers, StickersError};
use crate::store::{Db, StoreError, WriteKey, server};

/// How long the database may take to prove that it is well.
const HEALTHY_WITHIN: Duration = Duration::from_secs(3);

/// All services of one server. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    core: Arc<Core>,
    sender: Sender,
    annotator: Arc<Annotator>,
    accounts: Accounts,
    files: Files,
    offered: Arc<Offered>,
    moderation: Arc<Moderation>,
    chores: Chores,
    stickers: Stickers,
}

/// Why the services do not start.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database fails.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    /// The configuration names limits that there are not.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A service that is to be offered cannot be.
    #[error(transparent)]
    Offered(#[from] NotOffered),
    /// The rules of moderation cannot be used.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A pack of stickers cannot be used.
    #[error(transparent)]
    Stickers(#[from] StickersError),
    /// Passwords cannot be hashed as configured.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The operating system gives no random bytes.
    #[error(transparent)]
    Random(#[from] crate::auth::NoRandomness),
}

impl Service {
    /// Starts the services of an open database. Must be called on the runtime.
    pub async fn open(
        config: &Config,
        db: Db,
        inviter: Inviter,
        metrics: Arc<Metrics>,
        storage: Storage,
        outbound: &Outbound,
    ) -> Result<Self, ServiceError> {
        let stickers = Stickers::open(&config.stickers.folder)?;
        let offered = Arc::new(Offered::open(config, outbound).await?);
        let limits = config.effective_limits()?;
        let fresh = crate::auth::hex(&crate::auth::random::<8>()?);
        let start = Clock::new(0).now_ms();
        let (epoch, latest) = db
            .write(WriteKey::user(0), move |tx| {
                let epoch = server::epoch(tx, &fresh, start.div_euclid(1000))?;
                Ok::<_, StoreError>((epoch, server::latest_change(tx)?))
            })
            .await?;
        let core = Arc::new(Core {
            db,
            bus: Bus::start(),
            users: Users::default(),
            conversations: Conversations::default(),
            members: Members::default(),
            clock: Clock::new(latest),
            limits,
            epoch,
            link_previews: config.link_previews.enabled,
            chores: tokio::sync::Notify::new(),
        });
        let accounts =
            Accounts::new(Arc::clone(&core), config, inviter, metrics, offered.services().clone())?;
        let files = Files::open(config, Arc::clone(&core), storage).await?;
        let moderator = Moderator::open(config, outbound)?;
        let moderation = Arc::new(Moderation::new(Arc::clone(&core), files.clone(), moderator));
        let annotator = Annotator::new(Arc::clone(&core));
        let sender = Sender::new(Arc::clone(&core), Arc::clone(&moderation));
        let previewer = config
            .link_previews
            .enabled
            .then(|| Previewer::new(Arc::clone(&core), files.clone(), Previews::new(outbound.clone())));
        let chores = Chores::new(Arc::clone(&core), Arc::clone(&moderation), previewer);
        Ok(Self {
            inner: Arc::new(Inner {
                core,
                sender,
                annotator,
                accounts,
                files,
                offered,
                moderation,
                chores,
                stickers,
            }),
        })
    }

    /// Accounts, invitations and sessions, for the person who runs the server.
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// Files behind messages.
    pub fn files(&self) -> &Files {
        &self.inner.files
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.inner.core.db
    }

    /// Removes messages that are older than history is kept (MSG-5).
    pub async fn remove_old_history(&self) -> Result<(), StoreError> {
        retention::sweep(&self.inner.core).await
    }

    /// What is owed to stored messages.
    pub(crate) fn chores(&self) -> &Chores {
        &self.inner.chores
    }

    /// Keeps the index of words up to date until the database is closed.
    pub async fn follow_messages(&self) {
        search::follow(Arc::clone(&self.inner.core)).await;
    }

    /// Brings it up to date now.
    pub async fn index_messages(&self) -> Result<(), StoreError> {
        search::catch_up(&self.inner.core, 0).await.map(drop)
    }

    /// Puts the clock forward, which never goes back: for tests.
    pub fn put_clock_forward(&self, by: Duration) {
        self.inner.core.clock.put_forward(by);
    }

    /// Who is online.
    pub fn bus(&self) -> &Bus {
        &self.inner.core.bus
    }

    /// Does what `call` asks and makes the frame of the answer.
    pub async fn answer(&self, caller: Option<Arc<Caller>>, id: u64, call: Call) -> Result<Frame, ChatError> {
        match (caller, call) {
            (_, Call::GetServerInfo(_)) => Ok(frame(id, &self.server_info())),
            (_, Call::Join(call)) => Ok(frame(id, &self.inner.accounts.join(*call).await?)),
            (Some(caller), call) => self.signed_in(&caller, id, call).await,
            (None, call) => {
                authz::may(call.name(), Account::Nobody, Target::Own)?;
                // What is open to everybody and not above is answered by the connection itself.
                Err(ErrorCode::StateNotAllowed.into())
            }
        }
    }

    async fn signed_in(&self, caller: &Arc<Caller>, id: u64, call: Call) -> Result<Frame, ChatError> {
        let Inner { core, sender, annotator, accounts, files, offered, moderation, stickers, .. } =
            &*self.inner;
        Ok(match call {
            Call::SyncUser(call) => frame(id, &sync::user(core, caller, *call).await?),
            Call::SyncHeads(call) => frame(id, &sync::heads(core, caller, *call).await?),
            Call::SyncChanges(call) => frame(id, &history::changes(core, caller, *call).await?),
            Call::ReportDelivered(call) => frame(id, &sync::delivered(core, caller, *call).await?),
            Call::SendMessage(call) => frame(id, &sender.send(caller, *call).await?),
            Call::RevokeMessage(call) => frame(id, &message_change::revoke(core, caller, *call).await?),
            Call::ModifyMessage(call) => {
                frame(id, &message_change::modify(core, moderation, caller, *call).await?)
            }
            Call::DeleteMessages(call) => frame(id, &message_change::delete(core, caller, *call).await?),
            Call::GetCombinedMessage(call) => frame(id, &combined::get(core, caller, *call).await?),
            Call::AddMessageReaction(call) => frame(id, &annotator.add_reaction(caller, *call).await?),
            Call::RemoveMessageReaction(call) => frame(id, &annotator.remove_reaction(caller, *call).await?),
            Call::GetReactionUsers(call) => frame(id, &reaction::users(core, caller, *call).await?),
            Call::SetMessageExtensions(call) => frame(id, &annotator.set_extensions(caller, *call).await?),
            Call::DeleteMessageExtensions(call) => {
                frame(id, &annotator.delete_extensions(caller, *call).await?)
            }
            Call::SendMessageReadReceipt(call) => frame(id, &annotator.acknowledge(caller, *call).await?),
            Call::GetReadMembers(call) => frame(id, &receipt::members(core, caller, *call).await?),
            Call::PinGroupMessage(call) => frame(id, &annotator.pin(caller, *call).await?),
            Call::GetPinnedMessages(call) => frame(id, &pin::list(core, caller, *call).await?),
            Call::GetRange(call) => frame(id, &history::range(core, caller, *call).await?),
            Call::SearchMessages(call) => frame(id, &search::messages(core, caller, *call).await?),
            Call::LocateTime(call) => frame(id, &history::locate(core, caller, *call).await?),
            Call::MarkHeard(call) => frame(id, &heard::mark(core, caller, *call).await?),
            Call::ConvertVoiceToText(call) => {
                frame(id, &voice::to_text(core, files, offered, caller, *call).await?)
            }
            Call::RemoveLinkPreview(call) => frame(id, &link_preview::remove(core, caller, *call).await?),
            Call::TranslateText(call) => frame(id, &offered.translate(&core.limits, *call).await?),
            Call::GetUploadTicket(call) => frame(id, &files.ticket(caller, *call)),
            Call::BeginUpload(call) => frame(id, &files.begin_direct(caller, *call).await?),
            Call::GetUploadParts(call) => frame(id, &files.direct_parts(caller, *call).await?),
            Call::CompleteUpload(call) => frame(id, &files.complete_direct(caller, *call).await?),
            Call::CancelUpload(call) => frame(id, &files.cancel_direct(caller, *call).await?),
            Call::GetFileLink(call) => frame(id, &files.link(caller, *call).await?),
            Call::GetStickerPacks(call) => frame(id, &stickers.packs(&call)),
            Call::GetConversation(call) => frame(id, &conversation::get(core, caller, *call).await?),
            Call::SetRead(call) => frame(id, &conversation::set_read(core, caller, *call).await?),
            Call::SetAllRead(call) => frame(id, &conversation::set_all_read(core, caller, *call).await?),
            Call::ClearHistory(call) => frame(id, &conversation::clear_history(core, caller, *call).await?),
            Call::DeleteConversations(call) => frame(id, &conversation::delete(core, caller, *call).await?),
            Call::UpdateConversations(call) => frame(id, &setting::update(core, caller, *call).await?),
            Call::SetAllReceiveMessageOpt(call) => {
                frame(id, &setting::set_all_receive_message_opt(core, caller, *call).await?)
            }
            Call::CreateConversationGroup(call) => {
                frame(id, &conversation_group::create(core, caller, *call).await?)
            }
            Call::DeleteConversationGroup(call) => {
                frame(id, &conversation_group::delete(core, caller, *call).await?)
            }
            Call::RenameConversationGroup(call) => {
                frame(id, &conversation_group::rename(core, caller, *call).await?)
            }
            Call::SetDraft(call) => frame(id, &conversation::set_draft(core, caller, *call).await?),
            Call::GetUsers(call) => frame(id, &user::get(core, *call).await?),
            Call::SearchUsers(call) => frame(id, &user::search(core, *call).await?),
            Call::UpdateProfile(call) => frame(id, &user::update(core, caller, *call).await?),
            Call::CreateGroup(call) => frame(id, &group::create(core, caller, *call).await?),
            Call::GetGroup(call) => frame(id, &group::get(core, caller, *call).await?),
            Call::UpdateGroup(call) => frame(id, &group::update(core, caller, *call).await?),
            Call::ChangeGroupOwner(call) => frame(id, &group::change_owner(core, caller, *call).await?),
            Call::GetGroupMembers(call) => frame(id, &member::list(core, caller, *call).await?),
            Call::AddGroupMembers(call) => frame(id, &member::add(core, caller, *call).await?),
            Call::DeleteGroupMembers(call) => frame(id, &member::remove(core, caller, *call).await?),
            Call::QuitGroup(call) => frame(id, &member::quit(core, caller, *call).await?),
            Call::ListInstances(call) => frame(id, &accounts.list(caller, *call).await?),
            Call::EndInstance(call) => frame(id, &accounts.end_instance(caller, *call).await?),
            Call::ChangePassword(call) => frame(id, &accounts.change_password(caller, *call).await?),
            Call::CreateInvite(call) => frame(id, &accounts.create_invite(caller, *call).await?),
            Call::GetServerInfo(_)
            | Call::Join(_)
            | Call::Ping(_)
            | Call::SignIn(_)
            | Call::SignOut(_)
            | Call::RefreshCredential(_) => {
                // These change or belong to the connection, which answers them itself.
                return Err(ErrorCode::StateNotAllowed.into());
            }
        })
    }
}

/// The frame of a successful answer.
fn frame(id: u64, result: &impl Serialize) -> Frame {
    // Answers are plain data with string keys; writing them to memory cannot fail.
    serde_json::to_string(&Answer { jsonrpc: Version, id, result }).unwrap_or_default().into()
}

impl Backend for Service {
    type Caller = Caller;

    fn user_number(caller: &Caller) -> i64 {
        caller.number
    }

    fn server_info(&self) -> ServerInfo {
        let Inner { core, accounts, .. } = &*self.inner;
        ServerInfo {
            protocol_version: PROTOCOL_VERSION,
            server_version: env!("CARGO_PKG_VERSION").to_owned(),
            workspace: accounts.workspace.clone(),
            app_id: accounts.app_id,
            server_time_ms: core.clock.now_ms(),
        }
    }

    async fn sign_in(
        &self,
        request: SignIn,
        peer: IpAddr,
        current: Option<&Caller>,
        outbox: &Arc<Outbox>,
    ) -> Result<SignInDone<Caller>, ChatError> {
        self.inner.accounts.sign_in(request, peer, current, outbox).await
    }

    async fn sign_out(&self, caller: &Caller) -> Result<(), ChatError> {
        self.inner.accounts.sign_out(caller).await
    }

    async fn refresh_credential(
        &self,
        caller: &Caller,
        request: RefreshCredential,
    ) -> Result<Option<i64>, ChatError> {
        self.inner.accounts.refresh_credential(caller, request).await
    }

    async fn expired(&self, caller: &Caller) {
        self.inner.accounts.expired(caller).await;
    }

    async fn call(
        &self,
        caller: Option<Arc<Caller>>,
        _: IpAddr,
        id: u64,
        call: Call,
    ) -> Result<Frame, ChatError> {
        self.answer(caller, id, call).await
    }

    fn files(&self) -> Option<&Files> {
        Some(&self.inner.files)
    }

    fn stickers(&self) -> Option<&Stickers> {
        Some(&self.inner.stickers)
    }

    fn write_figures(&self, out: &mut String) {
        let stats = self.inner.core.db.stats();
        let figures = [
            ("hallway_commits_total", "Transactions committed", &stats.commits),
            ("hallway_writes_total", "Writes in them", &stats.jobs),
            ("hallway_write_reruns_total", "Batches of writes that had to run again", &stats.reruns),
        ];
        for (name, help, value) in figures {
            write_counter(out, name, help, value.load(Relaxed));
        }
    }

    async fn health(&self) -> Result<(), String> {
        let db = &self.inner.core.db;
        let check = async {
            db.read(|tx| tx.one("SELECT 1", &[], |row| row.get::<i64>(0))).await?;
            db.write(WriteKey::user(0), |_| Ok::<_, StoreError>(())).await
        };
        match tokio::time::timeout(HEALTHY_WITHIN, check).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the database does not answer".to_owned()),
        }
    }
}
