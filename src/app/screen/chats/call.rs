//! What the conversations ask of the account.
//!
//! The state of the screen never touches network or disk: it says what it wants as a [`Call`], which is data
//! and can be compared in tests, and [`Call::run`] makes a task of it whose answer comes back as a message.

use std::sync::Arc;

use hallway_client::do_not_disturb::Wish;
use hallway_client::model::{Around, Conversation, ConversationFilter};
use hallway_client::{Client, FileSource, MessageOptions, SendOptions, Timeline};
use hallway_protocol::conversation::{AllReceiveMessageOpt, Draft, MARK_UNREAD, RemindType};
use hallway_protocol::group::{Group, Member};
use hallway_protocol::message::{Payload, Quote};
use hallway_protocol::method::{
    ConversationsUpdated, CreateGroup, FoundMessages, MembersAdded, PinnedMessage, ReadScope, SearchMessages,
    UpdateGroup, Users,
};
use hallway_protocol::{
    ChatError, ConversationId, ErrorCode, GroupId, Message as ChatMessage, MessageId, UserId,
};
use iced::Task;

use super::voice::{Facts, OutgoingVoice};
use super::{Message, reaction, translating};

/// A message as it leaves the composer.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Where to.
    pub to: ConversationId,
    /// The words.
    pub text: String,
    /// Who is mentioned in them.
    pub at_user_list: Vec<String>,
    /// What it answers to.
    pub reply_to: Option<Quote>,
    /// The viewer wants to know who has read it.
    pub need_read_receipt: bool,
    /// Who alone sees it; nobody: everybody does.
    pub receiver_list: Vec<UserId>,
}

/// A wish. Its answer is an [`Answer`].
#[derive(Debug, Clone, PartialEq)]
pub enum Call {
    /// The list of conversations.
    Conversations,
    /// One conversation, made if there is none yet.
    Conversation(ConversationId),
    /// This conversation is in front now, or none.
    Active(Option<ConversationId>),
    /// A stretch of a timeline; the number comes back with the answer.
    Read {
        /// Which conversation.
        id: ConversationId,
        /// Number of the read.
        number: u64,
        /// Where.
        around: Around,
        /// Messages before.
        before: usize,
        /// Messages from there on.
        after: usize,
    },
    /// A message that is quoted, from the local copy.
    Quoted(MessageId),
    /// Messages with some words; the number comes back with the answer.
    Search {
        /// Number of the search.
        number: u64,
        /// What is looked for.
        search: Box<SearchMessages>,
    },
    /// Messages that are missing.
    Fill {
        /// Which conversation.
        id: ConversationId,
        /// First place.
        from_seq: u64,
        /// Last place.
        to_seq: u64,
    },
    /// What the account knows of voice messages.
    VoiceFacts,
    /// A recording into the outbox.
    SendVoice(OutgoingVoice),
    /// The sound of a message.
    Sound(Arc<ChatMessage>),
    /// A voice message was listened to.
    MarkHeard(MessageId),
    /// A voice message into text, in a language.
    ToText(Arc<ChatMessage>, String),
    /// Into the outbox. One at a time, so that the order of writing is the order of sending.
    Send(Outgoing),
    /// Try again.
    Resend(MessageId),
    /// Give it up.
    Cancel(MessageId),
    /// Recall for everybody.
    Recall(Arc<ChatMessage>),
    /// Change the words.
    Edit {
        /// The message as it was when editing began.
        message: Arc<ChatMessage>,
        /// The new words.
        text: String,
        /// Who is mentioned in them.
        at_user_list: Vec<String>,
    },
    /// Delete for the viewer only.
    DeleteMessages(Vec<Arc<ChatMessage>>),
    /// Give a reaction, or take it back.
    React(Arc<ChatMessage>, String, bool),
    /// The pinned messages of a group.
    Pins(GroupId),
    /// Pin a message, or take the pin off.
    PinMessage(GroupId, Arc<ChatMessage>, bool),
    /// Tell the senders of these that they were read.
    Receipts(Vec<Arc<ChatMessage>>),
    /// Tell those who are there that the viewer is writing.
    Typing(ConversationId),
    /// The words of a message in this language.
    Translate(Arc<ChatMessage>, &'static str),
    /// Take the preview of a link off an own message.
    RemovePreview(Arc<ChatMessage>),
    /// Everything up to a place is read; none for all.
    MarkRead(ConversationId, Option<u64>),
    /// Everything everywhere is read.
    MarkAllRead,
    /// To the top of the list, or no more.
    Pin(ConversationId, bool),
    /// Without notice, or with it again.
    Mute(ConversationId, bool),
    /// To be seen as unread, or no more.
    MarkUnread(ConversationId, bool),
    /// The names of the conversation groups.
    ConversationGroups,
    /// Into a conversation group, or out of it.
    InConversationGroup {
        /// What.
        id: ConversationId,
        /// Which group.
        group: String,
        /// Into it.
        is_in: bool,
    },
    /// A new conversation group, with this in it.
    CreateConversationGroup(String, Option<ConversationId>),
    /// Another name for a conversation group: the present one, the new one.
    RenameConversationGroup(String, String),
    /// No such conversation group any more.
    DeleteConversationGroup(String),
    /// Do-not-disturb as it is set.
    DoNotDisturb,
    /// Set it or end it.
    SetDoNotDisturb(Option<Wish>),
    /// Off the list.
    DeleteConversation(ConversationId),
    /// Empty for the viewer.
    ClearHistory(ConversationId),
    /// Keep what is begun; an empty text forgets it.
    Draft {
        /// Which conversation.
        id: ConversationId,
        /// The words so far.
        text: String,
        /// What they will answer to.
        reply_to: Option<Quote>,
    },
    /// A group's profile and its members.
    Group(GroupId),
    /// People of the workspace; the number comes back with the answer.
    People {
        /// Number of the search.
        number: u64,
        /// What is searched; empty for everybody.
        query: String,
        /// Where the page before ended.
        cursor: Option<String>,
    },
    /// A new group.
    CreateGroup {
        /// Its name.
        name: String,
        /// Its first members besides the viewer.
        members: Vec<UserId>,
        /// Chosen once, so that a repeated call makes one group.
        request_id: String,
    },
    /// New name, introduction or notice.
    UpdateGroup {
        /// Which group.
        group_id: GroupId,
        /// What changes.
        change: GroupChange,
    },
    /// More members.
    AddMembers(GroupId, Vec<UserId>),
    /// One member less.
    RemoveMember(GroupId, UserId),
    /// Leave.
    Quit(GroupId),
    /// To pictures and files.
    Media(super::media::Call),
    /// To what is chosen to be sent.
    Attach(super::attach::Call),
    /// To polls, lists and places.
    Card(super::card::Call),
    /// To sending messages on.
    Forward(super::forward::Call),
    /// Who has read a message.
    Readers(super::readers::Call),
    /// Who gave a reaction.
    Reactors(super::reactors::Call),
    /// To the record that is read.
    Record(super::record::Call),
    /// To stickers.
    Sticker(super::sticker::Call),
    /// To the picture in the whole window.
    Viewer(super::viewer::Call),
}

/// A field of a group's profile with its new value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupChange {
    /// GRP-2.
    Name(String),
    /// GRP-3.
    Introduction(String),
    /// GRP-4.
    Notice(String),
}

