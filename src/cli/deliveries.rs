//! Deliveries as `manyi history --deliveries`, `manyi resend` and `manyi settle` show them: one table and one form of JSON, without the address of
//! anybody.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::cli::console::{Console, TextTable};
use crate::cli::{Outcome, print_json};
use crate::diagnostics::{Diagnostics, Lang, LocalizedTexts, lang_texts};
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::outbox::{Delivery, State};
use crate::runs::delivery::recipient::Recipient;

/// The table, with the ids by which deliveries are sent again, and under it why those stand that did not arrive: a reason may be a
/// whole sentence of the other side. Times are those of `zone`.
pub(super) fn table(deliveries: &[Delivery], zone: Tz, console: &Console) -> String {
    let head = [
        console.say("编号", "id"),
        console.say("期次", "period"),
        console.say("版", "rev"),
        console.say("报告", "report"),
        console.say("收件人", "recipient"),
        console.say("状态", "state"),
        console.say("次数", "attempts"),
        console.say("时间", "since"),
    ];
    let right = vec![false, false, true, false, false, false, true];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), right);
    for held in deliveries {
        // An alarm has no revision: its number only tells messages apart.
        let is_alarm = held.key.is_alarm();
        let since = held.ended_at.and_then(|at| DateTime::from_timestamp(at, 0));
        table.row(vec![
            held.id.clone(),
            held.key.period.clone(),
            if is_alarm { "–".to_owned() } else { held.key.revision.to_string() },
            if is_alarm { console.say("警报", "alarm").to_owned() } else { held.key.report.clone() },
            shown(&held.recipient),
            state_words(held).get(console.lang).to_owned(),
            held.attempts.to_string(),
            since.map_or_else(String::new, |since| local(since, zone)),
        ]);
    }
    let mut text = table.render();
    let reasons = deliveries.iter().filter_map(|held| Some((held, held.why()?)));
    for (index, (held, why)) in reasons.enumerate() {
        let gap = if index == 0 { "\n" } else { "" };
        text += &format!("{gap}{}  {}\n", held.id, why.text(console.lang));
    }
    text
}

/// A moment as tables show it, in the time zone of the project: `2026-02-03 06:00`. JSON has it in Greenwich.
pub(super) fn local(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// The same of a moment that is written as RFC 3339; what is none stays as it is.
pub(super) fn local_text(at: &str, zone: Tz) -> String {
    DateTime::parse_from_rfc3339(at).map_or_else(|_| at.to_owned(), |at| local(at.to_utc(), zone))
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
        "reason": held.reason.as_ref().zip(held.why()).map(|(reason, why)| json!({
            "code": reason.code.code(),
            "text": { "zh-CN": why.text(Lang::ZhCn), "en": why.text(Lang::En) },
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

/// Where it stands, and whether that is somebody's word.
pub(super) fn state_words(held: &Delivery) -> LocalizedTexts {
    let why = held.reason.as_ref().map(|reason| reason.code);
    match (held.state, why) {
        (State::Sent, Some(ReasonCode::Confirmed)) => lang_texts("已确认送达", "confirmed"),
        (State::Failed, Some(ReasonCode::Dropped)) => lang_texts("已放弃", "dropped"),
        (State::Queued, _) => lang_texts("排队", "queued"),
        (State::Sending, _) => lang_texts("发送中", "sending"),
        (State::Sent, _) => lang_texts("已送达", "sent"),
        (State::Retry, _) => lang_texts("待重试", "retry"),
        (State::Failed, _) => lang_texts("失败", "failed"),
        (State::Unknown, _) => lang_texts("不确定", "unknown"),
    }
}

/// Prints deliveries.
pub(super) fn show(deliveries: &[Delivery], zone: Tz, console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if console.json {
        let rows: Vec<_> = deliveries.iter().map(to_json).collect();
        return print_json(console, json!({ "schema": 1, "deliveries": rows }), diagnostics);
    }
    if deliveries.is_empty() { Ok(()) } else { console.data(&table(deliveries, zone, console)) }
}

/// Prints the deliveries that wait for a decision, or that none does.
pub(super) fn show_open(deliveries: &[Delivery], zone: Tz, console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if !console.json && deliveries.is_empty() && !diagnostics.has_errors() {
        return console.data(console.say("没有等待决定的分发\n", "no delivery waits for a decision\n"));
    }
    show(deliveries, zone, console, diagnostics)
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Shanghai;

    use super::*;
    use crate::runs::delivery::message::DeliveryKey;
    use crate::runs::delivery::recipient::Recipient;
    use crate::runs::delivery::{Reason, ReasonCode};

    fn console(lang: Lang) -> Console {
        Console::new(&crate::cli::args::CommonOptions { lang: Some(lang), json: false, quiet: false, verbose: false })
    }

    #[test]
    fn times_are_those_of_the_project() {
        assert_eq!(local_text("2026-02-02T22:00:00Z", Shanghai), "2026-02-03 06:00");
        assert_eq!(local_text("2026-02-03T06:00:00+08:00", Shanghai), "2026-02-03 06:00");
        assert_eq!(local_text("yesterday", Shanghai), "yesterday");
    }

    #[test]
    fn reasons_stand_under_the_table_in_words() {
        let delivery = |report: &str, reason: Option<Reason>| Delivery {
            id: format!("id-{report}"),
            key: DeliveryKey { project: "p".into(), report: report.into(), period: "2026-01".into(), revision: 7 },
            recipient: Recipient::parse("wang@example.com", Lang::ZhCn),
            state: State::Failed,
            attempts: 1,
            resends: 0,
            due_at: 0,
            claimed_at: None,
            ended_at: Some(1_769_983_200),
            reason,
            answer: None,
        };
        let refused = Some(Reason::new(ReasonCode::NotWritten, "a part of the path is a file"));
        let text = table(&[delivery("plan", refused), delivery("alarm", None)], Shanghai, &console(Lang::ZhCn));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].contains("  7  plan") && lines[2].ends_with("2026-02-02 06:00"), "{text}");
        assert!(lines[3].contains("  –  警报"), "{text}");
        assert!(lines[5].starts_with("id-plan  尚未送达 `w***@example.com`：无法写入文件夹"), "{text}");
        assert!(lines[5].ends_with("（a part of the path is a file；已不再重试）"), "{text}");
        assert_eq!(lines.len(), 6, "{text}");
    }
}
