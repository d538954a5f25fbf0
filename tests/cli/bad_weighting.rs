//! Weights from population figures that cannot be made, and benchmarks that cannot be compared with: a case each, in the small
//! project of `bad_input`.

use super::bad_input::{Case, expect_problems, write_project};
use crate::support::manyi;

/// A case in which `weight: w`, line 7 of the project, is replaced.
const fn case(
    name: &'static str,
    project: &'static [(&'static str, &'static str)],
    code: &'static str,
    place: &'static str,
    says: &'static str,
) -> Case {
    Case { name, project, answers: &[], code, place, says }
}

const CASES: &[Case] = &[
    case(
        "weight and weighting",
        &[("  weight: w", "  weight: w\n  weighting: { margins: { shop: { north: 0.4, south: 0.6 } } }")],
        "M0291",
        "8:3",
        "weighting.start",
    ),
    case(
        "unknown margin",
        &[("  weight: w", "  weighting: { margins: { shopp: { north: 0.4, south: 0.6 } } }")],
        "M0121",
        "7:27",
        "did you mean `shop`",
    ),
    case(
        "margin over texts",
        &[("  weight: w", "  weighting: { margins: { id: { 1: 0.4, 2: 0.6 } } }")],
        "M0125",
        "7:27",
        "single, boolean, scale",
    ),
    case("no margins", &[("  weight: w", "  weighting: { margins: {} }")], "M0292", "7:", "shares or counts"),
    case(
        "too deep",
        &[("  weight: w", "  weighting: { margins: { shop: { north: { yes: 0.4 }, south: 0.6 } } }")],
        "M0293",
        "7:",
        "nested 2 deep",
    ),
    case(
        "not deep enough",
        &[("  weight: w", "  weighting: { margins: { shop × aware: { north: 0.4, south: 0.6 } } }")],
        "M0293",
        "7:",
        "needs 2",
    ),
    case(
        "figure of zero",
        &[("  weight: w", "  weighting: { margins: { shop: { north: 1, south: 0 } } }")],
        "M0294",
        "7:",
        "`south`",
    ),
    case(
        "shares that miss 1",
        &[("  weight: w", "  weighting: { margins: { shop: { north: 0.4, south: 0.5 } } }")],
        "M0295",
        "7:27",
        "adds up to 0.9",
    ),
    case(
        "percentages that miss 100",
        &[("  weight: w", "  weighting: { margins: { shop: { north: 40, south: 59 } } }")],
        "M0295",
        "7:27",
        "adds up to 99",
    ),
    case(
        "counts of two populations",
        &[(
            "  weight: w",
            "  weighting: { margins: { shop: { north: 400, south: 600 }, aware: { true: 700, false: 200 } } }",
        )],
        "M0296",
        "7:",
        "900, those of `shop` to 1000",
    ),
    case(
        "counts against the population",
        &[("  weight: w", "  weighting: { population: 999, margins: { shop: { north: 400, south: 600 } } }")],
        "M0296",
        "7:",
        "`population` to 999",
    ),
    case(
        "post-stratification to two margins",
        &[(
            "  weight: w",
            "  weighting: { method: poststratify, margins: { shop: { north: 0.4, south: 0.6 }, aware: { true: 0.7, false: 0.3 } } }",
        )],
        "M0297",
        "7:16",
        "cross the columns",
    ),
    case(
        "limits without the mean",
        &[("  weight: w", "  weighting: { trim: { low: 1.2 }, margins: { shop: { north: 0.4, south: 0.6 } } }")],
        "M0298",
        "7:16",
        "1.2",
    ),
    case(
        "no passes",
        &[("  weight: w", "  weighting: { max_iterations: 0, margins: { shop: { north: 0.4, south: 0.6 } } }")],
        "M0299",
        "7:16",
        "at least 1",
    ),
    case(
        "calibrated variance of all waves together",
        &[(
            "  weight: w",
            "  weighting: { per: all, variance: calibrated, margins: { shop: { north: 0.4, south: 0.6 } } }",
        )],
        "M0450",
        "7:",
        "wave by wave",
    ),
    case(
        "category without answers",
        &[("  weight: w", "  weighting: { margins: { shop: { north: 0.4, south: 0.4, west: 0.2 } } }")],
        "M0410",
        "7:",
        "`west`",
    ),
    case(
        "answers without a figure",
        &[("  weight: w", "  weighting: { margins: { shop: { nort: 0.4, south: 0.6 } } }")],
        "M0411",
        "7:27",
        "did you mean `nort`",
    ),
    Case {
        name: "no value in a margin",
        project: &[("  weight: w", "  weighting: { margins: { shop: { north: 0.4, south: 0.6 } } }")],
        answers: &[("2,0.5,south", "2,0.5,")],
        code: "M0412",
        place: "",
        says: "answers.csv: 3",
    },
    // Both northern answers are aware, so no weights give the north a half and the aware a tenth.
    case(
        "margins that contradict each other",
        &[(
            "  weight: w",
            "  weighting: { margins: { shop: { north: 0.5, south: 0.5 }, aware: { true: 0.1, false: 0.9 } } }",
        )],
        "M0413",
        "7:",
        "in pass 500",
    ),
    // Two of four answers carry nine tenths: 1.8 times the mean each.
    case(
        "limits that the margins forbid",
        &[("  weight: w", "  weighting: { trim: { high: 1.5 }, margins: { shop: { north: 0.9, south: 0.1 } } }")],
        "M0414",
        "7:16",
        "widen `trim`",
    ),
    case(
        "weights to start from",
        &[("  weight: w", "  weighting: { start: ww, margins: { shop: { north: 0.4, south: 0.6 } } }")],
        "M0121",
        "7:16",
        "did you mean `w`",
    ),
];

