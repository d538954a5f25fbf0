//! Every kind of chart drawn for real from the samples in `tests/fixtures/charts`: as picture and in a PDF, with damaged and
//! hostile data, and for the gallery in `docs/charts.md`. Without Chinese fonts these tests say so and pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_render::RenderOptions;

use super::tests::{HOSTILE, built_in_templates, chinese_fonts, meta, problems};
use super::world::DocumentWorld;
use super::*;
use crate::charts::Chart;
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::Document;
use crate::document::blocks::{Block, Figure, Inline};

/// Kind, language and JSON of each sample.
fn samples() -> Vec<(String, Lang, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/charts");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let (kind, lang) = stem.split_once('.').unwrap();
            let lang = if lang == "en" { Lang::En } else { Lang::ZhCn };
            (kind.to_owned(), lang, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect()
}

fn words(lang: Lang) -> BTreeMap<String, String> {
    BTreeMap::from([("net".to_owned(), if lang == Lang::En { "Net" } else { "净值" }.to_owned())])
}

/// Sets a page that holds `chart` alone; what went wrong, in words.
fn set(
    entry: &str,
    chart: &Value,
    lang: Lang,
    width: f64,
    templates: &TypstSources,
    fonts: &Fonts,
) -> Result<PagedDocument, Vec<String>> {
    let mut diagnostics = Diagnostics::new();
    let content = json!({"chart": chart, "width": width, "lang": lang, "words": words(lang)});
    let data = super::data::to_json(&content, &mut diagnostics).unwrap();
    let world = DocumentWorld::new(entry, data, "", templates, fonts, &mut diagnostics).unwrap();
    let paged = world.compile(&mut diagnostics);
    match paged {
        Some(paged) if diagnostics.iter().next().is_none() => Ok(paged),
        _ => Err(problems(&diagnostics)),
    }
}

#[test]
fn every_kind_becomes_a_picture_and_stands_in_a_pdf() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    for lang in Lang::ALL {
        let lang_words = words(lang);
        let mut blocks = Vec::new();
        for (kind, _, json) in samples().into_iter().filter(|(_, own, _)| *own == lang) {
            let chart: Chart = serde_json::from_value(json).unwrap();
            for width_pt in [220.0, 480.0] {
                let picture = ChartPicture { id: &kind, lang, width_pt, words: &lang_words, brand: None };
                let mut diagnostics = Diagnostics::new();
                let svg = render_chart_svg(&chart, &picture, &templates, &fonts, &mut diagnostics);
                assert_eq!(problems(&diagnostics), Vec::<String>::new(), "{kind} {lang} {width_pt}");
                let svg = svg.unwrap();
                assert!(svg.contains(&format!("viewBox=\"0 0 {width_pt} ")), "{kind}: {}", &svg[..200]);
            }
            blocks.push(Block::Figure(Figure {
                id: kind.clone(),
                number: "1-1".into(),
                caption: vec![Inline::text(&kind)],
                chart: Box::new(chart),
                notes: vec![],
            }));
        }
        assert_eq!(blocks.len(), 17, "{lang}");
        let document = Document { meta: meta(lang), blocks };
        let mut diagnostics = Diagnostics::new();
        let pdf = render_pdf(&document, &templates, &fonts, &[], &mut diagnostics);
        assert_eq!(problems(&diagnostics), Vec::<String>::new(), "{lang}");
        assert!(pdf.unwrap().pages > 0);
    }
}

/// What a run of survey data can do to a chart.
struct Damage {
    name: &'static str,
    number: fn(f64) -> Option<f64>,
    text: fn(&str) -> String,
    /// How many rows, points, cards stay.
    rows: usize,
}

/// Axes and calendars always come whole from the builders; positions in lists are no values; answers of a scale add up.
const WHOLE: [&str; 6] = ["axis", "x_axis", "y_axis", "first", "last", "after"];
/// Words that choose a branch, not text.
const CHOICES: [&str; 4] = ["kind", "emphasis", "performance_emphasis", "style"];

