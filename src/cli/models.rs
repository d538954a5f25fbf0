//! Models as text: their values and tables for people at a terminal, and the way of a model from the files to its tables.

use std::fmt::Write as _;

use crate::cli::console::{Console, TextTable, push_lines};
use crate::cli::explain::step_text;
use crate::cli::metrics::group_text;
use crate::data::Responses;
use crate::diagnostics::{Lang, Localized};
use crate::document::format;
use crate::metrics::MetricResults;
use crate::metrics::explain::unit_suffix;
use crate::models::ModelResults;
use crate::models::info::{CellResult, ModelInfo, ModelResult, NumberResult, TableResult};
use crate::models::problem::ModelReason;

/// Every result of a wave, model by model.
pub(super) fn models_text(
    console: &Console,
    models: &ModelResults,
    metrics: &MetricResults,
    results: &[&ModelResult],
) -> String {
    let mut text = String::new();
    for result in results {
        let Some(info) = models.info(&result.model) else { continue };
        // What was not asked was asked of nobody: the total says it for all groups.
        if !result.segment.is_empty() && result.reason == Some(ModelReason::MissingInput) {
            continue;
        }
        let group = group_text(console, metrics, &result.segment);
        let _ = writeln!(text, "\n{} ({})  {group}", info.title.get(console.lang), info.id);
        write_result(console, info, result, "", &mut text);
    }
    text
}

/// Base, values, tables and notes of a result, each line behind `indent`.
fn write_result(console: &Console, info: &ModelInfo, result: &ModelResult, indent: &str, text: &mut String) {
    let lang = console.lang;
    let mark = if result.flagged { " †" } else { "" };
    let _ = writeln!(
        text,
        "{indent}{}  n = {}{mark}, {} {:.0}",
        info.method,
        result.n,
        console.say("有效 n", "n eff"),
        result.n_eff
    );
    if let Some(reason) = result.reason {
        let _ = writeln!(text, "{indent}– ({})", reason_text(console, reason));
        return;
    }
    if !result.values.is_empty() {
        push_lines(text, indent, &values_table(console, result));
    }
    for table in &result.tables {
        let _ = writeln!(text, "{indent}{}", table.title.get(lang));
        push_lines(text, indent, &table_text(console, table));
    }
    for note in
        interval_note(console, result).into_iter().chain(result.notes.iter().map(|note| note.get(lang).to_owned()))
    {
        let _ = writeln!(text, "{indent}* {note}");
    }
}

fn values_table(console: &Console, result: &ModelResult) -> String {
    let head = ["", console.say("值", "value"), console.say("区间", "interval"), console.say("标准误", "se")];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, true, true, true]);
    for (id, value) in &result.values {
        let number = |number: f64| format::number(number, value.decimals);
        table.row(vec![
            format!("{} ({id})", value.title.get(console.lang)),
            value_text(value),
            value.ci.map_or_else(String::new, |ci| interval(ci, value.decimals, console.lang)),
            value.se.map_or_else(String::new, number),
        ]);
    }
    table.render()
}

fn value_text(value: &NumberResult) -> String {
    let unit = unit_suffix(value.unit);
    value.estimate.map_or_else(|| "–".to_owned(), |number| format!("{}{unit}", format::number(number, value.decimals)))
}

/// A column a measure, and one more with the interval where there is one.
fn table_text(console: &Console, table: &TableResult) -> String {
    let lang = console.lang;
    let has_interval = |id: &str| {
        table.rows.iter().any(|row| matches!(row.cells.get(id), Some(Some(CellResult::Number { ci: Some(_), .. }))))
    };
    let mut head = vec![table.row_title.get(lang).to_owned()];
    let mut right = vec![false];
    for measure in &table.measures {
        head.push(measure.title.get(lang).to_owned());
        let words =
            table.rows.iter().any(|row| matches!(row.cells.get(&measure.id), Some(Some(CellResult::Text { .. }))));
        right.push(!words);
        if has_interval(&measure.id) {
            head.push(console.say("区间", "interval").to_owned());
            right.push(true);
        }
    }
    let mut lines = TextTable::new(head, right);
    for row in &table.rows {
        let mut cells = vec![row.title.get(lang).to_owned()];
        for measure in &table.measures {
            let cell = row.cells.get(&measure.id).and_then(Option::as_ref);
            cells.push(match cell {
                None => "–".to_owned(),
                Some(CellResult::Text { text }) => text.get(lang).to_owned(),
                Some(CellResult::Number { estimate, .. }) => {
                    format!("{}{}", format::number(*estimate, measure.decimals), unit_suffix(measure.unit))
                }
            });
            if has_interval(&measure.id) {
                cells.push(match cell {
                    Some(CellResult::Number { ci: Some(ci), .. }) => interval(*ci, measure.decimals, lang),
                    _ => String::new(),
                });
            }
        }
        lines.row(cells);
    }
    lines.render()
}

fn interval([low, high]: [f64; 2], decimals: u32, lang: Lang) -> String {
    format::range(&format::number(low, decimals), &format::number(high, decimals), lang)
}

/// How the intervals were made, where there are any.
fn interval_note(console: &Console, result: &ModelResult) -> Option<String> {
    let drawn = result.bootstrap.as_ref()?;
    let level = format::confidence(drawn.confidence);
    let failed = drawn.failed;
    Some(match console.lang {
        Lang::ZhCn | Lang::ZhTw => {
            format!("{level} 区间：自助法，{} 次重抽样（种子 {}），无结果 {failed} 次", drawn.replicates, drawn.seed)
        }
        Lang::En => format!(
            "{level} intervals: bootstrap of {} replicates (seed {}), {failed} without a result",
            drawn.replicates, drawn.seed
        ),
    })
}

