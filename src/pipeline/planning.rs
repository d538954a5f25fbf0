//! The plan of a measured project: the date it starts from, the strategies it may choose from, and the plan itself.

use std::collections::BTreeMap;

use walkdir::WalkDir;

use crate::config::raw::default_pack;
use crate::config::{Project, read_text};
use crate::data::Tables;
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::pipeline::Measured;
use crate::plan::{Library, PlanInputs, Planned, StrategyFile, make_plan};
use crate::plugins::Plugin;
use crate::render::templates::files_of;

/// Name of a file of strategies in a project, a pack or a plugin.
const STRATEGIES: &str = "strategies.yaml";

/// The date on the documents: the project's, else `SOURCE_DATE_EPOCH`, else that of the newest answer. Never the clock's:
/// the same inputs give the same bytes.
pub fn document_date(project: &Project, tables: &Tables, diagnostics: &mut Diagnostics) -> Option<String> {
    if let Some(date) = &project.raw.project.date {
        return Some(date.clone());
    }
    if let Ok(epoch) = std::env::var("SOURCE_DATE_EPOCH") {
        let date = epoch.trim().parse().ok().and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
        if date.is_none() {
            diagnostics.push(Diagnostic::error(&messages::BAD_EPOCH).arg("value", epoch));
        }
        return date.map(|date| date.format("%Y-%m-%d").to_string());
    }
    if tables.survey.newest.is_none() {
        let place = project.at("project.date");
        diagnostics.push(Diagnostic::error(&messages::NO_DATE).at(place).key("project.date"));
    }
    tables.survey.newest.clone()
}

/// The strategies: the built-in ones, those of plugins in use and of the packs of the reports, then the project's own, each
/// replacing earlier ones of the same id.
pub fn strategy_library(
    project: &Project,
    plugins: &BTreeMap<String, Plugin>,
    diagnostics: &mut Diagnostics,
) -> Library {
    let templates = project.path("templates");
    let mut files = Vec::new();
    for (path, file) in files_of("base/strategies", Some(&templates), diagnostics) {
        if path.ends_with(".yaml") {
            files.push(StrategyFile { origin: file.origin, text: file.text });
        }
    }
    for id in project.raw.plugins.keys() {
        let Some(plugin) = plugins.get(id) else { continue };
        if let Some(text) = &plugin.strategies {
            files.push(StrategyFile { origin: plugin.shown_file(STRATEGIES), text: text.clone() });
        }
    }
    let mut packs: Vec<String> = project.raw.reports.iter().map(|report| report.pack.clone()).collect();
    if packs.is_empty() {
        packs.push(default_pack());
    }
    packs.sort();
    packs.dedup();
    for pack in packs {
        if let Some(file) = files_of(&pack, Some(&templates), diagnostics).remove(STRATEGIES) {
            files.push(StrategyFile { origin: file.origin, text: file.text });
        }
    }
    files.extend(own_files(project, diagnostics));
    Library::parse(&files, diagnostics)
}

/// `strategies.yaml` and `strategies/*.yaml` of the project.
fn own_files(project: &Project, diagnostics: &mut Diagnostics) -> Vec<StrategyFile> {
    let mut places = vec![(project.path(STRATEGIES), STRATEGIES.to_owned())];
    let folder = WalkDir::new(project.path("strategies")).max_depth(1).sort_by_file_name();
    for entry in folder.into_iter().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".yaml") {
            places.push((entry.path().to_path_buf(), format!("strategies/{name}")));
        }
    }
    let present = places.into_iter().filter(|(path, _)| path.is_file());
    let read = present.filter_map(|(path, shown)| {
        let text = read_text(&path, &shown, diagnostics)?;
        Some(StrategyFile { origin: shown, text })
    });
    read.collect()
}

/// Findings and plan of a measured project.
pub fn plan_of(measured: &Measured, date: Option<&str>, diagnostics: &mut Diagnostics) -> Planned {
    let library = strategy_library(&measured.project, &measured.plugins, diagnostics);
    plan_with(measured, &library, date, diagnostics)
}

/// The same with strategies that were read before.
pub fn plan_with(measured: &Measured, library: &Library, date: Option<&str>, diagnostics: &mut Diagnostics) -> Planned {
    let Measured { project, tables, indicators, models, controls, .. } = measured;
    let distributions = indicators.survey().distributions(&tables.survey.columns);
    let results = &indicators.results;
    let inputs = PlanInputs { project, results, models, distributions: &distributions, controls, library, date };
    make_plan(inputs, diagnostics)
}
