//! Facts about the plan: its texts, links, dates and sums.

use serde_json::{Value, json};

use super::text;
use crate::analysis::{Finding, FindingKind, Severity};
use crate::config::raw::{RawContingency, StrategyKind};
use crate::diagnostics::Lang;
use crate::document::finding_tables::{FINDINGS_SHOWN, assumption_name, leading};
use crate::document::findings::{sentence, sentence_with_signal};
use crate::document::format;
use crate::document::material::Material;
use crate::document::plan_tables::{action_span, objective_text};
use crate::metrics::Better;
use crate::plan::reach::Ambition;

/// The plan.
pub(super) fn plan(material: &Material<'_>) -> Value {
    let lang = material.lang;
    let plan = &material.plan;
    let raw = &plan.raw;
    let benefit = material.inputs.planned.finance.benefit;
    let money = &material.money;
    let net = benefit - plan.total_cost;
    let last = plan.actions.iter().filter_map(|action| action.end).max();
    let first = plan.actions.iter().filter_map(|action| action.start).min();
    let (objectives, strategies, actions) = (objectives(material), strategies(material), actions(material));
    json!({
        "first_strategy": strategies.first(),
        "first_action": actions.first(),
        "part": part(material),
        "foreword": text(raw.foreword.as_ref(), lang),
        "headline": text(raw.headline.as_ref(), lang).map(|text| one_line(without_stop(text), lang)),
        "verdict": text(raw.verdict.as_ref(), lang),
        "problem": text(raw.problem.as_ref(), lang),
        "objectives": objectives,
        "strategies": strategies,
        "actions": actions,
        "begun": plan.actions.iter().filter(|action| action.start.is_some_and(|start| start.to_string().as_str() <= material.inputs.date)).count(),
        "contingencies": raw.contingencies.len(),
        "contingency_list": contingencies(material),
        "costs": plan.costs.len(),
        "benefits": raw.finance.benefits.len(),
        "total_cost": (!plan.costs.is_empty()).then(|| money.amount(plan.total_cost)),
        "total_benefit": (!raw.finance.benefits.is_empty()).then(|| money.amount(benefit)),
        "net": money.amount(net.abs()),
        "net_positive": net > 0.0,
        "net_zero": net == 0.0,
        "largest_cost": largest_cost(material),
        "cost_lines": cost_lines(material),
        "cost_sum": money.plain(plan.total_cost),
        "finance": finance(material),
        "trace": trace(material),
        "reach": reach(material),
        "guide_prices": plan.costs.iter().filter(|cost| cost.raw.estimate).count(),
        "span": first.zip(last).map(|(first, last)| format::date_range(first, last, lang)),
    })
}

/// What a document about a group says of the plan of the whole; null elsewhere.
fn part(material: &Material<'_>) -> Value {
    let Some(held) = &material.inputs.planned.part else { return Value::Null };
    let lang = material.lang;
    let further = held.further.iter().map(|strategy| {
        let metrics = strategy.metrics.iter().filter_map(|id| material.summary(id));
        let titles: Vec<String> = metrics
            .map(|held| {
                format!("{} {}", material.inline_name(&material.title(held.info)), material.value_text(held.current))
            })
            .collect();
        json!({
            "title": without_stop(strategy.title.get(lang)),
            "text": strategy.text.get(lang),
            "indicators": format::list(&titles, lang),
        })
    });
    json!({
        "whole": held.whole.get(lang),
        "own": held.own,
        "shared": held.shared,
        "others": held.others,
        "shared_cost": (held.shared_cost > 0.0).then(|| material.money.amount(held.shared_cost)),
        "further": further.collect::<Vec<_>>(),
    })
}

/// The most urgent findings, one an indicator, as sentences.
pub(super) fn urgent(material: &Material<'_>) -> Vec<Value> {
    let shown = leading(material, FINDINGS_SHOWN);
    let entry = |finding: &&Finding| {
        json!({
            "sentence": sentence(material, finding),
            "kind": finding.kind.word(),
            "title": format::spoken_title(finding.title.get(material.lang), finding.evidence.unit, material.lang).0,
            "metric": finding.metric,
            "priority": format::number(finding.priority.value, 1),
            "severe": finding.severity == Severity::High,
        })
    };
    shown.iter().map(entry).collect()
}

