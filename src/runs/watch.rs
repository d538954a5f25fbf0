//! Does the release exist that should by now? What a monitor asks, and what the timer of a silent server would not tell.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::config::Period;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, lang_texts};
use crate::runs::delivery::rules::Lack;
use crate::runs::heard;
use crate::runs::held::held;
use crate::runs::releases::Releases;
use crate::runs::session::Session;
use crate::runs::situation::{End, failure_text};
use crate::runs::telling;
use crate::runs::undelivered;
use crate::runs::unreachable;
use crate::runs::work::Work;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Period without a whole release.
    pub period: Period,
    /// When it was due, RFC 3339 in UTC.
    pub due_at: Option<String>,
    /// What is wrong with its release.
    pub lack: Lack,
    /// True if it has one whose run was cut off before its end.
    pub cut_off: bool,
}

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What is missing.
    pub missing: Vec<Missing>,
    /// True if a run is at work that may be making it.
    pub at_work: bool,
}

/// Looks whether every release exists that is due, raises or ends the alarm about it, and sends what is due, unless `quiet`. None
/// after an error: one of the history is told past it.
pub fn look(session: &Session, quiet: bool, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<Looked> {
    let before = diagnostics.len();
    let mut found = Diagnostics::new();
    // Of a history that was lost all releases would be missing.
    session.restore(now, diagnostics);
    let releases = session.releases(now, diagnostics);
    let absent = releases.map(|releases| missing(session, &releases, now, &mut found));
    // What a run is making at this moment is not missing, and nobody is woken for it.
    if absent.as_ref().is_some_and(|absent| !absent.is_empty()) && session.at_work(now) {
        return absent.map(|missing| Looked { missing, at_work: true });
    }
    diagnostics.extend(found);
    let looked = |absent: Option<Vec<Missing>>| absent.map(|missing| Looked { missing, at_work: false });
    if quiet || !telling::has_channels(&session.project) {
        return looked(absent);
    }
    let told = absent.as_ref().and_then(|absent| tell(session, absent, now, diagnostics));
    let reached = told.is_some();
    let why = (!reached).then(|| failure_text(diagnostics.iter().skip(before)));
    if let Some(_lock) = session.lock(now) {
        unreachable::tell(&session.project, &session.places, why, now, diagnostics);
    }
    if reached {
        session.send_due(now, diagnostics);
        say_stuck(session, now, before, diagnostics);
    }
    looked(absent)
}

/// Says, at each look, that messages about the newest release did not arrive, if the sending has not just said so.
fn say_stuck(session: &Session, now: DateTime<Utc>, before: usize, diagnostics: &mut Diagnostics) {
    let said = |found: &Diagnostic| found.message.code == messages::DELIVERIES_FAILED.code;
    if diagnostics.iter().skip(before).any(said) {
        return;
    }
    let Some(mut history) = session.history(false, now, diagnostics) else { return };
    match undelivered::stuck(&mut history, &session.project, now) {
        Ok(stuck) if stuck.is_empty() => {}
        Ok(stuck) => {
            diagnostics.push(Diagnostic::error(&messages::DELIVERIES_FAILED).arg("count", stuck.len()));
        }
        Err(error) => diagnostics.push(error.diagnostic()),
    }
}

/// Raises or ends the alarms of missing releases. None after an error of the history.
fn tell(session: &Session, absent: &[Missing], now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<usize> {
    let mut history = session.history(true, now, diagnostics)?;
    let period = absent.first().map(|missing| missing.period).or_else(|| session.calendar.last_due(now));
    let period = period.map(|period| period.to_string()).unwrap_or_default();
    let expected = heard::expected(&mut history, &session.project, absent, now);
    let told = expected.and_then(|expected| {
        let end = End { expected, ..End::default() };
        telling::tell(&mut history, &session.project, &period, &end, now)
    });
    told.map_err(|error| diagnostics.push(error.diagnostic())).ok()
}

/// The periods that should have a release by now and have none that was brought to its end, and those whose release cannot be read,
/// each reported as an error.
fn missing(session: &Session, releases: &Releases, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Vec<Missing> {
    let (calendar, places) = (&session.calendar, &session.places);
    let held = held(places);
    let due = calendar.due(&releases.ended, &releases.unfinished, now);
    let mut absent = Vec::new();
    for period in due.union(&releases.ended).copied() {
        let is_held = held.contains(&period);
        let damaged = session.release(period).err();
        let lack = match (due.contains(&period), &damaged) {
            (_, Some(_)) => Lack::Damaged,
            (true, None) if is_held => Lack::Absent,
            (true, None) => lack(session, releases, period),
            (false, None) => continue,
        };
        let problem = match (lack, damaged) {
            (_, Some(damaged)) => *damaged,
            _ if is_held => {
                let folder = Work::look(places.work(period), period).content();
                Diagnostic::error(&messages::HELD_SINCE_DUE).arg("folder", folder.display())
            }
            (Lack::Absent, None) => Diagnostic::error(&messages::NO_RELEASE),
            (Lack::CutOff | Lack::Gone | Lack::Damaged, None) => {
                Diagnostic::error(&messages::RELEASE_CUT_OFF).words("how", how(lack))
            }
        };
        let due = calendar.due_at(period);
        let local = due.map(|due| calendar.local(due)).unwrap_or_default();
        diagnostics.push(problem.arg("period", period).arg("due", local));
        let due_at = due.map(|due| due.to_rfc3339_opts(SecondsFormat::Secs, true));
        absent.push(Missing { period, due_at, lack, cut_off: lack == Lack::CutOff });
    }
    absent
}

/// What is wrong with the release of a period that is due and not at its end.
fn lack(session: &Session, releases: &Releases, period: Period) -> Lack {
    let recorded = releases.listed.get(&period).map(|listed| listed.revision);
    let there = recorded.is_none_or(|revision| session.places.revision(period, revision).is_dir());
    // One after the recorded one was put in place and never recorded.
    let is_newer = session.places.newest_revision(period) > recorded;
    match releases.unfinished.contains(&period) {
        false => Lack::Absent,
        true if is_newer || (there && !releases.told.contains(&period)) => Lack::CutOff,
        true => Lack::Gone,
    }
}

fn how(lack: Lack) -> LocalizedTexts {
    match lack {
        Lack::Gone => lang_texts("其文件夹或链接已不存在", "its folder or the link to it is gone"),
        _ => lang_texts("其运行在通知读者之前中断", "its run was cut off before it told anybody"),
    }
}
