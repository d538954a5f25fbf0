//! The sheets of questions and answers: the codebook with its counts, and how the answers of every scale fall, wave by wave.

use super::book::Book;
use super::definitions::kind;
use super::sheet::{Cell, Role, Sheet, Tone};
use crate::document::figures::question_title;
use crate::document::format;
use crate::metrics::Distribution;

/// The questions with their kinds, answers and counts; personal columns are left out.
pub(super) fn questions(book: Book<'_, '_>) -> Option<Sheet> {
    let lang = book.lang();
    let inputs = &book.material.inputs;
    let personal = |name: &String| inputs.project.raw.columns.get(name).is_some_and(|raw| raw.personal);
    let shown: Vec<_> = inputs.columns.iter().filter(|column| !personal(&column.name)).collect();
    if shown.is_empty() {
        return None;
    }
    let title = book.word("book_questions", "题目", "Questions");
    let mut sheet = Sheet::new("questions", &title, &title);
    let n = format::count(inputs.answers);
    sheet.subtitle(book.fill(
        "book_questions_base",
        &[("n", &n)],
        "基数：读入的全部 {n} 份答卷。",
        "Base: all {n} answers read.",
    ));
    sheet.skip(1);
    let head = sheet.head([
        book.word("book_column", "字段", "Column"),
        book.word("col_wording", "题目", "Question"),
        book.word("col_kind", "类型", "Kind"),
        book.word("book_values", "取值", "Values"),
        book.word("col_valid", "有效", "Valid"),
        book.word("col_no_answer", "未答", "No answer"),
        book.word("col_not_applicable", "不适用", "Not applicable"),
        book.word("book_invalid", "无效", "Invalid"),
    ]);
    sheet.freeze(head, 1);
    sheet.wrap(1, 60.0);
    sheet.wrap(3, 44.0);
    for column in shown {
        let values = match column.range {
            Some([low, high]) => format::range(&format::short_number(low, 2), &format::short_number(high, 2), lang),
            None => {
                let titles = column.categories.iter().map(|value| match column.category_titles.get(value) {
                    Some(title) if !title.get(lang).is_empty() => title.get(lang),
                    _ => value.as_str(),
                });
                titles.collect::<Vec<_>>().join(&book.word("semicolon", "；", "; "))
            }
        };
        sheet.row([
            Cell::text(column.name.as_str()),
            Cell::text(column.title.get(lang)),
            Cell::text(kind(book, column.kind)),
            Cell::text(values),
            Cell::count(column.counts.valid),
            Cell::count(column.counts.missing),
            Cell::count(column.counts.not_applicable),
            Cell::count(column.counts.invalid),
        ]);
    }
    sheet.filter(head);
    Some(sheet)
}

/// The shares of every level of every scale, wave by wave.
pub(super) fn distributions(book: Book<'_, '_>) -> Option<Sheet> {
    let held = book.material.inputs.distributions;
    if held.is_empty() {
        return None;
    }
    let results = book.material.results();
    let title = book.word("book_answers", "答案分布", "Answers");
    let mut sheet = Sheet::new("answers", &title, &title);
    sheet.subtitle(book.word(
        "book_answers_base",
        "基数：在该题作答者，不适用与未答不计；百分比。",
        "Base: those who answered the question, without not applicable; percentages.",
    ));
    sheet.skip(1);
    let waves: Vec<Option<&str>> = match results.waves.is_empty() {
        true => vec![None],
        false => results.waves.iter().map(|wave| Some(wave.as_str())).collect(),
    };
    let waves: Vec<Option<&str>> =
        waves.into_iter().filter(|wave| held.iter().any(|question| total(question, *wave).is_some())).collect();
    let mut heads = vec![
        book.word("col_wording", "题目", "Question"),
        book.word("book_answer", "答案", "Answer"),
        book.unit_head(),
    ];
    heads.extend(waves.iter().map(|wave| match wave {
        Some(wave) => format::wave(wave, book.lang()),
        None => book.word("total", "总体", "All"),
    }));
    let head = sheet.head(heads);
    sheet.freeze(head, 2);
    sheet.wrap(0, 52.0);
    for question in held {
        distribution(book, question, &waves, &mut sheet);
    }
    sheet.filter(head);
    sheet.notes(book.number_notes());
    Some(sheet)
}

fn total<'d>(question: &'d Distribution, wave: Option<&str>) -> Option<&'d crate::metrics::DistributionRow> {
    question.rows.iter().find(|row| row.segment.is_none() && row.wave.as_deref() == wave)
}

fn distribution(book: Book<'_, '_>, question: &Distribution, waves: &[Option<&str>], sheet: &mut Sheet) {
    let name = question_title(book.material, question);
    let counts =
        waves.iter().map(|wave| Cell::maybe(total(question, *wave).map(|row| row.n as f64), 0).role(Role::Base));
    let n = book.word("book_n", "样本 n", "n");
    let lead =
        [Cell::text(name.clone()).strong(true), Cell::text(n).role(Role::Base), Cell::default().role(Role::Base)];
    sheet.row(lead.into_iter().chain(counts));
    for (index, level) in question.levels.iter().enumerate() {
        let shares = waves.iter().map(|wave| match total(question, *wave) {
            Some(row) if row.shares.len() == question.levels.len() => Cell::number(row.shares[index], 1),
            Some(_) => Cell::text(book.word("suppressed_mark", "（略）", "(omitted)")).right().tone(Tone::Faint),
            None => Cell::default(),
        });
        let lead = [Cell::text(name.clone()).tone(Tone::Faint), Cell::text(level.get(book.lang())), Cell::text("%")];
        sheet.row(lead.into_iter().chain(shares));
    }
}
