//! Unattended runs from the outside: a small project that is run, killed, starved of disk space and run again.

mod catch_up;
mod clocks;
mod crashes;
mod dry_run;
mod full_disk;
mod gates;
mod group_charts;
mod limits;
mod postgres;
mod rotated;
mod scheduler;
mod timers;
mod unreachable;
mod verbs;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use manyi::output::manifest::sha256_hex;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

/// A project with a report in HTML of a template of its own, two columns and a folder of data a month.
pub struct Site {
    folder: TempDir,
}

/// What a reader sees: the files behind the links of the periods and `latest`, with their digests.
pub type Seen = BTreeMap<String, String>;

const PROJECT: &str = r#"manyi: 1
project: { title: { zh-CN: 月报, en: Monthly }, lang: en }
data: { sources: [{ file: "data/{period}/*.csv" }], id: id }
columns:
  id: { type: text }
  day: { type: date }
  branch: { type: single }
  satisfaction: { type: scale, range: [1, 5] }
segments: [branch]
plugins:
  csat: { inputs: { satisfaction: satisfaction } }
reports:
  - { id: short, pack: short, formats: [html, markdown] }
  - { id: brief, pack: brief, formats: [markdown] }
settings: { suppress_below: 5, flag_below: 10 }
"#;

const RUNS: &str = "runs:
  timezone: Asia/Shanghai
  from: 2026-01
  schedule: { day: 2, time: \"05:00\" }
";

const PACK: &str = "id: PACK
extends: satisfaction-plan
title: { zh-CN: 简报, en: Short }
entry: { zh-CN: short.md.tera, en: short.md.tera }
";

const TEMPLATE: &str = "# {{ project.title }}\n\n{% for indicator in indicators %}- {{ indicator.title }}: {{ indicator.value }}\n{% endfor %}\n\n\
                        waves: {{ wave.count }}\n";

impl Site {
    /// A project whose `runs` section has more lines.
    pub fn new(more: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write("manyi.yaml", &format!("{PROJECT}{RUNS}{more}"));
        for pack in ["short", "brief"] {
            site.write(&format!("templates/{pack}/template.yaml"), &PACK.replace("PACK", pack));
            site.write(&format!("templates/{pack}/short.md.tera"), TEMPLATE);
        }
        site
    }

    /// One with one file for all months, `all.csv`, that a date column cuts.
    pub fn by_date(more: &str) -> Self {
        let site = Self::new(more);
        let cut = "data: { sources: [{ file: all.csv }], id: id, wave: { column: day, by: month } }";
        site.change("data: { sources: [{ file: \"data/{period}/*.csv\" }], id: id }", cut);
        site
    }

    /// Replaces a text in the project file.
    pub fn change(&self, before: &str, after: &str) {
        let project = fs::read_to_string(self.path("manyi.yaml")).unwrap();
        assert!(project.contains(before), "{project}");
        self.write("manyi.yaml", &project.replace(before, after));
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Answers of a month: `count` of them, `happy` in ten satisfied.
    pub fn month(&self, period: &str, count: usize, happy: usize) {
        let mut text = "id,day,branch,satisfaction\n".to_owned();
        for number in 0..count {
            let score = if number % 10 < happy { 5 } else { 2 };
            let branch = ["North", "South"][number % 2];
            text += &format!("{period}-{number},{period}-{:02},{branch},{score}\n", number % 28 + 1);
        }
        self.write(&format!("data/{period}/answers.csv"), &text);
    }

    /// The program in the project's folder, at a moment of 2026 or later.
    pub fn command(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_manyi"));
        command.current_dir(self.root()).env("MANYI_NOW", now).env("LC_ALL", "C").args(arguments);
        command
    }

    pub fn call(&self, now: &str, arguments: &[&str]) -> Output {
        self.command(now, arguments).output().unwrap()
    }

    /// Runs a period; the JSON of its run.
    pub fn run(&self, period: &str, more: &[&str]) -> (Option<i32>, Value) {
        let mut arguments = vec!["run", "--period", period, "--json"];
        arguments.extend(more);
        let done = self.call(NOW, &arguments);
        let printed: Value = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| {
            panic!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
        });
        (done.status.code(), printed)
    }

    /// Runs a period that is to be published.
    pub fn publish(&self, period: &str, more: &[&str]) -> Value {
        let (code, printed) = self.run(period, more);
        assert_eq!(code, Some(0), "{printed:#}");
        assert_eq!(printed["runs"][0]["outcome"], "published", "{printed:#}");
        printed["runs"][0].clone()
    }

    /// What readers see.
    pub fn seen(&self) -> Seen {
        let out = self.path("out");
        let links = fs::read_dir(&out).into_iter().flatten().filter_map(Result::ok);
        let links = links.filter(|entry| entry.path().is_symlink()).map(|entry| entry.path());
        let mut seen = Seen::new();
        for link in links {
            for file in WalkDir::new(&link).follow_links(true).into_iter().map(Result::unwrap) {
                if file.file_type().is_file() {
                    let name = file.path().strip_prefix(&out).unwrap().to_string_lossy().into_owned();
                    seen.insert(name, sha256_hex(&fs::read(file.path()).unwrap()));
                }
            }
        }
        seen
    }

    /// Releases of the history: period, revision and fingerprint.
    pub fn recorded(&self) -> Vec<(String, u64, String)> {
        let done = self.call(NOW, &["history", "--json"]);
        let printed: Value = serde_json::from_slice(&done.stdout).unwrap();
        let text = |held: &Value, key: &str| held[key].as_str().unwrap_or_default().to_owned();
        printed["releases"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|held| (text(held, "period"), held["revision"].as_u64().unwrap(), text(held, "fingerprint")))
            .collect()
    }

    /// A copy of the project with everything that was released.
    pub fn copied(&self) -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        for entry in WalkDir::new(self.root()).min_depth(1).into_iter().map(Result::unwrap) {
            let target = copy.root().join(entry.path().strip_prefix(self.root()).unwrap());
            if entry.path_is_symlink() {
                std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), target).unwrap();
            } else if entry.file_type().is_dir() {
                fs::create_dir_all(target).unwrap();
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
        copy
    }
}

/// The one file of some months of 2026: the number of each, its answers, and how many in ten are satisfied.
pub fn all(months: &[(u32, usize, usize)]) -> String {
    let row = |month: u32, number: usize, happy: usize| {
        let score = if number % 10 < happy { 5 } else { 2 };
        let branch = ["North", "South"][number % 2];
        format!("{month}-{number},2026-{month:02}-{:02},{branch},{score}\n", number % 28 + 1)
    };
    let rows = |&(month, count, happy): &(u32, usize, usize)| {
        (0..count).map(|number| row(month, number, happy)).collect::<String>()
    };
    "id,day,branch,satisfaction\n".to_owned() + &months.iter().map(rows).collect::<String>()
}

/// A moment after all periods of the tests.
pub const NOW: &str = "2026-12-02T06:00:00+08:00";

/// Codes of the errors and warnings in what a verb printed, without that the plugin of these projects could take more inputs (M0320).
pub fn codes(printed: &Value) -> Vec<String> {
    let problems = printed["diagnostics"].as_array().into_iter().flatten().filter(|problem| problem["level"] != "note");
    let codes = problems.map(|problem| problem["code"].as_str().unwrap().to_owned());
    codes.filter(|code| code != "M0320").collect()
}
