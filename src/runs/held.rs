//! Which releases a gate holds back, as the folders of work and the reports of the runs tell.

use std::fs;

use serde::Deserialize;

use crate::config::Period;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
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
fn ended_held(places: &Places, period: Period) -> bool {
    #[derive(Deserialize)]
    struct Report {
        outcome: String,
    }
    let text = fs::read(places.state().join("runs").join(format!("{period}.json"))).ok();
    let report = text.and_then(|text| serde_json::from_slice::<Report>(&text).ok());
    report.is_some_and(|report| report.outcome == history::word(&Outcome::Held))
}

/// Problems of missing releases, those that are held told as such: nothing was forgotten, somebody has to look.
pub fn named(found: Diagnostics, places: &Places) -> Diagnostics {
    let held: Vec<String> = held(places).iter().map(ToString::to_string).collect();
    let mut said = Diagnostics::new();
    for problem in found.iter() {
        let argument = |name: &str| problem.arguments.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let period = argument("period").filter(|period| held.contains(period));
        said.push(match period {
            Some(period) if problem.message.code == messages::NO_RELEASE.code => {
                let due = argument("due").map(String::as_str).unwrap_or_default();
                let waits = Diagnostic::error(&messages::HELD_SINCE_DUE).arg("period", period).arg("due", due);
                match period.parse::<Period>() {
                    Ok(period) => waits.arg("folder", Work::look(places.work(period), period).content().display()),
                    Err(_) => waits,
                }
            }
            _ => problem.clone(),
        });
    }
    said
}
