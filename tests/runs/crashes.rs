//! The program is killed at every named step, and at any moment. Afterwards readers see the old release or the new one, whole, and a
//! rerun comes to the same bytes as a run that was never killed.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use manyi::runs::steps::{CRASH_AT, STEPS};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{NOW, Seen, Site};

/// What happens to a project before the run that is killed.
const SCENES: [&str; 4] = ["first", "next", "revision", "other template"];

/// The project as it stands before the run that is killed, and the period of that run.
fn prepare(scene: &str) -> (Site, &'static str) {
    let site = Site::new("  keep: { revisions: 1 }\n");
    site.month("2026-01", 60, 7);
    if scene == "first" {
        return (site, "2026-01");
    }
    site.publish("2026-01", &[]);
    match scene {
        "next" => {
            site.month("2026-02", 60, 6);
            (site, "2026-02")
        }
        "revision" => {
            site.month("2026-01", 80, 7);
            (site, "2026-01")
        }
        _ => {
            site.write("templates/brief/short.md.tera", "# {{ project.title }}\n");
            (site, "2026-01")
        }
    }
}

/// Each period that readers see is what it was before or what it is afterwards, in every file.
fn assert_whole(seen: &Seen, before: &Seen, after: &Seen, what: &str) {
    let of = |all: &Seen, period: &str| -> Seen {
        all.iter()
            .filter(|(name, _)| name.starts_with(period))
            .map(|(name, held)| (name.clone(), held.clone()))
            .collect()
    };
    let periods: BTreeSet<String> = [seen, before, after]
        .iter()
        .flat_map(|all| all.keys().filter_map(|name| Some(name.split_once('/')?.0.to_owned() + "/")))
        .collect();
    for period in periods {
        let own = of(seen, &period);
        assert!(
            own == of(before, &period) || own == of(after, &period),
            "{what}: {period} is neither old nor new: {own:#?}"
        );
    }
}

/// What was recorded, without doubles.
fn assert_recorded_once(site: &Site, what: &str) {
    let recorded = site.recorded();
    let keys: BTreeSet<(String, u64)> =
        recorded.iter().map(|(period, revision, _)| (period.clone(), *revision)).collect();
    assert_eq!(keys.len(), recorded.len(), "{what}: {recorded:?}");
}

#[test]
fn killed_at_every_step_a_rerun_comes_to_the_same_bytes() {
    let mut kills = 0;
    for scene in SCENES {
        let (site, period) = prepare(scene);
        let before = site.seen();
        let undisturbed = site.copied();
        undisturbed.publish(period, &[]);
        let (after, wanted) = (undisturbed.seen(), undisturbed.recorded());
        assert_ne!(before, after, "{scene}");
        for step in STEPS {
            let what = format!("{scene}, {step}");
            let victim = site.copied();
            let mut command = victim.command(NOW, &["run", "--period", period, "-q"]);
            let done = command.env(CRASH_AT, step).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
            assert_eq!(done.code(), None, "{what}: the step was not passed");
            kills += 1;
            assert_whole(&victim.seen(), &before, &after, &what);
            let (code, printed) = victim.run(period, &[]);
            assert_eq!(code, Some(0), "{what}: {printed:#}");
            assert_eq!(victim.seen(), after, "{what}");
            assert_eq!(victim.recorded(), wanted, "{what}");
            assert!(!victim.path("out/.manyi").join(period).exists(), "{what}: work is left behind");
            let (_, again) = victim.run(period, &[]);
            assert_eq!(again["runs"][0]["outcome"], "unchanged", "{what}: {again:#}");
        }
    }
    assert!(kills >= 50, "{kills}");
}

