//! Out of the outbox: when, in which order, and what becomes of it.

use std::cell::Cell;
use std::rc::Rc;

use super::*;

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
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(1), 100).unwrap();
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
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(3600), 100).unwrap();
    assert_eq!(pass.sent, 5);
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
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(0), 99).unwrap();
    assert_eq!(pass, Pass { retry: 2, failed: 1, ..Pass::default() });
    // Nothing is due before the wait is over.
    assert_eq!(deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(30), 99).unwrap(), Pass::default());
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(80), 99).unwrap();
    assert_eq!(pass, Pass { sent: 1, retry: 1, ..Pass::default() });
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(400), 99).unwrap();
    assert_eq!(pass, Pass { failed: 1, ..Pass::default() });
    assert_eq!(
        states(&mut database),
        [
            ("li@example.com".into(), State::Failed, 3),
            ("wang@example.com".into(), State::Sent, 2),
            ("zhao@example.com".into(), State::Failed, 1)
        ]
    );
    let rows = list(&mut database, "p").unwrap();
    let zhao = rows.iter().find(|row| row.recipient.address.starts_with("zhao")).unwrap();
    assert_eq!(zhao.reason.as_ref().unwrap().detail, "550 no such user");
    assert_eq!(
        deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(1_000_000), 99).unwrap(),
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
    let claimed = claim(&mut database, &worker("host-a:1", policy), at(2), at(2)).unwrap().unwrap();
    assert_eq!(claimed.recipient.address, "wang@example.com");
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker("host-b:2", policy), &|| at(3), 99).unwrap();
    assert_eq!(script.taken, ["li@example.com"]);
    // Another machine looks only after its own.
    let mut recover =
        |machine: &str| super::recover(&mut database, &worker("host-c:3", policy), machine, |_| false, at(4)).unwrap();
    assert_eq!((recover("host-b:"), recover("host-a:"), recover("")), (0, 1, 0));
    assert_eq!(
        deliver_due(&mut database, &mut script, &worker("host-a:3", policy), &|| at(99_999), 99).unwrap(),
        Pass::default()
    );
    let rows = list(&mut database, "p").unwrap();
    let wang = rows.iter().find(|row| row.state == State::Unknown).unwrap();
    assert_eq!(wang.reason.as_ref().unwrap().code, ReasonCode::Interrupted);

    // A sender that was only slow does not undo the judgement.
    record(&mut database, &claimed, Outcome::Sent("250".into()), &policy, at(100_000)).unwrap();
    assert_eq!(states(&mut database)[1].1, State::Unknown);

    assert!(!resend(&mut database, "p", "nothing", at(100_001)).unwrap());
    let id = wang.id.clone();
    assert!(resend(&mut database, "p", &id, at(100_001)).unwrap());
    assert!(!resend(&mut database, "p", &id, at(100_001)).unwrap(), "it is queued already");
    deliver_due(&mut database, &mut script, &worker("host-a:3", policy), &|| at(100_002), 99).unwrap();
    assert_eq!(script.taken, ["li@example.com", "wang@example.com"]);
    let rows = list(&mut database, "p").unwrap();
    assert!(rows.iter().all(|row| row.state == State::Sent) && rows.iter().map(|row| row.resends).sum::<u32>() == 1);
}

#[test]
fn an_uncertain_answer_stays_uncertain() {
    let mut database = outbox();
    let mut script = Script::default();
    let lost = Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, "connection reset"));
    script.answers.insert("wang@example.com".into(), vec![lost]);
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    for time in [0, 1_000, 1_000_000] {
        deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), &|| at(time), 99).unwrap();
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
    deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(ten_years), 99).unwrap();
    // Set back: the due time lies further ahead than any wait can.
    let pass = deliver_due(&mut database, &mut script, &worker("w", policy), &|| at(0), 99).unwrap();
    assert_eq!(pass, Pass { sent: 1, ..Pass::default() });
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
        deliver_due(database, script, &worker("w", RetryPolicy::default()), &|| at(second), 99).unwrap()
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

fn lost_answer() -> Outcome {
    Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, "no answer within 600 s"))
}

/// A server that takes mails and never answers: ten minutes each are spent on two of them and not on all.
#[test]
fn a_server_that_hangs_after_the_mail_holds_up_nobody() {
    let mut database = outbox();
    let mut script = Script::default();
    for name in ["a", "b", "c", "d", "e"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
        script.answers.insert(format!("{name}@example.com"), vec![lost_answer()]);
    }
    let pass = deliver_due(&mut database, &mut script, &worker_of("w"), &|| at(1), 100).unwrap();
    assert_eq!((pass, script.taken.len()), (Pass { unknown: 2, retry: 3, ..Pass::default() }, 2));
    let rows = list(&mut database, "p").unwrap();
    let waiting: Vec<&Delivery> = rows.iter().filter(|held| held.state == State::Retry).collect();
    // Nothing of what was not tried is uncertain, and none of it lost an attempt.
    assert!(waiting.iter().all(|held| held.attempts == 0 && why(held) == Some(ReasonCode::TimedOut)), "{waiting:?}");
    script.answers.clear();
    assert_eq!(deliver_due(&mut database, &mut script, &worker_of("w"), &|| at(3600), 100).unwrap().sent, 3);
}

