//! The control charts of a project's indicators: the settings and the series of the periods come in, charts with limits and the rules
//! that fire go out. A chart holds the periods that are measured and, before them, those that the history knows.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::analysis::control::{ControlPoint, ControlResult, Limits, RunRule, control_chart};
use crate::config::raw::{ControlChart, RawControl};
use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::metrics::{Estimate, MetricResults, Unit};

/// One period of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// Period.
    pub period: Period,
    /// Estimate.
    pub value: f64,
    /// Its interval.
    pub ci: Option<[f64; 2]>,
    /// Effective number of answers.
    pub n_eff: f64,
    /// Limits of this period; none before there are enough periods.
    pub limits: Option<Limits>,
    /// Rules that fire here.
    pub rules: Vec<RunRule>,
}

/// The periods that limits are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// First of them.
    pub first: Period,
    /// Last of them.
    pub last: Period,
    /// How many they are: those with an estimate.
    pub periods: usize,
}

/// The control chart of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorChart {
    /// Metric id.
    pub metric: String,
    /// Name.
    pub title: Localized,
    /// Printed unit.
    pub unit: Unit,
    /// Kind of chart.
    pub chart: ControlChart,
    /// Points in time order; periods without an estimate are left out.
    pub points: Vec<ChartPoint>,
    /// What the limits come from; none without limits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

impl IndicatorChart {
    /// The rules that fire in a period, if it is the newest of the chart.
    pub fn newest_rules(&self, period: Period) -> &[RunRule] {
        match self.points.last() {
            Some(point) if point.period == period => &point.rules,
            _ => &[],
        }
    }
}

/// The chart of every indicator that the project names, over the periods among the waves of the results. `past` are published
/// estimates of earlier periods, with the period as their wave; what is among the results comes first.
pub fn control_charts(
    project: &Project,
    results: &MetricResults,
    past: &[Estimate],
    diagnostics: &mut Diagnostics,
) -> Vec<IndicatorChart> {
    let Some(runs) = &project.raw.runs else { return Vec::new() };
    let mut found = Vec::new();
    for (metric, chart) in &runs.control.metrics {
        let mut available = results.metrics.iter().filter(|held| held.unavailable.is_none());
        let Some(info) = available.find(|held| held.id == *metric) else {
            let path = format!("runs.control.metrics.{metric}");
            let blind = Diagnostic::warning(&messages::CHART_BLIND).arg("metric", metric);
            diagnostics.push(blind.at(project.at(&path)).key(path));
            continue;
        };
        if *chart == ControlChart::P && info.unit != Unit::Percent {
            diagnostics.push(Diagnostic::warning(&messages::NOT_A_SHARE).arg("metric", metric));
            continue;
        }
        let mut by_period: BTreeMap<Period, ChartPoint> = BTreeMap::new();
        let totals = past.iter().chain(&results.estimates);
        for held in totals.filter(|held| held.metric == *metric && held.segment.is_empty() && held.unit == info.unit) {
            let period = held.wave.as_deref().and_then(|wave| wave.parse::<Period>().ok());
            let Some(period) = period.filter(|period| period.cadence() == runs.every) else { continue };
            let Some(value) = held.estimate else {
                // What is hidden now is not shown as it was.
                by_period.remove(&period);
                continue;
            };
            let point = ChartPoint { period, value, ci: held.ci, n_eff: held.n_eff, limits: None, rules: Vec::new() };
            by_period.insert(period, point);
        }
        let mut points: Vec<ChartPoint> = by_period.into_values().collect();
        let mut baseline = None;
        if let Some((range, result)) = limits_of(&runs.control, *chart, &points) {
            let (first, last) = (points[range.start].period, points[range.end - 1].period);
            baseline = Some(Baseline { first, last, periods: range.len() });
            for (point, limits) in points.iter_mut().zip(result.limits) {
                point.limits = Some(limits);
            }
            for signal in result.signals {
                points[signal.at].rules.push(signal.rule);
            }
        }
        let (metric, title) = (metric.clone(), info.title.clone());
        found.push(IndicatorChart { metric, title, unit: info.unit, chart: *chart, points, baseline });
    }
    found
}

/// The limits with the places of the points that they come from.
fn limits_of(
    control: &RawControl,
    chart: ControlChart,
    points: &[ChartPoint],
) -> Option<(Range<usize>, ControlResult)> {
    let baseline = match &control.baseline {
        None => 0..points.len(),
        Some([first, last]) => {
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            let start = points.iter().position(|point| point.period >= first)?;
            start..points.iter().rposition(|point| point.period <= last)? + 1
        }
    };
    if baseline.is_empty() || baseline.len() < control.least as usize {
        return None;
    }
    let values: Vec<ControlPoint> =
        points.iter().map(|point| ControlPoint { value: point.value, answers: point.n_eff }).collect();
    Some((baseline.clone(), control_chart(&values, chart, control.rules, Some(baseline))?))
}
