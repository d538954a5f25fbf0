//! The cells of an .ods as the library will hold them: every row up to its last filled cell, then the whole rectangle of filled cells,
//! and that once more while it is read. A cell or row repeated by a number counts as often as it will be laid out.

use std::io::Read;
use std::ops::ControlFlow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::{attribute, each_event, endless, number};
use crate::data::readers::fill::MOST_COLUMNS;
use crate::data::readers::workbook::{Failure, MOST_ROWS};

/// Bytes that the content may unpack to, and bytes from which it may unpack to [`HIGHEST_RATIO`] times its size in the file.
const MOST_BYTES: u64 = 1 << 30;
const FREELY: u64 = 256 << 20;
const HIGHEST_RATIO: u64 = 200;

/// Bytes of a cell in its row (value and formula), in the rectangle and its copy, and of a formula in its rectangle.
const ROW_CELL: u64 = 56;
const GRID_CELL: u64 = 64;
const GRID_FORMULA: u64 = 24;

/// Bytes of a text beside its letters, in the rectangle and its copy.
const TEXT: u64 = 48;

/// Bytes up to which sheets are read however few of their cells are filled; beyond, one of [`THIN`] must be, and beyond the second
/// limit one of [`HALF_FULL`]. The same rule as for an .xls.
const LIMITS: [u64; 2] = [128 << 20, 320 << 20];
const THIN: u64 = 64;
const HALF_FULL: u64 = 4;

/// Bytes that may be taken for a document whose cells are filled: about four million numbers or two and a half million short texts.
const MOST_FULL: u64 = 480 << 20;

/// True for a content that is beyond any survey, or unpacks to far more than it is in the file.
pub fn is_swollen(unpacked: u64, packed: u64) -> bool {
    unpacked > MOST_BYTES || (unpacked > FREELY && unpacked > packed.saturating_mul(HIGHEST_RATIO))
}

/// Elements within each other, of which a document has some twenty.
const DEEPEST: usize = 1_000;

