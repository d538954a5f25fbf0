//! What a timer starts: the periods that are due, those with late data, and those that show numbers which were revised since; done, or
//! only listed with the reasons.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::config::Period;
use crate::diagnostics::{Diagnostics, Level, LocalizedTexts, lang_texts};
use crate::runs::due::Calendar;
use crate::runs::history::Listed;
use crate::runs::late::{Touched, are_gone, touched};
use crate::runs::plan::Planned;
use crate::runs::record::{PastRelease, Release};
use crate::runs::run::{Outcome, RunReport, RunRequest, run};
use crate::runs::session::Session;
use crate::runs::situation::failure_text;
use crate::runs::unreachable;

/// Files or periods that a reason names.
const MOST_NAMED: usize = 5;

/// Why a period would be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Because {
    /// It is due and has no release.
    Due,
    /// Data files came or changed since its release.
    Late,
    /// Its release shows numbers of earlier periods that were revised since.
    Revised,
    /// It shows numbers of periods that are run before it; if one of these gets a new revision, it is run too.
    Follows,
}

/// A period that would be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The period.
    pub period: Period,
    /// Why.
    pub because: Because,
    /// The same in words.
    pub why: LocalizedTexts,
    /// What its run would do if it began now; none after an error.
    pub planned: Option<Planned>,
}

/// What is known when a timer fires.
struct Known {
    /// Periods that are due and not done.
    due: BTreeSet<Period>,
    /// Periods whose release came to its end.
    done: BTreeSet<Period>,
    /// The newest release of every period.
    listed: BTreeMap<Period, Listed>,
}

impl Known {
    /// All of them, oldest first.
    fn periods(&self) -> BTreeSet<Period> {
        self.due.iter().chain(&self.done).chain(self.listed.keys()).copied().collect()
    }

    /// Periods of which a release shows numbers that were revised since.
    fn revised(&self, release: &Release) -> Vec<Period> {
        let is_old = |shown: &&PastRelease| {
            self.listed.get(&shown.period).is_some_and(|newest| newest.revision > shown.revision)
        };
        release.past.iter().filter(is_old).map(|shown| shown.period).collect()
    }
}

/// Why a period has to be run.
enum News {
    Due,
    /// With the data files that came or changed.
    Late(Vec<String>),
    /// With the periods that were revised.
    Revised(Vec<Period>),
}

