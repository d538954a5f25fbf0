//! The functions that manyi adds to SQL: `selected` and `rank_of` for cells that hold several options; those over several
//! values of one row are in [`row_functions`](crate::data::row_functions).

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::data::row_functions::row_functions;
use crate::data::table::OPTION_SEPARATOR;

/// `selected(column, 'option')`, `rank_of(column, 'option')` and the row functions.
pub fn functions() -> impl Iterator<Item = ScalarUDF> {
    let options = [Question::Selected, Question::RankOf].map(OptionFunction::new).map(ScalarUDF::new_from_impl);
    options.into_iter().chain(row_functions())
}

/// What is asked of a cell with several options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    /// Is exactly this option among them? Null if the cell is null.
    Selected,
    /// Which position has it, from 1? Null if the cell is null; behind every rank (infinity) if the option is not ranked,
    /// so that `= 1` and `<= 3` are false, not unknown, for those who ranked only others.
    RankOf,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct OptionFunction {
    question: Question,
    signature: Signature,
}

impl OptionFunction {
    fn new(question: Question) -> Self {
        Self { question, signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for OptionFunction {
    fn name(&self) -> &str {
        match self.question {
            Question::Selected => "selected",
            Question::RankOf => "rank_of",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        for argument in arguments {
            if !is_text(argument) {
                return plan_err!("{}: takes a multi or ranking column and an option in single quotes", self.name());
            }
        }
        Ok(match self.question {
            Question::Selected => DataType::Boolean,
            Question::RankOf => DataType::Float64,
        })
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [cells, option] = arguments.args.as_slice() else {
            return exec_err!("{}: takes two arguments", self.name());
        };
        let ColumnarValue::Scalar(option) = option else {
            return exec_err!("{}: the option must be a text in single quotes", self.name());
        };
        let option = match option {
            ScalarValue::Dictionary(_, inner) => inner.try_as_str(),
            plain => plain.try_as_str(),
        };
        let Some(Some(option)) = option else {
            return exec_err!("{}: the option must be a text in single quotes", self.name());
        };
        let cells = cast(&cells.to_array(arguments.number_rows)?, &DataType::Utf8)?;
        Ok(ColumnarValue::Array(self.question.answer(cells.as_string(), option)))
    }
}

impl Question {
    fn answer(self, cells: &StringArray, option: &str) -> ArrayRef {
        let position = |cell: &str| cell.split(OPTION_SEPARATOR).position(|held| held == option);
        match self {
            Self::Selected => {
                Arc::new(cells.iter().map(|cell| cell.map(|cell| position(cell).is_some())).collect::<BooleanArray>())
            }
            Self::RankOf => {
                let rank = |cell: &str| position(cell).map_or(f64::INFINITY, |index| (index + 1) as f64);
                Arc::new(cells.iter().map(|cell| cell.map(rank)).collect::<Float64Array>())
            }
        }
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}
