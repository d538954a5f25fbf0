//! Index hierarchies declared in a plugin: numbers of numpy in `hierarchy/tests.yaml`, and what is said of bad declarations.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{manyi, metrics, problems, root};

/// A project with the plugin, whose declaration `change` edits; every input has its column unless it is left out.
fn project(change: impl Fn(&str) -> String, left_out: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("plugins/service-index");
    fs::create_dir_all(&plugin).unwrap();
    let own = |name: &str| fs::read_to_string(root().join("tests/models/hierarchy").join(name)).unwrap();
    fs::write(plugin.join("plugin.yaml"), change(&own("plugin.yaml"))).unwrap();
    fs::write(plugin.join("tests.yaml"), own("tests.yaml")).unwrap();
    let columns = ["taste", "choice", "price", "manner", "waiting", "overall", "branch"];
    let mut rows = format!("{}\n", columns.join(","));
    for row in 0..60 {
        let points = [row % 5, (row + 1) % 4, (row * 7) % 5, (row / 2) % 5, (row * 3) % 5]
            .map(|points| (points + 1).to_string());
        rows +=
            &format!("{},{},{}\n", points.join(","), row % 5 + row % 3, ["north", "south", "west"][row * row % 7 % 3]);
    }
    fs::write(folder.path().join("a.csv"), rows).unwrap();
    let kind = |name: &str| match name {
        "overall" => "type: number",
        "branch" => "type: single",
        _ => "type: scale, range: [1, 5]",
    };
    let declared: String = columns.iter().map(|name| format!("  {name}: {{ {} }}\n", kind(name))).collect();
    let fed: Vec<String> =
        columns.iter().filter(|name| **name != left_out).map(|name| format!("{name}: {name}")).collect();
    let yaml = format!(
        "manyi: 1\nproject: {{ title: t, lang: en }}\ndata: {{ sources: [{{ file: a.csv, dialect: plain }}] }}\ncolumns:\n{declared}plugins:\n  service-index: {{ inputs: {{ {} }} }}\n",
        fed.join(", ")
    );
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    folder
}

fn model<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["models"].as_array().unwrap().iter().find(|result| result["model"] == id).unwrap()
}

#[test]
fn indices_and_weights_are_those_of_numpy() {
    let folder = project(str::to_owned, "");
    let output = manyi().args(["plugins", "test", "service-index", "--project"]).arg(folder.path()).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed, 0 failed"), "{text}");
    // The circle of judgements is said to be one, and the weights are used.
    assert!(text.contains("M0635") && text.contains("consistency ratio 6.130"), "{text}");
}

#[test]
fn a_project_gets_indices_with_intervals() {
    let folder = project(str::to_owned, "");
    let results = metrics(folder.path());
    let judged = model(&results, "judged");
    let index = &judged["values"]["index"];
    let (low, high) = (index["ci"][0].as_f64().unwrap(), index["ci"][1].as_f64().unwrap());
    assert!(low < index["estimate"].as_f64().unwrap() && index["estimate"].as_f64().unwrap() < high);
    // Judged weights do not depend on the answers, derived ones do.
    let local = |id: &str| model(&results, id)["tables"][0]["rows"][0]["cells"]["local"].clone();
    assert!(
        local("judged")["ci"].is_null() && local("derived")["ci"].is_array() && local("by_entropy")["ci"].is_array()
    );
    let notes = |id: &str| model(&results, id)["notes"].to_string();
    assert!(notes("by_entropy").contains("not what customers find important"));
    assert!(notes("contradictory").contains("contradict each other"));
    // Parts stand in reading order.
    let ids: Vec<&str> =
        judged["tables"][0]["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["product", "taste", "choice", "price", "service", "manner", "waiting"]);
}

#[test]
fn an_index_is_never_averaged_over_what_is_left() {
    let folder = project(
        |text| {
            text.replacen(
                "price: { type: scale, range: [1, 5] }",
                "price: { type: scale, range: [1, 5], optional: true }",
                1,
            )
        },
        "price",
    );
    let results = metrics(folder.path());
    for id in ["judged", "contradictory", "by_entropy", "derived"] {
        assert_eq!(model(&results, id)["reason"], "missing_input", "{id}");
    }
}

#[test]
fn mistakes_of_a_hierarchy_are_found_without_data() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("\"1/3\"", "0.333", "M0634", "models[0].options.parts.product.judgements"),
        ("[[1, 3, 5], [\"1/3\", 1, 2]", "[[1, 3], [\"1/3\", 1]", "M0634", "models[0].options.parts.product.judgements"),
        ("{ manner: 2,", "{ manners: 2,", "M0630", "models[0].options.parts.service.parts.manners"),
        ("{ manner: 2, waiting:", "{ waiting:", "M0634", "models[0].options.parts"),
        ("manner: 2, waiting: { weight: 1,", "manner: 0, waiting: { weight: 0,", "M0634", "models[0].options.parts"),
        ("    group: branch\n", "", "M0632", "models[2]"),
        ("    of: overall\n", "", "M0608", "models[3]"),
        (
            "    model: hierarchy\n    items: [taste, choice, price]",
            "    model: hierarchy\n    group: branch\n    items: [taste, choice, price]",
            "M0633",
            "models[1].group",
        ),
        ("weights: entropy", "weights: entrophy", "M0614", "models[2].options.weights"),
        (
            "{ taste: 1, choice: 1, price: 2 }",
            "{ a: { parts: { b: { parts: { taste: 1, choice: 1, price: 2 } } } } }",
            "M0634",
            "models[3].options.parts",
        ),
        (
            "taste: { type: scale, range: [1, 5] }",
            "taste: { type: number }",
            "M0628",
            "models[0].options.parts.product.parts.taste",
        ),
    ];
    for (before, after, code, place) in cases {
        let folder = project(
            |text| {
                assert!(text.contains(before), "{before}");
                text.replacen(before, after, 1)
            },
            "",
        );
        let found = problems(folder.path());
        assert!(found.iter().any(|(held, at)| held == code && at == place), "{code} at {place}: {found:?}");
    }
}
