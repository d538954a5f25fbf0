//! Out of the outbox: takes what is due row by row, has it handed over and notes how that ended. Who waits for a server that is silent
//! lets all others wait, so that the rest of its messages is put off.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::message::Message;
use super::super::recipient::Recipient;
use super::super::{Outcome, Reason, ReasonCode, RetryPolicy};
use super::row::{State, from_json};
use crate::runs::database::{Database, DatabaseError, Queries, Value};

/// Reasons that a whole channel has, and not a message.
const SILENT: [ReasonCode; 2] = [ReasonCode::Unreachable, ReasonCode::TimedOut];

/// Attempts in a row that a channel cannot be reached, after which its other messages wait for the next pass.
const MOST_SILENT: u32 = 2;

/// Something that can hand a message over.
pub trait Deliver {
    /// Hands it over; `delivery` is the id of its row.
    fn deliver(&mut self, recipient: &Recipient, message: &Message, delivery: &str, now: DateTime<Utc>) -> Outcome;
}

/// Who sends: each project sends its own, also where several share a database.
#[derive(Debug, Clone, Copy)]
pub struct Worker<'a> {
    /// The project.
    pub project: &'a str,
    /// A name for the database, beginning with that of the machine.
    pub name: &'a str,
    /// When to try again.
    pub policy: RetryPolicy,
}

/// What one pass over the outbox did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pass {
    /// Taken by the other side.
    pub sent: usize,
    /// To be tried again.
    pub retry: usize,
    /// Refused for good or given up.
    pub failed: usize,
    /// Uncertain.
    pub unknown: usize,
}

/// Sends what is due until nothing is, or until `most` were tried.
///
/// # Errors
/// The database fails. What was being sent then stays `sending` and becomes `unknown` by [`recover`].
pub fn deliver_due(
    database: &mut Database,
    channels: &mut dyn Deliver,
    worker: &Worker<'_>,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Pass, DatabaseError> {
    let mut pass = Pass::default();
    // How often in a row each channel could not be reached: who waits for one server lets all others wait, the lock included.
    let mut silent: BTreeMap<String, (u32, Reason)> = BTreeMap::new();
    for _ in 0..most {
        let Some(claim) = claim(database, worker, now)? else { break };
        let channel = claim.recipient.channel.clone();
        if let Some((_, reason)) = silent.get(&channel).filter(|(times, _)| *times >= MOST_SILENT) {
            postpone(database, &claim, reason, &worker.policy, now)?;
            pass.retry += 1;
            continue;
        }
        let outcome = channels.deliver(&claim.recipient, &claim.message, &claim.id, now);
        match &outcome {
            Outcome::Retry { reason, .. } if SILENT.contains(&reason.code) => {
                silent.entry(channel).or_insert_with(|| (0, reason.clone())).0 += 1;
            }
            _ => {
                silent.remove(&channel);
            }
        }
        match record(database, &claim, outcome, &worker.policy, now)? {
            State::Sent => pass.sent += 1,
            State::Retry => pass.retry += 1,
            State::Failed => pass.failed += 1,
            _ => pass.unknown += 1,
        }
    }
    Ok(pass)
}

/// A delivery that this program is about to make: on the disk it says `sending`.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Id of the row.
    pub id: String,
    /// To whom.
    pub recipient: Recipient,
    /// What.
    pub message: Message,
    attempts: u32,
}

/// Takes the delivery that has been due longest; when this returns, the row says `sending` for good. Alarms reach a recipient in their
/// order: that one is over is not said before that it began.
///
/// # Errors
/// The database fails.
pub fn claim(database: &mut Database, worker: &Worker<'_>, now: DateTime<Utc>) -> Result<Option<Claim>, DatabaseError> {
    let at = now.timestamp();
    // Further ahead than any wait can be: written by a clock that has been set back since.
    let horizon = at.saturating_add(seconds(worker.policy.longest_wait()));
    database.transaction(|transaction| {
        let row = transaction.query_first(
            "SELECT id, address, message, attempts FROM deliveries
             WHERE project = $3 AND state IN ('queued', 'retry') AND (due_at <= $1 OR due_at > $2)
               AND (report <> 'alarm' OR NOT EXISTS (
                 SELECT 1 FROM deliveries AS earlier
                 WHERE earlier.project = $3 AND earlier.report = 'alarm' AND earlier.state IN ('queued', 'retry')
                   AND earlier.channel = deliveries.channel AND earlier.recipient = deliveries.recipient
                   AND earlier.revision < deliveries.revision))
             ORDER BY due_at, id LIMIT 1",
            &[at.into(), horizon.into(), worker.project.into()],
        )?;
        let Some(row) = row else { return Ok(None) };
        let id = row.text("id")?.to_owned();
        let attempts = row.integer("attempts")? + 1;
        transaction.execute(
            "UPDATE deliveries SET state = 'sending', attempts = $2, claimed_at = $3, claimed_by = $4 WHERE id = $1",
            &[id.as_str().into(), attempts.into(), at.into(), worker.name.into()],
        )?;
        Ok(Some(Claim {
            recipient: from_json(&row, "address")?,
            message: from_json(&row, "message")?,
            attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            id,
        }))
    })
}

