//! Tables of models, their definitions for the method appendix, and what templates see of them. Numbers and intervals come
//! formatted from here; a template only chooses which to show.

use serde_json::{Value, json};

use crate::diagnostics::Lang;
use crate::document::blocks::{Inline, Table, TableCell, Tone};
use crate::document::format;
use crate::document::material::Material;
use crate::document::model_sentences::conclusion;
use crate::document::tables::{SMALL_BASE_MARK, cell, note, number_column, row, text_column};
use crate::metrics::Unit;
use crate::models::concentration::CURVE;
use crate::models::info::{CellResult, MeasureInfo, ModelInfo, ModelResult, TableResult};
use crate::models::problem::ModelReason;

/// Tables of a model that a document prints unless its template names others: the rest is for those who look it up.
const TABLES_SHOWN: usize = 2;

/// Most measures that stand beside each other on a page.
const MOST_COLUMNS: usize = 8;

/// Every model with its result for all answers of the newest wave.
fn current<'a>(material: &Material<'a>) -> impl Iterator<Item = (&'a ModelInfo, &'a ModelResult)> {
    let models = material.inputs.models;
    let wave = material.results().current_wave();
    models.models.iter().filter_map(move |info| Some((info, models.find(&info.id, wave, None)?)))
}

/// What templates see of the models that can be computed.
pub fn facts(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    current(material)
        .filter(|(info, _)| info.missing_inputs.is_empty())
        .map(|(info, result)| {
            let values: Vec<Value> = result
                .values
                .values()
                .enumerate()
                .filter_map(|(index, value)| {
                    let title = value.title.get(lang);
                    let title = if index == 0 { capital(title) } else { title.to_owned() };
                    let number = |number: f64| format::number(number, value.decimals);
                    let suffix = format::unit_suffix(value.unit, lang);
                    let interval = value.ci.map(|[low, high]| format::range(&number(low), &number(high), lang));
                    let text = format!("{}{suffix}", number(value.estimate?));
                    Some(json!({ "title": title, "value": text, "interval": interval }))
                })
                .collect();
            let tables: Vec<Value> = result
                .tables
                .iter()
                // The points of a curve are read from its chart.
                .filter(|table| table.id != CURVE)
                .take(TABLES_SHOWN)
                .map(|table| json!({ "id": table.id, "title": table.title.get(lang) }))
                .collect();
            let found = conclusion(material, result).filter(|_| result.reason.is_none());
            json!({
                "id": info.id,
                "title": info.title.get(lang),
                "headline": found.as_ref().map(|found| found.headline.as_str()),
                "conclusion": found.as_ref().map(|found| found.text.as_str()),
                "definition": (info.definition != info.title).then(|| info.definition.get(lang).trim_end_matches(['.', '。'])),
                "method": info.method,
                "n": format::count(result.n),
                "flagged": result.flagged,
                "reason": result.reason.map(|reason| reason_text(material, reason)),
                "values": values,
                "tables": tables,
                "notes": result.notes.iter().map(|note| note.get(lang)).collect::<Vec<_>>(),
            })
        })
        .collect()
}

fn reason_text(material: &Material<'_>, reason: ModelReason) -> String {
    match reason {
        ModelReason::SmallBase => material.word("reason_small_base"),
        ModelReason::EmptyBase => material.word("reason_empty_base"),
        ModelReason::MissingInput => material.word("reason_missing_input"),
        ModelReason::Complement => {
            material.word_or("reason_complement", "略去，以免推算出另一组", "omitted to protect another group")
        }
        ModelReason::TooFewAnswers => {
            material.word_or("reason_too_few_answers", "完整答卷不足", "too few complete answers")
        }
        ModelReason::NoVariation => material.word_or("reason_no_variation", "某题项没有变化", "an item does not vary"),
        ModelReason::Singular => {
            material.word_or("reason_singular", "各题项彼此完全决定", "the items determine each other")
        }
        ModelReason::NotConverged => {
            material.word_or("reason_not_converged", "迭代未收敛", "the iteration did not settle")
        }
        ModelReason::ModuleFailed => {
            material.word_or("reason_module_failed", "插件的模块出错", "the module of the plugin failed")
        }
        ModelReason::NotPossible => {
            material.word_or("reason_no_model_result", "模型没有结果", "the model has no result")
        }
    }
}

/// A table of a model for all answers of the newest wave: `table` by its id, or the first. None without a result.
pub fn model(material: &Material<'_>, id: &str, table: Option<&str>) -> Option<Table> {
    let lang = material.lang;
    let (_, result) = current(material).find(|(info, _)| info.id == id)?;
    let found = result.tables.iter().find(|known| table.is_none_or(|table| known.id == table))?;
    if found.measures.len() > MOST_COLUMNS && found.rows.len() <= MOST_COLUMNS {
        return Some(turned(material, result, found));
    }
    let mut columns = vec![text_column(&capital(found.row_title.get(lang)), 1.0)];
    for measure in &found.measures {
        let title = capital(measure.title.get(lang));
        columns.push(if is_words(found, &measure.id) { text_column(&title, 0.0) } else { number_column(&title) });
    }
    let rows = found
        .rows
        .iter()
        .map(|held| {
            let mut cells = vec![cell(held.title.get(lang))];
            for measure in &found.measures {
                let content = held.cells.get(&measure.id).and_then(Option::as_ref);
                cells.push(number_cell(material, content, measure));
            }
            row(cells)
        })
        .collect();
    Some(Table { columns, rows, notes: notes(material, result, found), ..Table::default() })
}

