//! What a message says of a release: its numbers, why there is this revision and what it changed, in the language of a reader. Who gets
//! one group's documents is told numbers, changes and findings of the group, and none of all.

use crate::config::raw::RawRecipient;
use crate::config::{Period, Project};
use crate::diagnostics::{Lang, Localized, LocalizedTexts, lang_texts};
use crate::document::format;
use crate::runs::cause::{self, Cause};
use crate::runs::changes::Change;
use crate::runs::delivery::compose;
use crate::runs::delivery::message::Attachment;
use crate::runs::delivery::recipient::{MAIL, Recipient};
use crate::runs::figures::{Figures, figures};
use crate::runs::numbers::{MetricRecord, Numbers};
use crate::runs::record::Release;
use crate::runs::remarks::remarks;
use crate::runs::titles;

/// Changed numbers that a message names.
const MOST_CHANGES: usize = 10;

/// A release to be told of in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wording<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its release.
    pub release: &'a Release,
    /// What was published of the period before it, if anything was.
    pub before: Option<&'a Numbers>,
    /// Periods after it whose releases show numbers that this revision changed.
    pub later: &'a [Period],
    /// Language.
    pub lang: Lang,
}

impl Wording<'_> {
    /// What one recipient is told of a report, which is called by its id where it has no title.
    pub(super) fn told_to(
        &self,
        recipient: &RawRecipient,
        (report, title): (&str, Option<&Localized>),
        attachments: Vec<Attachment>,
    ) -> compose::Release {
        let mut report_title = title.map_or(report, |title| title.get(self.lang)).to_owned();
        let about = titles::about(self.project, report, recipient, self.lang);
        if let Some((_, group)) = &about {
            report_title = format!("{report_title} · {group}");
        }
        let whole = recipient.parameters.is_empty();
        let own = |change: &&Change| {
            let segment = change.segment.iter();
            segment.len() == recipient.parameters.len()
                && segment.into_iter().all(|(column, value)| recipient.parameters.get(column) == Some(value))
        };
        let changes: Vec<&Change> = self.release.changes.iter().filter(own).collect();
        // Numbers of a group stand in messages that say which group they are about.
        let column = titles::column_of(self.project, report);
        let group = column.and_then(|column| Some((column, recipient.parameters.get(column)?.as_str())));
        let Figures { rows, note } = match whole || group.is_some() {
            true => figures(self.project, self.release, self.before, group, self.lang),
            false => Figures::default(),
        };
        let findings = self.findings(whole, group);
        let in_mail = Recipient::parse(&recipient.to, self.lang).channel == MAIL;
        compose::Release {
            project_title: self.project.raw.project.title.get(self.lang).to_owned(),
            report_title,
            about: about.map(|(line, _)| line),
            reasons: self.reasons(changes.is_empty(), whole, !findings.is_empty()),
            numbers: rows,
            note,
            changes: [self.changes(&changes), findings].concat(),
            remarks: remarks(self.project, self.release, self.before, recipient, self.lang),
            in_folders: !in_mail,
            attachments,
        }
    }

    /// Why there is this revision, and what becomes of later periods. That findings came or went is no news to who reads of none of them.
    fn reasons(&self, same: bool, whole: bool, findings: bool) -> Vec<String> {
        let text = |cause: &Cause| {
            let named = !(cause.came.is_empty() && cause.went.is_empty());
            let others = cause.answers || cause.settings || !cause.earlier.is_empty();
            let told = cause.findings && (findings || !named || !others);
            Cause { findings: told, ..cause.clone() }.text(self.lang)
        };
        let mut reasons: Vec<String> = self.release.cause.iter().map(text).collect();
        if self.release.cause.is_some() && same {
            reasons.push(match (self.release.changes.is_empty(), whole) {
                (true, _) => cause::same_numbers(self.lang).to_owned(),
                (false, true) => self.say(&lang_texts(
                    "总体数值与上一版相同，部分分组的数值有变化。",
                    "The totals are those of the revision before; numbers of some groups changed.",
                )),
                (false, false) => self.say(&lang_texts(
                    "本组数值与上一版相同。",
                    "The numbers of this group are those of the revision before.",
                )),
            });
        }
        if !self.later.is_empty() {
            reasons.push(cause::later_text(self.later, self.lang));
        }
        reasons
    }

    /// The findings that came or went, of the whole or of the recipient's group.
    fn findings(&self, whole: bool, group: Option<(&str, &str)>) -> Vec<String> {
        let Some(cause) = self.release.cause.as_ref().filter(|_| whole || group.is_some()) else { return Vec::new() };
        let metric = |id: &str| self.metric(id).map(|metric| metric.title.get(self.lang).to_owned());
        cause.findings_text(self.project, &metric, group, self.lang)
    }

    /// The first changed numbers, then how many more there are.
    fn changes(&self, changes: &[&Change]) -> Vec<String> {
        let mut said: Vec<String> = changes.iter().take(MOST_CHANGES).map(|change| self.change(change)).collect();
        if let more @ 1.. = changes.len().saturating_sub(MOST_CHANGES) {
            said.push(self.say(&lang_texts(format!("另有 {more} 处"), format!("{more} more"))));
        }
        said
    }

    fn change(&self, change: &Change) -> String {
        let metric = self.metric(&change.metric);
        let value = |value: Option<f64>| match (value, metric) {
            (Some(value), Some(metric)) => format::value_with_unit(value, metric.unit, self.lang),
            _ => format::NO_VALUE.to_owned(),
        };
        let (before, after) = (value(change.before), value(change.after));
        let title = metric.map_or(change.metric.as_str(), |metric| metric.title.get(self.lang));
        let said = match (change.n_before, change.n_after) {
            // Answers came that do not change what is printed.
            (Some(n_before), Some(n)) if before == after => lang_texts(
                format!("{title}：{after}（n {n_before} → {n}）"),
                format!("{title}: {after} (n {n_before} → {n})"),
            ),
            _ => lang_texts(format!("{title}：{before} → {after}"), format!("{title}: {before} → {after}")),
        };
        self.say(&said)
    }

    fn metric(&self, id: &str) -> Option<&MetricRecord> {
        self.release.numbers.metrics.iter().find(|held| held.id == id)
    }

    fn say(&self, texts: &LocalizedTexts) -> String {
        texts.get(self.lang).to_owned()
    }
}

#[cfg(test)]
#[path = "wording_tests.rs"]
mod tests;
