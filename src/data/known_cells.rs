//! Codes the cells of one column of one file: chunks that need no reading are taken over whole, and of the others each
//! distinct cell is read once. Cell rules and raw cells come in, coded cells go out.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int32Array, StringArray};
use datafusion::arrow::compute::{max, min};
use datafusion::arrow::datatypes::Int8Type;
use datafusion::common::HashMap;

use crate::config::raw::ColumnType;
use crate::data::cells::CellRules;
use crate::data::coding::{CellStatus, Coded, CodedCells, MISSING, Value};
use crate::data::memo::TextMemo;
use crate::data::rawcells::RawCells;

/// Which arrays of a file already are what the column holds.
pub struct AsTheyAre {
    numbers: Option<[f64; 2]>,
    booleans: bool,
    moments: bool,
}

impl AsTheyAre {
    /// What the rules leave untouched.
    pub fn new(rules: &CellRules) -> Self {
        Self {
            numbers: rules.numbers_taken(),
            booleans: rules.takes_booleans(),
            moments: rules.kind() == ColumnType::Date,
        }
    }

    /// The array of a chunk as it is kept, if its cells are small whole numbers and none of them needs reading.
    pub fn bytes(&self, array: Option<&ArrayRef>) -> Option<ArrayRef> {
        let [low, high] = self.numbers?;
        let bytes = array?.as_primitive_opt::<Int8Type>()?;
        let fits = |number: i8| (low..=high).contains(&f64::from(number));
        (min(bytes).is_none_or(fits) && max(bytes).is_none_or(fits)).then_some(array?.clone())
    }

    /// The array for the cells of a chunk, if none of them needs reading.
    pub fn array(&self, cells: &RawCells) -> Option<ArrayRef> {
        match cells {
            RawCells::Numbers(numbers) => Some(Arc::new(numbers.all_within(self.numbers?)?.clone())),
            RawCells::Booleans(values) if self.booleans => Some(Arc::new(values.clone())),
            RawCells::Moments(moments) if self.moments => Some(Arc::new(moments.array().clone())),
            _ => None,
        }
    }
}

/// Numbers remembered, as for texts.
const NUMBERS_LIMIT: usize = 100_000;

/// Reads cells and remembers what they say.
pub struct KnownCells<'a> {
    rules: &'a CellRules,
    /// Free texts and dates hardly repeat.
    remembers: bool,
    by_text: TextMemo<Coded>,
    by_number: HashMap<u64, Coded>,
    /// Cells by their key among the distinct texts of the chunk; empty where not met yet.
    by_key: Vec<Option<Coded>>,
    texts: Option<StringArray>,
}

impl<'a> KnownCells<'a> {
    /// Knows nothing yet.
    pub fn new(rules: &'a CellRules) -> Self {
        Self {
            rules,
            remembers: !matches!(rules.kind(), ColumnType::Text | ColumnType::Date),
            by_text: TextMemo::new(),
            by_number: HashMap::new(),
            by_key: Vec::new(),
            texts: None,
        }
    }

    /// Prepares for the cells of another chunk.
    pub fn enter(&mut self, cells: &RawCells) {
        let RawCells::Repeated(repeated) = cells else { return };
        if self.texts.as_ref().is_none_or(|held| !same_memory(held, repeated.texts())) {
            self.by_key.clear();
            self.by_key.resize(repeated.texts().len(), None);
            self.texts = Some(repeated.texts().clone());
        }
    }

    /// Index of the option in every row of a chunk of repeated texts that was entered; `None` if a cell is neither an option
    /// nor a missing answer.
    pub fn options(&mut self, cells: &RawCells, coded: &mut CodedCells) -> Option<Int32Array> {
        let RawCells::Repeated(repeated) = cells else { return None };
        if self.rules.kind() != ColumnType::Single {
            return None;
        }
        let mut options = Vec::with_capacity(repeated.keys().len());
        for row in 0..repeated.keys().len() {
            options.push(match self.code(cells, row, coded) {
                (Value::Text(option), CellStatus::Valid) => Some(i32::try_from(option).ok()?),
                (Value::Null, CellStatus::Missing) => None,
                _ => return None,
            });
        }
        Some(Int32Array::from(options))
    }

    /// The coded cell in a row of the chunk that was entered.
    pub fn code(&mut self, cells: &RawCells, row: usize, coded: &mut CodedCells) -> Coded {
        match cells {
            RawCells::Repeated(repeated) if self.remembers => match repeated.key(row) {
                None => MISSING,
                Some(key) => match self.by_key[key] {
                    Some(known) => known,
                    None => {
                        let known = self.code_text(repeated.texts().value(key), coded);
                        self.by_key[key] = Some(known);
                        known
                    }
                },
            },
            RawCells::Numbers(numbers) => numbers.get(row).map_or(MISSING, |number| self.code_number(number, coded)),
            RawCells::Moments(moments) if self.rules.kind() == ColumnType::Date => {
                moments.get(row).map_or(MISSING, |moment| (Value::Moment(moment), CellStatus::Valid))
            }
            cells => cells.text(row).map_or(MISSING, |text| self.code_text(&text, coded)),
        }
    }

