//! A row of the outbox: what is delivered to whom, and where it stands.

use chrono::{DateTime, Utc};

use super::super::message::DeliveryKey;
use super::super::recipient::Recipient;
use super::super::{Reason, ReasonCode};
use crate::diagnostics::Diagnostic;
use crate::output::manifest::sha256_hex;
use crate::runs::database::{DatabaseError, Problem, Row};

/// Seconds after which a machine that is still said to be sending is taken for lost: a day.
const LOST: i64 = 86_400;

/// The moments before and after which a delivery was taken that is still said to be sent and is not any more: by a machine that is gone,
/// or by a clock that was ahead.
pub(super) fn lost(now: DateTime<Utc>) -> (i64, i64) {
    (now.timestamp() - LOST, now.timestamp() + LOST)
}

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
    /// When it was last taken to be sent, in seconds since 1970.
    pub claimed_at: Option<i64>,
    /// When it came to rest, in seconds since 1970.
    pub ended_at: Option<i64>,
    /// Why it stands where it stands.
    pub reason: Option<Reason>,
    /// What the other side said when it took it.
    pub answer: Option<String>,
}

impl Delivery {
    /// True if somebody has to decide about it: it failed or is uncertain, and neither has a newer revision taken its place nor has
    /// anybody said what became of it.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        let (before, after) = lost(now);
        match self.state {
            State::Failed | State::Unknown => !self.reason.as_ref().is_some_and(|reason| reason.code.is_settled()),
            State::Sending => self.claimed_at.is_none_or(|at| at < before || at > after),
            State::Queued | State::Retry | State::Sent => false,
        }
    }

    /// Why it stands where it stands.
    pub fn why(&self) -> Option<Diagnostic> {
        self.why_of(&self.recipient.masked())
    }

    /// The same with the recipient called otherwise.
    pub fn why_of(&self, recipient: &str) -> Option<Diagnostic> {
        let reason = self.reason.as_ref()?;
        Some(match self.state {
            State::Failed => reason.diagnostic_at_rest(recipient),
            _ => reason.diagnostic(recipient),
        })
    }
}

/// The id of a delivery: 16 hexadecimal digits of a digest of its key and recipient.
pub fn delivery_id(key: &DeliveryKey, recipient: &Recipient) -> String {
    let (revision, person) = (key.revision.to_string(), recipient.key());
    let whole = [&key.project, &key.report, &key.period, &revision, &recipient.channel, &person];
    sha256_hex(whole.map(String::as_str).join("\0").as_bytes())[..16].to_owned()
}

pub(super) fn delivery(row: &Row) -> Result<Delivery, DatabaseError> {
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
        claimed_at: row.optional_integer("claimed_at")?,
        ended_at: row.optional_integer("ended_at")?,
        reason: reason.map(|code| Reason::new(code, detail)),
        answer: (state == State::Sent).then(|| detail.to_owned()),
    })
}

pub(super) fn state(row: &Row) -> Result<State, DatabaseError> {
    let name = row.text("state")?;
    let found = State::ALL.into_iter().find(|state| state.name() == name);
    found.ok_or_else(|| DatabaseError::new("outbox", Problem::Unexpected(format!("state `{name}`"))))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|error| DatabaseError::new("outbox", Problem::Unexpected(format!("`{column}`: {error}"))))
}
