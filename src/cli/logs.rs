//! The log of unattended runs on standard error: lines for people, or one JSON object a line. It names periods, steps and files,
//! never answers.

use std::io;

use tracing::Level;

use crate::cli::args_runs::LogFormat;
use crate::cli::console::Console;
use crate::diagnostics::{self, Diagnostics};

/// Starts the log of the program; `verbose` lets every step be seen. A log that was started before stays.
pub(crate) fn start(format: LogFormat, quiet: bool, verbose: bool) {
    let level = if quiet {
        Level::ERROR
    } else if verbose {
        Level::DEBUG
    } else {
        Level::INFO
    };
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_target(false);
    let _ = match format {
        LogFormat::Text => tracing::subscriber::set_global_default(log.finish()),
        LogFormat::Json => tracing::subscriber::set_global_default(log.json().flatten_event(true).finish()),
    };
}

/// Writes problems into the log, so that every line of it can be read by the same program; notes only where they are wanted.
pub(crate) fn problems(found: &Diagnostics, console: &Console) {
    for problem in found.iter() {
        let (code, text) = (problem.message.code, problem.text(console.lang));
        let hint = problem.hint(console.lang);
        let (place, hint) = (problem.location.as_ref().map(|place| place.file.as_str()), hint.as_deref());
        match problem.level {
            diagnostics::Level::Error => tracing::error!(code, place, hint, "{text}"),
            diagnostics::Level::Warning => tracing::warn!(code, place, hint, "{text}"),
            diagnostics::Level::Note if console.is_verbose() => tracing::info!(code, place, hint, "{text}"),
            diagnostics::Level::Note => {}
        }
    }
}
