//! Counts batches of evaluated values into the answer cube. Distinct answers are numbered as they are met; a few items at a
//! time are counted in one pass, and the composite's items jointly.

use std::collections::HashMap;

use datafusion::arrow::array::Float64Array;
use datafusion::error::DataFusionError;

use crate::metrics::cube::{Answer, Cell, CellStore, Cube, Grouping, KeyCells, NO_GROUP, WeightGrid};
use crate::metrics::evaluate::{Evaluator, Values, answer, floats, held, levels_of, waves_of, weights_of};
use crate::metrics::scan::ScanRequest;

/// What every counter of a scan shares.
#[derive(Debug)]
pub struct Layout<'a> {
    /// Number of waves, at least 1.
    pub waves: usize,
    /// Number of sampling units.
    pub units: usize,
    /// The weights' grid.
    pub grid: WeightGrid,
    /// What to count.
    pub request: &'a ScanRequest<'a>,
}

/// Distinct answers of one item, numbered from 1 in the order met; 0 means outside the base.
#[derive(Default)]
struct AnswerCodes {
    answers: Vec<Answer>,
    numbers: HashMap<(u64, u64), u32>,
    /// Numbers by combination of the item's inputs, [`NOT_MET`] where none of its rows was met.
    by_combination: Vec<u32>,
}

const NOT_MET: u32 = u32::MAX;

/// Answers that are looked for one by one before hashing: most items have only a few.
const FEW_ANSWERS: usize = 8;

impl AnswerCodes {
    fn number(&mut self, answer: Answer) -> u32 {
        let few = &self.answers[..self.answers.len().min(FEW_ANSWERS)];
        if let Some(index) = few.iter().position(|known| *known == answer) {
            return u32::try_from(index + 1).unwrap_or(u32::MAX);
        }
        // Adding 0 turns -0 into 0, so that both are one answer.
        let key = ((answer.y + 0.0).to_bits(), (answer.x + 0.0).to_bits());
        let answers = &mut self.answers;
        *self.numbers.entry(key).or_insert_with(|| {
            answers.push(answer);
            u32::try_from(answers.len()).unwrap_or(u32::MAX)
        })
    }

    /// Numbers of rows that were looked up; 0 outside the base.
    fn of_combinations(&mut self, mut of_rows: Vec<u32>, answers: &[Option<Answer>]) -> Vec<u32> {
        self.by_combination.resize(answers.len(), NOT_MET);
        for slot in &mut of_rows {
            let combination = *slot as usize;
            if self.by_combination[combination] == NOT_MET {
                let number = answers[combination].map_or(0, |answer| self.number(answer));
                self.by_combination[combination] = number;
            }
            *slot = self.by_combination[combination];
        }
        of_rows
    }

    /// Numbers of rows that were evaluated; 0 outside the base.
    fn of_values(&mut self, values: &Float64Array, per: Option<&Float64Array>) -> Vec<u32> {
        let mut last: Option<(Answer, u32)> = None;
        let number = |row: usize| {
            let Some(found) = answer(held(values, row), per.map(|per| held(per, row))) else { return 0 };
            match last {
                Some((met, code)) if met == found => code,
                _ => {
                    let code = self.number(found);
                    last = Some((found, code));
                    code
                }
            }
        };
        (0..values.len()).map(number).collect()
    }
}

/// Bits of an item's code in a packed pattern: up to seven distinct answers.
const CODE_BITS: u32 = 3;
/// Items whose codes fit a packed pattern that indexes a small table.
const PACKED_ITEMS: usize = 5;
/// Items that are counted together in one pass over the rows.
const BUNDLE: usize = 3;

/// Packs the codes of a few items into one number a row; `None` if an item has too many distinct answers for that.
fn packed(items: &[usize], codes: &[Vec<u32>]) -> Option<Vec<u32>> {
    let fits = |item: &usize| codes[*item].iter().all(|code| *code < 1 << CODE_BITS);
    if items.len() > PACKED_ITEMS || !items.iter().all(fits) {
        return None;
    }
    let mut pattern = codes[*items.first()?].clone();
    for (position, item) in (1..).zip(&items[1..]) {
        let shift = CODE_BITS * position;
        pattern.iter_mut().zip(&codes[*item]).for_each(|(packed, code)| *packed |= code << shift);
    }
    Some(pattern)
}

