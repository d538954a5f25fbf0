//! Weights of criteria and intervals of shares against Python.

use manyi::models::ahp::{Judgements, RandomIndex, WeightMethod};
use manyi::models::entropy::{Direction, Normalisation, critic_weights, deviation_weights, entropy_weights};
use manyi::models::hierarchy::Hierarchy;
use manyi::models::wilson::{newcombe, wilson};
use serde_json::Value;

use super::{Comparison, expected};

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn compare_judgements(comparison: &mut Comparison, wanted: &Value, judgements: &Judgements) {
    let size = judgements.size();
    let found = judgements.priorities(WeightMethod::Eigenvector, RandomIndex::Saaty1980);
    let other = judgements.priorities(WeightMethod::GeometricMean, RandomIndex::Saaty2005);
    comparison.numbers(&format!("eigenvector of {size}"), &wanted["eigenvector"], found.weights.iter().copied());
    comparison.numbers(&format!("geometric means of {size}"), &wanted["geometric"], other.weights.iter().copied());
    comparison.number("lambda_max", &wanted["lambda_max"], found.lambda_max);
    assert_eq!(found.lambda_max, other.lambda_max);
    // Consistent judgements leave nothing but rounding.
    if wanted["index"].as_f64().unwrap() > 1e-9 {
        comparison.number("index", &wanted["index"], found.consistency_index);
        comparison.number("ratio 1980", &wanted["ratio_1980"], found.consistency_ratio.unwrap());
        comparison.number("ratio 2005", &wanted["ratio_2005"], other.consistency_ratio.unwrap());
        let worst = found.worst.unwrap();
        assert_eq!(list(&wanted["worst"]), [worst.row as f64, worst.column as f64]);
        comparison.number("worst error", &wanted["worst_error"], worst.error);
    } else {
        assert!(found.consistency_index < 1e-12 && found.worst.is_none());
    }
}

#[test]
fn judgements_agree_with_python() {
    let expected = expected("expected_python.json");
    let mut comparison = Comparison::default();
    for wanted in expected["judgements"].as_array().unwrap() {
        let size = wanted["size"].as_u64().unwrap() as usize;
        let judgements = Judgements::from_pairs(size, &list(&wanted["pairs"])).unwrap();
        compare_judgements(&mut comparison, wanted, &judgements);
    }
    let panel = &expected["panel"];
    let judges: Vec<Judgements> = panel["judges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|judge| Judgements::from_pairs(5, &list(judge)).unwrap())
        .collect();
    let combined = Judgements::combined(&judges, &list(&panel["shares"])).unwrap();
    compare_judgements(&mut comparison, panel, &combined);
    comparison.finish(120);
}

/// AHPy rounds its weights to the thirteenth place.
#[test]
fn a_hierarchy_agrees_with_python() {
    let tree = &expected("expected_python.json")["tree"];
    let weights = |name: &str, size: usize| {
        let judgements = Judgements::from_pairs(size, &list(&tree["pairs"][name])).unwrap();
        judgements.priorities(WeightMethod::Eigenvector, RandomIndex::default()).weights
    };
    let local: Vec<f64> = [weights("top", 3), weights("a", 3), weights("a2", 2), weights("c", 2)].concat();
    let parents: Vec<Option<usize>> = tree["parents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parent| parent.as_u64().map(|parent| parent as usize))
        .collect();
    let found = Hierarchy::new(&parents, &local).unwrap();
    let mut comparison = Comparison::default();
    comparison.numbers("global", &tree["global"], found.nodes.iter().map(|node| node.global));
    comparison.finish(10);
}

#[test]
fn objective_weights_agree_with_python() {
    let expected = expected("expected_python.json");
    let mut comparison = Comparison::default();
    for wanted in expected["objective"].as_array().unwrap() {
        let values = list(&wanted["values"]);
        let directions: Vec<Direction> = wanted["costs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cost| if cost.as_bool().unwrap() { Direction::Cost } else { Direction::Benefit })
            .collect();
        let share = entropy_weights(&values, &directions, Normalisation::Share).unwrap();
        let min_max = entropy_weights(&values, &directions, Normalisation::MinMax).unwrap();
        comparison.numbers("share", &wanted["share"], share.weights);
        comparison.numbers("min-max entropy", &wanted["min_max_entropy"], min_max.entropy);
        comparison.numbers("min-max", &wanted["min_max"], min_max.weights);
        comparison.numbers("deviation", &wanted["deviation"], deviation_weights(&values, directions.len()).unwrap());
        comparison.numbers("critic", &wanted["critic"], critic_weights(&values, &directions).unwrap());
    }
    comparison.finish(75);
}

#[test]
fn intervals_of_shares_agree_with_statsmodels() {
    let expected = expected("expected_python.json");
    let mut comparison = Comparison::default();
    for wanted in expected["shares"]["wilson"].as_array().unwrap() {
        let (yes, cases) = (wanted["yes"].as_f64().unwrap(), wanted["cases"].as_f64().unwrap());
        let found = wilson(yes / cases, cases, wanted["confidence"].as_f64().unwrap()).unwrap();
        comparison.numbers(&format!("{yes} of {cases}"), &wanted["limits"], [found.lower, found.upper]);
    }
    for wanted in expected["shares"]["newcombe"].as_array().unwrap() {
        let share = |counts: &Value| (list(counts)[0] / list(counts)[1], list(counts)[1]);
        let (first, second) = (share(&wanted["first"]), share(&wanted["second"]));
        let found = newcombe(first, second, wanted["confidence"].as_f64().unwrap()).unwrap();
        comparison.numbers("newcombe", &wanted["limits"], [found.interval.lower, found.interval.upper]);
    }
    comparison.finish(56);
}
