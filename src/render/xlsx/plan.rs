//! The sheets of the plan: objectives, strategies, actions, budget and contingencies. The budget is the one place with formulas:
//! quantity by price, sums and what remains, all on cells of the same sheet. Nothing else of the book reads the plan.

use super::book::Book;
use super::sheet::{Cell, NumberFormat, Role, Sheet, Value};
use super::writer::column_letters;
use crate::analysis::{printed_decimals, round_half_away};
use crate::config::raw_plan::StrategyKind;
use crate::document::format::{self, parse_date};
use crate::document::plan_tables::objective_text;
use crate::metrics::{Better, Unit};

/// Width of columns with sentences, in letters.
const SENTENCE: f64 = 34.0;

/// The sheets; none of them without content.
pub(super) fn plan(book: Book<'_, '_>) -> Vec<Sheet> {
    [objectives(book), strategies(book), actions(book), budget(book), contingencies(book)]
        .into_iter()
        .flatten()
        .collect()
}

fn start(id: &str, title: String, subtitle: String) -> Sheet {
    let mut sheet = Sheet::new(id, title.clone(), title);
    sheet.subtitle(subtitle);
    sheet.skip(1);
    sheet
}

/// A day as a date that can be sorted; as written where it is none.
fn day(text: &str) -> Cell {
    match parse_date(text) {
        Some(day) => {
            let mut cell = Cell { value: Value::Day(day), ..Cell::default() };
            cell.style.number = NumberFormat::Day;
            cell
        }
        None => Cell::text(text),
    }
}

fn objectives(book: Book<'_, '_>) -> Option<Sheet> {
    let (lang, plan) = (book.lang(), &book.material.plan);
    if plan.objectives.is_empty() {
        return None;
    }
    let mut sheet = start(
        "objectives",
        book.word("book_objectives", "目标", "Objectives"),
        book.word(
            "book_objectives_about",
            "现状为本期估计值及其置信区间。",
            "Now: the estimate of the newest wave with its confidence interval.",
        ),
    );
    let [low, high] = book.limits();
    let head = sheet.head([
        book.word("col_objective", "目标", "Objective"),
        book.indicator(),
        book.unit_head(),
        book.word("col_now", "现状", "Now"),
        low,
        high,
        book.word("book_direction", "方向", "Direction"),
        book.word("col_goal", "目标值", "Goal"),
        book.word("book_distance", "差距", "To go"),
        book.word("col_by", "完成期限", "By"),
        book.word("book_served_by", "对应策略", "Strategies"),
    ]);
    sheet.freeze(head, 1);
    sheet.wrap(0, 44.0);
    sheet.wrap(10, SENTENCE);
    for held in &plan.objectives {
        let summary = book.material.summary(&held.raw.metric);
        let unit = summary.map_or(Unit::Number, |summary| summary.info.unit);
        let decimals = u8::try_from(printed_decimals(unit)).unwrap_or(2);
        let current = summary.and_then(|summary| summary.current);
        let value = current.and_then(|estimate| estimate.estimate);
        let ends = current.and_then(|estimate| estimate.ci);
        let better = summary.map_or(Better::Neutral, |summary| summary.info.better);
        let names: Vec<&str> = held
            .strategies
            .iter()
            .filter_map(|&index| plan.strategies.get(index))
            .map(|strategy| strategy.raw.title.get(lang))
            .collect();
        sheet.row([
            Cell::text(objective_text(book.material, held)),
            Cell::text(summary.map_or_else(|| held.raw.metric.clone(), |summary| book.title(summary.info))),
            Cell::text(book.unit(unit)),
            book.estimate(current),
            Cell::maybe(ends.map(|ends| ends[0]), decimals),
            Cell::maybe(ends.map(|ends| ends[1]), decimals),
            Cell::text(book.direction(better)),
            Cell::maybe(held.target, decimals),
            held.target.zip(value).map_or_else(Cell::default, |(target, value)| {
                Cell::of_number(target - value, NumberFormat::Signed(decimals))
            }),
            day(&held.raw.by),
            Cell::text(names.join(&book.word("semicolon", "；", "; "))),
        ]);
    }
    sheet.filter(head);
    Some(sheet)
}

