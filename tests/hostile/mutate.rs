//! Seeded mutations: a few changes of a valid file, some blind and some that speak its language.

use std::io::{Cursor, Read, Write};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::formats::Format;

/// Changes of one file at most.
const CHANGES: usize = 6;

/// Bytes that a piece may grow to: repeated again and again, a file would fill the machine before anybody read it.
const LARGEST: usize = 4 << 20;

/// Makes one mutation; the same seed makes the same.
pub struct Mutator {
    random: ChaCha8Rng,
}

impl Mutator {
    pub fn new(seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed) }
    }

    /// A changed copy. Of an archive, mostly one of the files inside is changed.
    pub fn mutated(&mut self, format: Format, good: &[u8]) -> Vec<u8> {
        let archive =
            if format.is_archive() && self.random.random_bool(0.8) { self.inside(format, good) } else { None };
        archive.unwrap_or_else(|| self.changed(good, format))
    }

    fn inside(&mut self, format: Format, good: &[u8]) -> Option<Vec<u8>> {
        let mut archive = ZipArchive::new(Cursor::new(good)).ok()?;
        let files: Vec<usize> =
            (0..archive.len()).filter(|&file| archive.by_index(file).is_ok_and(|file| file.size() > 0)).collect();
        let chosen = files[self.random.random_range(0..files.len())];
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for file in 0..archive.len() {
            let mut held = archive.by_index(file).ok()?;
            let (name, mut bytes) = (held.name().ok()?.into_owned(), Vec::new());
            held.read_to_end(&mut bytes).ok()?;
            drop(held);
            if file == chosen {
                bytes = self.changed(&bytes, format);
            }
            let method = if bytes.len() > 64 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
            out.start_file(name, SimpleFileOptions::default().compression_method(method)).ok()?;
            out.write_all(&bytes).ok()?;
        }
        Some(out.finish().ok()?.into_inner())
    }

    fn changed(&mut self, good: &[u8], format: Format) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..self.random.random_range(1..=CHANGES) {
            self.change(&mut bytes, format);
        }
        bytes
    }

    fn place(&mut self, bytes: &[u8]) -> usize {
        self.random.random_range(0..=bytes.len())
    }

    /// A piece of the file, mostly short.
    fn piece(&mut self, bytes: &[u8]) -> std::ops::Range<usize> {
        let start = self.place(bytes);
        let most = if self.random.random_bool(0.1) { bytes.len() } else { 64 };
        let end = start + self.random.random_range(0..=most);
        start..end.min(bytes.len())
    }

    fn change(&mut self, bytes: &mut Vec<u8>, format: Format) {
        const ODD: [u8; 10] = [0, 0xff, 0x7f, 0x80, b'"', b'\n', b'<', b'{', b'-', b'9'];
        const NUMBERS: [u32; 8] = [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0xffff, 1 << 24, 0x4000_0001];
        let place = self.place(bytes);
        match self.random.random_range(0..9) {
            0 if place < bytes.len() => bytes[place] ^= 1 << self.random.random_range(0..8),
            1 if place < bytes.len() => bytes[place] = ODD[self.random.random_range(0..ODD.len())],
            2 => drop(bytes.drain(self.piece(bytes))),
            3 => {
                let piece = bytes[self.piece(bytes)].to_vec();
                bytes.splice(place..place, piece);
            }
            4 if place + 4 <= bytes.len() => {
                let number = NUMBERS[self.random.random_range(0..NUMBERS.len())].to_le_bytes();
                let length = [1, 2, 4][self.random.random_range(0..3)];
                bytes[place..place + length].copy_from_slice(&number[..length]);
            }
            5 if self.random.random_bool(0.2) => bytes.truncate(place),
            6 => {
                // One piece many times over.
                let piece = bytes[self.piece(bytes)].to_vec();
                let times = self.random.random_range(1..200);
                bytes.splice(place..place, piece.repeat(times.min(LARGEST / piece.len().max(1))));
            }
            _ => {
                let words = format.words();
                let word = words[self.random.random_range(0..words.len())].as_bytes();
                let times = if self.random.random_bool(0.05) { self.random.random_range(1..3000) } else { 1 };
                let end =
                    if self.random.random_bool(0.5) { self.piece(bytes).len().min(bytes.len() - place) } else { 0 };
                bytes.splice(place..place + end, word.repeat(times));
            }
        }
    }
}
