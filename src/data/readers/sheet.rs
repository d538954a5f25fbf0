//! Spreadsheets into a raw table: the named sheet or the first with data, title rows passed over, merged headers filled.
//!
//! A sheet is gone through twice, once to find the headers and once for the answers, and never stands in memory as a grid.

use std::fs::File;
use std::ops::ControlFlow;

use super::cells::{Cell, TableBuilder};
use super::contain::contain;
use super::format::Content;
use super::layout::{self, Layout, PREVIEW_ROWS, PreviewRow};
use super::workbook::{Failure, Workbook};
use super::{ReadRequest, fill, merged};
use crate::config::raw::FileFormat;
use crate::data::table::RawTable;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Message};

/// Cells that a sheet may hold; more are a mistake, or a case for a faster format.
const MOST_CELLS: u64 = 60_000_000;

/// Excel keeps 15 digits of a number.
const LONGEST_EXACT: f64 = 1e15;

/// Reads a workbook.
pub fn read(
    request: &ReadRequest<'_>,
    file: File,
    content: Content,
    diagnostics: &mut Diagnostics,
) -> Option<RawTable> {
    let format = match content {
        Content::Known(format) => format,
        _ => FileFormat::Xlsx,
    };
    let mut found = Diagnostics::new();
    let outcome = contain(|| read_workbook(request, file, format, &mut found));
    match outcome.unwrap_or_else(|| Err(Failure::Broken("damaged structure".to_owned()))) {
        Ok(table) => {
            diagnostics.extend(found);
            table
        }
        Err(Failure::Encrypted) => {
            diagnostics.push(request.error(&messages::WORKBOOK_ENCRYPTED));
            None
        }
        Err(Failure::FarApart(sheet, corner, cells)) => {
            diagnostics.push(at_corner(request, &messages::CELLS_FAR_APART, sheet, corner, cells));
            None
        }
        Err(Failure::TooFull(sheet, corner, cells)) => {
            diagnostics.push(at_corner(request, &messages::CELLS_TOO_FULL, sheet, corner, cells));
            None
        }
        Err(Failure::TooLarge(reason)) => {
            diagnostics.push(request.error(&messages::WORKBOOK_BROKEN).words("reason", reason));
            None
        }
        Err(Failure::Broken(reason)) => {
            diagnostics.push(request.error(&messages::WORKBOOK_BROKEN).arg("reason", reason));
            None
        }
    }
}

/// What cannot be held of a sheet, at its last row and column.
fn at_corner(
    request: &ReadRequest<'_>,
    message: &'static Message,
    sheet: String,
    (row, column): (u32, u32),
    cells: u64,
) -> Diagnostic {
    let cell = format!("{}{}", layout::column_letters(column as usize), row + 1);
    let problem = request.error(message).arg("sheet", &sheet).arg("cell", &cell).arg("cells", cells);
    problem.at(Location::cell(request.shown, sheet, cell))
}

fn read_workbook(
    request: &ReadRequest<'_>,
    file: File,
    format: FileFormat,
    diagnostics: &mut Diagnostics,
) -> Result<Option<RawTable>, Failure> {
    let mut workbook = Workbook::open(file, format)?;
    let mut sheets = workbook.sheets();
    if let Some(wanted) = &request.source.sheet {
        if !sheets.contains(wanted) {
            let names = sheets.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let problem = request.error(&messages::SHEET_UNKNOWN).arg("sheet", wanted).arg("sheets", names);
            let problem = problem.key(format!("{}.sheet", request.key_path));
            diagnostics.push(problem.suggest(wanted, sheets.iter().map(String::as_str)));
            return Ok(None);
        }
        sheets = vec![wanted.clone()];
    }
    for sheet in sheets {
        let preview = preview(&mut workbook, &sheet, request.source.header_row.unwrap_or(0))?;
        if preview.is_empty() {
            continue;
        }
        let Some(header) = layout::find_header(&preview, request.source.header_row) else {
            diagnostics.push(match request.source.header_row {
                Some(row) => {
                    let problem = request.error(&messages::HEADER_ROW_BEYOND).arg("row", row);
                    problem.key(format!("{}.header_row", request.key_path))
                }
                None => request.error(&messages::HEADER_MISSING),
            });
            return Ok(None);
        };
        // Finding merged cells means going through the whole sheet, so only a header that has gaps or rows above asks for them.
        let complete = header == 0 && preview[0].cells.iter().all(|cell| !cell.is_empty());
        let merges = if complete { Vec::new() } else { workbook.merged_cells(&sheet) };
        let (names, lower) = merged::names(&preview, header, &merges);
        let layout = layout::lay_out(&preview, header + lower, &names, request.may_have_label_rows());
        request.report_repeated(&layout.repeated, diagnostics);
        return read_sheet(request, &mut workbook, &sheet, layout, diagnostics);
    }
    diagnostics.push(request.error(&messages::FILE_EMPTY));
    Ok(None)
}

