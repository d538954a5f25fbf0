//! Where a table begins: finds the header row among title rows, and makes unique names of the headers.
//!
//! In go the first rows of a text file or sheet as text, out comes a [`Layout`] that the reader follows for the rest.

use std::collections::HashMap;

use crate::data::dialects::is_import_id;
use crate::data::table::RawHeader;

/// Rows that are looked at to find the headers.
pub const PREVIEW_ROWS: usize = 60;

/// A row of the preview: its number as an editor or spreadsheet shows it, and its cells as text, trimmed.
pub struct PreviewRow {
    /// Row number, from 1.
    pub number: u64,
    /// Cells as text.
    pub cells: Vec<String>,
}

/// Where headers and answers are.
#[derive(Debug, PartialEq)]
pub struct Layout {
    /// Cells of the header row up to the last one with a name.
    pub width: usize,
    /// Number of the last row that belongs to the headers; answers come after it.
    pub last_header_row: u64,
    /// Position in the row, and the header. Columns without header and content are left out.
    pub columns: Vec<(usize, RawHeader)>,
    /// Headers that were renamed because they stand more than once: header and new name.
    pub repeated: Vec<(String, String)>,
}

impl Layout {
    /// The headers of a file that has no column letters, as text and web tables have none.
    pub fn into_headers_without_letters(self) -> Vec<RawHeader> {
        let bare = |(_, header): (usize, RawHeader)| RawHeader { letter: String::new(), ..header };
        self.columns.into_iter().map(bare).collect()
    }
}

/// Index in the preview of the row that holds the headers: the row given by number, else the first that is as wide as the
/// body (a title fills one or two cells, the headers fill nearly all). A row of numbers holds answers, not headers.
pub fn find_header(rows: &[PreviewRow], given: Option<u32>) -> Option<usize> {
    if let Some(number) = given {
        return rows.iter().position(|row| row.number == u64::from(number) && filled(row) > 0);
    }
    let width = body_width(rows);
    let found = rows.iter().position(|row| filled(row) > 0 && filled(row) * 2 > width)?;
    let numbers = rows[found].cells.iter().filter(|cell| cell.parse::<f64>().is_ok()).count();
    (numbers * 2 <= filled(&rows[found])).then_some(found)
}

fn filled(row: &PreviewRow) -> usize {
    row.cells.iter().filter(|cell| !cell.is_empty()).count()
}

/// The number of cells up to the last filled one that most rows have; the wider if two are as frequent.
///
/// A row that is more empty than full at twice the cells of any other has a stray cell far out, and does not count.
fn body_width(rows: &[PreviewRow]) -> usize {
    let most = rows.iter().map(filled).max().unwrap_or(0);
    let widths: Vec<usize> = rows
        .iter()
        .filter_map(|row| row.cells.iter().rposition(|cell| !cell.is_empty()).map(|last| last + 1))
        .filter(|&width| width <= most * 2)
        .collect();
    let frequency = |width: usize| widths.iter().filter(|&&other| other == width).count();
    widths.iter().copied().max_by_key(|&width| (frequency(width), width)).unwrap_or(0)
}

/// Rows after the headers that carry the questions in words and the import ids of Qualtrics, if they do: how many, and the words.
fn label_rows(rows: &[PreviewRow], header: usize) -> (usize, Vec<String>) {
    let is_import_ids = |row: &PreviewRow| {
        let ids = row.cells.iter().filter(|cell| is_import_id(cell)).count();
        ids > 0 && ids * 2 > filled(row)
    };
    match (rows.get(header + 1), rows.get(header + 2)) {
        (Some(labels), Some(ids)) if is_import_ids(ids) => (2, labels.cells.clone()),
        (Some(ids), _) if is_import_ids(ids) => (1, Vec::new()),
        _ => (0, Vec::new()),
    }
}

/// Headers so far, each with the number that its next repetition gets.
#[derive(Debug, Default)]
pub struct NamesTaken(HashMap<String, usize>);

impl NamesTaken {
    /// Takes a name; a name that is taken already gets a number behind it, and the new name is given.
    pub fn renamed(&mut self, name: &str) -> Option<String> {
        let Some(next) = self.0.get(name) else {
            self.0.insert(name.to_owned(), 2);
            return None;
        };
        let mut count = *next;
        let mut renamed = format!("{name} ({count})");
        while self.0.contains_key(&renamed) {
            count += 1;
            renamed = format!("{name} ({count})");
        }
        self.0.insert(name.to_owned(), count + 1);
        self.0.insert(renamed.clone(), 2);
        Some(renamed)
    }
}

