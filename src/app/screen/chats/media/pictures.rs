//! Decoded pictures of the timeline, and which of them are worth their memory.
//!
//! At most [`MOST`] bytes are held; what was in view longest ago goes first. What is in view always stays, so a picture never
//! disappears while it is looked at.

use std::collections::HashMap;
use std::time::Duration;

use hallway_client::ChatError;
use hallway_client::media::{Frame, Picture};
use hallway_protocol::MessageId;
use iced::widget::image::Handle;

/// Bytes of decoded pictures that are held.
pub const MOST: usize = 64 << 20;
/// Bytes of one animation.
pub const ANIMATION: u64 = 16 << 20;

/// Corner of a small picture, as a share of its side.
const CORNER: f32 = 0.12;

/// How a picture is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Beside a quote of it.
    Small,
    /// Small and blurred, for the place of the other one.
    Soft,
    /// As it stands in the timeline.
    Shown,
}

/// A picture: of which message, and how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The message.
    pub message: MessageId,
    /// How.
    pub detail: Detail,
}

/// A picture that can be drawn.
#[derive(Debug, Clone)]
pub struct Drawn {
    frames: Vec<(Handle, Duration)>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    bytes: usize,
}

impl From<Picture> for Drawn {
    fn from(picture: Picture) -> Self {
        Frame { picture, time: Duration::ZERO }.into()
    }
}

impl From<Frame> for Drawn {
    fn from(frame: Frame) -> Self {
        Self::moving(vec![frame])
    }
}

/// Rounds the corners of a picture by `radius` of its pixels: the software renderer does not.
pub fn round(picture: &mut Picture, radius: f32) {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let radius = radius.min(width / 2.0).min(height / 2.0);
    let row = usize::try_from(picture.width).unwrap_or(0).max(1);
    for (place, pixel) in picture.rgba.chunks_exact_mut(4).enumerate() {
        let (x, y) = ((place % row) as f32 + 0.5, (place / row) as f32 + 0.5);
        let (dx, dy) = ((radius - x).max(x + radius - width), (radius - y).max(y + radius - height));
        if dx > 0.0 && dy > 0.0 {
            let shown = (radius - dx.hypot(dy) + 0.5).clamp(0.0, 1.0);
            if let [.., opacity] = pixel {
                *opacity = (f32::from(*opacity) * shown) as u8;
            }
        }
    }
}

/// The middle of a picture, with rounded corners.
pub fn square(picture: Picture) -> Picture {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let side = width.min(height);
    let (left, top) = ((width - side) / 2, (height - side) / 2);
    let lines = picture.rgba.chunks_exact(4 * width.max(1)).skip(top).take(side);
    let rgba = lines.flat_map(|line| line.iter().skip(4 * left).take(4 * side)).copied().collect();
    let side = picture.width.min(picture.height);
    let mut picture = Picture { width: side, height: side, rgba };
    round(&mut picture, side as f32 * CORNER);
    picture
}

impl Drawn {
    /// An animation; at least one frame.
    pub fn moving(frames: Vec<Frame>) -> Self {
        let (width, height) = frames.first().map_or((1, 1), |it| (it.picture.width, it.picture.height));
        let bytes = frames.iter().map(|it| it.picture.rgba.len()).sum();
        let frames = frames
            .into_iter()
            .map(|Frame { picture, time }| {
                (Handle::from_rgba(picture.width, picture.height, picture.rgba), time)
            })
            .collect();
        Self { frames, width, height, bytes }
    }

    /// The first of its frames.
    pub fn handle(&self) -> Option<&Handle> {
        self.frames.first().map(|(handle, _)| handle)
    }
}

#[derive(Debug)]
enum State {
    Loading,
    Ready { drawn: Drawn, frame: usize, left: Duration },
    Failed,
}

#[derive(Debug)]
struct Entry {
    state: State,
    used: u64,
}

/// The pictures.
#[derive(Debug, Default)]
pub struct Pictures {
    entries: HashMap<Key, Entry>,
    uses: u64,
}

