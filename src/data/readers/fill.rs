//! Bounds what a small file can ask for: columns without end, and cells that are laid out though nothing is in them.

use super::ReadRequest;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Location};

/// Columns that a table may have, as many as a spreadsheet.
pub const MOST_COLUMNS: usize = 16_384;

/// Bytes for cells that are laid out however few of them the file has something for. Twenty thousand people who rate three of three
/// hundred teachers fill one cell of seventy of 48 million: 48 MB of points, 192 MB of words.
const FREELY: u64 = 192 << 20;

/// The same for a table of at most [`FEW_COLUMNS`] columns, such as one of rare answers.
const FREELY_FEW: u64 = 288 << 20;
const FEW_COLUMNS: u64 = 16;

/// Bytes that a larger table may take for each cell that is written in the file.
const PER_CELL: u64 = 128;

/// Bytes of a number that is no small whole one or of a date, and of a text or the key of one beside its letters.
pub const WIDE_CELL: u64 = 8;
pub const TEXT_CELL: u64 = 4;

/// Bytes for the fields that rows of text lack, and bytes for each field that they have: eight cells, since a field that is written
/// counts though it is empty.
const FREELY_TEXT: u64 = 128 << 20;
const PER_FIELD: u64 = 32;

/// Cells after which a chunk of a wide table ends early: while it is built, its cells take more than afterwards.
pub const CHUNK_CELLS: usize = 8 << 20;

/// Values of a packed file that are unpacked however small it is, and how many a larger one may have for each of its bytes.
const UNPACKED: u64 = 64 << 20;
const PER_BYTE: u64 = 64;

/// Bytes that a packed file may unpack to however small it is, and how many times its size a larger one may.
const UNPACKED_BYTES: u64 = 256 << 20;
const HIGHEST_RATIO: u64 = 200;

/// What a table takes, and what for.
#[derive(Debug, Default, Clone, Copy)]
pub struct Fill {
    /// Columns with something in them.
    pub columns: u64,
    /// Bytes of all their cells.
    pub room: u64,
    /// Cells that the file has at least a place for.
    pub written: u64,
}

impl Fill {
    /// True for a table that takes far more than what is in it.
    pub fn is_thin(self) -> bool {
        let freely = if self.columns > FEW_COLUMNS { FREELY } else { FREELY_FEW };
        self.room > freely && self.written.saturating_mul(PER_CELL) < self.room
    }
}

/// True for rows of text that lack nearly all of their fields.
pub fn is_thin_text(cells: u64, fields: u64) -> bool {
    let room = cells.saturating_mul(TEXT_CELL);
    room > FREELY_TEXT && fields.saturating_mul(PER_FIELD) < room
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

/// The error of a header row that names too many columns, or reaches so far that its gaps are too many; to be asked before anything
/// is made of the names.
pub fn wide_header(request: &ReadRequest<'_>, names: &[String]) -> Option<Diagnostic> {
    let reach = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    let named = names.iter().filter(|name| !name.is_empty()).count();
    wide(request, if reach > 4 * MOST_COLUMNS { reach } else { named })
}

/// Why a file that a library reads is refused.
pub enum Refusal {
    /// It is damaged, with the reason in the words of the library.
    Broken(String),
    /// It is too large, which was put in words.
    Told(Box<Diagnostic>),
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::Broken(reason)
    }
}

impl From<Diagnostic> for Refusal {
    fn from(problem: Diagnostic) -> Self {
        Self::Told(Box::new(problem))
    }
}

/// What a packed file unpacks to.
#[derive(Debug, Clone, Copy)]
pub struct Unpacked {
    /// Its rows.
    pub rows: u64,
    /// Values of the columns that are wanted, each item of a list counted.
    pub values: u64,
    /// Bytes of these columns before anything is made of them; 0 where the file does not say.
    pub bytes: u64,
}

impl Unpacked {
    /// True if a file of so many bytes holds too little for it.
    fn is_too_much(self, file: u64) -> bool {
        (self.values > UNPACKED && file.saturating_mul(PER_BYTE) < self.values)
            || (self.bytes > UNPACKED_BYTES && file.saturating_mul(HIGHEST_RATIO) < self.bytes)
    }

    /// The error of a file of so many bytes that would unpack to far more than it holds.
    pub fn refused(self, request: &ReadRequest<'_>, file: u64) -> Option<Diagnostic> {
        self.is_too_much(file).then(|| thin(request, self.rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_may_take_room() {
        let thin = |columns: u64, room: u64, written: u64| Fill { columns, room, written }.is_thin();
        assert!(!thin(60, FREELY, 0) && thin(60, FREELY + 1, 0), "a small table may be empty");
        assert!(!thin(60, 640_000_000, 5_000_000) && thin(60, 640_000_001, 5_000_000));
        assert!(!thin(60, u64::MAX, u64::MAX));
        // 20,000 people rate three of 300 teachers with eight questions, beside ten of their own, in words.
        assert!(!thin(2_410, 20_000 * (2_410 * TEXT_CELL), 20_000 * 34));
        // A rare answer in many rows whose other columns nobody asks for: two fields are written in each.
        assert!(!thin(1, 50_000_000 * (TEXT_CELL + 4), 100_000_000));
        assert!(!thin(FEW_COLUMNS, FREELY_FEW, 16) && thin(FEW_COLUMNS, FREELY_FEW + 1, 16));
    }

    #[test]
    fn rows_of_text_may_lack_fields() {
        // 60,000 rows of 400 fields that stop after the first; 20 million of 64 take five gigabytes.
        assert!(!is_thin_text(60_000 * 400, 60_000) && is_thin_text(20_000_000 * 64, 20_000_000));
        assert!(!is_thin_text(20_000_000 * 8, 20_000_000));
    }

    /// Ten million answers to sixty questions in a hundred megabytes are a survey; thousand million empty ones in a kilobyte are not,
    /// nor is one answer that is a list of them.
    #[test]
    fn packed_files_may_be_small() {
        let too_much =
            |rows: u64, values: u64, bytes: u64, file: u64| Unpacked { rows, values, bytes }.is_too_much(file);
        assert!(!too_much(10_000_000, 600_000_000, 600_000_000, 100 << 20));
        assert!(!too_much(1_000_000, 60_000_000, 0, 1 << 10), "whatever its size, that much can be held");
        assert!(too_much(1_000_000_000, 3_000_000_000, 0, 1_000) && too_much(1, 500_000_000, 0, 1_000));
        assert!(too_much(1, 1, 2 << 30, 1_000) && !too_much(1, 1, 2 << 30, 100 << 20));
        assert!(!too_much(u64::MAX, u64::MAX, u64::MAX, u64::MAX / 2));
    }
}
