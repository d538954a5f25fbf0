//! Documents and charts set for real, with the fonts of this computer. Without Chinese fonts these tests say so and pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

use super::pdf::set_pdf;
use super::world::DocumentWorld;
use super::*;
use crate::charts::{Axis, Bar, Chart, ChartKind, Emphasis, LikertRow, Mark, Point, RadarGroup, Series};
use crate::config::raw::PdfStandard;
use crate::diagnostics::{Diagnostics, Lang, Position};
use crate::document::Document;
use crate::document::blocks::{
    Align, Block, Card, Figure, Inline, Meta, Table, TableCell, TableColumn, TableRow, Todo, Tone,
};
use crate::render::templates::typst_sources;

pub(super) const HOSTILE: &str =
    "#panic() $x$ `raw` *a* _b_ <script>alert(1)</script> @ref // c /* d */ \\ #let x = 1 = e - f";

pub(super) fn chinese_fonts() -> Option<Fonts> {
    let fonts = Fonts::system();
    if fonts.has_chinese() {
        return Some(fonts);
    }
    eprintln!("skipped: no Chinese font is installed");
    None
}

pub(super) fn built_in_templates() -> TypstSources {
    typst_sources("", None, &mut Diagnostics::new())
}

pub(super) fn problems(diagnostics: &Diagnostics) -> Vec<String> {
    let place = |found: &crate::diagnostics::Diagnostic| format!("{:?}", found.location);
    diagnostics
        .iter()
        .map(|found| format!("{} {} {}", found.message.code, found.text(Lang::En), place(found)))
        .collect()
}

pub(super) fn meta(lang: Lang) -> Meta {
    Meta {
        title: "学院食堂满意度提升策划书".into(),
        subtitle: Some("第三期".into()),
        client: Some("学院后勤集团".into()),
        planner: Some("策划组".into()),
        lang,
        date: "2026-11-20".into(),
        date_text: "2026年11月20日".into(),
        period: "2026年11月".into(),
        words: crate::document::builder::usual_words(lang),
        brand: None,
    }
}

fn axis() -> Axis {
    let ticks = [0.0, 50.0, 100.0].map(|value: f64| (value, value.to_string())).to_vec();
    Axis { min: 0.0, max: 100.0, ticks, unit: "%".into() }
}

fn point(value: f64) -> Option<Point> {
    Some(Point { value, interval: Some((value - 2.0, value + 2.0)), label: value.to_string(), small_base: false })
}

fn bar(name: &str, value: Option<f64>) -> Bar {
    Bar {
        name: name.into(),
        value,
        interval: value.map(|value| (value - 3.0, value + 3.0)),
        label: value.map_or("样本不足 30，不公布".into(), |value| format!("{value}%")),
        emphasis: Emphasis::Accent,
        small_base: name.is_empty(),
    }
}

/// One chart of every kind, and the kinds without data.
fn charts() -> Vec<Chart> {
    let target = || Some(Mark { value: 75.0, label: "目标 75%".into() });
    let group = |name: &str| RadarGroup {
        name: name.into(),
        values: vec![Some(70.0), None, Some(100.0)],
        labels: vec!["70".into(), "—".into(), "100".into()],
    };
    let kinds = [
        ChartKind::Bar {
            bars: vec![bar("第一食堂", Some(81.2)), bar(HOSTILE, None), bar("", Some(0.0))],
            axis: axis(),
            target: target(),
        },
        ChartKind::Bar { bars: vec![], axis: axis(), target: None },
        ChartKind::Bar {
            bars: vec![bar("非数", Some(f64::NAN))],
            axis: axis(),
            target: Some(Mark { value: f64::NAN, label: "目标".into() }),
        },
        ChartKind::Trend {
            series: vec![Series { name: "全部".into(), points: vec![point(60.0), None, point(70.0)] }],
            waves: ["6月", "7月", "8月"].map(String::from).to_vec(),
            axis: axis(),
            target: target(),
        },
        ChartKind::Trend {
            series: vec![Series { name: "全部".into(), points: vec![point(60.0)] }],
            waves: vec!["6月".into()],
            axis: axis(),
            target: None,
        },
        ChartKind::Trend { series: vec![], waves: vec![], axis: axis(), target: None },
        ChartKind::Likert {
            levels: ["差", "一般", "好"].map(String::from).to_vec(),
            sides: [1, 1],
            rows: vec![LikertRow {
                name: "口味".into(),
                shares: vec![20.0, 30.0, 50.0],
                labels: ["20.0", "30.0", "50.0"].map(String::from).to_vec(),
                net: "+30".into(),
                base: "n = 842".into(),
            }],
        },
        ChartKind::Likert { levels: vec![], sides: [0, 0], rows: vec![] },
        ChartKind::Radar {
            spokes: ["美誉度", "指名度", "回头率"].map(String::from).to_vec(),
            groups: vec![group("本期"), group("上期")],
        },
        ChartKind::Radar { spokes: vec!["美誉度".into()], groups: vec![group("本期")] },
        ChartKind::Radar { spokes: vec![], groups: vec![] },
    ];
    kinds.into_iter().map(|kind| Chart { kind, alt: format!("要点 {HOSTILE}") }).collect()
}

