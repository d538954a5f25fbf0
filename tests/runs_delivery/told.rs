//! Who is told what, when, and how often: nobody twice, nobody an unpublished number, and nothing forgotten by a run that was killed.

use std::fs;
use std::process::Stdio;

use manyi::runs::steps::CRASH_AT;
use serde_json::Value;

use crate::runs::{NOW, Site};

/// Messages go into a folder; satisfaction below 65 % raises an alarm.
const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board } }
  recipients: [{ to: board, reports: [brief], alarms: true }]
  errors: [board]
  alarms: [{ id: low, on: threshold, metric: csat_top2, below: 65 }]
";

/// Everything that was queued, and the alarms that stand.
fn told(site: &Site) -> (Vec<Value>, Vec<Value>) {
    let done = site.call(NOW, &["history", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let list = |key: &str| printed[key].as_array().cloned().unwrap_or_default();
    (list("deliveries"), list("alarms"))
}

/// Period, revision and state of the messages about a report.
fn about(site: &Site, report: &str) -> Vec<(String, u64, String)> {
    let own = told(site).0.into_iter().filter(|held| held["report"] == report);
    let text = |held: &Value, key: &str| held[key].as_str().unwrap().to_owned();
    own.map(|held| (text(&held, "period"), held["revision"].as_u64().unwrap(), text(&held, "state"))).collect()
}

fn rules(site: &Site) -> Vec<String> {
    told(site).1.iter().map(|held| held["rule"].as_str().unwrap().to_owned()).collect()
}

/// Killed after the release is in place and before anybody heard of the alarm: the next run says it, once.
#[test]
fn an_alarm_is_not_lost_with_the_run_that_was_to_tell_it() {
    for step in ["release-moved", "recorded", "enqueued", "old-removed"] {
        let site = Site::new(DELIVERY);
        site.month("2026-01", 60, 5);
        let mut command = site.command(NOW, &["run", "--period", "2026-01", "-q"]);
        let killed = command.env(CRASH_AT, step).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(killed.code(), None, "{step}");
        site.run("2026-01", &[]);
        assert_eq!(rules(&site), ["low"], "{step}");
        let alarms = told(&site).0.iter().filter(|held| held["report"] != "brief").count();
        assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged", "{step}");
        assert_eq!(told(&site).0.iter().filter(|held| held["report"] != "brief").count(), alarms, "{step}: told twice");
        assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "sent".to_owned())], "{step}");
    }
}

/// The same where a timer is all that comes after the kill.
#[test]
fn the_next_timer_delivers_what_a_killed_run_published() {
    const LATER: &str = "2026-02-03T06:00:00+08:00";
    for step in ["release-moved", "recorded", "enqueued", "old-removed"] {
        let site = Site::new(DELIVERY);
        site.month("2026-01", 60, 5);
        let mut command = site.command(LATER, &["run", "--catch-up", "-q"]);
        let killed = command.env(CRASH_AT, step).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(killed.code(), None, "{step}");
        for _ in 0..2 {
            site.call("2026-02-04T06:00:00+08:00", &["run", "--catch-up"]);
            assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "sent".to_owned())], "{step}");
            assert_eq!(rules(&site), ["low"], "{step}");
        }
    }
}

/// A release that waits for approval is no news for readers, and a correction of an old period says nothing about now.
#[test]
fn alarms_are_about_published_numbers_of_the_newest_period() {
    let site = Site::new(&format!("  gates: {{ answers: {{ least: 50 }} }}\n{DELIVERY}"));
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    site.month("2026-02", 40, 5);
    assert_eq!(site.run("2026-02", &[]).1["runs"][0]["outcome"], "held");
    assert_eq!(rules(&site), ["errors-gate"], "readers hear nothing of what is held");
    site.month("2026-02", 60, 5);
    site.publish("2026-02", &[]);
    assert_eq!(rules(&site), ["low"]);
    site.month("2026-01", 80, 7);
    site.publish("2026-01", &[]);
    assert_eq!(rules(&site), ["low"], "January was corrected, February is as it was");
}

