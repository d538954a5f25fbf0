//! How many answers every two groups share within the base of an item: what disclosure by addition and subtraction depends on.
//! A second look at the answers, made only for items with a group that is hidden.

use std::collections::HashMap;

use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::metrics::bind::Item;
use crate::metrics::cube::{Grouping, NO_GROUP};
use crate::metrics::evaluate::{Evaluator, levels_of, waves_of, weights_of};

/// Joint numbers of answers by wave: `[wave][group][other group]`, groups in the order of the groupings, the total first.
pub type Shared = Vec<Vec<Vec<u64>>>;

/// Counts the answers of weight above 0 that the groups share, for each of the items.
///
/// # Errors
/// An error of the engine.
pub fn count_overlaps(
    responses: &Responses,
    items: &[Item],
    groupings: &[Grouping],
) -> Result<Vec<Shared>, DataFusionError> {
    let evaluator = Evaluator::new(responses, items)?;
    let mut atoms = Atoms { numbers: HashMap::new(), counts: vec![Vec::new(); items.len()] };
    for batch in 0..responses.batches.len() {
        atoms.count(&evaluator, batch, groupings)?;
    }
    Ok(atoms.shared(responses.waves.len().max(1), groupings))
}

/// Answers with the same wave and the same group in every grouping, counted by item.
struct Atoms {
    /// Wave and level in every grouping after the total to number.
    numbers: HashMap<Vec<u32>, usize>,
    counts: Vec<Vec<u64>>,
}

impl Atoms {
    fn count(
        &mut self,
        evaluator: &Evaluator<'_>,
        batch: usize,
        groupings: &[Grouping],
    ) -> Result<(), DataFusionError> {
        let weights = weights_of(evaluator.responses(), batch);
        let mut codes = vec![waves_of(evaluator.responses(), batch)];
        let columns = groupings.iter().filter(|grouping| grouping.column.is_some());
        codes.extend(columns.map(|grouping| levels_of(evaluator.responses(), batch, grouping)));
        let mut key = vec![0; codes.len()];
        let mut of_row = Vec::with_capacity(weights.len());
        for row in 0..weights.len() {
            key.iter_mut().zip(&codes).for_each(|(slot, codes)| *slot = codes[row]);
            let known = self.numbers.get(&key).copied();
            let number = known.unwrap_or_else(|| {
                let next = self.numbers.len();
                self.numbers.insert(key.clone(), next);
                next
            });
            of_row.push(number);
        }
        for (values, counts) in evaluator.values(batch)?.iter().zip(&mut self.counts) {
            counts.resize(self.numbers.len(), 0);
            for (row, atom) in of_row.iter().enumerate() {
                if weights.value(row) > 0.0 && values.answer(row)?.is_some() {
                    counts[*atom] += 1;
                }
            }
        }
        Ok(())
    }

    fn shared(&self, waves: usize, groupings: &[Grouping]) -> Vec<Shared> {
        let groups: usize = groupings.iter().map(|grouping| grouping.levels.len()).sum();
        let mut all = vec![vec![vec![vec![0; groups]; groups]; waves]; self.counts.len()];
        for (key, atom) in &self.numbers {
            let mut inside = vec![0];
            let mut first = 1;
            for (grouping, level) in groupings.iter().filter(|grouping| grouping.column.is_some()).zip(&key[1..]) {
                if *level != NO_GROUP {
                    inside.push(first + *level as usize);
                }
                first += grouping.levels.len();
            }
            for (shared, counts) in all.iter_mut().zip(&self.counts) {
                let matrix = &mut shared[key[0] as usize];
                let count = counts.get(*atom).copied().unwrap_or(0);
                for one in &inside {
                    for other in &inside {
                        matrix[*one][*other] += count;
                    }
                }
            }
        }
        all
    }
}
