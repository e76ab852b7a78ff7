//! Sounds that somebody made to do harm: nothing is read beyond its bounds, nothing panics, nothing takes long.

use std::io::Write as _;
use std::time::{Duration, Instant};

use opus_pure::{OggOpusWriter, OpusHead};

use super::*;
use crate::voice::sound::{SURVEYED, Sound, Unplayable, survey};

/// Reads a sound to its end or to what a person would bear of it; answers how many samples there were.
fn read(bytes: &[u8]) -> Result<usize, Unplayable> {
    let mut sound = Sound::open(bytes.into())?;
    let (mut samples, most) = (0, sound.rate() as usize * 30);
    while samples < most {
        let Some(piece) = sound.read()? else { break };
        assert!(piece.len() <= 480_000, "a piece of {} samples", piece.len());
        assert!(piece.iter().all(|sample| sample.abs() <= 1.0));
        samples += piece.len();
    }
    Ok(samples)
}

#[test]
fn what_is_no_sound_is_not_played() {
    let riff = b"RIFF\xff\xff\xff\xffWAVE";
    let mut random = vec![0; 100_000];
    let mut seed = 7_u32;
    random.fill_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    });
    let ogg_only = [&b"OggS"[..], &[0; 4000]].concat();
    for bytes in [&b""[..], b"OggS", riff, b"#!AMR\n", b"#!SILK_V3", &[0; 70_000], &[0xff; 70_000], &ogg_only]
    {
        assert!(Sound::open(bytes.into()).is_err(), "{:?}", &bytes[..bytes.len().min(12)]);
    }
    // Noise may look like a frame of MP3 somewhere; that is all that may happen.
    let _ = read(&random);
}

/// Cut off anywhere, or with any byte changed, a sound is shorter, damaged or as it was.
#[test]
fn broken_sounds_end() {
    let samples = tone(16_000, 300.0, 8_000);
    for file in [ogg(300.0, 8_000).to_vec(), wav(16_000, &samples)] {
        let whole = read(&file).unwrap();
        for cut in (0..file.len()).step_by(file.len() / 60) {
            if let Ok(left) = read(&file[..cut]) {
                assert!(left <= whole + 960, "{left} samples of {cut} bytes");
            }
        }
        for place in (0..file.len()).step_by(file.len() / 250 + 1).chain(0..120.min(file.len())) {
            for value in [0, 0x7f, 0xff] {
                let mut broken = file.clone();
                broken[place] = value;
                let _ = read(&broken);
                let _ = survey(broken.into(), Duration::ZERO);
            }
        }
    }
}

/// A file that claims to be gigabytes long, or of rates and channels that nobody has.
#[test]
fn claims_are_not_believed() {
    let samples = tone(16_000, 300.0, 1_600);
    let field = |at: usize, value: u32| {
        let mut file = wav(16_000, &samples);
        file[at..at + 4].copy_from_slice(&value.to_le_bytes());
        file
    };
    let left = read(&field(40, u32::MAX)).unwrap_or(0);
    assert!(left <= 1_600, "{left} samples of a file that has 1600");
    for rate in [0, 1, u32::MAX] {
        assert!(Sound::open(field(24, rate).into()).is_err(), "{rate} samples a second");
    }
    let many = u32::from(u16::MAX) << 16 | 1;
    let _ = read(&field(20, many));
    // MP4: a table of four billion samples in a hundred bytes.
    let atom = |name: &[u8; 4], inside: &[u8]| {
        [&u32::try_from(inside.len() + 8).unwrap().to_be_bytes(), name.as_slice(), inside].concat()
    };
    let stsz = atom(b"stsz", &[[0; 4], [0; 4], [0xff; 4]].concat());
    let stbl = atom(b"stbl", &stsz);
    let moov = atom(b"moov", &atom(b"trak", &atom(b"mdia", &atom(b"minf", &stbl))));
    let file = [atom(b"ftyp", b"M4A \0\0\0\0"), moov].concat();
    let start = Instant::now();
    assert!(Sound::open(file.into()).is_err());
    assert!(start.elapsed() < Duration::from_secs(2));
}

/// Hours of silence in a few hundred kilobytes: looked at for ten minutes of it and no more.
#[test]
fn hours_of_silence_cost_little() {
    let mut writer = OggOpusWriter::new(Vec::new(), OpusHead::new(1, 16_000).unwrap()).unwrap();
    // 60 ms of SILK with nothing in it, twice in a packet.
    let packet = [0b0001_1001];
    let hours = 3;
    for _ in 0..hours * 3600 * 1000 / 120 {
        writer.write_packet(&packet).unwrap();
    }
    writer.get_mut().unwrap().flush().unwrap();
    let file: Arc<[u8]> = writer.finish().unwrap().into();
    assert!(file.len() < 400_000, "{} bytes", file.len());
    let claimed = Duration::from_secs(hours * 3600);
    let start = Instant::now();
    let (wave, length) = survey(Arc::clone(&file), claimed).unwrap();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {SURVEYED:?} of it", start.elapsed());
    assert_eq!((wave, length), (crate::voice::Wave::default(), claimed));
    // To its end without decoding what lies before.
    let mut sound = Sound::open(file).unwrap();
    let start = Instant::now();
    sound.seek(claimed - Duration::from_secs(1)).unwrap();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
