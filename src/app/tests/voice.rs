//! Draws recorder and player at two widths, in every appearance and language, to be looked at: `target/shots/voice-*.png`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hallway_app::i18n::{self, Language};
use hallway_app::keymap;
use hallway_app::screen::chats::stage::{Drive, Screen, Stage, World};
use hallway_app::screen::chats::voice::{Facts, Message as VoiceMessage, Sound};
use hallway_app::screen::chats::{Act, Answer, Confirm, Message, sample};
use hallway_app::theme::Appearance;
use hallway_app::voice::take::{Coder, RATE};
use hallway_app::voice::wave::LOUDEST;
use hallway_app::voice::{Event, Heard, Order, Played, Take, Wave};

fn shots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("shots")
}

/// Syllables and pauses.
fn loudness(place: usize) -> f32 {
    let (slow, quick) = ((place as f32 / 9.0).sin(), (place as f32 / 2.3).sin());
    if place % 23 < 3 { 0.02 } else { (0.55 + 0.3 * slow + 0.25 * quick).clamp(0.05, 1.0) }
}

fn bars(shift: usize) -> String {
    let levels: Vec<u8> = (0..40).map(|place| (loudness(place + shift) * f32::from(LOUDEST)) as u8).collect();
    Wave::of_levels(&levels).app_data()
}

fn take(seconds: usize) -> Arc<Take> {
    let mut coder = Coder::new(Take::default()).unwrap();
    for place in 0..seconds * 10 {
        let loud = loudness(place) * 0.5;
        let piece: Vec<f32> = (0..RATE / 10).map(|n| (n as f32 / 8.0).sin() * loud).collect();
        coder.push(&piece).unwrap();
    }
    Arc::new(coder.finish())
}

fn world() -> World {
    let mut world = World::new();
    let mut answer = sample::voice("anna", 4, 3, &bars(13));
    answer.reply_to = Some(hallway_protocol::message::Quote {
        id: sample::voice("ben", 2, 12, "").id,
        sequence: 2,
        from: sample::user("ben"),
        nick: "Ben".into(),
        summary: "[Voice 0:12]".into(),
    });
    let mut flagged = sample::voice("ben", 6, 20, &bars(3));
    flagged.has_risk_content = true;
    let messages = vec![
        sample::text("ben", 1, "I cannot type now, so:"),
        sample::voice("ben", 2, 12, &bars(0)),
        sample::voice("ben", 3, 61, ""),
        answer,
        sample::voice("anna", 5, 600, &bars(31)),
        flagged,
        sample::voice("ben", 7, 7, &bars(17)),
    ];
    let room = world.room("C2Cben", messages, 7);
    room.row.peer.read_seq = 4;
    room.row.peer.delivered_seq = 5;
    room.settle();
    world
}

fn draw(screen: &mut Screen, name: &str, language: Language) {
    screen.settle();
    let picture = screen.picture(1.0);
    picture.save(shots().join(format!("voice-{name}-{}.png", language.tag())));
    assert!(picture.colors() > 50, "{name} is drawn");
}

fn told(screen: &mut Screen, event: Event) {
    screen.message(Message::Voice(VoiceMessage::Told(event)));
}

fn number(screen: &Screen) -> u64 {
    match screen.state.world.orders.last() {
        Some(Order::Record { number, .. } | Order::Play { number, .. }) => *number,
        other => panic!("{other:?}"),
    }
}

fn all(language: Language, size: (f32, f32)) {
    i18n::select(language);
    let width = size.0;
    let mut screen = Stage::new(world(), Some("C2Cben"), size);
    let messages = screen.state.world.rooms["C2Cben"].messages.clone();
    let both = |screen: &mut Screen, name: &str| {
        for (appearance, tag) in [(Appearance::Light, "light"), (Appearance::Dark, "dark")] {
            screen.dress(appearance);
            draw(screen, &format!("{name}-{width}-{tag}"), language);
        }
    };
    let play = |screen: &mut Screen, place: usize| {
        let sound = Sound::Message(Arc::new(messages[place].clone()));
        screen.message(Message::Voice(VoiceMessage::Play(sound)));
    };
    both(&mut screen, "timeline");
    play(&mut screen, 1);
    let at = number(&screen);
    told(&mut screen, Event::Played(at, Played::At(Duration::from_millis(5_200))));
    both(&mut screen, "playing");
    screen.dress(Appearance::HighContrast);
    draw(&mut screen, &format!("playing-{width}-contrast"), language);
    play(&mut screen, 4);
    let at = number(&screen);
    told(&mut screen, Event::Played(at, Played::At(Duration::from_secs(431))));
    screen.message(Message::Voice(VoiceMessage::Speed));
    let facts = Facts { languages: vec!["en-US".into(), "zh".into()], ..Facts::default() };
    screen.message(Message::Answer(Answer::VoiceFacts(facts)));
    screen.state.world.spoken = match language {
        Language::Chinese => "三点在会议室见，请把合同带上，还有上次的报价单。".into(),
        _ => "See you at three in the meeting room. Please bring the contract, and the offer from last time."
            .into(),
    };
    screen.message(Message::Act(Act::ToText, messages[6].id.clone()));
    both(&mut screen, "text");

    screen.act(keymap::Action::RecordVoice);
    let record = number(&screen);
    for step in 0..30_usize {
        let length = Duration::from_millis(60 * step as u64 + 15_000);
        let level = (loudness(step) * f32::from(LOUDEST)) as u8;
        told(&mut screen, Event::Heard(record, Heard::Level { length, level }));
    }
    both(&mut screen, "recording");
    screen.message(Message::Ask(Confirm::DiscardVoice(Duration::from_secs(16))));
    both(&mut screen, "discard");
    screen.act(keymap::Action::Close);
    screen.message(Message::Voice(VoiceMessage::Pause));
    told(&mut screen, Event::Heard(record, Heard::Stopped(take(17), None)));
    both(&mut screen, "paused");
    screen.message(Message::Voice(VoiceMessage::Play(Sound::Take)));
    let review = number(&screen);
    told(&mut screen, Event::Played(review, Played::At(Duration::from_secs(6))));
    both(&mut screen, "listening");
}

#[test]
fn recorder_and_player_in_both_languages() {
    for language in [Language::English, Language::Chinese] {
        for size in [(1400.0, 860.0), (420.0, 760.0)] {
            all(language, size);
        }
    }
    i18n::select(Language::English);
}