fn strategies(book: Book<'_, '_>) -> Option<Sheet> {
    let (lang, plan) = (book.lang(), &book.material.plan);
    if plan.strategies.is_empty() {
        return None;
    }
    let mut sheet = start(
        "strategies",
        book.word("book_strategies", "策略", "Strategies"),
        book.word(
            "book_strategies_about",
            "每条策略及其服务的目标与落实的行动。",
            "Every strategy with the objectives it serves and its actions.",
        ),
    );
    let head = sheet.head([
        book.word("col_strategy", "策略", "Strategy"),
        book.word("book_kind", "类别", "Kind"),
        book.word("book_text", "内容", "Content"),
        book.word("book_serves", "服务的目标", "Objectives served"),
        book.word("book_actions_of", "行动", "Actions"),
    ]);
    sheet.freeze(head, 1);
    for (column, letters) in [(0, 30.0), (2, 56.0), (3, SENTENCE), (4, SENTENCE)] {
        sheet.wrap(column, letters);
    }
    let separator = book.word("semicolon", "；", "; ");
    for held in &plan.strategies {
        let goals: Vec<String> = held
            .objectives
            .iter()
            .filter_map(|&index| plan.objectives.get(index))
            .map(|objective| objective_text(book.material, objective).trim_end_matches(['。', '.']).to_owned())
            .collect();
        let actions: Vec<&str> = held
            .actions
            .iter()
            .filter_map(|&index| plan.actions.get(index))
            .map(|action| action.raw.what.get(lang).trim_end_matches(['。', '.']))
            .collect();
        sheet.row([
            Cell::text(held.raw.title.get(lang)).strong(true),
            Cell::text(kind(book, held.raw.kind)),
            Cell::text(held.raw.text.get(lang)),
            Cell::text(goals.join(&separator)),
            Cell::text(actions.join(&separator)),
        ]);
    }
    sheet.filter(head);
    Some(sheet)
}

fn kind(book: Book<'_, '_>, kind: StrategyKind) -> String {
    let (key, zh_cn, en) = match kind {
        StrategyKind::Product => ("strategy_product", "产品策略", "Product strategy"),
        StrategyKind::Price => ("strategy_price", "价格策略", "Price strategy"),
        StrategyKind::Place => ("strategy_place", "渠道策略", "Place strategy"),
        StrategyKind::Promotion => ("strategy_promotion", "促销策略", "Promotion strategy"),
        StrategyKind::Service => ("strategy_service", "服务策略", "Service strategy"),
        StrategyKind::Support => ("strategy_support", "支持策略", "Supporting strategy"),
    };
    book.word(key, zh_cn, en)
}

fn actions(book: Book<'_, '_>) -> Option<Sheet> {
    let (lang, plan) = (book.lang(), &book.material.plan);
    let actions = plan.actions_by_priority();
    if actions.is_empty() {
        return None;
    }
    let mut sheet = start(
        "actions",
        book.word("book_actions", "行动", "Actions"),
        book.word(
            "book_actions_about",
            "按优先顺序排列，费用为预算各行之和。",
            "By priority; the cost is the sum of the budget lines.",
        ),
    );
    let head = sheet.head([
        book.word("col_number", "序", "#"),
        book.word("col_what", "做什么", "What"),
        book.word("col_why", "为什么", "Why"),
        book.word("col_who", "谁负责", "Who"),
        book.word("book_start", "开始", "Start"),
        book.word("book_end", "结束", "End"),
        book.word("col_where", "何地", "Where"),
        book.word("col_how", "怎么做", "How"),
        book.word("col_strategy", "策略", "Strategy"),
        book.word("book_cost", "费用", "Cost"),
    ]);
    sheet.freeze(head, 2);
    for (column, letters) in [(1, 32.0), (2, 32.0), (3, 18.0), (6, 18.0), (7, 38.0), (8, 28.0)] {
        sheet.wrap(column, letters);
    }
    for (number, held) in (1..).zip(&actions) {
        let raw = &held.raw;
        let strategy = held.strategy.and_then(|index| plan.strategies.get(index));
        sheet.row([
            Cell::count(number),
            Cell::text(raw.what.get(lang)).strong(true),
            Cell::text(raw.why.as_ref().map_or("", |why| why.get(lang))),
            Cell::text(raw.who.get(lang)),
            day(&raw.start),
            day(&raw.end),
            Cell::text(raw.place.get(lang)),
            Cell::text(raw.how.get(lang)),
            Cell::text(strategy.map_or("", |strategy| strategy.raw.title.get(lang))),
            if held.costs.is_empty() { Cell::default() } else { Cell::number(held.amount, money_decimals(book)) },
        ]);
    }
    sheet.filter(head);
    sheet.notes([currency(book)]);
    Some(sheet)
}

