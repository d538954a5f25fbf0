//! Alarms about runs that no run ends: their period was published by a run that told nobody, or is not due any more since `runs.from` or
//! `runs.every` was changed. They are told as ended, once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::config::raw::AlarmKind;
use crate::config::{Period, Project};
use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::runs::database::DatabaseError;
use crate::runs::delivery::alarms::{self, Signal};
use crate::runs::delivery::rules::{self, Expected, Situation};
use crate::runs::due::Calendar;
use crate::runs::history::History;
use crate::runs::releases::Releases;
use crate::runs::telling;

/// Ends the alarms that a run failed or is held where nothing is left that could fail. How many messages were queued.
///
/// # Errors
/// The database fails.
pub(super) fn end(
    history: &mut History,
    project: &Project,
    calendar: &Calendar,
    releases: &Releases,
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    telling::prepare(history.database(), now)?;
    let name = history.project().to_owned();
    let standing = alarms::standing(history.database(), &name)?;
    let rules = rules::rules(&project.raw.delivery);
    let mut over: BTreeMap<Period, Vec<Signal>> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| matches!(rule.on, AlarmKind::Failed | AlarmKind::Gate)) {
        for told in standing.iter().filter(|told| told.rule == rule.id) {
            let period = told.subject.split('/').next().and_then(|period| period.parse().ok());
            let why = period.and_then(|period| Some((period, why(period, calendar, releases)?)));
            let Some((period, text)) = why else { continue };
            over.entry(period).or_default().push(Signal {
                rule: rule.id.clone(),
                subject: told.subject.clone(),
                holds: Some(false),
                audience: rules::audience(rule),
                kind: Some(rule.on),
                codes: BTreeSet::new(),
                text: rules::titled(rule.title.as_ref(), false, text),
            });
        }
    }
    // That nothing is missing any more is part of the same message.
    for rule in rules.iter().filter(|rule| rule.on == AlarmKind::Missing) {
        let told =
            |period: &Period| standing.iter().any(|held| held.rule == rule.id && held.subject == period.to_string());
        for (period, signals) in over.iter_mut().filter(|(period, _)| told(period)) {
            let expected = Expected { period: period.to_string(), lack: None, stopped: None, heard: Vec::new() };
            let there = Situation { expected: vec![expected], ..Situation::default() };
            signals.extend(rules::signals(std::slice::from_ref(rule), &there));
        }
    }
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let mut queued = 0;
    for (period, signals) in over {
        queued += telling::observe(history, project, &period.to_string(), (&ids, &signals), now)?;
    }
    Ok(queued)
}

/// Why an alarm about a period is over; none while something may be wrong with it.
fn why(period: Period, calendar: &Calendar, releases: &Releases) -> Option<LocalizedTexts> {
    if releases.ended.contains(&period) {
        let published = || lang_texts(format!("{period}：此后已发布"), format!("{period}: published since"));
        return (!releases.stopped.contains(&period)).then(published);
    }
    let out = period.cadence() != calendar.every || calendar.from.is_some_and(|from| period < from);
    (out && !releases.unfinished.contains(&period))
        .then(|| lang_texts(format!("{period}：已不再到期"), format!("{period}: not due any more")))
}
