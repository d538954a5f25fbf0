//! 腾讯问卷: times of beginning and end, one column an option.

use super::duration;
use crate::data::table::RawTable;

/// Between the options of a multiple answer in one cell.
pub const SEPARATOR: &str = "┋";

/// True if the headers are those of the tool.
pub fn recognise(has: &dyn Fn(&str) -> bool) -> bool {
    has("编号") && has("开始答题时间") && has("结束答题时间")
}

/// Durations in seconds.
pub fn normalise(mut table: RawTable) -> RawTable {
    duration::to_seconds(&mut table, &["答题时长"]);
    table
}
