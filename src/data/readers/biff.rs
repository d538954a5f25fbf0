//! A look over the sheets of an .xls before the library loads it: the library lays each out as a full grid of values and one of
//! formulas, so that two cells far apart, or one damaged number of a column, would take all memory.

use super::compound::{u16_at, u32_at};

/// Columns that the format has.
const COLUMNS: u16 = 256;

/// Rows that the format has.
const ROWS: u32 = 65_536;

/// A worksheet or something inside it begins.
const BEGIN: u16 = 0x0809;

/// It ends.
const END: u16 = 0x000a;

/// A sheet: where it begins, and its name.
const SHEET: u16 = 0x0085;

/// What follows is encrypted.
const ENCRYPTED: u16 = 0x002f;

/// How far the cells of a sheet reach; the library reserves room for all of that.
const EXTENT: u16 = 0x0200;

/// A formula; its result may follow as a text.
const FORMULA: u16 = 0x0006;

/// Records with a value, each beginning with row and column.
const VALUES: [u16; 6] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x00fd];

/// Numbers side by side: row, first column, numbers, last column.
const NUMBERS: u16 = 0x00bd;

/// Bytes of a cell in the grid of values, and in that of formulas.
const CELL_BYTES: [u64; 2] = [32, 24];

/// Grids of so many bytes are laid out however few of their cells are filled; beyond, one of [`THIN`] must be, and beyond the second
/// limit one of [`HALF_FULL`].
const LIMITS: [u64; 2] = [128 << 20, 320 << 20];

/// Cells of a larger grid for one that is filled.
const THIN: u64 = 64;

/// Cells of a very large grid for one that is filled.
const HALF_FULL: u64 = 4;

/// Records of [`VALUES`] that hold a text.
const TEXTS: [u16; 3] = [0x0204, 0x00d6, 0x00fd];

/// All texts of the workbook: how often they stand in cells, how many they are, the texts, which go on in records that follow.
const TEXT_TABLE: u16 = 0x00fc;
const GOES_ON: u16 = 0x003c;

/// Bytes that the library takes for a number, and for a text beside its letters: the list of cells, the grid, its copy.
const FULL_BYTES: [u64; 2] = [96, 144];

/// Bytes that may be taken for a workbook whose cells are filled. Measured with files of LibreOffice, the file itself counted twice:
/// 60,000 rows of 59 numbers and an id are reckoned as 350 MiB and take 356 in all, with texts as 530 MiB and take 541.
const MOST_FULL: u64 = 480 << 20;

/// What is wrong with the cells of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A cell stands beyond the last column, or is said to.
    Beyond,
    /// The cells of a sheet stand too far apart.
    FarApart {
        /// Name of the sheet.
        sheet: String,
        /// Its last row and column, from 0.
        corner: (u32, u32),
        /// Cells that are filled.
        filled: u64,
    },
    /// There are more filled cells than can be held.
    TooFull {
        /// Name of the sheet.
        sheet: String,
        /// Its last row and column, from 0.
        corner: (u32, u32),
        /// Cells that are filled, in all sheets to this one.
        filled: u64,
    },
}

/// True for a workbook with a password: the kinds of its records can be read, what is in them cannot.
pub fn is_encrypted(stream: &[u8]) -> bool {
    Records(stream).take_while(|(kind, _)| *kind != END).any(|(kind, _)| kind == ENCRYPTED)
}

/// Looks for cells that the library could not lay out in bounded memory, in the stream of a workbook.
///
/// # Errors
/// The first trouble.
pub fn check_cells(stream: &[u8]) -> Result<(), Trouble> {
    let mut grids = Grids { held: 3 * stream.len() as u64, letters: letters(stream), ..Grids::default() };
    // As the library does: a sheet is read from where the list of sheets says that it begins.
    let listed = Records(stream).take_while(|(kind, _)| *kind != END).filter(|(kind, _)| *kind == SHEET);
    for (_, body) in listed {
        let start = u32_at(body, 0).unwrap_or(u32::MAX);
        let Some(rest) = stream.get(start as usize..) else { continue };
        let grid = grid_of(rest).ok_or(Trouble::Beyond)?;
        grids.add(&grid, body)?;
    }
    Ok(())
}

/// Rows and columns that are used, with the number of cells.
#[derive(Debug, Clone, Copy, Default)]
struct Area {
    first: (u32, u32),
    last: (u32, u32),
    filled: u64,
}

impl Area {
    fn add(&mut self, row: u16, first: u16, last: u16) {
        let (row, first, last) = (u32::from(row), u32::from(first), u32::from(last));
        let (left, right) = (first.min(last), first.max(last));
        if self.filled == 0 {
            (self.first, self.last) = ((row, left), (row, right));
        }
        self.first = (self.first.0.min(row), self.first.1.min(left));
        self.last = (self.last.0.max(row), self.last.1.max(right));
        self.filled += u64::from(right - left) + 1;
    }

    fn cells(&self) -> u64 {
        let side = |first: u32, last: u32| u64::from(last - first) + 1;
        if self.filled == 0 { 0 } else { side(self.first.0, self.last.0) * side(self.first.1, self.last.1) }
    }
}

