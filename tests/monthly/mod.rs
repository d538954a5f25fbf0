//! `samples/monthly`: its data from a seeded generator, and its twelve months run from an empty history as the demo runs them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support;

/// Set to write the sample's files instead of comparing them.
const WRITE: &str = "MANYI_WRITE_SAMPLES";

const SEED: u64 = 20_260_103;

/// Share of satisfied customers by month: nothing happens until September, when a branch is rebuilt.
const SATISFIED: [f64; 12] = [0.76, 0.75, 0.77, 0.76, 0.75, 0.77, 0.76, 0.75, 0.58, 0.70, 0.76, 0.78];

/// The files of the sample, by path.
fn files() -> Vec<(String, String)> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut files = Vec::new();
    for (index, satisfied) in SATISFIED.iter().enumerate() {
        let month = index + 1;
        let branches: &[&str] = if month < 7 {
            &["东街店", "西街店", "南门店"]
        } else {
            &["东街店", "西街店", "南门店", "北湖店"]
        };
        // April lacks the answers of the last days, which come later as a file of their own.
        let (count, late) = if month == 4 { (190, 60) } else { (230, 0) };
        let mut text = head(month);
        for number in 0..count {
            row(&mut text, &mut random, month, number, *satisfied, branches);
        }
        files.push((format!("data/2026-{month:02}/answers.csv"), text));
        if late > 0 {
            let mut text = head(month);
            for number in count..count + late {
                row(&mut text, &mut random, month, number, satisfied - 0.12, branches);
            }
            files.push((format!("late/2026-{month:02}-supplement.csv"), text));
        }
    }
    files
}

fn head(month: usize) -> String {
    let satisfaction = if month < 7 { "总体满意度" } else { "总体满意程度" };
    format!("\u{feff}编号,手机号,提交时间,门店,{satisfaction},推荐意愿\r\n")
}

fn row(text: &mut String, random: &mut ChaCha8Rng, month: usize, number: usize, satisfied: f64, branches: &[&str]) {
    let branch = branches[random.random_range(0..branches.len())];
    let happy = random.random_bool(satisfied);
    let score = if happy { random.random_range(4..=5) } else { random.random_range(1..=3) };
    let recommend = if happy { random.random_range(7..=10) } else { random.random_range(2..=8) };
    let recommend = if random.random_bool(0.04) { String::new() } else { recommend.to_string() };
    let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
    let (day, hour, minute) = (random.random_range(1..=last), random.random_range(8..22), random.random_range(0..60));
    let phone = format!("1990000{:04}", random.random_range(0..10_000));
    let _ = write!(
        text,
        "W26{month:02}{number:04},{phone},2026-{month:02}-{day:02} {hour:02}:{minute:02}:00,{branch},{score},{recommend}\r\n"
    );
}

#[test]
fn committed_files_of_the_monthly_sample_are_the_generators() {
    let folder = support::root().join("samples/monthly");
    for (name, text) in files() {
        let path = folder.join(&name);
        if std::env::var_os(WRITE).is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{name} differs from the generator; set {WRITE}=1 to write it again");
    }
}

/// The demo itself: twelve months in sequence, a late correction, a schema drift, an alarm and a delivery that is retried.
#[test]
fn twelve_months_run_from_an_empty_history() {
    let place = tempfile::tempdir().unwrap();
    let done = Command::new("sh")
        .arg(support::root().join("scripts/demo-monthly.sh"))
        .args([env!("CARGO_BIN_EXE_manyi").as_ref(), place.path()])
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{out}\n{err}");
    let project = place.path().join("monthly");
    let history = json(&project, &["history", "-C", "."]);
    let keys: Vec<String> = history["releases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| format!("{} r{}", held["period"].as_str().unwrap(), held["revision"]))
        .collect();
    let mut wanted: Vec<String> = (1..=12).map(|month| format!("2026-{month:02} r1")).collect();
    // The correction of April, and May, which showed April as it was.
    wanted.extend(["2026-04 r2".to_owned(), "2026-05 r2".to_owned()]);
    wanted.sort();
    assert_eq!(keys, wanted, "{out}");

    let release = |period: &str, revision: u32| -> serde_json::Value {
        let path = project.join(format!("out/releases/{period}/r{revision}/release.json"));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    let corrected = release("2026-04", 2);
    let change = &corrected["changes"][0];
    assert_eq!((change["n_before"].as_u64(), change["n_after"].as_u64()), (Some(190), Some(250)));
    let page = fs::read_to_string(project.join("out/releases/2026-04/r2/index.en.html")).unwrap();
    assert!(page.contains("Branch: East Street") && !page.contains("东街店"), "{page}");
    let july = release("2026-07", 1);
    let codes: Vec<&str> =
        july["gates"].as_array().unwrap().iter().map(|gate| gate["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"M0998") && codes.contains(&"M0966") && july["approved"] == true, "{codes:?}");
    let september = release("2026-09", 1);
    let fired = |metric: &str| september["signals"].as_array().unwrap().iter().any(|held| held["metric"] == metric);
    assert!(fired("csat_top2") && fired("nps"), "{september:#}");
    assert_eq!(fs::read_link(project.join("out/latest")).unwrap(), Path::new("2026-12"));

    // The board was a file in June: that delivery was refused, tried again and taken.
    let delivered = fs::read_dir(project.join("board/scorecard")).unwrap().count();
    assert_eq!(delivered, 12, "{out}\n{err}");
    let failed = history["attempts"].as_array().unwrap().iter().filter(|held| held["outcome"] == "held").count();
    assert_eq!(failed, 1, "July was held once");
}

fn json(project: &Path, arguments: &[&str]) -> serde_json::Value {
    let done =
        Command::new(env!("CARGO_BIN_EXE_manyi")).current_dir(project).args(arguments).arg("--json").output().unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}
