//! Bars, rates, speeds, and what becomes of a sound that is coded and decoded.

use std::time::Duration;

use super::*;
use crate::voice::resample::Resampler;
use crate::voice::sound::{Sound, survey};
use crate::voice::stretch::Stretch;
use crate::voice::wave::{BARS, Wave, level};

fn all(mut sound: Sound) -> Vec<f32> {
    let mut samples = Vec::new();
    while let Some(piece) = sound.read().unwrap() {
        samples.extend_from_slice(piece);
    }
    samples
}

/// OBJ-62: what the recorder makes is a sound of the same length and pitch, and small.
#[test]
fn a_take_comes_back_as_it_was() {
    let take = take(440.0, RATE as usize * 2);
    assert_eq!(take.length(), Duration::from_secs(2));
    let file = take.ogg().unwrap();
    assert!(file.len() < 12_000, "{} bytes for two seconds", file.len());
    let sound = Sound::open(file.clone().into()).unwrap();
    let rate = sound.rate();
    let samples = all(sound);
    let length = samples.len() as f64 / f64::from(rate);
    assert!((length - 2.0).abs() < 0.02, "{length} s");
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    assert!((pitch(rate, middle) - 440.0).abs() < 5.0, "{} Hz", pitch(rate, middle));
    assert!(middle.iter().any(|sample| *sample > 0.4));
    let (_, surveyed) = survey(file.into(), Duration::ZERO).unwrap();
    assert!(surveyed.abs_diff(Duration::from_secs(2)) < Duration::from_millis(20));
}

/// A take that is gone on with is one sound, and the part before stays what it was.
#[test]
fn a_take_is_gone_on_with() {
    let first = take(300.0, RATE as usize);
    let mut coder = Coder::new(first.clone()).unwrap();
    coder.push(&tone(RATE, 600.0, RATE as usize + 100)).unwrap();
    let both = coder.finish();
    assert_eq!(both.length(), Duration::from_millis(2020), "a frame that was begun is kept");
    assert_eq!(first.length(), Duration::from_secs(1));
    let sound = Sound::open(both.ogg().unwrap().into()).unwrap();
    let rate = sound.rate();
    let samples = all(sound);
    let second = rate as usize;
    assert!((pitch(rate, &samples[second / 4..second * 3 / 4]) - 300.0).abs() < 6.0);
    assert!((pitch(rate, &samples[second * 5 / 4..second * 7 / 4]) - 600.0).abs() < 6.0);
}

/// From any place on it is the same sound, in every container.
#[test]
fn a_sound_is_read_from_any_place() {
    let mut two = tone(16_000, 300.0, 16_000);
    two.extend(tone(16_000, 600.0, 16_000));
    let mut coder = Coder::new(Take::default()).unwrap();
    coder.push(&two).unwrap();
    for file in [coder.finish().ogg().unwrap(), wav(16_000, &two)] {
        for (place, hertz, left) in
            [(0.0, 300.0, 2.0), (0.5, 300.0, 1.5), (1.25, 600.0, 0.75), (1.9, 600.0, 0.1)]
        {
            let mut sound = Sound::open(file.clone().into()).unwrap();
            sound.seek(Duration::from_secs_f64(place)).unwrap();
            let rate = sound.rate();
            let samples = all(sound);
            let seconds = samples.len() as f64 / f64::from(rate);
            assert!((seconds - left).abs() < 0.08, "{seconds} s are left from {place} s on");
            let part = &samples[rate as usize / 50..(rate as usize / 4).min(samples.len())];
            assert!(
                (pitch(rate, part) - hertz).abs() < hertz * 0.06,
                "{} Hz at {place} s",
                pitch(rate, part)
            );
        }
        let mut sound = Sound::open(file.clone().into()).unwrap();
        sound.seek(Duration::from_secs(60)).unwrap();
        assert_eq!(sound.read(), Ok(None), "behind the end there is nothing");
    }
}

