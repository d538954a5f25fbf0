//! Whole documents of the built-in pack as HTML: every variant of a project with parts missing, and hostile texts.

use super::render_html;
use crate::diagnostics::{Diagnostics, Lang, Level, Localized, lang_texts};
use crate::document::blocks::{Block, Document, Inline};
use crate::document::fixtures::{self, Canteen};
use crate::document::markdown::plain_text;
use crate::render::tera::PackTemplates;

fn variants() -> Vec<(&'static str, Canteen)> {
    let whole = Canteen::new();
    let mut unavailable = whole.clone();
    unavailable.results.estimates.retain(|held| held.metric != "reputation" && held.metric != "csi");
    let missing = unavailable.results.metrics.last().and_then(|info| info.unavailable.clone());
    for info in unavailable.results.metrics.iter_mut().filter(|info| info.id == "reputation" || info.id == "csi") {
        info.unavailable = missing.clone();
    }
    let mut nothing = whole.clone().without_segments().without_waves().without_targets().without_plan();
    nothing.distributions.clear();
    nothing.results.estimates.clear();
    let mut first_wave = whole.clone();
    first_wave.results.estimates.retain(|held| held.wave.as_deref() == Some("2026-11"));
    first_wave.results.waves = vec!["2026-11".into()];
    let mut stops = whole.clone();
    for info in &mut stops.results.metrics {
        let texts =
            lang_texts("知晓者中，评价为最高两档者的比例。", "Among the aware, the share in the top two boxes.");
        info.definition = Localized::PerLang(texts);
    }
    let plan = &mut stops.project.raw.plan;
    let stopped = |text: &mut Localized| {
        let texts = lang_texts(format!("{}。", text.get(Lang::ZhCn)), format!("{}.", text.get(Lang::En)));
        *text = Localized::PerLang(texts);
    };
    plan.objectives.iter_mut().filter_map(|held| held.text.as_mut()).for_each(stopped);
    plan.strategies.iter_mut().for_each(|held| stopped(&mut held.title));
    plan.actions.iter_mut().for_each(|held| stopped(&mut held.what));
    vec![
        ("whole", whole.clone()),
        ("stops", stops),
        ("no-plan", whole.clone().without_plan()),
        ("no-waves", whole.clone().without_waves()),
        ("one-wave", first_wave),
        ("no-segments", whole.clone().without_segments()),
        ("no-targets", whole.clone().without_targets()),
        ("suppressed", whole.clone().with_suppression()),
        ("unavailable", unavailable),
        ("bare", whole.without_segments().without_waves().without_targets().without_plan()),
        ("nothing", nothing),
    ]
}

fn build(canteen: &Canteen, lang: Lang) -> (Document, String, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let pack = fixtures::pack();
    let built = PackTemplates::parse(&pack, lang, &mut diagnostics)
        .and_then(|templates| templates.document(&canteen.inputs(), &pack, &mut diagnostics));
    let problems: Vec<String> =
        diagnostics.iter().map(|found| format!("{} {:?}", found.text(Lang::En), found.location)).collect();
    let built = built.unwrap_or_else(|| panic!("{problems:?}"));
    (built.document, built.markdown, diagnostics)
}

/// All running text of the blocks, one string a paragraph, heading, caption or cell.
fn texts(blocks: &[Block], found: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content } | Block::Lead { content } => {
                found.push(plain_text(content));
            }
            Block::List { items, .. } => items.iter().for_each(|item| texts(item, found)),
            Block::Quote { blocks } | Block::Callout { blocks, .. } => texts(blocks, found),
            Block::Columns { columns } => columns.iter().for_each(|column| texts(column, found)),
            Block::Table(table) => {
                found.push(plain_text(&table.caption));
                found.extend(table.notes.iter().map(|note| plain_text(note)));
                found.extend(table.columns.iter().map(|column| plain_text(&column.title)));
                found.extend(table.rows.iter().flat_map(|row| &row.cells).map(|cell| plain_text(&cell.content)));
            }
            Block::Figure(figure) => {
                found.push(plain_text(&figure.caption));
                found.extend(figure.notes.iter().map(|note| plain_text(note)));
                found.push(figure.chart.alt.clone());
            }
            _ => {}
        }
    }
}

