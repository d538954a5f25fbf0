//! One sheet for each banner table: questions down the side, groups across with their letters, every question with its three
//! rows of bases, answers, nets and means.

use super::book::Book;
use super::sheet::{Cell, NumberFormat, Role, Sheet, Tone};
use crate::analysis::BannerTable;
use crate::analysis::banner::{BannerCell, BannerQuestion, BannerRow, RowKind, base_labels, notes};
use crate::document::format;

/// Most questions that the contents list by name.
const MOST_ENTRIES: usize = 200;

/// The sheets, one a banner and wave.
pub(super) fn banners(book: Book<'_, '_>, tables: &[BannerTable]) -> Vec<Sheet> {
    tables.iter().filter(|table| !table.questions.is_empty()).map(|table| banner(book, tables, table)).collect()
}

fn banner(book: Book<'_, '_>, all: &[BannerTable], table: &BannerTable) -> Sheet {
    let lang = book.lang();
    let several = all.iter().filter(|other| other.id == table.id).count() > 1;
    let wave = table.wave.as_ref().map(|wave| format::wave(wave, lang));
    let name = table.title.get(lang);
    let tab = match wave.as_ref().filter(|_| several) {
        Some(wave) => format!("{name} {wave}"),
        None => name.to_owned(),
    };
    let number = all.iter().position(|other| std::ptr::eq(other, table)).unwrap_or(0);
    let mut sheet = Sheet::new(format!("banner:{number}"), tab.clone(), tab);
    let lead = wave.map_or_else(String::new, |wave| {
        book.fill("book_wave", &[("wave", &wave)], "调查期：{wave}。", "Wave: {wave}. ")
    });
    let base = book.word(
        "book_banner_base",
        "基数：回答该题者，逐题列出。",
        "Base: those who answered the question, question by question.",
    );
    sheet.subtitle(format!("{lead}{base}"));
    sheet.skip(1);
    let columns = places(table);
    head(book, table, &columns, &mut sheet);
    for question in &table.questions {
        let row = sheet.next;
        let title = format!("{} ({})", question.title.get(lang), question.column);
        sheet.set((row, 0), Cell::text(title.clone()).role(Role::Section));
        if sheet.entries.len() < MOST_ENTRIES {
            sheet.entries.push((title, row));
        }
        bases(book, question, &columns, &mut sheet);
        for held in &question.rows {
            answers(book, held, &columns, &mut sheet);
        }
        sheet.skip(1);
    }
    let settings = &book.material.inputs.project.raw.settings;
    let own = notes(table, settings.suppress_below, settings.flag_below);
    sheet.notes(own.iter().map(|note| note.get(lang).to_owned()));
    sheet.notes(book.number_notes().into_iter().take(1));
    sheet
}

/// Column of the sheet for every column of the table; groups have their letters to the right.
fn places(table: &BannerTable) -> Vec<u16> {
    let mut next = 1;
    table
        .columns
        .iter()
        .map(|column| {
            let place = next;
            next += if column.letter.is_empty() { 1 } else { 2 };
            place
        })
        .collect()
}

fn head(book: Book<'_, '_>, table: &BannerTable, columns: &[u16], sheet: &mut Sheet) {
    let lang = book.lang();
    let first = sheet.next;
    for line in 0..3 {
        sheet.set((first + line, 0), Cell::default().role(Role::Head));
    }
    for (index, (held, &place)) in table.columns.iter().zip(columns).enumerate() {
        let last = if held.letter.is_empty() { place } else { place + 1 };
        let begins = index == 0 || table.columns[index - 1].segment != held.segment;
        if begins {
            let same = table.columns[index..].iter().take_while(|other| other.segment == held.segment).count();
            let end = columns[index + same - 1] + u16::from(!held.letter.is_empty());
            let title = if held.segment.is_some() { held.segment_title.get(lang) } else { "" };
            sheet.set((first, place), Cell::text(title).role(Role::Span));
            sheet.join((first, place), end);
        }
        sheet.set((first + 1, place), Cell::text(held.title.get(lang)).role(Role::Span));
        sheet.join((first + 1, place), last);
        sheet.set((first + 2, place), Cell::text(held.letter.as_str()).role(Role::Span));
        sheet.join((first + 2, place), last);
    }
    sheet.next = first + 3;
    sheet.freeze(first, 1);
}

fn bases(book: Book<'_, '_>, question: &BannerQuestion, columns: &[u16], sheet: &mut Sheet) {
    for (line, label) in base_labels().iter().enumerate() {
        let row = sheet.next;
        sheet.set((row, 0), Cell::text(label.get(book.lang())).role(Role::Base));
        for (base, &place) in question.bases.iter().zip(columns) {
            let (number, format) = match line {
                0 if base.flagged => (base.n.map(|n| n as f64), NumberFormat::SmallBase(0)),
                0 => (base.n.map(|n| n as f64), NumberFormat::Estimate(0)),
                1 => (base.n_weighted, NumberFormat::Estimate(1)),
                _ => (base.n_eff, NumberFormat::Estimate(1)),
            };
            let hidden = || Cell::text("–").right().tone(Tone::Faint);
            let mut cell = number.map_or_else(hidden, |number| Cell::of_number(number, format));
            if let Some(reason) = base.reason.filter(|_| line == 0) {
                cell = cell.note(book.reason_of(reason));
            }
            sheet.set((row, place), cell.role(Role::Base));
            if question.bases.len() > 1 && place > 1 {
                sheet.set((row, place + 1), Cell::default().role(Role::Base));
            }
        }
    }
}

fn answers(book: Book<'_, '_>, held: &BannerRow, columns: &[u16], sheet: &mut Sheet) {
    let row = sheet.next;
    let strong = held.kind != RowKind::Answer;
    let name = Cell::text(held.title.get(book.lang())).strong(strong).indent(u8::from(!strong));
    sheet.set((row, 0), name);
    let decimals = if held.kind.is_share() { 1 } else { 2 };
    for (cell, &place) in held.cells.iter().zip(columns) {
        sheet.set((row, place), value(cell, decimals).strong(strong));
        if place > 1 {
            sheet.set((row, place + 1), Cell::text(cell.higher_than.as_str()).role(Role::Letter));
        }
    }
}

fn value(cell: &BannerCell, decimals: u8) -> Cell {
    match cell.estimate {
        Some(number) => Cell::of_number(number, NumberFormat::Estimate(decimals)),
        None => Cell::text("–").right().tone(Tone::Faint),
    }
}
