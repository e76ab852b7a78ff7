//! Voice messages in the conversations: the recorder in the place of the composer, and the player of the timeline.
//!
//! What they are is in [`crate::voice`]; here is what belongs to conversations: where a recording goes, which messages were
//! heard, which one plays on, what is asked of the account.

pub mod view;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use hallway_protocol::message::{Payload, Quote};
use hallway_protocol::{ChatError, ConversationId, Message as ChatMessage, MessageId, UserId};

use super::actions::Confirm;
use super::call::Call;
use super::composer::COMPOSER;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::update::failure;
use super::{Chats, Open};
use crate::fl;
use crate::i18n;
use crate::voice::player::{self, Need, Player};
use crate::voice::recorder::{self, Recorder};
use crate::voice::studio::{Heard, Played, Trouble};
use crate::voice::{Event, Fault, Order, Take, Wave};

/// The id of the button that sends a recording.
pub const SEND: &str = "voice-send";
/// One step back or forward in a sound, in seconds.
const STEP: i64 = 5;

/// What can be played.
#[derive(Debug, Clone, PartialEq)]
pub enum Sound {
    /// A message.
    Message(Arc<ChatMessage>),
    /// The recording that waits.
    Take,
}

/// What happens.
#[derive(Debug, Clone)]
pub enum Message {
    /// Record in the open conversation.
    Begin,
    /// The microphone off.
    Pause,
    /// And on again.
    GoOn,
    /// Send the recording.
    Send,
    /// Throw it away; asks first when it is long.
    Discard,
    /// Play a sound, or pause it.
    Play(Sound),
    /// To a share of a sound.
    Seek(Sound, f32),
    /// Play at the next speed.
    Speed,
    /// Turn a message into text.
    ToText(Arc<ChatMessage>),
    /// The studio tells.
    Told(Event),
}

/// A recording on its way into the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingVoice {
    /// Where to.
    pub to: ConversationId,
    /// The recording.
    pub take: Arc<Take>,
    /// What it answers to.
    pub reply_to: Option<Quote>,
    /// Who alone hears it; nobody: everybody does.
    pub receiver_list: Vec<UserId>,
}

/// What the account knows of voice messages.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Messages that were listened to, on whatever instance.
    pub heard: Vec<MessageId>,
    /// Languages that voice messages can be turned into text in; none: it is not offered.
    pub languages: Vec<String>,
}

/// How far a message has been turned into text.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// The service works.
    Underway,
    /// The words; empty when nobody speaks.
    Words(String),
    /// It did not work.
    Failed(ChatError),
}

/// The state.
#[derive(Debug, Default)]
pub struct Voice {
    recorder: Option<Recorder>,
    /// The recording is being put into the outbox.
    sending: bool,
    /// Why the microphone did not work the last time.
    fault: Option<Fault>,
    player: Player<MessageId>,
    /// The recording's own player: its key is of no message.
    review: Player<()>,
    heard: HashSet<MessageId>,
    /// Bars and lengths of sounds that came without.
    surveys: HashMap<MessageId, (Wave, Duration)>,
    surveyed: HashMap<u64, MessageId>,
    languages: Vec<String>,
    texts: HashMap<MessageId, Text>,
    numbers: u64,
}

/// Numbers of orders that play the recording are odd, those that play messages even: each player counts for itself.
fn review_number(number: u64) -> u64 {
    number * 2 + 1
}

fn message_number(number: u64) -> u64 {
    number * 2
}

impl Voice {
    /// The recording of a conversation.
    pub fn recorder_in(&self, id: &ConversationId) -> Option<&Recorder> {
        self.recorder.as_ref().filter(|recorder| recorder.to() == id)
    }

    /// How far a message has been turned into text.
    pub fn text(&self, id: &MessageId) -> Option<&Text> {
        self.texts.get(id)
    }

