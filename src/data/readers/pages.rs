//! The headers of Parquet pages before the library reads them: it makes room for what a page says that it unpacks to, whatever the
//! page holds. Only the sizes are read; a header is a structure in Thrift's compact protocol (parquet.thrift, `PageHeader`).

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};

/// Bytes that a page may say it unpacks to, however small its column is.
const FREELY: u64 = 16 << 20;

/// Structures within each other; a header has three.
const DEEPEST: u32 = 8;

/// Looks at the pages of a part of a column, which lie from `start` on in so many bytes, and all of which unpack to `unpacked`.
///
/// # Errors
/// What is wrong with a page that unpacks to more than all of them, or with a header that is none: the library reads on where a number
/// is too long or of another kind, and takes what is left of it for a size. What the system cannot read is left to the library.
pub fn check_pages(file: &File, (start, length): (u64, u64), unpacked: u64) -> Result<(), String> {
    let Ok(file) = file.try_clone() else { return Ok(()) };
    let mut source = BufReader::with_capacity(1 << 10, file);
    let (mut at, end) = (start, start.saturating_add(length));
    let mut found = source.seek(SeekFrom::Start(at)).is_ok();
    while found && at < end {
        let mut header = Compact { source: &mut source, read: 0 };
        let Sizes { unpacked: own, packed } = match header.page() {
            Ok(sizes) => sizes,
            Err(error) if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                return Err(format!("the header of the page at byte {at} is damaged"));
            }
            Err(_) => return Ok(()),
        };
        if own > FREELY && own > unpacked {
            return Err(format!(
                "a page at byte {at} says that it unpacks to {own} bytes, its whole column to {unpacked}"
            ));
        }
        at = at.saturating_add(header.read).saturating_add(packed);
        found = i64::try_from(packed).is_ok_and(|packed| source.seek_relative(packed).is_ok());
    }
    Ok(())
}

/// What a page unpacks to, and what it takes in the file, in bytes.
#[derive(Debug, Default, PartialEq)]
struct Sizes {
    unpacked: u64,
    packed: u64,
}

/// A reader of Thrift's compact protocol that knows how far it came.
struct Compact<R> {
    source: R,
    read: u64,
}

impl<R: Read> Compact<R> {
    fn page(&mut self) -> io::Result<Sizes> {
        let (mut unpacked, mut packed, mut field) = (None, None, 0);
        while let Some((id, kind)) = self.field(field)? {
            field = id;
            match (id, kind) {
                (2, 5) if unpacked.is_none() => unpacked = Some(self.size()?),
                (3, 5) if packed.is_none() => packed = Some(self.size()?),
                (1 | 4, 5) | (5..=8, 12) | (..=0 | 9.., _) => self.pass_over(kind, 0)?,
                _ => return Err(unknown()),
            }
        }
        Ok(Sizes { unpacked: unpacked.ok_or_else(unknown)?, packed: packed.ok_or_else(unknown)? })
    }

    /// Number and kind of the next field; none at the end of the structure.
    fn field(&mut self, before: i64) -> io::Result<Option<(i64, u8)>> {
        let byte = self.byte()?;
        match (byte >> 4, byte & 0x0f) {
            (_, 0) => Ok(None),
            (0, kind) => Ok(Some((self.number()?, kind))),
            (step, kind) => Ok(Some((before.saturating_add(i64::from(step)), kind))),
        }
    }

