//! Standard errors that know how the weights were made, against R `survey`; README.md says how R was asked.

use std::fs;

use manyi::diagnostics::Diagnostics;
use manyi::pipeline;
use serde_json::Value;

use super::{folder, project};
use crate::support;

/// Designs of `calibrated.json` with start weights and the lines that declare them.
const DESIGNS: [(&str, &str, &str); 4] = [
    ("srs", "", ""),
    ("weights", "start: w\n    ", ""),
    ("strata_fpc", "start: w\n    ", "\n  design: { strata: stratum, fpc: fpc }"),
    ("strata_cluster", "start: w\n    ", "\n  design: { strata: stratum, cluster: psu }"),
];

const METHODS: [(&str, &str); 2] = [
    ("rake", "margins: { group: { A: 50, B: 30, C: 20 }, stratum: { north: 0.25, south: 0.45, west: 0.3 } }"),
    (
        "poststratify",
        "method: poststratify\n    population: 6300\n    margins: { group × stratum: { A: { north: 900, south: 1300, west: 1100 }, \
         B: { north: 600, south: 800, west: 700 }, C: { north: 300, south: 250, west: 350 } } }",
    ),
];

#[test]
fn calibrated_standard_errors_agree_with_r() {
    let expected: Value = serde_json::from_str(&fs::read_to_string(folder().join("calibrated.json")).unwrap()).unwrap();
    let (mut compared, mut wrong, mut apart) = (0, Vec::new(), 0);
    for (method, margins) in METHODS {
        for (name, start, design) in DESIGNS {
            let measured = |variance: &str| {
                let lines =
                    format!("weighting:\n    tolerance: 1e-14\n    variance: {variance}\n    {start}{margins}{design}");
                let project = project(name, &lines, "logit");
                let mut diagnostics = Diagnostics::new();
                pipeline::measure(project.path(), &mut diagnostics).unwrap().indicators
            };
            let (calibrated, fixed) = (measured("calibrated"), measured("fixed"));
            let records = expected.as_array().unwrap().iter();
            for record in records.filter(|record| record["method"] == method && record["design"] == name) {
                let (metric, wave) = (record["metric"].as_str().unwrap(), record["wave"].as_str());
                let (estimate, se, other) = if record["group"] == "A-B" {
                    let of = |indicators: &manyi::metrics::Indicators| {
                        let differences = &indicators.survey().results.group_differences;
                        let wanted = |held: &&manyi::metrics::GroupDifference| {
                            held.metric == metric && held.wave.as_deref() == wave && held.a == "A" && held.b == "B"
                        };
                        differences.iter().find(wanted).map(|held| (held.delta, held.se))
                    };
                    // Groups are compared in the newest wave alone.
                    let Some((delta, se)) = of(&calibrated) else { continue };
                    (delta, se, of(&fixed).unwrap().1)
                } else {
                    let group = record["group"].as_str().map(|group| ("group", group));
                    let held = calibrated.results.find(metric, wave, group).unwrap();
                    let other = fixed.results.find(metric, wave, group).unwrap();
                    (held.estimate.unwrap(), held.se.unwrap(), other.se.unwrap())
                };
                for (key, found) in [("estimate", estimate), ("se", se)] {
                    compared += 1;
                    let wanted = record[key].as_f64().unwrap();
                    if !support::close(wanted, found, 1e-9) {
                        wrong.push(format!("{record} {key}: manyi {found}"));
                    }
                }
                apart += usize::from(!support::close(se, other, 1e-3));
            }
        }
    }
    assert!(compared > 500, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(apart > 150, "only {apart} standard errors differ from those with fixed weights");
}
