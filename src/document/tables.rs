//! Tables of indicators: the summary of all of them, one segment against them, and their course over the waves.
//! Values, letters, marks and notes come from the same material as the sentences around them.

use crate::analysis::IndicatorSummary;
use crate::analysis::comparisons::letter;
use crate::document::benchmarks::{BenchmarkColumns, benchmark_notes, benchmark_rows};
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
    let has_benchmark = shown.iter().any(|held| !held.benchmarks.is_empty());
    let mut columns = vec![
        text_column(&material.word("col_indicator"), 1.4),
        number_column(&material.word("col_value")),
        number_column(&material.words.fill("col_interval", &[("level", &material.confidence())])),
        number_column(&material.word("col_n")),
    ];
    if has_change {
        columns.push(number_column(&material.word("col_change")));
    }
    let has_whole = material.inputs.whole.is_some();
    let whole = columns.len();
    if has_whole {
        columns.push(number_column(&material.word_or("col_whole", "全部", "All")));
    }
    let gap = columns.len();
    if has_benchmark {
        columns.push(number_column(&material.word_or("col_gap", "距标杆", "Gap")));
    }
    if has_target {
        columns.push(number_column(&material.word("col_target")));
        columns.push(text_column(&material.word("col_met"), 0.0));
    }
    let mut marks = Marks::default();
    let places = BenchmarkColumns { all: columns.len(), gap, interval: INTERVAL };
    let mut rows = Vec::new();
    for held in &shown {
        let mut first = indicator_row(material, held, has_change, has_target, &mut marks);
        if has_whole {
            first.cells.insert(whole, whole_cell(material, held));
        }
        if has_benchmark {
            first.cells.insert(gap, cell(""));
        }
        rows.push(first);
        rows.extend(benchmark_rows(material, held, places, |text| bare(material, held, text)));
    }
    let mut notes = Vec::new();
    if has_change && marks.significant {
        notes.push(note(material.words.fill("note_change", &[("level", &material.confidence())])));
    }
    if marks.small {
        notes.push(small_base_note(material));
    }
    if marks.complement {
        notes.push(note(material.complement_note()));
    }
    if has_whole {
        notes.push(note(material.fill_or(
            "note_whole",
            &[("level", &material.confidence())],
            "“全部”为全体受访者的数值，本组包含在内；▲、▼为本组在{level}水平上显著高于、低于全部。",
            "“All” is the value of all respondents, this group among them; ▲ and ▼: this group is significantly above or below at the {level} level.",
        )));
    }
    if has_benchmark {
        notes.extend(benchmark_notes(material, &shown));
    }
    Some(Table { columns, rows, notes, ..Table::default() })
}

/// The value of all answers, marked where the group of the document differs.
fn whole_cell(material: &Material<'_>, held: &IndicatorSummary<'_>) -> TableCell {
    let Some(found) = material.against_whole(held) else { return cell(format::NO_VALUE) };
    let mark = match found.test.filter(|test| test.significant) {
        Some(test) if test.delta > 0.0 => " ▲",
        Some(_) => " ▼",
        None => "",
    };
    cell(format!("{}{mark}", format::value(found.value, held.info.unit)))
}

/// Place of the interval among the columns of the indicator table.
const INTERVAL: usize = 2;

/// A value without its unit where that is a word: the word is said once, behind the name, and leaves the columns to the numbers.
fn bare(material: &Material<'_>, held: &IndicatorSummary<'_>, text: String) -> String {
    let suffix = format::unit_suffix(held.info.unit, material.lang);
    if suffix.starts_with(' ') { text.strip_suffix(suffix).map_or(text.clone(), str::to_owned) } else { text }
}

/// Good where the target is met, bad where it is missed beyond chance; a gap within the margin of error has no colour.
pub fn target_tone(held: &IndicatorSummary<'_>) -> Tone {
    match held.target {
        Some(target) if target.met => Tone::Good,
        Some(target) if target.significant => Tone::Bad,
        _ => Tone::Neutral,
    }
}

