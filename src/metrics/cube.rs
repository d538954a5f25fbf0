//! The answer cube: for every group of answers, sampling unit and distinct answer, how many gave it and the sums of their
//! weights and squared weights. Means, shares, net scores, quantiles, distributions and their standard errors all follow
//! from it. Weights are held as whole multiples of a power of two, so sums are exact: the order of rows, batches and threads
//! changes no bit of a result.

use std::collections::HashMap;

/// Count, sum of weights and sum of squared weights of a set of answers, weights in units of the cube's weight grid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Number of answers.
    pub count: u64,
    /// Sum of weights.
    pub weight: u128,
    /// Sum of squared weights.
    pub weight_squared: u128,
}

impl Cell {
    /// Adds one answer.
    #[inline]
    pub fn add(&mut self, weight: u64) {
        let weight = u128::from(weight);
        self.count += 1;
        self.weight += weight;
        self.weight_squared += weight * weight;
    }

    /// Adds another set of answers.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.weight += other.weight;
        self.weight_squared += other.weight_squared;
    }
}

/// Maps weights to whole numbers: `round(weight * 2^shift)`, at most 2^48, so that sums over 2^32 answers fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightGrid {
    scale: f64,
}

const WEIGHT_BITS: i32 = 48;

impl WeightGrid {
    /// The grid for weights up to `largest`. Relative rounding is at most 2^-49 for the largest weight.
    pub fn for_largest(largest: f64) -> Self {
        if !(largest.is_finite() && largest > 0.0) {
            return Self { scale: 1.0 };
        }
        let exponent = largest.log2().ceil();
        Self { scale: (f64::from(WEIGHT_BITS) - exponent).exp2() }
    }

    /// A grid for counting: every weight is 1.
    pub fn unweighted() -> Self {
        Self { scale: 1.0 }
    }

    /// Steps of the grid in a weight of 1.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The weight on the grid.
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "weights are at least 0 and at most 2^48 here"
    )]
    pub fn quantize(&self, weight: f64) -> u64 {
        (weight * self.scale).round() as u64
    }

    /// A sum of weights in the data's own unit.
    #[allow(clippy::cast_precision_loss, reason = "rounding to the nearest double is what is wanted")]
    pub fn weight(&self, sum: u128) -> f64 {
        sum as f64 / self.scale
    }

    /// A sum of squared weights in the data's own unit.
    #[allow(clippy::cast_precision_loss, reason = "rounding to the nearest double is what is wanted")]
    pub fn weight_squared(&self, sum: u128) -> f64 {
        sum as f64 / self.scale / self.scale
    }
}

/// One distinct answer of an item: numerator and denominator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// Numerator value.
    pub y: f64,
    /// Denominator value; 1 except for ratios.
    pub x: f64,
}

/// How answers are grouped: all together, or by the values of one segment column; always within waves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Segment column; `None` for the total.
    pub column: Option<String>,
    /// Values of the column; one nameless value for the total.
    pub levels: Vec<String>,
}

/// Cells of one key over all groupings. A key is an item, or the items of a composite jointly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyCells {
    /// The distinct answers. For a single item one entry each; for a composite one entry an item, `None` outside its base.
    pub patterns: Vec<Vec<Option<Answer>>>,
    /// Grouping by grouping: cell by (pattern, group, unit).
    pub cells: Vec<CellStore>,
}

/// Group number of an answer that belongs to no group.
pub const NO_GROUP: u32 = u32::MAX;

/// Cells of one grouping, addressed by (pattern, group, unit); group is `wave * levels + level`.
#[derive(Debug, Clone, PartialEq)]
pub struct CellStore {
    groups: usize,
    units: usize,
    cells: Storage,
}

#[derive(Debug, Clone, PartialEq)]
enum Storage {
    Dense(Vec<Cell>),
    Sparse(HashMap<u64, Cell>),
}

/// Above this many sampling units, cells are hashed: most (answer, group, unit) combinations never occur.
const DENSE_UNITS: usize = 16;

impl CellStore {
    /// An empty store.
    pub fn new(groups: usize, units: usize) -> Self {
        let cells = if units <= DENSE_UNITS { Storage::Dense(Vec::new()) } else { Storage::Sparse(HashMap::new()) };
        Self { groups, units, cells }
    }

    /// The cell to add to.
    #[inline]
    pub fn cell_mut(&mut self, pattern: usize, group: usize, unit: usize) -> &mut Cell {
        let stride = self.groups * self.units;
        let index = pattern * stride + group * self.units + unit;
        match &mut self.cells {
            Storage::Dense(cells) => {
                if index >= cells.len() {
                    cells.resize((pattern + 1) * stride, Cell::default());
                }
                &mut cells[index]
            }
            Storage::Sparse(cells) => cells.entry(index as u64).or_default(),
        }
    }

