//! What a timer starts: the periods that are due, those with late data, and those that show numbers which were revised since; done, or
//! only listed with the reasons.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::config::Period;
use crate::diagnostics::{Diagnostics, Level, LocalizedTexts, lang_texts};
use crate::runs::due::Calendar;
use crate::runs::history::Listed;
use crate::runs::late::{Touched, are_gone, keep_past, knows_past, touched};
use crate::runs::plan::Planned;
use crate::runs::record::Release;
use crate::runs::releases::Releases;
use crate::runs::run::{Outcome, RunReport, RunRequest, run};
use crate::runs::scope::shown_past;
use crate::runs::session::Session;
use crate::runs::situation::failure_text;
use crate::runs::unreachable;

/// Files or periods that a reason names.
const MOST_NAMED: usize = 5;

/// Why a period would be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Because {
    /// It is due and has no release, or one whose run was cut off.
    Due,
    /// Data files came or changed since its release.
    Late,
    /// Its release shows numbers of earlier periods that were revised or added since.
    Revised,
    /// Its last run failed or was held, and the cause is gone: that is noted and told.
    Stopped,
    /// What its release says of itself cannot be read.
    Damaged,
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

/// Why a period has to be run.
enum News {
    Due,
    /// With the data files that came or changed.
    Late(Vec<String>),
    /// With the periods that were revised or added.
    Revised(Vec<Period>),
    /// Its last run failed or was held, and nothing is there any more that it could have failed on.
    Stopped,
    /// What its release says of itself cannot be read.
    Damaged,
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
        let Some(mut releases) = self.releases(clock(), diagnostics) else {
            if let (true, Some(_lock)) = (request.deliver, self.lock(clock())) {
                let why = failure_text(diagnostics.iter().skip(before));
                unreachable::tell(&self.project, &self.places, Some(why), clock(), diagnostics);
            }
            return Vec::new();
        };
        let due = self.calendar.due(&releases.ended, &releases.unfinished, clock());
        let mut reports = Vec::new();
        for period in due.union(&releases.periods()).copied() {
            let (news, touched) = self.news(period, &due, &releases, clock());
            let (mut well, runs) = (true, news.is_some());
            // As it was before the run: what is published meanwhile is looked at by the next call.
            let looks = touched.is_some() || matches!(news, Some(News::Revised(_)));
            let release = self.release(period).ok().flatten().filter(|_| looks);
            let past = release.map(|held| past_text(&self.past(&held, &releases)));
            if news.is_some() {
                let request = RunRequest { period: Some(period), catching_up: true, now: clock(), ..request.clone() };
                let report = run(&request, diagnostics);
                well = matches!(report.outcome, Outcome::Published | Outcome::Unchanged) && !report.waits;
                let locked_out = report.locked_out;
                reports.push(report);
                // Who holds the lock does the rest, or hangs: then the next call finds it.
                if locked_out {
                    break;
                }
                if let Some(now) = self.releases(clock(), diagnostics) {
                    releases = now;
                }
            }
            if let Some(past) = past.filter(|_| well) {
                match touched {
                    Some(touched) => touched.keep(&self.places, period, Some(past.as_str()).filter(|_| runs)),
                    None => keep_past(&self.places, period, &past),
                }
            }
        }
        if request.deliver && !reports.iter().any(|report| report.locked_out) {
            self.end_alarms(clock(), diagnostics);
        }
        reports
    }

    /// The releases of earlier periods that a release would show now.
    fn past(&self, release: &Release, releases: &Releases) -> Vec<Listed> {
        // Those that it shows of its window are not in the files.
        let shown: Vec<Period> = release.past.iter().map(|held| held.period).collect();
        shown_past(&self.project, release.period, &shown, &releases.listed)
    }

    /// What [`Session::catch_up`] would run and why, in its order, looking only. Whether late data come to another revision is known
    /// once they are measured: what would follow from that is listed as [`Because::Follows`].
    pub fn would_catch_up(&self, force: bool, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Vec<Wanted> {
        let Some(releases) = self.releases(now, diagnostics) else { return Vec::new() };
        let due = self.calendar.due(&releases.ended, &releases.unfinished, now);
        let mut wanted: Vec<Wanted> = Vec::new();
        for period in due.union(&releases.periods()).copied() {
            let (because, why) = match self.news(period, &due, &releases, now).0 {
                Some(News::Due) if releases.unfinished.contains(&period) => (Because::Due, unfinished_text()),
                Some(News::Due) => (Because::Due, due_text(&self.calendar, period)),
                Some(News::Late(files)) => (Because::Late, late_text(&files)),
                Some(News::Revised(shown)) => (Because::Revised, revised_text(&shown)),
                Some(News::Stopped) => (Because::Stopped, stopped_text()),
                Some(News::Damaged) => (Because::Damaged, damaged_text()),
                None => {
                    let past = shown_past(&self.project, period, &[], &releases.listed);
                    let shows =
                        |one: &Wanted| past.iter().any(|held| held.period == one.period) || one.because == Because::Due;
                    let first = past.first().map(|held| held.period);
                    let rebuilt =
                        wanted.iter().filter(|one| one.planned.is_some() && Some(one.period) >= first && shows(one));
                    let shown: Vec<Period> = rebuilt.map(|one| one.period).filter(|_| first.is_some()).collect();
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

    /// Why a period has to be run, none if its release stands; and what is to be noted of its data files once that went well.
    fn news(
        &self,
        period: Period,
        due: &BTreeSet<Period>,
        releases: &Releases,
        now: DateTime<Utc>,
    ) -> (Option<News>, Option<Touched>) {
        if due.contains(&period) {
            return (Some(News::Due), None);
        }
        // What is neither due nor at its end is not over, as is what somebody published early.
        let early = self.calendar.last_complete(now).is_none_or(|last| period > last);
        if early || !releases.ended.contains(&period) {
            return (None, None);
        }
        let release = match self.release(period) {
            Ok(Some(release)) => release,
            Ok(None) => return (None, None),
            Err(_) => return (Some(News::Damaged), None),
        };
        let touched = touched(&self.project, &self.places, period, &release);
        let late = touched.as_ref().map(|touched| touched.files.clone()).filter(|files| !files.is_empty());
        let revised = || {
            let past = self.past(&release, releases);
            let revised = revised(&release, &past, &releases.listed);
            // What was published of answers that are gone stays as it is.
            let known = || touched.is_none() && knows_past(&self.places, &release, &past_text(&past));
            let stays = || are_gone(&self.project, period) || known();
            (!revised.is_empty() && !stays()).then_some(News::Revised(revised))
        };
        let stopped = || releases.stopped.contains(&period).then_some(News::Stopped);
        (late.map(News::Late).or_else(revised).or_else(stopped), touched)
    }
}

/// Earlier periods whose numbers a release shows as they were, or does not show because they were published after it.
fn revised(release: &Release, past: &[Listed], newest: &BTreeMap<Period, Listed>) -> Vec<Period> {
    let Some(own) = newest.get(&release.period) else { return Vec::new() };
    let is_news = |now: &&Listed| match release.past.iter().find(|shown| shown.period == now.period) {
        Some(shown) => shown.revision < now.revision,
        None => own.recorded() < now.recorded(),
    };
    past.iter().filter(is_news).map(|now| now.period).collect()
}

fn past_text(past: &[Listed]) -> String {
    past.iter().map(|held| format!("{} r{}", held.period, held.revision)).collect::<Vec<_>>().join(" ")
}

fn due_text(calendar: &Calendar, period: Period) -> LocalizedTexts {
    let since = calendar.due_at(period).map(|due| calendar.local(due)).unwrap_or_default();
    lang_texts(format!("已于 {since} 到期，尚无版本"), format!("due since {since}, without a release"))
}

fn unfinished_text() -> LocalizedTexts {
    lang_texts("已发布，但上次运行中断，未完成收尾", "published, but its run was cut off before its end")
}

fn stopped_text() -> LocalizedTexts {
    lang_texts("上次运行失败或被扣住，其原因已不存在", "its last run failed or was held, and the cause is gone")
}

fn damaged_text() -> LocalizedTexts {
    lang_texts("其版本的 release.json 无法读取", "the release.json of its release cannot be read")
}

fn late_text(files: &[String]) -> LocalizedTexts {
    let names = listed_names(files);
    lang_texts(format!("发布之后数据文件有变动：{names}"), format!("data changed since its release: {names}"))
}

fn revised_text(shown: &[Period]) -> LocalizedTexts {
    let names = listed_periods(shown);
    lang_texts(
        format!("所用 {names} 的数值此后有修订或补充"),
        format!("shows {names}, which was revised or added since"),
    )
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
