//! What a run depends on, as files with their SHA-256: the project and its templates, plugins and strategies, and the data files of
//! the window. What they come to is the fingerprint by which a run knows that there is nothing to do.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::config::brand::{BRAND_FILE, BrandFile};
use crate::config::validate_runs::PERIOD_IN_FILE;
use crate::config::{PROJECT_FILE, Period, Project};
use crate::data::sources::expand;
use crate::diagnostics::messages::readers::PATTERN_WITHOUT_MATCH;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::output::manifest::sha256_hex;
use crate::plugins::discovery::hex;

/// Folders of a project whose files change a document.
const FOLDERS: [&str; 4] = ["plugins", "templates", "strategies", "brand"];

/// Files of a project that change a document.
const FILES: [&str; 3] = [PROJECT_FILE, BRAND_FILE, "strategies.yaml"];

/// A file that a run depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Input {
    /// Path relative to the project, with `/` separators.
    pub file: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// True for a file of answers.
    pub data: bool,
}

/// Lists and hashes the inputs of a project narrowed to a window, sorted. A file that cannot be read is reported.
pub fn list(project: &Project, diagnostics: &mut Diagnostics) -> Vec<Input> {
    let data = data_files(project, diagnostics);
    let rest: Vec<PathBuf> = project_files(project).into_iter().filter(|path| !data.contains(path)).collect();
    let mut listed = hashed(project, &data, true, diagnostics);
    listed.extend(hashed(project, &rest, false, diagnostics));
    listed.sort();
    listed
}

/// Hashes files, sorted, each once. One that cannot be read is reported.
pub(super) fn hashed(project: &Project, files: &[PathBuf], data: bool, diagnostics: &mut Diagnostics) -> Vec<Input> {
    let mut listed = Vec::new();
    for path in files.iter().collect::<BTreeSet<_>>() {
        match hash(path) {
            Ok(sha256) => listed.push(Input { file: project.display_path(path), sha256, data }),
            Err(error) => {
                let problem = Diagnostic::error(&messages::INPUT_UNREADABLE).arg("file", project.display_path(path));
                diagnostics.push(problem.words("problem", io_problem(&error)));
            }
        }
    }
    listed.sort();
    listed
}

/// What inputs come to, with the digest of the past numbers that the run shows.
pub fn fingerprint<'a>(inputs: impl IntoIterator<Item = &'a Input>, rest: &[&str]) -> String {
    let mut text: Vec<String> =
        inputs.into_iter().map(|input| format!("{}\u{1f}{}", input.file, input.sha256)).collect();
    text.push(String::new());
    text.extend(rest.iter().map(|part| (*part).to_owned()));
    sha256_hex(text.join("\n").as_bytes())
}

/// True if data files of a period are there, or may be: those with the period in their name; where no source has one, any.
pub(super) fn are_there(project: &Project, period: Period) -> bool {
    let mut narrowed = project.clone();
    narrowed.window = Some(vec![period]);
    let by_period = |view: &mut Project| view.raw.data.sources.retain(|held| held.file.contains(PERIOD_IN_FILE));
    let mut views: Vec<Project> = views(&narrowed).collect();
    views.iter_mut().for_each(by_period);
    views.retain(|view| !view.raw.data.sources.is_empty());
    if views.is_empty() {
        return data_files(&narrowed, &mut Diagnostics::new()).iter().any(|file| file.exists());
    }
    views.iter().any(|view| {
        let mut found = Diagnostics::new();
        // Where nobody can look something may be.
        !expand(view, &mut found).is_empty() || found.iter().any(|problem| !is_nothing(problem))
    })
}

/// True if the files of the survey have the period in their names; else one file holds all periods.
pub(super) fn is_by_file(project: &Project) -> bool {
    project.raw.data.sources.iter().any(|source| source.file.contains(PERIOD_IN_FILE))
}

/// True if a pattern matches no file.
pub(super) fn is_nothing(found: &Diagnostic) -> bool {
    found.message.code == PATTERN_WITHOUT_MATCH.code
}

/// The survey and the operational tables, each as a project of its own.
fn views(project: &Project) -> impl Iterator<Item = Project> {
    let tables = project.raw.tables.keys().filter_map(|name| project.of_table(name));
    std::iter::once(project.clone()).chain(tables)
}

/// The data files of a project narrowed to a window.
pub(super) fn data_files(project: &Project, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for view in views(project) {
        let mut found = Diagnostics::new();
        for source in expand(&view, &mut found) {
            files.push(source.path);
            files.extend(source.source.codes_file.map(|codes| view.path(&codes)));
        }
        diagnostics.extend(view.placed(&found));
    }
    files
}

/// The files of the project itself: those with a fixed name, those of its folders, and those that `manyi.yaml` names.
fn project_files(project: &Project) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = FILES.iter().map(|file| project.path(file)).collect();
    for folder in FOLDERS {
        let entries = WalkDir::new(project.path(folder)).follow_links(true).into_iter().filter_map(Result::ok);
        files.extend(entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path));
    }
    let columns =
        project.raw.columns.values().chain(project.raw.tables.values().flat_map(|table| table.columns.values()));
    let dictionaries = columns.filter_map(|column| column.themes.as_ref()?.dictionary.as_ref());
    files.extend(dictionaries.map(|file| project.path(file)));
    files.extend(
        project.raw.reports.iter().filter_map(|report| report.docx.as_ref()).map(|docx| project.path(docx.file())),
    );
    files.extend(logo(project));
    files.retain(|path| path.is_file());
    files.sort();
    files.dedup();
    files
}

/// The logo that `brand.yaml` names, wherever it lies. What is wrong with that file is said when a document is made.
fn logo(project: &Project) -> Option<PathBuf> {
    let text = std::fs::read_to_string(project.path(BRAND_FILE)).ok()?;
    let brand = BrandFile::parse(&text, BRAND_FILE, &project.root, &mut Diagnostics::new())?;
    brand.logo_path()
}

/// SHA-256 of a file, read in pieces.
///
/// # Errors
/// It cannot be read.
pub fn hash(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; 1 << 16];
    loop {
        match io::Read::read(&mut file, &mut piece)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&piece[..read]),
        }
    }
}
