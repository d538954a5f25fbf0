//! One run: the order of its steps, from the lock to the links. What is needed is decided from what is on the disk, so that a run
//! after a crash goes on and a run without news does nothing.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use crate::analysis::control::RunRule;
use crate::config::raw::GateAction;
use crate::config::{Period, Project, load_project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, io_problem};
use crate::pipeline::Measured;
use crate::pipeline::build::{BuildRequest, build, report_ids};
use crate::pipeline::planning::plan_of;
use crate::runs::changes::{Change, changes};
use crate::runs::due::Calendar;
use crate::runs::gates::{self, Verdict};
use crate::runs::history::{self, Attempt, History};
use crate::runs::lock::{Locked, RunLock};
use crate::runs::numbers::{FindingRecord, Numbers};
use crate::runs::plan::{Planned, Step, plan};
use crate::runs::record::{PastRelease, Release, ReleasedReport, SCHEMA};
use crate::runs::release::{Places, RELEASE_FILE, write_whole};
use crate::runs::scope::Scope;
use crate::runs::signals::{self, ChartPoint, IndicatorChart};
use crate::runs::steps::passed;
use crate::runs::telling::{self, End};
use crate::runs::work::Work;

/// What is asked of a run.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// Project folder.
    pub root: PathBuf,
    /// Period; the last complete one if none.
    pub period: Option<Period>,
    /// Output folder; `out` in the project if none.
    pub out: Option<PathBuf>,
    /// Build anew although nothing changed, and periods that are not over.
    pub force: bool,
    /// Publish although a gate holds the release.
    pub approve: bool,
    /// Queue and send messages.
    pub deliver: bool,
    /// How long to wait for another run.
    pub wait: Duration,
    /// Documents made at once; default one a core.
    pub jobs: Option<usize>,
    /// The clock.
    pub now: DateTime<Utc>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A release is in place that was not before.
    Published,
    /// There was nothing to do.
    Unchanged,
    /// A gate holds the release.
    Held,
    /// Nothing was published.
    Failed,
}

/// The report of a run, for machines.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// Version of this format.
    pub schema: u32,
    /// Period; none if the project could not be read.
    pub period: Option<Period>,
    /// How it ended.
    pub outcome: Outcome,
    /// Revision in place.
    pub revision: Option<u32>,
    /// Folder of the release, or of what waits for approval.
    pub folder: Option<PathBuf>,
    /// Beginning and end, RFC 3339.
    pub started_at: String,
    /// End.
    pub ended_at: String,
    /// What was done and why.
    pub steps: Vec<Step>,
    /// Reports of the release.
    pub reports: Vec<String>,
    /// Gates that did not hold.
    pub gates: Vec<Value>,
    /// Control rules that fire.
    pub signals: Vec<FindingRecord>,
    /// Numbers that the revision before had otherwise.
    pub changes: Vec<Change>,
}

/// What a run has in hand: kept until its end is told.
#[derive(Debug, Default)]
struct Hand {
    lock: Option<RunLock>,
    project: Option<Project>,
    history: Option<History>,
    numbers: Option<Numbers>,
    verdicts: Option<Vec<Verdict>>,
    controls: Vec<(String, Vec<RunRule>)>,
}

/// Why a run cannot go on; what is to be said was said.
#[derive(Debug)]
struct Stopped;

impl RunReport {
    fn begun(now: DateTime<Utc>) -> Self {
        let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
        Self {
            schema: 1,
            period: None,
            outcome: Outcome::Failed,
            revision: None,
            folder: None,
            started_at: at.clone(),
            ended_at: at,
            steps: Vec::new(),
            reports: Vec::new(),
            gates: Vec::new(),
            signals: Vec::new(),
            changes: Vec::new(),
        }
    }
}

