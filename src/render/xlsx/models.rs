//! One sheet for each model: what it is, its single numbers, every table with standard errors and intervals, and its numbers by
//! wave and group.

use super::book::Book;
use super::sheet::{Cell, Role, Sheet};
use crate::document::format;
use crate::document::model_tables::capital;
use crate::metrics::Unit;
use crate::models::info::{CellResult, MeasureInfo, ModelInfo, ModelResult, NumberResult, TableResult};
use crate::models::problem::ModelReason;

/// The sheets of the models with a result for the newest wave.
pub(super) fn models(book: Book<'_, '_>) -> Vec<Sheet> {
    let held = book.material.inputs.models;
    let wave = book.material.results().current_wave();
    held.models
        .iter()
        .filter(|info| info.missing_inputs.is_empty())
        .filter_map(|info| Some(model(book, info, held.find(&info.id, wave, None)?)))
        .collect()
}

fn model(book: Book<'_, '_>, info: &ModelInfo, result: &ModelResult) -> Sheet {
    let lang = book.lang();
    let title = capital(info.title.get(lang));
    let mut sheet = Sheet::new(format!("model:{}", info.id), &title, &title);
    let n = format::count(result.n);
    let base = book.fill(
        "book_model_base",
        &[("n", &n), ("base", info.base_title.get(lang))],
        "{n} 条完整记录。{base}",
        "{n} complete records. {base}",
    );
    sheet.subtitle(book.base_line(base));
    sheet.skip(1);
    if let Some(reason) = result.reason {
        sheet.row([Cell::text(reason_text(book, reason)).role(Role::Plain)]);
    }
    if !result.values.is_empty() {
        values(book, result, &mut sheet);
    }
    for table in &result.tables {
        sheet.skip(1);
        self::table(book, table, &mut sheet);
    }
    by_group(book, info, &mut sheet);
    sheet.skip(1);
    sheet.notes(notes(book, info, result));
    sheet.frozen = (3, 0);
    sheet
}

fn values(book: Book<'_, '_>, result: &ModelResult, sheet: &mut Sheet) {
    let mut heads = vec![
        book.word("book_number", "数值", "Number"),
        book.word("book_value", "估计值", "Estimate"),
        book.standard_error(),
    ];
    heads.extend(book.limits());
    heads.push(book.unit_head());
    sheet.head(heads);
    for value in result.values.values() {
        let decimals = decimals(value.decimals);
        sheet.row([
            Cell::text(capital(value.title.get(book.lang()))),
            number(value.estimate, decimals),
            Cell::maybe(value.se, decimals),
            Cell::maybe(value.ci.map(|ends| ends[0]), decimals),
            Cell::maybe(value.ci.map(|ends| ends[1]), decimals),
            Cell::text(book.unit(value.unit)),
        ]);
    }
}

fn number(number: Option<f64>, decimals: u8) -> Cell {
    Cell::number(number.unwrap_or(f64::NAN), decimals)
}

fn table(book: Book<'_, '_>, table: &TableResult, sheet: &mut Sheet) {
    let lang = book.lang();
    let title = capital(table.title.get(lang));
    let start = sheet.section(title.clone());
    sheet.entries.push((title, start));
    let cell =
        |row: &crate::models::info::RowResult, measure: &MeasureInfo| row.cells.get(&measure.id).cloned().flatten();
    let spread = |measure: &MeasureInfo| {
        let drawn = |held: &CellResult| {
            matches!(held, CellResult::Number { se: Some(_), .. } | CellResult::Number { ci: Some(_), .. })
        };
        table.rows.iter().filter_map(|row| cell(row, measure)).any(|held| drawn(&held))
    };
    let spreads: Vec<bool> = table.measures.iter().map(spread).collect();
    let mut heads = vec![capital(table.row_title.get(lang))];
    for (measure, spread) in table.measures.iter().zip(&spreads) {
        let name = capital(measure.title.get(lang));
        heads.push(if measure.unit == Unit::Percent { format!("{name} (%)") } else { name });
        if *spread {
            heads.push(book.standard_error());
            heads.extend(book.limits());
        }
    }
    sheet.head(heads);
    for row in &table.rows {
        let mut cells = vec![Cell::text(row.title.get(lang))];
        for (measure, spread) in table.measures.iter().zip(&spreads) {
            let decimals = decimals(measure.decimals);
            match cell(row, measure) {
                Some(CellResult::Number { estimate, se, ci }) => {
                    cells.push(Cell::number(estimate, decimals));
                    if *spread {
                        cells.push(Cell::maybe(se, decimals));
                        cells.push(Cell::maybe(ci.map(|ends| ends[0]), decimals));
                        cells.push(Cell::maybe(ci.map(|ends| ends[1]), decimals));
                    }
                }
                other => {
                    cells.push(match other {
                        Some(CellResult::Text { text }) => Cell::text(text.get(lang)),
                        _ => Cell::text("–").right(),
                    });
                    cells.extend(vec![Cell::default(); if *spread { 3 } else { 0 }]);
                }
            }
        }
        sheet.row(cells);
    }
}

