//! Rao-Scott tests of distributions against R `svychisq` in ten designs; README.md says how R was asked.

use std::fs;

use manyi::diagnostics::Diagnostics;
use manyi::metrics::distribution_tests::DistributionTest;
use manyi::pipeline;
use serde_json::{Value, json};

use super::{DESIGNS, folder, project};
use crate::support;

#[test]
fn tests_of_distributions_agree_with_r() {
    let expected: Value = serde_json::from_str(&fs::read_to_string(folder().join("rao_scott.json")).unwrap()).unwrap();
    let (mut compared, mut wrong) = (0, Vec::new());
    for (name, design) in DESIGNS {
        let project = project(name, design, "logit");
        let mut diagnostics = Diagnostics::new();
        let tests = pipeline::measure(project.path(), &mut diagnostics).unwrap().indicators.distribution_tests();
        for record in expected.as_array().unwrap().iter().filter(|record| record["design"] == *name) {
            let by_group = record["by"] == "group";
            let wanted = |test: &&DistributionTest| {
                record["column"] == test.column.as_str() && test.segment.is_some() == by_group
            };
            let found = tests.iter().find(wanted);
            if record["f"].is_null() {
                assert!(found.is_none(), "{record}: R makes no test, manyi {found:?}");
                continue;
            }
            let Some(found) = found else {
                wrong.push(format!("{record}: no test"));
                continue;
            };
            let numbers = json!(found.test);
            for key in ["f", "ndf", "ddf", "p", "chi_square", "chi_square_df", "chi_square_p"] {
                compared += 1;
                let (wanted, got) = (record[key].as_f64().unwrap(), numbers[key].as_f64().unwrap());
                if !support::close(wanted, got, 1e-9) {
                    wrong.push(format!("{record} {key}: manyi {got}"));
                }
            }
        }
    }
    assert!(compared > 450, "only {compared} numbers were compared");
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
}
