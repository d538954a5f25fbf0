//! Delimited text: decoded and cut into blocks of whole records on one thread, parsed into Arrow strings on the others.
//!
//! Only wanted columns are copied out of a block. Empty cells are null. Row numbers are those of a spreadsheet.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use super::fill;
use super::layout::{self, Layout, PREVIEW_ROWS, PreviewRow};
use super::records::{Field, Records, whole_records};
use super::text_column::TextColumn;
use super::{ReadRequest, sniff};
use crate::data::encoding::{self, Transcoder};
use crate::data::rawcells::RawCells;
use crate::data::table::{CHUNK_ROWS, RawChunk, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, io_problem};

/// Bytes of text that are parsed at a time.
const BLOCK: usize = 4 << 20;

/// A record longer than this is an unclosed quote that has swallowed the rest of the file.
const LONGEST_RECORD: usize = 64 << 20;

/// Cells after which a chunk of a wide table ends early; while it is built, a cell takes eight bytes on every thread.
const CHUNK_CELLS: usize = fill::CHUNK_CELLS / 2;

/// Cells after which a thread tells the others how many it has laid out.
const TOLD_CELLS: u64 = 1 << 16;

/// What old systems put behind the last line of a text.
const END_OF_TEXT: char = '\u{1a}';

/// Reads a text file; `delimiter` is the one of the format if the project names none.
pub fn read(
    request: &ReadRequest<'_>,
    mut file: File,
    delimiter: Option<u8>,
    diagnostics: &mut Diagnostics,
) -> Option<RawTable> {
    let encoding = encoding_of(request, &mut file, diagnostics)?;
    let before = diagnostics.len();
    match read_text(request, Transcoder::new(file, encoding), delimiter, diagnostics) {
        Ok((table, undecodable)) => {
            if undecodable.is_cut() {
                // That its row lacks fields as well says it already.
                if diagnostics.iter().skip(before).all(|found| found.message.code != messages::FILE_CUT_OFF.code) {
                    diagnostics.push(request.cut_in_character(undecodable.first_line));
                }
            } else if undecodable.count > 0 {
                let line = usize::try_from(undecodable.first_line).unwrap_or(usize::MAX);
                let problem = Diagnostic::warning(&messages::TEXT_UNDECODABLE).arg("count", undecodable.count);
                let problem = problem.arg("encoding", encoding.name().to_ascii_lowercase()).arg("line", line);
                diagnostics.push(problem.at(Location::text(request.shown, line, 1)).key(request.key_path));
            }
            table
        }
        Err(error) => {
            diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)));
            None
        }
    }
}

/// The encoding that the project names, else the one found in the file.
pub fn encoding_of(
    request: &ReadRequest<'_>,
    file: &mut File,
    diagnostics: &mut Diagnostics,
) -> Option<&'static encoding_rs::Encoding> {
    if let Some(name) = &request.source.encoding {
        let found = encoding::by_name(name);
        if found.is_none() {
            let problem = request.error(&messages::ENCODING_UNKNOWN).arg("encoding", name);
            let problem = problem.arg("known", encoding::USUAL_NAMES.join(", "));
            diagnostics
                .push(problem.key(format!("{}.encoding", request.key_path)).suggest(name, encoding::USUAL_NAMES));
        }
        return found;
    }
    match encoding::detect(file) {
        Ok(encoding) => Some(encoding),
        Err(error) => {
            diagnostics.push(request.error(&messages::FILE_UNREADABLE).words("reason", io_problem(&error)));
            None
        }
    }
}

type TableAndLosses = (Option<RawTable>, encoding::Undecodable);

