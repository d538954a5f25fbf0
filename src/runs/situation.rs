//! What alarms are reckoned from: how a run ended, the numbers that it published and the gates that held it, in words for people.

use std::collections::BTreeSet;

use crate::analysis::IndicatorChart;
use crate::config::raw::GateAction;
use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Lang, Level, Localized, LocalizedTexts, lang_texts};
use crate::document::findings::rule_title;
use crate::document::format::{self, printed_decimals, round_half_away};
use crate::runs::delivery::rules::{self, Control, Failure, Gate, Indicator, RunEnd, Situation};
use crate::runs::gates::Verdict;
use crate::runs::numbers::Numbers;
use crate::runs::titles::group_names;

/// Errors that an alarm says: those that follow say mostly the same.
const MOST_REASONS: usize = 2;

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
    pub ended: Option<Option<Failure>>,
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
        let found = said(holding.iter().map(|held| words(&held.problem)).collect());
        // What waits for somebody says so, and what somebody is to do.
        let failed = matches!(end.ended, Some(Some(_)));
        let waits = !failed && holding.iter().all(|held| held.action == GateAction::Hold);
        let ask = match waits {
            true => (
                format!("发布被扣住，请审阅 manyi watch 所示文件夹，再运行 manyi approve --period {run}："),
                format!("held; look at the folder that manyi watch names, then run manyi approve --period {run}: "),
            ),
            false => Default::default(),
        };
        situation.gates.push(Gate {
            period: run.clone(),
            gate: "gates".to_owned(),
            holds: !holding.is_empty(),
            text: lang_texts(ask.0 + found.get(Lang::ZhCn), ask.1 + found.get(Lang::En)),
        });
    }
    if let Some(failure) = &end.ended {
        situation.runs.push(RunEnd { period: run.clone(), failure: failure.clone() });
    }
    situation.expected.clone_from(&end.expected);
    situation
}

/// Why the run of a period failed, what becomes of its release, of which a revision may be in place, and what is to be done: who reads
/// it at night has nothing else before them. Cells are not quoted.
pub(super) fn failure(period: Period, problems: &[Diagnostic], in_place: Option<u32>) -> Failure {
    let errors: Vec<Diagnostic> = problems.iter().filter(|problem| problem.level == Level::Error).cloned().collect();
    let why = failure_text(errors.iter());
    let published = problems.iter().any(|problem| problem.message.code == messages::NOT_FINISHED.code);
    let (zh, en) = match in_place {
        _ if published => {
            ("版本已就位，后续步骤未完成".to_owned(), "the release is in place, what follows it is not done".to_owned())
        }
        Some(revision) => (
            format!("未发布新版本，第 {revision} 版保持不变"),
            format!("nothing was published, revision {revision} stays in place"),
        ),
        None => ("未发布".to_owned(), "nothing was published".to_owned()),
    };
    // What helps against the first error; those that follow are mostly over with it.
    let hint = |lang| errors.iter().find_map(|error| error.clone().without_quotes().hint(lang));
    let what = match (hint(Lang::ZhCn), hint(Lang::En)) {
        (Some(zh), Some(en)) => [format!("处理办法：{zh}。之后运行："), format!("What to do: {en}. After that:")],
        _ => ["排除后运行：".to_owned(), "Once it is mended:".to_owned()],
    };
    let typed = format!("manyi run --period {period}");
    Failure {
        text: lang_texts(
            format!("运行失败，{zh}：{}。{}{typed}", why.get(Lang::ZhCn), what[0]),
            format!("the run failed, {en}: {}. {} {typed}", why.get(Lang::En), what[1]),
        ),
        codes: errors.iter().map(|error| error.message.code.to_owned()).collect::<BTreeSet<_>>(),
    }
}

/// The words of the first errors among problems, for an alarm, and how many more there are.
pub(super) fn failure_text<'a>(problems: impl Iterator<Item = &'a Diagnostic>) -> LocalizedTexts {
    let mut texts: Vec<LocalizedTexts> = Vec::new();
    for error in problems.filter(|problem| problem.level == Level::Error) {
        let said = words(&error.clone().without_quotes());
        let coded = |lang| format!("[{}] {}", error.message.code, said.get(lang));
        let text = lang_texts(coded(Lang::ZhCn), coded(Lang::En));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    said(texts)
}

fn words(problem: &Diagnostic) -> LocalizedTexts {
    lang_texts(problem.text(Lang::ZhCn), problem.text(Lang::En))
}

/// The first of some texts in one line.
fn said(texts: Vec<LocalizedTexts>) -> LocalizedTexts {
    let first = |lang, between: &str| -> String {
        texts.iter().take(MOST_REASONS).map(|text| text.get(lang)).collect::<Vec<_>>().join(between)
    };
    let (zh, en) = (first(Lang::ZhCn, "；"), first(Lang::En, "; "));
    match texts.len().saturating_sub(MOST_REASONS) {
        0 => lang_texts(zh, en),
        more => lang_texts(format!("{zh}；另有 {more} 条"), format!("{en}; and {more} more")),
    }
}

/// The name of an indicator with its value and the control limits of a period, if it is the newest of the chart and has limits.
fn charted(chart: &IndicatorChart, period: Period) -> LocalizedTexts {
    let newest = chart.points.last().filter(|point| point.period == period);
    let Some((point, limits)) = newest.and_then(|point| Some((point, point.limits?))) else {
        return texts(&chart.title);
    };
    let value = |value, lang| format::value_with_unit(value, chart.unit, lang);
    // As printed: nobody reads that 82.5 is above 82.5.
    let printed = |value| round_half_away(value, printed_decimals(chart.unit));
    let side = match printed(point.value) {
        held if held > printed(limits.upper) => ("，高于控制上限", ", above the upper control limit"),
        held if held < printed(limits.lower) => ("，低于控制下限", ", below the lower control limit"),
        _ => ("", ""),
    };
    let both = |lang| [point.value, limits.lower, limits.upper].map(|number| value(number, lang));
    let ([now, lower, upper], [now_en, lower_en, upper_en]) = (both(Lang::ZhCn), both(Lang::En));
    lang_texts(
        format!("{}为 {now}{}（控制限 {lower} 至 {upper}）", chart.title.get(Lang::ZhCn), side.0),
        format!("{} is {now_en}{} (control limits {lower_en} to {upper_en})", chart.title.get(Lang::En), side.1),
    )
}

fn texts(title: &Localized) -> LocalizedTexts {
    lang_texts(title.get(Lang::ZhCn), title.get(Lang::En))
}

#[cfg(test)]
#[path = "situation_tests.rs"]
mod tests;
