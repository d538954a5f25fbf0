//! Findings from control charts: rules that fire in the newest period. A shift for the better is a finding too, to be understood and
//! held.

use serde::Serialize;

use crate::analysis::control::RunRule;
use crate::analysis::findings::indicators::evidence;
use crate::analysis::findings::{Context, Evidence, Finding, FindingKind};
use crate::analysis::{Baseline, ChartPoint, IndicatorChart};
use crate::diagnostics::Localized;
use crate::metrics::Better;

/// What a control chart says of its newest period.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ControlEvidence {
    /// The rule that fires.
    pub rule: RunRule,
    /// Centre line.
    pub centre: f64,
    /// Lower control limit.
    pub lower: f64,
    /// Upper control limit.
    pub upper: f64,
    /// Periods of the chart.
    pub periods: usize,
    /// Periods that the limits come from.
    pub baseline: Baseline,
}

/// Points of the run of six that rises or falls.
const TREND: usize = 6;

/// The findings: one for each rule that fires in the current wave.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    let fired = context.inputs.controls.iter().flat_map(|chart| {
        let newest = chart
            .points
            .last()
            .filter(|point| Some(point.period.to_string().as_str()) == context.inputs.results.current_wave());
        newest.into_iter().flat_map(move |point| point.rules.iter().map(move |rule| (chart, point, *rule)))
    });
    fired.filter_map(|(chart, point, rule)| of_rule(context, chart, point, rule)).collect()
}

fn of_rule(context: &Context<'_>, chart: &IndicatorChart, point: &ChartPoint, rule: RunRule) -> Option<Finding> {
    let (summary, limits, baseline) = (context.summary(&chart.metric)?, point.limits?, chart.baseline?);
    let estimate = summary.current?;
    // A trend is set against the point where it began, everything else against the centre.
    let start = chart.points.iter().rev().nth(TREND - 1).filter(|_| rule == RunRule::SixTrending);
    let (against, name) = match start {
        Some(start) => (start.value, Some(Localized::from(start.period.to_string().as_str()))),
        None => (limits.centre, None),
    };
    let shift = point.value - against;
    let worse = match summary.info.better {
        // Up and down in turn is unsteady, wherever it stands at the moment.
        _ if rule == RunRule::FourteenAlternating => true,
        Better::Higher => shift < 0.0,
        Better::Lower => shift > 0.0,
        Better::Neutral => true,
    };
    let kind = if worse { FindingKind::Control } else { FindingKind::ControlImproved };
    let control = ControlEvidence {
        rule,
        centre: limits.centre,
        lower: limits.lower,
        upper: limits.upper,
        periods: chart.points.len(),
        baseline,
    };
    let evidence = Evidence { significant: true, control: Some(control), ..evidence(estimate, against, name)? };
    let mut finding = context.finding(kind, summary, estimate, None, evidence);
    finding.id = format!("{}:{}", finding.id, rule.word());
    Some(finding)
}
