//! Into the outbox once, and what a newer revision does to those before it.

use super::*;

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
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), &|| at(9), 99).unwrap();
    assert!(!enqueue(&mut database, &wang, &message(1), at(10)).unwrap());
    let all = list(&mut database, "p").unwrap();
    assert!(all.len() == 4 && all.iter().all(|held| held.state == State::Sent), "{all:?}");
    assert!(list(&mut database, "q").unwrap().is_empty());
    // What is queued in a transaction that fails is not queued.
    let undone: Result<(), DatabaseError> = database.transaction(|transaction| {
        enqueue(transaction, &person("zhao"), &message(1), at(11))?;
        Err(DatabaseError::new("x", Problem::Locked))
    });
    assert!(undone.is_err() && list(&mut database, "p").unwrap().len() == 4);
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
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), &|| at(1), 99).unwrap();
    enqueue(&mut database, &wang, &message(2), at(2)).unwrap();
    enqueue(&mut database, &li, &message(2), at(2)).unwrap();
    assert_eq!(supersede(&mut database, &wang, &message(2).key, at(2)).unwrap(), 1);
    assert_eq!(supersede(&mut database, &li, &message(2).key, at(2)).unwrap(), 0, "what was sent stays sent");
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), &|| at(99_999), 99)
        .unwrap();
    let all = list(&mut database, "p").unwrap();
    let old = all.iter().find(|row| row.recipient == wang && row.key.revision == 1).unwrap();
    assert_eq!(
        (old.state, old.reason.as_ref().map(|reason| reason.code)),
        (State::Failed, Some(ReasonCode::Superseded))
    );
    assert_eq!(all.iter().filter(|row| row.state == State::Sent).count(), 3);
}

#[test]
fn a_delivery_whose_record_was_lost_waits_for_a_decision() {
    let mut database = outbox();
    let wang = person("wang");
    assert!(keep_unknown(&mut database, &wang, &message(1), at(0)).unwrap());
    assert!(!keep_unknown(&mut database, &wang, &message(1), at(1)).unwrap());
    let held = only(&mut database);
    assert_eq!((held.state, why(&held), held.is_open(at(0))), (State::Unknown, Some(ReasonCode::RecordLost), true));
    let id = held.id;
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), &|| at(99_999), 99).unwrap();
    assert!(script.taken.is_empty());
    assert!(resend(&mut database, "p", &id, at(100_000)).unwrap());
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), &|| at(100_001), 99).unwrap();
    assert_eq!(script.taken, [wang.address]);
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
            deliver_due(&mut database, &mut moody, &worker("w", policy), &|| at(time + hour * 43_200), 99).unwrap();
        }
    }
    let all = list(&mut database, "p").unwrap();
    assert!(all.len() == 3000 && all.iter().all(|held| held.state == State::Sent));
    assert!(moody.1.len() == 3000 && moody.1.values().all(|times| *times == 1));
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
    deliver_due(&mut database, &mut script, &own, &|| at(1), 99).unwrap();
    assert_eq!(script.taken, ["wang@example.com"]);
    claim(&mut database, &Worker { project: "q", ..own }, at(2), at(2)).unwrap().unwrap();
    assert_eq!(recover(&mut database, &own, "a:", |_| false, at(3)).unwrap(), 0);
    let sending = list(&mut database, "q").unwrap();
    assert_eq!((sending.len(), sending[0].state), (1, State::Sending));
    // A machine that never came back: after a day somebody may decide.
    assert!(!resend(&mut database, "p", &sending[0].id, at(200_000)).unwrap());
    assert!(!resend(&mut database, "q", &sending[0].id, at(3_600)).unwrap());
    assert!(resend(&mut database, "q", &sending[0].id, at(200_000)).unwrap());
}
