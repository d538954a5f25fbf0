//! What the schema cannot say about a project file: names that must exist, ranges, dates, ids. Needs no data and no plugin.

use std::collections::HashSet;

use crate::config::load::PROJECT_VERSION;
use crate::config::project::{Project, SURVEY};
use crate::config::raw::{ALARM, ColumnType, RawColumn, RawTarget, RawTargetDetail};
use crate::config::validate_banners::validate_banners;
use crate::config::validate_benchmarks::validate_benchmarks;
use crate::config::validate_delivery::validate_delivery;
use crate::config::validate_runs::validate_runs;
use crate::config::validate_weighting::validate_weighting;
use crate::diagnostics::messages::config as messages;
use crate::diagnostics::messages::delivery::RESERVED_REPORT;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Localized};

/// Reports every inconsistency inside the project file.
pub fn validate_project(project: &Project, diagnostics: &mut Diagnostics) {
    let raw = &project.raw;
    if raw.manyi != PROJECT_VERSION {
        diagnostics.push(
            problem(project, &messages::UNKNOWN_VERSION, "manyi").arg("found", raw.manyi).arg("known", PROJECT_VERSION),
        );
    }
    validate_table(project, diagnostics);
    for name in raw.tables.keys() {
        let path = format!("tables.{name}");
        if !is_identifier(name) {
            diagnostics.push(problem(project, &messages::BAD_NAME, &path).arg("name", name));
        } else if name == SURVEY {
            diagnostics.push(problem(project, &messages::RESERVED_TABLE, &path).arg("name", name));
        }
        if let Some(table) = project.of_table(name) {
            validate_table(&table, diagnostics);
        }
    }
    validate_benchmarks(project, diagnostics);
    validate_banners(project, diagnostics);
    validate_settings(project, diagnostics);
    validate_reports(project, diagnostics);
    validate_runs(project, diagnostics);
    validate_delivery(project, diagnostics);
    if let Some(date) = &raw.project.date {
        validate_date(project, date, "project.date", diagnostics);
    }
    for (metric, target) in &raw.targets {
        if let RawTarget::Detailed(RawTargetDetail { by: Some(by), .. }) = target {
            validate_date(project, by, &format!("targets.{metric}.by"), diagnostics);
        }
    }
    if let Some(period) = raw.project.period.as_deref().filter(|period| !is_safe_file_name(period)) {
        diagnostics.push(problem(project, &messages::UNSAFE_ID, "project.period").arg("id", period));
    }
}

/// What is read, coded and grouped: the survey's part of the project, or a table's.
fn validate_table(project: &Project, diagnostics: &mut Diagnostics) {
    if project.raw.data.sources.is_empty() {
        diagnostics.push(problem(project, &messages::NO_SOURCES, "data.sources"));
    }
    for (name, column) in &project.raw.columns {
        validate_column(project, name, column, diagnostics);
    }
    validate_references(project, diagnostics);
    validate_weighting(project, diagnostics);
}

pub(super) fn problem(project: &Project, message: &'static crate::diagnostics::Message, path: &str) -> Diagnostic {
    Diagnostic::error(message).at(project.at(path)).key(project.key_path(path))
}

