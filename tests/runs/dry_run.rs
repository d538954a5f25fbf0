//! What a timer's run would do, said beforehand: it is what the run then does, and saying it touches nothing.

use std::fs;

use serde_json::Value;

use super::verbs::touched;
use super::{Site, codes};

const NOW: &str = "2026-05-02T06:00:00+08:00";

/// Periods with their reasons as a dry run lists them, with the whole of what it printed.
fn listed(site: &Site) -> (Vec<(String, String)>, Value) {
    let done = site.call(NOW, &["run", "--catch-up", "--dry-run", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let text = |held: &Value, key: &str| held[key].as_str().unwrap().to_owned();
    let runs = printed["runs"].as_array().unwrap().iter().map(|run| (text(run, "period"), text(run, "because")));
    (runs.collect(), printed)
}

/// Three published months, of which January was revised by hand, February has late data, and April is due.
fn site() -> Site {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    site.month("2026-01", 60, 6);
    site.publish("2026-01", &[]);
    site.month("2026-02", 80, 8);
    site.month("2026-04", 60, 8);
    site
}

#[test]
fn a_dry_run_of_a_timer_lists_what_the_run_does() {
    let site = site();
    let before = touched(site.root());
    let (wanted, printed) = listed(&site);
    let pairs: Vec<(&str, &str)> = wanted.iter().map(|(period, why)| (period.as_str(), why.as_str())).collect();
    let order = [("2026-02", "late"), ("2026-03", "revised"), ("2026-04", "due")];
    assert_eq!(pairs, order, "{printed:#}");
    let run = |index: usize| &printed["runs"][index];
    assert_eq!(run(0)["why"]["en"], "data changed since its release: data/2026-02/answers.csv");
    assert_eq!(run(1)["why"]["en"], "shows 2026-01, which was revised or added since");
    assert_eq!(run(2)["why"]["en"], "due since 2026-05-02 05:00 +08:00, without a release");
    let first = |index: usize, key: &str| run(index)["steps"][0][key].clone();
    assert_eq!((first(0, "step"), first(0, "needed")), ("measure".into(), true.into()));
    assert_eq!(first(1, "why")["en"], "numbers of earlier periods were revised");
    assert_eq!((&run(0)["unchanged"], codes(&printed)), (&false.into(), vec![]));

    let words = |lang: &str| {
        let mut command = site.command(NOW, &["run", "--catch-up", "--dry-run"]);
        String::from_utf8(command.env("LC_ALL", lang).output().unwrap().stdout).unwrap()
    };
    let english = words("C");
    for line in ["2026-02  data changed since", "2026-03  shows 2026-01, which", "2026-04  due since"] {
        assert!(english.contains(line), "{line}: {english}");
    }
    let chinese = words("zh_CN.UTF-8");
    assert!(chinese.contains("2026-03  所用 2026-01 的数值此后有修订"), "{chinese}");
    assert!(touched(site.root()) == before, "something was touched");

    let done = site.call(NOW, &["run", "--catch-up", "--json"]);
    let ran: Value = serde_json::from_slice(&done.stdout).unwrap();
    let ran: Vec<&str> = ran["runs"].as_array().unwrap().iter().map(|run| run["period"].as_str().unwrap()).collect();
    assert_eq!(ran, order.map(|(period, _)| period));
    assert_eq!(listed(&site).0, []);
    // What is due comes after what it shows: its readers get one revision.
    assert_eq!(fs::read_link(site.path("out/2026-04")).unwrap().file_name().unwrap(), "r1");
    let release: Value = serde_json::from_slice(&fs::read(site.path("out/2026-04/release.json")).unwrap()).unwrap();
    let shown: Vec<u64> =
        release["past"].as_array().unwrap().iter().map(|held| held["revision"].as_u64().unwrap()).collect();
    assert_eq!(shown, [2, 2, 2]);
}

/// Whether a correction comes to another revision is known once it is measured.
#[test]
fn a_dry_run_of_a_timer_lists_what_may_follow() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    site.month("2026-02", 80, 8);
    let (wanted, printed) = listed(&site);
    let pairs: Vec<(&str, &str)> = wanted.iter().map(|(period, why)| (period.as_str(), why.as_str())).collect();
    assert_eq!(pairs, [("2026-02", "late"), ("2026-03", "follows"), ("2026-04", "due")], "{printed:#}");
    assert_eq!(printed["runs"][1]["why"]["en"], "shows 2026-02: follows if that gets a new revision");
}

/// The same answers under another time are noted by a run, not by a look; without a history none is made.
#[test]
fn a_dry_run_of_a_timer_without_news_says_so() {
    let site = Site::new("");
    let words = |now: &str| site.call(now, &["run", "--catch-up", "--dry-run"]);
    let done = words("2026-01-20T06:00:00+08:00");
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stdout).as_ref()), (Some(0), "nothing is due\n"));
    assert!(!site.path("history.sqlite").exists() && !site.path("out").exists());

    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let file = site.path("data/2026-01/answers.csv");
    fs::write(&file, fs::read(&file).unwrap()).unwrap();
    let before = touched(site.root());
    let done = words("2026-02-20T06:00:00+08:00");
    assert_eq!((done.status.code(), String::from_utf8_lossy(&done.stdout).as_ref()), (Some(0), "nothing is due\n"));
    assert!(touched(site.root()) == before, "something was touched");
}

/// A period whose run would fail is listed with its reason and stops no other, as in the run.
#[test]
fn a_dry_run_of_a_timer_lists_what_cannot_be_run() {
    let site = site();
    fs::remove_dir_all(site.path("data/2026-04")).unwrap();
    let (wanted, printed) = listed(&site);
    let pairs: Vec<(&str, &str)> = wanted.iter().map(|(period, why)| (period.as_str(), why.as_str())).collect();
    assert_eq!(pairs, [("2026-02", "late"), ("2026-03", "revised"), ("2026-04", "due")], "{printed:#}");
    assert!(printed["runs"][2]["unchanged"].is_null() && printed["runs"][2]["steps"] == Value::Array(vec![]));
    assert!(!codes(&printed).is_empty());
    let done = site.call(NOW, &["run", "--catch-up", "--json"]);
    let ran: Value = serde_json::from_slice(&done.stdout).unwrap();
    let ran: Vec<(&str, &str)> = ran["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (run["period"].as_str().unwrap(), run["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        (done.status.code(), ran),
        (Some(1), vec![("2026-02", "published"), ("2026-03", "published"), ("2026-04", "failed")])
    );
}
