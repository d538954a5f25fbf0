//! 问卷星: `153秒` durations, `-3` skipped and `-2` left empty, `┋` between options and `→` between ranks.

use super::duration;
use crate::data::table::RawTable;

/// Between the options of a multiple answer.
pub const SEPARATOR: &str = "┋";

/// Between the options of a ranking.
pub const RANKING_SEPARATOR: &str = "→";

/// Columns about the answer sheet, which come before the questions.
const ABOUT: [&str; 9] = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "总分", "用户ID", "昵称"];

/// Skipped by routing, in both forms.
const SKIPPED: [&str; 3] = ["-3", "(跳过)", "（跳过）"];

/// Left empty, in both forms.
const LEFT_EMPTY: [&str; 3] = ["-2", "(空)", "（空）"];

/// True if the headers are those of the tool.
pub fn recognise(has: &dyn Fn(&str) -> bool) -> bool {
    has("提交答卷时间") || (has("序号") && has("所用时间") && (has("来自IP") || has("来源详情")))
}

/// Durations in seconds, missing values declared.
pub fn normalise(mut table: RawTable) -> RawTable {
    duration::to_seconds(&mut table, &["所用时间"]);
    for header in &mut table.headers {
        if !ABOUT.contains(&header.name.as_str()) {
            header.missing.extend(SKIPPED.iter().chain(&LEFT_EMPTY).map(|&value| value.to_owned()));
        }
    }
    table
}

/// The option of an answer with an "other" text: `其他〖没座位〗` and `〖其他〗没座位` are both `其他`.
pub fn option_of(answer: &str) -> &str {
    match answer.split_once('〖') {
        Some(("", rest)) => rest.split_once('〗').map_or(answer, |(option, _)| option),
        Some((option, _)) => option.trim_end(),
        None => answer,
    }
}
