//! The files behind `data.sources`, and all of them as raw tables: globs expanded in a fixed order, files read side by side,
//! each brought from the habits of its survey tool to plain ones.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::config::period::Period;
use crate::config::project::Project;
use crate::config::raw::{Dialect, RawSource};
use crate::config::validate_runs::PERIOD_IN_FILE;
use crate::data::codebook::headers_of;
use crate::data::dialects;
use crate::data::readers::{self, ReadRequest, near_files};
use crate::data::table::{RawHeader, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};

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
        let found = if source.file.contains(PERIOD_IN_FILE) {
            matches_by_period(project, source)
        } else {
            let whole = project.path(&source.file);
            let plain = !source.file.contains(['*', '?', '[']) || whole.exists();
            let paths = if plain { Ok(vec![whole]) } else { matches(project, source) };
            paths.map(|paths| paths.into_iter().map(|path| (path, None)).collect())
        };
        match found {
            Ok(found) => files.extend(found.into_iter().map(|(path, period)| SourceFile {
                shown: project.display_path(&path),
                path,
                source_index,
                source: source.clone(),
                wave: source.wave.clone().or_else(|| period.map(|period| period.to_string())),
            })),
            Err(problem) => {
                let key_path = format!("data.sources[{source_index}].file");
                diagnostics.push((*problem).at(project.at(&key_path)).key(key_path));
            }
        }
    }
    files
}

/// A file, with the period that its path names.
type Found = (PathBuf, Option<Period>);

