//! Random people with random devices over a bad network: at the end every device shows what the server has, the
//! server has what was done, and every count is right.
//!
//! `HALLWAY_TEST_OPERATIONS` says how many operations a run has, `HALLWAY_TEST_SEED` repeats a run. The seed
//! decides the operations and the fate of frames; threads and sockets still take turns as they like.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::select_all;
use hallway_client::protocol::method::CreateGroup;
use hallway_client::{ChatError, ConversationId, MessageOptions, NetState, SendOptions, UserId};
use hallway_protocol::ids::MENTION_ALL;
use hallway_protocol::{GroupId, Message};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{Device, Dice, Engine, Faults, TestServer, Truth, View, members_of};
use tokio::time::Instant;

use crate::model::{Model, Place, Truths};

/// The people; the last one joins and leaves the group.
const PEOPLE: [&str; 3] = ["ann", "ben", "cem"];

/// Their devices.
const DEVICES: [(&str, &str); 5] =
    [("ann", "ann-desk"), ("ann", "ann-lap"), ("ann", "ann-home"), ("ben", "ben-desk"), ("cem", "cem-desk")];

/// What live frames suffer: a fifth of them is lost, a fifth comes twice, a fifth late.
const BAD: Faults = Faults { drop: 20, repeat: 20, swap: 20 };

/// How long the devices may take to agree once the network is whole.
const QUIET: Duration = Duration::from_secs(60);

/// R1, R3, SES-34, SES-50 to SES-52, PLUS-3, PLUS-5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn model_convergence_on_sqlite() -> Outcome {
    run(Engine::Sqlite).await
}

/// The same on the other engine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn model_convergence_on_postgres() -> Outcome {
    if Engine::Postgres.is_there() { run(Engine::Postgres).await } else { Ok(()) }
}

