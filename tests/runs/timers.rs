//! What the next timer makes of what the last one left: runs that were killed, corrections that were withdrawn, months that come
//! late, histories and answers that are gone.

use std::fs;
use std::process::{Command, Stdio};

use manyi::runs::steps::{CRASH_AT, STEPS};
use serde_json::Value;

use super::{Site, all, codes};

pub(super) const DELIVERY: &str = "delivery:
  channels: { board: { kind: folder, path: board } }
  recipients: [{ to: board, reports: [brief] }]
  errors: [board]
";

pub(super) const FEBRUARY: &str = "2026-02-03T06:00:00+08:00";
pub(super) const MARCH: &str = "2026-03-03T06:00:00+08:00";
pub(super) const APRIL: &str = "2026-04-03T06:00:00+08:00";

pub(super) fn printed(site: &Site, now: &str, arguments: &[&str]) -> (Option<i32>, Value) {
    let done = site.call(now, arguments);
    let text = || String::from_utf8_lossy(&done.stderr).into_owned();
    (done.status.code(), serde_json::from_slice(&done.stdout).unwrap_or_else(|_| panic!("{}", text())))
}

/// Periods with outcomes of a timer's call, and all that it printed.
pub(super) fn timer(site: &Site, now: &str) -> (Vec<(String, String)>, Value) {
    let (_, printed) = printed(site, now, &["run", "--catch-up", "--json"]);
    let text = |run: &Value, key: &str| run[key].as_str().unwrap().to_owned();
    let runs = printed["runs"].as_array().unwrap().iter();
    (runs.map(|run| (text(run, "period"), text(run, "outcome"))).collect(), printed)
}

pub(super) fn outcomes(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    wanted.iter().map(|(period, outcome)| ((*period).to_owned(), (*outcome).to_owned())).collect()
}

pub(super) fn history(site: &Site, key: &str) -> Vec<Value> {
    printed(site, APRIL, &["history", "--json"]).1[key].as_array().cloned().unwrap_or_default()
}

/// Period and revision of the messages about the report that were sent, sorted.
pub(super) fn sent(site: &Site) -> Vec<(String, u64)> {
    let all = history(site, "deliveries").into_iter();
    let own = all.filter(|held| held["report"] == "brief" && held["state"] == "sent");
    let mut sent: Vec<(String, u64)> =
        own.map(|held| (held["period"].as_str().unwrap().to_owned(), held["revision"].as_u64().unwrap())).collect();
    sent.sort();
    sent
}

pub(super) fn alarms(site: &Site) -> Vec<String> {
    history(site, "alarms").iter().map(|held| held["rule"].as_str().unwrap().to_owned()).collect()
}

pub(super) fn release(site: &Site, period: &str) -> Value {
    serde_json::from_slice(&fs::read(site.path("out").join(period).join("release.json")).unwrap()).unwrap()
}

pub(super) fn past(site: &Site, period: &str) -> Vec<(String, u64)> {
    let release = release(site, period);
    let past = release["past"].as_array().unwrap().iter();
    past.map(|held| (held["period"].as_str().unwrap().to_owned(), held["revision"].as_u64().unwrap())).collect()
}

pub(super) fn lose_history(site: &Site) {
    for file in ["history.sqlite", "history.sqlite-wal", "history.sqlite-shm"] {
        let _ = fs::remove_file(site.path(file));
    }
}

