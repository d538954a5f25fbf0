//! Workbooks of all kinds behind one face: sheets, merged cells, and a stream of cells. The only place that knows calamine.
//!
//! A sheet of an .xlsx is streamed, so a stray cell in the last column costs one cell and not the whole grid before it. An .xls and an
//! .ods are loaded whole, so what is in them is counted before.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

use calamine::{
    CellErrorType, Data, DataRef, Dimensions, ExcelDateTime, Ods, OdsError, Reader, SheetType, SheetVisible, Xls,
    XlsError, Xlsx, XlsxError,
};

use super::biff::{self, Trouble};
use super::cells::Cell;
use super::compound::{self, Held};
use super::fill::MOST_COLUMNS;
use super::packed;
use crate::config::raw::FileFormat;
use crate::diagnostics::{LocalizedTexts, lang_texts};

/// Why a workbook cannot be read.
#[derive(Debug)]
pub enum Failure {
    /// It is encrypted.
    Encrypted,
    /// It is damaged, with the reason in the words of the library.
    Broken(String),
    /// It, or a part of it, would take too much memory, with the reason.
    TooLarge(LocalizedTexts),
    /// The cells of a sheet stand so far apart that laying them out would take all memory: name, last row and column, cells.
    FarApart(String, (u32, u32), u64),
    /// More cells are filled than can be held: name of the sheet, its last row and column, cells.
    TooFull(String, (u32, u32), u64),
}

impl From<XlsxError> for Failure {
    fn from(error: XlsxError) -> Self {
        if matches!(error, XlsxError::Password) { Self::Encrypted } else { Self::Broken(error.to_string()) }
    }
}

impl From<XlsError> for Failure {
    fn from(error: XlsError) -> Self {
        if matches!(error, XlsError::Password) { Self::Encrypted } else { Self::Broken(error.to_string()) }
    }
}

impl From<OdsError> for Failure {
    fn from(error: OdsError) -> Self {
        if matches!(error, OdsError::Password) { Self::Encrypted } else { Self::Broken(error.to_string()) }
    }
}

type Source = BufReader<File>;

/// An open workbook.
pub enum Workbook {
    /// Excel 2007 and later.
    Xlsx(Box<Xlsx<Source>>),
    /// Excel 97.
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
    /// OpenDocument.
    Ods(Box<Ods<Source>>),
}

/// Rows of a sheet in the formats since 2007.
pub const MOST_ROWS: u32 = 1 << 20;

/// The largest .xls that is read, in bytes: it is held three times while it is opened.
const MOST_XLS: u64 = 150 << 20;

/// Content of a cell, or the error that a formula left there.
pub type Content<'a> = Result<Cell<'a>, CellErrorType>;

impl Workbook {
    /// Opens a workbook.
    pub fn open(mut file: File, format: FileFormat) -> Result<Self, Failure> {
        match format {
            FileFormat::Ods => {
                packed::check_open_document(BufReader::new(&mut file))?;
                Ok(Self::Ods(Box::new(Ods::new(BufReader::new(from_start(file)?))?)))
            }
            FileFormat::Xls => {
                if file.metadata().is_ok_and(|held| held.len() > MOST_XLS) {
                    return Err(Failure::TooLarge(larger_than(MOST_XLS)));
                }
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(|error| Failure::Broken(error.to_string()))?;
                // An encrypted .xlsx lies in the same container as an .xls.
                let stream =
                    match compound::held(&bytes).map_err(|damage| Failure::Broken(damage.words().to_owned()))? {
                        Held::Workbook(stream) => stream,
                        Held::Encrypted => return Err(Failure::Encrypted),
                        Held::Other => return Err(Failure::Broken("no workbook inside".to_owned())),
                    };
                drop(bytes);
                if biff::is_encrypted(&stream) {
                    return Err(Failure::Encrypted);
                }
                biff::check_cells(&stream).map_err(|trouble| match trouble {
                    Trouble::Beyond => Failure::Broken("cells beyond the last column".to_owned()),
                    Trouble::FarApart { sheet, corner, filled } => Failure::FarApart(sheet, corner, filled),
                    Trouble::TooFull { sheet, corner, filled } => Failure::TooFull(sheet, corner, filled),
                })?;
                Ok(Self::Xls(Box::new(Xls::new(Cursor::new(compound::plain(stream)))?)))
            }
            _ => {
                packed::check_workbook(BufReader::new(&mut file))?;
                Ok(Self::Xlsx(Box::new(Xlsx::new(BufReader::new(from_start(file)?))?)))
            }
        }
    }

    /// Names of the worksheets, visible ones first.
    pub fn sheets(&self) -> Vec<String> {
        let sheets = match self {
            Self::Xlsx(workbook) => workbook.sheets_metadata(),
            Self::Xls(workbook) => workbook.sheets_metadata(),
            Self::Ods(workbook) => workbook.sheets_metadata(),
        };
        let named = |visible: bool| {
            sheets
                .iter()
                .filter(move |sheet| {
                    sheet.typ == SheetType::WorkSheet && (sheet.visible == SheetVisible::Visible) == visible
                })
                .map(|sheet| sheet.name.clone())
        };
        named(true).chain(named(false)).collect()
    }

