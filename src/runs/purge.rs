//! Removes a respondent from the files of a project: rows of text files are cut out byte by byte, all others stay as they are;
//! what cannot be changed, files of other formats and published documents, is named.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::config::raw::RawSource;
use crate::config::{Period, Project};
use crate::data::codebook::headers_of;
use crate::data::rawcells::RawCells;
use crate::data::readers::cut::without_rows;
use crate::data::sources::{LoadedSource, expand, load_raw};
use crate::diagnostics::messages::{readers, runs as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, io_problem};
use crate::output::manifest::sha256_hex;
use crate::output::publish::sync_folder;
use crate::runs::inputs::hash;
use crate::runs::numbers::InputRecord;
use crate::runs::record::Release;
use crate::runs::release::Places;
use crate::runs::work::Work;

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

/// The rows of the respondent in a file.
struct Held {
    path: PathBuf,
    source: RawSource,
    /// SHA-256 of the file when the rows were found.
    sha256: String,
    /// Sheet, for workbooks, and number of each row.
    rows: BTreeSet<(Option<String>, u32)>,
}

/// Removes every row whose id is `respondent`; with `dry_run` only says which. What was made of the files, released or not, is named.
pub fn purge(
    project: &Project,
    places: &Places,
    respondent: &str,
    files: &PurgedFiles,
    dry_run: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Holding> {
    if project.raw.data.id.is_none() {
        diagnostics.push(Diagnostic::error(&messages::NO_ID).at(project.at("data")).key("data.id"));
        return Vec::new();
    }
    let held = find(project, respondent, files, diagnostics);
    // People of a panel come again in every wave, under one id.
    let panel = project.raw.data.design.as_ref().and_then(|design| design.panel.as_ref());
    let several =
        *files == PurgedFiles::One && held.len() > 1 && (panel.is_none() || panel != project.raw.data.id.as_ref());
    if several {
        let names = held.keys().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", ");
        let mut several = Diagnostic::error(&messages::SEVERAL_PEOPLE).arg("count", held.len()).arg("files", names);
        several = several.arg("respondent", respondent).key("data.id");
        // Who only looks may see them all.
        if dry_run {
            several.level = Level::Warning;
        }
        diagnostics.push(several);
        if !dry_run {
            let refused = |(file, held): (String, Held)| Holding { file, rows: held.rows.len(), removable: false };
            return held.into_iter().map(refused).collect();
        }
    }
    let made = made_of_files(project, places, diagnostics);
    let mut found = Vec::new();
    for (file, held) in &held {
        let done = cut(file, held, respondent, dry_run);
        found.push(Holding { file: file.clone(), rows: held.rows.len(), removable: done.is_ok() });
        diagnostics.extend(done.err().map(|problem| *problem));
        // The same answers as numbers, in a file of their own that is read beside this one.
        let twin = held.source.codes_file.iter();
        diagnostics.extend(twin.map(|codes| Diagnostic::error(&messages::NOT_PURGED).arg("file", codes)));
    }
    if found.is_empty() && !diagnostics.has_errors() {
        diagnostics.push(Diagnostic::warning(&messages::NOBODY));
    }
    name_what_was_made(&made, &held, diagnostics);
    found
}