fn read_text<R: Read>(
    request: &ReadRequest<'_>,
    text: Transcoder<R>,
    delimiter: Option<u8>,
    diagnostics: &mut Diagnostics,
) -> io::Result<TableAndLosses> {
    let mut blocks = Blocks { text, buffer: Vec::new(), at_end: false, delimiter: b',' };
    blocks.fill(BLOCK)?;
    let head = String::from_utf8_lossy(&blocks.buffer).into_owned();
    let delimiter = match request.source.delimiter {
        Some(letter) => match u8::try_from(letter) {
            Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => byte,
            _ => {
                let problem = request.error(&messages::DELIMITER_INVALID).arg("delimiter", letter.escape_default());
                diagnostics.push(problem.key(format!("{}.delimiter", request.key_path)));
                return Ok((None, blocks.text.undecodable()));
            }
        },
        None => delimiter.unwrap_or_else(|| sniff::delimiter(&head)),
    };
    blocks.delimiter = delimiter;
    let Some(layout) = find_layout(request, &head, delimiter, diagnostics) else {
        return Ok((None, blocks.text.undecodable()));
    };
    drop(head);
    if let Some(problem) = fill::wide(request, layout.columns.len()) {
        diagnostics.push(problem);
        return Ok((None, blocks.text.undecodable()));
    }
    request.report_repeated(&layout.repeated, diagnostics);
    let kept: Vec<bool> = layout.columns.iter().map(|(_, header)| request.wants(header)).collect();
    let parser =
        Parser { delimiter, layout: &layout, kept: &kept, laid_out: AtomicU64::new(0), fields: AtomicU64::new(0) };
    let parsed = parse_blocks(&mut blocks, &parser)?;
    let Some(chunks) = gather(request, parsed, layout.width, diagnostics) else {
        return Ok((None, blocks.text.undecodable()));
    };
    let table = RawTable {
        file: request.shown.to_owned(),
        sheet: None,
        headers: layout.into_headers_without_letters(),
        chunks,
        sha256: String::new(),
    };
    report_rounded(request, &table, diagnostics);
    Ok((Some(table), blocks.text.undecodable()))
}

fn find_layout(request: &ReadRequest<'_>, head: &str, delimiter: u8, diagnostics: &mut Diagnostics) -> Option<Layout> {
    let given = request.source.header_row;
    let mut records = Records::new(head, delimiter);
    let (mut rows, mut fields, mut number) = (Vec::new(), Vec::new(), 0);
    let declared = sniff::declared(head).is_some();
    while rows.len() < PREVIEW_ROWS.max(given.unwrap_or(0) as usize + 3) && records.next(&mut fields) {
        number += 1;
        if fields.is_empty() || (declared && number == 1) {
            continue;
        }
        let cells = fields.iter().map(|field| layout::clean_header(&field.text(head))).collect();
        rows.push(PreviewRow { number, cells });
    }
    let Some(header) = layout::find_header(&rows, given) else {
        diagnostics.push(match given {
            Some(row) => request
                .error(&messages::HEADER_ROW_BEYOND)
                .arg("row", row)
                .key(format!("{}.header_row", request.key_path)),
            None => request.error(&messages::HEADER_MISSING),
        });
        return None;
    };
    if let Some(problem) = fill::wide_header(request, &rows[header].cells) {
        diagnostics.push(problem);
        return None;
    }
    let names = rows[header].cells.clone();
    Some(layout::lay_out(&rows, header, &names, request.may_have_label_rows()))
}

/// Cuts a text into blocks of whole records.
struct Blocks<R> {
    text: Transcoder<R>,
    buffer: Vec<u8>,
    at_end: bool,
    delimiter: u8,
}

