#![allow(clippy::unwrap_used)]

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

fn in_period(period: &str) -> Filter<'_> {
    Filter { project: Some("p"), report: Some("plan"), period: Some(period), state: None }
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
    let all = list(database, &Filter::default()).unwrap();
    let mut all: Vec<_> = all.into_iter().map(|row| (row.recipient.address, row.state, row.attempts)).collect();
    all.sort();
    all
}

/// A server that hangs is asked twice; the others of its channel wait without losing an attempt.
#[test]
fn a_channel_that_is_silent_holds_up_nobody() {
    let mut database = outbox();
    let mut script = Script::default();
    for name in ["a", "b", "c", "d", "e"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
        let reason = Reason::new(ReasonCode::Unreachable, "timeout");
        script.answers.insert(format!("{name}@example.com"), vec![Outcome::Retry { reason, after: None }]);
    }
    let policy = RetryPolicy::default();
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(1), 100).unwrap();
    assert_eq!((pass.retry, script.taken.len()), (5, 2), "{:?}", script.taken);
    let attempts: Vec<u32> = states(&mut database)
        .into_iter()
        .map(|(_, state, attempts)| {
            assert_eq!(state, State::Retry);
            attempts
        })
        .collect();
    assert_eq!(attempts.iter().sum::<u32>(), 2, "{attempts:?}");
    // When it answers again everybody is served.
    script.answers.clear();
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(3600), 100).unwrap();
    assert_eq!(pass.sent, 5);
}

/// Somebody left while the mail server was away; what was sent again on request goes out all the same.
#[test]
fn who_is_no_recipient_any_more_gets_nothing() {
    let mut database = outbox();
    for name in ["wang", "li", "zhao"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
    }
    let asked = delivery_id(&message(1).key, &person("zhao"));
    database.execute("UPDATE deliveries SET state = 'failed' WHERE id = $1", &[asked.as_str().into()]).unwrap();
    assert!(resend(&mut database, "p", &asked, at(1)).unwrap());
    let stays = |held: &Recipient, report: &str| report == "plan" && held.address.starts_with("wang");
    assert_eq!(drop_strangers(&mut database, "p", stays, at(2)).unwrap(), 1);
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), at(3), 10).unwrap();
    script.taken.sort();
    assert_eq!(script.taken, ["wang@example.com", "zhao@example.com"]);
    let left: Vec<_> = list(&mut database, &Filter::default()).unwrap();
    let li = left.iter().find(|held| held.recipient.address.starts_with("li")).unwrap();
    assert_eq!(li.reason.as_ref().map(|reason| reason.code), Some(ReasonCode::NoRecipient));
}

#[test]
fn the_same_revision_is_queued_once_for_a_recipient() {
    let mut database = outbox();
    let wang = person("wang");
    assert!(enqueue(&mut database, &wang, &message(1), at(0)).unwrap());
    assert!(!enqueue(&mut database, &wang, &message(1), at(5)).unwrap());
    assert!(enqueue(&mut database, &wang, &message(2), at(5)).unwrap());
    assert!(enqueue(&mut database, &person("li"), &message(1), at(5)).unwrap());
    let mut branch = wang.clone();
    branch.parameters.insert("branch".into(), "B".into());
    assert!(enqueue(&mut database, &branch, &message(1), at(5)).unwrap());
    // Sent or not, it stays so.
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), at(9), 99).unwrap();
    assert!(!enqueue(&mut database, &wang, &message(1), at(10)).unwrap());
    assert_eq!(counts(&mut database).unwrap(), [(State::Sent, 4)]);
    assert_eq!(list(&mut database, &in_period("2026-11")).unwrap().len(), 4);
    assert!(list(&mut database, &in_period("2026-10")).unwrap().is_empty());
    // What is queued in a transaction that fails is not queued.
    let undone: Result<(), DatabaseError> = database.transaction(|transaction| {
        enqueue(transaction, &person("zhao"), &message(1), at(11))?;
        Err(DatabaseError::new("x", Problem::Locked))
    });
    assert!(undone.is_err() && list(&mut database, &Filter::default()).unwrap().len() == 4);
}

