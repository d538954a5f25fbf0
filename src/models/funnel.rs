//! Interviewers (or branches) whose results lie farther from those of all together than chance explains: the funnel plot. Takes
//! scores or yes and no with the number of the interviewer; gives limits and a verdict for each.
//!
//! Source: Spiegelhalter, D. J. (2005), Funnel plots for comparing institutional performance, *Statistics in Medicine* 24, 1185-1202.

use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

use crate::models::wilson::{Interval, normal_quantile};

/// Probabilities that an interviewer without influence lies within the limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLevels {
    /// Of the inner limits.
    pub warning: f64,
    /// Of the outer limits.
    pub alarm: f64,
}

impl Default for FunnelLevels {
    /// 95% and 99.8%: about two and three standard errors.
    fn default() -> Self {
        Self { warning: 0.95, alarm: 0.998 }
    }
}

/// Where an interviewer lies. `Ord`: from harmless to grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FunnelSignal {
    /// Within the inner limits, or on them.
    Inside,
    /// Between the inner and the outer limits.
    Warning,
    /// Outside the outer limits.
    Alarm,
}

/// One interviewer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelUnit {
    /// Number of the interviewer.
    pub unit: usize,
    /// Number of answers.
    pub answers: usize,
    /// Mean score, or share of yes.
    pub value: f64,
    /// Distance from the target in standard errors.
    pub z: f64,
    /// Inner limits for this number of answers.
    pub warning: Interval,
    /// Outer limits for this number of answers.
    pub alarm: Interval,
    /// Verdict.
    pub signal: FunnelSignal,
}

/// A funnel plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Mean or share over all answers.
    pub target: f64,
    /// Standard deviation of a single answer around the mean of its interviewer; for shares `sqrt(target (1 - target))`.
    pub deviation: f64,
    /// Mean of `z^2` over the interviewers. Well above 1, interviewers as a whole differ more than chance explains (their areas
    /// may differ), and the limits are too narrow; they are not widened here.
    pub dispersion: f64,
    /// Interviewers with an answer, by number.
    pub units: Vec<FunnelUnit>,
}

/// Funnel of mean scores. Limits are `target +- z * deviation / sqrt(n)`, with the deviation pooled within interviewers, so that an
/// outlying interviewer does not widen the limits. `interviewers` are numbers from 0, one a score.
///
/// `None` for slices of different length, a score that is not finite, levels outside 0 to 1, or no spread within interviewers.
pub fn mean_funnel(scores: &[f64], interviewers: &[usize], levels: FunnelLevels) -> Option<Funnel> {
    if scores.len() != interviewers.len() || scores.iter().any(|score| !score.is_finite()) {
        return None;
    }
    let totals = totals(scores, interviewers);
    let target = scores.iter().sum::<f64>() / scores.len() as f64;
    let mean_of = |unit: usize| totals[unit].1 / totals[unit].0;
    let squares: f64 = scores.iter().zip(interviewers).map(|(score, unit)| (score - mean_of(*unit)).powi(2)).sum();
    let present = totals.iter().filter(|(count, _)| *count > 0.0).count();
    let deviation = (squares / scores.len().checked_sub(present).filter(|degrees| *degrees > 0)? as f64).sqrt();
    if deviation <= 0.0 {
        return None;
    }
    let (inner, outer) = (normal_quantile(levels.warning)?, normal_quantile(levels.alarm)?);
    let limits = |count: f64, quantile: f64| {
        let half = quantile * deviation / count.sqrt();
        Some(Interval { lower: target - half, upper: target + half })
    };
    funnel(target, deviation, &totals, |count| Some((limits(count, inner)?, limits(count, outer)?)))
}

/// Funnel of shares of yes, with the binomial limits of Spiegelhalter (2005, appendix A.1.1), interpolated between counts: with `r`
/// the smallest count for which `P(R <= r) >= p`, the limit is `(r - (P(R <= r) - p) / P(R = r)) / n`, cut at 0 and 1.
///
/// `None` for slices of different length, levels outside 0 to 1, or if all or no answers are yes.
pub fn share_funnel(yes: &[bool], interviewers: &[usize], levels: FunnelLevels) -> Option<Funnel> {
    if yes.len() != interviewers.len() {
        return None;
    }
    let scores: Vec<f64> = yes.iter().map(|yes| f64::from(u8::from(*yes))).collect();
    let totals = totals(&scores, interviewers);
    let target = scores.iter().sum::<f64>() / scores.len() as f64;
    if !(target > 0.0 && target < 1.0) {
        return None;
    }
    let deviation = (target * (1.0 - target)).sqrt();
    let limits = |count: f64| {
        let inner = binomial_limits(count as u64, target, levels.warning)?;
        Some((inner, binomial_limits(count as u64, target, levels.alarm)?))
    };
    funnel(target, deviation, &totals, limits)
}

/// Limits within which the share of yes among `answers` lies with probability `level` if each is yes with the probability `share`.
/// `None` unless `share` and `level` lie between 0 and 1 and there are answers.
pub fn binomial_limits(answers: u64, share: f64, level: f64) -> Option<Interval> {
    if answers == 0 || !(level > 0.0 && level < 1.0) || !(share > 0.0 && share < 1.0) {
        return None;
    }
    let binomial = Binomial::new(share, answers).ok()?;
    let limit = |count: u64, beyond: f64| (count as f64 - beyond / binomial.pmf(count)) / answers as f64;
    let tail = (1.0 - level) / 2.0;
    let low = first_where(answers, |count| binomial.cdf(count) >= tail);
    // The same by the upper tail, whose small probabilities keep their digits: P(R <= r) >= 1 - tail.
    let high = first_where(answers, |count| binomial.sf(count) <= tail);
    let lower = limit(low, binomial.cdf(low) - tail).max(0.0);
    // Where no yes at all is the likeliest by far, the interpolation would put the upper limit below 0.
    let upper = limit(high, tail - binomial.sf(high)).clamp(0.0, 1.0);
    Some(Interval { lower, upper })
}