impl<R: Read> Blocks<R> {
    /// Reads until the buffer holds `size` bytes or the text ends.
    fn fill(&mut self, size: usize) -> io::Result<()> {
        let mut filled = self.buffer.len();
        self.buffer.resize(size.max(filled), 0);
        while !self.at_end && self.buffer.len() - filled >= 1024 {
            let read = self.text.read(&mut self.buffer[filled..])?;
            self.at_end = read == 0;
            filled += read;
        }
        self.buffer.truncate(filled);
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<String>> {
        let mut size = BLOCK;
        loop {
            self.fill(size)?;
            if self.at_end {
                let rest = std::mem::take(&mut self.buffer);
                return Ok((!rest.is_empty()).then(|| into_string(rest)));
            }
            let whole = whole_records(&self.buffer, self.delimiter);
            if whole > 0 || size >= LONGEST_RECORD {
                let cut = if whole > 0 { whole } else { valid_length(&self.buffer) };
                let rest = self.buffer.split_off(cut);
                return Ok(Some(into_string(std::mem::replace(&mut self.buffer, rest))));
            }
            size *= 2;
        }
    }
}

/// The transcoder gives valid UTF-8, so this copies nothing.
pub fn into_string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn valid_length(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}

/// Rows whose number of fields is wrong.
#[derive(Debug, Default, Clone, Copy)]
struct Ragged {
    count: u64,
    first_row: u64,
    first_fields: usize,
}

impl Ragged {
    fn add(&mut self, row: u64, fields: usize) {
        if self.count == 0 {
            (self.first_row, self.first_fields) = (row, fields);
        }
        self.count += 1;
    }

    fn join(&mut self, later: Self, base: u64) {
        if self.count == 0 && later.count > 0 {
            (self.first_row, self.first_fields) = (later.first_row + base, later.first_fields);
        }
        self.count += later.count;
    }
}

/// What became of a block; row numbers count from its beginning.
#[derive(Default)]
struct Parsed {
    chunks: Vec<RawChunk>,
    records: u64,
    long: Ragged,
    short: Ragged,
    unclosed: Option<u64>,
    /// The last record, if it is too short and no line break ends it, with the form of its first field.
    cut: Option<(Ragged, String)>,
    /// The form of the first field of the first record.
    form: Option<String>,
    /// The record at which it was given up as too thin.
    thin: Option<u64>,
}

struct Parser<'a> {
    delimiter: u8,
    layout: &'a Layout,
    kept: &'a [bool],
    /// Cells laid out so far and fields that the file has for them, in all blocks.
    laid_out: AtomicU64,
    fields: AtomicU64,
}

impl Parser<'_> {
    /// Counts cells and fields, and tells whether all blocks together are too thin.
    fn is_thin_with(&self, cells: u64, fields: u64) -> bool {
        let cells = self.laid_out.fetch_add(cells, Ordering::Relaxed).saturating_add(cells);
        fill::is_thin_text(cells, self.fields.fetch_add(fields, Ordering::Relaxed).saturating_add(fields))
    }

    fn parse(&self, block: &str, skipped: u64) -> Parsed {
        let mut parsed = Parsed::default();
        let mut records = Records::new(block, self.delimiter);
        let mut fields: Vec<Field> = Vec::with_capacity(self.layout.width);
        let needed = self.layout.columns.last().map_or(0, |(index, _)| index + 1);
        let mut builders = self.builders();
        let mut rows: Vec<u32> = Vec::new();
        let (mut cells, mut written) = (0, 0);
        let chunk_rows = CHUNK_ROWS.min(CHUNK_CELLS / builders.len().max(1));
        while records.next(&mut fields) {
            parsed.records += 1;
            if parsed.records <= skipped || fields.iter().all(Field::is_empty) {
                continue;
            }
            // The block ends within a record only where the text does.
            let unended = records.at_end() && !block.ends_with(['\n', '\r']);
            if is_end_of_text(&fields, block, unended && needed > 1) {
                continue;
            }
            if parsed.form.is_none() && !unended {
                parsed.form = fields.first().map(|field| form_of(&field.text(block)));
            }
            if fields.len() < needed {
                parsed.short.add(parsed.records, fields.len());
                if unended {
                    let mut last = Ragged::default();
                    last.add(parsed.records, fields.len());
                    let form = fields.first().map(|field| form_of(&field.text(block))).unwrap_or_default();
                    parsed.cut = Some((last, form));
                }
            } else if fields.len() > self.layout.width && !fields[self.layout.width..].iter().all(Field::is_empty) {
                parsed.long.add(parsed.records, fields.len());
            }
            for (index, builder) in &mut builders {
                match fields.get(*index) {
                    Some(field) if !field.is_empty() => builder.append(&field.text(block)),
                    _ => builder.append_null(),
                }
            }
            // A field that is there and empty is written in the file; only what is not there costs nothing but memory.
            written += fields.len() as u64;
            cells += builders.len() as u64;
            if cells >= TOLD_CELLS && self.is_thin_with(std::mem::take(&mut cells), std::mem::take(&mut written)) {
                parsed.thin = Some(parsed.records);
                return parsed;
            }
            rows.push(u32::try_from(parsed.records).unwrap_or(u32::MAX));
            if rows.len() >= chunk_rows {
                let full = std::mem::replace(&mut rows, Vec::with_capacity(chunk_rows));
                parsed.chunks.push(self.chunk(&mut builders, full));
            }
        }
        if !rows.is_empty() {
            parsed.chunks.push(self.chunk(&mut builders, rows));
        }
        self.is_thin_with(cells, written);
        parsed.unclosed = records.unclosed.then_some(parsed.records);
        parsed
    }

    fn builders(&self) -> Vec<(usize, TextColumn)> {
        let columns = self.layout.columns.iter().zip(self.kept);
        columns.filter(|(_, kept)| **kept).map(|((index, _), _)| (*index, TextColumn::new())).collect()
    }

    fn chunk(&self, builders: &mut [(usize, TextColumn)], rows: Vec<u32>) -> RawChunk {
        let mut arrays = builders.iter_mut().map(|(_, builder)| builder.finish_chunk());
        let columns = self.kept.iter().map(|&kept| if kept { arrays.next() } else { None }).collect();
        RawChunk { columns, rows }
    }
}

