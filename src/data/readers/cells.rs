//! Builds a raw table row by row from cells whose kind is known only when they come: a column that was numbers so far turns
//! to text when a text arrives. Used by the readers of sheets and JSON; text, Parquet and SPSS files know their kinds.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::DateTime;
use datafusion::arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int8Array, Int64Array, Int64Builder,
    StringBuilder, TimestampMillisecondBuilder, new_null_array,
};
use datafusion::arrow::datatypes::{
    DataType, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMillisecondType,
};

use super::fill::{CHUNK_CELLS, Fill, TEXT_CELL, WIDE_CELL};
use crate::data::stored::shrunk;
use crate::data::table::{CHUNK_ROWS, RawChunk};

/// Content of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// A date or moment without time zone, in milliseconds since 1970.
    Moment(i64),
}

impl Cell<'_> {
    /// Bytes that it takes in a column of its kind, however many of the others are empty; the letters of a text are beside.
    fn width(&self) -> u64 {
        let small = |number: f64| {
            let negative_zero = number == 0.0 && number.is_sign_negative();
            number.fract() == 0.0 && (-128.0..=127.0).contains(&number) && !negative_zero
        };
        match self {
            Cell::Empty => 0,
            Cell::Boolean(_) => 1,
            Cell::Integer(number) if i8::try_from(*number).is_ok() => 1,
            Cell::Number(number) if small(*number) => 1,
            Cell::Text(_) => TEXT_CELL,
            Cell::Integer(_) | Cell::Number(_) | Cell::Moment(_) => WIDE_CELL,
        }
    }

    /// The text that stands in a text column for this cell.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number_text(*number)),
            Cell::Integer(number) => Cow::Owned(number.to_string()),
            Cell::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Cell::Moment(milliseconds) => Cow::Owned(moment_text(*milliseconds)),
        }
    }
}

/// A number as a person writes it: `5`, `2.5`, never `5.0`.
pub fn number_text(number: f64) -> String {
    number.to_string()
}

/// A moment as `2026-09-03 12:00:00`, or as `2026-09-03` at midnight.
pub fn moment_text(milliseconds: i64) -> String {
    let Some(moment) = DateTime::from_timestamp_millis(milliseconds) else { return milliseconds.to_string() };
    let format = match milliseconds.rem_euclid(86_400_000) {
        0 => "%Y-%m-%d",
        rest if rest % 1000 == 0 => "%Y-%m-%d %H:%M:%S",
        _ => "%Y-%m-%d %H:%M:%S%.3f",
    };
    moment.naive_utc().format(format).to_string()
}

#[derive(Default)]
enum Values {
    #[default]
    Nothing,
    Integers(Int64Builder),
    Numbers(Float64Builder),
    Booleans(BooleanBuilder),
    Moments(TimestampMillisecondBuilder),
    Texts(StringBuilder),
}

#[derive(Default)]
struct ColumnBuilder {
    values: Values,
    /// Bytes of a cell; 0 until it holds something.
    width: u64,
}

impl ColumnBuilder {
    fn len(&self) -> usize {
        match &self.values {
            Values::Nothing => 0,
            Values::Integers(builder) => builder.len(),
            Values::Numbers(builder) => builder.len(),
            Values::Booleans(builder) => builder.len(),
            Values::Moments(builder) => builder.len(),
            Values::Texts(builder) => builder.len(),
        }
    }

    /// Appends nulls until the column has `rows` values.
    fn pad(&mut self, rows: usize) {
        let count = rows.saturating_sub(self.len());
        if count == 0 {
            return;
        }
        match &mut self.values {
            Values::Nothing => {}
            Values::Integers(builder) => builder.append_nulls(count),
            Values::Numbers(builder) => builder.append_nulls(count),
            Values::Booleans(builder) => builder.append_nulls(count),
            Values::Moments(builder) => builder.append_nulls(count),
            Values::Texts(builder) => (0..count).for_each(|_| builder.append_null()),
        }
    }

    /// Puts a cell at row `row` of the chunk; a second cell of the same row is ignored.
    fn put(&mut self, row: usize, cell: &Cell<'_>) {
        if matches!(cell, Cell::Empty) || (self.len() > row && !matches!(self.values, Values::Nothing)) {
            return;
        }
        if matches!(self.values, Values::Nothing) {
            self.values = match cell {
                Cell::Integer(_) => Values::Integers(Int64Builder::new()),
                Cell::Number(_) => Values::Numbers(Float64Builder::new()),
                Cell::Boolean(_) => Values::Booleans(BooleanBuilder::new()),
                Cell::Moment(_) => Values::Moments(TimestampMillisecondBuilder::new()),
                Cell::Text(_) | Cell::Empty => Values::Texts(StringBuilder::new()),
            };
        }
        self.pad(row);
        match (&mut self.values, cell) {
            (Values::Integers(builder), Cell::Integer(value)) => builder.append_value(*value),
            (Values::Numbers(builder), Cell::Number(value)) => builder.append_value(*value),
            (Values::Booleans(builder), Cell::Boolean(value)) => builder.append_value(*value),
            (Values::Moments(builder), Cell::Moment(value)) => builder.append_value(*value),
            (Values::Texts(builder), cell) => builder.append_value(cell.text()),
            _ => {
                let mut texts = StringBuilder::new();
                if let Some(array) = self.finish() {
                    append_texts(&array, &mut texts);
                }
                texts.append_value(cell.text());
                self.values = Values::Texts(texts);
            }
        }
    }

