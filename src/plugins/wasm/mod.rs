//! Metric modules in WebAssembly: columns of answers go in, estimates and tables or a coded problem come out, as plain values.
//! This folder is the only place that knows the engine; what a module may do is written in `wit/manyi-metrics`.
//!
//! `host` loads and calls a module, `limits` holds it to memory and time, `convert` checks what it returns, `cache` keeps its
//! machine code, `problem` says in words what went wrong, `manifest` is its part of `plugin.yaml`.

mod cache;
mod convert;
mod host;
mod limits;
pub mod manifest;
mod problem;
#[cfg(test)]
mod tests;

pub use cache::{CACHE_VARIABLE, default_cache_folder};
pub use host::{Module, interface_text};
pub use manifest::ModuleSpec;
pub use problem::{CallSite, WasmProblem};

/// Most bytes of a module's file: compiling it cannot be interrupted, so its size is what bounds it.
pub const MOST_MODULE_BYTES: usize = 8 << 20;

/// What a module may use, from `limits` in `plugin.yaml`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Bytes of memory and tables for one call, the answers included, in MiB.
    pub memory_mb: u32,
    /// Seconds of one call.
    pub seconds: f64,
    /// Bytes that one call may return, in KiB.
    pub output_kb: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mb: 64, seconds: 5.0, output_kb: 256 }
    }
}

/// What a module yields, as its manifest declares it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Yields {
    /// Ids of its estimates.
    pub estimates: Vec<String>,
    /// Its tables.
    pub tables: Vec<TableShape>,
}

/// A declared table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableShape {
    /// Id.
    pub id: String,
    /// Ids of its columns, in order.
    pub columns: Vec<String>,
}

/// The answers of one group. All lists over answers have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// The columns by name.
    pub columns: Vec<Column>,
    /// Weight of each answer, at least 0.
    pub weights: Vec<f64>,
    /// Sampling unit of each answer; `None` where every answer is its own.
    pub units: Option<Vec<u32>>,
    /// Stratum of each answer; `None` where there is one.
    pub strata: Option<Vec<u32>>,
    /// Confidence level of intervals, between 0 and 1.
    pub confidence: f64,
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name of the input or item.
    pub name: String,
    /// One entry an answer.
    pub answers: Answers,
}

/// The answers to one question; `None` where it was not answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answers {
    /// Numbers; NaN and infinity stand for unknown too.
    Numbers(Vec<Option<f64>>),
    /// Yes and no.
    Truths(Vec<Option<bool>>),
    /// Positions in a list of categories.
    Categories {
        /// Position in `names` of each answer.
        codes: Vec<Option<u32>>,
        /// Names of the categories.
        names: Vec<String>,
    },
}

impl Answers {
    /// Number of answers, known or not.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Truths(values) => values.len(),
            Self::Categories { codes, .. } => codes.len(),
        }
    }

    /// True without answers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a module returned, checked: every declared id once, all numbers finite, all tables of the declared shape.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Output {
    /// The estimates, in the order declared.
    pub estimates: Vec<Estimate>,
    /// The tables, in the order declared.
    pub tables: Vec<Table>,
}

/// A number of a module.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Id.
    pub id: String,
    /// The number; `None` where it does not exist.
    pub value: Option<f64>,
    /// Standard error in the unit of the number.
    pub standard_error: Option<f64>,
    /// Bounds of the interval, the lower first.
    pub interval: Option<[f64; 2]>,
    /// Answers it rests on, not weighted.
    pub n: u64,
}

/// A table of a module.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Id.
    pub id: String,
    /// Ids of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Id, unique in the table.
    pub id: String,
    /// One cell a column.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A finite number.
    Number(f64),
    /// A text of at most [`MOST_TEXT`] characters without control characters.
    Text(String),
    /// Nothing.
    Empty,
}

/// Most characters of a text that a module returns: a cell, an id of a row, a code, a message.
pub const MOST_TEXT: usize = 500;
