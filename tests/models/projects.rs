//! A project whose plugin declares models, run as users run it; the numbers are those of R in `tests/oracle/models`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{manyi, metrics, reported, root};

/// The project in a folder of its own; `change` edits `plugin.yaml`.
fn project(change: impl Fn(&str) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugins/service");
    fs::create_dir_all(&plugin).unwrap();
    let own = |name: &str| fs::read_to_string(root().join("tests/models").join(name)).unwrap();
    fs::write(folder.path().join("manyi.yaml"), own("project.yaml")).unwrap();
    fs::write(plugin.join("plugin.yaml"), change(&own("plugin.yaml"))).unwrap();
    fs::write(plugin.join("tests.yaml"), own("tests.yaml")).unwrap();
    fs::copy(root().join("tests/oracle/models/drivers.csv"), folder.path().join("drivers.csv")).unwrap();
    folder
}

fn as_written() -> TempDir {
    project(str::to_owned)
}

/// What R gives for the weighted survey.
fn expected(method: &str, set: &str) -> Value {
    let text = fs::read_to_string(root().join("tests/oracle/models/drivers.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let wanted =
        |record: &&Value| record["method"] == method && record["weighting"] == "weighted" && record["set"][0] == set;
    let records = all["records"].as_array().unwrap();
    let six = |record: &&Value| set != "x1" || record["set"].as_array().unwrap().len() == 6;
    records.iter().filter(wanted).find(six).unwrap()["expected"].clone()
}

fn model<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["models"].as_array().unwrap().iter().find(|result| result["model"] == id).unwrap()
}

fn close(found: &Value, expected: &Value) {
    let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} for {expected}");
}

/// A measure of every row of a table.
fn column<'a>(result: &'a Value, table: usize, measure: &str) -> Vec<&'a Value> {
    let rows = result["tables"][table]["rows"].as_array().unwrap();
    rows.iter().map(|row| &row["cells"][measure]["estimate"]).collect()
}

fn close_column(result: &Value, measure: &str, expected: &Value) {
    let found = column(result, 0, measure);
    assert_eq!(found.len(), expected.as_array().unwrap().len());
    found.iter().zip(expected.as_array().unwrap()).for_each(|(found, expected)| close(found, expected));
}

#[test]
fn models_give_the_numbers_of_r() {
    let folder = as_written();
    let results = metrics(folder.path());
    let alpha = model(&results, "service_alpha");
    let r = expected("reliability", "x1");
    close(&alpha["values"]["alpha"]["estimate"], &r["alpha"]);
    close_column(alpha, "mean", &r["mean"]);
    close_column(alpha, "standard_deviation", &r["standard_deviation"]);
    assert_eq!(alpha["n"], 260);
    for (id, method) in [("overall_drivers", "relative_weights"), ("overall_shapley", "shapley")] {
        let r = expected(method, "x1");
        close(&model(&results, id)["values"]["r2"]["estimate"], &r["r2"]);
        close_column(model(&results, id), "raw", &r["raw"]);
    }
    let r = expected("importance_performance", "means");
    close(&model(&results, "priorities")["values"]["importance_cut"]["estimate"], &r["importance_cut"]);
    close_column(model(&results, "priorities"), "importance", &r["importance"]);
    close_column(model(&results, "priorities"), "performance", &r["performance"]);
    for (number, row) in model(&results, "features")["tables"][0]["rows"].as_array().unwrap().iter().enumerate() {
        let r = expected("kano", &(number + 1).to_string());
        close(&row["cells"]["better"]["estimate"], &r["better"]);
        close(&row["cells"]["worse"]["estimate"], &r["worse"]);
        let letter = r["category"].as_str().unwrap();
        assert!(row["cells"]["category"]["text"]["en"].as_str().unwrap().starts_with(letter), "{row}");
    }
}

#[test]
fn intervals_come_from_the_bootstrap_where_there_is_one() {
    let folder = as_written();
    let results = metrics(folder.path());
    let alpha = &model(&results, "service_alpha")["values"]["alpha"];
    let (low, high) = (alpha["ci"][0].as_f64().unwrap(), alpha["ci"][1].as_f64().unwrap());
    let estimate = alpha["estimate"].as_f64().unwrap();
    assert!(alpha["se"].as_f64().unwrap() > 0.0 && low < estimate && estimate < high);
    assert_eq!(model(&results, "service_alpha")["bootstrap"]["replicates"], 100);
    let shapley = model(&results, "overall_shapley");
    assert!(shapley["bootstrap"].is_null() && shapley["values"]["r2"]["se"].is_null());
    assert_eq!(results["models"], metrics(folder.path())["models"], "a second run differs");
}

