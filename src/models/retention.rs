//! How long customers stay: the Kaplan-Meier curve with its standard errors, intervals and quantiles. Takes times after which
//! customers were lost or were still there, and weights; `logrank` compares groups, `churn` has rates and values.

use thiserror::Error;

use crate::models::wilson::{Interval, normal_quantile};

/// Why times cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RetentionError {
    /// The slices are not of one length.
    #[error("times, ends and weights or groups are not of one length")]
    Size,
    /// A time is not a finite number of at least 0. Rows count from 0.
    #[error("the time in row {row} is not a number of at least 0")]
    Time {
        /// Row.
        row: usize,
    },
    /// A weight is not a finite number of at least 0. Rows count from 0.
    #[error("the weight in row {row} is not a number of at least 0")]
    Weight {
        /// Row.
        row: usize,
    },
    /// There is no customer with a weight above 0.
    #[error("there is no customer")]
    Empty,
    /// The confidence does not lie between 0 and 1.
    #[error("the confidence must lie between 0 and 1")]
    Confidence,
    /// A test needs customers of at least two groups, observed and lost so that the groups could differ; it does not say anything
    /// if all were lost together, or if only one group was still observed whenever a customer was lost.
    #[error("a test needs lost customers and at least two groups to compare")]
    Groups,
}

/// The scale on which intervals of survival are symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SurvivalInterval {
    /// `ln(-ln S)`: never leaves 0 to 1 (Kalbfleisch and Prentice 1980).
    #[default]
    LogLog,
    /// `S` itself, cut at 0 and 1.
    Plain,
}

/// How the standard error was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurvivalVariance {
    /// Greenwood's formula, where all weights are equal.
    Greenwood,
    /// Infinitesimal jackknife, where they are not: the weights are sampling weights, not numbers of customers.
    Jackknife,
}

/// Survival from one time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// A time at which customers were lost, or the observation of some ended.
    pub time: f64,
    /// Weight of the customers observed just before.
    pub at_risk: f64,
    /// Weight of the customers lost at this time.
    pub lost: f64,
    /// Share of the customers who stay longer than this.
    pub survival: f64,
    /// Its standard error; `None` once the share is 0.
    pub standard_error: Option<f64>,
    /// Its interval; `None` once the share is 0, and on the scale [`SurvivalInterval::LogLog`] while it is 1.
    pub interval: Option<Interval>,
}

/// A survival curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Number of customers with a weight above 0.
    pub customers: usize,
    /// Number of these who were lost.
    pub lost: usize,
    /// Confidence of the intervals.
    pub confidence: f64,
    /// How the standard errors were found.
    pub variance: SurvivalVariance,
    /// One step for each distinct time, in order.
    pub steps: Vec<SurvivalStep>,
}

/// Kaplan-Meier curve of customers observed for `times` (any unit), of whom those with `lost` ended then and the others were
/// still customers. At equal times, losses come before ends of observation. Customers of weight 0 are left out.
///
/// The standard error is Greenwood's (1926) where all weights are equal; otherwise the infinitesimal jackknife, as R `survfit`
/// takes it for weights (Therneau, `survival`): `sqrt(sum w_i^2 U_i^2)` with `U_i` the derivative of `S` by the weight of customer `i`.
///
/// # Errors
/// Slices of different length, times or weights that are not at least 0, no customer, or a confidence outside 0 to 1.
pub fn kaplan_meier(
    times: &[f64],
    lost: &[bool],
    weights: &[f64],
    interval: SurvivalInterval,
    confidence: f64,
) -> Result<Survival, RetentionError> {
    if times.len() != lost.len() || times.len() != weights.len() {
        return Err(RetentionError::Size);
    }
    check_times(times)?;
    if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(RetentionError::Weight { row });
    }
    let quantile = normal_quantile(confidence).ok_or(RetentionError::Confidence)?;
    let mut customers: Vec<Customer> = (0..times.len())
        .filter(|row| weights[*row] > 0.0)
        .map(|row| Customer { time: times[row], lost: lost[row], weight: weights[row] })
        .collect();
    let first = customers.first().ok_or(RetentionError::Empty)?.weight;
    let equal = customers.iter().all(|customer| customer.weight == first);
    // The order of rows must not change a bit of the sums.
    customers.sort_by(|a, b| a.time.total_cmp(&b.time).then(b.lost.cmp(&a.lost)).then(a.weight.total_cmp(&b.weight)));
    let variance = if equal { SurvivalVariance::Greenwood } else { SurvivalVariance::Jackknife };
    let relative = |sums: &Sums| match variance {
        // With equal weights the sums of weights over the weight are numbers of customers.
        SurvivalVariance::Greenwood => (sums.hazard_ratio * first).sqrt(),
        SurvivalVariance::Jackknife => sums.jackknife.max(0.0).sqrt(),
    };
    let steps = steps_of(&customers, |survival, sums| limits(survival, relative(sums), interval, quantile));
    let lost = customers.iter().filter(|customer| customer.lost).count();
    Ok(Survival { customers: customers.len(), lost, confidence, variance, steps })
}