/// The grids of a sheet.
#[derive(Debug, Default)]
struct Grid {
    values: Area,
    formulas: Area,
    /// Cells of the values that hold a text.
    texts: u64,
}

/// The grids of all sheets together.
#[derive(Debug, Default)]
struct Grids {
    bytes: u64,
    cells: u64,
    filled: u64,
    /// Bytes for what is filled, and for the file itself.
    held: u64,
    /// Bytes of a text, on average.
    letters: u64,
}

impl Grids {
    fn add(&mut self, grid: &Grid, sheet: &[u8]) -> Result<(), Trouble> {
        let (values, formulas) = (grid.values.cells(), grid.formulas.cells());
        self.bytes += CELL_BYTES[0] * values + CELL_BYTES[1] * formulas;
        self.cells += values + formulas;
        self.filled += grid.values.filled + grid.formulas.filled;
        self.held += FULL_BYTES[0] * (grid.values.filled - grid.texts.min(grid.values.filled) + grid.formulas.filled)
            + (FULL_BYTES[1] + 2 * self.letters) * grid.texts;
        let corner = (grid.values.last.0.max(grid.formulas.last.0), grid.values.last.1.max(grid.formulas.last.1));
        if self.held > MOST_FULL {
            return Err(Trouble::TooFull { sheet: name_of(sheet), corner, filled: self.filled });
        }
        let thin = self.filled.saturating_mul(THIN) < self.cells;
        let half_empty = self.filled.saturating_mul(HALF_FULL) < self.cells;
        if (self.bytes > LIMITS[0] && thin) || (self.bytes > LIMITS[1] && half_empty) {
            return Err(Trouble::FarApart { sheet: name_of(sheet), corner, filled: grid.values.filled });
        }
        Ok(())
    }
}

/// The grids of the sheet that begins here; none if a cell is beyond the last column or row.
fn grid_of(stream: &[u8]) -> Option<Grid> {
    let mut grid = Grid::default();
    let (mut begun, mut inside) = (false, 0_usize);
    for (kind, body) in Records(stream) {
        // What is embedded, such as a chart, has cells of its own, which the library passes over.
        if inside > 0 {
            match kind {
                BEGIN => inside += 1,
                END => inside -= 1,
                _ => {}
            }
            continue;
        }
        let place = || u16_at(body, 0).zip(u16_at(body, 2));
        match kind {
            BEGIN if begun => inside = 1,
            BEGIN => begun = true,
            END => break,
            EXTENT if beyond(body) => return None,
            NUMBERS => {
                let last = body.len().checked_sub(2).and_then(|at| u16_at(body, at));
                let Some(((row, first), last)) = place().zip(last) else { continue };
                // A damaged last column is followed as far as there are numbers of six bytes.
                let held = u16::try_from(body.len().saturating_sub(6) / 6).unwrap_or(u16::MAX);
                let last = last.max(first.saturating_add(held.saturating_sub(1)));
                if first >= COLUMNS || last >= COLUMNS {
                    return None;
                }
                grid.values.add(row, first, last);
            }
            FORMULA => {
                let Some((row, column)) = place() else { continue };
                if column >= COLUMNS {
                    return None;
                }
                grid.values.add(row, column, column);
                grid.formulas.add(row, column, column);
            }
            kind if VALUES.contains(&kind) => {
                let Some((row, column)) = place() else { continue };
                if column >= COLUMNS {
                    return None;
                }
                grid.values.add(row, column, column);
                grid.texts += u64::from(TEXTS.contains(&kind));
            }
            _ => {}
        }
    }
    Some(grid)
}

/// Bytes of a text of the workbook's table, on average.
fn letters(stream: &[u8]) -> u64 {
    let mut records = Records(stream).skip_while(|(kind, _)| !matches!(*kind, TEXT_TABLE | END));
    let Some((TEXT_TABLE, table)) = records.next() else { return 0 };
    let rest: usize = records.take_while(|(kind, _)| *kind == GOES_ON).map(|(_, more)| more.len()).sum();
    let texts = u32_at(table, 4).map_or(1, |texts| u64::from(texts).max(1));
    (table.len() + rest) as u64 / texts
}

/// True if a sheet is said to reach further than one can.
fn beyond(body: &[u8]) -> bool {
    extent(body).is_some_and(|(first, last, columns)| last > ROWS || (last > 0 && first >= last) || columns > COLUMNS)
}

/// First row and the one after the last, and the column after the last; before 1997 all are numbers of two bytes.
fn extent(body: &[u8]) -> Option<(u32, u32, u16)> {
    if body.len() >= 14 {
        return Some((u32_at(body, 0)?, u32_at(body, 4)?, u16_at(body, 10)?));
    }
    Some((u16_at(body, 0)?.into(), u16_at(body, 2)?.into(), u16_at(body, 6)?))
}

