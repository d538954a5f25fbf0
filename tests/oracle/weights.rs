//! Raked, post-stratified and trimmed weights against R `survey`, answer by answer; README.md says how R was asked.

use std::fs;

use serde_json::Value;

use super::{folder, project};
use crate::support;

/// Cases of `weighting.json` with the lines that declare them.
const CASES: &[(&str, &str)] = &[
    ("rake", "margins: MARGINS"),
    ("rake_start", "start: w\n    margins: MARGINS"),
    ("rake_population", "start: w\n    population: 12000\n    margins: MARGINS"),
    ("rake_missing", "start: w\n    missing: keep\n    margins: MARGINS"),
    ("rake_all", "start: w\n    per: all\n    margins: MARGINS"),
    ("poststratify", "start: w\n    method: poststratify\n    population: 6300\n    margins: CROSSED"),
    ("trim", "start: w\n    trim: { low: 0.4, high: 1.8 }\n    margins: MARGINS"),
];

const MARGINS: &str = "{ group: { A: 50, B: 30, C: 20 }, stratum: { north: 0.25, south: 0.45, west: 0.3 } }";
const AWARE: &str = ", aware: { false: 0.3, true: 0.7 } }";
const CROSSED: &str = "{ group × stratum: { A: { north: 900, south: 1300, west: 1100 }, B: { north: 600, south: 800, west: 700 }, \
                       C: { north: 300, south: 250, west: 350 } } }";

fn weighting(name: &str, lines: &str) -> String {
    let lines = lines.replace("MARGINS", MARGINS).replace("CROSSED", CROSSED);
    let lines = if name == "rake_missing" { lines.replace(" } }", &format!(" }}{AWARE}")) } else { lines };
    format!("weighting:\n    tolerance: 1e-13\n    {lines}")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn weights_agree_with_r() {
    let expected: Value = serde_json::from_str(&fs::read_to_string(folder().join("weighting.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for (name, lines) in CASES {
        let project = project(name, &weighting(name, lines), "logit");
        let responses = support::responses(project.path());
        let (found, wanted) = (support::weights(&responses), numbers(&expected[*name]));
        assert_eq!(found.len(), wanted.len(), "{name}");
        for (row, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
            if (found - wanted).abs() > 1e-9 * wanted {
                wrong.push(format!("{name} row {row}: R {wanted}, manyi {found}"));
            }
        }
        // The report of the second wave, worked out from R's weights.
        let waves = support::texts(&responses, "wave");
        let of_wave: Vec<f64> =
            wanted.iter().zip(&waves).filter(|(_, wave)| *wave == "2026-11").map(|(weight, _)| *weight).collect();
        let (sum, squares) = (of_wave.iter().sum::<f64>(), of_wave.iter().map(|weight| weight * weight).sum::<f64>());
        let report = &responses.weighting[1];
        assert_eq!((report.wave.as_deref(), report.answers), (Some("2026-11"), 135), "{name}");
        for (found, wanted) in [
            (report.sum, sum),
            (report.n_eff, sum * sum / squares),
            (report.design_effect, 135.0 * squares / (sum * sum)),
            (report.smallest, of_wave.iter().copied().fold(f64::INFINITY, f64::min)),
            (report.largest, of_wave.iter().copied().fold(0.0, f64::max)),
        ] {
            assert!(support::close(found, wanted, 1e-9), "{name}: {found} is not {wanted}");
        }
        assert!(report.converged && report.margin_error <= 1e-13, "{name}");
    }
    assert!(wrong.is_empty(), "{} weights differ:\n{}", wrong.len(), wrong.join("\n"));
}
