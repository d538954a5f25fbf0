//! Tables of indicators: the summary of all of them, one segment against them, and their course over the waves.
//! Values, letters, marks and notes come from the same material as the sentences around them.

use crate::analysis::IndicatorSummary;
use crate::analysis::comparisons::letter;
use crate::document::blocks::{Align, Inline, Table, TableCell, TableColumn, TableRow, Tone};
use crate::document::format;
use crate::document::material::Material;
use crate::metrics::{Estimate, Reason, Unit};

/// Mark of an estimate on few answers.
pub const SMALL_BASE_MARK: &str = "†";
/// Mark of a significant change.
pub const SIGNIFICANT_MARK: &str = "*";

/// A column of text; `parts` is its share of the width.
pub fn text_column(title: &str, parts: f64) -> TableColumn {
    TableColumn { title: vec![Inline::text(title)], align: Align::Left, parts }
}

/// A column of numbers, as wide as its content.
pub fn number_column(title: &str) -> TableColumn {
    TableColumn { title: vec![Inline::text(title)], align: Align::Right, parts: 0.0 }
}

/// A cell of plain text.
pub fn cell(text: impl Into<String>) -> TableCell {
    TableCell { content: vec![Inline::text(text)], tone: Tone::Neutral }
}

/// A row of cells.
pub fn row(cells: Vec<TableCell>) -> TableRow {
    TableRow { cells, strong: false }
}

/// A note of plain text.
pub fn note(text: impl Into<String>) -> Vec<Inline> {
    vec![Inline::text(text)]
}

/// All chosen indicators: value, interval, base, change, target. None without a single value.
pub fn indicators(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>]) -> Option<Table> {
    let shown: Vec<_> = chosen.iter().filter(|held| held.current.is_some()).collect();
    if shown.is_empty() {
        return None;
    }
    let has_change = shown.iter().any(|held| held.change.is_some());
    let has_target = shown.iter().any(|held| held.target.is_some());
    let mut columns = vec![
        text_column(&material.word("col_indicator"), 1.4),
        number_column(&material.word("col_value")),
        number_column(&material.words.fill("col_interval", &[("level", &material.confidence())])),
        number_column(&material.word("col_n")),
    ];
    if has_change {
        columns.push(number_column(&material.word("col_change")));
    }
    if has_target {
        columns.push(number_column(&material.word("col_target")));
        columns.push(text_column(&material.word("col_met"), 0.0));
    }
    let mut marks = Marks::default();
    let rows = shown.iter().map(|held| indicator_row(material, held, has_change, has_target, &mut marks)).collect();
    let mut notes = Vec::new();
    if has_change && marks.significant {
        notes.push(note(material.words.fill("note_change", &[("level", &material.confidence())])));
    }
    if marks.small {
        notes.push(small_base_note(material));
    }
    Some(Table { columns, rows, notes, ..Table::default() })
}

#[derive(Default)]
struct Marks {
    small: bool,
    significant: bool,
}

fn indicator_row(
    material: &Material<'_>,
    held: &IndicatorSummary<'_>,
    has_change: bool,
    has_target: bool,
    marks: &mut Marks,
) -> TableRow {
    let info = held.info;
    let estimate = held.current;
    let indent = if info.variant_of.is_some() { "　" } else { "" };
    let mut cells = vec![cell(format!("{indent}{}", material.title(info)))];
    let mut value = cell(material.value_text(estimate));
    if estimate.is_some_and(|estimate| estimate.estimate.is_none()) {
        value = cell(material.reason_text(estimate));
    } else if estimate.is_some_and(|estimate| estimate.flagged) {
        marks.small = true;
        value.content.push(Inline::Superscript { text: SMALL_BASE_MARK.into() });
    }
    value.tone = match held.target {
        Some(target) if target.met => Tone::Good,
        Some(_) => Tone::Bad,
        None => Tone::Neutral,
    };
    cells.push(value);
    let interval = estimate.and_then(|estimate| material.interval_text(estimate));
    cells.push(cell(interval.unwrap_or_else(|| format::NO_VALUE.into())));
    cells.push(cell(estimate.map_or_else(|| format::NO_VALUE.into(), |estimate| format::count(estimate.n))));
    if has_change {
        cells.push(match held.change {
            Some(change) => {
                let mut content = vec![Inline::text(material.change_mark(change.delta, info))];
                if change.significant {
                    marks.significant = true;
                    content.push(Inline::Superscript { text: SIGNIFICANT_MARK.into() });
                }
                TableCell { content, tone: Tone::Neutral }
            }
            None => cell(format::NO_VALUE),
        });
    }
    if has_target {
        cells.push(cell(material.target_text(info).unwrap_or_else(|| format::NO_VALUE.into())));
        cells.push(cell(match held.target {
            Some(target) if target.met => material.word("met"),
            Some(_) => material.word("missed"),
            None => format::NO_VALUE.into(),
        }));
    }
    row(cells)
}