/// The name of a sheet in the list of sheets, as far as it can be read: length, kind of characters, characters.
fn name_of(body: &[u8]) -> String {
    let (Some(length), Some(kind), Some(text)) = (body.get(6), body.get(7), body.get(8..)) else {
        return String::new();
    };
    let units: Vec<u16> = match kind & 1 {
        0 => text.iter().map(|byte| u16::from(*byte)).collect(),
        _ => text.chunks_exact(2).filter_map(|pair| u16_at(pair, 0)).collect(),
    };
    String::from_utf16_lossy(&units[..units.len().min(usize::from(*length))])
}

/// The records of a stream: kind and content.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = u16_at(self.0, 0)?;
        let length = usize::from(u16_at(self.0, 2)?);
        let body = self.0.get(4..)?;
        let (body, rest) = body.split_at(length.min(body.len()));
        self.0 = rest;
        Some((kind, body))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A sheet with cells that hold a number (`RK`), and where wanted a formula in each.
    fn sheet(cells: impl Iterator<Item = (u16, u16)>, formulas: bool) -> Grid {
        let mut stream = Vec::new();
        let mut record = |kind: u16, body: &[u8]| {
            stream.extend([kind.to_le_bytes(), u16::try_from(body.len()).unwrap().to_le_bytes()].concat());
            stream.extend(body);
        };
        record(BEGIN, &[0; 16]);
        // A chart inside, whose cells are its own.
        record(BEGIN, &[0; 16]);
        record(0x0203, &[0xff; 14]);
        record(END, &[]);
        for (row, column) in cells {
            let place = [row.to_le_bytes(), column.to_le_bytes()].concat();
            record(if formulas { FORMULA } else { 0x027e }, &[&place[..], &[0; 6]].concat());
        }
        record(END, &[]);
        grid_of(&stream).unwrap()
    }

    /// Full columns are read; the same with one stray cell in the last column are not, since a grid of 16.8 million cells would be
    /// laid out for 65 thousand; nor are many small sheets that come to as much.
    #[test]
    fn grids_are_bounded_by_what_is_filled() {
        let rows = || (0..=u16::MAX).map(|row| (row, 0));
        let judged = |grid: &Grid| Grids::default().add(grid, b"").is_ok();
        assert!(judged(&sheet(rows(), false)));
        assert!(
            judged(&sheet(rows().chain([(9, 63)]), false)),
            "one of 64 is filled, and the grid has 134 million bytes"
        );
        assert!(!judged(&sheet(rows().chain([(9, 64)]), false)));
        assert!(!judged(&sheet(rows().chain([(9, 64)]), true)), "formulas are laid out beside the values");
        // Ten of a hundred answered, as in questions with many boxes: read in thousands of rows.
        let boxes = (0..40_000).flat_map(|row| (0..10).map(move |column| (row, column * 11)));
        assert!(judged(&sheet(boxes, false)));
        let wide = (0..=u16::MAX).flat_map(|row| (0..10).map(move |column| (row, column * 28)));
        assert!(!judged(&sheet(wide, false)), "ten of 253 in all rows would take half a gibibyte");
        let small = sheet([(0, 0), (9_999, 255)].into_iter(), false);
        let mut all = Grids::default();
        assert!(all.add(&small, b"").is_ok());
        assert!((0..9).any(|_| all.add(&small, b"").is_err()));
    }

    /// Full sheets are read up to a limit, and texts count for more than numbers.
    #[test]
    fn what_is_filled_is_bounded() {
        let judged = |columns: u16, texts: bool, letters: u64| {
            let filled = 60_000 * u64::from(columns);
            let mut values = Area { first: (0, 0), last: (59_999, u32::from(columns) - 1), filled };
            values.filled = filled;
            let grid = Grid { values, formulas: Area::default(), texts: if texts { filled } else { 0 } };
            Grids { letters, ..Grids::default() }.add(&grid, b"").is_ok()
        };
        // 20 bytes of texts and of what goes on, for two texts.
        let table = [
            [0xfc, 0, 12, 0].as_slice(),
            &[9, 0, 0, 0, 2, 0, 0, 0],
            &[65; 4],
            &[0x3c, 0, 8, 0],
            &[65; 8],
            &[0x0a, 0, 0, 0],
        ];
        assert_eq!(letters(&table.concat()), 10);
        assert!(judged(80, false, 0) && !judged(90, false, 0));
        assert!(judged(50, true, 8) && !judged(60, true, 8) && !judged(50, true, 80));
    }

    #[test]
    fn the_far_cell_is_named() {
        let name =
            [&[0; 6][..], &[2, 1], &"\u{7b54}\u{5377}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()]
                .concat();
        let far = Grids::default().add(&sheet([(0, 0), (65_535, 255)].into_iter(), false), &name);
        let corner = (65_535, 255);
        assert_eq!(far, Err(Trouble::FarApart { sheet: "\u{7b54}\u{5377}".to_owned(), corner, filled: 2 }));
        assert_eq!(name_of(b"\0\0\0\0\0\0\x05\0Sheet1"), "Sheet");
        assert_eq!(name_of(b"short"), "");
    }
}
