//! Banner tables from the project file to `manyi tables`: every cell and test against R `survey`, letters, small bases, output
//! and mistakes. README.md says how R was asked.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{self, manyi, root};

const TOLERANCE: f64 = 1e-9;

/// Name of a design in `expected.json` and the lines that declare it in a project.
const DESIGNS: &[(&str, &str)] = &[
    ("weights", "weight: w"),
    ("strata_cluster", "weight: w\n  design: { strata: stratum, cluster: psu }"),
    ("strata_cluster_fpc", "weight: w\n  design: { strata: stratum, cluster: psu, fpc: fpc_psu }"),
    ("zero_strata", "weight: w\n  design: { strata: stratum }"),
];

/// The oracle's answers; the design `zero_strata` gives weight 0 to the ids that end in 5 and to one sampling unit.
fn answers(design: &str) -> String {
    let text = fs::read_to_string(root().join("tests/oracle/answers.csv")).unwrap();
    let weightless = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if design == "zero_strata" && (cells[0].ends_with('5') || cells[5] == "south-4") {
            cells[3] = "0";
        }
        cells.join(",")
    };
    text.lines().map(weightless).collect::<Vec<_>>().join("\n")
}

fn project(name: &str, design: &str, banners: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("answers.csv"), answers(name)).unwrap();
    let yaml = format!(
        "manyi: 1
project: {{ title: t, lang: en }}
data:
  sources: [{{ file: answers.csv, dialect: plain }}]
  id: id
  wave: {{ column: wave }}
  {design}
columns:
  id: {{ type: text }}
  wave: {{ type: single }}
  group: {{ type: single }}
  w: {{ type: number }}
  stratum: {{ type: single }}
  psu: {{ type: single }}
  fpc_psu: {{ type: number }}
  praise: {{ type: scale, range: [1, 5] }}
  touched: {{ type: multi, from: [aware, customer, bought] }}
  customer: {{ type: boolean }}
  visits: {{ type: number }}
segments: [group, stratum]
banners:
  {banners}
settings: {{ suppress_below: 0, flag_below: 0 }}
"
    );
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    folder
}

/// `manyi tables DIR --json`, parsed; whether it succeeded.
fn tables(folder: &TempDir) -> (bool, Value) {
    let output = manyi().arg("tables").arg(folder.path()).arg("--json").output().unwrap();
    (output.status.success(), serde_json::from_slice(&output.stdout).unwrap())
}

const ALL: &str = "- { id: all, questions: [praise, touched, group, customer, visits] }";

/// The question and the row that a record of R is about.
fn row_of<'a>(table: &'a Value, record: &Value) -> (&'a Value, &'a Value) {
    let all = |value: &'a Value| value.as_array().unwrap().iter();
    let question = all(&table["questions"]).find(|held| held["column"] == record["question"]).unwrap();
    let wanted = |row: &&Value| row["kind"] == record["kind"] && row["value"] == record["value"];
    (question, all(&question["rows"]).find(wanted).unwrap())
}

fn column_of(table: &Value, segment: &Value, value: &Value) -> usize {
    let columns = table["columns"].as_array().unwrap();
    columns.iter().position(|column| column["segment"] == *segment && column["value"] == *value).unwrap()
}