/// Decimals of amounts: none where all are whole.
fn money_decimals(book: Book<'_, '_>) -> u8 {
    if book.material.money.plain(0.0).contains('.') { 2 } else { 0 }
}

fn currency(book: Book<'_, '_>) -> String {
    let currency = book.material.money.currency();
    book.fill("note_currency", &[("currency", currency)], "金额单位：{currency}。", "Amounts in {currency}.")
}

/// Place of the quantity, the price and the amount of a cost line.
const QUANTITY: u16 = 2;
const PRICE: u16 = 4;
const AMOUNT: u16 = 5;

/// Arithmetic on cells of this sheet.
fn formula(formula: String, result: f64, format: NumberFormat) -> Cell {
    let mut cell = Cell { value: Value::Formula { formula, result }, ..Cell::default() };
    cell.style.number = format;
    cell
}

/// Address of a cell of this sheet.
fn at(row: u32, column: u16) -> String {
    format!("{}{}", column_letters(column), row + 1)
}

fn budget(book: Book<'_, '_>) -> Option<Sheet> {
    let (lang, plan) = (book.lang(), &book.material.plan);
    let finance = &plan.raw.finance;
    let reckoned = &book.material.inputs.planned.finance;
    if plan.costs.is_empty() && finance.benefits.is_empty() {
        return None;
    }
    let mut sheet = start(
        "budget",
        book.word("book_budget", "预算", "Budget"),
        book.fill(
            "book_budget_about",
            &[("currency", book.material.money.currency())],
            "金额单位：{currency}。金额与合计为公式，改动数量或单价后自动重算。",
            "Amounts in {currency}. Amounts and totals are formulas and follow when a quantity or price is changed.",
        ),
    );
    let money = NumberFormat::Decimals(money_decimals(book));
    let costs = sheet.next;
    let mut cost_total = None;
    if !plan.costs.is_empty() {
        let head = sheet.head([
            book.word("col_action", "行动", "Action"),
            book.word("col_item", "项目", "Item"),
            book.word("col_quantity", "数量", "Quantity"),
            book.word("book_unit", "单位", "Unit"),
            book.word("col_price", "单价", "Unit price"),
            book.word("col_amount", "金额", "Amount"),
        ]);
        sheet.freeze(head, 0);
        for cost in &plan.costs {
            let action = cost.action.and_then(|index| plan.actions.get(index));
            let row = sheet.next;
            let product = format!("=ROUND({}*{},2)", at(row, QUANTITY), at(row, PRICE));
            sheet.row([
                Cell::text(action.map_or("–", |action| action.raw.what.get(lang))),
                Cell::text(cost.raw.item.get(lang)),
                Cell::of_number(cost.raw.quantity, quantity_format(cost.raw.quantity)),
                Cell::text(cost.raw.unit.as_ref().map_or("", |unit| unit.get(lang))),
                Cell::of_number(cost.raw.price, money),
                formula(product, cost.amount, money),
            ]);
        }
        let last = sheet.next - 1;
        cost_total = Some(total(book, &mut sheet, (costs + 1, last), plan.total_cost, money));
    }
    let mut benefit_total = None;
    if !finance.benefits.is_empty() {
        sheet.skip(1);
        let title = book.word("book_benefits", "预期收益", "Expected benefits");
        let start = sheet.section(title.clone());
        sheet.entries.push((title, start));
        let row = sheet.next;
        for (column, title) in [
            (0, book.word("col_benefit", "预期收益", "Expected benefit")),
            (1, book.word("col_assumption", "前提假设", "Assumption")),
            (AMOUNT, book.word("col_amount", "金额", "Amount")),
        ] {
            sheet.set((row, column), Cell::text(title).role(Role::Head));
        }
        for column in QUANTITY..AMOUNT {
            sheet.set((row, column), Cell::default().role(Role::Head));
        }
        sheet.join((row, 1), AMOUNT - 1);
        let first = sheet.next;
        for (benefit, amount) in finance.benefits.iter().zip(&reckoned.benefits) {
            let row = sheet.next;
            sheet.set((row, 0), Cell::text(benefit.item.get(lang)));
            let mut assumption = Cell::text(benefit.assumption.get(lang));
            assumption.style.wrap = true;
            sheet.set((row, 1), assumption);
            sheet.join((row, 1), AMOUNT - 1);
            sheet.set((row, AMOUNT), Cell::of_number(round_half_away(amount.amount, 2), money));
        }
        let last = sheet.next - 1;
        benefit_total = Some(total(book, &mut sheet, (first, last), reckoned.benefit, money));
    }
    sheet.wrap(0, 40.0);
    sheet.wrap(1, 34.0);
    if let (Some(cost), Some(benefit)) = (cost_total, benefit_total) {
        sheet.skip(1);
        let net = reckoned.net;
        let title = book.word("book_net", "收益减费用", "Benefit less cost");
        sum_row(&mut sheet, title, formula(format!("={benefit}-{cost}"), net, money));
        if plan.total_cost > 0.0 {
            let title =
                book.word("book_return", "投入产出（收益减费用，占费用 %）", "Return (benefit less cost, % of cost)");
            let share = net / plan.total_cost * 100.0;
            let text = format!("=({benefit}-{cost})/{cost}*100");
            sum_row(&mut sheet, title, formula(text, share, NumberFormat::Decimals(1)));
        }
    }
    if !finance.benefits.is_empty() {
        sheet.notes([book.word(
            "note_assumptions",
            "收益为假设下的预估，并非调查结果。",
            "Benefits are estimates under these assumptions, not survey results.",
        )]);
    }
    Some(sheet)
}

