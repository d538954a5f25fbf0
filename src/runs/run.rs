//! One run: the order of its steps, from the lock to the links. What is needed is decided from what is on the disk, so that a run
//! after a crash goes on and a run without news does nothing.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::analysis::control::RunRule;
use crate::config::raw::GateAction;
use crate::config::{Period, Project, load_project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, lang_texts};
use crate::document::findings::rule_title;
use crate::runs::cause::Cause;
use crate::runs::changes::{Change, changes};
use crate::runs::due::Calendar;
use crate::runs::ending::{Origin, end, finish};
use crate::runs::gates::{self, Known, Verdict};
use crate::runs::gone;
use crate::runs::history::{self, History};
use crate::runs::inputs::{Input, are_there};
use crate::runs::lock::{self, Locked, RunLock};
use crate::runs::measuring::{Measure, Measuring, measure};
use crate::runs::numbers::{FindingRecord, Numbers};
use crate::runs::plan::{Planned, Step, plan};
use crate::runs::published::{before, most_published};
use crate::runs::record::{PastRelease, Release, ReleasedReport, SCHEMA};
use crate::runs::release::{Places, RELEASE_FILE, write_whole};
use crate::runs::reports::build_reports;
use crate::runs::restore::restore;
use crate::runs::scope::Scope;
use crate::runs::steps::passed;
use crate::runs::stopped::{Stopped, stop, stored, written};
use crate::runs::window::{Since, fewer, since, unapproved};
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
    /// What a timer found is run: later periods are looked at by the same call, and another template or setting alone makes no revision.
    pub catching_up: bool,
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
    /// True if another run had the lock all the time.
    #[serde(skip)]
    pub locked_out: bool,
    /// True if the release stays as it is until earlier periods that are read with it are published as their files are now.
    #[serde(skip)]
    pub waits: bool,
}

/// What a run has in hand: kept until its end is told.
#[derive(Debug, Default)]
pub(super) struct Hand {
    lock: Option<RunLock>,
    pub(super) project: Option<Project>,
    pub(super) history: Option<History>,
    /// Numbers of a release that this run published or brought to its end.
    pub(super) told: Option<Numbers>,
    /// Gates that did not hold, if they were checked.
    pub(super) verdicts: Option<Vec<Verdict>>,
}

impl Hand {
    fn history(&mut self) -> Result<&mut History, Stopped> {
        self.history.as_mut().ok_or(Stopped)
    }
}

impl RunReport {
    /// The report of a period that was not run: its release stays.
    pub(super) fn unchanged(period: Period, revision: u32, places: &Places, now: DateTime<Utc>) -> Self {
        Self {
            period: Some(period),
            outcome: Outcome::Unchanged,
            revision: Some(revision),
            folder: Some(places.revision(period, revision)),
            ..Self::begun(now)
        }
    }

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
            locked_out: false,
            waits: false,
        }
    }
}

