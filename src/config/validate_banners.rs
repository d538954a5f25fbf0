//! What the schema cannot say about `banners:`: tables and columns that must exist, kinds that can be crossed, ids.

use std::collections::HashSet;

use crate::config::project::{Project, SURVEY};
use crate::config::raw::{ColumnType, RawBanner};
use crate::config::validate::{is_safe_file_name, problem, validate_groups, validate_reference};
use crate::diagnostics::Diagnostics;
use crate::diagnostics::messages::config as messages;
use crate::diagnostics::messages::metrics::{BANNER_PERSONAL, BANNER_TABLE};

/// Column kinds that can be tabulated.
const TABULATED: &[ColumnType] =
    &[ColumnType::Scale, ColumnType::Single, ColumnType::Multi, ColumnType::Boolean, ColumnType::Number];

/// Reports every inconsistency of the banners.
pub fn validate_banners(project: &Project, diagnostics: &mut Diagnostics) {
    let mut seen = HashSet::new();
    for (index, banner) in project.raw.banners.iter().enumerate() {
        let path = format!("banners[{index}]");
        let id = format!("{path}.id");
        if !is_safe_file_name(&banner.id) {
            diagnostics.push(problem(project, &messages::UNSAFE_ID, &id).arg("id", &banner.id));
        }
        if !seen.insert(banner.id.to_lowercase()) {
            diagnostics.push(problem(project, &messages::REPEATED_ID, &id).arg("id", &banner.id));
        }
        match banner.table.as_deref().filter(|table| *table != SURVEY) {
            None => validate_columns(project, banner, &path, diagnostics),
            Some(table) => match project.of_table(table) {
                Some(view) => validate_columns(&view, banner, &path, diagnostics),
                None => diagnostics.push(
                    problem(project, &BANNER_TABLE, &format!("{path}.table"))
                        .arg("table", table)
                        .suggest(table, project.raw.tables.keys().map(String::as_str)),
                ),
            },
        }
    }
}

/// Checks the columns of a banner in the table that it is made of.
fn validate_columns(view: &Project, banner: &RawBanner, path: &str, diagnostics: &mut Diagnostics) {
    for (index, name) in banner.questions.iter().flatten().enumerate() {
        let path = format!("{path}.questions[{index}]");
        validate_reference(view, name, &path, TABULATED, diagnostics);
        if view.raw.columns.get(name).is_some_and(|column| column.personal) {
            diagnostics.push(problem(view, &BANNER_PERSONAL, &path).arg("name", name));
        }
    }
    for (index, name) in banner.segments.iter().flatten().enumerate() {
        validate_groups(view, name, &format!("{path}.segments[{index}]"), diagnostics);
    }
}
