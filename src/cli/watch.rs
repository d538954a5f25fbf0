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
    let looked = session.as_ref().and_then(|session| look(session, false, now, diagnostics));
    let at_work = looked.as_ref().is_some_and(|looked| looked.at_work);
    let absent = looked.map(|looked| looked.missing);
    let last = session.and_then(|session| session.calendar.last_due(now));
    if console.json {
        let printed = json!({ "schema": 1, "last_due": last, "missing": absent, "at_work": at_work });
        return print_json(console, printed, diagnostics);
    }
    if at_work {
        console.talk(console.say("正在运行，结束后再看", "a run is at work; look again when it has ended"));
    }
    if let Some(last) = last.filter(|_| absent.is_some_and(|absent| absent.is_empty())) {
        console.data(&format!("{last}  {}\n", console.say("已发布", "published")))?;
    }
    Ok(())
}
