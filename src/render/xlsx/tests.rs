//! The tab book read back with another program's eyes (`calamine`, `zip`): its numbers are those of the results, survey text is
//! only text, formulas stand in the budget alone, and the same inputs give the same bytes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Cursor, Read};

use calamine::{Data, Range, Reader, Xlsx};
use indexmap::IndexMap;

use super::{WorkbookInput, render_workbook};
use crate::analysis::BannerTable;
use crate::analysis::banner::{BannerBase, BannerCell, BannerColumn, BannerQuestion, BannerRow, RowKind};
use crate::config::raw::{BannerCorrection, ColumnType};
use crate::diagnostics::{Diagnostics, Lang, Localized, lang_texts};
use crate::document::fixtures::{self, Canteen};
use crate::metrics::{Estimate, Reason, Unit};
use crate::models::info::{
    CaseCounts, CellResult, MeasureInfo, ModelInfo, ModelResult, ModelResults, NumberResult, RowResult, TableResult,
};

type Book = Xlsx<Cursor<Vec<u8>>>;

fn bytes(canteen: &Canteen, banners: &[BannerTable], lang: Lang) -> Vec<u8> {
    let pack = fixtures::pack();
    let input = WorkbookInput { inputs: canteen.inputs(), pack: &pack, banners, brand: None };
    let mut diagnostics = Diagnostics::new();
    let bytes = render_workbook(&input, lang, &mut diagnostics);
    let found: Vec<String> = diagnostics.iter().map(|found| found.text(Lang::En)).collect();
    assert!(found.is_empty(), "{found:?}");
    bytes.unwrap()
}

fn open(bytes: Vec<u8>) -> Book {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn book(canteen: &Canteen, lang: Lang) -> Book {
    open(bytes(canteen, &[banner()], lang))
}

fn both(zh_cn: &str, en: &str) -> Localized {
    Localized::PerLang(lang_texts(zh_cn, en))
}

/// One file of the package as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    package.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Names of the files of the package.
fn files(bytes: &[u8]) -> Vec<String> {
    let package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    package.file_names().map(|name| name.unwrap().into_owned()).collect()
}

fn text(range: &Range<Data>, row: u32, column: u32) -> String {
    range.get_value((row, column)).map_or_else(String::new, ToString::to_string)
}

fn number(range: &Range<Data>, row: u32, column: u32) -> Option<f64> {
    match range.get_value((row, column)) {
        Some(Data::Float(number)) => Some(*number),
        Some(Data::Int(number)) => Some(*number as f64),
        _ => None,
    }
}

/// The first place with this text.
fn find(range: &Range<Data>, wanted: &str) -> (u32, u32) {
    let (first, left) = range.start().unwrap();
    let place = range.used_cells().find(|(_, _, cell)| format!("{cell}") == wanted);
    let (row, column, _) = place.unwrap_or_else(|| panic!("`{wanted}` is not in the sheet"));
    (row as u32 + first, column as u32 + left)
}

fn same(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (None, None) => {}
        (Some(found), Some(expected)) => {
            assert!((found - expected).abs() <= 1e-12, "{what}: {found} is not {expected}")
        }
        other => panic!("{what}: {other:?}"),
    }
}

