#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::diagnostics::Lang;
use crate::runs::delivery::message::{Attachment, Content, DeliveryKey};

fn message(text: &str) -> Message {
    Message {
        key: DeliveryKey { project: "p".into(), report: "plan".into(), period: "2026-11".into(), revision: 1 },
        lang: Lang::ZhCn,
        subject: "满意度".into(),
        text: text.into(),
        html: None,
        link: Some("https://x.cn/r1".into()),
        attachments: vec![Attachment {
            name: "a.pdf".into(),
            media_type: "application/pdf".into(),
            content: Content::Bytes(b"abc".to_vec()),
        }],
    }
}

fn hook(kind: ChannelKind, secret: Option<&str>) -> Webhook {
    Webhook {
        kind,
        url: Secret::new("https://example.com/send?key=K"),
        secret: secret.map(Secret::new),
        timeout: Duration::from_secs(5),
        certificates: None,
    }
}

fn body_of(kind: ChannelKind, secret: Option<&str>, text: &str) -> (Prepared, Value) {
    let now = DateTime::from_timestamp(1_599_360_473, 0).unwrap();
    let recipient = Recipient::parse("group", Lang::ZhCn);
    let prepared = prepare(&hook(kind, secret), &recipient, &message(text), now).unwrap();
    let body = serde_json::from_str(&prepared.body).unwrap();
    (prepared, body)
}

/// Expected signatures by Python's hmac: `tests/runs_delivery/signatures.py`.
#[test]
fn signatures_are_what_the_services_expect() {
    let (prepared, _) = body_of(ChannelKind::Dingtalk, Some("SEC123"), "x");
    assert_eq!(
        prepared.url.reveal(),
        "https://example.com/send?key=K&timestamp=1599360473000&sign=CJZXDPkcvkc8JitAy5%2Fib6OAhntAOvAnBpnQsV7QhAU%3D"
    );
    let (prepared, body) = body_of(ChannelKind::Feishu, Some("demo"), "x");
    assert_eq!(prepared.url.reveal(), "https://example.com/send?key=K");
    assert_eq!(
        (body["timestamp"].as_str(), body["sign"].as_str()),
        (Some("1599360473"), Some("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="))
    );
    let (prepared, _) = body_of(ChannelKind::Json, Some("demo"), "x");
    let signature = prepared.headers.iter().find(|(name, _)| *name == "x-manyi-signature").unwrap();
    let expected = hmac_hex("demo", &format!("1599360473.{}", prepared.body));
    assert_eq!(signature.1, format!("sha256={expected}"));
}

#[test]
fn bodies_have_the_shape_of_each_service() {
    let expected = "满意度\n正文\nhttps://x.cn/r1";
    let (_, body) = body_of(ChannelKind::Wecom, None, "正文\n");
    assert_eq!(body, json!({"msgtype": "text", "text": {"content": expected}}));
    let (_, body) = body_of(ChannelKind::Dingtalk, None, "正文\n");
    assert_eq!(body, json!({"msgtype": "text", "text": {"content": expected}}));
    let (_, body) = body_of(ChannelKind::Feishu, None, "正文\n");
    assert_eq!(body, json!({"msg_type": "text", "content": {"text": expected}}));
    let (_, body) = body_of(ChannelKind::Slack, None, "正文\n");
    assert_eq!(body, json!({"text": expected}));
    let (_, body) = body_of(ChannelKind::Json, None, "正文\n");
    assert_eq!(body["files"][0]["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let identity = message("正文\n").identity(&Recipient::parse("group", Lang::ZhCn));
    assert_eq!((&body["period"], &body["delivery"]), (&json!("2026-11"), &json!(identity[..32])));
}

/// The text of a release holds its link already.
#[test]
fn a_link_is_said_once() {
    let (_, body) = body_of(ChannelKind::Wecom, None, "正文\n在线查看：https://x.cn/r1\n");
    assert_eq!(body["text"]["content"], "满意度\n正文\n在线查看：https://x.cn/r1");
}

#[test]
fn texts_cannot_call_everybody() {
    let (_, body) = body_of(ChannelKind::Feishu, None, "<at user_id=\"all\">所有人</at>");
    assert!(!body.to_string().contains("<at"), "{body}");
    let (_, body) = body_of(ChannelKind::Slack, None, "<!channel> & <@U1>");
    assert!(body["text"].as_str().unwrap().contains("&lt;!channel&gt; &amp; &lt;@U1&gt;"));
}

#[test]
fn long_texts_are_cut_and_keep_their_link() {
    for (kind, most) in [(ChannelKind::Wecom, 2048), (ChannelKind::Dingtalk, 18_000), (ChannelKind::Feishu, 12_000)] {
        let (_, body) = body_of(kind, None, &"满意度很高。".repeat(3000));
        let text = body.pointer("/text/content").or(body.pointer("/content/text")).unwrap().as_str().unwrap();
        assert!(text.len() <= most && text.len() > most - 8, "{kind:?}: {}", text.len());
        assert!(text.ends_with("…\nhttps://x.cn/r1"));
    }
    let (_, body) = body_of(ChannelKind::Slack, None, &"😀".repeat(20_000));
    assert_eq!(body["text"].as_str().unwrap().chars().count(), 8000);
}

#[test]
fn refusals_are_understood_though_they_come_with_200() {
    let answer =
        |status: u16, body: &str| Answer { status, body: body.to_owned(), shown: body.to_owned(), retry_after: None };
    let name = |outcome: Outcome| match outcome {
        Outcome::Sent(_) => "sent",
        Outcome::Retry { .. } => "retry",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
    };
    use ChannelKind::{Dingtalk, Feishu, Json, Slack, Wecom};
    for (kind, status, body, expected) in [
        (Wecom, 200, r#"{"errcode":0,"errmsg":"ok"}"#, "sent"),
        (Wecom, 200, r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#, "failed"),
        (Wecom, 200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#, "retry"),
        (Wecom, 200, "<html>login</html>", "unknown"),
        (Dingtalk, 200, r#"{"errcode":0,"errmsg":"ok"}"#, "sent"),
        (Dingtalk, 200, r#"{"errcode":310000,"errmsg":"sign not match"}"#, "failed"),
        (Dingtalk, 200, r#"{"errcode":130101,"errmsg":"send too fast"}"#, "retry"),
        (Feishu, 200, r#"{"code":0,"msg":"success","data":{}}"#, "sent"),
        (Feishu, 200, r#"{"StatusCode":0,"StatusMessage":"success"}"#, "sent"),
        (Feishu, 200, r#"{"code":19021,"msg":"sign match fail"}"#, "failed"),
        (Feishu, 200, r#"{"code":11232,"msg":"frequency limited"}"#, "retry"),
        (Slack, 200, "ok", "sent"),
        (Slack, 404, "no_service", "failed"),
        (Slack, 429, "rate_limited", "retry"),
        (Slack, 500, "", "unknown"),
        (Slack, 302, "", "failed"),
        (Json, 204, "", "sent"),
        (Json, 500, "", "retry"),
        (Json, 401, "", "failed"),
    ] {
        assert_eq!(name(judge(kind, &answer(status, body))), expected, "{kind:?} {status} {body}");
    }
}
