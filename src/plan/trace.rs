//! What hangs loose in a plan, on either side: findings that no objective answers, objectives that nothing calls for, and
//! targets or dates that make no sense. (Objectives without a strategy and strategies without an action are found in `resolve`.)

use crate::analysis::{Finding, FindingKind, IndicatorSummary, Severity};
use crate::config::Project;
use crate::diagnostics::messages::plan as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::Plan;
use crate::plan::reach::Ambition;

/// Kinds of finding that ask for an answer of their own.
const ASKING: [FindingKind; 4] =
    [FindingKind::BelowTarget, FindingKind::Worsened, FindingKind::BehindBenchmark, FindingKind::BehindRival];

/// Reports every loose end of a plan that plans anything.
pub fn report_loose_ends(
    plan: &Plan,
    findings: &[Finding],
    summaries: &[IndicatorSummary<'_>],
    project: &Project,
    diagnostics: &mut Diagnostics,
) {
    if plan.objectives.is_empty() {
        return;
    }
    // Suggestions are limited on purpose; what the planner wrote is held to be the whole.
    let written = !project.raw.plan.objectives.is_empty();
    for summary in summaries.iter().filter(|held| written && held.info.estimator != "composite") {
        let metric = &summary.info.id;
        let answered = plan.objectives.iter().any(|objective| {
            objective.raw.metric == *metric || summary.info.variant_of.as_deref() == Some(objective.raw.metric.as_str())
        });
        if answered || plan.raw.accept.contains(metric) {
            continue;
        }
        let own =
            findings.iter().filter(|held| held.metric.as_ref() == Some(metric) && held.severity == Severity::High);
        let kinds: Vec<&str> = own.filter(|held| ASKING.contains(&held.kind)).map(|held| held.kind.word()).collect();
        if !kinds.is_empty() {
            let warning = Diagnostic::warning(&messages::FINDING_WITHOUT_OBJECTIVE)
                .arg("metric", metric)
                .arg("kinds", kinds.join(", "));
            diagnostics.push(warning.at(project.at("plan.objectives")).key("plan.objectives"));
        }
    }
    let date = project.raw.project.date.as_deref().and_then(crate::plan::calendar::parse_date);
    for (index, objective) in plan.objectives.iter().enumerate() {
        let mut warn = |warning: Diagnostic, field: &str| {
            let key = format!("plan.objectives[{index}].{field}");
            diagnostics.push(warning.arg("id", &objective.raw.id).at(project.at(&key)).key(key));
        };
        let metric = &objective.raw.metric;
        // A variant has no findings of its own: those on its metric call for it, or its own target.
        let variant_of =
            summaries.iter().find(|held| held.info.id == *metric).and_then(|held| held.info.variant_of.as_ref());
        let missed = objective.reach.is_some_and(|reach| reach.ambition != Ambition::Reached);
        let called = (variant_of.is_some() && missed)
            || findings.iter().any(|held| held.metric.as_ref() == Some(metric) || held.metric.as_ref() == variant_of);
        let known = summaries.iter().any(|held| held.info.id == *metric && held.has_value());
        if known && !called {
            warn(Diagnostic::warning(&messages::OBJECTIVE_WITHOUT_FINDING).arg("metric", metric), "metric");
        }
        if let (Some(date), Some(by)) = (date, objective.by)
            && by < date
        {
            warn(Diagnostic::error(&messages::DUE_IN_THE_PAST).arg("by", by).arg("date", date), "by");
        }
        if let (Some(reach), Some(target)) = (objective.reach, objective.target)
            && reach.ambition == Ambition::Reached
        {
            let warning = Diagnostic::warning(&messages::TARGET_REACHED)
                .arg("metric", metric)
                .arg("target", target)
                .arg("value", format!("{:.2}", reach.value));
            warn(warning, "target");
        }
    }
}