fn banner() -> BannerTable {
    let column = |segment: Option<&str>, title: Localized, letter: &str| BannerColumn {
        segment: segment.map(str::to_owned),
        segment_title: both("食堂", "Canteen"),
        value: segment.map(|_| "x".to_owned()),
        title,
        letter: letter.to_owned(),
    };
    let base = |n: u64, reason| BannerBase {
        n: Some(n),
        n_weighted: Some(n as f64 * 1.25),
        n_eff: Some(n as f64 * 0.875),
        flagged: n < 50,
        reason,
    };
    let cell = |estimate: Option<f64>, higher: &str| BannerCell {
        estimate,
        se: estimate.map(|_| 1.5),
        higher_than: higher.to_owned(),
    };
    let row = |kind, title: Localized, cells: Vec<BannerCell>| BannerRow {
        kind,
        value: None,
        title,
        cells,
        tests: Vec::new(),
    };
    BannerTable {
        id: "main".into(),
        title: both("主要题目", "Main questions"),
        table: None,
        wave: Some("2026-11".into()),
        weighted: true,
        correction: BannerCorrection::Holm,
        columns: vec![
            column(None, both("总体", "Total"), ""),
            column(Some("canteen"), both("第一食堂", "Canteen 1"), "A"),
            column(Some("canteen"), both("第二食堂", "Canteen 2"), "B"),
            column(Some("canteen"), both("教工餐厅", "Staff"), "C"),
        ],
        questions: vec![BannerQuestion {
            distributions: Vec::new(),
            column: "praise".into(),
            title: both("您愿意称赞吗？", "Would you praise it?"),
            kind: ColumnType::Scale,
            bases: vec![base(820, None), base(412, None), base(388, None), base(12, Some(Reason::SmallBase))],
            rows: vec![
                row(
                    RowKind::Answer,
                    both("很愿意", "Very much"),
                    vec![
                        cell(Some(100.0 / 3.0), ""),
                        cell(Some(35.123_456_789_012), "B"),
                        cell(Some(25.1), ""),
                        cell(None, ""),
                    ],
                ),
                row(
                    RowKind::Mean,
                    both("均值", "Mean"),
                    vec![cell(Some(3.91), ""), cell(Some(4.02), "b"), cell(Some(3.8), ""), cell(None, "")],
                ),
            ],
        }],
    }
}

fn model() -> ModelResults {
    let measure = |id: &str, title: Localized, unit| MeasureInfo { id: id.into(), title, unit, decimals: 3 };
    let title = both("服务驱动因素", "service drivers");
    let row = |id: &str, title: Localized, estimate: f64, words: Localized| RowResult {
        id: id.into(),
        title,
        cells: IndexMap::from([
            (
                "weight".to_owned(),
                Some(CellResult::Number { estimate, se: Some(0.031), ci: Some([estimate - 0.06, estimate + 0.06]) }),
            ),
            ("place".to_owned(), Some(CellResult::Text { text: words })),
            ("rest".to_owned(), None),
        ]),
    };
    ModelResults {
        models: vec![ModelInfo {
            id: "drivers".into(),
            module: "canteen".into(),
            module_version: "1.2.0".into(),
            title,
            definition: both("各项服务对总体评价的贡献", "what each item adds"),
            method: "shapley".into(),
            formula: both("R² 的夏普利分解", "Shapley shares of R²"),
            of: Some("praise".into()),
            of_title: both("总体评价", "overall rating"),
            items: Vec::new(),
            left_out: Vec::new(),
            options: IndexMap::new(),
            table: None,
            group: None,
            base: String::new(),
            base_title: both("全部答卷", "all answers"),
            replicates: 1000,
            seed: 7,
            inputs: Vec::new(),
            missing_inputs: Vec::new(),
        }],
        results: vec![ModelResult {
            model: "drivers".into(),
            module: "canteen".into(),
            wave: Some("2026-11".into()),
            segment: IndexMap::new(),
            n: 912,
            n_weighted: 920.5,
            n_eff: 811.25,
            df: Some(911.0),
            suppressed: false,
            flagged: false,
            reason: None,
            values: IndexMap::from([(
                "r2".to_owned(),
                NumberResult {
                    title: both("决定系数", "R²"),
                    estimate: Some(0.437_219_844_5),
                    se: None,
                    ci: None,
                    unit: Unit::Number,
                    decimals: 3,
                },
            )]),
            tables: vec![TableResult {
                id: "drivers".into(),
                title: both("驱动因素", "drivers"),
                row_title: both("题项", "item"),
                measures: vec![
                    measure("weight", both("贡献", "share"), Unit::Percent),
                    measure("place", both("象限", "quadrant"), Unit::Number),
                    measure("rest", both("其余", "rest"), Unit::Number),
                ],
                rows: vec![
                    row("taste", both("口味", "Taste"), 40.123_456_789, both("优势", "keep")),
                    row("queue", both("排队", "Queue"), 22.5, both("改进", "fix")),
                ],
            }],
            notes: Vec::new(),
            counts: CaseCounts::default(),
            bootstrap: None,
        }],
    }
}

