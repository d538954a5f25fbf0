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

/// Removes the history with its working files.
fn lose_history(site: &Site) {
    for file in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let _ = fs::remove_file(site.path(file));
    }
}

fn past(site: &Site, period: &str) -> Vec<String> {
    let release = fs::read(site.path("out").join(period).join("release.json")).unwrap();
    let release: Value = serde_json::from_slice(&release).unwrap();
    release["past"].as_array().unwrap().iter().map(|held| held["period"].as_str().unwrap().to_owned()).collect()
}

/// Without the releases on the disk the next period would have no past, and the last one would look like other numbers.
#[test]
fn a_history_that_was_lost_is_written_again_before_anything_else() {
    let site = Site::new("");
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("  from: 2026-01\n", ""));
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    let before = site.seen();
    lose_history(&site);
    let (code, ended, printed) = catch_up(&site, APRIL);
    assert_eq!((code, ended), (Some(0), vec![]), "{printed:#}");
    assert_eq!((site.recorded().len(), site.seen()), (3, before));

    lose_history(&site);
    site.month("2026-04", 60, 7);
    let (code, ended, printed) = catch_up(&site, "2026-05-03T06:00:00+08:00");
    assert_eq!((code, ended), (Some(0), outcomes(&[("2026-04", "published")])), "{printed:#}");
    assert_eq!(past(&site, "2026-04"), ["2026-01", "2026-02", "2026-03"]);
    assert_eq!(site.recorded().len(), 4);
}

/// A copy of last month knows nothing of this month's release, which has its number and its readers.
#[test]
fn an_older_copy_of_the_history_is_brought_up_to_date() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let copy = fs::read(site.path("history.sqlite")).unwrap();
    site.month("2026-02", 60, 7);
    site.publish("2026-02", &[]);
    lose_history(&site);
    fs::write(site.path("history.sqlite"), copy).unwrap();
    site.month("2026-03", 60, 7);
    site.publish("2026-03", &[]);
    assert_eq!(past(&site, "2026-03"), ["2026-01", "2026-02"]);
    let recorded: Vec<(String, u64)> =
        site.recorded().into_iter().map(|(period, revision, _)| (period, revision)).collect();
    let wanted = ["2026-01", "2026-02", "2026-03"].map(|period| (period.to_owned(), 1));
    assert_eq!(recorded, wanted);
}

/// The answers of old periods may be gone; what was published of them is not.
#[test]
fn the_history_is_filled_in_without_the_answers() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    let before = site.seen();
    fs::remove_dir_all(site.path("data/2026-01")).unwrap();
    fs::remove_dir_all(site.path("data/2026-02")).unwrap();
    lose_history(&site);
    let done = site.call(super::NOW, &["backfill", "--from", "2026-01", "--to", "2026-03", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(done.status.success(), "{printed:#}");
    assert!(printed["runs"].as_array().unwrap().iter().all(|run| run["outcome"] == "unchanged"), "{printed:#}");
    assert_eq!((site.recorded().len(), site.seen()), (3, before));
}
