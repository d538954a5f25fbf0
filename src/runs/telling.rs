//! From the end of a run to the outbox: messages about a release for its recipients, and alarms for what began or ended. Everything is
//! queued in one transaction; what was queued before is not queued again.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::config::raw::RawRecipient;
use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::format;
use crate::runs::attached::ReportFiles;
use crate::runs::cause;
use crate::runs::database::{Database, DatabaseError, Place};
use crate::runs::delivery::alarms::Standing;
use crate::runs::delivery::channels::Channels;
use crate::runs::delivery::compose::{self, enqueue_alarms, release_message};
use crate::runs::delivery::message::DeliveryKey;
use crate::runs::delivery::outbox::{self, Deliver as _, Delivery, Filter, Pass, Worker, deliver_due, enqueue};
use crate::runs::delivery::recipient::Recipient;
use crate::runs::delivery::secrets::Secrets;
use crate::runs::delivery::{Outcome, Reason, RetryPolicy, alarms, rules};
use crate::runs::history::History;
use crate::runs::record::Release;
use crate::runs::situation::{End, situation};
use crate::runs::titles::{column_of, report_title};
use crate::runs::wording::Wording;

/// Messages tried in one pass.
const MOST_MESSAGES: usize = 1000;

/// True if the project tells anybody anything.
pub fn has_channels(project: &Project) -> bool {
    let delivery = &project.raw.delivery;
    !delivery.recipients.is_empty() || !delivery.errors.is_empty()
}

/// Makes the tables of the outbox and of the alarms.
///
/// # Errors
/// The database fails.
pub fn prepare(database: &mut Database, now: DateTime<Utc>) -> Result<(), DatabaseError> {
    database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, now)?;
    database.migrate(alarms::COMPONENT, alarms::MIGRATIONS, now)
}

/// What is known about messages of a release that are not in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// They were not sent.
    None,
    /// They may have been sent: the outbox that knew it was lost.
    Unknown,
}

/// Queues the messages of a release for everybody who gets one of its reports; those that may have been sent before are kept as
/// unknown, for somebody to decide. How many were queued or kept.
///
/// # Errors
/// The database fails; then nothing was queued.
pub fn enqueue_release(
    history: &mut History,
    project: &Project,
    release: &Release,
    folder: &Path,
    receipt: Receipt,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<usize, DatabaseError> {
    let delivery = &project.raw.delivery;
    if delivery.recipients.is_empty() {
        return Ok(0);
    }
    prepare(history.database(), now)?;
    let name = history.project().to_owned();
    let later = later_periods(history, project, release)?;
    let mut messages = Vec::new();
    for report in &release.reports {
        let key = DeliveryKey {
            project: name.clone(),
            report: report.id.clone(),
            period: release.period.to_string(),
            revision: release.revision.into(),
        };
        let files = ReportFiles::of_release(project, report, folder);
        let title = report_title(project, &report.id);
        let column = column_of(project, &report.id);
        let wants = |raw: &&RawRecipient| raw.gets(&report.id, column);
        for raw in delivery.recipients.iter().filter(wants) {
            let recipient = Recipient::of_project(raw, project.lang());
            // Once the file is what it was, the next run queues the message.
            let Some(attachments) = files.of(raw, recipient.lang, diagnostics) else { continue };
            if let Some((column, group, known)) = files.missing_group(raw) {
                let nothing = Diagnostic::warning(&messages::NO_SUCH_GROUP).arg("recipient", recipient.masked());
                let nothing = nothing.arg("report", &report.id).arg("period", release.period).arg("column", column);
                let nothing = nothing.arg("value", group).arg("known", format::list(&owned(&known), project.lang()));
                diagnostics.push(nothing.suggest(group, known));
                continue;
            }
            // Who asks for a group of another column is told nothing where there is no document about the whole.
            let of_other = column.is_some_and(|column| !raw.parameters.contains_key(column));
            if of_other && !raw.parameters.is_empty() && attachments.is_empty() && raw.files {
                continue;
            }
            let wording = Wording { project, release, later: &later, lang: recipient.lang };
            let content = wording.told_to(raw, (report.id.as_str(), title.as_ref()), attachments);
            messages.push((recipient.clone(), release_message(delivery, &key, &content, recipient.lang)));
        }
    }
    history.database().transaction(|transaction| {
        let mut queued = 0;
        for (recipient, message) in &messages {
            if cause::is_spared(transaction, delivery, recipient, &message.key, (release, folder))? {
                continue;
            }
            if !enqueue(transaction, recipient, message, now)? {
                continue;
            }
            queued += 1;
            match receipt {
                Receipt::None => outbox::supersede(transaction, recipient, &message.key, now)?,
                Receipt::Unknown => {
                    outbox::mark_unknown(transaction, &outbox::delivery_id(&message.key, recipient), now)?
                }
            };
        }
        Ok(queued)
    })
}

/// The periods after a release whose numbers a revision changed, if their releases show earlier ones.
fn later_periods(history: &mut History, project: &Project, release: &Release) -> Result<Vec<Period>, DatabaseError> {
    let panel = project.raw.data.design.as_ref().is_some_and(|design| design.panel.is_some());
    if panel || release.revision < 2 || release.changes.is_empty() {
        return Ok(Vec::new());
    }
    let after = |period: &Period| *period > release.period && period.cadence() == release.period.cadence();
    Ok(history.newest()?.into_keys().filter(after).collect())
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

/// Compares a situation with what was told before and queues what began or ended. How many messages were queued.
///
/// # Errors
/// The database fails; then nothing was noted and nothing queued.
pub fn tell(
    history: &mut History,
    project: &Project,
    period: &str,
    end: &End<'_>,
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    prepare(history.database(), now)?;
    let delivery = &project.raw.delivery;
    let situation = situation(project, period, end);
    let rules = rules::rules(delivery);
    let found = rules::signals(&rules, &situation);
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let name = history.project().to_owned();
    let title = &project.raw.project.title;
    history.database().transaction(|transaction| {
        let changes = alarms::observe(transaction, &name, &ids, &found, now)?;
        enqueue_alarms(transaction, delivery, (&name, title), period, &changes, project.lang(), now)
    })
}

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
        let gets = raw.gets(report, column_of(project, report));
        gets && known.channel == held.channel && known.key() == held.key()
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

/// What was delivered to whom, oldest first, and the alarms that stand.
///
/// # Errors
/// The database fails.
pub fn overview(history: &mut History, now: DateTime<Utc>) -> Result<(Vec<Delivery>, Vec<Standing>), DatabaseError> {
    prepare(history.database(), now)?;
    let name = history.project().to_owned();
    let deliveries = outbox::list(history.database(), &Filter { project: Some(&name), ..Filter::default() })?;
    Ok((deliveries, alarms::standing(history.database(), &name)?))
}

/// How the workers of this machine are called in the outbox.
fn worker_prefix() -> String {
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    format!("{}/", name.trim())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
