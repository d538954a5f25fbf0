//! From the folder `submissions` and the class list to one submission a student: read, or listed with the reason why not.

pub mod archive;
pub mod document;
pub mod docx;
mod docx_styles;
pub mod gate;
mod look;
mod markdown;
mod odt;
mod odt_styles;
mod office;
pub mod owners;
mod pdf;
pub mod process;
pub mod read;
pub mod roster;
pub mod text;
pub mod worker;

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use serde::Serialize;
use walkdir::WalkDir;

use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, io_problem};
use crate::output::manifest::sha256_hex;
use document::PlanText;
use gate::Fault;
use owners::{Found, Owned, Student};
use read::Answer;
use worker::Reader;

/// Name of the folder with the students' files.
pub const SUBMISSIONS: &str = "submissions";

/// One student's work.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Whose.
    pub student: Student,
    /// The graded file, relative to `submissions`.
    pub file: Option<String>,
    /// SHA-256 of the file.
    pub sha256: Option<String>,
    /// When it was received, as the class list says.
    pub received: Option<NaiveDateTime>,
    /// What became of it.
    pub state: State,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was handed in.
    Missing,
    /// It cannot be read, or what came out is not fit to be graded.
    Unreadable(LocalizedTexts),
    /// It holds no text.
    Empty,
    /// It was read.
    Read(Box<PlanText>),
}

impl Submission {
    /// The text, where there is one.
    pub fn plan(&self) -> Option<&PlanText> {
        match &self.state {
            State::Read(plan) => Some(plan),
            _ => None,
        }
    }
}

/// Endings of the formats that are read, the best first.
const ENDINGS: [&str; 10] = ["docx", "odt", "doc", "wps", "rtf", "md", "markdown", "txt", "text", "pdf"];

/// Collects and reads the submissions of a course. `least_han` is the smallest share of Han characters that a text may have.
pub fn load_submissions(
    course: &Path,
    reader: &Reader,
    least_han: f64,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Submission>> {
    let root = course.join(SUBMISSIONS);
    if !root.is_dir() {
        diagnostics.push(Diagnostic::error(&messages::NO_SUBMISSIONS).arg("folder", course.display()));
        return None;
    }
    let unpacked = tempfile::tempdir();
    let scratch = match &unpacked {
        Ok(folder) => folder.path(),
        Err(error) => {
            diagnostics.push(folder_problem(&std::env::temp_dir(), error));
            return None;
        }
    };
    let listed = roster::load_roster(course, diagnostics)?;
    let found = find_files(&root, scratch, diagnostics);
    let owned = owners::assign(&listed, found, diagnostics);
    let chosen: Vec<Option<Found>> = owned.iter().map(|held| choose(held, diagnostics)).collect();
    let paths: Vec<PathBuf> = chosen.iter().flatten().map(|file| file.path.clone()).collect();
    let mut answers = reader.read(&paths).into_iter();
    let mut submissions = Vec::new();
    for (held, file) in owned.into_iter().zip(chosen) {
        let state = match &file {
            None => State::Missing,
            Some(_) => match answers.next() {
                Some(Answer::Read(plan)) => match gate::judge(&plan, least_han) {
                    None => State::Read(plan),
                    Some(Fault::Empty) => State::Empty,
                    Some(Fault::Rubbish(problem)) => {
                        let rubbish = Diagnostic::warning(&messages::RUBBISH).arg("student", held.student.shown());
                        diagnostics.push(rubbish.words("problem", problem.clone()));
                        State::Unreadable(problem)
                    }
                },
                Some(Answer::Failed(problem)) => {
                    let unreadable = Diagnostic::warning(&messages::UNREADABLE).arg("student", held.student.shown());
                    diagnostics.push(unreadable.words("problem", problem.clone()));
                    State::Unreadable(problem)
                }
                None => State::Missing,
            },
        };
        if state == State::Missing {
            diagnostics.push(Diagnostic::warning(&messages::MISSING).arg("student", held.student.shown()));
        } else if state == State::Empty {
            diagnostics.push(Diagnostic::warning(&messages::EMPTY).arg("student", held.student.shown()));
        }
        let sha256 = file.as_ref().and_then(|file| read::bytes_of(&file.path).ok()).map(|bytes| sha256_hex(&bytes));
        submissions.push(Submission {
            student: held.student,
            file: file.map(|file| file.shown),
            sha256,
            received: held.received,
            state,
        });
    }
    Some(submissions)
}

/// Texts of a folder such as `archive` or of files that may be reused, with their names; what cannot be read is reported.
pub fn load_texts(
    paths: &[(String, PathBuf)],
    reader: &Reader,
    diagnostics: &mut Diagnostics,
) -> Vec<(String, PlanText)> {
    let files: Vec<PathBuf> = paths.iter().map(|(_, path)| path.clone()).collect();
    let mut texts = Vec::new();
    for ((name, _), answer) in paths.iter().zip(reader.read(&files)) {
        match answer {
            Answer::Read(plan) => texts.push((name.clone(), *plan)),
            Answer::Failed(problem) => diagnostics
                .push(Diagnostic::warning(&messages::REUSABLE_UNREADABLE).arg("file", name).words("problem", problem)),
        }
    }
    texts
}

/// Readable files of a folder by their path relative to it.
pub fn readable_files(root: &Path) -> Vec<(String, PathBuf)> {
    let entries = WalkDir::new(root).max_depth(8).sort_by_file_name().into_iter().flatten();
    entries
        .filter(|entry| entry.file_type().is_file() && rank(entry.path()).is_some())
        .filter_map(|entry| Some((slashed(entry.path().strip_prefix(root).ok()?), entry.path().to_path_buf())))
        .collect()
}

fn folder_problem(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(&messages::FOLDER_UNREADABLE).arg("folder", folder.display()).words("problem", io_problem(error))
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Place of a file's format among those that are read.
fn rank(path: &Path) -> Option<usize> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    ENDINGS.iter().position(|known| *known == ending)
}

/// All files under `submissions`, those in archives included.
fn find_files(root: &Path, scratch: &Path, diagnostics: &mut Diagnostics) -> Vec<Found> {
    let mut found = Vec::new();
    for entry in WalkDir::new(root).max_depth(8).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let place = error.path().unwrap_or(root).to_path_buf();
                if let Some(error) = error.io_error() {
                    diagnostics.push(folder_problem(&place, error));
                }
                continue;
            }
        };
        let Ok(inside) = entry.path().strip_prefix(root) else { continue };
        let name = entry.file_name().to_string_lossy();
        if !entry.file_type().is_file() || name.starts_with('.') || name.starts_with("~$") {
            continue;
        }
        let shown = slashed(inside);
        if name.to_lowercase().ends_with(".zip") {
            found.extend(unpack(entry.path(), inside, &shown, scratch, diagnostics));
        } else {
            found.push(Found { shown, path: entry.path().to_path_buf() });
        }
    }
    found
}

