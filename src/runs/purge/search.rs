//! Looks for a respondent in the files of a project: which file, each under all its names, has which rows; and which files could not be
//! searched, so that nobody takes them for free of the person.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::PurgedFiles;
use crate::config::Project;
use crate::config::raw::{RawColumn, RawSource};
use crate::data::codebook::headers_of;
use crate::data::rawcells::RawCells;
use crate::data::sources::{LoadedSource, SourceFile, expand, load_raw};
use crate::diagnostics::messages::{readers, runs as messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Location};
use crate::runs::one_file::{FileId, file_id};

/// Names that a file is found by, as they are shown, with their paths.
pub(super) type Names = BTreeMap<String, PathBuf>;

/// The rows of the respondent in a file.
pub(super) struct Held {
    /// The name under which it was read first.
    pub file: String,
    /// Which file it is.
    pub id: FileId,
    /// All of them.
    pub names: Names,
    /// How it is read.
    pub source: RawSource,
    /// SHA-256 of the file when the rows were found.
    pub sha256: String,
    /// Sheet, for workbooks, and number of each row.
    pub rows: BTreeSet<(Option<String>, u32)>,
}

impl Held {
    pub(super) fn paths(&self) -> Vec<&Path> {
        self.names.values().map(PathBuf::as_path).collect()
    }
}

/// The files that hold the respondent, in the order in which they are read. What could not be searched is said.
pub(super) fn find(
    project: &Project,
    respondent: &str,
    files: &PurgedFiles,
    diagnostics: &mut Diagnostics,
) -> Vec<Held> {
    let views = project.raw.tables.keys().filter_map(|name| project.of_table(name));
    let views = std::iter::once(project.clone()).chain(views).map(|project| View::of(project, files));
    let views: Vec<View> = views.collect();
    let mut names: HashMap<FileId, Names> = HashMap::new();
    for (shown, file) in views.iter().flat_map(|view| &view.declared) {
        names.entry(file_id(&file.path)).or_default().insert(shown.clone(), file.path.clone());
    }
    let mut found = Found::default();
    for view in &views {
        match view.id() {
            Some((id, column)) if column.is_read() && view.is_of_respondents(project) => {
                found.search(view, (id, column), respondent, &names, diagnostics);
            }
            id => found.leave(view, id.map(|(name, _)| name), diagnostics),
        }
    }
    // The answers of a survey may be read once more as another table, of which each row has an id of its own.
    let Found { held, searched, left } = found;
    let left = left.into_iter().filter(|(files, _)| !files.is_subset(&searched));
    diagnostics.extend(left.map(|(_, problem)| problem));
    let named = if let PurgedFiles::Named(named) = files { named.as_slice() } else { &[] };
    let known: BTreeSet<&str> = names.values().flatten().map(|(shown, _)| shown.as_str()).collect();
    for file in named.iter().filter(|file| !known.contains(file.as_str())) {
        let unknown = Diagnostic::error(&readers::PATTERN_WITHOUT_MATCH).arg("pattern", file);
        diagnostics.push(unknown.suggest(file, known.iter().copied()));
    }
    held.into_values().collect()
}

/// The survey, or a table beside it.
struct View<'a> {
    project: Project,
    /// All its files, by the names that they are shown by.
    declared: IndexMap<String, SourceFile>,
    files: &'a PurgedFiles,
}

impl<'a> View<'a> {
    fn of(project: Project, files: &'a PurgedFiles) -> Self {
        // What is wrong with a pattern is said when the files are read.
        let found = expand(&project, &mut Diagnostics::new()).into_iter();
        Self { declared: found.map(|file| (file.shown.clone(), file)).collect(), project, files }
    }

    /// The column that identifies a row.
    fn id(&self) -> Option<(&str, &RawColumn)> {
        let raw = &self.project.raw;
        let (name, column) = raw.columns.get_key_value(raw.data.id.as_ref()?)?;
        Some((name, column))
    }

    fn is_survey(&self) -> bool {
        self.project.table.is_empty()
    }

    /// True if its ids are those of the survey: others, such as numbers of tickets, are of nobody.
    fn is_of_respondents(&self, survey: &Project) -> bool {
        self.is_survey() || self.project.raw.data.id == survey.raw.data.id
    }

    /// True if rows of this file are asked for.
    fn is_asked(&self, file: &str) -> bool {
        !matches!(self.files, PurgedFiles::Named(named) if !named.iter().any(|named| named == file))
    }
}

/// What came of the search.
#[derive(Default)]
struct Found {
    held: IndexMap<FileId, Held>,
    searched: HashSet<FileId>,
    /// What to say of files unless they were searched for another table.
    left: Vec<(HashSet<FileId>, Diagnostic)>,
}

