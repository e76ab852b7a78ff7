//! The studio on fake devices: what is said is what is heard.

use std::time::Duration;

use iced::futures::StreamExt;

use super::*;
use crate::voice::device::Fault;
use crate::voice::fake::{Fake, Voice};
use crate::voice::sound::Unplayable;
use crate::voice::studio::{Event, Heard, Order, Played, Studio};

fn saying(seconds: usize, then: Option<Fault>) -> Voice {
    let samples = tone(48_000, 440.0, 48_000 * seconds).into();
    Voice { rate: 48_000, samples, then, fault: None }
}

/// Records, and tells it to stop once it is so long.
async fn record(
    studio: &Studio,
    take: Arc<Take>,
    limit: Duration,
    until: Duration,
) -> (Arc<Take>, Option<Fault>) {
    let mut events = studio.run(Order::Record { number: 7, take, limit }).unwrap();
    let mut loudest = 0;
    while let Some(event) = events.next().await {
        match event {
            Event::Heard(7, Heard::Level { length, level }) => {
                loudest = loudest.max(level);
                if length >= until {
                    assert!(studio.run(Order::Stop).is_none());
                }
            }
            Event::Heard(7, Heard::Stopped(take, fault)) => {
                assert!(fault.is_some() || loudest > 40, "the meter shows that something is said");
                assert_eq!(events.next().await, None, "that was the last word");
                return (take, fault);
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("it ended without a word")
}

/// Plays and answers with all that was told.
async fn play(studio: &Studio, sound: Arc<[u8]>, from: Duration, speed: f32) -> Vec<Played> {
    let events = studio.run(Order::Play { number: 3, sound, from, speed }).unwrap();
    let played = |event| match event {
        Event::Played(3, played) => played,
        other => panic!("{other:?}"),
    };
    events.map(played).collect().await
}

const LONG: Duration = Duration::from_secs(60);

/// OBJ-7: it stops by itself at its limit, though more is said; and what is said after it is told to stop is not in it.
#[tokio::test]
async fn a_recording_stops_at_its_limit_or_when_it_is_told() {
    let studio = Studio::with(Fake::saying(saying(5, None)));
    let (take, fault) = record(&studio, Arc::default(), Duration::from_secs(2), LONG).await;
    assert_eq!((take.length().as_secs(), fault), (2, None));
    // Onto what there is.
    let (take, _) = record(&studio, take, Duration::from_secs(3), LONG).await;
    assert_eq!(take.length().as_secs(), 3);
    let (take, fault) = record(&studio, Arc::default(), LONG, Duration::from_secs(4)).await;
    assert!(take.length() >= Duration::from_secs(4) && fault.is_none());
}

#[tokio::test]
async fn what_is_recorded_is_what_is_heard() {
    let fake = Fake::saying(saying(3, None));
    let studio = Studio::with(fake.clone());
    let (take, _) = record(&studio, Arc::default(), Duration::from_secs(2), LONG).await;
    let told = play(&studio, take.ogg().unwrap().into(), Duration::ZERO, 1.0).await;
    assert_eq!(told.last(), Some(&Played::Ended));
    let heard = fake.heard();
    assert!((heard.len() as f32 / 48_000.0 - 2.0).abs() < 0.03, "{} samples", heard.len());
    assert!((pitch(48_000, &heard[24_000..72_000]) - 440.0).abs() < 5.0);
    let places: Vec<Duration> =
        told.iter().filter_map(|played| if let Played::At(at) = played { Some(*at) } else { None }).collect();
    assert!(places.is_sorted());
}

/// From the middle, twice as fast: a quarter of the time.
#[tokio::test]
async fn a_sound_is_played_from_a_place_at_a_speed() {
    let fake = Fake::default();
    let studio = Studio::with(fake.clone());
    let told = play(&studio, ogg(330.0, RATE as usize * 4), Duration::from_secs(2), 2.0).await;
    assert_eq!(told.last(), Some(&Played::Ended));
    let heard = fake.heard();
    assert!((heard.len() as f32 / 48_000.0 - 1.0).abs() < 0.1, "{} samples", heard.len());
    assert!((pitch(48_000, &heard[12_000..36_000]) - 330.0).abs() < 6.0, "with the same voice");
}

#[tokio::test]
async fn a_microphone_that_is_taken_away_leaves_what_was_said() {
    let studio = Studio::with(Fake::saying(saying(2, Some(Fault::NoDevice))));
    let (take, fault) = record(&studio, Arc::default(), LONG, LONG).await;
    assert_eq!(fault, Some(Fault::NoDevice));
    assert!(take.length() > Duration::from_millis(1900));
}

#[tokio::test]
async fn without_devices_it_says_why() {
    let fake = Fake::saying(Voice { fault: Some(Fault::Refused), ..Voice::default() });
    fake.mute(Some(Fault::Busy));
    let studio = Studio::with(fake);
    let before = Arc::new(take(200.0, RATE as usize));
    let (take, fault) = record(&studio, Arc::clone(&before), LONG, LONG).await;
    assert_eq!((take, fault), (before, Some(Fault::Refused)), "what there was stays");
    let told = play(&studio, ogg(200.0, 3200), Duration::ZERO, 1.0).await;
    assert_eq!(told, [Played::Failed(Fault::Busy.into())]);
    let told = play(&studio, Arc::from(*b"no sound at all"), Duration::ZERO, 1.0).await;
    assert_eq!(told, [Played::Failed(Unplayable::Unknown.into())]);
}

/// Hushed, or replaced by another one, a sound ends at once, though nobody takes what it tells.
#[tokio::test]
async fn a_sound_is_hushed() {
    let studio = Studio::with(Fake::default());
    let long = ogg(200.0, RATE as usize * 30);
    let mut first = studio
        .run(Order::Play { number: 1, sound: Arc::clone(&long), from: Duration::ZERO, speed: 1.0 })
        .unwrap();
    assert!(matches!(first.next().await, Some(Event::Played(1, Played::At(_)))));
    let second =
        studio.run(Order::Play { number: 2, sound: long, from: Duration::ZERO, speed: 1.0 }).unwrap();
    let rest: Vec<Event> = first.collect().await;
    assert_eq!(rest.last(), Some(&Event::Played(1, Played::Ended)));
    studio.run(Order::Hush);
    let rest: Vec<Event> = second.collect().await;
    assert_eq!(rest.last(), Some(&Event::Played(2, Played::Ended)));
}
