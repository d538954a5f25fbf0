//! What survey tools do to their exports, one tool a module: recognised by the headers, and brought to plain numbers, labels
//! and missing values. In goes a raw table as read, out comes one that the codebook can work on.

pub mod codes;
pub mod duration;
pub mod families;
mod limesurvey;
mod plain;
mod qualtrics;
mod tencent;
mod wenjuan;
mod wjx;

pub use families::{Family, Member, families};
pub(crate) use qualtrics::is_import_id;

use crate::config::raw::Dialect;
use crate::data::table::RawTable;

/// The tool that exported a table, by its headers; [`Dialect::Plain`] if it looks like none.
pub fn recognise(table: &RawTable) -> Dialect {
    let has = |name: &str| table.position(name).is_some();
    if wjx::recognise(&has) {
        Dialect::Wjx
    } else if qualtrics::recognise(&has) {
        Dialect::Qualtrics
    } else if tencent::recognise(&has) {
        Dialect::Tencent
    } else if wenjuan::recognise(&has) {
        Dialect::Wenjuan
    } else if limesurvey::recognise(&has) {
        Dialect::Limesurvey
    } else {
        Dialect::Plain
    }
}

/// Brings a table to plain habits: durations in seconds, the tool's missing values declared in the headers, and the labels of
/// `codes`, the same answers in numbers, in the headers' value labels.
pub fn normalise(table: RawTable, dialect: Dialect, codes: Option<RawTable>) -> RawTable {
    let mut table = match dialect {
        Dialect::Wjx => wjx::normalise(table),
        Dialect::Tencent => tencent::normalise(table),
        Dialect::Wenjuan => wenjuan::normalise(table),
        Dialect::Limesurvey => limesurvey::normalise(table),
        Dialect::Qualtrics => qualtrics::normalise(table),
        Dialect::Plain => plain::normalise(table),
    };
    if let Some(codes) = codes {
        codes::join(&mut table, &codes, dialect);
    }
    table
}

/// What stands between the options of a multiple answer in one cell.
pub fn separator(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Wjx => wjx::SEPARATOR,
        Dialect::Tencent => tencent::SEPARATOR,
        Dialect::Wenjuan => wenjuan::SEPARATOR,
        Dialect::Limesurvey => limesurvey::SEPARATOR,
        Dialect::Qualtrics => qualtrics::SEPARATOR,
        Dialect::Plain => plain::SEPARATOR,
    }
}

/// What stands between the options of a ranking in one cell.
pub fn ranking_separator(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Wjx => wjx::RANKING_SEPARATOR,
        other => separator(other),
    }
}

/// Columns that match the rows of two exports of the same answers, the usual one first.
const ROW_IDS: [&str; 7] = ["序号", "编号", "答卷编号", "答题序号", "ResponseId", "id", limesurvey::ID];

/// True for columns that must be read even if no question asks for them, because files are matched by them.
pub fn joins_rows(header: &str) -> bool {
    ROW_IDS.contains(&header)
}

#[cfg(test)]
mod tests;
