#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

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
        about: Some("门店：<东街店>".into()),
        reasons: vec!["本版的原因：<补充>。".into()],
        numbers: vec![("满意度".into(), "83.2%".into()), ("<b>".into(), "1 & 2".into())],
        note: Some("* 超出误差".into()),
        changes: vec!["满意度 82.0% → 83.2%".into()],
        remarks: vec![],
        in_folders: false,
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
        zh.text.starts_with("门店：<东街店>\n本版的原因：<补充>。\n\n本期指标\n")
            && html.contains("<p>门店：&lt;东街店&gt;</p><p>本版的原因：&lt;补充&gt;。</p>")
    );
    assert!(zh.text.contains("  <b>  1 & 2\n* 超出误差\n\n与上一版"), "{}", zh.text);
    let en = release_message(&raw, &key(1), &release, Lang::En);
    assert!(!en.subject.contains("revision") && en.text.contains("Indicators of this period"));
    let tw = release_message(&raw, &key(2), &release, Lang::ZhTw);
    assert!(tw.text.contains("與上一版相比的變化"), "{}", tw.text);
}

/// All of a message to Taiwan is converted, but for what the data say, names of files and links; marks of the program are gone.
#[test]
fn a_message_to_taiwan_is_written_as_there() {
    let title: Localized = serde_json::from_value(serde_json::json!({"zh-CN": "质量", "zh-TW": "质量原文"})).unwrap();
    let release = Release {
        project_title: title.get(Lang::ZhTw).to_owned(),
        report_title: "月报".into(),
        about: Some(format!("门店：{}", Localized::from("软件街店").get(Lang::ZhTw))),
        reasons: vec!["本版的原因：本期答卷有更正或补充。".into()],
        numbers: vec![("质量满意度".into(), "83.2分".into())],
        note: None,
        changes: vec!["质量满意度：82.0 → 83.2".into()],
        remarks: vec!["关卡 `质量`：数据过旧".into()],
        in_folders: true,
        attachments: vec![Attachment {
            name: "质量.pdf".into(),
            media_type: "application/pdf".into(),
            content: crate::runs::delivery::message::Content::Bytes(Vec::new()),
        }],
    };
    let raw = delivery(serde_json::json!({"link": "https://x.cn/质量/{report}"}));
    let message = release_message(&raw, &key(2), &release, Lang::ZhTw);
    assert_eq!(message.subject, "质量原文 · 月報 2026-11（第 2 版）");
    for said in [
        "門店：软件街店\n",
        "本版的原因：本期答卷有更正或補充。",
        "  品質滿意度  83.2分\n",
        "  - 品質滿意度：82.0 → 83.2\n",
        "  - 關卡 质量：資料過舊\n",
        "  - 质量.pdf\n",
        "https://x.cn/质量/plan\n",
    ] {
        assert!(message.text.contains(said), "{said}\n{}", message.text);
    }
    let html = message.html.unwrap();
    assert!(html.contains("<p>門店：软件街店</p>") && html.contains("href=\"https://x.cn/质量/plan\""), "{html}");
    let alarms = [change(true, AlarmAudience::Readers, "`质量`过低")];
    let alarm = alarm_message(&key(1), title.get(Lang::ZhTw), &[&alarms[0]], Lang::ZhTw);
    assert!(alarm.subject.contains("质量原文") && alarm.text.contains("  - 质量過低\n"), "{}", alarm.text);
    for text in [message.text, html, alarm.subject, test_message(title.get(Lang::ZhTw), Lang::ZhTw, now()).subject] {
        assert!(!text.contains(['\u{fdd0}', '\u{fdd1}']), "{text}");
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn change(raised: bool, audience: AlarmAudience, zh: &str) -> Change {
    let text = lang_texts(zh, "in English");
    let signal = Signal {
        rule: "r".into(),
        subject: zh.into(),
        holds: Some(raised),
        audience,
        kind: None,
        codes: BTreeSet::new(),
        text,
    };
    Change { signal, raised, again: false, since: None }
}

/// Who is woken knows from the subject why; what is over promises nothing.
#[test]
fn the_subject_of_an_alarm_says_what_it_is() {
    let of = |kind: AlarmKind, raised: bool| {
        let mut change = change(raised, AlarmAudience::Errors, "坏");
        change.signal.kind = Some(kind);
        change
    };
    let said = |changes: &[Change], lang| {
        let message = alarm_message(&key(1), "月报", &changes.iter().collect::<Vec<_>>(), lang);
        (message.subject, message.text)
    };
    for (kind, zh, en) in [
        (AlarmKind::Failed, "[运行失败] 月报 2026-11", "[run failed] 月报 2026-11"),
        (AlarmKind::Gate, "[发布被扣住] 月报 2026-11", "[held] 月报 2026-11"),
        (AlarmKind::Missing, "[警报] 月报 2026-11", "[alarm] 月报 2026-11"),
    ] {
        let changes = [of(kind, true), of(AlarmKind::Threshold, false)];
        assert_eq!((said(&changes[..1], Lang::ZhCn).0.as_str(), said(&changes[..1], Lang::En).0.as_str()), (zh, en));
        let both = said(&changes, Lang::ZhCn).0;
        assert_eq!(both, if kind == AlarmKind::Missing { "[警报变化] 月报 2026-11" } else { zh });
        let (subject, text) = said(&[of(kind, false)], Lang::En);
        assert_eq!(subject, "[alarm over] 月报 2026-11");
        assert!(text.contains("Over\n  - in English") && !text.contains("Nothing more is sent"), "{text}");
    }
    let again = Change { again: true, ..of(AlarmKind::Failed, true) };
    let (subject, text) = said(&[again], Lang::ZhCn);
    assert_eq!(subject, "[运行失败] 月报 2026-11");
    assert!(text.starts_with("仍未恢复，原因有变\n  - 坏") && text.contains("再提醒一次"), "{text}");
}

/// After a history was lost nobody reads four hundred lines.
#[test]
fn an_alarm_names_the_first_of_many() {
    let changes: Vec<Change> =
        (1..=40).map(|number| change(true, AlarmAudience::Errors, &format!("第{number}条"))).collect();
    let alarm = alarm_message(&key(1), "月报", &changes.iter().collect::<Vec<_>>(), Lang::ZhCn);
    assert!(alarm.text.contains("第30条") && !alarm.text.contains("第31条"), "{}", alarm.text);
    assert!(alarm.text.contains("另有 10 项"), "{}", alarm.text);
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

/// Who manages one branch reads no number of another, and none of all; who has both branches reads both.
#[test]
fn alarms_with_numbers_stay_in_their_groups() {
    let raw = delivery(serde_json::json!({
        "recipients": [
            {"to": "one@example.com", "alarms": true, "parameters": {"branch": "A"}},
            {"to": "two@example.com", "alarms": true, "parameters": {"branch": "A"}},
            {"to": "two@example.com", "alarms": true, "parameters": {"branch": "B"}},
            {"to": "all@example.com", "alarms": true},
            {"to": "chief@example.com", "alarms": true, "parameters": {"branch": "A"}},
        ],
        "errors": ["chief@example.com"],
        "alarms": [
            {"id": "low", "on": "threshold", "metric": "csi", "below": 80, "segment": "branch"},
            {"id": "whole", "on": "threshold", "metric": "csi", "below": 80},
        ],
    }));
    let low = |rule: &str, subject: &str| {
        let mut change = change(true, AlarmAudience::Readers, subject);
        change.signal.rule = rule.into();
        change
    };
    let changes = vec![low("low", "csi/branch=A"), low("low", "csi/branch=B"), low("whole", "csi")];
    let mut database = Database::open(&Place::Memory).unwrap();
    let now = chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, now).unwrap();
    let title: Localized = serde_json::from_value(serde_json::json!("Canteen")).unwrap();
    let changes = Changes { batch: 1, changes };
    enqueue_alarms(&mut database, &raw, ("p", &title), "2026-11", &changes, Lang::ZhCn, now).unwrap();
    let rows = database.query("SELECT recipient, message FROM deliveries ORDER BY recipient", &[]).unwrap();
    let told: Vec<(&str, usize)> = rows
        .iter()
        .map(|row| {
            let message: Message = serde_json::from_str(row.text("message").unwrap()).unwrap();
            (row.text("recipient").unwrap(), message.text.matches("  - ").count())
        })
        .collect();
    // Who is told of errors, too, hears as a reader of the own group alone.
    let wanted = [("all@example.com", 3), ("chief@example.com", 1), ("one@example.com", 1), ("two@example.com", 2)];
    assert_eq!(told, wanted);
}

#[test]
fn the_shapes_of_the_project_file_are_what_the_tests_above_think() {
    let recipient: RawRecipient = serde_json::from_value(serde_json::json!({"to": "a@b.cn"})).unwrap();
    assert!(recipient.files && !recipient.alarms);
    assert!(serde_json::from_value::<RawAlarm>(serde_json::json!({"id": "a", "on": "failed", "x": 1})).is_err());
}
