//! What the templates of a report can use, with the values of a project, for people who write templates.

use serde_json::Value;

use crate::analysis::{BannerTable, compute_banners};
use crate::diagnostics::{Diagnostics, Lang};
use crate::pipeline::Measured;
use crate::pipeline::build::chosen_reports;
use crate::pipeline::planning::{document_date, plan_of};
use crate::pipeline::report::{Content, Report};
use crate::render::typst::Fonts;

/// The facts of a document about all answers, as the templates of a report see them, in `lang` or its first language. The report is
/// the first of the project if none is named. `None` after an error.
pub fn template_facts(
    measured: &Measured,
    report: Option<&str>,
    lang: Option<Lang>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    let project = &measured.project;
    let wanted: Vec<String> = report.map(str::to_owned).into_iter().collect();
    let declared = chosen_reports(project, &wanted, diagnostics).into_iter().next()?;
    let date = document_date(project, &measured.tables, diagnostics)?;
    let planned = plan_of(measured, Some(&date), diagnostics);
    let report = Report::prepare(&declared, project, lang, &Fonts::system(), diagnostics)?;
    let banners: Vec<BannerTable> = compute_banners(project, &measured.tables, Some(&measured.indicators), diagnostics);
    Some(report.facts(&Content::of_all(measured, &planned, &banners), &date))
}
