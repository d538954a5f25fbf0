#![allow(clippy::unwrap_used)]

mod decisions;
mod queueing;
mod sending;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::*;
use crate::diagnostics::Lang;
use crate::runs::database::{Database, DatabaseError, Place, Problem, Queries as _};
use crate::runs::delivery::message::{DeliveryKey, Message};
use crate::runs::delivery::recipient::Recipient;
use crate::runs::delivery::{Outcome, Reason, ReasonCode, RetryPolicy};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

fn outbox() -> Database {
    let mut database = Database::open(&Place::Memory).unwrap();
    database.migrate(COMPONENT, MIGRATIONS, at(0)).unwrap();
    database
}

fn message(revision: i64) -> Message {
    let key = DeliveryKey { project: "p".into(), report: "plan".into(), period: "2026-11".into(), revision };
    let (subject, text) = ("满意度".to_owned(), "正文".to_owned());
    Message { key, lang: Lang::ZhCn, subject, text, html: None, link: None, attachments: vec![] }
}

fn worker(name: &'static str, policy: RetryPolicy) -> Worker<'static> {
    Worker { project: "p", name, policy }
}

fn worker_of(name: &'static str) -> Worker<'static> {
    worker(name, RetryPolicy::default())
}

/// One message to one person, as it stands.
fn only(database: &mut Database) -> Delivery {
    let mut all = list(database, "p").unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn why(held: &Delivery) -> Option<ReasonCode> {
    held.reason.as_ref().map(|reason| reason.code)
}

fn person(name: &str) -> Recipient {
    Recipient::parse(&format!("{name}@example.com"), Lang::ZhCn)
}

/// Answers by the beginning of the address, and counts.
#[derive(Default)]
struct Script {
    answers: BTreeMap<String, Vec<Outcome>>,
    taken: Vec<String>,
}

impl Deliver for Script {
    fn deliver(&mut self, recipient: &Recipient, _: &Message, _: &str, _: DateTime<Utc>) -> Outcome {
        self.taken.push(recipient.address.clone());
        let answers = self.answers.entry(recipient.address.clone()).or_default();
        if answers.is_empty() { Outcome::Sent("250 ok".into()) } else { answers.remove(0) }
    }
}

fn refused() -> Outcome {
    Outcome::Retry { reason: Reason::new(ReasonCode::RefusedForNow, "451 later"), after: None }
}

fn states(database: &mut Database) -> Vec<(String, State, u32)> {
    let all = list(database, "p").unwrap();
    let mut all: Vec<_> = all.into_iter().map(|row| (row.recipient.address, row.state, row.attempts)).collect();
    all.sort();
    all
}