/// A document with every kind of block and inline.
fn everything(lang: Lang) -> Document {
    let text = || vec![Inline::text(HOSTILE)];
    let paragraph = || Block::Paragraph { content: text() };
    let cell = |content: Vec<Inline>, tone| TableCell { content, tone };
    let table = Table {
        id: "t".into(),
        number: "1-1".into(),
        caption: text(),
        columns: vec![
            TableColumn { title: text(), align: Align::Left, parts: 2.0 },
            TableColumn { title: vec![], align: Align::Center, parts: 0.0 },
            TableColumn { title: vec![Inline::text("值")], align: Align::Right, parts: 0.0 },
        ],
        rows: vec![
            TableRow {
                cells: vec![
                    cell(text(), Tone::Good),
                    cell(vec![], Tone::Bad),
                    cell(vec![Inline::text("81.2"), Inline::Superscript { text: "b".into() }], Tone::Info),
                ],
                strong: false,
            },
            TableRow { cells: vec![cell(vec![Inline::text("短行")], Tone::Warning)], strong: true },
        ],
        notes: vec![text()],
    };
    let figure = |(number, chart): (usize, Chart)| {
        Block::Figure(Figure {
            id: format!("f{number}"),
            number: format!("1-{number}"),
            caption: text(),
            chart: Box::new(chart),
            notes: vec![text()],
        })
    };
    let inlines = vec![
        Inline::text("前\u{202e}后"),
        Inline::Strong { content: text() },
        Inline::Emphasis { content: text() },
        Inline::Code { text: HOSTILE.into() },
        Inline::Link { url: "https://example.org/?q=#panic()".into(), content: text() },
        Inline::Reference { id: "t".into(), text: "表 1-1".into() },
        Inline::Reference { id: "nowhere".into(), text: "表 9-9".into() },
        Inline::Superscript { text: "b".into() },
        Inline::LineBreak,
        Inline::text("x".repeat(400)),
    ];
    let heading = |level, number: Option<&str>| Block::Heading {
        level,
        small: false,
        id: format!("h{level}"),
        number: number.map(String::from),
        content: text(),
    };
    let card =
        Card { title: HOSTILE.into(), value: "76.4".into(), unit: "%".into(), progress: Some(1.5), ..Card::default() };
    let tones = [Tone::Neutral, Tone::Good, Tone::Bad, Tone::Info, Tone::Warning];
    let mut blocks = vec![
        Block::Cover { rows: vec![("委托方".into(), HOSTILE.into())] },
        Block::Contents,
        Block::PageBreak,
        heading(1, Some("1")),
        heading(2, Some("1.1")),
        heading(3, None),
        heading(4, None),
        Block::Lead { content: text() },
        Block::Paragraph { content: inlines },
        Block::List {
            ordered: true,
            start: 3,
            items: vec![vec![
                paragraph(),
                Block::List { ordered: false, start: 1, items: vec![vec![paragraph()], vec![]] },
            ]],
        },
        Block::Quote { blocks: vec![paragraph()] },
        Block::Table(table),
        Block::Table(Table::default()),
        Block::Cards { cards: vec![card; 7] },
        Block::Cards { cards: vec![] },
        Block::Todos {
            title: HOSTILE.into(),
            items: vec![Todo { title: HOSTILE.into(), detail: HOSTILE.into(), amount: "1.8 万元".into() }],
        },
        Block::Columns { columns: vec![vec![paragraph()], vec![paragraph()]] },
        Block::Code { text: format!("{HOSTILE}\n{}", "y".repeat(300)) },
    ];
    blocks.extend(tones.map(|tone| Block::Callout { tone, title: Some(HOSTILE.into()), blocks: vec![paragraph()] }));
    blocks.extend(charts().into_iter().enumerate().map(figure));
    Document { meta: meta(lang), blocks }
}

fn text_of(frame: &Frame, text: &mut String) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => text_of(&group.frame, text),
            FrameItem::Text(run) => text.push_str(&run.text),
            _ => {}
        }
    }
}

