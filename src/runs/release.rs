//! Where releases are and how they appear. Each revision of a period is a folder of its own that is renamed into place whole and
//! never changed; links with fixed names lead to the newest and are replaced by a rename.
//!
//! ```text
//! out/releases/2026-11/r1/<report>/…  release.json
//! out/2026-11  -> releases/2026-11/r2
//! out/latest   -> 2026-11
//! out/.manyi/  run.lock  2026-11/   work in progress
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::config::Period;
use crate::output::publish::sync_folder;
use crate::runs::steps::passed;

/// What a release folder says about itself.
pub const RELEASE_FILE: &str = "release.json";

/// The places of a project's releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    out: PathBuf,
}

impl Places {
    /// Those in an output folder.
    pub fn new(out: PathBuf) -> Self {
        Self { out }
    }

    /// The output folder.
    pub fn out(&self) -> &Path {
        &self.out
    }

    /// Work in progress of all periods, and the lock.
    pub fn state(&self) -> PathBuf {
        self.out.join(".manyi")
    }

    /// The file of the lock.
    pub fn lock(&self) -> PathBuf {
        self.state().join("run.lock")
    }

    /// Work in progress of a period.
    pub fn work(&self, period: Period) -> PathBuf {
        self.state().join(period.to_string())
    }

    /// The revisions of a period.
    pub fn revisions(&self, period: Period) -> PathBuf {
        self.out.join("releases").join(period.to_string())
    }

    /// A revision.
    pub fn revision(&self, period: Period, revision: u32) -> PathBuf {
        self.revisions(period).join(format!("r{revision}"))
    }

    /// The link to the newest revision of a period.
    pub fn link(&self, period: Period) -> PathBuf {
        self.out.join(period.to_string())
    }

    /// Makes the folders that a run works in.
    ///
    /// # Errors
    /// They cannot be made.
    pub fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(self.state())
    }

    /// The revision that the link of a period leads to; none if it is not there.
    pub fn linked_revision(&self, period: Period) -> Option<u32> {
        let target = fs::read_link(self.link(period)).ok()?;
        let revision = target.file_name()?.to_str()?.strip_prefix('r')?.parse().ok()?;
        self.revision(period, revision).is_dir().then_some(revision)
    }

    /// The newest revision that is in place, linked or not.
    pub fn newest_revision(&self, period: Period) -> Option<u32> {
        self.all_revisions(period).last().copied()
    }

    /// The revisions that are in place, linked or not, from the oldest.
    pub fn all_revisions(&self, period: Period) -> Vec<u32> {
        let mut found: Vec<u32> =
            names(&self.revisions(period)).filter_map(|name| name.strip_prefix('r')?.parse().ok()).collect();
        found.sort_unstable();
        found
    }

    /// The periods that have a release in place, sorted.
    pub fn periods(&self) -> Vec<Period> {
        let mut found: Vec<Period> = names(&self.out.join("releases")).filter_map(|name| name.parse().ok()).collect();
        found.sort_unstable();
        found
    }

    /// The period that `latest` leads to.
    pub fn latest(&self) -> Option<Period> {
        fs::read_link(self.out.join("latest")).ok()?.to_str()?.parse().ok()
    }

    /// Puts a finished folder in place as a revision: one rename, after everything in it is on the disk.
    ///
    /// # Errors
    /// A file cannot be synced or renamed; then nothing has changed for readers.
    pub fn place(&self, staged: &Path, period: Period, revision: u32) -> io::Result<()> {
        sync_tree(staged)?;
        passed("release-synced");
        let revisions = self.revisions(period);
        fs::create_dir_all(&revisions)?;
        fs::rename(staged, self.revision(period, revision))?;
        sync_folder(&revisions)?;
        sync_folder(&self.out.join("releases"))?;
        passed("release-moved");
        Ok(())
    }

    /// Leads readers to a revision, and `latest` to the period unless a later one is there.
    ///
    /// # Errors
    /// A link cannot be made, or something else has its name.
    pub fn link_up(&self, period: Period, revision: u32) -> io::Result<()> {
        let target = Path::new("releases").join(period.to_string()).join(format!("r{revision}"));
        self.point(&target, &self.link(period))?;
        passed("period-linked");
        if self.latest().is_none_or(|latest| latest.cadence() != period.cadence() || latest <= period) {
            self.point(Path::new(&period.to_string()), &self.out.join("latest"))?;
        }
        passed("latest-linked");
        Ok(())
    }

    /// What has the name of a link that a release of a period needs, and is none: what `manyi build` made, for one.
    pub fn in_the_way(&self, period: Period) -> Option<PathBuf> {
        let links = [self.link(period), self.out.join("latest")];
        links.into_iter().find(|link| link.exists() && !link.is_symlink())
    }

    /// A link to a target, replaced in one step.
    fn point(&self, target: &Path, link: &Path) -> io::Result<()> {
        if fs::read_link(link).is_ok_and(|held| held == target) {
            return Ok(());
        }
        if link.exists() && !link.is_symlink() {
            let text = format!("`{}` is no link of `manyi run`", link.display());
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
        }
        let fresh = self.state().join("link");
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        symlink(target, &fresh)?;
        fs::rename(&fresh, link)?;
        sync_folder(&self.out)
    }

    /// Removes revisions of a period beyond the newest `keep`.
    ///
    /// # Errors
    /// A folder cannot be removed.
    pub fn remove_old(&self, period: Period, newest: u32, keep: u32) -> io::Result<Vec<u32>> {
        let mut removed = Vec::new();
        for revision in 1..=newest.saturating_sub(keep) {
            let folder = self.revision(period, revision);
            if folder.is_dir() {
                fs::remove_dir_all(folder)?;
                removed.push(revision);
            }
        }
        Ok(removed)
    }
}

/// Writes a file whole or not at all: beside its place, synced, then renamed.
///
/// # Errors
/// It cannot be written; a file that was there is still the old one.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut staged = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
    staged.write_all(content)?;
    staged.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(staged.path(), fs::Permissions::from_mode(0o644))?;
    }
    staged.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Syncs every file and folder below a folder.
fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in WalkDir::new(folder).contents_first(true) {
        let entry = entry.map_err(io::Error::from)?;
        if entry.file_type().is_dir() {
            sync_folder(entry.path())?;
        } else {
            File::open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

/// Names of what is in a folder; none if it is not there.
fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(windows)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, link)
}
