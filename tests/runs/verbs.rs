//! The verbs of unattended runs: what they print, when they fail, and that they touch nothing without need.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use manyi::runs::lock::{Locked, RunLock};
use serde_json::Value;
use walkdir::WalkDir;

use super::{NOW, Site, all, codes};

/// Every file of a folder with its content and the time it was changed, without the lock and the history's own working files.
pub fn touched(root: &Path) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    let files = WalkDir::new(root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .filter(|entry| !entry.path().ends_with("run.lock"))
        .map(|entry| {
            let changed = entry.metadata().unwrap().modified().unwrap();
            (entry.path().display().to_string(), (fs::read(entry.path()).unwrap(), changed))
        })
        .collect()
}

#[test]
fn a_run_without_news_touches_nothing() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    let published = site.publish("2026-01", &[]);
    assert_eq!((published["revision"].as_u64(), published["reports"][0].as_str()), (Some(1), Some("short")));
    let before = touched(site.root());
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(0), Some("unchanged")), "{printed:#}");
    assert!(touched(site.root()) == before, "something was touched");
    // A comment in manyi.yaml is no news either.
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &format!("# a remark\n{project}"));
    assert_eq!(site.run("2026-01", &[]).1["runs"][0]["outcome"], "unchanged");
}

#[test]
fn changed_answers_make_a_revision_that_says_what_changed() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let first = fs::read(site.path("out/2026-01/release.json")).unwrap();
    site.month("2026-01", 80, 8);
    let (_, planned) = site.run("2026-01", &["--dry-run"]);
    let steps = planned["runs"][0]["steps"].as_array().unwrap();
    let why: Vec<&str> = steps.iter().map(|step| step["why"]["en"].as_str().unwrap()).collect();
    assert!(why.iter().all(|why| *why == "changed: data/2026-01/answers.csv"), "{why:?}");
    assert!(steps.iter().all(|step| step["needed"] == true));
    assert_eq!(fs::read(site.path("out/2026-01/release.json")).unwrap(), first, "a dry run does nothing");

    let run = site.publish("2026-01", &[]);
    assert_eq!(run["revision"], 2);
    let change = &run["changes"][0];
    assert_eq!(
        (change["metric"].as_str(), change["before"].as_f64(), change["after"].as_f64()),
        (Some("csat_top2"), Some(70.0), Some(80.0))
    );
    assert_eq!(fs::read(site.path("out/releases/2026-01/r1/release.json")).unwrap(), first, "the old release stays");
    assert_eq!(fs::read_link(site.path("out/2026-01")).unwrap(), Path::new("releases/2026-01/r2"));
}

