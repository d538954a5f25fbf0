//! `manyi watch`: does every release exist that is due?

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::cli::args_runs::WatchOptions;
use crate::cli::console::Console;
use crate::cli::run::now;
use crate::cli::{Outcome, print_json};
use crate::diagnostics::Diagnostics;
use crate::runs::Session;
use crate::runs::telling::{self, End};
use crate::runs::watch::{Missing, missing};

pub(crate) fn run(options: &WatchOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return Ok(()) };
    let Some(done) = session.done(now, diagnostics) else { return Ok(()) };
    let mut found = Diagnostics::new();
    let absent = missing(&session.calendar, &done, now, &mut found);
    // What a run is making at this moment is not missing, and nobody is woken for it.
    let at_work = !absent.is_empty() && session.at_work(now);
    if !at_work {
        diagnostics.extend(found);
        tell(&session, &absent, now, diagnostics);
    }
    let last = session.calendar.last_due(now);
    if console.json {
        let printed = json!({ "schema": 1, "last_due": last, "missing": absent, "at_work": at_work });
        return print_json(console, printed, diagnostics);
    }
    if at_work {
        console.talk(console.say("正在运行，结束后再看", "a run is at work; look again when it has ended"));
    }
    if let Some(last) = last.filter(|_| absent.is_empty()) {
        console.data(&format!("{last}  {}\n", console.say("已发布", "published")))?;
    }
    Ok(())
}

/// Raises or ends the alarm of missing releases, and sends what is due.
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
    if let Err(error) = telling::tell(&mut history, &session.project, &period, &end, now) {
        diagnostics.push(error.diagnostic());
    }
    drop(history);
    session.send_due(now, diagnostics);
}
