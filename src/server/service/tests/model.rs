//! The invariants of `docs/sync_model.md` §13, with random people, instances and lost, doubled and swapped frames.
//!
//! A [`Client`] does what a real one does: merges rows by `mod`, moves its cursor only over frames that fit,
//! asks for what is missing. After a quiet moment each must hold exactly what the server holds, and count the
//! same unread messages, whatever frames it has missed. The seed of a failing run is in the panic message.

use std::collections::{BTreeMap, HashMap};

use hallway_protocol::conversation::{ConversationState, Draft};
use hallway_protocol::event::ServerEvent;
use hallway_protocol::group::Group;
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::{Message, Payload};
use hallway_protocol::method::{
    AddGroupMembers, ClearHistory, DeleteGroupMembers, DeleteMessages, ModifyMessage, PayloadField,
    RevokeMessage, SendMessage, SetDraft, SetRead, SyncChanges, SyncHeads, SyncUser,
};
use hallway_protocol::sync::{Counters, Stored, UserItem};

use super::{Person, World, of, on_both_engines, with};
use crate::store::{Db, StoreError, message};

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len() as u64) as usize]
    }
}

#[derive(Default)]
struct Log {
    rows: BTreeMap<u64, Message>,
    cursor: u64,
    counters: Counters,
}

/// One instance with its cache.
struct Client {
    person: Person,
    logs: HashMap<ConversationId, Log>,
    states: HashMap<ConversationId, (u64, ConversationState)>,
    drafts: HashMap<ConversationId, (u64, Draft)>,
    hidden: HashMap<(ConversationId, u64), u64>,
    useq: u64,
    heads_since: i64,
}

impl Client {
    fn new(person: Person) -> Self {
        Self {
            person,
            logs: HashMap::new(),
            states: HashMap::new(),
            drafts: HashMap::new(),
            hidden: HashMap::new(),
            useq: 0,
            heads_since: 0,
        }
    }

    fn merge(&mut self, of: &ConversationId, rows: Vec<Message>, prev: u64, counters: Counters) {
        let log = self.logs.entry(of.clone()).or_default();
        for row in rows {
            let newer =
                log.rows.get(&row.sequence).is_none_or(|known| known.modification <= row.modification);
            if newer {
                log.rows.insert(row.sequence, row);
            }
        }
        if counters.modification > log.counters.modification {
            log.counters = counters;
        }
        if prev == log.cursor {
            log.cursor = counters.modification;
        }
    }

    fn answer(&mut self, stored: Stored) {
        let name = stored.message.conversation_id.clone();
        self.merge(&name, vec![stored.message], stored.prev_mod, stored.counters);
    }

    fn event(&mut self, event: ServerEvent) {
        match event {
            ServerEvent::ConversationFrame(frame) => {
                self.merge(&frame.conversation_id, frame.messages, frame.prev_mod, frame.counters);
            }
            ServerEvent::UserFrame(frame) => {
                for entry in frame.entries {
                    self.own(entry.useq, entry.item);
                }
                if frame.prev_useq == self.useq {
                    self.useq = frame.useq;
                }
            }
            _ => {}
        }
    }

    fn own(&mut self, useq: u64, item: UserItem) {
        match item {
            UserItem::Conversation(state) => {
                let entry = self.states.entry(state.conversation_id.clone());
                let known = entry.or_insert_with(|| (0, state.clone()));
                if known.0 <= useq {
                    *known = (useq, state);
                }
            }
            UserItem::Draft(draft) => {
                let entry = self.drafts.entry(draft.conversation_id.clone());
                let known = entry.or_insert_with(|| (0, draft.clone()));
                if known.0 <= useq {
                    *known = (useq, draft);
                }
            }
            UserItem::HiddenMessage(hidden) => {
                self.hidden.insert((hidden.conversation_id, hidden.sequence), useq);
            }
            UserItem::Profile(_)
            | UserItem::HeardMessage(_)
            | UserItem::ConversationGroups(_)
            | UserItem::AllReceiveMessageOpt(_)
            | UserItem::Unknown(_) => {}
        }
    }

