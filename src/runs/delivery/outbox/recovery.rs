//! After a crash: what was being sent when the program ended.

use chrono::{DateTime, Utc};

use super::super::ReasonCode;
use super::row::lost;
use super::sending::Worker;
use crate::runs::database::{Database, DatabaseError, Queries as _};

/// What the project was sending becomes `unknown`, or is tried again where `is_repeatable` says of a channel that a repetition does no
/// harm. Call it with the lock of the project held, so that nobody is sending; `machine` limits it to rows claimed by a name that begins
/// so, and to those that any machine took a day ago: it may be gone, or have got another name. The number of rows that are unknown now.
///
/// # Errors
/// The database fails.
pub fn recover(
    database: &mut Database,
    worker: &Worker<'_>,
    machine: &str,
    is_repeatable: impl Fn(&str) -> bool,
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    let (before, after) = lost(now);
    let (repeated, unknown) = database.transaction(|transaction| {
        let rows = transaction.query(
            "SELECT id, channel, attempts FROM deliveries
             WHERE project = $1 AND state = 'sending'
               AND (SUBSTR(claimed_by, 1, LENGTH($2)) = $2 OR claimed_at < $3 OR claimed_at > $4)",
            &[worker.project.into(), machine.into(), before.into(), after.into()],
        )?;
        let (mut repeated, mut unknown) = (0_usize, 0_usize);
        for row in &rows {
            let (id, at) = (row.text("id")?, now.timestamp());
            // A message that ends the program each time is not tried for ever.
            if is_repeatable(row.text("channel")?) && row.integer("attempts")? < i64::from(worker.policy.attempts) {
                repeated += 1;
                let set = "UPDATE deliveries SET state = 'retry', due_at = $2, reason = NULL, detail = NULL
                           WHERE id = $1 AND state = 'sending'";
                transaction.execute(set, &[id.into(), at.into()])?;
            } else {
                unknown += 1;
                let set = "UPDATE deliveries SET state = 'unknown', ended_at = $2, reason = $3, detail = ''
                           WHERE id = $1 AND state = 'sending'";
                transaction.execute(set, &[id.into(), at.into(), ReasonCode::Interrupted.code().into()])?;
            }
        }
        Ok::<_, DatabaseError>((repeated, unknown))
    })?;
    if repeated + unknown > 0 {
        tracing::warn!(repeated, unknown, "deliveries interrupted; whether the unknown ones arrived nobody knows");
    }
    Ok(unknown)
}
