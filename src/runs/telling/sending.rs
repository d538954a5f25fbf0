//! Out of the outbox over the channels of a project, with its lock held; test messages past it; and what is forgotten in the end.

use chrono::{DateTime, Utc};

use super::prepare;
use crate::config::Project;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::database::{DatabaseError, Place};
use crate::runs::delivery::channels::Channels;
use crate::runs::delivery::outbox::{self, Deliver as _, Pass, Worker, deliver_due};
use crate::runs::delivery::recipient::Recipient;
use crate::runs::delivery::secrets::Secrets;
use crate::runs::delivery::{Outcome, Reason, RetryPolicy, compose};
use crate::runs::history::History;

/// Messages tried in one pass.
const MOST_MESSAGES: usize = 1000;

/// Sends what is due, with the lock of the project held. What could not be sent is tried again by the next call.
///
/// # Errors
/// The database fails.
pub fn send(
    history: &mut History,
    project: &Project,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Pass, DatabaseError> {
    let delivery = &project.raw.delivery;
    let mut channels = Channels::new(delivery, Secrets::of_process(&project.root), &project.root);
    diagnostics.extend(channels.warnings());
    prepare(history.database(), now)?;
    let (machine, name) = (worker_prefix(), history.project().to_owned());
    // Who holds the lock of the project is the only one who uses a file; a server may be used from other machines too.
    let mine = if matches!(history.database().place(), Place::Server(_)) { machine.as_str() } else { "" };
    let lost = outbox::recover(history.database(), &name, mine, now)?;
    let known = |held: &Recipient, report: &str| is_recipient(project, held, report);
    outbox::drop_strangers(history.database(), &name, known, now)?;
    let lost = usize::try_from(lost).unwrap_or_default();
    let own = format!("{machine}{}", std::process::id());
    let worker = Worker { project: &name, name: &own, policy: RetryPolicy::from(delivery.retry) };
    let pass = deliver_due(history.database(), &mut channels, &worker, now, MOST_MESSAGES)?;
    if pass.retry > 0 {
        diagnostics.push(Diagnostic::warning(&messages::DELIVERIES_WAIT).arg("count", pass.retry));
    }
    let stuck = pass.failed + pass.unknown + lost;
    if stuck > 0 {
        diagnostics.push(Diagnostic::error(&messages::DELIVERIES_FAILED).arg("count", stuck));
    }
    Ok(pass)
}

/// True if the project sends a report to somebody.
pub fn is_recipient(project: &Project, held: &Recipient, report: &str) -> bool {
    project.raw.delivery.recipients.iter().any(|raw| {
        let known = Recipient::of_project(raw, project.lang());
        let wants = raw.reports.is_empty() || raw.reports.iter().any(|wanted| wanted == report);
        wants && known.channel == held.channel && known.key() == held.key()
    })
}

/// How a test message ended.
#[derive(Debug)]
pub struct Tested {
    /// Whom it was for.
    pub recipient: Recipient,
    /// Why it did not arrive, or why nobody knows.
    pub problem: Option<Reason>,
}

/// Sends a test message to a mail address or channel at once, past the outbox.
pub fn send_test(project: &Project, to: &str, now: DateTime<Utc>) -> Tested {
    let delivery = &project.raw.delivery;
    let recipient = Recipient::parse(to, project.lang());
    let title = project.raw.project.title.get(project.lang());
    let message = compose::test_message(title, project.lang(), now);
    let mut channels = Channels::new(delivery, Secrets::of_process(&project.root), &project.root);
    let problem = match channels.deliver(&recipient, &message, "test", now) {
        Outcome::Sent(_) => None,
        Outcome::Retry { reason, .. } | Outcome::Failed(reason) | Outcome::Unknown(reason) => Some(reason),
    };
    Tested { recipient, problem }
}

/// Forgets the words and addresses of messages that came to rest longer ago than the project keeps them.
///
/// # Errors
/// The database fails.
pub fn forget(history: &mut History, project: &Project, now: DateTime<Utc>) -> Result<(), DatabaseError> {
    let days = project.raw.runs.as_ref().and_then(|runs| runs.keep.deliveries);
    let before = days.and_then(|days| now.checked_sub_days(chrono::Days::new(days.into())));
    let Some(before) = before else { return Ok(()) };
    prepare(history.database(), now)?;
    let name = history.project().to_owned();
    history.database().transaction(|transaction| outbox::forget(transaction, &name, before)).map(drop)
}

/// How the workers of this machine are called in the outbox.
fn worker_prefix() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!("{}/", name.trim())
}
