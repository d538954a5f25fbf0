//! The answers of one group by themselves. What the group does not change, the sampling units of all answers, is handed on, so
//! that a group is a domain of the whole sample and yet costs no more than its own answers.

use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, Float64Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{filter, filter_record_batch};
use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::data::table::{WAVE, WEIGHT};
use crate::metrics::compute::{Within, groups_of};
use crate::metrics::counter::{column, dictionary_codes, floats, level_codes};
use crate::metrics::cube::{Cell, WeightGrid};
use crate::metrics::design::{Design, UnitCodes};
use crate::metrics::scan::weight_grid;

/// The answers of a group.
pub(super) struct Part {
    /// The rows of the group with the columns, waves and options of the whole table.
    pub(super) responses: Responses,
    /// Sampling unit of each of these rows.
    pub(super) unit_codes: UnitCodes,
    /// Answers of the group by wave.
    pub(super) answers: Vec<u64>,
}

/// The rows of a group. `unit_codes` are those of all rows.
///
/// # Errors
/// A column that cannot form groups.
pub(super) fn part_of(responses: &Responses, unit_codes: &UnitCodes, within: &Within) -> Result<Part, DataFusionError> {
    let groups = responses.column(&within.column).map(groups_of).unwrap_or_default();
    let levels: Vec<String> = groups.into_iter().map(|(value, _)| value).collect();
    let wanted = levels.iter().position(|level| *level == within.value).and_then(|level| u32::try_from(level).ok());
    let mut part = Part {
        responses: Responses { batches: Vec::new(), ..without_rows(responses) },
        unit_codes: unit_codes.as_ref().map(|_| Vec::new()),
        answers: vec![0; responses.waves.len().max(1)],
    };
    let grid = weight_grid(responses);
    for (index, batch) in responses.batches.iter().enumerate() {
        let codes = level_codes(column(batch, &within.column)?, &levels)?;
        let kept: BooleanArray = codes.iter().map(|code| Some(Some(*code) == wanted)).collect();
        if kept.true_count() == 0 {
            continue;
        }
        let own = filter_record_batch(batch, &kept)?;
        let own = if responses.weighted { on_grid(&own, grid)? } else { own };
        for wave in dictionary_codes(column(&own, WAVE)?, own.num_rows())? {
            part.answers[wave as usize] += 1;
        }
        part.responses.batches.push(own);
        if let Some((own, all)) = part.unit_codes.as_mut().zip(unit_codes.as_ref()) {
            let units = filter(&UInt32Array::from(all[index].clone()), &kept)?;
            let units = units.as_any().downcast_ref::<UInt32Array>();
            own.push(units.map(|units| units.values().to_vec()).unwrap_or_default());
        }
    }
    // The engine wants to see the columns, if there are no rows.
    if part.responses.batches.is_empty() {
        part.responses.batches.push(RecordBatch::new_empty(responses.schema.clone()));
        part.unit_codes = part.unit_codes.map(|_| vec![Vec::new()]);
    }
    Ok(part)
}

/// The rows with their weights rounded as those of all answers are, so that the group has the same numbers, to the last bit, as
/// beside the other groups. What is a whole number of steps of that grid is one of every finer grid.
fn on_grid(batch: &RecordBatch, grid: WeightGrid) -> Result<RecordBatch, DataFusionError> {
    let weights = floats(column(batch, WEIGHT)?)?;
    #[allow(clippy::cast_precision_loss, reason = "weights on the grid have at most 48 bits")]
    let rounded: Float64Array = weights.unary(|weight| grid.quantize(weight) as f64 / grid.scale());
    let mut columns = batch.columns().to_vec();
    columns[batch.schema().index_of(WEIGHT)?] = Arc::new(rounded);
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

/// Everything about a table but its rows.
fn without_rows(responses: &Responses) -> Responses {
    Responses {
        columns: responses.columns.clone(),
        schema: responses.schema.clone(),
        batches: Vec::new(),
        waves: responses.waves.clone(),
        weighted: responses.weighted,
        weighting: responses.weighting.clone(),
        steps: responses.steps.clone(),
        inputs: responses.inputs.clone(),
        newest: responses.newest.clone(),
    }
}

/// Answers by wave and sampling unit. Only the counts are filled: the sample is counted, not weighed.
///
/// # Errors
/// A table without its column of waves.
pub(super) fn sampled_units(
    responses: &Responses,
    design: &Design,
    unit_codes: &UnitCodes,
) -> Result<Vec<Vec<Cell>>, DataFusionError> {
    let mut units = vec![vec![Cell::default(); design.unit_stratum.len()]; responses.waves.len().max(1)];
    for (index, batch) in responses.batches.iter().enumerate() {
        let waves = dictionary_codes(column(batch, WAVE)?, batch.num_rows())?;
        let codes = unit_codes.as_ref().map(|codes| &codes[index]);
        for (row, wave) in waves.into_iter().enumerate() {
            units[wave as usize][codes.map_or(0, |codes| codes[row] as usize)].count += 1;
        }
    }
    Ok(units)
}