#[test]
fn every_estimate_is_in_the_book_in_full_precision() {
    let canteen = Canteen::new();
    for lang in Lang::ALL {
        let mut book = book(&canteen, lang);
        let (sheet, [value, all, n]) = match lang {
            Lang::En => ("All estimates", ["Estimate", "All", "n"]),
            _ => ("全部估计值", ["估计值", "总体", "样本 n"]),
        };
        let range = book.worksheet_range(sheet).unwrap();
        let (head, value) = find(&range, value);
        let (_, bases) = find(&range, n);
        let title = |estimate: &Estimate| match estimate.segment.iter().next() {
            None => all.to_owned(),
            Some((column, group)) => {
                let segment = canteen.results.segments.iter().find(|held| held.column == *column).unwrap();
                segment.groups.iter().find(|(held, _)| held == group).unwrap().1.get(lang).to_owned()
            }
        };
        let wave = |estimate: &Estimate| crate::document::format::wave(estimate.wave.as_deref().unwrap(), lang);
        let mut seen = 0;
        for estimate in &canteen.results.estimates {
            let wanted = [estimate.metric.clone(), wave(estimate), title(estimate)];
            let row = (head + 1..=range.end().unwrap().0)
                .find(|&row| [1, 3, 5].map(|column| text(&range, row, column)) == wanted)
                .unwrap_or_else(|| panic!("{wanted:?} is missing"));
            let what = wanted.join(" ");
            same(number(&range, row, value), estimate.estimate, &what);
            same(number(&range, row, value + 1), estimate.se, &what);
            same(number(&range, row, value + 2), estimate.ci.map(|ends| ends[0]), &what);
            same(number(&range, row, value + 3), estimate.ci.map(|ends| ends[1]), &what);
            same(number(&range, row, bases), Some(estimate.n as f64), &what);
            same(number(&range, row, bases + 1), Some(estimate.n_weighted), &what);
            same(number(&range, row, bases + 2), Some(estimate.n_eff), &what);
            seen += 1;
        }
        // 8 metrics: 3 waves and, in the newest, 4 + 4 + 2 groups.
        assert_eq!(seen, 8 * 13);
    }
}

/// The complaint rate of the fixture: 14.2 after 10.3 with bases 968 and 915, so the change is 3.9 and its standard error
/// √(14.2·85.8/968 + 10.3·89.7/915) = √(1.25864 + 1.00974) = 1.50612; t = 2.589 on 1881 degrees of freedom, p = 0.0097.
#[test]
fn indicators_have_change_target_and_bases_as_numbers() {
    let mut book = book(&Canteen::new(), Lang::En);
    let range = book.worksheet_range("Indicators").unwrap();
    let (row, _) = find(&range, "complaint rate");
    let at = |head: &str| number(&range, row, find(&range, head).1);
    same(at("Current"), Some(14.2), "value");
    same(at("95% low"), Some(12.2), "low");
    same(at("95% high"), Some(16.4), "high");
    same(at("n"), Some(968.0), "n");
    same(at("Weighted n"), Some(968.0 * 1.01), "weighted");
    same(at("Effective n"), Some(968.0 * 0.87), "effective");
    assert!((at("Change").unwrap() - 3.9).abs() < 1e-9);
    assert!((at("p").unwrap() - 0.0097).abs() < 1e-4);
    assert_eq!(text(&range, row, find(&range, "Sig.").1), "*");
    same(at("Target"), Some(8.0), "target");
    assert_eq!(text(&range, row, find(&range, "Reached").1), "no");
    let (unsure, _) = find(&range, "named preference");
    assert_eq!(text(&range, unsure, find(&range, "Sig.").1), "");
    // What was not asked has no row: `check` and the appendix say so.
    assert!(range.used_cells().all(|(_, _, cell)| format!("{cell}") != "awareness"));
}