#[test]
fn every_block_is_set_in_both_languages_and_twice_gives_the_same_bytes() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    for lang in Lang::ALL {
        let document = everything(lang);
        let mut diagnostics = Diagnostics::new();
        let first = render_pdf(&document, &templates, &fonts, &[], &mut diagnostics);
        assert_eq!(problems(&diagnostics), Vec::<String>::new(), "{lang}");
        let second = render_pdf(&document, &templates, &fonts, &[], &mut diagnostics).unwrap();
        let first = first.unwrap();
        assert!(first.bytes == second.bytes, "the two {lang} files differ");
        assert_eq!(first.fonts, second.fonts);
        assert!(first.bytes.starts_with(b"%PDF-"));
        assert!(first.fonts.iter().all(|font| font.sha256.len() == 64), "{:?}", first.fonts);
        // Cover, contents, and the rest on at least three pages.
        assert!(first.pages > 4, "{} pages", first.pages);
    }
}

#[test]
fn text_stays_text() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    let mut document = everything(Lang::ZhCn);
    // One paragraph on one page, so that no line break falls into the words looked for.
    document.blocks = vec![Block::Paragraph {
        content: vec![Inline::text("#panic() $x$"), Inline::LineBreak, Inline::text("<script>\u{202e}a")],
    }];
    let mut diagnostics = Diagnostics::new();
    let data = super::data::to_json(&document, &mut diagnostics).unwrap();
    let world = DocumentWorld::new("main.typ", data, "2026-11-20", &templates, &fonts, &mut diagnostics).unwrap();
    let paged: PagedDocument = world.compile(&mut diagnostics).unwrap();
    let mut text = String::new();
    text_of(&paged.pages()[0].frame, &mut text);
    for part in ["#panic()", "$x$", "<script>a"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn the_sample_documents_are_set_without_a_remark() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    let samples = [
        (include_str!("../../../tests/fixtures/documents/report_zh.json"), Lang::ZhCn),
        (include_str!("../../../tests/fixtures/documents/report_en.json"), Lang::En),
        (include_str!("../../../tests/fixtures/documents/hostile.json"), Lang::ZhCn),
    ];
    for (json, lang) in samples {
        let mut diagnostics = Diagnostics::new();
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        let data = super::data::to_json(&value, &mut diagnostics).unwrap();
        let pdf = set_pdf(data, &meta(lang), &templates, &fonts, &[], &mut diagnostics);
        assert_eq!(problems(&diagnostics), Vec::<String>::new());
        assert!(pdf.unwrap().pages >= 4);
    }
}

#[test]
fn every_chart_becomes_a_named_picture_without_shared_ids() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    let words = BTreeMap::from([("net".to_owned(), "净值".to_owned())]);
    let mut seen = BTreeSet::new();
    for (number, chart) in charts().iter().enumerate() {
        let id = format!("图 {number}");
        let picture = ChartPicture { id: &id, lang: Lang::ZhCn, width_pt: 420.0, words: &words, brand: None };
        let mut diagnostics = Diagnostics::new();
        let svg = render_chart_svg(chart, &picture, &templates, &fonts, &mut diagnostics);
        assert_eq!(problems(&diagnostics), Vec::<String>::new(), "{id}");
        let svg = svg.unwrap();
        assert_eq!(Some(&svg), render_chart_svg(chart, &picture, &templates, &fonts, &mut diagnostics).as_ref());
        assert!(svg.starts_with("<svg class=\"chart\" role=\"img\" aria-labelledby=\"c-"), "{}", &svg[..120]);
        assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!svg.contains("<script"));
        let ids: Vec<&str> = svg.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for id in &ids {
            assert!(seen.insert((*id).to_owned()), "{id} stands twice");
        }
        for used in svg.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&used), "{used} is not defined");
        }
    }
}

#[test]
fn without_fonts_there_is_an_install_command_and_no_page() {
    let folder = tempfile::tempdir().unwrap();
    let none = Fonts::from_folder(folder.path());
    let mut diagnostics = Diagnostics::new();
    assert!(render_pdf(&everything(Lang::En), &built_in_templates(), &none, &[], &mut diagnostics).is_none());
    assert_eq!(problems(&diagnostics).len(), 1);
    assert_eq!(diagnostics.iter().next().unwrap().message.code, "M0553");
}

#[test]
fn chinese_text_without_a_chinese_font_is_an_error_that_names_the_package() {
    let latin = Fonts::system().without_chinese();
    if latin.is_empty() {
        eprintln!("skipped: all fonts installed have Chinese characters");
        return;
    }
    let mut diagnostics = Diagnostics::new();
    assert!(render_pdf(&everything(Lang::ZhCn), &built_in_templates(), &latin, &[], &mut diagnostics).is_none());
    let found: Vec<_> = diagnostics.iter().collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message.code, "M0552");
    assert!(found[0].hint(Lang::ZhCn).unwrap().contains("apt install fonts-noto-cjk"));
}

