//! The resident scheduler does what the two timers do: what is due is run, what is missing is told, late data and revised numbers are
//! published anew, and without news nothing is touched.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Site, codes};

const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board } }
  errors: [board]
";

fn serve(site: &Site, now: &str) -> (Option<i32>, String) {
    let done = site.call(now, &["serve-schedule", "--rounds", "1", "--log", "json"]);
    (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
}

/// Rules and subjects of the alarms that stand, and how many messages were sent.
fn told(site: &Site) -> (Vec<(String, String)>, usize) {
    let printed: Value = serde_json::from_slice(&site.call(super::NOW, &["history", "--json"]).stdout).unwrap();
    let text = |held: &Value, key: &str| held[key].as_str().unwrap().to_owned();
    let alarms = printed["alarms"].as_array().unwrap().iter();
    let sent = printed["deliveries"].as_array().unwrap().iter().filter(|held| held["state"] == "sent").count();
    (alarms.map(|held| (text(held, "rule"), text(held, "subject"))).collect(), sent)
}

/// A month without data: both ways fail the run, tell that it failed, not an hour later that the release is missing, and tell when that
/// is over.
#[test]
fn what_is_missing_is_told_as_by_the_timers() {
    const LATER: [&str; 3] = ["2026-03-02T05:00:00+08:00", "2026-03-02T06:00:00+08:00", "2026-03-02T07:00:00+08:00"];
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    let timers = site.copied();
    let by_timers = |now: &str| {
        let run = timers.call(now, &["run", "--catch-up", "--quiet"]).status.code();
        let watch = timers.call(now, &["watch", "--quiet"]).status.code();
        run.max(watch)
    };
    assert_eq!((serve(&site, LATER[0]).0, by_timers(LATER[0])), (Some(1), Some(1)), "February has no data");
    let (alarms, sent) = told(&site);
    let rules: Vec<&str> = alarms.iter().map(|(rule, _)| rule.as_str()).collect();
    assert_eq!((rules, sent), (vec!["errors-failed"], 1), "{alarms:?}");
    assert_eq!(told(&timers), (alarms.clone(), sent));
    // An hour later nothing is new.
    assert_eq!((serve(&site, LATER[1]).0, by_timers(LATER[1])), (Some(1), Some(1)));
    assert_eq!((told(&site), told(&timers)), ((alarms.clone(), sent), (alarms, sent)));
    for held in [&site, &timers] {
        held.month("2026-02", 60, 6);
    }
    assert_eq!((serve(&site, LATER[2]).0, by_timers(LATER[2])), (Some(0), Some(0)));
    let (alarms, now_sent) = told(&site);
    assert!(alarms.is_empty() && now_sent == sent + 1, "{alarms:?} {now_sent}");
    assert_eq!(told(&timers), (alarms, now_sent));
    assert_eq!(site.seen(), timers.seen());
}

/// A month that fails every day is no reason for the next ones to fail, and each says its own reason alone.
#[test]
fn a_month_that_fails_keeps_no_other_back() {
    let site = Site::new(DELIVERY);
    site.month("2026-02", 60, 7);
    let done = site.call("2026-04-02T06:00:00+08:00", &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let runs = printed["runs"].as_array().unwrap().iter();
    let ended: Vec<(&str, &str)> =
        runs.map(|run| (run["period"].as_str().unwrap(), run["outcome"].as_str().unwrap())).collect();
    assert_eq!(ended, [("2026-01", "failed"), ("2026-02", "published"), ("2026-03", "failed")], "{printed:#}");
    let subjects: Vec<String> = told(&site).0.into_iter().map(|(_, subject)| subject).collect();
    assert_eq!((done.status.code(), subjects), (Some(1), vec!["2026-01".to_owned(), "2026-03".to_owned()]));
}

/// What revisions the periods have.
fn revisions(site: &Site) -> Vec<(String, u64)> {
    let mut newest = std::collections::BTreeMap::new();
    for (period, revision, _) in site.recorded() {
        newest.entry(period).and_modify(|held: &mut u64| *held = revision.max(*held)).or_insert(revision);
    }
    newest.into_iter().collect()
}

#[test]
fn late_data_make_revisions_and_other_changes_do_not() {
    const NOW: &str = "2026-03-02T05:00:00+08:00";
    let site = Site::new("");
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
    }
    let wanted = |january: u64, february: u64| [("2026-01".to_owned(), january), ("2026-02".to_owned(), february)];
    assert_eq!(serve(&site, NOW).0, Some(0));
    assert_eq!(revisions(&site), wanted(1, 1));
    let (code, log) = serve(&site, NOW);
    assert!(code == Some(0) && !log.contains("run begins"), "{log}");
    // Answers of January come in March: January is corrected, and February, which shows January, follows.
    site.month("2026-01", 80, 8);
    let (code, log) = serve(&site, NOW);
    assert_eq!((code, revisions(&site)), (Some(0), wanted(2, 2).to_vec()), "{log}");
    let seen = site.seen();
    // The same answers in another file are looked at once, and are no news.
    let file = "data/2026-02/answers.csv";
    let text = fs::read_to_string(site.path(file)).unwrap();
    site.write(file, &text.replace('\n', "\r\n"));
    assert!(serve(&site, NOW).1.contains("measuring"));
    let (code, log) = serve(&site, NOW);
    assert!(code == Some(0) && !log.contains("measuring"), "{log}");
    // Old files may go, and a new template is for what comes.
    fs::remove_dir_all(site.path("data/2026-01")).unwrap();
    site.write("templates/brief/short.md.tera", "# {{ project.title }}\n");
    let (code, log) = serve(&site, NOW);
    assert!(code == Some(0) && !log.contains("run begins"), "{log}");
    assert_eq!((site.seen(), revisions(&site)), (seen, wanted(2, 2).to_vec()));
    // The verb of the timers does the same.
    site.month("2026-02", 70, 8);
    let done = site.call(NOW, &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((printed["runs"].as_array().unwrap().len(), codes(&printed)), (1, Vec::new()), "{printed:#}");
    assert_eq!((&printed["runs"][0]["period"], &printed["runs"][0]["revision"]), (&"2026-02".into(), &3.into()));
}

/// What stops containers and services is SIGTERM, what a keyboard sends SIGINT.
#[cfg(unix)]
#[test]
fn a_scheduler_that_waits_ends_when_it_is_told_to() {
    const NOTHING_DUE: &str = "2026-01-20T05:00:00+08:00";
    let within = |seconds: u64, what: &mut dyn FnMut() -> bool| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(seconds) {
            if what() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    };
    let site = Site::new("");
    for signal in ["TERM", "INT"] {
        let log = site.path(signal);
        let mut command = site.command(NOTHING_DUE, &["serve-schedule", "--log", "json"]);
        command.stdout(Stdio::null()).stderr(fs::File::create(&log).unwrap());
        let mut scheduler = command.spawn().unwrap();
        let said = || fs::read_to_string(&log).unwrap();
        let waits = within(60, &mut || said().contains("\"waiting\""));
        let told = Command::new("sh").args(["-c", &format!("kill -{signal} {}", scheduler.id())]).status().unwrap();
        let mut code = None;
        let ended = within(10, &mut || {
            code = scheduler.try_wait().unwrap().map(|status| status.code());
            code.is_some()
        });
        if !ended {
            scheduler.kill().unwrap();
            scheduler.wait().unwrap();
        }
        assert!(waits && told.success() && ended, "{signal}: {}", said());
        assert_eq!(code, Some(Some(0)), "{signal}");
    }
}