impl Survival {
    /// The last step at or before a time: survival just after that time. `None` before the first step (survival is then 1) and
    /// for times after the last observation (survival is then not known, unless it is 0).
    pub fn at(&self, time: f64) -> Option<&SurvivalStep> {
        let last = self.steps.last()?;
        if time > last.time {
            return (last.survival == 0.0).then_some(last);
        }
        self.steps[..self.steps.partition_point(|step| step.time <= time)].last()
    }

    /// The time by which a share of the customers (0.5: the median) is lost; `None` if that time was not observed. Where the
    /// curve runs level at that share, the middle of that stretch, as in R `survival`.
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        crossing(&self.steps, 1.0 - probability, |step| Some(step.survival))
    }

    /// Interval of [`Self::quantile`]: the times at which the limits of the curve cross the share (Brookmeyer and Crowley 1982).
    /// A limit that is never crossed is `None`.
    pub fn quantile_interval(&self, probability: f64) -> (Option<f64>, Option<f64>) {
        let level = 1.0 - probability;
        let lower = crossing(&self.steps, level, |step| step.interval.map(|interval| interval.lower));
        let upper = crossing(&self.steps, level, |step| step.interval.map(|interval| interval.upper));
        (lower, upper)
    }
}

#[derive(Debug, Clone, Copy)]
struct Customer {
    time: f64,
    lost: bool,
    weight: f64,
}

/// Running sums over the times up to a step.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    /// `sum d / (n (n - d))` of Greenwood's formula.
    hazard_ratio: f64,
    /// Relative variance of the infinitesimal jackknife.
    jackknife: f64,
}

fn steps_of(
    customers: &[Customer],
    limits: impl Fn(f64, &Sums) -> (Option<f64>, Option<Interval>),
) -> Vec<SurvivalStep> {
    // Summed from the end, so that the last risk sets hold no rounding of the whole.
    let mut at_risk = vec![0.0; customers.len() + 1];
    let mut squares_left = vec![0.0; customers.len() + 1];
    for row in (0..customers.len()).rev() {
        at_risk[row] = at_risk[row + 1] + customers[row].weight;
        squares_left[row] = squares_left[row + 1] + customers[row].weight.powi(2);
    }
    let mut steps = Vec::new();
    let (mut survival, mut sums, mut squares_ended) = (1.0, Sums::default(), 0.0);
    let mut row = 0;
    while row < customers.len() {
        let end = row + customers[row..].partition_point(|customer| customer.time == customers[row].time);
        let ends = row + customers[row..end].partition_point(|customer| customer.lost);
        let lost: f64 = customers[row..ends].iter().map(|customer| customer.weight).sum();
        let risk = at_risk[row];
        // Nobody left: the sum of those lost is the risk set, whatever the rounding.
        let (lost, staying) = if ends == customers.len() { (risk, 0.0) } else { (lost, (risk - lost).max(0.0)) };
        survival *= staying / risk;
        if staying > 0.0 {
            sums.hazard_ratio += lost / (risk * staying);
            // Derivative of ln S: the sum so far for those who stay, less 1 / (n - d) for those lost here.
            for customer in &customers[row..end] {
                let own = sums.hazard_ratio - if customer.lost { 1.0 / staying } else { 0.0 };
                squares_ended += (customer.weight * own).powi(2);
            }
            sums.jackknife = squares_ended + squares_left[end] * sums.hazard_ratio.powi(2);
        }
        let (standard_error, interval) = limits(survival, &sums);
        steps.push(SurvivalStep { time: customers[row].time, at_risk: risk, lost, survival, standard_error, interval });
        row = end;
    }
    steps
}

