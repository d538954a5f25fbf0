//! Tables of the planning half: objectives, actions, budget, benefits, contingencies and the trace that links them.
//! Every table is none where the plan has nothing for it.

use crate::config::raw::RawContingency;
use crate::diagnostics::{Lang, Localized};
use crate::document::blocks::{Inline, Table, TableCell, TableColumn, TableRow, Tone};
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::{cell, note, number_column, row, text_column};
use crate::metrics::{Better, MetricInfo};
use crate::plan::reach::Ambition;
use crate::plan::{Action, Objective};

/// Objectives: in words, indicator, value now, value to reach, by when.
pub fn objectives(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let rows: Vec<_> = material
        .plan
        .objectives
        .iter()
        .map(|objective| {
            let summary = material.summary(&objective.raw.metric);
            let title = summary.map_or_else(|| objective.raw.metric.clone(), |held| material.title(held.info));
            let goal = summary.zip(objective.target).map_or_else(
                || format::NO_VALUE.to_owned(),
                |(held, goal)| format::goal(goal, held.info.better != Better::Lower, held.info.unit, lang),
            );
            row(vec![
                cell(objective_text(material, objective)),
                cell(title),
                cell(material.value_text(summary.and_then(|held| held.current))),
                cell(goal),
                cell(short_date_text(&objective.raw.by, lang)),
            ])
        })
        .collect();
    let columns = vec![
        text_column(&material.word("col_objective"), 2.2),
        text_column(&material.word("col_indicator"), 0.9),
        number_column(&material.word("col_now")),
        number_column(&material.word("col_goal")),
        text_column(&material.word("col_by"), 0.0),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// A date in the little room of a table; as it is where it is no date.
fn short_date_text(text: &str, lang: Lang) -> String {
    format::parse_date(text).map_or_else(|| text.to_owned(), |date| format::short_date(date, lang))
}

/// An objective in words: the planner's, or made from indicator, value now, value to reach and date.
pub fn objective_text(material: &Material<'_>, objective: &Objective) -> String {
    let lang = material.lang;
    if let Some(text) = &objective.raw.text {
        return text.get(lang).to_owned();
    }
    let by = format::date_text(&objective.raw.by, lang);
    let Some((held, target)) = material.summary(&objective.raw.metric).zip(objective.target) else {
        return objective.raw.metric.clone();
    };
    if objective.reach.is_some_and(|reach| reach.ambition == Ambition::Reached) {
        return kept_text(material, objective, held.info, target);
    }
    let (title, named) = material.spoken(held.info);
    let title = material.inline_name(&title);
    let unit = held.info.unit;
    let suffix = format!("{}{named}", format::unit_suffix(unit, lang));
    let target = format!("{}{suffix}", format::short_number(target, format::printed_decimals(unit)));
    let now = held
        .current
        .and_then(|estimate| estimate.estimate)
        .map(|value| format!("{}{suffix}", format::value(value, unit)));
    let lower = held.info.better == Better::Lower;
    let focus = objective.raw.focus.as_ref().map(|focus| match lang {
        Lang::ZhCn | Lang::ZhTw => format!("，重点在{}", focus.get(lang)),
        Lang::En => format!(", above all for {}", focus.get(lang)),
    });
    let text = match (lang, now) {
        (Lang::ZhCn | Lang::ZhTw, Some(now)) if lower => format!("{by}前，{title}由{now}降至{target}以下"),
        (Lang::ZhCn | Lang::ZhTw, Some(now)) => format!("{by}前，{title}由{now}提高到{target}"),
        (Lang::ZhCn | Lang::ZhTw, None) => format!("{by}前，{title}达到{target}"),
        (Lang::En, Some(now)) if lower => format!("Bring {title} from {now} down to {target} or less by {by}"),
        (Lang::En, Some(now)) => format!("Raise {title} from {now} to {target} by {by}"),
        (Lang::En, None) => format!("Reach {target} for {title} by {by}"),
    };
    text + &focus.unwrap_or_default()
}

/// An objective that is reached already, as a group may have reached what the whole still aims at.
fn kept_text(material: &Material<'_>, objective: &Objective, info: &MetricInfo, target: f64) -> String {
    let lang = material.lang;
    let by = format::date_text(&objective.raw.by, lang);
    let title = material.inline_name(&material.title(info));
    let lower = info.better == Better::Lower;
    let goal = format::goal(target, !lower, info.unit, lang);
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("{title}已达到目标，{by}前继续保持（{goal}）"),
        Lang::En => {
            let number = goal.trim_start_matches(['≥', '≤', ' ']);
            let more = if lower { "less" } else { "more" };
            format!("Keep {title} at {number} or {more} until {by}; the target is reached")
        }
    }
}

/// When an action runs, in words.
pub fn action_span(material: &Material<'_>, action: &Action) -> String {
    match (action.start, action.end) {
        (Some(start), Some(end)) => format::date_range(start, end, material.lang),
        _ => format!("{}{}{}", action.raw.start, format::RANGE_DASH, action.raw.end),
    }
}

/// When an action runs, in the little room of a table: the end on a line of its own.
fn short_span_cell(action: &Action, lang: Lang) -> TableCell {
    let span = match (action.start, action.end) {
        (Some(start), Some(end)) => format::short_span(start, end, lang),
        _ => format!("{} → {}", action.raw.start, action.raw.end),
    };
    match span.split_once(" → ") {
        Some((start, end)) => TableCell {
            content: vec![Inline::text(start), Inline::LineBreak, Inline::text(format!("→ {end}"))],
            tone: Tone::Neutral,
        },
        None => cell(span),
    }
}

/// How an action is done, with the people and the equipment it needs.
fn how(material: &Material<'_>, action: &Action) -> String {
    let lang = material.lang;
    let needs = [
        (&action.raw.people, material.word_or("people", "人员", "People")),
        (&action.raw.equipment, material.word_or("equipment", "设备", "Equipment")),
    ];
    let mut text = action.raw.how.get(lang).trim_end_matches(['。', '.']).to_owned();
    for (need, name) in needs {
        let Some(need) = need.as_ref().map(|need| need.get(lang)).filter(|need| !need.is_empty()) else { continue };
        text.push_str(&match lang {
            Lang::ZhCn | Lang::ZhTw => format!("；{name}：{need}"),
            Lang::En => format!("; {}: {need}", name.to_lowercase()),
        });
    }
    text
}

/// Actions by priority: what, why, who, when, where, how.
pub fn actions(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let actions = material.plan.actions_by_priority();
    if lang == Lang::En {
        return actions_in_english(material, &actions);
    }
    let with_why = actions.iter().any(|action| action.raw.why.is_some());
    let rows: Vec<_> = actions
        .iter()
        .enumerate()
        .map(|(index, action)| {
            let raw = &action.raw;
            let mut cells = vec![cell((index + 1).to_string()), cell(raw.what.get(lang))];
            if with_why {
                cells.push(cell(raw.why.as_ref().map_or(format::NO_VALUE, |why| why.get(lang))));
            }
            cells.extend([
                cell(raw.who.get(lang)),
                short_span_cell(action, lang),
                cell(raw.place.get(lang)),
                cell(how(material, action)),
            ]);
            row(cells)
        })
        .collect();
    let mut columns = vec![number_column(&material.word("col_number")), text_column(&material.word("col_what"), 1.1)];
    if with_why {
        columns.push(text_column(&material.word("col_why"), 1.1));
    }
    columns.extend([
        text_column(&material.word("col_who"), 0.7),
        text_column(&material.word("col_when"), 0.0),
        text_column(&material.word("col_where"), 0.7),
        // The longest text of the row.
        text_column(&material.word("col_how"), 2.4),
    ]);
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// The same in English, whose words need wider columns: what and why, when and where share one.
fn actions_in_english(material: &Material<'_>, actions: &[&Action]) -> Option<Table> {
    let below = |mut above: TableCell, text: &str| {
        if !text.is_empty() {
            above.content.extend([Inline::LineBreak, Inline::text(text)]);
        }
        above
    };
    let with_why = actions.iter().any(|action| action.raw.why.is_some());
    let rows: Vec<_> = actions
        .iter()
        .enumerate()
        .map(|(index, action)| {
            let raw = &action.raw;
            let what = Inline::Strong { content: vec![Inline::text(raw.what.get(Lang::En))] };
            let what = TableCell { content: vec![what], ..TableCell::default() };
            row(vec![
                cell((index + 1).to_string()),
                below(what, raw.why.as_ref().map_or("", |why| why.get(Lang::En))),
                cell(raw.who.get(Lang::En)),
                below(short_span_cell(action, Lang::En), raw.place.get(Lang::En)),
                cell(how(material, action)),
            ])
        })
        .collect();
    let both = |first: &str, second: &str| {
        format!("{} and {}", material.word(first), material.inline_name(&material.word(second)))
    };
    let what = if with_why { both("col_what", "col_why") } else { material.word("col_what") };
    let columns = vec![
        number_column(&material.word("col_number")),
        text_column(&what, 1.7),
        text_column(&material.word("col_who"), 0.9),
        text_column(&both("col_when", "col_where"), 1.1),
        text_column(&material.word("col_how"), 1.7),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// The budget line by line with its total.
pub fn budget(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let mut rows: Vec<TableRow> = material
        .plan
        .costs
        .iter()
        .map(|cost| {
            let action = cost.action.and_then(|index| material.plan.actions.get(index));
            let unit = cost.raw.unit.as_ref().map_or("", |unit| unit.get(lang));
            let quantity = format::short_number(cost.raw.quantity, 2);
            row(vec![
                cell(action.map_or(format::NO_VALUE, |action| action.raw.what.get(lang))),
                cell(cost.raw.item.get(lang)),
                cell(if unit.is_empty() {
                    quantity
                } else {
                    material.words.fill("quantity", &[("n", &quantity), ("unit", unit)])
                }),
                cell(format!("{}{}", material.money.price(cost.raw.price), if cost.raw.estimate { "*" } else { "" })),
                cell(material.money.plain(cost.amount)),
            ])
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    rows.push(TableRow {
        cells: vec![
            cell(material.word("sum")),
            cell(""),
            cell(""),
            cell(""),
            cell(material.money.plain(material.plan.total_cost)),
        ],
        strong: true,
    });
    let columns = vec![
        text_column(&material.word("col_action"), 1.6),
        text_column(&material.word("col_item"), 1.4),
        number_column(&material.word("col_quantity")),
        number_column(&material.word("col_price")),
        number_column(&material.word("col_amount")),
    ];
    let mut notes = vec![currency_note(material)];
    if material.plan.costs.iter().any(|cost| cost.raw.estimate) {
        notes.push(note(material.word_or(
            "note_guide_prices",
            "* 参考价，以实际询价为准。",
            "* Guide price, to be replaced by an offer.",
        )));
    }
    Some(Table { columns, rows, notes, ..Table::default() })
}

/// Benefits with the assumption behind each, and their total.
pub fn benefits(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let benefits = &material.plan.raw.finance.benefits;
    let finance = &material.inputs.planned.finance;
    let mut rows: Vec<TableRow> = benefits
        .iter()
        .zip(&finance.benefits)
        .map(|(benefit, reckoned)| {
            row(vec![
                cell(benefit.item.get(lang)),
                cell(benefit.assumption.get(lang)),
                cell(material.money.plain(reckoned.amount)),
            ])
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    if benefits.len() > 1 {
        let total = cell(material.money.plain(finance.benefit));
        rows.push(TableRow { cells: vec![cell(material.word("sum")), cell(""), total], strong: true });
    }
    let columns = vec![
        text_column(&material.word("col_benefit"), 1.2),
        text_column(&material.word("col_assumption"), 2.0),
        number_column(&material.word("col_amount")),
    ];
    let notes = vec![currency_note(material), note(material.word("note_assumptions"))];
    Some(Table { columns, rows, notes, ..Table::default() })
}

pub(super) fn currency_note(material: &Material<'_>) -> Vec<crate::document::Inline> {
    note(material.words.fill("note_currency", &[("currency", material.money.currency())]))
}

/// Texts under one another in one cell.
fn lines(texts: impl Iterator<Item = String>) -> TableCell {
    let mut content = Vec::new();
    for text in texts {
        if !content.is_empty() {
            content.push(Inline::LineBreak);
        }
        content.push(Inline::text(text));
    }
    TableCell { content, tone: Tone::Neutral }
}

/// A part of a contingency that may be left out.
type Part = fn(&RawContingency) -> Option<&Localized>;

/// Contingencies: trigger, first response, who answers for it, who speaks, what those affected are offered, what follows.
pub fn contingencies(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let held = &material.plan.raw.contingencies;
    let optional: [(Part, TableColumn); 3] = [
        (|held| held.speaker.as_ref(), text_column(&material.word_or("col_speaker", "发言人", "Who speaks"), 0.7)),
        (|held| held.remedy.as_ref(), text_column(&material.word_or("col_remedy", "补救", "Remedy"), 1.2)),
        (|held| held.follow_up.as_ref(), text_column(&material.word("col_follow_up"), 1.4)),
    ];
    let shown: Vec<_> = optional.into_iter().filter(|(get, _)| held.iter().any(|entry| get(entry).is_some())).collect();
    let rows: Vec<_> = held
        .iter()
        .map(|entry| {
            let mut cells =
                vec![cell(entry.trigger.get(lang)), cell(entry.response.get(lang)), cell(entry.who.get(lang))];
            cells.extend(shown.iter().map(|(get, _)| cell(get(entry).map_or(format::NO_VALUE, |text| text.get(lang)))));
            row(cells)
        })
        .collect();
    let mut columns = vec![
        text_column(&material.word("col_trigger"), 1.2),
        text_column(&material.word("col_response"), 1.8),
        text_column(&material.word("col_responsible"), 0.8),
    ];
    columns.extend(shown.into_iter().map(|(_, column)| column));
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// The trace: one row an action, by strategy, from the findings and objectives that the strategy serves to costs and risks. What the
/// actions of a strategy share is said once, at the first of them, so that the branches can be seen and no action stands twice.
pub fn trace(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let plan = &material.plan;
    let served = |objective: &Objective| {
        let summary = material.summary(&objective.raw.metric);
        let finding = summary.map_or_else(
            || objective.raw.metric.clone(),
            |held| format!("{} {}", material.title(held.info), material.value_text(held.current)),
        );
        let goal = summary.zip(objective.target).map_or_else(
            || objective_text(material, objective),
            |(held, goal)| format::goal(goal, held.info.better != Better::Lower, held.info.unit, lang),
        );
        (finding, goal)
    };
    // In the order of the objectives, each strategy once.
    let mut order: Vec<usize> = Vec::new();
    for &strategy in plan.objectives.iter().flat_map(|objective| &objective.strategies) {
        if !order.contains(&strategy) {
            order.push(strategy);
        }
    }
    let shared = plan.strategies.iter().any(|strategy| strategy.objectives.len() > 1);
    let mut rows = Vec::new();
    for strategy in order.into_iter().filter_map(|index| plan.strategies.get(index)) {
        let objectives = strategy.objectives.iter().filter_map(|&index| plan.objectives.get(index));
        let objectives: Vec<(String, String)> = objectives.map(served).collect();
        let (mut finding, mut goal) = match objectives.as_slice() {
            [(finding, goal)] if !shared => (cell(finding.as_str()), cell(goal.as_str())),
            // Findings with their goals behind them: cells side by side would not keep them together where a line wraps.
            several => (lines(several.iter().map(|(finding, goal)| format!("{finding} → {goal}"))), cell("")),
        };
        let mut title = cell(strategy.raw.title.get(lang));
        let triggers = strategy.risks.iter().filter_map(|&index| plan.contingencies.get(index));
        let triggers: Vec<&str> = triggers.map(|held| held.raw.trigger.get(lang)).collect();
        let mut risks = cell(triggers.join(if lang.is_chinese() { "；" } else { "; " }));
        for action in strategy.actions.iter().filter_map(|&index| plan.actions.get(index)) {
            let part = material.inputs.planned.part.as_ref();
            let amount = if part.is_some_and(|part| part.paid_elsewhere.contains(&action.raw.id)) {
                material.word_or("shared_cost", "共同", "shared")
            } else if action.costs.is_empty() {
                format::NO_VALUE.to_owned()
            } else {
                material.money.plain(action.amount)
            };
            let mut cells = vec![std::mem::take(&mut finding)];
            if !shared {
                cells.push(std::mem::take(&mut goal));
            }
            cells.extend([
                std::mem::take(&mut title),
                cell(action.raw.what.get(lang)),
                cell(amount),
                std::mem::take(&mut risks),
            ]);
            rows.push(row(cells));
        }
    }
    let goal = material.word("col_goal");
    let mut columns = if shared {
        vec![text_column(&format!("{} → {goal}", material.word("col_finding")), 1.5)]
    } else {
        vec![text_column(&material.word("col_finding"), 1.0), text_column(&goal, 0.0)]
    };
    columns.extend([
        text_column(&material.word("col_strategy"), 1.3),
        text_column(&material.word("col_action"), 1.5),
        number_column(&material.word("col_amount")),
        text_column(&material.word_or("col_risk", "风险", "Risk"), 1.1),
    ]);
    let with_risks = plan.strategies.iter().any(|strategy| !strategy.risks.is_empty());
    if !with_risks {
        columns.pop();
        rows.iter_mut().for_each(|row: &mut TableRow| row.cells.truncate(columns.len()));
    }
    let notes = vec![currency_note(material)];
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::document::fixtures;

    fn texts(row: &TableRow) -> Vec<String> {
        row.cells
            .iter()
            .map(|cell| match cell.content.first() {
                Some(Inline::Text { text }) => text.clone(),
                _ => String::new(),
            })
            .collect()
    }

    #[test]
    fn budget_lines_add_up_to_the_printed_total() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let table = budget(material).unwrap();
            assert_eq!(texts(&table.rows[0]), ["晚餐窗口由6个增至9个", "窗口改造", "3个", "6,000", "18,000"]);
            assert_eq!(texts(table.rows.last().unwrap())[4], "43,000");
            let sum: f64 = table.rows[..table.rows.len() - 1]
                .iter()
                .map(|row| texts(row)[4].replace(',', "").parse::<f64>().unwrap())
                .sum();
            assert_eq!(sum, 43_000.0);
        });
    }

    /// Answering complaints serves both objectives: its action stands once, beside both.
    #[test]
    fn the_trace_has_a_row_for_every_action() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let table = trace(material).unwrap();
            assert_eq!(table.columns.len(), table.rows[0].cells.len());
            assert_eq!(
                texts(&table.rows[0]),
                ["抱怨率 14.2% → ≤ 8%", "把排队时间压到五分钟以内", "晚餐窗口由6个增至9个", "18,000"]
            );
            let mut actions: Vec<String> = table.rows.iter().map(|row| texts(row)[2].clone()).collect();
            let count = actions.len();
            actions.sort_unstable();
            actions.dedup();
            assert_eq!((actions.len(), count), (count, material.plan.actions.len()), "{actions:?}");
            let both = table.rows.iter().find(|row| texts(row)[1] == "让每条意见都有回音").unwrap();
            let said: Vec<&str> = both.cells[0]
                .content
                .iter()
                .filter_map(|piece| match piece {
                    Inline::Text { text } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(said, ["抱怨率 14.2% → ≤ 8%", "指名度 41.7% → ≥ 45%"]);
        });
    }

    /// How an action is done takes the most words, and has the widest column.
    #[test]
    fn the_longest_text_of_an_action_has_the_most_room() {
        fixtures::with_material(Lang::ZhCn, |material| {
            let columns = actions(material).unwrap().columns;
            let how = columns.last().unwrap().parts;
            assert!(columns[..columns.len() - 1].iter().all(|column| column.parts * 2.0 < how));
        });
    }
}
