//! The reports of a release: each is built by itself and remembered by the key of what it was made of, so that a run that stopped goes
//! on, and what the release before has under the same key is taken over.

use std::io;

use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::pipeline::Measured;
use crate::pipeline::build::{BuildRequest, build, report_ids};
use crate::runs::measuring::numbers_of;
use crate::runs::record::{Release, ReleasedReport};
use crate::runs::release::Places;
use crate::runs::run::RunRequest;
use crate::runs::scope::Scope;
use crate::runs::steps::passed;
use crate::runs::stopped::{Stopped, stop, written};
use crate::runs::work::Work;

/// Builds what is not built yet. `measured` holds the numbers if they were measured by this run, and is filled if they are needed.
pub(super) fn build_reports(
    scope: &Scope,
    work: &mut Work,
    previous: Option<&Release>,
    places: &Places,
    request: &RunRequest,
    measured: &mut Option<Measured>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<ReleasedReport>, Stopped> {
    const STEP: &str = "report-built";
    let ids = report_ids(&scope.project);
    let content = work.progress.numbers.as_ref().map(|numbers| numbers.content.clone()).unwrap_or_default();
    let at = work.content().display().to_string();
    let mut released = Vec::new();
    for id in &ids {
        let key = scope.report_key(id, &content);
        let taken = previous.filter(|_| !request.force).and_then(|release| {
            let report = release.reports.iter().find(|held| held.id == *id && held.key == key)?;
            let folder = places.revision(release.period, release.revision);
            // What was altered or is gone is made anew.
            report.is_intact(&folder).then_some((report, folder))
        });
        let done = if work.has(id, &key) {
            Ok(())
        } else if let Some((report, folder)) = taken {
            work.take_over(report, &folder)
        } else {
            written(STEP, &at, work.forget(id), diagnostics)?;
            let held = match measured.take() {
                Some(held) => held,
                None => again(scope, work, request, diagnostics)?,
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
        written(STEP, &at, done, diagnostics)?;
        passed(STEP);
        released.push((id, key));
    }
    written(STEP, &at, work.tidy(&ids), diagnostics)?;
    let listed = released.into_iter().map(|(id, key)| {
        let files = work.files_of(id)?;
        Ok(ReleasedReport { id: id.clone(), key, files })
    });
    let listed: io::Result<Vec<ReleasedReport>> = listed.collect();
    written(STEP, &at, listed, diagnostics)
}

/// Measures again what another run measured: its numbers are kept and stand in the release, so that the documents must say the same.
fn again(
    scope: &Scope,
    work: &mut Work,
    request: &RunRequest,
    diagnostics: &mut Diagnostics,
) -> Result<Measured, Stopped> {
    let held = scope.measure(&request.root, diagnostics).ok_or(Stopped)?;
    let numbers = numbers_of(&held, scope, diagnostics)?;
    let kept = work.progress.numbers.take();
    if kept.as_ref().is_some_and(|kept| kept.content != numbers.content || kept.inputs != numbers.inputs) {
        // These numbers are of no answers that are there: the next run begins anew.
        written("measured", &work.content().display(), work.keep(), diagnostics)?;
        let changed =
            numbers.inputs.iter().find(|input| !kept.as_ref().is_some_and(|kept| kept.inputs.contains(input)));
        let file = changed.or(numbers.inputs.first()).map(|input| input.file.clone()).unwrap_or_default();
        return Err(stop(Diagnostic::error(&messages::INPUT_CHANGING).arg("file", file), diagnostics));
    }
    work.progress.numbers = kept;
    Ok(held)
}
