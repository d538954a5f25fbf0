//! What happens when a document takes too much: the process is replaced by the same command, told which report to leave out. So
//! everything else goes its usual way: other reports are built, the failure is told and noted in the history, and the exit code is 1.
//! What was published before stands, as after any other sudden end.

use serde_json::json;

use crate::cli::console::Console;
use crate::cli::print_json;
use crate::diagnostics::Diagnostics;
use crate::render::watch::{self, Excess};

/// Environment variable in which the program tells itself what took too much.
const STOPPED: &str = "MANYI_STOPPED";

/// Reports that are left out before the program gives up.
const MOST: usize = 32;

/// Watches documents while they are made.
pub(super) fn arm(console: &Console) {
    let told = std::env::var(STOPPED).ok().and_then(|text| serde_json::from_str::<Vec<Excess>>(&text).ok());
    let stopped = told.unwrap_or_default();
    let console = console.clone();
    watch::arm(stopped.clone(), move |excess| stop(&console, stopped.clone(), excess));
}

#[expect(clippy::exit, reason = "nothing else ends the thread that makes the document")]
fn stop(console: &Console, mut stopped: Vec<Excess>, excess: Excess) {
    let problem = excess.diagnostic();
    console.wipe_progress();
    tracing::error!(document = excess.document, file = excess.file, code = problem.message.code, "stopped");
    stopped.push(excess);
    if stopped.len() <= MOST {
        begin_again(&stopped);
    }
    // Here only where the program cannot begin again.
    let mut diagnostics = Diagnostics::new();
    diagnostics.push(problem);
    if console.json {
        let _ = print_json(console, json!({ "schema": 1 }), &diagnostics);
    }
    console.report(&diagnostics);
    std::process::exit(1);
}

/// Replaces the process by the same command; returns where that cannot be done.
#[cfg(unix)]
fn begin_again(stopped: &[Excess]) {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    let Ok(text) = serde_json::to_string(stopped) else { return };
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let _ = Command::new(program).arg0(name).args(arguments).env(STOPPED, text).exec();
}

#[cfg(not(unix))]
fn begin_again(_stopped: &[Excess]) {}