/// Standard error and interval from the relative standard error.
fn limits(survival: f64, relative: f64, scale: SurvivalInterval, quantile: f64) -> (Option<f64>, Option<Interval>) {
    if survival <= 0.0 {
        return (None, None);
    }
    let error = survival * relative;
    let interval = match scale {
        SurvivalInterval::Plain => Some(Interval {
            lower: (survival - quantile * error).max(0.0),
            upper: (survival + quantile * error).min(1.0),
        }),
        SurvivalInterval::LogLog if survival >= 1.0 => None,
        SurvivalInterval::LogLog => {
            let half = (quantile * relative / survival.ln()).abs().exp();
            Some(Interval { lower: survival.powf(half), upper: survival.powf(1.0 / half) })
        }
    };
    (Some(error), interval)
}

/// The first time at which a falling curve is at or below a level; the middle of the stretch where it equals the level.
fn crossing(steps: &[SurvivalStep], level: f64, value: impl Fn(&SurvivalStep) -> Option<f64>) -> Option<f64> {
    const ROUNDING: f64 = 1e-12;
    let values: Vec<Option<f64>> = steps.iter().map(&value).collect();
    let first = values.iter().position(|value| value.is_some_and(|value| value <= level + ROUNDING));
    let first = first?;
    if (values[first]? - level).abs() > ROUNDING {
        return Some(steps[first].time);
    }
    let below = (first..steps.len()).find(|step| values[*step].is_none_or(|value| value < level - ROUNDING));
    let end = below.unwrap_or(steps.len() - 1);
    Some(f64::midpoint(steps[first].time, steps[end].time))
}