    /// How fast messages are played.
    pub fn speed(&self) -> player::Speed {
        self.player.speed()
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Bars of a message: its own, or as they were counted from the sound.
    pub fn wave(&self, message: &ChatMessage) -> Option<Wave> {
        Wave::of_app_data(&message.cloud_custom_data)
            .or_else(|| self.surveys.get(&message.id).map(|(wave, _)| *wave))
    }

    /// How long the sound of a message is.
    pub fn length(&self, message: &ChatMessage) -> Duration {
        if let Some((_, length)) = self.surveys.get(&message.id) {
            return *length;
        }
        match &message.payload {
            Payload::Audio(audio) => Duration::from_secs(u64::from(audio.second)),
            _ => Duration::ZERO,
        }
    }

    /// Whether a message of somebody else was not listened to.
    pub fn is_unheard(&self, row: &MessageRow) -> bool {
        !row.own && !self.heard.contains(&row.message.id)
    }

    /// Messages were listened to on another instance.
    pub(super) fn heard_elsewhere(&mut self, messages: &[MessageId]) {
        self.heard.extend(messages.iter().cloned());
    }

    /// Where the player is with a message, with its place and its length.
    pub fn playing(&self, id: &MessageId) -> Option<(player::State, Duration, Duration)> {
        let (at, length) = self.player.place(id)?;
        Some((self.player.state(id)?, at, length))
    }

    /// Whether messages can be turned into text.
    pub fn offers_text(&self) -> bool {
        !self.languages.is_empty()
    }

    /// Whether this one can be, and was not yet.
    pub fn allows_text(&self, message: &ChatMessage) -> bool {
        self.offers_text()
            && matches!(message.payload, Payload::Audio(_))
            && !message.has_risk_content
            && !matches!(self.texts.get(&message.id), Some(Text::Underway | Text::Words(_)))
    }

    /// The language to ask for: that of the app if it is offered.
    fn language(&self) -> String {
        let own = i18n::current().tag();
        let own = own.split('-').next().unwrap_or(own);
        let found = self.languages.iter().find(|offered| offered.starts_with(own));
        found.or(self.languages.first()).cloned().unwrap_or_default()
    }
}

/// An order of a player as an effect; its number tells whose it was.
fn order(need: Need, number: fn(u64) -> u64) -> Option<Effect> {
    match need {
        Need::Order(Order::Play { number: own, sound, from, speed }) => {
            Some(Effect::Voice(Order::Play { number: number(own), sound, from, speed }))
        }
        Need::Order(other) => Some(Effect::Voice(other)),
        Need::Nothing | Need::Fetch => None,
    }
}

impl Chats {
    /// The voice messages.
    pub fn voice(&self) -> &Voice {
        &self.voice
    }

    /// Handles what happens to voice messages.
    pub(super) fn in_voice(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Begin => self.begin_recording(),
            Message::Pause => {
                let order = self.voice.recorder.as_mut().and_then(Recorder::pause);
                order.map(Effect::Voice).into_iter().collect()
            }
            Message::GoOn => {
                let number = self.voice.number();
                let hush = order(self.voice.review.end(), review_number);
                let go_on = self.voice.recorder.as_mut().and_then(|recorder| recorder.go_on(number));
                hush.into_iter().chain(go_on.map(Effect::Voice)).collect()
            }
            Message::Send => self.send_recording(),
            Message::Discard => self.discard_recording(false),
            Message::Play(Sound::Take) => self.review(None),
            Message::Seek(Sound::Take, share) => self.review(Some(share)),
            Message::Play(Sound::Message(message)) => self.play(&message, None),
            Message::Seek(Sound::Message(message), share) => self.play(&message, Some(share)),
            Message::Speed => {
                // One speed for everything; the other player is silent.
                let review = order(self.voice.review.next_speed(), review_number);
                order(self.voice.player.next_speed(), message_number).into_iter().chain(review).collect()
            }
            Message::ToText(message) => {
                let language = self.voice.language();
                if self.voice.texts.get(&message.id) == Some(&Text::Underway) {
                    return Vec::new();
                }
                self.voice.texts.insert(message.id.clone(), Text::Underway);
                vec![Effect::Call(Call::ToText(message, language))]
            }
            Message::Told(event) => self.told_by_studio(event),
        }
    }