    /// Merged cells of a sheet; rows and columns count from 0.
    pub fn merged_cells(&mut self, sheet: &str) -> Vec<Dimensions> {
        match self {
            Self::Xlsx(workbook) => workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
            Self::Xls(workbook) => workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
            // The reader gives none; covered cells are simply empty.
            Self::Ods(_) => Vec::new(),
        }
    }

    /// Hands out the cells that are not empty, row by row: row and column from 0, and the content.
    pub fn each_cell(
        &mut self,
        sheet: &str,
        visit: &mut dyn FnMut(u32, u32, Content<'_>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let range = match self {
            Self::Xlsx(workbook) => {
                let mut cells = workbook.worksheet_cells_reader(sheet)?;
                while let Some(cell) = cells.next_cell()? {
                    let (row, column) = cell.get_position();
                    within_sheet(row, column)?;
                    let content = match cell.get_value() {
                        DataRef::Empty => continue,
                        DataRef::SharedString(text) => text_cell(text),
                        DataRef::String(text) => text_cell(text),
                        DataRef::Int(number) => Ok(Cell::Number(*number as f64)),
                        DataRef::Float(number) => Ok(Cell::Number(*number)),
                        DataRef::Bool(value) => Ok(Cell::Boolean(*value)),
                        DataRef::DateTime(moment) => Ok(moment_cell(moment)),
                        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Ok(iso_cell(text)),
                        DataRef::Error(error) => Err(error.clone()),
                    };
                    if content != Ok(Cell::Empty) && visit(row, column, content).is_break() {
                        break;
                    }
                }
                return Ok(());
            }
            Self::Xls(workbook) => workbook.worksheet_range(sheet)?,
            Self::Ods(workbook) => workbook.worksheet_range(sheet)?,
        };
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let content = match value {
                Data::Empty => continue,
                Data::String(text) => text_cell(text),
                Data::Int(number) => Ok(Cell::Number(*number as f64)),
                Data::Float(number) => Ok(Cell::Number(*number)),
                Data::Bool(value) => Ok(Cell::Boolean(*value)),
                Data::DateTime(moment) => Ok(moment_cell(moment)),
                Data::DateTimeIso(text) | Data::DurationIso(text) => Ok(iso_cell(text)),
                Data::Error(error) => Err(error.clone()),
            };
            let (row, column) = (first_row.saturating_add(row as u32), first_column.saturating_add(column as u32));
            within_sheet(row, column)?;
            if content != Ok(Cell::Empty) && visit(row, column, content).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// A file back at its beginning.
fn from_start(mut file: File) -> Result<File, Failure> {
    file.seek(SeekFrom::Start(0)).map_err(|error| Failure::Broken(error.to_string()))?;
    Ok(file)
}

/// The reason why a file of more than so many bytes is not read.
pub fn larger_than(most: u64) -> LocalizedTexts {
    let most = most >> 20;
    lang_texts(format!("超过 {most} MiB"), format!("it is larger than {most} MiB"))
}

/// Refuses a cell beyond the last row or column, which a damaged number of a few letters can name.
fn within_sheet(row: u32, column: u32) -> Result<(), Failure> {
    if row >= MOST_ROWS {
        return Err(Failure::Broken(format!("more than {MOST_ROWS} rows, which no sheet can have")));
    }
    if column as usize >= MOST_COLUMNS {
        return Err(Failure::Broken(format!("more than {MOST_COLUMNS} columns, which no sheet can have")));
    }
    Ok(())
}

fn text_cell(text: &str) -> Content<'_> {
    Ok(if text.is_empty() { Cell::Empty } else { Cell::Text(Cow::Borrowed(text)) })
}

/// Days that a serial date may count: up to the end of the year 9999.
const LAST_SERIAL: f64 = 2_958_466.0;

/// A date as a moment, a time of day and a duration as text (`12:30:00`), and what is neither as its number.
fn moment_cell(moment: &ExcelDateTime) -> Cell<'static> {
    let serial = moment.as_f64();
    if (0.0..1.0).contains(&serial) || (moment.is_duration() && (0.0..LAST_SERIAL).contains(&serial)) {
        let seconds = (serial * 86_400.0).round() as u64;
        let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        return Cell::Text(Cow::Owned(text));
    }
    let converted = if (1.0..LAST_SERIAL).contains(&serial) { moment.as_datetime() } else { None };
    converted.map_or(Cell::Number(serial), |moment| Cell::Moment(moment.and_utc().timestamp_millis()))
}

fn iso_cell(text: &str) -> Cell<'static> {
    let moment = text
        .parse::<chrono::NaiveDateTime>()
        .ok()
        .or_else(|| text.parse::<chrono::NaiveDate>().ok().and_then(|date| date.and_hms_opt(0, 0, 0)));
    moment.map_or_else(
        || Cell::Text(Cow::Owned(text.to_owned())),
        |moment| Cell::Moment(moment.and_utc().timestamp_millis()),
    )
}