/// The table with a line for each measure: more columns than fit beside each other become lines.
fn turned(material: &Material<'_>, result: &ModelResult, found: &TableResult) -> Table {
    let lang = material.lang;
    let mut columns = vec![text_column("", 1.0)];
    columns.extend(found.rows.iter().map(|held| number_column(&capital(held.title.get(lang)))));
    let rows = found.measures.iter().map(|measure| {
        let cells = found.rows.iter().map(|held| {
            let content = held.cells.get(&measure.id).and_then(Option::as_ref);
            number_cell(material, content, measure)
        });
        row(std::iter::once(cell(capital(measure.title.get(lang)))).chain(cells).collect())
    });
    Table { columns, rows: rows.collect(), notes: notes(material, result, found), ..Table::default() }
}

/// The first letter as a capital one, for heads and beginnings of sentences. Signs such as `n` and `ρA` are no words and stay.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.clone().next().unwrap_or_default();
    let alone = letters.clone().nth(1).is_none_or(|second| !second.is_ascii_alphabetic() && !"-'".contains(second));
    if ('α'..='ω').contains(&first) || alone && first.is_ascii_lowercase() && first != 'a' {
        return text.to_owned();
    }
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A note of a method as a sentence.
fn sentence(text: &str, lang: Lang) -> String {
    let end = if lang.is_chinese() { "。" } else { "." };
    if text.ends_with(end) { capital(text) } else { format!("{}{end}", capital(text)) }
}

fn is_words(table: &TableResult, measure: &str) -> bool {
    table.rows.iter().any(|row| matches!(row.cells.get(measure), Some(Some(CellResult::Text { .. }))))
}

/// The number with its interval on the line below.
fn number_cell(material: &Material<'_>, held: Option<&CellResult>, measure: &MeasureInfo) -> TableCell {
    match held {
        None => cell(format::NO_VALUE),
        Some(CellResult::Text { text }) => cell(text.get(material.lang)),
        Some(CellResult::Number { estimate, ci, .. }) => {
            let unit = if measure.unit == Unit::Percent { "%" } else { "" };
            let number = |number: f64| format::number(number, measure.decimals);
            let mut content = vec![Inline::text(format!("{}{unit}", number(*estimate)))];
            if let Some([low, high]) = ci {
                let range = format::range(&number(*low), &number(*high), material.lang);
                content.extend([Inline::LineBreak, Inline::text(range)]);
            }
            TableCell { content, tone: Tone::Neutral }
        }
    }
}

/// Base, how the intervals were made, and what the method says.
fn notes(material: &Material<'_>, result: &ModelResult, table: &TableResult) -> Vec<Vec<Inline>> {
    let own = |zh_cn: String, en: String| if material.lang.is_chinese() { zh_cn } else { en };
    let mark = if result.flagged { SMALL_BASE_MARK } else { "" };
    let n = format::count(result.n);
    let mut notes =
        vec![note(own(format!("基数：{n}{mark} 条完整记录。"), format!("Base: {n}{mark} complete records.")))];
    let cells = || table.rows.iter().flat_map(|row| row.cells.values().flatten());
    let drawn = result
        .bootstrap
        .as_ref()
        .filter(|_| cells().any(|cell| matches!(cell, CellResult::Number { ci: Some(_), .. })));
    if let Some(drawn) = drawn {
        let level = material.confidence();
        notes.push(note(own(
            format!("第二行为 {level} 置信区间（自助法，{} 次重抽样）。", drawn.replicates),
            format!("Second lines: {level} confidence intervals (bootstrap, {} replicates).", drawn.replicates),
        )));
    }
    if table.measures.iter().any(|measure| measure.id == "rho_c") {
        notes.push(note(own(
            "R²：由其他构念解释的部分；α、ρA、ρC：各题的一致程度，通常要求不低于 0.7；AVE：各题方差中由构念解释的平均份额，通常要求不低于 0.5。".to_owned(),
            "R²: explained by other constructs. α, ρA, ρC: how far the items agree, usually asked to be 0.7 or more. AVE: mean share of the items' variance that the construct explains, usually asked to be 0.5 or more.".to_owned(),
        )));
    }
    notes.extend(result.notes.iter().map(|held| note(sentence(held.get(material.lang), material.lang))));
    notes
}

/// Definition, method with formula, outcome, items and base of every model that is computed.
pub fn definitions(material: &Material<'_>) -> Option<Table> {
    let lang = material.lang;
    let columns = vec![
        text_column(&material.word_or("col_model", "模型", "Model"), 1.0),
        text_column(&material.word("col_definition"), 1.6),
        text_column(&material.word_or("col_method", "方法", "Method"), 2.9),
    ];
    let rows: Vec<_> = current(material)
        .filter(|(info, _)| info.missing_inputs.is_empty())
        .map(|(info, _)| {
            let mut definition = cell(info.definition.get(lang));
            let items: Vec<String> = info.items.iter().map(|item| item.title.get(lang).to_owned()).collect();
            let lead = |word: String| Inline::text(material.words.fill("formula_part", &[("part", &word)]));
            if info.of.is_some() {
                definition.content.extend([
                    Inline::LineBreak,
                    lead(material.word_or("col_outcome", "结果变量", "Outcome")),
                    Inline::text(info.of_title.get(lang)),
                ]);
            }
            if !items.is_empty() {
                definition.content.extend([
                    Inline::LineBreak,
                    lead(material.word_or("col_items", "题项", "Items")),
                    Inline::text(format::list(&items, lang)),
                ]);
            }
            let mut method = cell(info.formula.get(lang));
            method.content.extend([
                Inline::LineBreak,
                lead(material.word("col_base")),
                Inline::text(info.base_title.get(lang)),
            ]);
            row(vec![cell(info.title.get(lang)), definition, method])
        })
        .collect();
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}
