//! Reading access to one chunk of one raw column, whatever array the reader chose for it.

use std::borrow::Cow;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32Array, Int64Array, StringArray,
    TimestampMillisecondArray,
};
use datafusion::arrow::compute::{cast, max, min};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type, TimeUnit, TimestampMillisecondType};

use crate::data::numbers::number_text;
use crate::data::stored::grown;

/// The cells of a column in one chunk.
pub enum RawCells {
    /// Texts.
    Texts(StringArray),
    /// Texts of which each distinct one is held once.
    Repeated(RepeatedTexts),
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

impl Numbers {
    /// The numbers as they are, if there is no cell but empty ones and numbers from `low` to `high`.
    pub fn all_within(&self, [low, high]: [f64; 2]) -> Option<&Float64Array> {
        // In the order of these kernels NaN lies outside everything.
        let fits = min(&self.0).is_none_or(|least| least >= low) && max(&self.0).is_none_or(|most| most <= high);
        fits.then_some(&self.0)
    }
}

/// Cells that are keys of a few texts.
pub struct RepeatedTexts {
    keys: Int32Array,
    texts: StringArray,
}

impl RepeatedTexts {
    /// Which of the texts stands in a row.
    pub fn key(&self, row: usize) -> Option<usize> {
        let key = (row < self.keys.len() && self.keys.is_valid(row)).then(|| self.keys.value(row))?;
        usize::try_from(key).ok().filter(|&key| self.texts.is_valid(key))
    }

    /// Keys of the texts, one a row; those of empty texts among them.
    pub fn keys(&self) -> &Int32Array {
        &self.keys
    }

    /// The distinct texts.
    pub fn texts(&self) -> &StringArray {
        &self.texts
    }
}

/// Date cells.
pub struct Moments(TimestampMillisecondArray);

impl Moments {
    /// All of them.
    pub fn array(&self) -> &TimestampMillisecondArray {
        &self.0
    }

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
            DataType::Int64 if holds_long_ids(array.as_primitive()) => {
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
            DataType::Dictionary(_, value) if **value == DataType::Utf8 => {
                let array = grown(array, &DataType::Dictionary(Box::new(DataType::Int32), value.clone()));
                let array = array.as_dictionary::<Int32Type>();
                Self::Repeated(RepeatedTexts { keys: array.keys().clone(), texts: array.values().as_string().clone() })
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
            Self::Repeated(repeated) => repeated.key(row).map(|key| Cow::Borrowed(repeated.texts.value(key))),
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

/// True for integers that a float cannot hold exactly.
fn holds_long_ids(numbers: &Int64Array) -> bool {
    let long = |number: Option<i64>| number.is_some_and(|number| number.unsigned_abs() > 1 << 53);
    long(min(numbers)) || long(max(numbers))
}
