//! Limits of weights: what lies outside a range of multiples of the mean is cut off and the weights are raked again, until the
//! raked weights stay inside. A few large weights would otherwise carry most of the variance (Potter 1990; Kalton and
//! Flores-Cervantes 2003).

use crate::data::weighting::rake::{Agreement, Limits, Margin, rake};

/// Relative overshoot of a limit that is let through, because raking and cutting approach their common solution without
/// reaching it.
pub const OVERSHOOT: f64 = 1e-6;

/// Rounds of cutting after which the work is given up.
pub const ROUNDS: u32 = 500;

/// The limits as multiples of the mean weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Smallest, 0 for none.
    pub low: f64,
    /// Largest, infinite for none.
    pub high: f64,
}

/// What trimming came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Trimmed {
    /// Agreement with the margins after the last raking; its passes are those of all rakings together.
    pub agreement: Agreement,
    /// Rounds of cutting.
    pub rounds: u32,
    /// Classes that were cut in some round.
    pub cut: Vec<bool>,
    /// The weight farthest outside the range after the last raking, as a multiple of the mean; `None` if all stay inside.
    pub outside: Option<f64>,
}

/// Rakes, then cuts and rakes again until all weights stay inside the range. Weights of 0 are never raised.
pub fn rake_within(
    weights: &mut [f64],
    answers: &[f64],
    margins: &[Margin],
    limits: Limits,
    range: Option<Range>,
) -> Trimmed {
    let mut agreement = rake(weights, answers, margins, limits);
    let mut cut = vec![false; weights.len()];
    let mut rounds = 0;
    let Some(range) = range else { return Trimmed { agreement, rounds, cut, outside: None } };
    while agreement.error <= limits.tolerance {
        let mean = mean_weight(weights, answers);
        let outside = farthest_outside(weights, mean, range);
        if outside.is_none() || rounds == ROUNDS {
            return Trimmed { agreement, rounds, cut, outside };
        }
        rounds += 1;
        for (weight, cut) in weights.iter_mut().zip(&mut cut).filter(|(weight, _)| **weight > 0.0) {
            let inside = weight.clamp(range.low * mean, range.high * mean);
            *cut |= (*weight / inside - 1.0).abs() > OVERSHOOT;
            *weight = inside;
        }
        let passes = agreement.iterations;
        agreement = rake(weights, answers, margins, limits);
        agreement.iterations += passes;
    }
    Trimmed { agreement, rounds, cut, outside: None }
}

/// Mean over the answers whose weight is above 0.
pub fn mean_weight(weights: &[f64], answers: &[f64]) -> f64 {
    let weighed = weights.iter().zip(answers).filter(|(weight, _)| **weight > 0.0);
    let (sum, count) =
        weighed.fold((0.0, 0.0), |(sum, count), (weight, answers)| (sum + weight * answers, count + answers));
    sum / count
}

fn farthest_outside(weights: &[f64], mean: f64, range: Range) -> Option<f64> {
    let mut farthest: Option<(f64, f64)> = None;
    for ratio in weights.iter().filter(|weight| **weight > 0.0).map(|weight| weight / mean) {
        let excess = (ratio / range.high).max(range.low / ratio);
        if excess > 1.0 + OVERSHOOT && farthest.is_none_or(|(most, _)| excess > most) {
            farthest = Some((excess, ratio));
        }
    }
    farthest.map(|(_, ratio)| ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { tolerance: 1e-12, iterations: 1000 };

    /// Start weights 1, 1, 1, 9 in one category that must add up to 12: the mean is 3, the limit 1.5 · 3 = 4.5. At the limit the
    /// others share what is left: (12 - 4.5) / 3 = 2.5.
    #[test]
    fn the_rest_takes_what_is_cut_off() {
        let mut weights = [1.0, 9.0];
        let margin = Margin { of_class: vec![0, 0], targets: vec![12.0] };
        let range = Range { low: 0.0, high: 1.5 };
        let trimmed = rake_within(&mut weights, &[3.0, 1.0], &[margin], LIMITS, Some(range));
        assert!((weights[1] - 4.5).abs() < 1e-5 && (weights[0] - 2.5).abs() < 1e-5, "{weights:?}");
        assert_eq!((trimmed.cut, trimmed.outside), (vec![false, true], None));
        assert!(trimmed.agreement.error <= 1e-12);
    }

    /// A category of one answer must hold half of the weights of four: 2 times the mean whatever happens.
    #[test]
    fn limits_that_the_margins_forbid_are_told() {
        let mut weights = [1.0, 1.0];
        let margin = Margin { of_class: vec![0, 1], targets: vec![2.0, 2.0] };
        let range = Range { low: 0.3, high: 1.5 };
        let trimmed = rake_within(&mut weights, &[1.0, 3.0], &[margin], LIMITS, Some(range));
        assert_eq!(trimmed.rounds, ROUNDS);
        assert!((trimmed.outside.unwrap_or_default() - 2.0).abs() < 1e-9);
    }

    #[test]
    fn weights_of_zero_stay() {
        let mut weights = [0.0, 1.0, 1.0];
        let margin = Margin { of_class: vec![0, 0, 1], targets: vec![5.0, 5.0] };
        let range = Range { low: 0.5, high: 2.0 };
        rake_within(&mut weights, &[4.0, 1.0, 1.0], &[margin], LIMITS, Some(range));
        assert_eq!(weights, [0.0, 5.0, 5.0]);
    }
}
