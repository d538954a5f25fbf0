//! The planning half: from findings to objectives, strategies, actions, costs and risks, every link kept.
//!
//! [`library`] holds what can be done, [`suggest`] turns findings into a plan in the words of the project file, in which what the
//! planner wrote stands as written, [`resolve`] follows the links of the whole, [`reach`], [`calendar`] and [`finance`] judge it,
//! [`trace`] names what hangs loose. No words of documents here.

pub mod calendar;
mod edits;
pub mod finance;
pub mod library;
pub mod part;
pub mod reach;
pub mod resolve;
pub mod suggest;
pub mod swot;
pub mod trace;

use crate::analysis::findings::FindingInputs;
use crate::analysis::summary::{IndicatorSummary, summarise};
use crate::analysis::{Finding, IndicatorChart, Testing, collect_findings};
use crate::config::Project;
use crate::diagnostics::Diagnostics;
use crate::metrics::{Distribution, MetricResults};
use crate::models::ModelResults;

pub use calendar::Calendar;
pub use finance::FinanceResult;
pub use library::{Library, StrategyFile};
pub use part::PlanPart;
pub use reach::Reachability;
pub use resolve::{Action, Cost, Objective, Plan, Strategy, resolve_plan, target_value};
pub use swot::Swot;

/// What a plan is made of.
#[derive(Debug, Clone, Copy)]
pub struct PlanInputs<'a> {
    /// The project.
    pub project: &'a Project,
    /// Estimates.
    pub results: &'a MetricResults,
    /// Models.
    pub models: &'a ModelResults,
    /// Answers of the scale questions.
    pub distributions: &'a [Distribution],
    /// Control charts of the indicators; none for one group.
    pub controls: &'a [IndicatorChart],
    /// Strategies to choose from.
    pub library: &'a Library,
    /// Date of the document, `2026-11-20`; none where nothing tells it.
    pub date: Option<&'a str>,
}

/// Findings and the plan that answers them.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The most urgent first.
    pub findings: Vec<Finding>,
    /// The plan with its links.
    pub plan: Plan,
    /// What the actions ask of days and people.
    pub calendar: Calendar,
    /// What it costs and brings.
    pub finance: FinanceResult,
    /// Strengths, weaknesses, opportunities, threats; none where the project asks for none.
    pub swot: Option<Swot>,
    /// Where the document is about a group and prints its part of the plan of the whole: what that leaves out and adds.
    pub part: Option<PlanPart>,
}

/// The summaries of all metrics with the targets and benchmarks of a project.
pub fn summaries<'a>(project: &'a Project, results: &'a MetricResults) -> Vec<IndicatorSummary<'a>> {
    summarise(
        results,
        |metric| target_value(project, metric),
        |metric| project.raw.benchmarks.get(metric).map_or(&[], Vec::as_slice),
        Testing::from(&project.raw.settings),
    )
}

/// Finds what calls for a plan, completes the plan where the project wants that, follows its links and reckons what it comes
/// to. Everything wrong is reported.
pub fn make_plan(inputs: PlanInputs<'_>, diagnostics: &mut Diagnostics) -> Planned {
    let PlanInputs { project, results, models, distributions, controls, .. } = inputs;
    let summaries = summaries(project, results);
    let findings =
        collect_findings(FindingInputs { project, results, summaries: &summaries, models, distributions, controls });
    let written = suggest::complete(&inputs, &summaries, &findings, diagnostics);
    let mut plan = resolve_plan(project, written, results, diagnostics);
    let settings = &project.raw.settings;
    plan.judge(&summaries, results, settings.confidence, settings.flag_below);
    let calendar = Calendar::of(&plan, project, diagnostics);
    let finance = finance::reckon(&plan, &summaries, project, diagnostics);
    trace::report_loose_ends(&plan, &findings, &summaries, project, diagnostics);
    let swot = swot::swot(&project.raw.plan, &findings, &summaries);
    Planned { findings, plan, calendar, finance, swot, part: None }
}
