//! `manyi resend`: what waits for somebody's decision, because it failed or because nobody knows whether it arrived; and sending it again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;

use crate::cli::args_runs::ResendOptions;
use crate::cli::console::Console;
use crate::cli::history::holds_project;
use crate::cli::run::now;
use crate::cli::{Outcome, deliveries, print_json};
use crate::config::raw::mailbox;
use crate::config::{PROJECT_FILE, Project};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::Session;
use crate::runs::database::DatabaseError;
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::outbox::{self, Delivery, State};
use crate::runs::history::History;
use crate::runs::lock;
use crate::runs::{telling, undelivered};

pub(crate) fn run(options: &ResendOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let (root, ids) = place(options);
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
    // Without a history nothing was ever queued.
    let Some(mut history) = session.history(false, now, diagnostics) else {
        return show(&[], zone, console, diagnostics);
    };
    let done =
        if ids.is_empty() { waiting(&mut history, now) } else { again(&session, &mut history, ids, now, diagnostics) };
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
fn place(options: &ResendOptions) -> (PathBuf, &[String]) {
    match options.ids.split_first() {
        Some((first, rest)) => {
            let folder = Path::new(first);
            let folder = if folder.ends_with(PROJECT_FILE) { folder.parent().unwrap_or(folder) } else { folder };
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            if options.test.is_some() || holds_project(folder) {
                (folder.to_path_buf(), rest)
            } else {
                (options.project.clone(), options.ids.as_slice())
            }
        }
        None => (options.project.clone(), &[]),
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

/// What has failed or is uncertain.
fn waiting(history: &mut History, now: DateTime<Utc>) -> Result<Vec<Delivery>, DatabaseError> {
    let (mut deliveries, _) = telling::overview(history, now)?;
    // In whose place a newer revision is sent, and who is no recipient any more, is nobody's question.
    let settled = [ReasonCode::Superseded, ReasonCode::NoRecipient];
    let superseded = |held: &Delivery| held.reason.as_ref().is_some_and(|reason| settled.contains(&reason.code));
    let open = |held: &Delivery| matches!(held.state, State::Failed | State::Unknown | State::Sending);
    deliveries.retain(|held| open(held) && !superseded(held));
    Ok(deliveries)
}

/// Queues deliveries again and sends them; where they stand then.
fn again(
    session: &Session,
    history: &mut History,
    ids: &[String],
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Delivery>, DatabaseError> {
    let file = session.places.lock();
    let taken = match session.places.prepare() {
        Ok(()) => lock::held(&file, Duration::ZERO, now),
        Err(error) => Err(Box::new(lock::none(&file, &error))),
    };
    let _lock = match taken {
        Ok(lock) => lock,
        Err(problem) => {
            diagnostics.push(*problem);
            return Ok(Vec::new());
        }
    };
    telling::prepare(history.database(), now)?;
    let name = history.project().to_owned();
    for id in ids {
        if !outbox::resend(history.database(), &name, id, now)? {
            diagnostics.push(Diagnostic::error(&messages::NOT_RESENT).arg("id", id));
        }
    }
    undelivered::send(history, &session.project, now, diagnostics)?;
    let (mut deliveries, _) = telling::overview(history, now)?;
    deliveries.retain(|held| ids.contains(&held.id));
    for held in &deliveries {
        if let Some(reason) = &held.reason {
            diagnostics.push(reason.diagnostic(&held.recipient.masked()));
        }
    }
    Ok(deliveries)
}

fn show(waiting: &[Delivery], zone: Tz, console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if console.json {
        let rows: Vec<_> = waiting.iter().map(deliveries::to_json).collect();
        return print_json(console, json!({ "schema": 1, "deliveries": rows }), diagnostics);
    }
    if waiting.is_empty() {
        let nothing = console.say("没有等待决定的分发\n", "no delivery waits for a decision\n");
        return if diagnostics.has_errors() { Ok(()) } else { console.data(nothing) };
    }
    console.data(&deliveries::table(waiting, zone, console))
}
