//! The sheet of inputs: files with their hashes, the steps from their rows to the analysis, weights, settings and modules.

use super::book::Book;
use super::sheet::{Cell, NumberFormat, Sheet};
use crate::config::raw::ProportionInterval;
use crate::data::table::{InputFile, StepKind};
use crate::document::format;
use crate::document::method_tables::title_in;
use crate::document::model_tables::capital;

/// The sheet.
pub(super) fn inputs(book: Book<'_, '_>) -> Sheet {
    let title = book.word("book_inputs", "数据来源", "Inputs");
    let mut sheet = Sheet::new("inputs", &title, &title);
    sheet.subtitle(book.word(
        "book_inputs_about",
        "读入的文件、逐步剔除的记录、加权与设置。",
        "Files read, rows dropped step by step, weights and settings.",
    ));
    sheet.skip(1);
    sheet.frozen = (3, 0);
    sheet.wrap(3, 66.0);
    files(book, &mut sheet);
    steps(book, &mut sheet);
    weighting(book, &mut sheet);
    settings(book, &mut sheet);
    sheet
}

fn block(sheet: &mut Sheet, title: String) {
    if sheet.next > 3 {
        sheet.skip(1);
    }
    let row = sheet.section(title.clone());
    sheet.entries.push((title, row));
}

fn survey(book: Book<'_, '_>) -> String {
    book.word("book_survey", "问卷", "Survey")
}

fn files(book: Book<'_, '_>, sheet: &mut Sheet) {
    let inputs = &book.material.inputs;
    block(sheet, book.word("book_files", "数据文件", "Files"));
    sheet.head([
        book.word("book_table", "数据表", "Table"),
        book.word("col_file", "文件名", "File"),
        book.word("book_rows", "记录数", "Rows"),
        "SHA-256".to_owned(),
    ]);
    let mut add = |table: &str, file: &InputFile| {
        sheet.row([
            Cell::text(table),
            Cell::text(file.file.as_str()),
            Cell::count(file.rows),
            Cell::text(file.sha256.as_str()),
        ]);
    };
    let name = survey(book);
    inputs.files.iter().for_each(|file| add(&name, file));
    for table in inputs.tables {
        let title = table.title.as_ref().map_or(table.table.as_str(), |title| title.get(book.lang()));
        table.files.iter().for_each(|file| add(title, file));
    }
}

fn steps(book: Book<'_, '_>, sheet: &mut Sheet) {
    let inputs = &book.material.inputs;
    block(sheet, book.word("book_steps", "从文件到分析", "From files to analysis"));
    sheet.head([
        book.word("book_table", "数据表", "Table"),
        book.word("col_step", "步骤", "Step"),
        book.word("col_rows", "保留", "Kept"),
        book.word("col_dropped", "剔除", "Dropped"),
    ]);
    let mut add = |table: &str, text: String, rows: u64, dropped: u64| {
        sheet.row([Cell::text(table), Cell::text(text), Cell::count(rows), Cell::count(dropped)]);
    };
    let name = survey(book);
    inputs.steps.iter().for_each(|step| add(&name, step_text(book, None, &step.kind), step.rows, step.dropped));
    if let Some(subject) = inputs.subject {
        let values = [("group", subject.title.get(book.lang()))];
        let text = book.fill("step_group", &values, "只取{group}的答卷", "Answers of {group}");
        add(&name, text, inputs.answers, inputs.answers_of_all.saturating_sub(inputs.answers));
    }
    for table in inputs.tables {
        let title = table.title.as_ref().map_or(table.table.as_str(), |title| title.get(book.lang()));
        table
            .steps
            .iter()
            .for_each(|step| add(title, step_text(book, Some(&table.table), &step.kind), step.rows, step.dropped));
        if let Some((subject, own)) = inputs.subject.zip(table.rows_of_group) {
            let values = [("group", subject.title.get(book.lang()))];
            let text = book.fill("step_group_rows", &values, "只取{group}的记录", "Rows of {group}");
            add(title, text, own, table.rows.saturating_sub(own));
        }
    }
}