    /// What a client does after connecting, or when it has noticed a gap.
    async fn catch_up(&mut self, world: &World) {
        loop {
            let call =
                SyncUser { epoch: self.person.signed_in.epoch.clone(), after: self.useq, limit: Some(7) };
            let page = world.call(&self.person, call).await.unwrap();
            for entry in page.entries {
                self.own(entry.useq, entry.item);
            }
            self.useq = page.useq;
            if !page.more {
                break;
            }
        }
        let (mut behind, mut cursor, since) = (Vec::new(), None, self.heads_since);
        loop {
            let call = SyncHeads { since, cursor, limit: Some(3) };
            let page = world.call(&self.person, call).await.unwrap();
            for head in page.heads {
                self.heads_since = self.heads_since.max(head.changed_at);
                let log = self.logs.entry(head.conversation_id.clone()).or_default();
                if head.counters.modification > log.cursor {
                    behind.push(head.conversation_id);
                }
            }
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        for name in behind {
            loop {
                let after_mod = self.logs.get(&name).map_or(0, |log| log.cursor);
                let call = SyncChanges { conversation_id: name.clone(), after_mod, limit: Some(4) };
                let page = world.call(&self.person, call).await.unwrap();
                assert!(page.reset.is_none());
                let reached = Counters { modification: page.up_to, ..page.head };
                self.merge(&name, page.messages, after_mod, reached);
                if !page.more {
                    break;
                }
            }
        }
    }

    /// What is on the screen: rows inside the user's places that are not hidden.
    fn shown(&self, name: &ConversationId) -> Vec<Message> {
        let state = self.states.get(name).map(|(_, state)| state);
        let first = state.map_or(0, |state| state.min_seq);
        let last = state.and_then(|state| state.max_seq).unwrap_or(u64::MAX);
        let log = self.logs.get(name);
        log.into_iter()
            .flat_map(|log| log.rows.values())
            .filter(|row| row.sequence > first && row.sequence <= last)
            .filter(|row| !self.hidden.contains_key(&(name.clone(), row.sequence)))
            .cloned()
            .collect()
    }

    /// Unread messages, from the positions this client knows.
    fn unread(&self, name: &ConversationId) -> u64 {
        let Some(log) = self.logs.get(name) else { return 0 };
        let state = self.states.get(name).map(|(_, state)| state);
        let mut read = state.map(|state| state.read).unwrap_or_default();
        let last = state.and_then(|state| state.max_seq).unwrap_or(u64::MAX);
        // Own messages move the position along without an entry in the log.
        let own = log.rows.values().filter(|row| row.from == self.person.id && row.sequence <= last);
        if let Some(own) = own.filter(|row| row.sequence > read.read_seq && !is_tip(row)).last() {
            read = hallway_protocol::conversation::ReadState {
                read_seq: own.sequence,
                read_ord: own.ord,
                revoked_unread: 0,
                as_of: 0,
            };
        }
        let rows = || log.rows.values().filter(|row| row.sequence <= last);
        let ord = rows().map(|row| row.ord).max().unwrap_or(read.read_ord).max(read.read_ord);
        let recalled = rows()
            .filter(|row| row.sequence > read.read_seq)
            .filter(|row| row.revoked.as_ref().is_some_and(|revoked| revoked.modification > read.as_of))
            .count() as u64;
        ord - read.read_ord - read.revoked_unread - recalled
    }
}

fn is_tip(row: &Message) -> bool {
    matches!(row.payload, Payload::GroupTip(_))
}

/// Lets a client receive what came, through a bad network.
async fn deliver(world: &World, client: &mut Client, dice: &mut Dice) {
    let mut events = client.person.drain(world).await;
    for index in 1..events.len() {
        if dice.roll(4) == 0 {
            events.swap(index - 1, index);
        }
    }
    for event in events {
        match dice.roll(10) {
            0 | 1 => {}
            2 => {
                client.event(event.clone());
                client.event(event);
            }
            _ => client.event(event),
        }
    }
}

struct Play<'a> {
    world: &'a World,
    dice: Dice,
    /// Anna on two instances, Ben, Carl who comes and goes, and Anna's observer who misses nothing.
    clients: Vec<Client>,
    group: Group,
    sent: Vec<(usize, SendMessage)>,
}