impl Pictures {
    /// A picture is in view. True when it has to be loaded.
    pub fn want(&mut self, key: &Key) -> bool {
        self.uses += 1;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.used = self.uses;
            return false;
        }
        self.entries.insert(key.clone(), Entry { state: State::Loading, used: self.uses });
        true
    }

    /// A picture is here, or is not to be had. Others go for it, never those in `seen`.
    pub fn put(&mut self, key: Key, loaded: Result<Drawn, ChatError>, seen: &[MessageId]) {
        self.uses += 1;
        let state = match loaded {
            Ok(drawn) => {
                let left = drawn.frames.first().map_or(Duration::ZERO, |(_, time)| *time);
                State::Ready { drawn, frame: 0, left }
            }
            Err(_) => State::Failed,
        };
        if key.detail == Detail::Shown && matches!(state, State::Ready { .. }) {
            self.entries.remove(&Key { message: key.message.clone(), detail: Detail::Soft });
        }
        self.entries.insert(key, Entry { state, used: self.uses });
        while self.bytes() > MOST {
            let oldest = self
                .entries
                .iter()
                .filter(|(key, entry)| {
                    matches!(entry.state, State::Ready { .. }) && !seen.contains(&key.message)
                })
                .min_by_key(|(_, entry)| entry.used)
                .map(|(key, _)| key.clone());
            match oldest {
                Some(key) => drop(self.entries.remove(&key)),
                None => break,
            }
        }
    }

    /// What could not be loaded may be asked for again.
    pub fn forget_failures(&mut self) {
        self.entries.retain(|_, entry| !matches!(entry.state, State::Failed));
    }

    /// Bytes of all pictures that are held.
    pub fn bytes(&self) -> usize {
        self.entries
            .values()
            .map(|entry| match &entry.state {
                State::Ready { drawn, .. } => drawn.bytes,
                State::Loading | State::Failed => 0,
            })
            .sum()
    }

    /// What is to be drawn now.
    pub fn get(&self, message: &MessageId, detail: Detail) -> Option<&Handle> {
        match &self.entries.get(&Key { message: message.clone(), detail })?.state {
            State::Ready { drawn, frame, .. } => drawn.frames.get(*frame).map(|(handle, _)| handle),
            State::Loading | State::Failed => None,
        }
    }

    /// Whether it cannot be shown.
    pub fn has_failed(&self, message: &MessageId) -> bool {
        let key = Key { message: message.clone(), detail: Detail::Shown };
        self.entries.get(&key).is_some_and(|entry| matches!(entry.state, State::Failed))
    }

    /// When the next frame of one of these is due; none when none of them moves.
    pub fn next_frame(&self, seen: &[MessageId]) -> Option<Duration> {
        self.entries
            .iter()
            .filter(|(key, _)| seen.contains(&key.message))
            .filter_map(|(_, entry)| match &entry.state {
                State::Ready { drawn, left, .. } if drawn.frames.len() > 1 => Some(*left),
                _ => None,
            })
            .min()
    }

    /// So much time has passed for those in view.
    pub fn pass(&mut self, time: Duration, seen: &[MessageId]) {
        for (_, entry) in self.entries.iter_mut().filter(|(key, _)| seen.contains(&key.message)) {
            if let State::Ready { drawn, frame, left } = &mut entry.state
                && drawn.frames.len() > 1
            {
                *left = left.saturating_sub(time);
                if left.is_zero() {
                    *frame = (*frame + 1) % drawn.frames.len();
                    *left = drawn.frames.get(*frame).map_or(Duration::ZERO, |(_, time)| *time);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> Key {
        Key { message: MessageId::new(1, 1, number), detail: Detail::Shown }
    }

    fn picture(side: u32) -> Picture {
        Picture { width: side, height: side, rgba: vec![0; (side * side * 4) as usize] }
    }

    /// R11: however many pictures are scrolled through, no more than the limit is held, and what is in view stays.
    #[test]
    fn memory_is_bounded_and_what_is_seen_stays() {
        let mut pictures = Pictures::default();
        let seen = [key(0).message];
        for number in 0..200 {
            assert!(pictures.want(&key(number)) && !pictures.want(&key(number)));
            pictures.put(key(number), Ok(picture(640).into()), &seen);
            assert!(pictures.bytes() <= MOST);
        }
        assert!(pictures.get(&key(0).message, Detail::Shown).is_some(), "in view all the time");
        assert!(pictures.get(&key(199).message, Detail::Shown).is_some());
        assert!(pictures.get(&key(1).message, Detail::Shown).is_none());
        assert!(pictures.want(&key(1)), "loaded again when it comes back");
    }

    #[test]
    fn corners_are_round_and_the_rest_stays() {
        let mut picture = Picture { width: 20, height: 10, rgba: vec![255; 800] };
        round(&mut picture, 4.0);
        let opacity = |x: usize, y: usize| picture.rgba[(y * 20 + x) * 4 + 3];
        assert_eq!([opacity(0, 0), opacity(19, 0), opacity(0, 9), opacity(19, 9)], [0; 4]);
        assert_eq!([opacity(4, 0), opacity(0, 4), opacity(10, 5), opacity(3, 3)], [255; 4]);
    }

    #[test]
    fn frames_follow_each_other_while_they_are_seen() {
        let frame = |time| Frame { picture: picture(1), time: Duration::from_millis(time) };
        let mut pictures = Pictures::default();
        pictures.put(key(1), Ok(Drawn::moving(vec![frame(50), frame(80)])), &[]);
        pictures.put(key(2), Ok(picture(1).into()), &[]);
        let seen = [key(1).message, key(2).message];
        let first = pictures.get(&seen[0], Detail::Shown).cloned();
        assert_eq!(pictures.next_frame(&seen), Some(Duration::from_millis(50)));
        assert_eq!(pictures.next_frame(&seen[1..]), None, "a still picture needs no time");
        pictures.pass(Duration::from_millis(50), &seen);
        assert_ne!(pictures.get(&seen[0], Detail::Shown).cloned(), first);
        assert_eq!(pictures.next_frame(&seen), Some(Duration::from_millis(80)));
        pictures.pass(Duration::from_millis(80), &seen);
        assert_eq!(pictures.get(&seen[0], Detail::Shown).cloned(), first);
    }
}