/// True for a record that is nothing but the mark behind a text, or blanks in a last line of a table with more than one column.
fn is_end_of_text(fields: &[Field], block: &str, blanks_too: bool) -> bool {
    let [only] = fields else { return false };
    let text = only.text(block);
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == END_OF_TEXT).is_empty()
        && (blanks_too || text.contains(END_OF_TEXT))
}

/// The form of a text: digits, letters and other characters of words as one each, all else as it is. `2026-11-03` is `9-9-9`.
fn form_of(text: &str) -> String {
    let mut form = String::new();
    for letter in text.trim().chars().take(64) {
        let kind = match letter {
            letter if letter.is_ascii_digit() => '9',
            letter if letter.is_ascii_alphabetic() => 'a',
            letter if letter.is_alphanumeric() => '\u{4e2d}',
            other => other,
        };
        if !form.ends_with(kind) {
            form.push(kind);
        }
    }
    form
}

/// Parses all blocks, on as many threads as the machine has, and gives the results in order.
fn parse_blocks<R: Read>(blocks: &mut Blocks<R>, parser: &Parser<'_>) -> io::Result<Vec<Parsed>> {
    let Some(first) = blocks.next()? else { return Ok(Vec::new()) };
    let header = parser.layout.last_header_row;
    if blocks.at_end && blocks.buffer.is_empty() {
        return Ok(vec![parser.parse(&first, header)]);
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let (send, receive) = sync_channel::<(usize, String)>(threads);
    let receive = Mutex::new(receive);
    std::thread::scope(|scope| {
        let work = || parse_received(&receive, parser, header);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut next = Some(first);
        let mut failed = None;
        for index in 0.. {
            let Some(block) = next.filter(|_| !parser.is_thin_with(0, 0)) else { break };
            // All workers are gone only after a panic, which the join below reports.
            if send.send((index, block)).is_err() {
                break;
            }
            next = blocks.next().unwrap_or_else(|error| {
                failed = Some(error);
                None
            });
        }
        drop(send);
        let mut parsed = Vec::new();
        for worker in workers {
            let part = worker.join().map_err(|_| io::Error::other("a reading thread stopped"))?;
            parsed.extend(part);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        parsed.sort_by_key(|(index, _)| *index);
        Ok(parsed.into_iter().map(|(_, parsed)| parsed).collect())
    })
}

fn parse_received(
    receive: &Mutex<Receiver<(usize, String)>>,
    parser: &Parser<'_>,
    header: u64,
) -> Vec<(usize, Parsed)> {
    let mut parsed = Vec::new();
    loop {
        let received = match receive.lock() {
            Ok(receive) => receive.recv(),
            Err(_) => return parsed,
        };
        let Ok((index, block)) = received else { return parsed };
        parsed.push((index, parser.parse(&block, if index == 0 { header } else { 0 })));
    }
}

/// Puts the blocks together: row numbers of the file, and one report for all rows of the wrong length. None if the rows are too thin.
fn gather(
    request: &ReadRequest<'_>,
    parsed: Vec<Parsed>,
    width: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<RawChunk>> {
    let mut chunks = Vec::new();
    let (mut base, mut long, mut short) = (0_u64, Ragged::default(), Ragged::default());
    let (mut cut, mut form) = (None, None);
    for block in parsed {
        // A block that was given up says nothing about the rows after it.
        if let Some(row) = block.thin {
            diagnostics.push(fill::thin(request, row + base));
            return None;
        }
        cut = block.cut.map(|(cut, form)| (cut.first_row + base, cut.first_fields, form));
        form = form.or(block.form);
        long.join(block.long, base);
        short.join(block.short, base);
        if let Some(row) = block.unclosed {
            let row = row + base;
            let problem = Diagnostic::error(&messages::QUOTE_UNCLOSED).arg("row", row);
            diagnostics.push(problem.at(Location::row(request.shown, row)).key(request.key_path));
        }
        let offset = u32::try_from(base).unwrap_or(u32::MAX);
        for mut chunk in block.chunks {
            chunk.rows.iter_mut().for_each(|row| *row = row.saturating_add(offset));
            chunks.push(chunk);
        }
        base += block.records;
    }
    // Where other rows are short as well, it is how the file was written; one field unlike the others is a line below the table.
    let within_answer =
        |fields: usize, last: &str| fields > 1 || form.as_ref().is_some_and(|form| form.starts_with(last));
    if let (Some((row, fields, last)), 1) = (cut, short.count)
        && within_answer(fields, &last)
    {
        diagnostics.push(request.cut_off(row, fields as u64, width));
        short.count = 0;
    }
    for (ragged, message) in [(long, &messages::ROWS_TOO_LONG), (short, &messages::ROWS_TOO_SHORT)] {
        if ragged.count > 0 {
            let problem = Diagnostic::warning(message).arg("count", ragged.count).arg("row", ragged.first_row);
            let problem = problem.arg("fields", ragged.first_fields).arg("expected", width);
            diagnostics.push(problem.at(Location::row(request.shown, ragged.first_row)).key(request.key_path));
        }
    }
    Some(chunks)
}

/// Reports columns whose first answers show ids as `1.10101E+17`, which a spreadsheet does when it saves a text file.
fn report_rounded(request: &ReadRequest<'_>, table: &RawTable, diagnostics: &mut Diagnostics) {
    let Some(chunk) = table.chunks.first() else { return };
    for (column, (array, header)) in chunk.columns.iter().zip(&table.headers).enumerate() {
        let cells = RawCells::new(array.as_ref());
        let found = chunk.rows.iter().enumerate().find_map(|(index, row)| {
            let text = cells.text(index).filter(|text| is_rounded(text))?;
            Some((text, row))
        });
        if let Some((value, &row)) = found {
            let problem =
                Diagnostic::warning(&messages::NUMBERS_ROUNDED).arg("column", &header.name).quote("value", value);
            diagnostics.push(problem.at(table.place(column, row)).key(request.key_path));
        }
    }
}

/// True for scientific notation of a number of sixteen digits or more.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.trim().split_once("E+") else { return false };
    digits.parse::<f64>().is_ok() && exponent.parse::<u32>().is_ok_and(|exponent| exponent >= 15)
}