/// Runs a period of a project: publishes its release if there is news, tells whom it concerns, and sends what is due.
pub fn run(request: &RunRequest, diagnostics: &mut Diagnostics) -> RunReport {
    let begun = std::time::Instant::now();
    let mut report = RunReport::begun(request.now);
    // Of this run alone: the errors of a period that was run before it are no reason to build nothing.
    let mut found = Diagnostics::new();
    let mut hand = Hand::default();
    let ended = go(request, &mut hand, &mut report, &mut found);
    if ended.is_err() {
        report.outcome = Outcome::Failed;
    }
    let now = request.now + chrono::TimeDelta::from_std(begun.elapsed()).unwrap_or_default();
    report.ended_at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    // Without the lock another run is at work, which tells its own end.
    if hand.lock.is_some() {
        let problems: Vec<Diagnostic> = found.iter().cloned().collect();
        end(&mut hand, &report, request, &problems, now, &mut found);
    }
    // Who asks for the run has looked at the project before.
    found.into_iter().for_each(|problem| diagnostics.push_once(problem));
    let outcome = history::word(&report.outcome);
    tracing::info!(
        period = report.period.map(tracing::field::display),
        outcome,
        revision = report.revision,
        "run ended"
    );
    report
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
    let state = places.state();
    written("locked", &state.display(), places.prepare(), diagnostics)?;
    match RunLock::take(&places.lock(), request.wait, request.now) {
        Ok(Locked::Held(lock)) => hand.lock = Some(lock),
        Ok(Locked::Busy { pid, since }) => {
            report.locked_out = true;
            return Err(stop(lock::taken(&pid, &since), diagnostics));
        }
        Err(error) => return Err(stop(lock::none(&places.lock(), &error), diagnostics)),
    }
    passed("locked");

    let place = history::place(&project, runs).map_err(|problem| stop(*problem, diagnostics))?;
    let history = hand.history.insert(stored(History::open(&place, runs, request.now), diagnostics)?);
    // Before anything is built that could not be published.
    if let Some(folder) = places.in_the_way(period) {
        return Err(stop(Diagnostic::error(&messages::LINK_TAKEN).arg("folder", folder.display()), diagnostics));
    }
    stored(restore(history, &project, &places, request.now, diagnostics), diagnostics)?;
    let newest = places.newest_revision(period);
    let previous = newest.map(|revision| Release::read(&places.revision(period, revision)));
    let previous = previous.transpose().map_err(|problem| stop(*problem, diagnostics))?.flatten();
    let left = previous.as_ref().is_some_and(|release| Work::is_of(&places.work(period), &release.files));
    // What was published of answers that are gone stays as it is, but is brought to its end.
    if let Some(release) = previous.as_ref().filter(|_| !request.force && !are_there(&project, period)) {
        diagnostics.push(gone::note(period, gone::answers()));
        return stay(release, left, hand, &places, request, report, diagnostics);
    }
    let scope = Scope::of(&project, period, Some(history), diagnostics).ok_or(Stopped)?;
    let made = made(&scope, &places, previous.as_ref());
    let scope = scope.recalled(made, history, diagnostics).ok_or(Stopped)?;
    passed("inputs-hashed");

    let planned = plan(&scope, &places, previous.as_ref(), true, request.force);
    report.steps.clone_from(&planned.steps);
    if let (Planned { unchanged: true, .. }, Some(release)) = (&planned, &previous) {
        return stay(release, left, hand, &places, request, report, diagnostics);
    }

    let published = previous.as_ref().filter(|_| !request.force);
    let measure = match measure(scope, published, hand.history()?, &places, &request.root, diagnostics)? {
        Measuring::Done(measure) => *measure,
        Measuring::Gone(what) => {
            diagnostics.push(gone::note(period, what));
            let Some(release) = published else { return Err(Stopped) };
            return stay(release, left, hand, &places, request, report, diagnostics);
        }
    };
    let Measure { scope, mut work, numbers, mut measured, waited } = measure;
    passed("numbers-kept");
    let fingerprint = scope.fingerprint(&numbers);
    if let Some(release) = published {
        let since = if release.fingerprint == fingerprint {
            Since::Nothing
        } else {
            since_release(release, &numbers, &scope, &places, request)
        };
        if since != Since::News {
            report.waits = since != Since::Nothing;
            // A timer asks again each time, and the alarm of the gate tells of it.
            if since == Since::Held && !request.catching_up {
                diagnostics.push(Diagnostic::warning(&messages::WAITS_FOR_HELD).arg("period", period));
            }
            return stay(release, left, hand, &places, request, report, diagnostics);
        }
    }

    let known = Known {
        before: stored(before(hand.history()?, period), diagnostics)?,
        published: stored(most_published(hand.history()?, &places, period), diagnostics)?,
        fewer_read: fewer(&numbers, &places),
        unapproved: unapproved(&numbers, &places),
    };
    let verdicts = gates::check(&project, &runs.gates, &numbers, &known);
    report.gates = verdicts.iter().map(Verdict::to_json).collect();
    hand.verdicts = Some(verdicts.clone());
    let worst = gates::worst(&verdicts);
    if worst == Some(GateAction::Fail) {
        diagnostics.extend(verdicts.into_iter().map(|verdict| verdict.problem));
        return Err(stop(Diagnostic::error(&messages::FAILED_GATE).arg("period", period), diagnostics));
    }
    passed("gates-checked");

    let reports = build_reports(&scope, &mut work, previous.as_ref(), &places, request, &mut measured, diagnostics)?;
    drop(measured);
    let held = worst == Some(GateAction::Hold);
    let seen = gates::seen(&fingerprint, &verdicts);
    if held && request.approve {
        if waited && work.progress.held.as_ref() == Some(&seen) {
            written("gates-checked", &state.display(), work.approve(&seen), diagnostics)?;
        } else {
            diagnostics.push(Diagnostic::warning(&messages::CHANGED_SINCE_HELD).arg("period", period));
        }
    }
    let approved = held && work.approved().as_ref() == Some(&seen);
    for verdict in verdicts {
        let mut problem = verdict.problem;
        // What was approved is said, but is no error any more.
        if approved {
            problem.level = Level::Warning;
        }
        diagnostics.push(problem);
    }
    report.signals = numbers.signals();
    report.reports = reports.iter().map(|held| held.id.clone()).collect();
    if held && !approved {
        work.progress.held = Some(seen);
        written("gates-checked", &state.display(), work.keep(), diagnostics)?;
        report.outcome = Outcome::Held;
        report.folder = Some(work.content());
        diagnostics.push(Diagnostic::error(&messages::HELD).arg("period", period));
        return Ok(());
    }

    let ready = Ready { project: &project, scope, work, numbers, reports, fingerprint, previous, approved };
    publish(ready, hand, &places, request, report, diagnostics)
}