/// Code of the item at `position` in a packed pattern.
fn unpacked(pattern: usize, position: usize) -> u32 {
    let code = (pattern >> (CODE_BITS as usize * position)) & ((1 << CODE_BITS) - 1);
    u32::try_from(code).unwrap_or(0)
}

/// Rows that are counted in one pass. So many that a pass over one key finds its cells in the processor's cache.
const ROWS_AT_ONCE: usize = 1 << 16;

/// Rows on their way into the cells.
#[derive(Default)]
struct Rows {
    weights: Vec<u64>,
    units: Vec<u32>,
    /// Group of every row, grouping by grouping.
    groups: Vec<Vec<u32>>,
    /// Answer code of every row, item by item.
    codes: Vec<Vec<u32>>,
}

impl Rows {
    fn append(&mut self, mut other: Self) {
        if self.weights.is_empty() {
            *self = other;
            return;
        }
        let columns = |rows: &mut Vec<Vec<u32>>, more: Vec<Vec<u32>>| {
            rows.iter_mut().zip(more).for_each(|(rows, more)| rows.extend(more));
        };
        self.weights.append(&mut other.weights);
        self.units.append(&mut other.units);
        columns(&mut self.groups, other.groups);
        columns(&mut self.codes, other.codes);
    }
}

/// A few single-item keys that are counted together while their items have few distinct answers.
struct Bundle {
    /// Numbers of the keys.
    keys: Vec<usize>,
    /// Their items.
    items: Vec<usize>,
    /// Number (from 1) by packed pattern; 0 for not yet met. The patterns that occur are few and are kept close together in
    /// the cells, which are what the processor's cache must hold.
    numbers: Vec<u32>,
    /// Packed patterns by number less 1.
    met: Vec<usize>,
    /// Cells by pattern number, grouping by grouping.
    cells: Vec<CellStore>,
}

impl Bundle {
    /// Turns packed patterns into pattern numbers; 0 stays 0.
    fn renumber(&mut self, patterns: &mut [u32]) {
        self.numbers.resize(1 << (CODE_BITS as usize * BUNDLE), 0);
        for pattern in patterns.iter_mut().filter(|pattern| **pattern != 0) {
            let packed = *pattern as usize;
            if self.numbers[packed] == 0 {
                self.met.push(packed);
                self.numbers[packed] = u32::try_from(self.met.len()).unwrap_or(u32::MAX);
            }
            *pattern = self.numbers[packed];
        }
    }
}

/// Pattern numbers of a composite key.
#[derive(Default)]
struct JointCodes {
    numbers: HashMap<Vec<u32>, usize>,
    patterns: Vec<Vec<u32>>,
    /// Pattern number plus one by packed pattern; 0 for not yet met.
    packed: Vec<u32>,
}

impl JointCodes {
    fn number(&mut self, pattern: &[u32]) -> usize {
        if let Some(number) = self.numbers.get(pattern) {
            return *number;
        }
        let number = self.patterns.len();
        self.numbers.insert(pattern.to_vec(), number);
        self.patterns.push(pattern.to_vec());
        number
    }

    /// Pattern of every row over the items of the key, from 1; 0 where the row is outside every base.
    fn code_rows(&mut self, items: &[usize], codes: &[Vec<u32>], rows: usize) -> Vec<u32> {
        let code = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        if let Some(mut packed) = packed(items, codes) {
            self.packed.resize(1 << (CODE_BITS as usize * PACKED_ITEMS), 0);
            for slot in packed.iter_mut().filter(|slot| **slot != 0) {
                let known = self.packed[*slot as usize];
                if known == 0 {
                    let whole = *slot as usize;
                    let item_codes: Vec<u32> = (0..items.len()).map(|position| unpacked(whole, position)).collect();
                    let number = code(self.number(&item_codes));
                    self.packed[whole] = number;
                    *slot = number;
                } else {
                    *slot = known;
                }
            }
            return packed;
        }
        let columns: Vec<&[u32]> = items.iter().map(|item| codes[*item].as_slice()).collect();
        let mut pattern = vec![0; items.len()];
        let mut number = |row: usize| {
            for (slot, column) in pattern.iter_mut().zip(&columns) {
                *slot = column[row];
            }
            if pattern.iter().all(|code| *code == 0) { 0 } else { code(self.number(&pattern)) }
        };
        (0..rows).map(&mut number).collect()
    }
}

