//! The gradebook as a workbook: ids in a hidden first row, heads, a row a student with a live formula for the total, and the
//! settings on a sheet of their own.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Formula, Workbook, Worksheet, XlsxError,
};

use super::{Column, Fact, KEPT, LATE, Row, columns};
use crate::diagnostics::messages::workbook as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::grade::course::Course;

/// Writes the workbook; `others` are columns that stand behind those of the rubric. `None` where that fails; the reason is reported.
pub fn write_gradebook(
    course: &Course,
    rows: &[Row],
    others: &[Column],
    lang: Lang,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u8>> {
    match try_write(course, rows, others, lang) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::NOT_MADE).arg("problem", error));
            None
        }
    }
}

struct Formats {
    head: Format,
    own_head: Format,
    cell: Format,
    own: Format,
    wrapped: Format,
    total: Format,
    warning: Format,
}

fn formats(lang: Lang) -> Formats {
    let font = if lang == Lang::En { "Calibri" } else { "等线" };
    let base =
        Format::new().set_font_name(font).set_font_size(10).set_border(FormatBorder::Hair).set_align(FormatAlign::Top);
    let head = base.clone().set_bold().set_text_wrap().set_background_color(Color::RGB(0x00e1_eaf5));
    Formats {
        own_head: head.clone().set_background_color(Color::RGB(0x00ff_e9a8)),
        own: base.clone().set_background_color(Color::RGB(0x00ff_fbe8)).set_text_wrap(),
        wrapped: base.clone().set_text_wrap(),
        total: base.clone().set_bold().set_num_format("0.0"),
        warning: base.clone().set_bold().set_font_color(Color::RGB(0x00b4_5309)).set_text_wrap(),
        head,
        cell: base,
    }
}

fn try_write(course: &Course, rows: &[Row], others: &[Column], lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same rows give the same bytes.
    let title = course.rubric.title.get(lang);
    book.set_properties(
        &DocProperties::new().set_title(title).set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?),
    );
    let formats = formats(lang);
    let columns = [columns(course, lang), others.to_vec()].concat();
    let sheet = book.add_worksheet();
    sheet.set_name(if lang == Lang::En { "grades" } else { "成绩" })?;
    heads(sheet, &columns, &formats)?;
    for (row, held) in (2_u32..).zip(rows) {
        for (at, column) in (0_u16..).zip(&columns) {
            cell(sheet, (row, at), column, held, &formats)?;
        }
        if let Some(at) = place(&columns, "total") {
            let formula = total_formula(course, &columns, row);
            let result = held.total(course).map_or_else(String::new, |total| total.to_string());
            sheet.write_formula_with_format(row, at, Formula::new(formula).set_result(result), &formats.total)?;
        }
    }
    validations(sheet, course, &columns, rows.len() as u32)?;
    let settings = book.add_worksheet();
    settings.set_name(if lang == Lang::En { "settings" } else { "设置" })?;
    for (row, (key, value)) in (0_u32..).zip(course.rubric.settings()) {
        settings.write_string_with_format(row, 0, key, &formats.cell)?;
        settings.write_string_with_format(row, 1, value, &formats.cell)?;
    }
    settings.set_paper_size(9).set_print_fit_to_pages(1, 0);
    settings.set_column_width(0, 28)?.set_column_width(1, 40)?;
    book.save_to_buffer()
}

fn place(columns: &[Column], id: &str) -> Option<u16> {
    columns.iter().position(|column| column.id == id).and_then(|at| u16::try_from(at).ok())
}

/// Characters of the gradebook's letters across a printed page, at the smallest scale that a class teacher can read.
const ACROSS: f64 = 190.0;

fn heads(sheet: &mut Worksheet, columns: &[Column], formats: &Formats) -> Result<(), XlsxError> {
    let mut all = 0.0;
    for (at, column) in (0_u16..).zip(columns) {
        sheet.write_string(0, at, &column.id)?;
        let format = if column.teachers { &formats.own_head } else { &formats.head };
        sheet.write_string_with_format(1, at, &column.title, format)?;
        let width = match column.id.as_str() {
            "name" | "number" | "received" => 14.0,
            "copy.finding" | "state" | "look" | "remark" => 24.0,
            id if id.ends_with(".comment") => 22.0,
            _ => 9.0,
        };
        sheet.set_column_width(at, width)?;
        all += width;
    }
    sheet.set_row_hidden(0)?;
    sheet.set_column_hidden(0)?;
    sheet.set_row_height(1, 44)?;
    let names = place(columns, "number").map_or(0, |at| at + 1);
    sheet.set_freeze_panes(2, names)?;
    // On A4; a wide gradebook goes on beside, the names again on every page.
    sheet.set_landscape().set_paper_size(9).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    sheet.set_print_fit_to_pages((all / ACROSS).ceil().max(1.0) as u16, 0);
    sheet.set_repeat_rows(1, 1)?.set_footer("&L&A&R&P / &N");
    if names > 0 {
        sheet.set_repeat_columns(0, names - 1)?;
    }
    Ok(())
}

