//! The account: what is in it, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hallway_client::model::Around;
use hallway_client::search::fold;
use hallway_client::{ChatError, Conversation, ErrorCode, Event, Timeline, TimelineItem};
use hallway_protocol::conversation::{AllReceiveMessageOpt, Draft, MARK_UNREAD, RemindType};
use hallway_protocol::group::{Member, MemberRole};
use hallway_protocol::message::{MessageStatus, Payload};
use hallway_protocol::method::{FoundInConversation, FoundMessages, PinnedMessage, SearchMessages, Users};
use hallway_protocol::sticker::StickerPack;
use hallway_protocol::{ConversationId, Message as ChatMessage, MessageId};

use crate::screen::chats::call::GroupChange;
use crate::screen::chats::voice::Facts;
use crate::screen::chats::{Action, Answer, Call, Message, sample};
use crate::voice::Order;

/// One conversation of the account.
pub struct Room {
    /// Its line in the list.
    pub row: Conversation,
    /// What is stored, oldest first.
    pub messages: Vec<ChatMessage>,
    /// What is not sent yet, and why.
    pub outgoing: Vec<(ChatMessage, Option<ChatError>)>,
    /// Places that are not in the cache.
    pub holes: Vec<(u64, u64)>,
    /// Who is in it.
    pub members: Vec<Member>,
}

/// The account.
pub struct World {
    /// The conversations, by the text of their ids.
    pub rooms: BTreeMap<String, Room>,
    /// The conversation groups, in order of creation.
    pub conversation_groups: Vec<String>,
    /// There is a connection.
    pub online: bool,
    /// What was asked, oldest first.
    pub calls: Vec<Call>,
    /// What the parent was to do.
    pub actions: Vec<Action>,
    /// What the account knows of voice messages.
    pub facts: Facts,
    /// The words of every voice message.
    pub spoken: String,
    /// Recordings go into the outbox.
    pub takes_voice: bool,
    /// What the studio was to do, oldest first.
    pub orders: Vec<Order>,
    /// What waits for its time.
    pub timers: Vec<(Duration, Message)>,
    /// The directory.
    pub people: Vec<&'static str>,
    /// The packs of stickers; none, and the server has none.
    pub packs: Vec<StickerPack>,
    numbers: u32,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// An empty account of Anna, online.
    pub fn new() -> Self {
        Self {
            rooms: BTreeMap::new(),
            conversation_groups: Vec::new(),
            online: true,
            calls: Vec::new(),
            actions: Vec::new(),
            facts: Facts::default(),
            spoken: String::new(),
            takes_voice: true,
            orders: Vec::new(),
            timers: Vec::new(),
            people: vec!["anna", "ben", "cleo", "dora", "emil"],
            packs: Vec::new(),
            numbers: 0,
        }
    }

    /// A conversation with these messages, read up to a place.
    pub fn room(&mut self, id: &str, messages: Vec<ChatMessage>, read_seq: u64) -> &mut Room {
        let conversation = sample::conversation(id);
        let messages: Vec<ChatMessage> = messages
            .into_iter()
            .map(|message| ChatMessage { conversation_id: conversation.clone(), ..message })
            .collect();
        let members = vec![
            sample::member("anna", MemberRole::Owner),
            sample::member("ben", MemberRole::Member),
            sample::member("cleo", MemberRole::Member),
        ];
        let mut room =
            Room { row: sample::row(id), messages, outgoing: Vec::new(), holes: Vec::new(), members };
        room.row.read_seq = read_seq;
        room.settle();
        self.rooms.insert(id.to_owned(), room);
        self.rooms.get_mut(id).unwrap()
    }

    fn list(&self) -> Arc<[Conversation]> {
        let mut list: Vec<Conversation> = self.rooms.values().map(|room| room.row.clone()).collect();
        list.sort_by_key(|row| (!row.is_pinned, -row.active_time));
        list.into()
    }

    pub(super) fn stored(&mut self, message: &ChatMessage) -> Option<&mut ChatMessage> {
        let room = self.at(&message.conversation_id)?;
        room.messages.iter_mut().find(|stored| stored.id == message.id)
    }

