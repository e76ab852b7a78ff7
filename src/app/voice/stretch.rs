//! Faster without a higher voice: waveform-similarity overlap-add.
//!
//! Pieces of 40 ms are taken out of the sound further apart than they are laid down, each from where it fits best to what is
//! already there, and faded into one another. At 1x the sound passes as it is.

use std::f32::consts::PI;

/// Changes the speed of one channel.
pub struct Stretch {
    speed: f32,
    window: Vec<f32>,
    /// Samples from one piece to the next when laid down; half a piece.
    hop: usize,
    /// How far a piece may be moved to fit.
    search: usize,
    input: Vec<f32>,
    /// Where the next piece is looked for in `input`.
    at: f64,
    /// The second half of the last piece, already faded out, and how the sound really went on there.
    tail: Vec<f32>,
    wanted: Vec<f32>,
}

impl Stretch {
    /// For a sound of `rate` samples a second, `speed` times as fast (at least 1).
    pub fn new(rate: u32, speed: f32) -> Self {
        let hop = (rate as usize / 50).max(8);
        let window = (0..hop * 2).map(|n| 0.5 - 0.5 * (PI * (n as f32 + 0.5) / hop as f32).cos()).collect();
        Self {
            speed: speed.max(1.0),
            window,
            hop,
            search: hop / 2,
            input: Vec::new(),
            at: 0.0,
            tail: Vec::new(),
            wanted: Vec::new(),
        }
    }

    /// Takes samples and puts those that can be told by now at the end of `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        if self.speed <= 1.0 {
            out.extend_from_slice(samples);
            return;
        }
        self.input.extend_from_slice(samples);
        while (self.at as usize) + self.search + self.hop * 3 <= self.input.len() {
            self.lay(out);
        }
        // Everything that a later piece cannot reach any more.
        let gone = (self.at as usize).saturating_sub(self.search).min(self.input.len());
        self.input.drain(..gone);
        self.at -= gone as f64;
    }

    /// What is still inside, at the end.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        if self.speed <= 1.0 {
            return;
        }
        let silence = vec![0.0; self.search + self.hop * 3];
        self.push(&silence, out);
        out.append(&mut self.tail);
    }

    fn lay(&mut self, out: &mut Vec<f32>) {
        let from = self.best();
        let piece = self.input.get(from..from + self.hop * 2).unwrap_or_default();
        let (rising, falling) = self.window.split_at(self.hop);
        if self.tail.is_empty() {
            // Nothing is there to be faded from.
            out.extend(piece.iter().take(self.hop));
        } else {
            let faded = piece.iter().zip(rising).zip(&self.tail);
            out.extend(faded.map(|((sample, window), before)| sample * window + before));
        }
        self.tail.clear();
        self.tail.extend(piece.iter().skip(self.hop).zip(falling).map(|(sample, window)| sample * window));
        self.wanted.clear();
        self.wanted.extend(piece.iter().skip(self.hop));
        self.at += self.hop as f64 * f64::from(self.speed);
    }

    /// Where around the due place the sound is most like what should go on.
    fn best(&self) -> usize {
        let due = self.at as usize;
        if self.wanted.is_empty() {
            return due;
        }
        let likeness = |from: usize| -> f32 {
            let candidate = self.input.get(from..from + self.hop).unwrap_or_default();
            // Every second sample tells as much for half the work.
            let pairs = candidate.iter().zip(&self.wanted).step_by(2);
            let (dot, power) = pairs.fold((0.0, 1e-9), |(dot, power), (a, b)| (dot + a * b, power + a * a));
            dot / f32::sqrt(power)
        };
        let range = due.saturating_sub(self.search)..due + self.search;
        let best = range.map(|from| (likeness(from), from)).max_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(due, |(_, from)| from)
    }
}