/// Runs a period of a project: publishes its release if there is news, tells whom it concerns, and sends what is due.
pub fn run(request: &RunRequest, diagnostics: &mut Diagnostics) -> RunReport {
    let begun = std::time::Instant::now();
    let mut report = RunReport::begun(request.now);
    let before = diagnostics.len();
    let mut hand = Hand::default();
    let ended = go(request, &mut hand, &mut report, diagnostics);
    if ended.is_err() {
        report.outcome = Outcome::Failed;
    }
    let took = chrono::TimeDelta::from_std(begun.elapsed()).unwrap_or_default();
    report.ended_at = (request.now + took).to_rfc3339_opts(SecondsFormat::Secs, true);
    // Without the lock another run is at work, which tells its own end.
    if hand.lock.is_some() {
        if report.outcome != Outcome::Unchanged {
            let problems: Vec<Diagnostic> = diagnostics.iter().skip(before).cloned().collect();
            note(&report, hand.history.as_mut(), request, &problems, diagnostics);
            if request.deliver {
                tell_end(&mut hand, &report, &problems, request.now, diagnostics);
            }
            passed("reported");
        }
        if let (true, Some(history), Some(project)) = (request.deliver, &mut hand.history, &hand.project)
            && telling::has_channels(project)
            && let Err(error) = telling::send(history, project, request.now, diagnostics)
        {
            diagnostics.push(error.diagnostic());
        }
    }
    let outcome = history::word(&report.outcome);
    tracing::info!(
        period = report.period.map(tracing::field::display),
        outcome,
        revision = report.revision,
        "run ended"
    );
    report
}

/// Tells what began and what ended with this run.
fn tell_end(
    hand: &mut Hand,
    report: &RunReport,
    problems: &[Diagnostic],
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) {
    let (Some(history), Some(project), Some(period)) = (&mut hand.history, &hand.project, report.period) else {
        return;
    };
    let errors: Vec<&Diagnostic> = problems.iter().filter(|problem| problem.level == Level::Error).collect();
    let failed = report.outcome == Outcome::Failed;
    let end = End {
        numbers: hand.numbers.as_ref(),
        controls: std::mem::take(&mut hand.controls),
        gates: hand.verdicts.take(),
        stopped: report.outcome != Outcome::Published,
        ended: Some(failed.then(|| telling::failure_text(&errors))),
        missing: None,
    };
    if let Err(error) = telling::tell(history, project, &period.to_string(), &end, now) {
        diagnostics.push(error.diagnostic());
    }
}

/// Writes the report of a run beside the work and notes the attempt in the history.
fn note(
    report: &RunReport,
    history: Option<&mut History>,
    request: &RunRequest,
    problems: &[Diagnostic],
    diagnostics: &mut Diagnostics,
) {
    let Some(period) = report.period else { return };
    let codes = problems.iter().filter(|found| found.level != Level::Note);
    let attempt = Attempt {
        period,
        started_at: report.started_at.clone(),
        ended_at: report.ended_at.clone(),
        outcome: history::word(&report.outcome),
        revision: report.revision,
        codes: codes.map(|found| found.message.code.to_owned()).collect(),
    };
    if let Some(Err(error)) = history.map(|history| history.note_attempt(&attempt)) {
        diagnostics.push(error.diagnostic());
    }
    let places = Places::new(request.out.clone().unwrap_or_else(|| request.root.join("out")));
    let path = places.state().join("runs").join(format!("{period}.json"));
    let written = serde_json::to_vec_pretty(&report).map_err(io::Error::other);
    if let Err(error) = written.and_then(|bytes| write_whole(&path, &bytes)) {
        diagnostics.push(not_written("reported", &path.display(), &error));
    }
}