fn damaged(value: &Value, key: &str, damage: &Damage) -> Value {
    let whole = WHOLE.contains(&key);
    match value {
        Value::Number(_) if whole => value.clone(),
        Value::Number(number) => (damage.number)(number.as_f64().unwrap()).map_or(Value::Null, Value::from),
        Value::String(text) if !whole && !CHOICES.contains(&key) => Value::from((damage.text)(text)),
        Value::Array(items) => {
            let rows = if items.first().is_some_and(Value::is_object) { damage.rows } else { usize::MAX };
            items.iter().take(rows).map(|item| damaged(item, key, damage)).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), damaged(value, if whole { key } else { name.as_str() }, damage)))
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn damaged_and_hostile_data_is_drawn_without_a_remark() {
    let Some(fonts) = chinese_fonts() else { return };
    let templates = built_in_templates();
    let same = |text: &str| text.to_owned();
    let damages = [
        Damage { name: "nothing is known", number: |_| None, text: same, rows: usize::MAX },
        Damage { name: "all equal", number: |_| Some(0.0), text: same, rows: usize::MAX },
        Damage { name: "negative", number: |value| Some(-3.0 * value), text: same, rows: usize::MAX },
        Damage { name: "far outside", number: |value| Some(1e9 * value), text: same, rows: usize::MAX },
        Damage { name: "hostile", number: Some, text: |_| HOSTILE.to_owned(), rows: usize::MAX },
        Damage { name: "no words", number: Some, text: |_| String::new(), rows: usize::MAX },
        Damage { name: "one row", number: Some, text: same, rows: 1 },
        Damage { name: "no rows", number: Some, text: same, rows: 0 },
    ];
    for (kind, lang, json) in samples().into_iter().filter(|(_, lang, _)| lang.is_chinese()) {
        for damage in &damages {
            let drawn = set("figure.typ", &damaged(&json, "", damage), lang, 220.0, &templates, &fonts);
            let paged = drawn.unwrap_or_else(|problems| panic!("{kind}, {}: {problems:?}", damage.name));
            let size = paged.pages()[0].frame.size();
            // The scale for high charts keeps every one on a page.
            assert!(size.y.to_pt() <= 620.5, "{kind}, {}: {} pt high", damage.name, size.y.to_pt());
        }
        forget_unused();
    }
}

/// The pictures of `docs/charts.md`. `MANYI_WRITE_GALLERY=1` draws them again.
#[test]
fn the_gallery_shows_every_kind() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let page = std::fs::read_to_string(docs.join("charts.md")).unwrap();
    let samples = samples();
    for (kind, lang, _) in &samples {
        let short = if *lang == Lang::En { "en" } else { "zh" };
        assert!(
            page.contains(&format!("(charts/{kind}.{short}.png)")),
            "docs/charts.md does not show {kind}.{short}.png"
        );
        assert!(page.contains(&format!("## `{kind}`")), "docs/charts.md does not describe {kind}");
        let written = std::env::var_os("MANYI_WRITE_GALLERY").is_some();
        assert!(written || docs.join(format!("charts/{kind}.{short}.png")).is_file(), "{kind}.{short}.png is missing");
    }
    if std::env::var_os("MANYI_WRITE_GALLERY").is_none() {
        return;
    }
    let fonts = chinese_fonts().expect("the gallery needs Chinese fonts");
    let mut templates = built_in_templates();
    // White paper around the chart: the page that shows it may be dark.
    let entry = templates.text("figure.typ").unwrap().replace(
        "#set page(width: data.width * 1pt, height: auto, margin: 0pt, fill: none)",
        "#set page(width: data.width * 1pt + 20pt, height: auto, margin: 10pt, fill: white)",
    );
    assert!(entry.contains("fill: white"), "figure.typ sets its page in another way");
    templates.insert("gallery.typ", "gallery.typ", entry);
    std::fs::create_dir_all(docs.join("charts")).unwrap();
    for (kind, lang, json) in &samples {
        let paged = set("gallery.typ", json, *lang, 340.0, &templates, &fonts).unwrap();
        let options = RenderOptions { pixel_per_pt: Scalar::new(1.4), render_bleed: false };
        let png = typst_render::render(&paged.pages()[0], &options).encode_png().unwrap();
        let short = if *lang == Lang::En { "en" } else { "zh" };
        std::fs::write(docs.join(format!("charts/{kind}.{short}.png")), png).unwrap();
    }
}
