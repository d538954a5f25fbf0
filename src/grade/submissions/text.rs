//! Plain text in any usual encoding.

use std::io::{Cursor, Read};

use super::document::{Piece, PieceKind, PlanText};
use crate::data::encoding::{Transcoder, detect};
use crate::diagnostics::{LocalizedTexts, io_problem};

/// Longest text that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// Decodes a text: UTF-8, UTF-16, GB18030, Big5.
pub fn decode(bytes: &[u8]) -> Result<String, LocalizedTexts> {
    let read = || -> std::io::Result<String> {
        let encoding = detect(&mut Cursor::new(bytes))?;
        let mut text = String::new();
        Transcoder::new(bytes, encoding).take(LONGEST).read_to_string(&mut text)?;
        Ok(text)
    };
    read().map_err(|error| io_problem(&error))
}

/// A text, a line a paragraph.
pub fn read_text(bytes: &[u8]) -> Result<PlanText, LocalizedTexts> {
    Ok(PlanText { pieces: lines(&decode(bytes)?), ..PlanText::default() })
}

/// Lines with something on them.
pub(super) fn lines(text: &str) -> Vec<Piece> {
    let shown = text.lines().map(str::trim).filter(|line| !line.is_empty());
    shown.map(|line| Piece { kind: PieceKind::Paragraph, text: line.to_owned() }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn usual_encodings_are_read() {
        let simplified =
            "前言：以满意换回头率，让第二食堂成为同学们的首选。\n一、界定问题：排队时间过长，投诉无人回复。";
        let traditional =
            "前言：以滿意換回頭率，讓第二食堂成為同學們的首選。\n一、界定問題：排隊時間過長，投訴無人回覆。";
        let cases = [
            (simplified, simplified.as_bytes().to_vec()),
            (simplified, encoding_rs::GB18030.encode(simplified).0.into_owned()),
            (traditional, encoding_rs::BIG5.encode(traditional).0.into_owned()),
            (
                simplified,
                [0xff, 0xfe].into_iter().chain(simplified.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            ),
        ];
        for (expected, bytes) in cases {
            assert_eq!(read_text(&bytes).unwrap().text(), expected);
        }
        assert!(read_text(b"").unwrap().pieces.is_empty());
    }
}