#[test]
fn waves_and_segments_hold_values_letters_and_bases() {
    let canteen = Canteen::new();
    let mut book = book(&canteen, Lang::ZhCn);
    let waves = book.worksheet_range("各期走势").unwrap();
    let (row, _) = find(&waves, "综合CSI");
    for (wave, value) in [("2026年9月", 65.6), ("2026年10月", 66.3), ("2026年11月", 68.4)] {
        same(number(&waves, row, find(&waves, wave).1), Some(value), wave);
    }
    let by_canteen = book.worksheet_range("按食堂").unwrap();
    let (row, _) = find(&by_canteen, "抱怨率");
    let (head, second) = find(&by_canteen, "第二食堂");
    assert_eq!(text(&by_canteen, head + 1, second), "b");
    same(number(&by_canteen, row, second), Some(23.6), "value");
    let (_, first) = find(&by_canteen, "第一食堂");
    // 8.9 of 412 against 23.6 of 388: the difference is 14.7, its standard error 2.6; better than b alone.
    assert_eq!(text(&by_canteen, row, first + 1), "b");
    assert_eq!(text(&by_canteen, row, second + 1), "");
    let (section, _) = find(&by_canteen, "样本 n");
    let base = (section..section + 20).find(|&row| text(&by_canteen, row, 0) == "抱怨率").unwrap();
    same(number(&by_canteen, base, second), Some(388.0), "n");
    let (section, _) = find(&by_canteen, "有效 n");
    let base = (section..section + 20).find(|&row| text(&by_canteen, row, 0) == "抱怨率").unwrap();
    same(number(&by_canteen, base, second), Some(388.0 * 0.87), "effective n");
}

#[test]
fn banner_tables_have_bases_letters_and_notes() {
    let mut book = book(&Canteen::new(), Lang::En);
    let range = book.worksheet_range("Main questions").unwrap();
    let (head, first) = find(&range, "Canteen 1");
    assert_eq!(text(&range, head - 1, first), "Canteen");
    assert_eq!(text(&range, head + 1, first), "A");
    let (row, _) = find(&range, "Very much");
    same(number(&range, row, 1), Some(100.0 / 3.0), "total");
    same(number(&range, row, first), Some(35.123_456_789_012), "first");
    assert_eq!(text(&range, row, first + 1), "B");
    assert_eq!(text(&range, row, find(&range, "Staff").1), "–");
    let bases =
        ["Answers n", "Weighted n", "Effective n"].map(|name| number(&range, find(&range, name).0, first).unwrap());
    assert_eq!(bases, [412.0, 515.0, 360.5]);
    assert_eq!(text(&range, find(&range, "Mean").0, first + 1), "b");
    assert!(range.used_cells().any(|(_, _, cell)| cell.to_string().contains("Holm's correction")));
}

#[test]
fn model_tables_have_their_numbers_and_intervals() {
    let mut canteen = Canteen::new();
    canteen.models = model();
    let mut book = book(&canteen, Lang::En);
    let range = book.worksheet_range("Service drivers").unwrap();
    same(number(&range, find(&range, "R²").0, 1), Some(0.437_219_844_5), "r2");
    let (row, _) = find(&range, "Taste");
    let found = [1, 2, 3, 4].map(|column| number(&range, row, column).unwrap());
    let expected = [40.123_456_789, 0.031, 40.063_456_789, 40.183_456_789];
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-12), "{found:?}");
    assert_eq!((text(&range, row, 5), text(&range, row, 6)), ("keep".into(), "–".into()));
    assert_eq!(text(&range, row - 1, 1), "Share (%)");
}

