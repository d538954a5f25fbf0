//! `manyi serve-schedule`: stays and runs each period when it is due. It keeps nothing in memory: what is due follows from the
//! history and the clock, so that it may be stopped (SIGTERM, SIGINT) and started at any time, beside other schedulers too.

use std::time::Duration;

use crate::cli::args_runs::ServeOptions;
use crate::cli::console::Console;
use crate::cli::run::now;
use crate::cli::{Outcome, logs};
use crate::config::PROJECT_FILE;
use crate::diagnostics::Diagnostics;
use crate::runs::watch::look;
use crate::runs::{RunRequest, Session};

/// How long a run of another scheduler is waited for.
const WAIT: Duration = Duration::from_secs(600);

pub(crate) fn run(options: &ServeOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    logs::start(options.log, console.is_quiet(), console.is_verbose());
    // A project that is broken may be mended while this waits; one that is not there is a mistake in the command.
    if !options.project.join(PROJECT_FILE).is_file() {
        Session::open(&options.project, options.out.clone(), diagnostics);
        return Ok(());
    }
    let mut round = 0;
    loop {
        let mut found = Diagnostics::new();
        let next = one_round(options, &mut found);
        logs::problems(&found, console);
        round += 1;
        if options.rounds.is_some_and(|rounds| round >= rounds) {
            diagnostics.extend(found);
            return Ok(());
        }
        std::thread::sleep(next.min(Duration::from_secs(options.every.max(1))));
    }
}

/// Runs what is due, looks whether all of it is there, as the two timers do; how long there is nothing to do then.
fn one_round(options: &ServeOptions, diagnostics: &mut Diagnostics) -> Duration {
    const AGAIN: Duration = Duration::from_secs(3600);
    let begun = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else { return AGAIN };
    let request = RunRequest {
        root: options.project.clone(),
        period: None,
        out: options.out.clone(),
        deliver: !options.no_deliver,
        catching_up: false,
        force: false,
        approve: false,
        wait: WAIT,
        jobs: None,
        now: begun,
    };
    session.catch_up(&request, &now, diagnostics);
    let now = now();
    look(&session, options.no_deliver, now, diagnostics);
    let next = session.calendar.next(now).and_then(|next| (next - now).to_std().ok());
    tracing::info!(next = session.calendar.next(now).map(tracing::field::display), "waiting");
    next.map_or(AGAIN, |next| next + Duration::from_secs(1))
}