/// A release that is built, and that no gate holds.
struct Ready<'a> {
    project: &'a Project,
    scope: Scope,
    work: Work,
    numbers: Numbers,
    reports: Vec<ReleasedReport>,
    fingerprint: String,
    previous: Option<Release>,
    approved: bool,
}

/// Describes a release, puts it in place and brings it to its end.
fn publish(
    ready: Ready<'_>,
    hand: &mut Hand,
    places: &Places,
    request: &RunRequest,
    report: &mut RunReport,
    diagnostics: &mut Diagnostics,
) -> Result<(), Stopped> {
    let Ready { project, scope, work, numbers, reports, fingerprint, previous, approved } = ready;
    let (period, state) = (scope.period, places.state());
    let newest = places.newest_revision(period);
    let listed = stored(hand.history()?.newest_of(period.cadence()), diagnostics)?;
    let known = listed.get(&period);
    // A release whose folder is gone is built anew under its number: nobody is sent a new revision of the same.
    let is_gone = |held: &&history::Listed| previous.as_ref().is_none_or(|other| other.revision < held.revision);
    let again = known.filter(|held| is_gone(held) && held.fingerprint == fingerprint);
    let next = || newest.max(known.map(|held| held.revision)).unwrap_or_default() + 1;
    let revision = again.map_or_else(next, |held| held.revision);
    let earlier = match (&previous, known) {
        (Some(release), _) => Some(release.numbers.clone()),
        (None, Some(held)) if again.is_none() => Some(stored(hand.history()?.numbers(held), diagnostics)?),
        _ => None,
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
        cause: previous.as_ref().map(|before| Cause::of(before, &scope, &numbers)),
        changes: earlier.map(|earlier| changes(&earlier, &numbers)).unwrap_or_default(),
        signals: numbers.signals(),
        numbers,
    };
    let described = written("release-described", &state.display(), release.to_bytes(), diagnostics)?;
    let mut files = vec![(RELEASE_FILE.to_owned(), described)];
    files.extend(crate::runs::page::pages(project, &release));
    for (name, bytes) in files {
        let path = work.content().join(&name);
        written("release-described", &path.display(), write_whole(&path, &bytes), diagnostics)?;
    }
    passed("release-described");
    let folder = places.revision(period, revision);
    written("release-moved", &folder.display(), places.place(&work.content(), period, revision), diagnostics)?;
    describe(report, &release, places);
    let done = finish(&release, Origin::Published, hand, places, request, diagnostics);
    done.map_err(|stopped| unfinished(stopped, &release, diagnostics))?;
    report.outcome = Outcome::Published;
    say_signals(&release, diagnostics);
    if !request.catching_up {
        say_later(&release, &listed, diagnostics);
    }
    Ok(())
}