#[test]
fn groups_are_computed_where_asked_for() {
    let folder = as_written();
    let results = metrics(folder.path());
    let of = |id: &str| {
        let all = results["models"].as_array().unwrap().iter();
        all.filter(|result| result["model"] == id).cloned().collect::<Vec<_>>()
    };
    let alpha = of("service_alpha");
    assert_eq!(alpha.len(), 3);
    assert_eq!(alpha[0]["segment"], serde_json::json!({}));
    let n = |result: &Value| result["n"].as_u64().unwrap();
    assert_eq!(n(&alpha[1]) + n(&alpha[2]), n(&alpha[0]));
    assert_eq!(of("overall_drivers").len(), 1);
}

#[test]
fn an_item_that_nobody_was_asked_is_left_out() {
    let folder = as_written();
    let results = metrics(folder.path());
    assert_eq!(column(model(&results, "service_alpha"), 0, "mean").len(), 6);
    let notes = results["diagnostics"].as_array().unwrap();
    assert!(notes.iter().any(|note| note["code"] == "M0615" && note["message"].as_str().unwrap().contains("x7")));
}

/// The codes, places and hints of what `check` prints for a plugin.
fn problems(folder: &Path) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = reported(folder);
    found.iter().map(|one| (text(&one["code"]), text(&one["key_path"]), text(&one["hint"]))).collect()
}

#[test]
fn mistakes_of_a_declaration_are_found_without_data() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("model: reliability", "model: relability", "M0607", "models[0].model"),
        ("model: shapley\n    of: overall", "model: shapley", "M0608", "models[2]"),
        ("model: kano\n", "model: kano\n    of: x1\n", "M0609", "models[4].of"),
        ("items: [x1, x2, x3, x4, x5, x6, x7]", "items: [x1]", "M0610", "models[0].items"),
        (", importance: importance3 }", " }", "M0611", "models[3].items[2]"),
        (
            "items: [x1, x2, x3, x4, x5, x6, x7]",
            "items: [{ of: x1, functional: x2 }, x3]",
            "M0612",
            "models[0].items[0]",
        ),
        ("    bootstrap: 100\n    by", "    options: { scale: 1 }\n    by", "M0613", "models[0].options.scale"),
        (
            "model: importance_performance",
            "model: importance_performance\n    options: { cuts: middle }",
            "M0614",
            "models[3].options.cuts",
        ),
        (
            "model: importance_performance",
            "model: importance_performance\n    options: { cuts: midpoints }",
            "M0628",
            "models[3].options.cuts",
        ),
        ("bootstrap: 0", "bootstrap: 1", "M0603", "models[2].bootstrap"),
        ("id: priorities", "id: features", "M0602", "models[4].id"),
        ("items: [x1, x2, x3, x4, x5, x6, x7]", "items: [x1 + x2, x3]", "M0605", "models[0].items[0]"),
        ("items: [x1, x2, x3, x4, x5, x6, x7]", "items: [x1, x3, x1]", "M0606", "models[0].items[2]"),
    ];
    for (before, after, code, place) in cases {
        let folder = project(|text| {
            assert!(text.contains(before), "{before}");
            text.replacen(before, after, 1)
        });
        let found = problems(folder.path());
        assert!(found.iter().any(|(held, at, _)| held == code && at == place), "{code} at {place}: {found:?}");
    }
    let folder = project(|text| text.replacen("model: reliability", "model: relability", 1));
    let hints = problems(folder.path());
    assert!(hints.iter().any(|(_, _, hint)| hint.contains("did you mean `reliability`?")), "{hints:?}");
}

#[test]
fn cases_of_models_are_run() {
    let folder = as_written();
    let output = manyi().args(["plugins", "test", "service", "--project"]).arg(folder.path()).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("2 passed, 0 failed"), "{text}");
    let tests = folder.path().join("plugins/service/tests.yaml");
    fs::write(&tests, fs::read_to_string(&tests).unwrap().replace("0.945945945945946", "0.9")).unwrap();
    let output = manyi().args(["plugins", "test", "service", "--project"]).arg(folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && text.contains("alpha of `service_alpha` is 0.94594594594594"), "{text}");
}

#[test]
fn a_model_is_explained() {
    let folder = as_written();
    let output = manyi().args(["explain", "overall_drivers"]).arg(folder.path()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for wanted in
        ["Johnson 2000", "overall ← overall", "260  complete, used by the model", "seed 1", "sha256", "Waiting"]
    {
        assert!(text.contains(wanted), "`{wanted}` is missing in\n{text}");
    }
}
