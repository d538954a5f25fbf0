//! Why there is a new revision of a release, in words for its readers, and who is not written to about one that tells them nothing
//! new: a correction of January makes a year of reports anew, and a dozen messages of which eleven say nothing would hide the one.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::analysis::FindingKind;
use crate::analysis::control::RunRule;
use crate::config::raw::{ChannelKind, RawDelivery};
use crate::config::{Period, Project};
use crate::diagnostics::Lang;
use crate::document::findings::{kind_name, rule_title};
use crate::document::format;
use crate::runs::database::{DatabaseError, Queries};
use crate::runs::delivery::ReasonCode;
use crate::runs::delivery::message::DeliveryKey;
use crate::runs::delivery::outbox::{self, State};
use crate::runs::delivery::recipient::{MAIL, Recipient};
use crate::runs::inputs::Input;
use crate::runs::numbers::{FindingRecord, Numbers};
use crate::runs::record::Release;
use crate::runs::scope::Scope;
use crate::runs::titles::group_names;

/// Findings that are named.
const MOST_FINDINGS: usize = 5;

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
    /// Those that came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub came: Vec<NamedFinding>,
    /// Those that went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub went: Vec<NamedFinding>,
}

/// What a finding is about, without its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedFinding {
    /// `below_target`, `worsened`, `control`, …
    pub kind: String,
    /// Metric.
    pub metric: Option<String>,
    /// Segment column and value.
    pub group: Option<[String; 2]>,
    /// Run rule of a control chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl NamedFinding {
    /// Those of some findings that others have not.
    fn beyond(own: &[FindingRecord], others: &[FindingRecord]) -> Vec<Self> {
        let new = own.iter().filter(|held| !others.iter().any(|other| other.id == held.id));
        new.map(|held| Self {
            kind: held.kind.clone(),
            metric: held.metric.clone(),
            group: held.group.clone(),
            rule: held.rule.clone(),
        })
        .collect()
    }

    /// Its title in documents: what it is about and what kind of finding it is. `metric` are the names of metrics.
    fn title(&self, project: &Project, metric: &dyn Fn(&str) -> Option<String>, lang: Lang) -> String {
        let kind = FindingKind::ALL.into_iter().find(|kind| kind.word() == self.kind);
        let kind = kind.map_or(self.kind.as_str(), |kind| kind_name(kind, lang));
        let rule = RunRule::ALL.into_iter().find(|rule| self.rule.as_deref() == Some(rule.word()));
        let rule = rule.map(|rule| rule_title(rule).get(lang).to_owned());
        let about = self.metric.as_deref().map(|id| metric(id).unwrap_or_else(|| id.to_owned()));
        let group = self.group.as_ref().map(|[column, value]| {
            let (_, name) = group_names(project, column, value);
            name.get(lang).to_owned()
        });
        let texts = |open: &str, close: &str, colon: &str, comma: &str| {
            let bracketed = |text: Option<String>| text.map(|text| format!("{open}{text}{close}")).unwrap_or_default();
            let about = about.clone().map(|about| format!("{about}{}{colon}", bracketed(group.clone())));
            let rule = rule.clone().map(|rule| format!("{comma}{rule}")).unwrap_or_default();
            format!("{}{kind}{rule}", about.unwrap_or_default())
        };
        if lang == Lang::En { texts(" (", ")", ": ", ", ") } else { texts("（", "）", "：", "，") }
    }
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
        let (held, found) = (before.recorded_numbers().findings, &numbers.findings);
        let (came, went) = (NamedFinding::beyond(found, &held), NamedFinding::beyond(&held, found));
        Self {
            answers,
            settings: settings(&before.inputs) != settings(&scope.inputs),
            earlier: earlier.into_iter().collect(),
            findings: !(came.is_empty() && went.is_empty()),
            came,
            went,
        }
    }

    /// The findings that came or went, of all or of one group by its column and value, each in a line; then how many more.
    pub fn findings_text(
        &self,
        project: &Project,
        metric: &dyn Fn(&str) -> Option<String>,
        group: Option<(&str, &str)>,
        lang: Lang,
    ) -> Vec<String> {
        let say = |zh: String, en: String| if lang == Lang::En { en } else { zh };
        let own = |held: &&NamedFinding| match (group, &held.group) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wanted), Some([column, value])) => wanted == (column.as_str(), value.as_str()),
        };
        let title = |held: &NamedFinding| held.title(project, metric, lang);
        let went = self.went.iter().filter(own).map(title);
        let went = went.map(|title| say(format!("撤销的结论：{title}"), format!("finding withdrawn: {title}")));
        let came = self.came.iter().filter(own).map(title);
        let came = came.map(|title| say(format!("新的结论：{title}"), format!("new finding: {title}")));
        let mut said: Vec<String> = went.chain(came).collect();
        if let more @ 1.. = said.len().saturating_sub(MOST_FINDINGS) {
            said.truncate(MOST_FINDINGS);
            said.push(say(format!("另有 {more} 条结论有变"), format!("and {more} more findings")));
        }
        said
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
            "Reports of later periods ({periods}) show these numbers too and are made anew; where their own numbers and findings stay as they are, nothing more is sent."
        ),
        Lang::ZhCn | Lang::ZhTw => {
            format!("之后各期（{periods}）的报告也显示这些数值，将重新生成；其自身数值与结论均不变的，不再另行通知。")
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
