//! `manyi tables`: the banner tables of a project as text, JSON or CSV.

use std::io;

use serde_json::json;

use crate::analysis::banner::{BannerBase, BannerCell, BannerQuestion, BannerTable, RowKind, base_labels, notes};
use crate::analysis::rounding::round_half_away;
use crate::cli::args::TablesOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::metrics::plain_cell;
use crate::cli::{Outcome, print_json};
use crate::config::raw::RawSettings;
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::pipeline::{self, Tabulated};

pub(crate) fn run(options: &TablesOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let tabulated = {
        let _progress = console.progress("正在制表…", "making the tables …");
        pipeline::tabulate(&options.project, diagnostics)
    };
    if let Some(tabulated) = &tabulated {
        check_choice(options, tabulated, diagnostics);
    }
    let chosen = |table: &&BannerTable| options.id.is_empty() || options.id.contains(&table.id);
    let tables: Vec<&BannerTable> = tabulated.iter().flat_map(|tabulated| &tabulated.tables).filter(chosen).collect();
    if console.json {
        return print_json(console, json!({ "schema": 1, "tables": tables }), diagnostics);
    }
    let Some(tabulated) = tabulated.as_ref().filter(|_| !diagnostics.has_errors()) else { return Ok(()) };
    if options.csv {
        return print_csv(console, &tables);
    }
    let settings = &tabulated.project.raw.settings;
    let texts: Vec<String> = tables.iter().map(|table| text_of(console, table, settings)).collect();
    console.data(&texts.join("\n"))
}

fn check_choice(options: &TablesOptions, tabulated: &Tabulated, diagnostics: &mut Diagnostics) {
    let banners = &tabulated.project.raw.banners;
    if banners.is_empty() {
        diagnostics.push(Diagnostic::error(&messages::NO_BANNERS));
        return;
    }
    let known: Vec<&str> = banners.iter().map(|banner| banner.id.as_str()).collect();
    for id in options.id.iter().filter(|id| !known.contains(&id.as_str())) {
        diagnostics.push(
            Diagnostic::error(&messages::UNKNOWN_BANNER)
                .arg("id", id)
                .arg("known", known.join(", "))
                .suggest(id, known.iter().copied()),
        );
    }
}

/// A banner as text: for every question one table a segment, the total in front.
fn text_of(console: &Console, table: &BannerTable, settings: &RawSettings) -> String {
    let mut text = format!("# {}", table.title.get(console.lang));
    if let Some(wave) = &table.wave {
        text.push_str(&format!("  {} {wave}", console.say("期：", "wave")));
    }
    text.push_str("\n\n");
    for question in &table.questions {
        text.push_str(&format!("## {} ({})\n", question.title.get(console.lang), question.column));
        for columns in blocks(table) {
            text.push_str(&block(console, table, question, &columns));
            text.push('\n');
        }
    }
    for note in notes(table, settings.suppress_below, settings.flag_below) {
        text.push_str(note.get(console.lang));
        text.push('\n');
    }
    text
}

/// The columns of one printed table each: the total with the groups of one segment, or the total alone.
fn blocks(table: &BannerTable) -> Vec<Vec<usize>> {
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    for (index, column) in table.columns.iter().enumerate().skip(1) {
        let same = table.columns[index - 1].segment == column.segment;
        match blocks.last_mut().filter(|_| same) {
            Some(block) => block.push(index),
            None => blocks.push(vec![0, index]),
        }
    }
    if blocks.is_empty() { vec![vec![0]] } else { blocks }
}

fn block(console: &Console, table: &BannerTable, question: &BannerQuestion, columns: &[usize]) -> String {
    let lang = console.lang;
    let segment = columns.last().map_or("", |column| table.columns[*column].segment_title.get(lang));
    let mut head = vec![segment.to_owned()];
    head.extend(columns.iter().map(|column| {
        let column = &table.columns[*column];
        let letter = if column.letter.is_empty() { String::new() } else { format!(" ({})", column.letter) };
        format!("{}{letter}", column.title.get(lang))
    }));
    let right = std::iter::once(false).chain(columns.iter().map(|_| true)).collect();
    let mut text = TextTable::new(head, right);
    fn hidden() -> String {
        "–".to_owned()
    }
    let bases: [fn(&BannerBase) -> String; 3] = [
        |base| base.n.map_or_else(hidden, |n| format!("{n}{}", if base.flagged { " †" } else { "" })),
        |base| base.n_weighted.map_or_else(hidden, |n| format!("{:.1}", round_half_away(n, 1))),
        |base| base.n_eff.map_or_else(hidden, |n| format!("{:.1}", round_half_away(n, 1))),
    ];
    for (label, cell) in base_labels().iter().zip(bases) {
        let cells = columns.iter().map(|column| cell(&question.bases[*column]));
        text.row(std::iter::once(label.get(lang).to_owned()).chain(cells).collect());
    }
    for row in &question.rows {
        let cells = columns.iter().map(|column| cell_text(row.kind, &row.cells[*column]));
        text.row(std::iter::once(row.title.get(lang).to_owned()).chain(cells).collect());
    }
    let tested = question.distributions.iter().find(|held| {
        columns.iter().any(|column| table.columns[*column].segment.as_deref() == Some(held.segment.as_str()))
    });
    let line = tested.map_or_else(String::new, |held| {
        let test = &held.test;
        let numbers = format!("F = {:.2} ({:.1}; {:.1}), p = {:.4}", test.f, test.ndf, test.ddf, test.p);
        console.say("各组分布是否一致（Rao-Scott）：", "same distribution in the groups (Rao-Scott): ").to_owned()
            + &numbers
            + "\n"
    });
    text.render() + &line
}

fn cell_text(kind: RowKind, cell: &BannerCell) -> String {
    let Some(estimate) = cell.estimate else { return "–".to_owned() };
    let number = if kind.is_share() {
        format!("{:.1}%", round_half_away(estimate, 1))
    } else {
        format!("{:.2}", round_half_away(estimate, 2))
    };
    if cell.higher_than.is_empty() { number } else { format!("{number} {}", cell.higher_than) }
}

/// One line a cell, in UTF-8 with a byte order mark, which Excel needs to read Chinese right.
fn print_csv(console: &Console, tables: &[&BannerTable]) -> Outcome {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let head = [
        "banner",
        "table",
        "wave",
        "question",
        "row",
        "value",
        "segment",
        "group",
        "letter",
        "n",
        "n_weighted",
        "n_eff",
        "estimate",
        "se",
        "higher_than",
        "reason",
    ];
    writer.write_record(head).map_err(io::Error::other)?;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let name = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    };
    for table in tables {
        for question in &table.questions {
            for row in &question.rows {
                for ((column, base), cell) in table.columns.iter().zip(&question.bases).zip(&row.cells) {
                    let record = [
                        table.id.clone(),
                        table.table.clone().unwrap_or_default(),
                        table.wave.clone().unwrap_or_default(),
                        question.column.clone(),
                        name(serde_json::to_value(row.kind)),
                        plain_cell(row.value.as_deref().unwrap_or_default()),
                        column.segment.clone().unwrap_or_default(),
                        plain_cell(column.value.as_deref().unwrap_or_default()),
                        column.letter.clone(),
                        base.n.map_or_else(String::new, |n| n.to_string()),
                        number(base.n_weighted),
                        number(base.n_eff),
                        number(cell.estimate),
                        number(cell.se),
                        cell.higher_than.clone(),
                        name(serde_json::to_value(base.reason)),
                    ];
                    writer.write_record(record).map_err(io::Error::other)?;
                }
            }
        }
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    console.data(&String::from_utf8_lossy(&bytes))
}