/// 3 × 6,000 + 12 × 500 + 1 × 19,000 = 43,000; 64,000 − 43,000 = 21,000, which is 48.837 % of 43,000.
#[test]
fn formulas_stand_in_the_budget_alone() {
    let mut canteen = Canteen::new();
    canteen.models = model();
    for lang in Lang::ALL {
        let budget = if lang == Lang::En { "Budget" } else { "预算" };
        let mut book = book(&canteen, lang);
        for name in book.sheet_names() {
            let formulas: Vec<String> =
                book.worksheet_formula(&name).unwrap().used_cells().map(|(_, _, formula)| formula.clone()).collect();
            if name != budget {
                assert_eq!(formulas, Vec::<String>::new(), "{name}");
                continue;
            }
            let first = find(
                &book.worksheet_range(&name).unwrap(),
                if lang == Lang::En { "Window conversion" } else { "窗口改造" },
            )
            .0 + 1;
            let (last, sum) = (first + 2, first + 3);
            let mut expected: Vec<String> = (first..=last).map(|row| format!("ROUND(C{row}*E{row},2)")).collect();
            let benefit = sum + 5;
            expected.push(format!("SUM(F{first}:F{last})"));
            expected.push(format!("SUM(F{0}:F{0})", benefit - 1));
            expected.push(format!("F{benefit}-F{sum}"));
            expected.push(format!("(F{benefit}-F{sum})/F{sum}*100"));
            assert_eq!(formulas, expected);
            let range = book.worksheet_range(&name).unwrap();
            let amounts: Vec<f64> =
                (first - 1..range.end().unwrap().0 + 1).filter_map(|row| number(&range, row, 5)).collect();
            assert_eq!(amounts[..7], [18_000.0, 6_000.0, 19_000.0, 43_000.0, 64_000.0, 64_000.0, 21_000.0]);
            assert!((amounts[7] - 48.837_209_302_325_58).abs() < 1e-9);
        }
    }
}

/// What people type into surveys and project files, and what would become of it in a careless program.
const HOSTILE: [&str; 12] = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "{=A1}",
    "<script>alert(1)</script> & \"x\"",
    "_x0041_",
    "\u{202e}txt.exe",
    "[x](http://y) `#read(\"z\")` {{ 7*7 }}",
    "internal:'Sheet'!A1",
    "Sheet!$A$1",
    "0012",
];

#[test]
fn survey_text_is_only_text() {
    for lang in Lang::ALL {
        let mut canteen = Canteen::new();
        let plain = |index: usize| Localized::from(HOSTILE[index % HOSTILE.len()]);
        let (metrics, segments) = (&mut canteen.results.metrics, &mut canteen.results.segments);
        for (index, info) in metrics.iter_mut().enumerate() {
            info.title = plain(index);
            info.definition = plain(index + 1);
            info.base_title = plain(index + 2);
        }
        for (index, segment) in segments.iter_mut().enumerate() {
            segment.title = plain(index);
            for (place, group) in segment.groups.iter_mut().enumerate() {
                group.1 = plain(place + 4 * index);
            }
        }
        for distribution in &mut canteen.distributions {
            distribution.title = Some(plain(0));
            for (index, level) in distribution.levels.iter_mut().enumerate() {
                *level = plain(index + 7);
            }
        }
        let plan = &mut canteen.project.raw.plan;
        for (index, action) in plan.actions.iter_mut().enumerate() {
            (action.what, action.who, action.how) = (plain(index), plain(index + 3), plain(index + 6));
        }
        for (index, cost) in plan.finance.costs.iter_mut().enumerate() {
            (cost.item, cost.unit) = (plain(index), Some(plain(index + 4)));
        }
        canteen.project.raw.project.client = Some(plain(0));
        canteen.project.raw.project.title = plain(5);
        let mut table = banner();
        table.title = plain(10);
        table.questions[0].title = plain(0);
        for (index, column) in table.columns.iter_mut().enumerate() {
            column.title = plain(index);
        }
        let held = bytes(&canteen, &[table], lang);
        let files = files(&held);
        assert!(!files.iter().any(|name| name.contains("vba") || name.contains("externalLink")), "{files:?}");
        let mut book = open(held);
        let mut texts = Vec::new();
        for name in book.sheet_names() {
            assert!(
                name.encode_utf16().count() <= 31 && !name.contains(['[', ']', '*', '?', '/', '\\', ':', '\'']),
                "{name}"
            );
            let budget = name == "Budget" || name == "预算";
            assert!(budget || book.worksheet_formula(&name).unwrap().is_empty(), "{name} has a formula");
            texts.extend(book.worksheet_range(&name).unwrap().used_cells().filter_map(|(_, _, cell)| match cell {
                Data::String(text) => Some(text.clone()),
                _ => None,
            }));
        }
        for hostile in HOSTILE {
            assert!(texts.iter().any(|text| text == hostile), "`{hostile}` is not there as typed");
        }
    }
}

