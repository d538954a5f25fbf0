//! A path model declared in a plugin, on the survey of `tests/oracle/pls`, against the numbers of an independent program; and
//! a metric that publishes one of its indices.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{find, metrics, root};

fn reference() -> Value {
    serde_json::from_str(&fs::read_to_string(root().join("tests/oracle/pls/expected.json")).unwrap()).unwrap()
}

/// A project with the path model of the reference; `mode` of the construct `image`.
fn project(expected: &Value, mode: &str, bootstrap: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugins/paths");
    fs::create_dir_all(&plugin).unwrap();
    fs::copy(root().join("tests/oracle/pls/answers.csv"), folder.path().join("answers.csv")).unwrap();
    let blocks = expected["blocks"].as_object().unwrap();
    let items: Vec<&str> =
        blocks.values().flat_map(|items| items.as_array().unwrap()).map(|item| item.as_str().unwrap()).collect();
    let (mut columns, mut fed, mut inputs) = (String::new(), String::new(), String::new());
    for item in &items {
        let scale = expected["scales"].get(*item).map_or_else(|| "[1, 10]".to_owned(), Value::to_string);
        writeln!(columns, "  {item}: {{ type: scale, range: {scale} }}").unwrap();
        writeln!(fed, "      {item}: {item}").unwrap();
        writeln!(inputs, "  {item}: {{ type: scale, range: {scale} }}").unwrap();
    }
    let mut constructs = String::new();
    for (construct, items) in blocks {
        let mode = if construct == "image" { mode } else { "A" };
        writeln!(constructs, "        {construct}: {{ items: {items}, mode: {mode} }}").unwrap();
    }
    let manyi = format!(
        "manyi: 1\nproject: {{ title: Paths, lang: en }}\ndata:\n  sources: [{{ file: answers.csv }}]\n  weight: weight\ncolumns:\n{columns}  weight: {{ type: number }}\nplugins:\n  paths:\n    inputs:\n{fed}targets: {{ satisfaction_index: 70 }}\n"
    );
    let manifest = format!(
        "manifest: 1\nid: paths\nversion: 1.0.0\ntitle: Paths\ninputs:\n{inputs}metrics:\n  - {{ id: satisfaction_index, title: Index, estimator: model, model: path_model, value: index_satisfaction, unit: points }}\nmodels:\n  - id: path_model\n    title: Path model\n    model: pls\n    items: [{}]\n    bootstrap: {bootstrap}\n    options:\n      tolerance: 1.0e-12\n      constructs:\n{constructs}      paths: {}\n",
        items.join(", "),
        expected["paths"]
    );
    fs::write(folder.path().join("manyi.yaml"), manyi).unwrap();
    fs::write(plugin.join("plugin.yaml"), manifest).unwrap();
    folder
}

fn close(found: &Value, expected: &Value, what: &str) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{what}: {found} for {expected}");
}

#[test]
fn a_path_model_gives_the_reference_numbers() {
    let expected = reference();
    for (mode, case) in [("A", "path_a"), ("B", "path_b")] {
        let wanted = &expected["cases"][case];
        let folder = project(&expected, mode, 0);
        let results = metrics(folder.path());
        let model = &results["models"][0];
        for (construct, index) in wanted["index"].as_object().unwrap() {
            close(&model["values"][format!("index_{construct}")]["estimate"], index, construct);
        }
        for (construct, r2) in wanted["r_squared"].as_object().unwrap() {
            close(&model["values"][format!("r2_{construct}")]["estimate"], r2, construct);
        }
        let rows = model["tables"][1]["rows"].as_array().unwrap();
        assert_eq!(rows.len(), wanted["paths"].as_object().unwrap().len());
        for row in rows {
            let name = row["title"]["en"].as_str().unwrap().replace('→', "->");
            close(&row["cells"]["coefficient"]["estimate"], &wanted["paths"][&name], &name);
        }
    }
}

#[test]
fn a_metric_publishes_a_value_of_a_model() {
    let expected = reference();
    let folder = project(&expected, "A", 40);
    let results = metrics(folder.path());
    let value = &results["models"][0]["values"]["index_satisfaction"];
    let estimate = find(&results, "satisfaction_index", None, None);
    for key in ["estimate", "se", "ci"] {
        assert_eq!(estimate[key], value[key], "{key}");
        assert!(!estimate[key].is_null(), "{key}");
    }
    assert_eq!(estimate["n"], results["models"][0]["n"]);
    assert_eq!(estimate["df"], estimate["n"].as_f64().unwrap() - 1.0);
    assert_eq!(results["models"][0]["bootstrap"]["failed"], 0);
}