/// A quarter of the past is not newer than this month.
#[test]
fn alarms_of_months_are_told_after_a_quarter() {
    let site = Site::new(DELIVERY);
    let months = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &months.replace("  from: 2026-01\n", "  every: quarter\n"));
    site.month("2026-03", 60, 7);
    fs::rename(site.path("data/2026-03"), site.path("data/2026-Q1")).unwrap();
    site.publish("2026-Q1", &[]);
    site.write("manyi.yaml", &months);
    site.month("2026-04", 60, 5);
    site.publish("2026-04", &[]);
    assert_eq!(rules(&site), ["low"]);
}

/// That another period is published does not mend the one that failed; that it goes well does, although nothing was to be done.
#[test]
fn a_failure_is_over_when_its_own_period_is_well() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let good = fs::read(site.path("data/2026-01/answers.csv")).unwrap();
    site.write("data/2026-01/answers.csv", "");
    assert_eq!(site.run("2026-01", &[]).0, Some(1));
    assert_eq!(rules(&site), ["errors-failed"]);
    site.month("2026-02", 60, 7);
    site.publish("2026-02", &[]);
    assert_eq!(rules(&site), ["errors-failed"]);
    fs::write(site.path("data/2026-01/answers.csv"), good).unwrap();
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged");
    assert!(rules(&site).is_empty(), "{:?}", rules(&site));
}

/// With the history the outbox is lost too. What was published before is not sent to everybody once more.
#[test]
fn a_lost_history_sends_nothing_again() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "sent".to_owned())]);
    for file in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let _ = fs::remove_file(site.path(file));
    }
    fs::remove_dir_all(site.path("board")).unwrap();
    let (_, printed) = site.run("2026-01", &[]);
    assert!(crate::runs::codes(&printed).contains(&"M0994".to_owned()), "{printed:#}");
    assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "unknown".to_owned())]);
    assert!(!site.path("board/brief").exists(), "it was sent again");
    site.run("2026-01", &[]);
    assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "unknown".to_owned())]);
}

/// A correction that was held and withdrawn leaves work behind, which is no work on the release that was sent.
#[test]
fn work_on_a_correction_makes_nobody_get_the_release_again() {
    let site = Site::new(&format!("  gates: {{ answers: {{ least: 50 }} }}\n{DELIVERY}"));
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    site.month("2026-01", 40, 7);
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "held");
    site.month("2026-01", 60, 7);
    for file in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let _ = fs::remove_file(site.path(file));
    }
    fs::remove_dir_all(site.path("board")).unwrap();
    assert!(site.path("out/.manyi/2026-01").exists(), "the correction left its work behind");
    site.call("2026-02-03T06:00:00+08:00", &["run", "--catch-up"]);
    assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "unknown".to_owned())]);
    assert!(!site.path("board/brief").exists(), "it was sent again");
}

/// Somebody removed the releases to make room: they are made again under their numbers, and nobody gets them once more.
#[test]
fn lost_releases_are_made_again_and_not_sent_again() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let before = site.seen();
    fs::remove_dir_all(site.path("out")).unwrap();
    let done = site.call("2026-02-03T06:00:00+08:00", &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(printed["runs"][0]["revision"], 1, "{printed:#}");
    assert_eq!(site.seen(), before);
    assert_eq!(about(&site, "brief"), [("2026-01".to_owned(), 1, "sent".to_owned())]);
}

/// The first revision could not be delivered; when the second is, the first must not come after it.
#[test]
fn an_old_revision_is_not_sent_after_a_newer_one() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    site.write("board", "a file where the folder should be");
    site.run("2026-01", &[]);
    assert_eq!(about(&site, "brief")[0].2, "retry", "{:?}", about(&site, "brief"));
    fs::remove_file(site.path("board")).unwrap();
    site.month("2026-01", 80, 7);
    site.publish("2026-01", &[]);
    let mut states = about(&site, "brief");
    states.sort();
    let wanted = [("2026-01".to_owned(), 1, "failed".to_owned()), ("2026-01".to_owned(), 2, "sent".to_owned())];
    assert_eq!(states, wanted);
    let done = site.call(NOW, &["resend", "--json"]);
    let waiting: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(waiting["deliveries"], serde_json::json!([]), "nobody has to decide about the old one");
}

