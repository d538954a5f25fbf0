//! The bootstrap against R `survey` on the artificial survey of `tests/oracle`: a weighted mean under five designs.

use std::collections::BTreeMap;
use std::sync::Arc;

use manyi::diagnostics::Localized;
use manyi::models::bootstrap::{Plan, bootstrap, multipliers};
use manyi::models::frame::Stratum;
use manyi::models::{Fit, Frame, Item, Measure, Model, ModelProblem, Sample};
use serde_json::Value;

use crate::support::root;

/// The weighted mean of the first item.
struct Mean;

impl Model for Mean {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let values = frame.items[0].values();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(ModelProblem::TooFewAnswers { needed: 1, found: 0 });
        }
        let sum: f64 = weights.iter().zip(values).map(|(weight, value)| weight * value).sum();
        let mean = Measure::new("mean", "均值", "mean").with_interval().value(sum / total);
        Ok(Fit { values: vec![mean], ..Fit::default() })
    }

    fn method(&self) -> Localized {
        Localized::from("mean")
    }
}

/// The answers of a wave as a frame: all rows in the sample, those in the base of the mean kept.
fn frame(wave: &str, design: &str) -> Frame {
    let mut reader = csv::Reader::from_path(root().join("tests/oracle/answers.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let rows: Vec<_> = rows.into_iter().filter(|row| row["wave"] == wave).collect();
    let mut strata: BTreeMap<String, Stratum> = BTreeMap::new();
    let mut known: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut units = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let stratum = if design.contains("strata") { row["stratum"].clone() } else { String::new() };
        let unit = if design.contains("cluster") { row["psu"].clone() } else { number.to_string() };
        let next = u32::try_from(known.len()).unwrap();
        let unit = *known.entry((stratum.clone(), unit)).or_insert(next);
        let held = strata.entry(stratum).or_default();
        if unit == next {
            held.units.push(unit);
        }
        held.population = design.contains("fpc").then(|| row["fpc_psu"].parse().unwrap());
        units.push(unit);
    }
    let praise = |row: &BTreeMap<String, String>| match row["aware"].as_str() {
        "1" => row["praise"].parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    };
    let frame = Frame {
        outcome: None,
        items: vec![Item {
            id: "praise".to_owned(),
            title: Localized::from("praise"),
            columns: vec![rows.iter().map(praise).collect()],
        }],
        groups: None,
        weights: rows.iter().map(|row| row["w"].parse().unwrap()).collect(),
        units,
        sample: Arc::new(Sample { strata: strata.into_values().collect(), units: known.len() }),
    };
    frame.keep(&frame.complete_cases())
}

fn expected() -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join("tests/oracle/expected_bootstrap.json")).unwrap())
        .unwrap()
}

/// A standard error estimated from B replicates has a relative standard error of sqrt((kurtosis - 1) / (4 B)). R's and ours
/// are independent, so they may differ by four times that, taken twice.
#[test]
fn standard_errors_are_those_of_r_within_chance() {
    let expected = expected();
    let plan = Plan { replicates: 10_000, seed: 1, confidence: 0.95 };
    for row in expected["rows"].as_array().unwrap() {
        let (wave, design) = (row["wave"].as_str().unwrap(), row["design"].as_str().unwrap());
        let frame = frame(wave, design);
        let point = Mean.fit(&frame, &frame.weights).unwrap();
        let mean = point.values[0].number.unwrap();
        assert!((mean - row["mean"].as_f64().unwrap()).abs() < 1e-12, "{wave} {design}: mean {mean}");
        let spread = bootstrap(&Mean, &frame, &point, &plan);
        assert_eq!(spread.failed, 0);
        let found = spread.numbers[0].unwrap();
        let Some(se) = row["bootstrap"].as_f64() else {
            // R has no such bootstrap with a finite population: against linearisation, which leaves out what is not linear.
            let linearised = row["linearised"].as_f64().unwrap();
            let ratio = found.se / linearised;
            assert!((ratio - 1.0).abs() < 0.05, "{wave} {design}: se {} for {linearised}", found.se);
            continue;
        };
        let chance = |replicates: f64| (row["kurtosis"].as_f64().unwrap() - 1.0) / (4.0 * replicates);
        let tolerance = 4.0 * (chance(10_000.0) + chance(expected["replicates"].as_f64().unwrap())).sqrt();
        assert!((found.se / se - 1.0).abs() < tolerance, "{wave} {design}: se {} for {se} ± {tolerance}", found.se);
        // The ends of the interval: a quantile at 2.5% of a nearly normal spread has a standard error of 2.67 se / sqrt(B).
        for (end, wanted) in found.ci.iter().zip(row["ci"].as_array().unwrap()) {
            let wanted = wanted.as_f64().unwrap();
            let tolerance = 4.0 * 2.67 * se * (2.0_f64 / 10_000.0).sqrt();
            assert!((end - wanted).abs() < tolerance, "{wave} {design}: end {end} for {wanted} ± {tolerance}");
        }
    }
}

/// In every stratum n - 1 draws raise the weights by n / (n - 1) each: the multipliers add up to n.
#[test]
fn the_weight_of_a_stratum_stays() {
    let stratum = |units: std::ops::Range<u32>| Stratum { units: units.collect(), ..Stratum::default() };
    let sample = Sample { strata: vec![stratum(0..4), stratum(4..5), stratum(5..12)], units: 12 };
    for replicate in 0..50 {
        let factors = multipliers(&sample, 7, replicate);
        assert!((factors[..4].iter().sum::<f64>() - 4.0).abs() < 1e-12);
        assert_eq!(factors[4].to_bits(), 1.0_f64.to_bits(), "a single unit is kept");
        assert!((factors[5..].iter().sum::<f64>() - 7.0).abs() < 1e-12);
    }
    // A stratum taken whole does not vary.
    let whole = Stratum { population: Some(4.0), ..stratum(0..4) };
    assert_eq!(multipliers(&Sample { strata: vec![whole], units: 4 }, 7, 3), [1.0; 4]);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let frame = frame("2026-10", "strata_cluster");
    let point = Mean.fit(&frame, &frame.weights).unwrap();
    let run = |seed| bootstrap(&Mean, &frame, &point, &Plan { replicates: 200, seed, confidence: 0.95 });
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// Fails in every replicate in which the first unit is not drawn: for two units that is every second one.
struct Touchy;

impl Model for Touchy {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        if weights[0] > 0.0 { Mean.fit(frame, weights) } else { Err(ModelProblem::Singular) }
    }

    fn method(&self) -> Localized {
        Localized::from("touchy")
    }
}

#[test]
fn too_many_failures_give_no_standard_error() {
    let item = Item { id: "x".into(), title: Localized::from("x"), columns: vec![vec![1.0, 2.0]] };
    let frame = Frame {
        outcome: None,
        items: vec![item],
        groups: None,
        weights: vec![1.0, 1.0],
        units: vec![0, 1],
        sample: Arc::new(Sample::simple(2)),
    };
    let point = Touchy.fit(&frame, &frame.weights).unwrap();
    let plan = Plan { replicates: 100, seed: 1, confidence: 0.95 };
    let spread = bootstrap(&Touchy, &frame, &point, &plan);
    assert!((30..70).contains(&spread.failed), "{} of 100 replicates lack the first unit", spread.failed);
    assert!(spread.is_unusable(&plan));
    assert_eq!(spread.numbers, [None]);
    assert_eq!(spread.problem, Some(ModelProblem::Singular));
}
