//! Out of the outbox: takes what is due row by row, has it handed over and notes how that ended. Who waits for a server that is silent
//! lets all others wait, the lock included, so that the rest of its messages is put off.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::message::{ALARM, Message};
use super::super::recipient::Recipient;
use super::super::{Outcome, Reason, ReasonCode, RetryPolicy};
use super::look::state_of;
use super::row::{State, from_json};
use crate::runs::database::{Database, DatabaseError, Queries as _, Value};

/// Reasons that a whole channel has, and not a message: nobody answers, before everything was sent or after.
const SILENT: [ReasonCode; 3] = [ReasonCode::Unreachable, ReasonCode::TimedOut, ReasonCode::AnswerLost];

/// Attempts in a row without an answer of a channel, after which its other messages wait for the next pass.
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
    /// Due, and left to the next pass since this one tried enough.
    pub left: usize,
}

impl Pass {
    fn count(&mut self, state: State) {
        match state {
            State::Sent => self.sent += 1,
            State::Retry | State::Queued => self.retry += 1,
            State::Failed => self.failed += 1,
            State::Unknown => self.unknown += 1,
            // Somebody else has it in hand and says how it ends.
            State::Sending => {}
        }
    }
}

/// Sends what is due when it begins, until nothing of it is left or `most` were tried. Each attempt bears the time that `clock` shows
/// then: a pass may take hours, and signatures hold for minutes.
///
/// # Errors
/// The database fails. What was being sent then stays `sending` and becomes `unknown` by [`recover`].
pub fn deliver_due(
    database: &mut Database,
    channels: &mut dyn Deliver,
    worker: &Worker<'_>,
    clock: &dyn Fn() -> DateTime<Utc>,
    most: usize,
) -> Result<Pass, DatabaseError> {
    let mut pass = Pass::default();
    let begun = clock();
    // A clock that is set back meanwhile would make due again what was put off.
    let clock = || clock().max(begun);
    let mut silent: BTreeMap<String, (u32, Reason)> = BTreeMap::new();
    let mut tried = 0;
    while tried < most {
        let Some(claim) = claim(database, worker, begun, clock())? else { return Ok(pass) };
        let channel = claim.recipient.channel.clone();
        if let Some((_, reason)) = silent.get(&channel).filter(|(times, _)| *times >= MOST_SILENT) {
            postpone(database, &claim, reason, &worker.policy, clock())?;
            pass.retry += 1;
            continue;
        }
        tried += 1;
        let outcome = channels.deliver(&claim.recipient, &claim.message, &claim.id, clock());
        match silence(&outcome) {
            Some(reason) => silent.entry(channel).or_insert_with(|| (0, reason)).0 += 1,
            None => {
                silent.remove(&channel);
            }
        }
        pass.count(record(database, &claim, outcome, &worker.policy, clock())?);
    }
    pass.left = due(database, worker, begun)?;
    Ok(pass)
}

/// Why a channel that did not answer is left alone, as those read it whose messages were not tried for it.
fn silence(outcome: &Outcome) -> Option<Reason> {
    let (Outcome::Retry { reason, .. } | Outcome::Unknown(reason)) = outcome else { return None };
    let code = if reason.code == ReasonCode::AnswerLost { ReasonCode::TimedOut } else { reason.code };
    SILENT.contains(&reason.code).then(|| Reason::new(code, reason.detail.clone()))
}

/// How many messages wait that were due at a moment.
fn due(database: &mut Database, worker: &Worker<'_>, at: DateTime<Utc>) -> Result<usize, DatabaseError> {
    let row = database.query_first(
        "SELECT COUNT(*) AS n FROM deliveries WHERE project = $1 AND state IN ('queued', 'retry') AND due_at <= $2",
        &[worker.project.into(), at.timestamp().into()],
    )?;
    Ok(row.map(|row| row.integer("n")).transpose()?.and_then(|count| usize::try_from(count).ok()).unwrap_or_default())
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
    worker: String,
}

/// Takes the delivery that has been due longest of those due at a moment; when this returns, the row says `sending` for good. Alarms
/// reach a recipient in their order: that one is over is not said before that it began.
///
/// # Errors
/// The database fails.
pub fn claim(
    database: &mut Database,
    worker: &Worker<'_>,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Claim>, DatabaseError> {
    let at = now.timestamp();
    // Further ahead than any wait can be: written by a clock that has been set back since.
    let horizon = at.saturating_add(seconds(worker.policy.longest_wait()));
    database.transaction(|transaction| {
        let row = transaction.query_first(
            "SELECT id, address, message, attempts FROM deliveries
             WHERE project = $3 AND state IN ('queued', 'retry') AND (due_at <= $1 OR due_at > $2)
               AND (report <> $4 OR NOT EXISTS (
                 SELECT 1 FROM deliveries AS earlier
                 WHERE earlier.project = $3 AND earlier.report = $4 AND earlier.state IN ('queued', 'retry')
                   AND earlier.channel = deliveries.channel AND earlier.recipient = deliveries.recipient
                   AND earlier.revision < deliveries.revision))
             ORDER BY due_at, id LIMIT 1",
            &[due.timestamp().into(), horizon.into(), worker.project.into(), ALARM.into()],
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
            worker: worker.name.to_owned(),
            id,
        }))
    })
}

/// Only what we claimed: a row that was taken for lost meanwhile stays as it was judged, and one that another machine has taken since
/// is its own.
const CLAIMED: &str = "WHERE id = $1 AND state = 'sending' AND claimed_by = $2 AND attempts = $3";

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
    let set = format!(
        "UPDATE deliveries SET state = 'retry', attempts = attempts - 1, due_at = $4, reason = $5, detail = $6 {CLAIMED}"
    );
    let values: [Value; 6] = [
        claim.id.as_str().into(),
        claim.worker.as_str().into(),
        claim.attempts.into(),
        due.into(),
        reason.code.code().into(),
        reason.detail.as_str().into(),
    ];
    database.execute(&set, &values).map(drop)
}

/// Notes how an attempt ended; where the delivery stands then, which is something else if it was judged or taken by others meanwhile.
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
    let changed = database.execute(
        &format!("UPDATE deliveries SET state = $4, due_at = $5, ended_at = $6, reason = $7, detail = $8 {CLAIMED}"),
        &[
            claim.id.as_str().into(),
            claim.worker.as_str().into(),
            claim.attempts.into(),
            state.name().into(),
            due_at.into(),
            Value::from(ended),
            Value::from(reason.map(ReasonCode::code)),
            detail.as_str().into(),
        ],
    )?;
    let stored = match changed {
        1 => state,
        _ => state_of(database, &claim.id)?.unwrap_or(state),
    };
    let key = &claim.message.key;
    tracing::info!(
        delivery = claim.id,
        report = key.report,
        period = key.period,
        revision = key.revision,
        channel = claim.recipient.channel,
        recipient = claim.recipient.masked(),
        state = stored.name(),
        came_to = (stored != state).then_some(state.name()),
        attempt = claim.attempts,
        reason = reason.map(ReasonCode::code),
        "delivery"
    );
    Ok(stored)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}
