//! Pictures of the screen, and questions about them.

use std::{collections::HashSet, fs::File, io::BufWriter, path::Path};

use crate::failure::{Failure, Outcome, While};

/// A rectangle in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: usize,
    /// Upper edge.
    pub y: usize,
    /// Width.
    pub width: usize,
    /// Height.
    pub height: usize,
}

impl Area {
    /// A rectangle by its left upper corner and its size.
    pub const fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        Self { x, y, width, height }
    }
}

/// A picture: red, green, blue, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Shot {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Shot {
    /// From the bytes of the X server, four for a pixel: blue, green, red, nothing.
    pub(super) fn from_bgrx(width: usize, height: usize, data: &[u8]) -> Self {
        let rgb = data.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
        Self { width, height, rgb }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// All of the picture.
    pub fn area(&self) -> Area {
        Area::new(0, 0, self.width, self.height)
    }

    /// The colour of a pixel.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = (y * self.width + x) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    fn pixels(&self, area: Area) -> impl Iterator<Item = [u8; 3]> + '_ {
        let right = (area.x + area.width).min(self.width);
        let bottom = (area.y + area.height).min(self.height);
        (area.y..bottom).flat_map(move |y| (area.x..right).map(move |x| self.pixel(x, y)))
    }

    /// How many colours there are in `area`. Text alone makes dozens, through its soft edges.
    pub fn colours(&self, area: Area) -> usize {
        self.pixels(area).collect::<HashSet<_>>().len()
    }

    /// The share of the pixels of `area` that have a colour for which `is` holds, 0 to 1.
    pub fn share(&self, area: Area, is: impl Fn([u8; 3]) -> bool) -> f64 {
        let (mut all, mut hits) = (0_u32, 0_u32);
        for pixel in self.pixels(area) {
            all += 1;
            hits += u32::from(is(pixel));
        }
        f64::from(hits) / f64::from(all.max(1))
    }

    /// The mean brightness of `area`, 0 (black) to 255: dark themes are below 80, light ones above
    /// 200.
    pub fn brightness(&self, area: Area) -> f64 {
        let (mut all, mut sum) = (0_u32, 0.0);
        for [r, g, b] in self.pixels(area) {
            all += 1;
            sum += 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
        }
        sum / f64::from(all.max(1))
    }

    /// The share of the pixels of `area` that differ from `other`, 0 to 1.
    pub fn change(&self, other: &Self, area: Area) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 1.0;
        }
        let pairs = self.pixels(area).zip(other.pixels(area));
        let (all, differing) =
            pairs.fold((0_u32, 0_u32), |(all, differing), (a, b)| (all + 1, differing + u32::from(a != b)));
        f64::from(differing) / f64::from(all.max(1))
    }

    /// Fails unless `area` looks drawn: several colours, and none of them nearly everywhere.
    pub fn check_drawn(&self, what: &str, area: Area) -> Outcome {
        let colours = self.colours(area);
        let first =
            self.pixels(area).next().doing(format_args!("{what}: {area:?} is outside of the picture"))?;
        let blank = self.share(area, |pixel| pixel == first);
        if colours < 8 || blank > 0.999 {
            return Err(Failure::new(format!(
                "{what} is not drawn: {colours} colours, {:.1} % of one, in {area:?}",
                blank * 100.0
            )));
        }
        Ok(())
    }

    /// Writes it as PNG.
    pub fn save(&self, path: &Path) -> Outcome {
        let size = |length: usize| u32::try_from(length).doing("the size of the picture");
        let file = BufWriter::new(File::create(path).doing(path.display())?);
        let mut encoder = png::Encoder::new(file, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().doing(path.display())?;
        writer.write_image_data(&self.rgb).doing(path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(colour: [u8; 3]) -> Shot {
        Shot { width: 10, height: 10, rgb: colour.repeat(100) }
    }

    #[test]
    fn blank_picture_is_not_drawn() {
        assert!(flat([255; 3]).check_drawn("it", Area::new(0, 0, 10, 10)).is_err());
    }

    #[test]
    fn area_outside_of_the_picture_is_a_failure_not_a_pass() {
        assert!(flat([255; 3]).check_drawn("it", Area::new(20, 20, 10, 10)).is_err());
    }

    #[test]
    fn change_counts_pixels_within_the_area() {
        let (white, mut spot) = (flat([255; 3]), flat([255; 3]));
        spot.rgb[0] = 0;
        assert_eq!(white.change(&spot, Area::new(0, 0, 2, 2)), 0.25);
        assert_eq!(white.change(&spot, Area::new(5, 5, 2, 2)), 0.0);
    }
}