/// The most urgent findings as [`urgent`] has them, but one item an indicator: where its target is missed, it got worse or it is
/// behind a benchmark and its control chart signals too, one sentence says both.
pub(super) fn matters(material: &Material<'_>) -> Vec<Value> {
    let shown = leading(material, FINDINGS_SHOWN);
    let of_value = |finding: &Finding| {
        let kinds = [FindingKind::BelowTarget, FindingKind::Worsened, FindingKind::BehindBenchmark];
        kinds.contains(&finding.kind)
    };
    let belong = |said: &Finding, signal: &Finding| {
        let of_whole = said.group.is_none() && signal.group.is_none();
        of_whole && said.metric.is_some() && said.metric == signal.metric && of_value(said) && signal.kind.is_control()
    };
    let mut items = Vec::new();
    for (index, finding) in shown.iter().enumerate() {
        let other = shown.iter().position(|other| belong(finding, other) || belong(other, finding));
        let text = match other.and_then(|place| Some((place, shown.get(place)?))) {
            // Said already, with the other.
            Some((place, _)) if place < index => continue,
            Some((_, other)) if finding.kind.is_control() => sentence_with_signal(material, other, finding),
            Some((_, other)) => sentence_with_signal(material, finding, other),
            None => sentence(material, finding),
        };
        items.push(json!({
            "sentence": text,
            "kind": finding.kind.word(),
            "title": format::spoken_title(finding.title.get(material.lang), finding.evidence.unit, material.lang).0,
            "metric": finding.metric,
            "priority": format::number(finding.priority.value, 1),
            "severe": finding.severity == Severity::High,
        }));
    }
    items
}

/// What the plan is worth: return, payback and how sure that is; null where there is nothing to say.
fn finance(material: &Material<'_>) -> Value {
    let held = &material.inputs.planned.finance;
    let money = |value: f64| material.money.amount(material.money.round(value));
    json!({
        "return": held.return_on_investment.map(|share| format!("{}%", format::number(share * 100.0, 0))),
        "payback_months": held.payback_months.map(|months| format::number(months, 1)),
        "months": format::short_number(held.months, 1),
        "fixed": (held.fixed > 0.0).then(|| json!({
            "amount": money(held.fixed),
            "share": format!("{}%", format::number(held.fixed / held.benefit * 100.0, 0)),
        })),
        "largest_swing": held.swings.first().map(|swing| assumption_name(material, &material.plan.raw, swing.assumption)),
        "simulation": held.simulation.map(|found| json!({
            "draws": format::count(u64::from(found.draws)),
            "seed": found.seed,
            "p5": money(found.p5),
            "p50": money(found.p50),
            "p95": money(found.p95),
            "loss": format!("{}%", format::number(found.loss * 100.0, 1)),
        })),
    })
}