    fn finish(&mut self) -> Option<ArrayRef> {
        match std::mem::replace(&mut self.values, Values::Nothing) {
            Values::Nothing => None,
            Values::Integers(mut builder) => Some(Arc::new(builder.finish())),
            Values::Numbers(mut builder) => Some(Arc::new(builder.finish())),
            Values::Booleans(mut builder) => Some(Arc::new(builder.finish())),
            Values::Moments(mut builder) => Some(Arc::new(builder.finish())),
            Values::Texts(mut builder) => Some(Arc::new(builder.finish())),
        }
    }
}

fn append_texts(array: &ArrayRef, texts: &mut StringBuilder) {
    for row in 0..array.len() {
        match cell_of(array, row) {
            Cell::Empty => texts.append_null(),
            cell => texts.append_value(cell.text()),
        }
    }
}

/// The cell at a row of an array of a raw table.
pub fn cell_of(array: &ArrayRef, row: usize) -> Cell<'_> {
    if array.is_null(row) {
        return Cell::Empty;
    }
    match array.data_type() {
        DataType::Utf8 => Cell::Text(Cow::Borrowed(array.as_string::<i32>().value(row))),
        DataType::Dictionary(key, _) => {
            let repeated = match key.as_ref() {
                DataType::Int8 => array.as_dictionary::<Int8Type>().key(row),
                DataType::Int16 => array.as_dictionary::<Int16Type>().key(row),
                DataType::Int32 => array.as_dictionary::<Int32Type>().key(row),
                _ => None,
            };
            match (repeated, array.as_any_dictionary_opt()) {
                (Some(key), Some(dictionary)) => cell_of(dictionary.values(), key),
                _ => Cell::Empty,
            }
        }
        DataType::Float64 => Cell::Number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Int8 => Cell::Integer(i64::from(array.as_primitive::<Int8Type>().value(row))),
        DataType::Int64 => Cell::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        DataType::Timestamp(TimeUnit::Millisecond, None) => {
            Cell::Moment(array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        _ => Cell::Empty,
    }
}

/// A column of a chunk: the kind of its cells, and the cells in as few bytes as they need.
type Piece = (DataType, ArrayRef);

/// What a table takes.
#[derive(Debug, Default, Clone, Copy)]
struct Size {
    rows: u64,
    /// Columns with something in them.
    columns: u64,
    /// Bytes of a row of them.
    width: u64,
    /// Cells that are written in the file.
    written: u64,
}

/// Bytes of the number of a row.
const ROW_NUMBER: u64 = 4;

/// Bytes of text after which a chunk is closed early, far below the two gigabytes that an Arrow string array can hold.
const CHUNK_BYTES: usize = 256 << 20;

/// Collects rows of cells into chunks.
pub struct TableBuilder {
    columns: Vec<ColumnBuilder>,
    rows: Vec<u32>,
    bytes: usize,
    size: Size,
    chunks: Vec<(Vec<Option<Piece>>, Vec<u32>)>,
}

impl TableBuilder {
    /// A builder for a number of columns; [`Self::add_column`] adds more.
    pub fn new(columns: usize) -> Self {
        let columns = (0..columns).map(|_| ColumnBuilder::default()).collect();
        Self { columns, rows: Vec::new(), bytes: 0, size: Size::default(), chunks: Vec::new() }
    }

    /// Adds a column, empty so far, and gives its index.
    pub fn add_column(&mut self) -> usize {
        self.columns.push(ColumnBuilder::default());
        self.columns.len() - 1
    }

    /// Sets a cell of the row that is being filled.
    pub fn put(&mut self, column: usize, cell: &Cell<'_>) {
        if let Cell::Text(text) = cell {
            self.bytes += text.len();
        }
        if let Some(builder) = self.columns.get_mut(column)
            && *cell != Cell::Empty
        {
            let width = cell.width().max(builder.width);
            self.size.columns += u64::from(builder.width == 0);
            self.size.width += width - builder.width;
            self.size.written += 1;
            builder.width = width;
            builder.put(self.rows.len(), cell);
        }
    }

    /// Counts cells that are written in the file, though nothing of them is kept.
    pub fn pass_over(&mut self, cells: u64) {
        self.size.written += cells;
    }

    /// True if the table takes far more than what is in it: nothing should be added any more.
    pub fn is_thin(&self) -> bool {
        let Size { rows, columns, width, written } = self.size;
        Fill { columns, room: rows.saturating_mul(width + ROW_NUMBER), written }.is_thin()
    }

    /// Ends the row that is being filled, giving its number.
    pub fn end_row(&mut self, number: u64) {
        self.rows.push(u32::try_from(number).unwrap_or(u32::MAX));
        self.size.rows += 1;
        let cells = self.rows.len().saturating_mul(self.size.columns as usize);
        if self.rows.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES || cells >= CHUNK_CELLS {
            self.end_chunk();
        }
    }

    fn end_chunk(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let arrays = self
            .columns
            .iter_mut()
            .map(|column| {
                column.pad(rows.len());
                let array = column.finish()?;
                Some((array.data_type().clone(), small(array)))
            })
            .collect();
        self.chunks.push((arrays, rows));
    }

    /// The chunks, every column of one kind throughout. Columns not `kept` come out as `None`.
    pub fn finish(mut self, kept: &[bool]) -> Vec<RawChunk> {
        if !self.rows.is_empty() {
            self.end_chunk();
        }
        let count = self.columns.len();
        let kinds: Vec<DataType> = (0..count).map(|column| common_kind(&self.chunks, column)).collect();
        self.chunks
            .into_iter()
            .map(|(mut pieces, rows)| {
                pieces.resize(count, None);
                let mut nothing = Nothing { rows: rows.len(), arrays: Vec::new() };
                let columns = pieces
                    .into_iter()
                    .zip(&kinds)
                    .enumerate()
                    .map(|(column, (piece, kind))| {
                        let kept = kept.get(column).copied().unwrap_or(true);
                        kept.then(|| piece.map_or_else(|| nothing.of(kind), |piece| as_kind(piece, kind)))
                    })
                    .collect();
                RawChunk { columns, rows }
            })
            .collect()
    }
}

/// The array in as few bytes as its numbers need: most are points of a scale.
pub fn small(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Int64 => in_bytes(array.as_primitive()).map_or(array, |bytes| Arc::new(bytes)),
        _ => shrunk(array),
    }
}

