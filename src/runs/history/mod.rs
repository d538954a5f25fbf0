//! The history: what was published for every period, in a file of the project or a database of a team. It holds estimates, not
//! answers: no personal data and no hidden number. Releases on the disk are the truth; what is missing here is written again from them.

pub mod export;
mod read;
mod tables;
mod write;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Serialize;

use crate::config::raw::{RawHistory, RawRuns};
use crate::config::{Period, Project};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::messages::runs as messages;
use crate::runs::database::{Database, DatabaseError, Place};
use crate::runs::numbers::EstimateRecord;

/// How an attempt is called that nobody saw: its release was on the disk and not in the history.
pub const RESTORED: &str = "restored";

/// An open history, for one project.
#[derive(Debug)]
pub struct History {
    database: Database,
    project: String,
}

/// A release as the history lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Period.
    pub period: Period,
    /// Revision, from 1.
    pub revision: u32,
    /// When it was published, RFC 3339.
    pub published_at: String,
    /// The order in which releases were recorded, whatever the clock said; 0 of those of earlier versions.
    #[serde(skip)]
    pub place: i64,
    /// Answers of the period.
    pub answers: u64,
    /// Newest answer.
    pub newest: Option<String>,
    /// Ids of the reports.
    pub reports: Vec<String>,
    /// What it was made of.
    pub fingerprint: String,
    /// Version of the program.
    pub program: String,
}

impl Listed {
    /// By which releases are in the order in which they were recorded.
    pub fn recorded(&self) -> (i64, &str) {
        (self.place, &self.published_at)
    }
}

/// One estimate of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Period.
    pub period: Period,
    /// Revision.
    pub revision: u32,
    /// The estimate.
    #[serde(flatten)]
    pub estimate: EstimateRecord,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Period.
    pub period: Period,
    /// Beginning, RFC 3339.
    pub started_at: String,
    /// End, RFC 3339.
    pub ended_at: String,
    /// `published`, `unchanged`, `held` or `failed`; [`RESTORED`] where the attempt itself is not known.
    pub outcome: String,
    /// Revision, if one was published.
    pub revision: Option<u32>,
    /// Codes of the problems.
    pub codes: Vec<String>,
}

/// Where the history of a project is. An address is read from the environment or a file.
///
/// # Errors
/// A secret that is not there, or an address that cannot be read; as a diagnostic.
pub fn place(project: &Project, runs: &RawRuns) -> Result<Place, Box<Diagnostic>> {
    match &runs.history {
        RawHistory::File(file) => Ok(Place::File(project.path(file))),
        RawHistory::Database(database) => {
            let name = database.url.trim_start_matches("${").trim_end_matches('}');
            let url = match name.split_once(':') {
                Some(("env", variable)) => std::env::var(variable).ok(),
                Some(("file", file)) => std::fs::read_to_string(project.path(file)).ok(),
                _ => None,
            };
            let missing = || Diagnostic::error(&messages::NO_SECRET).arg("name", name);
            let at = |problem: Diagnostic| problem.at(project.at("runs.history.url")).key("runs.history.url");
            let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
            let url = url.ok_or_else(|| Box::new(at(missing())))?;
            Place::server(&url).map_err(|error| Box::new(at(error.diagnostic())))
        }
    }
}

impl History {
    /// Opens the history of a project and brings its tables to the newest version.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::migrate`].
    pub fn open(place: &Place, runs: &RawRuns, now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        Self::of(Database::open(place)?, runs, now)
    }

    /// Opens the history of a project if it is there: nothing is made. None without a file or tables.
    ///
    /// # Errors
    /// As [`History::open`].
    pub fn find(place: &Place, runs: &RawRuns, now: DateTime<Utc>) -> Result<Option<Self>, DatabaseError> {
        if file_of(place).is_some_and(|file| !file.is_file()) {
            return Ok(None);
        }
        let mut database = Database::open(place)?;
        match database.has_table(tables::OF_RELEASES[0])? {
            true => Self::of(database, runs, now).map(Some),
            false => Ok(None),
        }
    }

    fn of(mut database: Database, runs: &RawRuns, now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        database.migrate(tables::COMPONENT, tables::STEPS, now)?;
        // A file belongs to its project, wherever the folder is moved.
        Ok(Self { database, project: runs.name.clone().unwrap_or_else(|| "project".to_owned()) })
    }

    /// The database, for the tables of delivery beside these.
    pub fn database(&mut self) -> &mut Database {
        &mut self.database
    }

    /// Name of the project in the database.
    pub fn project(&self) -> &str {
        &self.project
    }
}

/// A word of an enumeration as it is written in JSON.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A group as text, empty for the total: `canteen=第二食堂`. Columns are sorted; what would be taken for structure is escaped.
pub fn segment_text(segment: &IndexMap<String, String>) -> String {
    let mut parts: Vec<String> = segment
        .iter()
        .map(|(column, value)| format!("{column}={}", value.replace('\\', r"\\").replace(';', r"\;")))
        .collect();
    parts.sort();
    parts.join(";")
}

/// The group of such a text.
pub fn segment_of(text: &str) -> IndexMap<String, String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(characters.next())),
            ';' => parts.push(String::new()),
            other => parts.last_mut().into_iter().for_each(|part| part.push(other)),
        }
    }
    let pair = |part: &String| part.split_once('=').map(|(column, value)| (column.to_owned(), value.to_owned()));
    parts.iter().filter_map(pair).collect()
}

/// The file of a history that is one.
pub fn file_of(place: &Place) -> Option<&PathBuf> {
    match place {
        Place::File(path) => Some(path),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
