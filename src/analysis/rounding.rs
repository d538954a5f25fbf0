//! The one rounding rule of the product: half away from zero, shares to one decimal and scores to two.
//! Verdicts such as "target met" are given on the rounded value, so that they never contradict the printed number.

use crate::metrics::Unit;

/// Rounds to `decimals` places, halves away from zero.
///
/// A value that lies within a billionth of a half counts as that half, so `2.675` gives `2.68` although the nearest
/// binary number is a little less.
pub fn round_half_away(value: f64, decimals: u32) -> f64 {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let scaled = value * scale;
    let nudge = 1e-9 * scaled.abs().max(1.0);
    let rounded = (scaled + nudge.copysign(scaled)).round() / scale;
    // Never print a negative zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

/// Decimals that a unit is printed with.
pub fn printed_decimals(unit: Unit) -> u32 {
    match unit {
        Unit::Percent | Unit::Points => 1,
        Unit::Score | Unit::Number => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (value, decimals, expected) in
            [(14.25, 1, 14.3), (-14.25, 1, -14.3), (2.675, 2, 2.68), (0.05, 1, 0.1), (74.949, 1, 74.9), (-0.01, 1, 0.0)]
        {
            assert_eq!(round_half_away(value, decimals), expected, "{value} to {decimals}");
        }
    }
}
