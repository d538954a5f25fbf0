//! Looking into the outbox: what is there, and where it stands.

use super::super::message::DeliveryKey;
use super::super::recipient::Recipient;
use super::row::{Delivery, State, delivery, state};
use crate::runs::database::{DatabaseError, Queries};

/// Which deliveries are looked at; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// The project.
    pub project: Option<&'a str>,
    /// The report.
    pub report: Option<&'a str>,
    /// The period.
    pub period: Option<&'a str>,
    /// Where it stands.
    pub state: Option<State>,
}

/// The deliveries that a filter lets through, oldest first.
///
/// # Errors
/// The database fails.
pub fn list(database: &mut impl Queries, filter: &Filter<'_>) -> Result<Vec<Delivery>, DatabaseError> {
    let rows = database.query(
        "SELECT id, project, report, period, revision, address, state, attempts, resends, due_at, ended_at, reason, detail
         FROM deliveries
         WHERE (project = $1 OR CAST($1 AS TEXT) IS NULL) AND (report = $2 OR CAST($2 AS TEXT) IS NULL)
           AND (period = $3 OR CAST($3 AS TEXT) IS NULL) AND (state = $4 OR CAST($4 AS TEXT) IS NULL)
         ORDER BY queued_at, report, period, revision, id",
        &[filter.project.into(), filter.report.into(), filter.period.into(), filter.state.map(State::name).into()],
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

/// The newest revision before this one that a recipient has a delivery of, and where it stands.
///
/// # Errors
/// The database fails.
pub fn newest_before(
    database: &mut impl Queries,
    recipient: &Recipient,
    key: &DeliveryKey,
) -> Result<Option<(i64, State)>, DatabaseError> {
    let row = database.query_first(
        "SELECT revision, state FROM deliveries
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
    let name = row.text("state")?;
    let state = State::ALL.into_iter().find(|state| state.name() == name).unwrap_or(State::Unknown);
    Ok(Some((row.integer("revision")?, state)))
}

/// How many deliveries of all projects stand in each state.
///
/// # Errors
/// The database fails.
pub fn counts(database: &mut impl Queries) -> Result<Vec<(State, u64)>, DatabaseError> {
    let rows = database.query("SELECT state, COUNT(*) AS n FROM deliveries GROUP BY state", &[])?;
    let mut counts = Vec::new();
    for row in &rows {
        counts.push((state(row)?, u64::try_from(row.integer("n")?).unwrap_or_default()));
    }
    counts.sort();
    Ok(counts)
}