/// Puts a delivery off that was taken and not tried: it costs none of its attempts.
fn postpone(
    database: &mut Database,
    claim: &Claim,
    reason: &Reason,
    policy: &RetryPolicy,
    now: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let wait = policy.wait(&claim.id, claim.attempts.saturating_sub(1), None).unwrap_or(policy.first);
    let due = now.timestamp().saturating_add(seconds(wait));
    let set = "UPDATE deliveries SET state = 'retry', attempts = attempts - 1, due_at = $2, reason = $3, detail = $4
               WHERE id = $1 AND state = 'sending'";
    let (code, detail) = (reason.code.code(), reason.detail.as_str());
    database.execute(set, &[claim.id.as_str().into(), due.into(), code.into(), detail.into()]).map(drop)
}

/// Notes how an attempt ended; the state that it came to.
///
/// # Errors
/// The database fails.
pub fn record(
    database: &mut Database,
    claim: &Claim,
    outcome: Outcome,
    policy: &RetryPolicy,
    now: DateTime<Utc>,
) -> Result<State, DatabaseError> {
    let at = now.timestamp();
    let (state, due_at, reason, detail) = match outcome {
        Outcome::Sent(answer) => (State::Sent, at, None, answer),
        Outcome::Failed(reason) => (State::Failed, at, Some(reason.code), reason.detail),
        Outcome::Unknown(reason) => (State::Unknown, at, Some(reason.code), reason.detail),
        Outcome::Retry { reason, after } => match policy.wait(&claim.id, claim.attempts, after) {
            Some(wait) => (State::Retry, at.saturating_add(seconds(wait)), Some(reason.code), reason.detail),
            None => (State::Failed, at, Some(reason.code), reason.detail),
        },
    };
    let ended = (state != State::Retry).then_some(at);
    // Only what we claimed: a row that was taken for lost meanwhile stays as it was judged.
    database.execute(
        "UPDATE deliveries SET state = $2, due_at = $3, ended_at = $4, reason = $5, detail = $6 WHERE id = $1 AND state = 'sending'",
        &[
            claim.id.as_str().into(),
            state.name().into(),
            due_at.into(),
            Value::from(ended),
            Value::from(reason.map(ReasonCode::code)),
            detail.as_str().into(),
        ],
    )?;
    let key = &claim.message.key;
    tracing::info!(
        delivery = claim.id,
        report = key.report,
        period = key.period,
        revision = key.revision,
        channel = claim.recipient.channel,
        recipient = claim.recipient.masked(),
        state = state.name(),
        attempt = claim.attempts,
        reason = reason.map(ReasonCode::code),
        "delivery"
    );
    Ok(state)
}

/// After a crash: what the project was sending becomes `unknown`. Call it with the lock of the project held, so that nobody is sending;
/// `workers` limits it to rows claimed by a name that begins so, such as those of this machine. The number of rows.
///
/// # Errors
/// The database fails.
pub fn recover(
    database: &mut Database,
    project: &str,
    workers: &str,
    now: DateTime<Utc>,
) -> Result<u64, DatabaseError> {
    let changed = database.execute(
        "UPDATE deliveries SET state = 'unknown', ended_at = $1, reason = $2, detail = ''
         WHERE state = 'sending' AND project = $4 AND SUBSTR(claimed_by, 1, LENGTH($3)) = $3",
        &[now.timestamp().into(), ReasonCode::Interrupted.code().into(), workers.into(), project.into()],
    )?;
    if changed > 0 {
        tracing::warn!(deliveries = changed, "deliveries interrupted; whether they arrived is unknown");
    }
    Ok(changed)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}
