//! Recorder and player as states: what people press in any order.

use std::sync::Arc;
use std::time::Duration;

use super::take;
use crate::voice::device::Fault;
use crate::voice::player::{self, Need, Outcome as Heard2, Player, Speed};
use crate::voice::recorder::{Outcome, Recorder, State, Then};
use crate::voice::studio::{Heard, Order, Played};
use crate::voice::take::{RATE, Take};
use crate::voice::{LONGEST, USUAL};

fn ben() -> hallway_protocol::ConversationId {
    "C2Cben".parse().unwrap()
}

fn seconds(count: usize) -> Arc<Take> {
    Arc::new(take(200.0, RATE as usize * count))
}

fn level(recorder: &mut Recorder, number: u64, length: Duration) {
    assert_eq!(recorder.heard(number, Heard::Level { length, level: 30 }), Outcome::Going);
}

/// OBJ-7: 60 seconds unless the person goes on, ten minutes in any case.
#[test]
fn a_recording_ends_by_itself_and_goes_on_when_wanted() {
    let (mut recorder, order) = Recorder::begin(ben(), 1);
    assert_eq!(order, Order::Record { number: 1, take: Arc::default(), limit: USUAL });
    level(&mut recorder, 1, Duration::from_secs(1));
    let full = seconds(60);
    assert_eq!(recorder.heard(1, Heard::Stopped(Arc::clone(&full), None)), Outcome::Going);
    assert_eq!(recorder.state(), &State::Paused);
    assert!(recorder.can_go_on());
    let order = recorder.go_on(2).unwrap();
    assert_eq!(order, Order::Record { number: 2, take: full, limit: LONGEST });
    level(&mut recorder, 2, LONGEST);
    recorder.heard(2, Heard::Stopped(seconds(600), None));
    assert!(!recorder.can_go_on() && recorder.go_on(3).is_none());
    assert!(recorder.send().is_ok());
}

#[test]
fn it_is_sent_while_the_microphone_is_on() {
    let (mut recorder, _) = Recorder::begin(ben(), 1);
    assert_eq!(recorder.send(), Err(Some(Order::Stop)));
    assert_eq!(recorder.send(), Err(None), "pressed twice");
    assert_eq!(recorder.state(), &State::Recording { stopping: Some(Then::Send) });
    let all = seconds(1);
    assert_eq!(recorder.heard(1, Heard::Stopped(Arc::clone(&all), None)), Outcome::Send(all));
}

/// A microphone that is taken away in the middle neither loses nor sends what was said.
#[test]
fn a_lost_microphone_pauses() {
    let (mut recorder, _) = Recorder::begin(ben(), 1);
    recorder.send().unwrap_err();
    let some = seconds(2);
    let told = recorder.heard(1, Heard::Stopped(Arc::clone(&some), Some(Fault::NoDevice)));
    assert_eq!((told, recorder.fault()), (Outcome::Going, Some(&Fault::NoDevice)));
    assert_eq!(recorder.take(), Some(&some));
    recorder.go_on(2).unwrap();
    assert_eq!(recorder.fault(), None);
}

#[test]
fn without_a_microphone_there_is_no_recorder() {
    let (mut recorder, _) = Recorder::begin(ben(), 1);
    let told = recorder.heard(1, Heard::Stopped(Arc::default(), Some(Fault::NotBuilt)));
    assert_eq!(told, Outcome::Nothing(Some(Fault::NotBuilt)));
}

/// Whatever is pressed and told, in any order: the microphone is never on unnoticed, and nothing that was said is lost.
#[test]
fn the_recorder_is_never_out_of_step() {
    let mut dice = 1_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let pieces: Vec<Arc<Take>> = (0..4).map(seconds).collect();
    for _ in 0..300 {
        let (mut recorder, _) = Recorder::begin(ben(), 1);
        // What the thread does: the number that runs, if one does, and whether it was told to stop.
        let (mut running, mut told, mut numbers, mut longest) = (Some(1), false, 1, 0);
        for _ in 0..40 {
            let order = match roll(6) {
                0 => recorder.pause(),
                1 => {
                    numbers += 1;
                    recorder.go_on(numbers)
                }
                2 => recorder.send().err().flatten(),
                3 => {
                    recorder
                        .heard(roll(numbers + 1), Heard::Level { length: Duration::from_secs(1), level: 99 });
                    None
                }
                _ => {
                    let Some(number) = running.filter(|_| told || roll(4) == 0) else { continue };
                    longest = (longest + 1).min(3);
                    let fault = (roll(5) == 0).then_some(Fault::Busy);
                    running = None;
                    told = false;
                    if recorder.heard(number, Heard::Stopped(Arc::clone(&pieces[longest]), fault))
                        != Outcome::Going
                    {
                        break;
                    }
                    assert_eq!(recorder.take(), Some(&pieces[longest]));
                    None
                }
            };
            match order {
                Some(Order::Record { number, take, .. }) => {
                    assert_eq!(running, None, "one at a time");
                    assert_eq!(take, pieces[longest], "nothing that was said is lost");
                    running = Some(number);
                }
                Some(Order::Stop) => {
                    assert!(running.is_some() && !told, "told once");
                    told = true;
                }
                Some(other) => panic!("{other:?}"),
                None => {}
            }
            assert_eq!(recorder.is_recording(), running.is_some(), "what is shown is what is");
            assert!(recorder.levels().count() <= 40);
        }
    }
}

