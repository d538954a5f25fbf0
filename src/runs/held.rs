//! Which releases a gate holds back, as the folders of work and the reports of the runs tell.

use std::fs;

use serde::Deserialize;

use crate::config::Period;
use crate::config::raw::GateAction;
use crate::runs::history;
use crate::runs::release::Places;
use crate::runs::run::Outcome;
use crate::runs::work::Work;

/// The periods whose releases wait for approval, oldest first: those whose last run was held and left its work.
pub fn held(places: &Places) -> Vec<Period> {
    let entries = fs::read_dir(places.state()).into_iter().flatten().filter_map(Result::ok);
    let periods = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<Period>().ok());
    let waits = |period: &Period| {
        ended_held(places, *period) && Work::look(places.work(*period), *period).progress.numbers.is_some()
    };
    let mut periods: Vec<Period> = periods.filter(waits).collect();
    periods.sort();
    periods
}

/// True if the last run of a period that did anything was held.
pub(super) fn ended_held(places: &Places, period: Period) -> bool {
    last(places, period).is_some_and(|report| report.outcome == history::word(&Outcome::Held))
}

/// True if a gate forbade what the last run of a period would have published.
pub(super) fn was_forbidden(places: &Places, period: Period) -> bool {
    let forbids = |verdict: &Verdict| verdict.action == GateAction::Fail;
    let failed = |report: &Report| report.outcome == history::word(&Outcome::Failed);
    last(places, period).is_some_and(|report| failed(&report) && report.gates.iter().any(forbids))
}

/// What is read of the report of a run.
#[derive(Deserialize)]
struct Report {
    outcome: String,
    #[serde(default)]
    gates: Vec<Verdict>,
}

#[derive(Deserialize)]
struct Verdict {
    action: GateAction,
}

/// The report of the last run of a period that did anything.
fn last(places: &Places, period: Period) -> Option<Report> {
    let text = fs::read(places.state().join("runs").join(format!("{period}.json"))).ok()?;
    serde_json::from_slice(&text).ok()
}
