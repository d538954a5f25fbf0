//! Does the release exist that should by now? What a monitor asks, and what the timer of a silent server would not tell.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::config::Period;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::due::Calendar;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Period without a release.
    pub period: Period,
    /// When it was due, RFC 3339 in UTC.
    pub due_at: Option<String>,
}

/// The periods that should have a release by now and have none, each reported as an error.
pub fn missing(
    calendar: &Calendar,
    done: &BTreeSet<Period>,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Vec<Missing> {
    let absent = calendar.due(done, now).into_iter().map(|period| {
        let due = calendar.due_at(period);
        let local = due.map(|due| due.with_timezone(&calendar.zone).format("%Y-%m-%d %H:%M %Z").to_string());
        let problem = Diagnostic::error(&messages::NO_RELEASE).arg("period", period);
        diagnostics.push(problem.arg("due", local.unwrap_or_default()));
        Missing { period, due_at: due.map(|due| due.to_rfc3339_opts(SecondsFormat::Secs, true)) }
    });
    absent.collect()
}