fn go(
    request: &RunRequest,
    hand: &mut Hand,
    report: &mut RunReport,
    diagnostics: &mut Diagnostics,
) -> Result<(), Stopped> {
    let (project, period) = open(request, diagnostics).ok_or(Stopped)?;
    hand.project = Some(project.clone());
    report.period = Some(period);
    tracing::info!(%period, "run begins");
    let Some(runs) = &project.raw.runs else { return Err(Stopped) };
    let places = Places::new(request.out.clone().unwrap_or_else(|| project.path("out")));
    let written = |step: &'static str, place: &dyn std::fmt::Display, done: io::Result<()>, found: &mut Diagnostics| {
        done.map_err(|error| {
            found.push(not_written(step, place, &error));
            Stopped
        })
    };
    written("locked", &places.state().display(), places.prepare(), diagnostics)?;
    hand.lock = Some(take_lock(&places, request, diagnostics)?);
    passed("locked");

    let place = history::place(&project, runs).map_err(|problem| stop(*problem, diagnostics))?;
    let opened = History::open(&place, runs, request.now);
    let history = hand.history.insert(opened.map_err(|error| stop(error.diagnostic(), diagnostics))?);
    let scope = Scope::of(&project, period, Some(history), diagnostics).ok_or(Stopped)?;
    passed("inputs-hashed");

    let newest = places.newest_revision(period);
    let previous = newest.map(|revision| Release::read(&places.revision(period, revision)));
    let previous = previous.transpose().map_err(|problem| stop(*problem, diagnostics))?.flatten();
    let planned = plan(&scope, &places, previous.as_ref(), request.force);
    report.steps.clone_from(&planned.steps);
    let finish = |release: &Release, history: &mut History, diagnostics: &mut Diagnostics| {
        finish(release, &project, &places, history, request, diagnostics)
    };
    if let (Planned { unchanged: true, .. }, Some(release)) = (&planned, &previous) {
        describe(report, release, &places);
        let done = finish(release, history, diagnostics)?;
        report.outcome = if done { Outcome::Published } else { Outcome::Unchanged };
        return Ok(());
    }

    let resumed = Work::resume(places.work(period), period, &scope.files);
    let mut work =
        resumed.map_err(|error| stop(not_written("measured", &places.state().display(), &error), diagnostics))?;
    let mut measured = None;
    let numbers = match &work.progress.numbers {
        Some(numbers) => numbers.clone(),
        None => {
            let held = measured.insert(scope.measure(&request.root, diagnostics).ok_or(Stopped)?);
            let numbers = numbers_of(held, &scope, diagnostics)?;
            passed("measured");
            work.progress.numbers = Some(numbers.clone());
            written("numbers-kept", &places.state().display(), work.keep(), diagnostics)?;
            numbers
        }
    };
    passed("numbers-kept");
    let fingerprint = scope.fingerprint(&numbers);
    if let Some(release) = previous.as_ref().filter(|held| held.fingerprint == fingerprint && !request.force) {
        describe(report, release, &places);
        let done = finish(release, history, diagnostics)?;
        report.outcome = if done { Outcome::Published } else { Outcome::Unchanged };
        return Ok(());
    }

    let before = before(history, period).map_err(|error| stop(error.diagnostic(), diagnostics))?;
    let verdicts = gates::check(&runs.gates, &numbers, before.as_ref());
    check_metric_names(runs, &numbers, diagnostics);
    report.gates = verdicts.iter().map(Verdict::to_json).collect();
    hand.verdicts = Some(verdicts.clone());
    hand.numbers = Some(numbers.clone());
    let worst = gates::worst(&verdicts);
    if worst == Some(GateAction::Fail) {
        diagnostics.extend(verdicts.into_iter().map(|verdict| verdict.problem));
        return Err(stop(Diagnostic::error(&messages::FAILED_GATE).arg("period", period), diagnostics));
    }
    passed("gates-checked");

    let reports = build_reports(&scope, &mut work, previous.as_ref(), &places, request, &mut measured, diagnostics)?;
    drop(measured);
    let charts = charts(history, runs, &numbers, diagnostics)?;
    let signals = signals::findings(&charts, period);
    let fired = charts.iter().map(|chart| (chart.metric.clone(), chart.newest_rules(period).to_vec()));
    hand.controls = fired.collect();
    let held = worst == Some(GateAction::Hold);
    if held && request.approve {
        written("gates-checked", &places.state().display(), work.approve(&fingerprint), diagnostics)?;
    }
    let approved = held && work.approved().as_ref() == Some(&fingerprint);
    for verdict in verdicts {
        let mut problem = verdict.problem;
        // What was approved is said, but is no error any more.
        if approved {
            problem.level = Level::Warning;
        }
        diagnostics.push(problem);
    }
    report.signals.clone_from(&signals);
    report.reports = reports.iter().map(|held| held.id.clone()).collect();
    if held && !approved {
        report.outcome = Outcome::Held;
        report.folder = Some(work.content());
        diagnostics.push(Diagnostic::error(&messages::HELD).arg("period", period));
        return Ok(());
    }

    let listed = history.newest().map_err(|error| stop(error.diagnostic(), diagnostics))?;
    let known = listed.get(&period).map(|held| held.revision);
    let revision = newest.max(known).unwrap_or_default() + 1;
    let earlier = match (&previous, listed.get(&period)) {
        (Some(release), _) => Some(release.numbers.clone()),
        (None, Some(held)) => Some(history.numbers(held).map_err(|error| stop(error.diagnostic(), diagnostics))?),
        (None, None) => None,
    };
    let release = Release {
        schema: SCHEMA,
        period,
        revision,
        fingerprint,
        files: scope.files.clone(),
        inputs: scope.inputs.clone(),
        past: scope.past.iter().map(|held| PastRelease { period: held.period, revision: held.revision }).collect(),
        reports,
        gates: report.gates.clone(),
        approved,
        changes: earlier.map(|earlier| changes(&earlier, &numbers)).unwrap_or_default(),
        signals,
        numbers,
    };
    let page = crate::runs::page::pages(&project, &release, &charts);
    let mut files = vec![(RELEASE_FILE.to_owned(), release.to_bytes().unwrap_or_default())];
    files.extend(page);
    for (name, bytes) in files {
        let path = work.content().join(&name);
        written("release-described", &path.display(), write_whole(&path, &bytes), diagnostics)?;
    }
    passed("release-described");
    let folder = places.revision(period, revision);
    written("release-moved", &folder.display(), places.place(&work.content(), period, revision), diagnostics)?;
    describe(report, &release, &places);
    finish(&release, history, diagnostics)?;
    report.outcome = Outcome::Published;
    say_signals(&release, diagnostics);
    say_later(&release, &listed, diagnostics);
    Ok(())
}