/// Integers in a byte each; `None` if one is too large.
fn in_bytes(numbers: &Int64Array) -> Option<Int8Array> {
    let valid = |row: usize| numbers.is_valid(row);
    let byte = |(row, number): (usize, &i64)| i8::try_from(*number).ok().or_else(|| (!valid(row)).then_some(0));
    let bytes: Option<Vec<i8>> = numbers.values().iter().enumerate().map(byte).collect();
    Some(Int8Array::new(bytes?.into(), numbers.nulls().cloned()))
}

/// The empty columns of a chunk: one array for all of a kind.
struct Nothing {
    rows: usize,
    arrays: Vec<(DataType, ArrayRef)>,
}

impl Nothing {
    fn of(&mut self, kind: &DataType) -> ArrayRef {
        if let Some((_, array)) = self.arrays.iter().find(|(held, _)| held == kind) {
            return Arc::clone(array);
        }
        let array = small(new_null_array(kind, self.rows));
        self.arrays.push((kind.clone(), Arc::clone(&array)));
        array
    }
}

fn common_kind(chunks: &[(Vec<Option<Piece>>, Vec<u32>)], column: usize) -> DataType {
    let mut common = None;
    for (pieces, _) in chunks {
        let Some(Some((kind, _))) = pieces.get(column) else { continue };
        common = match common {
            None => Some(kind.clone()),
            Some(other) if other == *kind => Some(other),
            Some(_) => return DataType::Utf8,
        };
    }
    common.unwrap_or(DataType::Utf8)
}

fn as_kind((held, array): Piece, kind: &DataType) -> ArrayRef {
    if held == *kind {
        return array;
    }
    let mut texts = StringBuilder::new();
    append_texts(&array, &mut texts);
    Arc::new(texts.finish())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_late_text_turns_the_whole_column_to_text() {
        let mut builder = TableBuilder::new(2);
        for row in 0..CHUNK_ROWS + 1 {
            builder.put(0, &Cell::Number(row as f64 / 2.0));
            builder.end_row(row as u64 + 2);
        }
        builder.put(0, &Cell::Text("五分".into()));
        builder.put(1, &Cell::Boolean(true));
        builder.end_row(9999);
        let chunks = builder.finish(&[true, true]);
        let cells = |chunk: usize, column: usize, row: usize| {
            cell_of(chunks[chunk].columns[column].as_ref().unwrap(), row).text().into_owned()
        };
        assert_eq!(chunks.len(), 2);
        assert_eq!((cells(0, 0, 3), cells(0, 0, 4)), ("1.5".into(), "2".into()));
        assert_eq!((cells(1, 0, 0), cells(1, 0, 1), cells(1, 1, 1)), ("4096".into(), "五分".into(), "true".into()));
        let kind = |chunk: usize| chunks[chunk].columns[1].as_ref().unwrap().data_type().clone();
        assert_eq!(kind(0), DataType::Boolean, "an empty piece has the kind of the column");
        assert_eq!(kind(0), kind(1));
    }

    #[test]
    fn moments_are_written_as_people_do() {
        // 2026-09-03 is day 20699 after 1970-01-01: 56 years of 365 days, 14 leap days, and 245 days of 2026.
        let midnight = (56 * 365 + 14 + 245) * 86_400_000;
        assert_eq!(moment_text(midnight), "2026-09-03");
        assert_eq!(moment_text(midnight + 12 * 3_600_000), "2026-09-03 12:00:00");
    }
}
