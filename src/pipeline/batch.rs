//! One document for each group of a segment column: which groups, their numbers, and the page that lists them all.

use std::collections::BTreeMap;

use crate::config::Project;
use crate::config::raw::{RawForEach, RawPlan, RawSuggest, RawSuggestDetail};
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level, Localized, lang_texts};
use crate::document::blocks::{Align, Block, Document, Inline, Meta, Table, TableCell, TableColumn, TableRow};
use crate::document::format;
use crate::document::material::Subject;
use crate::metrics::{Within, compute_within};
use crate::models::ModelResults;
use crate::pipeline::Measured;

/// Indicators on the page that lists the documents.
const LISTED: usize = 8;

/// The groups that a report is repeated for. Unknown columns, groups and tables are reported.
pub fn subjects(
    measured: &Measured,
    each: &RawForEach,
    only: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<Subject> {
    let project = &measured.project;
    let segments = &measured.indicators.results.segments;
    let column = each.column();
    let Some(segment) = segments.iter().find(|segment| segment.column == column) else {
        let error = Diagnostic::error(&messages::NO_SEGMENT_FOR_EACH).arg("column", column);
        let known = segments.iter().map(|segment| segment.column.as_str());
        diagnostics.push(error.suggest(column, known).at(project.at("reports")).key("reports"));
        return Vec::new();
    };
    let (named, table) = match each {
        RawForEach::Column(_) => (&[][..], None),
        RawForEach::Detailed(detail) => (detail.only.as_slice(), detail.table.as_deref()),
    };
    let parameters = table.map(|table| parameters(measured, table, column, diagnostics));
    for wanted in named.iter().chain(only) {
        if !segment.groups.iter().any(|(value, _)| value == wanted) {
            let known = segment.groups.iter().map(|(value, _)| value.as_str());
            let error = Diagnostic::error(&messages::NO_SUCH_GROUP).arg("column", column).arg("value", wanted);
            diagnostics.push(error.suggest(wanted, known));
        }
    }
    let chosen = |value: &String| {
        (named.is_empty() || named.contains(value))
            && (only.is_empty() || only.contains(value))
            && parameters.as_ref().is_none_or(|held| held.contains_key(value))
    };
    let groups = segment.groups.iter().filter(|(value, _)| chosen(value));
    groups
        .map(|(value, title)| Subject {
            column: column.to_owned(),
            value: value.clone(),
            title: title.clone(),
            parameters: parameters.as_ref().and_then(|held| held.get(value)).cloned().unwrap_or_default(),
        })
        .collect()
}

/// The rows of an operational table by the value of a column: the texts of its other columns.
fn parameters(
    measured: &Measured,
    table: &str,
    column: &str,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let found = measured.tables.operational.get(table);
    let Some(rows) = found.filter(|rows| rows.column(column).is_some()) else {
        let error = Diagnostic::error(&messages::NO_PARAMETERS).arg("table", table).arg("column", column);
        let known = measured.tables.operational.keys().map(String::as_str);
        diagnostics.push(error.suggest(table, known).at(measured.project.at("reports")).key("reports"));
        return BTreeMap::new();
    };
    let texts: Vec<(&str, Vec<String>)> =
        rows.columns.iter().map(|held| (held.name.as_str(), rows.column_texts(&held.name))).collect();
    let Some((_, keys)) = texts.iter().find(|(name, _)| *name == column) else { return BTreeMap::new() };
    let row = |index: usize| {
        let others = texts.iter().filter(|(name, _)| *name != column);
        others.map(|(name, cells)| ((*name).to_owned(), cells.get(index).cloned().unwrap_or_default())).collect()
    };
    keys.iter().enumerate().map(|(index, key)| (key.clone(), row(index))).collect()
}

/// The project and its numbers as a document about one group sees them: the title names the group, all numbers are of its answers,
/// and the plan follows from its own findings. `None` after an error, or if the group is too small to be shown at all.
pub fn measure_subject(measured: &Measured, subject: &Subject, diagnostics: &mut Diagnostics) -> Option<Measured> {
    let within = Within { column: subject.column.clone(), value: subject.value.clone() };
    let project = project_of(&measured.project, subject);
    let mut found = Diagnostics::new();
    let indicators = compute_within(
        &project,
        &measured.plugins,
        &measured.tables,
        Some((&within, &measured.indicators)),
        &mut found,
    );
    // What is to be said of the whole project was said when it was measured.
    found.retain(|problem| problem.level == Level::Error);
    diagnostics.extend(found);
    let mut indicators = indicators?;
    let hidden = measured.indicators.results.estimates.iter().filter(|estimate| {
        estimate.suppressed
            && estimate.segment.len() == 1
            && estimate.segment.get(&subject.column).is_some_and(|value| *value == subject.value)
    });
    // What is hidden beside other groups stays hidden in a document of its own.
    let hidden: Vec<_> =
        hidden.filter_map(|held| Some((held.metric.clone(), held.wave.clone(), held.reason?))).collect();
    for estimate in &mut indicators.results.estimates {
        let same = hidden.iter().find(|(metric, wave, _)| *metric == estimate.metric && *wave == estimate.wave);
        if let Some((.., reason)) = same.filter(|_| estimate.estimate.is_some()) {
            estimate.hide(*reason);
        }
    }
    if indicators.results.estimates.iter().all(|estimate| estimate.estimate.is_none()) {
        let note =
            Diagnostic::warning(&messages::GROUP_TOO_SMALL).arg("value", subject.title.get(measured.project.lang()));
        diagnostics.push(note);
        return None;
    }
    Some(Measured {
        project,
        plugins: measured.plugins.clone(),
        tables: measured.tables.clone(),
        indicators,
        models: ModelResults::default(),
    })
}

/// The project with the group in its title and without the plan that is made for all.
fn project_of(project: &Project, subject: &Subject) -> Project {
    let mut own = project.clone();
    let title = |lang| (project.raw.project.title.get(lang), subject.title.get(lang));
    let ((zh, zh_group), (en, en_group)) = (title(Lang::ZhCn), title(Lang::En));
    own.raw.project.title = Localized::PerLang(lang_texts(format!("{zh}：{zh_group}"), format!("{en}: {en_group}")));
    let written = &project.raw.plan;
    own.raw.plan = RawPlan {
        suggest: Some(match &written.suggest {
            Some(RawSuggest::Detailed(detail)) => RawSuggest::Detailed(detail.clone()),
            Some(RawSuggest::Switch(wanted)) => RawSuggest::Switch(*wanted),
            None => RawSuggest::Detailed(RawSuggestDetail {
                objectives: Some(3),
                strategies: Some(4),
                ..Default::default()
            }),
        }),
        drop: written.drop.clone(),
        people: written.people.clone(),
        ..RawPlan::default()
    };
    own
}

/// A line of the page that lists the documents.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Name of the group.
    pub title: Localized,
    /// Links: name of the format and address relative to the page.
    pub links: Vec<(String, String)>,
    /// Indicators by id as printed.
    pub values: BTreeMap<String, String>,
}

