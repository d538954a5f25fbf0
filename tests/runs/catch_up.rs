//! What a timer does every day: several periods in one call, of which one may fail, wait for approval or reach nobody.

use std::fs;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{Site, all, codes};

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
    let wanted = outcomes(&[("2026-01", "published"), ("2026-02", "failed"), ("2026-03", "published")]);
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

/// A published month, looked at once by the timer.
fn published() -> Site {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    assert_eq!(catch_up(&site, "2026-02-03T06:00:00+08:00").1, []);
    site
}

/// What the timer of the next day publishes.
fn next_day(site: &Site) -> Vec<(String, String)> {
    catch_up(site, "2026-02-04T06:00:00+08:00").1
}

#[test]
fn late_answers_under_another_name_are_news() {
    let site = published();
    site.month("2026-01", 80, 7);
    fs::rename(site.path("data/2026-01/answers.csv"), site.path("data/2026-01/export_v2.csv")).unwrap();
    assert_eq!(next_day(&site), outcomes(&[("2026-01", "published")]));
    assert_eq!(next_day(&site), []);
    fs::remove_dir_all(site.path("data/2026-01")).unwrap();
    assert_eq!(next_day(&site), [], "answers that are gone are no news");
}

/// A clock that was ahead when a file was written must not hide everything that is written after it.
#[test]
fn late_answers_are_seen_whatever_the_clocks_say() {
    let site = published();
    let future = SystemTime::now() + Duration::from_secs(86_400 * 3650);
    let answers = fs::File::options().write(true).open(site.path("data/2026-01/answers.csv")).unwrap();
    answers.set_modified(future).unwrap();
    assert_eq!(next_day(&site), []);
    site.month("2026-01", 80, 7);
    assert_eq!(next_day(&site), outcomes(&[("2026-01", "published")]));
}

/// A folder that was written before the release and moved into place after it has nothing but old times.
#[test]
fn late_answers_in_a_folder_that_is_moved_into_place_are_news() {
    let site = Site::new("");
    site.month("2026-01", 80, 7);
    fs::create_dir_all(site.path("spare")).unwrap();
    fs::rename(site.path("data/2026-01"), site.path("spare/2026-01")).unwrap();
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    assert_eq!(next_day(&site), []);
    fs::remove_dir_all(site.path("data/2026-01")).unwrap();
    fs::rename(site.path("spare/2026-01"), site.path("data/2026-01")).unwrap();
    assert_eq!(next_day(&site), outcomes(&[("2026-01", "published")]));
}

#[cfg(unix)]
#[test]
fn a_late_file_that_cannot_be_read_is_no_silence() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = published();
    let late = site.path("data/2026-01/late.csv");
    fs::write(&late, "id,day,branch,satisfaction\nlate-1,2026-01-30,North,5\n").unwrap();
    fs::set_permissions(&late, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&late).is_ok() {
        println!("skipped: this user reads every file");
        return;
    }
    let (code, ended, printed) = catch_up(&site, "2026-02-04T06:00:00+08:00");
    assert_eq!((code, ended), (Some(1), outcomes(&[("2026-01", "failed")])), "{printed:#}");
    assert_eq!(codes(&printed), ["M0958"], "{printed:#}");
    fs::set_permissions(&late, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(next_day(&site), outcomes(&[("2026-01", "published")]));
}

/// After `every` was changed, a quarter is compared with no month, which is part of it, and a month with no quarter.
#[test]
fn periods_of_different_length_are_never_compared() {
    let site = Site::new("  gates: { jump: { limits: { csat_top2: 5 } } }\n");
    let months = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    for (period, happy) in [("2026-04", 7), ("2026-05", 7), ("2026-06", 7)] {
        site.month(period, 60, happy);
        site.publish(period, &[]);
    }
    let quarters = months.replace("  from: 2026-01\n", "  every: quarter\n");
    site.write("manyi.yaml", &quarters);
    site.month("2026-06", 60, 3);
    fs::rename(site.path("data/2026-06"), site.path("data/2026-Q2")).unwrap();
    let published = site.publish("2026-Q2", &[]);
    assert_eq!(published["gates"], serde_json::json!([]), "no jump from June to the quarter that it is part of");
    assert_eq!(past(&site, "2026-Q2"), Vec::<String>::new());
    let (code, ended, printed) = catch_up(&site, "2026-07-03T06:00:00+08:00");
    assert_eq!((code, ended), (Some(0), vec![]), "months are no outdated quarters: {printed:#}");

    site.write("manyi.yaml", &months);
    site.month("2026-07", 60, 7);
    site.publish("2026-07", &[]);
    assert_eq!(past(&site, "2026-07"), ["2026-04", "2026-05", "2026-06"]);
}

/// One file for all months grows every day. A cell of this month that cannot be read stops no month before it, and a line of cron that
/// changes nothing says nothing.
#[test]
fn a_mistake_of_this_month_in_a_growing_file_stops_no_other() {
    let site = Site::by_date("");
    site.change("id: id, wave", "id: id, duplicates: error, wave");
    let mut text = all(&[(1, 60, 7), (2, 60, 7)]);
    site.write("all.csv", &text);
    let (_, ended, printed) = catch_up(&site, "2026-03-03T06:00:00+08:00");
    assert_eq!(ended, outcomes(&[("2026-01", "published"), ("2026-02", "published")]), "{printed:#}");

    text += "3-0,2026-03-02,North,99\n3-0,2026-03-03,North,4\n";
    site.write("all.csv", &text);
    let done = site.call("2026-03-04T06:00:00+08:00", &["run", "--catch-up", "--quiet"]);
    assert_eq!((done.status.code(), done.stdout.len(), done.stderr.len()), (Some(0), 0, 0), "{done:?}");
    let (code, ended, printed) = catch_up(&site, "2026-04-03T06:00:00+08:00");
    assert_eq!((code, ended), (Some(1), outcomes(&[("2026-03", "failed")])), "{printed:#}");
}

/// What `manyi build` left where the link to a release belongs is named before anything is built.
#[test]
fn a_folder_in_the_way_of_a_link_is_named() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.write("out/2026-01/short/report.md", "built by hand");
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0996".to_owned()]), "{printed:#}");
    assert!(printed["diagnostics"][0]["message"].as_str().unwrap().contains("out/2026-01"), "{printed:#}");
    assert!(!site.path("out/releases").exists());
    fs::remove_dir_all(site.path("out/2026-01")).unwrap();
    site.publish("2026-01", &[]);
}

/// A run that stops after its release is in place does not say that nothing was published, and the next one ends it.
#[test]
fn what_is_in_place_is_not_called_unpublished() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    // Where the link is made before it gets its name.
    fs::create_dir_all(site.path("out/.manyi/link")).unwrap();
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0960".to_owned(), "M0995".to_owned()]), "{printed:#}");
    let run = &printed["runs"][0];
    assert_eq!((run["outcome"].as_str(), run["revision"].as_u64()), (Some("failed"), Some(1)));
    assert!(site.path("out/releases/2026-01/r1/release.json").is_file());
    let said = site.call(super::NOW, &["run", "--period", "2026-01"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("the release is in place") && !said.contains("nothing published"), "{said}");
    fs::remove_dir(site.path("out/.manyi/link")).unwrap();
    let done = site.call(APRIL, &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(printed["runs"][0]["revision"], 1, "{printed:#}");
    assert_eq!(printed["runs"][0]["outcome"], "published", "{printed:#}");
}
