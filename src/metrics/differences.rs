//! Differences between groups of the same wave. Groups of a segment are disjoint parts of one sample; where they share
//! sampling units their estimates are correlated, and the standard error of the difference takes that into account.

use crate::metrics::bind::BoundMetric;
use crate::metrics::compute::Computation;
use crate::metrics::estimate::{Computed, GroupAddress, IntervalMethod};
use crate::metrics::estimates::{Estimate, GroupDifference, WaveDifference};
use crate::metrics::variance::{Frame, UnitTotal, subtract};

/// The difference of a metric between two groups of a wave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second, in the printed unit.
    pub delta: f64,
    /// Standard error in the printed unit.
    pub se: f64,
    /// Sampling units in either base less their strata, less one for the second estimate.
    pub degrees: f64,
}

impl Computation {
    /// First minus second for two disjoint groups of one wave; `None` across waves, where an estimate is missing, and where
    /// the difference has no variance or no degrees of freedom. Suppression is up to the caller.
    pub fn difference(&self, metric: &BoundMetric, first: GroupAddress, second: GroupAddress) -> Option<Difference> {
        if first.wave != second.wave {
            return None;
        }
        let frame = self.frame(first.wave);
        difference_in(&frame, &self.computed(metric, first), &self.computed(metric, second))
    }
}

/// Least standard error of the difference of two shares, in percentage points, where one of them is 0 or 100: what nobody or
/// everybody says adds nothing to the variance that a sample shows, though the next sample may differ, and without it a handful of
/// answers would seem to prove anything. It is that of the score test, with the pooled share p and the effective numbers of answers:
/// 100·√(p(1−p)(1/n₁+1/n₂)) (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 2003, 3.1; R's `prop.test` without
/// correction). 0 where both shares lie between. Shares in percent, each with its effective number.
pub fn boundary_error(first: (f64, f64), second: (f64, f64)) -> f64 {
    let inside = |share: f64| share > 0.0 && share < 100.0;
    let ((one, n), (other, m)) = (first, second);
    if (inside(one) && inside(other)) || n <= 0.0 || m <= 0.0 {
        return 0.0;
    }
    let pooled = (one * n + other * m) / (n + m);
    (pooled * (100.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt()
}

/// [`boundary_error`] of two estimates of one metric; 0 where it is no share of answers.
fn boundary_error_of(first: &Computed, second: &Computed) -> f64 {
    let is_boundary = |held: &Computed| held.workings.method == Some(IntervalMethod::ClopperPearson);
    let share = |held: &Computed| held.estimate.map(|estimate| (estimate, held.n_eff));
    match share(first).zip(share(second)) {
        Some((one, other)) if is_boundary(first) || is_boundary(second) => boundary_error(one, other),
        _ => 0.0,
    }
}

/// First minus second for two groups of the wave that `frame` describes.
fn difference_in(frame: &Frame<'_>, first: &Computed, second: &Computed) -> Option<Difference> {
    let delta = first.estimate? - second.estimate?;
    first.se.zip(second.se)?;
    let variance = frame.variance(&subtract(&first.totals, &second.totals)).ok()?;
    let (se, degrees) = (variance.variance.sqrt().max(boundary_error_of(first, second)), variance.degrees - 1.0);
    (se > 0.0 && degrees >= 1.0).then_some(Difference { delta, se, degrees })
}

/// The change of every group since the wave before, where both estimates are shown. Groups of the two waves run in the same order;
/// the frames hold the units of both waves, of the newer and of the older.
pub(super) fn wave_differences(
    [frame, now_frame, before_frame]: [&Frame<'_>; 3],
    (now, now_computed): (&[Estimate], &[Computed]),
    (before, before_computed): (&[Estimate], &[Computed]),
) -> Vec<WaveDifference> {
    let pairs = now.iter().zip(now_computed).zip(before.iter().zip(before_computed));
    let difference =
        |((now, now_computed), (before, before_computed)): ((&Estimate, &Computed), (&Estimate, &Computed))| {
            let delta = now.estimate? - before.estimate?;
            now.se.zip(before.se)?;
            let own =
                |frame: &Frame<'_>, totals: &Vec<UnitTotal>| frame.residuals(totals).unwrap_or_else(|| totals.clone());
            let (newer, older) = (own(now_frame, &now_computed.totals), own(before_frame, &before_computed.totals));
            let variance = frame.variance(&subtract(&newer, &older)).ok()?;
            let se = variance.variance.sqrt().max(boundary_error_of(now_computed, before_computed));
            let df = variance.degrees;
            (se > 0.0 && df >= 1.0).then(|| WaveDifference {
                metric: now.metric.clone(),
                wave: now.wave.clone(),
                segment: now.segment.clone(),
                delta,
                se,
                df,
            })
        };
    pairs.filter_map(difference).collect()
}

/// Groups of a column above which they are not compared two by two: nobody reads twenty thousand comparisons.
const MOST_COMPARED: usize = 200;

/// Every pair of shown groups of one segment column; none of a column with more than [`MOST_COMPARED`] of them.
pub(super) fn group_differences(
    frame: &Frame<'_>,
    estimates: &[Estimate],
    computed: &[Computed],
) -> Vec<GroupDifference> {
    let shown: Vec<(&Estimate, &Computed)> =
        estimates.iter().zip(computed).filter(|(estimate, _)| estimate.estimate.is_some()).collect();
    if shown.len() > MOST_COMPARED {
        return Vec::new();
    }
    let mut differences = Vec::new();
    for (index, (first, first_computed)) in shown.iter().enumerate() {
        for (second, second_computed) in &shown[index + 1..] {
            let Some(found) = difference_in(frame, first_computed, second_computed) else { continue };
            let Some(((column, a), (_, b))) = first.segment.first().zip(second.segment.first()) else { continue };
            differences.push(GroupDifference {
                metric: first.metric.clone(),
                wave: first.wave.clone(),
                column: column.clone(),
                a: a.clone(),
                b: b.clone(),
                delta: found.delta,
                se: found.se,
                df: found.degrees,
            });
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chi-square of R 4.2: `prop.test(c(0, 8), c(22, 102), correct = FALSE)` and `prop.test(c(0, 24), c(30, 60), correct = FALSE)`.
    #[test]
    fn what_nobody_says_is_held_against_the_score_test() {
        for ((x, n), (y, m), chi_square) in
            [((0.0, 22.0), (8.0, 102.0), 1.84449), ((0.0, 30.0), (24.0, 60.0), 16.36364)]
        {
            let (one, other) = (100.0 * x / n, 100.0 * y / m);
            let statistic = (one - other) / boundary_error((one, n), (other, m));
            assert!((statistic.powi(2) - chi_square).abs() < 5e-6, "{statistic}");
            // What everybody says is what nobody denies.
            let of_all = boundary_error((100.0 - one, n), (100.0 - other, m));
            assert!((of_all - boundary_error((other, m), (one, n))).abs() < 1e-12);
        }
        assert!(boundary_error((10.0, 20.0), (50.0, 20.0)) <= 0.0, "both have a variance of their own");
        assert!(boundary_error((0.0, 20.0), (0.0, 20.0)) <= 0.0, "there is no difference");
    }
}
