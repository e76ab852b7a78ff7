//! Catching up (`docs/sync_model.md` §6): own log, heads, then the changes of each conversation; and pages of
//! history, on demand and ahead of demand.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::method::{GetConversation, GetRange, SyncChanges, SyncHeads, SyncUser};
use hallway_protocol::sync::{Changes, Head, Heads, Range, UserChanges};

use super::apply::Step;
use super::{Done, Engine, Reply, passes};
use crate::event::Event;
use crate::sync::Stretch;
use crate::{ChatError, ErrorCode, Result};

/// Even without any sign of loss the server is asked this often: the last frame of a burst has no successor
/// that would reveal its loss (§8).
const EVERY: Duration = Duration::from_secs(300);
/// Conversations asked for at a time.
const PARALLEL: usize = 4;
/// Pages asked for at a time.
const PAGES: usize = 6;
/// Conversations whose newest page is fetched ahead on a new installation.
const AHEAD: usize = 200;
/// Messages of a page asked for ahead; what the screen needs first.
const AHEAD_PAGE: u64 = 50;
/// Pause after a question that failed.
const PAUSE: Duration = Duration::from_secs(2);

/// Where catching up stands.
#[derive(Default)]
pub(super) struct Rounds {
    phase: Phase,
    again: bool,
    next_at: Option<Instant>,
    paused_until: Option<Instant>,
    in_flight: usize,
    told: u64,
    heads_wanted: HashSet<ConversationId>,
    heads_asked: HashSet<ConversationId>,
    pages: VecDeque<PageQuestion>,
    pages_in_flight: usize,
    ahead: VecDeque<ConversationId>,
}

/// Steps of a round.
#[derive(Default)]
enum Phase {
    /// None is under way.
    #[default]
    Idle,
    /// Pages of the own log.
    User,
    /// Pages of heads.
    Heads(HeadsRound),
}

struct HeadsRound {
    first: bool,
    newest: i64,
    seen: HashSet<ConversationId>,
}

/// A stretch that is asked for.
pub(crate) struct PageQuestion {
    id: ConversationId,
    from: u64,
    to: u64,
    /// To bring an old stretch up to date; none for a hole.
    as_of: Option<u64>,
    /// Of the conversation when it was asked.
    generation: u64,
    waiters: Vec<Reply<()>>,
}

impl Rounds {
    pub fn deadline(&self) -> Option<Instant> {
        let pause = self.paused_until.filter(|_| matches!(self.phase, Phase::Idle));
        pause.or(self.next_at)
    }

    fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }
}

impl Engine {
    /// Asks for everything that changed. One round at a time; a second wish is granted after the first.
    pub(super) fn start_round(&mut self) {
        if !self.rounds.is_idle() {
            self.rounds.again = true;
            return;
        }
        self.rounds.again = false;
        self.rounds.next_at = Some(Instant::now() + EVERY);
        self.rounds.phase = Phase::User;
        self.ask_user(true);
    }

    /// Nothing is under way any more. Whoever waits for a page is told.
    pub(super) fn rounds_interrupted(&mut self) {
        let old = std::mem::take(&mut self.rounds);
        for reply in old.pages.into_iter().flat_map(|question| question.waiters) {
            let _ = reply.send(Err(ErrorCode::NetworkError.into()));
        }
        self.rounds.heads_wanted = old.heads_wanted;
        self.rounds.heads_wanted.extend(old.heads_asked);
        self.rounds.ahead = old.ahead;
        self.rounds.told = old.told;
    }

    pub(super) fn pump_rounds(&mut self, now: Instant) {
        if self.rounds.paused_until.is_some_and(|until| until > now) {
            return;
        }
        self.rounds.paused_until = None;
        let due = self.rounds.next_at.is_some_and(|at| at <= now);
        if self.rounds.is_idle() && (due || self.rounds.again || self.useq.should_fetch(now)) {
            self.start_round();
        }
        self.ask_heads_wanted();
        // Heads first: they tell which conversations matter most.
        if self.rounds.is_idle() {
            while self.rounds.in_flight < PARALLEL {
                let Some(id) = self.book.next_to_fetch(self.active.as_ref(), now) else { break };
                self.ask_changes(id);
            }
        }
        self.ask_pages();
        self.tell_progress();
    }

