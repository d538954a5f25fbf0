//! The numbers of a period: those that a run before kept, or measured anew. Which answers the files hold is known once they are read;
//! earlier periods that they do not hold any more are then shown as they were published.

use std::path::Path;

use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts};
use crate::pipeline::Measured;
use crate::pipeline::planning::plan_of;
use crate::runs::gone::{gone, has_answers};
use crate::runs::history::History;
use crate::runs::numbers::{Numbers, TableShape, content_digest, shapes};
use crate::runs::record::Release;
use crate::runs::release::Places;
use crate::runs::scope::Scope;
use crate::runs::steps::passed;
use crate::runs::stopped::{Stopped, stop, written};
use crate::runs::window::{absent, read_with};
use crate::runs::work::Work;

/// What measuring came to.
pub(super) enum Measuring {
    /// There are numbers.
    Done(Box<Measure>),
    /// Rows of a published period are gone; which, in words.
    Gone(LocalizedTexts),
}

/// A period with its numbers.
pub(super) struct Measure {
    /// What was looked at.
    pub scope: Scope,
    /// The work, with the numbers kept.
    pub work: Work,
    /// The numbers.
    pub numbers: Numbers,
    /// The answers, if this run read them.
    pub measured: Option<Measured>,
    /// True if the numbers are of a run before: somebody may have looked at what was made of them.
    pub waited: bool,
}

/// The numbers of a period, kept in its work. `published` is a release that stays if its answers are gone.
pub(super) fn measure(
    scope: Scope,
    published: Option<&Release>,
    history: &mut History,
    places: &Places,
    root: &Path,
    diagnostics: &mut Diagnostics,
) -> Result<Measuring, Stopped> {
    let state = places.state();
    let work = resumed(&scope, places, diagnostics)?;
    if let Some(numbers) = work.progress.numbers.clone() {
        let kept = Measure { scope, work, numbers, measured: None, waited: true };
        return Ok(Measuring::Done(Box::new(kept)));
    }
    let (mut scope, mut work) = (scope, work);
    let mut found = Diagnostics::new();
    let mut held = scope.measure(root, &mut found);
    if let Some(what) = published.and_then(|release| gone(&scope, release, held.as_ref(), &found)) {
        return Ok(Measuring::Gone(what));
    }
    let absent = held.as_ref().map(|held| absent(&scope, held)).unwrap_or_default();
    if !absent.is_empty() {
        let shown = scope.without(absent, history, diagnostics).ok_or(Stopped)?;
        if shown.files != scope.files {
            scope = shown;
            work = resumed(&scope, places, diagnostics)?;
            held = scope.measure(root, &mut found);
        }
    }
    found.into_iter().for_each(|problem| diagnostics.push_once(problem));
    let held = held.ok_or(Stopped)?;
    let numbers = numbers_of(&held, &scope, diagnostics)?;
    passed("measured");
    work.progress.numbers = Some(numbers.clone());
    written("numbers-kept", &state.display(), work.keep(), diagnostics)?;
    Ok(Measuring::Done(Box::new(Measure { scope, work, numbers, measured: Some(held), waited: false })))
}

/// The work on a scope as it was left.
fn resumed(scope: &Scope, places: &Places, diagnostics: &mut Diagnostics) -> Result<Work, Stopped> {
    let resumed = Work::resume(places.work(scope.period), scope.period, &scope.files);
    let mut work = written("measured", &places.state().display(), resumed, diagnostics)?;
    work.progress.gone.clone_from(&scope.gone);
    Ok(work)
}

/// The numbers of the period, which must be the newest wave of the data, from files that are still what they were.
pub(super) fn numbers_of(
    measured: &Measured,
    scope: &Scope,
    diagnostics: &mut Diagnostics,
) -> Result<Numbers, Stopped> {
    let period = scope.period;
    if !has_answers(measured, period) {
        return Err(stop(Diagnostic::error(&messages::NO_ANSWERS_OF_PERIOD).arg("period", period), diagnostics));
    }
    let mut remarks = Diagnostics::new();
    let planned = plan_of(measured, measured.project.raw.project.date.as_deref(), &mut remarks);
    let freshness = scope.freshness_column();
    let mut numbers = Numbers::of(measured, period, &planned.findings, freshness.as_deref());
    // What is missing or new in the period must not drown in the periods that are read with it.
    if let Some(own) = scope.own_tables() {
        if let Some(file) = scope.changed_since(&own) {
            return Err(stop(Diagnostic::error(&messages::INPUT_CHANGING).arg("file", file), diagnostics));
        }
        let mut all = std::mem::replace(&mut numbers.tables, shapes(&measured.project, &own));
        // One without a row of the period is still a table of the project.
        all.retain(|shape| own.get(&shape.table).is_none());
        numbers.tables.extend(all.into_iter().map(TableShape::emptied));
        numbers.own_content = content_digest(&own);
    }
    if !measured.project.raw.tables.is_empty() {
        numbers.survey_content = scope.survey_content(period).unwrap_or_default();
    }
    numbers.read_with = read_with(scope, measured);
    let numbers = numbers.settled();
    for read in &numbers.inputs {
        let hashed = scope.inputs.iter().find(|input| input.file == read.file);
        // What came since is in no fingerprint.
        if hashed.is_none_or(|input| input.sha256 != read.sha256) {
            return Err(stop(Diagnostic::error(&messages::INPUT_CHANGING).arg("file", &read.file), diagnostics));
        }
    }
    Ok(numbers)
}
