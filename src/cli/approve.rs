//! `manyi approve`: publishes a release that a gate holds.

use std::time::Duration;

use crate::cli::args_runs::{ApproveOptions, LogFormat};
use crate::cli::console::Console;
use crate::cli::run::{now, print_reports};
use crate::cli::{Outcome, logs};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::held::held;
use crate::runs::work::Work;
use crate::runs::{self, RunRequest, Session};

pub(crate) fn run(options: &ApproveOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    logs::start(LogFormat::Text, console.is_quiet(), console.is_verbose());
    let now = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return Ok(()) };
    let waiting = held(&session.places);
    let periods = waiting.iter().map(|period| period.to_string()).collect::<Vec<_>>().join(", ");
    let period = match (options.period, waiting.as_slice()) {
        (Some(period), _) => Some(period),
        (None, [period]) => Some(*period),
        (None, []) => session.calendar.last_complete(now),
        (None, _) => {
            diagnostics.push(Diagnostic::error(&messages::SEVERAL_HELD).arg("periods", periods));
            return print_reports(&[], console, diagnostics);
        }
    };
    let Some(period) = period else { return Ok(()) };
    let work = Work::look(session.places.work(period), period);
    if work.progress.numbers.is_none() {
        diagnostics.push(Diagnostic::error(&messages::NOTHING_HELD).arg("period", period));
        if !waiting.is_empty() {
            diagnostics.push(Diagnostic::warning(&messages::SEVERAL_HELD).arg("periods", periods));
        }
        return print_reports(&[], console, diagnostics);
    }
    let request = RunRequest {
        root: options.project.clone(),
        period: Some(period),
        out: options.out.clone(),
        deliver: !options.no_deliver,
        catching_up: false,
        force: false,
        approve: true,
        wait: Duration::from_secs(options.wait),
        jobs: None,
        now,
    };
    let report = runs::run(&request, diagnostics);
    print_reports(&[report], console, diagnostics)
}
