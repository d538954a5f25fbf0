//! `manyi watch`: does every release exist that is due?

use serde_json::json;

use crate::cli::args_runs::WatchOptions;
use crate::cli::console::Console;
use crate::cli::run::now;
use crate::cli::{Outcome, print_json};
use crate::diagnostics::Diagnostics;
use crate::runs::Session;
use crate::runs::watch::look;

pub(crate) fn run(options: &WatchOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let session = Session::open(&options.project, options.out.clone(), diagnostics);
    let absent = session.as_ref().and_then(|session| look(session, false, now, diagnostics));
    let last = session.and_then(|session| session.calendar.last_due(now));
    if console.json {
        return print_json(console, json!({ "schema": 1, "last_due": last, "missing": absent }), diagnostics);
    }
    if let Some(last) = last.filter(|_| absent.is_some_and(|absent| absent.is_empty())) {
        console.data(&format!("{last}  {}\n", console.say("已发布", "published")))?;
    }
    Ok(())
}
