//! What becomes of small groups, of composites whose components are not listed, and of reasons in two languages, from the
//! project file to the numbers.

use std::fmt::Write as _;
use std::fs;

use manyi::diagnostics::Diagnostics;
use manyi::metrics::{BoundTables, Estimate, Indicators, Reason, Within};
use manyi::pipeline;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::manyi;

const PROJECT: &str = "manyi: 1
project: { title: t, lang: zh-CN }
data:
  sources: [{ file: a.csv }]
  wave: { column: wave }
  filters: [{ keep: praise <= 5, reason: { zh-CN: 评分须在量表内, en: Ratings must lie on the scale } }]
columns:
  wave: { type: single }
  group: { type: single, labels: { A: A, B: B, C: C } }
  aware: { type: boolean }
  praise: { type: scale, range: [1, 5] }
  customer: { type: boolean }
  complained: { type: boolean }
segments: [group]
plugins:
  enterprise-csi:
    # CHOICE
    inputs: { aware: aware, praise: praise, customer: customer, complained: complained }
";

/// In the first wave 60, 30 and 10 answers in groups A, B and C; in the second 60, 30 and 25. Every third is unaware.
fn project(choice: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = String::from("wave,group,aware,praise,customer,complained\n");
    for (wave, sizes) in [("1", [60, 30, 10]), ("2", [60, 30, 25])] {
        for (group, size) in ["A", "B", "C"].into_iter().zip(sizes) {
            for row in 0..size {
                let (aware, praise, complained) = (u8::from(row % 3 > 0), row % 5 + 1, u8::from(row % 4 == 0));
                writeln!(rows, "{wave},{group},{aware},{praise},1,{complained}").unwrap();
            }
        }
    }
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    fs::write(folder.path().join("manyi.yaml"), PROJECT.replace("# CHOICE", choice)).unwrap();
    folder
}

fn compute(folder: &TempDir) -> Result<Indicators, String> {
    let mut diagnostics = Diagnostics::new();
    let measured = pipeline::measure(folder.path(), &mut diagnostics);
    let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
    measured.map(|measured| measured.indicators).ok_or_else(|| codes.join(" "))
}

fn of_group<'a>(computation: &'a Indicators, metric: &str, wave: &str, group: &str) -> &'a Estimate {
    computation.results.find(metric, Some(wave), Some(("group", group))).unwrap()
}

#[test]
fn the_next_smallest_group_is_hidden_with_a_single_small_one() {
    let computation = compute(&project("metrics: [awareness]")).unwrap();
    let reason = |wave, group| of_group(&computation, "awareness", wave, group).reason;
    assert_eq!(reason("1", "C"), Some(Reason::SmallBase));
    assert_eq!(reason("1", "B"), Some(Reason::Complement));
    assert_eq!(reason("1", "A"), None);
    assert_eq!([reason("2", "A"), reason("2", "B"), reason("2", "C")], [None; 3]);
    let hidden = of_group(&computation, "awareness", "1", "B");
    assert_eq!((hidden.estimate, hidden.se, hidden.ci, hidden.df), (None, None, None, None));
    assert_eq!((hidden.n, hidden.suppressed, hidden.flagged), (30, true, false));
    assert_eq!(computation.results.group_differences.len(), 3);
}

#[test]
fn distributions_hide_the_same_groups() {
    let folder = project("metrics: [awareness]");
    let measured = pipeline::measure(folder.path(), &mut Diagnostics::new()).unwrap();
    let distributions = measured.indicators.survey().distributions(&measured.tables.survey.columns);
    let praise = distributions.iter().find(|held| held.column == "praise").unwrap();
    let shown = |wave: &str| -> Vec<bool> {
        praise.rows.iter().filter(|row| row.wave.as_deref() == Some(wave)).map(|row| !row.shares.is_empty()).collect()
    };
    assert_eq!(shown("1"), [true, true, false, false]);
    assert_eq!(shown("2"), [true, true, true, true]);
}

#[test]
fn explain_keeps_the_secret_of_the_second_group_and_says_why() {
    let folder = project("metrics: [awareness]");
    let explain = |extra: &[&str]| {
        let mut command = manyi();
        command.args(["explain", "awareness"]).arg(folder.path()).args(["--wave", "1", "--segment", "group=B"]);
        String::from_utf8(command.args(extra).output().unwrap().stdout).unwrap()
    };
    let explained: Value = serde_json::from_str(&explain(&["--json"])).unwrap();
    assert_eq!(explained["explanation"]["estimate"]["reason"], "complement");
    assert!(explained["explanation"]["workings"]["answers"].as_array().unwrap().is_empty());
    assert!(explain(&["--lang", "en"]).contains("Ratings must lie on the scale"));
    assert!(explain(&["--lang", "zh-CN"]).contains("评分须在量表内"));
    let table = manyi().arg("metrics").arg(folder.path()).args(["--wave", "1", "--lang", "en"]).output().unwrap();
    assert!(String::from_utf8(table.stdout).unwrap().contains("would give another group away"));
}

