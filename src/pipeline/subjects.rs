//! What a report is repeated for: the groups of a column, all or those that are named, with the parameters that a table or a
//! list of the project has for each.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::raw::{RawForEach, RawForEachDetail};
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::document::material::Subject;
use crate::metrics::SegmentInfo;
use crate::pipeline::Measured;

/// Name of the parameter that becomes the name of the group.
const TITLE: &str = "title";

/// Parameters of the groups, by value.
type Parameters = BTreeMap<String, BTreeMap<String, Localized>>;

/// The groups that a report is repeated for, in the order of the column. `place` is the key path of the report, `segment` its
/// column with all groups. Unknown groups and tables are reported.
pub(super) fn subjects(
    measured: &Measured,
    each: &RawForEach,
    place: &str,
    segment: &SegmentInfo,
    only: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<Subject> {
    let project = &measured.project;
    let column = each.column();
    let known = || segment.groups.iter().map(|(value, _)| value.as_str());
    let is_known = |wanted: &String| segment.groups.iter().any(|(value, _)| value == wanted);
    let (named, parameters) = match each {
        RawForEach::Column(_) => (&[][..], None),
        RawForEach::Detailed(detail) => (detail.only.as_slice(), parameters(measured, detail, place, diagnostics)),
    };
    let unknown = |wanted: &String| {
        Diagnostic::error(&messages::NO_SUCH_GROUP)
            .arg("column", column)
            .arg("value", wanted)
            .suggest_cells(wanted, known())
    };
    for (index, wanted) in named.iter().enumerate().filter(|(_, wanted)| !is_known(wanted)) {
        let key = format!("{place}.for_each.only[{index}]");
        diagnostics.push(unknown(wanted).at(project.at(&key)).key(&key));
    }
    only.iter().filter(|wanted| !is_known(wanted)).for_each(|wanted| diagnostics.push(unknown(wanted)));
    let chosen =
        |value: &String| (named.is_empty() || named.contains(value)) && (only.is_empty() || only.contains(value));
    if let Some(held) = &parameters {
        let key = format!("{place}.for_each");
        for value in held.keys().filter(|value| !is_known(value)) {
            let warning = Diagnostic::warning(&messages::PARAMETERS_OF_NOBODY).arg("value", value);
            diagnostics.push(warning.suggest_cells(value, known()).at(project.at(&key)).key(&key));
        }
        let left: Vec<&str> =
            known().filter(|value| !held.contains_key(*value) && chosen(&(*value).to_owned())).collect();
        if !left.is_empty() {
            let note = Diagnostic::warning(&messages::GROUPS_LEFT_OUT).arg("count", left.len()).arg("column", column);
            diagnostics.push(note.arg("values", shortened(&left)).at(project.at(&key)).key(&key));
        }
    }
    let groups = segment.groups.iter().filter(|(value, _)| chosen(value));
    groups
        .filter_map(|(value, title)| {
            let own = match &parameters {
                Some(held) => held.get(value)?.clone(),
                None => BTreeMap::new(),
            };
            let title = own.get(TITLE).unwrap_or(title).clone();
            Some(Subject { column: column.to_owned(), value: value.clone(), title, parameters: own })
        })
        .collect()
}

/// The first names of a list, and how many more there are.
fn shortened(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut text = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

/// The parameters of a table or a list; none where the report has neither.
fn parameters(
    measured: &Measured,
    detail: &RawForEachDetail,
    place: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Parameters> {
    let project = &measured.project;
    let mut found = Parameters::new();
    let mut repeated: BTreeSet<String> = BTreeSet::new();
    let mut add = |value: String, texts: BTreeMap<String, Localized>, key: &str| {
        if value.trim().is_empty() {
            return;
        }
        if found.insert(value.clone(), texts).is_some() {
            let error = Diagnostic::error(&messages::REPEATED_PARAMETERS).arg("value", &value);
            diagnostics.push(error.at(project.at(key)).key(key));
            repeated.insert(value);
        }
    };
    match &detail.table {
        Some(_) if !detail.parameters.is_empty() => {
            let key = format!("{place}.for_each.parameters");
            diagnostics.push(Diagnostic::error(&messages::PARAMETERS_TWICE).at(project.at(&key)).key(&key));
        }
        Some(table) => {
            let key = format!("{place}.for_each.table");
            match rows_of(measured, table, &detail.column) {
                Some(rows) => rows.into_iter().for_each(|(value, texts)| add(value, texts, &key)),
                None => {
                    let error = Diagnostic::error(&messages::NO_PARAMETERS).arg("table", table);
                    let known = measured.tables.operational.keys().map(String::as_str);
                    let error = error.arg("column", &detail.column).suggest(table, known);
                    diagnostics.push(error.at(project.at(&key)).key(&key));
                }
            }
        }
        None if detail.parameters.is_empty() => return None,
        None => {
            for (index, subject) in detail.parameters.iter().enumerate() {
                let mut texts = subject.texts.clone();
                texts.extend(subject.title.iter().map(|title| (TITLE.to_owned(), title.clone())));
                add(subject.value.clone(), texts, &format!("{place}.for_each.parameters[{index}].value"));
            }
        }
    }
    // Nobody knows which row holds.
    found.retain(|value, _| !repeated.contains(value));
    Some(found)
}

/// The rows of an operational table: the value of a column, and the texts of the others.
fn rows_of(measured: &Measured, table: &str, column: &str) -> Option<Vec<(String, BTreeMap<String, Localized>)>> {
    let rows = measured.tables.operational.get(table)?;
    rows.column(column)?;
    let texts: Vec<(&str, Vec<String>)> =
        rows.columns.iter().map(|held| (held.name.as_str(), rows.column_texts(&held.name))).collect();
    let (_, keys) = texts.iter().find(|(name, _)| *name == column)?;
    let row = |index: usize| {
        let others = texts.iter().filter(|(name, _)| *name != column);
        let text = |cells: &Vec<String>| Localized::from(cells.get(index).map_or("", String::as_str));
        others.map(|(name, cells)| ((*name).to_owned(), text(cells))).collect()
    };
    Some(keys.iter().enumerate().map(|(index, key)| (key.clone(), row(index))).collect())
}
