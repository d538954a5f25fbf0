//! Removes a respondent from the files of a project: rows of text files are cut out byte by byte, all others stay as they are;
//! what cannot be changed, files of other formats and published documents, is named.

mod search;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::config::{Period, Project};
use crate::data::readers::cut::without_rows;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, io_problem};
use crate::output::manifest::sha256_hex;
use crate::runs::inputs::hash;
use crate::runs::numbers::InputRecord;
use crate::runs::one_file::{names_elsewhere, rewrite};
use crate::runs::purge::search::{Held, find};
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
        let names = held.iter().map(|held| format!("`{}`", held.file)).collect::<Vec<_>>().join(", ");
        let mut several = Diagnostic::error(&messages::SEVERAL_PEOPLE).arg("count", held.len()).arg("files", names);
        several = several.arg("respondent", respondent).key("data.id");
        // Who only looks may see them all.
        if dry_run {
            several.level = Level::Warning;
        }
        diagnostics.push(several);
        if !dry_run {
            let refused = |held: Held| Holding { file: held.file, rows: held.rows.len(), removable: false };
            return held.into_iter().map(refused).collect();
        }
    }
    let made = made_of_files(project, places, diagnostics);
    let mut found = Vec::new();
    for held in &held {
        let elsewhere = names_elsewhere(&held.paths());
        let done = cut(held, respondent, dry_run);
        found.push(Holding { file: held.file.clone(), rows: held.rows.len(), removable: done.is_ok() });
        if done.is_ok() && elsewhere > 0 {
            let copies = Diagnostic::warning(&messages::NAMES_ELSEWHERE).arg("file", &held.file);
            diagnostics.push(copies.arg("count", elsewhere));
        }
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

/// Cuts the rows of a respondent out of a text file and puts the file back whole; what is wrong where it cannot be, and then nothing is
/// changed.
fn cut(held: &Held, respondent: &str, dry_run: bool) -> Result<(), Box<Diagnostic>> {
    let file = held.file.as_str();
    let failed = |error: io::Error| {
        let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", "purge").arg("place", file);
        Box::new(problem.words("problem", io_problem(&error)))
    };
    let other_format = || Box::new(Diagnostic::error(&messages::NOT_PURGED).arg("file", file));
    if held.rows.iter().any(|(sheet, _)| sheet.is_some()) {
        return Err(other_format());
    }
    let paths = held.paths();
    let bytes = fs::read(paths.first().copied().unwrap_or(Path::new(file))).map_err(failed)?;
    if sha256_hex(&bytes) != held.sha256 {
        return Err(Box::new(Diagnostic::error(&messages::INPUT_CHANGING).arg("file", file)));
    }
    let rows = held.rows.iter().map(|(_, row)| *row).collect();
    let is_one = |field: &str| field.trim_start_matches('\u{feff}').trim() == respondent;
    let kept = without_rows(&bytes, (&held.source, file), &rows, &is_one).map_err(failed)?;
    let kept = kept.ok_or_else(other_format)?;
    if dry_run { Ok(()) } else { rewrite(&held.id, &paths, &kept).map_err(failed) }
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
fn name_what_was_made(made: &[Made], held: &[Held], diagnostics: &mut Diagnostics) {
    // A file keeps its name when it is corrected: every revision that was made of it may have counted the person.
    let is_held = |file: &String| held.iter().any(|held| held.names.contains_key(file));
    let counted = |made: &Made| made.inputs.iter().any(|input| is_held(&input.file));
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::load_project;
    use encoding_rs::GB18030;

    /// A file that is not what it was when the row was found is left alone.
    #[test]
    fn a_file_that_changed_is_not_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "id\nA1\n").unwrap();
        let held = Held {
            file: "a.csv".to_owned(),
            id: crate::runs::one_file::file_id(&path),
            names: BTreeMap::from([("a.csv".to_owned(), path.clone())]),
            source: serde_json::from_str(r#"{ "file": "a.csv" }"#).unwrap(),
            sha256: sha256_hex(b"id\nA1\nA2\n"),
            rows: BTreeSet::from([(None, 2)]),
        };
        assert_eq!(cut(&held, "A1", false).unwrap_err().message.code, "M0993");
        assert_eq!(fs::read_to_string(&path).unwrap(), "id\nA1\n");
    }

    /// A link and a hard link beside a file that they lead to are no more people than one.
    #[cfg(unix)]
    #[test]
    fn a_file_with_three_names_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("manyi.yaml"), "manyi: 1\nproject: { title: 店 }\ndata: { sources: [{ file: '*.csv' }], id: id }\ncolumns: { id: { type: text } }\n").unwrap();
        fs::write(path("a.csv"), "id\nA1\nA2\n").unwrap();
        std::os::unix::fs::symlink("a.csv", path("b.csv")).unwrap();
        fs::hard_link(path("a.csv"), path("c.csv")).unwrap();
        fs::hard_link(path("a.csv"), path("a.kept")).unwrap();
        let project = load_project(folder.path(), &mut Diagnostics::new()).unwrap();
        let places = Places::new(path("out"));
        let purged = |respondent: &str, files: &PurgedFiles| {
            let mut diagnostics = Diagnostics::new();
            let found = purge(&project, &places, respondent, files, false, &mut diagnostics);
            let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
            (found.iter().map(|held| (held.file.clone(), held.rows, held.removable)).collect::<Vec<_>>(), codes)
        };
        // The fourth name is in no data source and keeps everything.
        assert_eq!(purged("A2", &PurgedFiles::One), (vec![("a.csv".to_owned(), 1, true)], vec!["M1008"]));
        let read = |name: &str| fs::read_to_string(path(name)).unwrap();
        assert_eq!(["a.csv", "b.csv", "c.csv"].map(read), ["id\nA1\n"; 3]);
        assert_eq!(read("a.kept"), "id\nA1\nA2\n");
        assert!(path("b.csv").is_symlink());
        // Named by any of its names it is cut under all.
        let named = PurgedFiles::Named(vec!["b.csv".to_owned()]);
        assert_eq!(purged("A1", &named), (vec![("b.csv".to_owned(), 1, true)], vec![]));
        assert_eq!(["a.csv", "b.csv", "c.csv"].map(read), ["id\n"; 3]);
    }

    /// Somebody would sign that a person is gone of whom nobody knows.
    #[test]
    fn a_file_without_the_column_is_not_free_of_anybody() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
        write(
            "manyi.yaml",
            "manyi: 1
project: { title: 店 }
data: { sources: [{ file: a.csv }, { file: b.csv }, { file: empty.csv }], id: id }
columns: { id: { type: text, from: [编号, 序号] } }
tables: { visits: { data: { sources: [{ file: visits.csv }] }, columns: { phone: { type: text } } } }
",
        );
        write("a.csv", "序号,x\nA1,1\nA2,2\n");
        write("b.csv", "编  号,x\nA1,1\n");
        write("empty.csv", "x\n");
        write("visits.csv", "phone\n13800000000\n");
        let project = load_project(folder.path(), &mut Diagnostics::new()).unwrap();
        let places = Places::new(folder.path().join("out"));
        let purged = |respondent: &str, files: &PurgedFiles| {
            let mut diagnostics = Diagnostics::new();
            let found = purge(&project, &places, respondent, files, false, &mut diagnostics);
            // That one of the files has no answers is said, too.
            diagnostics.retain(|found| found.message.code != "M0263");
            let said: Vec<_> = diagnostics.iter().map(|found| (found.message.code, found.level)).collect();
            let place = diagnostics.iter().find_map(|found| found.location.clone());
            (found.len(), said, place.map(|place| place.file))
        };
        let (id, table) = (("M1006", Level::Error), ("M1007", Level::Warning));
        let in_b = Some("b.csv".to_owned());
        assert_eq!(purged("A2", &PurgedFiles::One), (1, vec![id, table], in_b.clone()));
        assert_eq!(purged("A2", &PurgedFiles::One), (0, vec![id, table], in_b));
        // Who names files answers for the others.
        let named = PurgedFiles::Named(vec!["a.csv".to_owned()]);
        assert_eq!(purged("A2", &named).1, [("M0983", Level::Warning)]);
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
}
