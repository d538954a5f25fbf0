//! Web pages that call themselves `.xls`, as some survey tools export: the largest table of the page, cells as text.

use std::fs::File;
use std::io::Read;

use super::cells::{Cell, TableBuilder};
use super::layout::{self, PREVIEW_ROWS, PreviewRow};
use super::workbook::larger_than;
use super::{ReadRequest, fill, text};
use crate::data::encoding::Transcoder;
use crate::data::table::RawTable;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostics, io_problem};

/// Bytes of a page that are read; a survey of that size is not exported as a page.
const LARGEST_PAGE: u64 = 512 << 20;

/// Reads the largest table of a page.
pub fn read(request: &ReadRequest<'_>, mut file: File, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let encoding = text::encoding_of(request, &mut file, diagnostics)?;
    let mut page = Vec::new();
    if let Err(error) = Transcoder::new(file, encoding).take(LARGEST_PAGE + 1).read_to_end(&mut page) {
        diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)));
        return None;
    }
    if page.len() as u64 > LARGEST_PAGE {
        diagnostics.push(request.error(&messages::WORKBOOK_BROKEN).words("reason", larger_than(LARGEST_PAGE)));
        return None;
    }
    let page = tables(&text::into_string(page));
    let table = page.tables.into_iter().max_by_key(|table| table.rows.len()).unwrap_or_default();
    if let Some(problem) = fill::wide(request, table.rows.iter().map(Row::reach).max().unwrap_or(0)) {
        diagnostics.push(problem);
        return None;
    }
    let preview: Vec<PreviewRow> = table
        .rows
        .iter()
        .take(PREVIEW_ROWS.max(request.source.header_row.unwrap_or(0) as usize + 3))
        .enumerate()
        .map(|(index, row)| PreviewRow { number: index as u64 + 1, cells: row.laid_out() })
        .collect();
    let Some(header) = layout::find_header(&preview, request.source.header_row) else {
        diagnostics.push(request.error(&messages::HEADER_MISSING));
        return None;
    };
    let names = preview[header].cells.clone();
    let layout = layout::lay_out(&preview, header, &names, request.may_have_label_rows());
    if let (false, false, Some(last)) = (page.ended, table.closed, table.rows.last()) {
        let row = table.rows.len() as u64;
        diagnostics.push(request.cut_off(row, last.written, layout.width));
    }
    request.report_repeated(&layout.repeated, diagnostics);
    let kept: Vec<bool> = layout.columns.iter().map(|(_, header)| request.wants(header)).collect();
    let mut slots: Vec<Option<usize>> = vec![None; layout.columns.last().map_or(0, |(column, _)| column + 1)];
    for (slot, (column, _)) in layout.columns.iter().enumerate().filter(|(slot, _)| kept[*slot]) {
        slots[*column] = Some(slot);
    }
    let mut builder = TableBuilder::new(layout.columns.len());
    for (index, row) in table.rows.iter().enumerate() {
        let number = index as u64 + 1;
        if number <= layout.last_header_row || row.cells.is_empty() {
            continue;
        }
        for (column, cell) in &row.cells {
            if let Some(Some(slot)) = slots.get(*column) {
                builder.put(*slot, &Cell::Text(cell.into()));
            }
        }
        builder.pass_over(row.written);
        builder.end_row(number);
        if builder.is_thin() {
            diagnostics.push(fill::thin(request, number));
            return None;
        }
    }
    Some(RawTable {
        file: request.shown.to_owned(),
        sheet: None,
        headers: layout.into_headers_without_letters(),
        chunks: builder.finish(&kept),
        sha256: String::new(),
    })
}

/// What is in a page.
#[derive(Debug, Default)]
struct Page {
    tables: Vec<Table>,
    /// True if the page is there up to its end.
    ended: bool,
}

/// A table, and whether its end was seen.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Row>,
    closed: bool,
}

/// A row: the cells with something in them by their column, the columns that all its cells span, and how many are written.
#[derive(Debug, Default)]
struct Row {
    cells: Vec<(usize, String)>,
    width: usize,
    written: u64,
}

impl Row {
    /// Columns up to the last cell with something in it.
    fn reach(&self) -> usize {
        self.cells.last().map_or(0, |(column, _)| column + 1)
    }

    /// The cells as headers, with the empty ones between.
    fn laid_out(&self) -> Vec<String> {
        let mut cells = vec![String::new(); self.reach()];
        for (column, cell) in &self.cells {
            cells[*column] = layout::clean_header(cell);
        }
        cells
    }
}

