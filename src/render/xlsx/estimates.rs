//! The sheet of all estimates, one a row, to filter and to compute with: every indicator over the waves and, in the newest one,
//! by group. The charts of the book are drawn from it.

use std::collections::BTreeMap;

use super::book::Book;
use super::sheet::{Cell, Chart, ChartKind, Sheet, Tone};
use crate::analysis::{IndicatorSummary, printed_decimals};
use crate::document::{axes, format};
use crate::metrics::Estimate;

/// Id of the sheet.
pub(super) const ID: &str = "estimates";

const GROUP: u16 = 5;
const VALUE: u16 = 6;
/// First of the columns with bases; what stands behind them moves with their number.
const BASES: u16 = 11;

/// Where the rows of an indicator stand.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: BTreeMap<(String, Option<usize>), (u32, u32)>,
}

impl Rows {
    /// First and last row of an indicator over the waves, or over the groups of a segment.
    pub fn find(&self, metric: &str, segment: Option<usize>) -> Option<(u32, u32)> {
        self.rows.get(&(metric.to_owned(), segment)).copied()
    }
}

/// The sheet, and where its rows are.
pub(super) fn estimates(book: Book<'_, '_>) -> (Sheet, Rows) {
    let material = book.material;
    let title = book.word("book_estimates", "全部估计值", "All estimates");
    let mut sheet = Sheet::new(ID, &title, &title);
    sheet.subtitle(book.word(
        "book_estimates_about",
        "每行一个估计值：各期总体，以及本期各组。图表取数于此。",
        "One estimate a row: the total of every wave, and the groups of the newest. The charts are drawn from here.",
    ));
    sheet.skip(1);
    let mut heads = vec![
        book.indicator(),
        book.word("book_id", "编号", "Id"),
        book.word("book_module", "模块", "Module"),
        book.word("book_wave_head", "调查期", "Wave"),
        book.word("book_segment", "分组", "Segment"),
        book.word("book_group", "组别", "Group"),
        book.word("book_value", "估计值", "Estimate"),
        book.standard_error(),
    ];
    heads.extend(book.limits());
    heads.push(book.word("book_df", "自由度", "df"));
    heads.extend(book.bases());
    heads.push(book.word("book_below", "下误差", "CI arm below"));
    heads.push(book.word("book_above", "上误差", "CI arm above"));
    heads.push(book.unit_head());
    heads.push(book.word("book_remark", "说明", "Remark"));
    if material.results().waves.len() > 1 {
        heads.push(book.word("book_chart_label", "图中简称", "In charts"));
    }
    let head = sheet.head(heads);
    sheet.freeze(head, 1);
    let mut rows = Rows::default();
    let results = material.results();
    let labels = format::wave_labels(&results.waves, book.lang());
    for held in material.summaries.iter().filter(|held| held.info.unavailable.is_none()) {
        let waves: Vec<Option<&str>> = match results.waves.is_empty() {
            true => vec![None],
            false => results.waves.iter().map(|wave| Some(wave.as_str())).collect(),
        };
        let first = sheet.next;
        for (index, wave) in waves.into_iter().enumerate() {
            let label = labels.get(index).map_or("", String::as_str);
            let estimate = results.published(&held.info.id, wave);
            let group = match held.own_group() {
                Some((segment, place)) => {
                    let title = results.segments.get(segment).map(|held| held.title.get(book.lang()).to_owned());
                    [title.unwrap_or_default(), material.group_title(segment, place)]
                }
                None => [String::new(), book.word("total", "总体", "All")],
            };
            sheet.row(row(book, held, wave, group, estimate, label));
        }
        rows.rows.insert((held.info.id.clone(), None), (first, sheet.next - 1));
        for (index, compared) in held.segments.iter().enumerate() {
            let Some(segment) = results.segments.get(index) else { continue };
            // The table that the metric is from does not have the column.
            if compared.groups.iter().all(Option::is_none) {
                continue;
            }
            let first = sheet.next;
            for (place, estimate) in compared.groups.iter().enumerate() {
                let group = [segment.title.get(book.lang()).to_owned(), material.group_title(index, place)];
                sheet.row(row(book, held, results.current_wave(), group, *estimate, ""));
            }
            if sheet.next > first {
                rows.rows.insert((held.info.id.clone(), Some(index)), (first, sheet.next - 1));
            }
        }
    }
    sheet.filter(head);
    sheet.notes(book.number_notes());
    (sheet, rows)
}

