//! The first sheet: what the book is about, and a link to every sheet and to the tables inside it.

use super::book::Book;
use super::sheet::{Cell, Role, Sheet, Tone};
use super::writer::Furniture;
use crate::document::builder::period_text;
use crate::document::format;

/// Id of the sheet.
pub(super) const ID: &str = "contents";

/// The contents of the sheets that follow, and a link back from each of them.
pub(super) fn contents(book: Book<'_, '_>, furniture: &Furniture, sheets: &mut [Sheet]) -> Sheet {
    let tab = book.word("contents", "目录", "Contents");
    let mut sheet = Sheet::new(ID, &tab, &furniture.title);
    let about = &book.material.inputs.project.raw.project;
    let what = book.word("book_subtitle", "数据表册", "Tab book");
    let subtitle = about.subtitle.as_ref().map_or("", |text| text.get(book.lang()));
    sheet.subtitle(if subtitle.is_empty() { what } else { format!("{what} · {subtitle}") });
    sheet.skip(1);
    let answers = match book.material.inputs.wave_answers.last() {
        Some((_, n)) if book.material.inputs.wave_answers.len() > 1 => {
            let (now, all) = (format::count(*n), format::count(book.material.inputs.answers));
            book.fill(
                "book_answers_of",
                &[("now", &now), ("all", &all)],
                "本期 {now}，各期共 {all}",
                "{now} in this wave, {all} in all",
            )
        }
        _ => format::count(book.material.inputs.answers),
    };
    let facts = [
        (book.word("client", "委托单位", "Client"), furniture.client.clone()),
        (book.word("planner", "策划人", "Prepared by"), furniture.planner.clone()),
        (book.word("date", "日期", "Date"), furniture.date.clone()),
        (book.word("period", "调查期", "Survey period"), period_text(book.material)),
        (book.word("book_answers_n", "答卷", "Answers"), answers),
    ];
    for (name, text) in facts.into_iter().filter(|(_, text)| !text.is_empty()) {
        let row = sheet.next;
        sheet.set((row, 1), Cell::text(name).role(Role::Plain).tone(Tone::Faint));
        sheet.set((row, 2), Cell::text(text).role(Role::Plain));
    }
    sheet.skip(1);
    let row = sheet.next;
    for (column, title) in [
        (0, book.word("col_number", "序", "#")),
        (1, book.word("book_sheet", "工作表", "Sheet")),
        (2, book.word("book_content", "内容", "Content")),
    ] {
        sheet.set((row, column), Cell::text(title).role(Role::Head));
    }
    sheet.width = 3;
    sheet.wrap(2, 92.0);
    for (number, held) in (1..).zip(sheets.iter()) {
        let row = sheet.next;
        sheet.set((row, 0), Cell::count(number));
        sheet.set((row, 1), Cell::link(&held.id, 0, held.tab.clone()));
        sheet.set((row, 2), Cell::text(if held.title == held.tab { description(held) } else { held.title.clone() }));
        for (title, place) in &held.entries {
            let row = sheet.next;
            sheet.set((row, 0), Cell::default());
            sheet.set((row, 1), Cell::default());
            sheet.set((row, 2), Cell::link(&held.id, *place, title.clone()).indent(1));
        }
    }
    sheet.skip(1);
    sheet.notes(book.number_notes());
    sheet.notes([book.word(
        "book_note_formulas",
        "除预算表外，各单元格均为数值或文字，不含公式与宏。",
        "Cells hold numbers and words; there are formulas in the budget alone, and no macros.",
    )]);
    let back = book.word("book_back", "← 目录", "← Contents");
    for held in sheets.iter_mut() {
        held.set((2, 0), Cell::link(ID, 0, back.clone()));
    }
    sheet
}

/// The line under the title of a sheet.
fn description(sheet: &Sheet) -> String {
    match sheet.cells.get(&(1, 0)).map(|cell| &cell.value) {
        Some(super::sheet::Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}
