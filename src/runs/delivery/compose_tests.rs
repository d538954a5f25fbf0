#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::raw::{RawAlarm, RawRecipient};
use crate::diagnostics::lang_texts;
use crate::runs::database::{Database, Place};
use crate::runs::delivery::alarms::Signal;
use crate::runs::delivery::outbox;

fn key(revision: i64) -> DeliveryKey {
    DeliveryKey { project: "canteen".into(), report: "plan".into(), period: "2026-11".into(), revision }
}

fn delivery(json: serde_json::Value) -> RawDelivery {
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_release_is_worded_in_three_languages() {
    let release = Release {
        project_title: "食堂满意度\n策划".into(),
        report_title: "月报".into(),
        reasons: vec!["本版的原因：<补充>。".into()],
        numbers: vec![("满意度".into(), "83.2%".into()), ("<b>".into(), "1 & 2".into())],
        changes: vec!["满意度 82.0% → 83.2%".into()],
        remarks: vec![],
        attachments: vec![],
    };
    let raw = delivery(serde_json::json!({"link": "https://x.cn/{report}/{period}/r{revision}"}));
    let zh = release_message(&raw, &key(2), &release, Lang::ZhCn);
    assert_eq!(zh.subject, "食堂满意度 策划 · 月报 2026-11（第 2 版）");
    assert_eq!(zh.link.as_deref(), Some("https://x.cn/plan/2026-11/r2"));
    assert!(zh.text.contains("与上一版相比的变化\n  - 满意度 82.0% → 83.2%") && !zh.text.contains("请注意"));
    let html = zh.html.unwrap();
    assert!(html.contains("&lt;b&gt;") && html.contains("1 &amp; 2") && !html.contains("<b><b>"), "{html}");
    assert!(
        zh.text.starts_with("本版的原因：<补充>。\n\n本期指标\n") && html.contains("<p>本版的原因：&lt;补充&gt;。</p>")
    );
    let en = release_message(&raw, &key(1), &release, Lang::En);
    assert!(!en.subject.contains("revision") && en.text.contains("Indicators of this period"));
    let tw = release_message(&raw, &key(2), &release, Lang::ZhTw);
    assert!(tw.text.contains("與上一版相比的變化"), "{}", tw.text);
}

fn change(raised: bool, audience: AlarmAudience, zh: &str) -> Change {
    let text = lang_texts(zh, "in English");
    let signal = Signal { rule: "r".into(), subject: zh.into(), holds: Some(raised), audience, reminds: false, text };
    Change { signal, raised, since: None }
}

#[test]
fn alarms_reach_those_whom_they_concern_once() {
    let raw = delivery(serde_json::json!({
        "channels": {"group": {"kind": "folder", "path": "x"}},
        "recipients": [
            {"to": "reader@example.com", "alarms": true, "lang": "en", "parameters": {"branch": "A"}},
            {"to": "reader@example.com", "alarms": true, "lang": "en", "parameters": {"branch": "B"}},
            {"to": "quiet@example.com"},
            {"to": "both@example.com", "alarms": true},
        ],
        "errors": ["ops@example.com", "both@example.com", "group"],
    }));
    let changes = Changes {
        batch: 7,
        changes: vec![
            change(true, AlarmAudience::Readers, "`满意度`过低"),
            change(false, AlarmAudience::Errors, "运行失败"),
        ],
    };
    let mut database = Database::open(&Place::Memory).unwrap();
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, now).unwrap();
    let title: Localized = serde_json::from_value(serde_json::json!({"zh-CN": "食堂", "en": "Canteen"})).unwrap();
    let mut queue =
        || enqueue_alarms(&mut database, &raw, ("p", &title), "2026-11", &changes, Lang::ZhCn, now).unwrap();
    assert_eq!((queue(), queue()), (4, 0));
    let rows = database.query("SELECT channel, recipient, message FROM deliveries ORDER BY recipient", &[]).unwrap();
    let said: Vec<(String, bool, bool)> = rows
        .iter()
        .map(|row| {
            let text = row.text("message").unwrap();
            let who = format!("{}{}", row.text("channel").unwrap(), row.text("recipient").unwrap());
            (who, text.contains("满意度过低") || text.contains("in English"), text.contains("运行失败"))
        })
        .collect();
    let expected = [
        ("group", false, true),
        ("mailboth@example.com", true, true),
        ("mailops@example.com", false, true),
        ("mailreader@example.com", true, false),
    ];
    assert_eq!(said, expected.map(|(who, low, failed)| (who.to_owned(), low, failed)));
    assert!(rows[3].text("message").unwrap().contains("[alarm] Canteen 2026-11"));
    assert!(rows[1].text("message").unwrap().contains("[警报变化]"));
}

#[test]
fn the_shapes_of_the_project_file_are_what_the_tests_above_think() {
    let recipient: RawRecipient = serde_json::from_value(serde_json::json!({"to": "a@b.cn"})).unwrap();
    assert!(recipient.files && !recipient.alarms);
    assert!(serde_json::from_value::<RawAlarm>(serde_json::json!({"id": "a", "on": "failed", "x": 1})).is_err());
}
