//! Messages about the newest release of a period that nobody got, or of which nobody knows: `errors` hears of each when it is given up
//! or uncertain, over channels that may work where that one does not, and when it arrived or somebody settled it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::config::raw::AlarmKind;
use crate::config::{Period, Project};
use crate::diagnostics::{Diagnostics, Lang, Localized, LocalizedTexts, lang_texts};
use crate::runs::database::DatabaseError;
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::alarms::{self, Signal, Standing};
use crate::runs::delivery::outbox::{self, Delivery, Pass, State};
use crate::runs::delivery::rules;
use crate::runs::history::{History, Listed};
use crate::runs::telling;

/// How what is to be typed begins; it does not concern what is over.
const TYPED: [&str; 2] = ["。重发：", ". To send it again: "];

/// Messages about the newest release of each period, for those who are still to get it, that failed or are uncertain.
///
/// # Errors
/// The database fails.
pub fn stuck(history: &mut History, project: &Project, now: DateTime<Utc>) -> Result<Vec<Delivery>, DatabaseError> {
    let newest = newest(history, project)?;
    let (mut found, _) = telling::overview(history, now)?;
    found.retain(|held| is_stuck(held, project, &newest, now));
    Ok(found)
}

/// The newest releases of the periods that the project has now: those of another length are nobody's concern any more.
fn newest(history: &mut History, project: &Project) -> Result<BTreeMap<Period, Listed>, DatabaseError> {
    match &project.raw.runs {
        Some(runs) => history.newest_of(runs.every),
        None => Ok(BTreeMap::new()),
    }
}

fn is_stuck(held: &Delivery, project: &Project, newest: &BTreeMap<Period, Listed>, now: DateTime<Utc>) -> bool {
    let key = &held.key;
    // That an alarm did not arrive would be told by another one over the same way.
    if key.is_alarm() || !held.is_open(now) {
        return false;
    }
    let release = key.period.parse().ok().and_then(|period: Period| newest.get(&period));
    let of_release = release.is_some_and(|release| key.revision == i64::from(release.revision));
    of_release && telling::is_recipient(project, &held.recipient, &key.report)
}