/// Goes through the content of a document and looks what its sheets take, and whether all its elements end: the library would wait for
/// the end of a table or of a note for ever.
///
/// # Errors
/// The first sheet that is too much, or the element that does not end.
pub fn check_cells(content: impl Read, part: &str) -> Result<(), Failure> {
    let (mut document, mut open) = (Document::default(), Open::default());
    let looked = each_event(content, &mut |event| {
        document.take(event);
        if document.trouble.is_none() && open.take(event) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    looked.map_err(|_| endless(part))?;
    match (document.trouble, open.astray.as_deref().or(open.innermost())) {
        (Some(trouble), _) => Err(trouble),
        (None, Some(name)) => {
            Err(Failure::Broken(format!("`{name}` in `{part}` does not begin and end where it should")))
        }
        (None, None) => Ok(()),
    }
}

/// The elements that are open, by their names one after another.
#[derive(Debug, Default)]
struct Open {
    names: String,
    lengths: Vec<usize>,
    /// The element that ended and is not the innermost one.
    astray: Option<String>,
}

impl Open {
    /// False at an end of another element than the innermost, and where elements lie deeper within each other than in any document.
    fn take(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(start) => {
                let name = start.name().into_inner();
                self.names.push_str(name);
                self.lengths.push(name.len());
                self.lengths.len() <= DEEPEST
            }
            Event::End(end) => {
                let ends = self.innermost() == Some(end.name().into_inner());
                if ends {
                    let length = self.lengths.pop().unwrap_or_default();
                    self.names.truncate(self.names.len() - length);
                } else {
                    self.astray = Some(end.name().into_inner().to_owned());
                }
                ends
            }
            _ => true,
        }
    }

    fn innermost(&self) -> Option<&str> {
        let length = self.lengths.last()?;
        self.names.get(self.names.len() - length..)
    }
}

/// What the sheets so far take.
#[derive(Debug, Default)]
struct Document {
    /// Bytes, cells and filled cells of the sheets that have ended.
    before: (u64, u64, u64),
    sheet: Sheet,
    trouble: Option<Failure>,
}

/// A sheet as far as it was seen.
#[derive(Debug, Default)]
struct Sheet {
    name: String,
    /// Rows, repeated ones counted.
    rows: u64,
    row: Row,
    /// First and last filled row and column.
    first: Option<(u64, u64)>,
    last: (u64, u64),
    /// Cells of all rows, each to its last filled one and counted once.
    in_rows: u64,
    filled: u64,
    formulas: bool,
    texts: u64,
    letters: u64,
    cell: Option<Text>,
}

/// A row: how often it stands, its cells so far, and those up to the last filled one.
#[derive(Debug, Default)]
struct Row {
    repeats: u64,
    cells: u64,
    filled_to: u64,
}

/// A cell whose text stands between its tags: how often it is laid out, and its letters so far.
#[derive(Debug)]
struct Text {
    times: u64,
    letters: u64,
}

impl Document {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(start) => match start.name().into_inner() {
                "table:table" => {
                    self.sheet = Sheet { name: attribute(start, "table:name").unwrap_or_default(), ..Sheet::default() };
                }
                "table:table-row" => self.sheet.begin_row(number(start, "table:number-rows-repeated").unwrap_or(1)),
                "table:table-cell" | "table:covered-table-cell" => self.sheet.begin_cell(start),
                "text:s" => self.sheet.add_letters(number(start, "text:c").unwrap_or(1)),
                "text:p" | "text:tab" | "text:line-break" => self.sheet.add_letters(1),
                _ => {}
            },
            Event::Text(text) => self.sheet.add_letters(text.len() as u64),
            Event::GeneralRef(_) => self.sheet.add_letters(4),
            Event::End(end) => match end.name().into_inner() {
                "table:table-cell" | "table:covered-table-cell" => self.sheet.end_cell(),
                "table:table-row" => {
                    self.sheet.end_row();
                    self.trouble = self.judge();
                }
                "table:table" => {
                    let sheet = std::mem::take(&mut self.sheet);
                    let (bytes, cells, filled) = self.before;
                    self.before = (
                        bytes.saturating_add(sheet.bytes()),
                        cells.saturating_add(sheet.cells()),
                        filled.saturating_add(sheet.filled),
                    );
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// What is wrong once the sheet at work is as it is now.
    fn judge(&self) -> Option<Failure> {
        let (bytes, cells, filled) = self.before;
        let bytes = bytes.saturating_add(self.sheet.bytes());
        if bytes <= LIMITS[0] {
            return None;
        }
        let cells = cells.saturating_add(self.sheet.cells());
        let filled = filled.saturating_add(self.sheet.filled);
        let emptier = |times: u64| filled.saturating_mul(times) < cells;
        let place = |at: u64| u32::try_from(at).unwrap_or(u32::MAX);
        let corner = (place(self.sheet.last.0), place(self.sheet.last.1));
        if emptier(THIN) || (bytes > LIMITS[1] && emptier(HALF_FULL)) {
            return Some(Failure::FarApart(self.sheet.name.clone(), corner, self.sheet.filled));
        }
        (bytes > MOST_FULL).then(|| Failure::TooFull(self.sheet.name.clone(), corner, filled))
    }
}

impl Sheet {
    fn begin_row(&mut self, repeats: u64) {
        self.cell = None;
        self.row = Row { repeats: repeats.min(u64::from(MOST_ROWS).saturating_sub(self.rows)), ..Row::default() };
    }

    fn begin_cell(&mut self, start: &BytesStart<'_>) {
        let (mut repeats, mut formula, mut value, mut is_text) = (1, 0, None, false);
        for held in start.attributes().with_checks(false).flatten() {
            let letters = held.value.len() as u64;
            match held.key.into_inner() {
                "table:number-columns-repeated" => {
                    let written = held.normalized_value(XmlVersion::Implicit1_0).ok();
                    repeats = written.and_then(|written| written.parse().ok()).unwrap_or(1);
                }
                "table:formula" => formula = letters,
                "office:value" | "office:boolean-value" => value = Some(0),
                "office:string-value" | "office:date-value" | "office:time-value" => value = Some(letters),
                "office:value-type" => is_text = held.value == "string",
                _ => {}
            }
        }
        let repeats = repeats.min((MOST_COLUMNS as u64).saturating_sub(self.row.cells));
        let column = self.row.cells;
        self.row.cells += repeats;
        let times = repeats.saturating_mul(self.row.repeats);
        if times == 0 || (formula == 0 && value.is_none() && !is_text) {
            return;
        }
        self.row.filled_to = self.row.cells;
        self.filled = self.filled.saturating_add(times);
        let first = self.first.unwrap_or((self.rows, column));
        self.first = Some((first.0, first.1.min(column)));
        self.last = (self.rows + self.row.repeats - 1, self.last.1.max(self.row.cells - 1));
        self.formulas |= formula > 0;
        self.letters = self.letters.saturating_add(times.saturating_mul(formula));
        match value {
            Some(0) => {}
            Some(letters) => self.add_texts(times, letters),
            None if is_text => self.cell = Some(Text { times, letters: 0 }),
            None => {}
        }
    }

    fn add_texts(&mut self, times: u64, letters: u64) {
        self.texts = self.texts.saturating_add(times);
        self.letters = self.letters.saturating_add(times.saturating_mul(letters));
    }

    fn add_letters(&mut self, letters: u64) {
        if let Some(cell) = &mut self.cell {
            cell.letters = cell.letters.saturating_add(letters);
        }
    }

    fn end_cell(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.add_texts(cell.times, cell.letters);
        }
    }

    fn end_row(&mut self) {
        self.cell = None;
        self.in_rows = self.in_rows.saturating_add(self.row.filled_to);
        self.rows += std::mem::take(&mut self.row).repeats;
    }

    /// Cells of the rectangle that holds all filled ones.
    fn grid(&self) -> u64 {
        self.first
            .map_or(0, |first| (self.last.0 - first.0 + 1).saturating_mul(self.last.1.saturating_sub(first.1) + 1))
    }

    /// Cells that are laid out, in rows or in the rectangle.
    fn cells(&self) -> u64 {
        self.grid().max(self.in_rows)
    }

    fn bytes(&self) -> u64 {
        let of_cell = GRID_CELL + if self.formulas { GRID_FORMULA } else { 0 };
        let grid = self.grid().saturating_mul(of_cell);
        let rows = self.in_rows.saturating_mul(ROW_CELL);
        let texts = self.texts.saturating_mul(TEXT).saturating_add(self.letters.saturating_mul(2));
        grid.saturating_add(rows).saturating_add(texts)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn judged(rows: &str) -> String {
        let content =
            format!("<office:spreadsheet><table:table table:name=\"答卷\">{rows}</table:table></office:spreadsheet>");
        match check_cells(content.as_bytes(), "content.xml") {
            Ok(()) => String::new(),
            Err(Failure::FarApart(sheet, (row, column), filled)) => format!("far {sheet} {row} {column} {filled}"),
            Err(Failure::TooFull(sheet, (row, column), filled)) => format!("full {sheet} {row} {column} {filled}"),
            Err(other) => panic!("{other:?}"),
        }
    }

    const FIVE: &str = "office:value-type=\"float\" office:value=\"5\"";

    /// What LibreOffice writes below and beside the cells of a sheet is empty and costs nothing.
    #[test]
    fn empty_cells_to_the_end_of_the_sheet() {
        let end = "<table:table-cell table:number-columns-repeated=\"16382\"/></table:table-row>";
        let answers =
            format!("<table:table-row><table:table-cell {FIVE}/><table:table-cell {FIVE}/>{end}").repeat(1_000);
        let rest = "<table:table-row table:number-rows-repeated=\"1047576\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        assert_eq!(judged(&format!("{answers}{rest}")), "");
    }

    /// 10,000 rows whose last cell alone is filled are 164 million cells in rows; one value after 1,000,000 empty rows and one after
    /// 16,000 empty columns make a rectangle.
    #[test]
    fn cells_far_apart() {
        let gap = |columns: u32| format!("<table:table-cell table:number-columns-repeated=\"{columns}\"/>");
        let far = format!("<table:table-row>{}<table:table-cell {FIVE}/></table:table-row>", gap(16_000));
        assert!(judged(&far.repeat(10_000)).starts_with("far 答卷"));
        let near = format!("<table:table-row><table:table-cell {FIVE}/></table:table-row>");
        let empty = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row>";
        assert_eq!(judged(&format!("{near}{empty}{far}")), "far 答卷 1000001 16000 2");
        assert_eq!(judged(&format!("{empty}{far}")), "", "what is before the first cell is not laid out");
    }

    /// Written once and repeated by a number: numbers, rows, and the letters of a text.
    #[test]
    fn filled_cells_that_are_repeated() {
        let row = |repeats: &str, cell: &str| format!("<table:table-row {repeats}>{cell}</table:table-row>");
        let wide = format!("<table:table-cell table:number-columns-repeated=\"16384\" {FIVE}/>");
        assert_eq!(judged(&row("", &wide)), "");
        assert!(judged(&row("table:number-rows-repeated=\"1048576\"", &wide)).starts_with("full 答卷 1048575 16383"));
        let spaces = "<table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"4000000000\"/></text:p></table:table-cell>";
        assert!(judged(&row("", spaces)).starts_with("full"));
        let text = format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            "好".repeat(1_000)
        );
        assert_eq!(judged(&row("table:number-rows-repeated=\"1000\"", &text)), "");
        assert!(judged(&row("table:number-rows-repeated=\"1000000\"", &text)).starts_with("full"));
    }

    /// The library would go on reading for ever behind the end of the file.
    #[test]
    fn elements_that_do_not_end() {
        let looked = |content: &str| match check_cells(content.as_bytes(), "content.xml") {
            Ok(()) => String::new(),
            Err(Failure::Broken(reason)) => reason,
            Err(other) => panic!("{other:?}"),
        };
        let cell = format!("<table:table-cell {FIVE}/>");
        assert_eq!(looked(&format!("<a><table:table><table:table-row>{cell}</table:table-row></table:table></a>")), "");
        for cut in [
            format!("<a><table:table table:name=\"1\"><table:table-row>{cell}</table:table-row>"),
            format!("<a><table:table><table:table-row>{cell}</table:table-row></table:tabel></a>"),
            "<a><office:annotation></a>".to_owned(),
            "<a>".repeat(DEEPEST + 1),
        ] {
            assert!(looked(&cut).contains("does not begin and end where it should"), "{cut}");
        }
    }

    /// 60,000 answers to 60 questions are read; a third of the cells may be empty.
    #[test]
    fn a_large_survey() {
        let cells = format!("<table:table-cell table:number-columns-repeated=\"40\" {FIVE}/>");
        let gap = "<table:table-cell table:number-columns-repeated=\"20\"/>";
        let row = format!("<table:table-row>{gap}{cells}</table:table-row>");
        let first = format!("<table:table-row><table:table-cell {FIVE}/></table:table-row>");
        assert_eq!(judged(&format!("{first}{}", row.repeat(60_000))), "");
    }
}
