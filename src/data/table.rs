//! The two tables of the data stage: [`RawTable`] as a reader gives it (headers and cells of one file or sheet), and
//! [`Responses`], the one typed table of all answers that everything later works on.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use indexmap::IndexMap;

use crate::config::raw::ColumnType;
use crate::data::stored::Batches;
use crate::data::weighting::WaveWeights;
use crate::diagnostics::{Localized, Location};

/// One file or sheet as read: nothing coded yet.
#[derive(Debug, Clone)]
pub struct RawTable {
    /// The file as the user knows it (relative to the project, `/` separators).
    pub file: String,
    /// The sheet, for workbooks.
    pub sheet: Option<String>,
    /// All headers in file order.
    pub headers: Vec<RawHeader>,
    /// The answers in file order, in pieces of at most [`CHUNK_ROWS`].
    pub chunks: Vec<RawChunk>,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
}

/// Rows in a piece of a raw table and in a batch of responses.
pub const CHUNK_ROWS: usize = 8192;

/// A column of a raw table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawHeader {
    /// Header text, trimmed of spaces and byte order marks; unique in the table (a repeated one gets ` (2)`).
    pub name: String,
    /// Column letters (`A`, `BC`) for spreadsheets, else empty.
    pub letter: String,
    /// The question in words where the file carries both a code and a text (SPSS, Qualtrics, LimeSurvey).
    pub label: Option<String>,
    /// Value labels that the file itself carries (SPSS, joined 问卷星 forms): code text to label.
    pub value_labels: IndexMap<String, String>,
    /// Values that the file itself calls missing, as cell text.
    pub missing: Vec<String>,
}

/// A run of rows of a raw table.
#[derive(Debug, Clone)]
pub struct RawChunk {
    /// One array a header (Utf8, Dictionary(Int32, Utf8), Float64, Int64, Boolean or Timestamp(ms), or one of these in its small
    /// form, see [`crate::data::stored`]); `None` where the reader was told not to read it.
    pub columns: Vec<Option<ArrayRef>>,
    /// Row number of each row as an editor or spreadsheet shows it, header counted.
    pub rows: Vec<u32>,
}

impl RawTable {
    /// Place of a cell for a diagnostic: sheet and cell for workbooks, row for the rest.
    pub fn place(&self, column: usize, row: u32) -> Location {
        match (&self.sheet, self.headers.get(column)) {
            (Some(sheet), Some(header)) => Location::cell(&self.file, sheet, format!("{}{row}", header.letter)),
            _ => Location::row(&self.file, u64::from(row)),
        }
    }

    /// Index of the header with this name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|header| header.name == name)
    }

    /// Number of rows.
    pub fn row_count(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.rows.len()).sum()
    }
}

/// A column of the responses.
///
/// Arrow types by kind: `Scale`, `Number` Float64; `Boolean` Boolean; `Single` Dictionary(Int32, Utf8) whose dictionary is
/// `categories`, the same in every batch; `Multi`, `Ranking` Utf8 with options joined by [`OPTION_SEPARATOR`]; `Date`
/// Timestamp(ms); `Text` Utf8. Missing and not applicable are null.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name in expressions.
    pub name: String,
    /// Kind of answer.
    pub kind: ColumnType,
    /// The question in words.
    pub title: crate::diagnostics::Localized,
    /// Options in codebook order, for `Single`, `Multi` and `Ranking`.
    pub categories: Vec<String>,
    /// Titles of the options where they differ from the stored text.
    pub category_titles: IndexMap<String, crate::diagnostics::Localized>,
    /// Valid range of a scale or number.
    pub range: Option<[f64; 2]>,
    /// Counts over all rows kept.
    pub counts: ColumnCounts,
}

/// What a column's cells were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ColumnCounts {
    /// Answers in range.
    pub valid: u64,
    /// No answer.
    pub missing: u64,
    /// Does not apply.
    pub not_applicable: u64,
    /// Outside the range or not readable; treated as missing after the diagnostic.
    pub invalid: u64,
}

/// Joins the options of a `multi` or `ranking` cell.
pub const OPTION_SEPARATOR: char = '\u{1f}';

/// Name of the wave column of the responses: Dictionary(Int32, Utf8), never null.
pub const WAVE: &str = "__wave";
/// Name of the weight column of the responses: Float64, never null, at least 0 (1 where the project has no weight).
pub const WEIGHT: &str = "__weight";

/// Every answer of the project in one typed table.
#[derive(Debug, Clone)]
pub struct Responses {
    /// Columns of the codebook, in its order; the batches hold them in this order, then [`WAVE`], then [`WEIGHT`].
    pub columns: Vec<Column>,
    /// Arrow schema of the batches.
    pub schema: SchemaRef,
    /// The answers, in file order.
    pub batches: Batches,
    /// Names of the waves in time order; empty if the project has a single unnamed wave.
    pub waves: Vec<String>,
    /// True if the project declares a weight or a weighting.
    pub weighted: bool,
    /// What the weighting came to, wave by wave; empty where the weights are given or there are none.
    pub weighting: Vec<WaveWeights>,
    /// Row counts from file to analysis.
    pub steps: Vec<Step>,
    /// Files read, in order.
    pub inputs: Vec<InputFile>,
    /// Date of the newest answer (`YYYY-MM-DD`), if a date column drives the waves.
    pub newest: Option<String>,
}

impl Responses {
    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// A column as texts, row by row; empty where there is no answer.
    pub fn column_texts(&self, name: &str) -> Vec<String> {
        let mut texts = Vec::with_capacity(self.row_count());
        for cells in self.batches.column_by_name(name) {
            let Ok(cells) = cast(&cells, &DataType::Utf8) else { continue };
            texts.extend(cells.as_string::<i32>().iter().map(|cell| cell.unwrap_or_default().to_owned()));
        }
        texts
    }

    /// Number of answers.
    pub fn row_count(&self) -> usize {
        self.batches.row_count()
    }

    /// The schema, shared.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// One step between the files and the analysed table.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Step {
    /// What happened.
    pub kind: StepKind,
    /// Rows that remain.
    pub rows: u64,
    /// Rows that this step took away.
    pub dropped: u64,
}

/// What happened to the rows.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepKind {
    /// Rows read from a file.
    Read {
        /// The file.
        file: String,
    },
    /// Rows whose id was seen before.
    Duplicates {
        /// The id column.
        column: String,
    },
    /// Rows without a valid weight.
    Weight {
        /// The weight column.
        column: String,
    },
    /// Rows without a wave.
    Wave {
        /// The wave column.
        column: String,
    },
    /// Rows that a filter dropped.
    Filter {
        /// The condition.
        keep: String,
        /// The reason given.
        reason: Option<Localized>,
    },
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct InputFile {
    /// Path relative to the project.
    pub file: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Rows read.
    pub rows: u64,
    /// All headers of the file, in its order; not part of what is written out.
    #[serde(skip)]
    pub headers: Vec<String>,
}
