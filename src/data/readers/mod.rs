//! File readers: one file format a module, all giving a [`RawTable`].
//!
//! In goes a [`ReadRequest`] for one file; what is in the file decides the reader, not what it is called. Every problem
//! becomes a diagnostic, whatever the bytes.

mod biff;
pub mod cells;
mod compound;
mod contain;
pub mod cut;
mod fill;
pub mod format;
mod html;
mod json;
pub mod layout;
mod merged;
mod packed;
mod pages;
mod parquet;
mod records;
mod sav;
mod sheet;
mod sniff;
mod text;
mod text_column;
pub mod workbook;

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::config::raw::{Dialect, FileFormat, RawSource};
use crate::data::dialects;
use crate::data::readers::format::Content;
use crate::data::table::{RawHeader, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, Message, io_problem, lang_texts, nearest_names};

/// A file to read and how.
#[derive(Debug, Clone)]
pub struct ReadRequest<'a> {
    /// The file on disk.
    pub path: &'a Path,
    /// The file as the user knows it, for diagnostics.
    pub shown: &'a str,
    /// How the project says to read it.
    pub source: &'a RawSource,
    /// Headers whose cells are needed; `None` for all.
    pub wanted: Option<&'a HashSet<String>>,
    /// Key path of the source in the project file.
    pub key_path: &'a str,
    /// Place of the source in the project file.
    pub location: Location,
}

impl ReadRequest<'_> {
    /// An error about the file, at its entry in the project file.
    fn error(&self, message: &'static Message) -> Diagnostic {
        Diagnostic::error(message).arg("file", self.shown).at(self.location.clone()).key(self.key_path)
    }

    /// The error of a file that ends within a row, which has so many fields of those that it should have.
    fn cut_off(&self, row: u64, fields: u64, expected: usize) -> Diagnostic {
        let how = lang_texts(
            format!("第 {row} 行处中断：该行有 {fields} 个字段（应有 {expected} 个），其后没有结束标记"),
            format!("row {row}, which has {fields} of {expected} fields and no end"),
        );
        self.error(&messages::FILE_CUT_OFF).words("how", how).at(Location::row(self.shown, row))
    }

    /// The error of a text that ends within a character.
    fn cut_in_character(&self, line: u64) -> Diagnostic {
        let how = lang_texts(
            format!("第 {line} 行处中断：最后一个字符不完整"),
            format!("line {line}, the last character of which is not whole"),
        );
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        self.error(&messages::FILE_CUT_OFF).words("how", how).at(Location::text(self.shown, line, 1))
    }

    /// True if the cells of this column are needed.
    fn wants(&self, header: &RawHeader) -> bool {
        let Some(wanted) = self.wanted else { return true };
        let asked = |name: &str| wanted.contains(name);
        asked(&header.name) || header.label.as_deref().is_some_and(asked) || self.joins_files(header)
    }

    /// True if another file is matched by this column, whether or not a question asks for it.
    fn joins_files(&self, header: &RawHeader) -> bool {
        self.source.codes_file.is_some() && dialects::joins_rows(&header.name)
    }

    /// True if label rows below the headers may be looked for.
    fn may_have_label_rows(&self) -> bool {
        self.source.dialect.is_none_or(|dialect| dialect == Dialect::Qualtrics)
    }

    fn report_repeated(&self, repeated: &[(String, String)], diagnostics: &mut Diagnostics) {
        diagnostics.extend(repeated.iter().map(|(header, renamed)| {
            Diagnostic::note(&messages::HEADER_REPEATED)
                .arg("header", header)
                .arg("renamed", renamed)
                .at(Location::file(self.shown))
        }));
    }
}

/// Reads one file. `None` if it cannot be read, with the reason among the diagnostics.
pub fn read(request: &ReadRequest<'_>, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let mut file = open(request, diagnostics)?;
    let content = match format::look_inside(&mut file) {
        Ok(content) => content,
        Err(error) => {
            diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)));
            return None;
        }
    };
    let format = choose(request, content, diagnostics)?;
    // Hashing takes as long as parsing, and both only read.
    let (table, sha256) = std::thread::scope(|scope| {
        let hashing = scope.spawn(|| hash(request.path));
        let table = match format {
            Choice::Html => html::read(request, file, diagnostics),
            Choice::Format(FileFormat::Csv) => text::read(request, file, None, diagnostics),
            Choice::Format(FileFormat::Tsv) => text::read(request, file, Some(b'\t'), diagnostics),
            Choice::Format(FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods) => {
                sheet::read(request, file, content, diagnostics)
            }
            Choice::Format(FileFormat::Parquet) => parquet::read(request, file, diagnostics),
            Choice::Format(FileFormat::Json | FileFormat::Ndjson) => json::read(request, file, diagnostics),
            Choice::Format(FileFormat::Sav) => sav::read(request, file, diagnostics),
        };
        (table, hashing.join())
    });
    let mut table = table?;
    match sha256 {
        Ok(Ok(sha256)) => table.sha256 = sha256,
        Ok(Err(error)) => {
            diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)))
        }
        Err(_) => diagnostics.push(request.error(&messages::FILE_UNREADABLE).arg("reason", "SHA-256")),
    }
    if table.row_count() == 0 {
        let warning = Diagnostic::warning(&messages::ROWS_MISSING).arg("file", request.shown);
        diagnostics.push(warning.at(request.location.clone()).key(request.key_path));
    }
    Some(table)
}

