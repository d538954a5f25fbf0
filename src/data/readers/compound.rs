//! The container of an .xls, a compound file ([MS-CFB]). Its workbook is taken out here and handed on in a plain container of its own: the
//! library follows the chains of a damaged one until no memory is left.

/// What a compound file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Held {
    /// The stream of a workbook.
    Workbook(Vec<u8>),
    /// An encrypted workbook of a later kind.
    Encrypted,
    /// Something else.
    Other,
}

/// What is wrong with a compound file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A chain of sectors turns in a circle.
    Circle,
    /// A chain leads out of the file or of its table.
    Cut,
    /// The head is not that of a compound file.
    Head,
}

impl Damage {
    /// The damage in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Circle => "sectors that follow each other in a circle",
            Self::Cut => "sectors are missing, as in a file that was not copied to its end",
            Self::Head => "the head is damaged",
        }
    }
}

/// Sector numbers from here on mark the end of a chain, or a place without one.
const END: u32 = 0xffff_fffa;

/// The end of a chain.
const END_OF_CHAIN: u32 = 0xffff_fffe;

/// A sector of the table itself.
const TABLE: u32 = 0xffff_fffd;

/// An unused place.
const FREE: u32 = 0xffff_ffff;

/// Shorter streams lie in sectors of [`SHORT`] bytes.
const LONG: usize = 4096;
const SHORT: usize = 64;

/// Bytes of an entry of the directory.
const ENTRY: usize = 128;

/// Places of the table that the head holds.
const IN_HEAD: usize = 109;

/// What a compound file holds.
///
/// # Errors
/// The damage that keeps it from being read whole.
pub fn held(file: &[u8]) -> Result<Held, Damage> {
    let compound = Compound::read(file)?;
    let entries = compound.directory()?;
    let named = |name: &str| entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
    if let Some(workbook) = named("Workbook").or_else(|| named("Book")) {
        return compound.stream(workbook, &entries).map(Held::Workbook);
    }
    Ok(if named("EncryptedPackage").is_some() { Held::Encrypted } else { Held::Other })
}

struct Compound<'a> {
    file: &'a [u8],
    /// Bytes of a sector.
    size: usize,
    /// Which sector follows which.
    table: Vec<u32>,
}

/// A stream, or a folder of them.
struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Compound<'a> {
    fn read(file: &'a [u8]) -> Result<Self, Damage> {
        let shift = u16_at(file, 30).filter(|shift| matches!(shift, 9 | 12)).ok_or(Damage::Head)?;
        let mut compound = Self { file, size: 1 << shift, table: Vec::new() };
        let mut places: Vec<u32> = (0..IN_HEAD).filter_map(|index| u32_at(file, 76 + index * 4)).collect();
        let (mut next, mut left) = (u32_at(file, 68).ok_or(Damage::Head)?, compound.sectors());
        while next < END {
            left = left.checked_sub(1).ok_or(Damage::Circle)?;
            let more = compound.sector(next).ok_or(Damage::Cut)?;
            let last = compound.size - 4;
            places.extend((0..last / 4).filter_map(|index| u32_at(more, index * 4)));
            next = u32_at(more, last).ok_or(Damage::Cut)?;
        }
        // A damaged list may name a part many times over; the table is no longer than the file has sectors.
        for place in places.into_iter().filter(|place| *place < END) {
            if compound.table.len() >= compound.sectors() {
                break;
            }
            let part = compound.sector(place).ok_or(Damage::Cut)?;
            compound.table.extend(numbers(part));
        }
        Ok(compound)
    }

    /// Sectors that the file has, a broken last one and the head among them.
    fn sectors(&self) -> usize {
        self.file.len().div_ceil(self.size)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.size)?;
        let end = start.saturating_add(self.size).min(self.file.len());
        self.file.get(start..end).filter(|content| !content.is_empty())
    }

    /// The content of a chain of sectors, up to a length.
    fn chain(&self, first: u32, length: usize) -> Result<Vec<u8>, Damage> {
        follow(&self.table, first, length, self.sectors(), |number| self.sector(number))
    }

    fn directory(&self) -> Result<Vec<Entry>, Damage> {
        let bytes = self.chain(u32_at(self.file, 48).ok_or(Damage::Head)?, usize::MAX)?;
        Ok(bytes.chunks_exact(ENTRY).filter_map(|entry| self.entry(entry)).collect())
    }

    fn entry(&self, entry: &[u8]) -> Option<Entry> {
        let units: Vec<u16> = (0..32).map_while(|index| u16_at(entry, index * 2).filter(|unit| *unit != 0)).collect();
        // Files with small sectors use the lower half of the length alone.
        let upper = if self.size == 512 { 0 } else { u64::from(u32_at(entry, 124)?) << 32 };
        let length = usize::try_from(upper + u64::from(u32_at(entry, 120)?)).unwrap_or(usize::MAX);
        Some(Entry { name: String::from_utf16_lossy(&units), start: u32_at(entry, 116)?, length })
    }

    fn stream(&self, entry: &Entry, entries: &[Entry]) -> Result<Vec<u8>, Damage> {
        if entry.length >= LONG {
            return self.chain(entry.start, entry.length);
        }
        // Short streams lie in that of the root, with a table of their own.
        let root = entries.first().ok_or(Damage::Cut)?;
        let all = self.chain(root.start, root.length)?;
        let table: Vec<u32> = numbers(&self.chain(u32_at(self.file, 60).ok_or(Damage::Head)?, usize::MAX)?).collect();
        let part = |number: u32| {
            let start = (number as usize).checked_mul(SHORT)?;
            all.get(start..start.saturating_add(SHORT).min(all.len())).filter(|content| !content.is_empty())
        };
        follow(&table, entry.start, entry.length, all.len().div_ceil(SHORT), part)
    }
}

