//! From numbers to published documents: for each report the documents of all answers, or those of each group, in place.

use std::cell::LazyCell;
use std::path::PathBuf;

use crate::analysis::{BannerTable, compute_banners};
use crate::config::raw::{RawReport, default_report};
use crate::config::{PROJECT_FILE, Project};
use crate::diagnostics::messages::{output as messages, runs as run_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level};
use crate::metrics::{BoundTables, Indicators, compute};
use crate::models::GroupModels;
use crate::output::manifest::FileRecord;
use crate::pipeline::Measured;
use crate::pipeline::batch::Batch;
use crate::pipeline::files::safe_name;
use crate::pipeline::planning::{document_date, plan_with, strategy_library};
use crate::pipeline::report::{Content, Release, Report};
use crate::plan::Planned;
use crate::render::typst::{Fonts, forget_unused};

/// What to build.
#[derive(Debug, Clone, Default)]
pub struct BuildRequest {
    /// Language of all documents, instead of the reports' own.
    pub lang: Option<Lang>,
    /// Folder for the results; default `out` inside the project.
    pub out: Option<PathBuf>,
    /// Reports to build; all if empty.
    pub reports: Vec<String>,
    /// Groups to build of reports for each group; all if empty.
    pub only: Vec<String>,
    /// Documents made at once; default one a core.
    pub jobs: Option<usize>,
}

/// A report that is in place.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Published {
    /// Report id.
    pub report: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Names of its documents, without figures and manifest.
    pub documents: Vec<String>,
}

/// Begins to look for the fonts of the system, which takes up to a second: done beside the numbers, they are there when the first
/// document is set.
pub fn look_for_fonts() {
    std::thread::spawn(Fonts::system);
}

/// Builds and publishes the reports of a project. A report with a problem is left out, the others are built.
pub fn build(measured: &Measured, request: &BuildRequest, diagnostics: &mut Diagnostics) -> Vec<Published> {
    let project = &measured.project;
    let errors = diagnostics.count(Level::Error);
    let declared = chosen_reports(project, &request.reports, diagnostics);
    let Some(date) = document_date(project, &measured.tables, diagnostics) else { return Vec::new() };
    let library = strategy_library(project, &measured.plugins, diagnostics);
    let planned = plan_with(measured, &library, Some(&date), diagnostics);
    if diagnostics.count(Level::Error) > errors {
        return Vec::new();
    }
    let release = Release {
        period: period_of(measured),
        project_file: FileRecord::of(PROJECT_FILE, &std::fs::read(project.path(PROJECT_FILE)).unwrap_or_default()),
        fonts: Fonts::system(),
        date,
    };
    let prepare = |report| {
        Report::prepare(report, project, request.lang, &release.fonts, diagnostics)?.of(
            measured,
            &release.period,
            diagnostics,
        )
    };
    let reports: Vec<Report<'_>> = declared.iter().filter_map(prepare).collect();
    // Banner tables cost a scan each; documents of groups have none.
    let shows = |report: &Report<'_>| report.declared.for_each.is_none() && report.may_show_banners();
    let banners: Vec<BannerTable> = match reports.iter().any(shows) {
        true => compute_banners(project, &measured.tables, Some(&measured.indicators), diagnostics),
        false => Vec::new(),
    };
    let out = request.out.clone().unwrap_or_else(|| project.path("out")).join(&release.period);
    // Through the link a published release would change under its readers.
    if out.is_symlink() {
        let error = Diagnostic::error(&run_messages::FOLDER_OF_RUNS).arg("folder", out.display());
        diagnostics.push(error.arg("period", &release.period));
        return Vec::new();
    }
    // Not every project has a report of all answers.
    let all = LazyCell::new(|| Content::of_all(measured, &planned, &banners));
    let mut published = Vec::new();
    for report in &reports {
        let folder = out.join(&report.declared.id);
        match &report.declared.for_each {
            None => published.extend(report.publish(&all, &release, folder, diagnostics)),
            Some(each) => {
                // What is to be said of the project was said when it was measured.
                let bound = BoundTables::bind(project, &measured.plugins, &measured.tables, &mut Diagnostics::new());
                let Some(metrics) = &bound else { continue };
                let groups = groups_beside(measured, each.column());
                let groups = groups.as_ref().unwrap_or(&measured.indicators);
                let models = each.with_models().then(|| models_of(measured, each.column(), diagnostics)).flatten();
                let models = models.as_ref();
                let (library, release, planned) = (&library, &release, &planned);
                let batch = Batch { measured, report, library, release, planned, metrics, models, groups };
                published.extend(batch.publish(each, request, &folder, diagnostics));
            }
        }
        // The next report has little in common with this one.
        forget_unused();
    }
    published
}