#[test]
fn what_is_refused_is_tried_again_when_due_and_given_up_in_the_end() {
    let mut database = outbox();
    let policy = RetryPolicy { attempts: 3, ..RetryPolicy::default() };
    let mut script = Script::default();
    script.answers.insert("wang@example.com".into(), vec![refused()]);
    script.answers.insert("li@example.com".into(), vec![refused(), refused(), refused(), refused()]);
    let no_user = Outcome::Failed(Reason::new(ReasonCode::Refused, "550 no such user"));
    script.answers.insert("zhao@example.com".into(), vec![no_user]);
    for name in ["wang", "li", "zhao"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
    }
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(0), 99).unwrap();
    assert_eq!(pass, Pass { retry: 2, failed: 1, ..Pass::default() });
    // Nothing is due before the wait is over.
    assert_eq!(deliver_due(&mut database, &mut script, &worker("w", policy), at(30), 99).unwrap(), Pass::default());
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(80), 99).unwrap();
    assert_eq!(pass, Pass { sent: 1, retry: 1, ..Pass::default() });
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(400), 99).unwrap();
    assert_eq!(pass, Pass { failed: 1, ..Pass::default() });
    assert_eq!(
        states(&mut database),
        [
            ("li@example.com".into(), State::Failed, 3),
            ("wang@example.com".into(), State::Sent, 2),
            ("zhao@example.com".into(), State::Failed, 1)
        ]
    );
    let rows = list(&mut database, &Filter::default()).unwrap();
    let zhao = rows.iter().find(|row| row.recipient.address.starts_with("zhao")).unwrap();
    assert_eq!(zhao.reason.as_ref().unwrap().detail, "550 no such user");
    assert_eq!(
        deliver_due(&mut database, &mut script, &worker("w", policy), at(1_000_000), 99).unwrap(),
        Pass::default()
    );
}

#[test]
fn after_a_crash_what_was_being_sent_is_unknown_and_not_sent_blindly() {
    let mut database = outbox();
    let policy = RetryPolicy::default();
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    enqueue(&mut database, &person("li"), &message(1), at(1)).unwrap();
    // The program dies between claim and record.
    let claimed = claim(&mut database, &worker("host-a:1", policy), at(2)).unwrap().unwrap();
    assert_eq!(claimed.recipient.address, "wang@example.com");
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker("host-b:2", policy), at(3), 99).unwrap();
    assert_eq!(script.taken, ["li@example.com"]);
    // Another machine looks only after its own.
    assert_eq!(recover(&mut database, "p", "host-b:", at(4)).unwrap(), 0);
    assert_eq!(recover(&mut database, "p", "host-a:", at(4)).unwrap(), 1);
    assert_eq!(recover(&mut database, "p", "", at(4)).unwrap(), 0);
    assert_eq!(
        deliver_due(&mut database, &mut script, &worker("host-a:3", policy), at(99_999), 99).unwrap(),
        Pass::default()
    );
    let rows = list(&mut database, &Filter::default()).unwrap();
    let wang = rows.iter().find(|row| row.state == State::Unknown).unwrap();
    assert_eq!(wang.reason.as_ref().unwrap().code, ReasonCode::Interrupted);

    // A sender that was only slow does not undo the judgement.
    record(&mut database, &claimed, Outcome::Sent("250".into()), &policy, at(100_000)).unwrap();
    assert_eq!(states(&mut database)[1].1, State::Unknown);

    assert!(!resend(&mut database, "p", "nothing", at(100_001)).unwrap());
    let id = wang.id.clone();
    assert!(resend(&mut database, "p", &id, at(100_001)).unwrap());
    assert!(!resend(&mut database, "p", &id, at(100_001)).unwrap(), "it is queued already");
    deliver_due(&mut database, &mut script, &worker("host-a:3", policy), at(100_002), 99).unwrap();
    assert_eq!(script.taken, ["li@example.com", "wang@example.com"]);
    let rows = list(&mut database, &Filter::default()).unwrap();
    assert!(rows.iter().all(|row| row.state == State::Sent) && rows.iter().map(|row| row.resends).sum::<u32>() == 1);
}

#[test]
fn projects_in_one_database_send_their_own() {
    let mut database = outbox();
    let mut other = message(1);
    other.key.project = "q".into();
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    enqueue(&mut database, &person("li"), &other, at(0)).unwrap();
    let mut script = Script::default();
    let own = worker("a:1", RetryPolicy::default());
    deliver_due(&mut database, &mut script, &own, at(1), 99).unwrap();
    assert_eq!(script.taken, ["wang@example.com"]);
    claim(&mut database, &Worker { project: "q", ..own }, at(2)).unwrap().unwrap();
    assert_eq!(recover(&mut database, "p", "a:", at(3)).unwrap(), 0);
    let sending = list(&mut database, &Filter { state: Some(State::Sending), ..Filter::default() }).unwrap();
    assert_eq!((sending.len(), sending[0].key.project.as_str()), (1, "q"));
    // A machine that never came back: after a day somebody may decide.
    assert!(!resend(&mut database, "p", &sending[0].id, at(200_000)).unwrap());
    assert!(!resend(&mut database, "q", &sending[0].id, at(3_600)).unwrap());
    assert!(resend(&mut database, "q", &sending[0].id, at(200_000)).unwrap());
}

