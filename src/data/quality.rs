//! What is wrong with the answers, said once per column and file with examples: unreadable cells, repeated ids, weights that
//! cannot be used, segments without groups. Rows and typed columns come in, diagnostics go out.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::HashSet;
use indexmap::IndexMap;

use crate::config::raw::{ColumnType, RawColumn};
use crate::data::codebook::headers_of;
use crate::data::numbers::number_text;
use crate::data::rawcells::RawCells;
use crate::data::scales::{is_not_applicable, worded_points, wording_position};
use crate::data::sources::LoadedSource;
use crate::data::stored::StoredColumn;
use crate::data::table::RawTable;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Examples shown of anything.
const EXAMPLES: usize = 5;

/// More than one row in so many with a repeated id is warned of.
const SENT_TWICE_AT_MOST: usize = 10;

/// The unreadable cells of one column in one file.
#[derive(Debug, Clone)]
pub struct InvalidCells {
    column: String,
    file: String,
    range: Option<[f64; 2]>,
    personal: bool,
    /// How many there are.
    pub count: u64,
    values: Vec<String>,
    rows: Vec<String>,
    first: Option<Location>,
}

impl InvalidCells {
    /// None so far.
    pub fn new(column: &str, raw: &RawColumn, source: &LoadedSource, range: Option<[f64; 2]>) -> Self {
        Self {
            column: column.to_owned(),
            file: source.table.file.clone(),
            range,
            personal: raw.personal,
            count: 0,
            values: Vec::new(),
            rows: Vec::new(),
            first: None,
        }
    }

    /// Counts a cell.
    pub fn add(&mut self, table: &RawTable, position: usize, row: u32, text: &str) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(table.place(position, row));
        }
        if self.rows.len() < EXAMPLES {
            let letter = table.headers.get(position).map_or("", |header| header.letter.as_str());
            self.rows.push(format!("{letter}{row}"));
        }
        if self.values.len() <= EXAMPLES && !self.values.iter().any(|held| held == text) {
            self.values.push(text.to_owned());
        }
    }

    /// The problem with its examples.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = if self.range.is_some() { &messages::CELLS_OUT_OF_RANGE } else { &messages::CELLS_UNREADABLE };
        let mut diagnostic = Diagnostic::error(message)
            .arg("column", &self.column)
            .arg("file", &self.file)
            .arg("count", self.count)
            .quote("values", examples(&self.values, self.values.len() > EXAMPLES))
            .arg("rows", list(&self.rows, self.count > EXAMPLES as u64))
            .key(format!("columns.{}", self.column));
        if let Some([low, high]) = self.range {
            diagnostic = diagnostic.arg("low", number_text(low)).arg("high", number_text(high));
        }
        if self.personal {
            diagnostic = diagnostic.without_quotes();
        }
        match &self.first {
            Some(place) => diagnostic.at(place.clone()),
            None => diagnostic,
        }
    }
}

fn examples(values: &[String], more: bool) -> String {
    let shown: Vec<String> = values.iter().take(EXAMPLES).map(|value| format!("`{value}`")).collect();
    list(&shown, more)
}

fn list(shown: &[String], more: bool) -> String {
    let dots = if more { ", …" } else { "" };
    format!("{}{dots}", shown.join(", "))
}

/// All rows of all files under one running number, with their place in the files.
#[derive(Debug, Clone)]
pub struct RowIndex<'a> {
    sources: &'a [LoadedSource],
    /// Source, chunk in it, number of the chunk's first row.
    chunks: Vec<(usize, usize, usize)>,
    total: usize,
}

impl<'a> RowIndex<'a> {
    /// Numbers the rows of the files in order.
    pub fn new(sources: &'a [LoadedSource]) -> Self {
        let mut chunks = Vec::new();
        let mut total = 0;
        for (source, loaded) in sources.iter().enumerate() {
            for (chunk, raw) in loaded.table.chunks.iter().enumerate() {
                chunks.push((source, chunk, total));
                total += raw.rows.len();
            }
        }
        Self { sources, chunks, total }
    }

