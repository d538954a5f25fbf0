//! Qualtrics: three header rows. The readers make the second the headers' labels and pass over the third (see
//! `readers::layout`), so that a question's words are known even where its cells are not read.

use crate::data::table::RawTable;

/// Between the options of a multiple answer in one cell.
pub const SEPARATOR: &str = ",";

/// True if the headers are those of the tool.
pub fn recognise(has: &dyn Fn(&str) -> bool) -> bool {
    has("Duration (in seconds)") || (has("ResponseId") && has("RecordedDate"))
}

/// True for a cell of the third header row, such as `{"ImportId":"QID1"}`.
pub fn is_import_id(cell: &str) -> bool {
    cell.starts_with("{\"ImportId\"")
}

/// Nothing left to do: the duration is in seconds and the label rows are gone.
pub fn normalise(table: RawTable) -> RawTable {
    table
}