fn playing(need: Need) -> (u64, Duration, f32) {
    match need {
        Need::Order(Order::Play { number, from, speed, .. }) => (number, from, speed),
        other => panic!("{other:?}"),
    }
}

const LENGTH: Duration = Duration::from_secs(10);

#[test]
fn one_sound_at_a_time() {
    let sound: Arc<[u8]> = Arc::from([1_u8]);
    let mut player = Player::default();
    assert_eq!(player.toggle(&"a", LENGTH), Need::Fetch);
    assert_eq!(player.state(&"a"), Some(player::State::Fetching));
    let (first, from, speed) = playing(player.fetched(&"a", Arc::clone(&sound)));
    assert_eq!((from, speed), (Duration::ZERO, 1.0));
    player.played(first, Played::At(Duration::from_secs(4)));
    assert_eq!(player.toggle(&"a", LENGTH), Need::Order(Order::Hush));
    assert_eq!(player.played(first, Played::Ended), Heard2::Going, "it was hushed, not heard to its end");
    let (second, from, _) = playing(player.toggle(&"a", LENGTH));
    assert_eq!(from, Duration::from_secs(4), "on from where it was paused");
    assert!(second > first);
    // Another one: the first ends and does not come back.
    assert_eq!(player.toggle(&"b", LENGTH), Need::Fetch);
    assert_eq!(player.state(&"a"), None);
    assert_eq!(player.fetched(&"a", Arc::clone(&sound)), Need::Nothing);
    let (third, ..) = playing(player.fetched(&"b", sound));
    assert_eq!(player.played(second, Played::At(LENGTH)), Heard2::Going);
    assert_eq!(player.place(&"b"), Some((Duration::ZERO, LENGTH)));
    assert_eq!(player.played(third, Played::Ended), Heard2::Ended("b"));
    assert_eq!(player.key(), None);
}

#[test]
fn seeking_and_speed_go_on_from_the_place() {
    let mut player = Player::default();
    assert_eq!(player.seek(&"a", LENGTH, 0.5), Need::Fetch, "begun where it was pressed");
    let (_, from, _) = playing(player.fetched(&"a", Arc::from([1_u8])));
    assert_eq!(from, Duration::from_secs(5));
    let (_, from, _) = playing(player.skip(&"a", 3));
    assert_eq!(from, Duration::from_secs(8));
    let (_, from, _) = playing(player.skip(&"a", 3));
    assert_eq!(from, LENGTH);
    let (_, from, _) = playing(player.skip(&"a", -30));
    assert_eq!(from, Duration::ZERO);
    let (_, from, _) = playing(player.seek(&"a", LENGTH, f32::NAN));
    assert_eq!(from, Duration::ZERO);
    let (_, _, speed) = playing(player.next_speed());
    assert_eq!((speed, player.speed()), (1.5, Speed::OneAndAHalf));
    let (_, _, speed) = playing(player.next_speed());
    assert_eq!(speed, 2.0);
    playing(player.next_speed());
    assert_eq!(player.speed(), Speed::One);
    player.toggle(&"a", LENGTH);
    assert_eq!(player.seek(&"a", LENGTH, 0.9), Need::Nothing, "paused, it waits at the new place");
    let (_, from, _) = playing(player.toggle(&"a", LENGTH));
    assert_eq!(from, Duration::from_secs(9));
}

#[test]
fn a_sound_that_cannot_be_had_or_played_ends() {
    let mut player = Player::default();
    player.toggle(&"a", LENGTH);
    assert_eq!(player.toggle(&"a", LENGTH), Need::Nothing, "not wanted any more");
    assert_eq!(player.fetched(&"a", Arc::from([1_u8])), Need::Nothing);
    player.toggle(&"a", LENGTH);
    player.not_fetched(&"a");
    assert_eq!(player.state(&"a"), None);
    player.toggle(&"a", LENGTH);
    let (number, ..) = playing(player.fetched(&"a", Arc::from([1_u8])));
    let trouble = Fault::NoDevice.into();
    assert_eq!(player.played(number, Played::Failed(trouble)), Heard2::Failed("a", Fault::NoDevice.into()));
    assert_eq!(player.state(&"a"), None);
}
