//! Into the outbox: each message once for each recipient, and what a newer one does to those before it.

use chrono::{DateTime, Utc};

use super::super::ReasonCode;
use super::super::message::{DeliveryKey, Message};
use super::super::recipient::Recipient;
use super::row::{State, delivery_id};
use crate::runs::database::{DatabaseError, Problem, Queries, Value};

/// Queues a message for a recipient, to be sent from `now` on. False if this revision was queued for this recipient before, whatever
/// became of it. Inside a transaction it is queued with what else the transaction does, or not at all.
///
/// # Errors
/// The database fails.
pub fn enqueue(
    database: &mut impl Queries,
    recipient: &Recipient,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    insert(database, recipient, message, (State::Queued, None), now)
}

/// Keeps a message for a recipient as one of which nobody knows whether it was sent, since the record of it was lost. False as with
/// [`enqueue`].
///
/// # Errors
/// The database fails.
pub fn keep_unknown(
    database: &mut impl Queries,
    recipient: &Recipient,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    insert(database, recipient, message, (State::Unknown, Some(ReasonCode::RecordLost)), now)
}

fn insert(
    database: &mut impl Queries,
    recipient: &Recipient,
    message: &Message,
    (state, reason): (State, Option<ReasonCode>),
    now: DateTime<Utc>,
) -> Result<bool, DatabaseError> {
    let key = &message.key;
    let json = |text: serde_json::Result<String>| {
        text.map_err(|error| DatabaseError::new("outbox", Problem::Unexpected(error.to_string())))
    };
    let ended = (state != State::Queued).then_some(now.timestamp());
    let added = database.execute(
        "INSERT INTO deliveries (id, project, report, period, revision, channel, recipient, address, message, state, attempts,
            resends, queued_at, due_at, ended_at, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $11, $12, $13)
         ON CONFLICT DO NOTHING",
        &[
            delivery_id(key, recipient).into(),
            key.project.as_str().into(),
            key.report.as_str().into(),
            key.period.as_str().into(),
            key.revision.into(),
            recipient.channel.as_str().into(),
            recipient.key().into(),
            json(serde_json::to_string(recipient))?.into(),
            json(serde_json::to_string(message))?.into(),
            state.name().into(),
            now.timestamp().into(),
            Value::from(ended),
            Value::from(reason.map(ReasonCode::code)),
        ],
    )?;
    Ok(added == 1)
}

/// Deliveries of earlier revisions that wait are given up: who has the newer one must not get the older one after it. The
/// number of rows.
///
/// # Errors
/// The database fails.
pub fn supersede(
    database: &mut impl Queries,
    recipient: &Recipient,
    key: &DeliveryKey,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    database.execute(
        "UPDATE deliveries SET state = 'failed', ended_at = $7, reason = $8, detail = ''
         WHERE project = $1 AND report = $2 AND period = $3 AND revision < $4 AND channel = $5 AND recipient = $6
           AND state IN ('queued', 'retry')",
        &[
            key.project.as_str().into(),
            key.report.as_str().into(),
            key.period.as_str().into(),
            key.revision.into(),
            recipient.channel.as_str().into(),
            recipient.key().into(),
            now.timestamp().into(),
            ReasonCode::Superseded.code().into(),
        ],
    )
}

/// Alarms before this one that wait for a recipient are due at once, since it waits for them. The number of rows.
///
/// # Errors
/// The database fails.
pub fn hurry(
    database: &mut impl Queries,
    recipient: &Recipient,
    key: &DeliveryKey,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    database.execute(
        "UPDATE deliveries SET due_at = $6
         WHERE project = $1 AND report = $2 AND revision < $3 AND channel = $4 AND recipient = $5 AND state = 'retry' AND due_at > $6",
        &[
            key.project.as_str().into(),
            key.report.as_str().into(),
            key.revision.into(),
            recipient.channel.as_str().into(),
            recipient.key().into(),
            now.timestamp().into(),
        ],
    )
}
