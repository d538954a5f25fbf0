//! Banner tables in documents: the questions of a banner down the side, the groups of one segment across the top, letters behind
//! the cells. Counted tables of the analysis come in, blocks and facts for templates go out.

use serde_json::{Value, json};

use crate::analysis::banner::{BannerCell, BannerQuestion, BannerTable, RowKind, base_labels, notes};
use crate::config::raw::{BannerCorrection, ColumnType, Correction};
use crate::document::blocks::{Inline, Table, TableCell, TableRow};
use crate::document::figures::{has_other_base, other_base_note};
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::{SMALL_BASE_MARK, cell, note, number_column, row, text_column};

/// Most groups beside the total in one table; more of them go on in another.
const MOST_GROUPS: usize = 8;

/// The banners of the project, each with its segments.
pub fn facts(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    let one = |table: &BannerTable| {
        let mut segments: Vec<Value> = Vec::new();
        for column in table.columns.iter().filter_map(|column| Some((column.segment.as_ref()?, column))) {
            let (name, held) = column;
            if segments.last().is_none_or(|last| last["column"] != *name) {
                segments.push(json!({ "column": name, "title": held.segment_title.get(lang) }));
            }
        }
        let choices = table
            .questions
            .iter()
            .filter(|question| is_choice(question))
            .map(|question| json!({ "column": question.column, "title": question.title.get(lang) }));
        json!({
            "id": table.id,
            "title": table.title.get(lang),
            "wave": table.wave.as_ref().map(|wave| format::wave(wave, lang)),
            "questions": table.questions.len(),
            "segments": segments,
            "choices": choices.collect::<Vec<_>>(),
        })
    };
    newest(material).into_iter().map(one).collect()
}

/// True for a question whose options are chosen from, in no order of their own.
pub(super) fn is_choice(question: &BannerQuestion) -> bool {
    matches!(question.kind, ColumnType::Single | ColumnType::Multi)
}

/// The last wave of every banner.
pub(super) fn newest<'a>(material: &Material<'a>) -> Vec<&'a BannerTable> {
    let mut found: Vec<&BannerTable> = Vec::new();
    for table in material.inputs.banners {
        match found.iter_mut().find(|held| held.id == table.id) {
            Some(held) => *held = table,
            None => found.push(table),
        }
    }
    found
}

/// Ids of the banners.
pub fn ids<'a>(material: &Material<'a>) -> Vec<&'a str> {
    newest(material).into_iter().map(|table| table.id.as_str()).collect()
}

/// A banner by the groups of a segment; in several tables where these are many. Empty for a segment that the banner lacks.
pub fn banner(material: &Material<'_>, id: &str, segment: &str) -> Vec<Table> {
    let Some(table) = newest(material).into_iter().find(|table| table.id == id) else { return Vec::new() };
    let groups: Vec<usize> =
        (0..table.columns.len()).filter(|&index| table.columns[index].segment.as_deref() == Some(segment)).collect();
    let parts = groups.len().div_ceil(MOST_GROUPS).max(1);
    groups
        .chunks(groups.len().div_ceil(parts).max(1))
        .map(|part| {
            let columns: Vec<usize> = std::iter::once(0).chain(part.iter().copied()).collect();
            one_table(material, table, &columns)
        })
        .collect()
}

fn one_table(material: &Material<'_>, table: &BannerTable, shown: &[usize]) -> Table {
    let lang = material.lang;
    let settings = &material.inputs.project.raw.settings;
    let mut columns = vec![text_column("", 1.6)];
    columns.extend(shown.iter().filter_map(|&index| table.columns.get(index)).map(|column| {
        let letter = if column.letter.is_empty() { String::new() } else { format!(" ({})", column.letter) };
        number_column(&format!("{}{letter}", column.title.get(lang)))
    }));
    let mut rows = Vec::new();
    for question in &table.questions {
        rows.push(TableRow { cells: vec![cell(question.title.get(lang))], strong: true });
        for held in &question.rows {
            let title = held.title.get(lang);
            let indented = format!("　{title}");
            let cells =
                shown.iter().filter_map(|&index| held.cells.get(index)).map(|held_cell| value(held.kind, held_cell));
            rows.push(row(std::iter::once(cell(indented)).chain(cells).collect()));
        }
        let bases = shown.iter().filter_map(|&index| question.bases.get(index)).map(|base| {
            let mut content = vec![Inline::text(base.n.map_or_else(|| format::NO_VALUE.to_owned(), format::count))];
            if base.flagged {
                content.push(Inline::Superscript { text: SMALL_BASE_MARK.into() });
            }
            TableCell { content, ..TableCell::default() }
        });
        let label = format!("　{}", base_labels()[0].get(lang));
        rows.push(row(std::iter::once(cell(label)).chain(bases).collect()));
    }
    let notes = notes(table, settings.suppress_below, settings.flag_below);
    let mut notes: Vec<_> = notes.iter().map(|text| note(text.get(lang))).collect();
    // Else the same groups would seem to differ here and not in the chapters.
    if table.correction == BannerCorrection::None && settings.correction != Correction::None {
        notes.push(note(material.fill_or(
            "note_banner_uncorrected",
            &[("correction", &material.correction())],
            "本表每一对单独检验；正文中各组的比较经{correction}，所以这里的字母会多一些。",
            "Each pair is tested by itself here; the comparisons of groups in the chapters have the {correction}, so there are more letters here.",
        )));
    }
    let other_base = |question: &BannerQuestion| {
        let total = question.bases.first().and_then(|base| base.n);
        total.is_some_and(|n| has_other_base(material, &question.column, n))
    };
    if table.questions.iter().any(other_base) {
        notes.push(other_base_note(material));
    }
    Table { columns, rows, notes, ..Table::default() }
}

fn value(kind: RowKind, held: &BannerCell) -> TableCell {
    let Some(estimate) = held.estimate else { return cell("–") };
    let number =
        if kind.is_share() { format!("{}%", format::number(estimate, 1)) } else { format::number(estimate, 2) };
    let mut content = vec![Inline::text(number)];
    if !held.higher_than.is_empty() {
        content.push(Inline::Superscript { text: held.higher_than.clone() });
    }
    TableCell { content, ..TableCell::default() }
}
