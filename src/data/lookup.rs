//! Columns taken from an operational table: for each answer the rows of the table with the same key are counted, added or
//! averaged, so that what people say can stand beside what they did.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{ColumnType, LookupTake, RawLookup};
use crate::data::codebook::CodedColumn;
use crate::data::derive::code_derived;
use crate::data::expressions::{ExpectedType, Expression, ExpressionError};
use crate::data::quality::InvalidCells;
use crate::data::sources::LoadedSource;
use crate::data::table::Responses;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// What the rows of one key add up to.
#[derive(Debug, Clone, Copy)]
struct Gathered {
    rows: u64,
    sum: f64,
    least: f64,
    most: f64,
}

impl Gathered {
    const NONE: Self = Self { rows: 0, sum: 0.0, least: f64::INFINITY, most: f64::NEG_INFINITY };

    fn add(&mut self, value: f64) {
        self.rows += 1;
        self.sum += value;
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// The value of a column; null where there is no row, but a count of 0.
    fn taken(&self, take: LookupTake) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "row counts are far below 2^52")]
        let rows = self.rows as f64;
        match (take, self.rows) {
            (LookupTake::Count, _) => Some(rows),
            (_, 0) => None,
            (LookupTake::Sum, _) => Some(self.sum),
            (LookupTake::Mean, _) => Some(self.sum / rows),
            (LookupTake::Min, _) => Some(self.least),
            (LookupTake::Max, _) => Some(self.most),
        }
    }
}

/// Adds the columns that are looked up in `tables` to the coded ones; those with errors are reported and left out.
pub fn add_lookups(
    project: &Project,
    sources: &[LoadedSource],
    tables: &IndexMap<String, Responses>,
    coded: &mut IndexMap<String, CodedColumn>,
    diagnostics: &mut Diagnostics,
) {
    for (name, raw) in &project.raw.columns {
        let Some(lookup) = &raw.lookup else { continue };
        let path = format!("columns.{name}.lookup");
        let problem = |message, key: &str| {
            let path = format!("{path}.{key}");
            Diagnostic::error(message).at(project.at(&path)).key(path)
        };
        let Some(table) = tables.get(&lookup.table) else {
            let unknown = problem(&messages::LOOKUP_TABLE_UNKNOWN, "table").arg("table", &lookup.table);
            diagnostics.push(unknown.suggest(&lookup.table, tables.keys().map(String::as_str)));
            continue;
        };
        let Some(keys) = coded.get(&lookup.key) else {
            let unknown = problem(&messages::LOOKUP_KEY_UNKNOWN, "key").arg("column", &lookup.key);
            diagnostics.push(unknown.suggest(&lookup.key, project.raw.columns.keys().map(String::as_str)));
            continue;
        };
        let on = lookup.on.as_ref().unwrap_or(&lookup.key);
        let textual = |kind: ColumnType| matches!(kind, ColumnType::Text | ColumnType::Single);
        if !table.column(on).is_some_and(|column| textual(column.kind)) || !textual(keys.column.kind) {
            let known = table.columns.iter().filter(|column| textual(column.kind)).map(|column| column.name.as_str());
            let unfit = problem(&messages::LOOKUP_KEY_UNFIT, "on").arg("column", on).arg("table", &lookup.table);
            diagnostics.push(unfit.suggest(on, known));
            continue;
        }
        let gathered = match gather(lookup, on, table) {
            Ok(gathered) => gathered,
            Err(failure) => {
                let (key, text, error) = *failure;
                let path = format!("{path}.{key}");
                diagnostics.push(error.diagnostic(text, project.at(&path), &path));
                continue;
            }
        };
        let arrays = keys.arrays.iter().map(|keys| taken(&keys, &gathered, lookup.take)).collect();
        let column = code_derived(name, raw, arrays, sources);
        diagnostics.extend(column.invalid.iter().map(InvalidCells::diagnostic));
        coded.insert(name.clone(), column);
    }
}

/// An expression that cannot be used: its key, its text, and why.
type Failure<'a> = Box<(&'static str, &'a str, ExpressionError)>;

