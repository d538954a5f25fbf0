//! Quotes of open answers in documents: chosen by a rule, masked, from groups that may be shown, and printed as typed whatever stands
//! in them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use manyi::analysis::voices::voices;
use manyi::diagnostics::Diagnostics;
use manyi::pipeline::measure;
use nalgebra::{DMatrix, DVector};

use crate::support::manyi;

/// Answers that would do something if they were taken for markup, with how HTML writes them.
const HOSTILE: [(&str, &str); 6] = [
    ("<script>alert('排队')</script>", "&lt;script&gt;alert("),
    ("# 排队 {{ project.title }} {% if x %}", "# 排队 {{ project.title }} {% if x %}"),
    ("**排队** _太久_ [点我](http://x.example)", "**排队** _太久_ [点我](http://x.example)"),
    ("排队 ``` | 竖线 | $x$ #let a = 1", "排队 ``` | 竖线 | $x$ #let a = 1"),
    ("排队太久 &amp; \\u0000 <b>", "排队太久 &amp;amp; \\u0000 &lt;b&gt;"),
    ("排队太久，回电13812345678，我叫张小明", "排队太久，回电［电话］，我叫［姓名］"),
];

fn project(folder: &Path, themes: &str) {
    let mut rows = String::from("grade,praise,comment\n");
    let mut row = |grade: &str, comment: &str| {
        writeln!(rows, "{grade},4,\"{}\"", comment.replace('"', "\"\"")).unwrap();
    };
    HOSTILE.iter().for_each(|(text, _)| row("a", text));
    for number in 0..30 {
        row(if number % 2 == 0 { "a" } else { "b" }, &format!("价格有点贵{}", "呀".repeat(number % 7)));
        row("b", "");
    }
    for _ in 0..5 {
        row("c", "小组成员说卫生不好");
    }
    fs::write(folder.join("a.csv"), rows).unwrap();
    let yaml = format!(
        "manyi: 1
project: {{ title: t, lang: zh-CN, date: 2026-11-20 }}
data: {{ sources: [{{ file: a.csv, dialect: plain }}] }}
columns:
  grade: {{ type: single }}
  praise: {{ type: scale, range: [1, 5] }}
  comment: {{ type: text, title: 意见 }}
  topics: {{ type: multi, themes: {themes} }}
segments: [grade]
settings: {{ suppress_below: 10 }}
reports: [{{ id: plan, formats: [html], langs: [zh-CN, en] }}]
plugins: {{ enterprise-csi: {{ metrics: [reputation], inputs: {{ praise: praise, aware: 'praise > 0' }} }} }}
"
    );
    fs::write(folder.join("manyi.yaml"), yaml).unwrap();
}

/// The page of a language.
fn built(themes: &str, lang: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path(), themes);
    let output = manyi().arg("build").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = folder.path().join("out/all/plan");
    let page = fs::read_dir(&report)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|file| file.extension().is_some_and(|kind| kind == "html") && file.to_string_lossy().contains(lang));
    fs::read_to_string(page.unwrap_or_else(|| panic!("no page in {lang}"))).unwrap()
}

#[test]
fn answers_are_quoted_as_typed() {
    let page = built("{ of: comment, quotes: 9 }", "zh-CN");
    for (text, printed) in HOSTILE {
        assert!(page.contains(printed), "{text} is not printed as typed");
    }
    assert!(!page.contains("<script>alert") && !page.contains("13812345678") && !page.contains("张小明"));
    // The five of grade c are too few to be quoted; those of the larger grades are.
    assert!(page.contains("价格有点贵") && !page.contains("小组成员"));
    let english = built("{ of: comment, quotes: 9 }", "en");
    assert!(!english.contains('［') && english.contains("[phone]"), "masks are in the language");
}

#[test]
fn the_project_says_how_many_and_which() {
    let quoted = |themes: &str| built(themes, "zh-CN").matches('“').count();
    let (none, one, all) = (
        quoted("{ of: comment, quotes: 0 }"),
        quoted("{ of: comment, quotes: 1 }"),
        quoted("{ of: comment, quotes: 9 }"),
    );
    assert!(none < one && one < all, "{none}, {one}, {all}");
    let dropped = built("{ of: comment, quotes: 9, drop: [点我] }", "zh-CN");
    assert!(!dropped.contains("点我") && dropped.contains("竖线"));
}

/// Two of the five cities have few comments, and every region is one or two cities: the counts of themes by city and by region are
/// equations about the comments of each city. Without the regions nothing would follow, since two cities are hidden.
#[test]
fn counts_of_themes_in_nested_groups_give_nothing_away() {
    const CITIES: [(&str, &str, usize); 5] =
        [("n", "a", 40), ("n", "b", 8), ("s", "c", 50), ("s", "d", 9), ("w", "e", 30)];
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("region,city,praise,comment\n");
    for (region, city, comments) in CITIES {
        for _ in 0..comments {
            writeln!(rows, "{region},{city},4,排队太久").unwrap();
        }
        // Those who wrote nothing hide no rating.
        for _ in 0..40 {
            writeln!(rows, "{region},{city},3,").unwrap();
        }
    }
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let yaml = "manyi: 1
project: { title: t, lang: en }
data: { sources: [{ file: a.csv, dialect: plain }] }
columns:
  region: { type: single }
  city: { type: single }
  praise: { type: scale, range: [1, 5] }
  comment: { type: text }
  topics: { type: multi, themes: { of: comment } }
segments: [region, city]
settings: { suppress_below: 10 }
plugins: { enterprise-csi: { metrics: [reputation], inputs: { praise: praise, aware: 'praise > 0' } } }
";
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    let mut diagnostics = Diagnostics::new();
    let measured = measure(folder.path(), &mut diagnostics).unwrap();
    let survey = measured.indicators.survey();
    assert!(survey.results.estimates.iter().all(|estimate| !estimate.suppressed), "ratings are many everywhere");
    let found = voices(&measured.project, &measured.tables.survey, &survey.results.segments, survey.hidden(), None);
    let theme = &found[0].themes[0];
    let row = |segment: usize, group: &str| {
        let member = |(region, city, _): &(&str, &str, usize)| [*region, *city][segment] == group;
        DVector::from_iterator(CITIES.len(), CITIES.iter().map(|city| f64::from(u8::from(member(city)))))
    };
    let mut told = vec![DVector::from_element(CITIES.len(), 1.0)];
    let mut shown = Vec::new();
    for (number, segment) in found[0].segments.iter().enumerate() {
        for ((value, _), count) in segment.groups.iter().zip(&theme.groups[number]) {
            if count.is_some() {
                told.push(row(number, value));
                shown.push(value.clone());
            }
        }
    }
    assert!(shown.contains(&"e".to_owned()) && !shown.contains(&"b".to_owned()) && !shown.contains(&"d".to_owned()));
    let space = DMatrix::from_columns(&told).svd(true, true);
    for city in ["b", "d"] {
        let wanted = row(1, city);
        let factors = space.solve(&wanted, 1e-9).unwrap();
        let rest = &wanted - DMatrix::from_columns(&told) * factors;
        assert!(rest.norm() > 1e-6, "city {city} follows from {shown:?}");
    }
}
