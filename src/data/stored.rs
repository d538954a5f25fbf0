//! Columns as they are kept: whole numbers of a scale in one byte, options in as few bytes as their number needs, everything
//! else as it is. Whoever reads a column gets it in its own type again, a piece at a time, so that a survey of ten million
//! answers fits into the memory of an ordinary machine.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int8Array, RecordBatch, RecordBatchOptions, new_null_array,
};
use datafusion::arrow::compute::{cast, filter};
use datafusion::arrow::datatypes::{
    ArrowDictionaryKeyType, DataType, Float64Type, Int8Type, Int16Type, Int32Type, Schema, SchemaRef,
};

/// A column over all rows, one array a chunk.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredColumn {
    kind: DataType,
    chunks: Vec<ArrayRef>,
}

impl StoredColumn {
    /// A column of type `kind` from arrays of that type, or from such as are stored small already.
    pub fn new(kind: DataType, arrays: Vec<ArrayRef>) -> Self {
        Self { kind, chunks: arrays.into_iter().map(shrunk).collect() }
    }

    /// The array of a chunk.
    pub fn chunk(&self, index: usize) -> ArrayRef {
        grown(&self.chunks[index], &self.kind)
    }

    /// The array of a chunk as it is kept.
    pub fn stored(&self, index: usize) -> &ArrayRef {
        &self.chunks[index]
    }

    /// The arrays as they are kept, chunk after chunk.
    pub fn iter_stored(&self) -> impl Iterator<Item = &ArrayRef> {
        self.chunks.iter()
    }

    /// The arrays, chunk after chunk.
    pub fn iter(&self) -> impl Iterator<Item = ArrayRef> + '_ {
        self.chunks.iter().map(|array| grown(array, &self.kind))
    }
}

/// An array in its small form: of the same rows, nulls and values.
pub fn shrunk(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Float64 => whole_bytes(array.as_primitive()).map_or(array, |bytes| Arc::new(bytes)),
        DataType::Dictionary(key, _) if **key == DataType::Int32 => {
            let options = array.as_dictionary::<Int32Type>().values().len();
            let key = match options {
                0..=0x7f => DataType::Int8,
                0x80..=0x7fff => DataType::Int16,
                _ => return array,
            };
            retyped(&array, key).unwrap_or(array)
        }
        _ => array,
    }
}

/// The array in the type of its column.
pub fn grown(array: &ArrayRef, kind: &DataType) -> ArrayRef {
    let grown = match (array.data_type(), kind) {
        (held, kind) if held == kind => return Arc::clone(array),
        (DataType::Int8, DataType::Float64) => {
            Some(Arc::new(array.as_primitive::<Int8Type>().unary::<_, Float64Type>(f64::from)) as ArrayRef)
        }
        (DataType::Dictionary(..), DataType::Dictionary(key, _)) => retyped(array, key.as_ref().clone()),
        _ => cast(array, kind).ok(),
    };
    // Only arrays that were shrunk come here, and those all grow.
    grown.unwrap_or_else(|| Arc::clone(array))
}

/// A dictionary array with keys of another type over the very same options.
fn retyped(array: &ArrayRef, key: DataType) -> Option<ArrayRef> {
    let dictionary = array.as_any_dictionary_opt()?;
    let keys = cast(dictionary.keys(), &key).ok()?;
    fn over<K: ArrowDictionaryKeyType>(keys: &ArrayRef, values: &ArrayRef) -> Option<ArrayRef> {
        let keys = keys.as_primitive_opt::<K>()?.clone();
        let array = datafusion::arrow::array::DictionaryArray::<K>::try_new(keys, Arc::clone(values)).ok()?;
        Some(Arc::new(array))
    }
    match key {
        DataType::Int8 => over::<Int8Type>(&keys, dictionary.values()),
        DataType::Int16 => over::<Int16Type>(&keys, dictionary.values()),
        DataType::Int32 => over::<Int32Type>(&keys, dictionary.values()),
        _ => None,
    }
}

/// The numbers in a byte each; `None` if one is not whole, too large, or -0, which a byte cannot hold.
fn whole_bytes(numbers: &Float64Array) -> Option<Int8Array> {
    let mut bytes = Vec::with_capacity(numbers.len());
    #[allow(clippy::cast_possible_truncation, reason = "compared with the number right after")]
    match numbers.nulls() {
        None => {
            for number in numbers.values() {
                let byte = *number as i8;
                if f64::from(byte).to_bits() != number.to_bits() {
                    return None;
                }
                bytes.push(byte);
            }
        }
        Some(nulls) => {
            for (number, valid) in numbers.values().iter().zip(nulls) {
                let byte = *number as i8;
                if valid && f64::from(byte).to_bits() != number.to_bits() {
                    return None;
                }
                bytes.push(byte);
            }
        }
    }
    Some(Int8Array::new(bytes.into(), numbers.nulls().cloned()))
}

/// All answers in batches of rows, the columns of each as [`shrunk`] makes them.
#[derive(Debug, Clone)]
pub struct Batches {
    schema: SchemaRef,
    batches: Vec<StoredBatch>,
}

#[derive(Debug, Clone)]
struct StoredBatch {
    rows: usize,
    columns: Vec<ArrayRef>,
}

impl Batches {
    /// No batches yet, of columns of this schema.
    pub fn new(schema: SchemaRef) -> Self {
        Self { schema, batches: Vec::new() }
    }

