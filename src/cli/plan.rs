//! `manyi plan`: what the numbers call for and the plan that answers it, as text, JSON or YAML to be changed by the planner.

use std::fmt::Write as _;
use std::io;

use serde_json::{Value, json};

use crate::analysis::Finding;
use crate::cli::args::PlanOptions;
use crate::cli::console::{Console, TextTable, push_lines};
use crate::cli::{Outcome, print_json};
use crate::config::fragment;
use crate::config::raw::RawSuggest;
use crate::diagnostics::{Diagnostics, Lang, Localized};
use crate::document::findings::{kind_name, severity_name};
use crate::document::format;
use crate::pipeline::planning::{document_date, plan_of, strategy_library};
use crate::pipeline::{self, Measured};
use crate::plan::{Library, Planned};

/// Findings shown on a terminal.
const SHOWN: usize = 20;

pub(crate) fn run(options: &PlanOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    if options.library {
        let Some(open) = pipeline::open(&options.project, diagnostics) else { return Ok(()) };
        let library = strategy_library(&open.project, &open.plugins, diagnostics);
        return list(&library, console, diagnostics);
    }
    let made = {
        let _progress = console.progress("正在制定计划…", "planning …");
        pipeline::measure(&options.project, diagnostics).map(|measured| {
            let date = document_date(&measured.project, &measured.tables, diagnostics);
            let planned = plan_of(&measured, date.as_deref(), diagnostics);
            (measured, planned)
        })
    };
    let Some((measured, planned)) = made else {
        return if console.json { print_json(console, json!({ "schema": 1 }), diagnostics) } else { Ok(()) };
    };
    if console.json {
        let data = json!({
            "schema": 1,
            "findings": planned.findings,
            "plan": planned.plan.raw,
            "objectives": planned.plan.objectives.iter().map(|held| json!({
                "id": held.raw.id, "metric": held.raw.metric, "target": held.target, "by": held.raw.by,
                "reach": held.reach,
            })).collect::<Vec<Value>>(),
            "finance": finance_json(&planned),
        });
        return print_json(console, data, diagnostics);
    }
    if options.yaml {
        let mut plan = planned.plan.raw.clone();
        // What is printed is the planner's own from now on.
        plan.suggest = Some(RawSuggest::Switch(false));
        (plan.pick, plan.drop, plan.edit, plan.people) = Default::default();
        let text = fragment::print(&json!({ "plan": without_empty(serde_json::to_value(&plan).unwrap_or_default()) }));
        return console.data(&text.map_err(io::Error::other)?);
    }
    console.data(&text(&measured, &planned, console))
}

/// A value without keys that hold nothing.
fn without_empty(value: Value) -> Value {
    match value {
        Value::Object(entries) => {
            let kept = entries.into_iter().map(|(key, value)| (key, without_empty(value)));
            let empty = |value: &Value| {
                value.is_null()
                    || value.as_array().is_some_and(Vec::is_empty)
                    || value.as_object().is_some_and(serde_json::Map::is_empty)
            };
            Value::Object(kept.filter(|(_, value)| !empty(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_empty).collect()),
        other => other,
    }
}

fn finance_json(planned: &Planned) -> Value {
    let held = &planned.finance;
    json!({
        "cost": held.cost, "benefit": held.benefit, "net": held.net,
        "return_on_investment": held.return_on_investment, "payback_months": held.payback_months,
        "simulation": held.simulation.map(|found| json!({
            "draws": found.draws, "seed": found.seed, "p5": found.p5, "p50": found.p50, "p95": found.p95, "loss": found.loss,
        })),
    })
}

fn list(library: &Library, console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if console.json {
        let entries: Vec<Value> = library
            .iter()
            .map(|held| {
                json!({
                    "id": held.id, "kind": held.kind, "title": held.title, "metrics": held.answers.metrics,
                    "topics": held.answers.topics, "findings": held.answers.findings,
                    "actions": held.actions.iter().map(|action| json!({ "id": action.id, "what": action.what })).collect::<Vec<_>>(),
                })
            })
            .collect();
        return print_json(console, json!({ "schema": 1, "strategies": entries }), diagnostics);
    }
    let head = ["id", console.say("名称", "title"), console.say("回应的指标与主题", "answers")];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), Vec::new());
    for held in library.iter() {
        let bare = held.answers.metrics.iter().map(|metric| metric.rsplit('/').next().unwrap_or(metric));
        let answers: Vec<&str> = bare.chain(held.answers.topics.iter().map(String::as_str)).take(4).collect();
        table.row(vec![held.id.clone(), held.title.get(console.lang).to_owned(), answers.join(", ")]);
    }
    console.data(&table.render())
}