#[derive(Default)]
struct Marks {
    complement: bool,
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
    let suffix = format::unit_suffix(info.unit, material.lang);
    let unit = if suffix.starts_with(' ') { format!(" ({})", suffix.trim()) } else { String::new() };
    let mut cells = vec![cell(format!("{indent}{}{unit}", material.title(info)))];
    let mut value = cell(bare(material, held, material.value_text(estimate)));
    if estimate.is_some_and(|estimate| estimate.estimate.is_none()) {
        value = cell(material.reason_text(estimate));
        if estimate.is_some_and(|estimate| estimate.reason == Some(Reason::Complement)) {
            marks.complement = true;
            value = cell(material.word("suppressed_mark"));
        }
    } else if estimate.is_some_and(|estimate| estimate.flagged) {
        marks.small = true;
        value.content.push(Inline::Superscript { text: SMALL_BASE_MARK.into() });
    }
    value.tone = target_tone(held);
    cells.push(value);
    let interval = estimate.and_then(|estimate| material.interval_text(estimate));
    cells.push(cell(interval.unwrap_or_else(|| format::NO_VALUE.into())));
    let n = estimate.and_then(Estimate::printed_n);
    cells.push(cell(n.map_or_else(|| format::NO_VALUE.into(), format::count)));
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
        cells.push(cell(
            material.target_text(info).map_or_else(|| format::NO_VALUE.into(), |text| bare(material, held, text)),
        ));
        cells.push(cell(match held.target {
            Some(target) if target.met => material.word("met"),
            Some(target) if target.significant => material.word("missed"),
            Some(_) => material.word("missed_narrowly"),
            None => format::NO_VALUE.into(),
        }));
    }
    row(cells)
}

/// Most columns of values that fit a page with their letters beside them.
const VALUE_COLUMNS: usize = 8;

/// One segment with letters: the chosen indicators as rows and its groups as columns, the total last unless they are rivals, and
/// a row of bases at the end; where the groups are too many for columns they are the rows instead. None without groups or values.
pub fn segment(material: &Material<'_>, index: usize, chosen: &[&IndicatorSummary<'_>]) -> Option<Table> {
    let segment = material.results().segments.get(index)?;
    let shown: Vec<&IndicatorSummary<'_>> = chosen
        .iter()
        .copied()
        .filter(|held| {
            held.segments
                .get(index)
                .is_some_and(|compared| compared.groups.iter().flatten().any(|estimate| estimate.estimate.is_some()))
        })
        .collect();
    let first = shown.first()?;
    let banner = Banner {
        material,
        index,
        total: !shown.iter().any(|held| held.segments.get(index).is_some_and(|held| held.own.is_some())),
        groups: (0..segment.groups.len())
            .filter(|&group| shown.iter().any(|held| group_estimate(held, index, group).is_some()))
            .collect(),
        unit: first.info.unit,
        one_unit: shown.iter().all(|held| held.info.unit == first.info.unit),
        tested: shown.iter().any(|held| held.segments.get(index).is_some_and(|held| held.compared.tests > 0)),
        shown,
    };
    if banner.groups.is_empty() {
        return None;
    }
    let mut used = SegmentMarks::default();
    let (columns, rows) =
        if banner.groups.len() < VALUE_COLUMNS { banner.by_indicator(&mut used) } else { banner.by_group(&mut used) };
    let notes = segment_notes(material, banner.one_unit, banner.unit, banner.tested, &used);
    Some(Table { columns, rows, notes, ..Table::default() })
}

/// True if two groups of the segment differ significantly on the indicator.
pub fn differs(held: &IndicatorSummary<'_>, segment: usize) -> bool {
    held.segments.get(segment).is_some_and(|held| held.compared.better_than.iter().any(|worse| !worse.is_empty()))
}

fn group_estimate<'e>(held: &IndicatorSummary<'e>, segment: usize, group: usize) -> Option<&'e Estimate> {
    held.segments.get(segment)?.groups.get(group).copied().flatten()
}

/// What a table of one segment shows.
struct Banner<'t, 'a> {
    material: &'t Material<'a>,
    index: usize,
    /// Whether there is a total: an average over rivals is none of ours, and no number is published of it.
    total: bool,
    groups: Vec<usize>,
    shown: Vec<&'t IndicatorSummary<'a>>,
    unit: Unit,
    one_unit: bool,
    tested: bool,
}

impl Banner<'_, '_> {
    fn group_title(&self, group: usize) -> String {
        let title = self.material.group_title(self.index, group);
        if self.tested { format!("{title} ({})", letter(group)) } else { title }
    }