    /// Adds a batch: one array a column, in the column's type or as kept by a [`StoredColumn`].
    pub fn push(&mut self, rows: usize, columns: Vec<ArrayRef>) {
        self.batches.push(StoredBatch { rows, columns: columns.into_iter().map(shrunk).collect() });
    }

    /// Adds the rows of a batch for which `keep` is true; false if the arrays do not fit the condition.
    #[must_use]
    pub fn push_kept(&mut self, keep: &[bool], columns: Vec<ArrayRef>) -> bool {
        if !keep.contains(&false) {
            self.push(keep.len(), columns);
            return true;
        }
        let rows = keep.iter().filter(|kept| **kept).count();
        let condition = keep.to_vec().into();
        let kept: Result<Vec<ArrayRef>, _> = columns.iter().map(|column| filter(column, &condition)).collect();
        kept.map(|columns| self.push(rows, columns)).is_ok()
    }

    /// Makes every cell of some columns null.
    pub fn clear(&mut self, positions: &[usize]) {
        for batch in &mut self.batches {
            for &position in positions {
                let kind = self.schema.field(position).data_type();
                batch.columns[position] = shrunk(new_null_array(kind, batch.rows));
            }
        }
    }

    /// Number of batches.
    pub fn len(&self) -> usize {
        self.batches.len()
    }

    /// True if there is no batch.
    pub fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// Rows of a batch.
    pub fn rows(&self, batch: usize) -> usize {
        self.batches[batch].rows
    }

    /// Rows of all batches.
    pub fn row_count(&self) -> usize {
        self.batches.iter().map(|batch| batch.rows).sum()
    }

    /// Place of a column in every batch.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.schema.index_of(name).ok()
    }

    /// A column of a batch, in its own type.
    pub fn column(&self, batch: usize, position: usize) -> ArrayRef {
        grown(&self.batches[batch].columns[position], self.schema.field(position).data_type())
    }

    /// A column of a batch as it is kept.
    pub fn stored(&self, batch: usize, position: usize) -> &ArrayRef {
        &self.batches[batch].columns[position]
    }

    /// A column batch by batch; nothing if there is none of this name.
    pub fn column_by_name(&self, name: &str) -> impl Iterator<Item = ArrayRef> + '_ {
        let position = self.position(name);
        (0..self.len()).filter_map(move |batch| position.map(|position| self.column(batch, position)))
    }

    /// The batch with all its columns.
    pub fn batch(&self, batch: usize) -> Option<RecordBatch> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        self.chosen(batch, &all)
    }

    /// The batch with the columns at `positions`, in their order.
    pub fn chosen(&self, batch: usize, positions: &[usize]) -> Option<RecordBatch> {
        let fields: Vec<_> = positions.iter().map(|position| Arc::clone(&self.schema.fields()[*position])).collect();
        let columns = positions.iter().map(|position| self.column(batch, *position)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows(batch)));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).ok()
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, DictionaryArray, Int32Array, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn back(array: ArrayRef) -> (DataType, ArrayRef) {
        let kind = array.data_type().clone();
        let small = shrunk(array);
        (small.data_type().clone(), grown(&small, &kind))
    }

    #[test]
    fn scales_and_options_are_held_small_and_come_back_as_they_were() {
        let scale: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(-3.0), Some(100.0)]));
        assert_eq!(back(Arc::clone(&scale)), (DataType::Int8, scale));
        for numbers in [vec![0.5], vec![128.0], vec![-0.0], vec![f64::NAN], vec![1e300, 1.0]] {
            let bits: Vec<u64> = numbers.iter().map(|number: &f64| number.to_bits()).collect();
            let (kind, held) = back(Arc::new(Float64Array::from(numbers)));
            assert_eq!(kind, DataType::Float64);
            assert_eq!(
                held.as_primitive::<Float64Type>().values().iter().map(|n| n.to_bits()).collect::<Vec<_>>(),
                bits
            );
        }
        for (options, key) in [(127, DataType::Int8), (128, DataType::Int16), (40_000, DataType::Int32)] {
            let values: ArrayRef = Arc::new((0..options).map(|n| Some(n.to_string())).collect::<StringArray>());
            let keys = Int32Array::from(vec![Some(options - 1), None, Some(0)]);
            let array: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys, values));
            let (kind, held) = back(Arc::clone(&array));
            assert_eq!(&held, &array);
            assert!(matches!(kind, DataType::Dictionary(held, _) if *held == key), "{options}");
        }
        let truths: ArrayRef = Arc::new(BooleanArray::from(vec![Some(true), None]));
        assert_eq!(back(Arc::clone(&truths)), (DataType::Boolean, truths));
    }

    proptest! {
        #[test]
        fn no_number_changes(numbers in proptest::collection::vec(proptest::option::of(prop_oneof![
            Just(0.0), Just(-0.0), Just(5.0), Just(127.0), Just(-128.0), Just(-129.0), proptest::num::f64::ANY,
        ]), 0..40)) {
            let array: ArrayRef = Arc::new(Float64Array::from(numbers.clone()));
            let (_, held) = back(array);
            let held = held.as_primitive::<Float64Type>();
            let bits = |number: Option<f64>| number.map(f64::to_bits);
            prop_assert_eq!(held.iter().map(bits).collect::<Vec<_>>(), numbers.into_iter().map(bits).collect::<Vec<_>>());
        }
    }
}
