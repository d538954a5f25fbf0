//! How many answers every two groups share within the base of an item: what disclosure by addition and subtraction depends on.
//! A second look at the answers, made only for items with a group that is hidden.

use std::collections::HashMap;

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::error::DataFusionError;
use futures::StreamExt;

use crate::data::Responses;
use crate::data::table::{WAVE, WEIGHT};
use crate::metrics::bind::Item;
use crate::metrics::counter::{column, dictionary_codes, floats, level_codes};
use crate::metrics::cube::{Grouping, NO_GROUP};
use crate::metrics::scan::{ScanRequest, evaluated, per_name, value_name};

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
    let request = ScanRequest { items, keys: &[], groupings: groupings.to_vec(), units: 1, unit_codes: None };
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(DataFusionError::IoError)?;
    let mut atoms = Atoms { numbers: HashMap::new(), counts: vec![Vec::new(); items.len()] };
    runtime.block_on(async {
        let mut stream = evaluated(responses, &request, 1)?.execute_stream().await?;
        while let Some(batch) = stream.next().await {
            atoms.count(&batch?, &request)?;
        }
        Ok::<(), DataFusionError>(())
    })?;
    Ok(atoms.shared(responses.waves.len().max(1), groupings))
}

/// Answers with the same wave and the same group in every grouping, counted by item.
struct Atoms {
    /// Wave and level in every grouping after the total to number.
    numbers: HashMap<Vec<u32>, usize>,
    counts: Vec<Vec<u64>>,
}

impl Atoms {
    fn count(&mut self, batch: &RecordBatch, request: &ScanRequest<'_>) -> Result<(), DataFusionError> {
        let rows = batch.num_rows();
        let weights = floats(column(batch, WEIGHT)?)?;
        let mut codes = vec![dictionary_codes(column(batch, WAVE)?, rows)?];
        for grouping in &request.groupings {
            if let Some(name) = &grouping.column {
                codes.push(level_codes(column(batch, name)?, &grouping.levels)?);
            }
        }
        let mut key = vec![0; codes.len()];
        let mut of_row = Vec::with_capacity(rows);
        for row in 0..rows {
            key.iter_mut().zip(&codes).for_each(|(slot, codes)| *slot = codes[row]);
            let known = self.numbers.get(&key).copied();
            let number = known.unwrap_or_else(|| {
                let next = self.numbers.len();
                self.numbers.insert(key.clone(), next);
                next
            });
            of_row.push(number);
        }
        for (index, item) in request.items.iter().enumerate() {
            let values = floats(column(batch, &value_name(index))?)?;
            let per = match item.per {
                Some(_) => Some(floats(column(batch, &per_name(index))?)?),
                None => None,
            };
            let counts = &mut self.counts[index];
            counts.resize(self.numbers.len(), 0);
            for (row, atom) in of_row.iter().enumerate() {
                let known =
                    |held: &datafusion::arrow::array::Float64Array| !held.is_null(row) && !held.value(row).is_nan();
                if known(values) && per.is_none_or(known) && weights.value(row) > 0.0 {
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
