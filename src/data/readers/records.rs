//! Splits delimited text into records and fields in place, without copying a field that nobody asked for.
//!
//! It reads exactly what the `csv` crate reads (a property test holds it to that), but works on blocks that are parsed side
//! by side, and counts rows as a spreadsheet does: blank lines count, line breaks inside quotes do not.

use std::borrow::Cow;

/// Where a field stands in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    start: usize,
    end: usize,
    /// How much work its text takes.
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it stands.
    Plain,
    /// Between quotes that are the first and last byte, no quote inside.
    Quoted,
    /// Quotes to undo.
    Escaped,
}

impl Field {
    /// The text of the field in its block.
    pub fn text<'a>(&self, block: &'a str) -> Cow<'a, str> {
        let raw = &block[self.start..self.end];
        match self.form {
            Form::Plain => Cow::Borrowed(raw),
            Form::Quoted => Cow::Borrowed(&raw[1..raw.len() - 1]),
            Form::Escaped => Cow::Owned(unescape(raw)),
        }
    }

    /// True if the text is empty.
    pub fn is_empty(&self) -> bool {
        match self.form {
            Form::Plain => self.start == self.end,
            Form::Quoted => self.end - self.start == 2,
            Form::Escaped => self.end - self.start == 1,
        }
    }
}

fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut letters = raw.chars().skip(1).peekable();
    let mut quoted = true;
    while let Some(letter) = letters.next() {
        if quoted && letter == '"' {
            if letters.peek() == Some(&'"') {
                text.push('"');
                letters.next();
            } else {
                quoted = false;
            }
        } else {
            text.push(letter);
        }
    }
    text
}

/// Reads the records of a block one after the other.
pub struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    delimiter: u8,
    /// Set when a quote was still open at the end of the block.
    pub unclosed: bool,
}

impl<'a> Records<'a> {
    /// Starts at the beginning of a block, which must be the beginning of a record.
    pub fn new(block: &'a str, delimiter: u8) -> Self {
        Self { bytes: block.as_bytes(), at: 0, delimiter, unclosed: false }
    }

    /// Where the next record begins.
    pub fn position(&self) -> usize {
        self.at
    }

    /// True once the last record was given.
    pub fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// Puts the next record into `fields`; a blank line is a record without fields. False at the end.
    pub fn next(&mut self, fields: &mut Vec<Field>) -> bool {
        fields.clear();
        let bytes = self.bytes;
        if self.at >= bytes.len() {
            return false;
        }
        loop {
            let start = self.at;
            if bytes.get(start) == Some(&b'"') {
                fields.push(self.quoted_field(start));
            } else {
                let rest = &bytes[start..];
                let end = rest
                    .iter()
                    .position(|&byte| byte == self.delimiter || byte == b'\n' || byte == b'\r')
                    .map_or(bytes.len(), |length| start + length);
                fields.push(Field { start, end, form: Form::Plain });
                self.at = end;
            }
            match bytes.get(self.at) {
                Some(&byte) if byte == self.delimiter => self.at += 1,
                Some(b'\r') => {
                    self.at += if bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
                    break;
                }
                Some(_) => {
                    self.at += 1;
                    break;
                }
                None => break,
            }
        }
        if let [only] = fields.as_slice()
            && only.form == Form::Plain
            && only.start == only.end
        {
            fields.clear();
        }
        true
    }

    fn quoted_field(&mut self, start: usize) -> Field {
        let bytes = self.bytes;
        let mut at = start + 1;
        let mut form = Form::Quoted;
        loop {
            match bytes[at..].iter().position(|&byte| byte == b'"') {
                None => {
                    self.unclosed = true;
                    self.at = bytes.len();
                    return Field { start, end: bytes.len(), form: Form::Escaped };
                }
                Some(length) => at += length + 1,
            }
            if bytes.get(at) != Some(&b'"') {
                break;
            }
            form = Form::Escaped;
            at += 1;
        }
        // Text between the closing quote and the separator belongs to the field, as other readers have it.
        let end = bytes[at..]
            .iter()
            .position(|&byte| byte == self.delimiter || byte == b'\n' || byte == b'\r')
            .map_or(bytes.len(), |length| at + length);
        if end > at {
            form = Form::Escaped;
        }
        self.at = end;
        Field { start, end, form }
    }
}

