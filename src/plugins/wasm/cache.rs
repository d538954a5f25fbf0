//! Keeps the machine code of modules between runs, in one folder a module named by the SHA-256 of its file; the engine puts its own
//! version into the path below. A seal lists the digests of what was written: whatever does not stand in it is thrown away and made again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;
use wasmtime::{Cache, CacheConfig};

use crate::plugins::discovery::hex;

/// Environment variable that names another cache folder; empty for none at all.
pub const CACHE_VARIABLE: &str = "MANYI_CACHE";

/// File with the digests of a module's folder.
const SEAL: &str = "seal";

/// Folder of the engine beside the seal: it clears away in its own folder what it does not know.
const CODE: &str = "code";

/// Most modules whose code is kept; the oldest give way.
const MOST_MODULES: usize = 32;

/// The folder of the cache: what [`CACHE_VARIABLE`] says, else `manyi/modules` in the user's cache folder.
pub fn default_cache_folder() -> Option<PathBuf> {
    match std::env::var_os(CACHE_VARIABLE) {
        Some(folder) if folder.is_empty() => None,
        Some(folder) => std::path::absolute(folder).ok(),
        None => dirs::cache_dir().map(|folder| folder.join("manyi").join("modules")),
    }
}

/// The place of one module in the cache.
pub(super) struct Entry {
    folder: PathBuf,
}

impl Entry {
    /// Finds or makes the folder of a module; files that do not fit their seal are removed. `None` where nothing can be
    /// kept, which only costs time.
    pub(super) fn open(cache: &Path, module: &[u8]) -> Option<Self> {
        let folder = cache.join(hex(&Sha256::digest(module)));
        if !folder.exists() {
            make_room(cache);
        }
        fs::create_dir_all(folder.join(CODE)).ok()?;
        let sealed = fs::read_to_string(folder.join(SEAL)).unwrap_or_default();
        let sealed: BTreeSet<&str> = sealed.lines().collect();
        for (path, line) in contents(&folder) {
            if !sealed.contains(line.as_str()) {
                fs::remove_file(path).ok()?;
            }
        }
        Some(Self { folder })
    }

    /// The engine's cache in this folder.
    pub(super) fn engine_cache(&self) -> Option<Cache> {
        let mut config = CacheConfig::new();
        config.with_directory(fs::canonicalize(self.folder.join(CODE)).ok()?);
        // Never pack a file again: its digest would change behind the seal.
        config.with_optimized_compression_usage_counter_threshold(u64::MAX);
        Cache::new(config).ok()
    }

    /// Lists what is there, after a module was compiled.
    pub(super) fn seal(&self) {
        let lines: Vec<String> = contents(&self.folder).into_values().collect();
        let path = self.folder.join(SEAL);
        if fs::read_to_string(&path).ok().as_deref() != Some(lines.join("\n").as_str()) {
            // What is not sealed is made again, so a failure here is harmless.
            let _ = fs::write(path, lines.join("\n"));
        }
    }
}

/// Every file of machine code below a folder with its line in the seal, digest and path. The names of these files have no ending,
/// unlike the engine's notes on use.
fn contents(folder: &Path) -> BTreeMap<PathBuf, String> {
    let files = WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| entry.into_path())
        .filter(|path| path.extension().is_none() && path.file_name().is_some_and(|name| name != SEAL))
        .map(|path| {
            let digest = hex(&Sha256::digest(fs::read(&path).unwrap_or_default()));
            let line = format!("{digest} {}", path.strip_prefix(folder).unwrap_or(&path).display());
            (path, line)
        })
        .collect()
}

/// Removes the modules compiled longest ago, so that one more fits.
fn make_room(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache) else { return };
    let mut folders: Vec<(SystemTime, PathBuf)> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.join(SEAL).is_file())
        .filter_map(|path| Some((fs::metadata(path.join(SEAL)).ok()?.modified().ok()?, path)))
        .collect();
    folders.sort();
    let too_many = (folders.len() + 1).saturating_sub(MOST_MODULES);
    for (_, folder) in folders.into_iter().take(too_many) {
        let _ = fs::remove_dir_all(folder);
    }
}
