//! Fonts of the system: found once, loaded when a document first needs them, shared by all documents.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use sha2::{Digest, Sha256};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use crate::diagnostics::nearest_names;

/// A set of fonts. Cloning is cheap and shares what is loaded.
#[derive(Clone)]
pub struct Fonts {
    shelf: Arc<Shelf>,
}

struct Shelf {
    book: LazyHash<FontBook>,
    faces: Vec<Face>,
}

/// A face in a font file; collections hold many.
struct Face {
    file: Arc<FontFile>,
    index: u32,
    // Loading is remembered: a face is asked for thousands of times a document.
    font: OnceLock<Option<Font>>,
}

struct FontFile {
    path: PathBuf,
    // Read and hashed once for all faces in the file, which may be tens of megabytes.
    data: OnceLock<Option<Bytes>>,
    sha256: OnceLock<String>,
}

/// A font that a document was set in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UsedFont {
    /// Family, such as `Noto Serif CJK SC`.
    pub family: String,
    /// File name without its folder, which differs between machines.
    pub file: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

impl Fonts {
    /// The fonts installed on this computer. The search takes a second and runs once a process.
    pub fn system() -> Self {
        // Installed fonts do not change while the program runs.
        static SYSTEM: OnceLock<Fonts> = OnceLock::new();
        SYSTEM
            .get_or_init(|| {
                Self::from_faces(typst_kit::fonts::system().map(|(face, info)| (face.path, face.index, info)))
            })
            .clone()
    }

    /// The fonts in a folder and the folders below it.
    pub fn from_folder(folder: &Path) -> Self {
        Self::from_faces(typst_kit::fonts::scan(folder).map(|(face, info)| (face.path, face.index, info)))
    }

    fn from_faces(found: impl Iterator<Item = (PathBuf, u32, FontInfo)>) -> Self {
        // Folders are listed in any order; the choice between equal faces must not depend on it.
        let found: BTreeMap<(PathBuf, u32), FontInfo> =
            found.map(|(path, index, info)| ((path, index), info)).collect();
        let mut files: BTreeMap<PathBuf, Arc<FontFile>> = BTreeMap::new();
        let mut book = FontBook::new();
        let mut faces = Vec::with_capacity(found.len());
        for ((path, index), info) in found {
            let file = files.entry(path.clone()).or_insert_with(|| Arc::new(FontFile::new(path))).clone();
            book.push(info);
            faces.push(Face { file, index, font: OnceLock::new() });
        }
        Self { shelf: Arc::new(Shelf { book: LazyHash::new(book), faces }) }
    }

    /// True if there is no font at all.
    pub fn is_empty(&self) -> bool {
        self.shelf.faces.is_empty()
    }

    /// True if some font has Chinese characters.
    pub fn has_chinese(&self) -> bool {
        (0..self.shelf.faces.len()).filter_map(|index| self.shelf.book.info(index)).any(|info| {
            // Two characters of the basic set that radical-only and Japanese-only fonts do not both have.
            ['满', '这'].iter().all(|character| info.coverage.contains(u32::from(*character)))
        })
    }

    /// The installed family of this name, else that with the nearest name, among those that can set the script.
    pub fn family_like(&self, wished: &str, chinese: bool) -> Option<String> {
        let is_mono = |family: &str| family.to_lowercase().contains("mono");
        // Nobody takes a typewriter's letters for those of a text.
        let known: Vec<&str> = self.families(chinese).filter(|family| is_mono(wished) || !is_mono(family)).collect();
        let same = known.iter().find(|family| family.eq_ignore_ascii_case(wished));
        same.map(|family| (*family).to_owned()).or_else(|| nearest_names(wished, known).into_iter().next())
    }

    /// The family that the base theme sets a script in on this computer: headings, or with `serif` running text.
    pub fn usual_family(&self, chinese: bool, serif: bool) -> Option<String> {
        let usual = if serif {
            ["Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "SimSun", "Songti SC", "STSong"]
        } else {
            ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "PingFang SC"]
        };
        let mut known = self.families(chinese);
        let first = usual.iter().find(|family| self.shelf.book.contains_family(&family.to_lowercase()));
        first.map(|family| (*family).to_owned()).or_else(|| known.next().map(ToOwned::to_owned))
    }

    fn families(&self, chinese: bool) -> impl Iterator<Item = &str> {
        let letters: &[char] = if chinese { &['满', '这'] } else { &['g', 'Q', '7'] };
        self.shelf.book.families().filter_map(move |(name, faces)| {
            let mut infos = faces.filter_map(|face| self.shelf.book.info(face));
            let fits = infos.any(|info| letters.iter().all(|letter| info.coverage.contains(u32::from(*letter))));
            fits.then_some(name)
        })
    }

    /// The faces without Chinese characters.
    #[cfg(test)]
    pub(super) fn without_chinese(&self) -> Self {
        let faces = self.shelf.faces.iter().enumerate().filter_map(|(index, face)| {
            let info = self.shelf.book.info(index)?;
            let chinese = info.coverage.contains(u32::from('满'));
            (!chinese).then(|| (face.file.path.clone(), face.index, info.clone()))
        });
        Self::from_faces(faces)
    }

    /// What to write down about fonts that a document was set in, sorted and without doubles.
    pub fn used_fonts<'a>(&self, fonts: impl IntoIterator<Item = &'a Font>) -> Vec<UsedFont> {
        let mut used: Vec<UsedFont> = fonts.into_iter().filter_map(|font| self.describe(font)).collect();
        used.sort();
        used.dedup();
        used
    }

    fn describe(&self, font: &Font) -> Option<UsedFont> {
        let face = self.shelf.faces.iter().find(|face| face.font.get().and_then(Option::as_ref) == Some(font))?;
        let file = face.file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Some(UsedFont { family: font.info().family.clone(), file, sha256: face.file.sha256().to_owned() })
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        &self.shelf.book
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        let face = self.shelf.faces.get(index)?;
        face.font.get_or_init(|| Font::new(face.file.data()?, face.index)).clone()
    }
}

impl FontFile {
    fn new(path: PathBuf) -> Self {
        Self { path, data: OnceLock::new(), sha256: OnceLock::new() }
    }

    fn data(&self) -> Option<Bytes> {
        self.data.get_or_init(|| std::fs::read(&self.path).ok().map(Bytes::new)).clone()
    }

    fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| {
            let data = self.data().unwrap_or_else(|| Bytes::new([]));
            Sha256::digest(&data).iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }
}