#[test]
fn characters_without_a_glyph_are_named() {
    let Some(fonts) = chinese_fonts() else { return };
    let mut document = everything(Lang::ZhCn);
    document.blocks = vec![Block::Paragraph { content: vec![Inline::text("好\u{10fffd}")] }];
    let mut diagnostics = Diagnostics::new();
    assert!(render_pdf(&document, &built_in_templates(), &fonts, &[], &mut diagnostics).is_some());
    assert_eq!(diagnostics.iter().map(|found| found.message.code).collect::<Vec<_>>(), ["M0554"]);
    assert!(problems(&diagnostics)[0].contains("U+10FFFD"));
}

#[test]
fn a_fault_in_a_theme_is_reported_with_its_line() {
    let Some(fonts) = chinese_fonts() else { return };
    let mut templates = built_in_templates();
    let theme = "#import \"/base/theme.typ\": merge, theme as base\n#let theme = merge(base, (colours: (accent: rgb(\"#zz\"))))\n";
    templates.insert("theme.typ", "templates/briefing/theme.typ", theme);
    let mut diagnostics = Diagnostics::new();
    assert!(render_pdf(&everything(Lang::ZhCn), &templates, &fonts, &[], &mut diagnostics).is_none());
    let found = diagnostics.iter().next().unwrap();
    assert_eq!(found.message.code, "M0550");
    let location = found.location.as_ref().unwrap();
    assert_eq!(location.file, "templates/briefing/theme.typ");
    assert!(matches!(location.position, Some(Position::Text { line: 2, .. })), "{location:?}");
}

#[test]
fn a_pack_changes_colours_and_cover_without_touching_the_rest() {
    let Some(fonts) = chinese_fonts() else { return };
    let mut templates = built_in_templates();
    let theme = "#import \"/base/theme.typ\": merge, theme as base\n\
        #let theme = merge(base, (colours: (accent: rgb(\"#7a1f3d\")), cover: (theme, parts) => align(center, parts.title)))\n";
    templates.insert("theme.typ", "templates/briefing/theme.typ", theme);
    let mut diagnostics = Diagnostics::new();
    let own = render_pdf(&everything(Lang::ZhCn), &templates, &fonts, &[], &mut diagnostics).unwrap();
    let default = render_pdf(&everything(Lang::ZhCn), &built_in_templates(), &fonts, &[], &mut diagnostics).unwrap();
    assert_eq!(problems(&diagnostics), Vec::<String>::new());
    assert!(own.bytes != default.bytes);
}

/// The metadata of a file says which standards it claims; the typesetter refuses to write one that does not meet them.
#[test]
fn the_standards_asked_for_are_met() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    for lang in Lang::ALL {
        let mut diagnostics = Diagnostics::new();
        let standards = [PdfStandard::Ua1, PdfStandard::A2a];
        let pdf = render_pdf(&everything(lang), &templates, &fonts, &standards, &mut diagnostics);
        assert_eq!(problems(&diagnostics), Vec::<String>::new(), "{lang}");
        let bytes = pdf.unwrap().bytes;
        let says = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(says("pdfuaid") && says("pdfaid"), "{lang}");
    }
    let mut diagnostics = Diagnostics::new();
    let both = [PdfStandard::A2a, PdfStandard::A2b];
    let document = everything(Lang::En);
    let _ = render_pdf(&document, &templates, &fonts, &both, &mut diagnostics);
    assert!(diagnostics.iter().all(|found| found.message.code == "M0557"), "{:?}", problems(&diagnostics));
}

/// What is a little too long for the summary's page is made smaller; what is far too long runs on.
#[test]
fn the_summary_takes_one_page_where_it_can() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    let heading = |id: &str| Block::Heading {
        level: 1,
        small: false,
        id: id.into(),
        number: None,
        content: vec![Inline::text(id)],
    };
    // The page on which the next chapter begins, after so many paragraphs under a heading of this name.
    let next_after = |id: &str, paragraphs: usize| {
        let words = "Queues at dinner are long, and most complaints speak of them. ".repeat(6);
        let text = vec![Block::Paragraph { content: vec![Inline::text(words)] }; paragraphs];
        let blocks = [vec![heading(id)], text, vec![Block::PageBreak, heading("next")]].concat();
        let document = Document { meta: meta(Lang::En), blocks };
        heading_pages(&document, &templates, &fonts, &mut Diagnostics::new()).unwrap().pages["next"]
    };
    let fit = (4..40).find(|paragraphs| next_after("other", paragraphs + 1) == 3).unwrap();
    assert_eq!((next_after("other", fit), next_after("summary", fit)), (2, 2));
    assert_eq!(next_after("summary", fit + 1), 2);
    assert_eq!(next_after("summary", 2 * fit), 3);
}
