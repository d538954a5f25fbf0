//! SQL functions over several values of one row: `row_mean`, `row_sum`, `row_min`, `row_max` and `row_count`. Unknown values
//! are skipped, so that a person who left out one item of a set still counts with the others.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// What is made of the known values of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Summary {
    /// Their mean; null if none is known.
    Mean,
    /// Their sum; null if none is known.
    Sum,
    /// The smallest; null if none is known.
    Min,
    /// The largest; null if none is known.
    Max,
    /// How many there are; 0 if none is known.
    Count,
}

const SUMMARIES: [Summary; 5] = [Summary::Mean, Summary::Sum, Summary::Min, Summary::Max, Summary::Count];

/// The functions, for the engine.
pub fn row_functions() -> impl Iterator<Item = ScalarUDF> {
    SUMMARIES.into_iter().map(|summary| {
        let signature = Signature::variadic_any(Volatility::Immutable);
        ScalarUDF::new_from_impl(RowFunction { summary, signature })
    })
}

/// True for the name of one of these functions.
pub fn is_row_function(name: &str) -> bool {
    SUMMARIES.iter().any(|summary| summary.name() == name)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct RowFunction {
    summary: Summary,
    signature: Signature,
}

impl ScalarUDFImpl for RowFunction {
    fn name(&self) -> &str {
        self.summary.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        let counts =
            |argument: &DataType| argument.is_numeric() || matches!(argument, DataType::Boolean | DataType::Null);
        if arguments.is_empty() || !arguments.iter().all(counts) {
            return plan_err!("{}: takes one or more numbers or conditions", self.name());
        }
        Ok(DataType::Float64)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let mut known = vec![0_u32; rows];
        let mut values = vec![self.summary.start(); rows];
        for argument in &arguments.args {
            let column = cast(&argument.to_array(rows)?, &DataType::Float64)?;
            let column = column.as_primitive::<Float64Type>();
            for row in (0..rows).filter(|row| column.is_valid(*row)) {
                known[row] += 1;
                values[row] = self.summary.add(values[row], column.value(row));
            }
        }
        let result: Float64Array =
            values.into_iter().zip(known).map(|(value, known)| self.summary.finish(value, known)).collect();
        Ok(ColumnarValue::Array(Arc::new(result) as ArrayRef))
    }
}

impl Summary {
    fn name(self) -> &'static str {
        match self {
            Self::Mean => "row_mean",
            Self::Sum => "row_sum",
            Self::Min => "row_min",
            Self::Max => "row_max",
            Self::Count => "row_count",
        }
    }

    fn start(self) -> f64 {
        match self {
            Self::Min => f64::INFINITY,
            Self::Max => f64::NEG_INFINITY,
            Self::Mean | Self::Sum | Self::Count => 0.0,
        }
    }

    fn add(self, so_far: f64, value: f64) -> f64 {
        match self {
            Self::Min => so_far.min(value),
            Self::Max => so_far.max(value),
            Self::Mean | Self::Sum | Self::Count => so_far + value,
        }
    }

    fn finish(self, value: f64, known: u32) -> Option<f64> {
        match (self, known) {
            (Self::Count, known) => Some(f64::from(known)),
            (_, 0) => None,
            (Self::Mean, known) => Some(value / f64::from(known)),
            _ => Some(value),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, RecordBatch};
    use datafusion::arrow::datatypes::{Field, Schema};

    use crate::data::expressions::{ExpectedType, Expression, ExpressionError};

    use super::*;

    fn batch() -> RecordBatch {
        let schema = Schema::new(vec![
            Field::new("a", DataType::Float64, true),
            Field::new("b", DataType::Float64, true),
            Field::new("c", DataType::Boolean, true),
            Field::new("t", DataType::Utf8, true),
        ]);
        let texts = datafusion::arrow::array::StringArray::from(vec!["x"; 3]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(vec![Some(4.0), None, None])),
            Arc::new(Float64Array::from(vec![Some(1.0), Some(3.0), None])),
            Arc::new(BooleanArray::from(vec![Some(true), None, None])),
            Arc::new(texts),
        ];
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    fn parse(text: &str) -> Expression {
        Expression::parse(text, &batch().schema(), ExpectedType::Number).unwrap()
    }

    fn values(expression: &Expression) -> Vec<Option<f64>> {
        expression.evaluate(&batch()).unwrap().as_primitive::<Float64Type>().iter().collect()
    }

    #[test]
    fn unknown_values_are_skipped() {
        assert_eq!(values(&parse("row_mean(a, b, c)")), [Some(2.0), Some(3.0), None]);
        assert_eq!(values(&parse("row_sum(a, b)")), [Some(5.0), Some(3.0), None]);
        assert_eq!(values(&parse("row_min(a, b)")), [Some(1.0), Some(3.0), None]);
        assert_eq!(values(&parse("row_max(a, b)")), [Some(4.0), Some(3.0), None]);
        assert_eq!(values(&parse("row_count(a, b, c)")), [Some(3.0), Some(1.0), Some(0.0)]);
        assert_eq!(values(&parse("row_mean(a - b, b)")), [Some(2.0), Some(3.0), None]);
    }

    #[test]
    fn items_that_nobody_asked_leave_the_set() {
        let known = |name: &str| name != "a";
        let kept = |text: &str| parse(text).without_unknown(known).map(|kept| values(&kept));
        assert_eq!(kept("row_mean(a, b)"), Some(vec![Some(1.0), Some(3.0), None]));
        assert_eq!(kept("row_mean(a - b, b)"), Some(vec![Some(1.0), Some(3.0), None]));
        assert_eq!(kept("row_max(row_mean(a), b) + 1"), Some(vec![Some(2.0), Some(4.0), None]));
        assert_eq!(kept("row_mean(a, a + 1)"), None, "no item is left");
        assert_eq!(kept("row_mean(b) + a"), None, "outside of a row function every column is needed");
        assert_eq!(kept("b + 1"), Some(vec![Some(2.0), Some(4.0), None]));
    }

    #[test]
    fn texts_are_refused() {
        let error = Expression::parse("row_mean(a, t)", &batch().schema(), ExpectedType::Number).unwrap_err();
        assert!(matches!(error, ExpressionError::Invalid { .. }), "{error:?}");
    }
}