#[test]
fn only_what_depends_on_a_change_is_built_again() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    site.write("templates/brief/short.md.tera", "# {{ project.title }}\n");
    let run = site.publish("2026-01", &[]);
    assert_eq!((run["revision"].as_u64(), run["changes"].as_array().map(Vec::len)), (Some(2), Some(0)));
    let release = |revision: u32| -> Value {
        let path = site.path(&format!("out/releases/2026-01/r{revision}/release.json"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let (old, new) = (release(1), release(2));
    assert_eq!(old["reports"][0], new["reports"][0], "the other report is the same");
    assert_ne!(old["reports"][1], new["reports"][1]);
}

#[test]
fn old_files_may_go_and_the_series_stays() {
    let site = Site::new("");
    for (period, happy) in [("2026-01", 6), ("2026-02", 7), ("2026-03", 8)] {
        site.month(period, 60, happy);
        site.publish(period, &[]);
        fs::remove_dir_all(site.path("data").join(period)).unwrap();
    }
    let document = WalkDir::new(site.path("out/2026-03/brief"))
        .into_iter()
        .map(Result::unwrap)
        .find(|entry| entry.path().extension().is_some_and(|ending| ending == "md"))
        .unwrap();
    let text = fs::read_to_string(document.path()).unwrap();
    assert!(text.contains("waves: 3"), "{text}");
    let done = site.call(NOW, &["history", "csat_top2", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let series: Vec<(&str, f64)> = printed["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["period"].as_str().unwrap(), entry["estimate"].as_f64().unwrap()))
        .collect();
    assert_eq!(series, [("2026-01", 60.0), ("2026-02", 70.0), ("2026-03", 80.0)]);
    let unknown = site.call(NOW, &["history", "csat_top3", "--json"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert_eq!(codes(&serde_json::from_slice(&unknown.stdout).unwrap()), ["M0977"]);
    let of_group = |group: &str| {
        let done = site.call(NOW, &["history", "csat_top2", "--segment", group, "--json"]);
        (done.status.code(), serde_json::from_slice::<Value>(&done.stdout).unwrap())
    };
    assert_eq!(of_group("branch=North").0, Some(0));
    for unknown in ["branch=Nort", "North"] {
        let (code, said) = of_group(unknown);
        assert_eq!((code, codes(&said)), (Some(1), vec!["M0171".to_owned()]), "{said:#}");
        assert!(
            said["diagnostics"][0]["hint"].as_str().unwrap().contains("`branch=North`, `branch=South`"),
            "{said:#}"
        );
    }
    // The folder may be named as with other verbs.
    let folder = site.root().to_str().unwrap();
    for arguments in [["history", "csat_top2", folder].as_slice(), &["history", "csat_top2", "-C", folder]] {
        let done =
            std::process::Command::new(env!("CARGO_BIN_EXE_manyi")).args(arguments).args(["--lang", "en"]).output();
        let done = done.unwrap();
        let table = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success() && table.contains(" to "), "{table}");
    }
    for file in ["all.csv", "all.parquet"] {
        let done = site.call(NOW, &["history", "--export", file]);
        assert!(done.status.success() && fs::metadata(site.path(file)).unwrap().len() > 500, "{file}");
    }
}

/// The documents of groups go on from what was published of their group, as those of all do.
#[test]
fn documents_of_groups_take_their_past_from_the_history() {
    let site = Site::new("");
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("id: brief, pack: brief,", "id: brief, pack: brief, for_each: branch,"));
    let template = "{{ wave.count }} {% for i in indicators %}{{ i.title }} {{ i.value }} {% if i.change %}{{ i.change.kind }}{% endif %}{% endfor %}\n";
    site.write("templates/brief/short.md.tera", template);
    for (period, happy) in [("2026-01", 4), ("2026-02", 6), ("2026-03", 8)] {
        site.month(period, 200, happy);
        site.publish(period, &[]);
        fs::remove_dir_all(site.path("data").join(period)).unwrap();
    }
    let text = |branch: &str| {
        let folder = site.path("out/2026-03/brief").join(branch);
        let mut files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
        fs::read_to_string(files.find(|file| file.extension().is_some_and(|end| end == "md")).unwrap()).unwrap()
    };
    for branch in ["North", "South"] {
        let text = text(branch);
        assert!(text.trim_start().starts_with('3'), "{branch}: {text}");
        assert!(text.contains("80.0%") && text.contains("up"), "from 60 to 80 is significant for {branch}: {text}");
    }
}

#[test]
fn a_correction_is_followed_by_what_shows_it() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02"] {
        site.month(period, 60, 7);
        site.publish(period, &[]);
    }
    site.month("2026-01", 60, 6);
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, codes(&printed)), (Some(0), vec!["M0973".to_owned()]), "{printed:#}");
    let done = site.call("2026-03-02T06:00:00+08:00", &["run", "--catch-up", "--json"]);
    let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
    let runs: Vec<(&str, u64)> = printed["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (run["period"].as_str().unwrap(), run["revision"].as_u64().unwrap()))
        .collect();
    assert_eq!(runs, [("2026-02", 2)], "{printed:#}");
}

#[test]
fn a_date_column_cuts_periods_and_other_periods_change_nothing() {
    let site = Site::by_date("");
    site.write("all.csv", &all(&[(1, 60, 7)]));
    site.publish("2026-01", &[]);
    site.write("all.csv", &all(&[(1, 60, 7), (2, 60, 6)]));
    site.publish("2026-02", &[]);
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(0), Some("unchanged")), "{printed:#}");
    let (code, printed) = site.run("2026-03", &[]);
    assert_eq!(code, Some(1));
    assert!(!codes(&printed).is_empty());
    let numbers = site.recorded();
    assert_eq!(numbers.len(), 2);
}

