#![allow(clippy::unwrap_used)]

use super::*;
use crate::runs::changes::Change;
use crate::runs::database::{Database, Place};
use crate::runs::delivery::message::Message;
use crate::runs::release::RELEASE_FILE;

const PERIOD: &str = "2026-06";

fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn release(revision: u32, cause: Option<Cause>) -> Release {
    serde_json::from_value(serde_json::json!({
        "schema": 1, "period": PERIOD, "revision": revision, "fingerprint": "f", "files": "f", "inputs": [], "past": [],
        "reports": [], "gates": [], "approved": false, "cause": cause, "changes": [], "signals": [],
        "numbers": {
            "period": PERIOD, "inputs": [], "answers": 1, "newest": null, "tables": [], "metrics": [], "estimates": [],
            "findings": [], "content": "c",
        },
    }))
    .unwrap()
}

fn earlier() -> Cause {
    Cause { earlier: vec!["2026-01".parse().unwrap()], ..Cause::default() }
}

fn change() -> Change {
    Change {
        metric: "csi".into(),
        segment: indexmap::IndexMap::new(),
        before: Some(1.0),
        after: Some(2.0),
        n_before: Some(9),
        n_after: Some(9),
    }
}

fn key(revision: i64) -> DeliveryKey {
    DeliveryKey { project: "p".into(), report: "plan".into(), period: PERIOD.into(), revision }
}

#[test]
fn a_cause_is_said_in_both_languages() {
    let months = ["2026-01", "2026-02", "2026-03", "2026-04"].map(|text| text.parse().unwrap());
    let all =
        Cause { answers: true, settings: true, earlier: months[..1].to_vec(), findings: true, ..Cause::default() };
    assert_eq!(
        all.text(Lang::ZhCn),
        "本版的原因：本期答卷有更正或补充；往期数值有修订或补充（2026年1月）；由数值得出的结论有增减；报告的设置或模板有改动。"
    );
    assert_eq!(
        earlier().text(Lang::En),
        "Why there is this revision: numbers of earlier periods were revised or added (January 2026)."
    );
    assert_eq!(Cause::default().text(Lang::En), "Why there is this revision: it was asked for.");
    assert!(later_text(&months, Lang::ZhCn).starts_with("之后各期（2026年1月至2026年4月）"));
    assert!(later_text(&months[..2], Lang::En).contains("(January 2026 and February 2026)"));
}

/// What was withdrawn and what is new has its name in the mail; a reader of one group hears of that group alone.
#[test]
fn findings_that_came_and_went_are_named() {
    let columns = "  branch: { type: single, titles: { 北湖店: { en: North Lake } } }";
    let project = crate::data::testing::project(columns, "", "");
    let found = |id: &str, kind: &str, metric: Option<&str>, branch: Option<&str>, rule: Option<&str>| FindingRecord {
        id: id.into(),
        kind: kind.into(),
        metric: metric.map(str::to_owned),
        group: branch.map(|branch| ["branch".to_owned(), branch.to_owned()]),
        severity: "high".into(),
        value: Some(50.0),
        gap: None,
        rule: rule.map(str::to_owned),
    };
    let kept = found("kept", "worsened", Some("csat"), None, None);
    let low = found("low", "below_target", Some("csat"), None, None);
    let weak = found("weak", "weak_group", Some("csat"), Some("北湖店"), None);
    let signal = found("signal", "control", Some("nps"), None, Some("beyond_limits"));
    let before = [kept.clone(), low];
    let now = [FindingRecord { value: Some(51.0), ..kept }, weak, signal];
    let cause = Cause {
        came: NamedFinding::beyond(&now, &before),
        went: NamedFinding::beyond(&before, &now),
        ..Cause::default()
    };
    let metric = |id: &str| (id == "csat").then(|| "Customer satisfaction".to_owned());
    let said = |cause: &Cause, group, lang| cause.findings_text(&project, &metric, group, lang);
    assert_eq!(
        said(&cause, None, Lang::En),
        [
            "finding withdrawn: Customer satisfaction: target missed",
            "new finding: Customer satisfaction (North Lake): weak group",
            "new finding: nps: control signal, beyond 3σ",
        ]
    );
    assert_eq!(
        said(&cause, Some(("branch", "北湖店")), Lang::ZhCn),
        ["新的结论：Customer satisfaction（北湖店）：某组薄弱"]
    );
    assert!(said(&cause, Some(("branch", "东街店")), Lang::ZhCn).is_empty());
    let many = Cause { came: vec![cause.came[0].clone(); 8], ..Cause::default() };
    let lines = said(&many, None, Lang::En);
    assert_eq!((lines.len(), lines[5].as_str()), (6, "and 3 more findings"));
}

