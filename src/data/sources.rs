//! The files behind `data.sources`: globs expanded, in a fixed order, every file with the source that named it.

use std::path::PathBuf;

use crate::config::project::Project;
use crate::config::raw::RawSource;
use crate::data::readers::near_files;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// A file to read.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The file on disk.
    pub path: PathBuf,
    /// The file as the user knows it.
    pub shown: String,
    /// Which of `data.sources` named it, from 0.
    pub source_index: usize,
    /// How to read it.
    pub source: RawSource,
    /// The wave that all its answers belong to.
    pub wave: Option<String>,
}

/// All files of the project, sources in their order, files of a glob by name. A glob without a match is an error; whether a
/// plainly named file exists is found by reading it.
pub fn expand(project: &Project, diagnostics: &mut Diagnostics) -> Vec<SourceFile> {
    let mut files = Vec::new();
    for (source_index, source) in project.raw.data.sources.iter().enumerate() {
        let whole = project.path(&source.file);
        let paths = if !source.file.contains(['*', '?', '[']) || whole.exists() {
            vec![whole]
        } else {
            match matches(project, source) {
                Ok(paths) => paths,
                Err(problem) => {
                    let key_path = format!("data.sources[{source_index}].file");
                    diagnostics.push(problem.at(project.at(&key_path)).key(key_path));
                    continue;
                }
            }
        };
        files.extend(paths.into_iter().map(|path| SourceFile {
            shown: project.display_path(&path),
            path,
            source_index,
            source: source.clone(),
            wave: source.wave.clone(),
        }));
    }
    files
}

/// Files that match the pattern of a source, sorted; hidden files and the lock files of office programs are passed over.
fn matches(project: &Project, source: &RawSource) -> Result<Vec<PathBuf>, Diagnostic> {
    let pattern = format!("{}/{}", glob::Pattern::escape(&project.root.to_string_lossy()), source.file);
    // An absolute pattern stands for itself.
    let pattern = if PathBuf::from(&source.file).is_absolute() { source.file.clone() } else { pattern };
    let found = glob::glob(&pattern).map_err(|error| {
        Diagnostic::error(&messages::PATTERN_INVALID).arg("pattern", &source.file).arg("reason", error.msg)
    })?;
    let passed_over = |path: &PathBuf| {
        path.file_name().is_none_or(|name| {
            let name = name.to_string_lossy();
            name.starts_with('.') || name.starts_with("~$")
        })
    };
    let mut paths: Vec<PathBuf> = found.flatten().filter(|path| path.is_file() && !passed_over(path)).collect();
    paths.sort();
    if paths.is_empty() {
        let mut problem = Diagnostic::error(&messages::PATTERN_WITHOUT_MATCH).arg("pattern", &source.file);
        problem.suggestions = near_files(&project.path(&source.file), &source.file);
        return Err(problem);
    }
    Ok(paths)
}
