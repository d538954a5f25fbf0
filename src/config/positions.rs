//! Where every key of a YAML file stands, so that problems found long after parsing still name line and column.

use std::collections::HashMap;

use crate::diagnostics::Location;

/// Line and column of every key path of one YAML file.
///
/// Paths look like `columns.praise.range[0]`; a path that is not in the file is located at its nearest parent.
#[derive(Debug, Clone, Default)]
pub struct KeyPositions {
    file: String,
    places: HashMap<String, (usize, usize)>,
}

impl KeyPositions {
    /// An index for a file, without places yet.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), places: HashMap::new() }
    }

    /// Records where a key path stands, both numbers from 1.
    pub fn insert(&mut self, path: impl Into<String>, line: usize, column: usize) {
        self.places.insert(path.into(), (line, column));
    }

    /// The file as the user knows it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// True if the file holds the key path itself.
    pub fn holds(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }

    /// Place of a key path, or of its nearest parent that the file holds, or the file alone.
    pub fn locate(&self, path: &str) -> Location {
        let mut path = path;
        loop {
            if let Some(&(line, column)) = self.places.get(path) {
                return Location::text(&self.file, line, column);
            }
            match path.rfind(['.', '[']) {
                Some(cut) => path = &path[..cut],
                None => return Location::file(&self.file),
            }
        }
    }
}