#[test]
fn every_variant_gives_whole_sentences() {
    for lang in Lang::ALL {
        for (name, canteen) in variants() {
            let (document, markdown, diagnostics) = build(&canteen, lang);
            let problems: Vec<String> = diagnostics
                .iter()
                .filter(|found| found.level != Level::Note && found.message.code >= "M0520")
                .map(|found| found.text(Lang::En))
                .collect();
            assert!(problems.is_empty(), "{name} {lang}: {problems:?}\n{markdown}");
            for broken in ["。。", "。，", "..", "：。", "；。", "。；"] {
                assert!(!markdown.contains(broken), "{name} {lang}: {broken:?} in the Markdown");
            }
            let mut found = Vec::new();
            texts(&document.blocks, &mut found);
            for text in &found {
                for broken in [
                    "。。", "，，", "，。", "：。", "：，", "（）", "“”", "null", "NaN", "  ", " ,", " .", "..",
                    "，：", "；。", "为，", "为。", "、，", "{", "}", "note_", "col_", "word_", "reason_", "为—", "()",
                    "，；", "%%", ",,", "— —", " ;", "is —", "。，",
                ] {
                    assert!(!text.contains(broken), "{name} {lang}: {broken:?} in {text:?}");
                }
                assert!(!text.starts_with(['，', '。', '；', '、', ',', '.']), "{name} {lang}: {text:?}");
                assert!(!text.trim_end().ends_with(['，', '、', '：', ',', ':']), "{name} {lang}: {text:?}");
                if lang == Lang::En {
                    assert!(!text.contains(['，', '。', '、', '；']), "{name}: {text:?}");
                }
            }
            // No section without content, and no reference that leads nowhere.
            for pair in document.blocks.windows(2) {
                if let [Block::Heading { level: first, content, .. }, Block::Heading { level: second, .. }] = pair {
                    assert!(second > first, "{name} {lang}: nothing under {:?}", plain_text(content));
                }
            }
            assert!(!matches!(document.blocks.last(), Some(Block::Heading { .. } | Block::PageBreak)), "{name} {lang}");
            let hashes = |line: &str| {
                line.split_once(' ')
                    .map_or(0, |(sign, _)| sign.len() * usize::from(sign.chars().all(|sign| sign == '#')))
            };
            let levels: Vec<usize> = markdown.lines().map(hashes).filter(|level| *level > 0).collect();
            assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name} {lang}: {levels:?}");
            let html = render_html(&document, None, &|_, _| {
                Some("<svg viewBox=\"0 0 400 160\"><rect width=\"400\" height=\"160\" fill=\"#eef1f5\"/></svg>".into())
            });
            assert!(html.contains(&format!("<html lang=\"{lang}\">")));
            let tags = html.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10));
            let tags: Vec<u32> = tags.collect();
            assert!(
                tags.first() == Some(&1) && tags.windows(2).all(|pair| pair[1] <= pair[0] + 1),
                "{name} {lang}: {tags:?}"
            );
        }
    }
}

#[test]
fn significance_chooses_the_words() {
    let (_, markdown, _) = build(&Canteen::new(), Lang::ZhCn);
    // 14.2 against 10.3 is significant (t = 2.6), 41.7 against 41.1 is not (t = 0.3).
    assert!(markdown.contains("抱怨率升至14.2%"), "{markdown}");
    assert!(markdown.contains("与上期的41.1%基本持平（差异不显著）"), "{markdown}");
    assert!(!markdown.contains("指名度升至"));
}

#[test]
fn numbers_and_references_run_by_chapter() {
    let (document, _, _) = build(&Canteen::new(), Lang::ZhCn);
    let first_table = document.blocks.iter().find_map(|block| match block {
        Block::Table(table) if table.id == "tbl-indicators" => Some(table),
        _ => None,
    });
    assert_eq!(first_table.unwrap().number, "1-1");
    let referred = document.blocks.iter().any(|block| match block {
        Block::Paragraph { content } => content
            .iter()
            .any(|inline| *inline == Inline::Reference { id: "tbl-indicators".into(), text: "表 1-1".into() }),
        _ => false,
    });
    assert!(referred);
}

#[test]
fn hostile_texts_reach_the_page_as_text() {
    let mut canteen = Canteen::new();
    let hostile = "</title></style><script>alert('x')</script> **b** | [l](javascript:alert(1)) \"q\" {#id}";
    canteen.project.raw.project.title = hostile.into();
    canteen.project.raw.project.client = Some(hostile.into());
    canteen.project.raw.plan.problem = Some(hostile.into());
    canteen.project.raw.plan.strategies[0].title = hostile.into();
    canteen.results.segments[0].groups[1].1 = hostile.into();
    for lang in Lang::ALL {
        let (document, _, _) = build(&canteen, lang);
        let html = render_html(&document, None, &|_, _| None);
        assert!(!html.contains("<script"), "{lang}");
        assert!(!html.contains("href=\"javascript"), "{lang}");
        assert_eq!(html.matches("</title>").count(), 1);
        assert_eq!(html.matches("</style>").count(), 1);
        assert!(!html.contains("<strong>b</strong>"));
        assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; **b** |"));
    }
}

#[test]
fn the_page_is_one_accessible_file() {
    let (document, _, _) = build(&Canteen::new(), Lang::ZhCn);
    let html =
        render_html(&document, None, &|_, index| Some(format!("<?xml version=\"1.0\"?><svg id=\"c{index}\"></svg>")));
    for needed in [
        "<main id=\"main\">",
        "class=\"skip\" href=\"#main\"",
        "<nav class=\"contents\"",
        "<th scope=\"col\"",
        "<th scope=\"row\"",
        "<figcaption>",
        "role=\"img\" aria-label=",
        "<svg id=\"c0\">",
        "@media print",
        "lang=\"zh-CN\"",
    ] {
        assert!(html.contains(needed), "{needed}");
    }
    assert!(!html.contains("<?xml") && !html.contains("src=") && !html.contains("@import"));
    assert_eq!(html.matches("<h1>").count(), 1);
    // Every address inside the page has its target, and every id stands once.
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "{target}");
    }
    let tags = |name: &str| (html.matches(&format!("<{name}")).count(), html.matches(&format!("</{name}>")).count());
    for name in ["section", "table", "figure", "div", "ul", "ol", "li", "aside", "main", "tr"] {
        let (open, close) = tags(name);
        assert!(open >= close && close > 0 || open == close, "{name}: {open} and {close}");
    }
}
