//! Bounds what a small file can ask for: columns without end, and cells that are laid out though nothing is in them.

use super::ReadRequest;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Location};

/// Columns that a table may have, as many as a spreadsheet.
pub const MOST_COLUMNS: usize = 16_384;

/// Cells that are laid out however few of them are filled.
const FREELY: u64 = 16 << 20;

/// Cells of a larger table for one that is filled.
const THIN: u64 = 64;

/// Columns that a table may have however few of their cells are filled, as those of rare answers.
const FEW_COLUMNS: u64 = 16;

/// Cells of a packed file that are unpacked however small it is.
const UNPACKED: u64 = 64 << 20;

/// How much of a table is filled.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fill {
    /// Cells that take memory.
    pub laid_out: u64,
    /// Cells with something in them, or that the file has at least a place for.
    pub filled: u64,
}

impl Fill {
    /// Of a table with so many rows, columns in use and filled cells.
    pub fn of(rows: u64, columns: u64, filled: u64) -> Self {
        let columns = if columns > FEW_COLUMNS { columns } else { 0 };
        Self { laid_out: rows.saturating_mul(columns), filled }
    }

    /// True for a table that takes far more than what is in it.
    pub fn is_thin(self) -> bool {
        self.laid_out > FREELY && self.filled.saturating_mul(THIN) < self.laid_out
    }
}

/// The error of a table that is thin up to a row.
pub fn thin(request: &ReadRequest<'_>, row: u64) -> Diagnostic {
    request.error(&messages::TABLE_THIN).arg("row", row).at(Location::row(request.shown, row))
}

/// The error of a table with too many columns.
pub fn wide(request: &ReadRequest<'_>, columns: usize) -> Option<Diagnostic> {
    let problem = || request.error(&messages::TABLE_WIDE).arg("columns", columns).arg("limit", MOST_COLUMNS);
    (columns > MOST_COLUMNS).then(|| problem().at(Location::file(request.shown)))
}

/// Looks whether a table has no more columns than it may.
///
/// # Errors
/// The reason why it has not.
pub fn narrow(columns: usize) -> Result<(), String> {
    if columns > MOST_COLUMNS {
        return Err(format!("{columns} columns, of which at most {MOST_COLUMNS} are read"));
    }
    Ok(())
}

/// Looks whether a packed file of so many bytes may be unpacked to so many cells.
///
/// # Errors
/// The reason why not.
pub fn unpack(rows: u64, columns: usize, bytes: u64) -> Result<(), String> {
    let cells = rows.saturating_mul(columns as u64);
    if cells > UNPACKED && bytes.saturating_mul(THIN) < cells {
        return Err(format!("{bytes} bytes would unpack to {cells} cells or more"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_may_take_room() {
        let thin = |laid_out: u64, filled: u64| Fill { laid_out, filled }.is_thin();
        assert!(!thin(FREELY, 0) && thin(FREELY + 1, 0), "a small table may be empty");
        assert!(!thin(64_000_000, 1_000_000) && thin(64_000_001, 1_000_000));
        assert!(!thin(u64::MAX, u64::MAX));
        let of = |columns: u64| Fill::of(50_000_000, columns, 1_000).is_thin();
        assert!(!of(FEW_COLUMNS) && of(FEW_COLUMNS + 1), "a rare answer in many rows");
    }

    /// Ten million answers to sixty questions in a hundred megabytes are a survey; thousand million empty ones in a kilobyte are not.
    #[test]
    fn packed_files_may_be_small() {
        assert_eq!(unpack(10_000_000, 60, 100 << 20), Ok(()));
        assert_eq!(unpack(1_000_000, 60, 1 << 10), Ok(()), "whatever its size, that much can be held");
        let refused = unpack(1_000_000_000, 3, 1_000);
        assert_eq!(refused, Err("1000 bytes would unpack to 3000000000 cells or more".to_owned()));
        assert!(unpack(u64::MAX, usize::MAX, u64::MAX / 2).is_ok());
        assert!(narrow(MOST_COLUMNS).is_ok() && narrow(MOST_COLUMNS + 1).is_err());
    }
}
