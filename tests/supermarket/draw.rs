//! Random draws and calendar days, the few that the sample needs. Everything comes from the one stream of random numbers that is
//! handed in.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Index drawn by shares that add up to 1.
pub fn pick(random: &mut ChaCha8Rng, shares: &[f64]) -> usize {
    let mut left: f64 = random.random();
    for (index, share) in shares.iter().enumerate() {
        left -= share;
        if left < 0.0 {
            return index;
        }
    }
    shares.len() - 1
}

pub fn yes(random: &mut ChaCha8Rng, probability: f64) -> bool {
    random.random::<f64>() < probability
}

/// A number between the two, all equally likely.
pub fn between(random: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * random.random::<f64>()
}

/// A standard normal number (Box and Muller 1958).
pub fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

/// Share of the standard normal distribution below `z`, to 1e-7 (Abramowitz and Stegun 1964, 26.2.17).
pub fn normal_below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
        * t
        * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Days counted from 1 June 2026 (day 0), the first day of the purchase records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub u32);

/// 1 September 2026, from which customers of the autumn are counted.
pub const AUTUMN: Day = Day(92);
/// 1 December 2026, when the tables were drawn.
pub const DRAWN: Day = Day(183);

impl Day {
    /// Day `day` (from 1) of the wave's month: 0 is September.
    pub fn in_month(month: usize, day: u32) -> Self {
        Self([92, 122, 153][month] + day - 1)
    }

    pub fn text(self) -> String {
        let mut left = self.0;
        for (month, length) in [(6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31)] {
            if left < length {
                return format!("2026-{month:02}-{:02}", left + 1);
            }
            left -= length;
        }
        unreachable!("the sample ends in 2026")
    }
}

/// Rows with a header, as CSV lines.
pub fn csv(rows: &[Vec<(String, String)>]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let mut text = rows[0].iter().map(|(header, _)| header.as_str()).collect::<Vec<_>>().join(",");
    for row in rows {
        text.push('\n');
        text.push_str(&row.iter().map(|(_, cell)| quoted(cell)).collect::<Vec<_>>().join(","));
    }
    text.push('\n');
    text
}

/// A row from headers and cells.
pub fn row<const N: usize>(cells: [(&str, String); N]) -> Vec<(String, String)> {
    cells.into_iter().map(|(header, cell)| (header.to_owned(), cell)).collect()
}

/// `1`, `0`, or nothing where it is not known.
pub fn flag(known: Option<bool>) -> String {
    known.map_or_else(String::new, |yes| u8::from(yes).to_string())
}