/// One segment: its groups as rows, the chosen indicators as columns, with letters. None without groups or values.
pub fn segment(material: &Material<'_>, index: usize, chosen: &[&IndicatorSummary<'_>]) -> Option<Table> {
    let segment = material.results().segments.get(index)?;
    let shown: Vec<_> = chosen
        .iter()
        .filter(|held| {
            held.segments
                .get(index)
                .is_some_and(|compared| compared.groups.iter().flatten().any(|estimate| estimate.estimate.is_some()))
        })
        .collect();
    if shown.is_empty() || segment.groups.is_empty() {
        return None;
    }
    let unit = shown[0].info.unit;
    let one_unit = shown.iter().all(|held| held.info.unit == unit);
    let tested = shown.iter().any(|held| held.segments[index].compared.tests > 0);
    let mut columns = vec![text_column(segment.title.get(material.lang), 1.5), number_column(&material.word("col_n"))];
    for held in &shown {
        let title = material.title(held.info);
        let suffix = format::unit_suffix(held.info.unit, material.lang).trim();
        columns.push(number_column(&if one_unit || suffix.is_empty() { title } else { format!("{title} ({suffix})") }));
    }
    let mut used = SegmentMarks::default();
    let mut rows = Vec::new();
    for group in 0..segment.groups.len() {
        let estimates: Vec<Option<&Estimate>> =
            shown.iter().map(|held| held.segments[index].groups.get(group).copied().flatten()).collect();
        if estimates.iter().all(Option::is_none) {
            continue;
        }
        let mut name = cell(material.group_title(index, group));
        if tested {
            name.content.push(Inline::text(format!(" ({})", letter(group))));
        }
        let mut cells = vec![name, cell(base_range(estimates.iter().flatten().copied()))];
        for (held, estimate) in shown.iter().zip(&estimates) {
            let compared = &held.segments[index].compared;
            let letters = compared.letters(group);
            cells.push(group_cell(material, *estimate, letters, compared.is_beaten(group), &mut used));
        }
        rows.push(row(cells));
    }
    let totals: Vec<Option<&Estimate>> = shown.iter().map(|held| held.current).collect();
    let mut cells = vec![cell(material.word("total")), cell(base_range(totals.iter().flatten().copied()))];
    cells.extend(totals.iter().map(|estimate| group_cell(material, *estimate, String::new(), false, &mut used)));
    rows.push(TableRow { cells, strong: true });
    Some(Table { columns, rows, notes: segment_notes(material, one_unit, unit, tested, &used), ..Table::default() })
}

#[derive(Default)]
struct SegmentMarks {
    letters: bool,
    small: bool,
    suppressed: bool,
    complement: bool,
}

fn group_cell(
    material: &Material<'_>,
    estimate: Option<&Estimate>,
    letters: String,
    beaten: bool,
    used: &mut SegmentMarks,
) -> TableCell {
    let Some(held) = estimate else { return cell(format::NO_VALUE) };
    let Some(value) = held.estimate else {
        used.suppressed |= held.reason == Some(Reason::SmallBase);
        used.complement |= held.reason == Some(Reason::Complement);
        return cell(if held.suppressed { material.word("suppressed_mark") } else { format::NO_VALUE.into() });
    };
    let tone = match (letters.is_empty(), beaten) {
        (false, false) => Tone::Good,
        (true, true) => Tone::Bad,
        _ => Tone::Neutral,
    };
    used.letters |= !letters.is_empty();
    used.small |= held.flagged;
    let mut content = vec![Inline::text(format::value(value, held.unit))];
    let raised = format!("{letters}{}", if held.flagged { SMALL_BASE_MARK } else { "" });
    if !raised.is_empty() {
        content.push(Inline::Superscript { text: raised });
    }
    TableCell { content, tone }
}

