//! Why a run cannot go on: what is to be said was said, and the run ends.

use std::io;

use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::runs::database::DatabaseError;

/// A run that cannot go on; the reason is among the diagnostics.
#[derive(Debug)]
pub(super) struct Stopped;

/// Says why a run cannot go on.
pub(super) fn stop(problem: Diagnostic, diagnostics: &mut Diagnostics) -> Stopped {
    diagnostics.push(problem);
    Stopped
}

/// The result of the database, its error said.
pub(super) fn stored<T>(done: Result<T, DatabaseError>, diagnostics: &mut Diagnostics) -> Result<T, Stopped> {
    done.map_err(|error| stop(error.diagnostic(), diagnostics))
}

/// The result of writing, its error said with the step at which it happened.
pub(super) fn written<T>(
    step: &'static str,
    place: &dyn std::fmt::Display,
    done: io::Result<T>,
    diagnostics: &mut Diagnostics,
) -> Result<T, Stopped> {
    done.map_err(|error| stop(not_written(step, place, &error), diagnostics))
}

/// The problem of a place that cannot be written.
pub(super) fn not_written(step: &'static str, place: &dyn std::fmt::Display, error: &io::Error) -> Diagnostic {
    let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", step).arg("place", place);
    problem.words("problem", io_problem(error))
}