    fn tell_progress(&mut self) {
        if !self.rounds.is_idle() {
            return;
        }
        let behind = self.book.behind();
        if behind != self.rounds.told && (behind == 0 || self.rounds.in_flight > 0) {
            self.rounds.told = behind;
            self.shared.emit(Event::SyncProgress(behind));
        }
        if behind == 0 && self.rounds.in_flight == 0 && !self.was_ready {
            self.became_ready();
        }
    }

    // The own log.

    fn ask_user(&mut self, first: bool) {
        let after = self.useq.fetch();
        let params = SyncUser { epoch: self.cursors.epoch.clone(), after, limit: None };
        self.call(params, move |result| Done::User { first, result });
    }

    pub(super) async fn user_page(&mut self, first: bool, result: Result<UserChanges>) {
        self.useq.fetched();
        let page = match result {
            Ok(page) => page,
            Err(error) => return self.round_failed(&error),
        };
        let mut steps = Vec::new();
        if page.full && first {
            steps.push(Step::Forget);
            self.drafts.forget_sent();
            self.useq.restart(0);
        }
        let after = self.useq.cursor();
        self.entries(page.entries, &mut steps);
        for frame in self.useq.advance(after, page.useq) {
            self.entries(frame.entries, &mut steps);
        }
        if self.commit_with(steps, true).await.is_err() {
            return;
        }
        if page.more {
            return self.ask_user(false);
        }
        let since = self.cursors.heads_since;
        let heads = HeadsRound { first: since == 0, newest: since, seen: HashSet::new() };
        self.rounds.phase = Phase::Heads(heads);
        self.call(SyncHeads { since, cursor: None, limit: None }, Done::Heads);
    }

    // Heads.

    /// What a head says about how far its conversation has got. Returns held frames whose turn it is.
    pub(super) fn heard_of(&mut self, head: &Head, first: bool) -> Vec<Step> {
        let id = &head.conversation_id;
        let starts_here = first && self.book.is_unknown(id);
        let tracker = self.book.tracker(id);
        let ready = if starts_here { tracker.start_at(head.counters.modification) } else { Vec::new() };
        tracker.heard_of(head.counters.modification);
        self.book.watch(id);
        self.rounds.heads_wanted.remove(id);
        ready.into_iter().map(Step::Frame).collect()
    }

    pub(super) async fn heads_page(&mut self, result: Result<Heads>) {
        let page = match result {
            Ok(page) => page,
            Err(error) => return self.round_failed(&error),
        };
        let Phase::Heads(mut round) = std::mem::take(&mut self.rounds.phase) else { return };
        let mut steps = Vec::new();
        for head in page.heads {
            round.newest = round.newest.max(head.changed_at);
            round.seen.insert(head.conversation_id.clone());
            let first = round.first;
            let ready = self.heard_of(&head, first);
            steps.push(Step::Head { head: Box::new(head), first });
            steps.extend(ready);
        }
        if page.cursor.is_some() {
            self.rounds.phase = Phase::Heads(round);
            if self.commit(steps).await.is_ok() {
                let since = self.cursors.heads_since;
                self.call(SyncHeads { since, cursor: page.cursor, limit: None }, Done::Heads);
            }
            return;
        }
        if round.first
            && round.seen.len() < usize::try_from(self.shared.limits().conversations).unwrap_or(usize::MAX)
        {
            // All there are were named: what this copy has beyond them is no more.
            let unseen = self.book.ids().into_iter().filter(|id| !round.seen.contains(id));
            steps.extend(unseen.filter(|id| self.book.is_unknown(id)).map(Step::Gone));
        }
        self.cursors.heads_since = round.newest.max(1);
        if self.commit_with(steps, true).await.is_err() {
            return;
        }
        if round.first {
            self.publish_list();
            let list = self.shared.list();
            self.rounds.ahead = list.iter().take(AHEAD).map(|it| it.conversation_id.clone()).collect();
        }
        self.note_all_receipts();
        self.refresh_active().await;
    }