impl Session {
    /// Runs what a timer is for: the periods that are due and have no release, those with late data, and those that show numbers which
    /// were revised since. They are run oldest first, so that each shows those before it as they are then and none is told twice. One
    /// that fails or is held stops none of the others. `request` says how, `clock` what time it is.
    pub fn catch_up(
        &self,
        request: &RunRequest,
        clock: &dyn Fn() -> DateTime<Utc>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<RunReport> {
        let before = diagnostics.len();
        self.restore(clock(), diagnostics);
        let Some(mut known) = self.known(clock(), diagnostics) else {
            if let (true, Some(_lock)) = (request.deliver, self.lock(clock())) {
                let why = failure_text(diagnostics.iter().skip(before));
                unreachable::tell(&self.project, &self.places, Some(why), clock(), diagnostics);
            }
            return Vec::new();
        };
        let mut reports = Vec::new();
        for period in known.periods() {
            let release = self.release(period);
            let touched = self.touched(period, &known, release.as_ref());
            let news = self.news(period, &known, release.as_ref(), touched.as_ref());
            let mut well = true;
            if news.is_some() {
                let request = RunRequest { period: Some(period), now: clock(), ..request.clone() };
                let report = run(&request, diagnostics);
                well = matches!(report.outcome, Outcome::Published | Outcome::Unchanged);
                reports.push(report);
                if let Some(listed) = self.listed(clock(), diagnostics) {
                    known.listed = listed;
                }
            }
            if let (Some(touched), true) = (touched, well) {
                touched.keep(&self.places, period);
            }
        }
        reports
    }

    /// What [`Session::catch_up`] would run and why, in its order, looking only. Whether late data come to another revision is known
    /// once they are measured: what would follow from that is listed as [`Because::Follows`].
    pub fn would_catch_up(&self, force: bool, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Vec<Wanted> {
        let Some(known) = self.known(now, diagnostics) else { return Vec::new() };
        let mut wanted: Vec<Wanted> = Vec::new();
        for period in known.periods() {
            let release = self.release(period);
            let touched = self.touched(period, &known, release.as_ref());
            let (because, why) = match self.news(period, &known, release.as_ref(), touched.as_ref()) {
                Some(News::Due) => (Because::Due, due_text(&self.calendar, period)),
                Some(News::Late(files)) => (Because::Late, late_text(&files)),
                Some(News::Revised(shown)) => (Because::Revised, revised_text(&shown)),
                None => {
                    let rebuilt = |held: &Period| wanted.iter().any(|one| one.period == *held && one.planned.is_some());
                    let shown = release.iter().flat_map(|release| &release.past).map(|held| held.period);
                    let shown: Vec<Period> = shown.filter(rebuilt).collect();
                    if shown.is_empty() || are_gone(&self.project, period) {
                        continue;
                    }
                    (Because::Follows, follows_text(&shown))
                }
            };
            let errors = diagnostics.count(Level::Error);
            let planned = self.look(period, force, now, diagnostics);
            let planned = planned.filter(|_| diagnostics.count(Level::Error) == errors);
            wanted.push(Wanted { period, because, why, planned });
        }
        wanted
    }

    /// Why a period has to be run; none if its release stands.
    fn news(
        &self,
        period: Period,
        known: &Known,
        release: Option<&Release>,
        touched: Option<&Touched>,
    ) -> Option<News> {
        if known.due.contains(&period) {
            return Some(News::Due);
        }
        if let Some(touched) = touched.filter(|touched| !touched.files.is_empty()) {
            return Some(News::Late(touched.files.clone()));
        }
        let revised = known.revised(release?);
        // What was published of answers that are gone stays as it is.
        (!revised.is_empty() && !are_gone(&self.project, period)).then_some(News::Revised(revised))
    }

    /// The data files of a published period, if they were touched since.
    fn touched(&self, period: Period, known: &Known, release: Option<&Release>) -> Option<Touched> {
        let release = release.filter(|_| known.done.contains(&period))?;
        touched(&self.project, &self.places, period, release)
    }

    /// What there is to look at. None after an error of the history.
    fn known(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<Known> {
        let mut done = self.done(now, diagnostics)?;
        let due = self.calendar.due(&done, now).into_iter().collect();
        done.retain(|period| period.cadence() == self.calendar.every);
        Some(Known { due, done, listed: self.listed(now, diagnostics).unwrap_or_default() })
    }

    /// The newest release of every period of the project's length. None after an error of the history or without one.
    fn listed(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<BTreeMap<Period, Listed>> {
        let listed = self.history(false, now, diagnostics)?.newest_of(self.calendar.every);
        listed.map_err(|error| diagnostics.push(error.diagnostic())).ok()
    }
}

fn due_text(calendar: &Calendar, period: Period) -> LocalizedTexts {
    let since = calendar.due_at(period).map(|due| calendar.local(due)).unwrap_or_default();
    lang_texts(format!("已于 {since} 到期，尚无版本"), format!("due since {since}, without a release"))
}

fn late_text(files: &[String]) -> LocalizedTexts {
    let names = listed_names(files);
    lang_texts(format!("发布之后数据文件有变动：{names}"), format!("data changed since its release: {names}"))
}

fn revised_text(shown: &[Period]) -> LocalizedTexts {
    let names = listed_periods(shown);
    lang_texts(format!("所用 {names} 的数值此后有修订"), format!("shows {names}, which was revised since"))
}

fn follows_text(shown: &[Period]) -> LocalizedTexts {
    let names = listed_periods(shown);
    lang_texts(
        format!("若 {names} 由此有了新版本，随后重建"),
        format!("shows {names}: follows if that gets a new revision"),
    )
}

fn listed_periods(periods: &[Period]) -> String {
    listed_names(&periods.iter().map(ToString::to_string).collect::<Vec<_>>())
}

fn listed_names(names: &[String]) -> String {
    let more = if names.len() > MOST_NAMED { ", …" } else { "" };
    names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ") + more
}
