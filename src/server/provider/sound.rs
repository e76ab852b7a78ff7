//! What format a sound has, told by its first bytes, and the one that is read here: plain PCM in a WAV file.

/// A format of MSG-71 that has a beginning of its own. Plain PCM and Speex without a container have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE.
    Wav,
    /// Opus, Vorbis or Speex in Ogg.
    Ogg,
    /// MPEG audio.
    Mp3,
    /// AAC or others in MP4.
    M4a,
    /// AAC with ADTS heads.
    Aac,
    /// Adaptive multi-rate.
    Amr,
    /// FLAC.
    Flac,
    /// SILK.
    Silk,
}

impl Format {
    /// By the first bytes.
    pub fn of(sound: &[u8]) -> Option<Self> {
        Some(match crate::blob::media::media_type(sound) {
            "audio/wav" => Self::Wav,
            "audio/ogg" => Self::Ogg,
            "audio/mpeg" => Self::Mp3,
            "audio/mp4" | "video/mp4" => Self::M4a,
            "audio/aac" => Self::Aac,
            "audio/amr" => Self::Amr,
            "audio/flac" => Self::Flac,
            "audio/silk" => Self::Silk,
            _ => return None,
        })
    }

    /// How a file of this format is usually called, where services know it.
    pub fn extension(self) -> Option<&'static str> {
        match self {
            Self::Wav => Some("wav"),
            Self::Ogg => Some("ogg"),
            Self::Mp3 => Some("mp3"),
            Self::M4a => Some("m4a"),
            Self::Flac => Some("flac"),
            Self::Aac => Some("aac"),
            Self::Amr | Self::Silk => None,
        }
    }

    /// What ffmpeg calls the reader of this format. Named to it, so that nothing in the file chooses another one.
    pub fn demuxer(self) -> Option<&'static str> {
        match self {
            Self::Wav => Some("wav"),
            Self::Ogg => Some("ogg"),
            Self::Mp3 => Some("mp3"),
            Self::M4a => Some("mov"),
            Self::Aac => Some("aac"),
            Self::Amr => Some("amr"),
            Self::Flac => Some("flac"),
            Self::Silk => None,
        }
    }
}

/// The samples of a WAV file with 16 000 of 16 bits a second in one channel; none for every other file.
pub fn plain_samples(wav: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = wav.split_at_checked(12)?;
    if head.get(..4)? != b"RIFF" || head.get(8..)? != b"WAVE" {
        return None;
    }
    let mut is_plain = false;
    loop {
        let (head, tail) = rest.split_at_checked(8)?;
        let (name, length) = head.split_at_checked(4)?;
        let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
        if name == b"data" {
            // A recorder that was cut off leaves a wrong length behind.
            return is_plain.then(|| tail.get(..length).unwrap_or(tail));
        }
        if name == b"fmt " {
            // PCM, one channel, 16 000 samples a second; then bytes a second and per sample, and bits.
            let begins = tail.starts_with(&[1, 0, 1, 0, 0x80, 0x3e, 0, 0]);
            is_plain = begins && tail.get(14..16) == Some(&[16, 0]);
        }
        // Parts begin at even places.
        rest = tail.get(length.checked_add(length & 1)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(channels: u16, rate: u32, bits: u16, length: u32) -> Vec<u8> {
        let mut wav = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0".to_vec();
        wav.extend(channels.to_le_bytes());
        wav.extend(rate.to_le_bytes());
        wav.extend([0; 6]);
        wav.extend(bits.to_le_bytes());
        wav.extend(b"data");
        wav.extend(length.to_le_bytes());
        wav.extend([1, 2, 3, 4]);
        wav
    }

    #[test]
    fn only_plain_sounds_are_plain() {
        assert_eq!(plain_samples(&wav(1, 16_000, 16, 4)), Some(&[1, 2, 3, 4][..]));
        assert_eq!(plain_samples(&wav(1, 16_000, 16, u32::MAX)), Some(&[1, 2, 3, 4][..]));
        for other in [wav(2, 16_000, 16, 4), wav(1, 44_100, 16, 4), wav(1, 16_000, 8, 4)] {
            assert_eq!(plain_samples(&other), None);
        }
        let whole = wav(1, 16_000, 16, 4);
        for end in 0..whole.len() - 4 {
            assert!(plain_samples(&whole[..end]).is_none_or(<[u8]>::is_empty), "{end}");
        }
    }
}
