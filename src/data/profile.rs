//! What stands in the columns of raw tables, gathered in one pass: different values, how many cells are filled, whether all of
//! them are numbers or dates. Only guessing uses it.

use indexmap::IndexMap;

use crate::config::raw::Dialect;
use crate::data::guess::{is_moment, is_tool_code};
use crate::data::numbers::parse_number;
use crate::data::rawcells::RawCells;
use crate::data::scales::is_not_applicable;
use crate::data::sources::LoadedSource;
use crate::data::table::RawHeader;

/// Different values kept of a column.
const VALUE_LIMIT: usize = 50_000;

/// The cells under one header, over all files.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The header as first met.
    pub header: RawHeader,
    /// Position among all headers, from 1.
    pub position: usize,
    /// Survey tool of the file it was first met in.
    pub dialect: Dialect,
    /// Different values with their counts, without blanks and the survey tool's codes.
    pub values: IndexMap<String, u64>,
    /// There are more different values than were kept.
    pub overflow: bool,
    /// Rows of the files that have the header, and of those that lack it.
    pub rows: u64,
    /// Cells with a value.
    pub filled: u64,
    /// Every value is a number.
    pub all_numbers: bool,
    /// Every value is a date.
    pub all_dates: bool,
}

impl Profile {
    /// Different values without "not applicable".
    pub fn answers(&self) -> Vec<&str> {
        self.values.keys().map(String::as_str).filter(|value| !is_not_applicable(value)).collect()
    }

    /// True if no value comes twice.
    pub fn is_unique(&self) -> bool {
        !self.overflow && self.values.values().all(|count| *count == 1)
    }

    fn add(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() || is_tool_code(cell, self.dialect) || self.header.missing.iter().any(|code| code == cell) {
            return;
        }
        self.filled += 1;
        if let Some(count) = self.values.get_mut(cell) {
            *count += 1;
            return;
        }
        self.all_numbers &= parse_number(cell).is_some();
        self.all_dates &= is_moment(cell);
        if self.values.len() < VALUE_LIMIT {
            self.values.insert(cell.to_owned(), 1);
        } else {
            self.overflow = true;
        }
    }
}

/// Profiles of all headers of all files, in the order first met.
pub fn profile_headers(tables: &[LoadedSource]) -> Vec<Profile> {
    let mut profiles: IndexMap<String, Profile> = IndexMap::new();
    let total: usize = tables.iter().map(|source| source.table.row_count()).sum();
    for source in tables {
        for (column, header) in source.table.headers.iter().enumerate() {
            if header.name.is_empty() {
                continue;
            }
            let position = profiles.len() + 1;
            let profile = profiles.entry(header.name.clone()).or_insert_with(|| Profile {
                header: header.clone(),
                position,
                dialect: source.dialect,
                values: IndexMap::new(),
                overflow: false,
                rows: total as u64,
                filled: 0,
                all_numbers: true,
                all_dates: true,
            });
            for chunk in &source.table.chunks {
                let cells = RawCells::new(chunk.columns.get(column).and_then(Option::as_ref));
                for row in 0..chunk.rows.len() {
                    if let Some(cell) = cells.text(row) {
                        profile.add(&cell);
                    }
                }
            }
        }
    }
    profiles.into_values().collect()
}
