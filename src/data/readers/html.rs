//! Web pages that call themselves `.xls`, as some survey tools export: the largest table of the page, cells as text.

use std::fs::File;
use std::io::Read;

use super::cells::{Cell, TableBuilder};
use super::layout::{self, PREVIEW_ROWS, PreviewRow};
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
    let mut page = String::new();
    if let Err(error) = Transcoder::new(file, encoding).take(LARGEST_PAGE).read_to_string(&mut page) {
        diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)));
        return None;
    }
    let rows = tables(&page).into_iter().max_by_key(Vec::len).unwrap_or_default();
    let preview: Vec<PreviewRow> = rows
        .iter()
        .take(PREVIEW_ROWS.max(request.source.header_row.unwrap_or(0) as usize + 3))
        .enumerate()
        .map(|(index, cells)| PreviewRow {
            number: index as u64 + 1,
            cells: cells.iter().map(|cell| layout::clean_header(cell)).collect(),
        })
        .collect();
    let Some(header) = layout::find_header(&preview, request.source.header_row) else {
        diagnostics.push(request.error(&messages::HEADER_MISSING));
        return None;
    };
    let names = preview[header].cells.clone();
    let layout = layout::lay_out(&preview, header, &names, request.may_have_label_rows());
    if let Some(problem) = fill::wide(request, layout.columns.len()) {
        diagnostics.push(problem);
        return None;
    }
    request.report_repeated(&layout.repeated, diagnostics);
    let kept: Vec<bool> = layout.columns.iter().map(|(_, header)| request.wants(header)).collect();
    let mut builder = TableBuilder::new(layout.columns.len());
    for (index, cells) in rows.iter().enumerate() {
        let number = index as u64 + 1;
        if number <= layout.last_header_row || cells.iter().all(String::is_empty) {
            continue;
        }
        for (slot, (column, _)) in layout.columns.iter().enumerate() {
            match cells.get(*column) {
                Some(cell) if kept[slot] && !cell.is_empty() => builder.put(slot, &Cell::Text(cell.into())),
                _ => {}
            }
        }
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

/// The tables of a page as rows of cells. A cell that spans columns is followed by empty ones; an inner table ends the outer.
fn tables(page: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
    let mut cell: Option<(String, usize)> = None;
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        if let Some((text, _)) = &mut cell {
            text.push_str(&rest[..open]);
        }
        rest = &rest[open..];
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
            end_cell(&mut tables, &mut cell);
        }
        match name.as_str() {
            "script" | "style" => {
                let end = format!("</{name}");
                rest = rest.find(&end).map_or("", |at| &rest[at..]);
            }
            "table" => tables.push(Vec::new()),
            "tr" => {
                if let Some(table) = tables.last_mut() {
                    table.push(Vec::new());
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
    end_cell(&mut tables, &mut cell);
    tables
}

fn end_cell(tables: &mut [Vec<Vec<String>>], cell: &mut Option<(String, usize)>) {
    let Some((text, span)) = cell.take() else { return };
    let Some(row) = tables.last_mut().and_then(|table| table.last_mut()) else { return };
    row.push(decode_entities(text.trim()).trim().to_owned());
    row.extend(std::iter::repeat_n(String::new(), span - 1));
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
        assert_eq!(
            tables(page),
            [vec![vec!["标题".to_owned(), String::new()], vec!["a&b".to_owned(), "1中 2".to_owned()]]]
        );
    }
}
