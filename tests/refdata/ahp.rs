//! AHP and entropy weights against the numbers that AHPy, ahpsurvey and pymcdm publish.

use std::fs;

use manyi::models::ahp::{Judgements, Priorities, RandomIndex, WeightMethod};
use manyi::models::entropy::{Direction, Normalisation, entropy_weights};
use serde_json::Value;

use crate::support;

fn reference(test: &str) -> Option<Value> {
    let folder = support::reference_data(test)?.join("ahp_entropy");
    let text = fs::read_to_string(folder.join("expected_ahp_entropy.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn judgements(example: &Value) -> Judgements {
    let rows = example["matrix"].as_array().unwrap();
    let values = rows.iter().flat_map(|row| row.as_array().unwrap()).map(|value| value.as_f64().unwrap());
    Judgements::new(rows.len(), &values.collect::<Vec<_>>()).unwrap()
}

fn close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("no number for {what}"));
    assert!(support::close(found, expected, tolerance), "{what}: {found} is not {expected}");
}

/// Compares the weights of every element, by name.
fn compare(example: &Value, found: &Priorities, key: &str, tolerance: f64) {
    for (name, weight) in example["names"].as_array().unwrap().iter().zip(&found.weights) {
        let name = name.as_str().unwrap();
        close(name, *weight, &example[key][name], tolerance);
    }
}

#[test]
fn judgements_agree_with_ahpy_and_ahpsurvey() {
    let Some(reference) = reference("judgements_agree_with_ahpy_and_ahpsurvey") else { return };
    for (name, ratio) in [("drinks", "CR_saaty"), ("city_criteria", "CR_saaty")] {
        let example = &reference[name];
        let judgements = judgements(example);
        let found = judgements.priorities(WeightMethod::Eigenvector, RandomIndex::Saaty1980);
        compare(example, &found, "weights_eigen", 1e-9);
        close("lambda_max", found.lambda_max, &example["lambda_max"], 1e-9);
        close("CI", found.consistency_index, &example["CI"], 1e-9);
        close("RI", found.random_index.unwrap(), &example["RI_saaty"], 1e-9);
        close("CR", found.consistency_ratio.unwrap(), &example[ratio], 1e-9);
        assert_eq!(found.consistent, Some(true));
        let found = judgements.priorities(WeightMethod::GeometricMean, RandomIndex::Saaty2005);
        compare(example, &found, "weights_geometric", 1e-9);
        // AHPy, six digits, with Saaty's later table: 1.11 for five elements.
        let found = found.consistency_ratio.unwrap();
        assert!((found - example["ahpy_CR_6dp"].as_f64().unwrap()).abs() <= 5e-7, "{found}");
    }
}

#[test]
fn published_weights_agree() {
    let Some(reference) = reference("published_weights_agree") else { return };
    let example = &reference["drinks"];
    let found = judgements(example).priorities(WeightMethod::Eigenvector, RandomIndex::DoneganDodd1991);
    for (name, weight) in example["names"].as_array().unwrap().iter().zip(&found.weights) {
        let published = &example["published_by_AHPy_tests"]["weights_saaty_3dp"][name.as_str().unwrap()];
        assert!((weight - published.as_f64().unwrap()).abs() <= 0.000_5, "{name}: {weight}");
    }
    let published = example["published_by_AHPy_tests"]["CR_donegan_dodd"].as_f64().unwrap();
    assert!((found.consistency_ratio.unwrap() - published).abs() <= 0.000_05);
}

/// The pairs of the first judge of ahpsurvey: -3 in `cult_house` says that culture counts three times as much as housing.
#[test]
fn answers_of_a_questionnaire_make_the_matrix() {
    let Some(data) = support::reference_data("answers_of_a_questionnaire_make_the_matrix") else { return };
    let mut reader = csv::Reader::from_path(data.join("ahp_entropy/ahpsurvey_city1.csv")).unwrap();
    let record = reader.records().next().unwrap().unwrap();
    let answers = record.iter().map(|cell| cell.parse::<f64>().unwrap());
    let pairs: Vec<f64> = answers.map(|answer| if answer < 0.0 { -answer } else { 1.0 / answer }).collect();
    let found =
        Judgements::from_pairs(5, &pairs).unwrap().priorities(WeightMethod::Eigenvector, RandomIndex::Saaty2005);
    let reference = reference("answers_of_a_questionnaire_make_the_matrix").unwrap();
    compare(&reference["city_criteria"], &found, "weights_eigen", 1e-9);
}

/// The reference gives entropies and weights only; the matrix is the small example that reproduces them.
#[test]
fn entropy_weights_agree() {
    let Some(reference) = reference("entropy_weights_agree") else { return };
    let values = [
        3.0, 100.0, 10.0, 7.0, //
        2.5, 80.0, 8.0, 5.0, //
        1.8, 50.0, 20.0, 11.0, //
        2.2, 70.0, 12.0, 9.0,
    ];
    let found = entropy_weights(&values, &[Direction::Benefit; 4], Normalisation::MinMax).unwrap();
    let example = &reference["entropy_example_minmax_0ln0=0"];
    for column in 0..4 {
        close("entropy", found.entropy[column], &example["entropy"][column], 1e-9);
        close("weight", found.weights[column], &example["weights"][column], 1e-9);
    }
}
