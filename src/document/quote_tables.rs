//! Open answers in documents: how many speak of each theme, by group, and a few of them in their own words. Counted voices come
//! in, tables go out; the words are plain text, whatever stands in them.

use serde_json::{Value, json};

use crate::analysis::voices::{ThemeVoices, Voices};
use crate::diagnostics::{Lang, has_han};
use crate::document::blocks::{Inline, Table, TableCell, TableRow};
use crate::document::format;
use crate::document::material::Material;
use crate::document::model_tables::capital;
use crate::document::tables::{cell, note, number_column, row, text_column};

/// Share of answers on no theme, in percent, above which a table says so.
const MOST_REST: f64 = 50.0;

/// Groups that a table of themes has room for.
const MOST_GROUPS: usize = 8;

/// The open questions with their themes, for templates.
pub fn facts(material: &Material<'_>) -> Vec<Value> {
    let lang = material.lang;
    let theme = |held: &ThemeVoices| {
        json!({
            "title": capital(held.title.get(lang)),
            "n": format::count(held.n),
            "share": format!("{}%", format::number(held.share, 1)),
            "quotes": held.quotes.iter().map(|quote| quote.get(lang)).collect::<Vec<_>>(),
        })
    };
    shown(material)
        .map(|voices| {
            json!({
                "column": voices.column,
                "title": voices.title.get(lang),
                "n": voices.n.map(format::count),
                "first": ranked(voices).first().filter(|theme| !theme.rest).map(|theme| theme.title.get(lang)),
                "themes": voices.themes.iter().map(theme).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// The voices that have anything to show.
fn shown<'a>(material: &Material<'a>) -> impl Iterator<Item = &'a Voices> {
    material.inputs.voices.iter().filter(|voices| !voices.themes.is_empty())
}

/// Columns of themes that can be named.
pub fn columns<'a>(material: &Material<'a>) -> Vec<&'a str> {
    material.inputs.voices.iter().map(|voices| voices.column.as_str()).collect()
}

fn of_column<'a>(material: &Material<'a>, column: Option<&str>) -> Option<&'a Voices> {
    shown(material).find(|voices| column.is_none_or(|column| voices.column == column))
}

