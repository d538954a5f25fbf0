//! Collects the texts of one column of a block of delimited text: each distinct one once as long as they are few, else all of
//! them as they come. Texts go in row by row, Arrow arrays come out chunk by chunk.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray, StringBuilder};
use datafusion::arrow::datatypes::Int32Type;

use crate::data::memo::TextMemo;

/// Distinct texts up to which they are held once.
const FEW: usize = 256;

/// The texts of a column.
pub struct TextColumn {
    cells: Cells,
}

enum Cells {
    Repeated { known: TextMemo<i32>, texts: Vec<String>, keys: Vec<Option<i32>> },
    Plain(StringBuilder),
}

impl TextColumn {
    /// No cells yet.
    pub fn new() -> Self {
        Self { cells: Cells::Repeated { known: TextMemo::new(), texts: Vec::new(), keys: Vec::new() } }
    }

    /// Adds a text.
    pub fn append(&mut self, text: &str) {
        match &mut self.cells {
            Cells::Plain(builder) => builder.append_value(text),
            Cells::Repeated { known, texts, keys } => match known.get(text) {
                Some(key) => keys.push(Some(key)),
                None if texts.len() < FEW => {
                    let key = texts.len() as i32;
                    known.insert(text, key);
                    texts.push(text.to_owned());
                    keys.push(Some(key));
                }
                None => {
                    let mut builder = StringBuilder::new();
                    for key in keys.iter() {
                        builder.append_option(key.and_then(|key| texts.get(key as usize)));
                    }
                    builder.append_value(text);
                    self.cells = Cells::Plain(builder);
                }
            },
        }
    }

    /// Adds an empty cell.
    pub fn append_null(&mut self) {
        match &mut self.cells {
            Cells::Plain(builder) => builder.append_null(),
            Cells::Repeated { keys, .. } => keys.push(None),
        }
    }

    /// The cells since the last chunk.
    pub fn finish_chunk(&mut self) -> ArrayRef {
        match &mut self.cells {
            Cells::Plain(builder) => Arc::new(builder.finish()),
            Cells::Repeated { texts, keys, .. } => {
                let keys: Int32Array = keys.drain(..).collect();
                let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
                Arc::new(DictionaryArray::<Int32Type>::new(keys, texts))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rawcells::RawCells;

    #[test]
    fn few_and_many_texts_read_the_same() {
        for distinct in [1, 2, FEW, FEW + 1, 1_000] {
            let mut column = TextColumn::new();
            for chunk in 0..3 {
                let cell = |row: usize| (row % 7 != chunk).then(|| (row * (chunk + 1) % distinct).to_string());
                for row in 0..700 {
                    match cell(row) {
                        Some(text) => column.append(&text),
                        None => column.append_null(),
                    }
                }
                let array = column.finish_chunk();
                let cells = RawCells::new(Some(&array));
                for row in 0..700 {
                    assert_eq!(cells.text(row).as_deref(), cell(row).as_deref(), "{distinct} texts, row {row}");
                }
            }
        }
    }
}
