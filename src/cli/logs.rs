//! The log of unattended runs on standard error: lines for people, or one JSON object a line. It names periods, steps and files,
//! never answers.

use std::io;

use tracing::Level;

use crate::cli::args_runs::LogFormat;

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