/// The lead indicators of a document, formatted, for the list.
pub fn listed_values(measured: &Measured, lang: Lang) -> BTreeMap<String, String> {
    let results = &measured.indicators.results;
    let totals = results.metrics.iter().filter_map(|info| {
        let estimate = results.find(&info.id, results.current_wave(), None)?;
        Some((info.id.clone(), format::value_with_unit(estimate.estimate?, info.unit, lang)))
    });
    totals.collect()
}

/// The page that lists the documents of a report with the indicators of each; the last line is that of all answers.
pub fn index_page(measured: &Measured, listed: &[Listed], date: &str, lang: Lang) -> Document {
    let results = &measured.indicators.results;
    let title = measured.project.raw.project.title.get(lang).to_owned();
    let shown: Vec<_> = results
        .metrics
        .iter()
        .filter(|info| info.variant_of.is_none() && listed.iter().any(|held| held.values.contains_key(&info.id)))
        .take(LISTED)
        .collect();
    let column = |text: String, align| TableColumn { title: vec![Inline::text(text)], align, parts: 0.0 };
    let (name, files, all) = match lang {
        Lang::ZhCn => ("名称", "文件", "全部"),
        Lang::En => ("Name", "Files", "All"),
    };
    let mut columns = vec![TableColumn { parts: 1.0, ..column(name.to_owned(), Align::Left) }];
    columns.extend(shown.iter().map(|info| column(info.title.get(lang).to_owned(), Align::Right)));
    columns.push(column(files.to_owned(), Align::Left));
    let cell = |content: Vec<Inline>| TableCell { content, ..TableCell::default() };
    let row = |title: &str, values: &BTreeMap<String, String>, links: &[(String, String)], strong: bool| {
        let mut cells = vec![cell(vec![Inline::text(title)])];
        let value = |id: &String| values.get(id).map_or(format::NO_VALUE, String::as_str);
        cells.extend(shown.iter().map(|info| cell(vec![Inline::text(value(&info.id))])));
        let mut content = Vec::new();
        for (index, (name, url)) in links.iter().enumerate() {
            if index > 0 {
                content.push(Inline::text(" · "));
            }
            content.push(Inline::Link { url: url.clone(), content: vec![Inline::text(name)] });
        }
        cells.push(cell(content));
        TableRow { cells, strong }
    };
    let mut rows: Vec<TableRow> =
        listed.iter().map(|held| row(held.title.get(lang), &held.values, &held.links, false)).collect();
    rows.push(row(all, &listed_values(measured, lang), &[], true));
    let heading = Block::Heading { level: 1, id: "reports".into(), number: None, content: vec![Inline::text(&title)] };
    let table = Block::Table(Table { id: "list".into(), columns, rows, ..Table::default() });
    let period = results.current_wave().map(|wave| format::wave(wave, lang)).unwrap_or_default();
    Document {
        meta: Meta {
            title,
            subtitle: None,
            client: None,
            planner: None,
            lang,
            date: date.to_owned(),
            date_text: format::date_text(date, lang),
            period,
            words: BTreeMap::new(),
        },
        blocks: vec![heading, table],
    }
}
