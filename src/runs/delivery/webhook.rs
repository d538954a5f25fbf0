//! Group chats and addresses of one's own: the body that each wants, how it is signed, how large it may be, and how each says no,
//! which most of them do with HTTP 200.
//!
//! | kind | body | signed | most | refusal |
//! | --- | --- | --- | --- | --- |
//! | 企业微信 | `msgtype: text` | key in the address | 2,048 bytes of text, 20 a minute | `errcode` |
//! | 钉钉 | `msgtype: text` | `timestamp`, `sign` in the address | 20,000 bytes, 20 a minute | `errcode` |
//! | 飞书 | `msg_type: text` | `timestamp`, `sign` in the body | 20 KB of body, 5 a second | `code`, `StatusCode` |
//! | Slack | `text` | key in the address | 40,000 characters of text | HTTP status |
//! | JSON | all that is known | `X-Manyi-Signature` | | HTTP status |

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::http::{Answer, Method, Request, request};
use super::message::Message;
use super::recipient::Recipient;
use super::secrets::Secret;
use super::signing::{hmac_base64, hmac_hex, percent_encoded};
use super::{Outcome, Reason, ReasonCode};
use crate::config::raw::ChannelKind;
use crate::output::manifest::sha256_hex;

/// A webhook with its secrets fetched.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Which service.
    pub kind: ChannelKind,
    /// Its address, secret as a whole.
    pub url: Secret,
    /// What messages are signed with.
    pub secret: Option<Secret>,
    /// How long to wait for each step.
    pub timeout: Duration,
    /// Certificates (PEM) in place of the usual ones.
    pub certificates: Option<Vec<u8>>,
}

/// Sends a message; `now` goes into signatures.
pub fn deliver(webhook: &Webhook, recipient: &Recipient, message: &Message, now: DateTime<Utc>) -> Outcome {
    let prepared = match prepare(webhook, recipient, message, now) {
        Ok(prepared) => prepared,
        Err(reason) => return Outcome::Failed(reason),
    };
    let answer = request(&Request {
        method: Method::Post,
        url: &prepared.url,
        headers: &prepared.headers,
        body: prepared.body.as_bytes(),
        timeout: webhook.timeout,
        certificates: webhook.certificates.as_deref(),
        secrets: &webhook.secret.iter().collect::<Vec<_>>(),
    });
    match answer {
        Ok(answer) => judge(webhook.kind, &answer),
        // The receiver of JSON knows a delivery by its id, so sending it again does no harm.
        Err(outcome) if webhook.kind == ChannelKind::Json => outcome.tried_again(),
        Err(outcome) => outcome,
    }
}

