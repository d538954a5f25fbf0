//! The earlier periods whose answers are read with those of one (`runs.read` above 1): what a release keeps of them, and what became
//! of them since. Old answers may be taken out of a file: what was published of them stays as it is and is shown from the history.

use crate::config::Period;
use crate::pipeline::Measured;
use crate::runs::held;
use crate::runs::numbers::{Numbers, ReadPeriod, content_digest};
use crate::runs::record::Release;
use crate::runs::release::Places;
use crate::runs::scope::Scope;

/// What became of earlier periods since a release that was read with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Since {
    /// Nothing, or their answers are gone: the release shows what was published of them.
    Nothing,
    /// Their answers changed and are not published yet: by themselves they are no reason for another release.
    Pending,
    /// The release does not show what is published of them.
    News,
    /// A gate holds or forbids their answers: no other release shows them before.
    Held,
}

/// The earlier periods of a window of which the files hold no answers.
pub(super) fn absent(scope: &Scope, measured: &Measured) -> Vec<Period> {
    let waves = &measured.tables.survey.waves;
    scope.read_with().iter().copied().filter(|period| !waves.contains(&period.to_string())).collect()
}

/// The earlier periods that were read with one.
pub(super) fn read_with(scope: &Scope, measured: &Measured) -> Vec<ReadPeriod> {
    let survey = measured.indicators.survey();
    let answers = survey.wave_answers();
    let read = |period: &Period| {
        let at = survey.results.waves.iter().position(|wave| *wave == period.to_string())?;
        let own = scope.tables_of(*period).filter(|own| scope.changed_since(own).is_none());
        let content = own.map(|own| content_digest(&own)).unwrap_or_default();
        let survey = (!scope.project.raw.tables.is_empty()).then(|| scope.survey_content(*period)).flatten();
        let answers = answers.get(at).copied().unwrap_or_default();
        Some(ReadPeriod { period: *period, answers, content, survey_content: survey.unwrap_or_default() })
    };
    scope.read_with().iter().filter_map(read).collect()
}

/// The periods of which fewer answers are read than were published, with both counts: the days of an export that moves on, for one.
pub(super) fn fewer(numbers: &Numbers, places: &Places) -> Vec<(Period, u64, u64)> {
    let lost = |read: &ReadPeriod| {
        let published = published(read.period, places)?;
        let fewer = read.content != published.numbers.own() && read.answers < published.numbers.answers;
        fewer.then_some((read.period, read.answers, published.numbers.answers))
    };
    numbers.read_with.iter().filter_map(lost).collect()
}

/// What became of the earlier periods since a release of these own answers. Other own answers, or numbers of periods before the window
/// that it does not show, are news.
pub(super) fn since(release: &Release, numbers: &Numbers, scope: &Scope, places: &Places) -> Since {
    let own = [&release.numbers.own_content, &numbers.own_content];
    let shown = |period: Period, revision: u32| {
        release.past.iter().any(|held| held.period == period && held.revision == revision)
    };
    let mut before = scope.past.iter().filter(|held| !scope.read_with().contains(&held.period));
    let judged = scope.read_with().iter().map(|period| of_period(*period, release, numbers, scope, places));
    let judged = judged.max().unwrap_or(Since::Nothing);
    if judged == Since::Held {
        return judged;
    }
    if own[0].is_empty() || own[0] != own[1] || !before.all(|held| shown(held.period, held.revision)) {
        return Since::News;
    }
    judged
}

fn of_period(period: Period, release: &Release, numbers: &Numbers, scope: &Scope, places: &Places) -> Since {
    let of = |numbers: &Numbers| numbers.read_with.iter().find(|held| held.period == period).cloned();
    let (then, now) = (of(&release.numbers), of(numbers));
    let shown = release.past.iter().find(|held| held.period == period).map(|held| held.revision);
    let Some(now) = now else {
        // Gone. Of a release that nobody made there is nothing to be shown instead.
        let Some(listed) = scope.past.iter().find(|held| held.period == period) else { return Since::Nothing };
        let is_known = match (shown, &then) {
            (Some(shown), _) => shown == listed.revision,
            (None, Some(then)) => published(period, places).is_none_or(|held| held.numbers.own() == then.content),
            // Releases of earlier versions do not say what they read.
            (None, None) => release.numbers.read_with.is_empty(),
        };
        return if is_known { Since::Nothing } else { Since::News };
    };
    // What cannot be read alone is compared with nothing.
    if now.content.is_empty() || then.is_some_and(|then| then.content == now.content) {
        return Since::Nothing;
    }
    match published(period, places) {
        Some(held) if held.numbers.own() != now.content && is_held(period, places) => Since::Held,
        // It was looked at before this one: it stays as it is where only rows of its tables are gone.
        Some(held) if held.numbers.own() != now.content && is_of_survey(&held, &now) => Since::Nothing,
        Some(held) if held.numbers.own() != now.content => Since::Pending,
        Some(held) if shown == Some(held.revision) => Since::Nothing,
        _ => Since::News,
    }
}

/// The earlier periods that are read as no release shows them, since a gate stopped theirs.
pub(super) fn unapproved(numbers: &Numbers, places: &Places) -> Vec<Period> {
    let differs =
        |read: &ReadPeriod| published(read.period, places).is_none_or(|held| held.numbers.own() != read.content);
    let read = numbers.read_with.iter().filter(|read| !read.content.is_empty() && is_held(read.period, places));
    read.filter(|read| differs(read)).map(|read| read.period).collect()
}

fn is_of_survey(release: &Release, now: &ReadPeriod) -> bool {
    !now.survey_content.is_empty() && release.numbers.survey_content == now.survey_content
}

/// True if a gate holds or forbids a release of the period.
fn is_held(period: Period, places: &Places) -> bool {
    held::held(places).contains(&period) || held::was_forbidden(places, period)
}

/// The release of a period that readers see.
fn published(period: Period, places: &Places) -> Option<Release> {
    let revision = places.linked_revision(period)?;
    Release::read(&places.revision(period, revision)).ok().flatten()
}