#[test]
fn cells_and_tests_agree_with_r() {
    let text = fs::read_to_string(root().join("tests/banners/expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (name, design) in DESIGNS {
        let folder = project(name, design, ALL);
        let (done, found) = tables(&folder);
        assert!(done, "{found}");
        let table = &found["tables"][0];
        let mut check = |record: &Value, key: &str, got: &Value| {
            let Some(wanted) = record.get(key).and_then(Value::as_f64) else { return };
            compared += 1;
            if !got.as_f64().is_some_and(|got| support::close(wanted, got, TOLERANCE)) {
                wrong.push(format!("{record} {key}: manyi {got}"));
            }
        };
        let records = |key: &str| expected[key].as_array().unwrap().iter().filter(|record| record["design"] == *name);
        for record in records("cells") {
            let (question, row) = row_of(table, record);
            let column = column_of(table, &record["segment"], &record["group"]);
            for key in ["n", "n_weighted", "n_eff"] {
                check(record, key, &question["bases"][column][key]);
            }
            for key in ["estimate", "se"] {
                check(record, key, &row["cells"][column][key]);
            }
        }
        for record in records("tests") {
            let (_, row) = row_of(table, record);
            let [a, b] = ["a", "b"].map(|key| column_of(table, &record["segment"], &record[key]));
            let mut tests = row["tests"].as_array().unwrap().iter();
            let test = tests.find(|test| test["a"] == a && test["b"] == b).unwrap_or(&Value::Null);
            for key in ["delta", "se", "df", "p"] {
                check(record, key, &test[key]);
            }
        }
    }
    assert!(compared > 3500, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn letters_say_what_the_tests_say() {
    let folder = project("weights", "weight: w", ALL);
    let (_, found) = tables(&folder);
    let table = &found["tables"][0];
    let mut letters = 0;
    for question in table["questions"].as_array().unwrap() {
        for row in question["rows"].as_array().unwrap() {
            let mut expected = vec![String::new(); table["columns"].as_array().unwrap().len()];
            for test in row["tests"].as_array().unwrap() {
                let [a, b] = ["a", "b"].map(|key| usize::try_from(test[key].as_u64().unwrap()).unwrap());
                let (p, higher_first) = (test["p"].as_f64().unwrap(), test["delta"].as_f64().unwrap() > 0.0);
                let (higher, lower) = if higher_first { (a, b) } else { (b, a) };
                let letter = table["columns"][lower]["letter"].as_str().unwrap();
                match p {
                    p if p < 0.01 => expected[higher].push_str(letter),
                    p if p < 0.05 => expected[higher].push_str(&letter.to_lowercase()),
                    _ => {}
                }
            }
            for (cell, expected) in row["cells"].as_array().unwrap().iter().zip(expected) {
                letters += expected.len();
                let sorted = |text: &str| {
                    let mut letters: Vec<char> = text.chars().collect();
                    letters.sort_by_key(char::to_ascii_lowercase);
                    letters
                };
                assert_eq!(sorted(cell["higher_than"].as_str().unwrap()), sorted(&expected), "{row}");
            }
        }
    }
    assert!(letters > 0, "no difference is significant, so the test shows nothing");
}

/// One wave of answers in groups of the given sizes.
fn sized(sizes: &[(&str, usize)], banners: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("group,half,praise,why\n");
    for (group, size) in sizes {
        for row in 0..*size {
            let why = ["near", "near;cheap", "cheap", ""][row % 4];
            writeln!(rows, "{group},{},{},{why}", ["x", "y"][row % 2], row % 5 + 1).unwrap();
        }
    }
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let yaml = format!(
        "manyi: 1
project: {{ title: t, lang: en }}
data: {{ sources: [{{ file: a.csv, dialect: plain }}] }}
columns:
  group: {{ type: single }}
  half: {{ type: single }}
  name: {{ type: single, from: half, personal: true }}
  praise: {{ type: scale, range: [1, 5] }}
  why: {{ type: multi, separator: \";\" }}
segments: [group]
banners:
  {banners}
"
    );
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    folder
}

#[test]
fn small_columns_are_hidden_with_the_one_that_would_give_them_away() {
    let folder = sized(&[("A", 300), ("B", 30), ("C", 10)], "- { id: all }");
    let (_, found) = tables(&folder);
    let table = &found["tables"][0];
    let question = &table["questions"].as_array().unwrap().iter().find(|held| held["column"] == "praise").unwrap();
    let reasons: Vec<&Value> = question["bases"].as_array().unwrap().iter().map(|base| &base["reason"]).collect();
    assert_eq!(reasons, [&Value::Null, &Value::Null, &Value::from("complement"), &Value::from("small_base")]);
    for row in question["rows"].as_array().unwrap() {
        let shown: Vec<bool> =
            row["cells"].as_array().unwrap().iter().map(|cell| !cell["estimate"].is_null()).collect();
        assert_eq!(shown, [true, true, false, false], "{row}");
        assert!(row["tests"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_banner_without_questions_takes_the_usual_ones() {
    let folder = sized(&[("A", 80), ("B", 60)], "- { id: all }\n  - { id: two, segments: [half], questions: [why] }");
    let (_, found) = tables(&folder);
    let columns = |table: usize| -> Vec<&str> {
        let questions = found["tables"][table]["questions"].as_array().unwrap();
        questions.iter().map(|question| question["column"].as_str().unwrap()).collect()
    };
    // Neither the segment nor the column with personal data.
    assert_eq!((columns(0), columns(1)), (vec!["half", "praise", "why"], vec!["why"]));
    // Every fourth answer is blank and so outside the base; of the other three two chose each option.
    let why = &found["tables"][1]["questions"][0];
    assert_eq!(why["bases"][0]["n"], 105);
    let share = why["rows"][0]["cells"][0]["estimate"].as_f64().unwrap();
    assert!((share - 200.0 / 3.0).abs() < 1e-9, "{share}");
}

#[test]
fn text_and_csv_hold_every_cell() {
    let folder = sized(&[("A", 80), ("B", 60)], "- { id: all, title: Everything, questions: [praise] }");
    let output = manyi().arg("tables").arg(folder.path()).args(["--csv"]).output().unwrap();
    assert!(output.stdout.starts_with(b"\xef\xbb\xbf"));
    let rows = csv::Reader::from_reader(&output.stdout[3..]).records().map(Result::unwrap).count();
    // Five levels, two nets, mean and standard deviation; the total and two groups.
    assert_eq!(rows, 9 * 3);
    let output = manyi().arg("tables").arg(folder.path()).args(["--lang", "en"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["# Everything", "B (B)", "Effective n", "Top 2", "40.0%", "3.00", "capital at 99 %", "no correction"] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    let codes = |banners: &str, arguments: &[&str]| -> Vec<String> {
        let folder = sized(&[("A", 80), ("B", 60)], banners);
        let mut command = manyi();
        let output = command.arg("tables").arg(folder.path()).arg("--json").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let diagnostics = found["diagnostics"].as_array().unwrap();
        diagnostics.iter().map(|found| format!("{} {}", found["code"], found["key_path"]).replace('"', "")).collect()
    };
    let cases = [
        ("- { id: a, questions: [prase] }", "M0121 banners[0].questions[0]"),
        ("- { id: a, segments: [why] }", "M0125 banners[0].segments[0]"),
        ("- { id: a, questions: [name] }", "M0441 banners[0].questions[0]"),
        ("- { id: a, table: tickets }", "M0440 banners[0].table"),
        ("- { id: a }\n  - { id: a }", "M0126 banners[1].id"),
    ];
    for (banners, expected) in cases {
        assert_eq!(codes(banners, &[]), [expected]);
    }
    assert_eq!(codes("- { id: a }", &["--id", "b"]), ["M0444 null"]);
    assert_eq!(codes("[]", &[]), ["M0445 null"]);
}
