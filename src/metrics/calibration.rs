//! Standard errors that know that the weights were made to agree with known figures: linearised values are replaced by their
//! residuals from a regression on the categories of the margins (Deville and Särndal 1992). The columns of the margins come in,
//! units that are split by them and the regression go out.

use std::collections::BTreeMap;

use crate::config::raw::{RawWeighting, WeightingScope, WeightingVariance, margin_columns};
use crate::data::Responses;
use crate::data::table::WAVE;
use crate::metrics::cube::{Cube, WeightGrid};
use crate::metrics::design::{Design, UnitCodes, numbers};
use crate::metrics::evaluate::weights_of;
use crate::metrics::variance::UnitTotal;

/// What the weights were made to agree with. Units of the design are split by the categories of all margins together.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Sampling unit (or stratum, without clusters) of each unit, as the number of the first unit that is part of it.
    pub sampling_unit: Vec<usize>,
    /// Cell of each unit: its categories of all margins.
    cell: Vec<usize>,
    /// Categories of each cell, numbered through all margins.
    categories: Vec<Vec<usize>>,
    /// Number of categories.
    count: usize,
    /// By wave and cell the final over the start weights.
    factors: Vec<Vec<f64>>,
}

/// Splits the units of a design by the margins that the weights agree with, where the project asks for it.
pub fn calibrate(
    (mut design, codes): (Design, UnitCodes),
    weighting: Option<&RawWeighting>,
    responses: &Responses,
) -> (Design, UnitCodes) {
    let wanted =
        |held: &&RawWeighting| held.variance == WeightingVariance::Calibrated && held.per == WeightingScope::Wave;
    let Some(weighting) = weighting.filter(wanted) else { return (design, codes) };
    let margins: Vec<Vec<String>> = weighting.margins.keys().map(|name| categories(name, responses)).collect();
    let old = codes.map_or_else(|| vec![0; responses.row_count()], |codes| codes.concat());
    // Numbers follow the names, not the order of the rows.
    let key =
        |row: usize| -> (u32, Vec<&str>) { (old[row], margins.iter().map(|margin| margin[row].as_str()).collect()) };
    let mut units: BTreeMap<(u32, Vec<&str>), usize> = (0..old.len()).map(|row| (key(row), 0)).collect();
    let mut known: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); margins.len()];
    let mut cells: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for (_, names) in units.keys() {
        names.iter().zip(&mut known).for_each(|(name, known)| *known.entry(*name).or_default() = 0);
        cells.insert(names.clone(), 0);
    }
    let mut count = 0;
    for number in known.iter_mut().flat_map(BTreeMap::values_mut) {
        *number = count;
        count += 1;
    }
    cells.values_mut().enumerate().for_each(|(number, cell)| *cell = number);
    let (mut sampling_unit, mut cell, mut unit_stratum) = (Vec::new(), Vec::new(), Vec::new());
    let mut first: BTreeMap<u32, usize> = BTreeMap::new();
    for (number, ((unit, names), slot)) in units.iter_mut().enumerate() {
        *slot = number;
        sampling_unit.push(*first.entry(*unit).or_insert(number));
        cell.push(cells[names]);
        unit_stratum.push(design.unit_stratum[*unit as usize]);
    }
    let categories = cells.keys().map(|names| names.iter().zip(&known).map(|(name, known)| known[name]).collect());
    let of_rows: Vec<usize> = (0..old.len()).map(|row| units[&key(row)]).collect();
    let categories: Vec<Vec<usize>> = categories.collect();
    let factors = factors(weighting, responses, &of_rows, &cell, categories.len());
    design.unit_stratum = unit_stratum;
    design.calibration = Some(Calibration { sampling_unit, cell, categories, count, factors });
    let mut rest = of_rows.into_iter().map(|unit| u32::try_from(unit).unwrap_or(u32::MAX));
    let rows = (0..responses.batches.len()).map(|batch| responses.batches.rows(batch));
    let codes = rows.map(|rows| rest.by_ref().take(rows).collect()).collect();
    (design, Some(codes))
}

/// Category of every row in a margin, which may cross columns; rows that lack an answer are alike.
fn categories(margin: &str, responses: &Responses) -> Vec<String> {
    let columns: Vec<Vec<String>> =
        margin_columns(margin).into_iter().map(|column| responses.column_texts(column)).collect();
    let category = |row: usize| {
        let parts: Vec<&str> = columns.iter().map(|cells| cells.get(row).map_or("", String::as_str)).collect();
        if parts.iter().any(|part| part.is_empty()) { String::new() } else { parts.join("\u{1f}") }
    };
    (0..responses.row_count()).map(category).collect()
}

