//! A look into packed workbooks before the library loads them: a part that it holds as a whole, one element without end, or cells
//! that are repeated by a number would take all memory. The only reader that knows `zip` and `quick_xml`.
//!
//! The sizes of the archive's directory can be believed: unpacking ends with an error where a part goes on beyond the size stated.

mod open_document;

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek};
use std::ops::ControlFlow;
use std::rc::Rc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::workbook::Failure;
use crate::diagnostics::lang_texts;

/// Bytes that a part which is held as a whole may unpack to however small it is in the file.
const FREELY: u64 = 32 << 20;

/// How many times its size in the file a larger part may unpack to. Texts and styles come to less than twenty.
const HIGHEST_RATIO: u64 = 50;

/// Bytes, and times its size in the file, from which a part that is streamed is gone through before.
const SUSPICIOUS: (u64, u64) = (64 << 20, 30);

/// Bytes, and times its size in the file, beyond which no such part is of a survey.
const BEYOND: (u64, u64) = (512 << 20, 300);

/// Bytes of one element or of the text between two; a cell holds 32,767 letters.
const LONGEST: u64 = 16 << 20;

/// Merged cells of a sheet, which are held as a list.
const MOST_MERGED: u64 = 1 << 20;

/// Texts for which room is made however few there are.
const FEW_TEXTS: u64 = 1 << 20;

/// Looks at the parts of an .xlsx.
///
/// # Errors
/// The part that would take too much memory. What cannot be unpacked at all is left to the library.
pub fn check_workbook<R: Read + Seek>(source: R) -> Result<(), Failure> {
    let Ok(mut archive) = ZipArchive::new(source) else { return Ok(()) };
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else { continue };
        let Ok(name) = part.name().map(|name| name.to_lowercase()) else { continue };
        let (unpacked, packed) = (part.size(), part.compressed_size());
        let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
        if is_held(file) {
            if unpacked > FREELY && unpacked > packed.saturating_mul(HIGHEST_RATIO) {
                return Err(swollen(&name, packed, unpacked));
            }
            if file == "sharedstrings.xml" {
                let texts = announced_texts(part);
                if texts > FEW_TEXTS && texts > unpacked {
                    return Err(unfitting(&name, texts, unpacked));
                }
            }
        } else if file.ends_with(".xml") {
            let exceeds = |(bytes, times): (u64, u64)| unpacked > bytes && unpacked > packed.saturating_mul(times);
            if exceeds(BEYOND) {
                return Err(swollen(&name, packed, unpacked));
            }
            if exceeds(SUSPICIOUS) {
                check_streamed(part, &name)?;
            }
        }
    }
    Ok(())
}

/// Looks at the cells of an .ods, all of which the library lays out.
///
/// # Errors
/// The part or the sheet that would take too much memory. What cannot be unpacked at all is left to the library.
pub fn check_open_document<R: Read + Seek>(source: R) -> Result<(), Failure> {
    let Ok(mut archive) = ZipArchive::new(source) else { return Ok(()) };
    for name in ["META-INF/manifest.xml", "content.xml"] {
        let Ok(part) = archive.by_name(name) else { continue };
        let (unpacked, packed) = (part.size(), part.compressed_size());
        let content = name == "content.xml";
        if open_document::is_swollen(unpacked, packed)
            || (!content && unpacked > FREELY && unpacked > packed.saturating_mul(HIGHEST_RATIO))
        {
            return Err(swollen(name, packed, unpacked));
        }
        if content {
            open_document::check_cells(part, name)?;
        }
    }
    Ok(())
}

/// True for the parts of an .xlsx that are held as a whole, by the name of their file in small letters.
fn is_held(file: &str) -> bool {
    matches!(file, "sharedstrings.xml" | "styles.xml" | "theme1.xml")
        || file.starts_with("workbook")
        || file.ends_with(".rels")
}

