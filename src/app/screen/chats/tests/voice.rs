//! Voice messages: what people press, what the studio and the account are asked.

use std::sync::Arc;

use super::*;
use crate::screen::chats::call::Answer;
use crate::screen::chats::effect::Effect;
use crate::screen::chats::voice::{self, Facts};
use crate::voice::take::{Coder, RATE};
use crate::voice::{Event, Fault, Heard, Order, Played, Take, Wave};

fn told(screen: &mut Screen, event: Event) {
    screen.message(Message::Voice(voice::Message::Told(event)));
    screen.settle();
}

fn level(screen: &mut Screen, number: u64, seconds: u64) {
    told(screen, Event::Heard(number, Heard::Level { length: Duration::from_secs(seconds), level: 40 }));
}

fn take(seconds: usize) -> Arc<Take> {
    let mut coder = Coder::new(Take::default()).unwrap();
    coder.push(&vec![0.1; RATE as usize * seconds]).unwrap();
    Arc::new(coder.finish())
}

/// The number of the recording that was ordered last.
fn recording(screen: &Screen) -> u64 {
    match screen.state.world.orders.last() {
        Some(Order::Record { number, .. }) => *number,
        other => panic!("{other:?}"),
    }
}

/// The number of the sound that was ordered last, and where it begins.
fn playing(screen: &Screen) -> (u64, Duration) {
    match screen.state.world.orders.last() {
        Some(Order::Play { number, from, .. }) => (*number, *from),
        other => panic!("{other:?}"),
    }
}

fn sent(screen: &Screen) -> Vec<u32> {
    let messages = screen.state.world.rooms["C2Cben"].messages.iter();
    let seconds = messages.filter_map(|message| match &message.payload {
        Payload::Audio(audio) => Some(audio.second),
        _ => None,
    });
    seconds.collect()
}

fn voices(count: u64) -> World {
    let mut world = World::new();
    let bars = Wave::of_levels(&[10, 20, 30]).app_data();
    world.room("C2Cben", (1..=count).map(|seq| sample::voice("ben", seq, 10, &bars)).collect(), count);
    world
}

fn press(screen: &mut Screen, name: &str) {
    screen.click(named(name));
    screen.settle();
}

/// OBJ-7, OBJ-62: record, pause, listen, go on, send, all with the pointer.
#[test]
fn a_voice_message_is_recorded_and_sent() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    press(&mut screen, "Record a voice message");
    let number = recording(&screen);
    level(&mut screen, number, 2);
    assert!(screen.has_text("0:02") && screen.has_text("up to 1:00"));
    press(&mut screen, "Pause");
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Stop));
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(4), None)));
    press(&mut screen, "Listen");
    let (playing_now, from) = playing(&screen);
    assert_eq!(from, Duration::ZERO);
    told(&mut screen, Event::Played(playing_now, Played::At(Duration::from_secs(3))));
    assert!(screen.has_text("0:03"));
    press(&mut screen, "Go on recording");
    let orders = &screen.state.world.orders;
    assert_eq!(orders[orders.len() - 2], Order::Hush, "the microphone would hear it");
    let number = recording(&screen);
    level(&mut screen, number, 5);
    press(&mut screen, "Send");
    assert_eq!(sent(&screen), [0_u32; 0], "the end is still on its way");
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(6), None)));
    assert_eq!(sent(&screen), [6]);
    assert!(!screen.has_text("up to 1:00"));
    screen.typewrite("and words");
    assert_eq!(draft(&screen), "and words", "the composer has the keyboard again");
}

/// Escape throws a recording away; one of more than three seconds only when it is confirmed, and the microphone is off while
/// it is asked.
#[test]
fn escape_discards() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    level(&mut screen, number, 2);
    screen.act(keymap::Action::Close);
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Stop));
    assert!(!screen.has_text("up to 1:00") && !screen.has_text("Discard"));
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(2), None)));
    assert!(!screen.has_text("0:02"), "what comes late is of no interest");

    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    level(&mut screen, number, 5);
    screen.act(keymap::Action::Close);
    assert!(screen.has_text("Discard the recording of 0:05?"));
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Stop));
    screen.act(keymap::Action::Close);
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(5), None)));
    assert!(screen.has_text("0:05"), "it is still there");
    screen.act(keymap::Action::Close);
    screen.message(Message::Dialog(dialog::Message::Confirmed));
    assert!(!screen.has_text("0:05") && sent(&screen).is_empty());
}

/// By the keyboard alone: the key records, Enter sends.
#[test]
fn the_keyboard_records_and_sends() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    level(&mut screen, number, 1);
    screen.act(keymap::Action::RecordVoice);
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(1), None)));
    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    screen.key(Named::Enter, Modifiers::empty());
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Stop), "the button to send has the keyboard");
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(2), None)));
    assert_eq!(sent(&screen), [2]);
}

