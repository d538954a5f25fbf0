//! Rao and Scott's second-order test of whether a distribution is the same in several groups under a sampling design (Rao and
//! Scott 1984; Thomas and Rao 1987), as R `svychisq` makes it. Weighted counts by sampling unit come in, one test goes out.

use serde::Serialize;

use crate::config::raw::SingleUnit;
use crate::metrics::distributions::{chi_square_upper_tail, f_upper_tail};

/// Weighted answers of one cell of the table in one sampling unit (or stratum, without clusters).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct CellSums {
    /// Answers with a weight above 0.
    pub(super) answers: f64,
    /// `sum w`
    pub(super) weight: f64,
    /// `sum w^2`
    pub(super) squares: f64,
}

/// One sampling unit (or stratum, without clusters).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnitCells {
    /// Number of its stratum.
    pub(super) stratum: usize,
    /// Its cells, row by row.
    pub(super) cells: Vec<CellSums>,
}

/// One stratum of one sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct StratumSize {
    /// Units sampled, in the table or not.
    pub(super) sampled: f64,
    /// One minus the sampled share of the population: the finite population correction.
    pub(super) kept: f64,
}

/// A two-way table of answers under a design.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TwoWayTable {
    /// Groups.
    pub(super) rows: usize,
    /// Answers.
    pub(super) columns: usize,
    /// True if units are clusters; else each answer is its own unit and `units` holds strata.
    pub(super) clustered: bool,
    /// The strata.
    pub(super) strata: Vec<StratumSize>,
    /// The units with an answer in the table.
    pub(super) units: Vec<UnitCells>,
    /// What a stratum with a single unit does.
    pub(super) single_unit: SingleUnit,
    /// Unweighted answers, those of weight 0 included.
    pub(super) answers: f64,
}

/// The test in its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RaoScott {
    /// Pearson's statistic over the trace of the design effects.
    pub f: f64,
    /// Numerator degrees of freedom.
    pub ndf: f64,
    /// Denominator degrees of freedom: `ndf` times those of the design.
    pub ddf: f64,
    /// p value of `f`.
    pub p: f64,
    /// Pearson's statistic of the weighted shares for the unweighted number of answers.
    pub chi_square: f64,
    /// `(groups - 1) (answers - 1)`, the degrees of freedom of the first-order form.
    pub chi_square_df: f64,
    /// p value of `chi_square` over the mean design effect.
    pub chi_square_p: f64,
}

/// Most degrees of freedom, `(groups - 1) (answers - 1)`, of a table that is tested: the work grows with their third power, and with
/// more of them hardly any survey fills the cells.
const MOST_DEGREES: usize = 500;

/// The test. `None` with fewer than two rows or columns that hold weight, with more than [`MOST_DEGREES`], without degrees of freedom
/// or variance, with too many empty cells, and where a stratum with a single unit is refused.
pub(super) fn rao_scott(table: &TwoWayTable) -> Option<RaoScott> {
    let table = without_empty(table);
    let (rows, columns) = (table.rows, table.columns);
    if rows < 2 || columns < 2 || (rows - 1) * (columns - 1) > MOST_DEGREES {
        return None;
    }
    let mut sums = vec![CellSums::default(); rows * columns];
    for unit in &table.units {
        for (sum, cell) in sums.iter_mut().zip(&unit.cells) {
            sum.weight += cell.weight;
        }
    }
    let weight: f64 = sums.iter().map(|cell| cell.weight).sum();
    let shares: Vec<f64> = sums.iter().map(|cell| cell.weight / weight).collect();
    let contrasts = Contrasts { rows, columns };
    // Contrast by cell, over the cell's share; a cell without answers takes no part.
    let scaled: Vec<Vec<f64>> = (0..contrasts.count())
        .map(|contrast| {
            let mut held = vec![0.0; rows * columns];
            for (cell, sign) in contrasts.entries(contrast).filter(|(cell, _)| shares[*cell] > 0.0) {
                held[cell] = sign / shares[cell];
            }
            held
        })
        .collect();
    let plain: Vec<Vec<f64>> = scaled
        .iter()
        .map(|left| (0..contrasts.count()).map(|right| dot(contrasts.entries(right), left)).collect())
        .collect();
    let (variance, degrees) = contrast_variance(&table, &scaled, &shares, weight)?;
    let effects = solve(plain, variance)?;
    let trace: f64 = (0..effects.len()).map(|index| effects[index][index]).sum();
    let trace_of_square: f64 = (0..effects.len())
        .flat_map(|row| (0..effects.len()).map(move |column| (row, column)))
        .map(|(row, column)| effects[row][column] * effects[column][row])
        .sum();
    // Not greater than 0 or NaN: nothing varies.
    if !(trace > 0.0 && trace_of_square > 0.0) || degrees < 1.0 {
        return None;
    }
    let distance = pearson(&shares, rows, columns);
    let (f, ndf) = (distance / trace, trace * trace / trace_of_square);
    let first_order = effects.len() as f64;
    Some(RaoScott {
        f,
        ndf,
        ddf: ndf * degrees,
        p: f_upper_tail(f, ndf, ndf * degrees)?,
        chi_square: table.answers * distance,
        chi_square_df: first_order,
        chi_square_p: chi_square_upper_tail(distance / (trace / first_order), first_order)?,
    })
}

