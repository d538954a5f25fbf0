//! The numbers of a release as a message names them: value, change since the period before with its test, and target. They say what the
//! documents say, from what was published: nothing that is hidden comes in.

use crate::analysis::comparisons::{against_target, difference};
use crate::analysis::{printed_decimals, round_half_away};
use crate::config::{Period, Project};
use crate::diagnostics::{Lang, LocalizedTexts, lang_texts};
use crate::document::format;
use crate::metrics::Estimate;
use crate::plan::resolve::target_value;
use crate::plugins::Better;
use crate::runs::numbers::{EstimateRecord, MetricRecord, Numbers};
use crate::runs::record::Release;

/// Indicators that a message names.
const MOST: usize = 10;

/// The mark of a change beyond chance.
const MARK: char = '*';

/// What a message names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Titles and numbers, then how many more there are.
    pub rows: Vec<(String, String)>,
    /// What the mark means, if it stands anywhere.
    pub note: Option<String>,
}

/// The period before a release, as the documents show it.
#[derive(Debug, Clone, Copy)]
struct Before<'a> {
    numbers: &'a Numbers,
    /// True if its answers are not among those of the release, so that both may be taken as independent samples.
    independent: bool,
}

/// The numbers of the total, or of one group by its column and value. `before` are those that were published of an earlier period.
pub(super) fn figures(
    project: &Project,
    release: &Release,
    before: Option<&Numbers>,
    group: Option<(&str, &str)>,
    lang: Lang,
) -> Figures {
    let numbers = &release.numbers;
    let before = before.and_then(|earlier| shown_before(release, earlier));
    let confidence = project.raw.settings.confidence;
    let mut rows = Vec::new();
    for metric in &numbers.metrics {
        let Some(own) = of_group(numbers, &metric.id, group) else { continue };
        let Some(value) = own.estimate else { continue };
        let now = own.in_wave(numbers.period);
        let mut beside = Vec::new();
        if let Some(before) = before
            && let Some(then) = of_group(before.numbers, &metric.id, group).filter(|then| then.estimate.is_some())
        {
            let then = then.in_wave(before.numbers.period);
            let since = (numbers.period, before.numbers.period);
            let test = difference(&now, &then, confidence).filter(|_| before.independent);
            beside.extend(change_text((&now, &then), since, test.is_some_and(|test| test.significant), lang));
        }
        beside.extend(target_text(project, metric, &now, lang));
        let shown = format::value_with_unit(value, metric.unit, lang);
        let said = match (beside.is_empty(), lang) {
            (true, _) => shown,
            (false, Lang::En) => format!("{shown} ({})", beside.join("; ")),
            (false, Lang::ZhCn | Lang::ZhTw) => format!("{shown}（{}）", beside.join("；")),
        };
        rows.push((metric.title.get(lang).to_owned(), said));
    }
    if let more @ 1.. = rows.len().saturating_sub(MOST) {
        rows.truncate(MOST);
        let more = lang_texts(format!("另有 {more} 项"), format!("{more} more"));
        rows.push((more.get(lang).to_owned(), String::new()));
    }
    let marked = rows.iter().any(|(_, said)| said.contains(MARK));
    let level = format::confidence(confidence);
    let note = lang_texts(
        format!("{MARK} 变化超出抽样误差（置信水平 {level}）"),
        format!("{MARK} a change beyond sampling error (confidence level {level})"),
    );
    Figures { rows, note: marked.then(|| note.get(lang).to_owned()) }
}

/// Earlier numbers, if the documents of a release show them beside its own.
fn shown_before<'a>(release: &Release, numbers: &'a Numbers) -> Option<Before<'a>> {
    let from_history = release.past.iter().any(|held| held.period == numbers.period);
    let read = release.numbers.read_with.iter().any(|held| held.period == numbers.period);
    (from_history || read).then_some(Before { numbers, independent: from_history && !read })
}

fn of_group<'a>(numbers: &'a Numbers, metric: &str, group: Option<(&str, &str)>) -> Option<&'a EstimateRecord> {
    let of = |held: &&EstimateRecord| match group {
        None => held.segment.is_empty(),
        Some((column, value)) => {
            held.segment.len() == 1 && held.segment.get(column).is_some_and(|held| held.as_str() == value)
        }
    };
    numbers.estimates.iter().filter(|held| held.metric == metric).find(of)
}

/// How a number changed, rounded once as in the documents; none where one of them is hidden.
fn change_text(
    (now, then): (&Estimate, &Estimate),
    (period, earlier): (Period, Period),
    significant: bool,
    lang: Lang,
) -> Option<String> {
    let delta = round_half_away(now.estimate? - then.estimate?, printed_decimals(now.unit));
    let wave = format::wave(&earlier.to_string(), lang);
    let last = period.predecessor() == Some(earlier);
    let since = match (last, lang) {
        (true, _) => lang_texts("上期", "last period"),
        (false, _) => lang_texts(wave.clone(), wave),
    };
    if delta == 0.0 {
        let same = lang_texts(format!("与{}持平", since.get(Lang::ZhCn)), format!("as in {}", of_last(&since, last)));
        return Some(same.get(lang).to_owned());
    }
    let arrow = if delta > 0.0 { '▲' } else { '▼' };
    let size = format::difference(delta, now.unit, lang);
    let mark = if significant { MARK.to_string() } else { String::new() };
    let said = lang_texts(
        format!("较{} {arrow}{size}{mark}", since.get(Lang::ZhCn)),
        format!("{arrow}{size}{mark} on {}", since.get(Lang::En)),
    );
    Some(said.get(lang).to_owned())
}

fn of_last(since: &LocalizedTexts, last: bool) -> String {
    let since = since.get(Lang::En);
    if last { format!("the {since}") } else { since.to_owned() }
}

/// The target of a metric and whether it is met, in the words of the documents' cards, if it has one and a good direction.
fn target_text(project: &Project, metric: &MetricRecord, now: &Estimate, lang: Lang) -> Option<String> {
    let target = target_value(project, &metric.id)?;
    let better = metric.better?;
    let found = against_target(now, target, better, project.raw.settings.confidence)?;
    let state = match (found.met, found.tested && !found.significant) {
        (true, true) => lang_texts("达标，在误差内", "reached within error"),
        (true, false) => lang_texts("达标", "reached"),
        (false, true) => lang_texts("略逊", "just short"),
        (false, false) => lang_texts("未达标", "missed"),
    };
    let goal = format::goal(target, better == Better::Higher, metric.unit, lang);
    let said = lang_texts(
        format!("目标 {goal}：{}", state.get(Lang::ZhCn)),
        format!("target {goal}: {}", state.get(Lang::En)),
    );
    Some(said.get(lang).to_owned())
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;