impl Play<'_> {
    fn places(&self, who: usize) -> Vec<ConversationId> {
        let me = &self.clients[who].person;
        let mut places = vec![of(&self.group)];
        for other in &self.clients {
            if other.person.id != me.id && !places.contains(&with(&other.person)) {
                places.push(with(&other.person));
            }
        }
        places
    }

    /// One random thing by one random instance. Refusals are part of the game.
    async fn step(&mut self) {
        let who = self.dice.roll(4) as usize;
        let places = self.places(who);
        let place = self.dice.choose(&places).clone();
        let top = self.clients[who].logs.get(&place).map_or(1, |log| log.counters.seq + 1);
        let sequence = 1 + self.dice.roll(top.max(1));
        let choice = self.dice.roll(20);
        let lost = self.dice.roll(6) == 0;
        let world = self.world;
        let person = &self.clients[who].person;
        let mut answered = None;
        match choice {
            0..=7 => {
                let send = world.text(person, &place, &choice.to_string());
                answered = world.call(person, send.clone()).await.ok();
                self.sent.push((who, send));
            }
            8 if !self.sent.is_empty() => {
                let (sender, send) = self.dice.choose(&self.sent).clone();
                let repeated = world.call(&self.clients[sender].person, send).await;
                if let Ok(stored) = repeated {
                    self.clients[sender].answer(stored);
                }
            }
            9 | 10 => {
                let call = RevokeMessage { conversation_id: place, sequence, reason: String::new() };
                answered = world.call(person, call).await.ok();
            }
            11 | 12 => {
                let known = self.clients[who].logs.get(&place).and_then(|log| log.rows.get(&sequence));
                let call = ModifyMessage {
                    conversation_id: place,
                    sequence,
                    version: known.map_or(0, |row| row.version),
                    payload: Some(PayloadField { payload: Payload::text("edited") }),
                    at_user_list: None,
                    cloud_custom_data: None,
                };
                answered = world.call(person, call).await.ok();
            }
            13 | 14 => {
                let call = SetRead { conversation_id: place, sequence: Some(sequence) };
                let _ = world.call(person, call).await;
            }
            15 => {
                let call = DeleteMessages { conversation_id: place, sequences: vec![sequence] };
                let _ = world.call(person, call).await;
            }
            16 => {
                let time_ms = 1 + self.dice.roll(1000) as i64;
                let draft = Draft {
                    conversation_id: place,
                    draft_text: format!("d{time_ms}"),
                    reply_to: None,
                    time_ms,
                };
                let _ = world.call(person, SetDraft { draft }).await;
            }
            17 if self.dice.roll(3) == 0 => {
                let _ = world.call(person, ClearHistory { conversation_id: place }).await;
            }
            18 | 19 => {
                let (group_id, user_id_list) =
                    (self.group.group_id.clone(), vec![self.clients[3].person.id.clone()]);
                if choice == 18 {
                    let _ =
                        world.call(&self.clients[0].person, AddGroupMembers { group_id, user_id_list }).await;
                } else {
                    let call = DeleteGroupMembers { group_id, user_id_list, reason: String::new() };
                    let _ = world.call(&self.clients[0].person, call).await;
                }
            }
            _ => {}
        }
        if let (Some(stored), false) = (answered, lost) {
            self.clients[who].answer(stored);
        }
    }
}

