//! The history as a file for other programs: one line an estimate, as CSV or Parquet with the same columns.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Float64Array, StringArray, UInt32Array, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;

use crate::runs::history::{Entry, segment_text, word};

/// The columns of an export.
pub const COLUMNS: [&str; 18] = [
    "period",
    "revision",
    "metric",
    "module",
    "segment",
    "n",
    "n_weighted",
    "n_eff",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "df",
    "unit",
    "base",
    "suppressed",
    "flagged",
    "reason",
];

/// CSV in UTF-8 with a byte order mark, which Excel needs to read Chinese right. Texts that a spreadsheet would take for a formula
/// have an apostrophe in front.
///
/// # Errors
/// The writer fails.
pub fn csv(entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(COLUMNS)?;
    for entry in entries {
        let held = &entry.estimate;
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        writer.write_record([
            entry.period.to_string(),
            entry.revision.to_string(),
            held.metric.clone(),
            held.module.clone(),
            plain(segment_text(&held.segment)),
            held.n.map_or_else(String::new, |n| n.to_string()),
            number(held.n_weighted),
            number(held.n_eff),
            number(held.estimate),
            number(held.se),
            number(held.ci.map(|ci| ci[0])),
            number(held.ci.map(|ci| ci[1])),
            number(held.df),
            word(&held.unit),
            plain(held.base.clone()),
            held.suppressed.to_string(),
            held.flagged.to_string(),
            held.reason.as_ref().map(word).unwrap_or_default(),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn plain(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

/// Parquet: texts as strings, numbers as doubles, what is hidden as null.
///
/// # Errors
/// The writer fails.
pub fn parquet(entries: &[Entry]) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let texts = |pick: &dyn Fn(&Entry) -> Option<String>| -> ArrayRef {
        Arc::new(entries.iter().map(pick).collect::<StringArray>())
    };
    let numbers = |pick: &dyn Fn(&Entry) -> Option<f64>| -> ArrayRef {
        Arc::new(entries.iter().map(pick).collect::<Float64Array>())
    };
    let truths = |pick: &dyn Fn(&Entry) -> bool| -> ArrayRef {
        Arc::new(entries.iter().map(|entry| Some(pick(entry))).collect::<BooleanArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        texts(&|entry| Some(entry.period.to_string())),
        Arc::new(entries.iter().map(|entry| entry.revision).collect::<UInt32Array>()),
        texts(&|entry| Some(entry.estimate.metric.clone())),
        texts(&|entry| Some(entry.estimate.module.clone())),
        texts(&|entry| Some(segment_text(&entry.estimate.segment))),
        Arc::new(entries.iter().map(|entry| entry.estimate.n).collect::<UInt64Array>()),
        numbers(&|entry| entry.estimate.n_weighted),
        numbers(&|entry| entry.estimate.n_eff),
        numbers(&|entry| entry.estimate.estimate),
        numbers(&|entry| entry.estimate.se),
        numbers(&|entry| entry.estimate.ci.map(|ci| ci[0])),
        numbers(&|entry| entry.estimate.ci.map(|ci| ci[1])),
        numbers(&|entry| entry.estimate.df),
        texts(&|entry| Some(word(&entry.estimate.unit))),
        texts(&|entry| Some(entry.estimate.base.clone())),
        truths(&|entry| entry.estimate.suppressed),
        truths(&|entry| entry.estimate.flagged),
        texts(&|entry| entry.estimate.reason.as_ref().map(word)),
    ];
    let kinds = columns.iter().map(|column| column.data_type().clone());
    let fields: Vec<Field> =
        COLUMNS.iter().zip(kinds).map(|(name, kind): (_, DataType)| Field::new(*name, kind, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}
