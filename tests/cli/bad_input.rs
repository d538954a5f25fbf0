//! One small broken project a case. Each must name its problem by code, point at the right place, exit with 1, say the same
//! in both languages, and publish nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::manyi;

const PROJECT: &str = "\
manyi: 1
project: { title: Test, date: 2026-11-20 }
data:
  sources:
    - file: answers.csv
  id: id
  weight: w
columns:
  id: { type: text }
  w: { type: number }
  shop: { type: single }
  aware: { type: boolean }
  praise: { type: scale, range: [1, 5], not_applicable: [9] }
segments: [shop]
plugins:
  enterprise-csi:
    metrics: [reputation]
    inputs: { aware: aware, praise: praise }
targets: { reputation: 60 }
settings: { suppress_below: 0, flag_below: 0 }
";

const ANSWERS: &str = "\
id,w,shop,aware,praise
1,1.5,north,1,5
2,0.5,south,1,4
3,1,north,1,2
4,1,south,0,9
";

pub(super) struct Case {
    pub(super) name: &'static str,
    /// Replacements in the project file.
    pub(super) project: &'static [(&'static str, &'static str)],
    /// Replacements in the answers.
    pub(super) answers: &'static [(&'static str, &'static str)],
    pub(super) code: &'static str,
    /// `line:column` in the project file, or part of the location's JSON; empty for none.
    pub(super) place: &'static str,
    /// Part of the message or hint in English.
    pub(super) says: &'static str,
}