#[test]
fn what_is_withheld_has_a_reason_and_no_number() {
    let mut book = book(&Canteen::new().with_suppression(), Lang::ZhCn);
    let range = book.worksheet_range("指标").unwrap();
    let (row, _) = find(&range, "指名度");
    let (_, value) = find(&range, "本期");
    assert_eq!(text(&range, row, value), "（略）");
    assert_eq!((value + 1..value + 4).filter_map(|column| number(&range, row, column)).count(), 0);
    assert_eq!(text(&range, row, find(&range, "说明").1), "样本过少");
    let range = book.worksheet_range("按食堂").unwrap();
    let (row, _) = find(&range, "抱怨率");
    assert_eq!(text(&range, row, find(&range, "教工餐厅").1), "（略）");
    let range = book.worksheet_range("全部估计值").unwrap();
    let (_, value) = find(&range, "估计值");
    let withheld: Vec<u32> = (0..=range.end().unwrap().0).filter(|&row| text(&range, row, 17) == "样本过少").collect();
    // The staff canteen in eight metrics; one metric besides in three waves and its other nine groups.
    assert_eq!(withheld.len(), 8 + 3 + 9);
    assert!(withheld.iter().all(|&row| (value..value + 5).all(|column| number(&range, row, column).is_none())));
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let mut canteen = Canteen::new();
    canteen.models = model();
    let first = bytes(&canteen, &[banner()], Lang::ZhCn);
    assert!(first == bytes(&canteen, &[banner()], Lang::ZhCn), "two books of the same inputs differ");
    let core = part(&first, "docProps/core.xml");
    assert_eq!(core.matches("2026-11-20T00:00:00Z").count(), 2, "created and modified on the document's date: {core}");
    assert!(core.contains("校园食堂客户满意度提升策划书"));
}

#[test]
fn the_contents_link_every_sheet_and_every_sheet_links_back() {
    let held = bytes(&Canteen::new(), &[banner()], Lang::En);
    let mut book = open(held.clone());
    let names = book.sheet_names();
    assert_eq!(
        names,
        [
            "Contents",
            "Indicators",
            "Waves",
            "By Canteen",
            "By Year of study",
            "By Gender",
            "Main questions",
            "Objectives",
            "Strategies",
            "Actions",
            "Budget",
            "Contingencies",
            "Definitions",
            "Questions",
            "Answers",
            "Inputs",
            "All estimates"
        ]
    );
    let contents = book.worksheet_range("Contents").unwrap();
    let links = part(&held, "xl/worksheets/sheet1.xml");
    let workbook = part(&held, "xl/workbook.xml");
    for (index, name) in names.iter().enumerate().skip(1) {
        find(&contents, name);
        assert!(links.contains(&format!("location=\"'{name}'!A1\"")), "{name}");
        let sheet = part(&held, &format!("xl/worksheets/sheet{}.xml", index + 1));
        assert!(sheet.contains("location=\"'Contents'!A1\""), "{name} does not link back");
        assert!(sheet.contains("orientation=\"landscape\""), "{name}");
        assert!(workbook.contains(&format!("name=\"_xlnm.Print_Area\" localSheetId=\"{index}\"")), "{name}");
    }
    let comments: Vec<String> = (1..=2).map(|index| part(&held, &format!("xl/comments{index}.xml"))).collect();
    assert!(comments.iter().any(|text| text.contains("share of the base that meets the condition of complaint rate")));
}

