//! From sheets to the bytes of a workbook: cells, widths, heads that stay, print set-up and properties. The same sheets give the
//! same bytes: the only date inside is that of the document.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatUnderline, Formula, Image, Note, ObjectMovement, Url, Workbook,
    Worksheet, XlsxError,
};

use super::charts::chart_of;
use super::look::{self, Formats, Look};
use super::sheet::{Cell, Place, Role, Sheet, Style, Value, text_width};
use crate::diagnostics::messages::workbook as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::brand::LogoDots;

/// What stands on every page and in the properties of the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Furniture {
    /// Title of the document.
    pub title: String,
    /// Whose customers were asked; may be empty.
    pub client: String,
    /// Who signs; may be empty.
    pub planner: String,
    /// Date in words.
    pub date: String,
    /// The date, `2026-11-20`.
    pub day: String,
    /// Left of the head of every page; empty for the title.
    pub header: String,
    /// Left of the foot of every page; empty for the date.
    pub footer: String,
    /// Logo on the first sheet.
    pub logo: Option<LogoDots>,
    /// What the logo says to those who cannot see it.
    pub company: String,
}

/// Most UTF-16 units in a cell.
const LONGEST_TEXT: usize = 32_767;
/// Most UTF-16 units in a comment.
const LONGEST_NOTE: usize = 8_000;
/// Width of a column without content, in letters.
const USUAL_WIDTH: f64 = 9.14;
/// Widest column that follows its content, in letters.
const WIDEST: f64 = 52.0;
/// Pixels beside each other on a landscape page, with a little left over for programs that set wider letters.
const PAGE_WIDTH: f64 = 985.0;
/// Pixels below each other on it.
const PAGE_HEIGHT: f64 = 640.0;
/// Smallest scale in percent that can be read; wider sheets take several pages side by side.
const SMALLEST_SCALE: f64 = 55.0;
/// Pixels of a row.
const ROW_HEIGHT: f64 = 20.0;
/// Pixels of the logo.
const LOGO_HEIGHT: f64 = 44.0;
/// Letters that a note may take before it breaks.
const NOTE_LETTERS: f64 = 110.0;

/// The workbook. `None` where it cannot be written; the reason is reported.
pub(super) fn write(
    sheets: &[Sheet],
    tabs: &[String],
    look: Look,
    furniture: &Furniture,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u8>> {
    let mut writer = Writer { sheets, tabs, formats: Formats::new(look), furniture, cut: Vec::new() };
    let written = writer.workbook();
    for place in writer.cut {
        diagnostics.push(Diagnostic::warning(&messages::TEXT_CUT).arg("place", place).arg("limit", LONGEST_TEXT));
    }
    match written {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::NOT_MADE).arg("problem", error));
            None
        }
    }
}

struct Writer<'a> {
    sheets: &'a [Sheet],
    tabs: &'a [String],
    formats: Formats,
    furniture: &'a Furniture,
    /// Cells whose text was too long.
    cut: Vec<String>,
}

