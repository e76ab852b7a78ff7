//! The real way to the sound card, with a card that is two files: what ALSA is asked to capture comes out of one, what it is
//! given to play goes into the other.
//!
//! The pretended card skips parts of its input, so only loudness is told from what comes out.
//!
//! ALSA reads its configuration once per process and by an environment variable, so the work is done by a second process
//! of this test.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use iced::futures::StreamExt;

use super::*;
use crate::voice::studio::{Event, Heard, Order, Played, Studio};

const WORK: &str = "HALLWAY_TEST_ALSA";

fn card(dir: &Path) -> String {
    let (input, output) = (dir.join("in.raw"), dir.join("out.raw"));
    format!(
        "pcm.quiet {{ type null }}\n\
         pcm.in {{ type file slave.pcm quiet file /dev/null infile \"{}\" format raw }}\n\
         pcm.out {{ type file slave.pcm quiet file \"{}\" format raw }}\n\
         pcm.!default {{ type plug slave {{ \
             pcm {{ type asym capture.pcm in playback.pcm out }} \
             format S16_LE channels 1 }} }}\n\
         ctl.!default {{ type hw card 0 }}\n",
        input.display(),
        output.display(),
    )
}

#[test]
fn a_sound_card_records_and_plays() {
    let dir = std::env::temp_dir().join(format!("hallway-alsa-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let said = tone(48_000, 440.0, 48_000 * 20);
    let raw: Vec<u8> = said.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    std::fs::write(dir.join("in.raw"), raw).unwrap();
    let conf = dir.join("asound.conf");
    std::fs::write(&conf, card(&dir)).unwrap();
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "voice::tests::alsa::with_the_card", "--ignored", "--nocapture"])
        .env("ALSA_CONFIG_PATH", &conf)
        .env(WORK, &dir)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let played = std::fs::read(dir.join("out.raw")).unwrap();
    let played: Vec<f32> = played
        .as_chunks::<2>()
        .0
        .iter()
        .map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32_767.0)
        .skip_while(|sample| sample.abs() < 0.05)
        .collect();
    let loud = played.iter().filter(|sample| sample.abs() > 0.2).count();
    assert!(loud > 10_000, "{loud} of {} samples are loud", played.len());
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
#[ignore = "run by the test above, in a process of its own"]
async fn with_the_card() {
    assert!(std::env::var_os(WORK).is_some());
    let studio = Studio::default();
    let order = Order::Record { number: 1, take: Arc::default(), limit: Duration::from_secs(1) };
    let events: Vec<Event> = studio.run(order).unwrap().collect().await;
    let Some(Event::Heard(1, Heard::Stopped(take, None))) = events.last() else { panic!("{events:?}") };
    assert_eq!(take.length().as_secs(), 1);
    let sound = take.ogg().unwrap().into();
    let order = Order::Play { number: 2, sound, from: Duration::ZERO, speed: 1.0 };
    let events: Vec<Event> = studio.run(order).unwrap().collect().await;
    assert_eq!(events.last(), Some(&Event::Played(2, Played::Ended)));
}
