//! One alarm for one cause: a release that is missing because its run failed or is held was told by the alarm about that. Who has it, sent
//! or still waiting, hears nothing more for a day; where it was given up, was never queued or nobody knows whether it came, and after
//! that day, the missing release is told like any other.

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::raw::{AlarmAudience, AlarmKind, RawAlarm};
use crate::config::{Period, Project};
use crate::runs::database::DatabaseError;
use crate::runs::delivery::alarms::{self, Standing};
use crate::runs::delivery::compose::{alarm_key, people};
use crate::runs::delivery::outbox::{self, State, delivery_id};
use crate::runs::delivery::rules::{self, Expected, Stopped};
use crate::runs::history::History;
use crate::runs::telling;
use crate::runs::watch::Missing;

/// How long the alarm about a run stands for that about its release. A clock that was ahead counts as one that was behind.
const ENOUGH: TimeDelta = TimeDelta::days(1);

/// Where a message stands that came, or that is tried until it comes or is given up.
const ON_ITS_WAY: [State; 4] = [State::Queued, State::Sending, State::Retry, State::Sent];

/// What is to be said of the periods whose releases are missing, and of those that were and are not any more.
///
/// # Errors
/// The database fails.
pub(super) fn expected(
    history: &mut History,
    project: &Project,
    absent: &[Missing],
    now: DateTime<Utc>,
) -> Result<Vec<Expected>, DatabaseError> {
    let look = Look::of(history, project, now)?;
    let stopped = history.stopped()?;
    let mut expected = Vec::new();
    for Missing { period, lack, .. } in absent {
        let alarms: Vec<_> = look.about_run(*period).collect();
        let heard = match alarms.is_empty() || !stopped.contains(period) {
            true => Vec::new(),
            false => look.heard(history, *period, &alarms, now)?,
        };
        expected.push(Expected { period: period.to_string(), lack: Some(*lack), stopped: newest(&alarms), heard });
    }
    for told in look.about(AlarmKind::Missing).map(|(_, told)| &told.subject) {
        if !expected.iter().any(|known| known.period == *told) {
            expected.push(there(told.clone()));
        }
    }
    Ok(expected)
}

/// What a run says of its own release, which is there: that it is not missing any more is part of the message that the failure is over.
/// Nothing where none was told; then the next look says it of all periods at once.
///
/// # Errors
/// The database fails.
pub(super) fn mended(
    history: &mut History,
    project: &Project,
    period: Period,
    now: DateTime<Utc>,
) -> Result<Vec<Expected>, DatabaseError> {
    let look = Look::of(history, project, now)?;
    let told = look.about_run(period).next().is_some();
    Ok(told.then(|| there(period.to_string())).into_iter().collect())
}

fn there(period: String) -> Expected {
    Expected { period, lack: None, stopped: None, heard: Vec::new() }
}

/// What is known of why a run did not publish: what was found last. Of a run that a gate failed the failure, which says more.
fn newest(alarms: &[(&RawAlarm, &Standing)]) -> Option<Stopped> {
    let (rule, held) = alarms.iter().rev().max_by_key(|(_, held)| held.seen)?;
    Some(Stopped { held: rule.on == AlarmKind::Gate, text: held.text.clone() })
}

/// The rules of a project and its alarms that stand.
struct Look<'a> {
    project: &'a Project,
    rules: Vec<RawAlarm>,
    standing: Vec<Standing>,
}

impl<'a> Look<'a> {
    fn of(history: &mut History, project: &'a Project, now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        telling::prepare(history.database(), now)?;
        let name = history.project().to_owned();
        let standing = alarms::standing(history.database(), &name)?;
        Ok(Self { project, rules: rules::rules(&project.raw.delivery), standing })
    }

    /// The alarms of a kind that stand, with their rules.
    fn about(&self, kind: AlarmKind) -> impl Iterator<Item = (&RawAlarm, &Standing)> {
        let rules = self.rules.iter().filter(move |rule| rule.on == kind);
        rules.flat_map(|rule| self.standing.iter().filter(|held| held.rule == rule.id).map(move |held| (rule, held)))
    }

    /// The alarms that the run of a period failed or is held.
    fn about_run(&self, period: Period) -> impl Iterator<Item = (&RawAlarm, &Standing)> {
        let of_gate = move |held: &Standing| held.subject.split('/').next() == Some(period.to_string().as_str());
        let of_run = move |held: &Standing| held.subject == period.to_string();
        let failed = self.about(AlarmKind::Failed).filter(move |(_, held)| of_run(held));
        failed.chain(self.about(AlarmKind::Gate).filter(move |(_, held)| of_gate(held)))
    }

    /// The audiences of which everybody has one of these alarms, or will have it.
    fn heard(
        &self,
        history: &mut History,
        period: Period,
        alarms: &[(&RawAlarm, &Standing)],
        now: DateTime<Utc>,
    ) -> Result<Vec<AlarmAudience>, DatabaseError> {
        let name = history.project().to_owned();
        let recent = alarms.iter().filter(|(_, alarm)| is_recent(alarm, now));
        let told: Vec<_> = recent
            .map(|(rule, alarm)| (rules::audience(rule), alarm_key(&name, &period.to_string(), alarm.batch)))
            .collect();
        let everybody = people(&self.project.raw.delivery, self.project.lang());
        let mut deaf = Vec::new();
        for person in &everybody {
            let mut knows = false;
            for (_, key) in told.iter().filter(|(audience, _)| person.is_among(*audience)) {
                let state = outbox::state_of(history.database(), &delivery_id(key, &person.recipient))?;
                knows |= state.is_some_and(|state| ON_ITS_WAY.contains(&state));
            }
            if !knows {
                deaf.push(person);
            }
        }
        let heard = |audience: &AlarmAudience| {
            let some = everybody.iter().any(|person| person.is_among(*audience));
            some && !deaf.iter().any(|person| person.is_among(*audience))
        };
        Ok([AlarmAudience::Readers, AlarmAudience::Errors, AlarmAudience::All].into_iter().filter(heard).collect())
    }
}

fn is_recent(alarm: &Standing, now: DateTime<Utc>) -> bool {
    DateTime::from_timestamp(alarm.since, 0).is_some_and(|since| (now - since).abs() < ENOUGH)
}