#[test]
fn an_uncertain_answer_stays_uncertain() {
    let mut database = outbox();
    let mut script = Script::default();
    let lost = Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, "connection reset"));
    script.answers.insert("wang@example.com".into(), vec![lost]);
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    for time in [0, 1_000, 1_000_000] {
        deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), at(time), 99).unwrap();
    }
    assert_eq!((script.taken.len(), states(&mut database)[0].1), (1, State::Unknown));
}

#[test]
fn a_clock_that_jumped_does_not_strand_a_delivery() {
    let mut database = outbox();
    let policy = RetryPolicy::default();
    let mut script = Script::default();
    script.answers.insert("wang@example.com".into(), vec![refused()]);
    let ten_years = 315_360_000;
    enqueue(&mut database, &person("wang"), &message(1), at(ten_years)).unwrap();
    deliver_due(&mut database, &mut script, &worker("w", policy), at(ten_years), 99).unwrap();
    // Set back: the due time lies further ahead than any wait can.
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), at(0), 99).unwrap();
    assert_eq!(pass, Pass { sent: 1, ..Pass::default() });
}

/// Many months with failures drawn from a seed: every recipient is served once, none twice, and it repeats itself.
#[test]
fn a_thousand_months_serve_everybody_once() {
    struct Moody(u64, BTreeMap<String, u32>);
    impl Deliver for Moody {
        fn deliver(&mut self, _: &Recipient, _: &Message, delivery: &str, _: DateTime<Utc>) -> Outcome {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if (self.0 >> 33).is_multiple_of(3) {
                return refused();
            }
            *self.1.entry(delivery.to_owned()).or_default() += 1;
            Outcome::Sent(String::new())
        }
    }
    let policy = RetryPolicy { attempts: 50, ..RetryPolicy::default() };
    let mut database = outbox();
    let mut moody = Moody(7, BTreeMap::new());
    for month in 0..1000_i64 {
        let time = month * 2_600_000;
        for name in ["wang", "li", "zhao"] {
            let mut own = message(1);
            own.key.period = format!("m{month}");
            // Queued by two schedulers that overlap.
            enqueue(&mut database, &person(name), &own, at(time)).unwrap();
            enqueue(&mut database, &person(name), &own, at(time + 1)).unwrap();
        }
        for hour in 0..12 {
            deliver_due(&mut database, &mut moody, &worker("w", policy), at(time + hour * 43_200), 99).unwrap();
        }
    }
    assert_eq!(counts(&mut database).unwrap(), [(State::Sent, 3000)]);
    assert!(moody.1.len() == 3000 && moody.1.values().all(|times| *times == 1));
}

#[test]
fn a_newer_revision_takes_the_place_of_what_waits() {
    let mut database = outbox();
    let (wang, li) = (person("wang"), person("li"));
    for recipient in [&wang, &li] {
        enqueue(&mut database, recipient, &message(1), at(0)).unwrap();
    }
    let mut script = Script::default();
    script.answers.insert(wang.address.clone(), vec![refused()]);
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), at(1), 99).unwrap();
    enqueue(&mut database, &wang, &message(2), at(2)).unwrap();
    enqueue(&mut database, &li, &message(2), at(2)).unwrap();
    assert_eq!(supersede(&mut database, &wang, &message(2).key, at(2)).unwrap(), 1);
    assert_eq!(supersede(&mut database, &li, &message(2).key, at(2)).unwrap(), 0, "what was sent stays sent");
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), at(99_999), 99).unwrap();
    let all = list(&mut database, &Filter::default()).unwrap();
    let old = all.iter().find(|row| row.recipient == wang && row.key.revision == 1).unwrap();
    assert_eq!(
        (old.state, old.reason.as_ref().map(|reason| reason.code)),
        (State::Failed, Some(ReasonCode::Superseded))
    );
    assert_eq!(all.iter().filter(|row| row.state == State::Sent).count(), 3);
}