async fn run(engine: Engine) -> Outcome {
    let operations =
        std::env::var("HALLWAY_TEST_OPERATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(500);
    let seed = Dice::seed("HALLWAY_TEST_SEED");
    let mut world = World::start(engine, seed).await?;
    let mut outcome = Ok(());
    for number in 0..operations {
        outcome = world.step().await;
        if outcome.is_ok() && number % 50 == 49 {
            outcome = world.no_hidden_gaps().await;
        }
        if outcome.is_err() {
            break;
        }
    }
    if outcome.is_ok() {
        outcome = world.settle().await;
    }
    outcome.map_err(|failure| {
        let last =
            world.done.iter().rev().take(60).rev().map(String::as_str).collect::<Vec<_>>().join("\n  ");
        Failure::new(format!("HALLWAY_TEST_SEED={seed} on {engine:?}: {failure}\nlast operations:\n  {last}"))
    })
}

/// Stands for the end of being offline among the chances.
const BACK: usize = 100;

struct World {
    server: TestServer,
    devices: Vec<Device>,
    down: Vec<bool>,
    group: GroupId,
    model: Model,
    dice: Dice,
    words: u64,
    done: Vec<String>,
}

impl World {
    async fn start(engine: Engine, seed: u64) -> Outcome<Self> {
        let mut dice = Dice::new(seed);
        let server = TestServer::start(engine, &PEOPLE).await?;
        let mut devices = Vec::new();
        for (user, name) in DEVICES {
            let device = Device::start(&server, user, name, dice.fork()).await?;
            device.net.set_faults(BAD);
            devices.push(device);
        }
        let group = CreateGroup {
            name: "everybody".into(),
            member_list: PEOPLE[1..]
                .iter()
                .map(|user| user.parse())
                .collect::<Result<_, _>>()
                .doing("ids")?,
            request_id: "the one group".into(),
            ..Default::default()
        };
        let group = devices[0].client.create_group(group).await.doing("making the group")?.group.group_id;
        let down = vec![false; devices.len()];
        let (model, done) = (Model::default(), Vec::new());
        Ok(Self { server, devices, down, group, model, dice, words: 0, done })
    }

    /// One operation of one device.
    async fn step(&mut self) -> Outcome {
        let device = self.dice.below(self.devices.len());
        let chance = if self.down[device] && self.dice.percent(25) { BACK } else { self.dice.below(100) };
        let what = match chance {
            0..36 => self.send(device).await?,
            36..44 => self.rest(device).await?,
            44..62 => self.read(device).await?,
            62..69 => self.revoke(device).await?,
            69..77 => self.edit(device).await?,
            77..82 => self.delete(device).await?,
            82..86 => self.membership(device).await,
            86..90 | BACK.. => self.offline_or_back(device),
            90..92 => {
                let delay = Duration::from_millis(self.dice.roll() % 15);
                self.devices[device].net.set_delay(delay);
                format!("has {delay:?} to the server")
            }
            92..95 => {
                self.devices[device].net.cut();
                "is cut".to_owned()
            }
            95..=98 => {
                self.devices[device].restart().await?;
                "starts again".to_owned()
            }
            _ => {
                self.server.restart().await?;
                for device in &self.devices {
                    device.net.lead_to(self.server.address());
                    device.net.cut();
                }
                "sees the server start again".to_owned()
            }
        };
        self.done.push(format!("{} {what}", self.devices[device].name));
        Ok(())
    }

    fn some_place(&mut self, device: usize) -> (ConversationId, Place) {
        let user = &self.devices[device].user;
        let peer = if user.as_str() == "ann" { PEOPLE[1 + self.dice.below(2)] } else { "ann" };
        let id = if self.dice.percent(50) {
            ConversationId::Group(self.group.clone())
        } else {
            ConversationId::C2c(peer.parse().expect("a user id"))
        };
        let place = Place::of(user, &id);
        (id, place)
    }

    async fn send(&mut self, device: usize) -> Outcome<String> {
        let (to, place) = self.some_place(device);
        self.words += 1;
        let text = format!("word {} of {}", self.words, self.devices[device].name);
        let is_group = matches!(to, ConversationId::Group(_));
        let named = if is_group && self.dice.percent(40) {
            vec![(*self.dice.pick(&["ann", "ben", "cem", MENTION_ALL]).expect("there are some")).to_owned()]
        } else {
            Vec::new()
        };
        let Device { client, name, user, .. } = &self.devices[device];
        let options = MessageOptions::default();
        let message = if named.is_empty() {
            client.create_text_message(to.clone(), &text, options)
        } else {
            client.create_text_at_message(to.clone(), &text, named.clone(), options)
        };
        let message = message.doing("making a message")?;
        let may_be_refused = is_group && user.as_str() == "cem";
        self.model.sent(place, name, message.id.as_str(), &text, may_be_refused);
        client.enqueue_message(message, SendOptions::default()).await.doing("sending")?;
        Ok(format!("sends {text:?} to {to}, mentioning {named:?}"))
    }

    /// Time passes.
    async fn rest(&mut self, device: usize) -> Outcome<String> {
        let until = Instant::now() + Duration::from_millis(40);
        while self.devices[device].event(until).await? {}
        Ok("rests".to_owned())
    }

    /// The stored messages in reach of a finger. As the app does, asks for what is missing among them.
    async fn on_screen(&mut self, device: usize) -> Outcome<(ConversationId, Place, Vec<Message>)> {
        let (id, place) = self.some_place(device);
        let view = self.devices[device].timeline(&id).await?;
        for (from, to) in view.holes {
            // Without a network it stays missing.
            let _ = self.devices[device].client.fill(&id, from, to).await;
        }
        let messages = self.devices[device].latest(&id, 12).await?;
        Ok((id, place, messages))
    }

    async fn read(&mut self, device: usize) -> Outcome<String> {
        let (id, place, messages) = self.on_screen(device).await?;
        let Some(newest) = messages.last().map(|message| message.sequence) else {
            return Ok("has nothing to read".to_owned());
        };
        let Device { client, user, .. } = &self.devices[device];
        client.set_message_read(&id, Some(newest)).await.doing("reading")?;
        self.model.read(user, place, newest);
        Ok(format!("reads {id} up to {newest}"))
    }

    async fn own(&mut self, device: usize) -> Outcome<Option<(Place, Message)>> {
        let (_, place, messages) = self.on_screen(device).await?;
        let user = self.devices[device].user.clone();
        let own: Vec<_> = messages
            .into_iter()
            .filter(|message| message.from == user && !message.is_revoked() && message.is_counted())
            .collect();
        Ok(self.dice.pick(&own).map(|message| (place, message.clone())))
    }

    async fn revoke(&mut self, device: usize) -> Outcome<String> {
        let Some((place, message)) = self.own(device).await? else {
            return Ok("has nothing to recall".to_owned());
        };
        let was_there = self.is_connected(device);
        let result = self.devices[device].client.revoke_message(&message, "").await;
        // What is kept for later may be refused then.
        let is_sure = was_there && self.is_connected(device);
        if let Some(certain) = happened(&result).map(|certain| certain && is_sure) {
            self.model.revoked(&place, message.id.as_str(), certain);
        }
        Ok(format!("recalls {} in {place:?}: {}", message.sequence, told(&result)))
    }

    fn is_connected(&self, device: usize) -> bool {
        self.devices[device].client.net_state() == NetState::Connected
    }

    async fn edit(&mut self, device: usize) -> Outcome<String> {
        let Some((place, message)) = self.own(device).await? else {
            return Ok("has nothing to change".to_owned());
        };
        self.words += 1;
        let text = format!("changed {} by {}", self.words, self.devices[device].name);
        let at = if self.dice.percent(30) { vec!["ben".to_owned()] } else { Vec::new() };
        let at = if matches!(place, Place::Group(_)) { at } else { Vec::new() };
        let was_there = self.is_connected(device);
        let result = self.devices[device].client.modify_message(&message, &text, at).await;
        // What is kept for later may be refused then, because somebody else was faster.
        let is_sure = message.sequence == 0 || (was_there && self.is_connected(device));
        if let Some(certain) = happened(&result).map(|certain| certain && is_sure) {
            self.model.edited(&place, message.id.as_str(), &text, certain);
        }
        Ok(format!("changes {} in {place:?} to {text:?}: {}", message.sequence, told(&result)))
    }

    async fn delete(&mut self, device: usize) -> Outcome<String> {
        let (_, place, messages) = self.on_screen(device).await?;
        let user = self.devices[device].user.clone();
        let read = self.model.read_by(&user, &place);
        // An unread one would be a question of taste: does it still count?
        let read: Vec<_> = messages
            .into_iter()
            .filter(|message| message.is_counted() && (message.sequence <= read || message.from == user))
            .collect();
        let Some(message) = self.dice.pick(&read) else {
            return Ok("has nothing to delete".to_owned());
        };
        if message.from == user {
            // Sending implied having read, which nobody can see any more once the message is gone.
            self.model.read(&user, place.clone(), message.sequence);
        }
        let result = self.devices[device].client.delete_message(std::slice::from_ref(message)).await;
        if let Some(certain) = happened(&result) {
            self.model.hidden(&user, message.id.as_str(), certain);
        }
        Ok(format!("deletes {} in {place:?} for themselves: {}", message.sequence, told(&result)))
    }

    async fn membership(&mut self, device: usize) -> String {
        let cem: UserId = "cem".parse().expect("a user id");
        let (group, client) = (self.group.clone(), &self.devices[device].client);
        if self.dice.percent(50) {
            let result = client.add_group_member(&group, vec![cem]).await;
            format!("adds cem: {}", told(&result))
        } else {
            let result = client.delete_group_member(&group, vec![cem], "").await;
            format!("removes cem: {}", told(&result))
        }
    }

    fn offline_or_back(&mut self, device: usize) -> String {
        let down = !self.down[device];
        self.down[device] = down;
        self.devices[device].net.set_down(down);
        if !down {
            self.devices[device].client.wake();
        }
        if down { "goes offline".to_owned() } else { "is back".to_owned() }
    }

    /// R3: at any moment, between two messages that a device shows there is no place that it does not show, unless
    /// it says so or the user deleted what was there.
    async fn no_hidden_gaps(&self) -> Outcome {
        let truths = self.truths().await?;
        for device in &self.devices {
            for (id, view) in device.view().await? {
                let Some(truth) = truths.get(&device.user).and_then(|all| all.get(&id)) else { continue };
                let gap = self.gap(&device.user, &view, truth);
                if let Some(gap) = gap {
                    let name = &device.name;
                    return Err(Failure::new(format!("{name} hides place {gap} of {id}: {view:?}")));
                }
            }
        }
        Ok(())
    }

    fn gap(&self, user: &UserId, view: &View, truth: &Truth) -> Option<u64> {
        let (first, last) = (view.truth.lines.first()?.sequence, view.truth.lines.last()?.sequence);
        let shown: BTreeSet<u64> = view.truth.lines.iter().map(|line| line.sequence).collect();
        let in_hole = |seq: u64| view.holes.iter().any(|(from, to)| (*from..=*to).contains(&seq));
        truth
            .lines
            .iter()
            .filter(|line| (first..=last).contains(&line.sequence))
            .find(|line| {
                !shown.contains(&line.sequence)
                    && !in_hole(line.sequence)
                    && !self.model.may_be_hidden(user, &line.id)
            })
            .map(|line| line.sequence)
    }

    async fn truths(&self) -> Outcome<Truths> {
        let mut truths = Truths::new();
        for user in PEOPLE {
            let user: UserId = user.parse().doing("a user id")?;
            let truth = Truth::of(&self.server, &user).await?;
            truths.insert(user, truth);
        }
        Ok(truths)
    }

    /// Mends the network and waits until everybody agrees; then looks whether they agree on what was done.
    async fn settle(&mut self) -> Outcome {
        for device in &self.devices {
            device.net.set_faults(Faults::default());
            device.net.set_delay(Duration::ZERO);
            device.net.set_down(false);
            device.client.wake();
        }
        let deadline = Instant::now() + QUIET;
        let (truths, refused) = loop {
            let truths = self.truths().await?;
            match self.compare(&truths).await? {
                Ok(refused) => break (truths, refused),
                Err(difference) if Instant::now() > deadline => {
                    return Err(Failure::new(format!("after {QUIET:?} of quiet {difference}")));
                }
                Err(_) => {}
            }
            // Something will happen; the server itself tells nobody here.
            let soon = Instant::now() + Duration::from_millis(300);
            let events = self.devices.iter_mut().map(|device| Box::pin(device.event(soon)));
            select_all(events).await.0?;
        };
        self.model.check(&truths, &refused)?;
        self.was_hard(&truths)
    }

    /// A run in which little happened proves nothing.
    fn was_hard(&self, truths: &Truths) -> Outcome {
        let suffered: usize = self.devices.iter().map(|device| device.net.suffered()).sum();
        let lines = || truths.values().flat_map(|all| all.values()).flat_map(|truth| &truth.lines);
        let (stored, revoked) = (lines().count(), lines().filter(|line| line.revoked).count());
        let changed = lines().filter(|line| line.version > 0).count();
        let unread: u64 = truths.values().flat_map(|all| all.values()).map(|truth| truth.unread).sum();
        let seen = format!(
            "{} operations; rows seen by all: {stored}, recalled {revoked}, changed {changed}; unread at the end \
             {unread}; frames that suffered: {suffered}",
            self.done.len()
        );
        eprintln!("{seen}");
        // A message stands with each who gets it.
        let is_hard =
            stored > self.done.len() / 2 && suffered > self.done.len() / 5 && revoked > 0 && changed > 0;
        if is_hard { Ok(()) } else { Err(Failure::new(format!("the run proves little: {seen}"))) }
    }

    /// The messages shown as refused if every device shows what the server has, else what is different.
    async fn compare(&self, truths: &Truths) -> Outcome<Result<BTreeSet<String>, String>> {
        let mut refused = BTreeSet::new();
        let ann: UserId = PEOPLE[0].parse().doing("a user id")?;
        let members = members_of(&self.server, &ann, &self.group).await?;
        for device in &self.devices {
            // Who is out is told nothing more of who is in.
            if members.contains(&device.user) {
                let list =
                    device.client.get_group_member_list(&self.group).await.doing("asking for members")?;
                let mut known: Vec<UserId> =
                    list.into_iter().filter(|it| !it.gone).map(|it| it.user_id).collect();
                known.sort();
                if known != members {
                    let name = &device.name;
                    return Ok(Err(format!("{name} knows the members {known:?} instead of {members:?}")));
                }
            }
            let views = device.view().await?;
            // Notices are not counted in it (CONV-101).
            let counted = views.iter().filter(|(id, _)| **id != ConversationId::System);
            let total: u64 = counted.map(|(_, view)| view.truth.unread).sum();
            if total != device.client.get_total_unread_message_count() {
                return Ok(Err(format!("the badge of {} is not the sum of its list, {total}", device.name)));
            }
            for (id, truth) in &truths[&device.user] {
                let Some(view) = views.get(id) else {
                    return Ok(Err(format!("{} does not have {id}", device.name)));
                };
                refused.extend(view.refused.iter().cloned());
                if view.truth == *truth && view.holes.is_empty() && view.waiting.is_empty() {
                    continue;
                }
                for (from, to) in &view.holes {
                    device.client.fill(id, *from, *to).await.doing("filling a hole")?;
                }
                if let Some(first) = view.truth.lines.first().map(|line| line.sequence)
                    && view.has_older
                {
                    device.client.fill(id, 1, first - 1).await.doing("asking for older messages")?;
                }
                return Ok(Err(difference(&device.name, id, view, truth)));
            }
        }
        Ok(Ok(refused))
    }
}

fn difference(name: &str, id: &ConversationId, view: &View, truth: &Truth) -> String {
    let shown: Vec<_> = view.truth.lines.iter().filter(|line| !truth.lines.contains(line)).collect();
    let missing: Vec<_> = truth.lines.iter().filter(|line| !view.truth.lines.contains(line)).collect();
    format!(
        "{name} differs in {id}: read {} instead of {}, peer {:?} instead of {:?}, unread {} instead of {}, \
         mentions {:?} instead of {:?}, holes {:?}, waiting {:?}, \
         shown and not there: {shown:?}, there and not shown: {missing:?}",
        view.truth.read_seq,
        truth.read_seq,
        view.truth.peer,
        truth.peer,
        view.truth.unread,
        truth.unread,
        view.truth.mentions,
        truth.mentions,
        view.holes,
        view.waiting
    )
}

/// Whether a change was made: yes, no, or (false) nobody knows.
fn happened<T>(result: &Result<T, ChatError>) -> Option<bool> {
    match result {
        Ok(_) => Some(true),
        // The connection ended before the answer.
        Err(error) if [2800, 2801].contains(&error.code.code()) => Some(false),
        Err(_) => None,
    }
}

fn told<T>(result: &Result<T, ChatError>) -> String {
    result.as_ref().map_or_else(ToString::to_string, |_| "done".to_owned())
}