impl Writer<'_> {
    fn workbook(&mut self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_default_format(&look::plain(&self.formats.look), 20, 64)?;
        workbook.set_properties(&self.properties()?);
        workbook.set_tab_ratio(75);
        let (sheets, tabs) = (self.sheets, self.tabs);
        for (sheet, tab) in sheets.iter().zip(tabs) {
            let target = workbook.add_worksheet();
            target.set_name(tab)?;
            self.sheet(sheet, tab, target)?;
        }
        workbook.save_to_buffer()
    }

    fn properties(&self) -> Result<DocProperties, XlsxError> {
        let held = self.furniture;
        let parts: Vec<u16> = held.day.split('-').filter_map(|part| part.parse().ok()).collect();
        let small = |part: u16| u8::try_from(part).unwrap_or(1);
        let created = match parts.as_slice() {
            [year, month, day] => ExcelDateTime::from_ymd(*year, small(*month), small(*day)),
            _ => ExcelDateTime::from_ymd(1980, 1, 1),
        }
        .or_else(|_| ExcelDateTime::from_ymd(1980, 1, 1))?;
        Ok(DocProperties::new()
            .set_title(&held.title)
            .set_company(&held.client)
            .set_author(if held.planner.is_empty() { "manyi" } else { held.planner.as_str() })
            .set_creation_datetime(&created))
    }

    fn sheet(&mut self, sheet: &Sheet, tab: &str, target: &mut Worksheet) -> Result<(), XlsxError> {
        let widths = column_widths(sheet);
        for (column, width) in (0..).zip(&widths) {
            target.set_column_width(column, *width)?;
        }
        let note_end = note_end(sheet, &widths);
        let tops = !sheet.wrapped.is_empty();
        for (&place, cell) in &sheet.cells {
            let mut style = cell.style;
            style.wrap |= tops && matches!(style.role, Role::Body | Role::Total);
            match style.role {
                Role::Note | Role::Subtitle if note_end > place.1 => {
                    self.joined_text(target, sheet, place, note_end, &widths)?;
                }
                _ => self.cell(target, tab, place, cell, style)?,
            }
            if let Some(note) = &cell.note {
                target.insert_note(place.0, place.1, &self.comment(note))?;
            }
        }
        for &(place, last) in &sheet.joined {
            let held = sheet.cells.get(&place);
            let style = held.map_or_else(Style::default, |held| held.style);
            let text = held.map(|held| &held.value).map_or("", |value| match value {
                Value::Text(text) => text.as_str(),
                _ => "",
            });
            let format = self.formats.of(style);
            target.merge_range(place.0, place.1, place.0, last, cut(text, LONGEST_TEXT).0, &format)?;
        }
        for (row, lines) in broken_rows(sheet, &widths) {
            target.set_row_height(row, height_of(lines))?;
        }
        for chart in &sheet.charts {
            let numbers = self.tab_of(&chart.sheet);
            target.insert_chart_with_offset(
                chart.row,
                0,
                &chart_of(chart, numbers, &self.formats.look),
                chart.left,
                4,
            )?;
        }
        if let Some(logo) = self.furniture.logo.as_ref().filter(|_| sheet.id == super::contents::ID) {
            self.logo(target, logo, &widths)?;
        }
        if let Some((row, first, last_row, last)) = sheet.filter {
            target.autofilter(row, first, last_row, last)?;
        }
        self.page(sheet, target, &widths, note_end)
    }

    /// The logo at the right of the first lines.
    fn logo(&self, target: &mut Worksheet, logo: &LogoDots, widths: &[f64]) -> Result<(), XlsxError> {
        let image = Image::new_from_buffer(&logo.png)?;
        let scale = LOGO_HEIGHT / logo.height_pt;
        let (width, height) = (logo.width_pt * scale, LOGO_HEIGHT);
        let (across, down) = (width / image.width(), height / image.height());
        let image = image.set_scale_width(across).set_scale_height(down);
        let right: f64 = (0..=2).map(|column| width_of(widths, column) * 7.0 + 5.0).sum();
        let before: f64 = (0..2).map(|column| width_of(widths, column) * 7.0 + 5.0).sum();
        let image =
            image.set_alt_text(&self.furniture.company).set_object_movement(ObjectMovement::MoveButDontSizeWithCells);
        target.insert_image_with_offset(0, 2, &image, (right - before - width).max(0.0) as u32, 6)?;
        Ok(())
    }

    fn tab_of(&self, id: &str) -> &str {
        let place = self.sheets.iter().position(|sheet| sheet.id == id);
        place.and_then(|place| self.tabs.get(place)).map_or("", String::as_str)
    }

    fn cell(
        &mut self,
        target: &mut Worksheet,
        tab: &str,
        (row, column): Place,
        cell: &Cell,
        style: Style,
    ) -> Result<(), XlsxError> {
        let format = self.formats.of(style);
        match &cell.value {
            Value::Blank => target.write_blank(row, column, &format)?,
            Value::Text(text) => {
                let (text, whole) = cut(text, LONGEST_TEXT);
                if !whole {
                    self.cut.push(format!("{tab}!{}", address(row, column)));
                }
                target.write_string_with_format(row, column, text, &format)?
            }
            Value::Number(number) => target.write_number_with_format(row, column, *number, &format)?,
            Value::Day(day) => {
                let number = day.signed_duration_since(EXCEL_EPOCH).num_days();
                target.write_number_with_format(row, column, number as f64, &format)?
            }
            Value::Formula { formula, result } => {
                let formula = Formula::new(formula).set_result(result.to_string());
                target.write_formula_with_format(row, column, formula, &format)?
            }
            Value::Link { sheet, row: to, text } => {
                let link = format!("internal:'{}'!A{}", self.tab_of(sheet), to + 1);
                let format = format.set_underline(FormatUnderline::Single);
                let link = Url::new(link).set_text(cut(text, LONGEST_TEXT).0);
                target.write_url_with_format(row, column, link, &format)?
            }
        };
        Ok(())
    }

    /// Notes and subtitles run over the columns of the sheet.
    fn joined_text(
        &mut self,
        target: &mut Worksheet,
        sheet: &Sheet,
        (row, column): Place,
        last: u16,
        widths: &[f64],
    ) -> Result<(), XlsxError> {
        let Some(Cell { value: Value::Text(text), style, .. }) = sheet.cells.get(&(row, column)) else { return Ok(()) };
        let format = self.formats.of(Style { wrap: true, ..*style });
        let text = cut(text, LONGEST_TEXT).0;
        target.merge_range(row, column, row, last, text, &format)?;
        let room: f64 = (column..=last).map(|column| width_of(widths, column)).sum();
        let small = if style.role == Role::Note { 1.2 } else { 1.0 };
        target.set_row_height(row, height_of(lines(text, room * small)))?;
        Ok(())
    }

    fn comment(&self, text: &str) -> Note {
        let text = cut(text, LONGEST_NOTE).0;
        let lines: usize = text.lines().map(|line| text_width(line).div_ceil(46).max(1)).sum();
        let height = u32::try_from(lines).unwrap_or(20).clamp(2, 24) * 18 + 12;
        let format = Format::new().set_font_name(&self.formats.look.font).set_font_size(9);
        Note::new(text)
            .add_author_prefix(false)
            .set_author("manyi")
            .set_format(format)
            .set_width(330)
            .set_height(height)
    }

    fn page(&self, sheet: &Sheet, target: &mut Worksheet, widths: &[f64], note_end: u16) -> Result<(), XlsxError> {
        target.set_landscape().set_paper_size(9).set_margins(0.5, 0.5, 0.75, 0.65, 0.3, 0.3);
        target.set_screen_gridlines(false);
        target.set_freeze_panes(sheet.frozen.0, sheet.frozen.1)?;
        let mut last_row = sheet.next.saturating_sub(1);
        let mut last_column = note_end.max(sheet.width.saturating_sub(1));
        for chart in &sheet.charts {
            last_row = last_row.max(chart.row + chart.size.1.div_ceil(20) + 1);
            let (mut right, mut column) = (0, 0);
            while right < chart.left + chart.size.0 {
                right += (width_of(widths, column) * 7.0 + 5.0) as u32;
                column += 1;
            }
            last_column = last_column.max(column);
        }
        target.set_print_area(0, 0, last_row, last_column)?;
        let total: f64 = (0..=last_column).map(|column| width_of(widths, column) * 7.0 + 5.0).sum();
        let scale = (PAGE_WIDTH / total * 100.0).min(100.0).floor();
        if let Some((first, last)) = sheet.repeated.filter(|_| !ends_before_charts(sheet, widths, scale / 100.0)) {
            target.set_repeat_rows(first, last)?;
        }
        if scale >= SMALLEST_SCALE && sheet.charts.is_empty() {
            // One page wide whatever font stands in.
            target.set_print_fit_to_pages(1, 0);
        } else if scale >= SMALLEST_SCALE {
            // Programs that fit pages ignore breaks, which keep charts whole; the room left is for programs that set wider letters.
            let scale = (scale * 0.82).floor();
            target.set_print_scale(scale as u16);
            target.set_page_breaks(&chart_breaks(sheet, scale / 100.0))?;
        } else {
            let pages = (total * SMALLEST_SCALE / 100.0 / PAGE_WIDTH).ceil().clamp(1.0, 500.0) as u16;
            target.set_print_fit_to_pages(pages, 0);
            if sheet.frozen.1 > 0 {
                target.set_repeat_columns(0, sheet.frozen.1 - 1)?;
            }
        }
        let held = self.furniture;
        let side = |text: &str| cut(text, 70).0.replace('&', "&&").replace(['\n', '\r'], " ");
        let name = if held.client.is_empty() { &held.date } else { &held.client };
        let (head, foot) = (or(&held.header, &held.title), or(&held.footer, &held.date));
        target.set_header(format!("&L&9{}&R&9{}", spaced(&side(head)), spaced(&side(name))));
        target.set_footer(format!("&L&9{}&C&9&A&R&9&P / &N", spaced(&side(foot))));
        Ok(())
    }
}