    /// Adds a batch of answers: row by row the pattern (from 1; 0 is outside the base), the group ([`NO_GROUP`] for none), the
    /// unit and the weight.
    pub fn add_batch(&mut self, patterns: &[u32], groups: &[u32], units: &[u32], weights: &[u64]) {
        let rows = patterns.iter().zip(groups).zip(units).zip(weights);
        let stride = self.groups * self.units;
        match &mut self.cells {
            Storage::Dense(cells) => {
                let highest = patterns.iter().max().map_or(0, |pattern| *pattern as usize);
                if cells.len() < highest * stride {
                    cells.resize(highest * stride, Cell::default());
                }
                for (((pattern, group), unit), weight) in rows {
                    if *pattern != 0 && *group != NO_GROUP {
                        let index = (*pattern as usize - 1) * stride + *group as usize * self.units + *unit as usize;
                        cells[index].add(*weight);
                    }
                }
            }
            Storage::Sparse(cells) => {
                for (((pattern, group), unit), weight) in rows {
                    if *pattern != 0 && *group != NO_GROUP {
                        let index = (*pattern as usize - 1) * stride + *group as usize * self.units + *unit as usize;
                        cells.entry(index as u64).or_default().add(*weight);
                    }
                }
            }
        }
    }

    /// The non-empty cells of one group as (pattern, unit, cell), by pattern, then unit.
    pub fn of_group(&self, group: usize) -> Vec<(usize, usize, Cell)> {
        let stride = self.groups * self.units;
        let mut found = Vec::new();
        let mut take = |index: usize, cell: &Cell| {
            if cell.count > 0 && (index % stride) / self.units == group {
                found.push((index / stride, index % self.units, *cell));
            }
        };
        match &self.cells {
            Storage::Dense(cells) => {
                for pattern in 0..cells.len() / stride.max(1) {
                    for unit in 0..self.units {
                        let index = pattern * stride + group * self.units + unit;
                        take(index, &cells[index]);
                    }
                }
            }
            Storage::Sparse(cells) => {
                let mut indices: Vec<u64> = cells.keys().copied().collect();
                indices.sort_unstable();
                for index in indices {
                    take(usize::try_from(index).unwrap_or(usize::MAX), &cells[&index]);
                }
            }
        }
        found
    }

    /// Visits every non-empty cell as (pattern, group, unit, cell); in no particular order.
    pub fn for_each(&self, mut visit: impl FnMut(usize, usize, usize, &Cell)) {
        let stride = self.groups * self.units;
        let mut at = |index: usize, cell: &Cell| {
            let rest = index % stride;
            visit(index / stride, rest / self.units, rest % self.units, cell);
        };
        match &self.cells {
            Storage::Dense(cells) => {
                cells.iter().enumerate().filter(|(_, cell)| cell.count > 0).for_each(|(index, cell)| at(index, cell));
            }
            Storage::Sparse(cells) => {
                cells.iter().for_each(|(index, cell)| at(usize::try_from(*index).unwrap_or(usize::MAX), cell));
            }
        }
    }

    /// Adds another store, whose patterns are renumbered by `renumber`.
    pub fn merge(&mut self, other: &Self, renumber: &[usize]) {
        other.for_each(|pattern, group, unit, cell| self.cell_mut(renumber[pattern], group, unit).merge(cell));
    }
}

/// The whole cube.
#[derive(Debug, Clone, PartialEq)]
pub struct Cube {
    /// Number of waves, at least 1.
    pub waves: usize,
    /// Groupings; the first is the total.
    pub groupings: Vec<Grouping>,
    /// The weights' grid.
    pub grid: WeightGrid,
    /// Sampling units per (wave, unit): all answers, whether in a base or not.
    pub unit_rows: Vec<Vec<Cell>>,
    /// Cells by key, in the order in which the keys were asked for.
    pub keys: Vec<KeyCells>,
}

impl Cube {
    /// Number of the group of a level in a wave.
    pub fn group(&self, grouping: usize, wave: usize, level: usize) -> usize {
        wave * self.groupings[grouping].levels.len() + level
    }

    /// Number of sampling units.
    pub fn units(&self) -> usize {
        self.unit_rows.first().map_or(1, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_twelve_digits_and_sums_do_not_depend_on_order() {
        let weights = [0.1, 44.2099990844727, 1e-3, 15.1, 0.3];
        let grid = WeightGrid::for_largest(44.2099990844727);
        let sum = |order: &[usize]| order.iter().map(|index| u128::from(grid.quantize(weights[*index]))).sum::<u128>();
        assert_eq!(sum(&[0, 1, 2, 3, 4]), sum(&[4, 2, 0, 3, 1]));
        let plain: f64 = weights.iter().sum();
        assert!((grid.weight(sum(&[0, 1, 2, 3, 4])) - plain).abs() < 1e-12 * plain);
    }

    #[test]
    fn dense_and_sparse_stores_agree() {
        let mut dense = CellStore::new(3, 4);
        let mut sparse = CellStore { groups: 3, units: 4, cells: Storage::Sparse(HashMap::new()) };
        for (pattern, group, unit) in [(0, 1, 2), (2, 1, 3), (1, 0, 0), (2, 1, 3)] {
            dense.cell_mut(pattern, group, unit).add(5);
            sparse.cell_mut(pattern, group, unit).add(5);
        }
        for group in 0..3 {
            assert_eq!(dense.of_group(group), sparse.of_group(group));
        }
        let mut merged = CellStore::new(3, 4);
        merged.merge(&sparse, &[1, 0, 2]);
        assert_eq!(merged.of_group(1).iter().map(|found| found.0).collect::<Vec<_>>(), [1, 2]);
    }
}