/// What an archive holds. One at the top is the download of a class: what is inside stands at the top, too.
fn unpack(path: &Path, inside: &Path, shown: &str, scratch: &Path, diagnostics: &mut Diagnostics) -> Vec<Found> {
    let parent = inside.parent().unwrap_or(Path::new(""));
    let made = tempfile::Builder::new().prefix("zip-").tempdir_in(scratch).map(tempfile::TempDir::keep);
    let folder = match made {
        Ok(folder) => folder,
        Err(error) => {
            diagnostics.push(folder_problem(scratch, &error));
            return Vec::new();
        }
    };
    match archive::unpack(path, &folder) {
        Ok(unpacked) => {
            for (entry, problem) in unpacked.refused {
                let refused = Diagnostic::warning(&messages::ARCHIVE_ENTRY).arg("entry", format!("{shown}/{entry}"));
                diagnostics.push(refused.words("problem", problem));
            }
            let files = unpacked.files.into_iter();
            files.map(|file| Found { shown: slashed(&parent.join(&file)), path: folder.join(file) }).collect()
        }
        Err(problem) => {
            diagnostics.push(Diagnostic::error(&messages::ARCHIVE).arg("file", shown).words("problem", problem));
            Vec::new()
        }
    }
}

/// The file that is graded: one that the class list names, then one of the best format, then the first by name.
fn choose(owned: &Owned, diagnostics: &mut Diagnostics) -> Option<Found> {
    let student = &owned.student;
    let mut sorted: Vec<&Found> = owned.files.iter().collect();
    let place = |file: &&Found| owned.files.iter().position(|held| held == *file).unwrap_or(usize::MAX);
    sorted.sort_by_key(|file| (place(file) >= owned.named, rank(&file.path).unwrap_or(usize::MAX), file.shown.clone()));
    let first = sorted.first().copied()?;
    let others: Vec<String> = sorted
        .iter()
        .skip(1)
        .filter(|file| rank(&file.path).is_some())
        .map(|file| format!("`{}`", file.shown))
        .collect();
    if !others.is_empty() {
        diagnostics.push(
            Diagnostic::warning(&messages::SEVERAL_FILES)
                .arg("student", student.shown())
                .arg("file", &first.shown)
                .arg("others", others.join(", ")),
        );
    }
    Some(first.clone())
}