/// Who has the revision before is not written to for nothing; who has not is, and folders and programs get every revision.
#[test]
fn who_is_spared() {
    let folder = tempfile::tempdir().unwrap();
    let at = |revision: i64| folder.path().join(format!("r{revision}"));
    let delivery: RawDelivery = serde_json::from_value(serde_json::json!({ "channels": {
        "chat": { "kind": "slack", "url": "${env:X}" }, "board": { "kind": "folder", "path": "x" },
        "own": { "kind": "json", "url": "${env:X}" },
    }}))
    .unwrap();
    let mut database = Database::open(&Place::Memory).unwrap();
    database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, now()).unwrap();
    let mut spared = |to: &str, release: &Release, state: Option<&str>| {
        let recipient = Recipient::parse(to, Lang::ZhCn);
        database.execute("DELETE FROM deliveries", &[]).unwrap();
        if let Some(state) = state {
            let (subject, text) = (String::new(), String::new());
            let message =
                Message { key: key(1), lang: Lang::ZhCn, subject, text, html: None, link: None, attachments: vec![] };
            outbox::enqueue(&mut database, &recipient, &message, now()).unwrap();
            database.execute("UPDATE deliveries SET state = $1", &[state.into()]).unwrap();
        }
        let revision = i64::from(release.revision);
        is_spared(&mut database, &delivery, &recipient, &key(revision), (release, &at(revision))).unwrap()
    };
    let quiet = release(2, Some(earlier()));
    for (to, state, expected) in [
        ("a@example.com", Some("sent"), true),
        ("a@example.com", Some("unknown"), true),
        ("a@example.com", None, true),
        ("a@example.com", Some("queued"), false),
        ("a@example.com", Some("retry"), false),
        ("a@example.com", Some("failed"), false),
        ("chat", Some("sent"), true),
        ("board", Some("sent"), false),
        ("own", Some("sent"), false),
    ] {
        assert_eq!(spared(to, &quiet, state), expected, "{to} {state:?}");
    }
    let loud = |cause: Cause, changes: Vec<Change>| Release { changes, ..release(2, Some(cause)) };
    for told in [
        release(1, None),
        loud(earlier(), vec![change()]),
        loud(Cause { answers: true, ..earlier() }, vec![]),
        loud(Cause { findings: true, ..earlier() }, vec![]),
        loud(Cause { settings: true, ..Cause::default() }, vec![]),
        loud(Cause::default(), vec![]),
    ] {
        assert!(!spared("a@example.com", &told, Some("sent")), "{told:?}");
    }
    // The second revision changed something and was told to nobody: the third tells nothing new of itself, but its reader has the first.
    let third = release(3, Some(earlier()));
    let write = |between: &Release| {
        std::fs::create_dir_all(at(2)).unwrap();
        std::fs::write(at(2).join(RELEASE_FILE), between.to_bytes().unwrap()).unwrap();
    };
    assert!(!spared("a@example.com", &third, Some("sent")), "the second is gone");
    write(&loud(earlier(), vec![change()]));
    assert!(!spared("a@example.com", &third, Some("sent")));
    write(&quiet);
    assert!(spared("a@example.com", &third, Some("sent")));
    // Somebody decided that the first is not to be sent: the quiet second takes no place.
    assert!(!spared("a@example.com", &quiet, Some("failed")));
    let recipient = Recipient::parse("a@example.com", Lang::ZhCn);
    let id = outbox::delivery_id(&key(1), &recipient);
    assert!(outbox::settle(&mut database, &key(1).project, &id, outbox::Decision::Dropped, now()).unwrap());
    assert!(is_spared(&mut database, &delivery, &recipient, &key(2), (&quiet, &at(2))).unwrap());
}
