//! Indicators as cards and actions as things to do: the summary page at a glance.

use crate::analysis::IndicatorSummary;
use crate::diagnostics::Lang;
use crate::document::blocks::{Card, Todo};
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::target_tone;
use crate::metrics::{Better, MetricInfo, Unit};

/// One card of an indicator.
pub fn card(material: &Material<'_>, summary: &IndicatorSummary<'_>) -> Card {
    let info = summary.info;
    let value = summary.current.and_then(|estimate| estimate.estimate);
    let interval = match summary.current {
        Some(estimate) if value.is_some() => material
            .interval_text(estimate)
            .map(|range| material.words.fill("card_interval", &[("level", &material.confidence()), ("range", &range)]))
            .unwrap_or_default(),
        other => material.reason_text(other),
    };
    let (change, change_significant) = match summary.change {
        Some(change) => {
            let mark =
                format!("{}{}", material.change_mark(change.delta, info), change_unit(material, info, change.delta));
            if change.significant {
                (
                    material.fill_or(
                        "card_change",
                        &[("change", &mark)],
                        "较上期 {change}*",
                        "{change}* on last period",
                    ),
                    true,
                )
            } else {
                (material.words.fill("card_change_unsure", &[("change", &mark)]), false)
            }
        }
        None => (String::new(), false),
    };
    let goal = material.target(info);
    let target = material.target_text(info).map(|text| target_line(material, summary, &text)).unwrap_or_default();
    let tone = target_tone(summary);
    Card {
        title: material.title(info),
        value: value.map_or_else(|| format::NO_VALUE.to_owned(), |held| format::value(held, info.unit)),
        unit: value.map(|_| format::unit_suffix(info.unit, material.lang).trim().to_owned()).unwrap_or_default(),
        interval,
        change,
        change_significant,
        target,
        progress: value.zip(goal).and_then(|(held, goal)| progress(held, goal, info.better)),
        tone,
    }
}

/// The unit behind a change, in the little room of a card: `个百分点`, ` points`.
fn change_unit(material: &Material<'_>, info: &MetricInfo, delta: f64) -> String {
    match (info.unit, material.lang) {
        (Unit::Percent, Lang::ZhCn | Lang::ZhTw) => "个百分点".to_owned(),
        (Unit::Percent, Lang::En) if format::value(delta.abs(), info.unit) == "1.0" => " point".to_owned(),
        (Unit::Percent, Lang::En) => " points".to_owned(),
        (unit, lang) => format!("{}{}", format::unit_suffix(unit, lang), material.spoken(info).1),
    }
}

/// The target and, in words, whether it is met: colour alone says nothing in print and to many readers.
fn target_line(material: &Material<'_>, summary: &IndicatorSummary<'_>, text: &str) -> String {
    let state = match summary.target {
        Some(target) if target.met && target.tested && !target.significant => {
            material.word_or("card_met_narrowly", "达标，在误差内", "reached within error")
        }
        Some(target) if target.met => material.word_or("card_met", "达标", "reached"),
        Some(target) if target.tested && !target.significant => {
            material.word_or("card_missed_narrowly", "略逊", "just short")
        }
        Some(_) => material.word_or("card_missed", "未达标", "missed"),
        None => return material.words.fill("card_target", &[("target", text)]),
    };
    let values = [("target", text), ("state", state.as_str())];
    material.fill_or("card_target_state", &values, "目标 {target}，{state}", "Target {target}: {state}")
}

/// Share of the way to the target, 0 to 1; none where the numbers give no ratio.
fn progress(value: f64, goal: f64, better: Better) -> Option<f64> {
    let (part, whole) = match better {
        Better::Lower => (goal, value),
        Better::Higher | Better::Neutral => (value, goal),
    };
    if better == Better::Lower && value <= goal {
        return Some(1.0);
    }
    (whole > 0.0 && part >= 0.0).then(|| (part / whole).clamp(0.0, 1.0))
}

/// The first `limit` actions by priority as things to do.
pub fn todos(material: &Material<'_>, limit: usize) -> Vec<Todo> {
    let lang = material.lang;
    material
        .plan
        .actions_by_priority()
        .into_iter()
        .take(limit)
        .map(|action| {
            let span = action.start.zip(action.end).map(|(start, end)| format::short_span(start, end, lang));
            let place = action.raw.place.get(lang).to_owned();
            let who = action.raw.who.get(lang).to_owned();
            let parts: Vec<String> =
                [Some(place), Some(who), span].into_iter().flatten().filter(|part| !part.is_empty()).collect();
            Todo {
                title: action.raw.what.get(lang).to_owned(),
                detail: parts.join(" · "),
                amount: if action.costs.is_empty() { String::new() } else { material.money.amount(action.amount) },
            }
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::document::blocks::Tone;
    use crate::document::fixtures;

    #[test]
    fn cards_say_value_interval_change_and_target() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let complaint = card(material, material.summary("complaint_rate").unwrap());
            assert_eq!((complaint.value.as_str(), complaint.unit.as_str()), ("14.2", "%"));
            assert_eq!(complaint.interval, "95% 区间 12.2–16.4");
            assert_eq!(complaint.change, "较上期 ▲ 3.9个百分点*");
            assert!(complaint.change_significant);
            assert_eq!(complaint.target, "目标 ≤ 8%，未达标");
            assert_eq!(complaint.tone, Tone::Bad);
            // 8 / 14.2 of the way.
            assert!((complaint.progress.unwrap() - 8.0 / 14.2).abs() < 1e-12);
            let named = card(material, material.summary("named_preference").unwrap());
            assert_eq!(named.change, "较上期 ▲ 0.6个百分点（不显著）");
        });
        fixtures::with_material(Lang::En, |material| {
            let complaint = card(material, material.summary("complaint_rate").unwrap());
            assert_eq!(complaint.change, "▲ 3.9 points* on last period");
            assert_eq!(complaint.target, "Target ≤ 8%: missed");
        });
    }

    #[test]
    fn todos_follow_the_priority() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let items = todos(material, 3);
            assert_eq!(items[0].title, "晚餐窗口由6个增至9个");
            assert_eq!(items[0].detail, "第二食堂 · 餐饮部主管 · 2026年12月1日 → 12月15日");
            assert_eq!(items[0].amount, "18,000元");
        });
    }
}
