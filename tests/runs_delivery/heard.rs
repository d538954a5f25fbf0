//! One alarm for one cause: whoever was told that the run of a period failed, or waits for approval, is not told an hour later that its
//! release is missing; and nobody is left without a word.

use std::fs;

use manyi::runs::database::{Database, Place, Queries as _};
use serde_json::Value;
use walkdir::WalkDir;

use crate::runs::{NOW, Site};

const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board } }
  errors: [board]
";

/// The rules of the alarms that stand.
fn standing(site: &Site) -> Vec<String> {
    let printed: Value = serde_json::from_slice(&site.call(NOW, &["history", "--json"]).stdout).unwrap();
    let alarms = printed["alarms"].as_array().unwrap().iter();
    alarms.map(|held| held["rule"].as_str().unwrap().to_owned()).collect()
}

/// The texts of the messages that arrived, in the order of their numbers.
fn arrived(site: &Site) -> Vec<String> {
    let files = WalkDir::new(site.path("board/alarm")).into_iter().filter_map(Result::ok);
    let mut said: Vec<(u64, String)> = files
        .filter(|file| file.file_type().is_file())
        .map(|file| {
            let number = file.path().parent().unwrap().file_name().unwrap().to_string_lossy()[1..].parse().unwrap();
            (number, fs::read_to_string(file.path()).unwrap())
        })
        .collect();
    said.sort();
    said.into_iter().map(|(_, text)| text).collect()
}

fn run(site: &Site, now: &str) -> Option<i32> {
    site.call(now, &["run", "--catch-up", "--quiet"]).status.code()
}

fn watch(site: &Site, now: &str) -> Option<i32> {
    site.call(now, &["watch", "--quiet"]).status.code()
}

/// January is published; February is due at five on the second of March and has no data.
fn site(more: &str) -> Site {
    let site = Site::new(more);
    site.month("2026-01", 60, 7);
    assert_eq!(run(&site, "2026-02-02T06:00:00+08:00"), Some(0));
    site
}

#[test]
fn a_failed_month_is_told_once_and_once_more_after_a_day() {
    let site = site(DELIVERY);
    assert_eq!(run(&site, "2026-03-02T06:00:00+08:00"), Some(1));
    for hour in ["06:30", "07:30", "23:30"] {
        assert_eq!(
            watch(&site, &format!("2026-03-02T{hour}:00+08:00")),
            Some(1),
            "the release is missing all the same"
        );
    }
    // The next day's run fails for the same reason.
    assert_eq!(run(&site, "2026-03-03T05:00:00+08:00"), Some(1));
    assert_eq!(watch(&site, "2026-03-03T05:30:00+08:00"), Some(1));
    assert_eq!(standing(&site), ["errors-failed"]);
    let first = arrived(&site);
    assert!(first.len() == 1 && first[0].contains("but for one reminder"), "{first:?}");
    assert!(first[0].contains("2026-02: the run failed, nothing was published: [M"), "{first:?}");
    assert!(first[0].contains(": manyi run --period 2026-02"), "{first:?}");
    for now in ["2026-03-03T06:30:00+08:00", "2026-03-03T07:30:00+08:00", "2026-03-09T07:30:00+08:00"] {
        assert_eq!(watch(&site, now), Some(1));
    }
    assert_eq!(standing(&site), ["errors-failed", "errors-missing"]);
    let told = arrived(&site);
    assert!(
        told.len() == 2
            && told[1].contains("2026-02 is still not published: the run failed, nothing was published: [M"),
        "{told:?}"
    );

    site.month("2026-02", 60, 7);
    assert_eq!(run(&site, "2026-03-10T05:00:00+08:00"), Some(0));
    assert_eq!(watch(&site, "2026-03-10T05:30:00+08:00"), Some(0));
    assert!(standing(&site).is_empty());
    let told = arrived(&site);
    assert!(told.len() == 3 && told[2].contains("2026-02: the run succeeded"), "{told:?}");
    assert!(told[2].contains("2026-02: no release is missing any more"), "{told:?}");
}

#[test]
fn a_month_repaired_within_the_day_is_told_twice_in_all() {
    let site = site(DELIVERY);
    assert_eq!(run(&site, "2026-03-02T06:00:00+08:00"), Some(1));
    assert_eq!(watch(&site, "2026-03-02T06:30:00+08:00"), Some(1));
    site.month("2026-02", 60, 7);
    assert_eq!(run(&site, "2026-03-02T09:00:00+08:00"), Some(0));
    assert_eq!(watch(&site, "2026-03-02T09:30:00+08:00"), Some(0));
    let told = arrived(&site);
    assert!(told.len() == 2 && told[1].contains("the run succeeded") && !told[1].contains("missing"), "{told:?}");
}

