//! Removes a respondent from the files of a project: rows of text files are cut out byte by byte, all others stay as they are;
//! what cannot be changed, files of other formats and published documents, is named.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use crate::config::raw::RawSource;
use crate::config::{Period, Project};
use crate::data::codebook::headers_of;
use crate::data::encoding;
use crate::data::rawcells::RawCells;
use crate::data::sources::{LoadedSource, expand, load_raw};
use crate::diagnostics::messages::{readers, runs as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, io_problem};
use crate::output::publish::sync_folder;
use crate::runs::inputs::hash;
use crate::runs::record::Release;
use crate::runs::release::Places;

/// A file that holds the respondent.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Holding {
    /// Path relative to the project.
    pub file: String,
    /// Rows of the respondent.
    pub rows: usize,
    /// True if they are removed, or would be without `--dry-run`.
    pub removable: bool,
}

/// In which files rows may be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurgedFiles {
    /// In the one that holds the respondent; several are refused, since ids that begin anew in each file are of different people.
    One,
    /// In all that do.
    All,
    /// In these, paths as they are shown, and no other.
    Named(Vec<String>),
}

/// Separators of text files.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// Removes every row whose id is `respondent`; with `dry_run` only says which. The releases that were made of the files are named.
pub fn purge(
    project: &Project,
    places: &Places,
    respondent: &str,
    files: &PurgedFiles,
    dry_run: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Holding> {
    // People of a panel come again in every wave, under one id.
    let panel = project.raw.data.design.as_ref().and_then(|design| design.panel.as_ref());
    if *files == PurgedFiles::One && (panel.is_none() || panel != project.raw.data.id.as_ref()) {
        let held = search(project, places, respondent, files, true, &mut Diagnostics::new());
        if held.len() > 1 {
            let names = held.iter().map(|held| format!("`{}`", held.file)).collect::<Vec<_>>().join(", ");
            let several = Diagnostic::error(&messages::SEVERAL_PEOPLE).arg("count", held.len()).arg("files", names);
            let mut several = several.arg("respondent", respondent).key("data.id");
            // Who only looks may see them all.
            if dry_run {
                several.level = Level::Warning;
                let found = search(project, places, respondent, files, true, diagnostics);
                diagnostics.push(several);
                return found;
            }
            diagnostics.push(several);
            return held.into_iter().map(|held| Holding { removable: false, ..held }).collect();
        }
    }
    search(project, places, respondent, files, dry_run, diagnostics)
}

/// Looks into the files, and removes unless it is a dry run.
fn search(
    project: &Project,
    places: &Places,
    respondent: &str,
    files: &PurgedFiles,
    dry_run: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Holding> {
    let views = project.raw.tables.keys().filter_map(|name| project.of_table(name));
    let views: Vec<Project> = std::iter::once(project.clone()).chain(views).collect();
    if project.raw.data.id.is_none() {
        diagnostics.push(Diagnostic::error(&messages::NO_ID).at(project.at("data")).key("data.id"));
        return Vec::new();
    }
    let mut found: Vec<Holding> = Vec::new();
    let mut known = BTreeSet::new();
    let mut changed = recorded_files(places);
    changed.retain(|(file, sha256)| hash(&project.path(file)).ok().as_ref() != Some(sha256));
    for view in &views {
        let Some(id) = &view.raw.data.id else { continue };
        let Some(column) = view.raw.columns.get(id) else { continue };
        let headers: Vec<String> = headers_of(id, column).into_iter().map(str::to_owned).collect();
        let wanted: HashSet<String> = headers.iter().cloned().collect();
        let paths: BTreeMap<String, (PathBuf, RawSource)> = expand(view, &mut Diagnostics::new())
            .into_iter()
            .map(|file| (file.shown, (file.path, file.source)))
            .collect();
        known.extend(paths.keys().cloned());
        for source in load_raw(view, Some(&wanted), diagnostics) {
            if matches!(files, PurgedFiles::Named(named) if !named.contains(&source.table.file)) {
                continue;
            }
            let rows = rows_of(&source, &headers, respondent);
            let Some((path, declared)) = paths.get(&source.table.file).filter(|_| rows > 0) else { continue };
            let shown = source.table.file.clone();
            let removable = source.table.sheet.is_none() && is_text(path);
            let done = if removable { cut(path, declared, &headers, respondent, dry_run) } else { Ok(0) };
            match done {
                Ok(cut) if cut == rows => found.push(Holding { file: shown, rows, removable: true }),
                Ok(_) => {
                    diagnostics.push(Diagnostic::error(&messages::NOT_PURGED).arg("file", &shown));
                    found.push(Holding { file: shown, rows, removable: false });
                }
                Err(error) => {
                    let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", "purge");
                    diagnostics.push(problem.arg("place", &shown).words("problem", io_problem(&error)));
                    found.push(Holding { file: shown, rows, removable: false });
                }
            }
        }
    }
    let named = if let PurgedFiles::Named(named) = files { named.as_slice() } else { &[] };
    for file in named.iter().filter(|file| !known.contains(*file)) {
        let unknown = Diagnostic::error(&readers::PATTERN_WITHOUT_MATCH).arg("pattern", file);
        diagnostics.push(unknown.suggest(file, known.iter().map(String::as_str)));
    }
    if found.is_empty() && !diagnostics.has_errors() {
        diagnostics.push(Diagnostic::warning(&messages::NOBODY));
    }
    // A file keeps its name when it is corrected: every revision that was made of it may have counted the person.
    let held: BTreeSet<&str> = found.iter().map(|held| held.file.as_str()).collect();
    let counted = published_from(places, &|file, _| held.contains(file));
    // Nobody knows who stood in a file before it was changed, perhaps by this command.
    let before = published_from(places, &|file, sha256| changed.contains(&(file.to_owned(), sha256.to_owned())));
    let before: Vec<String> = before.difference(&counted).cloned().collect();
    let counted: Vec<String> = counted.into_iter().collect();
    for (periods, message) in [(counted, &messages::PUBLISHED_ANYWAY), (before, &messages::PUBLISHED_BEFORE)] {
        if !periods.is_empty() {
            diagnostics.push(Diagnostic::warning(message).arg("periods", periods.join(", ")));
        }
    }
    found
}

/// Rows of a file whose id is the respondent's.
fn rows_of(source: &LoadedSource, headers: &[String], respondent: &str) -> usize {
    let Some(position) = headers.iter().find_map(|header| source.table.position(header)) else { return 0 };
    let chunks = source.table.chunks.iter();
    let held = chunks.map(|chunk| {
        // Numbers as the codebook reads them: the cell 7 of a workbook is the id `7`.
        let cells = RawCells::new(chunk.columns.get(position).and_then(Option::as_ref));
        let same = |row: &usize| cells.text(*row).is_some_and(|id| id.trim() == respondent);
        (0..chunk.rows.len()).filter(same).count()
    });
    held.sum()
}

fn is_text(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    matches!(ending.as_deref(), Some("csv" | "tsv" | "txt"))
}

/// Cuts the rows of a respondent out of a text file and puts the file back whole; the number of rows.
fn cut(path: &Path, source: &RawSource, headers: &[String], respondent: &str, dry_run: bool) -> io::Result<usize> {
    let bytes = std::fs::read(path)?;
    let named = source.encoding.as_deref().and_then(encoding::by_name);
    let encoding = named.map_or_else(|| encoding::detect(&mut io::Cursor::new(&bytes)), Ok)?;
    // Separators are single bytes in every other encoding of text files.
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Ok(0);
    }
    let named = source.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok());
    let candidates = named.map_or_else(|| SEPARATORS.to_vec(), |delimiter| vec![delimiter]);
    for delimiter in candidates {
        if let Some((kept, rows)) = without(&bytes, delimiter, encoding, headers, respondent) {
            if rows > 0 && !dry_run {
                rewrite(path, &kept)?;
            }
            return Ok(rows);
        }
    }
    Ok(0)
}