fn open(request: &ReadRequest<'_>, diagnostics: &mut Diagnostics) -> Option<File> {
    let problem = match std::fs::metadata(request.path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => missing(request),
        Err(error) => request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)),
        Ok(found) if found.is_dir() => request.error(&messages::FILE_IS_FOLDER),
        Ok(found) if found.len() == 0 => request.error(&messages::FILE_EMPTY),
        Ok(_) => match File::open(request.path) {
            Ok(file) => return Some(file),
            Err(error) => request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)),
        },
    };
    diagnostics.push(problem);
    None
}

/// The error for a file that is not there, with the names in its folder that come nearest.
fn missing(request: &ReadRequest<'_>) -> Diagnostic {
    let mut problem = request.error(&messages::FILE_MISSING);
    problem.suggestions = near_files(request.path, request.shown);
    problem
}

/// Existing files in the folder of `path` whose names come near or, for a pattern, begin as it does, written like `shown`.
pub(crate) fn near_files(path: &Path, shown: &str) -> Vec<String> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .filter(|name| !name.starts_with('.') && !name.starts_with("~$"))
        .collect();
    names.sort();
    let name = name.to_string_lossy();
    let mut near = match name.split_once(['*', '?', '[']) {
        Some((beginning, _)) => names.iter().filter(|name| name.starts_with(beginning)).cloned().collect(),
        None => Vec::new(),
    };
    let plain = name.replace(['*', '?', '[', ']'], "");
    for other in nearest_names(&plain, names.iter().map(String::as_str)) {
        if !near.contains(&other) {
            near.push(other);
        }
    }
    let before = shown.rfind(['/', '\\']).map_or("", |cut| &shown[..=cut]);
    near.into_iter().take(3).map(|name| format!("{before}{name}")).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Format(FileFormat),
    Html,
}

/// The reader to use: the bytes decide among binary formats, ending and project file among the text formats.
fn choose(request: &ReadRequest<'_>, content: Content, diagnostics: &mut Diagnostics) -> Option<Choice> {
    let expected = request.source.format.or_else(|| format::by_ending(request.shown));
    let (choice, actual) = match content {
        Content::Known(format) => (Choice::Format(format), format::name(format)),
        Content::Html => (Choice::Html, "HTML"),
        Content::Text => match expected {
            Some(format @ (FileFormat::Csv | FileFormat::Tsv | FileFormat::Json | FileFormat::Ndjson)) => {
                return Some(Choice::Format(format));
            }
            _ => (Choice::Format(FileFormat::Csv), "CSV"),
        },
        Content::Other(actual) => {
            diagnostics.push(request.error(&messages::FORMAT_UNSUPPORTED).arg("actual", actual));
            return None;
        }
        Content::Binary => {
            diagnostics.push(match expected {
                Some(FileFormat::Xlsx | FileFormat::Xls | FileFormat::Ods) => {
                    request.error(&messages::WORKBOOK_BROKEN).arg("reason", "signature")
                }
                Some(FileFormat::Parquet) => request.error(&messages::PARQUET_BROKEN).arg("reason", "signature"),
                Some(FileFormat::Sav) => request.error(&messages::SAV_BROKEN).arg("reason", "signature"),
                _ => request.error(&messages::FILE_NOT_TEXT),
            });
            return None;
        }
    };
    if let Some(expected) = expected.filter(|&expected| choice != Choice::Format(expected)) {
        let note = Diagnostic::note(&messages::FORMAT_DIFFERS).arg("file", request.shown);
        let note = note.arg("actual", actual).arg("expected", format::name(expected));
        diagnostics.push(note.at(request.location.clone()).key(request.key_path));
    }
    Some(choice)
}

/// SHA-256 of a file's bytes, lower-case hex.
fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
