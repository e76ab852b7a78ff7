//! From one rate of samples to another, piece by piece: a windowed sinc, which leaves nothing above the lower of both rates
//! that would come back as noise.

use std::f32::consts::PI;

/// Zero crossings of the sinc on either side.
const CROSSINGS: usize = 12;
/// Places of the table between two crossings.
const STEPS: usize = 128;
/// Share of the band that is kept, so that the filter's slope lies inside of it.
const KEPT: f32 = 0.94;

/// Changes the rate of one channel.
pub struct Resampler {
    /// Samples in for each one out.
    step: f64,
    /// Crossings per sample in.
    scale: f32,
    table: Vec<f32>,
    /// What has come and is still needed.
    input: Vec<f32>,
    /// Where the next sample out lies in `input`.
    at: f64,
    reach: usize,
}

impl Resampler {
    /// From `from` to `to` samples a second; 0 counts as 1.
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (f64::from(from.max(1)), f64::from(to.max(1)));
        let scale = (to / from).min(1.0) as f32 * KEPT;
        let table = (0..=CROSSINGS * STEPS + 1)
            .map(|place| {
                let x = place as f32 / STEPS as f32;
                let sinc = if place == 0 { 1.0 } else { (PI * x).sin() / (PI * x) };
                let window = (PI * x / CROSSINGS as f32 / 2.0).cos().max(0.0);
                if x >= CROSSINGS as f32 { 0.0 } else { sinc * window * window }
            })
            .collect();
        let reach = (CROSSINGS as f32 / scale).ceil() as usize + 1;
        // Silence before the first sample.
        Self { step: from / to, scale, table, input: vec![0.0; reach], at: reach as f64, reach }
    }

    /// Takes samples and puts those that can be told by now at the end of `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.input.extend_from_slice(samples);
        while (self.at as usize) + self.reach < self.input.len() {
            out.push(self.at(self.at));
            self.at += self.step;
        }
        let gone = (self.at as usize).saturating_sub(self.reach).min(self.input.len());
        self.input.drain(..gone);
        self.at -= gone as f64;
    }

    /// What is still inside, at the end.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let silence = vec![0.0; self.reach];
        self.push(&silence, out);
    }

    fn at(&self, place: f64) -> f32 {
        let middle = place as usize;
        let from = middle.saturating_sub(self.reach);
        let to = (middle + self.reach).min(self.input.len());
        let mut sum = 0.0;
        for (index, sample) in self.input.iter().enumerate().take(to).skip(from) {
            let x = ((index as f64 - place).abs() as f32) * self.scale * STEPS as f32;
            let (low, part) = (x as usize, x.fract());
            if let (Some(a), Some(b)) = (self.table.get(low), self.table.get(low + 1)) {
                sum += sample * (a + (b - a) * part);
            }
        }
        sum * self.scale
    }
}
