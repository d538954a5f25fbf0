//! Out of the outbox over the channels of a project, with its lock held; test messages past it; and what is forgotten in the end.

use chrono::{DateTime, Utc};

use super::prepare;
use crate::config::Project;
use crate::config::raw::{ChannelKind, RawDelivery};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::database::{DatabaseError, Place};
use crate::runs::delivery::channels::Channels;
use crate::runs::delivery::message::ALARM;
use crate::runs::delivery::outbox::{self, Deliver as _, Pass, Worker, deliver_due};
use crate::runs::delivery::recipient::Recipient;
use crate::runs::delivery::secrets::Secrets;
use crate::runs::delivery::{Outcome, Reason, RetryPolicy, compose};
use crate::runs::history::History;
use crate::runs::titles::column_of;

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
    prepare(history.database(), now)?;
    send_prepared(history, project, &clock_from(now), diagnostics)
}

/// The same where the tables are made, by a clock.
///
/// # Errors
/// The database fails.
pub fn send_prepared(
    history: &mut History,
    project: &Project,
    clock: &dyn Fn() -> DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Pass, DatabaseError> {
    let delivery = &project.raw.delivery;
    let mut channels = Channels::new(delivery, Secrets::of_process(&project.root), &project.root);
    diagnostics.extend(channels.warnings());
    let (machine, name) = (format!("{}/", machine()), history.project().to_owned());
    let own = format!("{machine}{}", std::process::id());
    let worker = Worker { project: &name, name: &own, policy: RetryPolicy::from(delivery.retry) };
    // Who holds the lock of the project is the only one who uses a file; a server may be used from other machines too.
    let mine = if matches!(history.database().place(), Place::Server(_)) { machine.as_str() } else { "" };
    let lost = outbox::recover(history.database(), &worker, mine, |channel| repeats(delivery, channel), clock())?;
    let known = |held: &Recipient, report: &str| is_recipient(project, held, report);
    outbox::drop_strangers(history.database(), &name, known, clock())?;
    let pass = deliver_due(history.database(), &mut channels, &worker, clock, MOST_MESSAGES)?;
    let wait = pass.retry + pass.left;
    if wait > 0 {
        diagnostics.push(Diagnostic::warning(&messages::DELIVERIES_WAIT).arg("count", wait));
    }
    let stuck = pass.failed + pass.unknown + lost;
    if stuck > 0 {
        diagnostics.push(Diagnostic::error(&messages::DELIVERIES_FAILED).arg("count", stuck));
    }
    Ok(pass)
}

/// A clock that shows a moment now and goes on from it.
pub fn clock_from(now: DateTime<Utc>) -> impl Fn() -> DateTime<Utc> {
    // Not the time that the machine was awake: other machines compare signatures with theirs.
    let begun = Utc::now();
    move || now + (Utc::now() - begun)
}

/// True if a channel may get something twice: the same files under the same names, or a program that knows each delivery by its id.
fn repeats(delivery: &RawDelivery, channel: &str) -> bool {
    let kind = delivery.channels.get(channel).map(|channel| channel.kind);
    kind.is_some_and(|kind| matches!(kind, ChannelKind::Folder | ChannelKind::S3 | ChannelKind::Json))
}

/// True if the project sends a report to somebody, or [alarms](ALARM).
pub fn is_recipient(project: &Project, held: &Recipient, report: &str) -> bool {
    let same = |known: &Recipient| known.channel == held.channel && known.key() == held.key();
    if report == ALARM {
        return compose::people(&project.raw.delivery, project.lang()).iter().any(|person| same(&person.recipient));
    }
    project
        .raw
        .delivery
        .recipients
        .iter()
        .any(|raw| raw.gets(report, column_of(project, report)) && same(&Recipient::of_project(raw, project.lang())))
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

/// The name of this machine, by which its rows in an outbox that several machines share are known. One that has none gets another with
/// each process: rows of others must not be taken for its own, and its own are found after a day.
fn machine() -> String {
    let named = ["/proc/sys/kernel/hostname", "/etc/hostname"].into_iter().find_map(|file| {
        let name = std::fs::read_to_string(file).ok()?.trim().to_owned();
        (!name.is_empty()).then_some(name)
    });
    named.unwrap_or_else(|| format!("unnamed-{}-{}", std::process::id(), Utc::now().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_a_name() {
        let name = machine();
        assert!(!name.is_empty() && name.trim() == name, "{name:?}");
    }

    #[test]
    fn a_clock_goes_on_from_where_it_is_set() {
        let set = DateTime::UNIX_EPOCH;
        let clock = clock_from(set);
        std::thread::sleep(std::time::Duration::from_millis(20));
        let shown = clock() - set;
        assert!(shown >= chrono::TimeDelta::milliseconds(10) && shown < chrono::TimeDelta::hours(1), "{shown}");
    }
}