/// The content of a chain, up to a length; it has at most so many parts.
fn follow<'a>(
    table: &[u32],
    first: u32,
    length: usize,
    mut parts: usize,
    part: impl Fn(u32) -> Option<&'a [u8]>,
) -> Result<Vec<u8>, Damage> {
    let (mut bytes, mut number) = (Vec::new(), first);
    while number < END {
        parts = parts.checked_sub(1).ok_or(Damage::Circle)?;
        bytes.extend_from_slice(part(number).ok_or(Damage::Cut)?);
        if bytes.len() >= length {
            bytes.truncate(length);
            break;
        }
        number = *table.get(number as usize).ok_or(Damage::Cut)?;
    }
    Ok(bytes)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|number| u32_at(number, 0))
}

/// A plain compound file whose only stream is this workbook: head, table, directory and the stream in sectors one after the other. A stream
/// shorter than a long one is filled up with zeros, which are empty records.
pub fn plain(mut workbook: Vec<u8>) -> Vec<u8> {
    workbook.resize(workbook.len().max(LONG), 0);
    let sectors = workbook.len().div_ceil(LONG);
    // The table counts itself, too.
    let tables = (sectors + 1).div_ceil(LONG / 4 - 1);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let (directory, start) = (number(tables), number(tables + 1));
    let mut file = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    file.resize(24, 0);
    file.extend([0x3e_u16, 4, 0xfffe, 12, 6, 0, 0, 0].into_iter().flat_map(u16::to_le_bytes));
    let head = [1, number(tables), directory, 0, number(LONG), END_OF_CHAIN, 0, END_OF_CHAIN, 0];
    let places = (0..IN_HEAD).map(|index| if index < tables { number(index) } else { FREE });
    put(&mut file, head.into_iter().chain(places));
    file.resize(LONG, 0);
    put(&mut file, (0..tables).map(|_| TABLE).chain([END_OF_CHAIN]));
    put(&mut file, (1..sectors).map(|index| start + number(index)).chain([END_OF_CHAIN]));
    let free = tables * (LONG / 4) - tables - 1 - sectors;
    put(&mut file, std::iter::repeat_n(FREE, free));
    for (name, kind, child, start, length) in
        [("Root Entry", 5, 1, 0, 0), ("Workbook", 2, FREE, start, number(workbook.len()))]
    {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let letters = u16::try_from(entry.len() + 2).unwrap_or(u16::MAX);
        entry.resize(64, 0);
        entry.extend(letters.to_le_bytes());
        entry.extend([kind, 1]);
        put(&mut entry, [FREE, FREE, child]);
        entry.resize(116, 0);
        put(&mut entry, [start, length, 0]);
        file.extend(entry);
    }
    file.resize((tables + 2) * LONG, 0);
    file.append(&mut workbook);
    file
}