/// Without a microphone the button says so, and can be pressed again.
#[test]
fn without_a_microphone_the_button_says_why() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    press(&mut screen, "Record a voice message");
    let number = recording(&screen);
    told(&mut screen, Event::Heard(number, Heard::Stopped(Arc::default(), Some(Fault::NoDevice))));
    let said = Action::Toast("No microphone found. Connect one and try again.".into());
    assert_eq!(screen.state.world.actions.last(), Some(&said));
    press(&mut screen, "Record a voice message");
    assert!(recording(&screen) > number);
}

/// The server or the disk refuses: the recording is still here.
#[test]
fn a_recording_that_was_refused_is_not_lost() {
    let mut world = with_ben(1, 1);
    world.takes_voice = false;
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(7), None)));
    press(&mut screen, "Send");
    assert!(matches!(screen.state.world.actions.last(), Some(Action::Toast(_))));
    assert!(screen.has_text("0:07"));
    screen.state.world.takes_voice = true;
    press(&mut screen, "Send");
    assert_eq!(sent(&screen), [7]);
}

/// A recording waits in its conversation; the microphone is off meanwhile, and another one cannot be begun over it.
#[test]
fn a_recording_waits_where_it_was_begun() {
    let mut world = with_ben(1, 1);
    world.room("C2Ccleo", vec![sample::text("cleo", 1, "hi")], 1);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    screen.act(keymap::Action::RecordVoice);
    let number = recording(&screen);
    level(&mut screen, number, 8);
    screen.message(Message::Open(sample::conversation("C2Ccleo")));
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Stop));
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(8), None)));
    assert!(!screen.has_text("0:08"));
    screen.act(keymap::Action::RecordVoice);
    assert!(matches!(screen.state.world.actions.last(), Some(Action::Toast(text)) if text.contains("Ben")));
    screen.message(Message::Open(sample::conversation("C2Cben")));
    assert!(screen.has_text("0:08"));
    press(&mut screen, "Send");
    assert_eq!(sent(&screen), [8]);
}

/// A voice message that answers carries its quote.
#[test]
fn a_recording_answers() {
    let mut screen = Stage::new(with_ben(1, 1), Some("C2Cben"), WIDE);
    let id = screen.state.world.rooms["C2Cben"].messages[0].id.clone();
    screen.message(Message::Act(Act::Reply, id.clone()));
    screen.act(keymap::Action::RecordVoice);
    assert!(screen.has_text("Reply to Ben"));
    let number = recording(&screen);
    press(&mut screen, "Send");
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(1), None)));
    let last = screen.state.world.rooms["C2Cben"].messages.last().unwrap();
    assert_eq!(last.reply_to.as_ref().map(|quote| &quote.id), Some(&id));
    assert!(!screen.has_text("Reply to Ben"));
}

/// A message is played, paused and gone on with; it is heard from the first sound on; the next one of the same person plays
/// on by itself, until one was heard before.
#[test]
fn messages_are_played_one_after_the_other() {
    let mut world = voices(4);
    world.facts.heard = vec![world.rooms["C2Cben"].messages[2].id.clone()];
    let ids: Vec<_> = world.rooms["C2Cben"].messages.iter().map(|message| message.id.clone()).collect();
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    let unheard =
        |screen: &mut Screen| screen.nodes().iter().filter(|(node, _)| node.name == "Not played yet").count();
    assert_eq!(unheard(&mut screen), 3);
    let first = screen.find_all(named("Play"))[0].visible_bounds().unwrap();
    screen.click_at(first.center());
    let (number, _) = playing(&screen);
    assert_eq!(unheard(&mut screen), 2);
    assert_eq!(
        screen.last_call(|call| matches!(call, Call::MarkHeard(_))),
        Some(Call::MarkHeard(ids[0].clone()))
    );
    told(&mut screen, Event::Played(number, Played::At(Duration::from_secs(4))));
    assert!(screen.has_text("0:04") && screen.has_text("1x"));
    press(&mut screen, "Pause");
    assert_eq!(screen.state.world.orders.last(), Some(&Order::Hush));
    screen.click_at(first.center());
    let (number, from) = playing(&screen);
    assert_eq!(from, Duration::from_secs(4));
    told(&mut screen, Event::Played(number, Played::Ended));
    let (second, from) = playing(&screen);
    assert!(second > number && from == Duration::ZERO, "the next one plays on");
    assert_eq!(unheard(&mut screen), 1);
    let orders = screen.state.world.orders.len();
    told(&mut screen, Event::Played(second, Played::Ended));
    assert_eq!(screen.state.world.orders.len(), orders, "the third was heard before");
    let elsewhere = hallway_client::Event::MessagesHeard([ids[3].clone()].into());
    screen.event(&elsewhere);
    assert_eq!(unheard(&mut screen), 0, "the last one on another instance");
}