    /// The head of one conversation is wanted: it was first heard of by a frame.
    pub(super) fn want_head(&mut self, id: &ConversationId) {
        if !self.rounds.heads_asked.contains(id) {
            self.rounds.heads_wanted.insert(id.clone());
        }
    }

    fn ask_heads_wanted(&mut self) {
        // A round of heads brings most of them.
        if !self.rounds.is_idle() {
            return;
        }
        for id in std::mem::take(&mut self.rounds.heads_wanted) {
            self.rounds.heads_asked.insert(id.clone());
            let params = GetConversation { conversation_id: id.clone() };
            self.call(params, move |result| Done::Head { id, result: result.map(Box::new) });
        }
    }

    pub(super) async fn head(&mut self, id: ConversationId, result: Result<Box<Head>>) {
        self.rounds.heads_asked.remove(&id);
        match result {
            Ok(head) => {
                let ready = self.heard_of(&head, false);
                let mut steps = vec![Step::Head { head, first: false }];
                steps.extend(ready);
                // Reported; a new connection asks again.
                let _ = self.commit(steps).await;
            }
            Err(error) if passes(&error) => {
                self.rounds.heads_wanted.insert(id);
                self.rounds.paused_until = Some(Instant::now() + PAUSE);
            }
            Err(error) => {
                crate::log::warn!(code = %error.code, "the server does not tell about a conversation");
                self.book.tracker(&id).give_up();
                self.book.watch(&id);
            }
        }
    }

    fn round_failed(&mut self, error: &ChatError) {
        crate::log::warn!(code = %error.code, "catching up failed");
        self.rounds.phase = Phase::Idle;
        self.rounds.again = true;
        self.rounds.paused_until = Some(Instant::now() + error.retry_after().unwrap_or(PAUSE));
        if !passes(error) {
            self.shared.emit(Event::Error(error.code, error.message.clone()));
        }
    }

    // Changes.

    fn ask_changes(&mut self, id: ConversationId) {
        let after = self.book.tracker(&id).fetch();
        self.rounds.in_flight += 1;
        let params = SyncChanges { conversation_id: id.clone(), after_mod: after, limit: None };
        self.call(params, move |result| Done::Changes { id, after, result });
    }

    pub(super) async fn changes(&mut self, id: ConversationId, after: u64, result: Result<Changes>) {
        self.rounds.in_flight = self.rounds.in_flight.saturating_sub(1);
        let tracker = self.book.tracker(&id);
        tracker.fetched();
        let mut changes = match result {
            Ok(changes) => changes,
            Err(error) if passes(&error) => {
                self.rounds.paused_until = Some(Instant::now() + error.retry_after().unwrap_or(PAUSE));
                return;
            }
            Err(error) => {
                crate::log::warn!(code = %error.code, "the server does not give the changes of a conversation");
                tracker.give_up();
                return self.book.watch(&id);
            }
        };
        let mut steps = Vec::new();
        let ready = match changes.reset.take() {
            Some(page) => {
                let cursor = tracker.cursor();
                tracker.heard_of(changes.head.modification);
                let Some(ready) = tracker.reset(after, page.as_of) else {
                    return self.book.watch(&id);
                };
                steps.push(Step::Reset { id: id.clone(), cursor, page: Box::new(page) });
                ready
            }
            None => {
                tracker.heard_of(changes.head.modification);
                tracker.advance(after, changes.up_to)
            }
        };
        steps.push(Step::Changes { id: id.clone(), after, changes: Box::new(changes) });
        steps.extend(ready.into_iter().map(Step::Frame));
        self.book.watch(&id);
        // Reported; a new connection asks again.
        let _ = self.commit(steps).await;
    }

    // Pages.

