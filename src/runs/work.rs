//! Work in progress on a period: the numbers once they are measured and the reports once they are built, each under the key of what
//! it was made of. A run that stopped goes on with what still has its key; everything else is made anew.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::config::Period;
use crate::output::manifest::FileRecord;
use crate::runs::numbers::Numbers;
use crate::runs::record::ReleasedReport;
use crate::runs::release::write_whole;

const STATE: &str = "state.json";
const APPROVED: &str = "approved";

/// What is done of a release.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What the files come to that this was made of.
    pub files: String,
    /// Earlier periods that would have been read and of which these files hold no answers any more.
    #[serde(default)]
    pub gone: Vec<Period>,
    /// The numbers, once measured.
    pub numbers: Option<Numbers>,
    /// What the gates said when the release was held, with its inputs.
    #[serde(default)]
    pub held: Option<String>,
    /// Reports that are built, by id, with their keys.
    pub reports: BTreeMap<String, String>,
}

/// The folder of a period's work.
#[derive(Debug)]
pub struct Work {
    folder: PathBuf,
    period: Period,
    /// What is done.
    pub progress: Progress,
}

impl Progress {
    /// What is done in a folder; a file that cannot be read is work that was not done.
    fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(STATE)).ok()?).ok()
    }
}

impl Work {
    /// The work on a period as it was left, emptied if it was on other files.
    ///
    /// # Errors
    /// The folder cannot be emptied.
    pub fn resume(folder: PathBuf, period: Period, files: &str) -> io::Result<Self> {
        let mut work = Self::look(folder, period);
        if work.progress.files != files {
            work.progress = Progress { files: files.to_owned(), ..Progress::default() };
            remove(&work.stage())?;
            remove(&work.folder.join(STATE))?;
        }
        fs::create_dir_all(work.content())?;
        Ok(work)
    }

    /// The work as it was left, for looking only.
    pub fn look(folder: PathBuf, period: Period) -> Self {
        let progress = Progress::read(&folder).unwrap_or_default();
        Self { folder, period, progress }
    }

    /// True if work was left behind whose files are these: those of a release, if a run was killed after it put it in place. Work on
    /// a correction that is held is of other files.
    pub fn is_of(folder: &Path, files: &str) -> bool {
        Progress::read(folder).is_some_and(|progress| progress.files == files)
    }

    /// Where documents are staged: the folder that `build` is given.
    pub fn stage(&self) -> PathBuf {
        self.folder.join("stage")
    }

    /// The folder that becomes the release.
    pub fn content(&self) -> PathBuf {
        self.stage().join(self.period.to_string())
    }

    /// Keeps what is done.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self) -> io::Result<()> {
        let bytes = serde_json::to_vec(&self.progress).map_err(io::Error::other)?;
        write_whole(&self.folder.join(STATE), &bytes)
    }

    /// Notes a report as built.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn built(&mut self, report: &str, key: &str) -> io::Result<()> {
        self.progress.reports.insert(report.to_owned(), key.to_owned());
        self.keep()
    }

    /// True if a report is built from these inputs.
    pub fn has(&self, report: &str, key: &str) -> bool {
        self.progress.reports.get(report).is_some_and(|held| held == key) && self.content().join(report).is_dir()
    }

    /// Takes a report over from an earlier release.
    ///
    /// # Errors
    /// A file cannot be copied.
    pub fn take_over(&mut self, report: &ReleasedReport, release: &Path) -> io::Result<()> {
        self.forget(&report.id)?;
        for file in &report.files {
            let from = release.join(&report.id).join(&file.file);
            let to = self.content().join(&report.id).join(&file.file);
            fs::create_dir_all(to.parent().unwrap_or(&to))?;
            fs::copy(from, to)?;
        }
        self.built(&report.id, &report.key)
    }

    /// Removes what is there of a report.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn forget(&mut self, report: &str) -> io::Result<()> {
        self.progress.reports.remove(report);
        remove(&self.content().join(report))
    }

    /// Removes what writers that were killed left behind, and reports that the project does not have.
    ///
    /// # Errors
    /// Something cannot be removed.
    pub fn tidy(&self, reports: &[String]) -> io::Result<()> {
        for entry in fs::read_dir(self.content())? {
            let entry = entry?;
            if !reports.iter().any(|report| entry.file_name() == report.as_str()) {
                remove(&entry.path())?;
            }
        }
        let left = |name: &str| [".staging-", ".previous-", ".writing-"].iter().any(|start| name.starts_with(start));
        for entry in WalkDir::new(self.content()).contents_first(true) {
            let entry = entry.map_err(io::Error::from)?;
            if left(&entry.file_name().to_string_lossy()) {
                remove(entry.path())?;
            }
        }
        Ok(())
    }

    /// The files of a report with their digests, sorted.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn files_of(&self, report: &str) -> io::Result<Vec<FileRecord>> {
        let folder = self.content().join(report);
        let mut files = Vec::new();
        for entry in WalkDir::new(&folder).sort_by_file_name() {
            let entry = entry.map_err(io::Error::from)?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(&folder).unwrap_or(entry.path());
                let name = name.to_string_lossy().replace('\\', "/");
                files.push(FileRecord::of(name, &fs::read(entry.path())?));
            }
        }
        Ok(files)
    }

    /// The fingerprint that was approved.
    pub fn approved(&self) -> Option<String> {
        fs::read_to_string(self.folder.join(APPROVED)).ok()
    }

    /// Approves a fingerprint.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn approve(&self, fingerprint: &str) -> io::Result<()> {
        write_whole(&self.folder.join(APPROVED), fingerprint.as_bytes())
    }

    /// Removes the folder of the work, which is published.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn done(folder: &Path) -> io::Result<()> {
        remove(folder)
    }
}

/// Removes a file or folder, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
