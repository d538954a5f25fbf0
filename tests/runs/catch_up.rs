//! What a timer does every day: several periods in one call, of which one may fail, wait for approval or reach nobody.

use std::fs;

use serde_json::Value;

use super::{Site, codes};

/// Catches up at a moment; the code of the program, outcomes by period, and everything that was printed.
fn catch_up(site: &Site, now: &str) -> (Option<i32>, Vec<(String, String)>, Value) {
    let done = site.call(now, &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let text = |run: &Value, key: &str| run[key].as_str().unwrap().to_owned();
    let runs = printed["runs"].as_array().unwrap().iter();
    let outcomes = runs.map(|run| (text(run, "period"), text(run, "outcome"))).collect();
    (done.status.code(), outcomes, printed)
}

fn outcomes(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(period, outcome)| ((*period).to_owned(), (*outcome).to_owned())).collect()
}

const APRIL: &str = "2026-04-03T06:00:00+08:00";

#[test]
fn a_month_without_data_stops_no_other() {
    let site = Site::new("");
    for period in ["2026-01", "2026-03"] {
        site.month(period, 60, 7);
    }
    let (code, ended, printed) = catch_up(&site, APRIL);
    let wanted = outcomes(&[("2026-01", "published"), ("2026-02", "failed"), ("2026-03", "published")]);
    assert_eq!((code, ended), (Some(1), wanted), "{printed:#}");
    // The attempt says why, and every later one again.
    assert_eq!(catch_up(&site, "2026-04-04T06:00:00+08:00").1, outcomes(&[("2026-02", "failed")]));
    let done = site.call(APRIL, &["history", "--attempts", "--json"]);
    let listed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let failed: Vec<&Value> =
        listed["attempts"].as_array().unwrap().iter().filter(|held| held["outcome"] == "failed").collect();
    assert_eq!(failed.len(), 2);
    assert!(failed.iter().all(|held| held["period"] == "2026-02" && held["codes"][0] == "M0252"), "{failed:#?}");
}

#[test]
fn a_month_that_is_held_stops_no_other() {
    let site = Site::new("  gates: { answers: { least: 50 } }\n");
    for (period, answers) in [("2026-01", 60), ("2026-02", 40), ("2026-03", 60)] {
        site.month(period, answers, 7);
    }
    let (code, ended, printed) = catch_up(&site, APRIL);
    let wanted = outcomes(&[("2026-01", "published"), ("2026-02", "held"), ("2026-03", "published")]);
    assert_eq!((code, ended), (Some(1), wanted), "{printed:#}");
}

/// A message that is given up is an error of its own; the periods behind it are published all the same.
#[test]
fn a_message_that_is_refused_stops_no_month() {
    let site = Site::new(
        "delivery:
  channels: { hook: { kind: json, url: \"${env:MANYI_NOWHERE}\" } }
  recipients: [{ to: hook }]
",
    );
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
    }
    let (code, ended, printed) = catch_up(&site, APRIL);
    let wanted = outcomes(&[("2026-01", "published"), ("2026-02", "published"), ("2026-03", "published")]);
    assert_eq!((code, ended), (Some(1), wanted), "{printed:#}");
    assert!(codes(&printed).contains(&"M0992".to_owned()), "{printed:#}");
}

/// One month fails for good; what shows the numbers of a corrected month is made anew nevertheless.
#[test]
fn a_correction_is_followed_although_another_month_fails() {
    let site = Site::new("");
    for period in ["2026-01", "2026-03"] {
        site.month(period, 60, 7);
    }
    catch_up(&site, APRIL);
    site.month("2026-01", 60, 5);
    let (_, ended, printed) = catch_up(&site, "2026-04-04T06:00:00+08:00");
    let wanted = outcomes(&[("2026-02", "failed"), ("2026-01", "published"), ("2026-03", "published")]);
    assert_eq!(ended, wanted, "{printed:#}");
    assert_eq!(fs::read_link(site.path("out/2026-03")).unwrap().file_name().unwrap(), "r2");
}
