//! The answers of one group by themselves. What the group does not change, the sampling units of all answers, is handed on, so
//! that a group is a domain of the whole sample and yet costs no more than its own answers.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;

use crate::data::Responses;
use crate::data::stored::Batches;
use crate::metrics::compute::{Within, groups_of};
use crate::metrics::cube::{Cell, Grouping};
use crate::metrics::design::{Design, UnitCodes};
use crate::metrics::evaluate::{levels_of, waves_of, weights_of};
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
pub(super) fn part_of(responses: &Responses, unit_codes: &UnitCodes, within: &Within) -> Part {
    let groups = responses.column(&within.column).map(groups_of).unwrap_or_default();
    let levels: Vec<String> = groups.into_iter().map(|(value, _)| value).collect();
    let wanted = levels.iter().position(|level| *level == within.value).and_then(|level| u32::try_from(level).ok());
    let grouping = Grouping { column: Some(within.column.clone()), levels };
    let mut part = Part {
        responses: without_rows(responses),
        unit_codes: unit_codes.as_ref().map(|_| Vec::new()),
        answers: vec![0; responses.waves.len().max(1)],
    };
    for batch in 0..responses.batches.len() {
        let levels = levels_of(responses, batch, &grouping);
        let kept: Vec<bool> = levels.iter().map(|level| Some(*level) == wanted).collect();
        if !kept.contains(&true) {
            continue;
        }
        let columns: Vec<ArrayRef> = (0..responses.schema.fields().len())
            .map(|place| Arc::clone(responses.batches.stored(batch, place)))
            .collect();
        if !part.responses.batches.push_kept(&kept, columns) {
            continue;
        }
        for (wave, _) in waves_of(responses, batch).into_iter().zip(&kept).filter(|(_, kept)| **kept) {
            part.answers[wave as usize] += 1;
        }
        if let Some((own, all)) = part.unit_codes.as_mut().zip(unit_codes.as_ref()) {
            own.push(all[batch].iter().zip(&kept).filter(|(_, kept)| **kept).map(|(unit, _)| *unit).collect());
        }
    }
    part
}

/// Everything about a table but its rows.
fn without_rows(responses: &Responses) -> Responses {
    Responses {
        columns: responses.columns.clone(),
        schema: responses.schema.clone(),
        batches: Batches::new(responses.schema()),
        waves: responses.waves.clone(),
        weighted: responses.weighted,
        weighting: responses.weighting.clone(),
        steps: responses.steps.clone(),
        inputs: responses.inputs.clone(),
        newest: responses.newest.clone(),
    }
}

/// Answers by wave and sampling unit, with their weights on the grid of all answers.
pub(super) fn sampled_units(responses: &Responses, design: &Design, unit_codes: &UnitCodes) -> Vec<Vec<Cell>> {
    let grid = weight_grid(responses);
    let mut units = vec![vec![Cell::default(); design.unit_stratum.len()]; responses.waves.len().max(1)];
    for batch in 0..responses.batches.len() {
        let codes = unit_codes.as_ref().map(|codes| &codes[batch]);
        let weights = weights_of(responses, batch);
        for (row, wave) in waves_of(responses, batch).into_iter().enumerate() {
            let unit = codes.map_or(0, |codes| codes[row] as usize);
            units[wave as usize][unit].add(grid.quantize(weights.value(row)));
        }
    }
    units
}