    fn begin_recording(&mut self) -> Vec<Effect> {
        if !self.can_write() {
            return Vec::new();
        }
        let Some(id) = self.current().cloned() else { return Vec::new() };
        if let Some(recorder) = &self.voice.recorder {
            let to = recorder.to().clone();
            return if to == id {
                Vec::new()
            } else {
                self.toast(fl!("voice-waits", name = self.name_of(&to)))
            };
        }
        // A loudspeaker would be heard by the microphone.
        let mut effects: Vec<_> = order(self.voice.player.end(), message_number).into_iter().collect();
        let (recorder, record) = Recorder::begin(id, self.voice.number());
        self.voice.recorder = Some(recorder);
        self.voice.fault = None;
        effects.extend([Effect::Voice(record), Effect::Focus(SEND)]);
        effects
    }

    fn send_recording(&mut self) -> Vec<Effect> {
        if self.voice.sending || !self.can_write() {
            return Vec::new();
        }
        let Some(recorder) = &mut self.voice.recorder else { return Vec::new() };
        match recorder.send() {
            Ok(take) => self.send_take(take),
            Err(order) => order.map(Effect::Voice).into_iter().collect(),
        }
    }

    fn send_take(&mut self, take: Arc<Take>) -> Vec<Effect> {
        let Some(recorder) = &self.voice.recorder else { return Vec::new() };
        let to = recorder.to().clone();
        self.voice.sending = true;
        let reply_to = match &self.open {
            Some(open) if open.id == to => open.composer.replies_to().cloned(),
            _ => None,
        };
        let hush = order(self.voice.review.end(), review_number);
        let receiver_list = self.receivers_in(&to);
        let send = Effect::Call(Call::SendVoice(OutgoingVoice { to, take, reply_to, receiver_list }));
        hush.into_iter().chain([send]).collect()
    }

    /// It is in the outbox, or was refused and still waits here.
    pub(super) fn voice_sent(&mut self, sent: &OutgoingVoice, result: Result<(), ChatError>) -> Vec<Effect> {
        self.voice.sending = false;
        if let Err(error) = result {
            return self.toast(failure(fl!("failed-send"), &error));
        }
        self.voice.recorder = None;
        let id = sent.to.clone();
        self.in_conversation(&id, |open, scene| {
            let mut effects = open.timeline.sent(scene);
            if sent.reply_to.is_some() {
                effects.extend(open.composer.answered());
            }
            effects.push(Effect::Focus(COMPOSER));
            effects
        })
    }

    /// Throws the recording away, or asks whether it shall be.
    pub(super) fn discard_recording(&mut self, asked: bool) -> Vec<Effect> {
        if self.voice.sending {
            return Vec::new();
        }
        let Some(recorder) = &mut self.voice.recorder else { return Vec::new() };
        if recorder.is_dear() && !asked {
            let length = recorder.length();
            let pause = recorder.pause().map(Effect::Voice);
            return pause.into_iter().chain(self.ask(Confirm::DiscardVoice(length))).collect();
        }
        let stop = recorder.is_recording().then_some(Effect::Voice(Order::Stop));
        self.voice.recorder = None;
        let hush = order(self.voice.review.end(), review_number);
        stop.into_iter().chain(hush).chain([Effect::Focus(COMPOSER)]).collect()
    }

    /// Whether the recorder stands in the place of the composer.
    pub(super) fn is_recording_here(&self) -> bool {
        self.current().is_some_and(|id| self.voice.recorder_in(id).is_some())
    }

    /// The key of the recorder: begin, pause, go on.
    pub(super) fn record_key(&mut self) -> Vec<Effect> {
        match self.voice.recorder.as_ref().filter(|_| self.is_recording_here()) {
            None => self.begin_recording(),
            Some(recorder) if recorder.is_recording() => self.in_voice(Message::Pause),
            Some(_) => self.in_voice(Message::GoOn),
        }
    }