const CASES: &[Case] = &[
    Case {
        name: "broken YAML",
        project: &[("segments: [shop]", "segments: [shop")],
        answers: &[],
        code: "M0101",
        place: "",
        says: "not valid YAML",
    },
    Case {
        name: "key twice",
        project: &[("  weight: w", "  weight: w\n  weight: w")],
        answers: &[],
        code: "M0102",
        place: "8:3",
        says: "`weight`",
    },
    Case {
        name: "unknown key",
        project: &[("  weight: w", "  wieght: w")],
        answers: &[],
        code: "M0104",
        place: "7:3",
        says: "did you mean `weight`",
    },
    Case {
        name: "missing key",
        project: &[("columns:", "colums:")],
        answers: &[],
        code: "M0105",
        place: "",
        says: "`columns`",
    },
    Case {
        name: "wrong kind of value",
        project: &[("segments: [shop]", "segments: shop")],
        answers: &[],
        code: "M0107",
        place: "14:1",
        says: "list",
    },
    Case {
        name: "not an option",
        project: &[("type: single", "type: singel")],
        answers: &[],
        code: "M0113",
        place: "11:11",
        says: "did you mean `single`",
    },
    Case {
        name: "newer format",
        project: &[("manyi: 1", "manyi: 2")],
        answers: &[],
        code: "M0119",
        place: "1:1",
        says: "version 2",
    },
    Case {
        name: "unknown segment",
        project: &[("segments: [shop]", "segments: [shopp]")],
        answers: &[],
        code: "M0121",
        place: "14:12",
        says: "did you mean `shop`",
    },
    Case {
        name: "range upside down",
        project: &[("range: [1, 5]", "range: [5, 1]")],
        answers: &[],
        code: "M0123",
        place: "13:26",
        says: "5 to 1",
    },
    Case {
        name: "scale without range",
        project: &[("range: [1, 5], ", "")],
        answers: &[],
        code: "M0124",
        place: "13:3",
        says: "[1, 5]",
    },
    Case {
        name: "not a date",
        project: &[("2026-11-20", "20.11.2026")],
        answers: &[],
        code: "M0129",
        place: "2:",
        says: "2026-11-20",
    },
    Case {
        name: "setting out of range",
        project: &[("suppress_below: 0,", "confidence: 95,")],
        answers: &[],
        code: "M0128",
        place: "20:",
        says: "0.5 and 0.999",
    },
    Case {
        name: "unknown column",
        project: &[("  shop: { type: single }", "  shop: { type: single, from: store }")],
        answers: &[],
        code: "M0200",
        place: "",
        says: "store",
    },
    Case {
        name: "out of range",
        project: &[],
        answers: &[("3,1,north,1,2", "3,1,north,1,7")],
        code: "M0202",
        place: "",
        says: "7",
    },
    Case {
        name: "unreadable cell",
        project: &[],
        answers: &[("2,0.5,", "2,heavy,")],
        code: "M0203",
        place: "",
        says: "heavy",
    },
    Case {
        name: "duplicate id",
        project: &[],
        answers: &[("3,1,north", "2,1,north")],
        code: "M0204",
        place: "",
        says: "2",
    },
    Case {
        name: "missing weight",
        project: &[],
        answers: &[("2,0.5,", "2,,")],
        code: "M0206",
        place: "",
        says: "weight",
    },
    Case {
        name: "negative weight",
        project: &[],
        answers: &[("2,0.5,", "2,-0.5,")],
        code: "M0207",
        place: "",
        says: "negative",
    },
    Case {
        name: "no answers left",
        project: &[("  weight: w", "  weight: w\n  filters: [{ keep: praise > 5 }]")],
        answers: &[],
        code: "M0213",
        place: "",
        says: "",
    },
    Case {
        name: "broken expression",
        project: &[("praise: praise }\ntar", "praise: 'praise >' }\ntar")],
        answers: &[],
        code: "M0230",
        place: "18:",
        says: "praise >",
    },
    Case {
        name: "expression names no column",
        project: &[("praise: praise }\ntar", "praise: prase }\ntar")],
        answers: &[],
        code: "M0231",
        place: "18:",
        says: "did you mean `praise`",
    },
    Case {
        name: "missing file",
        project: &[("answers.csv", "answer.csv")],
        answers: &[],
        code: "M0251",
        place: "5:",
        says: "answers.csv",
    },
    Case { name: "empty file", project: &[], answers: &[(ANSWERS, "")], code: "M0256", place: "", says: "empty" },
    Case {
        name: "headers only",
        project: &[],
        answers: &[(ANSWERS, "id,w,shop,aware,praise\n")],
        code: "M0263",
        place: "",
        says: "no answers",
    },
    Case {
        name: "unknown plugin",
        project: &[("enterprise-csi:", "enterprise-cs:")],
        answers: &[],
        code: "M0315",
        place: "16:3",
        says: "did you mean `enterprise-csi`",
    },
    Case {
        name: "unknown input",
        project: &[("{ aware: aware,", "{ awere: aware,")],
        answers: &[],
        code: "M0316",
        place: "18:",
        says: "did you mean `aware`",
    },
    Case {
        name: "another scale",
        project: &[("range: [1, 5]", "range: [1, 7]")],
        answers: &[],
        code: "M0319",
        place: "18:",
        says: "never compared",
    },
    Case {
        name: "unknown metric picked",
        project: &[("[reputation]", "[reputaton]")],
        answers: &[],
        code: "M0321",
        place: "17:",
        says: "did you mean `reputation`",
    },
    Case {
        name: "target without metric",
        project: &[("{ reputation: 60 }", "{ nps: 60 }")],
        answers: &[],
        code: "M0325",
        place: "19:12",
        says: "`nps`",
    },
];

pub(super) fn write_project(folder: &Path, case: &Case) {
    let replaced = |text: &str, changes: &[(&str, &str)], what: &str| {
        changes.iter().fold(text.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{}: {what} does not hold {from:?}", case.name);
            text.replacen(from, to, 1)
        })
    };
    fs::write(folder.join("manyi.yaml"), replaced(PROJECT, case.project, "manyi.yaml")).unwrap();
    fs::write(folder.join("answers.csv"), replaced(ANSWERS, case.answers, "answers.csv")).unwrap();
}

fn place_of(diagnostic: &Value) -> String {
    let position = &diagnostic["location"]["position"]["text"];
    if position.is_object() {
        format!("{}:{}", position["line"], position["column"])
    } else {
        diagnostic["location"].to_string()
    }
}

#[test]
fn the_good_project_is_quiet() {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), &Case { name: "good", project: &[], answers: &[], code: "", place: "", says: "" });
    let output = manyi().arg("check").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "checked; answers: 4, metrics: 1\n");
}

#[test]
fn every_mistake_has_its_code_place_and_words() {
    expect_problems(CASES);
}