fn cell(sheet: &mut Worksheet, at: (u32, u16), column: &Column, row: &Row, formats: &Formats) -> Result<(), XlsxError> {
    let (line, place) = at;
    if column.teachers {
        let written = row.entries.get(&column.id).map(String::as_str).unwrap_or_default();
        match written.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && !column.id.ends_with(".comment") => {
                sheet.write_number_with_format(line, place, number, &formats.own)?
            }
            _ => sheet.write_string_with_format(line, place, written, &formats.own)?,
        };
        return Ok(());
    }
    let format = match column.id.as_str() {
        "look" | "copy.finding" => &formats.warning,
        "state" => &formats.wrapped,
        _ => &formats.cell,
    };
    match row.facts.get(&column.id) {
        Some(Fact::Text(text)) => sheet.write_string_with_format(line, place, text, format)?,
        Some(Fact::Number(number)) => sheet.write_number_with_format(line, place, *number, format)?,
        None => sheet.write_blank(line, place, format)?,
    };
    Ok(())
}

/// `A1` notation of a cell; row and column from 0.
pub(super) fn address(row: u32, column: u16) -> String {
    let mut letters = String::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        let digit = (rest - 1) % 26;
        letters.insert(0, char::from(b'A' + u8::try_from(digit).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{}", row + 1)
}

/// The teacher's score where there is one, else the proposal; less lateness; times what the teacher confirmed of the copy rule.
fn total_formula(course: &Course, columns: &[Column], row: u32) -> String {
    let at = |id: &str| place(columns, id).map(|column| address(row, column)).unwrap_or_default();
    let mut missing = Vec::new();
    let mut sum = Vec::new();
    for criterion in &course.rubric.criteria {
        let (own, proposal) = (at(&format!("{}.teacher", criterion.id)), at(&format!("{}.proposal", criterion.id)));
        // What is no score from 0 to the most leaves the total open, here as when it is read back.
        let counts = decided(&own, criterion.points);
        missing.push(format!("AND(NOT({counts}),OR({own}<>\"\",NOT(ISNUMBER({proposal}))))"));
        sum.push(format!("IF({counts},N({own}),N({proposal}))"));
    }
    let (late, late_proposal, kept) = (at(LATE), at("late.proposal"), at(KEPT));
    let (late_counts, kept_counts) = (decided(&late, 100.0), decided(&kept, 100.0));
    missing.extend(
        [(&late, &late_counts), (&kept, &kept_counts)].map(|(cell, counts)| format!("AND({cell}<>\"\",NOT({counts}))")),
    );
    format!(
        "=IF(OR({}),\"\",ROUND(MAX(0,{}-IF({late_counts},N({late}),N({late_proposal})))*IF({kept_counts},N({kept}),100)/100,1))",
        missing.join(","),
        sum.join("+"),
    )
}

/// Whether a cell holds a number from 0 to `most`.
fn decided(cell: &str, most: f64) -> String {
    format!("AND(ISNUMBER({cell}),N({cell})>=0,N({cell})<={most})")
}

/// Scores outside their limits are refused while typing.
fn validations(sheet: &mut Worksheet, course: &Course, columns: &[Column], rows: u32) -> Result<(), XlsxError> {
    if rows == 0 {
        return Ok(());
    }
    let mut limits: Vec<(String, f64)> =
        course.rubric.criteria.iter().map(|held| (format!("{}.teacher", held.id), held.points)).collect();
    limits.extend([(LATE.to_owned(), 100.0), (KEPT.to_owned(), 100.0)]);
    for (id, most) in limits {
        let Some(at) = place(columns, &id) else { continue };
        let rule = DataValidation::new().allow_decimal_number(DataValidationRule::Between(0.0, most));
        sheet.add_data_validation(2, at, rows + 1, at, &rule)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (column, expected) in [(0, "A3"), (25, "Z3"), (26, "AA3"), (701, "ZZ3"), (702, "AAA3")] {
            assert_eq!(address(2, column), expected);
        }
    }
}