/// The tables of a page. A cell that spans columns is followed by empty ones; an inner table ends the outer.
fn tables(text: &str) -> Page {
    let mut page = Page::default();
    let mut open: Vec<usize> = Vec::new();
    let mut cell: Option<(String, usize)> = None;
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        if let Some((text, _)) = &mut cell {
            text.push_str(&rest[..start]);
        }
        rest = &rest[start..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let Some(close) = rest.find('>') else { break };
        let tag = &rest[1..close];
        rest = &rest[close + 1..];
        let name: String = tag
            .chars()
            .take_while(|letter| !letter.is_whitespace() && *letter != '>')
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        if matches!(name.as_str(), "td" | "th" | "/td" | "/th" | "tr" | "/tr" | "table" | "/table") {
            end_cell(&mut page.tables, &mut cell);
        }
        match name.as_str() {
            "script" | "style" => {
                let end = format!("</{name}");
                rest = rest.find(&end).map_or("", |at| &rest[at..]);
            }
            "table" => {
                open.push(page.tables.len());
                page.tables.push(Table::default());
            }
            "/table" => {
                if let Some(table) = open.pop().and_then(|index| page.tables.get_mut(index)) {
                    table.closed = true;
                }
            }
            "/body" | "/html" => page.ended = true,
            "tr" => {
                if let Some(table) = page.tables.last_mut() {
                    table.rows.push(Row::default());
                }
            }
            "td" | "th" => cell = Some((String::new(), spanned_columns(tag))),
            "br" | "br/" => {
                if let Some((text, _)) = &mut cell {
                    text.push(' ');
                }
            }
            _ => {}
        }
    }
    end_cell(&mut page.tables, &mut cell);
    page
}

fn end_cell(tables: &mut [Table], cell: &mut Option<(String, usize)>) {
    let Some((text, span)) = cell.take() else { return };
    let Some(row) = tables.last_mut().and_then(|table| table.rows.last_mut()) else { return };
    let text = decode_entities(text.trim()).trim().to_owned();
    if !text.is_empty() {
        row.cells.push((row.width, text));
    }
    row.width += span;
    row.written += 1;
}

fn spanned_columns(tag: &str) -> usize {
    let lowered = tag.to_ascii_lowercase();
    let Some(at) = lowered.find("colspan") else { return 1 };
    let digits: String = lowered[at + 7..]
        .chars()
        .skip_while(|letter| matches!(letter, '=' | '"' | '\'' | ' '))
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().unwrap_or(1).clamp(1, 1000)
}

fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(12).find(|(_, letter)| *letter == ';').map(|(end, _)| end);
        let letter = end.and_then(|end| entity(&rest[1..end]));
        match (letter, end) {
            (Some(letter), Some(end)) => {
                decoded.push(letter);
                rest = &rest[end + 1..];
            }
            _ => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_its_tables() {
        let page = "<html><style>td{}</style><table><TR><th colspan=\"2\">标题</th></TR><tr><td>a&amp;b</td>\
                    <td><b>1</b>&#20013;<br>2</td></tr></table>";
        let page = tables(page);
        let cells: Vec<&[(usize, String)]> = page.tables[0].rows.iter().map(|row| row.cells.as_slice()).collect();
        assert_eq!(
            cells,
            [&[(0, "标题".to_owned())][..], &[(0, "a&b".to_owned()), (1, "1中 2".to_owned())]],
            "what a cell spans is empty"
        );
        assert_eq!(
            (page.tables.len(), page.tables[0].rows[0].width, page.tables[0].closed, page.ended),
            (1, 2, true, false)
        );
    }

    /// Layout around the table of answers may be cut; the table may not, unless the page ends as pages do.
    #[test]
    fn a_page_knows_whether_it_ends() {
        let ends = |page: &str| {
            let page = tables(page);
            let inner = page.tables.iter().max_by_key(|table| table.rows.len()).map(|table| table.closed);
            (inner, page.ended)
        };
        let rows = "<tr><td>a</td></tr><tr><td>1</td></tr>";
        assert_eq!(ends(&format!("<table>{rows}</table>")), (Some(true), false));
        assert_eq!(ends(&format!("<html><table>{rows}")), (Some(false), false));
        assert_eq!(ends(&format!("<html><table>{rows}</HTML>")), (Some(false), true));
        assert_eq!(ends(&format!("<table><tr><td><table>{rows}</table>")), (Some(true), false));
        assert_eq!(ends("<table><tr><td>a</td></tr><tr><td>1</"), (Some(false), false));
    }
}
