//! Takes rows out of a text file: it is decoded and cut into records as its reader does, so that rows bear the numbers that the reader
//! gave them, and every byte that belongs to no such row stays as it is.

use std::collections::BTreeSet;
use std::io::{self, Cursor};

use encoding_rs::Encoding;

use super::format::{self, Content};
use super::records::Records;
use super::sniff;
use crate::config::raw::{FileFormat, RawSource};
use crate::data::encoding;

/// The bytes of a file without the rows of these numbers, as its reader counts them. None where the file is no delimited text, where its
/// encoding has separators within characters (UTF-16), or where one of the rows has no field that `holds`: then it is not the row that
/// the reader saw.
///
/// # Errors
/// The bytes cannot be looked at.
pub fn without_rows(
    bytes: &[u8],
    (source, name): (&RawSource, &str),
    rows: &BTreeSet<u32>,
    holds: &dyn Fn(&str) -> bool,
) -> io::Result<Option<Vec<u8>>> {
    let expected = source.format.or_else(|| format::by_ending(name));
    let is_text = format::look_inside(&mut Cursor::new(bytes))? == Content::Text;
    if !is_text || matches!(expected, Some(FileFormat::Json | FileFormat::Ndjson)) {
        return Ok(None);
    }
    let (encoding, mark) = match Encoding::for_bom(bytes) {
        Some(found) => found,
        None => {
            let named = source.encoding.as_deref().and_then(encoding::by_name);
            (named.map_or_else(|| encoding::detect(&mut Cursor::new(bytes)), Ok)?, 0)
        }
    };
    if !encoding.is_ascii_compatible() {
        return Ok(None);
    }
    let text = Decoded::new(bytes, mark, encoding);
    let delimiter = match source.delimiter {
        Some(letter) => u8::try_from(letter).ok(),
        None if expected == Some(FileFormat::Tsv) => Some(b'\t'),
        None => Some(sniff::delimiter(&text.text)),
    };
    Ok(delimiter.and_then(|delimiter| kept(bytes, &text, delimiter, rows, holds)))
}

/// What is left; none if a row is not there, or not what it should be.
fn kept(
    bytes: &[u8],
    decoded: &Decoded,
    delimiter: u8,
    rows: &BTreeSet<u32>,
    holds: &dyn Fn(&str) -> bool,
) -> Option<Vec<u8>> {
    let mut records = Records::new(&decoded.text, delimiter);
    let (mut kept, mut fields) = (Vec::with_capacity(bytes.len()), Vec::new());
    let (mut number, mut from, mut start, mut cut) = (0_u32, 0, 0, 0);
    while records.next(&mut fields) {
        number = number.saturating_add(1);
        let end = records.position();
        // An unclosed quote has swallowed everybody below.
        if rows.contains(&number) && records.unclosed {
            return None;
        }
        if rows.contains(&number) {
            if !fields.iter().any(|field| holds(&field.text(&decoded.text))) {
                return None;
            }
            kept.extend_from_slice(bytes.get(from..decoded.byte_at(start)?)?);
            (from, cut) = (decoded.byte_at(end)?, cut + 1);
        }
        start = end;
    }
    kept.extend_from_slice(bytes.get(from..)?);
    (cut == rows.len()).then_some(kept)
}

/// A decoded text that knows where its lines are among the bytes. Line breaks are single bytes in every encoding that is compatible with
/// ASCII, while separators such as `|` are second bytes of characters in GB 18030 and Big5.
struct Decoded {
    text: String,
    /// Beginnings of lines: in the text, and among the bytes.
    lines: Vec<(usize, usize)>,
}

