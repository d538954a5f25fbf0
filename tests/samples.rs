//! The sample projects work as they stand: no complaint from `check`, and from the files to the numbers nothing is lost.

use std::process::Output;

use crate::canteen;
use crate::support;

const CANTEEN: &str = "samples/campus-canteen";
const SUPERMARKET: &str = "samples/supermarket-chain";

fn run(arguments: &[&str]) -> Output {
    support::manyi().current_dir(support::root()).args(arguments).output().unwrap()
}

#[test]
fn the_samples_have_no_problems() {
    for sample in [CANTEEN, SUPERMARKET] {
        let output = run(&["check", sample, "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(output.status.success(), "{sample}: {report:#}");
        // A set of items may do without some: a note says so.
        let problems =
            report["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] != "note").count();
        assert_eq!(problems, 0, "{sample}: {report:#}");
    }
}

/// Every report of both samples in all its formats and languages, as `manyi build` makes them: no error, no warning.
#[test]
fn every_document_of_the_samples_is_made() {
    for (sample, least) in [(CANTEEN, 20), (SUPERMARKET, 20)] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_string_lossy().into_owned();
        let output = run(&["build", sample, "--out", &out, "--json"]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = report["diagnostics"].as_array().unwrap().iter().filter(|found| found["level"] != "note");
        let problems: Vec<_> = found.collect();
        assert!(output.status.success() && problems.is_empty(), "{sample}: {problems:#?}");
        let made = walkdir::WalkDir::new(folder.path()).into_iter().map(Result::unwrap);
        let made = made.filter(|file| file.path().extension().is_some_and(|held| held == "pdf")).count();
        assert!(made >= least, "{sample}: only {made} PDF files");
    }
}

/// A workbook, GB18030 text and option codes, with repeated answers, tests and hasty ones among them, give the same numbers
/// as the respondents that the generator drew.
#[test]
fn campus_canteen_files_give_the_numbers_of_its_respondents() {
    let results = support::metrics(&support::root().join(CANTEEN));
    let expected = canteen::sample_estimates();
    assert_eq!(expected.len(), 3 * 14, "every metric but the composite, in every wave");
    for ((wave, metric), value) in expected {
        let found = support::find(&results, metric, Some(wave), None)["estimate"].as_f64();
        assert!(
            found.is_some_and(|found| support::close(found, value, 1e-9)),
            "{metric} in {wave}: respondents {value}, files {found:?}"
        );
    }
}

/// The sample shows what a report makes of small groups: some are flagged, some suppressed, and those carry no number.
#[test]
fn campus_canteen_has_small_groups() {
    let results = support::metrics(&support::root().join(CANTEEN));
    let estimates = results["estimates"].as_array().unwrap();
    let suppressed: Vec<_> = estimates.iter().filter(|estimate| estimate["suppressed"] == true).collect();
    assert!(!suppressed.is_empty());
    for estimate in suppressed {
        assert!(estimate["estimate"].is_null() && estimate["se"].is_null() && estimate["ci"].is_null(), "{estimate}");
    }
    assert!(estimates.iter().any(|estimate| estimate["flagged"] == true && estimate["estimate"].is_number()));
}

#[test]
fn cases_of_the_built_in_plugins_and_of_the_sample_pass() {
    let output = run(&["plugins", "test", "--project", CANTEEN]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
