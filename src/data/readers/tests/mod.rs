//! Files of every format and of none, made here in a few lines, and what the readers make of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod damage;
mod formats;
mod sheets;
mod speed;
mod texts;

use serde_json::json;
use tempfile::TempDir;

use super::cells::cell_of;
use super::*;
use crate::diagnostics::Lang;

/// What reading gave: the table, if any, and the codes of the diagnostics.
pub struct Outcome {
    pub table: Option<RawTable>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Outcome {
    pub fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.message.code).collect()
    }

    pub fn table(&self) -> &RawTable {
        let said: Vec<String> = self.diagnostics.iter().map(|diagnostic| diagnostic.text(Lang::En)).collect();
        self.table.as_ref().unwrap_or_else(|| panic!("no table: {said:?}"))
    }

    pub fn headers(&self) -> Vec<&str> {
        self.table().headers.iter().map(|header| header.name.as_str()).collect()
    }

    /// Rows as text, `-` for a null, `?` for a column that was not read.
    pub fn rows(&self) -> Vec<Vec<String>> {
        rows(self.table())
    }

    pub fn row_numbers(&self) -> Vec<u32> {
        self.table().chunks.iter().flat_map(|chunk| chunk.rows.clone()).collect()
    }
}

pub fn rows(table: &RawTable) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for chunk in &table.chunks {
        for row in 0..chunk.rows.len() {
            let text = |array: &Option<datafusion::arrow::array::ArrayRef>| match array {
                None => "?".to_owned(),
                Some(array) => match cell_of(array, row) {
                    cells::Cell::Empty => "-".to_owned(),
                    cell => cell.text().into_owned(),
                },
            };
            rows.push(chunk.columns.iter().map(text).collect());
        }
    }
    rows
}

/// Reads bytes under a file name, with settings of the source such as `{"sheet": "答卷"}`.
pub fn read_with(name: &str, bytes: &[u8], settings: serde_json::Value, wanted: Option<&[&str]>) -> Outcome {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read_path(&path, name, settings, wanted)
}

pub fn read_path(path: &Path, name: &str, settings: serde_json::Value, wanted: Option<&[&str]>) -> Outcome {
    let mut source = json!({"file": name});
    for (key, value) in settings.as_object().unwrap() {
        source[key] = value.clone();
    }
    let source: RawSource = serde_json::from_value(source).unwrap();
    let wanted: Option<HashSet<String>> = wanted.map(|names| names.iter().map(|&name| name.to_owned()).collect());
    let mut diagnostics = Diagnostics::new();
    let request = ReadRequest {
        path,
        shown: name,
        source: &source,
        wanted: wanted.as_ref(),
        key_path: "data.sources[0]",
        location: Location::text("manyi.yaml", 5, 7),
    };
    let table = super::read(&request, &mut diagnostics);
    Outcome { table, diagnostics: diagnostics.into_iter().collect() }
}

pub fn read_bytes(name: &str, bytes: &[u8]) -> Outcome {
    read_with(name, bytes, json!({}), None)
}

/// A zip archive of stored entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    };
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in entries {
        let mut fields = Vec::new();
        fields.extend(20_u16.to_le_bytes());
        fields.extend([0; 8]);
        fields.extend(crc(bytes).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&fields);
        archive.extend(name.as_bytes());
        archive.extend(*bytes);
    }
    let start = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend((entries.len() as u16).to_le_bytes());
    archive.extend((entries.len() as u16).to_le_bytes());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

/// An .xlsx whose only sheet, `答卷`, has this XML as its data.
pub fn xlsx_of(sheet_data: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let sheet = format!("<worksheet xmlns=\"{main}\"><dimension ref=\"A1:XFD1048576\"/>{sheet_data}</worksheet>");
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"答卷\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let relations = format!(
        "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let root = format!(
        "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let types = format!("<Types xmlns=\"{package}/content-types\"/>");
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}
