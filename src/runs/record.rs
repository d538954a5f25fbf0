//! `release.json`: what a release is, in the folder of its revision. It says everything that the history has to know, so that a
//! history that was lost or is behind is written from it; it holds no time of the clock, so that the same inputs give the same bytes.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Period;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, lang_texts};
use crate::output::manifest::FileRecord;
use crate::runs::cause::Cause;
use crate::runs::changes::Change;
use crate::runs::inputs::{Input, hash};
use crate::runs::numbers::{FindingRecord, Numbers};
use crate::runs::release::RELEASE_FILE;

/// Version of the format.
pub const SCHEMA: u32 = 1;

/// A release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Version of this format.
    pub schema: u32,
    /// Period.
    pub period: Period,
    /// Revision, from 1.
    pub revision: u32,
    /// What all inputs come to, answers included.
    pub fingerprint: String,
    /// The same by the files, without reading them.
    pub files: String,
    /// Files that it depends on.
    pub inputs: Vec<Input>,
    /// Releases of earlier periods whose numbers it shows.
    pub past: Vec<PastRelease>,
    /// Reports with their files.
    pub reports: Vec<ReleasedReport>,
    /// Gates that did not hold.
    pub gates: Vec<Value>,
    /// True if it was held and approved.
    pub approved: bool,
    /// Why there is a revision after another; none of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// Numbers that the revision before had otherwise.
    pub changes: Vec<Change>,
    /// Control rules that fire in this period.
    pub signals: Vec<FindingRecord>,
    /// The numbers.
    pub numbers: Numbers,
}

/// A release of an earlier period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastRelease {
    /// Period.
    pub period: Period,
    /// Revision.
    pub revision: u32,
}

/// A report of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedReport {
    /// Id, name of its folder.
    pub id: String,
    /// What its inputs come to.
    pub key: String,
    /// Its files relative to the folder.
    pub files: Vec<FileRecord>,
}

impl ReleasedReport {
    /// True if every file of the report is in the folder of its release as it was released.
    pub fn is_intact(&self, release: &Path) -> bool {
        let folder = release.join(&self.id);
        self.files.iter().all(|file| hash(&folder.join(&file.file)).is_ok_and(|sha256| sha256 == file.sha256))
    }
}

impl Release {
    /// Reads the release in a folder; none if there is no such file.
    ///
    /// # Errors
    /// It cannot be read or is none, as a diagnostic.
    pub fn read(folder: &Path) -> Result<Option<Self>, Box<Diagnostic>> {
        let path = folder.join(RELEASE_FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.exists() => return Ok(None),
            Err(error) => return Err(damaged(&path, &error.to_string())),
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| damaged(&path, &error.to_string()))
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// A number that JSON does not have.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Those of some periods that it shows as they were published.
    pub fn shown_of(&self, periods: &[Period]) -> Vec<Period> {
        self.past.iter().map(|held| held.period).filter(|period| periods.contains(period)).collect()
    }

    /// Ids of the reports.
    pub fn report_ids(&self) -> Vec<String> {
        self.reports.iter().map(|report| report.id.clone()).collect()
    }

    /// The numbers as the history keeps them: signals are findings, which releases of earlier versions list apart.
    pub fn recorded_numbers(&self) -> Numbers {
        let mut numbers = self.numbers.clone();
        let apart = |signal: &&FindingRecord| !self.numbers.findings.iter().any(|finding| finding.id == signal.id);
        numbers.findings.extend(self.signals.iter().filter(apart).cloned());
        numbers
    }
}

fn damaged(path: &Path, problem: &str) -> Box<Diagnostic> {
    let found = Diagnostic::error(&messages::DAMAGED_RELEASE).arg("file", path.display());
    Box::new(found.words("problem", lang_texts(problem, problem)))
}
