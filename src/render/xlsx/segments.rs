//! One sheet for each segment column: indicators down the side, groups across with letters beside the values, their bases
//! below, and bars with their intervals for the leading indicators.

use super::book::Book;
use super::estimates::{Rows, bars, place};
use super::sheet::{Cell, Role, Sheet, Tone};
use crate::analysis::IndicatorSummary;
use crate::analysis::comparisons::letter;
use crate::metrics::Estimate;

/// Most charts on a sheet.
const MOST_CHARTS: usize = 8;
/// Most groups that a chart can show.
const MOST_BARS: usize = 40;
/// First column with values, that of the total where there is one; names and units stand before it.
const FIRST: u16 = 2;

/// The sheets.
pub(super) fn segments(book: Book<'_, '_>, rows: &Rows) -> Vec<Sheet> {
    (0..book.material.results().segments.len()).filter_map(|index| segment(book, rows, index)).collect()
}

fn segment(book: Book<'_, '_>, rows: &Rows, index: usize) -> Option<Sheet> {
    let material = book.material;
    let info = material.results().segments.get(index)?;
    let shown: Vec<&IndicatorSummary<'_>> = material
        .summaries
        .iter()
        .filter(|held| held.info.unavailable.is_none())
        .filter(|held| held.segments.get(index).is_some_and(|held| held.groups.iter().flatten().next().is_some()))
        .collect();
    if shown.is_empty() {
        return None;
    }
    let table = Table {
        book,
        index,
        total: !shown.iter().any(|held| held.segments.get(index).is_some_and(|held| held.own.is_some())),
        groups: (0..info.groups.len())
            .filter(|&group| shown.iter().any(|held| of(held, index, group).is_some()))
            .collect(),
        shown,
    };
    let name = info.title.get(book.lang());
    let name = if name.is_empty() { info.column.as_str() } else { name };
    let title = book.fill("book_segment_title", &[("segment", name)], "指标 × {segment}", "Indicators by {segment}");
    let tab = book.fill("book_segment_tab", &[("segment", name)], "按{segment}", "By {segment}");
    let mut sheet = Sheet::new(format!("segment:{}", info.column), tab, title);
    let base = book.word(
        "book_base_cell",
        "每格各自的作答者，见下方各行",
        "those who answered, cell by cell, in the rows below",
    );
    sheet.subtitle(book.base_line(base));
    sheet.skip(1);
    table.head(&mut sheet);
    table.values(&mut sheet);
    table.bases(&mut sheet);
    sheet.notes(table.notes());
    let lead = material.lead();
    let bar_count = table.groups.len();
    if bar_count <= MOST_BARS {
        let height = 96 + 24 * u32::try_from(bar_count).unwrap_or(1);
        let charts: Vec<_> = lead.iter().filter_map(|held| bars(book, rows, held, index)).take(MOST_CHARTS).collect();
        let charts = charts.into_iter().map(|mut chart| {
            chart.size.1 = height.max(200);
            chart
        });
        place(&mut sheet, charts.collect(), 2);
    }
    Some(sheet)
}

fn of<'e>(held: &IndicatorSummary<'e>, segment: usize, group: usize) -> Option<&'e Estimate> {
    held.segments.get(segment)?.groups.get(group).copied().flatten()
}

struct Table<'m, 'a> {
    book: Book<'m, 'a>,
    index: usize,
    /// Whether there is a total: an average over rivals is none of ours, and no number is published of it.
    total: bool,
    groups: Vec<usize>,
    shown: Vec<&'m IndicatorSummary<'a>>,
}

/// A base of an estimate with the decimals it is printed with.
type BaseOf = fn(&Estimate) -> (f64, u8);

impl Table<'_, '_> {
    /// Column of the values of the group at `place`; its letters stand in the next.
    fn column(&self, place: usize) -> u16 {
        FIRST + u16::from(self.total) + u16::try_from(2 * place).unwrap_or(u16::MAX - FIRST - 2)
    }

    fn head(&self, sheet: &mut Sheet) {
        let book = self.book;
        let first = sheet.next;
        let letters = first + 1;
        let total = self.total.then(|| (FIRST, book.word("total", "总体", "All")));
        for (column, title) in [(0, book.indicator()), (1, book.unit_head())].into_iter().chain(total) {
            sheet.set((first, column), Cell::text(title).role(Role::Head));
            sheet.set((letters, column), Cell::default().role(Role::Head));
        }
        for (place, &group) in self.groups.iter().enumerate() {
            let column = self.column(place);
            let title = book.material.group_title(self.index, group);
            sheet.set((first, column), Cell::text(title).role(Role::Span));
            sheet.join((first, column), column + 1);
            sheet.set((letters, column), Cell::text(letter(group)).role(Role::Span));
            sheet.join((letters, column), column + 1);
        }
        sheet.next = letters + 1;
        sheet.freeze(first, FIRST);
    }