    /// The conversation is left: the microphone is off, nothing is heard from where nobody looks.
    pub(super) fn leave_voice(&mut self) -> Vec<Effect> {
        let pause = self.voice.recorder.as_mut().and_then(Recorder::pause).map(Effect::Voice);
        let review = order(self.voice.review.end(), review_number);
        let player = order(self.voice.player.end(), message_number);
        pause.into_iter().chain(review).chain(player).collect()
    }

    fn review(&mut self, share: Option<f32>) -> Vec<Effect> {
        let Some(recorder) = &self.voice.recorder else { return Vec::new() };
        let Some(take) = recorder.take().cloned() else { return Vec::new() };
        let length = recorder.length();
        let mut effects: Vec<_> = order(self.voice.player.end(), message_number).into_iter().collect();
        let review = &mut self.voice.review;
        let mut need = match share {
            Some(share) => review.seek(&(), length, share),
            None => review.toggle(&(), length),
        };
        if need == Need::Fetch {
            need = match take.ogg() {
                Ok(sound) => review.fetched(&(), sound.into()),
                Err(error) => {
                    tracing::error!(%error, "a recording could not be put together");
                    review.not_fetched(&());
                    return self.toast(fl!("voice-unplayable"));
                }
            };
        }
        effects.extend(order(need, review_number));
        effects
    }

    /// Plays or pauses a message, or goes to a share of it.
    fn play(&mut self, message: &Arc<ChatMessage>, share: Option<f32>) -> Vec<Effect> {
        if message.has_risk_content {
            return Vec::new();
        }
        let length = self.voice.length(message);
        let need = match share {
            Some(share) => self.voice.player.seek(&message.id, length, share),
            None => self.voice.player.toggle(&message.id, length),
        };
        // Both at once would not be understood.
        let mut effects = self.leave_recording();
        match need {
            Need::Fetch => effects.push(Effect::Call(Call::Sound(Arc::clone(message)))),
            need => effects.extend(order(need, message_number)),
        }
        effects
    }

    fn leave_recording(&mut self) -> Vec<Effect> {
        let pause = self.voice.recorder.as_mut().and_then(Recorder::pause).map(Effect::Voice);
        pause.into_iter().chain(order(self.voice.review.end(), review_number)).collect()
    }

    /// What keys do to a voice message that has the keyboard. None if they mean nothing to it.
    pub(super) fn voice_key(&mut self, action: crate::keymap::Action, id: &MessageId) -> Option<Vec<Effect>> {
        use crate::keymap::Action;
        let row = self.open.as_ref()?.timeline.message(id)?;
        if !matches!(row.message.payload, Payload::Audio(_)) {
            return None;
        }
        let message = Arc::clone(&row.message);
        Some(match action {
            Action::PlayVoice => self.play(&message, None),
            Action::VoiceSpeed => self.in_voice(Message::Speed),
            Action::VoiceBack => {
                order(self.voice.player.skip(id, -STEP), message_number).into_iter().collect()
            }
            Action::VoiceForward => {
                order(self.voice.player.skip(id, STEP), message_number).into_iter().collect()
            }
            _ => return None,
        })
    }

    /// The sound of a message is here, or is not to be had.
    pub(super) fn sound_here(&mut self, id: &MessageId, result: Result<Arc<[u8]>, ChatError>) -> Vec<Effect> {
        let sound = match result {
            Ok(sound) => sound,
            Err(error) => {
                self.voice.player.not_fetched(id);
                return self.toast(failure(fl!("voice-not-fetched"), &error));
            }
        };
        let mut effects = Vec::new();
        let message =
            self.open.as_ref().and_then(|open| open.timeline.message(id)).map(|row| Arc::clone(&row.message));
        if let Some(message) = message.filter(|message| self.voice.wave(message).is_none()) {
            let number = self.voice.number();
            self.voice.surveyed.insert(number, id.clone());
            let claimed = self.voice.length(&message);
            effects.push(Effect::Voice(Order::Survey { number, sound: Arc::clone(&sound), claimed }));
        }
        let need = self.voice.player.fetched(id, sound);
        if need != Need::Nothing && self.voice.heard.insert(id.clone()) {
            effects.push(Effect::Call(Call::MarkHeard(id.clone())));
        }
        effects.extend(order(need, message_number));
        effects
    }