/// The files that hold the respondent.
fn find(
    project: &Project,
    respondent: &str,
    files: &PurgedFiles,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, Held> {
    let views = project.raw.tables.keys().filter_map(|name| project.of_table(name));
    let views: Vec<Project> = std::iter::once(project.clone()).chain(views).collect();
    let mut found: IndexMap<String, Held> = IndexMap::new();
    let mut known = BTreeSet::new();
    for view in &views {
        let Some(id) = &view.raw.data.id else { continue };
        let Some(column) = view.raw.columns.get(id) else { continue };
        let headers = headers_of(id, column);
        let wanted: HashSet<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let paths: BTreeMap<String, (PathBuf, RawSource)> = expand(view, &mut Diagnostics::new())
            .into_iter()
            .map(|file| (file.shown, (file.path, file.source)))
            .collect();
        known.extend(paths.keys().cloned());
        for source in load_raw(view, Some(&wanted), diagnostics) {
            let file = &source.table.file;
            if matches!(files, PurgedFiles::Named(named) if !named.contains(file)) {
                continue;
            }
            let rows = rows_of(&source, &headers, respondent);
            let Some((path, declared)) = paths.get(file).filter(|_| !rows.is_empty()) else { continue };
            let held = found.entry(file.clone()).or_insert_with(|| Held {
                path: path.clone(),
                source: declared.clone(),
                sha256: source.table.sha256.clone(),
                rows: BTreeSet::new(),
            });
            held.rows.extend(rows.into_iter().map(|row| (source.table.sheet.clone(), row)));
        }
    }
    let named = if let PurgedFiles::Named(named) = files { named.as_slice() } else { &[] };
    for file in named.iter().filter(|file| !known.contains(*file)) {
        let unknown = Diagnostic::error(&readers::PATTERN_WITHOUT_MATCH).arg("pattern", file);
        diagnostics.push(unknown.suggest(file, known.iter().map(String::as_str)));
    }
    found
}

/// Numbers of the rows of a file whose id is the respondent's.
fn rows_of(source: &LoadedSource, headers: &[&str], respondent: &str) -> Vec<u32> {
    let Some(position) = headers.iter().find_map(|header| source.table.position(header)) else { return Vec::new() };
    let mut found = Vec::new();
    for chunk in &source.table.chunks {
        // Numbers as the codebook reads them: the cell 7 of a workbook is the id `7`.
        let cells = RawCells::new(chunk.columns.get(position).and_then(Option::as_ref));
        let same = |index: usize| cells.text(index).is_some_and(|id| id.trim() == respondent);
        found.extend(chunk.rows.iter().enumerate().filter(|(index, _)| same(*index)).map(|(_, row)| *row));
    }
    found
}

/// Cuts the rows of a respondent out of a text file and puts the file back whole; what is wrong where it cannot be, and then nothing is
/// changed.
fn cut(file: &str, held: &Held, respondent: &str, dry_run: bool) -> Result<(), Box<Diagnostic>> {
    let failed = |error: io::Error| {
        let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", "purge").arg("place", file);
        Box::new(problem.words("problem", io_problem(&error)))
    };
    let other_format = || Box::new(Diagnostic::error(&messages::NOT_PURGED).arg("file", file));
    if held.rows.iter().any(|(sheet, _)| sheet.is_some()) {
        return Err(other_format());
    }
    let bytes = fs::read(&held.path).map_err(failed)?;
    if sha256_hex(&bytes) != held.sha256 {
        return Err(Box::new(Diagnostic::error(&messages::INPUT_CHANGING).arg("file", file)));
    }
    let rows = held.rows.iter().map(|(_, row)| *row).collect();
    let is_one = |field: &str| field.trim_start_matches('\u{feff}').trim() == respondent;
    let kept = without_rows(&bytes, (&held.source, file), &rows, &is_one).map_err(failed)?;
    let kept = kept.ok_or_else(other_format)?;
    if dry_run { Ok(()) } else { rewrite(&held.path, &kept).map_err(failed) }
}

/// Writes a file anew, whole or not at all, with the owner and the rights that it has; behind a link, the file that it leads to.
fn rewrite(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let held = fs::metadata(&path)?;
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

/// What was made of the data files: a release, or work on one that is held or was interrupted.
struct Made {
    /// Such as `2026-01 r2`; of work the period alone.
    name: String,
    released: bool,
    inputs: Vec<InputRecord>,
    /// True if one of the files is not what it was then. Nobody knows who stood in it, perhaps this command cut it.
    of_others: bool,
}

/// Everything that was made, as the files are now. Releases that cannot be read are said.
fn made_of_files(project: &Project, places: &Places, diagnostics: &mut Diagnostics) -> Vec<Made> {
    let mut made = Vec::new();
    let mut on_disk: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut add = |name: String, released: bool, inputs: Vec<InputRecord>| {
        let is_other = |input: &InputRecord| {
            let now = on_disk.entry(input.file.clone()).or_insert_with(|| hash(&project.path(&input.file)).ok());
            now.as_ref() != Some(&input.sha256)
        };
        let of_others = inputs.iter().any(is_other);
        made.push(Made { name, released, inputs, of_others });
    };
    for period in places.periods() {
        for revision in places.all_revisions(period) {
            match Release::read(&places.revision(period, revision)) {
                Ok(Some(release)) => add(format!("{period} r{revision}"), true, release.numbers.inputs),
                Ok(None) => {}
                Err(mut damage) => {
                    damage.level = Level::Warning;
                    diagnostics.push(*damage);
                }
            }
        }
    }
    let left = fs::read_dir(places.state()).into_iter().flatten().filter_map(Result::ok);
    let mut left: Vec<Period> = left.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    left.sort_unstable();
    for period in left {
        if let Some(numbers) = Work::look(places.work(period), period).progress.numbers {
            add(period.to_string(), false, numbers.inputs);
        }
    }
    made
}

/// Says what may hold the respondent still.
fn name_what_was_made(made: &[Made], held: &IndexMap<String, Held>, diagnostics: &mut Diagnostics) {
    // A file keeps its name when it is corrected: every revision that was made of it may have counted the person.
    let counted = |made: &Made| made.inputs.iter().any(|input| held.contains_key(&input.file));
    let named = |is_one: &dyn Fn(&Made) -> bool| {
        let names = made.iter().filter(|made| is_one(made)).map(|made| made.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    for (message, periods) in [
        (&messages::PUBLISHED_ANYWAY, named(&|made| made.released && counted(made))),
        (&messages::PUBLISHED_BEFORE, named(&|made| made.released && !counted(made) && made.of_others)),
        (&messages::STAGED_ANYWAY, named(&|made| !made.released && (counted(made) || made.of_others))),
    ] {
        if !periods.is_empty() {
            diagnostics.push(Diagnostic::warning(message).arg("periods", periods));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::load_project;
    use encoding_rs::GB18030;

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_rights_and_a_link_its_target() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("kept/a.csv"), folder.path().join("b.csv"));
        fs::create_dir(folder.path().join("kept")).unwrap();
        fs::write(&target, "id\nA1\nA2\n").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("kept/a.csv", &link).unwrap();
        let owner = fs::metadata(&target).unwrap().uid();
        let held = Held {
            path: link.clone(),
            source: serde_json::from_str(r#"{ "file": "b.csv" }"#).unwrap(),
            sha256: sha256_hex(b"id\nA1\nA2\n"),
            rows: BTreeSet::from([(None, 3)]),
        };
        cut("b.csv", &held, "A2", false).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "id\nA1\n");
        let now = fs::metadata(&target).unwrap();
        assert_eq!((now.permissions().mode() & 0o777, now.uid()), (0o640, owner));
        assert_eq!(fs::read_dir(folder.path().join("kept")).unwrap().count(), 1);
        // It is not what it was when the row was found.
        assert_eq!(cut("b.csv", &held, "A1", false).unwrap_err().message.code, "M0993");
    }

    /// The id is looked for under `ID` first, wherever that column stands; 弢 is 8F 7C in GBK, and 7C is `|`.
    #[test]
    fn of_two_columns_that_may_be_the_id_the_first_named_counts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
        write(
            "manyi.yaml",
            "manyi: 1
project: { title: 店 }
data: { sources: [{ file: a.csv, encoding: gbk, delimiter: '|' }, { file: b.csv }], id: id }
columns: { id: { type: text, from: [ID, 序号] } }
"
            .as_bytes(),
        );
        let text = "序号|姓名|ID\n7|弢|70\n8|弢|7\n9|弢|9\n";
        write("a.csv", &GB18030.encode(text).0);
        let wide: Vec<u8> = "ID,x\r\nZ1,1\r\nZ2,2\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        write("b.csv", &wide);
        let project = load_project(folder.path(), &mut Diagnostics::new()).unwrap();
        let places = Places::new(folder.path().join("out"));
        let purged = |respondent: &str| {
            let mut diagnostics = Diagnostics::new();
            let found = purge(&project, &places, respondent, &PurgedFiles::One, false, &mut diagnostics);
            let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
            (found.iter().map(|held| (held.file.clone(), held.rows, held.removable)).collect::<Vec<_>>(), codes)
        };
        assert_eq!(purged("7"), (vec![("a.csv".to_owned(), 1, true)], vec![]));
        let left = fs::read(folder.path().join("a.csv")).unwrap();
        assert_eq!(GB18030.decode(&left).0, text.replace("8|弢|7\n", ""));
        assert_eq!(purged("7"), (vec![], vec!["M0983"]));
        // What cannot be changed is as it was.
        assert_eq!(purged("Z1"), (vec![("b.csv".to_owned(), 1, false)], vec!["M0985"]));
        assert_eq!(fs::read(folder.path().join("b.csv")).unwrap(), wide);

        // Work that is held was made of the file, and a release that cannot be read may have been.
        fs::create_dir_all(places.revision("2026-01".parse().unwrap(), 1)).unwrap();
        write("out/releases/2026-01/r1/release.json", b"{");
        fs::create_dir_all(places.work("2026-02".parse().unwrap())).unwrap();
        let progress = serde_json::json!({ "files": "f", "reports": {}, "numbers": {
            "period": "2026-02", "inputs": [{ "file": "a.csv", "sha256": sha256_hex(&left), "rows": 2 }], "answers": 2,
            "newest": null, "tables": [], "metrics": [], "estimates": [], "findings": [], "content": "c",
        }});
        write("out/.manyi/2026-02/state.json", progress.to_string().as_bytes());
        assert_eq!(purged("9"), (vec![("a.csv".to_owned(), 1, true)], vec!["M0982", "M0190"]));
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
        assert_eq!(rows_of(&file, &["序号"], "7"), [2]);
        for column in numbers {
            file.table.chunks[0].columns[0] = Some(column);
            assert_eq!((rows_of(&file, &["序号"], "7").len(), rows_of(&file, &["序号"], "7.0").len()), (1, 0));
        }
    }
}
