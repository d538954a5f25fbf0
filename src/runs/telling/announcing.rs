//! Messages about a release for everybody who gets one of its reports, into the outbox in one transaction.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::prepare;
use crate::config::raw::RawRecipient;
use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::format;
use crate::runs::attached::ReportFiles;
use crate::runs::cause;
use crate::runs::database::DatabaseError;
use crate::runs::delivery::compose::release_message;
use crate::runs::delivery::message::DeliveryKey;
use crate::runs::delivery::outbox;
use crate::runs::delivery::recipient::Recipient;
use crate::runs::history::History;
use crate::runs::published;
use crate::runs::record::Release;
use crate::runs::titles::{column_of, report_title};
use crate::runs::wording::Wording;

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
    let before = published::before(history, release.period)?;
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
                let nothing = nothing.arg("value", group).words("known", format::listed(&known));
                diagnostics.push(nothing.suggest(group, known));
                continue;
            }
            // Who asks for a group of another column is told nothing where there is no document about the whole.
            let of_other = column.is_some_and(|column| !raw.parameters.contains_key(column));
            if of_other && !raw.parameters.is_empty() && attachments.is_empty() && raw.files {
                continue;
            }
            let wording = Wording { project, release, before: before.as_ref(), later: &later, lang: recipient.lang };
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
            let is_new = match receipt {
                Receipt::None => outbox::enqueue(transaction, recipient, message, now)?,
                Receipt::Unknown => outbox::keep_unknown(transaction, recipient, message, now)?,
            };
            if is_new {
                // Who may have this one must not get one before it after it.
                outbox::supersede(transaction, recipient, &message.key, now)?;
                queued += 1;
            }
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
    let after = |period: &Period| *period > release.period;
    Ok(history.newest_of(release.period.cadence())?.into_keys().filter(after).collect())
}