fn validate_column(project: &Project, name: &str, column: &RawColumn, diagnostics: &mut Diagnostics) {
    let path = format!("columns.{name}");
    if !is_identifier(name) {
        diagnostics.push(problem(project, &messages::BAD_NAME, &path).arg("name", name));
    }
    let origins = [column.from.is_some(), column.derive.is_some(), column.lookup.is_some(), column.themes.is_some()];
    if origins.iter().filter(|given| **given).count() > 1 {
        diagnostics.push(problem(project, &messages::FROM_AND_DERIVE, &path));
    }
    let has_options = matches!(column.kind, ColumnType::Single | ColumnType::Multi | ColumnType::Ranking);
    if !column.titles.is_empty() && !has_options {
        let path = format!("{path}.titles");
        diagnostics.push(problem(project, &messages::TITLES_WITHOUT_OPTIONS, &path).arg("name", name));
    }
    for option in column.titles.iter().filter(|(_, title)| has_empty_text(title)).map(|(option, _)| option) {
        let path = format!("{path}.titles.{option}");
        diagnostics.push(problem(project, &messages::EMPTY_TITLE, &path).arg("option", option));
    }
    if let Some(gate) = &column.only_if {
        validate_reference(project, gate, &format!("{path}.only_if"), &[ColumnType::Boolean], diagnostics);
    }
    match column.range {
        Some([low, high]) if low.is_nan() || high.is_nan() || low >= high => {
            let path = format!("{path}.range");
            diagnostics.push(problem(project, &messages::BAD_RANGE, &path).arg("low", low).arg("high", high));
        }
        None if column.kind == ColumnType::Scale => {
            diagnostics.push(problem(project, &messages::SCALE_WITHOUT_RANGE, &path).arg("name", name));
        }
        _ => {}
    }
}

/// True for a text that is blank in a language that it names, or names none.
fn has_empty_text(text: &Localized) -> bool {
    let blank = |text: &str| text.trim().is_empty();
    match text {
        Localized::Plain(text) => blank(text),
        Localized::PerLang(texts) => {
            let own = texts.zh_tw.as_ref().map(|text| text.get(Lang::ZhCn));
            let mut given = texts.zh_cn.as_deref().into_iter().chain(texts.en.as_deref()).chain(own).peekable();
            given.peek().is_none() || given.any(blank)
        }
        Localized::Verbatim(text) => blank(text.get(Lang::ZhCn)),
    }
}

/// True for column kinds whose answers form groups.
pub fn can_group(kind: ColumnType) -> bool {
    GROUPING.contains(&kind)
}

/// Column kinds that can form groups.
pub(super) const GROUPING: &[ColumnType] = &[ColumnType::Single, ColumnType::Boolean, ColumnType::Scale];

fn validate_references(project: &Project, diagnostics: &mut Diagnostics) {
    let raw = &project.raw;
    for (index, segment) in raw.segments.iter().enumerate() {
        validate_groups(project, segment, &format!("segments[{index}]"), diagnostics);
    }
    let any: &[ColumnType] = &[];
    if let Some(id) = &raw.data.id {
        validate_reference(project, id, "data.id", any, diagnostics);
    }
    if let Some(weight) = &raw.data.weight {
        validate_reference(project, weight, "data.weight", &[ColumnType::Number, ColumnType::Scale], diagnostics);
    }
    if let Some(wave) = &raw.data.wave {
        let kinds: &[ColumnType] = if wave.by.is_some() {
            &[ColumnType::Date]
        } else {
            &[ColumnType::Single, ColumnType::Text, ColumnType::Number, ColumnType::Scale]
        };
        validate_reference(project, &wave.column, "data.wave.column", kinds, diagnostics);
    }
    if let Some(design) = &raw.data.design {
        let keys = [("strata", &design.strata), ("cluster", &design.cluster), ("panel", &design.panel)];
        for (key, column) in keys {
            if let Some(column) = column {
                let kinds = &[ColumnType::Single, ColumnType::Number, ColumnType::Scale, ColumnType::Text];
                validate_reference(project, column, &format!("data.design.{key}"), kinds, diagnostics);
            }
        }
        if let Some(fpc) = &design.fpc {
            validate_reference(project, fpc, "data.design.fpc", &[ColumnType::Number], diagnostics);
        }
    }
}

/// A column whose answers form groups, which are named everywhere: it must hold no personal data.
pub(super) fn validate_groups(project: &Project, name: &str, path: &str, diagnostics: &mut Diagnostics) {
    validate_reference(project, name, path, GROUPING, diagnostics);
    if project.raw.columns.get(name).is_some_and(|column| column.personal) {
        diagnostics.push(problem(project, &messages::PERSONAL_GROUPS, path).arg("name", name));
    }
}

