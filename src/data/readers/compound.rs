//! A look into a compound file, the container of an .xls, before the library opens it: it follows a chain of sectors to its end, also
//! where it has none.

/// A compound file ([MS-CFB]): its sectors, and the table of which sector follows which.
struct Compound<'a> {
    file: &'a [u8],
    size: usize,
    table: Vec<u32>,
}

/// Sector numbers from here on mark the end of a chain.
const END: u32 = 0xffff_fffa;

impl<'a> Compound<'a> {
    /// Reads the table; `None` for other files, and where the list of its own sectors turns in a circle.
    fn read(file: &'a [u8]) -> Option<Self> {
        let shift = u16_at(file, 30).filter(|shift| matches!(shift, 9 | 12))?;
        let mut compound = Self { file, size: 1_usize << shift, table: Vec::new() };
        let mut locations: Vec<u32> = (0..109).filter_map(|index| u32_at(file, 76 + index * 4)).collect();
        let (mut next, mut left) = (u32_at(file, 68)?, file.len() / compound.size + 1);
        while let Some(more) = compound.sector(next) {
            left = left.checked_sub(1)?;
            locations.extend((0..compound.size / 4 - 1).filter_map(|index| u32_at(more, index * 4)));
            next = u32_at(more, compound.size - 4)?;
        }
        compound.table = locations
            .into_iter()
            .take_while(|&number| number < END)
            .filter_map(|number| compound.sector(number))
            .flat_map(|content| content.chunks_exact(4).filter_map(|entry| u32_at(entry, 0)))
            .collect();
        Some(compound)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        self.file.get(start..(start + self.size).min(self.file.len()))
    }

    /// The content of a chain of sectors, as far as it goes.
    fn chain(&self, first: u32) -> Vec<u8> {
        let (mut bytes, mut number, mut left) = (Vec::new(), first, self.table.len());
        while let Some(content) = self.sector(number).filter(|_| left > 0) {
            bytes.extend_from_slice(content);
            number = self.table.get(number as usize).copied().unwrap_or(u32::MAX);
            left -= 1;
        }
        bytes
    }

    /// The entries of the directory.
    fn directory(&self) -> Option<Vec<u8>> {
        Some(self.chain(u32_at(self.file, 48)?))
    }
}

/// True if a chain comes to its end: no sector comes twice.
fn ends(table: &[u32], first: u32) -> bool {
    let (mut number, mut left) = (first, table.len() + 1);
    while let Some(next) = table.get(number as usize) {
        number = *next;
        left -= 1;
        if left == 0 {
            return false;
        }
    }
    true
}

/// False if a chain of sectors in a compound file turns in a circle: the library would follow it until no memory is left.
pub fn chains_end(file: &[u8]) -> bool {
    if !file.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return true;
    }
    let Some(compound) = Compound::read(file) else { return false };
    let starts = [48, 60].map(|place| u32_at(file, place).unwrap_or(u32::MAX));
    if !starts.iter().all(|start| ends(&compound.table, *start)) {
        return false;
    }
    // Short streams have a table of their own.
    let short: Vec<u32> = compound.chain(starts[1]).chunks_exact(4).filter_map(|entry| u32_at(entry, 0)).collect();
    let directory = compound.directory().unwrap_or_default();
    directory.chunks_exact(128).all(|entry| {
        let start = u32_at(entry, 116).unwrap_or(u32::MAX);
        ends(&compound.table, start) && ends(&short, start)
    })
}

/// The stream `Workbook` or `Book` of a compound file ([MS-CFB] 2.2 to 2.6), as far as its chain of sectors goes.
pub fn workbook_stream(file: &[u8]) -> Option<Vec<u8>> {
    let compound = Compound::read(file)?;
    let directory = compound.directory()?;
    let entry = directory.chunks_exact(128).find(|entry| {
        let units: Vec<u16> =
            (0..8).filter_map(|index| u16_at(entry, index * 2)).take_while(|&unit| unit != 0).collect();
        let name = String::from_utf16_lossy(&units);
        entry[66] == 2 && (name == "Workbook" || name == "Book")
    })?;
    Some(compound.chain(u32_at(entry, 116)?))
}

/// A number of two bytes, the lower first.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// A number of four bytes, the lowest first.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