#[test]
fn a_composite_is_computed_without_listing_its_components() {
    let choice = "metrics: [csi]\n    weights: { csi: { reputation: 1, complaint_rate: 1 } }";
    let computation = compute(&project(choice)).unwrap();
    let ids: Vec<&str> = computation.results.metrics.iter().map(|info| info.id.as_str()).collect();
    assert_eq!(ids, ["csi"]);
    // The mean of the share of ratings of 4 and 5 among those aware and of 100 minus the share that complained.
    let found = computation.results.find("csi", Some("2"), None).unwrap();
    let mut parts = [0.0; 3];
    for row in [60, 30, 25].into_iter().flat_map(|size| 0..size) {
        let aware = row % 3 > 0;
        parts[0] += f64::from(u8::from(aware && row % 5 + 1 >= 4));
        parts[1] += f64::from(u8::from(aware));
        parts[2] += f64::from(u8::from(row % 4 == 0));
    }
    let expected = (100.0 * parts[0] / parts[1] + 100.0 - 100.0 * parts[2] / 115.0) / 2.0;
    assert!((found.estimate.unwrap() - expected).abs() < 1e-9);
}

#[test]
fn a_composite_without_any_weight_is_an_error() {
    let folder = project("metrics: [csi]\n    weights: { csi: { reputation: 0, complaint_rate: 0 } }");
    assert_eq!(compute(&folder).unwrap_err(), "M0334");
}

#[test]
fn the_groups_of_a_segment_make_up_the_whole() {
    let computation = compute(&project("metrics: [awareness, reputation, complaint_rate]")).unwrap();
    let mut compared = 0;
    for metric in ["awareness", "reputation", "complaint_rate"] {
        for wave in ["1", "2"] {
            let total = computation.results.find(metric, Some(wave), None).unwrap();
            let groups = ["A", "B", "C"].map(|group| of_group(&computation, metric, wave, group));
            assert_eq!(groups.iter().map(|group| group.n).sum::<u64>(), total.n);
            let weight: f64 = groups.iter().map(|group| group.n_weighted).sum();
            assert!((weight - total.n_weighted).abs() < 1e-9);
            // Shares of the groups by their weights give the share of all.
            let parts: Option<Vec<f64>> =
                groups.iter().map(|group| group.estimate.map(|share| share * group.n_weighted)).collect();
            if let Some(parts) = parts {
                compared += 1;
                let whole = total.estimate.unwrap() * total.n_weighted;
                assert!((parts.iter().sum::<f64>() - whole).abs() < 1e-9 * whole, "{metric} {wave}");
            }
        }
    }
    assert_eq!(compared, 2, "in the second wave awareness and complaints are shown for all groups");
}

/// A segment that nobody answered has no groups and stops nothing.
#[test]
fn a_segment_without_answers_is_no_error() {
    let folder = project("metrics: [awareness]");
    let yaml = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap();
    let yaml =
        yaml.replace("segments: [group]", "segments: [group, nobody]\nbanners: [{ id: b, questions: [praise] }]");
    let yaml = yaml.replace("columns:\n", "columns:\n  nobody: { type: single }\n");
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    let rows = fs::read_to_string(folder.path().join("a.csv")).unwrap();
    let rows: String = rows
        .lines()
        .enumerate()
        .map(|(row, line)| format!("{line},{}\n", if row == 0 { "nobody" } else { "" }))
        .collect();
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let computation = compute(&folder).unwrap();
    assert!(of_group(&computation, "awareness", "2", "A").estimate.is_some());
    let tables = manyi().arg("tables").arg(folder.path()).output().unwrap();
    assert!(tables.status.success(), "{}", String::from_utf8_lossy(&tables.stderr));
}

/// The numbers of a group by itself are those beside the other groups, standard errors of calibrated weights too.
#[test]
fn a_group_by_itself_has_the_calibrated_errors() {
    let folder = project("metrics: [awareness, reputation]");
    let yaml = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap();
    let weighting = "  weighting: { variance: calibrated, margins: { group: { A: 0.3, B: 0.3, C: 0.4 }, praise: { 1: 0.2, 2: 0.1, 3: 0.2, 4: 0.2, 5: 0.3 } } }\n";
    fs::write(folder.path().join("manyi.yaml"), yaml.replace("columns:\n", &format!("{weighting}columns:\n"))).unwrap();
    let measured = pipeline::measure(folder.path(), &mut Diagnostics::new()).unwrap();
    let mut found = Diagnostics::new();
    let bound = BoundTables::bind(&measured.project, &measured.plugins, &measured.tables, &mut found).unwrap();
    let fixed = {
        let text = fs::read_to_string(folder.path().join("manyi.yaml")).unwrap();
        fs::write(folder.path().join("manyi.yaml"), text.replace("variance: calibrated, ", "")).unwrap();
        compute(&folder).unwrap()
    };
    for (group, metric) in [("A", "reputation"), ("B", "awareness")] {
        let within = Within { column: "group".to_owned(), value: group.to_owned() };
        let alone = bound.compute(Some((&within, &measured.indicators)), &mut found).unwrap();
        let beside = of_group(&measured.indicators, metric, "2", group);
        let alone = alone.results.find(metric, Some("2"), None).unwrap();
        assert_eq!((alone.estimate, alone.se, alone.ci), (beside.estimate, beside.se, beside.ci), "{group}");
        // Awareness has nothing to do with the margins.
        assert_eq!(alone.se == of_group(&fixed, metric, "2", group).se, metric == "awareness", "{group}");
    }
}
