//! From the end of a run to the outbox and out of it: messages about a release for its recipients, and alarms for what began or ended.
//! Everything is queued in one transaction; what was queued before is not queued again.

mod announcing;
mod sending;

pub use announcing::{Receipt, enqueue_release};
pub use sending::{Tested, clock_from, forget, is_recipient, send, send_prepared, send_test};

use chrono::{DateTime, Utc};

use crate::config::Project;
use crate::runs::database::{Database, DatabaseError};
use crate::runs::delivery::alarms::{Signal, Standing};
use crate::runs::delivery::compose::enqueue_alarms;
use crate::runs::delivery::outbox::{self, Delivery};
use crate::runs::delivery::{alarms, rules};
use crate::runs::history::History;
use crate::runs::situation::{End, situation};

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
    let rules = rules::rules(&project.raw.delivery);
    let found = rules::signals(&rules, &situation(project, period, end));
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    observe(history, project, period, (&ids, &found), now)
}

/// Notes what is found, by the ids of all rules and the signals of some, and queues what began or ended with it, in one transaction. How
/// many messages were queued.
///
/// # Errors
/// The database fails; then nothing was noted and nothing queued.
pub fn observe(
    history: &mut History,
    project: &Project,
    period: &str,
    (rules, signals): (&[String], &[Signal]),
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    let name = history.project().to_owned();
    let told = (name.as_str(), &project.raw.project.title);
    history.database().transaction(|transaction| {
        let changes = alarms::observe(transaction, &name, rules, signals, now)?;
        enqueue_alarms(transaction, &project.raw.delivery, told, period, &changes, project.lang(), now)
    })
}

/// What was delivered to whom, oldest first, and the alarms that stand.
///
/// # Errors
/// The database fails.
pub fn overview(history: &mut History, now: DateTime<Utc>) -> Result<(Vec<Delivery>, Vec<Standing>), DatabaseError> {
    prepare(history.database(), now)?;
    let name = history.project().to_owned();
    Ok((outbox::list(history.database(), &name)?, alarms::standing(history.database(), &name)?))
}
