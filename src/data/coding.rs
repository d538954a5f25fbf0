//! Coded cells on their way into Arrow arrays: values are collected a chunk at a time (or whole arrays taken over as they are)
//! and become one array a chunk of the column's type. What an array cannot say of its nulls is kept beside it.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray, TimestampMillisecondArray,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::common::HashMap;
use indexmap::IndexSet;

use crate::config::raw::ColumnType;
use crate::data::cells::Answer;
use crate::data::stored::shrunk;

/// What became of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellStatus {
    /// An answer in range.
    Valid,
    /// No answer.
    Missing,
    /// Does not apply.
    NotApplicable,
    /// Outside the range or not readable.
    Invalid,
}

/// A coded cell, small enough to be remembered per distinct text.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// No value.
    Null,
    /// A position on a scale, or a quantity.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Milliseconds since 1970.
    Moment(i64),
    /// Index into the texts of the column.
    Text(u32),
}

/// Value and status of a cell.
pub type Coded = (Value, CellStatus);

/// The coded cell without an answer.
pub const MISSING: Coded = (Value::Null, CellStatus::Missing);

/// The cells of a column, chunk after chunk.
#[derive(Debug)]
pub struct CodedCells {
    kind: ColumnType,
    /// Cells of the chunk that is being filled.
    values: Vec<Value>,
    /// Arrays of the full chunks; indices into `texts` for the kinds with options.
    arrays: Vec<Chunk>,
    /// Rows in the full chunks.
    rows: usize,
    unlike_nulls: Vec<(u32, CellStatus)>,
    /// Distinct options or joined options.
    texts: IndexSet<String>,
    /// Free texts of the chunk that is being filled.
    free_texts: Vec<String>,
}

#[derive(Debug)]
enum Chunk {
    Ready(ArrayRef),
    Indices(Int32Array),
}

impl CodedCells {
    /// No cells yet.
    pub fn new(kind: ColumnType) -> Self {
        Self {
            kind,
            values: Vec::new(),
            arrays: Vec::new(),
            rows: 0,
            unlike_nulls: Vec::new(),
            texts: IndexSet::new(),
            free_texts: Vec::new(),
        }
    }

    /// Brings an answer to its short form.
    pub fn code(&mut self, answer: Answer) -> Coded {
        match answer {
            Answer::Number(number) => (Value::Number(number), CellStatus::Valid),
            Answer::Boolean(value) => (Value::Boolean(value), CellStatus::Valid),
            Answer::Moment(moment) => (Value::Moment(moment), CellStatus::Valid),
            // Free texts hardly repeat: looking them up costs more than keeping them twice.
            Answer::Text(text) if self.kind == ColumnType::Text => {
                self.free_texts.push(text);
                (Value::Text((self.free_texts.len() - 1) as u32), CellStatus::Valid)
            }
            Answer::Text(text) => {
                let index = self.texts.get_index_of(&text).unwrap_or_else(|| self.texts.insert_full(text).0);
                (Value::Text(index as u32), CellStatus::Valid)
            }
            Answer::Missing => MISSING,
            Answer::NotApplicable => (Value::Null, CellStatus::NotApplicable),
            Answer::Invalid => (Value::Null, CellStatus::Invalid),
        }
    }

    /// Adds a cell to the chunk.
    pub fn push(&mut self, (value, status): Coded) {
        if matches!(status, CellStatus::NotApplicable | CellStatus::Invalid) {
            self.unlike_nulls.push(((self.rows + self.values.len()) as u32, status));
        }
        self.values.push(value);
    }

    /// Ends the chunk.
    pub fn close_chunk(&mut self) {
        let values = self.values.iter();
        let array: ArrayRef = match self.kind {
            ColumnType::Scale | ColumnType::Number => Arc::new(
                values
                    .map(|value| if let Value::Number(number) = value { Some(*number) } else { None })
                    .collect::<Float64Array>(),
            ),
            ColumnType::Boolean => Arc::new(
                values
                    .map(|value| if let Value::Boolean(yes) = value { Some(*yes) } else { None })
                    .collect::<BooleanArray>(),
            ),
            ColumnType::Date => Arc::new(
                values
                    .map(|value| if let Value::Moment(moment) = value { Some(*moment) } else { None })
                    .collect::<TimestampMillisecondArray>(),
            ),
            ColumnType::Text => Arc::new(
                values
                    .map(|value| {
                        let Value::Text(text) = value else { return None };
                        self.free_texts.get(*text as usize).map(String::as_str)
                    })
                    .collect::<StringArray>(),
            ),
            ColumnType::Single | ColumnType::Multi | ColumnType::Ranking => {
                let index = |value: &Value| if let Value::Text(text) = value { Some(*text as i32) } else { None };
                self.arrays.push(Chunk::Indices(values.map(index).collect()));
                self.rows += self.values.len();
                self.values.clear();
                return;
            }
        };
        self.values.clear();
        self.free_texts.clear();
        self.push_array(array);
    }

    /// Takes over a whole chunk whose nulls are all missing answers. Its type must be the one of the column's kind.
    pub fn push_array(&mut self, array: ArrayRef) {
        self.rows += array.len();
        self.arrays.push(Chunk::Ready(shrunk(array)));
    }

    /// Takes over a whole chunk of indices into the options, whose nulls are all missing answers.
    pub fn push_options(&mut self, indices: Int32Array) {
        self.rows += indices.len();
        self.arrays.push(Chunk::Indices(indices));
    }

    /// Distinct options, or joined options, in the order in which they came.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// One array a chunk, and the rows whose status is not the one that their null (or value) suggests. A `Single` column gets
    /// `categories` as its dictionary.
    pub fn finish(mut self, categories: &[String]) -> (Vec<ArrayRef>, Vec<(u32, CellStatus)>) {
        let options: ArrayRef = Arc::new(StringArray::from_iter_values(categories));
        let positions: HashMap<&str, i32> =
            categories.iter().enumerate().map(|(index, option)| (option.as_str(), index as i32)).collect();
        let keys: Vec<Option<i32>> = self.texts.iter().map(|text| positions.get(text.as_str()).copied()).collect();
        let key = |text: i32| keys.get(text as usize).copied().flatten();
        let all_placed = keys.iter().all(Option::is_some);
        let mut start = 0;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.arrays.len());
        for chunk in std::mem::take(&mut self.arrays) {
            let array = match chunk {
                Chunk::Ready(array) => array,
                Chunk::Indices(indices) if self.kind == ColumnType::Single => {
                    let placed: Int32Array = if all_placed {
                        indices.unary(|text| key(text).unwrap_or_default())
                    } else {
                        // An option that is an empty text is an answer, but no category.
                        let lost =
                            |(row, text): (usize, Option<i32>)| text.filter(|&text| key(text).is_none()).map(|_| row);
                        let rows = indices.iter().enumerate().filter_map(lost);
                        self.unlike_nulls.extend(rows.map(|row| ((start + row) as u32, CellStatus::Valid)));
                        indices.unary_opt(key)
                    };
                    Arc::new(DictionaryArray::<Int32Type>::new(placed, Arc::clone(&options)))
                }
                Chunk::Indices(indices) => {
                    let text = |index: i32| self.texts.get_index(index as usize).map(String::as_str);
                    Arc::new(indices.iter().map(|index| index.and_then(text)).collect::<StringArray>())
                }
            };
            start += array.len();
            arrays.push(array);
        }
        (arrays, self.unlike_nulls)
    }
}
