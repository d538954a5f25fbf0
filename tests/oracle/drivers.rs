//! Reliability, drivers, importance and performance, and Kano categories against R on `models/drivers.csv`;
//! `models/drivers.R` says how R was asked.

use std::collections::HashMap;
use std::fs;

use manyi::models::collinearity::collinearity;
use manyi::models::importance_performance::{Cuts, ImportancePerformance, derived, stated};
use manyi::models::kano::kano;
use manyi::models::relative_weights::relative_weights;
use manyi::models::reliability::reliability;
use manyi::models::shapley::shapley;
use serde_json::{Value, json};

use crate::support;

const TOLERANCE: f64 = 1e-9;

/// The columns of numbers by name.
struct Answers(HashMap<String, Vec<f64>>);

impl Answers {
    fn load() -> Self {
        let mut reader = csv::Reader::from_path(support::root().join("tests/oracle/models/drivers.csv")).unwrap();
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut columns: HashMap<String, Vec<f64>> = HashMap::new();
        for row in reader.records() {
            for (name, cell) in names.iter().zip(&row.unwrap()).filter(|(name, _)| *name != "id") {
                columns.entry(name.clone()).or_default().push(cell.parse().unwrap());
            }
        }
        Self(columns)
    }

    fn column(&self, name: &str) -> &[f64] {
        &self.0[name]
    }

    fn numbered(&self, prefix: &str) -> Vec<&[f64]> {
        (1..=5).map(|item| self.column(&format!("{prefix}{item}"))).collect()
    }

    fn weights(&self, weighting: &str) -> Vec<f64> {
        let weights = self.column("w").iter().enumerate();
        let weight = |(row, weight): (usize, &f64)| match weighting {
            "equal" => 1.0,
            "zeros" if (row + 1) % 5 == 0 => 0.0,
            _ => *weight,
        };
        weights.map(weight).collect()
    }
}

fn cuts(name: &str) -> Cuts {
    match name {
        "means" => Cuts::GrandMeans,
        "medians" => Cuts::Medians,
        _ => Cuts::midpoints((1.0, 7.0), (1.0, 7.0)),
    }
}

/// What the program finds where R found `record`, under the names of R's script.
fn found(answers: &Answers, record: &Value) -> Value {
    let weights = &answers.weights(record["weighting"].as_str().unwrap());
    let names: Vec<&str> = record["set"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let set = || names.iter().map(|name| answers.column(name)).collect::<Vec<&[f64]>>();
    let performance = answers.numbered("performance");
    match record["method"].as_str().unwrap() {
        "reliability" => {
            let found = reliability(&set(), weights).unwrap();
            let items = &found.items;
            json!({
                "alpha": found.alpha,
                "standardized_alpha": found.standardized_alpha,
                "mean_correlation": found.mean_correlation,
                "mean": items.iter().map(|item| item.mean).collect::<Vec<_>>(),
                "standard_deviation": items.iter().map(|item| item.standard_deviation).collect::<Vec<_>>(),
                "item_total": items.iter().map(|item| item.item_total).collect::<Vec<_>>(),
                "item_rest": items.iter().map(|item| item.item_rest).collect::<Vec<_>>(),
                "alpha_if_deleted": items.iter().map(|item| item.alpha_if_deleted).collect::<Vec<_>>(),
                "standardized_alpha_if_deleted":
                    items.iter().map(|item| item.standardized_alpha_if_deleted).collect::<Vec<_>>(),
            })
        }
        "relative_weights" => {
            let found = relative_weights(&set(), answers.column("overall"), weights).unwrap();
            json!({
                "r2": found.r2,
                "raw": found.raw,
                "rescaled": found.rescaled,
                "coefficients": found.coefficients,
            })
        }
        "shapley" => {
            let found = shapley(&set(), answers.column("overall"), weights).unwrap();
            json!({
                "r2": found.r2,
                "raw": found.raw,
                "rescaled": found.rescaled,
                "first": found.first,
                "last": found.last,
            })
        }
        "collinearity" => {
            let found = collinearity(&set(), weights).unwrap();
            json!({ "variance_inflation": found.variance_inflation, "condition_number": found.condition_number })
        }
        "importance_performance" => {
            map(&stated(&answers.numbered("importance"), &performance, weights, cuts(names[0])).unwrap())
        }
        "derived_importance" => {
            map(&derived(&[0.31, 0.22, 0.08, 0.27, 0.12], &performance, weights, cuts(names[0])).unwrap())
        }
        "kano" => {
            let column = |side: &str| answers.column(&format!("{side}{}", names[0]));
            let found = kano(column("functional"), column("dysfunctional"), weights).unwrap();
            json!({
                "answers": found.categories.iter().map(|place| place.answers).collect::<Vec<_>>(),
                "share": found.categories.iter().map(|place| place.share).collect::<Vec<_>>(),
                "category": found.category.letter().to_string(),
                "category_strength": found.category_strength,
                "total_strength": found.total_strength,
                "better": found.better,
                "worse": found.worse,
            })
        }
        other => panic!("no method is called {other}"),
    }
}

fn map(found: &ImportancePerformance) -> Value {
    json!({
        "importance_cut": found.importance_cut,
        "performance_cut": found.performance_cut,
        "importance": found.items.iter().map(|item| item.importance).collect::<Vec<_>>(),
        "performance": found.items.iter().map(|item| item.performance).collect::<Vec<_>>(),
        "gap": found.items.iter().map(|item| item.gap).collect::<Vec<_>>(),
        "quadrant": found.items.iter().map(|item| format!("{:?}", item.quadrant)).collect::<Vec<_>>(),
    })
}

/// Numbers compared and places that differ.
fn compare(place: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) -> usize {
    match expected {
        Value::Object(fields) => {
            let of_field =
                |(name, field): (&String, &Value)| compare(&format!("{place} {name}"), field, &found[name], wrong);
            fields.iter().map(of_field).sum()
        }
        Value::Array(items) => {
            if found.as_array().map(Vec::len) != Some(items.len()) {
                wrong.push(format!("{place}: R has {} values, manyi {found}", items.len()));
            }
            let of_item =
                |(index, item): (usize, &Value)| compare(&format!("{place}[{index}]"), item, &found[index], wrong);
            items.iter().enumerate().map(of_item).sum()
        }
        Value::Number(number) => {
            let expected = number.as_f64().unwrap();
            if !found.as_f64().is_some_and(|found| support::close(expected, found, TOLERANCE)) {
                wrong.push(format!("{place}: R {expected}, manyi {found}"));
            }
            1
        }
        other => {
            if other != found {
                wrong.push(format!("{place}: R {other}, manyi {found}"));
            }
            1
        }
    }
}

#[test]
fn drivers_agree_with_r() {
    let answers = Answers::load();
    let text = fs::read_to_string(support::root().join("tests/oracle/models/drivers.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for record in expected["records"].as_array().unwrap() {
        let place = format!("{} {} {}", record["method"], record["weighting"], record["set"]);
        compared += compare(&place, &record["expected"], &found(&answers, record), &mut wrong);
    }
    assert!(compared > 1200, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}