fn or<'t>(text: &'t str, other: &'t str) -> &'t str {
    if text.is_empty() { other } else { text }
}

/// True if the table ends on its first page and charts follow: on their pages its head would stand over nothing.
fn ends_before_charts(sheet: &Sheet, widths: &[f64], scale: f64) -> bool {
    let Some(first) = sheet.charts.iter().map(|chart| chart.row).min().filter(|_| scale * 100.0 >= SMALLEST_SCALE)
    else {
        return false;
    };
    let broken: usize = broken_rows(sheet, widths).values().map(|lines| lines.saturating_sub(1)).sum();
    // Titles and notes are higher than other rows.
    let notes = sheet.cells.values().filter(|cell| cell.style.role == Role::Note).count();
    let rows = f64::from(first) + broken as f64 + notes as f64 + 2.0;
    rows * ROW_HEIGHT * scale * 0.82 <= PAGE_HEIGHT
}

/// Rows that begin a printed page so that no chart is cut: the first with a chart, then each that the page has no room for.
fn chart_breaks(sheet: &Sheet, scale: f64) -> Vec<u32> {
    let mut lines: BTreeMap<u32, u32> = BTreeMap::new();
    for chart in &sheet.charts {
        let height = lines.entry(chart.row).or_default();
        *height = chart.size.1.max(*height);
    }
    let head = sheet.repeated.map_or(0, |(first, last)| last - first + 1);
    let room = PAGE_HEIGHT / scale - f64::from(head) * ROW_HEIGHT;
    let mut breaks: Vec<u32> = Vec::new();
    for (row, height) in lines {
        let fits = breaks.last().is_some_and(|start| f64::from(row - start) * ROW_HEIGHT + f64::from(height) <= room);
        if !fits {
            breaks.push(row);
        }
    }
    breaks
}