impl Found {
    /// Looks through the files of a table whose ids stand in a column of them.
    fn search(
        &mut self,
        view: &View<'_>,
        (id, column): (&str, &RawColumn),
        respondent: &str,
        names: &HashMap<FileId, Names>,
        diagnostics: &mut Diagnostics,
    ) {
        let headers = headers_of(id, column);
        let wanted: HashSet<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        for source in load_raw(&view.project, Some(&wanted), diagnostics) {
            let file = &source.table.file;
            let Some(declared) = view.declared.get(file).filter(|_| view.is_asked(file)) else { continue };
            let key = file_id(&declared.path);
            let Some(rows) = rows_of(&source, &headers, respondent) else {
                let problem = without_column(&source, id, &headers);
                match view.is_survey() {
                    true => diagnostics.push(problem),
                    false => self.left.push((HashSet::from([key]), problem)),
                }
                continue;
            };
            if view.is_survey() {
                self.searched.insert(key.clone());
            }
            if rows.is_empty() {
                continue;
            }
            let own = || Names::from([(file.clone(), declared.path.clone())]);
            let known = names.get(&key).cloned().unwrap_or_else(own);
            let held = self.held.entry(key.clone()).or_insert_with(|| Held {
                file: file.clone(),
                id: key,
                names: known,
                source: declared.source.clone(),
                sha256: source.table.sha256.clone(),
                rows: BTreeSet::new(),
            });
            held.rows.extend(rows.into_iter().map(|row| (source.table.sheet.clone(), row)));
        }
    }

    /// Passes over the files of a table that has no ids, or ids that stand in no file.
    fn leave(&mut self, view: &View<'_>, id: Option<&str>, diagnostics: &mut Diagnostics) {
        let asked = view.declared.iter().filter(|(file, _)| view.is_asked(file));
        let asked: HashSet<FileId> = asked.map(|(_, file)| file_id(&file.path)).collect();
        let project = &view.project;
        let placed = |problem: Diagnostic| problem.at(project.at("data.id")).key(project.key_path("data.id"));
        match id {
            Some(id) if view.is_survey() => {
                diagnostics.push(placed(Diagnostic::error(&messages::ID_IN_NO_FILE).arg("column", id)));
            }
            _ => {
                let problem = Diagnostic::warning(&messages::TABLE_WITHOUT_ID).arg("table", &project.table);
                self.left.push((asked, placed(problem)));
            }
        }
    }
}

/// Nobody can say that somebody does not stand in a file of which nobody knows whose its rows are.
fn without_column(source: &LoadedSource, id: &str, headers: &[&str]) -> Diagnostic {
    let file = &source.table.file;
    let shown = headers.iter().map(|header| format!("`{header}`")).collect::<Vec<_>>().join(", ");
    let known = source.table.headers.iter().map(|header| header.name.as_str());
    Diagnostic::error(&messages::ID_NOT_IN_FILE)
        .arg("file", file)
        .arg("column", id)
        .arg("headers", shown)
        .suggest(headers.first().copied().unwrap_or(id), known)
        .at(Location::file(file))
        .key(format!("columns.{id}"))
}

/// Numbers of the rows of a file whose id is the respondent's; none if it has no column with ids, unless it has no rows either.
fn rows_of(source: &LoadedSource, headers: &[&str], respondent: &str) -> Option<Vec<u32>> {
    let Some(position) = headers.iter().find_map(|header| source.table.position(header)) else {
        return (source.table.row_count() == 0).then(Vec::new);
    };
    let mut found = Vec::new();
    for chunk in &source.table.chunks {
        // Numbers as the codebook reads them: the cell 7 of a workbook is the id `7`.
        let cells = RawCells::new(chunk.columns.get(position).and_then(Option::as_ref));
        let same = |index: usize| cells.text(index).is_some_and(|id| id.trim() == respondent);
        found.extend(chunk.rows.iter().enumerate().filter(|(index, _)| same(*index)).map(|(_, row)| *row));
    }
    Some(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

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
        assert_eq!(rows_of(&file, &["序号"], "7").unwrap(), [2]);
        for column in numbers {
            file.table.chunks[0].columns[0] = Some(column);
            let found = ["7", "7.0"].map(|id| rows_of(&file, &["序号"], id).unwrap().len());
            assert_eq!(found, [1, 0]);
        }
    }

    fn said(tables: &str) -> Vec<&'static str> {
        let site = tempfile::tempdir().unwrap();
        let text = format!("manyi: 1\nproject: {{ title: 店 }}\n{tables}");
        std::fs::write(site.path().join("manyi.yaml"), text).unwrap();
        std::fs::write(site.path().join("a.csv"), "id,x\nA1,1\n").unwrap();
        std::fs::write(site.path().join("b.csv"), "phone,x\n13800000000,1\n").unwrap();
        let project = crate::config::load_project(site.path(), &mut Diagnostics::new()).unwrap();
        let mut diagnostics = Diagnostics::new();
        assert!(find(&project, "A2", &PurgedFiles::One, &mut diagnostics).is_empty());
        diagnostics.iter().map(|found| found.message.code).collect()
    }

    /// Rows of a table may have ids that are made of others; whose rows they are is known where the survey reads the same file.
    #[test]
    fn a_file_that_was_searched_for_the_survey_is_searched() {
        let survey =
            "data: { sources: [{ file: a.csv }], id: id }\ncolumns: { id: { type: text }, x: { type: text } }\n";
        let table = |file: &str| {
            format!(
                "{survey}tables: {{ more: {{ data: {{ sources: [{{ file: {file} }}], id: row }}, \
                 columns: {{ x: {{ type: text }}, row: {{ type: text, derive: \"x || 'r'\" }} }} }} }}\n"
            )
        };
        assert!(said(&table("a.csv")).is_empty());
        assert_eq!(said(&table("b.csv")), ["M1007"]);
        let derived = "data: { sources: [{ file: a.csv }], id: row }\n\
                       columns: { id: { type: text }, row: { type: text, derive: \"id || 'r'\" } }\n";
        assert_eq!(said(derived), ["M1009"]);
    }
}
