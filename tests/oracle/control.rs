//! Control charts against `pycontrolcharts` (limits) and regular expressions over zones (rules): control/make_control.py.

use manyi::analysis::control::{Chart, ControlPoint, Rules, control_chart};
use serde_json::Value;

/// What tables print for d₂ of two; the program takes 2/√π.
const TABLE_D2: f64 = 1.128;

fn numbers(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(found: f64, wanted: f64, tolerance: f64) -> bool {
    (found - wanted).abs() <= tolerance * wanted.abs().max(1.0)
}

#[test]
fn limits_and_signals_are_those_of_other_programs() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("control/expected.json")).unwrap();
    let exact = std::f64::consts::FRAC_2_SQRT_PI;
    let mut fired = 0;
    for case in &cases {
        let (values, answers) = (numbers(case, "values"), numbers(case, "answers"));
        let points: Vec<ControlPoint> =
            values.iter().zip(&answers).map(|(&value, &answers)| ControlPoint { value, answers }).collect();
        let chart = if case["chart"] == "p" { Chart::P } else { Chart::Xmr };
        let (lower, centre, upper) = (numbers(case, "lower"), numbers(case, "centre"), numbers(case, "upper"));
        let scale = if chart == Chart::P { 1.0 } else { TABLE_D2 / exact };
        for rules in [Rules::WesternElectric, Rules::Nelson] {
            let found = control_chart(&points, chart, rules, None).unwrap();
            for (at, limits) in found.limits.iter().enumerate() {
                let wanted = |limit: f64| centre[at] + (limit - centre[at]) * scale;
                let name = &case["name"];
                assert!(near(limits.centre, centre[at], 1e-12), "{name} {at}");
                assert!(near(limits.lower, wanted(lower[at]), 1e-12), "{name} {at}: {} {}", limits.lower, lower[at]);
                assert!(near(limits.upper, wanted(upper[at]), 1e-12), "{name} {at}: {} {}", limits.upper, upper[at]);
            }
            if let Some(limit) = case["range_limit"].as_f64() {
                // Tables print 3.267 or 3.268 for D₄, which is 3.2665.
                assert!(
                    near(found.range_limit.unwrap(), limit, 6e-4),
                    "{}: {:?} {limit}",
                    case["name"],
                    found.range_limit
                );
            }
            for (rule, wanted) in case["signals"].as_object().unwrap() {
                let of_set = match rule.as_str() {
                    "two_of_three" | "four_of_five" | "eight_on_one_side" => rules == Rules::WesternElectric,
                    "nine_on_one_side" | "six_trending" | "fourteen_alternating" => rules == Rules::Nelson,
                    _ => true,
                };
                let own =
                    found.signals.iter().filter(|signal| serde_json::to_value(signal.rule).unwrap() == *rule.as_str());
                let own: Vec<u64> = own.map(|signal| signal.at as u64).collect();
                let wanted: Vec<u64> = wanted.as_array().unwrap().iter().map(|at| at.as_u64().unwrap()).collect();
                fired += own.len();
                let wanted = if of_set { wanted } else { Vec::new() };
                assert_eq!(own, wanted, "{} {rule} of {rules:?}", case["name"]);
            }
        }
    }
    assert!(fired > 500, "{fired}");
}
