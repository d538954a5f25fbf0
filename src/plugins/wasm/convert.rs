//! Between plain values and those of the interface: answers on their way in, and the checks of everything that comes out.

use std::collections::BTreeSet;

use super::host::interface::exports::manyi::metrics::module as guest;
use super::{Answers, Cell, Estimate, MOST_TEXT, Output, Row, Sample, Table, TableShape, WasmProblem, Yields};

/// The sample as a module sees it.
pub(super) fn guest_sample(sample: &Sample) -> Result<guest::Sample, WasmProblem> {
    let answers = sample.weights.len();
    let ids = [("units", &sample.units), ("strata", &sample.strata)];
    let of_ids = ids.iter().filter_map(|(name, ids)| ids.as_ref().map(|ids| (*name, ids.len())));
    let of_columns = sample.columns.iter().map(|column| (column.name.as_str(), column.answers.len()));
    if let Some((name, _)) = of_ids.chain(of_columns).find(|(_, length)| *length != answers) {
        return Err(WasmProblem::UnequalLengths(name.to_owned()));
    }
    let column =
        |column: &super::Column| guest::Column { name: column.name.clone(), answers: guest_answers(&column.answers) };
    Ok(guest::Sample {
        columns: sample.columns.iter().map(column).collect(),
        weights: sample.weights.clone(),
        units: sample.units.clone(),
        strata: sample.strata.clone(),
        confidence: sample.confidence,
    })
}

fn guest_answers(answers: &Answers) -> guest::Answers {
    match answers {
        Answers::Numbers(values) => {
            let finite = |value: &Option<f64>| value.filter(|value| value.is_finite());
            guest::Answers::Numbers(guest::Numbers {
                values: values.iter().map(|value| finite(value).unwrap_or(0.0)).collect(),
                known: values.iter().map(|value| finite(value).is_some()).collect(),
            })
        }
        Answers::Truths(values) => guest::Answers::Truths(guest::Truths {
            values: values.iter().map(|value| value.unwrap_or(false)).collect(),
            known: values.iter().map(Option::is_some).collect(),
        }),
        Answers::Categories { codes, names } => guest::Answers::Categories(guest::Categories {
            codes: codes.iter().map(|code| code.unwrap_or(0)).collect(),
            names: names.clone(),
            known: codes.iter().map(Option::is_some).collect(),
        }),
    }
}

/// What a module returned, in the order of `yields`; an error names the first thing that is not sound.
pub(super) fn checked_output(output: guest::Output, yields: &Yields, answers: usize) -> Result<Output, WasmProblem> {
    let shapes: Vec<&str> = yields.tables.iter().map(|shape| shape.id.as_str()).collect();
    let declared: Vec<&str> = yields.estimates.iter().map(String::as_str).collect();
    let mut estimates = in_order(output.estimates, |estimate| &estimate.id, &declared)?;
    let mut tables = in_order(output.tables, |table| &table.id, &shapes)?;
    Ok(Output {
        estimates: estimates.drain(..).map(|found| checked_estimate(found, answers)).collect::<Result<_, _>>()?,
        tables: tables
            .drain(..)
            .zip(&yields.tables)
            .map(|(found, shape)| checked_table(found, shape))
            .collect::<Result<_, _>>()?,
    })
}

/// Sorts by the declared ids, each of which must be there once, and nothing else.
fn in_order<T>(mut found: Vec<T>, id: impl Fn(&T) -> &String, declared: &[&str]) -> Result<Vec<T>, WasmProblem> {
    let place = |item: &T| declared.iter().position(|known| known == id(item));
    let mut seen = BTreeSet::new();
    for item in &found {
        let place = place(item).ok_or_else(|| WasmProblem::Undeclared(clean(id(item))))?;
        if !seen.insert(place) {
            return Err(WasmProblem::Repeated(clean(id(item))));
        }
    }
    if let Some(missing) = (0..declared.len()).find(|place| !seen.contains(place)) {
        return Err(WasmProblem::Missing(declared[missing].to_owned()));
    }
    found.sort_by_key(place);
    Ok(found)
}

fn checked_estimate(found: guest::Estimate, answers: usize) -> Result<Estimate, WasmProblem> {
    let interval = found.interval.map(|bounds| [bounds.low, bounds.high]);
    let numbers = found.value.iter().chain(&found.standard_error).chain(interval.iter().flatten());
    if numbers.copied().any(|number| !number.is_finite()) {
        return Err(WasmProblem::NotFinite(found.id));
    }
    if found.standard_error.is_some_and(|error| error < 0.0) || interval.is_some_and(|[low, high]| low > high) {
        return Err(WasmProblem::Unordered(found.id));
    }
    if usize::try_from(found.n).is_ok_and(|n| n <= answers) {
        Ok(Estimate { id: found.id, value: found.value, standard_error: found.standard_error, interval, n: found.n })
    } else {
        Err(WasmProblem::Base(found.id))
    }
}

fn checked_table(found: guest::Table, shape: &TableShape) -> Result<Table, WasmProblem> {
    if found.columns != shape.columns || found.rows.iter().any(|row| row.cells.len() != shape.columns.len()) {
        return Err(WasmProblem::Shape(found.id));
    }
    let mut ids = BTreeSet::new();
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        if row.id.is_empty() || clean(&row.id) != row.id {
            return Err(WasmProblem::Text(found.id));
        }
        if !ids.insert(row.id.clone()) {
            return Err(WasmProblem::Repeated(row.id));
        }
        let cells = row.cells.into_iter().map(|cell| checked_cell(cell, &found.id)).collect::<Result<_, _>>()?;
        rows.push(Row { id: row.id, cells });
    }
    Ok(Table { id: found.id, columns: found.columns, rows })
}

fn checked_cell(cell: guest::Cell, table: &str) -> Result<Cell, WasmProblem> {
    match cell {
        guest::Cell::Number(number) if !number.is_finite() => Err(WasmProblem::NotFinite(table.to_owned())),
        guest::Cell::Text(text) if clean(&text) != text => Err(WasmProblem::Text(table.to_owned())),
        guest::Cell::Number(number) => Ok(Cell::Number(number)),
        guest::Cell::Text(text) => Ok(Cell::Text(text)),
        guest::Cell::Empty => Ok(Cell::Empty),
    }
}

/// A text from outside made fit for a message: no control characters, no more than [`MOST_TEXT`] characters.
pub(super) fn clean(text: &str) -> String {
    text.chars().take(MOST_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