/// With the keyboard on a message: Space, arrows, S.
#[test]
fn the_keyboard_plays() {
    let mut screen = Stage::new(voices(1), Some("C2Cben"), WIDE);
    let id = screen.state.world.rooms["C2Cben"].messages[0].id.clone();
    let act = |screen: &mut Screen, action| {
        let effects = screen.state.chats.act_on_message(action, &id).unwrap();
        screen.perform(effects);
    };
    act(&mut screen, keymap::Action::PlayVoice);
    let (number, _) = playing(&screen);
    told(&mut screen, Event::Played(number, Played::At(Duration::from_secs(7))));
    act(&mut screen, keymap::Action::VoiceBack);
    assert_eq!(playing(&screen).1, Duration::from_secs(2));
    act(&mut screen, keymap::Action::VoiceForward);
    assert_eq!(playing(&screen).1, Duration::from_secs(7));
    act(&mut screen, keymap::Action::VoiceSpeed);
    assert!(matches!(screen.state.world.orders.last(), Some(Order::Play { speed, .. }) if *speed == 1.5));
    assert!(screen.has_text("1.5x"));
    let text = screen.state.chats.act_on_message(keymap::Action::PlayVoice, &"1-2-3".parse().unwrap());
    assert!(text.is_none());
}

/// A press on the bars goes there.
#[test]
fn the_bars_seek() {
    let mut screen = Stage::new(voices(1), Some("C2Cben"), WIDE);
    let play = screen.place(named("Play"));
    let (left, middle) = (play.x + play.width + 8.0, crate::widget::wave::WIDTH / 2.0);
    screen.click_at(Point::new(left + middle, play.y + 12.0));
    let (_, from) = playing(&screen);
    assert!(from.abs_diff(Duration::from_secs(5)) < Duration::from_millis(100), "{from:?}");
}

/// A message without bars, or with nonsense in their place, gets them from its sound.
#[test]
fn bars_are_counted_where_there_are_none() {
    let mut world = World::new();
    world.room("C2Cben", vec![sample::voice("ben", 1, 10, "{\"waveform\":17}")], 1);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    press(&mut screen, "Play");
    let survey = screen.state.world.orders.iter().find_map(|order| match order {
        Order::Survey { number, claimed, .. } => Some((*number, *claimed)),
        _ => None,
    });
    let (number, claimed) = survey.unwrap();
    assert_eq!(claimed, Duration::from_secs(10));
    let wave = Wave::of_levels(&[1, 2, 3]);
    told(&mut screen, Event::Surveyed(number, Ok((wave, Duration::from_secs(12)))));
    let message = screen.state.world.rooms["C2Cben"].messages[0].clone();
    assert_eq!(screen.state.chats.voice().wave(&message), Some(wave));
    assert_eq!(screen.state.chats.voice().length(&message), Duration::from_secs(12));
}

/// Recorder and player do not sound at once, and both are silent when the conversation is left.
#[test]
fn only_one_thing_sounds() {
    let mut world = voices(1);
    world.room("C2Ccleo", vec![sample::text("cleo", 1, "hi")], 1);
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    press(&mut screen, "Play");
    screen.act(keymap::Action::RecordVoice);
    let orders = &screen.state.world.orders;
    assert_eq!(orders[orders.len() - 2], Order::Hush);
    let number = recording(&screen);
    press(&mut screen, "Play");
    assert!(screen.state.world.orders.contains(&Order::Stop), "the microphone would hear it");
    told(&mut screen, Event::Heard(number, Heard::Stopped(take(1), None)));
    let before = screen.state.world.orders.len();
    screen.message(Message::Open(sample::conversation("C2Ccleo")));
    assert_eq!(screen.state.world.orders[before..], [Order::Hush]);
}

/// MSG-71: offered only where the deployment has it; the words stand under the message, or why there are none.
#[test]
fn a_message_is_turned_into_text() {
    let mut screen = Stage::new(voices(1), Some("C2Cben"), WIDE);
    assert!(screen.find(named("To text")).is_none());
    let facts = Facts { languages: vec!["zh".into(), "en-US".into()], ..Facts::default() };
    screen.message(Message::Answer(Answer::VoiceFacts(facts)));
    screen.settle();
    screen.state.world.online = false;
    press(&mut screen, "To text");
    let asked = screen.last_call(|call| matches!(call, Call::ToText(..)));
    assert!(
        matches!(asked, Some(Call::ToText(_, language)) if language == "en-US"),
        "the language of the app"
    );
    assert!(screen.has_text("Retry"));
    screen.state.world.online = true;
    screen.state.world.spoken = " see you at three ".into();
    press(&mut screen, "Retry");
    assert!(screen.has_text("see you at three") && screen.find(named("To text")).is_none());
}

/// MSG-100: what moderation holds back is not played.
#[test]
fn what_was_flagged_is_not_played() {
    let mut world = voices(1);
    world.rooms.get_mut("C2Cben").unwrap().messages[0].has_risk_content = true;
    let mut screen = Stage::new(world, Some("C2Cben"), WIDE);
    assert!(screen.has_text("Held back by moderation") && screen.find(named("Play")).is_none());
    let id = screen.state.world.rooms["C2Cben"].messages[0].id.clone();
    let effects: Vec<Effect> = screen.state.chats.act_on_message(keymap::Action::PlayVoice, &id).unwrap();
    assert!(effects.is_empty());
}