/// January is the oldest period of a project that names no first one, and February shows it. Wherever the run of the correction is
/// killed, the next timer ends it: both are there, recorded and sent, once.
#[test]
fn killed_at_every_step_a_correction_is_ended_by_the_next_timer() {
    let site = Site::new(DELIVERY);
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("  from: 2026-01\n", ""));
    for (period, now) in [("2026-01", FEBRUARY), ("2026-02", MARCH)] {
        site.month(period, 60, 7);
        assert_eq!(timer(&site, now).0, outcomes(&[(period, "published")]));
    }
    site.month("2026-01", 80, 5);
    let now = "2026-03-04T06:00:00+08:00";
    let undisturbed = site.copied();
    let both = outcomes(&[("2026-01", "published"), ("2026-02", "published")]);
    assert_eq!(timer(&undisturbed, now).0, both);
    let (after, wanted, messages) = (undisturbed.seen(), undisturbed.recorded(), sent(&undisturbed));
    assert_eq!(messages.iter().filter(|held| **held == ("2026-01".to_owned(), 2)).count(), 1, "{messages:?}");
    for step in STEPS {
        let victim = site.copied();
        let mut command = victim.command(now, &["run", "--catch-up", "-q"]);
        let done = command.env(CRASH_AT, step).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(done.code(), None, "{step} was not passed");
        let (_, printed) = timer(&victim, now);
        assert_eq!(codes(&printed), Vec::<String>::new(), "{step}: {printed:#}");
        assert_eq!(victim.seen(), after, "{step}");
        assert_eq!((victim.recorded(), sent(&victim)), (wanted.clone(), messages.clone()), "{step}");
        assert_eq!(timer(&victim, now).0, [], "{step}");
        assert_eq!(printed_code(&victim, now, &["watch", "--json"]), Some(0), "{step}");
    }
}

pub(super) fn printed_code(site: &Site, now: &str, arguments: &[&str]) -> Option<i32> {
    printed(site, now, arguments).0
}

/// A release whose run was cut off is there, but nobody may know: that is another message than that there is none.
#[test]
fn watch_tells_a_release_that_was_cut_off_from_one_that_is_missing() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    let mut command = site.command(FEBRUARY, &["run", "--catch-up", "-q"]);
    command.env(CRASH_AT, "recorded").stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
    let (code, watched) = printed(&site, FEBRUARY, &["watch", "--json"]);
    assert_eq!((code, codes(&watched)), (Some(1), vec!["M0178".to_owned()]), "{watched:#}");
    assert_eq!(watched["missing"][0]["lack"], "cut_off", "{watched:#}");
    let (_, looked) = printed(&site, FEBRUARY, &["run", "--catch-up", "--dry-run", "--json"]);
    let run = &looked["runs"][0];
    assert_eq!(run["why"]["en"], "published, but its run was cut off before its end");
    let deliver = run["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&deliver["step"], &deliver["needed"], &run["unchanged"]),
        (&"deliver".into(), &true.into(), &true.into())
    );
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
    assert_eq!(printed_code(&site, FEBRUARY, &["watch", "--json"]), Some(0));
}

/// A bad file came late and was taken away: the alarm is over, and a later one would be heard.
#[test]
fn a_late_file_that_is_withdrawn_ends_its_alarm() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    site.write("data/2026-01/late.csv", "id,day,branch,satisfaction\nlate,2026-01-30,North,99\n");
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "failed")]));
    assert!(alarms(&site).contains(&"errors-failed".to_owned()));
    fs::remove_file(site.path("data/2026-01/late.csv")).unwrap();
    let next = "2026-02-20T06:00:00+08:00";
    let (_, looked) = printed(&site, next, &["run", "--catch-up", "--dry-run", "--json"]);
    assert_eq!(looked["runs"][0]["because"], "stopped", "{looked:#}");
    assert_eq!(timer(&site, next).0, outcomes(&[("2026-01", "unchanged")]));
    assert!(!alarms(&site).contains(&"errors-failed".to_owned()), "{:?}", alarms(&site));
    assert_eq!(timer(&site, next).0, []);
}

/// The hour after a history was lost is no reason to wake anybody.
#[test]
fn watch_writes_a_lost_history_again() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    lose_history(&site);
    let (_, looked) = printed(&site, FEBRUARY, &["run", "--catch-up", "--dry-run", "--json"]);
    assert_eq!(looked["runs"].as_array().map(Vec::len), Some(0), "{looked:#}");
    let (_, watched) = printed(&site, FEBRUARY, &["watch", "--json"]);
    assert!(!codes(&watched).contains(&"M0974".to_owned()), "{watched:#}");
    assert_eq!(site.recorded().len(), 1);
}

