//! Control charts of a project's indicators: the series of the history and the period at hand, the project's settings, and what
//! fires. A signal of the newest period is a finding of its release.

use serde::Serialize;

use crate::analysis::control::{Chart, ControlPoint, ControlResult, Limits, Rules, RunRule, control_chart};
use crate::config::Period;
use crate::config::raw::{ControlChart, RawControl, RuleSet};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized, LocalizedTexts, lang_texts};
use crate::metrics::Unit;
use crate::runs::history::word;
use crate::runs::numbers::{FindingRecord, Numbers};

/// One period of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// The control chart of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
}

impl IndicatorChart {
    /// The rules that fire in the newest period.
    pub fn newest_rules(&self, period: Period) -> &[RunRule] {
        match self.points.last() {
            Some(point) if point.period == period => &point.rules,
            _ => &[],
        }
    }
}

/// The chart of every indicator that the project names. `series` gives the estimates of earlier periods in time order: period,
/// value, interval and effective answers.
pub fn charts(
    control: &RawControl,
    numbers: &Numbers,
    mut series: impl FnMut(&str) -> Vec<ChartPoint>,
    diagnostics: &mut Diagnostics,
) -> Vec<IndicatorChart> {
    let mut found = Vec::new();
    for (metric, chart) in &control.metrics {
        let Some(record) = numbers.metrics.iter().find(|held| held.id == *metric) else {
            let unknown = Diagnostic::warning(&messages::NO_SUCH_METRIC).arg("metric", metric);
            let known = numbers.metrics.iter().map(|held| held.id.as_str());
            diagnostics.push(unknown.arg("place", "runs.control.metrics").suggest(metric, known));
            continue;
        };
        if *chart == ControlChart::P && record.unit != Unit::Percent {
            diagnostics.push(Diagnostic::warning(&messages::NOT_A_SHARE).arg("metric", metric));
            continue;
        }
        let mut points = series(metric);
        points.retain(|point| point.period < numbers.period);
        if let Some((value, held)) = numbers.total(metric).and_then(|held| Some((held.estimate?, held))) {
            let n_eff = held.n_eff.unwrap_or_default();
            points.push(ChartPoint {
                period: numbers.period,
                value,
                ci: held.ci,
                n_eff,
                limits: None,
                rules: Vec::new(),
            });
        }
        if let Some(result) = limits_of(control, *chart, &points) {
            for (point, limits) in points.iter_mut().zip(result.limits) {
                point.limits = Some(limits);
            }
            for signal in result.signals {
                points[signal.at].rules.push(signal.rule);
            }
        }
        found.push(IndicatorChart {
            metric: metric.clone(),
            title: record.title.clone(),
            unit: record.unit,
            chart: *chart,
            points,
        });
    }
    found
}

fn limits_of(control: &RawControl, chart: ControlChart, points: &[ChartPoint]) -> Option<ControlResult> {
    let baseline = match &control.baseline {
        None => 0..points.len(),
        Some([first, last]) => {
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            let start = points.iter().position(|point| point.period >= first)?;
            start..points.iter().rposition(|point| point.period <= last)? + 1
        }
    };
    if baseline.len() < control.least as usize {
        return None;
    }
    let values: Vec<ControlPoint> =
        points.iter().map(|point| ControlPoint { value: point.value, answers: point.n_eff }).collect();
    let chart = match chart {
        ControlChart::Xmr => Chart::Xmr,
        ControlChart::P => Chart::P,
    };
    let rules = match control.rules {
        RuleSet::WesternElectric => Rules::WesternElectric,
        RuleSet::Nelson => Rules::Nelson,
    };
    control_chart(&values, chart, rules, Some(baseline))
}

/// The signals of a period as findings.
pub fn findings(charts: &[IndicatorChart], period: Period) -> Vec<FindingRecord> {
    let finding = |chart: &IndicatorChart, rule: &RunRule| {
        let point = chart.points.last();
        FindingRecord {
            id: format!("control:{}:{}", chart.metric, word(rule)),
            kind: "control".to_owned(),
            metric: Some(chart.metric.clone()),
            group: None,
            severity: if *rule == RunRule::BeyondLimits { "high" } else { "medium" }.to_owned(),
            value: point.map(|point| point.value),
            gap: point.and_then(|point| Some((point.value - point.limits?.centre).abs())),
            rule: Some(word(rule)),
        }
    };
    charts.iter().flat_map(|chart| chart.newest_rules(period).iter().map(move |rule| finding(chart, rule))).collect()
}

/// A run rule in words.
pub fn rule_title(rule: RunRule) -> LocalizedTexts {
    match rule {
        RunRule::BeyondLimits => lang_texts("超出 3σ", "beyond 3σ"),
        RunRule::TwoOfThree => lang_texts("3 点中 2 点超出同侧 2σ", "2 of 3 beyond 2σ"),
        RunRule::FourOfFive => lang_texts("5 点中 4 点超出同侧 1σ", "4 of 5 beyond 1σ"),
        RunRule::EightOnOneSide => lang_texts("连续 8 点同侧", "8 on one side"),
        RunRule::NineOnOneSide => lang_texts("连续 9 点同侧", "9 on one side"),
        RunRule::SixTrending => lang_texts("连续 6 点上升或下降", "6 rising or falling"),
        RunRule::FourteenAlternating => lang_texts("连续 14 点交替升降", "14 alternating"),
    }
}