/// What came of a call.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The list.
    Conversations(Result<Arc<[Conversation]>, ChatError>),
    /// The names of the conversation groups.
    ConversationGroups(Arc<[String]>),
    /// A conversation group was made or has another name.
    Named(Result<(), ChatError>),
    /// Do-not-disturb as it is set.
    DoNotDisturb(AllReceiveMessageOpt),
    /// A conversation to open.
    Conversation(ConversationId, Result<(), ChatError>),
    /// A stretch.
    Read(ConversationId, u64, Result<Arc<Timeline>, ChatError>),
    /// A message that is quoted.
    Quoted(Option<Arc<ChatMessage>>),
    /// What was found, and for what.
    Found(u64, Box<SearchMessages>, Result<Box<FoundMessages>, ChatError>),
    /// A hole, by its first place.
    Filled(ConversationId, u64, Result<(), ChatError>),
    /// It is in the outbox, or it never will be.
    Sent(Box<Outgoing>, Result<(), ChatError>),
    /// What the account knows of voice messages.
    VoiceFacts(Facts),
    /// A recording is in the outbox, or it is not.
    VoiceSent(Box<OutgoingVoice>, Result<(), ChatError>),
    /// The sound of a message.
    Sound(MessageId, Result<Arc<[u8]>, ChatError>),
    /// The words of a voice message.
    Text(MessageId, Result<String, ChatError>),
    /// A change was made, or was not; the words of the composer come back then.
    Edited(Arc<ChatMessage>, String, Result<(), ChatError>),
    /// The pinned messages of a group.
    Pins(GroupId, Vec<PinnedMessage>),
    /// A translation.
    Translated(MessageId, Result<String, ChatError>),
    /// A message was recalled.
    Recalled(Arc<ChatMessage>, Result<(), ChatError>),
    /// A group as it is now, with its members.
    Group(GroupId, Result<(Group, Vec<Member>), ChatError>),
    /// A page of people.
    People(u64, Result<Users, ChatError>),
    /// A group was made.
    Created(Result<GroupId, ChatError>),
    /// A group's profile was changed.
    Updated(GroupId, Result<(), ChatError>),
    /// People were added.
    Added(GroupId, Result<Box<MembersAdded>, ChatError>),
    /// Something else was done; only a failure is told.
    Done(Doing, Result<(), ChatError>),
}

