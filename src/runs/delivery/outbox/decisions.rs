//! What somebody decides about deliveries: that one is sent again, that one arrived or is dropped, who is no recipient any more, and what
//! is forgotten.

use chrono::{DateTime, Utc};

use super::super::ReasonCode;
use super::super::recipient::Recipient;
use super::row::{State, from_json, lost};
use crate::runs::database::{DatabaseError, Queries};

/// What has come to rest without having arrived, as far as is known: refused for good, given up or uncertain; or taken before `$4`, or
/// by a clock that was ahead after `$5`, by a machine that never came back to it.
const NOT_ARRIVED: &str =
    "(state IN ('failed', 'unknown') OR (state = 'sending' AND (claimed_at < $4 OR claimed_at > $5)))";

/// Queues a delivery again that failed, is unknown or was sent, or that a machine took a day ago and never came back to; somebody has
/// decided so. False if there is none of this id that has come to rest in the project.
///
/// # Errors
/// The database fails.
pub fn resend(database: &mut impl Queries, project: &str, id: &str, now: DateTime<Utc>) -> Result<bool, DatabaseError> {
    let (before, after) = lost(now);
    let changed = database.execute(
        &format!(
            "UPDATE deliveries SET state = 'queued', attempts = 0, resends = resends + 1, due_at = $2, ended_at = NULL,
                reason = NULL, detail = NULL
             WHERE id = $1 AND project = $3 AND message <> '' AND (state = 'sent' OR {NOT_ARRIVED})"
        ),
        &[id.into(), now.timestamp().into(), project.into(), before.into(), after.into()],
    )?;
    Ok(changed == 1)
}

/// What somebody knows or decides about a delivery that failed or is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It arrived.
    Arrived,
    /// It is not to be sent any more.
    Dropped,
}

impl Decision {
    fn becomes(self) -> (State, ReasonCode) {
        match self {
            Self::Arrived => (State::Sent, ReasonCode::Confirmed),
            Self::Dropped => (State::Failed, ReasonCode::Dropped),
        }
    }
}

/// Marks a delivery that failed or is unknown, or that a machine took a day ago and never came back to, with what somebody decided. When
/// it came to rest stays, so that it is forgotten no later. False if there is none of this id in such a state in the project.
///
/// # Errors
/// The database fails.
pub fn settle(
    database: &mut impl Queries,
    project: &str,
    id: &str,
    decision: Decision,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let (before, after) = lost(now);
    let (state, reason) = decision.becomes();
    let changed = database.execute(
        &format!(
            "UPDATE deliveries SET state = $2, reason = $6, detail = '', ended_at = COALESCE(ended_at, claimed_at)
             WHERE id = $1 AND project = $3 AND {NOT_ARRIVED}"
        ),
        &[id.into(), state.name().into(), project.into(), before.into(), after.into(), reason.code().into()],
    )?;
    Ok(changed == 1)
}

/// Messages that wait for somebody who is no recipient any more are given up, unless somebody had them sent again.
/// `is_one` says who is one, by recipient and report. The number of rows.
///
/// # Errors
/// The database fails.
pub fn drop_strangers(
    database: &mut impl Queries,
    project: &str,
    is_one: impl Fn(&Recipient, &str) -> bool,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let rows = database.query(
        "SELECT id, report, address FROM deliveries
         WHERE project = $1 AND resends = 0 AND state IN ('queued', 'retry')",
        &[project.into()],
    )?;
    let mut dropped = 0;
    for row in &rows {
        if !is_one(&from_json(row, "address")?, row.text("report")?) {
            dropped += database.execute(
                "UPDATE deliveries SET state = 'failed', ended_at = $2, reason = $3, detail = ''
                 WHERE id = $1 AND state IN ('queued', 'retry')",
                &[row.text("id")?.into(), now.timestamp().into(), ReasonCode::NoRecipient.code().into()],
            )?;
        }
    }
    Ok(dropped)
}

/// Forgets the words and the addresses of deliveries that came to rest before a moment. The rows stay, by their ids, so that nobody is
/// served twice; they cannot be sent again. The number of rows.
///
/// # Errors
/// The database fails.
pub fn forget(database: &mut impl Queries, project: &str, before: DateTime<Utc>) -> Result<usize, DatabaseError> {
    let rows = database.query(
        "SELECT id, address FROM deliveries
         WHERE project = $1 AND state IN ('sent', 'failed', 'unknown') AND ended_at < $2 AND message <> ''",
        &[project.into(), before.timestamp().into()],
    )?;
    for row in &rows {
        let known: Recipient = from_json(row, "address")?;
        let address = if known.address.is_empty() { String::new() } else { known.masked() };
        let masked = Recipient { address, name: None, ..known };
        database.execute(
            "UPDATE deliveries SET message = '', address = $2, recipient = id, detail = NULL WHERE id = $1",
            &[row.text("id")?.into(), serde_json::to_string(&masked).unwrap_or_default().into()],
        )?;
    }
    Ok(rows.len())
}