fn preview(workbook: &mut Workbook, sheet: &str, least: u32) -> Result<Vec<PreviewRow>, Failure> {
    let most = PREVIEW_ROWS.max(least as usize + 3);
    let mut rows: Vec<PreviewRow> = Vec::new();
    workbook.each_cell(sheet, &mut |row, column, content| {
        let number = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.number != number) {
            if rows.len() == most {
                return ControlFlow::Break(());
            }
            rows.push(PreviewRow { number, cells: Vec::new() });
        }
        if let Some(last) = rows.last_mut() {
            let column = column as usize;
            if last.cells.len() <= column {
                last.cells.resize(column + 1, String::new());
            }
            last.cells[column] = match content {
                Ok(cell) => layout::clean_header(&cell.text()),
                Err(error) => error.to_string(),
            };
        }
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

/// What was odd in a column, with the first place.
#[derive(Default, Clone)]
struct Oddities {
    errors: u64,
    first_error: Option<(u32, String)>,
    long: u64,
    first_long: Option<u32>,
}

fn read_sheet(
    request: &ReadRequest<'_>,
    workbook: &mut Workbook,
    sheet: &str,
    layout: Layout,
    diagnostics: &mut Diagnostics,
) -> Result<Option<RawTable>, Failure> {
    let kept: Vec<bool> = layout.columns.iter().map(|(_, header)| request.wants(header)).collect();
    let mut slots: Vec<Option<usize>> = vec![None; layout.columns.last().map_or(0, |(index, _)| index + 1)];
    for (slot, (index, _)) in layout.columns.iter().enumerate() {
        slots[*index] = Some(slot);
    }
    let mut oddities = vec![Oddities::default(); layout.columns.len()];
    let mut builder = TableBuilder::new(layout.columns.len());
    let mut current: Option<u64> = None;
    let mut cells = 0_u64;
    let mut beside: (u64, Option<String>) = (0, None);
    workbook.each_cell(sheet, &mut |row, column, content| {
        let number = u64::from(row) + 1;
        if number <= layout.last_header_row {
            return ControlFlow::Continue(());
        }
        cells += 1;
        if cells > MOST_CELLS {
            return ControlFlow::Break(());
        }
        // A cell beside the table, such as one in the last column of the sheet, is no answer.
        let Some(&Some(slot)) = slots.get(column as usize) else {
            beside.0 += 1;
            beside.1.get_or_insert_with(|| format!("{}{number}", layout::column_letters(column as usize)));
            return ControlFlow::Continue(());
        };
        if current.is_some_and(|current| current != number)
            && let Some(ended) = current
        {
            builder.end_row(ended);
            if builder.is_thin() {
                return ControlFlow::Break(());
            }
        }
        current = Some(number);
        if kept[slot] {
            take(content, row + 1, slot, &mut oddities[slot], &mut builder);
        } else {
            builder.pass_over(1);
        }
        ControlFlow::Continue(())
    })?;
    if builder.is_thin() {
        diagnostics.push(fill::thin(request, current.unwrap_or_default()));
        return Ok(None);
    }
    if cells > MOST_CELLS {
        diagnostics.push(request.error(&messages::CELLS_TOO_MANY).arg("sheet", sheet).arg("limit", MOST_CELLS));
        return Ok(None);
    }
    if let Some(ended) = current {
        builder.end_row(ended);
    }
    if let (count, Some(cell)) = beside {
        let note = Diagnostic::note(&messages::CELLS_BESIDE_TABLE).arg("count", count).arg("cell", &cell);
        diagnostics.push(note.at(Location::cell(request.shown, sheet, cell)));
    }
    let table = RawTable {
        file: request.shown.to_owned(),
        sheet: Some(sheet.to_owned()),
        headers: layout.columns.into_iter().map(|(_, header)| header).collect(),
        chunks: builder.finish(&kept),
        sha256: String::new(),
    };
    report(request, &table, &oddities, diagnostics);
    Ok(Some(table))
}

fn take(
    content: Result<Cell<'_>, impl ToString>,
    row: u32,
    slot: usize,
    oddities: &mut Oddities,
    builder: &mut TableBuilder,
) {
    match content {
        Ok(cell) => {
            if let Cell::Number(number) = cell
                && number.abs() >= LONGEST_EXACT
                && number.fract() == 0.0
            {
                oddities.long += 1;
                oddities.first_long.get_or_insert(row);
            }
            builder.put(slot, &cell);
        }
        Err(error) => {
            builder.pass_over(1);
            oddities.errors += 1;
            oddities.first_error.get_or_insert_with(|| (row, error.to_string()));
        }
    }
}

fn report(request: &ReadRequest<'_>, table: &RawTable, oddities: &[Oddities], diagnostics: &mut Diagnostics) {
    for (column, (found, header)) in oddities.iter().zip(&table.headers).enumerate() {
        let place = |row: u32| -> Location { table.place(column, row) };
        if let Some((row, error)) = &found.first_error {
            let problem = Diagnostic::warning(&messages::CELLS_WITH_ERRORS).arg("count", found.errors);
            let problem = problem.arg("column", &header.name).arg("error", error);
            diagnostics.push(problem.at(place(*row)).key(request.key_path));
        }
        if let Some(row) = found.first_long {
            let problem = Diagnostic::warning(&messages::NUMBERS_TOO_LONG).arg("count", found.long);
            diagnostics.push(problem.arg("column", &header.name).at(place(row)).key(request.key_path));
        }
    }
}
