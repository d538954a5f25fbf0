//! The sheet of definitions: what every indicator counts over what, for whom, from which questions and how they are coded.

use super::book::Book;
use super::sheet::{Cell, Role, Sheet};
use crate::config::raw::ColumnType;
use crate::config::validate::names_in;
use crate::document::format;
use crate::metrics::MetricInfo;

/// The sheet; none without a metric.
pub(super) fn definitions(book: Book<'_, '_>) -> Option<Sheet> {
    let lang = book.lang();
    let metrics = &book.material.results().metrics;
    if metrics.is_empty() {
        return None;
    }
    let title = book.word("book_definitions", "定义", "Definitions");
    let mut sheet = Sheet::new("definitions", &title, &title);
    sheet.subtitle(book.word(
        "book_definitions_about",
        "分子、分母与基数条件按插件原文列出；编码为各输入所取的列及其取值。",
        "Numerator, denominator and base condition as the plugin writes them; coding names the column and values behind each input.",
    ));
    sheet.skip(1);
    let head = sheet.head([
        book.indicator(),
        book.word("col_definition", "定义", "Definition"),
        book.word("book_estimator", "估计方法", "Estimator"),
        book.word("book_numerator", "分子", "Numerator"),
        book.word("book_denominator", "分母", "Denominator"),
        book.word("col_base", "基数范围", "Base"),
        book.word("book_condition", "基数条件", "Base condition"),
        book.word("col_coding", "编码", "Coding"),
        book.word("book_direction", "方向", "Direction"),
        book.unit_head(),
        book.word("book_id", "编号", "Id"),
        book.word("book_module", "模块", "Module"),
    ]);
    sheet.freeze(head, 1);
    for (column, letters) in [(0, 26.0), (1, 34.0), (3, 28.0), (4, 20.0), (5, 22.0), (6, 20.0), (7, 34.0)] {
        sheet.wrap(column, letters);
    }
    for info in metrics {
        let base = match info.base_title.get(lang) {
            "" if info.base.is_empty() => book.word("all_answers", "全部答卷", "all answers"),
            words => words.to_owned(),
        };
        let lead = book.material.lead().iter().any(|held| held.info.id == info.id);
        let name = Cell::text(book.title(info)).strong(lead).indent(u8::from(info.variant_of.is_some()));
        sheet.row([
            name,
            Cell::text(info.definition.get(lang)),
            Cell::text(book.estimator(&info.estimator)),
            Cell::text(info.of.as_str()),
            Cell::text(info.per.as_deref().unwrap_or_default()),
            Cell::text(base),
            Cell::text(info.base.as_str()),
            Cell::text(coding(book, info)),
            Cell::text(book.direction(info.better)),
            Cell::text(book.unit(info.unit)),
            Cell::text(info.id.as_str()),
            Cell::text(format!("{} {}", info.module, info.module_version)),
        ]);
    }
    sheet.filter(head);
    missing(book, &mut sheet);
    Some(sheet)
}

/// The inputs that a metric names, each with what feeds it: `praise = q7（量表，1–5）`.
fn coding(book: Book<'_, '_>, info: &MetricInfo) -> String {
    let project = book.material.inputs.project;
    let Some(module) = project.raw.plugins.get(&info.module) else { return String::new() };
    let columns = match info.table.as_deref() {
        None => Some(&project.raw.columns),
        Some(table) => project.raw.tables.get(table).map(|table| &table.columns),
    };
    let written = [info.of.as_str(), info.per.as_deref().unwrap_or_default(), info.base.as_str()].join(" ");
    let names: Vec<&str> = names_in(&written).collect();
    let lines = module.inputs.iter().filter(|(input, _)| names.contains(&input.as_str())).map(|(input, expression)| {
        let column = columns.and_then(|columns| columns.get(expression));
        let Some(column) = column else { return format!("{input} = {expression}") };
        let range = column.range.map_or_else(String::new, |[low, high]| {
            format::range(&format::short_number(low, 2), &format::short_number(high, 2), book.lang())
        });
        let reversed =
            if column.reverse { book.word("coding_reversed", "反向计分", "reversed") } else { String::new() };
        let how = book.commas(&[kind(book, column.kind), range, reversed]);
        book.fill(
            "book_coding",
            &[("input", input), ("column", expression), ("how", &how)],
            "{input} = {column}（{how}）",
            "{input} = {column} ({how})",
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Name of a kind of column.
pub(super) fn kind(book: Book<'_, '_>, kind: ColumnType) -> String {
    let (key, zh_cn, en) = match kind {
        ColumnType::Scale => ("kind_scale", "量表", "scale"),
        ColumnType::Boolean => ("kind_boolean", "是否", "yes/no"),
        ColumnType::Single => ("kind_single", "单选", "one choice"),
        ColumnType::Multi => ("kind_multi", "多选", "several choices"),
        ColumnType::Ranking => ("kind_ranking", "排序", "ranking"),
        ColumnType::Number => ("kind_number", "数值", "number"),
        ColumnType::Date => ("kind_date", "日期", "date"),
        ColumnType::Text => ("kind_text", "文字", "text"),
    };
    book.word(key, zh_cn, en)
}

/// Metrics that the survey does not support, with the questions they would need.
fn missing(book: Book<'_, '_>, sheet: &mut Sheet) {
    let metrics = book.material.results().metrics.iter();
    let missing: Vec<_> = metrics.filter_map(|info| Some((info, info.unavailable.as_ref()?))).collect();
    if missing.is_empty() {
        return;
    }
    sheet.skip(1);
    let title = book.word("book_missing", "未能计算的指标", "Indicators that cannot be computed");
    let start = sheet.section(title.clone());
    sheet.entries.push((title, start));
    sheet.head([
        book.indicator(),
        book.word("col_missing_question", "需要而问卷未设的题目", "Questions it needs that were not asked"),
    ]);
    for (info, why) in missing {
        let questions = why.missing_inputs.iter().map(|(id, question)| match question.get(book.lang()) {
            "" => id.as_str(),
            words => words,
        });
        let questions = questions.collect::<Vec<_>>().join(&book.word("semicolon", "；", "; "));
        let row = sheet.row([Cell::text(book.title(info)), Cell::text(questions)]);
        sheet.join((row, 1), 3);
        for column in 2..4 {
            sheet.set((row, column), Cell::default().role(Role::Body));
        }
    }
}
