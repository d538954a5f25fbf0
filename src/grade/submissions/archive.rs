//! ZIP downloads of course platforms unpacked into a folder: bounded in entries, bytes and depth, names kept inside the folder.
//! File names that are not UTF-8 are read as GB18030, as Windows writes them in China.

use std::fs;
use std::io::{Cursor, Read, Seek};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;

use crate::diagnostics::{LocalizedTexts, io_problem, lang_texts};

/// More files than any class hands in.
const MOST_ENTRIES: usize = 5_000;
/// All files together.
const MOST_BYTES: u64 = 2 << 30;
/// One file.
const LARGEST: u64 = 64 << 20;
/// A ZIP inside a ZIP, but none inside that.
const DEEPEST: usize = 2;

/// What an archive held.
#[derive(Debug, Default)]
pub struct Unpacked {
    /// Files that were written, relative to the folder.
    pub files: Vec<PathBuf>,
    /// Names of entries that were left out, with the reason.
    pub refused: Vec<(String, LocalizedTexts)>,
}

/// Unpacks `archive` into `folder`, which exists.
pub fn unpack(archive: &Path, folder: &Path) -> Result<Unpacked, LocalizedTexts> {
    let file = fs::File::open(archive).map_err(|error| io_problem(&error))?;
    let packed = file.metadata().map_err(|error| io_problem(&error))?.len();
    let mut unpacked = Unpacked::default();
    let mut budget = MOST_BYTES.min(packed.saturating_mul(400));
    unpack_from(file, folder, Path::new(""), 1, &mut budget, &mut unpacked)?;
    Ok(unpacked)
}

fn damaged(_: impl std::fmt::Display) -> LocalizedTexts {
    lang_texts("ZIP 文件已损坏", "the ZIP file is damaged")
}

fn unpack_from(
    packed: impl Read + Seek,
    folder: &Path,
    inside: &Path,
    depth: usize,
    budget: &mut u64,
    unpacked: &mut Unpacked,
) -> Result<(), LocalizedTexts> {
    let mut archive = ZipArchive::new(packed).map_err(damaged)?;
    if archive.len() + unpacked.files.len() > MOST_ENTRIES {
        return Err(lang_texts(
            format!("其中的文件超过 {MOST_ENTRIES} 个"),
            format!("it holds more than {MOST_ENTRIES} files"),
        ));
    }
    for index in 0..archive.len() {
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(error) => {
                unpacked.refused.push((format!("#{index}"), damaged(error)));
                continue;
            }
        };
        let name = entry_name(entry.name_raw());
        if entry.is_dir() || is_furniture(&name) {
            continue;
        }
        let Some(path) = safe_path(&name).filter(|_| !entry.is_symlink()) else {
            unpacked.refused.push((name, lang_texts("路径越出文件夹", "its path leaves the folder")));
            continue;
        };
        let most = LARGEST.min(*budget);
        let mut content = Vec::new();
        if let Err(error) = entry.by_ref().take(most + 1).read_to_end(&mut content) {
            unpacked.refused.push((name, io_problem(&error)));
            continue;
        }
        if content.len() as u64 > most {
            *budget = budget.saturating_sub(content.len() as u64);
            unpacked.refused.push((name, lang_texts("解压后过大", "it is too large unpacked")));
            continue;
        }
        *budget -= content.len() as u64;
        let path = inside.join(path);
        let is_zip = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip"));
        if is_zip && depth < DEEPEST {
            let stem = path.with_extension("");
            if let Err(problem) = unpack_from(Cursor::new(content), folder, &stem, depth + 1, budget, unpacked) {
                unpacked.refused.push((name, problem));
            }
            continue;
        }
        if unpacked.files.contains(&path) {
            unpacked.refused.push((name, lang_texts("文件名重复", "its name stands twice")));
            continue;
        }
        let target = folder.join(&path);
        let written = target.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&target, content));
        match written {
            Ok(()) => unpacked.files.push(path),
            Err(error) => unpacked.refused.push((name, io_problem(&error))),
        }
    }
    Ok(())
}

fn entry_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode(raw).0.into_owned(),
    }
}

/// What macOS and Windows add by themselves, and locks of office programs.
fn is_furniture(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.starts_with("__MACOSX/")
        || file.starts_with("._")
        || file.starts_with("~$")
        || file == ".DS_Store"
        || file == "Thumbs.db"
}

/// A path that stays inside, from a name with either kind of separator.
fn safe_path(name: &str) -> Option<PathBuf> {
    let name = name.replace('\\', "/");
    let path = Path::new(&name);
    let plain = path.components().all(|part| match part {
        Component::Normal(part) => {
            let part = part.to_string_lossy();
            !part.contains(':') && !part.chars().any(char::is_control) && part.len() < 250
        }
        _ => false,
    });
    (plain && path.components().next().is_some()).then(|| path.to_path_buf())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn unpack_all(bytes: &[u8]) -> (tempfile::TempDir, Result<Unpacked, LocalizedTexts>) {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        fs::write(&archive, bytes).unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let unpacked = unpack(&archive, &inside);
        (folder, unpacked)
    }

    #[test]
    fn paths_stay_inside() {
        let entries: [(&str, &[u8]); 6] = [
            ("../out.txt", b"x"),
            ("/etc/passwd", b"x"),
            ("a/../../out.txt", b"x"),
            ("..\\out.txt", b"x"),
            ("C:\\out.txt", b"x"),
            ("班级/张三_1_assignsubmission_file_/策划.txt", "好".as_bytes()),
        ];
        let (folder, unpacked) = unpack_all(&zip_of(&entries));
        let unpacked = unpacked.unwrap();
        assert_eq!(unpacked.files, [Path::new("班级/张三_1_assignsubmission_file_/策划.txt")]);
        assert_eq!(unpacked.refused.len(), 5);
        assert!(!folder.path().join("out.txt").exists());
    }

    #[test]
    fn a_bomb_is_refused() {
        let zeros = vec![0; 70 << 20];
        let (_folder, unpacked) = unpack_all(&zip_of(&[("bomb.txt", &zeros), ("plan.txt", b"ok")]));
        let unpacked = unpacked.unwrap();
        assert_eq!(unpacked.refused[0].0, "bomb.txt");
        assert!(!unpacked.files.iter().any(|file| file.ends_with("bomb.txt")));
    }

    #[test]
    fn zips_inside_are_unpacked_once() {
        let deepest = zip_of(&[("deep.txt", b"x")]);
        let inner = zip_of(&[("in.txt", b"x"), ("deeper.zip", &deepest)]);
        let (_folder, unpacked) = unpack_all(&zip_of(&[("one.zip", &inner)]));
        let files = unpacked.unwrap().files;
        assert_eq!(files, [Path::new("one/in.txt"), Path::new("one/deeper.zip")]);
    }

    #[test]
    fn chinese_names_of_windows_are_read() {
        let name = encoding_rs::GB18030.encode("张三.txt").0.into_owned();
        assert_eq!(entry_name(&name), "张三.txt");
        assert_eq!(entry_name("张三.txt".as_bytes()), "张三.txt");
    }
}