    /// Asks for missing messages: the newest page of the stretch.
    pub(super) fn fill(&mut self, id: ConversationId, from: u64, to: u64, reply: Option<Reply<()>>) {
        if self.rpc.is_none() {
            if let Some(reply) = reply {
                let _ = reply.send(Err(ErrorCode::NoNetwork.into()));
            }
            return;
        }
        let known = self
            .rounds
            .pages
            .iter_mut()
            .find(|it| it.as_of.is_none() && it.id == id && it.from <= from && it.to >= to);
        if let Some(question) = known {
            question.waiters.extend(reply);
            return;
        }
        let waiters = reply.into_iter().collect();
        self.rounds.pages.push_front(PageQuestion { id, from, to, as_of: None, generation: 0, waiters });
    }

    /// Brings old stretches that are looked at up to date.
    pub(super) fn refresh(&mut self, id: &ConversationId, stretches: &[Stretch]) {
        if self.rpc.is_none() {
            return;
        }
        for stretch in stretches {
            let Some(as_of) = stretch.as_of else { continue };
            let is_known = |it: &PageQuestion| {
                it.as_of == Some(as_of) && it.id == *id && (it.from, it.to) == (stretch.from, stretch.to)
            };
            if !self.rounds.pages.iter().any(is_known) {
                self.rounds.pages.push_back(PageQuestion {
                    id: id.clone(),
                    from: stretch.from,
                    to: stretch.to,
                    as_of: Some(as_of),
                    generation: 0,
                    waiters: Vec::new(),
                });
            }
        }
    }

    fn ask_pages(&mut self) {
        while self.rounds.pages_in_flight < PAGES {
            let Some(mut question) = self.rounds.pages.pop_front() else { break };
            question.generation = self.book.generation(&question.id);
            self.rounds.pages_in_flight += 1;
            let params = GetRange {
                conversation_id: question.id.clone(),
                from_seq: question.from,
                to_seq: question.to,
                changed_after: question.as_of.unwrap_or(0),
            };
            self.call(params, move |result| Done::Page { question, result });
        }
        // Ahead of demand only while nothing else is asked.
        if self.was_ready && self.rounds.pages_in_flight == 0 && self.rounds.in_flight == 0 {
            while let Some(id) = self.rounds.ahead.pop_front() {
                let Some(conv) = self.book.get(&id) else { continue };
                let (low, high) = (conv.low(), conv.high());
                if low < high {
                    self.fill(id, low.max(high.saturating_sub(AHEAD_PAGE - 1)), high, None);
                    return self.ask_pages();
                }
            }
        }
    }

    pub(super) async fn page(&mut self, question: PageQuestion, result: Result<Range>) {
        self.rounds.pages_in_flight = self.rounds.pages_in_flight.saturating_sub(1);
        let PageQuestion { id, from, as_of, generation, waiters, .. } = question;
        let result = match result {
            // Asked for before a reset: whoever still wants it asks again.
            Ok(_) if generation != self.book.generation(&id) => Err(ErrorCode::NetworkError.into()),
            Ok(page) => {
                let page = Box::new(page);
                let step = match as_of {
                    None => Step::Page { id: id.clone(), asked: from, page },
                    Some(as_of) => Step::Refresh { id: id.clone(), as_of, page },
                };
                self.commit(vec![step]).await
            }
            Err(error) => Err(error),
        };
        for waiter in waiters {
            let _ = waiter.send(result.clone());
        }
    }

    // The conversation in front.

    pub(super) async fn set_active(&mut self, id: Option<ConversationId>) {
        if let Some(rpc) = &self.rpc {
            rpc.set_in_use(id.is_some());
        }
        self.active = id;
        self.refresh_active().await;
    }

    /// The newest page of the conversation in front should be here before anybody scrolls to it.
    async fn refresh_active(&mut self) {
        let (Some(id), true) = (self.active.clone(), self.rpc.is_some()) else { return };
        let Some(conv) = self.book.get(&id) else { return };
        let (from, to) = (conv.low().max(conv.high().saturating_sub(AHEAD_PAGE - 1)), conv.high());
        let wanted = id.clone();
        let known = self.cache.read(move |db| crate::cache::timeline::is_known(db, &wanted, from, to)).await;
        if from <= to && matches!(known, Ok(false)) {
            self.fill(id, from, to, None);
        }
    }
}