/// The smallest count up to `most` for which a condition holds that holds for all larger ones.
fn first_where(most: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// Count and sum of each interviewer.
fn totals(scores: &[f64], interviewers: &[usize]) -> Vec<(f64, f64)> {
    let size = interviewers.iter().max().map_or(0, |unit| unit + 1);
    let mut totals = vec![(0.0, 0.0); size];
    for (score, unit) in scores.iter().zip(interviewers) {
        totals[*unit].0 += 1.0;
        totals[*unit].1 += score;
    }
    totals
}

fn funnel(
    target: f64,
    deviation: f64,
    totals: &[(f64, f64)],
    limits: impl Fn(f64) -> Option<(Interval, Interval)>,
) -> Option<Funnel> {
    let mut units = Vec::new();
    for (unit, (count, sum)) in totals.iter().enumerate().filter(|(_, (count, _))| *count > 0.0) {
        let value = sum / count;
        let (warning, alarm) = limits(*count)?;
        let beyond = |limits: &Interval| value < limits.lower || value > limits.upper;
        let signal = match (beyond(&warning), beyond(&alarm)) {
            (_, true) => FunnelSignal::Alarm,
            (true, false) => FunnelSignal::Warning,
            (false, false) => FunnelSignal::Inside,
        };
        let z = (value - target) / (deviation / count.sqrt());
        units.push(FunnelUnit { unit, answers: *count as usize, value, z, warning, alarm, signal });
    }
    let dispersion = units.iter().map(|unit| unit.z * unit.z).sum::<f64>() / units.len() as f64;
    Some(Funnel { target, deviation, dispersion, units })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-9, "{found} is not {expected}");
    }

    /// Two interviewers with 1, 2, 3 and 2, 3, 4: grand mean 2.5, squares within 2 + 2 over 4, so the deviation is 1 and each lies
    /// half a point, sqrt(3)/2 standard errors, from the target.
    #[test]
    fn means_by_hand() {
        let found = mean_funnel(&[1.0, 2.0, 3.0, 2.0, 3.0, 4.0], &[0, 0, 0, 2, 2, 2], FunnelLevels::default()).unwrap();
        assert_eq!((found.target, found.deviation, found.units.len()), (2.5, 1.0, 2));
        close(found.units[0].z, -(0.75_f64.sqrt()));
        close(found.dispersion, 0.75);
        close(found.units[1].warning.upper, 2.5 + 1.959_963_984_540_054 / 3.0_f64.sqrt());
        close(found.units[1].alarm.lower, 2.5 - 3.090_232_306_167_813 / 3.0_f64.sqrt());
        assert_eq!((found.units[1].unit, found.units[1].signal), (2, FunnelSignal::Inside));
    }

    /// Two answers at a share of 1/2: P(R <= 0) = 1/4, P(R <= 1) = 3/4. At a level of 1/2: p = 1/4 is met at r = 0 without rest, so
    /// the limit is 0; p = 3/4 at r = 1, so it is 1/2. At a level of 0: excluded. At 0.4: p = 0.3, r = 1, rest (0.75 - 0.3) / 0.5 = 0.9,
    /// limit 0.05; p = 0.7, rest 0.1, limit 0.45.
    #[test]
    fn binomial_limits_by_hand() {
        let half = binomial_limits(2, 0.5, 0.5).unwrap();
        close(half.lower, 0.0);
        close(half.upper, 0.5);
        let narrow = binomial_limits(2, 0.5, 0.4).unwrap();
        close(narrow.lower, 0.05);
        close(narrow.upper, 0.45);
        // One yes in a million: of five answers none is expected, and none is within the limits.
        let rare = binomial_limits(5, 1e-6, 0.95).unwrap();
        assert_eq!((rare.lower, rare.upper), (0.0, 0.0));
        assert_eq!(binomial_limits(2, 0.5, 0.0), None);
        assert_eq!(binomial_limits(0, 0.5, 0.9), None);
    }

    /// Of 200 answers half are yes; the interviewer with 40 yes of 40 lies sqrt(40) standard errors above.
    #[test]
    fn an_outlying_interviewer_is_named() {
        let yes: Vec<bool> = (0..200).map(|answer| answer < 40 || (answer >= 80 && answer % 2 == 0)).collect();
        let interviewers: Vec<usize> = (0..200).map(|answer| answer / 40).collect();
        let found = share_funnel(&yes, &interviewers, FunnelLevels::default()).unwrap();
        close(found.target, 0.5);
        close(found.units[0].z, 40.0_f64.sqrt());
        let signals: Vec<FunnelSignal> = found.units.iter().map(|unit| unit.signal).collect();
        assert_eq!(signals[0], FunnelSignal::Alarm);
        assert_eq!(signals[1], FunnelSignal::Alarm);
        assert!(signals[2..].iter().all(|signal| *signal == FunnelSignal::Inside));
    }

    #[test]
    fn nothing_to_compare_gives_none() {
        let levels = FunnelLevels::default();
        assert_eq!(mean_funnel(&[], &[], levels), None);
        assert_eq!(mean_funnel(&[1.0, 2.0], &[0, 1], levels), None);
        assert_eq!(mean_funnel(&[1.0, 1.0], &[0, 0], levels), None);
        assert_eq!(mean_funnel(&[1.0], &[0, 1], levels), None);
        assert_eq!(share_funnel(&[true, true], &[0, 1], levels), None);
        assert_eq!(share_funnel(&[], &[], levels), None);
    }
}
