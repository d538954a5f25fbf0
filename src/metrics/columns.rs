//! The answers as plain columns of numbers, for models that must see every answer: the values of all items with wave, weight,
//! sampling unit and segment groups, in file order, from one pass over the data.

use std::collections::HashMap;

use datafusion::arrow::array::AsArray;
use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::data::ordering::natural;
use crate::metrics::bind::Item;
use crate::metrics::cube::Grouping;
use crate::metrics::design::UnitCodes;
use crate::metrics::estimates::SegmentInfo;
use crate::metrics::evaluate::{Evaluator, Values, levels_of, waves_of, weights_of};

/// Every answer, column by column; all columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Number of the wave; 0 in a project without waves.
    pub waves: Vec<u32>,
    /// Sampling weight.
    pub weights: Vec<f64>,
    /// Number of the sampling unit (or stratum) as the design counts them; 0 where there is one.
    pub units: Vec<u32>,
    /// Number of the group in each segment, in the order of the segments; [`crate::metrics::cube::NO_GROUP`] where there is none.
    pub groups: Vec<Vec<u32>>,
    /// Values of each item; NaN where unknown. Of an item that yields texts, their numbers in `names`.
    pub values: Vec<Vec<f64>>,
    /// The texts that an item yields, in natural order; empty for items that yield numbers.
    pub names: Vec<Vec<String>>,
}

/// Evaluates the items on every answer.
///
/// # Errors
/// An error of the engine, such as a division by zero in an integer expression.
pub fn columns(
    responses: &Responses,
    items: &[Item],
    segments: &[SegmentInfo],
    unit_codes: UnitCodes,
) -> Result<Columns, DataFusionError> {
    let groupings: Vec<Grouping> = segments.iter().map(SegmentInfo::grouping).collect();
    let mut all = Columns {
        groups: vec![Vec::new(); segments.len()],
        values: vec![Vec::new(); items.len()],
        names: vec![Vec::new(); items.len()],
        ..Columns::default()
    };
    let evaluator = Evaluator::new(responses, items)?;
    for batch in 0..responses.batches.len() {
        all.append(&evaluator, batch, &groupings, unit_codes.as_ref().map(|codes| codes[batch].as_slice()))?;
    }
    for (values, names) in all.values.iter_mut().zip(&mut all.names) {
        order(values, names);
    }
    Ok(all)
}

/// Puts the texts of an item into their natural order, which does not depend on that of the rows.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of texts are whole and far below 2^53"
)]
fn order(values: &mut [f64], names: &mut Vec<String>) {
    let mut sorted: Vec<usize> = (0..names.len()).collect();
    sorted.sort_by(|a, b| natural(&names[*a], &names[*b]).then_with(|| names[*a].cmp(&names[*b])));
    let mut places = vec![0.0; names.len()];
    sorted.iter().enumerate().for_each(|(place, name)| places[*name] = place as f64);
    *names = sorted.iter().map(|name| std::mem::take(&mut names[*name])).collect();
    if !names.is_empty() {
        values.iter_mut().filter(|value| value.is_finite()).for_each(|value| *value = places[*value as usize]);
    }
}

impl Columns {
    fn append(
        &mut self,
        evaluator: &Evaluator<'_>,
        batch: usize,
        groupings: &[Grouping],
        units: Option<&[u32]>,
    ) -> Result<(), DataFusionError> {
        let weights = weights_of(evaluator.responses(), batch);
        self.waves.extend(waves_of(evaluator.responses(), batch));
        self.weights.extend(weights.values());
        match units {
            Some(units) => self.units.extend(units),
            None => self.units.extend(std::iter::repeat_n(0, weights.len())),
        }
        for (grouping, groups) in groupings.iter().zip(&mut self.groups) {
            groups.extend(levels_of(evaluator.responses(), batch, grouping));
        }
        for ((found, values), names) in evaluator.values(batch)?.iter().zip(&mut self.values).zip(&mut self.names) {
            if let Values::Rows(array, _) = found
                && let Some(texts) = array.as_string_opt::<i32>()
            {
                append_texts(values, names, texts.iter());
                continue;
            }
            for row in 0..weights.len() {
                let number = found.answer(row)?.map(|answer| answer.y).filter(|value| value.is_finite());
                values.push(number.unwrap_or(f64::NAN));
            }
        }
        Ok(())
    }
}

/// Appends the numbers of texts, numbered as they are met.
#[allow(clippy::cast_precision_loss, reason = "numbers of texts are far below 2^53")]
fn append_texts<'t>(values: &mut Vec<f64>, names: &mut Vec<String>, texts: impl Iterator<Item = Option<&'t str>>) {
    let mut known: HashMap<String, usize> =
        names.iter().enumerate().map(|(number, name)| (name.clone(), number)).collect();
    values.extend(texts.map(|text| {
        text.map_or(f64::NAN, |text| {
            let number = known.get(text).copied().unwrap_or_else(|| {
                known.insert(text.to_owned(), names.len());
                names.push(text.to_owned());
                names.len() - 1
            });
            number as f64
        })
    }));
}