/// With `read: 2` the answers of February are read for March, whose own answers are nevertheless what they were.
#[test]
fn answers_of_a_month_read_with_another_are_not_its_own() {
    let site = Site::new("  read: 2\n");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    assert_eq!(past(&site, "2026-03"), [("2026-01".to_owned(), 1)]);
    site.month("2026-02", 80, 5);
    assert_eq!(timer(&site, APRIL).0, outcomes(&[("2026-02", "published"), ("2026-03", "published")]));
    let cause = &release(&site, "2026-03")["cause"];
    assert_eq!((&cause["answers"], &cause["earlier"]), (&false.into(), &serde_json::json!(["2026-02"])), "{cause:#}");
    // Once the answers of February are gone, its published numbers stand in for them.
    fs::remove_dir_all(site.path("data/2026-02")).unwrap();
    site.month("2026-03", 80, 7);
    assert_eq!(timer(&site, APRIL).0, outcomes(&[("2026-03", "published")]));
    assert_eq!(past(&site, "2026-03"), [("2026-01".to_owned(), 1), ("2026-02".to_owned(), 2)]);
    // And March is left alone once its own are gone, though those of April may be read with them.
    fs::remove_dir_all(site.path("data/2026-03")).unwrap();
    assert_eq!(timer(&site, APRIL).0, []);
}

/// One file for all months, begun anew: what was published of the months that it had stays.
#[test]
fn a_file_that_begins_anew_is_no_correction() {
    let site = Site::by_date(DELIVERY);
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 7)]));
    assert_eq!(timer(&site, MARCH).0, outcomes(&[("2026-01", "published"), ("2026-02", "published")]));
    site.write("all.csv", &all(&[(3, 60, 7)]));
    let (ended, said) = timer(&site, "2026-03-20T06:00:00+08:00");
    assert_eq!(ended, outcomes(&[("2026-01", "unchanged"), ("2026-02", "unchanged")]), "{said:#}");
    assert!(alarms(&site).is_empty());
    assert_eq!(timer(&site, APRIL).0, outcomes(&[("2026-03", "published")]));
}

/// A window that moves on loses the oldest month day by day: nobody is sent a smaller one that nobody looked at.
#[test]
fn a_revision_with_fewer_answers_waits_for_a_look() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    // One may go: a person asked for it.
    site.month("2026-01", 59, 7);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
    site.month("2026-01", 58, 7);
    let (ended, said) = timer(&site, FEBRUARY);
    assert_eq!(
        (ended, codes(&said)),
        (outcomes(&[("2026-01", "held")]), vec!["M0180".into(), "M0971".into()]),
        "{said:#}"
    );
    assert_eq!(printed_code(&site, FEBRUARY, &["approve", "--period", "2026-01", "--json"]), Some(0));
    assert_eq!(release(&site, "2026-01")["revision"], 3);
    let loose = Site::new("  gates: { fewer: { most: 0.5, then: warn } }\n");
    loose.month("2026-01", 60, 7);
    timer(&loose, FEBRUARY);
    loose.month("2026-01", 40, 7);
    assert_eq!(timer(&loose, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
}

/// A project whose March was published without February, which has come since.
pub(super) fn with_a_late_february() -> Site {
    let site = Site::new("");
    for period in ["2026-01", "2026-03"] {
        site.month(period, 60, 7);
    }
    timer(&site, APRIL);
    assert_eq!(past(&site, "2026-03"), [("2026-01".to_owned(), 1)]);
    site.month("2026-02", 60, 6);
    site
}

/// March could not show February, which came a week later.
#[test]
fn a_month_that_comes_late_is_shown_by_those_after_it() {
    let site = with_a_late_february();
    let week_later = "2026-04-10T06:00:00+08:00";
    let both = ["2026-02", "2026-03"];
    let (_, looked) = printed(&site, week_later, &["run", "--catch-up", "--dry-run", "--json"]);
    let listed: Vec<&str> =
        looked["runs"].as_array().unwrap().iter().map(|run| run["period"].as_str().unwrap()).collect();
    assert_eq!(listed, both, "{looked:#}");
    assert_eq!(timer(&site, week_later).0, outcomes(&both.map(|period| (period, "published"))));
    assert_eq!(past(&site, "2026-03"), [("2026-01".to_owned(), 1), ("2026-02".to_owned(), 1)]);
    assert_eq!(timer(&site, week_later).0, []);
}

/// Who hangs with the lock is waited for once, not once a month.
#[test]
fn a_lock_that_is_held_ends_the_call() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
    }
    fs::create_dir_all(site.path("out/.manyi")).unwrap();
    let file = fs::File::create(site.path("out/.manyi/run.lock")).unwrap();
    file.lock().unwrap();
    let (ended, said) = timer(&site, APRIL);
    assert_eq!((ended.len(), codes(&said)), (1, vec!["M0959".to_owned()]), "{said:#}");
    file.unlock().unwrap();
    assert_eq!(timer(&site, APRIL).0.len(), 3);
}

