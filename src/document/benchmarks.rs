//! Benchmarks in documents: a row under each indicator that has some, the notes that say how to read it, and its words.

use crate::analysis::IndicatorSummary;
use crate::analysis::benchmarks::{BenchmarkComparison, Standing};
use crate::config::raw::BenchmarkWay;
use crate::document::blocks::{Inline, TableCell, TableRow, Tone};
use crate::document::format;
use crate::document::material::Material;
use crate::document::tables::{SIGNIFICANT_MARK, cell, note, row};

/// How a benchmark came about, in words.
pub fn way_title(material: &Material<'_>, way: BenchmarkWay) -> String {
    match way {
        BenchmarkWay::Best => material.word_or("way_best", "最佳企业", "best company"),
        BenchmarkWay::Combined => material.word_or("way_combined", "各家之长", "strengths combined"),
        BenchmarkWay::Experts => material.word_or("way_experts", "专家评定", "expert panel"),
    }
}

/// Where a benchmark comes from, with its period: `行业报告，2025`.
pub fn source_text(material: &Material<'_>, held: &BenchmarkComparison<'_>) -> String {
    let source = held.benchmark.source.get(material.lang).trim();
    match held.benchmark.period.as_deref().filter(|period| !period.is_empty()) {
        Some(period) => format!("{source}{}{period}", material.word("comma")),
        None => source.to_owned(),
    }
}

/// Places of the columns in a row of the indicator table.
#[derive(Debug, Clone, Copy)]
pub struct BenchmarkColumns {
    /// Cells of a row.
    pub all: usize,
    /// Place of the difference.
    pub gap: usize,
    /// Place of the interval, which holds the benchmark's standard error.
    pub interval: usize,
}

/// One row a benchmark: way and source, the number, its standard error if it has one, and the difference of the indicator.
pub fn benchmark_rows(
    material: &Material<'_>,
    held: &IndicatorSummary<'_>,
    columns: BenchmarkColumns,
    bare: impl Fn(String) -> String,
) -> Vec<TableRow> {
    let info = held.info;
    let one = |comparison: &BenchmarkComparison<'_>| {
        let mut cells = vec![cell(""); columns.all];
        let way = way_title(material, comparison.benchmark.way);
        let title = material.fill_or(
            "benchmark_row",
            &[("way", &way), ("source", &source_text(material, comparison))],
            "　标杆·{way}（{source}）",
            "　Benchmark: {way} ({source})",
        );
        cells[0] = cell(title);
        cells[1] = cell(bare(format::value_with_unit(comparison.benchmark.value, info.unit, material.lang)));
        if let Some(se) = comparison.benchmark.se {
            cells[columns.interval] = cell(format!("± {}", format::value(se, info.unit)));
        }
        let mut content = vec![Inline::text(material.change_mark(comparison.gap, info))];
        if comparison.standing != Standing::Level {
            content.push(Inline::Superscript { text: SIGNIFICANT_MARK.into() });
        }
        let tone = match comparison.standing {
            Standing::Ahead => Tone::Good,
            Standing::Behind => Tone::Bad,
            Standing::Different | Standing::Level => Tone::Neutral,
        };
        cells[columns.gap] = TableCell { content, tone };
        row(cells)
    };
    held.benchmarks.iter().map(one).collect()
}

/// The notes under a table with benchmarks.
pub fn benchmark_notes(material: &Material<'_>, shown: &[&&IndicatorSummary<'_>]) -> Vec<Vec<Inline>> {
    let all = || shown.iter().flat_map(|held| &held.benchmarks);
    let mut notes = Vec::new();
    if all().next().is_some() {
        notes.push(note(material.fill_or(
            "note_benchmark",
            &[("level", &material.confidence())],
            "距标杆为本期减标杆；* 表示在 {level} 水平上显著（双侧 t 检验；未给出标准误的标杆看置信区间），{good_colour}底为优于标杆，{bad_colour}底为逊于标杆。",
            "The gap is the current value less the benchmark; * is significant at {level} (two-sided t test; a benchmark without a standard error by the interval), {good_colour} is better than the benchmark and {bad_colour} worse.",
        )));
    }
    if all().any(|held| held.benchmark.se.is_none()) {
        notes.push(note(material.word_or(
            "note_benchmark_constant",
            "未给出标准误的标杆按常数处理，其自身误差未计入。",
            "A benchmark without a standard error is taken as a constant; its own error is not counted.",
        )));
    }
    if all().any(|held| held.benchmark.se.is_some()) {
        notes.push(note(material.word_or(
            "note_benchmark_error",
            "标杆行的 ± 为标杆的标准误。",
            "± in a benchmark row is its standard error.",
        )));
    }
    notes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::raw::RawBenchmark;
    use crate::diagnostics::Lang;
    use crate::document::blocks::Table;
    use crate::document::fixtures::{self, Canteen};
    use crate::document::tables;

    fn with_benchmarks(lang: Lang, benchmarks: Vec<RawBenchmark>) -> Table {
        let mut canteen = Canteen::new();
        canteen.project.raw.benchmarks.insert("reputation".into(), benchmarks);
        let pack = fixtures::pack();
        let material = Material::new(canteen.inputs(), &pack, lang);
        let shown = material.headline();
        tables::indicators(&material, &shown).unwrap()
    }

    fn text(content: &[Inline]) -> String {
        crate::document::markdown::plain_text(content)
    }

    fn benchmark(value: f64, way: BenchmarkWay, se: Option<f64>) -> RawBenchmark {
        RawBenchmark { value, way, source: "行业年报".into(), period: Some("2025".into()), se }
    }

    /// The reputation of the fixture is 76.4.
    #[test]
    fn a_benchmark_has_a_row_under_its_indicator() {
        let held = vec![benchmark(90.0, BenchmarkWay::Best, None), benchmark(76.0, BenchmarkWay::Experts, Some(2.0))];
        let table = with_benchmarks(Lang::ZhCn, held);
        let place = table.rows.iter().position(|row| text(&row.cells[0].content).contains("最佳企业")).unwrap();
        let cells = |row: usize| table.rows[row].cells.iter().map(|cell| text(&cell.content)).collect::<Vec<_>>();
        assert_eq!(cells(place - 1)[..2], ["美誉度", "76.4%"]);
        assert_eq!(cells(place), ["　标杆·最佳企业（行业年报，2025）", "90.0%", "", "", "", "▼ 13.6*", "", ""]);
        assert_eq!(table.rows[place].cells[5].tone, Tone::Bad);
        assert_eq!(cells(place + 1), ["　标杆·专家评定（行业年报，2025）", "76.0%", "± 2.0", "", "", "▲ 0.4", "", ""]);
        assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
        let notes: Vec<String> = table.notes.iter().map(|note| text(note)).collect();
        assert!(
            notes.iter().any(|note| note.contains("按常数处理"))
                && notes.iter().any(|note| note.contains("± 为标杆的标准误"))
        );
    }

    #[test]
    fn a_table_without_benchmarks_has_no_column_for_them() {
        let columns = |held| with_benchmarks(Lang::En, held).columns.len();
        assert_eq!(columns(vec![benchmark(90.0, BenchmarkWay::Combined, None)]), columns(Vec::new()) + 1);
    }
}