    fn indicator_title(&self, held: &IndicatorSummary<'_>) -> String {
        let title = self.material.title(held.info);
        let suffix = format::unit_suffix(held.info.unit, self.material.lang).trim();
        if self.one_unit || suffix.is_empty() { title } else { format!("{title} ({suffix})") }
    }

    fn cell(&self, held: &IndicatorSummary<'_>, group: usize, used: &mut SegmentMarks) -> TableCell {
        let Some(compared) = held.segments.get(self.index).map(|held| &held.compared) else {
            return cell(format::NO_VALUE);
        };
        let estimate = group_estimate(held, self.index, group);
        group_cell(self.material, estimate, compared.letters(group), compared.is_beaten(group), used)
    }

    fn group_bases(&self, group: usize) -> String {
        let estimates: Vec<&Estimate> =
            self.shown.iter().filter_map(|held| group_estimate(held, self.index, group)).collect();
        base_range(estimates.iter().copied())
    }

    fn total_bases(&self) -> String {
        let totals: Vec<&Estimate> = self.shown.iter().filter_map(|held| held.current).collect();
        base_range(totals.iter().copied())
    }

    fn by_indicator(&self, used: &mut SegmentMarks) -> (Vec<TableColumn>, Vec<TableRow>) {
        let material = self.material;
        let mut columns = vec![text_column(&material.word("col_indicator"), 0.0)];
        columns.extend(self.groups.iter().map(|&group| number_column(&self.group_title(group))));
        if self.total {
            columns.push(number_column(&material.word("total")));
        }
        let mut rows: Vec<TableRow> = self
            .shown
            .iter()
            .map(|held| {
                let mut cells = vec![cell(self.indicator_title(held))];
                cells.extend(self.groups.iter().map(|&group| self.cell(held, group, used)));
                if self.total {
                    cells.push(group_cell(material, held.current, String::new(), false, used));
                }
                row(cells)
            })
            .collect();
        let mut bases = vec![cell(material.word("col_n"))];
        bases.extend(self.groups.iter().map(|&group| cell(self.group_bases(group))));
        if self.total {
            bases.push(cell(self.total_bases()));
        }
        rows.push(row(bases));
        (columns, rows)
    }