fn step_text(book: Book<'_, '_>, table: Option<&str>, kind: &StepKind) -> String {
    let title = |column: &str| title_in(book.material, table, column);
    match kind {
        StepKind::Read { file } => book.fill("step_read", &[("file", file)], "读入 {file}", "Read {file}"),
        StepKind::Duplicates { column } if table.is_some() => book.fill(
            "step_duplicates_rows",
            &[("column", &title(column))],
            "剔除 {column} 重复的记录",
            "Drop repeated rows by {column}",
        ),
        StepKind::Duplicates { column } => {
            let title = title(column);
            let values = [("column", title.as_str())];
            book.fill("step_duplicates", &values, "剔除 {column} 重复的答卷", "Drop repeated answers by {column}")
        }
        StepKind::Weight { column } => book.fill(
            "step_weight",
            &[("column", &title(column))],
            "剔除 {column} 无有效权数的答卷",
            "Drop answers without a valid weight in {column}",
        ),
        StepKind::Wave { column } => book.fill(
            "step_wave",
            &[("column", &title(column))],
            "剔除 {column} 无法归入调查期的答卷",
            "Drop answers that belong to no wave by {column}",
        ),
        StepKind::Filter { keep, reason } => match reason.as_ref().map(|reason| reason.get(book.lang())) {
            Some(reason) if !reason.is_empty() => capital(reason),
            _ => book.fill("step_filter", &[("keep", keep)], "筛选条件 {keep}", "Keep where {keep}"),
        },
    }
}

fn weighting(book: Book<'_, '_>, sheet: &mut Sheet) {
    let held = book.material.inputs.weighting;
    if held.is_empty() {
        return;
    }
    block(sheet, book.word("book_weights", "加权", "Weights"));
    sheet.head([
        book.word("book_wave_head", "调查期", "Wave"),
        book.word("book_iterations", "迭代次数", "Iterations"),
        book.word("book_answers_n", "答卷", "Answers"),
        book.word("book_n_eff", "有效 n", "Effective n"),
        book.word("book_deff", "设计效应", "Design effect"),
        book.word("book_smallest", "最小权数/均值", "Smallest/mean"),
        book.word("book_largest", "最大权数/均值", "Largest/mean"),
        book.word("book_trimmed", "截断", "Trimmed"),
    ]);
    for wave in held {
        let name = wave
            .wave
            .as_ref()
            .map_or_else(|| book.word("total", "总体", "All"), |wave| format::wave(wave, book.lang()));
        sheet.row([
            Cell::text(name),
            Cell::count(u64::from(wave.iterations)),
            Cell::count(wave.answers),
            Cell::number(wave.n_eff, 1),
            Cell::number(wave.design_effect, 3),
            Cell::number(wave.smallest / wave.mean, 3),
            Cell::number(wave.largest / wave.mean, 3),
            Cell::count(wave.trimmed),
        ]);
    }
}

fn settings(book: Book<'_, '_>, sheet: &mut Sheet) {
    let material = book.material;
    let held = &material.inputs.project.raw.settings;
    block(sheet, book.word("book_settings", "设置", "Settings"));
    sheet.head([book.word("book_setting", "设置", "Setting"), book.word("book_setting_value", "取值", "Value")]);
    let interval = match held.proportion_interval {
        ProportionInterval::Logit => "logit",
        ProportionInterval::Beta => "Korn–Graubard (beta)",
        ProportionInterval::Wald => "Wald",
    };
    let mut modules: Vec<String> = material
        .results()
        .metrics
        .iter()
        .map(|info| format!("{} {}", info.module, info.module_version))
        .chain(material.inputs.models.models.iter().map(|info| format!("{} {}", info.module, info.module_version)))
        .collect();
    modules.sort();
    modules.dedup();
    let rows = [
        (
            book.word("book_confidence", "置信水平（%）", "Confidence level (%)"),
            Cell::of_number(held.confidence * 100.0, NumberFormat::General),
        ),
        (
            book.word("book_correction", "组间检验的校正", "Correction of tests between groups"),
            Cell::text(material.correction()),
        ),
        (book.word("book_interval", "比例的置信区间", "Interval of shares"), Cell::text(interval)),
        (
            book.word("book_suppress", "不予列出：n 小于", "Omitted below n"),
            Cell::of_number(held.suppress_below, NumberFormat::General),
        ),
        (
            book.word("book_flag", "标注 †：n 小于", "Marked † below n"),
            Cell::of_number(held.flag_below, NumberFormat::General),
        ),
        (
            book.word("book_modules", "指标与模型来自", "Definitions from"),
            Cell::text(format::list(&modules, book.lang())),
        ),
        (book.word("book_program", "程序", "Program"), Cell::text(concat!("manyi ", env!("CARGO_PKG_VERSION")))),
    ];
    for (name, value) in rows {
        sheet.row([Cell::text(name), value]);
    }
}