/// Refuses times that are not at least 0.
pub(super) fn check_times(times: &[f64]) -> Result<(), RetentionError> {
    match times.iter().position(|time| !time.is_finite() || *time < 0.0) {
        Some(row) => Err(RetentionError::Time { row }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use SurvivalInterval::{LogLog, Plain};

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    /// Five customers, lost after 1, 2 and 4, still there after 2 and 5. Survival: 4/5; 4/5 * 3/4 = 3/5; 3/5 * 1/2 = 3/10; then
    /// level. Greenwood at 2: (3/5)^2 (1/(5*4) + 1/(4*3)) = 0.36 * 2/15 = 0.048.
    #[test]
    fn a_curve_by_hand() {
        let times = [4.0, 1.0, 2.0, 5.0, 2.0];
        let lost = [true, true, false, false, true];
        let found = kaplan_meier(&times, &lost, &[7.0; 5], Plain, 0.95).unwrap();
        assert_eq!((found.customers, found.lost, found.variance), (5, 3, SurvivalVariance::Greenwood));
        for (step, (time, at_risk, lost, survival)) in found.steps.iter().zip([
            (1.0, 35.0, 7.0, 0.8),
            (2.0, 28.0, 7.0, 0.6),
            (4.0, 14.0, 7.0, 0.3),
            (5.0, 7.0, 0.0, 0.3),
        ]) {
            assert_eq!((step.time, step.at_risk, step.lost), (time, at_risk, lost));
            close(step.survival, survival);
        }
        close(found.steps[1].standard_error.unwrap(), 0.048_f64.sqrt());
        let lower = 0.6 - 1.959_963_984_540_054 * 0.048_f64.sqrt();
        assert!((found.steps[1].interval.unwrap().lower - lower).abs() < 1e-10);
        assert_eq!(found.quantile(0.5), Some(4.0));
        assert_eq!(found.quantile(0.9), None);
        assert_eq!(found.at(0.5), None);
        close(found.at(3.9).unwrap().survival, 0.6);
        assert_eq!(found.at(5.1), None);
    }

    /// Two customers lost after 1 and 2, with weights 3 and 1. Survival after 1 is 1/4; its derivatives by the weights are
    /// -1/16 and 3/16, so the variance is (3/16)^2 + (3/16)^2.
    #[test]
    fn the_jackknife_by_hand() {
        let found = kaplan_meier(&[1.0, 2.0], &[true, true], &[3.0, 1.0], LogLog, 0.95).unwrap();
        assert_eq!(found.variance, SurvivalVariance::Jackknife);
        close(found.steps[0].survival, 0.25);
        close(found.steps[0].standard_error.unwrap(), 18.0_f64.sqrt() / 16.0);
        let last = found.steps[1];
        assert_eq!((last.survival, last.standard_error, last.interval), (0.0, None, None));
        assert_eq!(found.at(9.0), Some(&last));
    }

    /// Survival is 1/2 from 2 to 4: the median is the middle.
    #[test]
    fn a_level_stretch_has_its_median_in_the_middle() {
        let found = kaplan_meier(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, true], &[1.0; 4], LogLog, 0.95).unwrap();
        assert_eq!(found.quantile(0.5), Some(3.0));
    }

    #[test]
    fn before_the_first_loss_nothing_is_uncertain() {
        let found = kaplan_meier(&[1.0, 2.0, 3.0], &[false, true, false], &[1.0; 3], LogLog, 0.95).unwrap();
        let first = found.steps[0];
        assert_eq!((first.survival, first.standard_error, first.interval), (1.0, Some(0.0), None));
    }

    #[test]
    fn errors_name_the_row() {
        let curve = |times: &[f64], weights: &[f64], confidence| {
            kaplan_meier(times, &vec![true; times.len()], weights, LogLog, confidence).unwrap_err()
        };
        assert_eq!(curve(&[1.0], &[], 0.95), RetentionError::Size);
        assert_eq!(curve(&[1.0, -1.0], &[1.0, 1.0], 0.95), RetentionError::Time { row: 1 });
        assert_eq!(curve(&[1.0], &[f64::NAN], 0.95), RetentionError::Weight { row: 0 });
        assert_eq!(curve(&[1.0], &[0.0], 0.95), RetentionError::Empty);
        assert_eq!(curve(&[1.0], &[1.0], 0.0), RetentionError::Confidence);
    }

    proptest! {
        /// Survival never rises, limits hold it, and neither the order of rows nor the scale of weights changes it.
        #[test]
        fn curves_fall(rows in prop::collection::vec((0u8..12, any::<bool>(), 1u8..5), 2..40)) {
            let times: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let lost: Vec<bool> = rows.iter().map(|row| row.1).collect();
            let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.2)).collect();
            let found = kaplan_meier(&times, &lost, &weights, LogLog, 0.9).unwrap();
            let mut before = 1.0;
            for step in &found.steps {
                prop_assert!((0.0..=before).contains(&step.survival));
                if let Some(interval) = step.interval {
                    prop_assert!(interval.lower <= step.survival && step.survival <= interval.upper);
                }
                before = step.survival;
            }
            fn turned<T: Copy>(values: &[T]) -> Vec<T> {
                values.iter().rev().copied().collect()
            }
            let reordered = kaplan_meier(&turned(&times), &turned(&lost), &turned(&weights), LogLog, 0.9).unwrap();
            prop_assert_eq!(&reordered, &found);
            let doubled: Vec<f64> = weights.iter().map(|weight| weight * 2.0).collect();
            let scaled = kaplan_meier(&times, &lost, &doubled, LogLog, 0.9).unwrap();
            for (left, right) in scaled.steps.iter().zip(&found.steps) {
                prop_assert!((left.survival - right.survival).abs() < 1e-12);
                let errors = left.standard_error.zip(right.standard_error);
                prop_assert!(errors.is_none_or(|(left, right)| (left - right).abs() < 1e-12));
            }
        }
    }
}