#[test]
fn what_is_due_what_is_missing_and_the_scheduler() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
    }
    let watch = |now: &str| {
        let done = site.call(now, &["watch", "--json"]);
        (done.status.code(), serde_json::from_slice::<Value>(&done.stdout).unwrap())
    };
    let (code, printed) = watch("2026-03-02T04:59:00+08:00");
    assert_eq!((code, codes(&printed)), (Some(1), vec!["M0974".to_owned()]), "{printed:#}");
    assert_eq!(printed["missing"][0]["period"], "2026-01");
    let (_, printed) = watch("2026-03-02T05:00:00+08:00");
    assert_eq!(printed["missing"].as_array().unwrap().len(), 2, "February is due at five on the second");
    assert_eq!(watch("2026-02-01T00:00:00+08:00").0, Some(0), "nothing was due yet");

    let serve = |now: &str| site.call(now, &["serve-schedule", "--rounds", "1", "--log", "json"]);
    let done = serve("2026-03-02T05:00:00+08:00");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let log = String::from_utf8_lossy(&done.stderr);
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!((line["message"].as_str(), line["period"].as_str()), (Some("run begins"), Some("2026-01")), "{log}");
    assert_eq!(watch("2026-03-02T05:00:00+08:00").0, Some(0));
    assert_eq!(site.recorded().len(), 2);
    // The line of cron finds nothing to do on most days, and has nothing to mail.
    let idle = site.call("2026-03-02T05:00:00+08:00", &["run", "--catch-up", "--log", "json", "--quiet"]);
    assert_eq!((idle.status.code(), idle.stdout.len(), idle.stderr.len()), (Some(0), 0, 0), "{idle:?}");
    // Another scheduler with a clock that is behind, and one that is ahead.
    assert!(serve("2026-02-20T05:00:00+08:00").status.success());
    assert_eq!(site.recorded().len(), 2);
    assert_eq!(serve("2026-05-20T05:00:00+08:00").status.code(), Some(1), "April has no data");
    assert_eq!(site.recorded().len(), 3);

    let (code, early) = site.run("2027-01", &[]);
    assert_eq!((code, codes(&early)), (Some(1), vec!["M0961".to_owned()]));
    let other = site.call(NOW, &["run", "--period", "2026-Q1", "--json"]);
    assert_eq!(codes(&serde_json::from_slice(&other.stdout).unwrap()), ["M0953"]);
    assert_eq!(site.call(NOW, &["run", "--period", "yesterday"]).status.code(), Some(1));
}

/// A look that falls into a run raises no alarm; one that finds a run that has been at work since yesterday does.
#[test]
fn what_a_run_is_making_is_not_missing() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    let state = site.path("out/.manyi");
    fs::create_dir_all(&state).unwrap();
    let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    let hold = |since: &str| match RunLock::take(&state.join("run.lock"), Duration::ZERO, at(since)).unwrap() {
        Locked::Held(lock) => lock,
        Locked::Busy { .. } => panic!("free"),
    };
    let watch = || {
        let done = site.call("2026-02-02T05:10:00+08:00", &["watch", "--json"]);
        let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
        (done.status.code(), codes(&printed), printed["at_work"] == true)
    };
    let run = hold("2026-02-02T05:00:00+08:00");
    assert_eq!(watch(), (Some(0), vec![], true));
    drop(run);
    let hangs = hold("2026-02-01T05:00:00+08:00");
    assert_eq!(watch(), (Some(1), vec!["M0974".to_owned()], false));
    drop(hangs);
    assert_eq!(watch(), (Some(1), vec!["M0974".to_owned()], false));
}

