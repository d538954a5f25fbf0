//! What alarms are reckoned from: how a run ended, the numbers that it published and the gates that held it, in words for people.

use crate::analysis::IndicatorChart;
use crate::config::raw::GateAction;
use crate::config::{Period, Project};
use crate::diagnostics::{Diagnostic, Lang, Level, Localized, LocalizedTexts, lang_texts};
use crate::document::findings::rule_title;
use crate::document::format;
use crate::runs::delivery::rules::{self, Control, Gate, Indicator, RunEnd, Situation};
use crate::runs::gates::Verdict;
use crate::runs::numbers::Numbers;
use crate::runs::titles::group_names;

/// What is known after a run for alarms.
#[derive(Debug, Default)]
pub struct End<'a> {
    /// Numbers of the period, if they are published.
    pub numbers: Option<&'a Numbers>,
    /// Gates that did not hold, if they were checked.
    pub gates: Option<Vec<Verdict>>,
    /// True if a gate holds or forbids the release.
    pub stopped: bool,
    /// A run that ended, with why it failed if it did; none if nothing was run.
    pub ended: Option<Option<LocalizedTexts>>,
    /// Periods whose releases were looked for.
    pub expected: Vec<rules::Expected>,
}

/// What the rules of alarms look at after a run of a period.
pub(super) fn situation(project: &Project, period: &str, end: &End<'_>) -> Situation {
    let mut situation = Situation::default();
    for held in end.numbers.iter().flat_map(|numbers| &numbers.estimates) {
        let title = end.numbers.and_then(|numbers| numbers.metrics.iter().find(|metric| metric.id == held.metric));
        situation.indicators.push(Indicator {
            metric: held.metric.clone(),
            title: title.map_or_else(|| lang_texts(&held.metric, &held.metric), |metric| texts(&metric.title)),
            segment: held.segment.iter().next().map(|(column, value)| (column.clone(), value.clone())),
            group: held.segment.iter().next().map(|(column, value)| group_names(project, column, value).1),
            estimate: held.estimate,
            unit: held.unit,
        });
    }
    for (numbers, chart) in end.numbers.iter().flat_map(|held| held.charts.iter().map(move |chart| (held, chart))) {
        situation.controls.push(Control {
            metric: chart.metric.clone(),
            title: charted(chart, numbers.period),
            signals: chart.newest_rules(numbers.period).iter().map(|rule| rule_title(*rule)).collect(),
        });
    }
    // Of one period: that another is published mends nothing here.
    let run = period.to_owned();
    if let Some(verdicts) = &end.gates {
        let holding: Vec<_> = verdicts.iter().filter(|held| held.action != GateAction::Warn && end.stopped).collect();
        let say = |lang| joined(holding.iter().map(|held| held.problem.text(lang)), lang);
        // What waits for somebody says so, and what somebody is to do.
        let failed = matches!(end.ended, Some(Some(_)));
        let waits = !failed && holding.iter().all(|held| held.action == GateAction::Hold);
        let ask = match waits {
            true => (
                format!("发布被扣住，看过后运行 manyi approve --period {run}："),
                format!("held; look at it, then run manyi approve --period {run}: "),
            ),
            false => Default::default(),
        };
        situation.gates.push(Gate {
            period: run.clone(),
            gate: "gates".to_owned(),
            holds: !holding.is_empty(),
            text: lang_texts(ask.0 + &say(Lang::ZhCn), ask.1 + &say(Lang::En)),
        });
    }
    if let Some(failure) = &end.ended {
        situation.runs.push(RunEnd { period: run.clone(), failure: failure.clone() });
    }
    situation.expected.clone_from(&end.expected);
    situation
}

/// The words of the errors among problems, for an alarm.
pub(super) fn failure_text<'a>(problems: impl Iterator<Item = &'a Diagnostic>) -> LocalizedTexts {
    let errors: Vec<&Diagnostic> = problems.filter(|problem| problem.level == Level::Error).collect();
    let text = |error: &&Diagnostic, lang| format!("[{}] {}", error.message.code, error.text(lang));
    let say = |lang| joined(errors.iter().map(|error| text(error, lang)), lang);
    lang_texts(say(Lang::ZhCn), say(Lang::En))
}

fn joined(texts: impl Iterator<Item = String>, lang: Lang) -> String {
    texts.collect::<Vec<_>>().join(if lang == Lang::En { "; " } else { "；" })
}

/// The name of an indicator with its value and the control limits of a period, if it is the newest of the chart and has limits.
fn charted(chart: &IndicatorChart, period: Period) -> LocalizedTexts {
    let newest = chart.points.last().filter(|point| point.period == period);
    let Some((point, limits)) = newest.and_then(|point| Some((point, point.limits?))) else {
        return texts(&chart.title);
    };
    let [lower, upper] = [limits.lower, limits.upper].map(|limit| format::value(limit, chart.unit));
    let value = |lang| format::value_with_unit(point.value, chart.unit, lang);
    lang_texts(
        format!("{}为 {}（控制限 {lower} 至 {upper}）", chart.title.get(Lang::ZhCn), value(Lang::ZhCn)),
        format!("{} is {} (limits {lower} to {upper})", chart.title.get(Lang::En), value(Lang::En)),
    )
}

fn texts(title: &Localized) -> LocalizedTexts {
    lang_texts(title.get(Lang::ZhCn), title.get(Lang::En))
}

#[cfg(test)]
#[path = "situation_tests.rs"]
mod tests;