/// What was being done when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Marking as read.
    Read,
    /// Pinning, muting, marking as unread, grouping, do-not-disturb.
    Setting,
    /// Sending again.
    Resend,
    /// Giving up an unsent message.
    Cancel,
    /// Deleting a message.
    DeleteMessage,
    /// Deleting a conversation.
    DeleteConversation,
    /// Clearing the history.
    ClearHistory,
    /// Keeping a draft.
    Draft,
    /// Removing a member.
    RemoveMember,
    /// Leaving a group.
    Quit,
    /// Pinning a message.
    Pin,
    /// Taking a preview off.
    RemovePreview,
    /// Giving or taking back a reaction.
    React,
}

impl Call {
    /// Does it.
    pub fn run(self, client: &Client) -> Task<Message> {
        let client = client.clone();
        match self {
            Self::Active(id) => {
                client.set_active_conversation(id);
                Task::none()
            }
            Self::Media(call) => call.run(&client),
            Self::Attach(call) => call.run(&client),
            Self::Card(call) => call.run(&client),
            Self::Forward(call) => call.run(&client),
            Self::Readers(call) => call.run(&client),
            Self::Reactors(call) => call.run(&client),
            Self::Record(call) => call.run(&client),
            Self::Sticker(call) => call.run(&client),
            Self::Viewer(call) => call.run(&client),
            call => Task::perform(call.answer(client), Message::Answer),
        }
    }