/// The project and the period to run.
fn open(request: &RunRequest, diagnostics: &mut Diagnostics) -> Option<(Project, Period)> {
    let mut found = Diagnostics::new();
    let project = load_project(&request.root, &mut found);
    let broken = found.has_errors();
    // Who asks for the run has looked at the project before.
    found.into_iter().for_each(|problem| diagnostics.push_once(problem));
    let project = project.filter(|_| !broken)?;
    let Some(runs) = &project.raw.runs else {
        diagnostics.push(Diagnostic::error(&messages::NO_RUNS).at(project.at("project")).key("runs"));
        return None;
    };
    let calendar = Calendar::of(runs);
    let last = calendar.last_complete(request.now)?;
    let period = request.period.unwrap_or(last);
    if period.cadence() != runs.every {
        let wanted = crate::config::validate_runs::example(runs.every);
        diagnostics.push(Diagnostic::error(&messages::NOT_A_PERIOD).arg("period", period).arg("wanted", wanted));
        return None;
    }
    if period > last && !request.force {
        let early = Diagnostic::error(&messages::PERIOD_NOT_OVER).arg("period", period).arg("zone", runs.zone());
        diagnostics.push(early);
        return None;
    }
    Some((project, period))
}

fn stop(problem: Diagnostic, diagnostics: &mut Diagnostics) -> Stopped {
    diagnostics.push(problem);
    Stopped
}

fn not_written(step: &'static str, place: &dyn std::fmt::Display, error: &io::Error) -> Diagnostic {
    let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", step).arg("place", place);
    problem.words("problem", io_problem(error))
}

fn take_lock(places: &Places, request: &RunRequest, diagnostics: &mut Diagnostics) -> Result<RunLock, Stopped> {
    let path = places.state().join("run.lock");
    match RunLock::take(&path, request.wait, request.now) {
        Ok(Locked::Held(lock)) => Ok(lock),
        Ok(Locked::Busy { pid, since }) => {
            Err(stop(Diagnostic::error(&messages::BUSY).arg("pid", pid).arg("since", since), diagnostics))
        }
        Err(error) => {
            let problem = Diagnostic::error(&messages::NO_LOCKS).arg("file", path.display());
            Err(stop(problem.words("problem", io_problem(&error)), diagnostics))
        }
    }
}

