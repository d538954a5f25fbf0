//! Messages about the tab book (codes M058x).

use super::{Message, messages};

messages! {
    /// The workbook could not be made.
    NOT_MADE = Message::new("M0580", "the workbook could not be made: {problem}", "无法生成工作簿：{problem}");
    /// A text longer than a cell takes.
    TEXT_CUT = Message::new("M0581", "the text in `{place}` was cut to {limit} characters, the most that a cell of a workbook takes", "`{place}` 中的文字超出工作簿单元格的上限，已截取前 {limit} 个字符");
}