/// What a release says of itself is what late data are seen by.
#[test]
fn a_release_that_cannot_be_read_is_no_silence() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    site.write("out/releases/2026-01/r1/release.json", "{");
    let (ended, said) = timer(&site, FEBRUARY);
    assert_eq!((ended, codes(&said)), (outcomes(&[("2026-01", "failed")]), vec!["M0982".to_owned()]), "{said:#}");
    let (code, watched) = printed(&site, FEBRUARY, &["watch", "--json"]);
    assert_eq!((code, codes(&watched)), (Some(1), vec!["M0982".to_owned()]), "{watched:#}");
    assert_eq!(watched["missing"][0]["lack"], "damaged", "{watched:#}");
}

/// A correction is held, the history is lost, and the file of before is put back: nothing waits any more.
#[test]
fn what_was_held_is_over_although_the_history_was_lost() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    site.month("2026-01", 40, 7);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "held")]));
    lose_history(&site);
    site.month("2026-01", 60, 7);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "unchanged")]));
    assert_eq!(history(&site, "held"), Vec::<Value>::new());
    assert_eq!(timer(&site, FEBRUARY).0, []);
    assert_eq!(release(&site, "2026-01")["revision"], 1);
}

/// The month was repaired by a run that told nobody: the next timer says once that it is over.
#[test]
fn an_alarm_that_no_run_ended_is_ended_by_the_next_timer() {
    let site = Site::new(DELIVERY);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "failed")]));
    site.month("2026-01", 60, 7);
    assert_eq!(printed_code(&site, FEBRUARY, &["run", "--period", "2026-01", "--no-deliver", "--json"]), Some(0));
    assert_eq!(alarms(&site), ["errors-failed"]);
    let told = history(&site, "deliveries").len();
    let next = "2026-02-04T06:00:00+08:00";
    assert_eq!(timer(&site, next).0, []);
    assert!(alarms(&site).is_empty(), "{:?}", alarms(&site));
    assert_eq!(history(&site, "deliveries").len(), told + 1);
    timer(&site, next);
    assert_eq!(history(&site, "deliveries").len(), told + 1);
}

/// January failed, and then the project was set to begin in February.
#[test]
fn an_alarm_about_a_month_that_is_not_due_any_more_is_over() {
    let site = Site::new(DELIVERY);
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "failed")]));
    site.change("from: 2026-01", "from: 2026-02");
    let told = history(&site, "deliveries").len();
    assert_eq!(timer(&site, "2026-02-04T06:00:00+08:00").0, []);
    assert!(alarms(&site).is_empty(), "{:?}", alarms(&site));
    assert_eq!(history(&site, "deliveries").len(), told + 1);
    assert_eq!(printed_code(&site, "2026-02-04T06:00:00+08:00", &["watch", "--json"]), Some(0));
}