/// Ends a run that makes no release: the one in place stays and is brought to its end. `left` if work on it was left behind.
fn stay(
    release: &Release,
    left: bool,
    hand: &mut Hand,
    places: &Places,
    request: &RunRequest,
    report: &mut RunReport,
    diagnostics: &mut Diagnostics,
) -> Result<(), Stopped> {
    describe(report, release, places);
    let origin = if left { Origin::Interrupted } else { Origin::InPlace };
    let done = finish(release, origin, hand, places, request, diagnostics);
    let done = done.map_err(|stopped| unfinished(stopped, release, diagnostics))?;
    report.outcome = if done { Outcome::Published } else { Outcome::Unchanged };
    Ok(())
}

/// The project and the period to run.
fn open(request: &RunRequest, diagnostics: &mut Diagnostics) -> Option<(Project, Period)> {
    let mut found = Diagnostics::new();
    let project = load_project(&request.root, &mut found);
    let broken = found.has_errors();
    diagnostics.extend(found);
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

/// True if a release shows the past that one would show now.
fn shows(release: &Release, scope: &Scope) -> bool {
    let now = scope.past.iter().map(|held| (held.period, held.revision));
    release.past.iter().map(|held| (held.period, held.revision)).eq(now)
}

/// What became of the inputs since a release, apart from the same fingerprint. To a timer neither another template nor another setting
/// is news; whoever asks for a period gets them.
fn since_release(release: &Release, numbers: &Numbers, scope: &Scope, places: &Places, request: &RunRequest) -> Since {
    if request.catching_up && release.numbers.content == numbers.content && shows(release, scope) {
        return Since::Nothing;
    }
    let settings = |inputs: &[Input]| inputs.iter().filter(|input| !input.data).cloned().collect::<Vec<_>>();
    match since(release, numbers, scope, places) {
        since if request.catching_up => since,
        Since::Held => Since::Held,
        Since::Nothing if settings(&release.inputs) == settings(&scope.inputs) => Since::Nothing,
        _ => Since::News,
    }
}

/// Which earlier periods were not in the files when work that was left or the release before was made, and what the files came to.
pub(super) fn made(scope: &Scope, places: &Places, previous: Option<&Release>) -> [(Vec<Period>, String); 2] {
    let left = Work::look(places.work(scope.period), scope.period).progress;
    let shown = previous.map(|release| (release.shown_of(scope.read_with()), release.files.clone()));
    [(left.gone, left.files), shown.unwrap_or_default()]
}

fn describe(report: &mut RunReport, release: &Release, places: &Places) {
    report.revision = Some(release.revision);
    report.folder = Some(places.revision(release.period, release.revision));
    report.reports = release.report_ids();
    report.gates.clone_from(&release.gates);
    report.signals.clone_from(&release.signals);
    report.changes.clone_from(&release.changes);
}

/// Says that a release is in place although its run stopped: who reads that a run failed takes it for unpublished.
fn unfinished(stopped: Stopped, release: &Release, diagnostics: &mut Diagnostics) -> Stopped {
    let unfinished = Diagnostic::error(&messages::NOT_FINISHED).arg("period", release.period);
    diagnostics.push(unfinished.arg("revision", release.revision));
    stopped
}

fn say_signals(release: &Release, diagnostics: &mut Diagnostics) {
    for signal in &release.signals {
        let fired = Diagnostic::warning(&messages::CONTROL_SIGNAL).arg("period", release.period);
        let fired = fired.arg("metric", signal.metric.as_deref().unwrap_or_default());
        let word = signal.rule.as_deref().unwrap_or_default();
        let rule: Option<RunRule> = serde_json::from_value(word.into()).ok();
        diagnostics.push(fired.words("rule", rule.map_or_else(|| lang_texts(word, word), rule_title)));
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
