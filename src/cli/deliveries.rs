//! Deliveries as `manyi history --deliveries` and `manyi resend` show them: one table and one form of JSON, without the address of
//! anybody.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use crate::cli::console::{Console, TextTable};
use crate::diagnostics::Lang;
use crate::runs::delivery::outbox::{Delivery, State};
use crate::runs::delivery::recipient::Recipient;

/// The table, with the ids by which deliveries are sent again.
pub(super) fn table(deliveries: &[Delivery], console: &Console) -> TextTable {
    let head = [
        console.say("编号", "id"),
        console.say("期次", "period"),
        console.say("版", "rev"),
        console.say("报告", "report"),
        console.say("收件人", "recipient"),
        console.say("状态", "state"),
        console.say("次数", "attempts"),
        console.say("时间", "since"),
        console.say("原因", "reason"),
    ];
    let right = vec![false, false, true, false, false, false, true];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), right);
    for held in deliveries {
        let reason = held.reason.as_ref();
        table.row(vec![
            held.id.clone(),
            held.key.period.clone(),
            held.key.revision.to_string(),
            held.key.report.clone(),
            shown(&held.recipient),
            state_name(held.state, console).to_owned(),
            held.attempts.to_string(),
            ended(held).unwrap_or_default(),
            reason.map_or_else(String::new, |reason| format!("{} {}", reason.code.code(), reason.detail)),
        ]);
    }
    table
}

/// A delivery for machines.
pub(super) fn to_json(held: &Delivery) -> Value {
    json!({
        "id": held.id,
        "report": held.key.report,
        "period": held.key.period,
        "revision": held.key.revision,
        "recipient": held.recipient.masked(),
        "parameters": held.recipient.parameters,
        "state": held.state.name(),
        "since": ended(held),
        "attempts": held.attempts,
        "resends": held.resends,
        "reason": held.reason.as_ref().map(|reason| json!({
            "code": reason.code.code(),
            "text": { "zh-CN": reason.diagnostic(&held.recipient.masked()).text(Lang::ZhCn),
                      "en": reason.diagnostic(&held.recipient.masked()).text(Lang::En) },
        })),
    })
}

/// The recipient for people: two of one company have masked addresses that look alike, so that name and groups stand beside them.
fn shown(recipient: &Recipient) -> String {
    let beside: Vec<&str> = recipient.name.iter().chain(recipient.parameters.values()).map(String::as_str).collect();
    match beside.is_empty() {
        true => recipient.masked(),
        false => format!("{} {}", beside.join(" "), recipient.masked()),
    }
}

/// When it came to rest.
fn ended(held: &Delivery) -> Option<String> {
    let time = DateTime::from_timestamp(held.ended_at?, 0)?;
    Some(time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn state_name(state: State, console: &Console) -> &'static str {
    match state {
        State::Queued => console.say("排队", "queued"),
        State::Sending => console.say("发送中", "sending"),
        State::Sent => console.say("已送达", "sent"),
        State::Retry => console.say("待重试", "retry"),
        State::Failed => console.say("失败", "failed"),
        State::Unknown => console.say("不确定", "unknown"),
    }
}