    async fn answer(self, client: Client) -> Answer {
        let done = |what, result: Result<_, ChatError>| Answer::Done(what, result);
        match self {
            Self::Conversations => {
                let list = client.get_conversation_list(ConversationFilter::default()).await;
                Answer::Conversations(list.map(|list| list.conversation_list.into()))
            }
            Self::Conversation(id) => {
                let made = client.get_conversation_profile(&id).await;
                Answer::Conversation(id, made.map(drop))
            }
            Self::Active(id) => {
                client.set_active_conversation(id);
                done(Doing::Read, Ok(()))
            }
            // They run by themselves.
            Self::Media(_)
            | Self::Attach(_)
            | Self::Card(_)
            | Self::Forward(_)
            | Self::Readers(_)
            | Self::Reactors(_)
            | Self::Record(_)
            | Self::Sticker(_)
            | Self::Viewer(_) => done(Doing::Read, Ok(())),
            Self::Read { id, number, around, before, after } => {
                let stretch = client.timeline(&id, around, before, after).await;
                Answer::Read(id, number, stretch.map(Arc::new))
            }
            Self::Quoted(id) => Answer::Quoted(client.find_message(&id).await.ok().flatten().map(Arc::new)),
            Self::Search { number, search } => {
                let found = client.search_messages(&search).await;
                Answer::Found(number, search, found.map(Box::new))
            }
            Self::Fill { id, from_seq, to_seq } => {
                let filled = client.fill(&id, from_seq, to_seq).await;
                Answer::Filled(id, from_seq, filled)
            }
            Self::Send(outgoing) => {
                let sent = send(&client, &outgoing).await;
                Answer::Sent(Box::new(outgoing), sent)
            }
            Self::VoiceFacts => {
                let heard = client.heard_messages().await.unwrap_or_default();
                Answer::VoiceFacts(Facts { heard, languages: client.services().voice_to_text })
            }
            Self::SendVoice(outgoing) => {
                let sent = send_voice(&client, &outgoing).await;
                Answer::VoiceSent(Box::new(outgoing), sent)
            }
            Self::Sound(message) => {
                let sound = sound(&client, &message).await;
                Answer::Sound(message.id.clone(), sound)
            }
            Self::MarkHeard(id) => done(Doing::Read, client.mark_heard(&id).await),
            Self::ToText(message, language) => {
                let text = client.convert_voice_to_text(&message, &language).await;
                Answer::Text(message.id.clone(), text)
            }
            Self::Resend(id) => done(Doing::Resend, client.resend_message(&id).await.map(drop)),
            Self::Cancel(id) => done(Doing::Cancel, client.cancel_message(&id).await),
            Self::Recall(message) => {
                let recalled = client.revoke_message(&message, "").await;
                Answer::Recalled(message, recalled.map(drop))
            }
            Self::Edit { message, text, at_user_list } => {
                let edited = client.modify_message(&message, &text, at_user_list).await;
                Answer::Edited(message, text, edited.map(drop))
            }
            Self::DeleteMessages(messages) => done(Doing::DeleteMessage, delete(&client, &messages).await),
            Self::React(message, sign, on) => {
                done(Doing::React, reaction::react(&client, &message, &sign, on).await)
            }
            Self::Pins(group) => {
                // Without them the bar is not there; they are asked for again with the next change.
                let list = client.get_pinned_group_message_list(&group).await.unwrap_or_default();
                Answer::Pins(group, list)
            }
            Self::PinMessage(group, message, is_pinned) => {
                done(Doing::Pin, client.pin_group_message(&group, &message, is_pinned).await)
            }
            Self::Receipts(messages) => done(Doing::Read, acknowledge(&client, &messages).await),
            Self::Typing(id) => done(Doing::Read, tell_typing(&client, id).await),
            Self::Translate(message, language) => {
                let words = translating::translate(&client, &message, language).await;
                Answer::Translated(message.id.clone(), words)
            }
            Self::RemovePreview(message) => {
                done(Doing::RemovePreview, client.remove_link_preview(&message).await.map(drop))
            }
            Self::MarkRead(id, place) => done(Doing::Read, client.set_message_read(&id, place).await),
            Self::MarkAllRead => done(Doing::Read, client.set_all_message_read(ReadScope::All).await),
            Self::Pin(id, is_pinned) => done(Doing::Setting, client.pin_conversation(&id, is_pinned).await),
            Self::Mute(id, muted) => {
                let kind = if muted { RemindType::AcceptNotNotify } else { RemindType::AcceptAndNotify };
                done(Doing::Setting, client.set_message_remind_type(&[id], kind).await.and_then(all_done))
            }
            Self::MarkUnread(id, marked) => {
                let marked = client.mark_conversation(&[id], MARK_UNREAD, marked).await;
                done(Doing::Setting, marked.and_then(all_done))
            }
            Self::ConversationGroups => {
                Answer::ConversationGroups(client.get_conversation_group_list().unwrap_or_default().into())
            }
            Self::InConversationGroup { id, group, is_in } => {
                let changed = match is_in {
                    true => client.add_conversations_to_group(&group, &[id]).await,
                    false => client.delete_conversations_from_group(&group, &[id]).await,
                };
                done(Doing::Setting, changed.and_then(all_done))
            }
            Self::CreateConversationGroup(name, id) => {
                let ids: Vec<_> = id.into_iter().collect();
                Answer::Named(client.create_conversation_group(&name, &ids).await.and_then(all_done))
            }
            Self::RenameConversationGroup(old, new) => {
                Answer::Named(client.rename_conversation_group(&old, &new).await)
            }
            Self::DeleteConversationGroup(name) => {
                done(Doing::Setting, client.delete_conversation_group(&name).await)
            }
            Self::DoNotDisturb => {
                Answer::DoNotDisturb(client.get_all_receive_message_opt().unwrap_or_default())
            }
            Self::SetDoNotDisturb(wish) => {
                done(Doing::Setting, client.set_all_receive_message_opt(wish).await)
            }
            Self::DeleteConversation(id) => {
                done(Doing::DeleteConversation, client.delete_conversation(&[id], true).await)
            }
            Self::ClearHistory(id) => done(Doing::ClearHistory, client.clear_history_message(&id).await),
            Self::Draft { id, text, reply_to } => {
                let time_ms = chrono::Utc::now().timestamp_millis();
                let draft = Draft { conversation_id: id, draft_text: text, reply_to, time_ms };
                done(Doing::Draft, client.set_conversation_draft(draft).await)
            }
            Self::Group(id) => {
                let group = group(&client, &id).await;
                Answer::Group(id, group)
            }
            Self::People { number, query, cursor } => {
                Answer::People(number, client.search_users(&query, cursor).await)
            }
            Self::CreateGroup { name, members, request_id } => {
                let made = client.create_group(new_group(name, members, request_id)).await;
                Answer::Created(made.map(|made| made.group.group_id))
            }
            Self::UpdateGroup { group_id, change } => {
                let updated = client.update_group_profile(update(group_id.clone(), change)).await;
                Answer::Updated(group_id, updated.map(drop))
            }
            Self::AddMembers(id, people) => {
                let added = client.add_group_member(&id, people).await;
                Answer::Added(id, added.map(Box::new))
            }
            Self::RemoveMember(id, user) => {
                let removed = client.delete_group_member(&id, vec![user], "").await;
                done(Doing::RemoveMember, removed.map(drop))
            }
            Self::Quit(id) => done(Doing::Quit, client.quit_group(&id).await),
        }
    }
}