pub(super) fn validate_reference(
    project: &Project,
    name: &str,
    path: &str,
    kinds: &[ColumnType],
    diagnostics: &mut Diagnostics,
) {
    match project.raw.columns.get(name) {
        None => diagnostics.push(
            problem(project, &messages::UNKNOWN_COLUMN, path)
                .arg("name", name)
                .suggest(name, project.raw.columns.keys().map(String::as_str)),
        ),
        Some(column) if !kinds.is_empty() && !kinds.contains(&column.kind) => {
            let wanted: Vec<&str> = kinds.iter().map(|kind| kind_name(*kind)).collect();
            diagnostics.push(
                problem(project, &messages::WRONG_KIND, path)
                    .arg("name", name)
                    .arg("kind", kind_name(column.kind))
                    .arg("wanted", wanted.join(", ")),
            );
        }
        Some(_) => {}
    }
}

/// The kind as it is written in YAML.
pub fn kind_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Scale => "scale",
        ColumnType::Boolean => "boolean",
        ColumnType::Single => "single",
        ColumnType::Multi => "multi",
        ColumnType::Ranking => "ranking",
        ColumnType::Number => "number",
        ColumnType::Date => "date",
        ColumnType::Text => "text",
    }
}

fn validate_settings(project: &Project, diagnostics: &mut Diagnostics) {
    let (settings, most) = (&project.raw.settings, project.raw.limits);
    let limits = [
        ("settings.confidence", settings.confidence, 0.5, 0.999),
        ("settings.suppress_below", settings.suppress_below, 0.0, 1e6),
        ("settings.flag_below", settings.flag_below, 0.0, 1e6),
        ("limits.memory_mb", most.memory_mb as f64, 64.0, 65_536.0),
        ("limits.seconds", most.seconds as f64, 1.0, 86_400.0),
    ];
    for (path, value, low, high) in limits {
        if !(low..=high).contains(&value) {
            let name = path.rsplit('.').next().unwrap_or(path);
            diagnostics.push(
                problem(project, &messages::SETTING_OUT_OF_RANGE, path)
                    .arg("name", name)
                    .arg("low", low)
                    .arg("high", high)
                    .arg("found", value),
            );
        }
    }
}

fn validate_reports(project: &Project, diagnostics: &mut Diagnostics) {
    let mut seen = HashSet::new();
    for (index, report) in project.raw.reports.iter().enumerate() {
        let path = format!("reports[{index}].id");
        if !is_safe_file_name(&report.id) {
            diagnostics.push(problem(project, &messages::UNSAFE_ID, &path).arg("id", &report.id));
        }
        // On some disks capitals make no other name.
        if report.id.eq_ignore_ascii_case(ALARM) {
            diagnostics.push(problem(project, &RESERVED_REPORT, &path).arg("id", &report.id));
        }
        if !seen.insert(report.id.to_lowercase()) {
            diagnostics.push(problem(project, &messages::REPEATED_ID, &path).arg("id", &report.id));
        }
        // Whether the column is a segment is looked at when the report is built.
        let personal = |name: &&str| project.raw.columns.get(*name).is_some_and(|column| column.personal);
        if let Some(name) = report.for_each.as_ref().map(|each| each.column()).filter(personal) {
            let path = format!("reports[{index}].for_each");
            diagnostics.push(problem(project, &messages::PERSONAL_GROUPS, &path).arg("name", name));
        }
    }
}

fn validate_date(project: &Project, date: &str, path: &str, diagnostics: &mut Diagnostics) {
    if chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").is_err() {
        diagnostics.push(problem(project, &messages::BAD_DATE, path).arg("value", date));
    }
}

/// True for a name that expressions can use bare: a letter (of any script) or `_`, then letters, digits, `_`.
pub fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
        && !name.starts_with("__")
}

/// The names that an expression may read: everything between marks and blanks, words and numbers included.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|name| !name.is_empty())
}

