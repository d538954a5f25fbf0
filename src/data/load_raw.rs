//! All files of a project as raw tables: expanded, read side by side, brought from the survey tool's habits to plain ones.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::config::project::Project;
use crate::config::raw::Dialect;
use crate::data::dialects;
use crate::data::readers::{self, ReadRequest};
use crate::data::sources::{self, SourceFile};
use crate::data::table::RawTable;
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// A file that was read.
#[derive(Debug, Clone)]
pub struct LoadedSource {
    /// Its content.
    pub table: RawTable,
    /// The wave that all its answers belong to, if the source names one.
    pub wave: Option<String>,
    /// Which of `data.sources` named it, from 0.
    pub source_index: usize,
    /// The survey tool that exported it.
    pub dialect: Dialect,
}

/// Reads all files of the project, in the order of [`sources::expand`]. `wanted` are the headers whose cells are needed.
///
/// A file that cannot be read is missing from the result, with an error among the diagnostics, which come in file order.
pub fn load_raw(
    project: &Project,
    wanted: Option<&HashSet<String>>,
    diagnostics: &mut Diagnostics,
) -> Vec<LoadedSource> {
    let files = sources::expand(project, diagnostics);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(files.len()).min(4);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return done };
            let mut found = Diagnostics::new();
            let loaded = load(project, file, wanted, &mut found);
            done.push((index, loaded, found));
        }
    };
    let mut done = if threads <= 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
        })
    };
    done.sort_by_key(|(index, ..)| *index);
    // A thread that stopped would lose its files without a word.
    for (index, file) in files.iter().enumerate() {
        if done.binary_search_by_key(&index, |(index, ..)| *index).is_err() {
            let problem = Diagnostic::error(&messages::FILE_UNREADABLE).arg("file", &file.shown);
            diagnostics.push(problem.arg("reason", "a reading thread stopped"));
        }
    }
    done.into_iter()
        .filter_map(|(_, loaded, found)| {
            diagnostics.extend(found);
            loaded
        })
        .collect()
}

fn load(
    project: &Project,
    file: &SourceFile,
    wanted: Option<&HashSet<String>>,
    diagnostics: &mut Diagnostics,
) -> Option<LoadedSource> {
    let source_key = format!("data.sources[{}]", file.source_index);
    let file_key = format!("{source_key}.file");
    let request = ReadRequest {
        path: &file.path,
        shown: &file.shown,
        source: &file.source,
        wanted,
        key_path: &source_key,
        location: project.at(&file_key),
    };
    let table = readers::read(&request, diagnostics)?;
    let dialect = file.source.dialect.unwrap_or_else(|| dialects::recognise(&table));
    let codes = match &file.source.codes_file {
        Some(name) => {
            let (path, key_path) = (project.path(name), format!("{source_key}.codes_file"));
            let shown = project.display_path(&path);
            let location = project.at(&key_path);
            let request = ReadRequest { path: &path, shown: &shown, key_path: &key_path, location, ..request };
            let codes = readers::read(&request, diagnostics);
            codes.filter(|codes| fits(&table, codes, &request, diagnostics))
        }
        None => None,
    };
    let table = dialects::normalise(table, dialect, codes);
    Some(LoadedSource { table, wave: file.wave.clone(), source_index: file.source_index, dialect })
}

/// Checks that the numbered form holds the same answers as the text form. It is used for those it does hold.
fn fits(table: &RawTable, codes: &RawTable, request: &ReadRequest<'_>, diagnostics: &mut Diagnostics) -> bool {
    let problem = match dialects::codes::missing_answers(table, codes) {
        Ok((_, 0)) => return true,
        Ok((id, missing)) => Diagnostic::warning(&messages::CODES_DIFFER)
            .arg("file", &table.file)
            .arg("missing", missing)
            .arg("rows", table.row_count())
            .arg("id", id),
        Err(id) => Diagnostic::error(&messages::CODES_WITHOUT_ID).arg("id", id),
    };
    diagnostics.push(problem.arg("codes", &codes.file).at(request.location.clone()).key(request.key_path));
    true
}
