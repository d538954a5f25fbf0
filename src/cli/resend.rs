//! `manyi resend`: what waits for somebody's decision, because it failed or because nobody knows whether it arrived; and sending it again.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::cli::args_runs::ResendOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::run::now;
use crate::cli::{Outcome, print_json};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::messages::runs::{BUSY, NO_LOCKS};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, io_problem};
use crate::runs::Session;
use crate::runs::database::DatabaseError;
use crate::runs::delivery::outbox::{self, Delivery, State};
use crate::runs::history::History;
use crate::runs::lock::{Locked, RunLock};
use crate::runs::telling;

pub(crate) fn run(options: &ResendOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return Ok(()) };
    if let Some(to) = &options.test {
        let answer = telling::send_test(&session.project, to, now);
        let recipient = answer.recipient.masked();
        if let Some(reason) = &answer.problem {
            diagnostics.push(Diagnostic::error(&messages::TEST_NOT_SENT).arg("recipient", &recipient));
            diagnostics.push(reason.diagnostic(&recipient));
        }
        if console.json {
            let data = json!({ "schema": 1, "recipient": recipient, "sent": answer.problem.is_none() });
            return print_json(console, data, diagnostics);
        }
        return match answer.problem {
            Some(_) => Ok(()),
            None => console.data(&format!("{recipient}  {}\n", console.say("已送达", "sent"))),
        };
    }
    // Without a history nothing was ever queued.
    let Some(mut history) = session.history(false, now, diagnostics) else { return show(&[], console, diagnostics) };
    let done = if options.ids.is_empty() {
        waiting(&mut history, now)
    } else {
        again(&session, &mut history, &options.ids, now, diagnostics)
    };
    match done {
        Ok(deliveries) => show(&deliveries, console, diagnostics),
        Err(error) => {
            diagnostics.push(error.diagnostic());
            Ok(())
        }
    }
}

/// What has failed or is uncertain.
fn waiting(history: &mut History, now: DateTime<Utc>) -> Result<Vec<Delivery>, DatabaseError> {
    let (mut deliveries, _) = telling::overview(history, now)?;
    deliveries.retain(|held| matches!(held.state, State::Failed | State::Unknown | State::Sending));
    Ok(deliveries)
}

/// Queues deliveries again and sends them; where they stand then.
fn again(
    session: &Session,
    history: &mut History,
    ids: &[String],
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Delivery>, DatabaseError> {
    let file = session.places.state().join("run.lock");
    let taken = session.places.prepare().and_then(|()| RunLock::take(&file, Duration::ZERO, now));
    let _lock = match taken {
        Ok(Locked::Held(lock)) => lock,
        Ok(Locked::Busy { pid, since }) => {
            diagnostics.push(Diagnostic::error(&BUSY).arg("pid", pid).arg("since", since));
            return Ok(Vec::new());
        }
        Err(error) => {
            let problem = Diagnostic::error(&NO_LOCKS).arg("file", file.display());
            diagnostics.push(problem.words("problem", io_problem(&error)));
            return Ok(Vec::new());
        }
    };
    telling::prepare(history.database(), now)?;
    let name = history.project().to_owned();
    for id in ids {
        if !outbox::resend(history.database(), &name, id, now)? {
            diagnostics.push(Diagnostic::error(&messages::NOT_RESENT).arg("id", id));
        }
    }
    telling::send(history, &session.project, now, diagnostics)?;
    let (mut deliveries, _) = telling::overview(history, now)?;
    deliveries.retain(|held| ids.contains(&held.id));
    for held in &deliveries {
        if let Some(reason) = &held.reason {
            diagnostics.push(reason.diagnostic(&held.recipient.masked()));
        }
    }
    Ok(deliveries)
}

fn show(deliveries: &[Delivery], console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if console.json {
        let rows: Vec<_> = deliveries.iter().map(row_json).collect();
        return print_json(console, json!({ "schema": 1, "deliveries": rows }), diagnostics);
    }
    if deliveries.is_empty() {
        let nothing = console.say("没有等待决定的分发\n", "no delivery waits for a decision\n");
        return if diagnostics.has_errors() { Ok(()) } else { console.data(nothing) };
    }
    let head = [
        console.say("编号", "id"),
        console.say("期次", "period"),
        console.say("版", "rev"),
        console.say("报告", "report"),
        console.say("收件人", "recipient"),
        console.say("状态", "state"),
        console.say("时间", "since"),
        console.say("原因", "reason"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, false, true]);
    for held in deliveries {
        table.row(vec![
            held.id.clone(),
            held.key.period.clone(),
            held.key.revision.to_string(),
            held.key.report.clone(),
            held.recipient.masked(),
            state_name(held.state, console).to_owned(),
            ended(held).unwrap_or_default(),
            held.reason.as_ref().map_or_else(String::new, |reason| format!("{} {}", reason.code.code(), reason.detail)),
        ]);
    }
    console.data(&table.render())
}

fn row_json(held: &Delivery) -> serde_json::Value {
    json!({
        "id": held.id,
        "report": held.key.report,
        "period": held.key.period,
        "revision": held.key.revision,
        "recipient": held.recipient.masked(),
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