/// Why there are no numbers, in words.
pub(super) fn reason_text(console: &Console, reason: ModelReason) -> &'static str {
    match reason {
        ModelReason::SmallBase => console.say("样本过少，不予公布", "suppressed: small base"),
        ModelReason::EmptyBase => console.say("没有完整答卷", "no complete answers"),
        ModelReason::Complement => {
            console.say("为免推算出另一组，不予公布", "suppressed: would give another group away")
        }
        ModelReason::MissingInput => console.say("缺少输入", "inputs are missing"),
        ModelReason::TooFewAnswers => console.say("完整答卷不足", "too few complete answers"),
        ModelReason::NoVariation => console.say("某题项没有变化", "an item does not vary"),
        ModelReason::Singular => console.say("各列彼此完全决定", "the columns determine each other"),
        ModelReason::NotConverged => console.say("迭代未收敛", "the iteration did not settle"),
        ModelReason::ModuleFailed => console.say("插件的模块出错", "the module of the plugin failed"),
        ModelReason::NotPossible => console.say("无法计算", "not possible"),
    }
}

/// The way of a model from the files to its tables.
pub(super) fn explanation_text(
    console: &Console,
    info: &ModelInfo,
    result: &ModelResult,
    metrics: &MetricResults,
    responses: &Responses,
) -> String {
    let lang = console.lang;
    let mut text = String::new();
    let heading = |text: &mut String, zh_cn, en| {
        let _ = writeln!(text, "\n{}", console.say(zh_cn, en));
    };
    let _ = writeln!(text, "{} ({})  [{} {}]", info.title.get(lang), info.id, info.module, info.module_version);
    if info.definition != info.title {
        let _ = writeln!(text, "{}", info.definition.get(lang));
    }
    let _ = writeln!(
        text,
        "{}: {}   {}: {}",
        console.say("期", "wave"),
        result.wave.as_deref().unwrap_or("–"),
        console.say("分组", "group"),
        group_text(console, metrics, &result.segment)
    );

    heading(&mut text, "方法", "method");
    let _ = writeln!(text, "  {}", info.method);
    if !info.formula.get(lang).is_empty() {
        let _ = writeln!(text, "  {}", info.formula.get(lang));
    }
    for (key, value) in &info.options {
        let _ = writeln!(text, "  {key}: {value}");
    }
    if info.replicates > 0 {
        let _ = writeln!(
            text,
            "  {}: {}, {} {}",
            console.say("自助重抽样次数", "bootstrap replicates"),
            info.replicates,
            console.say("种子", "seed"),
            info.seed
        );
    }

    heading(&mut text, "题项", "items");
    if let Some(of) = &info.of {
        let _ = writeln!(text, "  {}: {of}  ({})", console.say("结果变量", "outcome"), info.of_title.get(lang));
    }
    if let Some(group) = &info.group {
        let _ = writeln!(text, "  {}: {group}", console.say("分组", "groups"));
    }
    for item in &info.items {
        let title = title_beside(&item.title, &item.id, lang);
        let _ = writeln!(text, "  {}: {}{title}", item.id, item.expressions.join(" / "));
    }
    let base = if info.base.is_empty() { console.say("全部应答者", "all respondents") } else { &info.base };
    let _ = writeln!(text, "  {}: {base}{}", console.say("基数", "base"), title_beside(&info.base_title, base, lang));
    for (input, column) in &info.inputs {
        let _ = writeln!(text, "  {input} ← {column}");
    }
    if !info.left_out.is_empty() {
        let left_out = console.say("略去（输入没有对应的列）", "left out, no column feeds them");
        let _ = writeln!(text, "  {left_out}: {}", info.left_out.join(", "));
    }
    for (input, question) in &info.missing_inputs {
        let _ = writeln!(text, "  {} {input}: {}", console.say("缺少输入", "missing input"), question.get(lang));
    }

    heading(&mut text, "从文件到基数", "from files to base");
    for file in &responses.inputs {
        let _ =
            writeln!(text, "  {}  {} {}  sha256 {}", file.file, console.say("行数", "rows:"), file.rows, file.sha256);
    }
    for step in &responses.steps {
        let _ = writeln!(text, "  {:>8}  {}", step.rows, step_text(console, step));
    }
    write_counts(console, info, result, &mut text);

    heading(&mut text, "结果", "result");
    write_result(console, info, result, "  ", &mut text);
    text
}

fn write_counts(console: &Console, info: &ModelInfo, result: &ModelResult, text: &mut String) {
    if !info.missing_inputs.is_empty() {
        return;
    }
    let counts = &result.counts;
    let steps = [
        (counts.wave, console.say("本期答卷", "answers of the wave")),
        (counts.group, console.say("在该组内", "in the group")),
        (counts.base, console.say("在基数内", "in the base")),
    ];
    for (rows, what) in steps {
        let _ = writeln!(text, "  {rows:>8}  {what}");
    }
    for (id, known) in &counts.known {
        let id = if id == "of" { console.say("结果变量", "outcome") } else { id };
        let _ = writeln!(text, "  {:>8}    {} {id}", known, console.say("其中已作答", "of these answered"));
    }
    let _ =
        writeln!(text, "  {:>8}  {}", counts.used, console.say("完整答卷，用于模型", "complete, used by the model"));
}

fn title_beside(title: &Localized, name: &str, lang: Lang) -> String {
    let title = title.get(lang);
    if title.is_empty() || title == name { String::new() } else { format!("  ({title})") }
}