/// Files with a period in their path, by period and name: those of the project's window, or of all periods.
fn matches_by_period(project: &Project, source: &RawSource) -> Result<Vec<Found>, Box<Diagnostic>> {
    let in_place = |period: &str| RawSource { file: source.file.replace(PERIOD_IN_FILE, period), ..source.clone() };
    // What other periods have, or have that cannot be read, does not matter.
    let places = match &project.window {
        Some(window) => window.iter().map(|period| in_place(&period.to_string())).collect(),
        None => vec![in_place("*")],
    };
    let (mut paths, mut without) = (Vec::new(), None);
    for place in &places {
        match matches(project, place) {
            Ok(found) => paths.extend(found),
            Err(problem) if problem.message.code == messages::PATTERN_WITHOUT_MATCH.code => without = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    if let (true, Some(problem)) = (paths.is_empty(), without) {
        return Err(problem);
    }
    let written: Vec<&str> = source.file.split(PERIOD_IN_FILE).collect();
    let literal =
        |text: &str| regex::escape(text).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*").replace(r"\?", "[^/]");
    let pattern = written.iter().map(|text| literal(text)).collect::<Vec<_>>().join(r"(\d{4}-(?:\d\d|Q\d|W\d\d))");
    let cadence = project.raw.runs.as_ref().map(|runs| runs.every);
    // A pattern made of escaped text is sound; a class in brackets is none here.
    let Ok(pattern) = regex::Regex::new(&format!("^{pattern}$")) else { return Ok(Vec::new()) };
    let period_of = |path: &PathBuf| {
        let absolute = PathBuf::from(&source.file).is_absolute();
        let shown = if absolute { path.to_string_lossy().into_owned() } else { project.display_path(path) };
        let found = pattern.captures(&shown)?;
        let period: Period = found.get(1)?.as_str().parse().ok()?;
        let same = found.iter().skip(1).all(|held| held.is_some_and(|held| held.as_str() == period.to_string()));
        let wanted = project.window.as_ref().is_none_or(|window| window.contains(&period));
        let fits = same && wanted && cadence.is_none_or(|cadence| cadence == period.cadence());
        fits.then_some(period)
    };
    let mut found: Vec<(PathBuf, Period)> =
        paths.into_iter().filter_map(|path| period_of(&path).map(|period| (path, period))).collect();
    found.sort_by(|(a, a_period), (b, b_period)| a_period.cmp(b_period).then_with(|| a.cmp(b)));
    if found.is_empty() {
        let newest = project.window.as_ref().and(places.last()).map_or(&source.file, |place| &place.file);
        return Err(Box::new(Diagnostic::error(&messages::PATTERN_WITHOUT_MATCH).arg("pattern", newest)));
    }
    Ok(found.into_iter().map(|(path, period)| (path, Some(period))).collect())
}

/// Files that match the pattern of a source, sorted; hidden files and the lock files of office programs are passed over. A folder on
/// the way and a match that cannot be looked at are errors: nobody knows how many answers are there.
fn matches(project: &Project, source: &RawSource) -> Result<Vec<PathBuf>, Box<Diagnostic>> {
    let pattern = format!("{}/{}", glob::Pattern::escape(&project.root.to_string_lossy()), source.file);
    // An absolute pattern stands for itself.
    let pattern = if PathBuf::from(&source.file).is_absolute() { source.file.clone() } else { pattern };
    let found = glob::glob(&pattern).map_err(|error| {
        Box::new(Diagnostic::error(&messages::PATTERN_INVALID).arg("pattern", &source.file).arg("reason", error.msg))
    })?;
    let passed_over = |path: &PathBuf| {
        path.file_name().is_none_or(|name| {
            let name = name.to_string_lossy();
            name.starts_with('.') || name.starts_with("~$")
        })
    };
    let unreadable = |path: &Path, error: &std::io::Error| {
        let problem = Diagnostic::error(&messages::FILE_UNREADABLE).arg("file", project.display_path(path));
        Box::new(problem.words("reason", io_problem(error)))
    };
    let mut paths = Vec::new();
    for entry in found {
        let path = entry.map_err(|error| unreadable(error.path(), error.error()))?;
        if passed_over(&path) {
            continue;
        }
        match std::fs::metadata(&path) {
            Ok(found) if found.is_file() => paths.push(path),
            Ok(_) => {}
            // Renamed or removed since it was listed. A link that leads nowhere is still there.
            Err(_) if is_gone(&path) => {}
            Err(error) => return Err(unreadable(&path, &error)),
        }
    }
    paths.sort();
    if paths.is_empty() {
        let mut problem = Diagnostic::error(&messages::PATTERN_WITHOUT_MATCH).arg("pattern", &source.file);
        problem.suggestions = near_files(&project.path(&source.file), &source.file);
        return Err(Box::new(problem));
    }
    Ok(paths)
}

/// True if nothing bears this name any more.
fn is_gone(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

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

/// Reads all files of the project, in the order of [`expand`]. `wanted` are the headers whose cells are needed.
///
/// A file that cannot be read is missing from the result, with an error among the diagnostics, which come in file order.
pub fn load_raw(
    project: &Project,
    wanted: Option<&HashSet<String>>,
    diagnostics: &mut Diagnostics,
) -> Vec<LoadedSource> {
    let files = expand(project, diagnostics);
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(files.len()).min(4);
    let next = AtomicUsize::new(0);
    let columns = project.raw.columns.iter().filter(|(_, column)| column.personal);
    let personal: HashSet<&str> = columns.flat_map(|(name, column)| headers_of(name, column)).collect();
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(index) else { return done };
            let mut found = Diagnostics::new();
            let loaded = load(project, file, wanted, &personal, &mut found);
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

/// Reads a file; problems of columns with personal data come without what stands in them.
fn read_unquoted(
    request: &ReadRequest<'_>,
    personal: &HashSet<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<RawTable> {
    let mut found = Diagnostics::new();
    let table = readers::read(request, &mut found);
    let headers = table.as_ref().map_or(&[][..], |table| &table.headers);
    let hidden: HashSet<&str> =
        headers.iter().filter(|header| is_personal(header, personal)).map(|header| header.name.as_str()).collect();
    let of_hidden = |problem: &Diagnostic| {
        let mut columns = problem.arguments.iter().filter(|(name, _)| *name == "column");
        columns.any(|(_, column)| hidden.contains(column.as_str()) || personal.contains(column.as_str()))
    };
    diagnostics
        .extend(found.into_iter().map(|problem| if of_hidden(&problem) { problem.without_quotes() } else { problem }));
    table
}

/// True for a column that the project marks as personal: by its header, its label, or the header that was numbered as a repetition.
fn is_personal(header: &RawHeader, personal: &HashSet<&str>) -> bool {
    let repeated = header.name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let first = repeated.filter(|(_, number)| number.parse::<u32>().is_ok()).map(|(name, _)| name);
    [Some(header.name.as_str()), header.label.as_deref(), first]
        .into_iter()
        .flatten()
        .any(|name| personal.contains(name))
}

fn load(
    project: &Project,
    file: &SourceFile,
    wanted: Option<&HashSet<String>>,
    personal: &HashSet<&str>,
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
    let table = read_unquoted(&request, personal, diagnostics)?;
    let dialect = file.source.dialect.unwrap_or_else(|| dialects::recognise(&table));
    let codes = match &file.source.codes_file {
        Some(name) => {
            let (path, key_path) = (project.path(name), format!("{source_key}.codes_file"));
            let shown = project.display_path(&path);
            let location = project.at(&key_path);
            let request = ReadRequest { path: &path, shown: &shown, key_path: &key_path, location, ..request };
            let codes = read_unquoted(&request, personal, diagnostics);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_columns_are_known_by_header_label_and_repetition() {
        let personal: HashSet<&str> = ["手机", "Your phone number"].into();
        let header = |name: &str, label: Option<&str>| RawHeader {
            name: name.to_owned(),
            label: label.map(str::to_owned),
            ..RawHeader::default()
        };
        assert!(is_personal(&header("手机", None), &personal) && is_personal(&header("手机 (2)", None), &personal));
        assert!(is_personal(&header("Q7", Some("Your phone number")), &personal));
        assert!(!is_personal(&header("手机 (公)", None), &personal) && !is_personal(&header("Q7", None), &personal));
    }
}
