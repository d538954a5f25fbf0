//! Personal columns that no report needs: their cells are dropped at the end of the load, so that nothing after it can print, keep or
//! send them.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{RawColumn, margin_columns};
use crate::config::validate::names_in;
use crate::data::table::Responses;
use crate::data::tables::Tables;

/// Drops the cells of personal columns that nothing after the load asks for. What only identifies answers, looks them up, filters
/// them, cuts them into waves or weighs them was done with at the load.
pub(super) fn drop_unneeded(project: &Project, tables: &mut Tables) {
    let mut asked: Option<HashSet<String>> = None;
    let mut clear = |codebook: &IndexMap<String, RawColumn>, rows: &mut Responses| {
        let personal = codebook.iter().filter(|(_, column)| column.personal).map(|(name, _)| name);
        let asked_for = |name: &&String| !asked.get_or_insert_with(|| asked_for(project)).contains(*name);
        let names: Vec<&String> = personal.filter(asked_for).collect();
        let positions: Vec<usize> = names.iter().filter_map(|name| rows.batches.position(name)).collect();
        rows.batches.clear(&positions);
        for column in rows.columns.iter_mut().filter(|column| names.contains(&&column.name)) {
            column.categories.clear();
            column.category_titles.clear();
        }
    };
    clear(&project.raw.columns, &mut tables.survey);
    for (name, rows) in &mut tables.operational {
        if let Some(table) = project.raw.tables.get(name) {
            clear(&table.columns, rows);
        }
    }
}

/// Every name in the parts of a project that are read after the load.
fn asked_for(project: &Project) -> HashSet<String> {
    let raw = &project.raw;
    let mut parts = vec![
        serde_json::to_value(&raw.plugins),
        serde_json::to_value(&raw.segments),
        serde_json::to_value(&raw.banners),
        serde_json::to_value(&raw.rivals),
        serde_json::to_value(&raw.reports),
        serde_json::to_value(&raw.runs),
        serde_json::to_value(&raw.data.design),
        serde_json::to_value(&raw.data.weighting),
    ];
    for table in raw.tables.values() {
        parts.push(serde_json::to_value(&table.segments));
        parts.push(serde_json::to_value(&table.data.design));
        parts.push(serde_json::to_value(&table.data.weighting));
    }
    // Quotes are the answers behind their themes.
    let columns = raw.columns.values().chain(raw.tables.values().flat_map(|table| table.columns.values()));
    parts.extend(columns.map(|column| serde_json::to_value(&column.themes)));
    let mut names = HashSet::new();
    parts.into_iter().flatten().for_each(|part| collect(&part, &mut names));
    // Margins are named by their columns.
    let weightings = raw.tables.values().map(|table| &table.data.weighting).chain([&raw.data.weighting]);
    for margin in weightings.flatten().flat_map(|weighting| weighting.margins.keys()) {
        names.extend(margin_columns(margin).into_iter().map(str::to_owned));
    }
    names
}

/// The identifiers in all texts of a value.
fn collect(value: &serde_json::Value, names: &mut HashSet<String>) {
    match value {
        serde_json::Value::String(text) => {
            names.extend(names_in(text).map(str::to_owned));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        serde_json::Value::Object(entries) => entries.values().for_each(|item| collect(item, names)),
        _ => {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use crate::config::load_project;
    use crate::data::load_tables;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn cells_that_no_report_needs_do_not_leave_the_load() {
        let folder = tempfile::tempdir().unwrap();
        let project = "manyi: 1
project: { title: t }
data: { sources: [{ file: a.csv }], id: phone, duplicates: keep_first, filters: [{ keep: name <> 'test' }] }
columns:
  phone: { type: text, personal: true }
  name: { type: text, personal: true }
  city: { type: single, personal: true }
  member: { type: text, personal: true }
  score: { type: scale, range: [1, 5] }
plugins: { csat: { inputs: { satisfaction: \"CASE WHEN member IS NULL THEN NULL ELSE score END\" } } }
";
        fs::write(folder.path().join("manyi.yaml"), project).unwrap();
        let rows = "phone,name,city,member,score\n1,li,x,m1,5\n1,li,x,m1,5\n2,test,x,m2,1\n3,wu,y,m3,4\n";
        fs::write(folder.path().join("a.csv"), rows).unwrap();
        let mut diagnostics = Diagnostics::new();
        let project = load_project(folder.path(), &mut diagnostics).unwrap();
        let table = load_tables(&project, &mut diagnostics).unwrap().survey;
        let texts = |name: &str| table.column_texts(name);
        // Repeated numbers and tests were told before the cells went.
        assert_eq!(texts("score"), ["5", "4"]);
        assert_eq!(texts("member"), ["m1", "m3"], "a plugin needs it");
        for name in ["phone", "name", "city"] {
            assert_eq!(texts(name), ["", ""], "{name}");
            let column = table.column(name).unwrap();
            assert_eq!((column.counts.valid, column.categories.len()), (2, 0), "{name}");
        }
    }
}