/// The findings by what becomes of them: on how many indicators there are some, which of these have an objective, and of the
/// others which are left without one and why.
fn trace(material: &Material<'_>) -> Value {
    let plan = &material.plan;
    let answered = |metric: &str| plan.objectives.iter().any(|objective| objective.raw.metric == metric);
    let mut open: [(&str, Vec<String>); 5] =
        ["accepted", "composite", "within_error", "groups", "other"].map(|name| (name, Vec::new()));
    let mut urgent: Vec<&Finding> = Vec::new();
    // A signal of a control chart is no finding on an indicator of its own; what is short of a target by chance alone is one, if the
    // last.
    let planned = &material.inputs.planned.findings;
    let just_short = planned.iter().filter(|finding| finding.kind == FindingKind::JustShort);
    for finding in leading(material, usize::MAX).into_iter().chain(just_short) {
        if finding.metric.is_none() || !urgent.iter().any(|held| held.metric == finding.metric) {
            urgent.push(finding);
        }
    }
    let mut held = 0;
    for finding in &urgent {
        let summary = finding.metric.as_deref().and_then(|metric| material.summary(metric));
        let why = match (finding.metric.as_deref(), summary) {
            (Some(metric), _) if answered(metric) => {
                held += 1;
                continue;
            }
            (Some(metric), _) if plan.raw.accept.iter().any(|accepted| accepted == metric) => 0,
            (_, Some(summary)) if summary.info.estimator == "composite" => 1,
            _ if finding.severity == Severity::Low => 2,
            _ if finding.group.is_some() => 3,
            _ => 4,
        };
        let title =
            summary.map_or_else(|| finding.title.get(material.lang).to_owned(), |held| material.spoken(held.info).0);
        open[why].1.push(material.inline_name(&title));
    }
    let complete = plan.objectives.iter().all(|objective| !objective.strategies.is_empty())
        && plan.strategies.iter().all(|strategy| !strategy.actions.is_empty());
    let without = open.iter().filter(|(_, titles)| !titles.is_empty()).map(
        |(why, titles)| json!({ "why": why, "count": titles.len(), "titles": format::list(titles, material.lang) }),
    );
    json!({
        "count": urgent.len(),
        "answered": held,
        "open": urgent.len() - held,
        "without": without.collect::<Vec<_>>(),
        "complete": complete,
    })
}

/// What the table of the objectives' reach shows, in numbers.
fn reach(material: &Material<'_>) -> Value {
    let judged: Vec<_> = material.plan.objectives.iter().filter_map(|objective| objective.reach).collect();
    let count = |ambition: Ambition| judged.iter().filter(|reach| reach.ambition == ambition).count();
    json!({
        "count": judged.len(),
        "open": judged.iter().filter(|reach| reach.change > 0.0).count(),
        "beyond": count(Ambition::Beyond),
        "unprovable": judged.iter().filter(|reach| reach.change > 0.0 && reach.answers_needed.is_none()).count(),
    })
}

/// A text that will stand inside a sentence: without a full stop of its own.
fn without_stop(text: &str) -> &str {
    text.trim().trim_end_matches(['。', '.', '；', ';'])
}

/// A text that stands in a heading.
fn one_line(text: &str, lang: Lang) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(if lang.is_chinese() { "" } else { " " })
}

fn objectives(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    material
        .plan
        .objectives
        .iter()
        .map(|objective| {
            let summary = material.summary(&objective.raw.metric);
            let goal = summary
                .zip(objective.target)
                .map(|(held, goal)| format::goal(goal, held.info.better != Better::Lower, held.info.unit, lang));
            let target = summary.zip(objective.target).map(|(held, goal)| {
                let decimals = format::printed_decimals(held.info.unit);
                let suffix = format!("{}{}", format::unit_suffix(held.info.unit, lang), material.spoken(held.info).1);
                format!("{}{suffix}", format::short_number(goal, decimals))
            });
            let strategies: Vec<String> = objective
                .strategies
                .iter()
                .filter_map(|&index| material.plan.strategies.get(index))
                .map(|strategy| without_stop(strategy.raw.title.get(lang)).to_owned())
                .collect();
            json!({
                "text": without_stop(&objective_text(material, objective)),
                "indicator": summary.map(|held| material.inline_name(&material.spoken(held.info).0)),
                "better": summary.map(|held| if held.info.better == Better::Lower { "lower" } else { "higher" }),
                "now": summary.filter(|held| held.has_value()).map(|held| material.value_text(held.current)),
                "goal": goal,
                "target": target,
                "by": format::date_text(&objective.raw.by, lang),
                "reached": objective.reach.is_some_and(|reach| reach.ambition == Ambition::Reached),
                "strategies": format::list(&strategies, lang),
            })
        })
        .collect()
}

