//! `manyi purge`: removes a respondent from the files of a project.

use serde_json::json;

use crate::cli::args_runs::PurgeOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::config::load_project;
use crate::diagnostics::Diagnostics;
use crate::runs::purge::{PurgedFiles, purge};
use crate::runs::release::Places;

pub(crate) fn run(options: &PurgeOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let Some(project) = load_project(&options.project, diagnostics) else { return Ok(()) };
    let places = Places::new(options.out.clone().unwrap_or_else(|| project.path("out")));
    let files = match options.file.as_slice() {
        [] if options.all_files => PurgedFiles::All,
        [] => PurgedFiles::One,
        named => PurgedFiles::Named(named.to_vec()),
    };
    let found = purge(&project, &places, &options.respondent, &files, options.dry_run, diagnostics);
    if console.json {
        let data = json!({ "schema": 1, "dry_run": options.dry_run, "files": found });
        return print_json(console, data, diagnostics);
    }
    for held in found.iter().filter(|held| held.removable) {
        let done = if options.dry_run {
            console.say("将删除行数：", "rows to be removed: ")
        } else {
            console.say("已删除行数：", "rows removed: ")
        };
        console.data(&format!("{}  {done}{}\n", held.file, held.rows))?;
    }
    Ok(())
}