/// Themes with their answers in people's own words. None where nothing may be quoted.
pub fn quotes(material: &Material<'_>, column: Option<&str>) -> Option<Table> {
    let voices = of_column(material, column)?;
    let lang = material.lang;
    let share = share_head(material);
    let (theme, n, words) = match lang {
        Lang::ZhCn | Lang::ZhTw => ("主题", "提及人数", "顾客原话"),
        Lang::En => ("Theme", "Answers", "In their own words"),
    };
    if voices.themes.iter().all(|theme| theme.quotes.is_empty()) {
        return None;
    }
    let line = |theme: &ThemeVoices| {
        let mut content = Vec::new();
        for quote in &theme.quotes {
            if !content.is_empty() {
                content.push(Inline::LineBreak);
            }
            // Line breaks of the writer would break the table in some formats.
            let text = quote.get(lang).split_whitespace().collect::<Vec<_>>().join(" ");
            content.push(Inline::text(format!("“{text}”")));
        }
        if content.is_empty() {
            content.push(Inline::text(format::NO_VALUE));
        }
        let mut cells = counts(theme, lang);
        cells.push(TableCell { content, ..TableCell::default() });
        row(cells)
    };
    let rows: Vec<TableRow> = ranked(voices).into_iter().map(line).collect();
    let columns = vec![text_column(theme, 1.0), number_column(n), number_column(share), text_column(words, 3.2)];
    let mut notes = vec![note(quote_note(voices, lang))];
    notes.extend(rest_note(voices, lang).map(note));
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

/// Themes with the number of answers by the groups of a segment, or in total without one.
pub fn themes(material: &Material<'_>, column: Option<&str>, segment: Option<&str>) -> Option<Table> {
    let voices = of_column(material, column)?;
    let lang = material.lang;
    let place = segment.and_then(|segment| voices.segments.iter().position(|held| held.column == segment));
    // A table of dashes says nothing: then only the whole is listed, and a note says why.
    let mostly_hidden = place.is_some_and(|place| {
        let cells = || voices.themes.iter().flat_map(|theme| theme.groups[place].iter().take(MOST_GROUPS));
        cells().filter(|n| n.is_none()).count() * 2 > cells().count()
    });
    let asked = place;
    let place = place.filter(|_| !mostly_hidden);
    let share = share_head(material);
    let (theme, n) = match lang {
        Lang::ZhCn | Lang::ZhTw => ("主题", "提及人数"),
        Lang::En => ("Theme", "Answers"),
    };
    let mut columns = vec![text_column(theme, 1.6), number_column(n), number_column(share)];
    if let Some(place) = place {
        let groups = voices.segments[place].groups.iter().take(MOST_GROUPS);
        columns.extend(groups.map(|(_, title)| number_column(title.get(lang))));
    }
    let line = |theme: &ThemeVoices| {
        let mut cells = counts(theme, lang);
        let groups = place.map(|place| theme.groups[place].iter().take(MOST_GROUPS)).into_iter().flatten();
        cells.extend(groups.map(|n| cell(n.map_or_else(|| format::NO_VALUE.to_owned(), format::count))));
        row(cells)
    };
    let rows = ranked(voices).into_iter().map(line).collect();
    let mut notes = vec![note(base_note(voices, lang))];
    notes.extend(rest_note(voices, lang).map(note));
    let hidden = place.is_some_and(|place| {
        voices.themes.iter().any(|theme| theme.groups[place].iter().take(MOST_GROUPS).any(Option::is_none))
    });
    if let Some(place) = asked.filter(|_| mostly_hidden) {
        let limit = format::short_number(material.inputs.project.raw.settings.suppress_below, 0);
        let info = material.results().segments.iter().find(|info| info.column == voices.segments[place].column);
        let title = info.map_or(voices.segments[place].column.as_str(), |info| info.title.get(lang));
        notes.push(note(match lang {
            Lang::ZhCn | Lang::ZhTw => {
                format!("按{title}的人数半数以上不能列出（写了意见的不足 {limit} 人，或一经列出即可推算出这样的组），从略。")
            }
            Lang::En => format!(
                "More than half of the counts by {title} may not be shown (fewer than {limit} answers with words, or a group that would give such a one away) and are left out."
            ),
        }));
    }
    if hidden {
        let limit = format::short_number(material.inputs.project.raw.settings.suppress_below, 0);
        notes.push(note(match lang {
            Lang::ZhCn | Lang::ZhTw => {
                format!("{}：写了意见的不足 {limit} 人，或一经列出即可推算出这样的组。", format::NO_VALUE)
            }
            Lang::En => {
                format!(
                    "{}: fewer than {limit} answers with words, or a group that would give such a one away.",
                    format::NO_VALUE
                )
            }
        }));
    }
    Some(Table { columns, rows, notes, ..Table::default() })
}

/// Themes by the number of answers, the first of several in the order of the dictionary; what speaks of none comes last.
fn ranked(voices: &Voices) -> Vec<&ThemeVoices> {
    let mut themes: Vec<&ThemeVoices> = voices.themes.iter().collect();
    themes.sort_by_key(|theme| (theme.rest, std::cmp::Reverse(theme.n)));
    themes
}

fn counts(theme: &ThemeVoices, lang: Lang) -> Vec<TableCell> {
    let share = format!("{}%", format::number(theme.share, 1));
    vec![cell(capital(theme.title.get(lang))), cell(format::count(theme.n)), cell(share)]
}

/// The head of the column of shares, which are weighted where the answers are.
fn share_head<'m>(material: &Material<'_>) -> &'m str {
    match (material.lang, material.inputs.weighted) {
        (Lang::ZhCn | Lang::ZhTw, true) => "占比（加权）",
        (Lang::ZhCn | Lang::ZhTw, false) => "占比",
        (Lang::En, true) => "Share (weighted)",
        (Lang::En, false) => "Share",
    }
}

/// What must be said where most answers speak of no theme of the dictionary.
fn rest_note(voices: &Voices, lang: Lang) -> Option<String> {
    let rest = voices.themes.iter().find(|theme| theme.rest && theme.share > MOST_REST)?;
    let share = format!("{}%", format::number(rest.share, 1));
    Some(match lang {
        Lang::ZhCn | Lang::ZhTw => {
            format!("“{}”占{share}：词表未能归类过半的意见，补充词表之前，各主题的多少不足为据。", rest.title.get(lang))
        }
        Lang::En => format!(
            "“{}” is {share}: the list of words does not know most of the answers, and until it is extended the counts of the themes prove little.",
            capital(rest.title.get(lang))
        ),
    })
}

fn base_note(voices: &Voices, lang: Lang) -> String {
    let n = voices.n.map_or_else(|| format::NO_VALUE.to_owned(), format::count);
    match lang {
        Lang::ZhCn | Lang::ZhTw => format!("基数：写了意见的 {n} 人；一人可谈及多个主题。"),
        Lang::En => format!("Base: {n} answers with words; one answer may speak of several themes."),
    }
}

fn quote_note(voices: &Voices, lang: Lang) -> String {
    let masked = match lang {
        Lang::ZhCn | Lang::ZhTw => "原话照录，电话、证件号、邮箱、账号、车牌与姓名已隐去。",
        Lang::En => {
            " Quoted as written; phone numbers, ids, mail addresses, accounts, number plates and names are masked."
        }
    };
    let foreign = voices.themes.iter().flat_map(|theme| &theme.quotes).any(|quote| has_han(quote.get(lang)));
    let language = if lang == Lang::En && foreign { " Quotations are in the language of the answer." } else { "" };
    base_note(voices, lang) + masked + language
}