#[test]
fn a_held_month_is_told_once() {
    let site = site(&format!("  gates: {{ answers: {{ least: 50 }} }}\n{DELIVERY}"));
    site.month("2026-02", 40, 7);
    assert_eq!(run(&site, "2026-03-02T06:00:00+08:00"), Some(1));
    assert_eq!(watch(&site, "2026-03-02T06:30:00+08:00"), Some(1));
    assert_eq!((standing(&site), arrived(&site).len()), (vec!["errors-gate".to_owned()], 1));
    let approved = site.call("2026-03-02T09:00:00+08:00", &["approve", "--period", "2026-02"]);
    assert_eq!(approved.status.code(), Some(0));
    assert_eq!(watch(&site, "2026-03-02T09:30:00+08:00"), Some(0));
    assert_eq!((standing(&site), arrived(&site).len()), (vec![], 2));
}

/// The message about the failure in each state in which it can be found, and whether the missing release is told then.
#[test]
fn a_failure_that_nobody_heard_of_leaves_nobody_in_silence() {
    let cases = [
        ("queued", false),
        ("sending", false),
        ("retry", false),
        ("sent", false),
        ("failed", true),
        ("unknown", true),
        ("lost", true),
    ];
    for (state, told) in cases {
        let site = site(DELIVERY);
        assert_eq!(run(&site, "2026-03-02T06:00:00+08:00"), Some(1));
        let mut database = Database::open(&Place::File(site.path("history.sqlite"))).unwrap();
        let changed = match state {
            "lost" => database.execute("DELETE FROM deliveries WHERE report = 'alarm'", &[]),
            _ => database.execute("UPDATE deliveries SET state = $1 WHERE report = 'alarm'", &[state.into()]),
        };
        assert_eq!(changed.unwrap(), 1);
        drop(database);
        assert_eq!(watch(&site, "2026-03-02T06:30:00+08:00"), Some(1));
        assert_eq!(standing(&site).contains(&"errors-missing".to_owned()), told, "{state}");
    }
}

/// Other causes than a failure that everybody heard of: the missing release is told.
#[test]
fn what_the_failure_does_not_tell_is_told() {
    const RAN: &str = "2026-03-02T06:00:00+08:00";
    let missing = |site: &Site| {
        assert_eq!(watch(site, "2026-03-02T06:30:00+08:00"), Some(1));
        standing(site).contains(&"errors-missing".to_owned())
    };
    assert!(missing(&site(DELIVERY)), "no timer fired");

    let silent = site(DELIVERY);
    assert_eq!(silent.call(RAN, &["run", "--catch-up", "--no-deliver"]).status.code(), Some(1));
    assert!(missing(&silent), "a run by hand tells nobody");

    let joined = site(DELIVERY);
    assert_eq!(run(&joined, RAN), Some(1));
    let project = fs::read_to_string(joined.path("manyi.yaml")).unwrap();
    let more = project.replace("path: board }", "path: board }, desk: { kind: folder, path: desk }");
    joined.write("manyi.yaml", &more.replace("errors: [board]", "errors: [board, desk]"));
    assert!(missing(&joined), "somebody was not there when it was told");

    let ahead = site(DELIVERY);
    assert_eq!(ahead.call("2026-06-02T06:00:00+08:00", &["run", "--period", "2026-02"]).status.code(), Some(1));
    assert!(missing(&ahead), "a clock that was ahead is no excuse");

    let removed = site(DELIVERY);
    removed.month("2026-02", 60, 7);
    assert_eq!(run(&removed, RAN), Some(0));
    fs::remove_file(removed.path("out/2026-02")).unwrap();
    assert!(missing(&removed), "a release that is gone");
    assert!(
        arrived(&removed).last().unwrap().contains("2026-02 was published, but its folder or the link to it is gone")
    );
}

/// The failure goes to readers alone, as the project says, and the missing release to those whom nobody told anything.
#[test]
fn who_is_not_told_of_failures_is_told_what_is_missing() {
    let site = site(
        "delivery:
  channels: { board: { kind: folder, path: board }, desk: { kind: folder, path: desk } }
  recipients: [{ to: board, reports: [brief], alarms: true }]
  errors: [desk]
  alarms: [{ id: broken, on: failed, tell: readers }]
",
    );
    assert_eq!(run(&site, "2026-03-02T06:00:00+08:00"), Some(1));
    assert_eq!(watch(&site, "2026-03-02T06:30:00+08:00"), Some(1));
    assert_eq!(standing(&site), ["broken", "errors-missing"]);
}
