//! The sheet of indicators: every one in the newest wave with its interval, bases, change, target and benchmarks.

use super::book::Book;
use super::sheet::{Cell, NumberFormat, Role, Sheet, Tone};
use crate::analysis::{IndicatorSummary, Standing, printed_decimals};
use crate::document::benchmarks::{source_text, way_title};
use crate::document::material::Material;
use crate::metrics::Better;

/// Id of the sheet.
pub(super) const ID: &str = "indicators";

/// The sheet; none without a single indicator.
pub(super) fn indicators(book: Book<'_, '_>) -> Option<Sheet> {
    let material = book.material;
    let shown: Vec<&IndicatorSummary<'_>> =
        material.summaries.iter().filter(|held| held.info.unavailable.is_none()).collect();
    if shown.is_empty() {
        return None;
    }
    let columns = Columns {
        change: shown.iter().any(|held| held.change.is_some()),
        target: shown.iter().any(|held| held.target.is_some()),
        benchmark: shown.iter().any(|held| !held.benchmarks.is_empty()),
    };
    let title = book.word("book_indicators", "指标", "Indicators");
    let mut sheet = Sheet::new(ID, &title, &title);
    let base = book.word(
        "book_base_row",
        "每行为该指标自身的基数，见 n 列与批注",
        "each row has its own, see n and the comments",
    );
    sheet.subtitle(book.base_line(base));
    sheet.skip(1);
    let head = sheet.head(heads(book, columns));
    sheet.freeze(head, 1);
    for held in &shown {
        sheet.row(row(book, held, columns));
    }
    sheet.filter(head);
    sheet.notes(notes(book, columns));
    if columns.benchmark {
        sheet.skip(1);
        benchmarks(book, &shown, &mut sheet);
    }
    Some(sheet)
}

/// Which columns there is something to say in.
#[derive(Clone, Copy)]
struct Columns {
    change: bool,
    target: bool,
    benchmark: bool,
}

fn heads(book: Book<'_, '_>, columns: Columns) -> Vec<String> {
    let value = book.word("col_value", "本期", "Current");
    let mut heads = vec![book.indicator(), book.unit_head(), value, book.standard_error()];
    heads.extend(book.limits());
    heads.extend(book.bases());
    if columns.change {
        heads.push(book.word("col_change", "较上期", "Change"));
        heads.push(book.word("book_significant", "显著", "Sig."));
        heads.push(book.word("book_p", "p 值", "p"));
    }
    if columns.target {
        heads.push(book.word("col_target", "目标", "Target"));
        heads.push(book.word("col_met", "达标", "Reached"));
    }
    if columns.benchmark {
        heads.push(book.word("book_benchmark", "标杆", "Benchmark"));
        heads.push(book.word("col_gap", "距标杆", "Gap"));
        heads.push(book.word("book_significant", "显著", "Sig."));
    }
    heads.push(book.word("book_remark", "说明", "Remark"));
    heads
}

fn row(book: Book<'_, '_>, held: &IndicatorSummary<'_>, columns: Columns) -> Vec<Cell> {
    let info = held.info;
    let estimate = held.current;
    let decimals = u8::try_from(printed_decimals(info.unit)).unwrap_or(2);
    let bound = |index: usize| estimate.and_then(|held| held.ci).map(|ends| ends[index]);
    let mut cells = vec![
        book.name(info),
        Cell::text(book.unit(info.unit)),
        book.estimate(estimate).tone(target_tone(held)),
        Cell::maybe(estimate.and_then(|held| held.se), decimals + 1),
        Cell::maybe(bound(0), decimals),
        Cell::maybe(bound(1), decimals),
    ];
    cells.extend(book.bases_of(estimate));
    let signed = |number: f64| Cell::of_number(number, NumberFormat::Signed(decimals));
    if columns.change {
        let change = held.change.as_ref();
        cells.push(change.map_or_else(Cell::default, |change| signed(change.delta)));
        cells.push(star(change.is_some_and(|change| change.significant)));
        cells.push(Cell::probability(change.map(|change| change.p_value)));
    }
    if columns.target {
        let goal = book.material.target(info);
        let format = NumberFormat::Goal(decimals, info.better == Better::Higher);
        cells.push(goal.map_or_else(Cell::default, |goal| Cell::of_number(goal, format)));
        let reached = Cell::text(match held.target {
            Some(target) if target.met => book.word("met", "达标", "yes"),
            Some(target) if target.significant => book.word("missed", "未达标", "no"),
            Some(_) => book.word("missed_narrowly", "略逊", "just short"),
            None => String::new(),
        });
        cells.push(reached.centred());
    }
    if columns.benchmark {
        let first = held.benchmarks.first();
        cells.push(Cell::maybe(first.map(|held| held.benchmark.value), decimals));
        cells.push(first.map_or_else(Cell::default, |held| signed(held.gap).tone(standing_tone(held.standing))));
        cells.push(star(first.is_some_and(|held| held.standing != Standing::Level)));
    }
    cells.push(Cell::text(remark(book, held)));
    cells
}