    fn told_by_studio(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Heard(number, heard) => self.heard(number, heard),
            Event::Played(number, played) if number % 2 == 1 => {
                match self.voice.review.played(number / 2, played) {
                    player::Outcome::Failed((), trouble) => self.toast(trouble_words(&trouble)),
                    player::Outcome::Going | player::Outcome::Ended(()) => Vec::new(),
                }
            }
            Event::Played(number, played) => self.played(number / 2, played),
            Event::Surveyed(number, found) => {
                let id = self.voice.surveyed.remove(&number);
                if let (Some(id), Ok(found)) = (id, found) {
                    self.voice.player.measured(&id, found.1);
                    self.voice.surveys.insert(id, found);
                }
                Vec::new()
            }
        }
    }

    fn heard(&mut self, number: u64, heard: Heard) -> Vec<Effect> {
        let Some(recorder) = &mut self.voice.recorder else { return Vec::new() };
        match recorder.heard(number, heard) {
            recorder::Outcome::Going => match recorder.fault().cloned() {
                Some(fault) if !recorder.is_recording() && self.voice.fault.as_ref() != Some(&fault) => {
                    let words = fault_words(&fault);
                    self.voice.fault = Some(fault);
                    self.toast(words)
                }
                _ => Vec::new(),
            },
            recorder::Outcome::Send(take) => self.send_take(take),
            recorder::Outcome::Nothing(fault) => {
                self.voice.recorder = None;
                let mut effects = vec![Effect::Focus(COMPOSER)];
                if let Some(fault) = &fault {
                    effects.extend(self.toast(fault_words(fault)));
                }
                self.voice.fault = fault;
                effects
            }
        }
    }

    fn played(&mut self, number: u64, played: Played) -> Vec<Effect> {
        match self.voice.player.played(number, played) {
            player::Outcome::Going => Vec::new(),
            player::Outcome::Failed(_, trouble) => self.toast(trouble_words(&trouble)),
            player::Outcome::Ended(id) => {
                match self.open.as_ref().and_then(|open| self.next_unheard(open, &id)) {
                    Some(next) => self.play(&next, None),
                    None => Vec::new(),
                }
            }
        }
    }

    /// The next voice message of the same sender, if it was not listened to.
    fn next_unheard(&self, open: &Open, id: &MessageId) -> Option<Arc<ChatMessage>> {
        let rows = open.timeline.stretch().rows();
        let before = rows.message(id)?;
        let later = rows.iter().filter_map(|row| row.message());
        let mut later = later.filter(|row| row.message.sequence > before.message.sequence);
        let next = later.find(|row| {
            row.message.from == before.message.from && matches!(row.message.payload, Payload::Audio(_))
        })?;
        self.voice.is_unheard(next).then(|| Arc::clone(&next.message))
    }

    pub(super) fn set_facts(&mut self, facts: Facts) -> Vec<Effect> {
        self.voice.heard.extend(facts.heard);
        self.voice.languages = facts.languages;
        Vec::new()
    }

    pub(super) fn text_here(&mut self, id: MessageId, result: Result<String, ChatError>) -> Vec<Effect> {
        let text = match result {
            Ok(words) => Text::Words(words.trim().to_owned()),
            Err(error) => Text::Failed(error),
        };
        self.voice.texts.insert(id, text);
        Vec::new()
    }
}

/// Why the microphone or the speaker does not work, and what to do.
pub fn fault_words(fault: &Fault) -> String {
    match fault {
        Fault::NotBuilt => fl!("voice-not-built"),
        Fault::NoDevice => fl!("voice-no-device"),
        Fault::Refused => fl!("voice-refused"),
        Fault::Busy => fl!("voice-busy"),
        Fault::Broken(reason) => fl!("voice-broken", reason = reason.as_str()),
    }
}

fn trouble_words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Device(Fault::NoDevice) => fl!("voice-no-speaker"),
        Trouble::Device(fault) => fault_words(fault),
        Trouble::Sound(_) => fl!("voice-unplayable"),
    }
}