/// The single numbers in every wave and group, where there are more than the one total.
fn by_group(book: Book<'_, '_>, info: &ModelInfo, sheet: &mut Sheet) {
    let material = book.material;
    let all: Vec<&ModelResult> =
        material.inputs.models.results.iter().filter(|result| result.model == info.id).collect();
    let Some(known) = all.iter().find(|result| !result.values.is_empty()).filter(|_| all.len() > 1) else { return };
    let names: Vec<(&String, &NumberResult)> = known.values.iter().collect();
    sheet.skip(1);
    let title = book.word("book_by_group", "按调查期与分组", "By wave and group");
    let start = sheet.section(title.clone());
    sheet.entries.push((title, start));
    let mut heads = vec![
        book.word("book_group", "组别", "Group"),
        book.word("book_wave_head", "调查期", "Wave"),
        book.word("book_n", "样本 n", "n"),
    ];
    heads.extend(names.iter().map(|(_, value)| {
        let name = capital(value.title.get(book.lang()));
        if value.unit == Unit::Percent { format!("{name} (%)") } else { name }
    }));
    heads.push(book.word("book_remark", "说明", "Remark"));
    sheet.head(heads);
    for result in all {
        let group = match result.segment.iter().next() {
            None => book.word("total", "总体", "All"),
            Some((column, value)) => group_title(book, column, value),
        };
        let mut cells = vec![
            Cell::text(group),
            Cell::text(result.wave.as_ref().map_or_else(String::new, |wave| format::wave(wave, book.lang()))),
            Cell::count(result.n),
        ];
        cells.extend(names.iter().map(|(id, value)| {
            let held = result.values.get(*id).and_then(|held| held.estimate);
            Cell::maybe(held, decimals(value.decimals))
        }));
        cells.push(Cell::text(match result.reason {
            Some(reason) => reason_text(book, reason),
            None if result.flagged => book.word("book_few", "样本较少", "few answers"),
            None => String::new(),
        }));
        sheet.row(cells);
    }
}

fn group_title(book: Book<'_, '_>, column: &str, value: &str) -> String {
    let material = book.material;
    let found = material.results().segments.iter().position(|segment| segment.column == column).and_then(|index| {
        let groups = &material.results().segments[index].groups;
        groups.iter().position(|(held, _)| held == value).map(|group| material.group_title(index, group))
    });
    found.unwrap_or_else(|| value.to_owned())
}

fn notes(book: Book<'_, '_>, info: &ModelInfo, result: &ModelResult) -> Vec<String> {
    let lang = book.lang();
    let line = |title: String, text: &str| {
        let line = || book.fill("book_line", &[("t", &title), ("x", text)], "{t}：{x}", "{t}: {x}");
        (!text.is_empty()).then(line)
    };
    let items: Vec<&str> = info.items.iter().map(|item| item.title.get(lang)).collect();
    let items = items.join(&book.word("semicolon", "；", "; "));
    let mut notes: Vec<String> = [
        line(book.word("col_definition", "定义", "Definition"), info.definition.get(lang)),
        line(book.word("col_method", "方法", "Method"), info.formula.get(lang)),
        info.of.as_ref().and_then(|_| line(book.word("col_outcome", "结果变量", "Outcome"), info.of_title.get(lang))),
        line(book.word("col_items", "题项", "Items"), &items),
    ]
    .into_iter()
    .flatten()
    .collect();
    if let Some(drawn) = &result.bootstrap {
        let level = format::confidence(drawn.confidence);
        let (replicates, seed) = (drawn.replicates.to_string(), drawn.seed.to_string());
        let failed = drawn.failed.to_string();
        notes.push(book.fill(
            "book_note_bootstrap",
            &[("level", &level), ("replicates", &replicates), ("seed", &seed), ("failed", &failed)],
            "标准误与 {level} 区间由自助法得出：重抽样 {replicates} 次，其中 {failed} 次无结果，种子 {seed}。",
            "Standard errors and {level} intervals from the bootstrap: {replicates} replicates, {failed} without a result, seed {seed}.",
        ));
    }
    notes.extend(result.notes.iter().map(|note| capital(note.get(lang))));
    notes.push(format!("{} {} · {}", info.module, info.module_version, info.method));
    notes
}

fn decimals(decimals: u32) -> u8 {
    u8::try_from(decimals).unwrap_or(9).min(9)
}

fn reason_text(book: Book<'_, '_>, reason: ModelReason) -> String {
    let (key, zh_cn, en) = match reason {
        ModelReason::SmallBase => ("reason_small_base", "样本过少", "too few answers"),
        ModelReason::EmptyBase => ("reason_empty_base", "没有答卷", "no answers"),
        ModelReason::MissingInput => ("reason_missing_input", "未设题目", "not asked"),
        ModelReason::Complement => ("reason_complement", "略去，以免推算出另一组", "omitted to protect another group"),
        ModelReason::TooFewAnswers => ("reason_too_few_answers", "完整答卷不足", "too few complete answers"),
        ModelReason::NoVariation => ("reason_no_variation", "某题项没有变化", "an item does not vary"),
        ModelReason::Singular => ("reason_singular", "各题项彼此完全决定", "the items determine each other"),
        ModelReason::NotConverged => ("reason_not_converged", "迭代未收敛", "the iteration did not settle"),
        ModelReason::ModuleFailed => ("reason_module_failed", "插件的模块出错", "the module of the plugin failed"),
        ModelReason::NotPossible => ("reason_no_model_result", "模型没有结果", "the model has no result"),
    };
    book.word(key, zh_cn, en)
}
