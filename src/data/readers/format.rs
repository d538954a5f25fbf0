//! Which format a file has, told from its bytes first and its ending second: what a file is called is a habit, what is in it
//! is a fact.

use std::io::{self, Read, Seek, SeekFrom};

use crate::config::raw::FileFormat;
use crate::data::encoding;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A format that a reader knows.
    Known(FileFormat),
    /// Text, of whatever sort.
    Text,
    /// A web page, as some survey tools call `.xls`.
    Html,
    /// Something else, by its name in words.
    Other(&'static str),
    /// Bytes that are no text and no known format.
    Binary,
}

/// The name of a format in messages.
pub fn name(format: FileFormat) -> &'static str {
    match format {
        FileFormat::Csv => "CSV",
        FileFormat::Tsv => "TSV",
        FileFormat::Xlsx => "XLSX",
        FileFormat::Xls => "XLS",
        FileFormat::Ods => "ODS",
        FileFormat::Parquet => "Parquet",
        FileFormat::Json => "JSON",
        FileFormat::Ndjson => "NDJSON",
        FileFormat::Sav => "SPSS",
    }
}

/// The format that a file name promises.
pub fn by_ending(name: &str) -> Option<FileFormat> {
    let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "csv" | "txt" | "dat" => FileFormat::Csv,
        "tsv" | "tab" => FileFormat::Tsv,
        "xlsx" | "xlsm" | "xltx" | "xltm" => FileFormat::Xlsx,
        "xls" | "xlt" | "et" => FileFormat::Xls,
        "ods" | "fods" => FileFormat::Ods,
        "parquet" | "pq" => FileFormat::Parquet,
        "json" => FileFormat::Json,
        "ndjson" | "jsonl" => FileFormat::Ndjson,
        "sav" | "zsav" => FileFormat::Sav,
        _ => return None,
    })
}

const WINDOW: usize = 64 * 1024;

/// Looks at the first bytes, and for archives at the last ones too. Leaves the file at its start.
pub fn look_inside<R: Read + Seek>(file: &mut R) -> io::Result<Content> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.by_ref().take(WINDOW as u64).read_to_end(&mut head)?;
    let content = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        file.seek(SeekFrom::Start(length.saturating_sub(WINDOW as u64)))?;
        let mut tail = Vec::new();
        file.by_ref().take(WINDOW as u64).read_to_end(&mut tail)?;
        archive(&head, &tail)
    } else {
        by_first_bytes(&head)
    };
    file.seek(SeekFrom::Start(0))?;
    Ok(content)
}

fn by_first_bytes(head: &[u8]) -> Content {
    const MARKS: [(&[u8], Content); 14] = [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Content::Known(FileFormat::Xls)),
        (b"PAR1", Content::Known(FileFormat::Parquet)),
        (b"$FL2", Content::Known(FileFormat::Sav)),
        (b"$FL3", Content::Known(FileFormat::Sav)),
        (b"%PDF", Content::Other("PDF")),
        (b"\x1f\x8b", Content::Other("gzip")),
        (b"7z\xbc\xaf\x27\x1c", Content::Other("7z")),
        (b"Rar!", Content::Other("RAR")),
        (b"\x09\x08", Content::Other("Excel 5")),
        (b"\x09\x04", Content::Other("Excel 4")),
        (b"\x09\x02", Content::Other("Excel 3")),
        (b"SQLite format 3", Content::Other("SQLite")),
        (b"ARROW1", Content::Other("Arrow IPC")),
        (b"\x89PNG", Content::Other("PNG")),
    ];
    if let Some((_, content)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
        return *content;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let lowered: Vec<u8> = text[start..].iter().take(4096).map(u8::to_ascii_lowercase).collect();
    if lowered.starts_with(b"<?xml") || lowered.starts_with(b"<workbook") {
        if contains(&lowered, b"schemas-microsoft-com:office:spreadsheet") {
            return Content::Other("Excel XML 2003");
        }
        return if contains(&lowered, b"<html") || contains(&lowered, b"<table") {
            Content::Html
        } else {
            Content::Other("XML")
        };
    }
    if [&b"<html"[..], b"<!doctype html", b"<table", b"<meta", b"<head", b"<style"]
        .iter()
        .any(|tag| lowered.starts_with(tag))
    {
        return Content::Html;
    }
    // UTF-16 is text too, and there any byte may be zero or a control character.
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || encoding::utf16_without_mark(head).is_some() {
        return Content::Text;
    }
    let odd = |byte: u8| byte < 0x1a && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let controls = head.iter().filter(|&&byte| odd(byte)).count();
    if head.contains(&0) || controls * 50 > head.len().max(50) { Content::Binary } else { Content::Text }
}

fn archive(head: &[u8], tail: &[u8]) -> Content {
    let holds = |name: &[u8]| contains(head, name) || contains(tail, name);
    if holds(b"opendocument.spreadsheet") {
        Content::Known(FileFormat::Ods)
    } else if holds(b"xl/workbook.bin") {
        Content::Other("XLSB")
    } else if holds(b"word/document.xml") {
        Content::Other("DOCX")
    } else if holds(b"ppt/presentation.xml") {
        Content::Other("PPTX")
    } else if holds(b"Index/Document.iwa") {
        Content::Other("Numbers")
    } else if holds(b"xl/") || holds(b"[Content_Types].xml") {
        Content::Known(FileFormat::Xlsx)
    } else {
        Content::Other("ZIP")
    }
}

/// True if `needle` stands in `bytes`.
pub fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn content_is_known_by_its_bytes() {
        let utf16: Vec<u8> = "序号,a\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let long: Vec<u8> = "上下左右丁七万丈三于云互五井四亚些交亥亦产享京亭亮亲\n"
            .repeat(50)
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let cases: [(&[u8], Content); 9] = [
            (&long, Content::Text),
            (b"a,b\n1,2\n", Content::Text),
            (&utf16, Content::Text),
            (b"  <html><body><table>", Content::Html),
            (b"PAR1....", Content::Known(FileFormat::Parquet)),
            (b"$FL2@(#)", Content::Known(FileFormat::Sav)),
            (
                b"PK\x03\x04.........mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
                Content::Known(FileFormat::Ods),
            ),
            (b"PK\x03\x04.........[Content_Types].xml", Content::Known(FileFormat::Xlsx)),
            (b"\x01\x02\x03\x04\x00\x05\x06\x00\x07\x08 a few bytes of some program", Content::Binary),
        ];
        for (bytes, content) in cases {
            assert_eq!(look_inside(&mut Cursor::new(bytes)).unwrap(), content, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