struct Prepared {
    url: Secret,
    headers: Vec<(&'static str, String)>,
    body: String,
}

fn prepare(
    webhook: &Webhook,
    recipient: &Recipient,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<Prepared, Reason> {
    let mut url = webhook.url.clone();
    let mut headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    let secret = webhook.secret.as_ref().map(Secret::reveal);
    let body = match webhook.kind {
        ChannelKind::Wecom => json!({"msgtype": "text", "text": {"content": chat_text(message, Limit::Bytes(2048))}}),
        ChannelKind::Dingtalk => {
            if let Some(secret) = secret {
                let timestamp = now.timestamp_millis();
                let sign = percent_encoded(&hmac_base64(secret, &format!("{timestamp}\n{secret}")));
                let joint = if url.reveal().contains('?') { '&' } else { '?' };
                url = Secret::new(format!("{}{joint}timestamp={timestamp}&sign={sign}", url.reveal()));
            }
            json!({"msgtype": "text", "text": {"content": chat_text(message, Limit::Bytes(18_000))}})
        }
        ChannelKind::Feishu => {
            // A tag such as <at user_id="all"> in the text would call everybody.
            let text = chat_text(message, Limit::Bytes(12_000)).replace('<', "＜");
            let mut body = json!({"msg_type": "text", "content": {"text": text}});
            if let Some(secret) = secret {
                let timestamp = now.timestamp();
                body["timestamp"] = json!(timestamp.to_string());
                body["sign"] = json!(hmac_base64(&format!("{timestamp}\n{secret}"), ""));
            }
            body
        }
        ChannelKind::Slack => {
            // Slack's own escapes; without them <!channel> would call everybody.
            let text = chat_text(message, Limit::Characters(8000));
            json!({"text": text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")})
        }
        ChannelKind::Json => plain(recipient, message)?,
        ChannelKind::Folder | ChannelKind::S3 => return Err(Reason::new(ReasonCode::NoChannel, "webhook")),
    };
    let body = body.to_string();
    if webhook.kind == ChannelKind::Json {
        let timestamp = now.timestamp().to_string();
        headers.push(("x-manyi-delivery", identity(recipient, message)));
        if let Some(secret) = secret {
            let signature = hmac_hex(secret, &format!("{timestamp}.{body}"));
            headers.push(("x-manyi-signature", format!("sha256={signature}")));
        }
        headers.push(("x-manyi-timestamp", timestamp));
    }
    Ok(Prepared { url, headers, body })
}

/// By what a receiver knows a delivery, the same for every attempt: 32 hexadecimal digits.
fn identity(recipient: &Recipient, message: &Message) -> String {
    message.identity(recipient).chars().take(32).collect()
}

/// Everything about a delivery, for programs; files by name, size and digest.
fn plain(recipient: &Recipient, message: &Message) -> Result<Value, Reason> {
    let mut files = Vec::new();
    for attachment in &message.attachments {
        let bytes = attachment.bytes()?;
        files.push(json!({
            "name": attachment.name, "media_type": attachment.media_type, "bytes": bytes.len(), "sha256": sha256_hex(&bytes),
        }));
    }
    Ok(json!({
        "schema": 1, "delivery": identity(recipient, message),
        "project": message.key.project, "report": message.key.report,
        "period": message.key.period, "revision": message.key.revision,
        "lang": message.lang.tag(), "subject": message.subject, "text": message.text, "link": message.link,
        "parameters": recipient.parameters, "files": files,
    }))
}

/// How long a text may be.
#[derive(Clone, Copy)]
enum Limit {
    Bytes(usize),
    Characters(usize),
}

/// Subject and text, and the link where the text does not have it; where it is too long the text is cut, the link stays.
fn chat_text(message: &Message, limit: Limit) -> String {
    let link = message.link.as_ref().map(|link| format!("\n{link}")).unwrap_or_default();
    let head = format!("{}\n{}", message.subject, message.text.trim_end());
    let size = |text: &str| match limit {
        Limit::Bytes(_) => text.len(),
        Limit::Characters(_) => text.chars().count(),
    };
    let (Limit::Bytes(most) | Limit::Characters(most)) = limit;
    let link = if size(&link) < most / 2 { link } else { String::new() };
    let said = message.link.as_ref().is_some_and(|link| head.contains(link.as_str()));
    let missing = if said { "" } else { link.as_str() };
    if size(&head) + size(missing) <= most {
        return head + missing;
    }
    let room = most - size(&link) - size("…");
    let mut cut = String::new();
    let mut used = 0;
    for character in head.chars() {
        used += match limit {
            Limit::Bytes(_) => character.len_utf8(),
            Limit::Characters(_) => 1,
        };
        if used > room {
            break;
        }
        cut.push(character);
    }
    cut + "…" + &link
}

/// What an answer means.
fn judge(kind: ChannelKind, answer: &Answer) -> Outcome {
    let said = format!("HTTP {}: {}", answer.status, answer.shown);
    let later = |said: String, after: Option<Duration>| Outcome::Retry {
        reason: Reason::new(ReasonCode::RefusedForNow, said),
        after,
    };
    match answer.status {
        200..=299 => {}
        408 | 425 | 429 | 503 => return later(said, answer.retry_after),
        // A server or a machine before it broke down while it had the message.
        500..=599 if kind == ChannelKind::Json => return later(said, answer.retry_after),
        500..=599 => return Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, said)),
        _ => return Outcome::Failed(Reason::new(ReasonCode::Refused, said)),
    }
    let keys: &[&str] = match kind {
        ChannelKind::Wecom | ChannelKind::Dingtalk => &["errcode"],
        ChannelKind::Feishu => &["code", "StatusCode"],
        _ => return Outcome::Sent(said.chars().take(200).collect()),
    };
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    match keys.iter().find_map(|key| body.get(key)).and_then(Value::as_i64) {
        Some(0) => Outcome::Sent(said.chars().take(200).collect()),
        Some(code) if is_temporary(kind, code) => later(said, answer.retry_after.or(Some(Duration::from_secs(60)))),
        Some(_) => Outcome::Failed(Reason::new(ReasonCode::Refused, said)),
        None => Outcome::Unknown(Reason::new(ReasonCode::AnswerLost, said)),
    }
}

/// The services' own codes for "too often" and "busy".
fn is_temporary(kind: ChannelKind, code: i64) -> bool {
    match kind {
        // -1 busy, 45009 and 45033 too often.
        ChannelKind::Wecom => matches!(code, -1 | 45_009 | 45_033),
        // -1 busy, 130101 and 410100 too often, 90018 and 90030 too often in all.
        ChannelKind::Dingtalk => matches!(code, -1 | 130_101 | 410_100 | 90_018 | 90_030),
        // 11232 too often, 2200 a breakdown of the service.
        ChannelKind::Feishu => matches!(code, 11_232 | 2200),
        _ => false,
    }
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