#[test]
fn what_is_forgotten_is_not_sent_twice_for_that() {
    let mut database = outbox();
    let (wang, li) = (person("wang"), person("li"));
    enqueue(&mut database, &wang, &message(1), at(0)).unwrap();
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), at(1), 99).unwrap();
    enqueue(&mut database, &li, &message(1), at(50)).unwrap();
    assert_eq!(forget(&mut database, "q", at(100)).unwrap(), 0, "another project's");
    assert_eq!(forget(&mut database, "p", at(1)).unwrap(), 0, "not old enough");
    assert_eq!(forget(&mut database, "p", at(100)).unwrap(), 1, "what waits is kept");
    assert_eq!(forget(&mut database, "p", at(100)).unwrap(), 0);
    let rows = database.query("SELECT * FROM deliveries WHERE state = 'sent'", &[]).unwrap();
    let words: Vec<String> =
        ["address", "recipient", "message"].map(|column| rows[0].text(column).unwrap().to_owned()).to_vec();
    assert!(!words.concat().contains("wang@") && words[2].is_empty(), "{words:?}");
    assert!(!enqueue(&mut database, &wang, &message(1), at(200)).unwrap(), "it was sent and stays so");
    let id = delivery_id(&message(1).key, &wang);
    assert!(!resend(&mut database, "p", &id, at(200)).unwrap(), "there is nothing left to send");
    assert_eq!(list(&mut database, &in_period("2026-11")).unwrap()[0].recipient.address, "w***@example.com");
}

#[test]
fn a_delivery_whose_record_was_lost_waits_for_a_decision() {
    let mut database = outbox();
    let wang = person("wang");
    enqueue(&mut database, &wang, &message(1), at(0)).unwrap();
    let id = delivery_id(&message(1).key, &wang);
    assert_eq!(mark_unknown(&mut database, &id, at(0)).unwrap(), 1);
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), at(99_999), 99).unwrap();
    assert!(script.taken.is_empty());
    assert!(resend(&mut database, "p", &id, at(100_000)).unwrap());
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), at(100_001), 99).unwrap();
    assert_eq!(script.taken, [wang.address]);
}

/// The server refuses an alarm for now; when it is over the server is well again. Nobody reads first that something is over that had not
/// begun, and nobody else waits for it.
#[test]
fn alarms_keep_their_order_for_a_recipient() {
    struct Ordered(Vec<Outcome>, Vec<(String, i64)>);
    impl Deliver for Ordered {
        fn deliver(&mut self, recipient: &Recipient, message: &Message, _: &str, _: DateTime<Utc>) -> Outcome {
            let outcome = self.0.pop().unwrap_or(Outcome::Sent("250 ok".into()));
            if matches!(outcome, Outcome::Sent(_)) {
                self.1.push((recipient.address.clone(), message.key.revision));
            }
            outcome
        }
    }
    let alarm = |revision: i64, period: &str| {
        let mut alarm = message(revision);
        (alarm.key.report, alarm.key.period) = ("alarm".into(), period.into());
        alarm
    };
    let mut database = outbox();
    let mut script = Ordered(vec![refused(), refused()], Vec::new());
    let pass = |database: &mut Database, script: &mut Ordered, second: i64| {
        deliver_due(database, script, &worker("w", RetryPolicy::default()), at(second), 99).unwrap()
    };
    enqueue(&mut database, &person("ops"), &alarm(1, "2026-10"), at(0)).unwrap();
    assert_eq!(pass(&mut database, &mut script, 0).retry, 1);
    // Over, and the server is still down: the second waits behind the first, whose turn comes at once. Another reader does not wait.
    enqueue(&mut database, &person("ops"), &alarm(2, "2026-11"), at(5)).unwrap();
    assert_eq!(hurry(&mut database, &person("ops"), &alarm(2, "2026-11").key, at(5)).unwrap(), 1);
    assert_eq!(pass(&mut database, &mut script, 5), Pass { retry: 1, ..Pass::default() });
    enqueue(&mut database, &person("boss"), &alarm(2, "2026-11"), at(6)).unwrap();
    assert_eq!(pass(&mut database, &mut script, 6).sent, 1);
    assert_eq!(pass(&mut database, &mut script, 9000).sent, 2);
    let said = [("boss@example.com", 2_i64), ("ops@example.com", 1), ("ops@example.com", 2)];
    assert_eq!(script.1, said.map(|(who, revision)| (who.to_owned(), revision)));
}
