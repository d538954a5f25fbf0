//! The command line: one file a verb. The only place that prints, and that knows exit codes: 0 done, 1 the input is at fault
//! or part of the work failed, 2 unexpected.

mod approve;
pub mod args;
pub mod args_runs;
mod backfill;
mod build;
mod check;
pub mod console;
mod deliveries;
mod explain;
mod grade;
mod history;
mod init;
mod limits;
mod logs;
mod metrics;
mod models;
mod of_period;
mod plan;
mod plugins;
mod purge;
mod resend;
mod run;
mod schedule;
mod schema;
mod serve;
mod settle;
mod signals;
mod skeleton;
mod tables;
mod templates;
mod themes;
mod watch;

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::cli::args::{Arguments, Verb};
use crate::cli::args_runs::LogFormat;
use crate::cli::console::{Console, diagnostics_json};
use crate::diagnostics::Diagnostics;

/// What a verb reports back.
pub(crate) type Outcome = io::Result<()>;

/// Parses the command line, does what it says and gives the exit code.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::from(error.use_stderr()));
        }
    };
    let console = Console::new(&arguments.common);
    let lang = arguments.common.lang;
    if matches!(arguments.verb, Verb::ServeSchedule(_)) {
        signals::end_when_told();
    }
    limits::arm(&console);
    let mut diagnostics = Diagnostics::new();
    let outcome = match &arguments.verb {
        Verb::Init(options) => init::run(options, lang, &console, &mut diagnostics),
        Verb::Check(options) => check::run(options, &console, &mut diagnostics),
        Verb::Metrics(options) => metrics::run(options, &console, &mut diagnostics),
        Verb::Tables(options) => tables::run(options, &console, &mut diagnostics),
        Verb::Plan(options) => plan::run(options, &console, &mut diagnostics),
        Verb::Explain(options) => explain::run(options, &console, &mut diagnostics),
        Verb::Build(options) => build::run(options, lang, &console, &mut diagnostics),
        Verb::Run(options) => run::run(options, &console, &mut diagnostics),
        Verb::Approve(options) => approve::run(options, &console, &mut diagnostics),
        Verb::History(options) => history::run(options, &console, &mut diagnostics),
        Verb::Backfill(options) => backfill::run(options, &console, &mut diagnostics),
        Verb::Watch(options) => watch::run(options, &console, &mut diagnostics),
        Verb::Resend(options) => resend::run(options, &console, &mut diagnostics),
        Verb::Settle(options) => settle::run(options, &console, &mut diagnostics),
        Verb::Schedule(options) => schedule::run(options, &console, &mut diagnostics),
        Verb::ServeSchedule(options) => serve::run(options, &console, &mut diagnostics),
        Verb::Purge(options) => purge::run(options, &console, &mut diagnostics),
        Verb::Grade(options) => grade::run(options, lang, &console, &mut diagnostics),
        Verb::Plugins(options) => plugins::run(options, &console, &mut diagnostics),
        Verb::Templates(options) => templates::run(options, lang, &console, &mut diagnostics),
        Verb::Themes(options) => themes::run(options, &console, &mut diagnostics),
        Verb::Schema(options) => schema::run(options, &console),
        Verb::ReadSubmission { files } => grade::read_submissions(files, &console),
        Verb::Completions { shell } => completions(*shell, &console),
        Verb::Manual => manual(&console),
    };
    // A log of JSON holds nothing else.
    let in_lines = match &arguments.verb {
        Verb::Run(options) => options.log == LogFormat::Json && !console.json,
        Verb::ServeSchedule(options) => options.log == LogFormat::Json,
        _ => false,
    };
    if in_lines {
        logs::problems(&diagnostics, &console);
    } else {
        console.report(&diagnostics);
    }
    match outcome {
        Ok(()) if diagnostics.has_errors() => ExitCode::from(1),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if in_lines {
                tracing::error!("{error}");
            } else {
                console.talk(&error.to_string());
            }
            ExitCode::from(2)
        }
    }
}

/// Prints a verb's data with the problems beside it, as one JSON object.
pub(crate) fn print_json(console: &Console, mut data: serde_json::Value, diagnostics: &Diagnostics) -> Outcome {
    if let Some(object) = data.as_object_mut() {
        object.insert("diagnostics".to_owned(), diagnostics_json(diagnostics, console.lang).into());
    }
    let text = serde_json::to_string_pretty(&data).map_err(io::Error::other)?;
    console.data(&format!("{text}\n"))
}

fn completions(shell: clap_complete::Shell, console: &Console) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "manyi", &mut script);
    console.data(&String::from_utf8_lossy(&script))
}

fn manual(console: &Console) -> Outcome {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    console.data(&String::from_utf8_lossy(&page))
}