    /// Number of rows.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Running numbers of the rows of each chunk, with the index of its source.
    pub fn chunks(&self) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> + '_ {
        self.chunks
            .iter()
            .map(|&(source, chunk, start)| (source, start..start + self.sources[source].table.chunks[chunk].rows.len()))
    }

    /// File and row number of a row.
    pub fn place(&self, row: usize) -> (&'a RawTable, u32) {
        let index = self.chunks.partition_point(|&(_, _, start)| start <= row).saturating_sub(1);
        let (source, chunk, start) = self.chunks[index];
        let table = &self.sources[source].table;
        (table, table.chunks[chunk].rows.get(row - start).copied().unwrap_or_default())
    }

    /// The first rows of a list as `file: 2, 5`, and the place of the first.
    fn describe(&self, rows: &[usize]) -> (String, Option<Location>) {
        let mut text = String::new();
        let mut file = "";
        for &row in rows.iter().take(EXAMPLES) {
            let (table, number) = self.place(row);
            if table.file != file {
                text.push_str(if file.is_empty() { "" } else { "; " });
                text.push_str(&format!("{}: {number}", table.file));
                file = &table.file;
            } else {
                text.push_str(&format!(", {number}"));
            }
        }
        if rows.len() > EXAMPLES {
            text.push_str(", …");
        }
        let location = rows.first().map(|&row| {
            let (table, number) = self.place(row);
            Location::row(&table.file, u64::from(number))
        });
        (text, location)
    }

    /// A diagnostic about rows: fills `{count}` and `{rows}`, located at the first.
    pub fn rows_diagnostic(&self, diagnostic: Diagnostic, rows: &[usize]) -> Diagnostic {
        let (text, location) = self.describe(rows);
        let diagnostic = diagnostic.arg("count", rows.len()).arg("rows", text);
        match location {
            Some(place) => diagnostic.at(place),
            None => diagnostic,
        }
    }
}

/// Rows whose id was seen in an earlier row, and examples of such ids. Rows without an id repeat nothing, nor do rows that are
/// not kept, whose ids count for nothing.
pub fn repeated_ids(ids: &StoredColumn, keep: &[bool]) -> (Vec<usize>, Vec<String>) {
    let texts: Vec<ArrayRef> = ids.iter().filter_map(|array| cast(&array, &DataType::Utf8).ok()).collect();
    let mut seen: HashSet<&str> = HashSet::with_capacity(texts.iter().map(|array| array.len()).sum());
    let mut repeated = Vec::new();
    let mut values: Vec<String> = Vec::new();
    for (row, id) in texts.iter().flat_map(|array| array.as_string::<i32>().iter()).enumerate() {
        let Some(id) = id.filter(|id| !id.is_empty() && keep[row]) else { continue };
        if !seen.insert(id) {
            repeated.push(row);
            if values.len() < EXAMPLES && !values.iter().any(|held| held == id) {
                values.push(id.to_owned());
            }
        }
    }
    (repeated, values)
}

/// The problem of repeated ids; ids such as `1.2E+17` were rounded by a spreadsheet and only look repeated.
pub fn repeated_ids_diagnostic(column: &str, index: &RowIndex, rows: &[usize], values: &[String]) -> Diagnostic {
    let rounded = values.iter().any(|value| value.contains("E+"));
    let message = if rounded { &messages::IDS_ROUNDED } else { &messages::IDS_REPEATED };
    let diagnostic =
        Diagnostic::error(message).arg("column", column).quote("values", examples(values, false)).key("data.id");
    index.rows_diagnostic(diagnostic, rows)
}

/// The warning of a share of repeated ids that is too large for answers which were sent twice.
pub fn many_repeated_diagnostic(column: &str, dropped: usize, of: usize) -> Option<Diagnostic> {
    let many = dropped * SENT_TWICE_AT_MOST > of;
    let diagnostic = Diagnostic::warning(&messages::IDS_MOSTLY_REPEATED).arg("column", column).key("data.duplicates");
    many.then(|| diagnostic.arg("count", dropped).arg("rows", of))
}