/// Checks the project of each case for its code, place, words, exit code and both languages.
pub(super) fn expect_problems(cases: &[Case]) {
    let mut wrong = Vec::new();
    for case in cases {
        let folder = tempfile::tempdir().unwrap();
        write_project(folder.path(), case);
        let output = manyi().arg("check").arg(folder.path()).args(["--json", "--lang", "en"]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("panicked"), "{}: {stderr}", case.name);
        let data: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = data["diagnostics"].as_array().unwrap();
        let Some(diagnostic) = found.iter().find(|diagnostic| diagnostic["code"] == case.code) else {
            wrong.push(format!("{}: no {} in {found:?}", case.name, case.code));
            continue;
        };
        if output.status.code() != Some(1) {
            wrong.push(format!("{}: exit code {:?}", case.name, output.status.code()));
        }
        let place = place_of(diagnostic);
        if !place.starts_with(case.place) {
            wrong.push(format!("{}: at {place}, expected {}", case.name, case.place));
        }
        let words = format!("{} {}", diagnostic["message"], diagnostic["hint"]);
        if !words.contains(case.says) {
            wrong.push(format!("{}: says {words}, expected {:?}", case.name, case.says));
        }
        let chinese = manyi().arg("check").arg(folder.path()).args(["--lang", "zh-CN"]).output().unwrap();
        let chinese = String::from_utf8_lossy(&chinese.stderr).into_owned();
        if !(chinese.contains(case.code) && chinese.contains("错误")) {
            wrong.push(format!("{}: in Chinese {chinese}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_project_publishes_nothing() {
    for case in CASES {
        let folder = tempfile::tempdir().unwrap();
        write_project(folder.path(), case);
        let output = manyi().arg("build").arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
        assert!(!folder.path().join("out").exists(), "{}: something was published", case.name);
    }
}

/// The codes of `check`, errors and warnings, for a project with these changes.
fn codes(project: &'static [(&'static str, &'static str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), &Case { name: "codes", project, answers: &[], code: "", place: "", says: "" });
    let output = manyi().arg("check").arg(folder.path()).args(["--json", "--lang", "en"]).output().unwrap();
    let data: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = data["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] != "note");
    found.map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn one_mistake_is_one_message() {
    // A text column forms no groups; a segment that is no column.
    assert_eq!(codes(&[("segments: [shop]", "segments: [id]")]), ["M0125"]);
    assert_eq!(codes(&[("segments: [shop]", "segments: [shopp]")]), ["M0121"]);
    assert_eq!(codes(&[("  id: id", "  id: idd")]), ["M0121"]);
    // Inputs with an error of their own are not missing as well.
    assert_eq!(codes(&[("{ aware: aware,", "{ awere: aware,")]), ["M0316"]);
    assert_eq!(codes(&[("praise: praise }\ntar", "praise: prase }\ntar")]), ["M0231"]);
    // One warning a plugin, whatever number of metrics lacks inputs.
    assert_eq!(codes(&[("    metrics: [reputation]\n", "")]), ["M0320"]);
    assert_eq!(codes(&[("    metrics: [reputation]\n", "    settings: { x: 1 }\n")]), ["M0104"]);
}

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let case = Case {
        name: "three mistakes",
        project: &[
            ("  weight: w", "  wieght: w"),
            ("type: single", "type: singel"),
            ("segments: [shop]", "segments: 7"),
        ],
        answers: &[],
        code: "",
        place: "",
        says: "",
    };
    write_project(folder.path(), &case);
    let output = manyi().arg("check").arg(folder.path()).args(["--lang", "en"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    error[M0104]: unknown key `wieght`
      --> manyi.yaml:7:3  (data.wieght)
      hint: did you mean `weight`, `weighting`? keys known here: sources, id, duplicates, wave, weight, weighting, design, stack, filters
    error[M0113]: `singel` is not possible here
      --> manyi.yaml:11:11  (columns.shop.type)
      hint: did you mean `single`? use one of: scale, boolean, single, multi, ranking, number, date, text
    error[M0107]: a list (`- item` lines or `[a, b]`) is expected, found 7
      --> manyi.yaml:14:1  (segments)
    3 errors, 0 warnings
    ");
}

#[test]
fn a_folder_without_a_project_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = manyi().current_dir(folder.path()).arg("build").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("M0116") && stderr.contains("manyi init"), "{stderr}");
}
