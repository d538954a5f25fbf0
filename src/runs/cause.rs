//! Why there is a new revision of a release, in words for its readers, and who is not written to about one that tells them nothing
//! new: a correction of January makes a year of reports anew, and a dozen messages of which eleven say nothing would hide the one.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::config::Period;
use crate::config::raw::{ChannelKind, RawDelivery};
use crate::diagnostics::Lang;
use crate::document::format;
use crate::runs::database::{DatabaseError, Queries};
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::message::DeliveryKey;
use crate::runs::delivery::outbox::{self, State};
use crate::runs::delivery::recipient::{MAIL, Recipient};
use crate::runs::inputs::Input;
use crate::runs::numbers::Numbers;
use crate::runs::record::Release;
use crate::runs::scope::Scope;

/// Periods that are named one by one; of more the first and the last.
const MOST_NAMED: usize = 3;

/// What is not what it was in the revision before. Nothing of it if somebody asked for a new revision all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Answers of the period came or changed.
    pub answers: bool,
    /// The project, its templates or other files of it changed.
    pub settings: bool,
    /// Earlier periods that are shown or read with this one, and whose numbers or answers came or changed since.
    pub earlier: Vec<Period>,
    /// Findings came or went, signals of control charts among them.
    #[serde(default)]
    pub findings: bool,
}

impl Cause {
    /// What a run found otherwise than the release before.
    pub fn of(before: &Release, scope: &Scope, numbers: &Numbers) -> Self {
        let settings = |inputs: &[Input]| inputs.iter().filter(|input| !input.data).cloned().collect::<Vec<_>>();
        let shown = |period: Period, revision: u32| {
            before.past.iter().any(|held| held.period == period && held.revision == revision)
        };
        let read = before.numbers.content != numbers.content;
        // Answers of the window that are not those of the period are of periods read with it.
        let own = [&before.numbers.own_content, &numbers.own_content];
        let answers = if own.iter().any(|own| own.is_empty()) { read } else { own[0] != own[1] };
        // That earlier answers are gone and are shown as they were published is no reason beside others.
        let as_before =
            |period: Period, revision: u32| shown(period, revision) || (answers && scope.read_with().contains(&period));
        let news = scope.past.iter().filter(|held| !as_before(held.period, held.revision));
        let mut earlier: BTreeSet<Period> = news.map(|held| held.period).collect();
        if read && !answers {
            let content = |numbers: &Numbers, period: Period| {
                numbers.read_with.iter().find(|held| held.period == period).map(|held| held.content.clone())
            };
            let is_same = |period: Period| {
                let (then, now) = (content(&before.numbers, period), content(numbers, period));
                now.as_ref().is_some_and(|now| !now.is_empty()) && then == now
            };
            let of_files = scope.read_with().iter().filter(|read| !scope.past.iter().any(|held| held.period == **read));
            earlier.extend(of_files.filter(|read| !is_same(**read)));
        }
        let named = |numbers: &Numbers| numbers.findings.iter().map(|held| held.id.clone()).collect::<BTreeSet<_>>();
        Self {
            answers,
            settings: settings(&before.inputs) != settings(&scope.inputs),
            earlier: earlier.into_iter().collect(),
            findings: named(&before.recorded_numbers()) != named(numbers),
        }
    }

    /// The sentence that says why.
    pub fn text(&self, lang: Lang) -> String {
        let say = |zh: &str, en: &str| if lang == Lang::En { en.to_owned() } else { zh.to_owned() };
        let mut why = Vec::new();
        if self.answers {
            why.push(say("本期答卷有更正或补充", "answers of the period came or were corrected"));
        }
        if !self.earlier.is_empty() {
            let periods = periods_text(&self.earlier, lang);
            why.push(match lang {
                Lang::En => format!("numbers of earlier periods were revised or added ({periods})"),
                Lang::ZhCn | Lang::ZhTw => format!("往期数值有修订或补充（{periods}）"),
            });
        }
        if self.findings {
            why.push(say("由数值得出的结论有增减", "findings came or went"));
        }
        if self.settings {
            why.push(say("报告的设置或模板有改动", "settings or templates of the reports were changed"));
        }
        if why.is_empty() {
            why.push(say("应要求重新生成", "it was asked for"));
        }
        match lang {
            Lang::En => format!("Why there is this revision: {}.", why.join("; ")),
            Lang::ZhCn | Lang::ZhTw => format!("本版的原因：{}。", why.join("；")),
        }
    }
}

/// That the numbers of a period are those of the revision before.
pub fn same_numbers(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "The numbers of this period are those of the revision before.",
        Lang::ZhCn | Lang::ZhTw => "本期数值与上一版相同。",
    }
}

/// What becomes of the reports of later periods, which show the numbers that a revision changed.
pub fn later_text(later: &[Period], lang: Lang) -> String {
    let periods = periods_text(later, lang);
    match lang {
        Lang::En => format!(
            "Reports of later periods ({periods}) show these numbers too and are made anew; where their own numbers stay as they are, nothing more is sent."
        ),
        Lang::ZhCn | Lang::ZhTw => {
            format!("之后各期（{periods}）的报告也显示这些数值，将重新生成；其自身数值不变的，不再另行通知。")
        }
    }
}

fn periods_text(periods: &[Period], lang: Lang) -> String {
    let names: Vec<String> = periods.iter().map(|period| format::wave(&period.to_string(), lang)).collect();
    match (names.as_slice(), lang) {
        ([first, .., last], Lang::En) if names.len() > MOST_NAMED => format!("{first} to {last}"),
        ([first, .., last], _) if names.len() > MOST_NAMED => format!("{first}至{last}"),
        _ => format::list(&names, lang),
    }
}

/// True if a revision tells readers nothing about its period: earlier ones were revised, its own answers and numbers are the same.
fn is_quiet(release: &Release) -> bool {
    let only_earlier = |cause: &Cause| !cause.answers && !cause.findings && !cause.earlier.is_empty();
    let only_earlier = release.cause.as_ref().is_some_and(only_earlier);
    only_earlier && release.changes.is_empty()
}

/// True if a recipient need not be sent a revision: it is a person or a chat, the revision tells nothing about its period, and no
/// message about one before it waits or failed, in whose place this one would go. Folders, stores and programs get everything.
///
/// # Errors
/// The database fails.
pub(super) fn is_spared(
    database: &mut impl Queries,
    delivery: &RawDelivery,
    recipient: &Recipient,
    key: &DeliveryKey,
    (release, folder): (&Release, &Path),
) -> Result<bool, DatabaseError> {
    let keeps = |kind: ChannelKind| matches!(kind, ChannelKind::Folder | ChannelKind::S3 | ChannelKind::Json);
    let person = recipient.channel == MAIL
        || delivery.channels.get(&recipient.channel).is_some_and(|channel| !keeps(channel.kind));
    if !person || !is_quiet(release) {
        return Ok(false);
    }
    let Some((revision, state, reason)) = outbox::newest_before(database, recipient, key)? else { return Ok(true) };
    let dropped = reason == Some(ReasonCode::Dropped);
    let open = matches!(state, State::Queued | State::Retry | State::Failed) && !dropped;
    // Of a revision between, which nobody was told of, only the release itself knows what it changed.
    let told_nothing = |between: i64| {
        let held = folder.with_file_name(format!("r{between}"));
        Release::read(&held).ok().flatten().is_some_and(|held| is_quiet(&held))
    };
    Ok(!open && (revision + 1..key.revision).all(told_nothing))
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
