//! Values of the database and rows of them.

use std::sync::Arc;

use super::{DatabaseError, Problem};

/// One value; a truth value is the integer 0 or 1, a time is a text or a number of seconds, as its column has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Real(f64),
    /// A text without the character NUL.
    Text(String),
}

impl Value {
    /// Why the value cannot be stored the same in both engines, if it cannot.
    pub(super) fn unfit(&self) -> Option<&'static str> {
        match self {
            Self::Real(number) if !number.is_finite() => Some("a number that is not finite"),
            Self::Text(text) if text.contains('\0') => Some("a text with the character NUL"),
            _ => None,
        }
    }
}

/// Refuses values that the engines would store differently.
pub(super) fn check(place: &str, parameters: &[Value]) -> Result<(), DatabaseError> {
    match parameters.iter().find_map(Value::unfit) {
        Some(unfit) => Err(DatabaseError::new(place, Problem::Statement(format!("{unfit} cannot be stored")))),
        None => Ok(()),
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Integer(i64::from(truth))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The columns that the rows of one answer share.
#[derive(Debug)]
pub(super) struct Columns {
    pub place: String,
    pub names: Vec<String>,
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) columns: Arc<Columns>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// The values in the order of the columns.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a column.
    ///
    /// # Errors
    /// There is no such column.
    pub fn value(&self, column: &str) -> Result<&Value, DatabaseError> {
        let at = self.columns.names.iter().position(|name| name == column);
        at.and_then(|at| self.values.get(at)).ok_or_else(|| self.wrong(column, "a column of the answer"))
    }

    /// A text.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn text(&self, column: &str) -> Result<&str, DatabaseError> {
        self.optional_text(column)?.ok_or_else(|| self.wrong(column, "a text"))
    }

    /// A text or nothing.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn optional_text(&self, column: &str) -> Result<Option<&str>, DatabaseError> {
        match self.value(column)? {
            Value::Text(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            _ => Err(self.wrong(column, "a text")),
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn integer(&self, column: &str) -> Result<i64, DatabaseError> {
        self.optional_integer(column)?.ok_or_else(|| self.wrong(column, "a whole number"))
    }

    /// A whole number or nothing.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn optional_integer(&self, column: &str) -> Result<Option<i64>, DatabaseError> {
        match self.value(column)? {
            Value::Integer(number) => Ok(Some(*number)),
            Value::Null => Ok(None),
            _ => Err(self.wrong(column, "a whole number")),
        }
    }

    /// A truth value, stored as 0 or 1.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn truth(&self, column: &str) -> Result<bool, DatabaseError> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column, "0 or 1")),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn real(&self, column: &str) -> Result<f64, DatabaseError> {
        self.optional_real(column)?.ok_or_else(|| self.wrong(column, "a number"))
    }

    /// A number or nothing.
    ///
    /// # Errors
    /// No such column, or it holds something else.
    pub fn optional_real(&self, column: &str) -> Result<Option<f64>, DatabaseError> {
        match self.value(column)? {
            Value::Real(number) => Ok(Some(*number)),
            #[allow(clippy::cast_precision_loss)]
            Value::Integer(number) => Ok(Some(*number as f64)),
            Value::Null => Ok(None),
            Value::Text(_) => Err(self.wrong(column, "a number")),
        }
    }

    fn wrong(&self, column: &str, expected: &str) -> DatabaseError {
        DatabaseError::new(self.columns.place.clone(), Problem::Unexpected(format!("`{column}` is not {expected}")))
    }
}