/// The day that Excel counts from: its 1 January 1900 is 1, and it has a 29 February 1900.
const EXCEL_EPOCH: chrono::NaiveDate = match chrono::NaiveDate::from_ymd_opt(1899, 12, 30) {
    Some(day) => day,
    None => chrono::NaiveDate::MIN,
};

/// A size in a header runs into digits that follow it, so a text that begins with one is set off.
fn spaced(text: &str) -> String {
    if text.starts_with(|first: char| first.is_ascii_digit()) { format!(" {text}") } else { text.to_owned() }
}

/// The first `limit` UTF-16 units of a text, and whether that is all of it.
fn cut(text: &str, limit: usize) -> (&str, bool) {
    let mut length = 0;
    for (at, letter) in text.char_indices() {
        length += letter.len_utf16();
        if length > limit {
            return (&text[..at], false);
        }
    }
    (text, true)
}

/// Address of a cell as spreadsheets print it.
fn address(row: u32, column: u16) -> String {
    format!("{}{}", column_letters(column), row + 1)
}

/// Letters of a column: `A`, …, `Z`, `AA`, ….
pub(super) fn column_letters(column: u16) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
    if column < 26 { letter.to_string() } else { format!("{}{letter}", column_letters(column / 26 - 1)) }
}

fn width_of(widths: &[f64], column: u16) -> f64 {
    widths.get(usize::from(column)).copied().unwrap_or(USUAL_WIDTH)
}

/// Widths that fit the content. Titles, notes and heads over several columns do not count; heads may break their lines.
fn column_widths(sheet: &Sheet) -> Vec<f64> {
    let mut widths = vec![0.0_f64; usize::from(sheet.width)];
    let joined: BTreeSet<Place> = sheet.joined.iter().map(|(place, _)| *place).collect();
    for (place, cell) in &sheet.cells {
        let Some(width) = widths.get_mut(usize::from(place.1)) else { continue };
        let own = cell.width() as f64;
        let needed = match cell.style.role {
            Role::Title | Role::Subtitle | Role::Section | Role::Note | Role::Span => continue,
            _ if joined.contains(place) => continue,
            Role::Head => head_width(cell) + if sheet.filter.is_some() { 2.6 } else { 0.0 },
            Role::Letter => own * 0.85,
            _ if cell.style.strong || cell.style.role == Role::Total => own * 1.08,
            Role::Link if place.0 < 4 && place.1 == 0 => continue,
            _ => own,
        };
        let limit = sheet.wrapped.get(&place.1).copied().unwrap_or(WIDEST);
        *width = width.max(needed.min(limit) + 1.6);
    }
    widen_for_heads(sheet, &mut widths);
    for (column, letters) in &sheet.wrapped {
        if let Some(width) = widths.get_mut(usize::from(*column)) {
            *width = width.clamp(letters * 0.4, *letters + 1.6);
        }
    }
    widths.iter().map(|width| if *width <= 0.0 { 2.2 } else { width.max(3.2) }).collect()
}