/// A call about one conversation fails as a whole.
fn all_done(done: ConversationsUpdated) -> Result<(), ChatError> {
    match done.failure_conversation_id_list.into_iter().next() {
        Some(failure) => Err(ChatError::new(failure.code).with_message(failure.message)),
        None => Ok(()),
    }
}

async fn send(client: &Client, outgoing: &Outgoing) -> Result<(), ChatError> {
    let Outgoing { to, text, at_user_list, reply_to, need_read_receipt, receiver_list } = outgoing.clone();
    let options = MessageOptions { reply_to, need_read_receipt, receiver_list, ..MessageOptions::default() };
    let message = if at_user_list.is_empty() {
        client.create_text_message(to, &text, options)?
    } else {
        client.create_text_at_message(to, &text, at_user_list, options)?
    };
    client.enqueue_message(message, SendOptions::default()).await
}

/// The name is never shown; it tells other programs what the file is.
const RECORDING: &str = "voice.ogg";

async fn send_voice(client: &Client, outgoing: &OutgoingVoice) -> Result<(), ChatError> {
    let OutgoingVoice { to, take, reply_to, receiver_list } = outgoing.clone();
    let coded = take
        .ogg()
        .map_err(|error| ChatError::new(ErrorCode::UnexpectedError).with_message(error.to_string()))?;
    let source = FileSource::Bytes { name: RECORDING.into(), bytes: coded.into() };
    let cloud_custom_data = take.wave().app_data();
    let options = MessageOptions { reply_to, cloud_custom_data, receiver_list, ..MessageOptions::default() };
    let length = u64::try_from(take.length().as_millis()).unwrap_or(u64::MAX);
    let message = client.create_audio_message(to, source, length, options).await?;
    client.enqueue_message(message, SendOptions::default()).await
}

async fn sound(client: &Client, message: &ChatMessage) -> Result<Arc<[u8]>, ChatError> {
    match &message.payload {
        Payload::Audio(audio) => client.load_file(message, &audio.url).await,
        _ => Err(ErrorCode::InvalidParameter.into()),
    }
}

/// Acknowledges messages, as many in a call as there may be.
async fn acknowledge(client: &Client, messages: &[Arc<ChatMessage>]) -> Result<(), ChatError> {
    let most = client.limits().receipts_per_call.max(1) as usize;
    for page in messages.chunks(most) {
        let page: Vec<ChatMessage> = page.iter().map(|message| message.as_ref().clone()).collect();
        client.send_message_read_receipt(&page).await?;
    }
    Ok(())
}

async fn tell_typing(client: &Client, to: ConversationId) -> Result<(), ChatError> {
    let message =
        client.create_custom_message(to, hallway_protocol::card::typing(), MessageOptions::default())?;
    let options = SendOptions { online_user_only: true, ..SendOptions::default() };
    client.send_message(message, options).await.map(drop)
}

/// As many calls as the limit of a call asks for.
async fn delete(client: &Client, messages: &[Arc<ChatMessage>]) -> Result<(), ChatError> {
    let most = client.limits().delete_messages_per_call.max(1) as usize;
    for page in messages.chunks(most) {
        let page: Vec<ChatMessage> = page.iter().map(|message| message.as_ref().clone()).collect();
        client.delete_message(&page).await?;
    }
    Ok(())
}

async fn group(client: &Client, id: &GroupId) -> Result<(Group, Vec<Member>), ChatError> {
    Ok((client.get_group_profile(id).await?, client.get_group_member_list(id).await?))
}

fn new_group(name: String, member_list: Vec<UserId>, request_id: String) -> CreateGroup {
    CreateGroup { name, member_list, request_id, ..CreateGroup::default() }
}

fn update(group_id: GroupId, change: GroupChange) -> UpdateGroup {
    let (mut name, mut introduction, mut notification) = (None, None, None);
    match change {
        GroupChange::Name(new) => name = Some(new),
        GroupChange::Introduction(new) => introduction = Some(new),
        GroupChange::Notice(new) => notification = Some(new),
    }
    UpdateGroup {
        group_id,
        name,
        introduction,
        notification,
        avatar: None,
        mute_all_members: None,
        join_option: None,
        invite_option: None,
    }
}
