//! Estimates, standard errors and intervals against R `survey` on the answers in this folder; README.md says how R was asked.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use crate::support;

const TOLERANCE: f64 = 1e-9;

/// Name of a design in `expected.json` and the lines that declare it in a project.
const DESIGNS: &[(&str, &str)] = &[
    ("srs", ""),
    ("weights", "weight: w"),
    ("strata", "weight: w\n  design: { strata: stratum }"),
    ("strata_fpc", "weight: w\n  design: { strata: stratum, fpc: fpc }"),
    ("cluster", "weight: w\n  design: { cluster: psu }"),
    ("strata_cluster", "weight: w\n  design: { strata: stratum, cluster: psu }"),
    ("strata_cluster_fpc", "weight: w\n  design: { strata: stratum, cluster: psu, fpc: fpc_psu }"),
];

fn folder() -> PathBuf {
    support::root().join("tests/oracle")
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

fn project(design: &str, interval: &str) -> TempDir {
    let target = tempfile::tempdir().unwrap();
    support::copy_folder(&folder().join("plugins"), &target.path().join("plugins"));
    fs::copy(folder().join("answers.csv"), target.path().join("answers.csv")).unwrap();
    let yaml = fs::read_to_string(folder().join("project.yaml"))
        .unwrap()
        .replace("# DESIGN", design)
        .replace("proportion_interval: logit", &format!("proportion_interval: {interval}"));
    fs::write(target.path().join("manyi.yaml"), yaml).unwrap();
    target
}

/// Names of the intervals in an expected record that the setting `interval` leads to; the first present is the one.
fn interval_keys(interval: &'static str) -> [&'static str; 4] {
    [interval, "t", "woodruff", "clopper_pearson"]
}

fn compare(design: &str, interval: &'static str, results: &Value, expected: &Value) -> (usize, Vec<String>) {
    let mut compared = 0;
    let mut wrong = Vec::new();
    let records = expected["estimates"].as_array().unwrap().iter().filter(|record| record["design"] == design);
    for record in records {
        let metric = record["metric"].as_str().unwrap();
        let group = record["group"].as_str().map(|group| ("group", group));
        let found = support::find(results, metric, record["wave"].as_str(), group);
        let mut check = |what: &str, wanted: &Value, got: &Value| {
            compared += 1;
            let close = match (wanted.as_f64(), got.as_f64()) {
                (Some(wanted), Some(got)) => support::close(wanted, got, TOLERANCE),
                _ => false,
            };
            if !close {
                let wave = &record["wave"];
                wrong.push(format!("{design} {metric} {wave} {group:?} {what}: R {wanted}, manyi {got}"));
            }
        };
        for key in ["n", "n_weighted", "n_eff", "estimate", "se"] {
            if !record[key].is_null() {
                check(key, &record[key], &found[key]);
            }
        }
        if let Some(limits) = interval_keys(interval).into_iter().find_map(|key| record.get(key)) {
            for (what, index) in [("lower limit", 0), ("upper limit", 1)] {
                // R gives none where a Woodruff limit leaves the range of shares.
                if !limits[index].is_null() {
                    check(what, &limits[index], &found["ci"][index]);
                }
            }
        }
    }
    (compared, wrong)
}

#[test]
fn estimates_agree_with_r() {
    let expected = expected();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (name, design) in DESIGNS {
        let intervals: &[&'static str] =
            if *name == "strata_cluster" { &["logit", "beta", "wald"] } else { &["logit"] };
        for interval in intervals {
            let project = project(design, interval);
            let (count, problems) = compare(name, interval, &support::metrics(project.path()), &expected);
            compared += count;
            wrong.extend(problems);
        }
    }
    assert!(compared > 3000, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}
