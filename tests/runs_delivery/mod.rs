//! Delivery against real servers: mail, webhooks, an object store and PostgreSQL. What is not installed is named and skipped.

mod engines;
mod heard;
mod mail;
mod python;
mod settle;
mod store;
mod told;
mod verb;
mod webhooks;

use manyi::diagnostics::Lang;
use manyi::runs::delivery::message::{Attachment, Content, DeliveryKey, Message};

/// A message with a file whose name is Chinese.
fn message(revision: i64) -> Message {
    Message {
        key: DeliveryKey { project: "canteen".into(), report: "plan".into(), period: "2026-11".into(), revision },
        lang: Lang::ZhCn,
        subject: "食堂满意度 · 2026年11月的月报，主题很长，长到要分成好几行才写得下的那种".into(),
        text: "各位好：\n\n.\n满意度 83.2%\n".into(),
        html: Some("<p>满意度 <b>83.2%</b></p>".into()),
        link: None,
        attachments: vec![
            file("满意度策划书（2026年11月）第二食堂.pdf", "application/pdf", b"%PDF-1.7\r\n.\r\n\x00\xff"),
            file("plan.csv", "text/csv; charset=utf-8", "店,分\n朝阳,83\n".as_bytes()),
        ],
    }
}

fn file(name: &str, media_type: &str, bytes: &[u8]) -> Attachment {
    Attachment { name: name.into(), media_type: media_type.into(), content: Content::Bytes(bytes.to_vec()) }
}
