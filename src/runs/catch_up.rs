//! What a timer starts: the periods that are due, those with late data, and those that show numbers which were revised since; done, or
//! only listed with the reasons.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::config::Period;
use crate::diagnostics::{Diagnostics, Level, LocalizedTexts, lang_texts};
use crate::runs::due::Calendar;
use crate::runs::history::Listed;
use crate::runs::late::{Touched, touched};
use crate::runs::plan::Planned;
use crate::runs::record::PastRelease;
use crate::runs::run::{Outcome, RunReport, RunRequest, run};
use crate::runs::session::Session;
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
    /// It shows numbers of periods that are run before; if one of these gets a new revision, it is run too.
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

impl Session {
    /// Runs what a timer is for: the periods that are due and have no release, those with late data, and last, if all went well,
    /// those that show numbers which were revised since. `request` says how, `clock` what time it is.
    pub fn catch_up(
        &self,
        request: &RunRequest,
        clock: &dyn Fn() -> DateTime<Utc>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<RunReport> {
        let before = diagnostics.len();
        let Some(done) = self.done(clock(), diagnostics) else {
            if let (true, Some(_lock)) = (request.deliver, self.lock(clock())) {
                let why = unreachable::words(diagnostics.iter().skip(before));
                unreachable::tell(&self.project, &self.places, Some(why), clock(), diagnostics);
            }
            return Vec::new();
        };
        let mut reports = Vec::new();
        let mut each = |period: Period, diagnostics: &mut Diagnostics| {
            let request = RunRequest { period: Some(period), now: clock(), ..request.clone() };
            let report = run(&request, diagnostics);
            let well = matches!(report.outcome, Outcome::Published | Outcome::Unchanged);
            reports.push(report);
            well
        };
        for period in self.calendar.due(&done, clock()) {
            each(period, diagnostics);
        }
        for period in done.into_iter().filter(|period| period.cadence() == self.calendar.every) {
            if let Some(touched) = self.touched(period)
                && (touched.files.is_empty() || each(period, diagnostics))
            {
                touched.keep(&self.places, period);
            }
        }
        if !diagnostics.has_errors() {
            for period in self.outdated(clock(), diagnostics) {
                each(period, diagnostics);
            }
        }
        reports
    }

    /// What [`Session::catch_up`] would run and why, in its order, looking only. Whether late data come to another revision is known
    /// once they are measured: what would follow from that is listed as [`Because::Follows`].
    pub fn would_catch_up(&self, force: bool, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Vec<Wanted> {
        let Some(done) = self.done(now, diagnostics) else { return Vec::new() };
        let mut wanted = Vec::new();
        for period in self.calendar.due(&done, now) {
            let why = due_text(&self.calendar, period);
            wanted.push(self.wanted(period, Because::Due, why, force, now, diagnostics));
        }
        for period in done.into_iter().filter(|period| period.cadence() == self.calendar.every) {
            let Some(touched) = self.touched(period).filter(|touched| !touched.files.is_empty()) else { continue };
            let why = late_text(&touched.files);
            wanted.push(self.wanted(period, Because::Late, why, force, now, diagnostics));
        }
        // As above: after an error nothing else is built anew.
        if diagnostics.has_errors() {
            return wanted;
        }
        for (period, because, shown) in self.would_follow(&wanted, now, diagnostics) {
            wanted.push(self.wanted(period, because, shown_text(because, &shown), force, now, diagnostics));
        }
        wanted
    }

    /// What would be run after these and why, with the periods whose numbers are shown as they were.
    fn would_follow(
        &self,
        first: &[Wanted],
        now: DateTime<Utc>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Period, Because, Vec<Period>)> {
        let Some(listed) = self.listed(now, diagnostics) else { return Vec::new() };
        let late = |period: &Period| first.iter().any(|held| held.period == *period && held.because == Because::Late);
        let mut found = Vec::new();
        for period in listed.keys().copied().filter(|period| !late(period)) {
            let shown = self.shown(period);
            let revised: Vec<Period> =
                shown.iter().filter(|held| is_old(held, &listed)).map(|held| held.period).collect();
            let rebuilt =
                shown.iter().map(|held| held.period).filter(|held| first.iter().any(|one| one.period == *held));
            match revised.is_empty() {
                false => found.push((period, Because::Revised, revised)),
                true => found.push((period, Because::Follows, rebuilt.collect())),
            }
        }
        // What is due is run before the late data of periods that it shows.
        for due in first.iter().filter(|held| held.because == Because::Due) {
            let past = due.planned.iter().flat_map(|planned| &planned.past);
            found.push((due.period, Because::Follows, past.copied().filter(late).collect()));
        }
        found.retain(|(.., shown)| !shown.is_empty());
        found.sort_by_key(|(period, ..)| *period);
        found
    }

    fn wanted(
        &self,
        period: Period,
        because: Because,
        why: LocalizedTexts,
        force: bool,
        now: DateTime<Utc>,
        diagnostics: &mut Diagnostics,
    ) -> Wanted {
        let errors = diagnostics.count(Level::Error);
        let planned = self.look(period, force, now, diagnostics);
        Wanted { period, because, why, planned: planned.filter(|_| diagnostics.count(Level::Error) == errors) }
    }

    /// The data files of a published period, if they were touched since.
    fn touched(&self, period: Period) -> Option<Touched> {
        touched(&self.project, &self.places, period, &self.release(period)?)
    }

    /// Releases of earlier periods whose numbers the release of a period shows.
    fn shown(&self, period: Period) -> Vec<PastRelease> {
        self.release(period).map(|release| release.past).unwrap_or_default()
    }

    /// Releases that show numbers of earlier periods which were revised since, oldest first.
    fn outdated(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Vec<Period> {
        let Some(listed) = self.listed(now, diagnostics) else { return Vec::new() };
        let shows_old = |period: &Period| self.shown(*period).iter().any(|held| is_old(held, &listed));
        listed.keys().copied().filter(shows_old).collect()
    }

    /// The newest release of every period of the project's length. None after an error of the history or without one.
    fn listed(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<BTreeMap<Period, Listed>> {
        let listed = self.history(false, now, diagnostics)?.newest();
        let mut listed = listed.map_err(|error| diagnostics.push(error.diagnostic())).ok()?;
        listed.retain(|period, _| period.cadence() == self.calendar.every);
        Some(listed)
    }
}

/// True if a release that is shown has a newer revision.
fn is_old(shown: &PastRelease, listed: &BTreeMap<Period, Listed>) -> bool {
    listed.get(&shown.period).is_some_and(|newest| newest.revision > shown.revision)
}

fn due_text(calendar: &Calendar, period: Period) -> LocalizedTexts {
    let since = calendar.due_at(period).map(|due| calendar.local(due)).unwrap_or_default();
    lang_texts(format!("已于 {since} 到期，尚无版本"), format!("due since {since}, without a release"))
}

fn late_text(files: &[String]) -> LocalizedTexts {
    let names = listed_names(files);
    lang_texts(format!("发布之后数据文件有变动：{names}"), format!("data changed since its release: {names}"))
}

fn shown_text(because: Because, shown: &[Period]) -> LocalizedTexts {
    let names = listed_names(&shown.iter().map(ToString::to_string).collect::<Vec<_>>());
    match because {
        Because::Follows => lang_texts(
            format!("若 {names} 由此有了新版本，随后重建"),
            format!("shows {names}: follows if that gets a new revision"),
        ),
        _ => lang_texts(
            format!("所用 {names} 的数值此后有修订；前面各期都顺利才会运行"),
            format!("shows {names}, which was revised since; run if all before it ends well"),
        ),
    }
}

fn listed_names(names: &[String]) -> String {
    let more = if names.len() > MOST_NAMED { ", …" } else { "" };
    names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ") + more
}