/// The bytes without the records of a respondent, and how many there were. None if no record holds a header of the id under this
/// separator.
fn without(
    bytes: &[u8],
    delimiter: u8,
    encoding: &'static Encoding,
    headers: &[String],
    respondent: &str,
) -> Option<(Vec<u8>, usize)> {
    let text = |field: &[u8]| {
        let decoded = encoding.decode_without_bom_handling(field).0;
        decoded.trim_start_matches('\u{feff}').trim().to_owned()
    };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes);
    let mut record = csv::ByteRecord::new();
    let (mut kept, mut from, mut rows, mut position) = (Vec::with_capacity(bytes.len()), 0, 0, None);
    loop {
        let start = usize::try_from(reader.position().byte()).ok()?;
        if !reader.read_byte_record(&mut record).ok()? {
            break;
        }
        let end = usize::try_from(reader.position().byte()).ok()?;
        match position {
            None => position = record.iter().position(|field| headers.contains(&text(field))),
            Some(at) if record.get(at).is_some_and(|field| text(field) == respondent) => {
                kept.extend_from_slice(&bytes[from..start]);
                (from, rows) = (end, rows + 1);
            }
            Some(_) => {}
        }
    }
    kept.extend_from_slice(&bytes[from..]);
    // The reader takes the second half of a line break with the record after it.
    if from == bytes.len() && kept.ends_with(b"\r") {
        kept.push(b'\n');
    }
    position.map(|_| (kept, rows))
}

