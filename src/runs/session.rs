//! A project opened for looking into its history: what is done, whether a run is at work, and what one would do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::raw::RawRuns;
use crate::config::{Period, Project, load_project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::due::Calendar;
use crate::runs::history::{self, History};
use crate::runs::late::are_gone;
use crate::runs::lock::{Locked, RunLock};
use crate::runs::plan::{Planned, plan};
use crate::runs::record::Release;
use crate::runs::release::Places;
use crate::runs::restore::restore;
use crate::runs::run::{RunReport, RunRequest, made, run};
use crate::runs::scope::Scope;
use crate::runs::{over, telling, undelivered};

/// How long a run may be at work before it is no excuse any more; the units of systemd end it then.
const LONGEST_RUN: TimeDelta = TimeDelta::hours(6);

/// A project that runs, opened.
#[derive(Debug)]
pub struct Session {
    /// The project.
    pub project: Project,
    /// Its `runs` section.
    pub runs: RawRuns,
    /// When it runs.
    pub calendar: Calendar,
    /// Where its releases are.
    pub places: Places,
}

impl Session {
    /// Opens a project. None after an error.
    pub fn open(root: &Path, out: Option<PathBuf>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let project = load_project(root, diagnostics)?;
        if diagnostics.has_errors() {
            return None;
        }
        let Some(runs) = project.raw.runs.clone() else {
            diagnostics.push(Diagnostic::error(&messages::NO_RUNS).at(project.at("project")).key("runs"));
            return None;
        };
        let calendar = Calendar::of(&runs);
        let places = Places::new(out.unwrap_or_else(|| project.path("out")));
        Some(Self { project, runs, calendar, places })
    }

    /// The history, if it is there or `make` says that it shall be made. None after an error or without one.
    pub fn history(&self, make: bool, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<History> {
        let place = history::place(&self.project, &self.runs).map_err(|problem| diagnostics.push(*problem)).ok()?;
        let found = match make {
            true => History::open(&place, &self.runs, now).map(Some),
            false => History::find(&place, &self.runs, now),
        };
        found.map_err(|error| diagnostics.push(error.diagnostic())).ok()?
    }

    /// Sends what is due in the outbox, unless a run is at work, which does it itself.
    pub fn send_due(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) {
        if !telling::has_channels(&self.project) {
            return;
        }
        let Some(mut history) = self.history(false, now, diagnostics) else { return };
        if let Some(_lock) = self.lock(now)
            && let Err(error) = undelivered::send(&mut history, &self.project, now, diagnostics)
        {
            diagnostics.push(error.diagnostic());
        }
    }

    /// Ends alarms about runs that no run ends, and sends that they are over. What is wrong with the history is said by whoever asks it next.
    pub fn end_alarms(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) {
        if !telling::has_channels(&self.project) {
            return;
        }
        // A run that has just told of its failure is about to note it.
        let Some(_lock) = self.lock(now) else { return };
        let mut unsaid = Diagnostics::new();
        let found = self.history(false, now, &mut unsaid).zip(self.releases(now, &mut unsaid));
        let Some((mut history, releases)) = found else { return };
        let ended = over::end(&mut history, &self.project, &self.calendar, &releases, now);
        let sent = ended.and_then(|queued| match queued {
            0 => Ok(()),
            _ => undelivered::send(&mut history, &self.project, now, diagnostics).map(drop),
        });
        if let Err(error) = sent {
            diagnostics.push(error.diagnostic());
        }
    }

    /// True while another run is at work that began a short time ago: it may be making what is missing.
    pub fn at_work(&self, now: DateTime<Utc>) -> bool {
        match RunLock::take(&self.places.lock(), Duration::ZERO, now) {
            // Who has just taken the lock may be about to write since when.
            Ok(Locked::Busy { since, .. }) => {
                DateTime::parse_from_rfc3339(&since).map_or(true, |since| (now - since.to_utc()).abs() <= LONGEST_RUN)
            }
            _ => false,
        }
    }

    /// The lock of the project, unless a run is at work.
    pub(super) fn lock(&self, now: DateTime<Utc>) -> Option<RunLock> {
        match self.places.prepare().and_then(|()| RunLock::take(&self.places.lock(), Duration::ZERO, now)) {
            Ok(Locked::Held(lock)) => Some(lock),
            _ => None,
        }
    }

    /// Runs past periods, oldest first, so that each shows those before it. A period that has a release and whose answers are gone
    /// stays as it is.
    pub fn backfill(
        &self,
        request: &RunRequest,
        periods: impl IntoIterator<Item = Period>,
        diagnostics: &mut Diagnostics,
    ) -> Vec<RunReport> {
        self.restore(request.now, diagnostics);
        let Some(releases) = self.releases(request.now, diagnostics) else { return Vec::new() };
        let mut reports = Vec::new();
        for period in periods {
            let kept = self.places.linked_revision(period).filter(|_| releases.ended.contains(&period));
            reports.push(match kept.filter(|_| are_gone(&self.project, period)) {
                Some(revision) => RunReport::unchanged(period, revision, &self.places, request.now),
                None => run(&RunRequest { period: Some(period), ..request.clone() }, diagnostics),
            });
        }
        reports
    }

    /// Writes what the history lacks from the releases on the disk, unless a run is at work, which does it itself.
    pub(super) fn restore(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) {
        if self.places.periods().is_empty() {
            return;
        }
        let Some(_lock) = self.lock(now) else { return };
        // That the history cannot be reached is said by whoever asks it next.
        let Some(mut history) = self.history(true, now, &mut Diagnostics::new()) else { return };
        if let Err(error) = restore(&mut history, &self.project, &self.places, now, diagnostics) {
            diagnostics.push(error.diagnostic());
        }
    }

    /// The release of a period that readers see; none if there is none.
    ///
    /// # Errors
    /// It cannot be read, as a diagnostic.
    pub(super) fn release(&self, period: Period) -> Result<Option<Release>, Box<Diagnostic>> {
        let Some(revision) = self.places.linked_revision(period) else { return Ok(None) };
        Release::read(&self.places.revision(period, revision))
    }

    /// What a run of a period would do, looking only. None after an error.
    pub fn look(
        &self,
        period: Period,
        force: bool,
        now: DateTime<Utc>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Planned> {
        let mut history = self.history(false, now, diagnostics);
        let mut scope = Scope::of(&self.project, period, history.as_mut(), diagnostics)?;
        let newest = self.places.newest_revision(period);
        let previous = newest.and_then(|revision| match Release::read(&self.places.revision(period, revision)) {
            Ok(release) => release,
            Err(problem) => {
                diagnostics.push(*problem);
                None
            }
        });
        if let Some(history) = &mut history {
            let made = made(&scope, &self.places, previous.as_ref());
            scope = scope.recalled(made, history, diagnostics)?;
        }
        let told = match (&previous, &mut history) {
            (Some(release), Some(history)) => history.was_noted(period, release.revision),
            _ => Ok(true),
        };
        let told = told.map_err(|error| diagnostics.push(error.diagnostic())).ok()?;
        Some(plan(&scope, &self.places, previous.as_ref(), told, force))
    }
}