#[test]
fn past_periods_are_filled_in_and_build_keeps_off() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 60, 7);
    }
    let done = site.call(NOW, &["backfill", "--from", "2026-01", "--to", "2026-03", "--json"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    assert_eq!(site.recorded().len(), 3);
    let before = site.seen();
    // A history that was lost is written again from the releases.
    fs::remove_file(site.path("history.sqlite")).unwrap();
    let lost = site.call(NOW, &["history", "--json"]);
    assert_eq!(codes(&serde_json::from_slice(&lost.stdout).unwrap()), ["M0978"]);
    assert!(site.call(NOW, &["backfill", "--from", "2026-01", "--to", "2026-03"]).status.success());
    assert_eq!((site.recorded().len(), site.seen()), (3, before.clone()));

    let done = site.call(NOW, &["build", "--json"]);
    assert_eq!(codes(&serde_json::from_slice(&done.stdout).unwrap()).first().map(String::as_str), Some("M0708"));
    let project = fs::read_to_string(site.path("manyi.yaml")).unwrap();
    site.write("manyi.yaml", &project.replace("lang: en }", "lang: en, date: 2026-04-01 }"));
    let done = site.call(NOW, &["build", "--json"]);
    assert_eq!(codes(&serde_json::from_slice(&done.stdout).unwrap()), ["M0950"]);
    assert_eq!(site.seen(), before, "a release is never changed");
}

/// A range that holds nothing is a mistake, not a day without work.
#[test]
fn a_range_without_periods_is_an_error() {
    let site = Site::new("");
    for (from, to) in [("2026-05", "2026-04"), ("2026-01", "2026-Q2")] {
        let done = site.call(NOW, &["backfill", "--from", from, "--to", to, "--json"]);
        let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
        assert_eq!((done.status.code(), codes(&printed)), (Some(1), vec!["M0999".to_owned()]), "{printed:#}");
    }
}

/// Every line of a JSON log is JSON, problems included; without `--log json` they are for people.
#[test]
fn a_log_in_json_holds_nothing_else() {
    let site = Site::new("");
    let done = site.call(NOW, &["run", "--period", "2026-01", "--log", "json"]);
    assert_eq!(done.status.code(), Some(1), "there are no data");
    let log = String::from_utf8_lossy(&done.stderr).into_owned();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let problem = lines.iter().find(|line| line["code"] == "M0252").unwrap_or_else(|| panic!("{log}"));
    assert_eq!(problem["level"], "ERROR");
    assert_eq!(problem["message"], "no file matches `data/2026-01/*.csv`");
    assert!(problem["hint"].as_str().unwrap().contains("not there yet"), "{log}");
}

#[test]
fn timers_name_the_zone_and_are_written() {
    let site = Site::new("  name: shops\n");
    let timers = site.path("units");
    let write = timers.to_str().unwrap().to_owned();
    let done = site.call(NOW, &["schedule", "install", "--systemd", "--write", &write]);
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && printed.contains("OnCalendar=*-*-* 05:00:00 Asia/Shanghai\n"), "{printed}");
    assert_eq!(fs::read_dir(&timers).unwrap().count(), 4, "the run, and the look whether it happened");
    let units = fs::read_dir(&timers).unwrap().map(|unit| unit.unwrap().path());
    match std::process::Command::new("systemd-analyze").arg("verify").args(units).output() {
        // It ends well whatever it finds, and speaks of units that are not ours, too.
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            let ours: Vec<&str> = said.lines().filter(|line| line.contains("manyi-")).collect();
            assert!(ours.is_empty(), "{said}");
        }
        Err(_) => println!("skipped: what systemd says of the units (systemd-analyze is not installed)"),
    }
    // Those of another folder are not written over, and its own are.
    let install = |site: &Site| {
        let done = site.call(NOW, &["schedule", "install", "--systemd", "--write", &write]);
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let held = fs::read_dir(&timers).unwrap().map(|unit| fs::read(unit.unwrap().path()).unwrap()).collect::<Vec<_>>();
    let other = Site::new("  name: shops\n");
    let (code, said) = install(&other);
    assert!(code == Some(1) && said.contains("M0191"), "{said}");
    assert_eq!(install(&site).0, Some(0));
    let now = fs::read_dir(&timers).unwrap().map(|unit| fs::read(unit.unwrap().path()).unwrap()).collect::<Vec<_>>();
    assert_eq!(held, now);
    let done = site.call(NOW, &["schedule", "install", "--cron", "--user", "www"]);
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        printed.contains("0,15,30,45 * * * * www case $(TZ=Asia/Shanghai date +\\%H:\\%M) in 05:00) '"),
        "{printed}"
    );
    let neither = site.call(NOW, &["schedule", "install"]);
    let said = String::from_utf8_lossy(&neither.stderr).into_owned();
    assert_eq!(neither.status.code(), Some(1));
    assert!(said.contains("--systemd") && said.contains("--cron"), "{said}");
    assert_eq!(site.call(NOW, &["schedule", "install", "--systemd", "--cron"]).status.code(), Some(1));
}