/// Counts the batches of one partition.
pub struct Counter<'a> {
    layout: &'a Layout<'a>,
    items: Vec<AnswerCodes>,
    pending: Rows,
    joint: Vec<JointCodes>,
    bundles: Vec<Bundle>,
    cells: Vec<Vec<CellStore>>,
    unit_rows: Vec<Vec<Cell>>,
}

impl<'a> Counter<'a> {
    /// A counter that has seen nothing.
    pub fn new(layout: &'a Layout<'a>) -> Self {
        let request = layout.request;
        let stores = || {
            request
                .groupings
                .iter()
                .map(|grouping| CellStore::new(layout.waves * grouping.levels.len(), layout.units))
                .collect::<Vec<_>>()
        };
        let single = |(key, items): (usize, &Vec<usize>)| match items.as_slice() {
            [item] => Some((key, *item)),
            _ => None,
        };
        let single_keys: Vec<(usize, usize)> = request.keys.iter().enumerate().filter_map(single).collect();
        Self {
            layout,
            items: request.items.iter().map(|_| AnswerCodes::default()).collect(),
            pending: Rows::default(),
            joint: request.keys.iter().map(|_| JointCodes::default()).collect(),
            bundles: single_keys
                .chunks(BUNDLE)
                .map(|bundle| Bundle {
                    keys: bundle.iter().map(|(key, _)| *key).collect(),
                    items: bundle.iter().map(|(_, item)| *item).collect(),
                    numbers: Vec::new(),
                    met: Vec::new(),
                    cells: stores(),
                })
                .collect(),
            cells: request.keys.iter().map(|_| stores()).collect(),
            unit_rows: vec![vec![Cell::default(); layout.units]; layout.waves],
        }
    }

    /// Takes in a batch.
    ///
    /// # Errors
    /// An error of the engine on one of its rows.
    pub(super) fn count(&mut self, evaluator: &Evaluator<'_>, batch: usize) -> Result<(), DataFusionError> {
        let waves = waves_of(evaluator.responses(), batch);
        let weights = weights_of(evaluator.responses(), batch);
        let weights: Vec<u64> = weights.values().iter().map(|weight| self.layout.grid.quantize(*weight)).collect();
        let units = match &self.layout.request.unit_codes {
            Some(units) => units[batch].clone(),
            None => vec![0; waves.len()],
        };
        for ((wave, unit), weight) in waves.iter().zip(&units).zip(&weights) {
            self.unit_rows[*wave as usize][*unit as usize].add(*weight);
        }
        let groups = self.groups(evaluator, batch, &waves);
        let codes = self.codes(evaluator, batch)?;
        self.pending.append(Rows { weights, units, groups, codes });
        if self.pending.weights.len() >= ROWS_AT_ONCE {
            self.count_pending();
        }
        Ok(())
    }

    /// Counts the rows taken in so far, one key after the other.
    fn count_pending(&mut self) {
        let Rows { weights, units, groups, codes } = std::mem::take(&mut self.pending);
        if weights.is_empty() {
            return;
        }
        let add = |stores: &mut Vec<CellStore>, patterns: &[u32]| {
            for (store, groups) in stores.iter_mut().zip(&groups) {
                store.add_batch(patterns, groups, &units, &weights);
            }
        };
        for bundle in &mut self.bundles {
            match packed(&bundle.items, &codes) {
                Some(mut patterns) => {
                    bundle.renumber(&mut patterns);
                    add(&mut bundle.cells, &patterns);
                }
                None => bundle
                    .keys
                    .iter()
                    .zip(&bundle.items)
                    .for_each(|(key, item)| add(&mut self.cells[*key], &codes[*item])),
            }
        }
        for (key, items) in self.layout.request.keys.iter().enumerate().filter(|(_, items)| items.len() > 1) {
            let patterns = self.joint[key].code_rows(items, &codes, weights.len());
            add(&mut self.cells[key], &patterns);
        }
    }

