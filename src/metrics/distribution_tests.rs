//! Whether the answers to a scale, or to a question with a single answer, fall alike in the groups of a segment, or in two waves: the tables for the Rao-Scott test,
//! from the same cube as the indicators. Groups on too few answers to be shown take no part.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::config::project::SURVEY;
use crate::metrics::bind::Bound;
use crate::metrics::compute::Computation;
use crate::metrics::cube::{Cell, Cube, KeyCells, WeightGrid};
use crate::metrics::design::Design;
use crate::metrics::estimate::GroupAddress;
use crate::metrics::indicators::Indicators;
use crate::metrics::rao_scott::{CellSums, RaoScott, StratumSize, TwoWayTable, UnitCells, rao_scott};
use crate::metrics::suppression::is_below;
use crate::metrics::variance::Frame;

/// A test of the answers to one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DistributionTest {
    /// Operational table; `None` for the survey.
    pub table: Option<String>,
    /// Column: a scale, or a question with a single answer.
    pub column: String,
    /// Segment column whose groups are compared; `None` for a comparison of waves.
    pub segment: Option<String>,
    /// Waves of the answers: one for groups, two for waves; none in a project without waves.
    pub waves: Vec<String>,
    /// Groups that took part, by segment value; empty for waves.
    pub groups: Vec<String>,
    /// Unweighted answers.
    pub n: u64,
    /// The test.
    #[serde(flatten)]
    pub test: RaoScott,
}

impl Indicators {
    /// The tests of every table in use, the survey's first.
    pub fn distribution_tests(&self) -> Vec<DistributionTest> {
        let of_table = |(name, computation): (&str, &Computation)| {
            let table = (name != SURVEY).then(|| name.to_owned());
            let own = computation.distribution_tests().into_iter();
            own.map(|test| DistributionTest { table: table.clone(), ..test }).collect::<Vec<_>>()
        };
        self.tables().flat_map(of_table).collect()
    }
}

impl Computation {
    /// Every scale and every question with a single answer: between the groups of each segment in the newest wave, then between the newest wave and the one before.
    pub fn distribution_tests(&self) -> Vec<DistributionTest> {
        let newest = self.cube().waves - 1;
        let mut tests = Vec::new();
        for (column, item) in self.scales.iter().chain(&self.choices) {
            for (grouping, segment) in self.cube().groupings.iter().enumerate().skip(1) {
                let address = |level| GroupAddress { grouping, wave: newest, level };
                let groups: Vec<GroupAddress> = (0..segment.levels.len()).map(address).collect();
                tests.extend(self.distribution_test(column, *item, &groups));
            }
            // Of a panel the waves are no independent samples.
            if newest > 0 && !self.design().panel {
                let totals = [newest - 1, newest].map(|wave| GroupAddress { grouping: 0, wave, level: 0 });
                tests.extend(self.distribution_test(column, *item, &totals));
            }
        }
        tests
    }

    /// The test between some groups of one segment and wave, or between the totals of several waves, whose samples are taken as
    /// independent. `None` where fewer than two groups are shown or the test cannot be made.
    fn distribution_test(&self, column: &str, item: usize, groups: &[GroupAddress]) -> Option<DistributionTest> {
        let answers = Bound::Linear { item, proportion: false, factor: 1.0 };
        let limit = self.settings().suppress_below;
        let shown: Vec<(GroupAddress, u64)> = groups
            .iter()
            .map(|group| (*group, self.estimated(&answers, *group)))
            .filter(|(_, computed)| computed.workings.sum_w > 0.0 && !is_below(computed.smallest_base, limit))
            .filter(|(group, _)| !self.hides_item(item, self.number_of(*group)))
            .map(|(group, computed)| (group, computed.n))
            .collect();
        let addresses: Vec<GroupAddress> = shown.iter().map(|(group, _)| *group).collect();
        let n = shown.iter().map(|(_, n)| n).sum();
        let key = &self.cube().keys[self.key_of(&[item])?];
        let test = compare_distributions(self.cube(), self.design(), key, &addresses, n)?;
        let segment = self.cube().groupings[groups.first()?.grouping].clone();
        let mut waves: Vec<usize> = addresses.iter().map(|group| group.wave).collect();
        waves.dedup();
        let names = |group: &GroupAddress| segment.levels[group.level].clone();
        Some(DistributionTest {
            table: None,
            column: column.to_owned(),
            groups: if segment.column.is_some() { addresses.iter().map(names).collect() } else { Vec::new() },
            segment: segment.column.clone(),
            waves: waves.into_iter().filter_map(|wave| self.results.waves.get(wave).cloned()).collect(),
            n,
            test,
        })
    }
}

/// The Rao-Scott test of the answers to the item of `key` between groups of one segment and wave, or between the totals of several
/// waves. `n` counts the answers, whatever their weight. `None` where the test cannot be made.
pub fn compare_distributions(
    cube: &Cube,
    design: &Design,
    key: &KeyCells,
    groups: &[GroupAddress],
    n: u64,
) -> Option<RaoScott> {
    rao_scott(&two_way_table(cube, design, key, groups, n))
}

/// Groups by answers, with the units and strata of each wave kept apart.
#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn two_way_table(cube: &Cube, design: &Design, key: &KeyCells, groups: &[GroupAddress], n: u64) -> TwoWayTable {
    let columns = key.patterns.len();
    // The scan numbers the answers as it meets them.
    let value = |pattern: &usize| key.patterns[*pattern].first().copied().flatten().map_or(f64::NAN, |answer| answer.y);
    let mut order: Vec<usize> = (0..columns).collect();
    order.sort_by(|a, b| value(a).total_cmp(&value(b)));
    let mut place_of = vec![0; columns];
    order.iter().enumerate().for_each(|(place, pattern)| place_of[*pattern] = place);
    let mut units: BTreeMap<(usize, usize), Vec<CellSums>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        let number = cube.group(group.grouping, group.wave, group.level);
        for (pattern, unit, cell) in key.cells[group.grouping].of_group(number) {
            let cells = units
                .entry((group.wave, design.sampling_unit(unit)))
                .or_insert_with(|| vec![CellSums::default(); groups.len() * columns]);
            let sums = &mut cells[row * columns + place_of[pattern]];
            let added = cell_sums(&cell, cube.grid);
            sums.answers += added.answers;
            sums.weight += added.weight;
            sums.squares += added.squares;
        }
    }
    let mut waves: Vec<usize> = groups.iter().map(|group| group.wave).collect();
    waves.dedup();
    let place = |wave: usize| waves.iter().position(|held| *held == wave).unwrap_or_default();
    let strata = waves.iter().flat_map(|wave| {
        let frame = Frame::new(cube, design, *wave);
        (0..design.strata.len())
            .map(|number| {
                let sampled = frame.sampled(number);
                StratumSize { sampled, kept: design.kept_share(number, sampled) }
            })
            .collect::<Vec<_>>()
    });
    TwoWayTable {
        rows: groups.len(),
        columns,
        clustered: design.clustered,
        strata: strata.collect(),
        units: units
            .into_iter()
            .map(|((wave, unit), cells)| UnitCells {
                stratum: place(wave) * design.strata.len() + design.unit_stratum[unit],
                cells,
            })
            .collect(),
        single_unit: design.single_unit,
        answers: n as f64,
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn cell_sums(cell: &Cell, grid: WeightGrid) -> CellSums {
    CellSums {
        answers: if cell.weight > 0 { cell.count as f64 } else { 0.0 },
        weight: grid.weight(cell.weight),
        squares: grid.weight_squared(cell.weight_squared),
    }
}