fn row(
    book: Book<'_, '_>,
    held: &IndicatorSummary<'_>,
    wave: Option<&str>,
    [segment, group]: [String; 2],
    estimate: Option<&Estimate>,
    label: &str,
) -> Vec<Cell> {
    let info = held.info;
    let decimals = u8::try_from(printed_decimals(info.unit)).unwrap_or(2);
    let value = estimate.and_then(|held| held.estimate);
    let ends = estimate.and_then(|held| held.ci);
    let arm = |length: Option<f64>| Cell::maybe(length.map(|length| length.max(0.0)), decimals + 1);
    let remark = match estimate {
        Some(held) if held.estimate.is_some() && held.flagged => book.word("book_few", "样本较少", "few answers"),
        Some(held) if held.estimate.is_some() => String::new(),
        other => book.reason(other),
    };
    let mut cells = vec![
        book.name(info).note("").indent(0),
        Cell::text(info.id.as_str()),
        Cell::text(info.module.as_str()),
        Cell::text(wave.map_or_else(String::new, |wave| format::wave(wave, book.lang()))),
        Cell::text(segment),
        Cell::text(group),
        // A word in a column that charts read would be drawn as 0; the remark says why there is none.
        if value.is_some() { book.estimate(estimate) } else { Cell::default() },
        Cell::maybe(estimate.and_then(|held| held.se), decimals + 1),
        Cell::maybe(ends.map(|ends| ends[0]), decimals),
        Cell::maybe(ends.map(|ends| ends[1]), decimals),
        Cell::maybe(estimate.and_then(|held| held.df), 0),
    ];
    cells.extend(book.bases_of(estimate));
    cells.extend([
        arm(value.zip(ends).map(|(value, ends)| value - ends[0])),
        arm(value.zip(ends).map(|(value, ends)| ends[1] - value)),
        Cell::text(book.unit(info.unit)),
        Cell::text(remark),
    ]);
    if book.material.results().waves.len() > 1 {
        cells.push(Cell::text(label));
    }
    cells
}

/// A line of an indicator over the waves; none with fewer than two values.
pub(super) fn line(book: Book<'_, '_>, rows: &Rows, held: &IndicatorSummary<'_>) -> Option<Chart> {
    let results = book.material.results();
    let known: Vec<&Estimate> =
        results.waves.iter().filter_map(|wave| results.published(&held.info.id, Some(wave))).collect();
    let shown = known.iter().filter(|estimate| estimate.estimate.is_some()).count();
    let place = rows.find(&held.info.id, None).filter(|_| shown > 1)?;
    let axis = axes::around(ends(&known), held.info.unit, book.lang());
    Some(chart(book, held, ChartKind::Line, place, (axis.min, axis.max)))
}

/// Bars of an indicator over the groups of a segment; none with fewer than two values.
pub(super) fn bars(book: Book<'_, '_>, rows: &Rows, held: &IndicatorSummary<'_>, segment: usize) -> Option<Chart> {
    let compared = held.segments.get(segment)?;
    let known: Vec<&Estimate> = compared.groups.iter().flatten().copied().collect();
    let shown = known.iter().filter(|estimate| estimate.estimate.is_some()).count();
    let place = rows.find(&held.info.id, Some(segment)).filter(|_| shown > 1)?;
    let axis = axes::from_zero(ends(&known), held.info.unit, book.lang());
    let beaten = |group| compared.compared.is_beaten(group) && compared.compared.letters(group).is_empty();
    let tones = (0..compared.groups.len()).map(|group| if beaten(group) { Tone::Bad } else { Tone::Neutral }).collect();
    Some(Chart { tones, ..chart(book, held, ChartKind::Bar, place, (axis.min, axis.max)) })
}

/// Values and the ends of their intervals.
fn ends<'e>(known: &'e [&'e Estimate]) -> impl Iterator<Item = f64> + 'e {
    known
        .iter()
        .filter(|held| held.estimate.is_some())
        .flat_map(|held| held.ci.into_iter().flatten().chain(held.estimate))
}

fn chart(
    book: Book<'_, '_>,
    held: &IndicatorSummary<'_>,
    kind: ChartKind,
    rows: (u32, u32),
    axis: (f64, f64),
) -> Chart {
    let unit = book.unit(held.info.unit);
    let name = book.title(held.info);
    let title = if unit.is_empty() {
        name
    } else {
        book.fill("book_with_unit", &[("title", &name), ("unit", &unit)], "{title}（{unit}）", "{title} ({unit})")
    };
    let decimals = usize::try_from(printed_decimals(held.info.unit)).unwrap_or(1);
    // The arms of the interval, the unit, the remark and the short name of the wave.
    let behind = BASES + u16::try_from(book.bases().len()).unwrap_or(0);
    Chart {
        kind,
        alt: book.fill(
            "book_chart_alt",
            &[("title", &title), ("level", &book.material.confidence())],
            "{title}，附 {level} 置信区间；数值见工作表。",
            "{title} with {level} confidence intervals; the numbers are in the sheet.",
        ),
        title,
        sheet: ID.to_owned(),
        rows,
        names: if kind == ChartKind::Line { behind + 4 } else { GROUP },
        values: VALUE,
        arms: (behind, behind + 1),
        tones: Vec::new(),
        axis,
        format: format!("0.{}", "0".repeat(decimals)),
        row: 0,
        left: 0,
        size: (460, 260),
    }
}

/// Places charts below the last row, so many beside each other.
pub(super) fn place(sheet: &mut Sheet, charts: Vec<Chart>, beside: usize) {
    const GAP: u32 = 14;
    sheet.skip(1);
    let mut lower = sheet.next;
    for line in charts.chunks(beside.max(1)) {
        let height = line.iter().map(|chart| chart.size.1).max().unwrap_or(0);
        for (index, chart) in (0..).zip(line) {
            let left = index * (chart.size.0 + GAP);
            sheet.charts.push(Chart { row: lower, left, ..chart.clone() });
        }
        lower += (height + GAP).div_ceil(20) + 1;
    }
    sheet.next = lower;
}
