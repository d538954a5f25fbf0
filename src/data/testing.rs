//! Small projects and raw tables for tests, written as the YAML and CSV a reader of the test can see.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;

use crate::config::raw::{Dialect, RawProject};
use crate::config::{Project, parse_yaml};
use crate::data::sources::LoadedSource;
use crate::data::table::{RawChunk, RawHeader, RawTable, Responses};
use crate::diagnostics::{Diagnostics, Lang, Level};

/// A project with these `columns` lines and further top-level or `data` lines.
pub fn project(columns: &str, data: &str, more: &str) -> Project {
    let text = format!(
        "manyi: 1\nproject: {{ title: t }}\ndata:\n  sources: [{{ file: a.csv }}]\n{data}\ncolumns:\n{columns}\n{more}\n"
    );
    project_from(&text)
}

/// A project from its whole text.
pub fn project_from(text: &str) -> Project {
    let mut diagnostics = Diagnostics::new();
    match parse_yaml::<RawProject>(text, "manyi.yaml", &mut diagnostics) {
        Some((raw, positions)) => Project { root: PathBuf::new(), raw, positions, table: String::new(), window: None },
        None => panic!("{:?}\n{text}", codes(&diagnostics)),
    }
}

/// A file of text cells separated by `|`, two rows a chunk so that chunk borders are met.
pub fn source(file: &str, lines: &str) -> LoadedSource {
    let mut lines = lines.lines().map(|line| line.trim().split('|').map(str::trim).collect::<Vec<_>>());
    let headers: Vec<RawHeader> = lines
        .next()
        .unwrap()
        .into_iter()
        .map(|name| RawHeader { name: name.to_owned(), ..RawHeader::default() })
        .collect();
    let rows: Vec<Vec<&str>> = lines.collect();
    let chunks = rows
        .chunks(2)
        .enumerate()
        .map(|(number, rows)| RawChunk {
            columns: (0..headers.len())
                .map(|column| {
                    let cells = rows.iter().map(|row| row.get(column).copied().filter(|cell| !cell.is_empty()));
                    Some(Arc::new(cells.collect::<StringArray>()) as ArrayRef)
                })
                .collect(),
            rows: (0..rows.len()).map(|row| (number * 2 + row + 2) as u32).collect(),
        })
        .collect();
    let table = RawTable { file: file.to_owned(), sheet: None, headers, chunks, sha256: "0".repeat(64) };
    LoadedSource { table, wave: None, source_index: 0, dialect: Dialect::Plain }
}

/// A column of the responses as texts, `-` for null.
pub fn texts(responses: &Responses, name: &str) -> Vec<String> {
    let mut shown = Vec::new();
    for array in responses.batches.column_by_name(name) {
        let array = cast(&array, &DataType::Utf8).unwrap();
        let array = array.as_string::<i32>();
        shown.extend(
            (0..array.len())
                .map(|row| if array.is_null(row) { "-".into() } else { array.value(row).replace('\u{1f}', "+") }),
        );
    }
    shown
}

/// Codes of the problems found, with `!` for errors.
pub fn codes(diagnostics: &Diagnostics) -> Vec<String> {
    let mark = |level| if level == Level::Error { "!" } else { "" };
    diagnostics
        .iter()
        .map(|found| format!("{}{}: {}", mark(found.level), found.message.code, found.text(Lang::En)))
        .collect()
}
