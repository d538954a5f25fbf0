//! Whether an objective can be reached and proved: the change asked, set against the history of the indicator and against the
//! error of the survey. In: the summary and the target. Out: sizes in the printed unit and the answers needed next time.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::analysis::IndicatorSummary;
use crate::metrics::{Better, Estimate, MetricResults};

/// Chance with which a change of the size asked is to be proved.
pub const POWER: f64 = 0.8;

/// Times the base of now that a next wave can have at most; more than that no survey gets.
pub const MOST_TIMES: u64 = 10;

/// How much an objective asks, compared with what happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ambition {
    /// The value now is as good already.
    Reached,
    /// No more than the largest step from wave to wave so far.
    Usual,
    /// More than any step so far.
    Beyond,
    /// No step so far was for the better.
    NeverImproved,
    /// There is no earlier wave with a value.
    NoHistory,
}

/// The judgement of one objective.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reachability {
    /// Value now.
    pub value: f64,
    /// Change asked, in the good direction; negative where the target is reached already.
    pub change: f64,
    /// Largest step for the better between successive waves.
    pub largest_step: Option<f64>,
    /// Set against the history.
    pub ambition: Ambition,
    /// Smallest change that a next wave of the same size proves with a chance of 80%:
    /// `(z(1 - alpha / 2) + z(0.8)) sqrt(2) se`.
    pub provable: Option<f64>,
    /// Answers that the next wave needs in the base to prove the change asked with a chance of 80%:
    /// `n se^2 / ((change / (z(1 - alpha / 2) + z(0.8)))^2 - se^2)`, at least the base that is printed without reservation; none
    /// where no number would do, since the error of the value now is too large, or only one above [`MOST_TIMES`] the base of now.
    pub answers_needed: Option<u64>,
    /// Answers in the base now.
    pub answers: u64,
}

/// Judges a target. None where there is no value or no good direction. `least` is the base below which values are flagged.
///
/// The two waves count as independent samples whose variance an answer is that of the current one, design included; normal
/// quantiles stand for those of Student (Cohen 1988, Statistical Power Analysis, chapter 2).
pub fn reachability(
    summary: &IndicatorSummary<'_>,
    results: &MetricResults,
    target: f64,
    confidence: f64,
    least: f64,
) -> Option<Reachability> {
    let estimate = summary.current?;
    let value = estimate.estimate?;
    let sign = match summary.info.better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
        Better::Neutral => return None,
    };
    let change = sign * (target - value);
    let steps = steps(&summary.info.id, results, sign);
    let (largest_step, ambition) = (largest(&steps), ambition(change, &steps));
    let provable = provable_change(estimate, confidence);
    let se = estimate.se.filter(|se| *se > 0.0);
    let answers_needed = se.zip(quantiles(confidence)).and_then(|(se, z)| answers_needed(change, se, z, estimate.n));
    let answers_needed = answers_needed.map(|answers| answers.max(least.ceil() as u64));
    Some(Reachability { value, change, largest_step, ambition, provable, answers_needed, answers: estimate.n })
}

/// The smallest change that a next wave of the same size proves with a chance of 80%. None without a standard error above 0.
pub fn provable_change(estimate: &Estimate, confidence: f64) -> Option<f64> {
    let se = estimate.se.filter(|se| *se > 0.0)?;
    Some(quantiles(confidence)? * se * std::f64::consts::SQRT_2)
}

/// `z(1 - alpha / 2) + z(power)`.
fn quantiles(confidence: f64) -> Option<f64> {
    let normal = Normal::new(0.0, 1.0).ok()?;
    Some(normal.inverse_cdf(0.5 + confidence / 2.0) + normal.inverse_cdf(POWER))
}

fn answers_needed(change: f64, se: f64, quantiles: f64, answers: u64) -> Option<u64> {
    let allowed = (change / quantiles).powi(2) - se * se;
    if change <= 0.0 || allowed <= 0.0 {
        return None;
    }
    let needed = answers as f64 * se * se / allowed;
    (needed <= (answers * MOST_TIMES) as f64).then(|| needed.ceil().max(1.0) as u64)
}

/// The largest step for the better.
fn largest(steps: &[f64]) -> Option<f64> {
    steps.iter().copied().filter(|step| *step > 0.0).max_by(f64::total_cmp)
}

/// The change asked, set against the steps so far.
fn ambition(change: f64, steps: &[f64]) -> Ambition {
    match largest(steps) {
        _ if change <= 0.0 => Ambition::Reached,
        Some(step) if change <= step => Ambition::Usual,
        Some(_) => Ambition::Beyond,
        None if steps.is_empty() => Ambition::NoHistory,
        None => Ambition::NeverImproved,
    }
}

/// The steps between successive waves, positive for the better.
fn steps(metric: &str, results: &MetricResults, sign: f64) -> Vec<f64> {
    let values: Vec<Option<f64>> =
        results.waves.iter().map(|wave| results.published(metric, Some(wave))?.estimate).collect();
    values.windows(2).filter_map(|pair| Some(sign * (pair[1]? - pair[0]?))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// R: `z <- qnorm(.975) + qnorm(.8)` is 2.801585; for a change of 6.2, a standard error of 1.08 and 968 answers
    /// `968 * 1.08^2 / ((6.2 / z)^2 - 1.08^2)` is 302.6; with a standard error of 2.3 the baseline alone is too uncertain.
    #[test]
    fn the_answers_needed_follow_from_change_and_error() {
        let z = quantiles(0.95).unwrap();
        assert!((z - 2.801_585_218_112_968).abs() < 1e-9);
        assert_eq!(answers_needed(6.2, 1.08, z, 968), Some(303));
        assert_eq!(answers_needed(6.2, 2.3, z, 968), None);
        assert_eq!(answers_needed(-1.0, 1.08, z, 968), None);
    }

    /// R: for a change of 6.2 with a standard error of 2.2 and 265 answers `265 * 2.2^2 / ((6.2 / z)^2 - 2.2^2)` is 22,300.6: eighty
    /// times as many answers as now; with a standard error of 2.1 it is 2,397.2, nine times as many.
    #[test]
    fn a_sample_that_no_one_can_draw_proves_nothing() {
        let z = quantiles(0.95).unwrap();
        assert_eq!(answers_needed(6.2, 2.2, z, 265), None);
        assert_eq!(answers_needed(6.2, 2.1, z, 265), Some(2398));
    }

    /// As many answers as now prove exactly the change called provable.
    #[test]
    fn the_provable_change_needs_the_answers_of_now() {
        let z = quantiles(0.95).unwrap();
        let provable = z * 1.08 * std::f64::consts::SQRT_2;
        assert!(matches!(answers_needed(provable, 1.08, z, 968), Some(968 | 969)));
    }

    /// Two earlier waves from which it only got worse are a history.
    #[test]
    fn an_indicator_that_only_worsened_has_a_history() {
        assert_eq!(ambition(7.8, &[-3.0, -9.2]), Ambition::NeverImproved);
        assert_eq!(ambition(7.8, &[]), Ambition::NoHistory);
        assert_eq!(ambition(7.8, &[-3.0, 8.0]), Ambition::Usual);
        assert_eq!(ambition(7.8, &[0.5]), Ambition::Beyond);
        assert_eq!(ambition(0.0, &[-3.0]), Ambition::Reached);
    }
}
