//! Templates and themes that double what they hold or never come to an end: no engine bounds them, so the program watches itself.
//! Each ends with an error that names the document and the template, in bounded memory, and nothing is published.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use super::MEMORY;
use super::bombs::{refused, run, with_template};

/// Each takes all memory, and would in a second.
const TERA: &[(&str, &str)] = &[
    (
        "a text in a loop",
        "{% set x = \"满意\" %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}{{ x | length }}",
    ),
    (
        "a list in a loop",
        "{% set x = [1, 2] %}{% for i in range(end=60) %}{% set_global x = [...x, ...x] %}{% endfor %}{{ x | length }}",
    ),
    (
        "a text handed down",
        "{% component grow(x) %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}{{ x | length }}\
         {% endcomponent grow %}{{ <grow x=\"ab\"/> }}",
    ),
    (
        "the argument of a filter",
        "{% set x = \"aaaaaaaaaaaaaaaa\" %}{% for i in range(end=60) %}{% set_global x = x | replace(from=\"a\", to=x) %}{% endfor %}\
         {{ x | length }}",
    ),
    (
        "a text in a block",
        "{% set x = \"ab\" %}{% for i in range(end=60) %}{% set_global x %}{{ x }}{{ x }}{% endset %}{% endfor %}{{ x | length }}",
    ),
    (
        "pieces of a text",
        "{% set x = \"ab,\" %}{% for i in range(end=22) %}{% set_global x = x ~ x %}{% endfor %}{% set y = x | split(pat=\",\") %}\
         {% set z = [y, x | split(pat=\",\"), x | split(pat=\",\"), x | split(pat=\",\")] %}{{ z | length }}",
    ),
    (
        "markup that becomes far more",
        "{% for i in range(end=100000) %}{% for j in range(end=40) %}- a\n{% endfor %}{% endfor %}",
    ),
];

#[test]
fn templates_that_double() {
    for (name, text) in TERA {
        let folder = tempfile::tempdir().unwrap();
        with_template(folder.path(), "plan.zh-CN.md.tera", text);
        let words = refused(folder.path(), &["build"], &["M0568"]);
        assert!(words.contains("templates/satisfaction-plan/plan.zh-CN.md.tera"), "{name}: {words}");
        assert!(words.contains("plan (zh-CN)"), "{name}: {words}");
        assert!(!folder.path().join("out").exists(), "{name}: nothing is published");
    }
}

/// A cover that is short in the theme and long in the document.
const PAGES: &str = "#import \"/base/theme.typ\": theme as base\n#let x = [满意 ]\n#for i in range(40) { x = [#x #x] }\n\
                     #let theme = (..base, cover: (..parts) => x)";

const TYPST: &[(&str, &str)] = &[
    ("a string", "#let x = \"ab\"\n#for i in range(60) { x = x + x }\n#x.len()"),
    ("a repeated string", "#let x = (\"ab\" * 1500000000).len()"),
    ("an array", "#let x = (1, 2)\n#for i in range(60) { x = x + x }\n#x.len()"),
    ("a dictionary", "#let x = (a: 1)\n#for i in range(100000000) { x.insert(str(i), i) }"),
    ("content", "#let x = [满意 ]\n#for i in range(60) { x = x + x }\n#x"),
    ("closures", "#let f(n) = range(n, n + 100000)\n#let all = range(3000).map(n => f(n))"),
    ("pages", PAGES),
];

/// The project with the PDF of a theme of its own.
fn with_theme(folder: &Path, text: &str) {
    with_template(folder, "theme.typ", text);
    let yaml = fs::read_to_string(folder.join("manyi.yaml")).unwrap().replace("[html]", "[pdf]");
    fs::write(folder.join("manyi.yaml"), yaml).unwrap();
}

/// Other limits than the usual ones.
fn limited(folder: &Path, limits: &str) {
    let yaml = fs::read_to_string(folder.join("manyi.yaml")).unwrap();
    fs::write(folder.join("manyi.yaml"), format!("{yaml}limits: {{ {limits} }}\n")).unwrap();
}

