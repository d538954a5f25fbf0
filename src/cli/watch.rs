//! `manyi watch`: does every release exist that is due?

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::cli::args_runs::WatchOptions;
use crate::cli::console::Console;
use crate::cli::run::now;
use crate::cli::{Outcome, print_json};
use crate::diagnostics::Diagnostics;
use crate::runs::Session;
use crate::runs::lock::{Locked, RunLock};
use crate::runs::telling::{self, End};
use crate::runs::watch::{Missing, missing};

pub(crate) fn run(options: &WatchOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return Ok(()) };
    let Some(done) = session.done(now, diagnostics) else { return Ok(()) };
    let absent = missing(&session.calendar, &done, now, diagnostics);
    tell(&session, &absent, now, diagnostics);
    let last = session.calendar.last_due(now);
    if console.json {
        return print_json(console, json!({ "schema": 1, "last_due": last, "missing": absent }), diagnostics);
    }
    if let Some(last) = last.filter(|_| absent.is_empty()) {
        console.data(&format!("{last}  {}\n", console.say("已发布", "published")))?;
    }
    Ok(())
}

/// Raises or ends the alarm of missing releases. A run that is at work sends what is queued here.
fn tell(session: &Session, absent: &[Missing], now: DateTime<Utc>, diagnostics: &mut Diagnostics) {
    if !telling::has_channels(&session.project) {
        return;
    }
    let Some(mut history) = session.history(true, now, diagnostics) else { return };
    let periods: Vec<String> = absent.iter().map(|missing| missing.period.to_string()).collect();
    let period = periods
        .first()
        .cloned()
        .unwrap_or_else(|| session.calendar.last_due(now).map(|period| period.to_string()).unwrap_or_default());
    let end = End { missing: Some(periods), ..End::default() };
    let told = telling::tell(&mut history, &session.project, &period, &end, now);
    let lock = session
        .places
        .prepare()
        .and_then(|()| RunLock::take(&session.places.state().join("run.lock"), Duration::ZERO, now));
    let sent = match (told, lock) {
        (Ok(_), Ok(Locked::Held(_lock))) => telling::send(&mut history, &session.project, now, diagnostics).map(drop),
        (told, _) => told.map(drop),
    };
    if let Err(error) = sent {
        diagnostics.push(error.diagnostic());
    }
}