    fn pins(&mut self, id: &ConversationId) -> Vec<PinnedMessage> {
        let messages = self.at(id).map_or(&[][..], |room| &room.messages);
        let pinned = |message: &ChatMessage| {
            let pin = message.pin.clone()?;
            Some(PinnedMessage { message: message.clone(), pin })
        };
        messages.iter().rev().filter_map(pinned).collect()
    }

    pub(super) fn at(&mut self, id: &ConversationId) -> Option<&mut Room> {
        self.rooms.get_mut(&id.to_string())
    }

    /// What the SDK answers, and the events it raises.
    pub(super) fn answer(&mut self, call: Call) -> (Option<Answer>, Vec<Event>) {
        let offline = || ChatError::new(ErrorCode::NoNetwork);
        let none = (None, Vec::new());
        match call {
            Call::Conversations => (Some(Answer::Conversations(Ok(self.list()))), Vec::new()),
            Call::Conversation(id) => {
                if self.at(&id).is_none() {
                    self.room(&id.to_string(), Vec::new(), 0);
                }
                (Some(Answer::Conversation(id, Ok(()))), vec![Event::ConversationListUpdated(self.list())])
            }
            Call::Read { id, number, around, before, after } => {
                let timeline = self.at(&id).map(|room| room.timeline(around, before, after));
                let timeline =
                    timeline.unwrap_or(Timeline { items: vec![], has_older: false, has_newer: false });
                (Some(Answer::Read(id, number, Ok(Arc::new(timeline)))), Vec::new())
            }
            Call::Search { number, search } => {
                let found = Ok(Box::new(self.search(&search)));
                (Some(Answer::Found(number, search, found)), Vec::new())
            }
            Call::Fill { id, from_seq, .. } => {
                let result = if self.online { Ok(()) } else { Err(offline()) };
                if self.online
                    && let Some(room) = self.at(&id)
                {
                    room.holes.retain(|(from, _)| *from != from_seq);
                }
                (Some(Answer::Filled(id, from_seq, result)), Vec::new())
            }
            Call::Send(outgoing) => {
                self.numbers += 1;
                let id = MessageId::new(1, sample::NOW, 1_000_000 + self.numbers);
                let online = self.online;
                let Some(room) = self.at(&outgoing.to) else { return none };
                let mut message = sample::text("anna", 0, &outgoing.text);
                message.id = id;
                message.conversation_id = outgoing.to.clone();
                message.time = sample::NOW;
                message.reply_to = outgoing.reply_to.clone();
                message.receiver_list.clone_from(&outgoing.receiver_list);
                message.at_user_list.clone_from(&outgoing.at_user_list);
                if online {
                    message.sequence = room.row.seq + 1;
                    room.messages.push(message);
                } else {
                    message.status = MessageStatus::UnSend;
                    room.outgoing.push((message, None));
                }
                room.settle();
                let events = self.changed(&outgoing.to);
                (Some(Answer::Sent(Box::new(outgoing), Ok(()))), events)
            }
            Call::VoiceFacts => (Some(Answer::VoiceFacts(self.facts.clone())), Vec::new()),
            Call::Sound(message) => {
                let sound = if self.online { Ok(Arc::from(*b"a sound")) } else { Err(offline()) };
                (Some(Answer::Sound(message.id.clone(), sound)), Vec::new())
            }
            Call::ToText(message, _) => {
                let text = if self.online { Ok(self.spoken.clone()) } else { Err(offline()) };
                (Some(Answer::Text(message.id.clone(), text)), Vec::new())
            }
            Call::SendVoice(outgoing) => {
                if !self.takes_voice {
                    let refused = ChatError::new(ErrorCode::UnexpectedError);
                    return (Some(Answer::VoiceSent(Box::new(outgoing), Err(refused))), Vec::new());
                }
                let Some(room) = self.at(&outgoing.to) else { return none };
                let second = u32::try_from(outgoing.take.length().as_secs()).unwrap();
                let app_data = outgoing.take.wave().app_data();
                let mut message = sample::voice("anna", room.row.seq + 1, second, &app_data);
                message.conversation_id = outgoing.to.clone();
                message.reply_to.clone_from(&outgoing.reply_to);
                room.messages.push(message);
                room.settle();
                let events = self.changed(&outgoing.to);
                (Some(Answer::VoiceSent(Box::new(outgoing), Ok(()))), events)
            }
            Call::Recall(message) => {
                let id = message.conversation_id.clone();
                if let Some(room) = self.at(&id) {
                    for stored in room.messages.iter_mut().filter(|stored| stored.id == message.id) {
                        *stored = sample::recalled(stored.clone(), "anna");
                    }
                }
                (Some(Answer::Recalled(message, Ok(()))), self.changed(&id))
            }
            Call::Edit { message, text, at_user_list } => {
                let id = message.conversation_id.clone();
                if let Some(room) = self.at(&id) {
                    for stored in room.messages.iter_mut().filter(|stored| stored.id == message.id) {
                        stored.payload = Payload::text(text.as_str());
                        stored.at_user_list.clone_from(&at_user_list);
                        stored.modified_time = Some(sample::NOW);
                    }
                }
                (Some(Answer::Edited(message, text, Ok(()))), self.changed(&id))
            }
            Call::DeleteMessages(messages) => {
                let Some(id) = messages.first().map(|message| message.conversation_id.clone()) else {
                    return (None, Vec::new());
                };
                if let Some(room) = self.at(&id) {
                    room.messages.retain(|stored| messages.iter().all(|message| message.id != stored.id));
                }
                (None, self.changed(&id))
            }
            Call::MarkRead(id, place) => {
                if let Some(room) = self.at(&id) {
                    room.row.read_seq = room.row.read_seq.max(place.unwrap_or(room.row.seq));
                    room.settle();
                }
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::Pin(id, is_pinned) => {
                self.at(&id).expect("a conversation").row.is_pinned = is_pinned;
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::Mute(id, muted) => {
                let kind = if muted { RemindType::AcceptNotNotify } else { RemindType::AcceptAndNotify };
                self.at(&id).expect("a conversation").row.message_remind_type = kind;
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::MarkUnread(id, marked) => {
                let marks = if marked { vec![MARK_UNREAD] } else { Vec::new() };
                self.at(&id).expect("a conversation").row.mark_list = marks;
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::ConversationGroups => {
                (Some(Answer::ConversationGroups(self.conversation_groups.clone().into())), Vec::new())
            }
            Call::InConversationGroup { id, group, is_in } => {
                let room = self.at(&id).expect("a conversation");
                room.row.conversation_group_list.retain(|known| *known != group);
                room.row.conversation_group_list.extend(is_in.then_some(group));
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::CreateConversationGroup(name, id) => {
                if self.conversation_groups.contains(&name) {
                    let refused = ChatError::new(ErrorCode::InvalidParameter);
                    return (Some(Answer::Named(Err(refused))), Vec::new());
                }
                self.conversation_groups.push(name.clone());
                if let Some(room) = id.and_then(|id| self.at(&id)) {
                    room.row.conversation_group_list.push(name);
                }
                (Some(Answer::Named(Ok(()))), self.regrouped())
            }
            Call::RenameConversationGroup(old, new) => {
                let rooms = self.rooms.values_mut().flat_map(|room| &mut room.row.conversation_group_list);
                let names = self.conversation_groups.iter_mut().chain(rooms);
                names.filter(|name| **name == old).for_each(|name| name.clone_from(&new));
                (Some(Answer::Named(Ok(()))), self.regrouped())
            }
            Call::DeleteConversationGroup(name) => {
                self.conversation_groups.retain(|known| *known != name);
                for room in self.rooms.values_mut() {
                    room.row.conversation_group_list.retain(|known| *known != name);
                }
                (None, self.regrouped())
            }
            Call::SetDoNotDisturb(wish) => {
                let opt = wish.map_or_else(AllReceiveMessageOpt::default, |wish| AllReceiveMessageOpt {
                    message_remind_type: RemindType::AcceptNotNotify,
                    start_time: sample::NOW,
                    end_time: sample::NOW + wish.duration,
                    is_repeated: wish.is_repeated,
                    time_zone: String::new(),
                });
                (None, vec![Event::AllReceiveMessageOptUpdated(opt)])
            }
            Call::Draft { id, text, reply_to } => {
                if let Some(room) = self.at(&id) {
                    let draft = Draft { conversation_id: id, draft_text: text, reply_to, time_ms: 1 };
                    room.row.draft = Some(draft).filter(|d| !d.draft_text.is_empty() || d.reply_to.is_some());
                }
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::Group(id) => {
                let Some(room) = self.rooms.get(&format!("GROUP{id}")) else { return none };
                let group = room.row.group_profile.as_deref().cloned().unwrap();
                (Some(Answer::Group(id, Ok((group, room.members.clone())))), Vec::new())
            }
            Call::React(message, sign, on) => {
                let id = message.conversation_id.clone();
                if let Some(stored) = self.stored(&message) {
                    stored.reactions.retain(|reaction| reaction.reaction_id != sign);
                    if on {
                        stored.reactions.push(sample::reaction(&sign, &["anna"]));
                    }
                }
                (None, self.changed(&id))
            }
            Call::PinMessage(group, message, is_pinned) => {
                let id = message.conversation_id.clone();
                if let Some(stored) = self.stored(&message) {
                    stored.pin = is_pinned.then(|| sample::pin("anna"));
                }
                let list = self.pins(&id);
                (Some(Answer::Pins(group, list)), self.changed(&id))
            }
            Call::Pins(group) => {
                let list = self.pins(&ConversationId::Group(group.clone()));
                (Some(Answer::Pins(group, list)), Vec::new())
            }
            Call::Quoted(id) => {
                let mut all = self.rooms.values().flat_map(|room| &room.messages);
                let found = all.find(|message| message.id == id);
                (Some(Answer::Quoted(found.cloned().map(Arc::new))), Vec::new())
            }
            Call::Translate(message, _) => {
                (Some(Answer::Translated(message.id.clone(), Ok("你好，世界".into()))), Vec::new())
            }
            Call::People { number, query, .. } => {
                let found = self.people.iter().filter(|id| id.contains(&query.to_lowercase()));
                let users = found.map(|id| sample::profile(id)).collect();
                (Some(Answer::People(number, Ok(Users { users, cursor: None }))), Vec::new())
            }
            Call::CreateGroup { name, members, .. } => {
                let room = self.room("GROUPnew", Vec::new(), 0);
                let mut group = sample::group("new", &name);
                group.member_count = u32::try_from(members.len()).unwrap() + 1;
                room.row.group_profile = Some(Arc::new(group));
                let event = Event::ConversationListUpdated(self.list());
                (Some(Answer::Created(Ok("new".parse().unwrap()))), vec![event])
            }
            Call::UpdateGroup { group_id, change } => {
                if let Some(room) = self.rooms.get_mut(&format!("GROUP{group_id}")) {
                    let mut group = room.row.group_profile.as_deref().cloned().unwrap();
                    group.modification += 1;
                    match change {
                        GroupChange::Name(name) => group.name = name,
                        GroupChange::Introduction(text) => group.introduction = text,
                        GroupChange::Notice(text) => group.notification = text,
                    }
                    room.row.group_profile = Some(Arc::new(group));
                }
                let event = Event::ConversationListUpdated(self.list());
                (Some(Answer::Updated(group_id, Ok(()))), vec![event])
            }
            Call::DeleteConversation(id) => {
                self.rooms.remove(&id.to_string());
                (None, vec![Event::ConversationListUpdated(self.list())])
            }
            Call::RemoveMember(group, user) => {
                if let Some(room) = self.rooms.get_mut(&format!("GROUP{group}")) {
                    room.members.retain(|member| member.user_id != user);
                }
                (None, vec![Event::GroupMemberUpdated(group, Arc::new([]))])
            }
            _ => none,
        }
    }

    /// Texts with all of the words, the newest first.
    fn search(&self, search: &SearchMessages) -> FoundMessages {
        let words: Vec<String> = search.keyword_list.iter().map(|word| fold(word)).collect();
        let answers = |message: &&ChatMessage| {
            let Payload::Text(text) = &message.payload else { return false };
            let text = fold(&text.text);
            let is_from = &search.sender_user_id_list;
            words.iter().all(|word| text.contains(word))
                && (is_from.is_empty() || is_from.contains(&message.from))
        };
        let wanted = |id: &ConversationId| search.conversation_id.as_ref().is_none_or(|only| only == id);
        let mut list: Vec<FoundInConversation> = Vec::new();
        for room in self.rooms.values().filter(|room| wanted(&room.row.conversation_id)) {
            let mut hits: Vec<ChatMessage> = room.messages.iter().rev().filter(answers).cloned().collect();
            let message_count = hits.len() as u64;
            let is_grouped = search.conversation_id.is_none() && hits.len() > 1;
            let newest_message = hits.first().cloned().filter(|_| is_grouped).map(Box::new);
            if is_grouped {
                hits.clear();
            }
            if message_count > 0 {
                list.push(FoundInConversation {
                    conversation_id: room.row.conversation_id.clone(),
                    message_count,
                    is_estimate: false,
                    message_list: hits,
                    newest_message,
                });
            }
        }
        let newest = |it: &FoundInConversation| {
            it.message_list.first().or(it.newest_message.as_deref()).map(|it| -it.time)
        };
        list.sort_by_key(newest);
        let total_count = match search.conversation_id {
            Some(_) => list.first().map_or(0, |it| it.message_count),
            None => list.len() as u64,
        };
        FoundMessages { total_count, search_result_list: list, ..FoundMessages::default() }
    }

    fn regrouped(&self) -> Vec<Event> {
        let names = self.conversation_groups.clone().into();
        vec![Event::ConversationListUpdated(self.list()), Event::ConversationGroupListUpdated(names)]
    }

    pub(super) fn changed(&self, id: &ConversationId) -> Vec<Event> {
        vec![Event::TimelineUpdated(id.clone()), Event::ConversationListUpdated(self.list())]
    }
}

impl Room {
    /// Makes the row follow the messages.
    pub fn settle(&mut self) {
        let me = sample::user("anna");
        let stored = self.messages.last().cloned();
        self.row.seq = stored.as_ref().map_or(0, |message| message.sequence);
        let unread = self.messages.iter().filter(|m| m.sequence > self.row.read_seq && m.from != me);
        self.row.unread_count = u64::try_from(unread.count()).unwrap();
        let last = self.outgoing.last().map(|(message, _)| message.clone()).or(stored);
        if let Some(last) = &last {
            self.row.active_time = last.time;
        }
        self.row.last_message = last.map(Arc::new);
    }

    fn timeline(&self, around: Around, before: usize, after: usize) -> Timeline {
        let at = match around {
            Around::Latest => self.messages.len(),
            Around::Sequence(place) => self.messages.partition_point(|message| message.sequence < place),
        };
        let from = at.saturating_sub(before);
        let to = (at + after).min(self.messages.len());
        let mut items: Vec<TimelineItem> = Vec::new();
        for message in &self.messages[from..to] {
            match self.holes.iter().find(|(low, high)| (*low..=*high).contains(&message.sequence)) {
                Some((low, high)) if *low == message.sequence => {
                    items.push(TimelineItem::Hole { from_seq: *low, to_seq: *high });
                }
                Some(_) => {}
                None => items.push(TimelineItem::Message(Arc::new(message.clone()))),
            }
        }
        let has_newer = to < self.messages.len();
        if !has_newer {
            let outgoing = self.outgoing.iter();
            items.extend(
                outgoing.map(|(message, why)| TimelineItem::Outgoing(Arc::new(message.clone()), why.clone())),
            );
        }
        Timeline { items, has_older: from > 0, has_newer }
    }
}
