//! JSON arrays of objects, and NDJSON: a column for every key, in the order in which keys first appear.
//!
//! A list of texts becomes one cell joined by [`OPTION_SEPARATOR`], as a multiple answer; other nested values are reported.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use indexmap::IndexMap;
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::cells::{Cell, TableBuilder, number_text};
use super::fill::MOST_COLUMNS;
use super::layout::{NamesTaken, clean_header, column_letters};
use super::{ReadRequest, fill, text};
use crate::data::encoding::Transcoder;
use crate::data::table::{OPTION_SEPARATOR, RawHeader, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Reads a JSON or NDJSON file, whichever it is.
pub fn read(request: &ReadRequest<'_>, mut file: File, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let encoding = text::encoding_of(request, &mut file, diagnostics)?;
    let mut reader = BufReader::with_capacity(1 << 20, Transcoder::new(file, encoding));
    let mut rows = Rows {
        request,
        columns: IndexMap::new(),
        names: NamesTaken::default(),
        builder: TableBuilder::new(0),
        nested: Vec::new(),
        number: 0,
        stray: None,
    };
    let outcome = match first_byte(&mut reader) {
        Ok(Some(b'[')) => serde_json::Deserializer::from_reader(reader).deserialize_seq(&mut rows),
        Ok(_) => read_lines(reader, &mut rows),
        Err(error) => Err(serde_json::Error::io(error)),
    };
    if let Err(error) = outcome {
        let problem = request.error(&messages::JSON_BROKEN).arg("reason", &error);
        diagnostics.push(problem.at(Location::text(request.shown, error.line(), error.column())));
        return None;
    }
    if let Some((row, found)) = rows.stray {
        let problem = request.error(&messages::JSON_NOT_ROWS).arg("row", row).arg("found", found);
        diagnostics.push(problem.at(Location::row(request.shown, row)));
        return None;
    }
    if rows.builder.is_thin() {
        diagnostics.push(fill::thin(request, rows.number));
        return None;
    }
    if let Some(problem) = fill::wide(request, rows.columns.len()) {
        diagnostics.push(problem);
        return None;
    }
    Some(rows.finish(diagnostics))
}

fn first_byte<R: Read>(reader: &mut BufReader<R>) -> std::io::Result<Option<u8>> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(None);
        }
        match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(index) => return Ok(Some(buffer[index])),
            None => {
                let length = buffer.len();
                reader.consume(length);
            }
        }
    }
}

/// One object after the other; a single object that wraps the list of answers (`{"data": [...]}`) is opened.
fn read_lines<R: Read>(reader: R, rows: &mut Rows<'_>) -> serde_json::Result<()> {
    let mut values = serde_json::Deserializer::from_reader(reader).into_iter::<Value>();
    let Some(first) = values.next().transpose()? else { return Ok(()) };
    match values.next().transpose()? {
        None => match wrapped(first) {
            Ok(list) => list.into_iter().for_each(|value| rows.add(value)),
            Err(single) => rows.add(single),
        },
        Some(second) => {
            rows.add(first);
            rows.add(second);
            for value in values {
                rows.add(value?);
            }
        }
    }
    Ok(())
}

fn wrapped(value: Value) -> Result<Vec<Value>, Value> {
    let Value::Object(mut object) = value else { return Err(value) };
    let lists: Vec<String> = object
        .iter()
        .filter(|(_, value)| value.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
        .map(|(key, _)| key.clone())
        .collect();
    match lists.as_slice() {
        [key] => match object.remove(key) {
            Some(Value::Array(list)) => Ok(list),
            _ => Err(Value::Object(object)),
        },
        _ => Err(Value::Object(object)),
    }
}

struct Rows<'a> {
    request: &'a ReadRequest<'a>,
    /// Every key seen, and the column it fills if it is wanted.
    columns: IndexMap<String, (RawHeader, usize, bool)>,
    names: NamesTaken,
    builder: TableBuilder,
    nested: Vec<u64>,
    number: u64,
    stray: Option<(u64, &'static str)>,
}

impl Rows<'_> {
    fn add(&mut self, value: Value) {
        if self.builder.is_thin() {
            return;
        }
        self.number += 1;
        let Value::Object(object) = value else {
            self.stray.get_or_insert((self.number, kind(&value)));
            return;
        };
        self.add_object(&object);
        self.builder.end_row(self.number);
    }

    fn add_object(&mut self, object: &Map<String, Value>) {
        for (key, value) in object {
            let (column, kept) = match self.columns.get(key) {
                Some((_, column, kept)) => (*column, *kept),
                None if self.columns.len() > MOST_COLUMNS => continue,
                None => self.add_column(key),
            };
            match kept.then(|| cell(value)) {
                Some(Some(cell)) if cell != Cell::Empty => self.builder.put(column, &cell),
                Some(None) => {
                    self.nested[column] += 1;
                    self.builder.pass_over(1);
                }
                _ => self.builder.pass_over(1),
            }
        }
    }

    fn add_column(&mut self, key: &str) -> (usize, bool) {
        let column = self.builder.add_column();
        let mut name = clean_header(key);
        if name.is_empty() {
            name = format!("[{}]", column_letters(column));
        }
        name = self.names.renamed(&name).unwrap_or(name);
        let header = RawHeader { name, ..RawHeader::default() };
        let kept = self.request.wants(&header);
        self.columns.insert(key.to_owned(), (header, column, kept));
        self.nested.push(0);
        (column, kept)
    }

    fn finish(self, diagnostics: &mut Diagnostics) -> RawTable {
        let kept: Vec<bool> = self.columns.values().map(|(_, _, kept)| *kept).collect();
        let headers: Vec<RawHeader> = self.columns.into_values().map(|(header, ..)| header).collect();
        for (header, &count) in headers.iter().zip(&self.nested) {
            if count > 0 {
                let problem =
                    Diagnostic::warning(&messages::JSON_NESTED).arg("count", count).arg("column", &header.name);
                diagnostics.push(problem.at(Location::file(self.request.shown)).key(self.request.key_path));
            }
        }
        let chunks = self.builder.finish(&kept);
        RawTable { file: self.request.shown.to_owned(), sheet: None, headers, chunks, sha256: String::new() }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn cell(value: &Value) -> Option<Cell<'_>> {
    Some(match value {
        Value::Null => Cell::Empty,
        Value::Bool(value) => Cell::Boolean(*value),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (None, Some(number)) if number.is_finite() => Cell::Number(number),
            _ => Cell::Text(Cow::Owned(number.to_string())),
        },
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => Cell::Text(Cow::Borrowed(text)),
        Value::Array(values) => {
            let parts: Option<Vec<String>> = values
                .iter()
                .map(|value| match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Bool(value) => Some(value.to_string()),
                    Value::Number(number) => Some(number.as_f64().map_or_else(|| number.to_string(), number_text)),
                    _ => None,
                })
                .collect();
            let joined = parts?.join(OPTION_SEPARATOR.encode_utf8(&mut [0; 4]));
            if joined.is_empty() { Cell::Empty } else { Cell::Text(Cow::Owned(joined)) }
        }
        Value::Object(_) => return None,
    })
}

impl<'de> Visitor<'de> for &mut Rows<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Element(self))?.is_some() {}
        Ok(())
    }
}

/// Takes one element of the list, so that the list never stands in memory as a whole.
struct Element<'a, 'b>(&'a mut Rows<'b>);

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let value: Value = serde::Deserialize::deserialize(deserializer)?;
        self.0.add(value);
        Ok(())
    }
}
