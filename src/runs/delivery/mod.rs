//! Telling people: reports by mail, group chats, folders and object stores, and alarms when something is off.
//!
//! What is to be sent is first written to the [`outbox`] and then sent from there, so that a crash never loses a recipient and never
//! serves one twice. Every channel gives an [`Outcome`]; what cannot be known is said to be unknown. Nothing here reads a clock.

pub mod alarms;
pub mod channels;
pub mod compose;
pub mod folder;
mod hidden;
mod http;
pub mod mail;
pub mod message;
pub mod outbox;
mod reason;
pub mod recipient;
mod retry;
pub mod rules;
pub mod s3;
pub mod secrets;
mod signing;
mod smtp;
pub mod webhook;

pub use reason::{Reason, ReasonCode};
pub use retry::RetryPolicy;

use std::time::Duration;

/// How an attempt to deliver ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it; what it said.
    Sent(String),
    /// The other side has it not, and may take it later.
    Retry {
        /// Why not now.
        reason: Reason,
        /// When the other side wants to be asked again.
        after: Option<Duration>,
    },
    /// The other side will not take it as it is.
    Failed(Reason),
    /// The other side may have it: the answer was lost.
    Unknown(Reason),
}

impl Outcome {
    /// The same outcome where a repetition does no harm: what is uncertain is tried again.
    #[must_use]
    pub fn tried_again(self) -> Self {
        match self {
            Self::Unknown(reason) => {
                Self::Retry { reason: Reason::new(ReasonCode::TimedOut, reason.detail), after: None }
            }
            other => other,
        }
    }

    /// The same outcome with another reason, if it has one.
    #[must_use]
    pub fn map_reason(self, map: impl Fn(Reason) -> Reason) -> Self {
        match self {
            Self::Sent(said) => Self::Sent(said),
            Self::Retry { reason, after } => Self::Retry { reason: map(reason), after },
            Self::Failed(reason) => Self::Failed(map(reason)),
            Self::Unknown(reason) => Self::Unknown(map(reason)),
        }
    }
}