/// Final over start weights by wave and cell. Raking and post-stratification multiply all weights of a cell by the same.
fn factors(
    weighting: &RawWeighting,
    responses: &Responses,
    of_rows: &[usize],
    cell: &[usize],
    cells: usize,
) -> Vec<Vec<f64>> {
    let mut sums = vec![vec![(Vec::new(), Vec::new()); cells]; responses.waves.len().max(1)];
    let waves: BTreeMap<&str, usize> = responses.waves.iter().map(String::as_str).zip(0..).collect();
    let of_wave = responses.column_texts(WAVE);
    let mut row = 0;
    let start = weighting.start.as_deref().and_then(|name| responses.batches.position(name));
    for batch in 0..responses.batches.len() {
        let weights = weights_of(responses, batch);
        let start = start.map(|position| numbers(&responses.batches.column(batch, position)));
        for place in 0..weights.len() {
            let wave = of_wave.get(row).and_then(|wave| waves.get(wave.as_str())).copied().unwrap_or(0);
            let (last, first) = &mut sums[wave][cell[of_rows[row]]];
            last.push(weights.value(place));
            first.push(start.as_ref().map_or(1.0, |start| start[place]));
            row += 1;
        }
    }
    let factor = |(last, first): &mut (Vec<f64>, Vec<f64>)| {
        let (last, first) = (ordered_sum(last), ordered_sum(first));
        if first > 0.0 && last > 0.0 { last / first } else { 1.0 }
    };
    sums.iter_mut().map(|cells| cells.iter_mut().map(factor).collect()).collect()
}

/// The sum from small to large, so that it does not depend on the order of the rows.
fn ordered_sum(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.iter().sum()
}

impl Calibration {
    /// The totals of the residuals: what each answer of the wave is off the regression on its categories, answers outside the group
    /// included. The regression weighs by the start weights, the totals by the final ones.
    pub fn residuals(&self, cube: &Cube, wave: usize, totals: &[UnitTotal]) -> Vec<UnitTotal> {
        let grid: WeightGrid = cube.grid;
        let rows = &cube.unit_rows[wave];
        let factor = |cell: usize| self.factors[wave][cell];
        let (mut products, mut sums) = (vec![vec![0.0; self.count]; self.count], vec![0.0; self.count]);
        for (unit, held) in rows.iter().enumerate().filter(|(_, held)| held.count > 0) {
            let weight = grid.weight(held.weight) / factor(self.cell[unit]);
            for one in &self.categories[self.cell[unit]] {
                self.categories[self.cell[unit]].iter().for_each(|other| products[*one][*other] += weight);
            }
        }
        for held in totals {
            let value = held.total / factor(self.cell[held.unit]);
            self.categories[self.cell[held.unit]].iter().for_each(|category| sums[*category] += value);
        }
        let coefficients = solve(products, sums);
        let fitted: Vec<f64> = self
            .categories
            .iter()
            .map(|categories| categories.iter().map(|category| coefficients[*category]).sum())
            .collect();
        let mut made: BTreeMap<usize, UnitTotal> = BTreeMap::new();
        let mut add = |held: UnitTotal| {
            let unit = self.sampling_unit[held.unit];
            let sums = made.entry(unit).or_insert(UnitTotal { unit, ..UnitTotal::default() });
            sums.answers += held.answers;
            sums.total += held.total;
            sums.squares += held.squares;
        };
        totals.iter().for_each(|held| {
            let fit = fitted[self.cell[held.unit]];
            add(UnitTotal { squares: held.squares - 2.0 * fit * held.cross, ..*held });
        });
        for (unit, held) in rows.iter().enumerate().filter(|(_, held)| held.count > 0) {
            let fit = fitted[self.cell[unit]];
            let (weight, squared) = (grid.weight(held.weight), grid.weight_squared(held.weight_squared));
            add(UnitTotal { unit, total: -fit * weight, squares: fit * fit * squared, ..UnitTotal::default() });
        }
        made.into_values().collect()
    }
}

/// A pivot below this share of its column's entry at the start is taken for 0.
const SINGULAR: f64 = 1e-10;

/// One solution of `products x = sums`, a matrix of sums of squares. The categories of every margin add up to the same, so there
/// are many; all fit the same.
fn solve(mut products: Vec<Vec<f64>>, mut sums: Vec<f64>) -> Vec<f64> {
    let size = sums.len();
    let scale: Vec<f64> = (0..size).map(|place| products[place][place]).collect();
    for place in 0..size {
        let pivot = products[place][place];
        if pivot <= SINGULAR * scale[place] {
            // It follows from those before.
            (0..size).for_each(|other| products[place][other] = 0.0);
            sums[place] = 0.0;
            continue;
        }
        let lead = products[place].clone();
        for row in (0..size).filter(|row| *row != place) {
            let factor = products[row][place] / pivot;
            if factor != 0.0 {
                products[row].iter_mut().zip(&lead).for_each(|(held, lead)| *held -= factor * lead);
                sums[row] -= factor * sums[place];
            }
        }
    }
    (0..size)
        .map(|place| if products[place][place] > 0.0 { sums[place] / products[place][place] } else { 0.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x + y = 3, y + z = 5, with the third row the sum of the first two less a dependent one.
    #[test]
    fn dependent_rows_leave_a_solution() {
        let rows = vec![vec![2.0, 0.0, 2.0], vec![0.0, 3.0, 3.0], vec![2.0, 3.0, 5.0]];
        let sums = vec![4.0, 6.0, 10.0];
        let found = solve(rows.clone(), sums.clone());
        for (row, sum) in rows.iter().zip(&sums) {
            let product: f64 = row.iter().zip(&found).map(|(one, other)| one * other).sum();
            assert!((product - sum).abs() < 1e-12, "{found:?}");
        }
    }
}