/// What was given up is told to `errors` over a channel that works, once; `watch` says it until it is settled.
#[test]
fn a_delivery_that_is_given_up_is_heard_of() {
    let site = Site::new(
        "delivery:
  channels: { board: { kind: folder, path: board }, hook: { kind: json, url: \"${env:NO_SUCH_HOOK}\" } }
  recipients: [{ to: hook, reports: [brief] }]
  errors: [board]
",
    );
    site.month("2026-01", 60, 7);
    site.run("2026-01", &[]);
    let alarms = |site: &Site| about(site, "alarm").into_iter().map(|held| held.2).collect::<Vec<_>>();
    assert_eq!((rules(&site), alarms(&site)), (vec!["errors-delivery".to_owned()], vec!["sent".to_owned()]));
    let watch = || {
        let done = site.call("2026-02-03T06:00:00+08:00", &["watch", "--json"]);
        (done.status.code(), crate::runs::codes(&serde_json::from_slice(&done.stdout).unwrap()))
    };
    for _ in 0..2 {
        assert_eq!(watch(), (Some(1), vec!["M0992".to_owned()]));
        assert_eq!(alarms(&site).len(), 1, "told twice");
    }
    // Who is taken off the list is waited for no more.
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("[{ to: hook, reports: [brief] }]", "[]"));
    assert_eq!(watch(), (Some(0), Vec::new()));
    assert!(rules(&site).is_empty(), "{:?}", rules(&site));
    assert_eq!(alarms(&site), ["sent", "sent"]);
}

/// The table of deliveries names the ids that `resend` takes.
#[test]
fn deliveries_are_listed_with_their_ids() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let id = told(&site).0[0]["id"].as_str().unwrap().to_owned();
    let done = site.call(NOW, &["history", "--deliveries"]);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(text.contains(&id), "{text}");
}

/// A correction of January makes February anew: its readers would learn nothing, so that a chat is spared; a folder gets all of it, and
/// the release says why it exists.
#[test]
fn only_an_earlier_period_was_revised() {
    let site = Site::new(
        "delivery:
  channels:
    board: { kind: folder, path: board }
    chat: { kind: slack, url: \"${env:MANYI_NO_SUCH_HOOK}\" }
  recipients: [{ to: board, reports: [brief] }, { to: chat, reports: [brief] }]
",
    );
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
        // The chat cannot be reached, which is no matter here.
        assert_eq!(site.run(period, &["--no-deliver"]).0, Some(0));
    }
    site.month("2026-01", 80, 7);
    site.run("2026-01", &[]);
    site.run("2026-02", &[]);
    let queued: Vec<(String, u64, String)> = told(&site)
        .0
        .iter()
        .map(|held| {
            let text = |key: &str| held[key].as_str().unwrap().to_owned();
            (text("period"), held["revision"].as_u64().unwrap(), text("recipient"))
        })
        .collect();
    let mut february: Vec<&str> =
        queued.iter().filter(|held| held.0 == "2026-02").map(|held| held.2.as_str()).collect();
    february.sort_unstable();
    assert_eq!(february, ["board"], "{queued:?}");
    assert_eq!(queued.iter().filter(|held| held.0 == "2026-01" && held.1 == 2).count(), 2, "{queued:?}");
    let release = |name: &str| fs::read_to_string(site.path(name)).unwrap();
    let described: Value = serde_json::from_str(&release("out/2026-02/release.json")).unwrap();
    assert_eq!(
        described["cause"],
        serde_json::json!({ "answers": false, "settings": false, "earlier": ["2026-01"], "findings": false }),
        "{described:#}"
    );
    assert!(
        release("out/2026-02/index.html").contains("numbers of earlier periods were revised or added (January 2026)")
    );
    let first: Value = serde_json::from_str(&release("out/releases/2026-02/r1/release.json")).unwrap();
    assert!(first.get("cause").is_none());
}