fn put(bytes: &mut Vec<u8>, numbers: impl IntoIterator<Item = u32>) {
    bytes.extend(numbers.into_iter().flat_map(u32::to_le_bytes));
}

/// A number of two bytes, the lower first.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// A number of four bytes, the lowest first.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn put_at(file: &mut [u8], at: usize, number: u32) {
        file[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }

    /// Of every length around the sizes of sectors and tables.
    #[test]
    fn what_is_put_into_a_plain_container_comes_out_of_it() {
        for length in [0, 1, 4095, 4096, 4097, 3 * 4096, 1022 * 4096, 1023 * 4096, 1023 * 4096 + 1, 2100 * 4096] {
            let workbook: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            let Held::Workbook(found) = held(&plain(workbook.clone())).unwrap() else { unreachable!() };
            assert_eq!(found.len(), length.max(4096));
            assert!(found.starts_with(&workbook) && found[length..].iter().all(|byte| *byte == 0));
        }
    }

    /// The table is sector 0, the directory 1, the workbook 2 to 4.
    #[test]
    fn damaged_chains_are_told_apart() {
        let good = plain(vec![7; 3 * 4096]);
        let damaged = |at: usize, number: u32| {
            let mut file = good.clone();
            put_at(&mut file, at, number);
            held(&file)
        };
        assert_eq!(damaged(4096 + 4 * 4, 3), Ok(Held::Workbook(vec![7; 3 * 4096])), "behind the end of the stream");
        assert_eq!(damaged(4096 + 4 * 3, 99), Err(Damage::Cut), "out of the file");
        assert_eq!(damaged(4096 + 4, 1), Err(Damage::Circle), "the directory");
        assert_eq!(damaged(4096 + 4, 2).unwrap(), Held::Workbook(vec![7; 3 * 4096]), "a directory with more behind");
        assert_eq!(damaged(48, 77), Err(Damage::Cut));
        assert_eq!(damaged(68, 9), Err(Damage::Cut));
        assert_eq!(damaged(30, 0x0006_0007), Err(Damage::Head));
        assert_eq!(held(&good[..4096 * 4]), Err(Damage::Cut), "not copied to its end");
        assert_eq!(held(b"\xd0\xcf\x11\xe0"), Err(Damage::Head));
        // The list of the table's own sectors goes on in one that leads to itself.
        let mut file = good.clone();
        put_at(&mut file, 68, 2);
        put_at(&mut file, 4 * 4096 - 4, 2);
        assert_eq!(held(&file), Err(Damage::Circle));
        // Unused places between used ones, and places named again and again.
        let mut file = good.clone();
        put_at(&mut file, 76, FREE);
        (1..IN_HEAD).for_each(|index| put_at(&mut file, 76 + 4 * index, 0));
        assert_eq!(held(&file), Ok(Held::Workbook(vec![7; 3 * 4096])));
    }

    /// A stream of 100 bytes in the short sectors 1 and 0 of the root.
    #[test]
    fn short_streams_are_read() {
        let mut file = plain(vec![0; 2 * 4096]);
        let (root, entry) = (2 * 4096, 2 * 4096 + 128);
        put_at(&mut file, root + 116, 2);
        put_at(&mut file, root + 120, 128);
        put_at(&mut file, entry + 116, 1);
        put_at(&mut file, entry + 120, 100);
        // Sector 3 becomes their table.
        put_at(&mut file, 4096 + 4 * 2, END_OF_CHAIN);
        put_at(&mut file, 60, 3);
        put_at(&mut file, 4 * 4096, END_OF_CHAIN);
        put_at(&mut file, 4 * 4096 + 4, 0);
        file[3 * 4096..3 * 4096 + 64].fill(b'b');
        file[3 * 4096 + 64..3 * 4096 + 128].fill(b'a');
        let expected: Vec<u8> = [[b'a'; 64], [b'b'; 64]].concat()[..100].to_vec();
        assert_eq!(held(&file), Ok(Held::Workbook(expected)));
        put_at(&mut file, 4 * 4096, 1);
        put_at(&mut file, entry + 120, 1000);
        assert_eq!(held(&file), Err(Damage::Circle));
    }
}
