//! What somebody decides, and what is forgotten.

use super::*;

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
    deliver_due(&mut database, &mut script, &worker("w", RetryPolicy::default()), &|| at(3), 10).unwrap();
    script.taken.sort();
    assert_eq!(script.taken, ["wang@example.com", "zhao@example.com"]);
    let left: Vec<_> = list(&mut database, "p").unwrap();
    let li = left.iter().find(|held| held.recipient.address.starts_with("li")).unwrap();
    assert_eq!(li.reason.as_ref().map(|reason| reason.code), Some(ReasonCode::NoRecipient));
}

#[test]
fn what_is_forgotten_is_not_sent_twice_for_that() {
    let mut database = outbox();
    let (wang, li) = (person("wang"), person("li"));
    enqueue(&mut database, &wang, &message(1), at(0)).unwrap();
    deliver_due(&mut database, &mut Script::default(), &worker("w", RetryPolicy::default()), &|| at(1), 99).unwrap();
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
    assert_eq!(list(&mut database, "p").unwrap()[0].recipient.address, "w***@example.com");
}

/// The same for alarms.
#[test]
fn who_hears_of_no_alarms_any_more_gets_none_that_waits() {
    let mut database = outbox();
    let mut alarm = message(1);
    alarm.key.report = "alarm".into();
    for name in ["ops", "boss"] {
        enqueue(&mut database, &person(name), &alarm, at(0)).unwrap();
    }
    let hears = |held: &Recipient, report: &str| report == "alarm" && held.address.starts_with("boss");
    assert_eq!(drop_strangers(&mut database, "p", hears, at(1)).unwrap(), 1);
    let mut script = Script::default();
    deliver_due(&mut database, &mut script, &worker_of("w"), &|| at(2), 10).unwrap();
    assert_eq!(script.taken, ["boss@example.com"]);
}

/// What failed, is uncertain, or is said to be sent for more than a day can be settled; what is on its way or arrived cannot.
#[test]
fn somebody_says_what_became_of_a_delivery() {
    let now = at(1_000_000);
    let day = 86_400;
    for (state, claimed, taken) in [
        ("queued", None, false),
        ("retry", Some(at(0)), false),
        ("sent", Some(at(0)), false),
        ("sending", Some(at(1_000_000 - day + 60)), false),
        ("sending", Some(at(1_000_000 - day - 60)), true),
        ("failed", Some(at(0)), true),
        ("unknown", Some(at(0)), true),
    ] {
        for (decision, becomes, reason) in [
            (Decision::Arrived, State::Sent, ReasonCode::Confirmed),
            (Decision::Dropped, State::Failed, ReasonCode::Dropped),
        ] {
            let mut database = outbox();
            enqueue(&mut database, &person("wang"), &message(1), at(0)).unwrap();
            let ended = ["sent", "failed", "unknown"].contains(&state).then(|| at(5).timestamp());
            let set = "UPDATE deliveries SET state = $1, claimed_at = $2, claimed_by = 'a/1', ended_at = $3, reason = 'refused'";
            let claimed_at = claimed.map(|claimed| claimed.timestamp());
            database.execute(set, &[state.into(), claimed_at.into(), ended.into()]).unwrap();
            let before = only(&mut database);
            assert!(!settle(&mut database, "q", &before.id, decision, now).unwrap(), "of another project");
            assert_eq!(settle(&mut database, "p", &before.id, decision, now).unwrap(), taken, "{state} {decision:?}");
            let after = only(&mut database);
            if !taken {
                assert_eq!(after, before, "{state}");
                continue;
            }
            assert!(before.is_open(now) && !after.is_open(now), "{state}");
            assert_eq!((after.state, why(&after)), (becomes, Some(reason)));
            // It is forgotten no later than it would have been, and can be sent all the same.
            assert_eq!(after.ended_at, ended.or(claimed_at));
            assert!(resend(&mut database, "p", &after.id, now).unwrap());
        }
    }
}

/// Whoever decided that the first revision is not to be sent is not waiting for the second in its place.
#[test]
fn what_was_dropped_is_said_to_be() {
    let mut database = outbox();
    let wang = person("wang");
    keep_unknown(&mut database, &wang, &message(1), at(0)).unwrap();
    let id = only(&mut database).id;
    let before = |database: &mut Database| newest_before(database, &wang, &message(2).key).unwrap();
    assert_eq!(before(&mut database), Some((1, State::Unknown, Some(ReasonCode::RecordLost))));
    settle(&mut database, "p", &id, Decision::Dropped, at(1)).unwrap();
    assert_eq!(before(&mut database), Some((1, State::Failed, Some(ReasonCode::Dropped))));
}