/// The number of texts that the table of texts announces, for which the library makes room at once.
fn announced_texts(part: impl Read) -> u64 {
    let mut texts = 0;
    let looked = each_event(part, &mut |event| match event {
        Event::Start(start) if start.local_name().as_ref() == "sst" => {
            texts = number(start, "uniqueCount").unwrap_or(0);
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    looked.map_or(0, |()| texts)
}

fn check_streamed(part: impl Read, name: &str) -> Result<(), Failure> {
    let mut merged = 0_u64;
    let looked = each_event(part, &mut |event| {
        if let Event::Start(start) = event {
            merged += u64::from(start.local_name().as_ref() == "mergeCell");
        }
        if merged > MOST_MERGED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    looked.map_err(|Endless| endless(name))?;
    if merged > MOST_MERGED { Err(too_many_merged(name)) } else { Ok(()) }
}

/// An element or text of more than [`LONGEST`] bytes.
struct Endless;

/// Hands out what is in a part until it is told to stop or the XML breaks, of which the library says more.
fn each_event(part: impl Read, visit: &mut dyn FnMut(&Event<'_>) -> ControlFlow<()>) -> Result<(), Endless> {
    let left = Rc::new(Cell::new(LONGEST));
    let mut reader = Reader::from_reader(BufReader::new(Leash { part, left: Rc::clone(&left) }));
    // As the library reads it, so that both see the same.
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        left.set(LONGEST);
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => return Ok(()),
            Ok(event) if visit(&event).is_break() => return Ok(()),
            Ok(_) => {}
            Err(_) if left.get() == 0 => return Err(Endless),
            Err(_) => return Ok(()),
        }
    }
}

/// A part of which only so many bytes are given until somebody says that more may come.
struct Leash<R> {
    part: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Leash<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(io::Error::other("an element without end"));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.part.read(&mut buffer[..most])?;
        self.left.set(left - read as u64);
        Ok(read)
    }
}

/// An attribute by its full name.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|held| held.key.as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.into_owned())
}

fn number(start: &BytesStart<'_>, name: &str) -> Option<u64> {
    attribute(start, name)?.parse().ok()
}

fn swollen(part: &str, packed: u64, unpacked: u64) -> Failure {
    Failure::TooLarge(lang_texts(
        format!("其中 {packed} 字节的部件 `{part}` 解压后达 {unpacked} 字节"),
        format!("its part `{part}` of {packed} bytes unpacks to {unpacked}"),
    ))
}

fn unfitting(part: &str, texts: u64, unpacked: u64) -> Failure {
    Failure::TooLarge(lang_texts(
        format!("其中 {unpacked} 字节的部件 `{part}` 声称有 {texts} 个文本"),
        format!("its part `{part}` of {unpacked} bytes announces {texts} texts"),
    ))
}

fn endless(part: &str) -> Failure {
    let most = LONGEST >> 20;
    Failure::TooLarge(lang_texts(
        format!("其中的部件 `{part}` 有一处内容超过 {most} MiB"),
        format!("its part `{part}` has a cell or element of more than {most} MiB"),
    ))
}

fn too_many_merged(part: &str) -> Failure {
    Failure::TooLarge(lang_texts(
        format!("其中的部件 `{part}` 有超过 {MOST_MERGED} 处合并单元格"),
        format!("its part `{part}` merges cells in more than {MOST_MERGED} places"),
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::diagnostics::Lang;

    fn archive(parts: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        Cursor::new(writer.finish().unwrap().into_inner())
    }

    fn said(outcome: Result<(), Failure>) -> String {
        match outcome {
            Ok(()) => String::new(),
            Err(Failure::TooLarge(words)) => words.get(Lang::En).to_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// One letter 33 million times takes some thirty kilobytes in the file; the texts of a survey take a fifth of their size or more.
    #[test]
    fn texts_that_unpack_to_far_more_than_they_are() {
        let letters = vec![b'a'; (FREELY + 1) as usize];
        for name in ["xl/sharedStrings.xml", "xl/styles.xml", "XL/SharedStrings.XML", "_rels/.rels", "xl/workbook.xml"]
        {
            let found = said(check_workbook(archive(&[(name, &letters)])));
            assert!(found.contains(&name.to_lowercase()) && found.contains("unpacks to 33554433"), "{name}: {found}");
        }
        assert_eq!(said(check_workbook(archive(&[("xl/media/image1.png", &letters)]))), "", "nobody unpacks it");
        assert_eq!(said(check_workbook(archive(&[("xl/styles.xml", &letters[..1 << 20])]))), "");
        assert_eq!(said(check_workbook(Cursor::new(b"PK no archive".to_vec()))), "");
    }

    #[test]
    fn room_is_made_for_no_more_texts_than_there_can_be() {
        let table = |count: &str| {
            let text = format!("<sst count=\"9\" uniqueCount=\"{count}\"><si><t>a</t></si></sst>");
            said(check_workbook(archive(&[("xl/sharedStrings.xml", text.as_bytes())])))
        };
        assert_eq!((table("1"), table("x"), table("99999")), (String::new(), String::new(), String::new()));
        assert!(table("4294967295").contains("announces 4294967295 texts"));
    }

    /// Two cells of a sheet that is large and repeats itself: a long text is refused, many short ones are not.
    #[test]
    fn one_cell_without_end() {
        let sheet = |middle: &str, times: usize| {
            let text = format!("<worksheet><sheetData>{}</sheetData></worksheet>", middle.repeat(times));
            said(check_workbook(archive(&[("xl/worksheets/sheet1.xml", text.as_bytes())])))
        };
        let size = (SUSPICIOUS.0 + (1 << 20)) as usize;
        assert!(sheet(">", size).contains("more than 16 MiB"));
        let row = "<row><c><v>1</v></c></row>";
        assert_eq!(sheet(row, size / row.len()), "");
        let merge = format!("<mergeCell ref=\"A1:B1\"/>{}", " ".repeat(44));
        assert!(sheet(&merge, (MOST_MERGED + 1) as usize).contains("merges cells"));
    }
}
