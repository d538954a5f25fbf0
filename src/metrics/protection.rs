//! Which groups a table must not show, item by item: those whose base is too small, and those that would give them away, alone
//! within one segment column or by addition and subtraction over all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::metrics::bind::{Bound, Item};
use crate::metrics::compute::Computation;
use crate::metrics::cube::{Cell, Cube, Grouping};
use crate::metrics::disclosure::protect;
use crate::metrics::estimate::effective_number;
use crate::metrics::overlaps::count_overlaps;
use crate::metrics::suppression::{Base, hidden_within_columns, is_below};

/// For each item the groups that are hidden: wave by wave the total, then the groups of every segment column.
pub type HiddenGroups = BTreeMap<usize, Vec<bool>>;

/// What is hidden of each item. `keys` gives the cube's key of an item. Items with the same base hide the same groups, so a
/// share, its complement and whatever else is made of the same answers protect each other.
///
/// # Errors
/// An error of the engine.
pub fn hidden_groups(
    cube: &Cube,
    responses: &Responses,
    items: &[Item],
    keys: &BTreeMap<usize, usize>,
    suppress_below: f64,
) -> Result<HiddenGroups, DataFusionError> {
    let columns = column_ranges(&cube.groupings);
    let groups = columns.last().map_or(1, |last| last.end);
    let mut hidden = HiddenGroups::new();
    for (&item, &key) in keys {
        let bases = bases_of(cube, key, suppress_below);
        hidden.insert(item, bases.iter().flat_map(|wave| hidden_within_columns(wave, &columns)).collect());
    }
    // Within one segment column that is all there is.
    let open: Vec<usize> = hidden.iter().filter(|(_, flags)| flags.contains(&true)).map(|(item, _)| *item).collect();
    if open.is_empty() || columns.len() < 2 {
        return Ok(hidden);
    }
    let looked_at: Vec<Item> = open.iter().map(|item| items[*item].clone()).collect();
    let overlaps = count_overlaps(responses, &looked_at, &cube.groupings)?;
    for (item, waves) in open.iter().zip(&overlaps) {
        if let Some(flags) = hidden.get_mut(item) {
            waves.iter().zip(flags.chunks_mut(groups)).for_each(|(shared, flags)| protect(shared, flags));
        }
    }
    Ok(hidden)
}

/// Where the groups of each segment column stand among all groups of a wave; the total is group 0.
pub fn column_ranges(groupings: &[Grouping]) -> Vec<Range<usize>> {
    let mut start = 1;
    let segments = groupings.iter().filter(|grouping| grouping.column.is_some());
    segments
        .map(|grouping| {
            let range = start..start + grouping.levels.len();
            start = range.end;
            range
        })
        .collect()
}

/// The bases of all groups, wave by wave.
fn bases_of(cube: &Cube, key: usize, suppress_below: f64) -> Vec<Vec<Base>> {
    let mut waves: Vec<Vec<Base>> = vec![Vec::new(); cube.waves];
    for (grouping, store) in cube.groupings.iter().zip(&cube.keys[key].cells) {
        let mut sums = vec![Cell::default(); cube.waves * grouping.levels.len()];
        store.for_each(|_, group, _, cell| sums[group].merge(cell));
        for (wave, sums) in waves.iter_mut().zip(sums.chunks(grouping.levels.len().max(1))) {
            wave.extend(sums.iter().map(|cell| {
                let weight = cube.grid.weight(cell.weight);
                let n_eff = effective_number(weight, cube.grid.weight_squared(cell.weight_squared));
                let small = is_below((cell.count, n_eff), suppress_below);
                Base { n: cell.count, hidden: weight > 0.0 && small, shown: weight > 0.0 && !small }
            }));
        }
    }
    waves
}

/// Items that a metric is made of.
fn items_of(bound: &Bound) -> Vec<usize> {
    match bound {
        Bound::Linear { item, .. } | Bound::Quantile { item, .. } => vec![*item],
        Bound::Composite { parts } => parts.iter().map(|part| part.item).collect(),
        Bound::Model { .. } | Bound::Unavailable => Vec::new(),
    }
}

impl Computation {
    /// Items of metrics and distributions.
    pub(super) fn published_items(&self) -> BTreeSet<usize> {
        let of_metrics = self.metrics.iter().flat_map(|metric| items_of(&metric.bound));
        of_metrics.chain(self.scales.iter().map(|(_, item)| *item)).collect()
    }

    /// True if an item of a metric hides the group with this number. A composite is hidden with each of its components, since
    /// it would give the component away where the others are shown.
    pub(super) fn hides(&self, bound: &Bound, group: usize) -> bool {
        items_of(bound).iter().any(|item| self.hides_item(*item, group))
    }

    /// True if an item hides the group with this number.
    pub(super) fn hides_item(&self, item: usize, group: usize) -> bool {
        self.hidden().get(&item).is_some_and(|flags| flags.get(group).copied().unwrap_or(false))
    }
}