async fn play(db: Db, seed: u64, steps: u32) {
    let world = World::with(db, |config| {
        config.limits.overrides.insert("group_messages_per_second".into(), 0.into());
    })
    .await;
    let name = |name: &str| format!("{name}{seed}");
    let anna = world.join(&name("anna")).await;
    let clients = [
        anna,
        world.sign_in(&name("anna"), "second").await,
        world.join(&name("ben")).await,
        world.join(&name("carl")).await,
        world.sign_in(&name("anna"), "observer").await,
    ];
    let group = world.group(&clients[0], &[&clients[2], &clients[3]]).await;
    let clients = clients.map(Client::new).into_iter().collect();
    let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut game = Play { world: &world, dice, clients, group, sent: Vec::new() };
    let mut expected: HashMap<ConversationId, u64> = HashMap::new();
    let mut expected_useq = 0;
    for step in 0..steps {
        game.step().await;
        if game.dice.roll(5) == 0 || step + 1 == steps {
            for index in 0..4 {
                if game.dice.roll(3) > 0 {
                    deliver(&world, &mut game.clients[index], &mut game.dice).await;
                }
                if game.dice.roll(8) == 0 {
                    game.clients[index].catch_up(&world).await;
                }
            }
            // Whoever misses nothing sees every change once, in order, without a hole.
            for event in game.clients[4].person.drain(&world).await {
                match event {
                    ServerEvent::ConversationFrame(frame) => {
                        let last = expected.entry(frame.conversation_id.clone()).or_default();
                        assert_eq!(frame.prev_mod, *last, "seed {seed}: {}", frame.conversation_id);
                        *last = frame.counters.modification;
                    }
                    ServerEvent::UserFrame(frame) => {
                        assert_eq!(frame.prev_useq, expected_useq, "seed {seed}: the own log");
                        expected_useq = frame.useq;
                    }
                    _ => {}
                }
            }
        }
    }
    for index in 0..4 {
        deliver(&world, &mut game.clients[index], &mut game.dice).await;
        game.clients[index].catch_up(&world).await;
        compare(&world, &game, index, seed).await;
    }
    check_rows(&world, seed).await;
}

/// The client holds what somebody holds who asks for everything now.
async fn compare(world: &World, game: &Play<'_>, index: usize, seed: u64) {
    let client = &game.clients[index];
    let id = client.person.id.clone();
    let mut fresh = Client::new(world.sign_in(id.as_str(), "fresh").await);
    fresh.catch_up(world).await;
    let heads = world.call(&fresh.person, SyncHeads { since: 0, cursor: None, limit: None }).await.unwrap();
    for head in heads.heads {
        let name = &head.conversation_id;
        assert_eq!(client.shown(name), fresh.shown(name), "seed {seed}: rows of {name} at {id} {index}");
        assert_eq!(client.unread(name), head.unread_count, "seed {seed}: unread of {name} at {id} {index}");
    }
    let drafts = |client: &Client| {
        let mut all: Vec<_> =
            client.drafts.iter().map(|(name, (_, draft))| (name.clone(), draft.draft_text.clone())).collect();
        all.sort();
        all
    };
    assert_eq!(drafts(client), drafts(&fresh), "seed {seed}: drafts at {id} {index}");
}

/// Places are 1 to n without holes, `ord` counts the countable ones, and the counters say the same.
async fn check_rows(world: &World, seed: u64) {
    let checked = world.service.db().read(|tx| {
        let heads: Vec<(i64, i64, i64, i64)> =
            tx.rows("SELECT id, seq, mod, ord FROM conversation", &[], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let mut all = Vec::new();
        for (conv, seq, modification, ord) in heads {
            all.push((message::range(tx, conv, 1, i64::MAX, 0)?, seq, modification, ord));
        }
        Ok::<_, StoreError>(all)
    });
    for (rows, seq, modification, ord) in checked.await.unwrap() {
        let mut counted = 0;
        for (place, row) in (1..).zip(&rows) {
            counted += i64::from(row.is(message::COUNTED));
            assert_eq!((row.key.seq, row.ord), (place, counted), "seed {seed}");
            assert!(row.modification() <= modification, "seed {seed}");
        }
        assert_eq!((rows.len() as i64, counted), (seq, ord), "seed {seed}");
    }
}

on_both_engines! {
    /// §13.1, 2, 3, 4, 5, 6; R1, R3: whatever is lost on the way, every instance ends with what the server has.
    async fn everybody_converges(db: Db) {
        let seeds = if db.is_single_writer() { 12 } else { 3 };
        for seed in 1..=seeds {
            play(db.clone(), seed, 120).await;
        }
    }
}
