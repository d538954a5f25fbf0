//! `manyi backfill`: the releases of past periods, oldest first, so that each shows those before it.

use std::time::Duration;

use crate::cli::args_runs::{BackfillOptions, LogFormat};
use crate::cli::console::Console;
use crate::cli::run::{now, print_reports};
use crate::cli::{Outcome, logs};
use crate::config::validate_runs::example;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::{RunRequest, Session};

pub(crate) fn run(options: &BackfillOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    logs::start(LogFormat::Text, console.is_quiet(), console.is_verbose());
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return Ok(()) };
    let (from, to) = (options.from, options.to);
    if from.through(to).next().is_none() {
        let wanted = example(session.runs.every);
        let none = Diagnostic::error(&messages::NO_PERIODS).arg("from", from).arg("to", to).arg("wanted", wanted);
        diagnostics.push(none);
        return print_reports(&[], console, diagnostics);
    }
    let request = RunRequest {
        root: options.project.clone(),
        period: None,
        out: options.out.clone(),
        // Nobody waits for mail about last year.
        deliver: false,
        catching_up: false,
        force: false,
        approve: false,
        wait: Duration::from_secs(options.wait),
        jobs: None,
        now: now(),
    };
    let reports = session.backfill(&request, from.through(to), diagnostics);
    print_reports(&reports, console, diagnostics)
}
