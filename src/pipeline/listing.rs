//! The page that lists the documents of a report for each group, with the indicators of each.

use std::collections::BTreeMap;

use crate::diagnostics::{Lang, Localized};
use crate::document::blocks::{Align, Block, Document, Inline, Meta, Table, TableCell, TableColumn, TableRow};
use crate::document::format;
use crate::document::taiwan::in_its_language;
use crate::pipeline::Measured;

/// Indicators on the page that lists the documents.
const LISTED: usize = 8;

/// A line of the page that lists the documents.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    /// Name of the group.
    pub(super) title: Localized,
    /// Links: name of the format and address relative to the page.
    pub(super) links: Vec<(String, String)>,
    /// Indicators by id as printed.
    pub(super) values: BTreeMap<String, String>,
}

/// The lead indicators of a document, formatted, for the list.
pub(super) fn listed_values(measured: &Measured, lang: Lang) -> BTreeMap<String, String> {
    let results = &measured.indicators.results;
    let totals = results.metrics.iter().filter_map(|info| {
        let estimate = results.published(&info.id, results.current_wave())?;
        Some((info.id.clone(), format::value_with_unit(estimate.estimate?, info.unit, lang)))
    });
    totals.collect()
}

/// The page that lists the documents of a report with the indicators of each; the last line is that of all answers.
pub(super) fn index_page(measured: &Measured, listed: &[Listed], date: &str, lang: Lang) -> Document {
    let results = &measured.indicators.results;
    let title = measured.project.raw.project.title.get(lang).to_owned();
    let mut shown: Vec<_> = results
        .metrics
        .iter()
        .filter(|info| info.variant_of.is_none() && listed.iter().any(|held| held.values.contains_key(&info.id)))
        .collect();
    // The overall index first, as in the documents.
    if let Some(overall) = shown.iter().position(|info| info.estimator == "composite") {
        shown[..=overall].rotate_right(1);
    }
    shown.truncate(LISTED);
    let column = |text: String, align| TableColumn { title: vec![Inline::text(text)], align, parts: 0.0 };
    let (name, files, all) = match lang {
        Lang::ZhCn | Lang::ZhTw => ("名称", "文件", "全部"),
        Lang::En => ("Name", "Files", "All"),
    };
    let mut columns = vec![TableColumn { parts: 1.0, ..column(name.to_owned(), Align::Left) }];
    columns.extend(shown.iter().map(|info| column(info.title.get(lang).to_owned(), Align::Right)));
    columns.push(column(files.to_owned(), Align::Left));
    let cell = |content: Vec<Inline>| TableCell { content, ..TableCell::default() };
    let row = |title: &str, values: &BTreeMap<String, String>, links: &[(String, String)], strong: bool| {
        let mut cells = vec![cell(vec![Inline::text(title)])];
        let value = |id: &String| values.get(id).map_or(format::NO_VALUE, String::as_str);
        cells.extend(shown.iter().map(|info| cell(vec![Inline::text(value(&info.id))])));
        let mut content = Vec::new();
        for (index, (name, url)) in links.iter().enumerate() {
            if index > 0 {
                content.push(Inline::text(if lang.is_chinese() { "、" } else { ", " }));
            }
            content.push(Inline::Link { url: url.clone(), content: vec![Inline::text(name)] });
        }
        cells.push(cell(content));
        TableRow { cells, strong }
    };
    let mut rows: Vec<TableRow> =
        listed.iter().map(|held| row(held.title.get(lang), &held.values, &held.links, false)).collect();
    rows.push(row(all, &listed_values(measured, lang), &[], true));
    let table = Block::Table(Table { id: "list".into(), columns, rows, ..Table::default() });
    let period = results.current_wave().map(|wave| format::wave(wave, lang)).unwrap_or_default();
    in_its_language(Document {
        meta: Meta {
            title,
            subtitle: Some(period.clone()).filter(|period| !period.is_empty()),
            client: measured.project.raw.project.client.as_ref().map(|client| client.get(lang).to_owned()),
            planner: None,
            lang,
            date: date.to_owned(),
            date_text: format::date_text(date, lang),
            period,
            words: BTreeMap::new(),
            brand: None,
        },
        blocks: vec![table],
    })
}