#[test]
fn another_rate_keeps_the_pitch_and_lets_no_noise_in() {
    for (from, to) in
        [(48_000, 16_000), (44_100, 16_000), (8_000, 48_000), (16_000, 44_100), (16_000, 16_000)]
    {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        for piece in tone(from, 440.0, from as usize).chunks(441) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        let length = out.len() as f32 / to as f32;
        assert!((length - 1.0).abs() < 0.02, "{from} to {to}: {length} s");
        let middle = &out[out.len() / 4..out.len() * 3 / 4];
        assert!((pitch(to, middle) - 440.0).abs() < 5.0, "{from} to {to}: {} Hz", pitch(to, middle));
        let loudest = middle.iter().copied().fold(0.0, f32::max);
        assert!((loudest - 0.5).abs() < 0.03, "{from} to {to}: {loudest}");
    }
    // 11 kHz do not exist at 16 000 samples a second; they must not come back as 5 kHz.
    let (mut resampler, mut out) = (Resampler::new(48_000, 16_000), Vec::new());
    resampler.push(&tone(48_000, 11_000.0, 48_000), &mut out);
    let loudest = out[1000..].iter().copied().fold(0.0, f32::max);
    assert!(loudest < 0.005, "{loudest}");
}

/// Faster is shorter, with the same voice.
#[test]
fn another_speed_keeps_the_voice() {
    for speed in [1.0, 1.5, 2.0] {
        let (mut stretch, mut out) = (Stretch::new(48_000, speed), Vec::new());
        for piece in tone(48_000, 220.0, 96_000).chunks(960) {
            stretch.push(piece, &mut out);
        }
        stretch.finish(&mut out);
        let length = out.len() as f32 / 48_000.0;
        assert!((length - 2.0 / speed).abs() < 0.08, "{speed}x: {length} s");
        let middle = &out[out.len() / 4..out.len() * 3 / 4];
        assert!((pitch(48_000, middle) - 220.0).abs() < 4.0, "{speed}x: {} Hz", pitch(48_000, middle));
        let loudest = middle.iter().copied().fold(0.0, f32::max);
        assert!((loudest - 0.5).abs() < 0.1, "{speed}x: {loudest}");
    }
}

#[test]
fn bars_show_what_is_loud() {
    let levels: Vec<u8> = (0..400).map(|n| if n < 200 { 10 } else { 40 }).collect();
    let shares = Wave::of_levels(&levels).shares();
    assert!((shares[0] - 0.25).abs() < 0.03 && shares[BARS - 1] == 1.0, "{shares:?}");
    assert_eq!(Wave::of_levels(&[0; 7]), Wave::default());
    assert_eq!(Wave::of_levels(&[]), Wave::default());
    assert_eq!(Wave::of_levels(&[1, 2]).shares()[BARS - 1], 1.0, "fewer parts than bars");
    assert_eq!(level(&[]), 0);
    assert_eq!(level(&[0.0; 320]), 0);
    assert_eq!(level(&[1.0; 320]), 63);
    assert_eq!(level(&[f32::NAN; 320]), 0);
    assert!(level(&[0.1; 320]) > level(&[0.01; 320]));
}

/// OBJ-36: bars travel in the app data of a message; app data of others is no bars.
#[test]
fn bars_travel() {
    let wave = Wave::of_levels(&(0..63).collect::<Vec<u8>>());
    let data = wave.app_data();
    assert!(data.len() <= 60, "{data}");
    assert_eq!(Wave::of_app_data(&data), Some(wave));
    let long = format!("{{\"waveform\":\"{}\"}}", "A".repeat(41));
    let strange = format!("{{\"waveform\":\"{}\"}}", "é".repeat(20));
    let huge = format!("{{\"x\":\"{}\",\"waveform\":\"{}\"}}", "y".repeat(5000), "A".repeat(40));
    for other in ["", "{}", "null", "[1]", "{\"waveform\":3}", "{\"waveform\":\"\"}", &long, &strange, &huge]
    {
        assert_eq!(Wave::of_app_data(other), None, "{other}");
    }
}
