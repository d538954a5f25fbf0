//! 问卷网: texts and codes in files of their own, the duration in `答题时长`.

use super::duration;
use crate::data::table::RawTable;

/// Between the options of a multiple answer in one cell.
pub const SEPARATOR: &str = ",";

/// True if the headers are those of the tool; 腾讯问卷, which has a duration of that name too, is asked before.
pub fn recognise(has: &dyn Fn(&str) -> bool) -> bool {
    has("答题时长")
}

/// Durations in seconds.
pub fn normalise(mut table: RawTable) -> RawTable {
    duration::to_seconds(&mut table, &["答题时长"]);
    table
}