/// Writes a file anew, whole or not at all, with the owner and the rights that it has; behind a link, the file that it leads to.
fn rewrite(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let held = std::fs::metadata(&path)?;
    let mut staged = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
    staged.write_all(content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let fresh = staged.as_file().metadata()?;
        if (fresh.uid(), fresh.gid()) != (held.uid(), held.gid()) {
            fchown(staged.as_file(), Some(held.uid()), Some(held.gid()))?;
        }
    }
    staged.as_file().set_permissions(held.permissions())?;
    staged.as_file().sync_all()?;
    staged.persist(&path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// The data files of all releases, each with the digests that they were made of.
fn recorded_files(places: &Places) -> BTreeSet<(String, String)> {
    let recorded = releases(places).flat_map(|release| release.numbers.inputs);
    recorded.map(|input| (input.file, input.sha256)).collect()
}

/// The releases with a data file of which this is true, by its name and digest, as `2026-01 r2`.
fn published_from(places: &Places, is_one: &dyn Fn(&str, &str) -> bool) -> BTreeSet<String> {
    let holds = |release: &Release| release.numbers.inputs.iter().any(|input| is_one(&input.file, &input.sha256));
    releases(places).filter(holds).map(|release| format!("{} r{}", release.period, release.revision)).collect()
}

/// Every release that can be read.
fn releases(places: &Places) -> impl Iterator<Item = Release> {
    let folders = std::fs::read_dir(places.out().join("releases")).into_iter().flatten().filter_map(Result::ok);
    let periods = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<Period>().ok());
    periods.flat_map(move |period| {
        let revisions = 1..=places.newest_revision(period).unwrap_or_default();
        revisions.filter_map(move |revision| Release::read(&places.revision(period, revision)).ok().flatten())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use encoding_rs::{GB18030, UTF_8};

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_rights_and_a_link_its_target() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("kept/a.csv"), folder.path().join("b.csv"));
        std::fs::create_dir(folder.path().join("kept")).unwrap();
        std::fs::write(&target, "id\nA1\nA2\n").unwrap();
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
        symlink("kept/a.csv", &link).unwrap();
        let owner = std::fs::metadata(&target).unwrap().uid();
        let source: RawSource = serde_json::from_str(r#"{ "file": "b.csv" }"#).unwrap();
        assert_eq!(cut(&link, &source, &["id".to_owned()], "A2", false).unwrap(), 1);
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "id\nA1\n");
        let held = std::fs::metadata(&target).unwrap();
        assert_eq!((held.permissions().mode() & 0o777, held.uid()), (0o640, owner));
        assert_eq!(std::fs::read_dir(folder.path().join("kept")).unwrap().count(), 1);
    }

    #[test]
    fn only_the_rows_of_the_respondent_are_cut() {
        let headers = ["编号".to_owned()];
        let text = "编号,意见\r\nA1,\"两行\r\n,A2\"\r\nA2,好\r\nA20,可以\r\n A2 ,\"再\"\"来\"\r\nA3,完";
        let wanted = "编号,意见\r\nA1,\"两行\r\n,A2\"\r\nA20,可以\r\nA3,完";
        for encoding in [UTF_8, GB18030] {
            let (bytes, ..) = encoding.encode(text);
            let (kept, rows) = without(&bytes, b',', encoding, &headers, "A2").unwrap();
            assert_eq!((encoding.decode(&kept).0.as_ref(), rows), (wanted, 2));
        }
        let marked = format!("\u{feff}{text}");
        let (kept, rows) = without(marked.as_bytes(), b',', UTF_8, &headers, "A3").unwrap();
        assert_eq!(rows, 1);
        assert!(String::from_utf8(kept).unwrap().ends_with("\"再\"\"来\"\r\n"));
        assert_eq!(without(text.as_bytes(), b';', UTF_8, &headers, "A2"), None);
    }

    /// A workbook holds ids as numbers, which are no other ids for that.
    #[test]
    fn ids_that_are_numbers_are_found() {
        use crate::data::testing::source;
        use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array};
        let mut file = source("a.xlsx", "序号|x\n7|1\n70|2");
        let numbers: [ArrayRef; 3] = [
            std::sync::Arc::new(Float64Array::from(vec![Some(7.0), None])),
            std::sync::Arc::new(Int64Array::from(vec![7, 70])),
            std::sync::Arc::new(Float64Array::from(vec![7.5, 7.0])),
        ];
        let headers = ["序号".to_owned()];
        assert_eq!(rows_of(&file, &headers, "7"), 1);
        for column in numbers {
            file.table.chunks[0].columns[0] = Some(column);
            assert_eq!((rows_of(&file, &headers, "7"), rows_of(&file, &headers, "7.0")), (1, 0));
        }
    }
}