/// The timer that comes next finds the period that was killed at any step, and leaves nothing to do for the one after it.
#[test]
fn killed_at_every_step_the_next_timer_ends_it() {
    const LATER: &str = "2026-02-03T06:00:00+08:00";
    let (site, period) = prepare("first");
    let undisturbed = site.copied();
    undisturbed.publish(period, &[]);
    let (after, wanted) = (undisturbed.seen(), undisturbed.recorded());
    for step in STEPS {
        let victim = site.copied();
        let mut command = victim.command(LATER, &["run", "--catch-up", "-q"]);
        let done = command.env(CRASH_AT, step).stderr(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert_eq!(done.code(), None, "{step} was not passed");
        let timer = || {
            let done = victim.call(LATER, &["run", "--catch-up", "--json"]);
            let printed: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
            (done.status.code(), printed["runs"].as_array().map(Vec::len), printed)
        };
        let (code, _, printed) = timer();
        assert_eq!(code, Some(0), "{step}: {printed:#}");
        assert_eq!((victim.seen(), victim.recorded()), (after.clone(), wanted.clone()), "{step}");
        let (code, runs, printed) = timer();
        assert_eq!((code, runs), (Some(0), Some(0)), "{step}: {printed:#}");
    }
}

/// A thousand kills at any moment: too long for every day (about twenty minutes); `make test-crashes` runs it.
#[test]
#[ignore = "a thousand kills take about twenty minutes; make test-crashes"]
fn killed_a_thousand_times_at_any_moment() {
    let mut random = ChaCha8Rng::seed_from_u64(1_000);
    for scene in SCENES {
        let (site, period) = prepare(scene);
        let before = site.seen();
        let undisturbed = site.copied();
        let begun = Instant::now();
        undisturbed.publish(period, &[]);
        let length = begun.elapsed();
        let (after, wanted) = (undisturbed.seen(), undisturbed.recorded());
        for round in 0..50 {
            let victim = site.copied();
            for kill in 0..5 {
                let what = format!("{scene}, round {round}, kill {kill}");
                let mut child = victim
                    .command(NOW, &["run", "--period", period, "-q"])
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                std::thread::sleep(length.mul_f64(random.random_range(0.0..1.1)));
                let _ = child.kill();
                child.wait().unwrap();
                assert_whole(&victim.seen(), &before, &after, &what);
            }
            let what = format!("{scene}, round {round}");
            let (code, printed) = victim.run(period, &[]);
            assert_eq!(code, Some(0), "{what}: {printed:#}");
            assert_eq!(victim.seen(), after, "{what}");
            assert_eq!(victim.recorded(), wanted, "{what}");
            assert_recorded_once(&victim, &what);
        }
    }
}

/// Numbers that were kept and answers that are measured again for the documents must be the same, or nothing is published.
#[test]
fn a_release_never_mixes_numbers_of_other_answers() {
    let (site, period) = prepare("first");
    let mut command = site.command(NOW, &["run", "--period", period, "-q"]);
    command.env(CRASH_AT, "numbers-kept").stderr(Stdio::null()).status().unwrap();
    let state = site.path("out/.manyi/2026-01/state.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&fs::read(&state).unwrap()).unwrap();
    kept["numbers"]["content"] = "0".repeat(64).into();
    fs::write(&state, serde_json::to_vec(&kept).unwrap()).unwrap();
    let (code, printed) = site.run(period, &[]);
    assert_eq!((code, super::codes(&printed)), (Some(1), vec!["M0993".to_owned()]), "{printed:#}");
    assert!(site.seen().is_empty(), "nothing is published");
    site.publish(period, &[]);
}

/// Two runs at once: one publishes, the other is told who is at work and since when, or waits and finds nothing to do.
#[test]
fn two_runs_at_once_publish_once() {
    let (site, period) = prepare("first");
    let children: Vec<_> = (0..4)
        .map(|index| {
            let wait = if index % 2 == 0 { "0" } else { "60" };
            let arguments = ["run", "--period", period, "--json", "--wait", wait];
            site.command(NOW, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let mut published = 0;
    for (index, child) in children.into_iter().enumerate() {
        let done = child.wait_with_output().unwrap();
        let printed: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let outcome = printed["runs"][0]["outcome"].as_str().unwrap().to_owned();
        published += usize::from(outcome == "published");
        if outcome == "failed" {
            assert_eq!((index % 2, super::codes(&printed)), (0, vec!["M0959".to_owned()]), "{printed:#}");
            let text = printed["diagnostics"][0]["message"].as_str().unwrap();
            assert!(text.contains("process ") && text.contains("since 2026-12-01T22:00:00Z"), "{text}");
        }
    }
    assert_eq!(published, 1);
    assert_eq!(site.recorded().len(), 1);
    assert_eq!(fs::read_dir(site.path("out/releases/2026-01")).unwrap().count(), 1);
}

/// The lock of a process that died is free at once.
#[test]
fn death_frees_the_lock() {
    let (site, period) = prepare("first");
    let mut command = site.command(NOW, &["run", "--period", period, "-q"]);
    command.env(CRASH_AT, "locked").stderr(Stdio::null()).status().unwrap();
    let begun = Instant::now();
    site.publish(period, &[]);
    assert!(begun.elapsed() < Duration::from_secs(60));
}
