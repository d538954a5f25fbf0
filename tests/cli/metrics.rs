//! `manyi metrics` and `manyi explain`: the JSON contract, CSV, and laws that hold whatever the data.

use std::fs;

use serde_json::Value;

use crate::support::{find, manyi, metrics, root};

#[test]
fn json_follows_the_contract() {
    let results = metrics(&root().join("samples/campus-canteen"));
    assert_eq!(results["schema"], 1);
    assert!(results["models"].as_array().unwrap().is_empty());
    let estimate = find(&results, "reputation", Some("2026-11"), None);
    for key in [
        "metric",
        "module",
        "wave",
        "segment",
        "n",
        "n_weighted",
        "n_eff",
        "estimate",
        "se",
        "ci",
        "df",
        "unit",
        "base",
        "suppressed",
        "reason",
    ] {
        assert!(estimate.get(key).is_some(), "no `{key}` in {estimate}");
    }
}

#[test]
fn csv_has_one_row_an_estimate_and_a_byte_order_mark() {
    let folder = root().join("samples/campus-canteen");
    let output = manyi().arg("metrics").arg(&folder).arg("--csv").output().unwrap();
    assert!(output.stdout.starts_with(b"\xef\xbb\xbf"));
    let rows = csv::Reader::from_reader(&output.stdout[3..]).records().map(Result::unwrap).count();
    assert_eq!(rows, metrics(&folder)["estimates"].as_array().unwrap().len());
}

#[test]
fn suppressed_numbers_cannot_be_worked_out_from_explain() {
    let folder = root().join("samples/campus-canteen");
    let results = metrics(&folder);
    let hidden = results["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|estimate| estimate["suppressed"] == true)
        .expect("the sample has a group that is too small");
    let (column, value) = hidden["segment"].as_object().unwrap().iter().next().unwrap();
    let output = manyi()
        .arg("explain")
        .arg(hidden["metric"].as_str().unwrap())
        .arg(&folder)
        .args(["--segment", &format!("{column}={}", value.as_str().unwrap())])
        .args(["--wave", hidden["wave"].as_str().unwrap(), "--json"])
        .output()
        .unwrap();
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    let explanation = &explained["explanation"];
    assert_eq!(explanation["estimate"]["estimate"], Value::Null);
    assert!(explanation["workings"]["answers"].as_array().unwrap().is_empty());
    assert!(explanation["formulas"].as_array().unwrap().is_empty());
}

#[test]
fn the_order_of_rows_changes_no_bit() {
    let text = fs::read_to_string(root().join("tests/oracle/answers.csv")).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap();
    let forward: Vec<&str> = lines.collect();
    let backward: Vec<&str> = forward.iter().rev().copied().collect();
    let run = |weight: &str, rows: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let project = "manyi: 1\nproject: { title: t }\ndata: { sources: [{ file: a.csv }], WEIGHT }\ncolumns:\n  w: { type: number }\n  group: { type: single, labels: { A: A, B: B, C: C, D: D } }\n  aware: { type: boolean }\n  praise: { type: scale, range: [1, 5] }\n  customer: { type: boolean }\n  complained: { type: boolean }\nsegments: [group]\nplugins:\n  enterprise-csi:\n    metrics: [awareness, reputation, reputation_net, complaint_rate]\n    inputs: { aware: aware, praise: praise, customer: customer, complained: complained }\n";
        fs::write(folder.path().join("manyi.yaml"), project.replace("WEIGHT", weight)).unwrap();
        fs::write(folder.path().join("a.csv"), format!("{head}\n{}\n", rows.join("\n"))).unwrap();
        metrics(folder.path())["estimates"].to_string()
    };
    let raked = "weighting: { start: w, missing: keep, trim: { high: 2.5 }, margins: { group: { A: 50, B: 30, C: 20 }, aware: { true: 0.8, false: 0.2 } } }";
    for weight in ["weight: w", raked] {
        assert_eq!(run(weight, &forward), run(weight, &backward), "{weight}");
    }
}

#[test]
fn contributions_add_up_to_the_change_of_the_index() {
    let folder = root().join("samples/campus-canteen");
    let results = metrics(&folder);
    let value = |wave| find(&results, "csi", Some(wave), None)["estimate"].as_f64().unwrap();
    let change = value("2026-11") - value("2026-10");
    let output = manyi().args(["explain", "csi"]).arg(&folder).arg("--json").output().unwrap();
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    let changes = explained["explanation"]["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 5);
    let sum: f64 = changes.iter().map(|change| change["contribution"].as_f64().unwrap()).sum();
    assert!((sum - change).abs() < 1e-9, "{sum} is not {change}");
}
