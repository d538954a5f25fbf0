//! Reading access to one chunk of one raw column, whatever array the reader chose for it.

use std::borrow::Cow;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, StringArray, TimestampMillisecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType};

use crate::data::numbers::number_text;

/// The cells of a column in one chunk.
pub enum RawCells {
    /// Texts.
    Texts(StringArray),
    /// Numbers; NaN stands for an empty cell.
    Numbers(Numbers),
    /// Yes and no.
    Booleans(BooleanArray),
    /// Wall-clock moments.
    Moments(Moments),
    /// Nothing was read.
    Empty,
}

/// Numeric cells.
pub struct Numbers(Float64Array);

impl Numbers {
    /// The number in a row.
    pub fn get(&self, row: usize) -> Option<f64> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row)).filter(|value| !value.is_nan())
    }
}

/// Date cells.
pub struct Moments(TimestampMillisecondArray);

impl Moments {
    /// Milliseconds since 1970 in a row.
    pub fn get(&self, row: usize) -> Option<i64> {
        (row < self.0.len() && self.0.is_valid(row)).then(|| self.0.value(row))
    }
}

impl RawCells {
    /// Access to an array; `None` and arrays of unknown types read as empty.
    pub fn new(array: Option<&ArrayRef>) -> Self {
        let Some(array) = array else { return Self::Empty };
        match array.data_type() {
            DataType::Utf8 => Self::Texts(array.as_string().clone()),
            DataType::Boolean => Self::Booleans(array.as_boolean().clone()),
            DataType::Float64 => Self::Numbers(Numbers(array.as_primitive::<Float64Type>().clone())),
            // Long ids keep all their digits: a float holds integers only up to 2^53.
            DataType::Int64
                if array.as_primitive::<Int64Type>().iter().flatten().any(|id| id.unsigned_abs() > 1 << 53) =>
            {
                cast(array, &DataType::Utf8).map_or(Self::Empty, |texts| Self::Texts(texts.as_string().clone()))
            }
            data_type if data_type.is_numeric() => match cast(array, &DataType::Float64) {
                Ok(numbers) => Self::Numbers(Numbers(numbers.as_primitive::<Float64Type>().clone())),
                Err(_) => Self::Empty,
            },
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
                match cast(array, &DataType::Timestamp(TimeUnit::Millisecond, None)) {
                    Ok(moments) => Self::Moments(Moments(moments.as_primitive::<TimestampMillisecondType>().clone())),
                    Err(_) => Self::Empty,
                }
            }
            _ => match cast(array, &DataType::Utf8) {
                Ok(texts) => Self::Texts(texts.as_string().clone()),
                Err(_) => Self::Empty,
            },
        }
    }

    /// The cell as text, as a spreadsheet would show it; `None` for an empty cell.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            Self::Texts(texts) => (row < texts.len() && texts.is_valid(row)).then(|| Cow::Borrowed(texts.value(row))),
            Self::Numbers(numbers) => numbers.get(row).map(|value| Cow::Owned(number_text(value))),
            Self::Booleans(values) => (row < values.len() && values.is_valid(row))
                .then(|| Cow::Borrowed(if values.value(row) { "true" } else { "false" })),
            Self::Moments(moments) => {
                let moment = chrono::DateTime::from_timestamp_millis(moments.get(row)?)?;
                let midnight = moment.timestamp().rem_euclid(86_400) == 0;
                let format = if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
                Some(Cow::Owned(moment.format(format).to_string()))
            }
            Self::Empty => None,
        }
    }
}
