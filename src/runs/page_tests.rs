#![allow(clippy::unwrap_used)]

use super::*;
use crate::analysis::control::{Limits, RunRule};
use crate::config::load_project;

fn chart(periods: usize) -> IndicatorChart {
    let limits = Limits { centre: 75.8, sigma: 2.8333, lower: 67.3, upper: 84.3 };
    let points = (1..=periods).map(|month| ChartPoint {
        period: format!("2026-{month:02}").parse().unwrap(),
        value: 53.9,
        ci: Some([50.0, 57.0]),
        n_eff: 200.0,
        limits: (month != 1).then_some(limits),
        rules: vec![RunRule::BeyondLimits],
    });
    IndicatorChart {
        metric: "csat".into(),
        title: serde_json::from_value(serde_json::json!({ "zh-CN": "满意率", "en": "Satisfied" })).unwrap(),
        unit: Unit::Percent,
        chart: ControlChart::Xmr,
        points: points.collect(),
        baseline: None,
    }
}

#[test]
fn a_chart_names_its_signals() {
    assert_eq!(
        figure_notes(&chart(2), Lang::ZhCn),
        ["色带为置信区间。", "2026年1月：53.9%，超出 3σ。", "2026年2月：53.9%，超出 3σ（控制限 67.3 至 84.3）。"]
    );
    let many = figure_notes(&chart(9), Lang::En);
    assert_eq!(many.len(), 8);
    assert_eq!(many[1], "April 2026: 53.9%, beyond 3σ (limits 67.3 to 84.3).");
    assert_eq!(many[7], "Earlier ones are in the table.");
    let mut quiet = chart(3);
    quiet.points.iter_mut().for_each(|point| (point.ci, point.rules) = (None, Vec::new()));
    assert!(figure_notes(&quiet, Lang::En).is_empty());
}

/// Plain numbers have no unit, scores none in English.
#[test]
fn a_caption_names_the_unit_where_there_is_one() {
    for (unit, lang, wanted) in [
        (Unit::Percent, Lang::En, "Satisfied (%)"),
        (Unit::Percent, Lang::ZhCn, "满意率（%）"),
        (Unit::Number, Lang::En, "Satisfied"),
        (Unit::Number, Lang::ZhCn, "满意率"),
        (Unit::Score, Lang::En, "Satisfied"),
    ] {
        let chart = IndicatorChart { unit, ..chart(2) };
        let Block::Table(table) = points_table(&chart, 0, lang) else { unreachable!() };
        assert_eq!(table.caption, [Inline::text(wanted)], "{unit:?}");
    }
}

#[test]
fn names_between_backticks_are_code() {
    let code = |text: &str| Inline::Code { text: text.to_owned() };
    assert_eq!(
        with_code("关卡 `limits`：`x` 为 3"),
        [Inline::text("关卡 "), code("limits"), Inline::text("："), code("x"), Inline::text(" 为 3")]
    );
    assert_eq!(with_code("`x`"), [code("x")]);
    // The data may hold one of their own.
    assert_eq!(with_code("the option `a`b` is new"), [Inline::text("the option `a`b` is new")]);
}

#[test]
fn groups_and_files_are_shown_in_the_language_of_the_page() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("data.csv"), "branch,q\nA,1\n").unwrap();
    std::fs::write(
        site.path().join("manyi.yaml"),
        "manyi: 1
project: { title: 门店, period: 2026-11 }
data: { sources: [{ file: data.csv }] }
columns: { branch: { type: single, title: { zh-CN: 门店, en: Branch }, titles: { 东街店: { en: East Street } } } }
reports: [{ id: card, pack: scorecard, langs: [zh-CN, en], formats: [html] }]
",
    )
    .unwrap();
    let project = load_project(site.path(), &mut Diagnostics::new()).unwrap();
    let segment = IndexMap::from([("branch".to_owned(), "东街店".to_owned())]);
    assert_eq!(group_text(&project, &segment, Lang::ZhCn), "门店：东街店");
    assert_eq!(group_text(&project, &segment, Lang::En), "Branch: East Street");
    let other = IndexMap::from([("branch".to_owned(), "西街店".to_owned())]);
    assert_eq!(group_text(&project, &other, Lang::En), "Branch: 西街店");
    assert_eq!(group_text(&project, &IndexMap::new(), Lang::En), "");
    let file = |name: &str| serde_json::json!({ "file": name, "sha256": "", "bytes": 1 });
    let files = ["manifest.json", "groups/a.html", "Karte 1_en.html", "卡_zh-CN.html"].map(file);
    let release: Release = serde_json::from_value(serde_json::json!({
        "schema": 1, "period": "2026-06", "revision": 1, "fingerprint": "f", "files": "f", "inputs": [], "past": [],
        "reports": [{ "id": "card", "key": "k", "files": files }], "gates": [], "approved": false, "changes": [], "signals": [],
        "numbers": {
            "period": "2026-06", "inputs": [], "answers": 1, "newest": null, "tables": [], "metrics": [], "estimates": [],
            "findings": [], "content": "c",
        },
    }))
    .unwrap();
    let labels = |lang| file_links(&project, &release, lang).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
    assert_eq!(labels(Lang::ZhCn), ["card · 卡_zh-CN.html", "card · Karte 1_en.html"]);
    assert_eq!(labels(Lang::En), ["card · Karte 1_en.html", "card · 卡_zh-CN.html"]);
    let named = [("index.html".to_owned(), Lang::ZhCn), ("index.en.html".to_owned(), Lang::En)];
    let html = draw(&page(&project, &release, Lang::ZhCn, &named), None, &TypstSources::default(), &Fonts::system());
    assert!(html.contains("<a href=\"index.en.html\" rel=\"noopener noreferrer\">English</a>"), "{html}");
    assert!(html.contains("href=\"card/Karte%201_en.html\"") && !html.contains("href=\"index.html\""));
}