const BENCHMARKS: &[Case] = &[
    case(
        "benchmark of an unknown metric",
        &[("targets:", "benchmarks: { reputaton: [{ value: 80, way: best, source: x }] }\ntargets:")],
        "M0420",
        "19:15",
        "did you mean `reputation`",
    ),
    case(
        "negative standard error",
        &[("targets:", "benchmarks: { reputation: [{ value: 80, way: best, source: x, se: -1 }] }\ntargets:")],
        "M0421",
        "19:",
        "cannot be -1",
    ),
    case(
        "benchmark from nowhere",
        &[("targets:", "benchmarks: { reputation: [{ value: 80, way: best, source: ' ' }] }\ntargets:")],
        "M0422",
        "19:",
        "comes from",
    ),
    case(
        "unknown way",
        &[("targets:", "benchmarks: { reputation: [{ value: 80, way: bests, source: x }] }\ntargets:")],
        "M0113",
        "19:",
        "did you mean `best`",
    ),
];

#[test]
fn weights_that_cannot_be_made_are_explained() {
    expect_problems(CASES);
}

#[test]
fn benchmarks_that_cannot_be_compared_with_are_explained() {
    expect_problems(BENCHMARKS);
}

/// Half of the start weights 1.5, 0.5, 1, 1 is 2: north 1.5 and 1 become 1.2 and 0.8 times 1, that is 2 · 1.5/2.5 and 2 · 1/2.5;
/// south 0.5 and 1 become 2/3 and 4/3. Σw = 4, Σw² = 1.44 + 0.64 + 4/9 + 16/9 = 4.3022, n_eff = 16/4.3022 = 3.719, 4/3.719 = 1.076.
#[test]
fn check_says_what_the_weighting_came_to() {
    let folder = tempfile::tempdir().unwrap();
    let project = case(
        "good",
        &[("  weight: w", "  weighting: { start: w, margins: { shop: { north: 0.5, south: 0.5 } } }")],
        "",
        "",
        "",
    );
    write_project(folder.path(), &project);
    let output = manyi().arg("check").arg(folder.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let said = "weights of all answers: passes 1, largest difference from a margin 0e0, weights from 0.667 to 1.333 of their mean, trimmed 0, answers 4, effective 3.7, design effect 1.076";
    assert!(stderr.contains(said), "{stderr}");
}