fn quantity_format(quantity: f64) -> NumberFormat {
    let decimals = format::short_number(quantity, 2).split_once('.').map_or(0, |(_, fraction)| fraction.len());
    NumberFormat::Decimals(u8::try_from(decimals).unwrap_or(2))
}

/// The row with the sum of the amounts from one row to another; gives the address of the sum.
fn total(book: Book<'_, '_>, sheet: &mut Sheet, (first, last): (u32, u32), sum: f64, money: NumberFormat) -> String {
    let text = format!("=SUM({}:{})", at(first, AMOUNT), at(last, AMOUNT));
    let row = sum_row(sheet, book.word("sum", "合计", "Total"), formula(text, sum, money));
    at(row, AMOUNT)
}

fn sum_row(sheet: &mut Sheet, title: String, amount: Cell) -> u32 {
    let row = sheet.next;
    sheet.set((row, 0), Cell::text(title).role(Role::Total));
    for column in 1..AMOUNT {
        sheet.set((row, column), Cell::default().role(Role::Total));
    }
    sheet.set((row, AMOUNT), amount.role(Role::Total));
    sheet.width = sheet.width.max(AMOUNT + 1);
    row
}

fn contingencies(book: Book<'_, '_>) -> Option<Sheet> {
    let lang = book.lang();
    let held = &book.material.plan.raw.contingencies;
    if held.is_empty() {
        return None;
    }
    let mut sheet = start(
        "contingencies",
        book.word("book_contingencies", "应急预案", "Contingencies"),
        book.word(
            "book_contingencies_about",
            "触发情形、第一小时的应对、负责人与后续。",
            "What sets each off, the first hour, who answers, what follows.",
        ),
    );
    let head = sheet.head([
        book.word("col_trigger", "触发情形", "Trigger"),
        book.word("col_response", "第一小时的应对", "Response in the first hour"),
        book.word("col_responsible", "负责人", "Who answers"),
        book.word("col_follow_up", "后续处理", "Follow-up"),
    ]);
    sheet.freeze(head, 1);
    for (column, letters) in [(0, 32.0), (1, 52.0), (2, 20.0), (3, 44.0)] {
        sheet.wrap(column, letters);
    }
    for contingency in held {
        sheet.row([
            Cell::text(contingency.trigger.get(lang)).strong(true),
            Cell::text(contingency.response.get(lang)),
            Cell::text(contingency.who.get(lang)),
            Cell::text(contingency.follow_up.as_ref().map_or("", |text| text.get(lang))),
        ]);
    }
    Some(sheet)
}