/// A head over a few columns has room for its longest word; the first of the columns gives way.
fn widen_for_heads(sheet: &Sheet, widths: &mut [f64]) {
    for &(place, last) in &sheet.joined {
        let Some(cell) = sheet.cells.get(&place).filter(|cell| cell.style.role == Role::Span) else { continue };
        let needed = head_width(cell) + 1.6;
        let room: f64 = (place.1..=last).map(|column| width_of(widths, column).max(3.2)).sum();
        if let Some(width) = widths.get_mut(usize::from(place.1)).filter(|_| room < needed) {
            *width = width.max(3.2) + needed - room;
        }
    }
}

/// Lines of the rows in which text is broken: not every program finds their height by itself, and none does for joined cells.
fn broken_rows(sheet: &Sheet, widths: &[f64]) -> BTreeMap<u32, usize> {
    let last: BTreeMap<Place, u16> = sheet.joined.iter().copied().collect();
    let mut heights = BTreeMap::new();
    for (&place, cell) in &sheet.cells {
        let Value::Text(text) = &cell.value else { continue };
        let end = last.get(&place).copied();
        let breaks = match cell.style.role {
            Role::Head | Role::Span => true,
            Role::Body | Role::Total => !sheet.wrapped.is_empty() || cell.style.wrap,
            _ => false,
        };
        if !breaks {
            continue;
        }
        let room: f64 = (place.1..=end.unwrap_or(place.1)).map(|column| width_of(widths, column)).sum();
        let bold = if cell.style.strong || matches!(cell.style.role, Role::Head | Role::Span) { 1.08 } else { 1.0 };
        let arrow = if cell.style.role == Role::Head && sheet.filter.is_some() { 2.6 } else { 0.0 };
        let room = (room - 0.8 - arrow - 2.0 * f64::from(cell.style.indent)) / bold;
        let held = heights.entry(place.0).or_insert(1);
        *held = lines(text, room).max(*held);
    }
    heights
}

/// Height in points of so many lines.
fn height_of(lines: usize) -> f64 {
    13.5 * lines.max(1) as f64 + 2.0
}

/// Lines that a text takes in a width of so many letters: Latin words stay whole, Chinese breaks anywhere.
fn lines(text: &str, room: f64) -> usize {
    let room = room.max(1.0);
    let line = |line: &str| {
        let (mut count, mut used) = (1, 0.0);
        let mut word = 0.0;
        let mut place = |length: f64| {
            if used > 0.0 && used + length > room {
                count += 1;
                used = 0.0;
            }
            count += (length / room).ceil().max(1.0) as usize - 1;
            used += length;
        };
        for letter in line.chars() {
            let width = text_width(letter.encode_utf8(&mut [0; 4])) as f64;
            if width > 1.0 || letter.is_whitespace() {
                place(word);
                place(width);
                word = 0.0;
            } else {
                word += width;
            }
        }
        place(word);
        count
    };
    text.lines().map(line).sum()
}

/// A head takes two or three lines before it widens its column.
fn head_width(cell: &Cell) -> f64 {
    let Value::Text(text) = &cell.value else { return 0.0 };
    let own = text_width(text);
    let word = text.split_whitespace().map(text_width).max().unwrap_or(0);
    let chinese = word > 0 && !text.is_ascii();
    let longest = if chinese { own.div_ceil(2).max(8.min(own)) } else { word };
    (own.min(longest.max(9)) as f64) * 1.08 + 2.0 * f64::from(cell.style.indent)
}

/// The last column that notes run over: as many as give a line worth reading.
fn note_end(sheet: &Sheet, widths: &[f64]) -> u16 {
    let mut room = 0.0;
    let mut column = 0;
    let own = sheet.width.saturating_sub(1);
    loop {
        room += width_of(widths, column);
        let enough = if column < own { room >= NOTE_LETTERS } else { room >= NOTE_LETTERS * 0.6 };
        if enough || column > 60 {
            return column;
        }
        column += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_chinese_letters() {
        assert_eq!(lines("first canteen", 8.0), 2);
        assert_eq!(lines("first canteen", 13.0), 1);
        assert_eq!(lines("第一食堂", 4.0), 2);
        assert_eq!(lines("a\nb", 10.0), 2);
        assert_eq!(lines("", 10.0), 0);
    }

    #[test]
    fn columns_have_letters() {
        let held: Vec<String> = [0, 25, 26, 701, 702].map(column_letters).into();
        assert_eq!(held, ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn texts_are_cut_between_letters() {
        assert_eq!(cut("满意a", 2), ("满意", false));
        assert_eq!(cut("😀a", 1), ("", false));
        assert_eq!(cut("满意", 2), ("满意", true));
    }
}
