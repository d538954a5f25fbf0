//! What `manyi check` says about words that readers will stumble over: two indicators with one title, and options that a report
//! in two languages would print untranslated.

use std::collections::BTreeMap;

use crate::config::Project;
use crate::data::{Column, Tables};
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, has_han};
use crate::metrics::MetricResults;

/// Warns of both.
pub fn check_wording(project: &Project, tables: &Tables, results: &MetricResults, diagnostics: &mut Diagnostics) {
    equal_titles(project, results, diagnostics);
    untranslated_options(project, tables, diagnostics);
}

/// Two computed indicators with one title in a language of the documents: their numbers cannot be told apart in a table.
fn equal_titles(project: &Project, results: &MetricResults, diagnostics: &mut Diagnostics) {
    for lang in languages(project) {
        let mut known: BTreeMap<String, &str> = BTreeMap::new();
        for info in results.metrics.iter().filter(|info| info.unavailable.is_none()) {
            let title = info.title.get(lang).trim().to_lowercase();
            let Some(first) = known.insert(title, &info.id) else { continue };
            let path = format!("plugins.{}", info.module);
            let warning = Diagnostic::warning(&messages::EQUAL_TITLES).arg("title", info.title.get(lang));
            let warning = warning.arg("first", first).arg("second", &info.id);
            diagnostics.push(warning.at(project.at(&path)).key(path));
        }
    }
}

/// Options in Chinese that stand in an English document because they have no label; only where there is a Chinese document as well.
fn untranslated_options(project: &Project, tables: &Tables, diagnostics: &mut Diagnostics) {
    let langs = languages(project);
    if !langs.contains(&Lang::En) || langs.len() < 2 {
        return;
    }
    let survey = ("columns".to_owned(), &tables.survey, &project.raw.segments, None);
    let operational = tables.operational.iter().filter_map(|(name, responses)| {
        let table = project.raw.tables.get(name)?;
        Some((format!("tables.{name}.columns"), responses, &table.segments, Some(name.as_str())))
    });
    for (place, responses, segments, table) in std::iter::once(survey).chain(operational) {
        let banners = project.raw.banners.iter().filter(|banner| banner.table.as_deref() == table);
        let named = banners.flat_map(|banner| banner.questions.iter().chain(&banner.segments).flatten());
        let mut seen: Vec<&str> = Vec::new();
        for name in segments.iter().chain(named) {
            if seen.contains(&name.as_str()) {
                continue;
            }
            seen.push(name);
            let Some(option) = responses.column(name).and_then(untranslated) else { continue };
            let path = format!("{place}.{name}");
            let warning = Diagnostic::warning(&messages::OPTION_WITHOUT_LABEL).arg("column", name);
            diagnostics.push(warning.arg("option", option).at(project.at(&path)).key(path));
        }
    }
}

/// The first option that English readers would see in Chinese.
fn untranslated(column: &Column) -> Option<&str> {
    let title = |option: &String| column.category_titles.get(option);
    let found = column
        .categories
        .iter()
        .find(|option| has_han(title(option).map_or(option.as_str(), |title| title.get(Lang::En))));
    found.map(String::as_str)
}

/// The languages that documents are made in.
fn languages(project: &Project) -> Vec<Lang> {
    let mut langs: Vec<Lang> = Vec::new();
    let reports = project
        .raw
        .reports
        .iter()
        .flat_map(|report| if report.langs.is_empty() { vec![project.lang()] } else { report.langs.clone() });
    for lang in reports {
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    }
    if langs.is_empty() { vec![project.lang()] } else { langs }
}
