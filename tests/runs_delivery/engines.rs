//! The outbox and the alarms do the same in SQLite and in PostgreSQL, also when two programs are at it.

use chrono::{DateTime, Utc};
use manyi::config::raw::AlarmAudience;
use manyi::diagnostics::{Lang, lang_texts};
use manyi::runs::database::{Database, DatabaseError, Place};
use manyi::runs::delivery::alarms::{self, Signal, observe, standing};
use manyi::runs::delivery::message::Message;
use manyi::runs::delivery::outbox::{
    self, Decision, Deliver, State, Worker, claim, deliver_due, enqueue, list, recover, resend, settle,
};
use manyi::runs::delivery::recipient::Recipient;
use manyi::runs::delivery::{Outcome, Reason, ReasonCode, RetryPolicy};

use super::message;
use crate::support::postgres::Cluster;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
}

struct Taken(Vec<String>);

impl Deliver for Taken {
    fn deliver(&mut self, recipient: &Recipient, _: &Message, delivery: &str, _: DateTime<Utc>) -> Outcome {
        self.0.push(delivery.to_owned());
        if recipient.address.starts_with("later") {
            let reason = Reason::new(ReasonCode::RefusedForNow, "451 später");
            return Outcome::Retry { reason, after: None };
        }
        Outcome::Sent("250 好".into())
    }
}

fn check(place: &Place) {
    let mut database = Database::open(place).unwrap();
    database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, at(0)).unwrap();
    database.migrate(alarms::COMPONENT, alarms::MIGRATIONS, at(0)).unwrap();
    let people: Vec<Recipient> =
        (0..40).map(|number| Recipient::parse(&format!("p{number}@example.com"), Lang::ZhCn)).collect();
    let later = Recipient::parse("later@example.com", Lang::ZhCn);
    for person in people.iter().chain([&later]) {
        assert!(enqueue(&mut database, person, &message(1), at(0)).unwrap());
        assert!(!enqueue(&mut database, person, &message(1), at(1)).unwrap());
    }
    // Two programs empty the outbox at once: nobody is served twice.
    let worker_of = |name: &'static str| Worker { project: "canteen", name, policy: RetryPolicy::default() };
    let taken: Vec<Vec<String>> = std::thread::scope(|scope| {
        let workers: Vec<_> = ["a:1", "b:2"]
            .into_iter()
            .map(|worker| {
                scope.spawn(move || {
                    let mut own = Database::open(place).unwrap();
                    let mut taken = Taken(Vec::new());
                    deliver_due(&mut own, &mut taken, &worker_of(worker), &|| at(2), 1000).unwrap();
                    taken.0
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut all = taken.concat();
    all.sort();
    all.dedup();
    assert_eq!((all.len(), taken.concat().len()), (41, 41));
    let count = |database: &mut Database, state: State| {
        list(database, "canteen").unwrap().iter().filter(|held| held.state == state).count()
    };
    assert_eq!((count(&mut database, State::Sent), count(&mut database, State::Retry)), (40, 1));

    // A crash while sending, and somebody's decision.
    claim(&mut database, &worker_of("a:3"), at(500), at(500)).unwrap().unwrap();
    let own = worker_of("c:4");
    assert_eq!(recover(&mut database, &own, "b:", |_| false, at(501)).unwrap(), 0);
    assert_eq!(recover(&mut database, &own, "a:", |_| false, at(501)).unwrap(), 1);
    let rows = list(&mut database, "canteen").unwrap();
    let unknown = rows.iter().find(|row| row.state == State::Unknown).unwrap();
    assert_eq!((unknown.recipient.address.as_str(), unknown.attempts), ("later@example.com", 2));
    assert!(resend(&mut database, "canteen", &unknown.id, at(502)).unwrap());
    assert!(list(&mut database, "another").unwrap().is_empty());
    assert_eq!(rows.len(), 41);

    // A machine that is gone: tried again where that does no harm, and otherwise for somebody to settle.
    claim(&mut database, &worker_of("a:5"), at(503), at(503)).unwrap().unwrap();
    assert!(!settle(&mut database, "canteen", &unknown.id, Decision::Arrived, at(504)).unwrap(), "it is being sent");
    assert_eq!(recover(&mut database, &own, "c:", |channel| channel == "mail", at(100_000)).unwrap(), 0);
    assert_eq!(count(&mut database, State::Retry), 1);
    claim(&mut database, &worker_of("a:6"), at(100_000), at(100_000)).unwrap().unwrap();
    assert!(settle(&mut database, "canteen", &unknown.id, Decision::Dropped, at(200_000)).unwrap());
    let settled = list(&mut database, "canteen").unwrap().into_iter().find(|row| row.id == unknown.id).unwrap();
    assert_eq!(settled.reason.map(|reason| reason.code), Some(ReasonCode::Dropped));
    assert_eq!((settled.state, settled.ended_at), (State::Failed, Some(at(100_000).timestamp())));

    let signal = Signal {
        rule: "low".into(),
        subject: "csi".into(),
        holds: Some(true),
        audience: AlarmAudience::All,
        kind: None,
        codes: Default::default(),
        text: lang_texts("满意度低", "satisfaction is low"),
    };
    let mut look = |signals: &[Signal], second: i64| -> Result<usize, DatabaseError> {
        database.transaction(|transaction| {
            let rules = ["low".to_owned()];
            Ok(observe(transaction, "p", &rules, signals, at(second))?.changes.len())
        })
    };
    assert_eq!(look(std::slice::from_ref(&signal), 1).unwrap(), 1);
    assert_eq!(look(std::slice::from_ref(&signal), 2).unwrap(), 0);
    assert_eq!(standing(&mut database, "p").unwrap()[0].text.get(Lang::ZhCn), "满意度低");
}

#[test]
fn sqlite_holds_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    check(&Place::File(folder.path().join("runs.db")));
}

#[test]
fn postgresql_holds_the_outbox() {
    let Some(cluster) = Cluster::start() else { return };
    check(&Place::server(&cluster.url(Cluster::PASSWORD, "postgres")).unwrap());
}