fn strategies(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    let plan = &material.plan;
    plan.strategies
        .iter()
        .map(|strategy| {
            let objectives: Vec<String> = strategy
                .objectives
                .iter()
                .filter_map(|&index| plan.objectives.get(index))
                .map(|objective| {
                    material.summary(&objective.raw.metric).map_or_else(
                        || objective.raw.metric.clone(),
                        |held| material.inline_name(&material.spoken(held.info).0),
                    )
                })
                .collect();
            let actions: Vec<&str> = strategy
                .actions
                .iter()
                .filter_map(|&index| plan.actions.get(index))
                .map(|action| without_stop(action.raw.what.get(lang)))
                .collect();
            json!({
                "title": without_stop(strategy.raw.title.get(lang)),
                "effect": text(strategy.raw.effect.as_ref(), lang).map(without_stop),
                "effect_source": text(strategy.raw.effect_source.as_ref(), lang).map(without_stop),
                "text": strategy.raw.text.get(lang),
                "kind": material.word(kind_word(strategy.raw.kind)),
                "objectives": format::list(&objectives, lang),
                "actions": actions,
            })
        })
        .collect()
}

fn kind_word(kind: StrategyKind) -> &'static str {
    match kind {
        StrategyKind::Product => "strategy_product",
        StrategyKind::Price => "strategy_price",
        StrategyKind::Place => "strategy_place",
        StrategyKind::Promotion => "strategy_promotion",
        StrategyKind::Service => "strategy_service",
        StrategyKind::Support => "strategy_support",
    }
}

fn actions(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    material
        .plan
        .actions_by_priority()
        .into_iter()
        .map(|action| {
            json!({
                "what": without_stop(action.raw.what.get(lang)),
                "who": action.raw.who.get(lang),
                "where": action.raw.place.get(lang),
                "why": text(action.raw.why.as_ref(), lang).map(without_stop),
                "how": text(Some(&action.raw.how), lang).map(without_stop),
                "when": action_span(material, action),
                "days": action.start.zip(action.end).map(|(start, end)| format::short_span(start, end, lang)),
                "end": format::date_text(&action.raw.end, lang),
                "amount": (!action.costs.is_empty()).then(|| material.money.amount(action.amount)),
            })
        })
        .collect()
}

fn contingencies(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    let one = |held: &RawContingency| {
        json!({
            "trigger": without_stop(held.trigger.get(lang)),
            "response": without_stop(held.response.get(lang)),
            "who": held.who.get(lang),
            "follow_up": held.follow_up.as_ref().map(|text| without_stop(text.get(lang))),
        })
    };
    material.plan.raw.contingencies.iter().map(one).collect()
}

/// Costs from the largest to the smallest, each with what is left after it, so that a short document may stop at any line and
/// still add up.
fn cost_lines(material: &Material<'_>) -> Vec<Value> {
    let (plan, money, lang) = (&material.plan, &material.money, material.lang);
    let mut costs: Vec<_> = plan.costs.iter().collect();
    costs.sort_by(|left, right| right.amount.total_cmp(&left.amount));
    let mut rest = plan.total_cost;
    let count = costs.len();
    let mut lines = Vec::with_capacity(count);
    for (index, cost) in costs.into_iter().enumerate() {
        rest -= money.round(cost.amount);
        let quantity = format::short_number(cost.raw.quantity, 2);
        let unit = cost.raw.unit.as_ref().map_or("", |unit| unit.get(lang));
        let counted = match unit {
            "" => quantity,
            unit => material.words.fill("quantity", &[("n", &quantity), ("unit", unit)]),
        };
        lines.push(json!({
            "item": without_stop(cost.raw.item.get(lang)),
            "quantity": counted,
            "price": money.price(cost.raw.price),
            "amount": money.plain(cost.amount),
            "rest_count": count - index - 1,
            "rest": money.plain(rest),
        }));
    }
    lines
}

fn largest_cost(material: &Material<'_>) -> Value {
    let plan = &material.plan;
    let paid = plan.actions.iter().filter(|action| !action.costs.is_empty());
    if plan.total_cost <= 0.0 || paid.clone().count() < 2 {
        return Value::Null;
    }
    paid.max_by(|a, b| a.amount.total_cmp(&b.amount)).map_or(Value::Null, |action| {
        json!({
            "what": without_stop(action.raw.what.get(material.lang)),
            "amount": material.money.amount(action.amount),
            "share": format!("{}%", format::number(action.amount / plan.total_cost * 100.0, 1)),
        })
    })
}
