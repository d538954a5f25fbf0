//! Differences between groups of the same wave. Groups of a segment are disjoint parts of one sample; where they share
//! sampling units their estimates are correlated, and the standard error of the difference takes that into account.

use crate::metrics::bind::BoundMetric;
use crate::metrics::compute::Computation;
use crate::metrics::estimate::{Computed, GroupAddress};
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

/// First minus second for two groups of the wave that `frame` describes.
fn difference_in(frame: &Frame<'_>, first: &Computed, second: &Computed) -> Option<Difference> {
    let delta = first.estimate? - second.estimate?;
    first.se.zip(second.se)?;
    let variance = frame.variance(&subtract(&first.totals, &second.totals)).ok()?;
    let (se, degrees) = (variance.variance.sqrt(), variance.degrees - 1.0);
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
            let (se, df) = (variance.variance.sqrt(), variance.degrees);
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
