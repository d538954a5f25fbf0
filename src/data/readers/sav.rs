//! SPSS system files: variable labels become labels, value labels and user-missing values go into the headers, dates become
//! moments. The library brings an Arrow of its own version, so plain values are copied from its buffers.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;

use ambers::{MissingSpec, SpssMetadata};

use super::ReadRequest;
use super::cells::{Cell, TableBuilder, number_text};
use super::contain::contain;
use super::fill::{self, Refusal, Unpacked};
use crate::data::table::{CHUNK_ROWS, RawHeader, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Reads an SPSS file.
pub fn read(request: &ReadRequest<'_>, file: File, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let outcome = contain(|| read_file(request, file));
    match outcome.unwrap_or_else(|| Err(Refusal::Broken("damaged structure".to_owned()))) {
        Ok((table, doubts)) => {
            for reason in doubts {
                let warning =
                    Diagnostic::warning(&messages::SAV_DOUBTFUL).arg("file", request.shown).arg("reason", reason);
                diagnostics.push(warning.at(Location::file(request.shown)).key(request.key_path));
            }
            Some(table)
        }
        Err(Refusal::Told(problem)) => {
            diagnostics.push(*problem);
            None
        }
        Err(Refusal::Broken(reason)) => {
            diagnostics.push(request.error(&messages::SAV_BROKEN).arg("reason", reason));
            None
        }
    }
}

fn read_file(request: &ReadRequest<'_>, file: File) -> Result<(RawTable, Vec<String>), Refusal> {
    let text = |error: ambers::error::SpssError| error.to_string();
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    let mut scanner = ambers::scan_sav_from_reader(BufReader::new(file), CHUNK_ROWS).map_err(text)?;
    if let Some(problem) = fill::wide(request, scanner.metadata().variable_names.len()) {
        return Err(problem.into());
    }
    let (headers, ranges): (Vec<RawHeader>, Vec<_>) =
        scanner.metadata().variable_names.iter().map(|name| describe(scanner.metadata(), name)).unzip();
    let kept: Vec<bool> = headers.iter().map(|header| request.wants(header)).collect();
    let columns: Vec<usize> = (0..headers.len()).filter(|&column| kept[column]).collect();
    if columns.len() < headers.len() && !columns.is_empty() {
        let names: Vec<String> =
            columns.iter().map(|&column| scanner.metadata().variable_names[column].clone()).collect();
        scanner.select(&names.iter().map(String::as_str).collect::<Vec<_>>()).map_err(text)?;
    }
    let shown: &[usize] = if columns.is_empty() { &[] } else { &columns };
    let mut builder = TableBuilder::new(headers.len());
    let mut row = 0_u64;
    while let Some(batch) = scanner.next_batch().map_err(text)? {
        let arrays: Vec<_> = shown.iter().enumerate().map(|(index, _)| batch.column(index).to_data()).collect();
        let readers: Vec<Option<Values<'_>>> = arrays
            .iter()
            .map(|data| {
                let kind = data.data_type().to_string();
                Values::new(&kind, data.buffers().iter().map(|buffer| buffer.as_slice()).collect(), data.offset())
            })
            .collect();
        let rows = row + batch.num_rows() as u64;
        let values = rows.saturating_mul(shown.len() as u64);
        if let Some(problem) = (Unpacked { rows, values, bytes: 0 }).refused(request, bytes) {
            return Err(problem.into());
        }
        for index in 0..batch.num_rows() {
            for ((&column, data), values) in shown.iter().zip(&arrays).zip(&readers) {
                if data.nulls().is_some_and(|nulls| nulls.is_null(index)) {
                    continue;
                }
                let cell = values.as_ref().map_or(Cell::Empty, |values| values.get(index));
                let missing = |number: f64| ranges[column].iter().any(|&(low, high)| (low..=high).contains(&number));
                if !matches!(cell, Cell::Number(number) if missing(number)) {
                    builder.put(column, &cell);
                }
            }
            row += 1;
            builder.end_row(row);
        }
    }
    let doubts = scanner.metadata().warnings.clone();
    let chunks = builder.finish(&kept);
    Ok((RawTable { file: request.shown.to_owned(), sheet: None, headers, chunks, sha256: String::new() }, doubts))
}

/// The header of a variable, and the ranges of numbers that mean missing (which cannot be listed as values).
fn describe(metadata: &SpssMetadata, name: &str) -> (RawHeader, Vec<(f64, f64)>) {
    let mut header = RawHeader { name: name.to_owned(), ..RawHeader::default() };
    header.label = metadata.label(name).map(|label| label.trim().to_owned()).filter(|label| !label.is_empty());
    for (value, label) in metadata.value_labels(name).into_iter().flatten() {
        let code = match value {
            ambers::Value::Numeric(number) => number_text(*number),
            ambers::Value::String(text) => text.trim_end().to_owned(),
        };
        header.value_labels.insert(code, label.trim().to_owned());
    }
    let mut ranges = Vec::new();
    for missing in metadata.variable_missing_values.get(name).into_iter().flatten() {
        match missing {
            MissingSpec::Value(number) => header.missing.push(number_text(*number)),
            MissingSpec::StringValue(text) => header.missing.push(text.trim_end().to_owned()),
            MissingSpec::Range { lo, hi } => ranges.push((*lo, *hi)),
        }
    }
    (header, ranges)
}

/// Values of one array of the library, read from its buffers.
enum Values<'a> {
    Numbers(&'a [u8]),
    Days(&'a [u8]),
    Microseconds(&'a [u8]),
    Durations(&'a [u8]),
    Texts { views: &'a [u8], data: Vec<&'a [u8]> },
}

impl<'a> Values<'a> {
    fn new(kind: &str, buffers: Vec<&'a [u8]>, offset: usize) -> Option<Self> {
        let first = *buffers.first()?;
        let from = |width: usize| first.get(offset * width..).unwrap_or_default();
        Some(match kind {
            "Float64" => Self::Numbers(from(8)),
            "Date32" => Self::Days(from(4)),
            "Utf8View" => Self::Texts { views: from(16), data: buffers[1..].to_vec() },
            kind if kind.starts_with("Timestamp") => Self::Microseconds(from(8)),
            kind if kind.starts_with("Duration") => Self::Durations(from(8)),
            _ => return None,
        })
    }

    fn get(&self, index: usize) -> Cell<'a> {
        match self {
            Self::Numbers(bytes) => {
                word::<8>(bytes, index).map_or(Cell::Empty, |word| Cell::Number(f64::from_ne_bytes(word)))
            }
            Self::Days(bytes) => {
                let days = word::<4>(bytes, index).map(|word| i64::from(i32::from_ne_bytes(word)));
                days.map_or(Cell::Empty, |days| Cell::Moment(days * 86_400_000))
            }
            Self::Microseconds(bytes) => {
                let moment = word::<8>(bytes, index).map(i64::from_ne_bytes);
                moment.map_or(Cell::Empty, |moment| Cell::Moment(moment.div_euclid(1000)))
            }
            // Seconds, as the interview time of other tools.
            Self::Durations(bytes) => {
                let duration = word::<8>(bytes, index).map(i64::from_ne_bytes);
                duration.map_or(Cell::Empty, |duration| Cell::Number(duration as f64 / 1e6))
            }
            Self::Texts { views, data } => {
                let text = word::<16>(views, index).and_then(|view| {
                    let part =
                        |at: usize| u32::from_ne_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]]) as usize;
                    let length = part(0);
                    if length <= 12 {
                        return std::str::from_utf8(&view[4..4 + length]).ok().map(|text| Cow::Owned(text.to_owned()));
                    }
                    let bytes = data.get(part(8))?.get(part(12)..part(12) + length)?;
                    std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
                });
                match text {
                    Some(text) if !text.trim_end().is_empty() => Cell::Text(match text {
                        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end()),
                        Cow::Owned(text) => Cow::Owned(text.trim_end().to_owned()),
                    }),
                    _ => Cell::Empty,
                }
            }
        }
    }
}

fn word<const N: usize>(bytes: &[u8], index: usize) -> Option<[u8; N]> {
    bytes.get(index * N..(index + 1) * N)?.try_into().ok()
}
