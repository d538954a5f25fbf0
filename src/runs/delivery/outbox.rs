//! The outbox: one row a recipient and revision, in the database before anything is sent. A row is `sending` on the disk before the first
//! byte goes out, so after a crash it is known which deliveries are uncertain: they become `unknown`, are shown, and are sent again only
//! when somebody says so. Times are parameters; nothing here reads a clock.
//!
//! ```text
//! queued ─► sending ─► sent
//!    ▲         ├─────► retry ──(when due)──► sending
//!    │         ├─────► failed   refused for good, or given up
//!    │         └─────► unknown  answer lost, or found in `sending` after a crash
//!    └──────────────── resend (failed, unknown, sent; explicitly)
//! ```

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::message::{DeliveryKey, Message};
use super::recipient::Recipient;
use super::{Outcome, Reason, ReasonCode, RetryPolicy};
use crate::output::manifest::sha256_hex;
use crate::runs::database::{Database, DatabaseError, Migration, Problem, Queries, Row, Value};

/// The tables of the outbox, for [`Database::migrate`] under the name [`COMPONENT`].
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "CREATE TABLE deliveries (
            id TEXT PRIMARY KEY,
            project TEXT NOT NULL,
            report TEXT NOT NULL,
            period TEXT NOT NULL,
            revision BIGINT NOT NULL,
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,
            address TEXT NOT NULL,
            message TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            resends BIGINT NOT NULL,
            queued_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL,
            claimed_at BIGINT,
            claimed_by TEXT,
            ended_at BIGINT,
            reason TEXT,
            detail TEXT,
            UNIQUE (project, report, period, revision, channel, recipient)
          );
          CREATE INDEX deliveries_by_state ON deliveries (state, due_at)",
}];

/// The name of the outbox among the components of the database.
pub const COMPONENT: &str = "outbox";

/// Seconds after which a machine that is still said to be sending may be taken for lost: a day.
const LOST: i64 = 86_400;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Waits for its first attempt.
    Queued,
    /// Being sent, or was when the program ended.
    Sending,
    /// The other side has it.
    Sent,
    /// Waits for another attempt.
    Retry,
    /// Refused for good, or given up after the last attempt.
    Failed,
    /// The other side may have it.
    Unknown,
}

impl State {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 6] = [Self::Queued, Self::Sending, Self::Sent, Self::Retry, Self::Failed, Self::Unknown];

    /// The name in the database and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Retry => "retry",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One delivery as the outbox knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Short name, the same for the same key and recipient everywhere.
    pub id: String,
    /// What is delivered.
    pub key: DeliveryKey,
    /// To whom.
    pub recipient: Recipient,
    /// Where it stands.
    pub state: State,
    /// Attempts so far, since it was queued or resent.
    pub attempts: u32,
    /// How often somebody had it sent again.
    pub resends: u32,
    /// When the next attempt is due, in seconds since 1970.
    pub due_at: i64,
    /// When it came to rest, in seconds since 1970.
    pub ended_at: Option<i64>,
    /// Why it stands where it stands.
    pub reason: Option<Reason>,
    /// What the other side said when it took it.
    pub answer: Option<String>,
}

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

/// The id of a delivery: 16 hexadecimal digits of a digest of its key and recipient.
pub fn delivery_id(key: &DeliveryKey, recipient: &Recipient) -> String {
    let (revision, person) = (key.revision.to_string(), recipient.key());
    let whole = [&key.project, &key.report, &key.period, &revision, &recipient.channel, &person];
    sha256_hex(whole.map(String::as_str).join("\0").as_bytes())[..16].to_owned()
}

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
    let key = &message.key;
    let json = |text: serde_json::Result<String>| {
        text.map_err(|error| DatabaseError::new("outbox", Problem::Unexpected(error.to_string())))
    };
    let added = database.execute(
        "INSERT INTO deliveries (id, project, report, period, revision, channel, recipient, address, message, state, attempts,
            resends, queued_at, due_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0, 0, $10, $10)
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
            now.timestamp().into(),
        ],
    )?;
    Ok(added == 1)
}

/// Where the delivery of an id stands; none if it was never queued.
///
/// # Errors
/// The database fails.
pub fn state_of(database: &mut impl Queries, id: &str) -> Result<Option<State>, DatabaseError> {
    let row = database.query_first("SELECT state FROM deliveries WHERE id = $1", &[id.into()])?;
    row.map(|row| state(&row)).transpose()
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
    for _ in 0..most {
        let Some(claim) = claim(database, worker, now)? else { break };
        let outcome = channels.deliver(&claim.recipient, &claim.message, &claim.id, now);
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

/// Queues a delivery again that failed, is unknown or was sent, or that a machine took a day ago and never came back to; somebody has
/// decided so. False if there is none of this id that has
/// come to rest in the project.
///
/// # Errors
/// The database fails.
pub fn resend(database: &mut impl Queries, project: &str, id: &str, now: DateTime<Utc>) -> Result<bool, DatabaseError> {
    let changed = database.execute(
        "UPDATE deliveries SET state = 'queued', attempts = 0, resends = resends + 1, due_at = $2, ended_at = NULL,
            reason = NULL, detail = NULL
         WHERE id = $1 AND project = $3 AND message <> ''
           AND (state IN ('failed', 'unknown', 'sent') OR (state = 'sending' AND claimed_at < $4))",
        &[id.into(), now.timestamp().into(), project.into(), (now.timestamp() - LOST).into()],
    )?;
    Ok(changed == 1)
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

/// Marks a delivery that was just queued as one of which nobody knows whether it was made, since the record of it was lost.
///
/// # Errors
/// The database fails.
pub fn mark_unknown(database: &mut impl Queries, id: &str, now: DateTime<Utc>) -> Result<u64, DatabaseError> {
    database.execute(
        "UPDATE deliveries SET state = 'unknown', ended_at = $2, reason = $3, detail = '' WHERE id = $1 AND state = 'queued'",
        &[id.into(), now.timestamp().into(), ReasonCode::RecordLost.code().into()],
    )
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

fn delivery(row: &Row) -> Result<Delivery, DatabaseError> {
    let reason = row.optional_text("reason")?.and_then(ReasonCode::from_code);
    let detail = row.optional_text("detail")?.unwrap_or_default();
    let small = |column: &str| Ok::<u32, DatabaseError>(u32::try_from(row.integer(column)?).unwrap_or(u32::MAX));
    let state = state(row)?;
    Ok(Delivery {
        id: row.text("id")?.to_owned(),
        key: DeliveryKey {
            project: row.text("project")?.to_owned(),
            report: row.text("report")?.to_owned(),
            period: row.text("period")?.to_owned(),
            revision: row.integer("revision")?,
        },
        recipient: from_json(row, "address")?,
        state,
        attempts: small("attempts")?,
        resends: small("resends")?,
        due_at: row.integer("due_at")?,
        ended_at: row.optional_integer("ended_at")?,
        reason: reason.map(|code| Reason::new(code, detail)),
        answer: (state == State::Sent).then(|| detail.to_owned()),
    })
}

fn state(row: &Row) -> Result<State, DatabaseError> {
    let name = row.text("state")?;
    let found = State::ALL.into_iter().find(|state| state.name() == name);
    found.ok_or_else(|| DatabaseError::new("outbox", Problem::Unexpected(format!("state `{name}`"))))
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|error| DatabaseError::new("outbox", Problem::Unexpected(format!("`{column}`: {error}"))))
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