    /// Counts what is left and moves what was counted in bundles to the keys of the single items.
    pub fn unbundle(&mut self) {
        self.count_pending();
        for bundle in self.bundles.drain(..) {
            for (grouping, store) in bundle.cells.iter().enumerate() {
                store.for_each(|pattern, group, unit, cell| {
                    for (position, key) in bundle.keys.iter().enumerate() {
                        if let Some(code) = unpacked(bundle.met[pattern], position).checked_sub(1) {
                            self.cells[*key][grouping].cell_mut(code as usize, group, unit).merge(cell);
                        }
                    }
                });
            }
        }
    }

    /// Group of every row in every grouping.
    fn groups(&self, evaluator: &Evaluator<'_>, batch: usize, waves: &[u32]) -> Vec<Vec<u32>> {
        let of_grouping = |grouping: &Grouping| {
            let mut levels = levels_of(evaluator.responses(), batch, grouping);
            let count = u32::try_from(grouping.levels.len()).unwrap_or(u32::MAX);
            for (level, wave) in levels.iter_mut().zip(waves).filter(|(level, _)| **level != NO_GROUP) {
                *level += wave * count;
            }
            levels
        };
        self.layout.request.groupings.iter().map(of_grouping).collect()
    }

    /// Answer code of every row for every item.
    fn codes(&mut self, evaluator: &Evaluator<'_>, batch: usize) -> Result<Vec<Vec<u32>>, DataFusionError> {
        let values = evaluator.values(batch)?;
        let coded = self.items.iter_mut().zip(values).map(|(codes, values)| match values {
            Values::Combinations(of_rows, answers) => Ok(codes.of_combinations(of_rows, answers)),
            Values::Rows(values, per) => Ok(codes.of_values(floats(&values)?, per.as_ref())),
        });
        coded.collect()
    }

    /// Adds what another counter of the same layout has counted; both must be unbundled.
    pub fn merge(&mut self, other: &Counter<'_>) {
        for (wave, rows) in other.unit_rows.iter().enumerate() {
            for (unit, cell) in rows.iter().enumerate() {
                self.unit_rows[wave][unit].merge(cell);
            }
        }
        let item_codes: Vec<Vec<u32>> = other
            .items
            .iter()
            .zip(&mut self.items)
            .map(|(theirs, ours)| theirs.answers.iter().map(|answer| ours.number(*answer)).collect())
            .collect();
        for (key, indices) in self.layout.request.keys.iter().enumerate() {
            let renumber: Vec<usize> = match indices.as_slice() {
                [item] => item_codes[*item].iter().map(|code| *code as usize - 1).collect(),
                _ => {
                    let translate = |pattern: &Vec<u32>| -> Vec<u32> {
                        pattern
                            .iter()
                            .zip(indices)
                            .map(|(code, item)| if *code == 0 { 0 } else { item_codes[*item][*code as usize - 1] })
                            .collect()
                    };
                    let patterns: Vec<Vec<u32>> = other.joint[key].patterns.iter().map(translate).collect();
                    patterns.iter().map(|pattern| self.joint[key].number(pattern)).collect()
                }
            };
            for (ours, theirs) in self.cells[key].iter_mut().zip(&other.cells[key]) {
                ours.merge(theirs, &renumber);
            }
        }
    }

    /// The cube of everything counted.
    pub fn into_cube(self) -> Cube {
        let items = &self.items;
        let keys = self
            .cells
            .into_iter()
            .zip(self.layout.request.keys)
            .zip(self.joint)
            .map(|((cells, indices), joint)| {
                let patterns = match indices.as_slice() {
                    [item] => items[*item].answers.iter().map(|answer| vec![Some(*answer)]).collect(),
                    _ => joint
                        .patterns
                        .iter()
                        .map(|pattern| {
                            let answer = |(code, item): (&u32, &usize)| {
                                code.checked_sub(1).map(|code| items[*item].answers[code as usize])
                            };
                            pattern.iter().zip(indices).map(answer).collect()
                        })
                        .collect(),
                };
                KeyCells { patterns, cells }
            })
            .collect();
        Cube {
            waves: self.layout.waves,
            groupings: self.layout.request.groupings.clone(),
            grid: self.layout.grid,
            unit_rows: self.unit_rows,
            keys,
        }
    }
}
