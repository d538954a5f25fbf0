//! Estimates against the numbers that other programs give for real surveys. The surveys lie beside the project and are only
//! read; where they are absent the tests say so and pass. `cases` lists the numbers, `kiosk` makes its project from a codebook,
//! `raking` looks at weights instead of estimates.

mod ahp;
mod cases;
mod kiosk;
mod models;
mod pls;
mod raking;

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support;

/// A number of an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    N,
    NWeighted,
    NEff,
    Estimate,
    Se,
    Lower,
    Upper,
}

impl Field {
    fn of(self, estimate: &Value) -> Option<f64> {
        match self {
            Self::N => estimate["n"].as_f64(),
            Self::NWeighted => estimate["n_weighted"].as_f64(),
            Self::NEff => estimate["n_eff"].as_f64(),
            Self::Estimate => estimate["estimate"].as_f64(),
            Self::Se => estimate["se"].as_f64(),
            Self::Lower => estimate["ci"][0].as_f64(),
            Self::Upper => estimate["ci"][1].as_f64(),
        }
    }
}

/// How the number in the reference file becomes the number expected of manyi.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// As it stands.
    Same,
    /// In another unit, such as shares as percent.
    Times(f64),
    /// A standard error of a domain, times a unit, that was computed in a design of `theirs` rows (0: with divisor n, as the
    /// population variance has it) and is expected in a design of `ours` rows. With replacement and in a single stratum the
    /// variance holds the factor rows / (rows - 1) and nothing else of the rows outside the domain.
    Rows { theirs: u32, ours: u32, unit: f64 },
}

impl Rule {
    fn apply(self, value: f64) -> f64 {
        let correction = |rows: u32| if rows == 0 { 1.0 } else { f64::from(rows) / f64::from(rows - 1) };
        match self {
            Self::Same => value,
            Self::Times(factor) => value * factor,
            Self::Rows { theirs, ours, unit } => value * unit * (correction(ours) / correction(theirs)).sqrt(),
        }
    }
}

/// A number to compare: where manyi has it and where the reference has it.
#[derive(Debug, Clone)]
pub struct Row {
    pub metric: String,
    pub wave: Option<&'static str>,
    pub segment: Option<(&'static str, &'static str)>,
    pub field: Field,
    /// JSON pointer into the reference file.
    pub pointer: String,
    pub rule: Rule,
}

/// Compares every row and reports all that differ.
fn compare(project: &Path, reference: &Path, rows: &[Row]) {
    let reference: Value = serde_json::from_str(&fs::read_to_string(reference).unwrap()).unwrap();
    let results = support::metrics(project);
    let mut wrong = Vec::new();
    for row in rows {
        let found = row.field.of(support::find(&results, &row.metric, row.wave, row.segment));
        let given = reference.pointer(&row.pointer).and_then(Value::as_f64);
        let given = given.unwrap_or_else(|| panic!("the reference has no number at {}", row.pointer));
        let expected = row.rule.apply(given);
        if !found.is_some_and(|found| support::close(found, expected, 1e-9)) {
            let Row { metric, wave, segment, field, pointer, .. } = row;
            wrong.push(format!("{metric} {wave:?} {segment:?} {field:?}: {pointer} gives {expected}, manyi {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} numbers differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// A copy of a project of `tests/projects` with its data named absolutely and pieces of its `manyi.yaml` replaced.
fn variant(name: &str, data: &Path, replacements: &[(&str, &str)]) -> TempDir {
    let source = support::root().join("tests/projects").join(name);
    let target = tempfile::tempdir().unwrap();
    support::copy_folder(&source.join("plugins"), &target.path().join("plugins"));
    let data = data.canonicalize().unwrap();
    let mut yaml = fs::read_to_string(source.join("manyi.yaml")).unwrap();
    yaml = yaml.replace("../../../../shared/refdata", &data.to_string_lossy());
    for (from, to) in replacements {
        assert!(yaml.contains(from), "{name}/manyi.yaml has no `{from}` to replace");
        yaml = yaml.replace(from, to);
    }
    fs::write(target.path().join("manyi.yaml"), yaml).unwrap();
    target
}

#[test]
fn projects_agree_with_other_programs() {
    let Some(data) = support::reference_data("projects_agree_with_other_programs") else { return };
    for group in cases::groups() {
        let project = variant(group.project, &data, group.replacements);
        compare(project.path(), &data.join(group.reference), &group.rows);
    }
}

/// The projects also run where they stand, with paths relative to them.
#[test]
fn projects_run_in_place() {
    if support::reference_data("projects_run_in_place").is_none() {
        return;
    }
    for name in ["apistrat", "apiclus1", "nps", "sfo-2017", "sfo-2016-2017"] {
        let results = support::metrics(&support::root().join("tests/projects").join(name));
        assert!(!results["estimates"].as_array().unwrap().is_empty(), "{name} has no estimates");
    }
}

#[test]
fn kiosk_survey_agrees_with_python() {
    let Some(data) = support::reference_data("kiosk_survey_agrees_with_python") else { return };
    let folder = data.join("real/kiosk_kservqual");
    let kiosk = kiosk::Kiosk::load(&folder);
    let project = kiosk.write_project(&folder);
    compare(project.path(), &folder.join("expected_python.json"), &kiosk.rows());
}