fn text(measured: &Measured, planned: &Planned, console: &Console) -> String {
    let lang = console.lang;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}",
        console
            .say("发现（优先度 = 100 × 重要性 × 差距 × 范围）", "Findings (priority = 100 × importance × gap × reach)")
    );
    if planned.findings.is_empty() {
        let none = console.say(
            "没有发现：没有设目标，没有上一期，各组之间也无显著差异。在 manyi.yaml 的 `targets:` 中写下目标，或加入上一期数据。",
            "No findings: there is no target, no earlier wave, and no group differs. Set `targets:` in manyi.yaml, or add an earlier wave.",
        );
        push_lines(&mut text, "  ", none);
        return text;
    }
    push_lines(&mut text, "  ", &findings_table(&planned.findings, console).render());
    if planned.findings.len() > SHOWN {
        let more = planned.findings.len() - SHOWN;
        let _ = writeln!(
            text,
            "  {}",
            match lang {
                Lang::ZhCn | Lang::ZhTw => format!("另有 {more} 项，见 --json"),
                Lang::En => format!("{more} more with --json"),
            }
        );
    }
    let plan = &planned.plan;
    let name =
        |metric: &str| measured.indicators.results.info(metric).map_or(metric, |info| info.title.get(lang)).to_owned();
    for objective in &plan.objectives {
        let target = objective.target.map_or(format::NO_VALUE.to_owned(), |target| format::short_number(target, 2));
        let focus = objective.raw.focus.as_ref().map(|focus| match lang {
            Lang::ZhCn | Lang::ZhTw => format!("  重点：{}", focus.get(lang)),
            Lang::En => format!("  above all for {}", focus.get(lang)),
        });
        let _ = writeln!(
            text,
            "\n{} {} → {target}  ({}){}",
            console.say("目标：", "Objective:"),
            name(&objective.raw.metric),
            objective.raw.by,
            focus.unwrap_or_default()
        );
        for strategy in objective.strategies.iter().filter_map(|&index| plan.strategies.get(index)) {
            let _ = writeln!(text, "  {}  [{}]", strategy.raw.title.get(lang), strategy.raw.id);
            for action in strategy.actions.iter().filter_map(|&index| plan.actions.get(index)) {
                let held = &action.raw;
                let _ = writeln!(
                    text,
                    "    - {} · {} · {} → {}",
                    held.what.get(lang),
                    held.who.get(lang),
                    held.start,
                    held.end
                );
            }
        }
    }
    if plan.total_cost > 0.0 {
        let guide = plan.costs.iter().filter(|cost| cost.raw.estimate).count();
        let total = format::number(plan.total_cost, 0);
        let _ = writeln!(
            text,
            "\n{}",
            match lang {
                Lang::ZhCn | Lang::ZhTw =>
                    format!("预算合计 {total}（{} 行，其中 {guide} 行为待确认的参考价）", plan.costs.len()),
                Lang::En => format!(
                    "Budget {total} (lines: {}; of these, guide prices to be confirmed: {guide})",
                    plan.costs.len()
                ),
            }
        );
    }
    text
}

fn findings_table(findings: &[Finding], console: &Console) -> TextTable {
    let lang = console.lang;
    let head = [
        console.say("优先度", "priority"),
        console.say("轻重", "severity"),
        console.say("发现", "finding"),
        console.say("指标", "indicator"),
        console.say("数值", "value"),
        console.say("对比", "against"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![true, false, false, false, true, true]);
    for finding in findings.iter().take(SHOWN) {
        let group = finding.group.as_ref().map(|held| held.title.get(lang)).unwrap_or_default();
        let title = [finding.title.get(lang), group].join(" ");
        let number = |value: f64| format::value_with_unit(value, finding.evidence.unit, lang);
        let name = finding.evidence.against_name.as_ref().map_or("", |name: &Localized| name.get(lang));
        table.row(vec![
            format::number(finding.priority.value, 1),
            severity_name(finding.severity, lang).to_owned(),
            kind_name(finding.kind, lang).to_owned(),
            title.trim().to_owned(),
            number(finding.evidence.value),
            format!("{} {name}", number(finding.evidence.against)).trim().to_owned(),
        ]);
    }
    table
}