/// Length of the longest beginning of `bytes` that ends with a whole record; 0 if there is none.
///
/// A line break counts only outside quotes, and a quote opens only at the beginning of a field.
pub fn whole_records(bytes: &[u8], delimiter: u8) -> usize {
    let mut whole = 0;
    let mut at = 0;
    loop {
        // Outside quotes up to the next quote that opens a field.
        let mut search = at;
        let opening = loop {
            let Some(found) = next_quote(bytes, search) else { break None };
            let opens = match found.checked_sub(1).map(|before| bytes[before]) {
                None => true,
                Some(before) => before == delimiter || before == b'\n' || before == b'\r',
            };
            if opens {
                break Some(found);
            }
            search = found + 1;
        };
        let end = opening.unwrap_or(bytes.len());
        if let Some(last) = last_break(&bytes[at..end], opening.is_none()) {
            whole = at + last;
        }
        let Some(opening) = opening else { return whole };
        // Inside quotes up to the closing one.
        let mut inside = opening + 1;
        at = loop {
            let Some(found) = next_quote(bytes, inside) else { return whole };
            match bytes.get(found + 1) {
                Some(b'"') => inside = found + 2,
                Some(_) => break found + 1,
                None => return whole,
            }
        };
    }
}

/// Position after the last line break; a carriage return at the very end of the bytes may still get its line feed.
fn last_break(bytes: &[u8], at_end: bool) -> Option<usize> {
    let open = usize::from(at_end && bytes.last() == Some(&b'\r'));
    bytes[..bytes.len() - open].iter().rposition(|&byte| byte == b'\n' || byte == b'\r').map(|index| index + 1)
}

/// Position of the next quote; whole stretches without one are skipped at the speed of memory.
fn next_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for stretch in bytes.get(from..)?.chunks(64) {
        if stretch.iter().fold(false, |found, &byte| found | (byte == b'"')) {
            return stretch.iter().position(|&byte| byte == b'"').map(|index| at + index);
        }
        at += stretch.len();
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Vec<Vec<String>> {
        let mut records = Records::new(text, b',');
        let (mut fields, mut parsed) = (Vec::new(), Vec::new());
        while records.next(&mut fields) {
            parsed.push(fields.iter().map(|field| field.text(text).into_owned()).collect());
        }
        parsed
    }

    fn parse_with_csv_crate(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn quotes_breaks_and_blank_lines() {
        assert_eq!(
            parse("a,\"b,\"\"c\"\"\nd\",\r\n\r\n\"\"\rx\"y,\"z\"w"),
            vec![
                vec!["a".to_owned(), "b,\"c\"\nd".into(), String::new()],
                vec![],
                vec![String::new()],
                vec!["x\"y".into(), "zw".into()],
            ]
        );
    }

    #[test]
    fn an_open_quote_is_noticed() {
        let mut records = Records::new("a\n\"b\nc", b',');
        while records.next(&mut Vec::new()) {}
        assert!(records.unclosed);
    }

    proptest! {
        #[test]
        fn reads_what_the_csv_crate_reads(text in "[a,\"\n\r满 ]{0,40}") {
            let own: Vec<Vec<String>> = parse(&text).into_iter().filter(|record| !record.is_empty()).collect();
            prop_assert_eq!(own, parse_with_csv_crate(&text));
        }

        #[test]
        fn a_text_cut_into_whole_records_reads_the_same(text in "[a,\"\n\r满]{0,60}", cut in 0_usize..60) {
            let mut cut = cut.min(text.len());
            while !text.is_char_boundary(cut) {
                cut -= 1;
            }
            let whole = whole_records(&text.as_bytes()[..cut], b',');
            let mut parts = parse(&text[..whole]);
            parts.extend(parse(&text[whole..]));
            prop_assert_eq!(parts, parse(&text));
        }

        #[test]
        fn emptiness_agrees_with_the_text(text in "[a,\"]{0,12}") {
            let mut fields = Vec::new();
            Records::new(&text, b',').next(&mut fields);
            for field in fields {
                if field.is_empty() {
                    prop_assert_eq!(field.text(&text), "");
                }
            }
        }
    }
}