/// Interactions of rows and columns: `(row a - last row) x (column b - last column)`.
struct Contrasts {
    rows: usize,
    columns: usize,
}

impl Contrasts {
    fn count(&self) -> usize {
        (self.rows - 1) * (self.columns - 1)
    }

    /// Cells of a contrast with their signs.
    fn entries(&self, contrast: usize) -> impl Iterator<Item = (usize, f64)> + use<> {
        let (row, column) = (contrast / (self.columns - 1), contrast % (self.columns - 1));
        let (last_row, last_column, columns) = (self.rows - 1, self.columns - 1, self.columns);
        [(row, column, 1.0), (row, last_column, -1.0), (last_row, column, -1.0), (last_row, last_column, 1.0)]
            .into_iter()
            .map(move |(row, column, sign)| (row * columns + column, sign))
    }
}

fn dot(entries: impl Iterator<Item = (usize, f64)>, dense: &[f64]) -> f64 {
    entries.map(|(cell, value)| value * dense[cell]).sum()
}

/// Pearson's statistic of shares for one answer: `sum (p - p_row p_column)^2 / (p_row p_column)`.
fn pearson(shares: &[f64], rows: usize, columns: usize) -> f64 {
    let row_share = |row: usize| shares[row * columns..(row + 1) * columns].iter().sum::<f64>();
    let column_share = |column: usize| (0..rows).map(|row| shares[row * columns + column]).sum::<f64>();
    let column_shares: Vec<f64> = (0..columns).map(column_share).collect();
    let mut distance = 0.0;
    for row in 0..rows {
        let of_row = row_share(row);
        for (column, of_column) in column_shares.iter().enumerate() {
            let expected = of_row * of_column;
            distance += (shares[row * columns + column] - expected).powi(2) / expected;
        }
    }
    distance
}

/// Covariance matrix of the contrasts of shares, with the degrees of freedom of the design.
fn contrast_variance(
    table: &TwoWayTable,
    scaled: &[Vec<f64>],
    shares: &[f64],
    weight: f64,
) -> Option<(Vec<Vec<f64>>, f64)> {
    let size = scaled.len();
    // Value of a contrast for an answer of each cell: that of the cell less the mean, over the sum of weights.
    let values: Vec<Vec<f64>> = scaled
        .iter()
        .map(|contrast| {
            let mean: f64 = contrast.iter().zip(shares).map(|(value, share)| value * share).sum();
            contrast.iter().map(|value| (value - mean) / weight).collect()
        })
        .collect();
    let mut strata = vec![StratumMoments::new(size); table.strata.len()];
    for unit in &table.units {
        let total: Vec<f64> = values
            .iter()
            .map(|values| values.iter().zip(&unit.cells).map(|(value, cell)| value * cell.weight).sum())
            .collect();
        let stratum = &mut strata[unit.stratum];
        stratum.totals.iter_mut().zip(&total).for_each(|(sum, total)| *sum += total);
        let answers: f64 = unit.cells.iter().map(|cell| cell.answers).sum();
        if table.clustered {
            stratum.units += f64::from(u8::from(answers > 0.0));
            stratum.add(&total, 1.0);
        } else {
            stratum.units += answers;
            for (cell, sums) in unit.cells.iter().enumerate().filter(|(_, sums)| sums.squares > 0.0) {
                let of_cell: Vec<f64> = values.iter().map(|values| values[cell]).collect();
                stratum.add(&of_cell, sums.squares);
            }
        }
    }
    let mut variance = vec![vec![0.0; size]; size];
    let (mut degrees, mut summed, mut averaged) = (0.0, 0.0, 0.0);
    for (moments, stratum) in strata.iter().zip(&table.strata).filter(|(_, stratum)| stratum.sampled > 0.0) {
        if moments.units > 0.0 {
            degrees += moments.units - 1.0;
        }
        let StratumSize { sampled, kept } = *stratum;
        let (factor, centre) = if sampled > 1.0 {
            summed += 1.0;
            (kept * sampled / (sampled - 1.0), 1.0 / sampled)
        } else {
            match table.single_unit {
                _ if kept == 0.0 => continue,
                SingleUnit::Error => return None,
                SingleUnit::Certainty => continue,
                SingleUnit::Adjust => (kept, 0.0),
                SingleUnit::Average => {
                    averaged += 1.0;
                    continue;
                }
            }
        };
        for ((sums, squares), left) in variance.iter_mut().zip(&moments.squares).zip(&moments.totals) {
            for ((sum, square), right) in sums.iter_mut().zip(squares).zip(&moments.totals) {
                *sum += factor * (square - centre * left * right);
            }
        }
    }
    if averaged > 0.0 && summed > 0.0 {
        variance.iter_mut().flatten().for_each(|value| *value *= (summed + averaged) / summed);
    }
    Some((variance, degrees))
}

