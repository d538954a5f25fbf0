//! Estimates, standard errors and intervals against R `survey` on the answers in this folder; README.md says how R was asked.

mod calibrated;
mod control;
mod distributions;
mod drivers;
mod hierarchy;
mod pls;
mod weights;

use std::fs;
use std::path::PathBuf;

use manyi::analysis::Difference;
use manyi::analysis::comparisons::{difference, group_difference, wave_difference};
use manyi::diagnostics::Diagnostics;
use manyi::metrics::Computation;
use manyi::pipeline;
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
    ("zero_weights", "weight: w"),
    ("zero_strata", "weight: w\n  design: { strata: stratum }"),
    ("zero_cluster", "weight: w\n  design: { strata: stratum, cluster: psu }"),
    ("panel", "weight: w\n  design: { panel: person }"),
    ("panel_strata", "weight: w\n  design: { strata: stratum, panel: person }"),
];

/// Designs whose names begin so give weight 0 to the ids that end in 5 and to one sampling unit.
const ZERO: &str = "zero_";

fn folder() -> PathBuf {
    support::root().join("tests/oracle")
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

fn answers(name: &str) -> String {
    let text = fs::read_to_string(folder().join("answers.csv")).unwrap();
    if !name.starts_with(ZERO) {
        return text;
    }
    let weightless = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[0].ends_with('5') || cells[5] == "south-4" {
            cells[3] = "0";
        }
        cells.join(",")
    };
    text.lines().map(weightless).collect::<Vec<_>>().join("\n")
}

fn project(name: &str, design: &str, interval: &str) -> TempDir {
    let target = tempfile::tempdir().unwrap();
    support::copy_folder(&folder().join("plugins"), &target.path().join("plugins"));
    fs::write(target.path().join("answers.csv"), answers(name)).unwrap();
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
        for key in ["n", "n_weighted", "n_eff", "df", "estimate", "se"] {
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
            let project = project(name, design, interval);
            let (count, problems) = compare(name, interval, &support::metrics(project.path()), &expected);
            compared += count;
            wrong.extend(problems);
        }
    }
    assert!(compared > 5000, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The test that the record asks for: of two waves, or of two groups of the newest wave.
fn tested(computation: &Computation, record: &Value) -> Option<Difference> {
    let results = &computation.results;
    let metric = record["metric"].as_str().unwrap();
    if record["samples"] == "independent" {
        let total = |wave: &str| results.find(metric, Some(wave), None).unwrap();
        return difference(total(&results.waves[1]), total(&results.waves[0]), 0.95);
    }
    if record["samples"] == "paired" {
        let change = results.wave_differences.iter().find(|held| held.metric == metric && held.segment.is_empty());
        return wave_difference(change.unwrap(), 0.95);
    }
    let (a, b) = (record["a"].as_str().unwrap(), record["b"].as_str().unwrap());
    let of_pair = results.group_differences.iter().find(|found| found.metric == metric && found.a == a && found.b == b);
    let found = of_pair.unwrap();
    // The same numbers for whoever asks for one pair only.
    let bound = computation.metrics.iter().find(|bound| bound.info.id == metric).unwrap();
    let address = |group| computation.address(found.wave.as_deref(), Some((&found.column, group))).unwrap();
    let asked = computation.difference(bound, address(a), address(b)).unwrap();
    assert_eq!((asked.delta, asked.se, asked.degrees), (found.delta, found.se, found.df));
    group_difference(found, 0.95)
}

#[test]
fn differences_agree_with_r() {
    let expected = expected();
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (name, design) in DESIGNS {
        // Where the clusters are visited in both waves, the changes with their covariance are asked for as well.
        let panel = design.replace("cluster: psu }", "cluster: psu, panel: psu }");
        let project = project(name, &panel, "logit");
        let mut diagnostics = Diagnostics::new();
        let indicators = pipeline::measure(project.path(), &mut diagnostics).unwrap().indicators;
        let computation = indicators.survey();
        let records = expected["differences"].as_array().unwrap().iter();
        for record in records.filter(|record| record["design"] == *name) {
            let found = tested(computation, record);
            let numbers = found.map(|found| {
                [found.delta, found.standard_error, found.statistic, found.degrees_of_freedom, found.p_value]
            });
            for (index, key) in ["difference", "se", "t", "df", "p"].into_iter().enumerate() {
                compared += 1;
                let (wanted, got) = (record[key].as_f64().unwrap(), numbers.map(|numbers| numbers[index]));
                if !got.is_some_and(|got| support::close(wanted, got, TOLERANCE)) {
                    wrong.push(format!("{record} {key}: manyi {got:?}"));
                }
            }
        }
    }
    assert!(compared > 1800, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}
