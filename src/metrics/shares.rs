//! How the answers to scale columns fall over their levels, group by group, from the same cube as the indicators. Groups are
//! hidden by the same rules as estimates.

use crate::data::Column;
use crate::diagnostics::Localized;
use crate::metrics::bind::Bound;
use crate::metrics::compute::{Computation, NamedGroup, scale_levels};
use crate::metrics::estimate::{Computed, Workings};
use crate::metrics::estimates::{Distribution, DistributionRow};

impl Computation {
    /// How the answers of every scale column fall over its levels, by wave and group. Shares are left empty by the same rules
    /// as estimates are suppressed.
    pub fn distributions(&self, columns: &[Column]) -> Vec<Distribution> {
        let groups = self.groups();
        let of_column = |(name, item): &(String, usize)| {
            let column = columns.iter().find(|column| column.name == *name)?;
            let levels = scale_levels(column.range?, column);
            let answers = Bound::Linear { item: *item, proportion: false, factor: 1.0 };
            let counted: Vec<Computed> = groups.iter().map(|group| self.estimated(&answers, group.address)).collect();
            let row = |(number, (group, computed)): (usize, (&NamedGroup, &Computed))| DistributionRow {
                segment: group.segment.first().map(|(column, value)| (column.clone(), value.clone())),
                wave: group.wave.clone(),
                shares: if self.hides_item(*item, number) || computed.workings.sum_w <= 0.0 {
                    Vec::new()
                } else {
                    shares(&computed.workings, &levels)
                },
                n: computed.n,
            };
            Some(Distribution {
                column: name.clone(),
                title: Some(column.title.clone()),
                rows: groups.iter().zip(&counted).enumerate().map(row).collect(),
                levels: levels.into_iter().map(|(_, title)| title).collect(),
            })
        };
        self.scales.iter().filter_map(of_column).collect()
    }
}

/// Weighted percentages of the levels of a scale.
fn shares(workings: &Workings, levels: &[(String, Localized)]) -> Vec<f64> {
    let share = |level: &(String, Localized)| {
        let held = workings.answers.iter().find(|answer| answer.value.to_string() == level.0);
        held.map_or(0.0, |answer| 100.0 * answer.weight / workings.sum_w)
    };
    levels.iter().map(share).collect()
}