/// A group that is misspelt gets nothing, which is said with the groups that there are.
#[test]
fn a_group_without_documents_is_warned_of() {
    let site = Site::new(
        "delivery:
  channels: { board: { kind: folder, path: board } }
  recipients:
    - { to: board, reports: [each], parameters: { branch: Nort } }
    - { to: board, reports: [each], parameters: { branch: Sout }, files: false }
",
    );
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    let each = "reports:\n  - { id: each, pack: brief, for_each: branch, formats: [markdown] }\n";
    site.write("manyi.yaml", &project.replace("reports:\n", each));
    site.month("2026-01", 60, 7);
    // It is known before a night in which somebody waits for it.
    let checked = site.call(NOW, &["check", "--json"]);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let warned = checked["diagnostics"].as_array().unwrap().iter().filter(|held| held["code"] == "M1015");
    let places: Vec<&str> = warned.map(|held| held["key_path"].as_str().unwrap()).collect();
    let wanted = [0, 1].map(|index| format!("delivery.recipients[{index}].parameters.branch"));
    assert_eq!(places, wanted, "{checked:#}");

    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!(code, Some(0), "{printed:#}");
    let found = printed["diagnostics"].as_array().unwrap().iter().find(|held| held["code"] == "M0997");
    let found = found.unwrap_or_else(|| panic!("{printed:#}"));
    assert!(found["message"].as_str().unwrap().contains("there is no document about `Nort` of `branch`"), "{found:#}");
    let hint = found["hint"].as_str().unwrap();
    assert!(hint.contains("did you mean `North`?") && hint.contains("North and South"), "{hint}");
    let kept: Value =
        serde_json::from_str(&fs::read_to_string(site.path("out/.manyi/runs/2026-01.json")).unwrap()).unwrap();
    let kept = kept["diagnostics"].as_array().unwrap().iter().find(|held| held["code"] == "M0997").unwrap();
    assert!(kept["hint"]["zh-CN"].as_str().unwrap().contains("North和South"), "{kept:#}");
    assert!(kept["hint"]["en"].as_str().unwrap().contains("North and South"), "{kept:#}");
    assert!(told(&site).0.is_empty());
}

/// Who asks for one group is sent no report about all of them, unless it is named; formats that are not built are asked for in vain.
#[test]
fn who_asks_for_a_group_gets_no_report_about_all() {
    let site = Site::new(
        "delivery:
  channels: { board: { kind: folder, path: board } }
  recipients:
    - { to: board, parameters: { branch: North } }
    - { to: board, reports: [brief], parameters: { branch: South }, formats: [pdf] }
",
    );
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    let each = "reports:\n  - { id: each, pack: brief, for_each: branch, formats: [markdown] }\n";
    site.write("manyi.yaml", &project.replace("reports:\n", each).replace("[brief], p", "[brief, each], p"));
    site.month("2026-01", 60, 7);
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!(code, Some(0), "{printed:#}");
    let mut told: Vec<String> = told(&site).0.iter().map(|held| held["report"].as_str().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["brief", "each", "each"]);
    let said = printed["diagnostics"].as_array().unwrap().iter();
    let said: Vec<&Value> = said.filter(|held| held["code"] == "M0192").map(|held| &held["message"]).collect();
    for report in ["`brief`", "`each`"] {
        assert!(said.iter().any(|said| said.as_str().unwrap().contains(report)), "{printed:#}");
    }
    assert!(site.path("board/each/2026-01/North/r1").is_dir() && !site.path("board/brief/2026-01/North").exists());
    let message = fs::read_to_string(site.path("board/each/2026-01/South/r1/message.txt")).unwrap();
    assert!(message.contains("branch: South"), "{message}");
}
