//! The outbox and the alarms do the same in SQLite and in PostgreSQL, also when two programs are at it.

use chrono::{DateTime, Utc};
use manyi::config::raw::AlarmAudience;
use manyi::diagnostics::{Lang, lang_texts};
use manyi::runs::database::{Database, DatabaseError, Place};
use manyi::runs::delivery::alarms::{self, Signal, observe, standing};
use manyi::runs::delivery::message::Message;
use manyi::runs::delivery::outbox::{
    self, Deliver, Filter, State, Worker, claim, counts, deliver_due, enqueue, list, recover, resend,
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
                    deliver_due(&mut own, &mut taken, &worker_of(worker), at(2), 1000).unwrap();
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
    assert_eq!(counts(&mut database).unwrap(), [(State::Sent, 40), (State::Retry, 1)]);

    // A crash while sending, and somebody's decision.
    claim(&mut database, &worker_of("a:3"), at(500)).unwrap().unwrap();
    assert_eq!(recover(&mut database, "canteen", "b:", at(501)).unwrap(), 0);
    assert_eq!(recover(&mut database, "canteen", "a:", at(501)).unwrap(), 1);
    let rows = list(&mut database, &Filter { report: Some("plan"), ..Filter::default() }).unwrap();
    let unknown = rows.iter().find(|row| row.state == State::Unknown).unwrap();
    assert_eq!((unknown.recipient.address.as_str(), unknown.attempts), ("later@example.com", 2));
    assert!(resend(&mut database, "canteen", &unknown.id, at(502)).unwrap());
    assert!(list(&mut database, &Filter { period: Some("2026-10"), ..Filter::default() }).unwrap().is_empty());
    assert_eq!(list(&mut database, &Filter { project: Some("canteen"), ..Filter::default() }).unwrap().len(), 41);

    let signal = Signal {
        rule: "low".into(),
        subject: "csi".into(),
        holds: Some(true),
        audience: AlarmAudience::All,
        reminds: false,
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