/// Sums over the units of a stratum.
#[derive(Debug, Clone)]
struct StratumMoments {
    /// Units with an answer of weight above 0 in the table.
    units: f64,
    totals: Vec<f64>,
    squares: Vec<Vec<f64>>,
}

impl StratumMoments {
    fn new(size: usize) -> Self {
        Self { units: 0.0, totals: vec![0.0; size], squares: vec![vec![0.0; size]; size] }
    }

    fn add(&mut self, values: &[f64], times: f64) {
        for (row, left) in self.squares.iter_mut().zip(values) {
            for (sum, right) in row.iter_mut().zip(values) {
                *sum += times * left * right;
            }
        }
    }
}

/// The table without rows and columns that hold no weight.
fn without_empty(table: &TwoWayTable) -> TwoWayTable {
    let holds = |row: usize, column: usize| {
        table.units.iter().any(|unit| unit.cells[row * table.columns + column].weight > 0.0)
    };
    let rows: Vec<usize> = (0..table.rows).filter(|&row| (0..table.columns).any(|column| holds(row, column))).collect();
    let columns: Vec<usize> =
        (0..table.columns).filter(|&column| (0..table.rows).any(|row| holds(row, column))).collect();
    let cells = |unit: &UnitCells| {
        let of_row = |row: &usize| columns.iter().map(|column| unit.cells[row * table.columns + column]).collect();
        UnitCells { stratum: unit.stratum, cells: rows.iter().flat_map::<Vec<CellSums>, _>(of_row).collect() }
    };
    TwoWayTable {
        rows: rows.len(),
        columns: columns.len(),
        units: table.units.iter().map(cells).collect(),
        strata: table.strata.clone(),
        ..*table
    }
}

/// A pivot below this share of the largest entry is taken for 0.
const SINGULAR: f64 = 1e-12;

/// `left^-1 right` by elimination with the largest pivot; `None` if `left` has no inverse, as with too many empty cells.
fn solve(mut left: Vec<Vec<f64>>, mut right: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = left.len();
    let largest = left.iter().flatten().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    for step in 0..size {
        let pivot = (step..size).max_by(|&a, &b| left[a][step].abs().total_cmp(&left[b][step].abs()))?;
        left.swap(step, pivot);
        right.swap(step, pivot);
        let head = left[step][step];
        if !head.is_finite() || head.abs() <= SINGULAR * largest {
            return None;
        }
        for row in (0..size).filter(|row| *row != step) {
            let factor = left[row][step] / head;
            if factor != 0.0 {
                for column in 0..size {
                    left[row][column] -= factor * left[step][column];
                    right[row][column] -= factor * right[step][column];
                }
            }
        }
    }
    for (step, row) in right.iter_mut().enumerate() {
        row.iter_mut().for_each(|value| *value /= left[step][step]);
    }
    Some(right)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A plain sample of 20, 30 and 30, 20 answers: Pearson's statistic is 4 · 5² / 25 = 4. R 4.2, survey 4.1:
    /// `svychisq(~a+b, svydesign(~1, weights = ~1, data = d))`.
    #[test]
    fn a_plain_sample_has_nearly_no_design_effect() {
        let cell = |answers: f64| CellSums { answers, weight: answers, squares: answers };
        let table = TwoWayTable {
            rows: 2,
            columns: 2,
            clustered: false,
            strata: vec![StratumSize { sampled: 100.0, kept: 1.0 }],
            units: vec![UnitCells { stratum: 0, cells: [20.0, 30.0, 30.0, 20.0].map(cell).to_vec() }],
            single_unit: SingleUnit::Error,
            answers: 100.0,
        };
        let test = rao_scott(&table).unwrap();
        let close = |found: f64, expected: f64| (found - expected).abs() < 1e-9 * expected;
        assert!(close(test.chi_square, 4.0), "{test:?}");
        assert!(close(test.f, 3.96) && close(test.p, 0.04935157628670993), "{test:?}");
        assert_eq!((test.ndf, test.ddf), (1.0, 99.0));
        let alone = TwoWayTable { units: Vec::new(), ..table };
        assert!(rao_scott(&alone).is_none());
    }
}