/// The weights of all rows; rows to be kept must have one, at least 0, and their sum must be positive.
pub fn checked_weights(
    column: &str,
    key: &str,
    arrays: &StoredColumn,
    keep: &[bool],
    index: &RowIndex,
) -> Result<Vec<f64>, Vec<Diagnostic>> {
    let mut weights = Vec::with_capacity(keep.len());
    let (mut absent, mut negative) = (Vec::new(), Vec::new());
    for array in arrays.iter() {
        let cells = RawCells::new(Some(&array));
        for row in 0..array.len() {
            let weight = if let RawCells::Numbers(numbers) = &cells { numbers.get(row) } else { None };
            let number = weights.len();
            if keep[number] {
                match weight {
                    None => absent.push(number),
                    Some(weight) if weight < 0.0 => negative.push(number),
                    Some(_) => {}
                }
            }
            weights.push(weight.unwrap_or_default());
        }
    }
    let mut problems = Vec::new();
    for (rows, message) in [(&absent, &messages::WEIGHTS_MISSING), (&negative, &messages::WEIGHTS_NEGATIVE)] {
        if !rows.is_empty() {
            let diagnostic = Diagnostic::error(message).arg("column", column).key(key);
            problems.push(index.rows_diagnostic(diagnostic, rows));
        }
    }
    let sum: f64 = weights.iter().zip(keep).filter(|(_, kept)| **kept).map(|(weight, _)| weight).sum();
    if problems.is_empty() && sum <= 0.0 && keep.contains(&true) {
        problems.push(Diagnostic::error(&messages::WEIGHTS_ZERO).arg("column", column).key(key));
    }
    if problems.is_empty() { Ok(weights) } else { Err(problems) }
}

/// Number of different answers among the rows kept, counted up to two.
pub fn group_count(arrays: &StoredColumn, keep: &[bool]) -> usize {
    let mut groups: HashSet<String> = HashSet::new();
    let mut row = 0;
    for array in arrays.iter() {
        let cells = RawCells::new(Some(&array));
        for index in 0..array.len() {
            if keep[row]
                && let Some(text) = cells.text(index)
                && !groups.contains(text.as_ref())
            {
                groups.insert(text.into_owned());
                // Two groups are enough to know; a segment of many is not counted to its end.
                if groups.len() > 1 {
                    return 2;
                }
            }
            row += 1;
        }
    }
    groups.len()
}

/// Warns of scales whose codes run against the words that a file gives for them, where the codebook does not turn them.
pub fn backward_scales(columns: &IndexMap<String, RawColumn>, sources: &[LoadedSource], diagnostics: &mut Diagnostics) {
    let plain = |raw: &&RawColumn| raw.kind == ColumnType::Scale && !raw.reverse && raw.labels.is_none();
    for (name, raw) in columns.iter().filter(|(_, raw)| plain(raw)) {
        for source in sources {
            let header = headers_of(name, raw).into_iter().find_map(|header| source.table.position(header));
            let Some(position) = header else { continue };
            let holds_codes = source.table.chunks.first().and_then(|chunk| chunk.columns.get(position)?.as_ref());
            if !matches!(RawCells::new(holds_codes), RawCells::Numbers(_)) {
                continue;
            }
            if let Some((code, label)) = best_code_of_backward_scale(&source.table.headers[position].value_labels) {
                diagnostics.push(
                    Diagnostic::warning(&messages::SCALE_RUNS_BACKWARDS)
                        .arg("column", name)
                        .arg("file", &source.table.file)
                        .arg("code", code)
                        .arg("label", label)
                        .at(Location::file(&source.table.file))
                        .key(format!("columns.{name}")),
                );
            }
        }
    }
}

/// The lowest code and its words, if it is better than the highest.
fn best_code_of_backward_scale(labels: &IndexMap<String, String>) -> Option<(String, String)> {
    let points = worded_points(labels.values().map(String::as_str).filter(|label| !is_not_applicable(label)))?;
    let mut levels: Vec<(f64, usize, &str)> = labels
        .iter()
        .filter_map(|(code, label)| Some((code.parse().ok()?, wording_position(label, points)?, label.as_str())))
        .collect();
    levels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, last) = (levels.first()?, levels.last()?);
    (first.1 > last.1).then(|| (number_text(first.0), first.2.to_owned()))
}