/// Charts: lines for the five lead indicators and the sales proxy over waves, bars by segment, each with its interval.
#[test]
fn charts_are_native_and_carry_intervals() {
    let held = bytes(&Canteen::new(), &[], Lang::En);
    let charts: Vec<String> = files(&held).into_iter().filter(|name| name.starts_with("xl/charts/chart")).collect();
    assert_eq!(charts.len(), 6 * 4);
    for chart in &charts {
        let text = part(&held, chart);
        assert!(text.contains("<c:errBars>") && text.contains("'All estimates'!$G$"), "{chart}");
        // Names at the edge, not at 0 across bars and whiskers; waves by their short names.
        assert!(text.contains("<c:tickLblPos val=\"low\"/>"), "{chart}");
        assert_eq!(text.contains("<c:lineChart>"), text.contains("'All estimates'!$S$"), "{chart}");
    }
}

/// Without weights the three bases are one number.
#[test]
fn bases_of_answers_without_weights_stand_there_once() {
    let (canteen, pack) = (Canteen::new(), fixtures::pack());
    let mut inputs = canteen.inputs();
    inputs.weighted = false;
    let input = WorkbookInput { inputs, pack: &pack, banners: &[], brand: None };
    let held = render_workbook(&input, Lang::En, &mut Diagnostics::new()).unwrap();
    let line =
        files(&held).into_iter().filter(|name| name.starts_with("xl/charts/chart")).map(|name| part(&held, &name));
    // Arms of the intervals and names of waves stand two columns further left.
    let line = line.into_iter().find(|text| text.contains("<c:lineChart>")).unwrap();
    for column in ["'All estimates'!$M$", "'All estimates'!$N$", "'All estimates'!$Q$"] {
        assert!(line.contains(column), "{column}: {line}");
    }
    let mut book = open(held);
    for sheet in ["Indicators", "By Canteen", "All estimates"] {
        let range = book.worksheet_range(sheet).unwrap();
        let names: Vec<String> = range.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
        assert!(names.iter().any(|name| name == "n"), "{sheet}");
        assert!(!names.iter().any(|name| name == "Weighted n" || name == "Effective n"), "{sheet}");
    }
    let range = book.worksheet_range("All estimates").unwrap();
    let (head, short) = find(&range, "In charts");
    assert_eq!([1, 2, 3].map(|row| text(&range, head + row, short)), ["Sep", "Oct", "Nov"]);
}

/// A p of 0.000004 is not 0.000, in the sheet as in print.
#[test]
fn a_small_p_is_shown_as_less_than_a_thousandth() {
    let styles = part(&bytes(&Canteen::new(), &[], Lang::En), "xl/styles.xml");
    assert!(styles.contains("[&lt;0.0005]"), "{styles}");
}

#[test]
fn poorer_projects_have_fewer_sheets() {
    let bare = Canteen::new().without_waves().without_segments().without_targets().without_plan();
    let book = open(bytes(&bare, &[], Lang::En));
    assert_eq!(
        book.sheet_names(),
        ["Contents", "Indicators", "Definitions", "Questions", "Answers", "Inputs", "All estimates"]
    );
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_and_said() {
    let mut canteen = Canteen::new();
    canteen.results.metrics[0].definition = Localized::from("长".repeat(40_000).as_str());
    let pack = fixtures::pack();
    let input = WorkbookInput { inputs: canteen.inputs(), pack: &pack, banners: &[], brand: None };
    let mut diagnostics = Diagnostics::new();
    assert!(render_workbook(&input, Lang::En, &mut diagnostics).is_some());
    let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
    assert_eq!(codes, ["M0581"]);
}
