//! LimeSurvey: codes such as `Q1[SQ001]` as headers, `Y` or nothing for the options of a multiple answer, `-oth-` for other.

use crate::data::table::RawTable;

/// Between the options of a multiple answer in one cell.
pub const SEPARATOR: &str = ",";

/// The id's header where code and text of the questions are the headers.
pub const ID: &str = "id. Response ID";

/// True if the headers are those of the tool.
pub fn recognise(has: &dyn Fn(&str) -> bool) -> bool {
    let coded = has("id")
        && has("submitdate")
        && (has("lastpage") || has("startlanguage") || has("startdate") || has("interviewtime"));
    coded || has(ID)
}

/// Nothing to do: the interview time is in seconds and an empty cell is empty.
pub fn normalise(table: RawTable) -> RawTable {
    table
}
