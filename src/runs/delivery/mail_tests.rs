#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::diagnostics::Lang;
use crate::runs::delivery::message::{Attachment, Content, DeliveryKey};

fn raw() -> RawMail {
    serde_json::from_value(serde_json::json!({"host": "localhost", "from": "满意度报告 <reports@example.com>"}))
        .unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn message(files: Vec<Attachment>) -> Message {
    Message {
        key: DeliveryKey { project: "p".into(), report: "plan".into(), period: "2026-11".into(), revision: 1 },
        lang: Lang::ZhCn,
        subject: "食堂满意度 · 月报 2026-11".into(),
        text: "正文\n.\n单独一点的行\n".into(),
        html: Some("<p>正文</p>".into()),
        link: None,
        attachments: files,
    }
}

fn file(name: &str, bytes: &[u8]) -> Attachment {
    Attachment { name: name.into(), media_type: "application/pdf".into(), content: Content::Bytes(bytes.to_vec()) }
}

fn wang() -> Recipient {
    Recipient::parse("王芳 <wang@example.com>", Lang::ZhCn)
}

#[test]
fn the_same_delivery_is_the_same_mail() {
    let message = message(vec![file("报告.pdf", b"%PDF-1.7 bytes")]);
    let first = compose(&raw(), &wang(), &message, now()).unwrap();
    assert_eq!(first.bytes(), compose(&raw(), &wang(), &message, now()).unwrap().bytes());
    let text = String::from_utf8(first.bytes().to_vec()).unwrap();
    assert!(text.is_ascii(), "8BITMIME would be needed");
    assert!(text.lines().all(|line| line.len() <= 998));
    for expected in [
        "Date: Sun, 22 Nov 2026 08:00:00 +0000\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "To: =?utf-8?b?",
        "<wang@example.com>",
        // 报告.pdf in UTF-8 by RFC 2231; tests/runs_delivery has Python's email package read such names.
        "filename*0*=utf-8''%E6%8A%A5%E5%91%8A.pdf",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let id = message_id(&message, &wang(), "example.com");
    assert!(text.contains(&format!("Message-ID: {id}\r\n")), "{text}");

    let mut later = message.clone();
    later.key.revision = 2;
    let mut other = wang();
    other.parameters.insert("branch".into(), "B".into());
    // Another project without a name that writes to the same reader.
    let mut alike = message.clone();
    alike.subject = "超市满意度 · 月报 2026-11".into();
    let ids: std::collections::BTreeSet<String> =
        [(&message, wang()), (&later, wang()), (&message, other), (&alike, wang())]
            .map(|(message, recipient)| message_id(message, &recipient, "example.com"))
            .into();
    assert!(ids.len() == 4 && ids.contains(&id), "{ids:?}");
}

#[test]
fn nothing_that_ends_a_line_gets_into_a_header() {
    let hostile =
        ["a\r\nBcc: evil@example.com", "a\nb", "a\rb", "a\0b", "a\u{7f}", "a\u{85}b", "a\u{2028}b", "\u{202e}fdp.exe"];
    for text in hostile {
        let mut with_subject = message(vec![]);
        with_subject.subject = text.into();
        let mut with_kind = message(vec![file("a.pdf", b"x")]);
        with_kind.attachments[0].media_type = text.into();
        let mut named = wang();
        named.name = Some(text.into());
        let mut addressed = wang();
        addressed.address = format!("{text}@example.com");
        let mut from = raw();
        from.from = format!("{text} <a@example.com>");
        let mut reply = raw();
        reply.reply_to = Some(format!("a@example.com{text}"));
        let cases = [
            compose(&raw(), &wang(), &with_subject, now()),
            compose(&raw(), &wang(), &with_kind, now()),
            compose(&raw(), &wang(), &message(vec![file(text, b"x")]), now()),
            compose(&raw(), &named, &message(vec![]), now()),
            compose(&raw(), &addressed, &message(vec![]), now()),
            compose(&from, &wang(), &message(vec![]), now()),
            compose(&reply, &wang(), &message(vec![]), now()),
        ];
        for (at, case) in cases.into_iter().enumerate() {
            let reason = case.expect_err(&format!("{text:?} in place {at}"));
            assert_eq!(reason.code, ReasonCode::Unfit);
            assert!(!reason.detail.contains("evil@"), "{reason:?}");
        }
    }
}

#[test]
fn too_many_megabytes_are_refused() {
    let mut small = raw();
    small.most_megabytes = 1;
    let files = vec![file("a.pdf", &vec![0; 600_000]), file("b.pdf", &vec![0; 600_000])];
    assert_eq!(compose(&small, &wang(), &message(files), now()).unwrap_err().code, ReasonCode::TooLarge);
}

/// A mail has no folders for the documents of several groups.
#[test]
fn files_of_one_name_bear_that_of_their_group() {
    let files = [file("East/plan.pdf", b"1"), file("West/plan.pdf", b"2"), file("West/West tables.xlsx", b"3")];
    let mail = compose(&raw(), &wang(), &message(files.to_vec()), now()).unwrap();
    let text = String::from_utf8(mail.bytes().to_vec()).unwrap();
    for name in ["East_plan.pdf", "West_plan.pdf", "West tables.xlsx"] {
        assert!(text.contains(&format!("filename=\"{name}\"")), "{name} is not in\n{text}");
    }
}