impl Decoded {
    fn new(bytes: &[u8], mark: usize, encoding: &'static Encoding) -> Self {
        let (mut text, mut lines, mut start) = (String::with_capacity(bytes.len()), vec![(0, mark)], mark);
        for line in bytes[mark..].split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            text.push_str(&encoding.decode_without_bom_handling(line).0);
            start += line.len();
            lines.push((text.len(), start));
        }
        Self { text, lines }
    }

    /// Where a record that begins or ends at this place of the text does so among the bytes.
    fn byte_at(&self, place: usize) -> Option<usize> {
        self.lines.binary_search_by_key(&place, |(text, _)| *text).ok().map(|line| self.lines[line].1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030, UTF_8, UTF_16LE};

    fn cut(bytes: &[u8], source: &str, rows: &[u32], holds: &str) -> Option<Vec<u8>> {
        let source: RawSource = serde_json::from_str(source).unwrap();
        let rows = rows.iter().copied().collect();
        without_rows(bytes, (&source, source.file.as_str()), &rows, &|field| field.trim() == holds).unwrap()
    }

    const CSV: &str = r#"{ "file": "a.csv" }"#;

    #[test]
    fn only_the_named_rows_are_cut_byte_by_byte() {
        let text = "编号,意见\r\nA1,\"两行\r\n,A2\"\r\nA2,好\r\n\r\nA20,可以\r\n A2 ,\"再\"\"来\"\r\nA3,完";
        let wanted = "编号,意见\r\nA1,\"两行\r\n,A2\"\r\n\r\nA20,可以\r\nA3,完";
        for encoding in [UTF_8, GB18030] {
            let (bytes, ..) = encoding.encode(text);
            let source = format!(r#"{{ "file": "a.csv", "encoding": "{}" }}"#, encoding.name());
            let kept = cut(&bytes, &source, &[3, 6], "A2").unwrap();
            assert_eq!(encoding.decode(&kept).0, wanted);
        }
        let marked = format!("\u{feff}{text}");
        let kept = String::from_utf8(cut(marked.as_bytes(), CSV, &[7], "A3").unwrap()).unwrap();
        assert!(kept.starts_with("\u{feff}编号") && kept.ends_with("\"再\"\"来\"\r\n"), "{kept}");
    }

    #[test]
    fn a_row_that_is_not_what_the_reader_saw_stays() {
        let text = "id,x\n7,1\n8,2\n";
        assert_eq!(cut(text.as_bytes(), CSV, &[2], "7").unwrap(), b"id,x\n8,2\n");
        assert_eq!(cut(text.as_bytes(), CSV, &[3], "7"), None);
        assert_eq!(cut(text.as_bytes(), CSV, &[2, 9], "7"), None);
        assert_eq!(cut(b"[{\"id\": 7},\n7,\n]", r#"{ "file": "a.json" }"#, &[2], "7"), None);
        assert_eq!(cut(b"<table><tr><td>\n7,<td>8</table>", CSV, &[2], "7"), None);
        assert_eq!(cut(b"id,x\n7,\"a\n8,2\n9,3\n", CSV, &[2], "7"), None, "a quote without end");
        let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
        assert_eq!(UTF_16LE.decode(&wide).0, text);
        assert_eq!(cut(&wide, CSV, &[2], "7"), None);
    }

    /// 弢 is 8F 7C in GBK and 育 is A8 7C in Big5: the second byte is that of `|`.
    #[test]
    fn separators_within_characters_are_none() {
        for (encoding, letter) in [(GB18030, "弢"), (BIG5, "育")] {
            let text = format!("編號|姓名|x\n1|{letter}|a\n2|{letter}7|b\n7|{letter}|c\n");
            let (bytes, _, lost) = encoding.encode(&text);
            let letters = encoding.encode(letter).0;
            assert!(!lost && letters.last() == Some(&b'|'), "{letters:x?}");
            let source = format!(r#"{{ "file": "a.txt", "encoding": "{}", "delimiter": "|" }}"#, encoding.name());
            let kept = cut(&bytes, &source, &[4], "7").unwrap();
            assert_eq!(encoding.decode(&kept).0, text.replace(&format!("7|{letter}|c\n"), ""));
            assert_eq!(cut(&bytes, &source, &[3], "7"), None);
        }
    }
}
