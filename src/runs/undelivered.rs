//! Messages about the newest release that nobody got, or of which nobody knows: `errors` hears of each when it is given up and when it
//! is settled, over channels that may work where that one does not.

use chrono::{DateTime, Utc};

use crate::config::Project;
use crate::config::raw::AlarmKind;
use crate::diagnostics::{Diagnostics, Lang, LocalizedTexts, lang_texts};
use crate::runs::database::DatabaseError;
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::alarms::{self, Signal};
use crate::runs::delivery::compose::enqueue_alarms;
use crate::runs::delivery::outbox::{self, Delivery, Filter, Pass, State};
use crate::runs::delivery::rules;
use crate::runs::history::History;
use crate::runs::telling;

/// Reasons that are nobody's trouble: a newer revision went out, somebody was taken off the list, or the record was lost, which was
/// said when it was found.
const SETTLED: [ReasonCode; 3] = [ReasonCode::Superseded, ReasonCode::NoRecipient, ReasonCode::RecordLost];

/// Messages about the newest release, for those who are still to get it, that failed or are uncertain.
///
/// # Errors
/// The database fails.
pub fn stuck(history: &mut History, project: &Project, now: DateTime<Utc>) -> Result<Vec<Delivery>, DatabaseError> {
    let Some((period, newest)) = history.newest()?.into_iter().next_back() else { return Ok(Vec::new()) };
    telling::prepare(history.database(), now)?;
    let (name, period) = (history.project().to_owned(), period.to_string());
    let of_period = Filter { project: Some(&name), period: Some(&period), ..Filter::default() };
    let mut found = outbox::list(history.database(), &of_period)?;
    found.retain(|held| {
        let open = matches!(held.state, State::Failed | State::Unknown);
        let settled = held.reason.as_ref().is_some_and(|reason| SETTLED.contains(&reason.code));
        let of_release = held.key.revision == i64::from(newest.revision);
        open && of_release && !settled && telling::is_recipient(project, &held.recipient, &held.key.report)
    });
    Ok(found)
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
    let pass = telling::send(history, project, now, diagnostics)?;
    if tell(history, project, now)? > 0 {
        telling::send(history, project, now, diagnostics)?;
    }
    Ok(pass)
}

/// Raises and ends the alarms; how many messages were queued.
fn tell(history: &mut History, project: &Project, now: DateTime<Utc>) -> Result<usize, DatabaseError> {
    let open = stuck(history, project, now)?;
    telling::prepare(history.database(), now)?;
    let (delivery, name) = (&project.raw.delivery, history.project().to_owned());
    let rules = rules::rules(delivery);
    let standing = alarms::standing(history.database(), &name)?;
    let mut signals = Vec::new();
    for rule in rules.iter().filter(|rule| rule.on == AlarmKind::Delivery) {
        let signal = |subject: &str, holds: bool, text: LocalizedTexts| Signal {
            rule: rule.id.clone(),
            subject: subject.to_owned(),
            holds: Some(holds),
            audience: rules::audience(rule),
            reminds: false,
            text,
        };
        signals.extend(open.iter().map(|held| signal(&held.id, true, rules::titled(rule.title.as_ref(), words(held)))));
        let over = |told: &&alarms::Standing| told.rule == rule.id && !open.iter().any(|held| held.id == told.subject);
        signals.extend(standing.iter().filter(over).map(|told| signal(&told.subject, false, settled(&told.text))));
    }
    if signals.is_empty() {
        return Ok(0);
    }
    let period = history.newest()?.into_keys().next_back().map(|period| period.to_string()).unwrap_or_default();
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let title = &project.raw.project.title;
    history.database().transaction(|transaction| {
        let changes = alarms::observe(transaction, &name, &ids, &signals, now)?;
        enqueue_alarms(transaction, delivery, (&name, title), &period, &changes, project.lang(), now)
    })
}

/// What did not arrive, and why.
fn words(held: &Delivery) -> LocalizedTexts {
    let key = &held.key;
    let why = held.reason.as_ref().map(|reason| reason.diagnostic(&held.recipient.masked()));
    let why = |lang| why.as_ref().map_or_else(|| held.recipient.masked(), |why| why.text(lang));
    lang_texts(
        format!("{} 第 {} 版 {}：{}", key.period, key.revision, key.report, why(Lang::ZhCn)),
        format!("{} r{} {}: {}", key.period, key.revision, key.report, why(Lang::En)),
    )
}

fn settled(told: &LocalizedTexts) -> LocalizedTexts {
    lang_texts(
        format!("不再有待处理：{}", told.get(Lang::ZhCn)),
        format!("settled, or no longer the newest release: {}", told.get(Lang::En)),
    )
}