/// True for a name that is safe as a file or folder name on Linux, macOS and Windows.
pub fn is_safe_file_name(name: &str) -> bool {
    const RESERVED: &[&str] = &["con", "prn", "aux", "nul"];
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered_device = (stem.starts_with("com") || stem.starts_with("lpt"))
        && stem.len() == 4
        && stem.ends_with(|last: char| last.is_ascii_digit());
    !name.is_empty()
        && name.len() <= 120
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name.chars().any(|character| character.is_control() || "/\\:*?\"<>|".contains(character))
        && !RESERVED.contains(&stem.as_str())
        && !numbered_device
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_everywhere() {
        for good in ["2026-11", "满意度提升策划书", "plan", "command"] {
            assert!(is_safe_file_name(good), "{good}");
        }
        for bad in ["", "..", "a/b", "a\\b", "con", "NUL.txt", "com1", "x.", "a:b", ".hidden", "a\nb"] {
            assert!(!is_safe_file_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn personal_columns_form_no_groups() {
        let folder = tempfile::tempdir().unwrap();
        let text = "manyi: 1
project: { title: t }
data: { sources: [{ file: a.csv }] }
columns:
  phone: { type: single, personal: true }
  score: { type: scale, range: [1, 5] }
segments: [phone]
banners: [{ id: b, segments: [phone], questions: [score] }]
reports: [{ id: each, for_each: phone }]
";
        std::fs::write(folder.path().join("manyi.yaml"), text).unwrap();
        let mut diagnostics = Diagnostics::new();
        crate::config::load_project(folder.path(), &mut diagnostics);
        let places = diagnostics.iter().filter(|found| found.message.code == "M0160");
        let places: Vec<&str> = places.filter_map(|found| found.key_path.as_deref()).collect();
        assert_eq!(places, ["segments[0]", "banners[0].segments[0]", "reports[0].for_each"]);
    }

    /// A blank name would leave a blank in a table, a mail and an alarm.
    #[test]
    fn names_of_options_are_not_blank() {
        let folder = tempfile::tempdir().unwrap();
        let text = "manyi: 1
project: { title: t }
data: { sources: [{ file: a.csv }] }
columns:
  shop:
    type: single
    titles: { A: '', B: '  ', C: { en: ' ' }, D: { zh-CN: 西店, zh-TW: ' ' }, E: {}, F: { en: West }, G: 东店 }
";
        std::fs::write(folder.path().join("manyi.yaml"), text).unwrap();
        let mut diagnostics = Diagnostics::new();
        crate::config::load_project(folder.path(), &mut diagnostics);
        let found = diagnostics.iter().filter(|found| found.message.code == messages::EMPTY_TITLE.code);
        let places: Vec<&str> = found.filter_map(|found| found.key_path.as_deref()).collect();
        assert_eq!(places, ["A", "B", "C", "D", "E"].map(|option| format!("columns.shop.titles.{option}")));
    }

    #[test]
    fn a_report_is_not_called_as_messages_about_alarms_are() {
        let folder = tempfile::tempdir().unwrap();
        let text = "manyi: 1
project: { title: t }
data: { sources: [{ file: a.csv }] }
columns: { score: { type: scale, range: [1, 5] } }
reports: [{ id: alarms }, { id: Alarm }]
";
        std::fs::write(folder.path().join("manyi.yaml"), text).unwrap();
        let mut diagnostics = Diagnostics::new();
        crate::config::load_project(folder.path(), &mut diagnostics);
        let found = diagnostics.iter().filter(|found| found.message.code == RESERVED_REPORT.code);
        let places: Vec<&str> = found.filter_map(|found| found.key_path.as_deref()).collect();
        assert_eq!(places, ["reports[1].id"]);
    }

    #[test]
    fn identifiers_may_be_chinese() {
        for good in ["praise", "q1_2", "性别"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "1a", "a b", "a-b", "__wave", "a.b"] {
            assert!(!is_identifier(bad), "{bad:?}");
        }
    }
}