/// A channel that is dead has more messages than a pass tries; those of another channel are sent all the same, and what is left is said.
#[test]
fn what_was_not_tried_does_not_count() {
    let mut database = outbox();
    let mut script = Script::default();
    for number in 0..50 {
        let name = format!("p{number}");
        enqueue(&mut database, &person(&name), &message(1), at(0)).unwrap();
        let reason = Reason::new(ReasonCode::Unreachable, "no connection");
        script.answers.insert(format!("{name}@example.com"), vec![Outcome::Retry { reason, after: None }]);
    }
    let hook = Recipient::parse("hook", Lang::ZhCn);
    enqueue(&mut database, &hook, &message(1), at(1)).unwrap();
    let pass = deliver_due(&mut database, &mut script, &worker_of("w"), &|| at(2), 3).unwrap();
    assert_eq!(pass, Pass { sent: 1, retry: 50, ..Pass::default() });

    let mut database = outbox();
    for name in ["a", "b", "c", "d", "e"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
    }
    let pass = deliver_due(&mut database, &mut Script::default(), &worker_of("w"), &|| at(2), 2).unwrap();
    assert_eq!(pass, Pass { sent: 2, left: 3, ..Pass::default() });
}

/// Mails that take an hour each: the second bears its own time, and what is to be tried again waits for the next pass.
#[test]
fn each_attempt_bears_its_own_time() {
    struct Slow(Rc<Cell<i64>>, Vec<i64>);
    impl Deliver for Slow {
        fn deliver(&mut self, _: &Recipient, _: &Message, _: &str, now: DateTime<Utc>) -> Outcome {
            self.1.push(now.timestamp() - at(0).timestamp());
            self.0.set(self.0.get() + 3600);
            if self.1.len() == 1 { refused() } else { Outcome::Sent("250 ok".into()) }
        }
    }
    let mut database = outbox();
    for name in ["a", "b", "c"] {
        enqueue(&mut database, &person(name), &message(1), at(0)).unwrap();
    }
    let second = Rc::new(Cell::new(10));
    let mut slow = Slow(second.clone(), Vec::new());
    let clock = || at(second.get());
    let pass = deliver_due(&mut database, &mut slow, &worker_of("w"), &clock, 99).unwrap();
    assert_eq!((pass, slow.1.as_slice()), (Pass { sent: 2, retry: 1, ..Pass::default() }, &[10, 3610, 7210][..]));
    let rows = list(&mut database, "p").unwrap();
    let mut ended: Vec<i64> = rows.iter().filter_map(|held| held.ended_at).collect();
    ended.sort_unstable();
    assert_eq!(ended, [at(7210).timestamp(), at(10_810).timestamp()]);
    let later = rows.iter().find(|held| held.state == State::Retry).unwrap();
    assert!((at(3600).timestamp()..at(3800).timestamp()).contains(&later.due_at), "{later:?}");
}

/// A container that is made anew has another name. What it was sending is found after a day, and where a repetition does no harm it is
/// tried again at once.
#[test]
fn what_a_lost_machine_was_sending_is_found_after_a_day() {
    let is_folder = |channel: &str| channel == "board";
    let mut database = outbox();
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    claim(&mut database, &worker_of("old/1"), at(1), at(1)).unwrap().unwrap();
    let new = worker_of("new/1");
    assert_eq!(recover(&mut database, &new, "new/", is_folder, at(80_000)).unwrap(), 0);
    assert!(!only(&mut database).is_open(at(80_000)), "it may be sending");
    assert!(only(&mut database).is_open(at(90_000)));
    assert_eq!(recover(&mut database, &new, "new/", is_folder, at(90_000)).unwrap(), 1);
    let held = only(&mut database);
    assert_eq!((held.state, why(&held)), (State::Unknown, Some(ReasonCode::Interrupted)));

    let mut database = outbox();
    enqueue(&mut database, &Recipient::parse("board", Lang::ZhCn), &message(1), at(0)).unwrap();
    let twice = worker("new/1", RetryPolicy { attempts: 2, ..RetryPolicy::default() });
    for (attempt, state) in [(1, State::Retry), (2, State::Unknown)] {
        claim(&mut database, &twice, at(attempt), at(attempt)).unwrap().unwrap();
        let unknown = recover(&mut database, &twice, "new/", is_folder, at(attempt)).unwrap();
        assert_eq!((only(&mut database).state, unknown), (state, usize::from(state == State::Unknown)), "{attempt}");
    }
}

/// A machine was slow for a day; somebody had its delivery sent again, and another machine is at it.
#[test]
fn an_attempt_ends_only_its_own_row() {
    let mut database = outbox();
    enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
    let slow = claim(&mut database, &worker_of("a/1"), at(1), at(1)).unwrap().unwrap();
    let late = at(100_000);
    assert!(resend(&mut database, "p", &slow.id, late).unwrap());
    let quick = claim(&mut database, &worker_of("b/1"), late, late).unwrap().unwrap();
    let failed = Outcome::Failed(Reason::new(ReasonCode::Refused, "550 no"));
    assert_eq!(record(&mut database, &slow, failed.clone(), &RetryPolicy::default(), late).unwrap(), State::Sending);
    assert_eq!(only(&mut database).state, State::Sending);
    let sent = Outcome::Sent("250 ok".into());
    assert_eq!(record(&mut database, &quick, sent, &RetryPolicy::default(), late).unwrap(), State::Sent);
    assert_eq!(record(&mut database, &slow, failed, &RetryPolicy::default(), late).unwrap(), State::Sent);
}
