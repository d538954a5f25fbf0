//! Which answers the bases and groups of a table share: what disclosure by addition and subtraction depends on. A second look at
//! the answers, made only where something is hidden or published in several places.

use std::collections::HashMap;

use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::metrics::bind::Item;
use crate::metrics::cube::{Cell, Grouping, NO_GROUP, WeightGrid};
use crate::metrics::evaluate::{Evaluator, levels_of, waves_of, weights_of};

/// The parts of a table that numbers are published for: the total, the groups of segment columns, and the groups of one column
/// within those of another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Areas {
    /// The total first, then one grouping a segment column.
    pub groupings: Vec<Grouping>,
    /// Pairs of groupings, by number, whose groups are crossed: a document about one group shows those of the other in it.
    pub crossings: Vec<(usize, usize)>,
}

impl Areas {
    /// Number of areas.
    pub fn count(&self) -> usize {
        let crossed = self.crossings.iter().map(|&(outer, inner)| self.levels(outer) * self.levels(inner));
        (0..self.groupings.len()).map(|grouping| self.levels(grouping)).sum::<usize>() + crossed.sum::<usize>()
    }

    fn levels(&self, grouping: usize) -> usize {
        self.groupings[grouping].levels.len()
    }

    /// The area of a group.
    pub fn group(&self, grouping: usize, level: usize) -> usize {
        (0..grouping).map(|before| self.levels(before)).sum::<usize>() + level
    }

    /// The area of a group of the second grouping within one of the first; `None` if they are not crossed.
    pub fn crossed(&self, (outer, outer_level): (usize, usize), (inner, inner_level): (usize, usize)) -> Option<usize> {
        let place = self.crossings.iter().position(|crossing| *crossing == (outer, inner))?;
        let before = self.crossings[..place].iter().map(|&(one, other)| self.levels(one) * self.levels(other));
        let first = self.group(self.groupings.len(), 0) + before.sum::<usize>();
        Some(first + outer_level * self.levels(inner) + inner_level)
    }

    /// Number of a grouping by its column; that of the total without one.
    pub fn grouping(&self, column: Option<&str>) -> Option<usize> {
        self.groupings.iter().position(|grouping| grouping.column.as_deref() == column)
    }

    /// The areas of an answer with these levels in the groupings after the total.
    fn of_answer(&self, levels: &[u32]) -> Vec<usize> {
        let level_of = |grouping: usize| match grouping.checked_sub(1) {
            None => Some(0),
            Some(place) => levels.get(place).filter(|level| **level != NO_GROUP).map(|level| *level as usize),
        };
        let groups = (0..self.groupings.len()).filter_map(|grouping| Some(self.group(grouping, level_of(grouping)?)));
        let crossed = self
            .crossings
            .iter()
            .filter_map(|&(outer, inner)| self.crossed((outer, level_of(outer)?), (inner, level_of(inner)?)));
        groups.chain(crossed).collect()
    }
}

/// Answers that are alike: in the same wave, groups and bases.
#[derive(Debug, Clone)]
pub struct Atom {
    /// Number of the wave.
    pub wave: usize,
    /// The areas they are in.
    pub areas: Vec<usize>,
    /// The items whose bases they are in.
    pub bases: Vec<usize>,
    /// The answers.
    pub cell: Cell,
    /// How many of them have a weight above 0.
    pub weighing: u64,
}

/// Counts the answers that are alike in the bases of the items and in the groupings, in an order that does not depend on that of
/// the rows.
///
/// # Errors
/// An error of the engine.
pub fn count_atoms(
    responses: &Responses,
    items: &[Item],
    areas: &Areas,
    grid: WeightGrid,
) -> Result<Vec<Atom>, DataFusionError> {
    let evaluator = Evaluator::new(responses, items)?;
    let mut counted: HashMap<Vec<u32>, (Cell, u64)> = HashMap::new();
    for batch in 0..responses.batches.len() {
        count(&evaluator, batch, &areas.groupings, grid, &mut counted)?;
    }
    let columns = areas.groupings.iter().filter(|grouping| grouping.column.is_some()).count();
    let mut counted: Vec<(Vec<u32>, (Cell, u64))> = counted.into_iter().collect();
    counted.sort_by(|one, other| one.0.cmp(&other.0));
    let atom = |(key, (cell, weighing)): (Vec<u32>, (Cell, u64))| Atom {
        wave: key[0] as usize,
        areas: areas.of_answer(&key[1..=columns]),
        bases: (0..items.len()).filter(|item| key[1 + columns + item / 32] >> (item % 32) & 1 == 1).collect(),
        cell,
        weighing,
    };
    Ok(counted.into_iter().map(atom).collect())
}

/// Adds a batch. A key is the wave, the level in every grouping after the total, then a bit an item, 32 a word.
fn count(
    evaluator: &Evaluator<'_>,
    batch: usize,
    groupings: &[Grouping],
    grid: WeightGrid,
    counted: &mut HashMap<Vec<u32>, (Cell, u64)>,
) -> Result<(), DataFusionError> {
    let responses = evaluator.responses();
    let weights = weights_of(responses, batch);
    let mut codes = vec![waves_of(responses, batch)];
    let columns = groupings.iter().filter(|grouping| grouping.column.is_some());
    codes.extend(columns.map(|grouping| levels_of(responses, batch, grouping)));
    let values = evaluator.values(batch)?;
    let mut key = vec![0_u32; codes.len() + values.len().div_ceil(32)];
    for row in 0..weights.len() {
        key.iter_mut().zip(&codes).for_each(|(slot, codes)| *slot = codes[row]);
        for (word, held) in key[codes.len()..].iter_mut().zip(values.chunks(32)) {
            *word = 0;
            for (bit, value) in held.iter().enumerate() {
                *word |= u32::from(value.answer(row)?.is_some()) << bit;
            }
        }
        let weight = weights.value(row);
        let add = |(cell, weighing): &mut (Cell, u64)| {
            cell.add(grid.quantize(weight));
            *weighing += u64::from(weight > 0.0);
        };
        match counted.get_mut(&key) {
            Some(held) => add(held),
            None => add(counted.entry(key.clone()).or_default()),
        }
    }
    Ok(())
}
