//! A look over the cells of an .xls before the library loads it: the library lays a sheet out as a full grid, and one damaged
//! column number would make that grid larger than any memory.

/// Columns that the format has.
const COLUMNS: u16 = 256;

/// Records that hold a cell, each beginning with row and column.
const CELL_RECORDS: [u16; 8] = [0x0006, 0x00bd, 0x00be, 0x00fd, 0x0201, 0x0203, 0x0204, 0x0205];

/// False if a cell stands beyond the last column. A file without a workbook inside is in range; the library says what it is.
pub fn cells_in_range(file: &[u8]) -> bool {
    let Some(stream) = workbook_stream(file) else { return true };
    let mut rest = stream.as_slice();
    while let Some((kind, body, after)) = record(rest) {
        if CELL_RECORDS.contains(&kind) && body.len() >= 4 && u16::from_le_bytes([body[2], body[3]]) >= COLUMNS {
            return false;
        }
        rest = after;
    }
    true
}

/// Kind, content and what follows.
fn record(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let kind = u16_at(bytes, 0)?;
    let length = usize::from(u16_at(bytes, 2)?);
    let body = bytes.get(4..)?;
    let (body, after) = body.split_at(length.min(body.len()));
    Some((kind, body, after))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The stream `Workbook` or `Book` of a compound file ([MS-CFB] 2.2 to 2.6), as far as its chain of sectors goes.
fn workbook_stream(file: &[u8]) -> Option<Vec<u8>> {
    let shift = u16_at(file, 30).filter(|shift| matches!(shift, 9 | 12))?;
    let size = 1_usize << shift;
    let sector = |number: u32| {
        let start = (number as usize).checked_add(1)?.checked_mul(size)?;
        file.get(start..(start + size).min(file.len()))
    };
    let chain = |table: &[u32], first: u32| -> Vec<u8> {
        let (mut bytes, mut number, mut left) = (Vec::new(), first, table.len());
        while let Some(content) = sector(number).filter(|_| left > 0) {
            bytes.extend_from_slice(content);
            number = table.get(number as usize).copied().unwrap_or(u32::MAX);
            left -= 1;
        }
        bytes
    };
    let mut locations: Vec<u32> = (0..109).filter_map(|index| u32_at(file, 76 + index * 4)).collect();
    let (mut next, mut left) = (u32_at(file, 68)?, file.len() / size);
    while let Some(more) = sector(next).filter(|_| left > 0) {
        locations.extend((0..size / 4 - 1).filter_map(|index| u32_at(more, index * 4)));
        next = u32_at(more, size - 4)?;
        left -= 1;
    }
    let table: Vec<u32> = locations
        .into_iter()
        .take_while(|&number| number < 0xffff_fffa)
        .filter_map(sector)
        .flat_map(|content| content.chunks_exact(4).filter_map(|entry| u32_at(entry, 0)))
        .collect();
    let directory = chain(&table, u32_at(file, 48)?);
    let entry = directory.chunks_exact(128).find(|entry| {
        let units: Vec<u16> =
            (0..8).filter_map(|index| u16_at(entry, index * 2)).take_while(|&unit| unit != 0).collect();
        let name = String::from_utf16_lossy(&units);
        entry[66] == 2 && (name == "Workbook" || name == "Book")
    })?;
    Some(chain(&table, u32_at(entry, 116)?))
}
