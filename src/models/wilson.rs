//! Intervals for shares that are counted, such as a churn rate: Wilson's for one share, Newcombe's for the difference of two.
//! Takes a share with its number of cases, or answers with weights; gives the limits.

use crate::metrics::distributions::student_t_quantile;

/// Two limits around an estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// A share of cases with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Number of cases, unweighted.
    pub cases: usize,
    /// Kish's effective number of cases, `(sum w)^2 / sum w^2`.
    pub effective_cases: f64,
    /// The weighted share, 0 to 1.
    pub share: f64,
    /// Wilson's interval on the effective number of cases.
    pub interval: Interval,
}

/// The difference of two shares with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareDifference {
    /// First share less the second, -1 to 1.
    pub difference: f64,
    /// Newcombe's interval.
    pub interval: Interval,
}

/// Wilson's score interval of a `share` (0 to 1) of `cases` (> 0; need not be whole, so an effective number may stand in) at
/// `confidence` (between 0 and 1). `None` for arguments outside these limits.
///
/// Source: Wilson, E. B. (1927), *JASA* 22, 209-212; without continuity correction.
pub fn wilson(share: f64, cases: f64, confidence: f64) -> Option<Interval> {
    if !(0.0..=1.0).contains(&share) || !cases.is_finite() || cases <= 0.0 {
        return None;
    }
    let z = normal_quantile(confidence)?;
    let spread = z * z / cases;
    let centre = (share + spread / 2.0) / (1.0 + spread);
    let half = z / (1.0 + spread) * (share * (1.0 - share) / cases + spread / (4.0 * cases)).sqrt();
    // At the ends the limit is the end itself; the difference would leave rounding noise.
    let lower = if share == 0.0 { 0.0 } else { (centre - half).max(0.0) };
    let upper = if share == 1.0 { 1.0 } else { (centre + half).min(1.0) };
    Some(Interval { lower, upper })
}

/// The weighted share of the cases that are `true`, with Wilson's interval on Kish's effective number of cases. The slices are
/// of equal length; `weights` are at least 0 and their sum is above 0. `None` otherwise.
pub fn weighted_share(yes: &[bool], weights: &[f64], confidence: f64) -> Option<Share> {
    if yes.len() != weights.len() || weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    if total <= 0.0 {
        return None;
    }
    let positive: f64 = yes.iter().zip(weights).filter(|(yes, _)| **yes).map(|(_, weight)| weight).sum();
    let share = (positive / total).min(1.0);
    let effective_cases = total * total / squares;
    let interval = wilson(share, effective_cases, confidence)?;
    Some(Share { cases: yes.len(), effective_cases, share, interval })
}

/// The difference of two independent shares (`first` less `second`), each a share with its number of cases as in [`wilson`].
///
/// Source: Newcombe, R. G. (1998), *Statistics in Medicine* 17, 873-890, method 10 (hybrid score, no continuity correction).
pub fn newcombe(first: (f64, f64), second: (f64, f64), confidence: f64) -> Option<ShareDifference> {
    let (a, b) = (wilson(first.0, first.1, confidence)?, wilson(second.0, second.1, confidence)?);
    let difference = first.0 - second.0;
    let lower = difference - (first.0 - a.lower).hypot(b.upper - second.0);
    let upper = difference + (a.upper - first.0).hypot(second.0 - b.lower);
    Some(ShareDifference { difference, interval: Interval { lower, upper } })
}

/// The standard normal quantile that leaves half of `1 - confidence` above it; `None` unless `confidence` lies between 0 and 1.
pub fn normal_quantile(confidence: f64) -> Option<f64> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    student_t_quantile((1.0 - confidence) / 2.0, f64::INFINITY).map(|quantile| -quantile)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
    }

    /// Newcombe (1998), *Statistics in Medicine* 17, 857-872, table I, method 3 (score without correction).
    #[test]
    fn wilson_agrees_with_the_published_table() {
        let table = [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ];
        for (yes, cases, lower, upper) in table {
            let interval = wilson(yes / cases, cases, 0.95).unwrap();
            close(interval.lower, lower, 0.00005);
            close(interval.upper, upper, 0.00005);
        }
    }

    /// Newcombe (1998), 873-890, table II, method 10: 56/70 against 48/80, and 10/10 against 0/10.
    #[test]
    fn newcombe_agrees_with_the_published_table() {
        let found = newcombe((56.0 / 70.0, 70.0), (48.0 / 80.0, 80.0), 0.95).unwrap();
        close(found.difference, 0.2, 1e-12);
        close(found.interval.lower, 0.0524, 0.00005);
        close(found.interval.upper, 0.3339, 0.00005);
        let found = newcombe((1.0, 10.0), (0.0, 10.0), 0.95).unwrap();
        close(found.interval.lower, 0.6075, 0.00005);
        close(found.interval.upper, 1.0, 1e-12);
    }

    /// Weights 3, 1, 1, 1: share 3/6, effective cases 36/12 = 3.
    #[test]
    fn weights_lower_the_effective_number_of_cases() {
        let found = weighted_share(&[true, false, false, false], &[3.0, 1.0, 1.0, 1.0], 0.95).unwrap();
        close(found.share, 0.5, 1e-15);
        close(found.effective_cases, 3.0, 1e-12);
        assert_eq!(Some(found.interval), wilson(0.5, 3.0, 0.95));
        assert_eq!(found.cases, 4);
    }

    #[test]
    fn arguments_outside_their_limits_give_none() {
        assert_eq!(wilson(1.2, 10.0, 0.95), None);
        assert_eq!(wilson(0.5, 0.0, 0.95), None);
        assert_eq!(wilson(0.5, 10.0, 1.0), None);
        assert_eq!(weighted_share(&[true], &[1.0, 1.0], 0.95), None);
        assert_eq!(weighted_share(&[true], &[-1.0], 0.95), None);
        assert_eq!(weighted_share(&[true], &[0.0], 0.95), None);
    }

    proptest! {
        /// The interval holds the share and mirrors with it.
        #[test]
        fn intervals_hold_the_share(yes in 0u32..200, more in 1u32..200) {
            let cases = f64::from(yes + more);
            let share = f64::from(yes) / cases;
            let interval = wilson(share, cases, 0.95).unwrap();
            let mirror = wilson(1.0 - share, cases, 0.95).unwrap();
            prop_assert!(interval.lower <= share && share <= interval.upper);
            prop_assert!((interval.lower - (1.0 - mirror.upper)).abs() < 1e-12);
        }
    }
}
