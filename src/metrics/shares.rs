//! How the answers to scale columns fall over their levels, group by group, from the same cube as the indicators. Groups are
//! hidden by the same rules as estimates.

use crate::data::Column;
use crate::diagnostics::Localized;
use crate::metrics::bind::Bound;
use crate::metrics::compute::{Computation, NamedGroup, scale_levels, segment_ranges};
use crate::metrics::estimate::{Computed, Workings};
use crate::metrics::estimates::{Distribution, DistributionRow};
use crate::metrics::suppression::{Base, complement, is_below};

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
            let mut bases: Vec<Base> = counted.iter().map(|computed| self.distribution_base(computed)).collect();
            for place in segment_ranges(&groups) {
                let total = groups.iter().position(|group| group.address == groups[place.start].address.total());
                if total.is_some_and(|total| bases[total].shown)
                    && let Some(more) = complement(&bases[place.clone()])
                {
                    bases[place.start + more].shown = false;
                }
            }
            let row = |((group, computed), base): ((&NamedGroup, &Computed), &Base)| DistributionRow {
                segment: group.segment.first().map(|(column, value)| (column.clone(), value.clone())),
                wave: group.wave.clone(),
                shares: if base.shown { shares(&computed.workings, &levels) } else { Vec::new() },
                n: computed.n,
            };
            Some(Distribution {
                column: name.clone(),
                title: Some(column.title.clone()),
                rows: groups.iter().zip(&counted).zip(&bases).map(row).collect(),
                levels: levels.into_iter().map(|(_, title)| title).collect(),
            })
        };
        self.scales.iter().filter_map(of_column).collect()
    }

    fn distribution_base(&self, computed: &Computed) -> Base {
        let hidden = computed.n > 0 && is_below(computed.smallest_base, self.settings().suppress_below);
        Base { n: computed.n, hidden, shown: !hidden && computed.workings.sum_w > 0.0 }
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
