//! PLS path modelling against plspm and seminr on the weighted answers in this folder; README.md says how they were asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use manyi::models::pls::{Answers, Construct, Fit, Indicator, Mode, Model, Path, Scale, Scheme, Settings, fit};
use serde_json::Value;

use crate::support;

/// Iterative results of either program agree with each other to 1e-8 at least.
const TOLERANCE: f64 = 1e-8;

/// The names of the survey, in the order of the numbers that manyi uses.
struct Names {
    constructs: Vec<String>,
    columns: Vec<String>,
}

fn folder() -> PathBuf {
    support::root().join("tests/oracle/pls")
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

/// Indicator columns in the order of `names`, and the weights.
fn answers(names: &[String]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut reader = csv::Reader::from_path(folder().join("answers.csv")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |name: &str| -> Vec<f64> {
        let place = headers.iter().position(|header| header == name).unwrap();
        rows.iter().map(|row| row[place].parse().unwrap()).collect()
    };
    (names.iter().map(|name| column(name)).collect(), column("weight"))
}

fn names(expected: &Value) -> Names {
    let blocks = expected["blocks"].as_object().unwrap();
    let columns = blocks.values().flat_map(|block| block.as_array().unwrap());
    Names {
        constructs: blocks.keys().cloned().collect(),
        columns: columns.map(|name| name.as_str().unwrap().to_owned()).collect(),
    }
}

fn model(expected: &Value, names: &Names, mode_b: &Value) -> Model {
    let scale = |name: &str| {
        let given = &expected["scales"][name];
        Scale { lowest: given[0].as_f64().unwrap_or(1.0), highest: given[1].as_f64().unwrap_or(10.0) }
    };
    let indicator = |name: &Value| {
        let name = name.as_str().unwrap();
        let column = names.columns.iter().position(|known| known == name).unwrap();
        Indicator { column, scale: scale(name) }
    };
    let constructs = expected["blocks"].as_object().unwrap().iter().map(|(name, block)| Construct {
        mode: if mode_b.as_array().unwrap().iter().any(|other| other == name) { Mode::B } else { Mode::A },
        indicators: block.as_array().unwrap().iter().map(indicator).collect(),
    });
    let number = |name: &Value| names.constructs.iter().position(|known| known == name.as_str().unwrap()).unwrap();
    let paths = expected["paths"].as_array().unwrap().iter();
    let paths = paths.map(|ends| Path { from: number(&ends[0]), to: number(&ends[1]) });
    Model::new(constructs.collect(), paths.collect()).unwrap()
}

/// All numbers of a fit under the keys of `expected.json`.
fn numbers(fit: &Fit, model: &Model, names: &Names) -> Vec<(String, f64)> {
    let mut found = Vec::new();
    let mut push = |keys: &[&str], value: f64| found.push((format!("/{}", keys.join("/")), value));
    for (number, construct) in fit.constructs.iter().enumerate() {
        let name = names.constructs[number].as_str();
        for (place, indicator) in model.constructs()[number].indicators.iter().enumerate() {
            let column = names.columns[indicator.column].as_str();
            push(&["outer_weights", column], construct.outer_weights[place]);
            push(&["cross_loadings", column, name], construct.loadings[place]);
        }
        push(&["index", name], construct.index.as_ref().unwrap().value);
        if let Some(r_squared) = construct.r_squared {
            push(&["r_squared", name], r_squared.plain);
            push(&["adjusted_r_squared", name], r_squared.adjusted.unwrap());
        }
        if let Some(reliability) = construct.reliability {
            push(&["reliability", name, "alpha"], reliability.alpha);
            push(&["reliability", name, "rhoA"], reliability.rho_a.unwrap());
            push(&["reliability", name, "rhoC"], reliability.rho_c);
            push(&["reliability", name, "AVE"], reliability.average_variance);
        }
        for (other, other_name) in names.constructs.iter().enumerate() {
            push(&["correlations", name, other_name], fit.correlations[number][other]);
            if let Some(ratio) = fit.heterotrait_monotrait[number][other].filter(|_| number < other) {
                push(&["heterotrait_monotrait", &format!("{name} - {other_name}")], ratio);
            }
        }
    }
    for (column, row) in names.columns.iter().zip(&fit.cross_loadings) {
        for (construct, value) in names.constructs.iter().zip(row) {
            push(&["cross_loadings", column, construct], *value);
        }
    }
    let arrow = |from: usize, to: usize| format!("{} -> {}", names.constructs[from], names.constructs[to]);
    for (path, coefficient) in model.paths().iter().zip(&fit.paths) {
        push(&["paths", &arrow(path.from, path.to)], *coefficient);
    }
    for effect in &fit.effects {
        push(&["total_effects", &arrow(effect.from, effect.to)], effect.total);
    }
    found
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(entries) => entries.values().map(count).sum(),
        Value::Number(_) => 1,
        _ => 0,
    }
}

#[test]
fn path_models_agree_with_plspm_and_seminr() {
    let expected = expected();
    let names = names(&expected);
    let (columns, weights) = answers(&names.columns);
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let moments = Answers::new(&columns).unwrap().moments(&weights).unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, case) in expected["cases"].as_object().unwrap() {
        let scheme = match case["scheme"].as_str().unwrap() {
            "centroid" => Scheme::Centroid,
            "factorial" => Scheme::Factorial,
            _ => Scheme::Path,
        };
        let model = model(&expected, &names, &case["mode_b"]);
        let fit = fit(&moments, &model, &Settings { scheme, tolerance: 1e-10, ..Settings::default() }).unwrap();
        let found = numbers(&fit, &model, &names);
        for (pointer, value) in &found {
            let Some(given) = case.pointer(pointer).and_then(Value::as_f64) else {
                // seminr knows no centroid scheme, so nothing is expected of reliability there.
                assert!(name.starts_with("centroid") && !pointer.starts_with("/outer"), "{name} lacks {pointer}");
                continue;
            };
            if !support::close(*value, given, TOLERANCE) {
                wrong.push(format!("{name}{pointer}: {given} expected, {value} found"));
            }
        }
        let keys: BTreeSet<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        compared += keys.iter().filter(|pointer| case.pointer(pointer).is_some()).count();
    }
    assert!(wrong.is_empty(), "{} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(compared, count(&expected["cases"]), "some expected numbers were not compared");
}