fn segment_notes(
    material: &Material<'_>,
    one_unit: bool,
    unit: Unit,
    tested: bool,
    used: &SegmentMarks,
) -> Vec<Vec<Inline>> {
    let mut notes = Vec::new();
    let suffix = format::unit_suffix(unit, material.lang).trim();
    if one_unit && !suffix.is_empty() {
        notes.push(note(material.words.fill("note_unit", &[("unit", suffix)])));
    }
    if tested {
        let key = if used.letters { "note_letters" } else { "note_no_letters" };
        notes.push(note(material.words.fill(key, &[("level", &material.confidence())])));
    }
    if used.small {
        notes.push(small_base_note(material));
    }
    if used.suppressed {
        let limit = format::short_number(material.inputs.project.raw.settings.suppress_below, 0);
        notes.push(note(material.words.fill("note_suppressed", &[("limit", &limit)])));
    }
    if used.complement {
        notes.push(note(material.complement_note()));
    }
    if material.inputs.weighted {
        notes.push(note(material.word("note_weighted")));
    }
    notes
}

/// The note that explains the mark of small bases.
pub fn small_base_note(material: &Material<'_>) -> Vec<Inline> {
    let limit = format::short_number(material.inputs.project.raw.settings.flag_below, 0);
    note(material.words.fill("note_small_base", &[("limit", &limit)]))
}

/// Smallest to largest base of some estimates, `371–412`.
pub fn base_range<'e>(estimates: impl Iterator<Item = &'e Estimate> + Clone) -> String {
    let low = estimates.clone().map(|held| held.n).min();
    let high = estimates.map(|held| held.n).max();
    match (low, high) {
        (Some(low), Some(high)) if low == high => format::count(low),
        (Some(low), Some(high)) => format!("{}{}{}", format::count(low), format::RANGE_DASH, format::count(high)),
        _ => format::NO_VALUE.to_owned(),
    }
}

/// The chosen indicators over the last `limit` waves. None with fewer than two waves.
pub fn waves(material: &Material<'_>, chosen: &[&IndicatorSummary<'_>], limit: usize) -> Option<Table> {
    let results = material.results();
    let first = results.waves.len().saturating_sub(limit.max(2));
    let shown = &results.waves[first..];
    if shown.len() < 2 || chosen.is_empty() {
        return None;
    }
    let mut columns = vec![text_column(&material.word("col_indicator"), 1.4)];
    columns.extend(shown.iter().map(|wave| number_column(&format::wave(wave, material.lang))));
    let mut small = false;
    let rows = chosen
        .iter()
        .filter(|held| held.current.is_some())
        .map(|held| {
            let mut cells = vec![cell(material.title(held.info))];
            for wave in shown {
                let estimate = results.find(&held.info.id, Some(wave), None);
                let mut value = cell(material.value_text(estimate));
                if estimate.is_some_and(|estimate| estimate.flagged && estimate.estimate.is_some()) {
                    small = true;
                    value.content.push(Inline::Superscript { text: SMALL_BASE_MARK.into() });
                }
                cells.push(value);
            }
            row(cells)
        })
        .collect();
    let mut notes = Vec::new();
    let bases: Vec<String> = shown
        .iter()
        .map(|wave| {
            let estimates = chosen.iter().filter_map(|held| results.find(&held.info.id, Some(wave), None));
            let collected: Vec<&Estimate> = estimates.collect();
            let range = base_range(collected.iter().copied());
            material.words.fill("wave_base", &[("wave", &format::wave(wave, material.lang)), ("n", &range)])
        })
        .collect();
    notes.push(note(material.words.fill("note_wave_bases", &[("bases", &bases.join(&material.word("semicolon")))])));
    if small {
        notes.push(small_base_note(material));
    }
    Some(Table { columns, rows, notes, ..Table::default() })
}
