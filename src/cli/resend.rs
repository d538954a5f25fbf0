//! `manyi resend`: what waits for somebody's decision, because it failed or because nobody knows whether it arrived; and sending it again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::cli::args_runs::ResendOptions;
use crate::cli::console::Console;
use crate::cli::deliveries::{show, show_open};
use crate::cli::history::holds_project;
use crate::cli::of_period;
use crate::cli::run::now;
use crate::cli::{Outcome, print_json};
use crate::config::raw::mailbox;
use crate::config::{PROJECT_FILE, Project};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::messages::runs::DELIVERIES_WAIT;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::Session;
use crate::runs::database::DatabaseError;
use crate::runs::delivery::outbox::{self, Delivery, State};
use crate::runs::delivery::recipient::Recipient;
use crate::runs::history::History;
use crate::runs::lock::{self, RunLock};
use crate::runs::{telling, undelivered};

pub(crate) fn run(options: &ResendOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let (root, ids) = named(&options.ids, &options.project, options.test.is_some());
    let Some(session) = Session::open(&root, options.out.clone(), diagnostics) else { return Ok(()) };
    if let Some(to) = &options.test {
        // A test is for nobody's delivery.
        diagnostics.extend(ids.iter().map(|id| Diagnostic::error(&messages::NOT_RESENT).arg("id", id)));
        if !ids.is_empty() {
            let data = json!({ "schema": 1, "recipient": null, "sent": false });
            return if console.json { print_json(console, data, diagnostics) } else { Ok(()) };
        }
        if let Some(problem) = unknown(&session.project, to) {
            diagnostics.push(problem);
            let data = json!({ "schema": 1, "recipient": null, "sent": false });
            return if console.json { print_json(console, data, diagnostics) } else { Ok(()) };
        }
        let answer = telling::send_test(&session.project, to, now);
        let recipient = answer.recipient.masked();
        if let Some(reason) = &answer.problem {
            diagnostics.push(Diagnostic::error(&messages::TEST_NOT_SENT).arg("recipient", &recipient));
            diagnostics.push(reason.diagnostic_of_test(&recipient));
        }
        if console.json {
            let data = json!({ "schema": 1, "recipient": recipient, "sent": answer.problem.is_none() });
            return print_json(console, data, diagnostics);
        }
        return match answer.problem {
            Some(_) => Ok(()),
            None => console.data(&format!("{recipient}  {}\n", console.say("已送达", "sent"))),
        };
    }
    let zone = session.calendar.zone;
    let lists = ids.is_empty() && options.period.is_none();
    let show = if lists { show_open } else { show };
    // Without a history nothing was ever queued.
    let Some(mut history) = session.history(false, now, diagnostics) else {
        if !diagnostics.has_errors() {
            diagnostics.extend(ids.iter().map(|id| Diagnostic::error(&messages::NOT_RESENT).arg("id", id)));
            diagnostics.extend(options.period.map(|period| of_period::nothing(period, 0)));
        }
        return show(&[], zone, console, diagnostics);
    };
    let done = match lists {
        true => waiting(&mut history, now, diagnostics),
        false => again(&session, &mut history, ids, options, now, diagnostics),
    };
    match done {
        Ok(deliveries) => show(&deliveries, zone, console, diagnostics),
        Err(error) => {
            diagnostics.push(error.diagnostic());
            Ok(())
        }
    }
}

/// The project and the deliveries that are named: as with other verbs the project may come first. With a test, which is for no
/// delivery, the first can be nothing else.
pub(super) fn named<'a>(ids: &'a [String], project: &Path, only_project: bool) -> (PathBuf, &'a [String]) {
    match ids.split_first() {
        Some((first, rest)) => {
            let folder = Path::new(first);
            let folder = if folder.ends_with(PROJECT_FILE) { folder.parent().unwrap_or(folder) } else { folder };
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            if only_project || holds_project(folder) {
                (folder.to_path_buf(), rest)
            } else {
                (project.to_path_buf(), ids)
            }
        }
        None => (project.to_path_buf(), &[]),
    }
}

/// What is wrong with the name of somebody to send a test to.
fn unknown(project: &Project, to: &str) -> Option<Diagnostic> {
    let delivery = &project.raw.delivery;
    let known: Vec<&str> = delivery.channels.keys().map(String::as_str).collect();
    let problem = match mailbox(to) {
        Some(_) if delivery.mail.is_none() => Diagnostic::error(&messages::NO_MAIL_SERVER),
        None if !known.contains(&to.trim()) => {
            Diagnostic::error(&messages::UNKNOWN_CHANNEL).arg("known", known.join(", ")).suggest(to, known)
        }
        _ => return None,
    };
    Some(problem.arg("value", to))
}

/// What somebody has to decide about. That other messages are still to be tried is said: they did not arrive either.
fn waiting(
    history: &mut History,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Delivery>, DatabaseError> {
    let (mut deliveries, _) = telling::overview(history, now)?;
    let left = deliveries.iter().filter(|held| matches!(held.state, State::Queued | State::Retry)).count();
    if left > 0 {
        diagnostics.push(Diagnostic::warning(&DELIVERIES_WAIT).arg("count", left));
    }
    deliveries.retain(|held| held.is_open(now));
    Ok(deliveries)
}

/// True if the recipient of a delivery has, or may have, a newer revision of the same report, which must not come before the older one.
fn is_outdated(held: &Delivery, all: &[Delivery]) -> bool {
    let same = |other: &&Delivery| {
        let (key, of) = (&other.key, &held.key);
        key.report == of.report && key.period == of.period && key.revision > of.revision
    };
    let person = |recipient: &Recipient| (recipient.channel.clone(), recipient.key());
    let newer = |other: &Delivery| person(&other.recipient) == person(&held.recipient);
    !held.key.is_alarm() && all.iter().filter(same).any(newer)
}

/// The lock of the project, so that no run is sending meanwhile.
pub(super) fn locked(
    session: &Session,
    wait: u64,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Option<RunLock> {
    let file = session.places.lock();
    let taken = match session.places.prepare() {
        Ok(()) => lock::held(&file, Duration::from_secs(wait), now),
        Err(error) => Err(Box::new(lock::none(&file, &error))),
    };
    taken.map_err(|problem| diagnostics.push(*problem)).ok()
}

/// Queues deliveries again, those named and the uncertain ones of a period, and sends them; where they stand then.
fn again(
    session: &Session,
    history: &mut History,
    ids: &[String],
    options: &ResendOptions,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Delivery>, DatabaseError> {
    let Some(_lock) = locked(session, options.wait, now, diagnostics) else { return Ok(Vec::new()) };
    let (all, _) = telling::overview(history, now)?;
    let name = history.project().to_owned();
    let mut ids: BTreeSet<String> = ids.iter().cloned().collect();
    if let Some(period) = options.period {
        let may = |held: &Delivery| !is_outdated(held, &all);
        let taken = of_period::taken(&all, (period, &ids), may, now, diagnostics);
        ids.extend(taken);
    }
    for id in &ids {
        if !outbox::resend(history.database(), &name, id, now)? {
            diagnostics.push(Diagnostic::error(&messages::NOT_RESENT).arg("id", id));
        }
    }
    undelivered::send(history, &session.project, now, diagnostics)?;
    let (mut deliveries, _) = telling::overview(history, now)?;
    deliveries.retain(|held| ids.contains(&held.id));
    diagnostics.extend(deliveries.iter().filter_map(Delivery::why));
    Ok(deliveries)
}