/// Old files of one source may go while those of another stay; that something comes to what is left is news.
#[test]
fn a_source_whose_old_files_are_gone_hides_no_late_answers_of_another() {
    let site = Site::new("");
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    let one = "{ file: \"data/{period}/*.csv\" }";
    site.write("manyi.yaml", &project.replace(one, &format!("{one}, {{ file: \"paper/{{period}}.csv\" }}")));
    site.month("2026-01", 60, 7);
    site.write("paper/2026-01.csv", "id,day,branch,satisfaction\npaper,2026-01-30,North,5\n");
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
    fs::remove_file(site.path("paper/2026-01.csv")).unwrap();
    assert_eq!(timer(&site, FEBRUARY).0, []);
    site.month("2026-01", 80, 7);
    let (ended, said) = timer(&site, FEBRUARY);
    assert_eq!((ended, codes(&said)), (outcomes(&[("2026-01", "failed")]), vec!["M0252".to_owned()]), "{said:#}");
}

/// Two schedulers begin at the same moment with a correction, a month that shows it and a month that is due.
#[test]
fn two_timers_at_once_publish_and_send_everything_once() {
    let site = Site::new(DELIVERY);
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
    }
    timer(&site, MARCH);
    site.month("2026-01", 80, 5);
    site.month("2026-03", 60, 6);
    let undisturbed = site.copied();
    timer(&undisturbed, APRIL);
    let start = || -> Command {
        let mut command = site.command(APRIL, &["run", "--catch-up", "--wait", "120", "--json"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut both = [start().spawn().unwrap(), start().spawn().unwrap()];
    let codes = both.each_mut().map(|child| child.wait().unwrap().code());
    assert_eq!(codes, [Some(0); 2]);
    assert_eq!((site.seen(), site.recorded()), (undisturbed.seen(), undisturbed.recorded()));
    let messages = sent(&site);
    assert_eq!(messages, sent(&undisturbed));
    assert!(messages.contains(&("2026-01".to_owned(), 2)) && messages.contains(&("2026-03".to_owned(), 1)));
    assert_eq!(timer(&site, APRIL).0, []);
}

/// A month failed on a late file, and then its files were archived: it stays as it is, and the alarm is over.
#[test]
fn a_month_whose_answers_are_archived_after_it_failed_stays_as_it_is() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    let before = site.seen();
    site.write("data/2026-01/late.csv", "id,day,branch,satisfaction\nlate,2026-01-30,North,99\n");
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "failed")]));
    fs::remove_dir_all(site.path("data/2026-01")).unwrap();
    let next = "2026-02-04T06:00:00+08:00";
    assert_eq!(timer(&site, next).0, outcomes(&[("2026-01", "unchanged")]));
    assert!(alarms(&site).is_empty(), "{:?}", alarms(&site));
    assert_eq!((timer(&site, next).0, site.seen()), (vec![], before));
}

/// A link that leads nowhere is no release: it is made again under its number, and nobody is sent it twice.
#[test]
fn a_release_whose_folder_is_gone_is_made_again() {
    let site = Site::new(DELIVERY);
    site.month("2026-01", 60, 7);
    timer(&site, FEBRUARY);
    let (before, messages) = (site.seen(), sent(&site));
    fs::remove_dir_all(site.path("out/releases/2026-01")).unwrap();
    let (code, watched) = printed(&site, FEBRUARY, &["watch", "--json"]);
    assert_eq!((code, codes(&watched)), (Some(1), vec!["M0178".to_owned()]), "{watched:#}");
    assert_eq!(watched["missing"][0]["lack"], "gone", "{watched:#}");
    assert_eq!(timer(&site, FEBRUARY).0, outcomes(&[("2026-01", "published")]));
    assert_eq!((site.seen(), sent(&site)), (before, messages));
    assert_eq!(timer(&site, FEBRUARY).0, []);
}

/// One file grows for all months, and somebody edits a template: the months of the past are not made anew by the next timer.
#[test]
fn another_template_is_no_news_to_a_timer() {
    let site = Site::by_date(DELIVERY);
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 7)]));
    timer(&site, MARCH);
    site.write("templates/brief/short.md.tera", "# {{ project.title }}\n");
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 7), (3, 60, 6)]));
    let wanted = [("2026-01", "unchanged"), ("2026-02", "unchanged"), ("2026-03", "published")];
    assert_eq!(timer(&site, APRIL).0, outcomes(&wanted));
    // Who asks for it gets it.
    assert_eq!(site.run("2026-02", &[]).1["runs"][0]["outcome"], "published");
}