    fn code_number(&mut self, number: f64, coded: &mut CodedCells) -> Coded {
        if let Some(known) = self.by_number.get(&number.to_bits()) {
            return *known;
        }
        let known = coded.code(self.rules.read_number(number));
        // A free text belongs to its chunk, so its place says nothing later.
        if self.rules.kind() != ColumnType::Text && self.by_number.len() < NUMBERS_LIMIT {
            self.by_number.insert(number.to_bits(), known);
        }
        known
    }

    fn code_text(&mut self, text: &str, coded: &mut CodedCells) -> Coded {
        if !self.remembers {
            return coded.code(self.rules.read(text));
        }
        if let Some(known) = self.by_text.get(text) {
            return known;
        }
        let known = coded.code(self.rules.read(text));
        self.by_text.insert(text, known);
        known
    }
}

/// True if both arrays are views of the same texts.
fn same_memory(a: &StringArray, b: &StringArray) -> bool {
    a.len() == b.len()
        && a.value_data().as_ptr() == b.value_data().as_ptr()
        && a.value_offsets().as_ptr() == b.value_offsets().as_ptr()
        && a.nulls().is_none()
        && b.nulls().is_none()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, DictionaryArray, Float64Array, Int32Array, Int64Array};
    use datafusion::arrow::datatypes::Int32Type;

    use super::*;
    use crate::data::cells::tests::column;
    use crate::data::codebook::{CodedColumn, code_column};
    use crate::data::sources::LoadedSource;
    use crate::data::testing;

    /// The column as coded from these arrays, one a chunk.
    fn coded(yaml: &str, arrays: Vec<ArrayRef>) -> CodedColumn {
        let mut source: LoadedSource = testing::source("a.csv", "q");
        let chunk = |array: ArrayRef| crate::data::RawChunk {
            rows: (0..array.len() as u32).collect(),
            columns: vec![Some(array)],
        };
        source.table.chunks = arrays.into_iter().map(chunk).collect();
        code_column("q", &column(yaml), &[Some(vec![0])], &[source])
    }

    /// The same column from the cells as texts.
    fn from_texts(yaml: &str, arrays: &[ArrayRef]) -> CodedColumn {
        let texts = arrays.iter().map(|array| {
            let cells = RawCells::new(Some(array));
            let texts: StringArray = (0..array.len()).map(|row| cells.text(row)).collect();
            Arc::new(texts) as ArrayRef
        });
        coded(yaml, texts.collect())
    }

    #[test]
    fn typed_arrays_are_coded_as_their_texts() {
        let booleans = || Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])) as ArrayRef;
        let numbers = |cells: &[Option<f64>]| Arc::new(Float64Array::from(cells.to_vec())) as ArrayRef;
        let integers = |cells: &[Option<i64>]| Arc::new(Int64Array::from(cells.to_vec())) as ArrayRef;
        let fitting = || integers(&[Some(1), None, Some(5)]);
        // The last key and the third text are used by no cell or by an empty one.
        let options = |keys: Vec<Option<i32>>| {
            let texts: ArrayRef =
                Arc::new(StringArray::from(vec![Some("乙"), Some("甲"), Some("unused"), None, Some("不适用")]));
            Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(keys), texts)) as ArrayRef
        };
        let dictionaries = || vec![options(vec![Some(1), None, Some(0)]), options(vec![Some(3), Some(4), Some(1)])];
        let cases = [
            ("{type: boolean}", vec![booleans(), booleans()]),
            ("{type: boolean, reverse: true}", vec![booleans()]),
            ("{type: boolean, not_applicable: ['false']}", vec![booleans()]),
            ("{type: single}", vec![booleans()]),
            ("{type: scale, range: [1, 5]}", vec![fitting(), integers(&[Some(6), Some(3)]), fitting()]),
            ("{type: scale, range: [1, 5], reverse: true}", vec![fitting()]),
            ("{type: scale, range: [1, 9], missing: [1], not_applicable: [5]}", vec![fitting()]),
            ("{type: scale, range: [1, 5]}", vec![numbers(&[Some(1.5), Some(f64::NAN), None])]),
            ("{type: number}", vec![numbers(&[Some(-0.5), Some(1e9), None]), integers(&[Some(7)])]),
            ("{type: number, range: [0, 9]}", vec![numbers(&[Some(0.0), None]), numbers(&[Some(-1.0)])]),
            ("{type: single}", vec![integers(&[Some(3), Some(1 << 60), None])]),
            ("{type: text}", vec![integers(&[Some(3), Some(3)]), integers(&[Some(4), Some(3)])]),
            ("{type: single}", dictionaries()),
            ("{type: multi}", dictionaries()),
            ("{type: text}", dictionaries()),
        ];
        for (yaml, arrays) in cases {
            let (expected, found) = (from_texts(yaml, &arrays), coded(yaml, arrays));
            assert_eq!(found.column.categories, expected.column.categories, "{yaml}");
            assert_eq!(found.arrays, expected.arrays, "{yaml}");
            assert_eq!(found.unlike_nulls, expected.unlike_nulls, "{yaml}");
            let counts = |column: &CodedColumn| column.invalid.iter().map(|cells| cells.count).collect::<Vec<_>>();
            assert_eq!(counts(&found), counts(&expected), "{yaml}");
        }
    }

    #[test]
    fn infinite_numbers_are_no_answers() {
        let found = coded("{type: number}", vec![Arc::new(Float64Array::from(vec![1.0, f64::INFINITY]))]);
        assert_eq!(found.arrays.chunk(0).null_count(), 1);
    }
}