    /// A value of a kind, of which nothing is wanted.
    fn pass_over(&mut self, kind: u8, depth: u32) -> io::Result<()> {
        match kind {
            1 | 2 => Ok(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.bytes(8),
            8 => {
                let length = self.varint()?;
                self.bytes(length)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                (0..count).try_for_each(|_| self.item(head & 0x0f, depth))
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count > 0 { self.byte()? } else { 0 };
                (0..count).try_for_each(|_| {
                    self.item(kinds >> 4, depth)?;
                    self.item(kinds & 0x0f, depth)
                })
            }
            12 if depth < DEEPEST => {
                let mut field = 0;
                while let Some((id, kind)) = self.field(field)? {
                    field = id;
                    self.pass_over(kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(unknown()),
        }
    }

    /// An item of a list or map, in which a truth takes a byte.
    fn item(&mut self, kind: u8, depth: u32) -> io::Result<()> {
        match kind {
            1 | 2 => self.byte().map(drop),
            9..=12 if depth >= DEEPEST => Err(unknown()),
            kind => self.pass_over(kind, depth + 1),
        }
    }

    /// A size, which is a number of 32 bits.
    fn size(&mut self) -> io::Result<u64> {
        let size = i32::try_from(self.number()?).ok().and_then(|size| u64::try_from(size).ok());
        size.ok_or_else(unknown)
    }

    /// A number with a sign, in zigzag.
    fn number(&mut self) -> io::Result<i64> {
        let varint = self.varint()?;
        Ok((varint >> 1).cast_signed() ^ -(varint & 1).cast_signed())
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(unknown())
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.source.read_exact(&mut byte)?;
        self.read += 1;
        Ok(byte[0])
    }

    fn bytes(&mut self, count: u64) -> io::Result<()> {
        let passed = io::copy(&mut self.source.by_ref().take(count), &mut io::sink())?;
        self.read += passed;
        if passed == count { Ok(()) } else { Err(unknown()) }
    }
}

fn unknown() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::*;

    /// A data page (type 0) of 300 bytes in 150, with a data header of a count, an encoding and statistics with a text, and a truth.
    const HEADER: &[u8] = &[
        0x15, 0x00, 0x15, 0xd8, 0x04, 0x15, 0xac, 0x02, 0x2c, 0x15, 0x0a, 0x15, 0x00, 0x3c, 0x18, 0x02, b'a', b'b',
        0x00, 0x11, 0x00, 0x00,
    ];

    #[test]
    fn the_sizes_of_a_page() {
        let mut header = Compact { source: Cursor::new(HEADER), read: 0 };
        assert_eq!(header.page().unwrap(), Sizes { unpacked: 300, packed: 150 });
        assert_eq!(header.read, HEADER.len() as u64);
        for cut in 0..HEADER.len() {
            assert!(Compact { source: Cursor::new(&HEADER[..cut]), read: 0 }.page().is_err(), "{cut}");
        }
        let deep = [0x1c; 100];
        assert!(Compact { source: Cursor::new(&deep[..]), read: 0 }.page().is_err());
    }

    #[test]
    fn a_page_that_says_too_much() {
        let mut file = tempfile::tempfile().unwrap();
        // 834,320,077 bytes in 2, after a page that is right.
        let large = [0x15, 0x00, 0x15, 0x9a, 0xdb, 0xd5, 0x9b, 0x06, 0x15, 0x04, 0x00];
        file.write_all(&[HEADER, &[0; 150], &large, &[0; 2]].concat()).unwrap();
        let first = HEADER.len() as u64 + 150;
        assert_eq!(check_pages(&file, (0, first), 400), Ok(()));
        let said = check_pages(&file, (0, first + 13), 400).unwrap_err();
        assert!(said.starts_with(&format!("a page at byte {first} says that it unpacks to 834320")), "{said}");
        assert_eq!(check_pages(&file, (0, first + 13), 1 << 30), Ok(()));
    }

    /// A library that cuts these sizes to 32 bits sees large ones.
    #[test]
    fn headers_that_are_none() {
        let too_long = [0x15, 0x04, 0x15, 0xe5, 0xa4, 0xaa, 0xe4, 0xb9, 0x85, 0x22, 0x15, 0x04, 0x00];
        let negative = [0x15, 0x00, 0x15, 0x01, 0x15, 0x04, 0x00];
        let twice = [0x15, 0x00, 0x15, 0x04, 0x15, 0x04, 0x05, 0x04, 0x08, 0x00];
        let of_another_kind = [0x15, 0x00, 0x16, 0x04, 0x15, 0x04, 0x00];
        let without_a_size = [0x15, 0x00, 0x15, 0x04, 0x00];
        let cut = [0x15, 0x00, 0x15];
        for bytes in [&too_long[..], &negative, &twice, &of_another_kind, &without_a_size, &cut] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            let said = check_pages(&file, (0, bytes.len() as u64), 400).unwrap_err();
            assert_eq!(said, "the header of the page at byte 0 is damaged", "{bytes:?}");
        }
    }
}