/// The numbers of the period, which must be the newest wave of the data.
fn numbers_of(measured: &Measured, scope: &Scope, diagnostics: &mut Diagnostics) -> Result<Numbers, Stopped> {
    let period = scope.period;
    if measured.indicators.survey().results.current_wave() != Some(&period.to_string()) {
        return Err(stop(Diagnostic::error(&messages::NO_ANSWERS_OF_PERIOD).arg("period", period), diagnostics));
    }
    let mut remarks = Diagnostics::new();
    let planned = plan_of(measured, measured.project.raw.project.date.as_deref(), &mut remarks);
    let freshness = scope.freshness_column();
    Ok(Numbers::of(measured, period, &planned.findings, freshness.as_deref()).settled())
}

/// The newest numbers of an earlier period.
fn before(history: &mut History, period: Period) -> Result<Option<Numbers>, crate::runs::database::DatabaseError> {
    let newest = history.newest()?;
    match newest.range(..period).next_back() {
        Some((_, listed)) => history.numbers(listed).map(Some),
        None => Ok(None),
    }
}

/// Builds what is not built yet, each report by itself; what the release before has under the same key is taken over.
fn build_reports(
    scope: &Scope,
    work: &mut Work,
    previous: Option<&Release>,
    places: &Places,
    request: &RunRequest,
    measured: &mut Option<Measured>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<ReleasedReport>, Stopped> {
    let ids = report_ids(&scope.project);
    let content = work.progress.numbers.as_ref().map(|numbers| numbers.content.clone()).unwrap_or_default();
    let at = work.content().display().to_string();
    let mut released = Vec::new();
    for id in &ids {
        let key = scope.report_key(id, &content);
        let taken = previous.filter(|_| !request.force).and_then(|release| {
            let report = release.reports.iter().find(|held| held.id == *id && held.key == key)?;
            Some((report, places.revision(release.period, release.revision)))
        });
        let done = if work.has(id, &key) {
            Ok(())
        } else if let Some((report, folder)) = taken {
            work.take_over(report, &folder)
        } else {
            work.forget(id).map_err(|error| stop(not_written("report-built", &at, &error), diagnostics))?;
            let held = match measured.take() {
                Some(held) => held,
                None => scope.measure(&request.root, diagnostics).ok_or(Stopped)?,
            };
            tracing::info!(report = id, "building");
            let wanted = BuildRequest {
                out: Some(work.stage()),
                reports: vec![id.clone()],
                jobs: request.jobs,
                ..BuildRequest::default()
            };
            let errors = diagnostics.count(Level::Error);
            let published = build(&held, &wanted, diagnostics);
            *measured = Some(held);
            if published.is_empty() || diagnostics.count(Level::Error) > errors {
                return Err(Stopped);
            }
            work.built(id, &key)
        };
        done.map_err(|error| stop(not_written("report-built", &at, &error), diagnostics))?;
        passed("report-built");
        released.push((id, key));
    }
    work.tidy(&ids).map_err(|error| stop(not_written("report-built", &at, &error), diagnostics))?;
    let listed = released.into_iter().map(|(id, key)| {
        let files = work.files_of(id)?;
        Ok(ReleasedReport { id: id.clone(), key, files })
    });
    let listed: io::Result<Vec<ReleasedReport>> = listed.collect();
    listed.map_err(|error| stop(not_written("report-built", &at, &error), diagnostics))
}

/// The control charts over the history.
fn charts(
    history: &mut History,
    runs: &crate::config::raw::RawRuns,
    numbers: &Numbers,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<IndicatorChart>, Stopped> {
    let mut failed = None;
    let series = |metric: &str| match history.series(metric, &IndexMap::new()) {
        Ok(entries) => entries
            .into_iter()
            .filter_map(|entry| {
                let held = entry.estimate;
                let (value, n_eff) = (held.estimate?, held.n_eff.unwrap_or_default());
                Some(ChartPoint { period: entry.period, value, ci: held.ci, n_eff, limits: None, rules: Vec::new() })
            })
            .collect(),
        Err(error) => {
            failed = Some(error);
            Vec::new()
        }
    };
    let found = signals::charts(&runs.control, numbers, series, diagnostics);
    match failed {
        Some(error) => Err(stop(error.diagnostic(), diagnostics)),
        None => Ok(found),
    }
}

/// Brings a release that is in place to its end: links, history, outbox, old revisions. Each step is done only if it was not. True
/// if anything was to be done.
fn finish(
    release: &Release,
    project: &Project,
    places: &Places,
    history: &mut History,
    request: &RunRequest,
    diagnostics: &mut Diagnostics,
) -> Result<bool, Stopped> {
    let (period, revision) = (release.period, release.revision);
    let mut done = places.linked_revision(period) != Some(revision) || places.latest().is_none();
    places
        .link_up(period, revision)
        .map_err(|error| stop(not_written("period-linked", &places.link(period).display(), &error), diagnostics))?;
    let numbers = release.recorded_numbers();
    let recorded = history.record(&numbers, revision, &release.fingerprint, &release.report_ids(), request.now);
    done |= recorded.map_err(|error| stop(error.diagnostic(), diagnostics))?;
    passed("recorded");
    if request.deliver {
        let folder = places.revision(period, revision);
        let queued = telling::enqueue_release(history, project, release, &folder, request.now, diagnostics);
        queued.map_err(|error| stop(error.diagnostic(), diagnostics))?;
    }
    passed("enqueued");
    if let Some(keep) = project.raw.runs.as_ref().and_then(|runs| runs.keep.revisions) {
        let removed = places.remove_old(period, revision, keep);
        let removed = removed.map_err(|error| {
            stop(not_written("old-removed", &places.revisions(period).display(), &error), diagnostics)
        })?;
        done |= !removed.is_empty();
    }
    passed("old-removed");
    let work = places.work(period);
    Work::done(&work).map_err(|error| stop(not_written("old-removed", &work.display(), &error), diagnostics))?;
    Ok(done)
}

fn describe(report: &mut RunReport, release: &Release, places: &Places) {
    report.revision = Some(release.revision);
    report.folder = Some(places.revision(release.period, release.revision));
    report.reports = release.report_ids();
    report.gates.clone_from(&release.gates);
    report.signals.clone_from(&release.signals);
    report.changes.clone_from(&release.changes);
}

fn say_signals(release: &Release, diagnostics: &mut Diagnostics) {
    for signal in &release.signals {
        let fired = Diagnostic::warning(&messages::CONTROL_SIGNAL).arg("period", release.period);
        let fired = fired.arg("metric", signal.metric.as_deref().unwrap_or_default());
        diagnostics.push(fired.arg("rule", signal.rule.as_deref().unwrap_or_default()));
    }
}

/// Says which later releases show the numbers as they were.
fn say_later(
    release: &Release,
    listed: &std::collections::BTreeMap<Period, history::Listed>,
    diagnostics: &mut Diagnostics,
) {
    let later: Vec<String> = listed.range(release.period..).skip(1).map(|(period, _)| period.to_string()).collect();
    if release.revision > 1 && !later.is_empty() && !release.changes.is_empty() {
        let outdated = Diagnostic::warning(&messages::LATER_OUTDATED).arg("period", release.period);
        diagnostics.push(outdated.arg("later", later.join(", ")));
    }
}

/// Says which metrics of gates the project does not compute.
fn check_metric_names(runs: &crate::config::raw::RawRuns, numbers: &Numbers, diagnostics: &mut Diagnostics) {
    let limits = runs.gates.limits.keys().map(|metric| ("runs.gates.limits", metric));
    let jumps = runs.gates.jump.iter().flat_map(|gate| gate.limits.keys());
    let jumps = jumps.map(|metric| ("runs.gates.jump.limits", metric));
    for (place, metric) in limits.chain(jumps) {
        if !numbers.metrics.iter().any(|held| held.id == *metric) {
            let unknown = Diagnostic::warning(&messages::NO_SUCH_METRIC).arg("metric", metric).arg("place", place);
            let known = numbers.metrics.iter().map(|held| held.id.as_str());
            diagnostics.push(unknown.suggest(metric, known));
        }
    }
}
