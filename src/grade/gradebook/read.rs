//! The gradebook read back: what the teacher wrote, by student and column.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use super::state::Memory;
use super::workbook::address;
use super::{Column, Entries, GRADEBOOK_FILE, columns, teachers_columns};
use crate::config::raw::FileFormat;
use crate::data::readers::workbook::{Failure, Workbook};
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, LocalizedTexts, Location, io_problem, lang_texts};
use crate::grade::course::Course;
use crate::grade::rubric::TAKEN;
use crate::render::docx::package::Package;

/// What stands in a gradebook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Entries by the key of the student.
    pub rows: BTreeMap<String, Entries>,
    /// Names by key, for those who left the class.
    pub names: BTreeMap<String, String>,
    /// Who saved it last, as the file says.
    pub by: Option<String>,
    /// Columns that the rubric does not know: of criteria that are gone, and the teacher's own.
    pub others: Vec<Column>,
}

/// Beginning of the ids of the teacher's own columns.
const OWN: &str = "own.";

/// Most rows and columns that are read.
const MOST: u32 = 20_000;

/// Reads the gradebook; `memory` says what stood in it. `None` after an error: nothing may be written then.
pub fn read_gradebook(course: &Course, memory: &Memory, diagnostics: &mut Diagnostics) -> Option<Written> {
    let path = course.root.join(GRADEBOOK_FILE);
    if !path.exists() {
        return Some(Written::default());
    }
    let cells = match cells_of(&path) {
        Ok(cells) => cells,
        Err(problem) => {
            diagnostics.push(
                Diagnostic::error(&messages::GRADEBOOK_UNREADABLE)
                    .arg("file", GRADEBOOK_FILE)
                    .words("problem", problem),
            );
            return None;
        }
    };
    let mut ids: BTreeMap<String, u32> =
        cells.iter().filter(|((row, _), _)| *row == 0).map(|((_, column), id)| (id.clone(), *column)).collect();
    let mut teachers = teachers_columns(course);
    // A criterion that is new has no column yet; one with decisions in it must have.
    let needed = teachers.iter().map(String::as_str).filter(|id| memory.knows(id)).chain(["key"]);
    let mut complete = true;
    for id in needed.filter(|id| !ids.contains_key(*id)) {
        complete = false;
        let missing = Diagnostic::error(&messages::GRADEBOOK_HEAD).arg("column", id);
        diagnostics.push(missing.at(Location::file(GRADEBOOK_FILE)));
    }
    if !complete {
        return None;
    }
    let last = cells.keys().map(|(row, _)| *row).max().unwrap_or_default();
    let others = other_columns(course, &cells, &mut ids);
    teachers.extend(others.iter().map(|column| column.id.clone()));
    let mut written = Written { by: last_author(&path), others, ..Written::default() };
    for row in 2..=last {
        let cell = |id: &str| ids.get(id).and_then(|column| cells.get(&(row, *column))).cloned().unwrap_or_default();
        let key = cell("key");
        if key.is_empty() {
            continue;
        }
        let mut entries = Entries::new();
        for id in &teachers {
            let value = cell(id).trim().to_owned();
            if !value.is_empty() {
                let column = ids.get(id).and_then(|column| u16::try_from(*column).ok()).unwrap_or_default();
                check(course, id, &value, (row, column, &cell("name")), diagnostics);
                entries.insert(id.clone(), value);
            }
        }
        written.names.insert(key.clone(), cell("name"));
        written.rows.insert(key, entries);
    }
    Some(written)
}

/// Columns with something in them that the rubric does not know; those without an id get one.
fn other_columns(
    course: &Course,
    cells: &BTreeMap<(u32, u32), String>,
    ids: &mut BTreeMap<String, u32>,
) -> Vec<Column> {
    let known: BTreeSet<String> = columns(course, Lang::En).into_iter().map(|column| column.id).collect();
    let used: BTreeSet<u32> =
        cells.iter().filter(|((row, _), text)| *row > 0 && !text.trim().is_empty()).map(|((_, at), _)| *at).collect();
    let mut others = Vec::new();
    for at in used {
        let cell = |row: u32| cells.get(&(row, at)).map(|text| text.trim().to_owned()).unwrap_or_default();
        let mut id = cell(0);
        if id.is_empty() {
            let free = (1..).map(|number: u32| format!("{OWN}{number}")).find(|id| !ids.contains_key(id));
            id = free.unwrap_or_default();
            ids.insert(id.clone(), at);
        }
        let teachers = id.starts_with(OWN) || id.ends_with(".teacher") || id.ends_with(".comment");
        if teachers && !known.contains(&id) && ids.get(&id) == Some(&at) {
            others.push(Column { id, title: cell(1), teachers: true });
        }
    }
    others
}

fn cells_of(path: &Path) -> Result<BTreeMap<(u32, u32), String>, LocalizedTexts> {
    let damaged = |failure: Failure| match failure {
        Failure::Encrypted => lang_texts("文件已加密", "it is encrypted"),
        Failure::Broken(problem) => lang_texts(problem.clone(), problem),
        Failure::TooLarge(reason) => reason,
        Failure::FarApart(..) => lang_texts("单元格相距过远", "its cells are too far apart"),
        Failure::TooFull(..) => lang_texts("单元格过多", "it has too many cells"),
    };
    let file = File::open(path).map_err(|error| io_problem(&error))?;
    let mut book = Workbook::open(file, FileFormat::Xlsx).map_err(damaged)?;
    let sheet = book.sheets().into_iter().next().ok_or_else(|| lang_texts("没有工作表", "it has no sheet"))?;
    let mut cells = BTreeMap::new();
    let mut visit = |row: u32, column: u32, content: crate::data::readers::workbook::Content<'_>| {
        if row < MOST
            && column < MOST
            && let Ok(cell) = content
        {
            cells.insert((row, column), cell.text().into_owned());
        }
        ControlFlow::Continue(())
    };
    book.each_cell(&sheet, &mut visit).map_err(damaged)?;
    Ok(cells)
}

/// Values that are no score are kept and reported.
fn check(course: &Course, id: &str, value: &str, (row, column, name): (u32, u16, &str), diagnostics: &mut Diagnostics) {
    let Some(criterion) = id.strip_suffix(".teacher") else { return };
    let known = course.rubric.criteria.iter().find(|held| held.id == criterion);
    if known.is_none() && !TAKEN.contains(&criterion) {
        return;
    }
    let most = known.map_or(100.0, |held| held.points);
    if value.parse::<f64>().is_ok_and(|number| (0.0..=most).contains(&number)) {
        return;
    }
    diagnostics.push(
        Diagnostic::warning(&messages::GRADEBOOK_VALUE)
            .arg("value", value)
            .arg("most", most)
            .arg("student", name)
            .arg("cell", address(row, column))
            .at(Location::row(GRADEBOOK_FILE, u64::from(row) + 1)),
    );
}

fn last_author(path: &Path) -> Option<String> {
    let package = Package::read(&std::fs::read(path).ok()?).ok()?;
    let core = package.xml("docProps/core.xml").ok()?;
    let held = core.child("cp:lastModifiedBy")?;
    let text = held.children.iter().find_map(|node| match node {
        crate::render::docx::xml::Node::Text(text) => Some(text.trim().to_owned()),
        crate::render::docx::xml::Node::Element(_) => None,
    });
    text.filter(|name| !name.is_empty())
}