    fn by_group(&self, used: &mut SegmentMarks) -> (Vec<TableColumn>, Vec<TableRow>) {
        let material = self.material;
        let title = material.results().segments.get(self.index).map_or("", |held| held.title.get(material.lang));
        let mut columns = vec![text_column(title, 1.5), number_column(&material.word("col_n"))];
        columns.extend(self.shown.iter().map(|held| number_column(&self.indicator_title(held))));
        let mut rows: Vec<TableRow> = self
            .groups
            .iter()
            .map(|&group| {
                let mut cells = vec![cell(self.group_title(group)), cell(self.group_bases(group))];
                cells.extend(self.shown.iter().map(|held| self.cell(held, group, used)));
                row(cells)
            })
            .collect();
        if self.total {
            let mut cells = vec![cell(material.word("total")), cell(self.total_bases())];
            cells.extend(self.shown.iter().map(|held| group_cell(material, held.current, String::new(), false, used)));
            rows.push(TableRow { cells, strong: true });
        }
        (columns, rows)
    }
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
        notes.push(note(material.group_test_note(key)));
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

/// Smallest to largest base of some estimates, `371–412`. What nobody was asked has none.
pub fn base_range<'e>(estimates: impl Iterator<Item = &'e Estimate> + Clone) -> String {
    let low = estimates.clone().filter_map(Estimate::printed_n).filter(|n| *n > 0).min();
    let high = estimates.filter_map(Estimate::printed_n).max();
    match (low, high) {
        (None, Some(nobody)) => format::count(nobody),
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
    // A row without any number says nothing, unless numbers are hidden in it.
    let told = |held: &IndicatorSummary<'_>, wave: &str| {
        let found = results.published(&held.info.id, Some(wave));
        found.is_some_and(|estimate| estimate.estimate.is_some() || estimate.suppressed)
    };
    let mut small = false;
    let rows: Vec<TableRow> = chosen
        .iter()
        .filter(|held| held.current.is_some() && shown.iter().any(|wave| told(held, wave)))
        .map(|held| {
            let mut cells = vec![cell(material.title(held.info))];
            for wave in shown {
                let estimate = results.published(&held.info.id, Some(wave));
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
    if rows.is_empty() {
        return None;
    }
    let mut notes = Vec::new();
    let bases: Vec<String> = shown
        .iter()
        .map(|wave| {
            let estimates = chosen.iter().filter_map(|held| results.published(&held.info.id, Some(wave)));
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::document::fixtures;
    use crate::document::markdown::plain_text;

    #[test]
    fn groups_are_columns_and_letters_are_raised() {
        for lang in Lang::ALL {
            fixtures::with_material(lang, |material| {
                let table = segment(material, 0, &material.headline()).unwrap();
                let groups = material.results().segments[0].groups.len();
                assert_eq!(table.columns.len(), groups + 2, "indicator, groups, total");
                assert!(table.columns.len() <= VALUE_COLUMNS + 1);
                assert_eq!(plain_text(&table.rows.last().unwrap().cells[0].content), material.word("col_n"));
                for row in &table.rows {
                    assert_eq!(row.cells.len(), table.columns.len());
                    for held in &row.cells[1..] {
                        let texts: Vec<_> =
                            held.content.iter().filter(|inline| matches!(inline, Inline::Text { .. })).collect();
                        assert_eq!(texts.len(), 1, "a value is one text, its marks are raised: {held:?}");
                    }
                }
            });
        }
    }

    #[test]
    fn among_rivals_there_is_no_total() {
        let mut canteen = fixtures::Canteen::new();
        let segment = &canteen.results.segments[0];
        canteen.results.own = Some((segment.column.clone(), segment.groups[0].0.clone()));
        let groups = segment.groups.len();
        let material = Material::new(canteen.inputs(), &fixtures::pack(), Lang::En);
        let table = super::segment(&material, 0, &material.headline()).unwrap();
        assert_eq!(table.columns.len(), groups + 1, "indicator and groups");
        for row in &table.rows {
            assert_eq!(row.cells.len(), table.columns.len());
        }
    }

    #[test]
    fn what_a_wave_did_not_ask_is_no_base_of_it() {
        let mut canteen = fixtures::Canteen::new();
        let first = canteen.results.waves[0].clone();
        let shown: Vec<String> = {
            let material = Material::new(canteen.inputs(), &fixtures::pack(), Lang::En);
            material.headline().iter().map(|held| held.info.id.clone()).collect()
        };
        let empty = |held: &mut Estimate| (held.estimate, held.n, held.reason) = (None, 0, Some(Reason::EmptyBase));
        let estimates = &mut canteen.results.estimates;
        // The first indicator was not asked in the first wave, the second in none.
        estimates
            .iter_mut()
            .filter(|held| held.metric == shown[0] && held.wave.as_ref() == Some(&first) || held.metric == shown[1])
            .for_each(empty);
        let material = Material::new(canteen.inputs(), &fixtures::pack(), Lang::En);
        let table = waves(&material, &material.headline(), 3).unwrap();
        let rows: Vec<String> = table.rows.iter().map(|row| plain_text(&row.cells[0].content)).collect();
        let title = |id: &str| material.title(material.summary(id).unwrap().info);
        assert!(rows.contains(&title(&shown[0])) && !rows.contains(&title(&shown[1])), "{rows:?}");
        let bases = plain_text(&table.notes[0]);
        assert!(!bases.contains(" 0"), "{bases}");
    }

    #[test]
    fn many_groups_are_rows() {
        let mut canteen = fixtures::Canteen::new();
        let first = canteen.results.segments[0].groups[0].clone();
        let held = canteen.results.estimates.clone();
        for extra in 0..5 {
            let name = format!("分店{extra}");
            canteen.results.segments[0].groups.push((name.clone(), first.1.clone()));
            let copies = held.iter().filter(|held| held.segment.get("canteen") == Some(&first.0));
            canteen.results.estimates.extend(copies.map(|held| {
                let mut copy = held.clone();
                copy.segment.insert("canteen".into(), name.clone());
                copy
            }));
        }
        let material = Material::new(canteen.inputs(), &fixtures::pack(), Lang::ZhCn);
        let table = segment(&material, 0, &material.headline()).unwrap();
        assert_eq!(table.rows.len(), 4 + 5 + 1, "groups and total");
    }
}