/// cron gives no variables to what it starts, and systemd's unit reads them from a file that somebody has to write.
#[test]
fn timers_say_which_variables_a_run_needs() {
    let site = Site::new(
        "delivery:\n  channels: { hook: { kind: json, url: \"https://a.example/${env:HOOK_KEY}\" } }\n  errors: [hook]\n",
    );
    let said = |timer: &str| {
        let done = site.call(NOW, &["schedule", "install", timer, "--lang", "en"]);
        assert_eq!(done.status.code(), Some(0), "{timer}");
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    let (cron, systemd) = (said("--cron"), said("--systemd"));
    assert!(cron.contains("M0170") && cron.contains("${env:HOOK_KEY}"), "{cron}");
    assert!(systemd.contains(".env") && systemd.contains("HOOK_KEY=…") && !systemd.contains("M0170"), "{systemd}");
    assert!(
        !String::from_utf8_lossy(&Site::new("").call(NOW, &["schedule", "install", "--cron"]).stderr).contains("M0170")
    );
}

/// Without a user in it cron would take the command for one, and nothing would ever run.
#[test]
fn a_file_of_cron_d_names_a_user() {
    let site = Site::new("");
    let install = |folder: &str, more: &[&str]| {
        fs::create_dir_all(site.path(folder)).unwrap();
        let arguments = [&["schedule", "install", "--cron", "--lang", "en", "--write", folder][..], more].concat();
        let done = site.call(NOW, &arguments);
        let written = fs::read_dir(site.path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let written: Vec<String> = written.map(|path| fs::read_to_string(path).unwrap()).collect();
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned(), written)
    };
    let (code, said, written) = install("cron.d", &[]);
    assert_eq!((code, written.len()), (Some(1), 0), "{said}");
    assert!(said.contains("M1013") && said.contains("--user NAME"), "{said}");
    let (code, said, written) = install("cron.d", &["--user", "www"]);
    assert!(code == Some(0) && written[0].contains(" * * * * www case "), "{said}\n{written:?}");
    // A crontab of a user has no such column.
    let (code, said, written) = install("mine", &[]);
    assert!(code == Some(0) && written[0].contains(" * * * * case "), "{said}\n{written:?}");
    assert!(said.contains("(crontab -l; cat mine/manyi-"), "{said}");
}

#[test]
fn a_scheduler_without_a_project_ends_at_once() {
    let site = Site::new("");
    let done = site.call(NOW, &["serve-schedule", "nowhere"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("M0116"));
}

#[test]
fn a_person_is_removed_from_the_files_and_what_was_published_is_named() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.publish("2026-01", &[]);
    let before = fs::read_to_string(site.path("data/2026-01/answers.csv")).unwrap();
    let purge = |more: &[&str]| {
        let mut arguments = vec!["purge", "--respondent", "2026-01-7", "--json"];
        arguments.extend(more);
        let done = site.call(NOW, &arguments);
        (done.status.code(), serde_json::from_slice::<Value>(&done.stdout).unwrap())
    };
    let (code, printed) = purge(&["--dry-run"]);
    assert_eq!((code, printed["files"][0]["rows"].as_u64()), (Some(0), Some(1)), "{printed:#}");
    assert_eq!(fs::read_to_string(site.path("data/2026-01/answers.csv")).unwrap(), before);
    let (_, printed) = purge(&[]);
    assert_eq!(codes(&printed), ["M0986"]);
    assert!(printed["diagnostics"][0]["message"].as_str().unwrap().contains("2026-01 r1"));
    let after = fs::read_to_string(site.path("data/2026-01/answers.csv")).unwrap();
    let kept: Vec<&str> = before.lines().filter(|line| !line.starts_with("2026-01-7,")).collect();
    assert_eq!(after.lines().collect::<Vec<_>>(), kept);
    // Whose rows are gone is not known any more, but which releases are of the file as it was.
    let (_, printed) = purge(&[]);
    assert_eq!(codes(&printed), ["M0983", "M0174"]);
    assert!(printed["diagnostics"][1]["message"].as_str().unwrap().contains("2026-01 r1"));
}

/// A link to a share that is not mounted: half of the answers must not be published for all of them.
#[cfg(unix)]
#[test]
fn a_match_that_cannot_be_read_stops_the_period_and_no_other() {
    let site = Site::new("");
    site.month("2026-01", 60, 7);
    site.month("2026-02", 60, 7);
    std::os::unix::fs::symlink("/nowhere/more.csv", site.path("data/2026-01/more.csv")).unwrap();
    let (code, printed) = site.run("2026-01", &[]);
    assert_eq!((code, printed["runs"][0]["outcome"].as_str()), (Some(1), Some("failed")), "{printed:#}");
    assert!(codes(&printed).contains(&"M0255".to_owned()), "{printed:#}");
    assert!(!site.path("out/2026-01").exists());
    site.publish("2026-02", &[]);
    fs::remove_file(site.path("data/2026-01/more.csv")).unwrap();
    site.publish("2026-01", &[]);
}

/// Numbers that begin anew in every export are of different people.
#[test]
fn an_id_of_several_files_is_removed_from_those_that_are_named() {
    let site = Site::new("");
    for period in ["2026-01", "2026-02", "2026-03"] {
        site.month(period, 20, 7);
        let file = format!("data/{period}/answers.csv");
        let text = fs::read_to_string(site.path(&file)).unwrap();
        site.write(&file, &text.replace(&format!("{period}-7,"), "7,"));
    }
    let rows = || {
        let file = |month: &str| fs::read_to_string(site.path(&format!("data/{month}/answers.csv"))).unwrap();
        ["2026-01", "2026-02", "2026-03"].map(|month| file(month).lines().filter(|line| line.starts_with("7,")).count())
    };
    let purge = |more: &[&str]| {
        let mut arguments = vec!["purge", "--respondent", "7", "--json"];
        arguments.extend(more);
        let done = site.call(NOW, &arguments);
        (done.status.code(), codes(&serde_json::from_slice::<Value>(&done.stdout).unwrap()))
    };
    assert_eq!(rows(), [1, 1, 1]);
    assert_eq!(purge(&["--dry-run"]), (Some(0), vec!["M0919".to_owned()]));
    assert_eq!(purge(&[]), (Some(1), vec!["M0919".to_owned()]));
    assert_eq!(purge(&["--file", "data/2026-02/answer.csv"]), (Some(1), vec!["M0252".to_owned()]));
    assert_eq!(rows(), [1, 1, 1]);
    assert_eq!(purge(&["--file", "data/2026-02/answers.csv"]), (Some(0), Vec::new()));
    assert_eq!(rows(), [1, 0, 1]);
    assert_eq!(purge(&["--all-files"]), (Some(0), Vec::new()));
    assert_eq!(rows(), [0, 0, 0]);
}

#[test]
fn mistakes_in_the_section_are_found_before_anything_runs() {
    let cases = [
        ("timezone: Asia/Shanghai", "timezone: Asia/Shanghei", "M0952"),
        ("from: 2026-01", "from: 2026-W01", "M0953"),
        ("schedule: { day: 2, time: \"05:00\" }", "schedule: { day: 31 }", "M0954"),
        ("schedule: { day: 2, time: \"05:00\" }", "schedule: { time: \"5 o'clock\" }", "M0954"),
        ("data/{period}/*.csv", "data/*.csv", "M0951"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  gates: { freshness: { days: 3 } }", "M0955"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  history: postgresql://u:geheim@localhost/x", "M0954"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  history: { url: \"${env:MANYI_NOWHERE}\" }", "M0990"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  control: { metrics: { csat_tp2: xmr } }", "M0989"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  gates: { limits: { complaint: { most: 10 } } }", "M0989"),
        ("timezone: Asia/Shanghai", "timezone: UTC\n  gates: { jump: { limits: { csat_tp2: 5 } } }", "M0989"),
        (
            "settings: {",
            "delivery:\n  errors: [box]\n  channels: { box: { kind: folder, path: box } }\n  \
          alarms: [{ id: low, on: threshold, metric: csat_top, below: 9, tell: errors }]\nsettings: {",
            "M0989",
        ),
    ];
    for (written, wrong, wanted) in cases {
        let site = Site::new("");
        site.month("2026-01", 30, 7);
        let project = fs::read_to_string(site.path("manyi.yaml")).unwrap().replace(written, wrong);
        site.write("manyi.yaml", &project);
        let done = site.call(NOW, &["run", "--period", "2026-01", "--json"]);
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        let printed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((done.status.code(), codes(&printed)), (Some(1), vec![wanted.to_owned()]), "{wrong}: {printed:#}");
        assert!(
            !text.contains("geheim") && printed["diagnostics"][0]["location"]["position"]["text"]["line"].is_u64(),
            "{text}"
        );
        // What only the answers tell is found after the lock was taken.
        let published = ["out/releases", "out/2026-01", "out/latest"].iter().any(|place| site.path(place).exists());
        assert!(!published && (wanted == "M0989" || !site.path("out").exists()), "{wrong}");
        let checked = site.call(NOW, &["check", "--json"]);
        let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
        assert!(codes(&checked).contains(&wanted.to_owned()), "{wrong}: {checked:#}");
    }
}