/// Sends what is due, tells of what was given up or is uncertain since, and of what is settled.
///
/// # Errors
/// The database fails.
pub fn send(
    history: &mut History,
    project: &Project,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Pass, DatabaseError> {
    telling::prepare(history.database(), now)?;
    let clock = telling::clock_from(now);
    let pass = telling::send_prepared(history, project, &clock, diagnostics)?;
    if tell(history, project, clock())? > 0 {
        telling::send_prepared(history, project, &clock, diagnostics)?;
    }
    Ok(pass)
}

/// Raises and ends the alarms; how many messages were queued.
///
/// # Errors
/// The database fails; then nothing was noted and nothing queued.
pub fn tell(history: &mut History, project: &Project, now: DateTime<Utc>) -> Result<usize, DatabaseError> {
    let newest = newest(history, project)?;
    let name = history.project().to_owned();
    let all = outbox::list(history.database(), &name)?;
    let standing = alarms::standing(history.database(), &name)?;
    let open: Vec<&Delivery> = all.iter().filter(|held| is_stuck(held, project, &newest, now)).collect();
    let rules = rules::rules(&project.raw.delivery);
    let mut signals = Vec::new();
    for rule in rules.iter().filter(|rule| rule.on == AlarmKind::Delivery) {
        let signal = |subject: &str, holds: bool, text: LocalizedTexts| Signal {
            rule: rule.id.clone(),
            subject: subject.to_owned(),
            holds: Some(holds),
            audience: rules::audience(rule),
            kind: Some(rule.on),
            codes: BTreeSet::new(),
            text,
        };
        let open_text = |held: &Delivery| rules::titled(rule.title.as_ref(), true, words(held));
        signals.extend(open.iter().map(|held| signal(&held.id, true, open_text(held))));
        let told = standing.iter().filter(|told| told.rule == rule.id);
        for told in told.filter(|told| !open.iter().any(|held| held.id == told.subject)) {
            let held = all.iter().find(|held| held.id == told.subject);
            signals.extend(over(held, told, rule.title.as_ref()).map(|text| signal(&told.subject, false, text)));
        }
    }
    if signals.is_empty() {
        return Ok(0);
    }
    let period = newest.into_keys().next_back().map(|period| period.to_string()).unwrap_or_default();
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    telling::observe(history, project, &period, (&ids, &signals), now)
}

/// What was to be delivered, and to whom.
fn named(held: &Delivery) -> LocalizedTexts {
    let (key, to) = (&held.key, held.recipient.named());
    lang_texts(
        format!("{} 第 {} 版 {}（{to}）", key.period, key.revision, key.report),
        format!("{} r{} {} ({to})", key.period, key.revision, key.report),
    )
}

/// What did not arrive, whom it was for, why, and what to type.
fn words(held: &Delivery) -> LocalizedTexts {
    let (key, id) = (&held.key, &held.id);
    let what = match held.why_of(&held.recipient.named()) {
        None => named(held),
        Some(why) => lang_texts(
            format!("{} 第 {} 版 {}：{}", key.period, key.revision, key.report, why.text(Lang::ZhCn)),
            format!("{} r{} {}: {}", key.period, key.revision, key.report, why.text(Lang::En)),
        ),
    };
    let [zh, en] = TYPED;
    lang_texts(
        format!(
            "{}{zh}manyi resend {id}；已收到：manyi settle {id} --arrived；不必再发：manyi settle {id} --dropped",
            what.get(Lang::ZhCn)
        ),
        format!(
            "{}{en}manyi resend {id}. If it arrived: manyi settle {id} --arrived. If it is not to be sent: manyi settle {id} --dropped",
            what.get(Lang::En)
        ),
    )
}

/// How it ended; none while it is on its way again, since nothing has arrived yet. Why it had not arrived is past and not said again,
/// unless nothing else is known of it.
fn over(held: Option<&Delivery>, told: &Standing, title: Option<&Localized>) -> Option<LocalizedTexts> {
    let why = held.and_then(|held| held.reason.as_ref()).map(|reason| reason.code);
    let (zh, en) = match held.map(|held| held.state) {
        Some(State::Queued | State::Sending | State::Retry) => return None,
        Some(State::Sent) if why == Some(ReasonCode::Confirmed) => ("已确认送达", "confirmed as arrived"),
        Some(State::Sent) => ("现已送达", "has arrived now"),
        Some(State::Failed) if why == Some(ReasonCode::Dropped) => ("已放弃发送", "dropped"),
        _ => ("不再有待处理", "settled, or no longer the newest release"),
    };
    let Some(held) = held else {
        let before = |lang, typed: &str| {
            let text = told.text.get(lang);
            text.split_once(typed).map_or(text, |(text, _)| text).to_owned()
        };
        let zh = format!("{zh}；此前告知：{}", before(Lang::ZhCn, TYPED[0]));
        return Some(lang_texts(zh, format!("{en}; told before: {}", before(Lang::En, TYPED[1]))));
    };
    let name = named(held);
    let ended = lang_texts(format!("{zh}：{}", name.get(Lang::ZhCn)), format!("{en}: {}", name.get(Lang::En)));
    Some(rules::titled(title, false, ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::delivery::Reason;
    use crate::runs::delivery::message::DeliveryKey;
    use crate::runs::delivery::recipient::Recipient;

    /// Two people of one mask are told apart, and who reads it knows what to type.
    #[test]
    fn what_did_not_arrive_is_said_with_name_and_way_out() {
        let key =
            DeliveryKey { project: "p".into(), report: "scorecard".into(), period: "2026-10".into(), revision: 1 };
        let held = Delivery {
            id: "d789ef8ae02d8ef3".into(),
            key,
            recipient: Recipient::parse("王芳 <wang@example.com>", Lang::ZhCn),
            state: State::Failed,
            attempts: 1,
            resends: 0,
            due_at: 0,
            claimed_at: None,
            ended_at: Some(0),
            reason: Some(Reason::new(ReasonCode::Refused, "127.0.0.1:2525: permanent error (550): 5.1.1 no such user")),
            answer: None,
        };
        let said = words(&held);
        assert_eq!(
            said.get(Lang::ZhCn),
            "2026-10 第 1 版 scorecard：未送达 `王芳 w***@example.com`：对方拒收（127.0.0.1:2525：服务器永久拒绝，550 邮箱不存在或不可用：5.1.1 no such user）。\
             重发：manyi resend d789ef8ae02d8ef3；已收到：manyi settle d789ef8ae02d8ef3 --arrived；不必再发：manyi settle d789ef8ae02d8ef3 --dropped"
        );
        let en = said.get(Lang::En);
        assert!(
            en.contains(
                "(127.0.0.1:2525: refused for good by the server, 550 no such mailbox, or not to be used: 5.1.1"
            ),
            "{en}"
        );
        assert!(en.ends_with("manyi settle d789ef8ae02d8ef3 --dropped"), "{en}");
        let told = Standing { rule: "r".into(), subject: held.id.clone(), since: 0, seen: 0, batch: 1, text: said };
        // Of a row that is gone nothing is to be typed any more.
        let gone = over(None, &told, None).map(|text| text.get(Lang::En).to_owned()).unwrap_or_default();
        assert!(gone.contains("told before: 2026-10 r1 scorecard") && !gone.contains("manyi resend"), "{gone}");
        let arrived = over(Some(&Delivery { state: State::Sent, reason: None, ..held }), &told, None);
        assert_eq!(
            arrived.map(|text| text.get(Lang::ZhCn).to_owned()).as_deref(),
            Some("现已送达：2026-10 第 1 版 scorecard（王芳 w***@example.com）")
        );
    }
}
