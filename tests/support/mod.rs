//! What the integration tests share: running the program on a project and finding an estimate in its JSON.

pub mod certificate;
pub mod memory;
pub mod office;
pub mod postgres;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use manyi::config::load_project;
use manyi::data::table::WEIGHT;
use manyi::data::{Responses, load_tables};
use manyi::diagnostics::{Diagnostics, Lang};
use serde_json::Value;

/// The project's own folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The reference surveys, which lie beside the project; `None`, with a printed line, where they are absent.
pub fn reference_data(test: &str) -> Option<PathBuf> {
    let folder = root().join("../shared/refdata");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped {test}: {} is absent", folder.display());
    None
}

/// The program, with nothing from the environment that changes its answers.
pub fn manyi() -> Command {
    let mut command = cargo_bin_cmd!("manyi");
    command.env_remove("SOURCE_DATE_EPOCH").env("LC_ALL", "en_US.UTF-8").env("NO_COLOR", "1");
    command
}

/// `manyi metrics DIR --json`, parsed.
pub fn metrics(folder: &Path) -> Value {
    let output = manyi().arg("metrics").arg(folder).arg("--json").output().unwrap();
    assert!(
        output.status.success(),
        "manyi metrics {} failed:\n{}{}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(&output.stdout)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What `manyi check DIR` reports, as JSON.
pub fn reported(folder: &Path) -> Vec<Value> {
    let output = manyi().arg("check").arg(folder).arg("--json").output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["diagnostics"].as_array().unwrap().clone()
}

/// Codes of what `check` reports, with the key they stand at.
pub fn problems(folder: &Path) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    reported(folder).iter().map(|found| (text(&found["code"]), text(&found["key_path"]))).collect()
}

/// The answers of a project; a project with errors fails the test.
pub fn responses(folder: &Path) -> Responses {
    let mut diagnostics = Diagnostics::new();
    let tables = load_project(folder, &mut diagnostics).and_then(|project| load_tables(&project, &mut diagnostics));
    let found: Vec<String> = diagnostics.iter().map(|found| found.text(Lang::En)).collect();
    tables.map(|tables| tables.survey).unwrap_or_else(|| panic!("{}: {found:?}", folder.display()))
}

/// The weights of all answers, in the order of the files.
pub fn weights(responses: &Responses) -> Vec<f64> {
    let of_batches = responses.batches.column_by_name(WEIGHT);
    of_batches.flat_map(|weights| weights.as_primitive::<Float64Type>().values().to_vec()).collect()
}

/// A column of the answers as texts; empty where there is none.
pub fn texts(responses: &Responses, name: &str) -> Vec<String> {
    let mut shown = Vec::new();
    for cells in responses.batches.column_by_name(name) {
        let cells = cast(&cells, &DataType::Utf8).unwrap();
        shown.extend(cells.as_string::<i32>().iter().map(|cell| cell.unwrap_or_default().to_owned()));
    }
    shown
}

/// The estimate of a metric for a wave (`None`: a project without waves) and a group (`None`: the total).
pub fn find<'a>(results: &'a Value, metric: &str, wave: Option<&str>, segment: Option<(&str, &str)>) -> &'a Value {
    let wanted = |estimate: &&Value| {
        let held = estimate["segment"].as_object().unwrap();
        estimate["metric"] == metric
            && estimate["wave"].as_str() == wave
            && match segment {
                None => held.is_empty(),
                Some((column, value)) => held.len() == 1 && held.get(column).is_some_and(|found| found == value),
            }
    };
    results["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .find(wanted)
        .unwrap_or_else(|| panic!("no estimate of {metric} for wave {wave:?}, segment {segment:?}"))
}

/// Copies a folder with everything in it.
pub fn copy_folder(source: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let copy = target.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &copy);
        } else {
            fs::copy(entry.path(), copy).unwrap();
        }
    }
}

/// True if both numbers agree to `tolerance`, relative to the larger one; rounding noise around zero is let through.
pub fn close(left: f64, right: f64, tolerance: f64) -> bool {
    (left - right).abs() <= tolerance * left.abs().max(right.abs()) + 1e-12
}
