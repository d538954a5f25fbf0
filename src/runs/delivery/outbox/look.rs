//! Looking into the outbox: what is there, and where it stands.

use super::super::ReasonCode;
use super::super::message::DeliveryKey;
use super::super::recipient::Recipient;
use super::row::{Delivery, State, delivery, state};
use crate::runs::database::{DatabaseError, Queries};

/// The deliveries of a project, oldest first.
///
/// # Errors
/// The database fails.
pub fn list(database: &mut impl Queries, project: &str) -> Result<Vec<Delivery>, DatabaseError> {
    let rows = database.query(
        "SELECT id, project, report, period, revision, address, state, attempts, resends, due_at, claimed_at, ended_at,
            reason, detail
         FROM deliveries WHERE project = $1 ORDER BY queued_at, report, period, revision, id",
        &[project.into()],
    )?;
    rows.iter().map(delivery).collect()
}

/// Where the delivery of an id stands; none if it was never queued.
///
/// # Errors
/// The database fails.
pub fn state_of(database: &mut impl Queries, id: &str) -> Result<Option<State>, DatabaseError> {
    let row = database.query_first("SELECT state FROM deliveries WHERE id = $1", &[id.into()])?;
    row.map(|row| state(&row)).transpose()
}

/// The newest revision before this one that a recipient has a delivery of, where it stands, and why.
///
/// # Errors
/// The database fails.
pub fn newest_before(
    database: &mut impl Queries,
    recipient: &Recipient,
    key: &DeliveryKey,
) -> Result<Option<(i64, State, Option<ReasonCode>)>, DatabaseError> {
    let row = database.query_first(
        "SELECT revision, state, reason FROM deliveries
         WHERE project = $1 AND report = $2 AND period = $3 AND revision < $4 AND channel = $5 AND recipient = $6
         ORDER BY revision DESC LIMIT 1",
        &[
            key.project.as_str().into(),
            key.report.as_str().into(),
            key.period.as_str().into(),
            key.revision.into(),
            recipient.channel.as_str().into(),
            recipient.key().into(),
        ],
    )?;
    let Some(row) = row else { return Ok(None) };
    let reason = row.optional_text("reason")?.and_then(ReasonCode::from_code);
    Ok(Some((row.integer("revision")?, state(&row)?, reason)))
}
