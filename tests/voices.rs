//! Quotes of open answers in documents: chosen by a rule, masked, from groups that may be shown, and printed as typed whatever stands
//! in them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

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