fn star(significant: bool) -> Cell {
    Cell::text(if significant { "*" } else { "" }).centred()
}

/// Why there is no number, or that it rests on few answers.
fn remark(book: Book<'_, '_>, held: &IndicatorSummary<'_>) -> String {
    match held.current {
        Some(estimate) if estimate.estimate.is_some() && !estimate.flagged => String::new(),
        Some(estimate) if estimate.estimate.is_some() => book.word("book_few", "样本较少", "few answers"),
        other => book.reason(other),
    }
}

/// Good where the target is met, bad where it is missed beyond chance.
fn target_tone(held: &IndicatorSummary<'_>) -> Tone {
    match held.target {
        Some(target) if target.met => Tone::Good,
        Some(target) if target.significant => Tone::Bad,
        _ if held.has_value() => Tone::Neutral,
        _ => Tone::Faint,
    }
}

fn standing_tone(standing: Standing) -> Tone {
    match standing {
        Standing::Ahead => Tone::Good,
        Standing::Behind => Tone::Bad,
        Standing::Different | Standing::Level => Tone::Neutral,
    }
}

fn notes(book: Book<'_, '_>, columns: Columns) -> Vec<String> {
    let level = book.material.confidence();
    let mut notes = Vec::new();
    if columns.change {
        notes.push(book.fill(
            "book_note_change",
            &[("level", &level)],
            "较上期：本期减上期，单位同指标；* 表示差异在 {level} 水平上显著（独立样本双侧 t 检验），p 值未校正。",
            "Change: this wave less the one before, in the unit of the indicator; * is significant at {level} (independent samples, two-sided t test), p without correction.",
        ));
    }
    if columns.target {
        notes.push(book.fill(
            "book_note_target",
            &[("level", &level)],
            "{good_colour}底：达到目标；{bad_colour}底：未达目标且差距在 {level} 水平上显著；“略逊”指差距在误差范围之内。是否达标按打印的位数判断。",
            "On {good_colour}: target reached; on {bad_colour}: missed beyond chance at {level}; “just short” lies within the margin of error. Judged on the decimals shown.",
        ));
    }
    if columns.benchmark {
        notes.push(book.fill(
            "book_note_benchmark",
            &[("level", &level)],
            "距标杆：本期减标杆，* 表示在 {level} 水平上显著；有多个标杆的取第一个，全部标杆见下表；未给出标准误的标杆看置信区间，没有 p 值。",
            "Gap: this wave less the benchmark, * is significant at {level}; the first benchmark of each indicator, all of them below; one without a standard error is judged by the interval and has no p.",
        ));
    }
    notes.extend(book.number_notes());
    notes
}

/// All benchmarks, a row each.
fn benchmarks(book: Book<'_, '_>, shown: &[&IndicatorSummary<'_>], sheet: &mut Sheet) {
    let material: &Material<'_> = book.material;
    let title = book.word("book_benchmarks", "标杆", "Benchmarks");
    let start = sheet.section(title.clone());
    sheet.entries.push((title, start));
    sheet.head([
        book.indicator(),
        book.unit_head(),
        book.word("book_benchmark", "标杆", "Benchmark"),
        book.standard_error(),
        book.word("col_gap", "距标杆", "Gap"),
        book.word("book_significant", "显著", "Sig."),
        book.word("book_p", "p 值", "p"),
        book.word("book_way", "来历", "Kind"),
    ]);
    let source = sheet.next - 1;
    let source_column = 8;
    sheet.set((source, source_column), Cell::text(book.word("book_source", "来源", "Source")).role(Role::Head));
    for held in shown {
        let decimals = u8::try_from(printed_decimals(held.info.unit)).unwrap_or(2);
        for found in &held.benchmarks {
            let row = sheet.row([
                book.name(held.info).note(""),
                Cell::text(book.unit(held.info.unit)),
                Cell::number(found.benchmark.value, decimals),
                Cell::maybe(found.benchmark.se, decimals + 1),
                Cell::of_number(found.gap, NumberFormat::Signed(decimals)).tone(standing_tone(found.standing)),
                star(found.standing != Standing::Level),
                Cell::probability(found.test.map(|test| test.p_value)),
                Cell::text(way_title(material, found.benchmark.way)),
            ]);
            // The source may be long: it runs to the right, where nothing else stands.
            sheet.set((row, source_column), Cell::text(source_text(material, found)).role(Role::Plain));
        }
    }
}