    fn values(&self, sheet: &mut Sheet) {
        let book = self.book;
        for held in &self.shown {
            let row = sheet.next;
            sheet.set((row, 0), book.name(held.info));
            sheet.set((row, 1), Cell::text(book.unit(held.info.unit)));
            if self.total {
                sheet.set((row, FIRST), book.estimate(held.current));
            }
            for (place, &group) in self.groups.iter().enumerate() {
                let column = self.column(place);
                let compared = held.segments.get(self.index).map(|held| &held.compared);
                let letters = compared.map_or_else(String::new, |compared| compared.letters(group));
                let beaten = compared.is_some_and(|compared| compared.is_beaten(group));
                let tone = match (letters.is_empty(), beaten) {
                    (false, false) => Tone::Good,
                    (true, true) => Tone::Bad,
                    _ => Tone::Neutral,
                };
                let cell = book.estimate(of(held, self.index, group));
                let tone = if cell.style.tone == Tone::Faint { Tone::Faint } else { tone };
                sheet.set((row, column), cell.tone(tone));
                let letters = Cell::text(letters).role(Role::Letter);
                sheet.set((row, column + 1), if tone == Tone::Faint { letters } else { letters.tone(tone) });
            }
        }
    }

    /// Bases of every cell: unweighted, and where answers are weighted also weighted and effective.
    fn bases(&self, sheet: &mut Sheet) {
        let book = self.book;
        let kinds: [BaseOf; 3] = [|held| (held.n as f64, 0), |held| (held.n_weighted, 1), |held| (held.n_eff, 1)];
        for (title, kind) in book.bases().into_iter().zip(kinds) {
            sheet.skip(1);
            sheet.section(title);
            for held in &self.shown {
                let row = sheet.next;
                let base = |estimate: Option<&Estimate>| {
                    let shown = estimate.filter(|estimate| !estimate.suppressed);
                    let (number, decimals) = shown.map_or((f64::NAN, 0), kind);
                    Cell::maybe(Some(number).filter(|number| !number.is_nan()), decimals).role(Role::Base)
                };
                let indent = u8::from(held.info.variant_of.is_some());
                sheet.set((row, 0), Cell::text(book.title(held.info)).role(Role::Base).indent(indent));
                sheet.set((row, 1), Cell::default().role(Role::Base));
                if self.total {
                    sheet.set((row, FIRST), base(held.current));
                }
                for (place, &group) in self.groups.iter().enumerate() {
                    let column = self.column(place);
                    sheet.set((row, column), base(of(held, self.index, group)));
                    sheet.set((row, column + 1), Cell::default().role(Role::Base));
                }
            }
        }
    }

    fn notes(&self) -> Vec<String> {
        let book = self.book;
        let (level, correction) = (book.material.confidence(), book.material.correction());
        let values = [("level", level.as_str()), ("correction", correction.as_str())];
        let tested =
            self.shown.iter().any(|held| held.segments.get(self.index).is_some_and(|held| held.compared.tests > 0));
        let mut notes = Vec::new();
        if tested {
            notes.push(book.fill(
                "book_note_letters",
                &values,
                "小写字母：该组在 {level} 水平上显著优于表头为该字母的组（两两双侧 t 检验，{correction}；无优劣方向的指标为高于）。{good_colour}底优于他组，{bad_colour}底逊于他组，两者兼有的不着色。",
                "A letter: significantly better at {level} than the group with that letter in the head (pairwise two-sided t tests, {correction}; higher, where neither direction is good). Cells in {good_colour} beat another group, those in {bad_colour} are beaten, those that do both have no colour.",
            ));
        }
        notes.push(book.fill(
            "book_note_bars",
            &values,
            "图中细线为 {level} 置信区间；{bad_colour}色条显著逊于他组；数值见“全部估计值”。",
            "Thin lines in the charts are {level} confidence intervals; bars in {bad_colour} are beaten by another group; the numbers are in “All estimates”.",
        ));
        notes.extend(book.number_notes());
        notes
    }
}