/// Makes headers of the names found in the preview row `header`, the last one that belongs to them but for label rows.
pub fn lay_out(rows: &[PreviewRow], header: usize, names: &[String], with_labels: bool) -> Layout {
    let (extra, labels) = if with_labels { label_rows(rows, header) } else { (0, Vec::new()) };
    let body = &rows[(header + 1 + extra).min(rows.len())..];
    // What stands to the right of the last header is a note or a mistake, not a question.
    let names = &names[..names.iter().rposition(|name| !clean_header(name).is_empty()).map_or(0, |last| last + 1)];
    let mut names_taken = NamesTaken::default();
    let mut layout = Layout {
        width: names.len(),
        last_header_row: rows.get(header + extra).map_or(0, |row| row.number),
        columns: Vec::with_capacity(names.len()),
        repeated: Vec::new(),
    };
    for (index, cell) in names.iter().enumerate() {
        let letter = column_letters(index);
        let mut name = clean_header(cell);
        if name.is_empty() {
            if body.iter().all(|row| row.cells.get(index).is_none_or(String::is_empty)) {
                continue;
            }
            name = format!("[{letter}]");
        }
        if let Some(renamed) = names_taken.renamed(&name) {
            layout.repeated.push((name, renamed.clone()));
            name = renamed;
        }
        let label =
            labels.get(index).map(|label| clean_header(label)).filter(|label| !label.is_empty() && *label != name);
        layout.columns.push((index, RawHeader { name, letter, label, ..RawHeader::default() }));
    }
    layout
}

/// A header without the spaces, line breaks and byte order marks around and inside it that nobody sees.
pub fn clean_header(text: &str) -> String {
    let unseen = |letter: char| letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}');
    let mut cleaned = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.trim_matches(unseen).chars() {
        if matches!(letter, '\u{feff}' | '\u{200b}') {
            continue;
        }
        if matches!(letter, '\n' | '\r' | '\t') {
            gap = true;
            continue;
        }
        if gap && letter != ' ' && !cleaned.ends_with(' ') {
            cleaned.push(' ');
        }
        gap = false;
        cleaned.push(letter);
    }
    cleaned
}

/// Column letters of a spreadsheet: 0 is `A`, 26 is `AA`.
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn rows(table: &[&[&str]]) -> Vec<PreviewRow> {
        table
            .iter()
            .enumerate()
            .map(|(index, cells)| PreviewRow {
                number: index as u64 + 1,
                cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            })
            .collect()
    }

    #[test]
    fn titles_above_the_headers_are_passed_over() {
        let table = rows(&[
            &["食堂满意度调查", "", ""],
            &[],
            &["导出时间：", "2026-09-03", ""],
            &["序号", "性别", "满意度", "建议", "来源"],
            &["1", "男", "5", "", "微信"],
            &["2", "女", "4", "很好", "微信"],
        ]);
        assert_eq!(find_header(&table, None), Some(3));
        assert_eq!(find_header(&table, Some(5)), Some(4));
        assert_eq!(find_header(&table, Some(2)), None, "an empty row holds no headers");
    }

    #[test]
    fn sparse_answers_do_not_hide_the_first_row() {
        let table = rows(&[&["id", "q1", "q2", "q3"], &["1", "", "", ""], &["2", "", "5", ""], &["3", "4", "", "1"]]);
        assert_eq!(find_header(&table, None), Some(0));
        assert_eq!(find_header(&rows(&[&["only"], &["1"]]), None), Some(0));
        assert_eq!(find_header(&rows(&[&[], &["", ""]]), None), None);
        assert_eq!(find_header(&rows(&[&["1", "男", "5"], &["2", "女", "4"]]), None), None, "answers without headers");
    }

    #[test]
    fn names_are_clean_and_unique() {
        let table = rows(&[&["", "\u{feff}id ", "", "问题\n一", "问题\n一", ""], &["x", "1", "", "2", "3", "note"]]);
        let layout = lay_out(&table, 0, &table[0].cells, true);
        let names: Vec<&str> = layout.columns.iter().map(|(_, header)| header.name.as_str()).collect();
        assert_eq!(names, ["[A]", "id", "问题 一", "问题 一 (2)"]);
        assert_eq!(layout.width, 5);
        assert_eq!(layout.repeated.len(), 1);
    }

    #[test]
    fn qualtrics_question_rows_become_labels() {
        let table = rows(&[
            &["ResponseId", "Q1"],
            &["Response ID", "How satisfied are you?"],
            &["{\"ImportId\":\"_recordId\"}", "{\"ImportId\":\"QID1\"}"],
            &["R_1", "5"],
        ]);
        let layout = lay_out(&table, 0, &table[0].cells, true);
        assert_eq!(layout.last_header_row, 3);
        assert_eq!(layout.columns[1].1.label.as_deref(), Some("How satisfied are you?"));
        assert_eq!(lay_out(&table, 0, &table[0].cells, false).last_header_row, 1);
    }

    #[test]
    fn letters_count_as_spreadsheets_do() {
        assert_eq!([0, 25, 26, 701, 702, 16383].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
    }
}