#[test]
fn themes_that_double() {
    for (name, text) in TYPST {
        let folder = tempfile::tempdir().unwrap();
        with_theme(folder.path(), text);
        if *name == "pages" {
            // The largest document of the samples needs half a gibibyte for its pages, so that the usual limit is above that.
            limited(folder.path(), "memory_mb: 256");
        }
        let ended = run(folder.path(), &["build"]);
        let words = ended.words;
        assert_eq!(ended.code, Some(1), "{name}: {words}");
        assert!(ended.peak < MEMORY, "{name}: {} KiB", ended.peak);
        assert!(words.contains("M0568") && !words.contains("panicked"), "{name}: {words}");
        assert!(words.contains("templates/satisfaction-plan/theme.typ"), "{name}: {words}");
        assert!(!folder.path().join("out").exists(), "{name}: nothing is published");
    }
}

/// Ten thousand million turns that hold and write nothing.
#[test]
fn loops_that_take_for_ever() {
    let turns = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}";
    let pages = "#let x = 0\n#for i in range(100000) { for j in range(100000) { x += 1 } }";
    for (file, text) in [("plan.zh-CN.md.tera", turns), ("theme.typ", pages)] {
        let folder = tempfile::tempdir().unwrap();
        if file == "theme.typ" {
            with_theme(folder.path(), text)
        } else {
            with_template(folder.path(), file, text)
        }
        limited(folder.path(), "seconds: 3");
        let words = refused(folder.path(), &["build"], &["M0569"]);
        assert!(words.contains(&format!("templates/satisfaction-plan/{file}")), "{words}");
        assert!(!folder.path().join("out").exists(), "nothing is published");
    }
}

/// `check` tries the templates, too, and stops in the same way; the data of JSON say what the words say.
#[test]
fn every_verb_says_it_in_its_own_form() {
    let folder = tempfile::tempdir().unwrap();
    with_template(folder.path(), "plan.zh-CN.md.tera", TERA[0].1);
    let words = refused(folder.path(), &["check"], &["M0568"]);
    assert!(words.contains("plan.zh-CN.md.tera"), "{words}");
    for (verb, lang) in [("check", "en"), ("build", "zh-CN")] {
        let mut command = Command::new(cargo_bin!("manyi"));
        let done = command.args([verb, "--json", "--lang", lang]).arg(folder.path()).output().unwrap();
        assert_eq!(done.status.code(), Some(1));
        let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
        let found = printed["diagnostics"].as_array().unwrap().iter().find(|found| found["code"] == "M0568");
        let found = found.unwrap_or_else(|| panic!("{printed:#}"));
        assert_eq!(found["location"]["file"], "templates/satisfaction-plan/plan.zh-CN.md.tera");
        assert!(found["hint"].as_str().unwrap().contains("limits.memory_mb"), "{found:#}");
    }
}

/// One report takes too much, in one of its languages; the others are built.
#[test]
fn other_reports_are_built() {
    let folder = tempfile::tempdir().unwrap();
    with_template(folder.path(), "plan.en.md.tera", TERA[0].1);
    let yaml = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap();
    let reports = "  - { id: plan, pack: satisfaction-plan, formats: [html], langs: [zh-CN, en] }\n  - { id: card, pack: scorecard, formats: [html] }";
    let yaml = yaml.replace("  - { id: plan, pack: satisfaction-plan, formats: [html] }", reports);
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    let ended = run(folder.path(), &["build"]);
    assert_eq!(ended.code, Some(1), "{}", ended.words);
    assert!(ended.words.contains("plan (en)") && ended.words.contains("plan.en.md.tera"), "{}", ended.words);
    let built: Vec<String> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .flat_map(|period| fs::read_dir(period.unwrap().path()).unwrap())
        .map(|report| report.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(built, ["card"]);
}