/// Renders the templates of every report as far as blocks, so that what is wrong in a template, a Word file or a brand is known
/// without building. Reports for groups are rehearsed with all answers.
pub fn rehearse(measured: &Measured, planned: &Planned, date: String, diagnostics: &mut Diagnostics) {
    let project = &measured.project;
    let mut found = Diagnostics::new();
    let fonts = Fonts::system();
    let declared = declared_reports(project);
    let period = period_of(measured);
    let prepare =
        |report| Report::prepare(report, project, None, &fonts, &mut found)?.of(measured, &period, &mut found);
    let reports: Vec<Report<'_>> = declared.iter().filter_map(prepare).collect();
    let banners: Vec<BannerTable> = match reports.iter().any(Report::may_show_banners) {
        true => compute_banners(project, &measured.tables, Some(&measured.indicators), &mut found),
        false => Vec::new(),
    };
    let content = Content::of_all(measured, planned, &banners);
    for report in &reports {
        report.rehearse(&content, &date, &mut found);
    }
    found.into_iter().for_each(|problem| diagnostics.push_once(problem));
}

/// The models, ready to be fitted to each group of a column.
fn models_of<'a>(measured: &'a Measured, column: &str, diagnostics: &mut Diagnostics) -> Option<GroupModels<'a>> {
    let newest = measured.indicators.results.current_wave();
    GroupModels::bind(&measured.project, &measured.plugins, &measured.tables, column, newest, diagnostics)
}

/// The numbers with the groups of a column that is no segment beside those of the segments. None for segments, whose groups are
/// among the numbers already.
fn groups_beside(measured: &Measured, column: &str) -> Option<Indicators> {
    let known = measured.indicators.results.segments.iter().any(|segment| segment.column == column);
    let mut project = measured.project.clone();
    project.raw.segments.push(column.to_owned());
    project.raw.tables.values_mut().for_each(|table| table.segments.push(column.to_owned()));
    let (plugins, tables) = (&measured.plugins, &measured.tables);
    let computed = || compute(&project, plugins, tables, &mut Diagnostics::new());
    if known { None } else { computed() }
}

/// The reports of a project, or one plan if it names none.
pub fn declared_reports(project: &Project) -> Vec<RawReport> {
    match project.raw.reports.is_empty() {
        true => vec![default_report()],
        false => project.raw.reports.clone(),
    }
}

/// Ids of the reports of a project, each the name of its folder.
pub fn report_ids(project: &Project) -> Vec<String> {
    declared_reports(project).into_iter().map(|report| report.id).collect()
}

/// The reports of these ids; all if there are none.
pub(super) fn chosen_reports(project: &Project, wanted: &[String], diagnostics: &mut Diagnostics) -> Vec<RawReport> {
    let mut reports = declared_reports(project);
    let known: Vec<String> = reports.iter().map(|report| report.id.clone()).collect();
    for wanted in wanted.iter().filter(|wanted| !known.contains(wanted)) {
        diagnostics.push(
            Diagnostic::error(&messages::UNKNOWN_REPORT)
                .arg("report", wanted)
                .arg("known", known.join(", "))
                .suggest(wanted, known.iter().map(String::as_str)),
        );
    }
    reports.retain(|report| wanted.is_empty() || wanted.contains(&report.id));
    reports
}

/// Name of the period: the project's, else the newest wave, else `all`.
fn period_of(measured: &Measured) -> String {
    let own = measured.project.raw.project.period.clone();
    let name = own
        .or_else(|| measured.indicators.results.current_wave().map(str::to_owned))
        .unwrap_or_else(|| "all".to_owned());
    safe_name(&name)
}