/// The rows of the table by key.
fn gather<'a>(lookup: &'a RawLookup, on: &str, table: &Responses) -> Result<HashMap<String, Gathered>, Failure<'a>> {
    let parse = |key: &'static str, text: &'a Option<String>, expect| {
        let parsed = text.as_deref().map(|text| {
            Expression::parse(text, &table.schema, expect)
                .map_err(|error| Box::new((key, text, error)))
                .map(|held| (text, held))
        });
        parsed.transpose()
    };
    let of = parse("of", &lookup.of, ExpectedType::Number)?;
    let keep = parse("keep", &lookup.keep, ExpectedType::Boolean)?;
    let values = |batch: &RecordBatch, held: &Option<(&'a str, Expression)>, key| match held {
        None => Ok(None),
        Some((text, expression)) => expression.evaluate(batch).map(Some).map_err(|error| Box::new((key, *text, error))),
    };
    let mut gathered: HashMap<String, Gathered> = HashMap::new();
    for batch in (0..table.batches.len()).filter_map(|batch| table.batches.batch(batch)) {
        let Some(keys) = batch.column_by_name(on).and_then(|keys| cast(keys, &DataType::Utf8).ok()) else { continue };
        let of = values(&batch, &of, "of")?.and_then(|values| cast(&values, &DataType::Float64).ok());
        let keep = values(&batch, &keep, "keep")?;
        for (row, key) in keys.as_string::<i32>().iter().enumerate() {
            let Some(key) = key else { continue };
            let kept = keep
                .as_ref()
                .is_none_or(|keep| keep.as_boolean_opt().is_some_and(|keep| keep.is_valid(row) && keep.value(row)));
            let value = match &of {
                None => Some(1.0),
                Some(values) => values.is_valid(row).then(|| values.as_primitive::<Float64Type>().value(row)),
            };
            if let (true, Some(value)) = (kept, value) {
                gathered.entry(key.to_owned()).or_insert(Gathered::NONE).add(value);
            }
        }
    }
    Ok(gathered)
}

/// The value of every answer of a chunk; unknown where its key is.
fn taken(keys: &ArrayRef, gathered: &HashMap<String, Gathered>, take: LookupTake) -> ArrayRef {
    let Ok(keys) = cast(keys, &DataType::Utf8) else { return Arc::new(Float64Array::new_null(keys.len())) };
    let value = |key: Option<&str>| gathered.get(key?).unwrap_or(&Gathered::NONE).taken(take);
    Arc::new(keys.as_string::<i32>().iter().map(value).collect::<Float64Array>())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use crate::data::load_tables;
    use crate::diagnostics::Diagnostics;

    use super::*;

    const PROJECT: &str = "manyi: 1
project: { title: t }
data: { sources: [{ file: answers.csv }] }
columns:
  member: { type: text }
  visits: { type: number, lookup: { table: purchases, key: member, on: card, take: count } }
  spent: { type: number, lookup: { table: purchases, key: member, on: card, take: sum, of: amount - rebate, keep: amount > 0 } }
  typical: { type: number, lookup: { table: purchases, key: member, on: card, take: mean, of: amount } }
tables:
  purchases:
    data: { sources: [{ file: purchases.csv }] }
    columns: { card: { type: text }, amount: { type: number }, rebate: { type: number } }
";

    fn load(project: &str) -> Result<RecordBatch, Vec<&'static str>> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("manyi.yaml", project);
        write("answers.csv", "member\n007\n8\n9\n\n");
        write("purchases.csv", "card,amount,rebate\n007,10,1\n007,20,\n8,5,0\n007,-4,0\n");
        let mut diagnostics = Diagnostics::new();
        let project = crate::config::load_project(folder.path(), &mut diagnostics).unwrap();
        let tables = load_tables(&project, &mut diagnostics);
        tables
            .map(|tables| tables.survey.batches.batch(0).unwrap())
            .ok_or_else(|| diagnostics.iter().map(|found| found.message.code).collect())
    }

    fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<f64>> {
        batch.column_by_name(column).unwrap().as_primitive::<Float64Type>().iter().collect()
    }

    #[test]
    fn what_people_did_stands_beside_what_they_say() {
        let batch = load(PROJECT).unwrap();
        assert_eq!(numbers(&batch, "visits"), [Some(3.0), Some(1.0), Some(0.0)]);
        assert_eq!(numbers(&batch, "spent"), [Some(9.0), Some(5.0), None]);
        assert_eq!(numbers(&batch, "typical"), [Some(26.0 / 3.0), Some(5.0), None]);
    }

    #[test]
    fn mistakes_are_named() {
        let code = |from: &str, to: &str| load(&PROJECT.replacen(from, to, 1)).unwrap_err();
        assert_eq!(code("table: purchases, key", "table: sales, key"), ["M0240"]);
        assert_eq!(code("key: member, on", "key: card, on"), ["M0241"]);
        assert_eq!(code("on: card", "on: amount"), ["M0242"]);
    }
}
