//! `manyi schedule install`: timers of systemd and cron.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::cli::Outcome;
use crate::cli::args_runs::{ScheduleAction, ScheduleOptions};
use crate::cli::console::Console;
use crate::config::Project;
use crate::config::raw::RawHistory;
use crate::config::secret_text::{SecretPart, SecretText};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::runs::Session;
use crate::runs::release::write_whole;
use crate::runs::timer::{TimerFile, cron_file, systemd, unit_name};

pub(crate) fn run(options: &ScheduleOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let ScheduleAction::Install { project, write, user, cron: wants_cron, .. } = &options.action;
    let Some(session) = Session::open(project, None, diagnostics) else { return Ok(()) };
    let program = std::env::current_exe()?;
    let folder = project.canonicalize()?;
    let own = session.runs.name.clone();
    let name = own.or_else(|| folder.file_name().map(|name| name.to_string_lossy().into_owned()));
    let name = unit_name(&name.unwrap_or_default(), &folder);
    let variables = variables(&session.project);
    if *wants_cron && !variables.is_empty() {
        let names = variables.iter().map(|name| format!("`${{env:{name}}}`")).collect::<Vec<_>>().join(", ");
        diagnostics.push(Diagnostic::warning(&messages::CRON_WITHOUT_VARIABLES).arg("names", names));
    }
    let files = if *wants_cron {
        vec![cron_file(&session.calendar, &name, user.as_deref(), &program, &folder)]
    } else {
        systemd(&session.calendar, &name, user.as_deref(), &program, &folder)
    };
    if let Some(folder) = write.as_ref().filter(|folder| *wants_cron && user.is_none() && is_of_system(folder)) {
        diagnostics.push(Diagnostic::error(&messages::CRON_WITHOUT_USER).arg("folder", folder.display()));
        return Ok(());
    }
    if let Some(taken) = write.as_ref().and_then(|write| taken(write, &files)) {
        let problem = Diagnostic::error(&messages::TIMER_TAKEN).arg("file", taken.display());
        diagnostics.push(problem.arg("folder", folder.display()));
        return Ok(());
    }
    for file in &files {
        console.data(&format!("# {}\n{}\n", file.name, file.content))?;
        if let Some(write) = write {
            let path = write.join(&file.name);
            match write_whole(&path, file.content.as_bytes()) {
                Ok(()) => console.talk(&format!("{} {}", console.say("已写入", "written:"), path.display())),
                Err(error) => {
                    let problem = Diagnostic::error(&messages::RUN_NOT_WRITTEN).arg("step", "schedule");
                    diagnostics.push(problem.arg("place", path.display()).words("problem", io_problem(&error)));
                }
            }
        }
    }
    if !wants_cron && !variables.is_empty() {
        console.talk(&format!(
            "{} /etc/manyi/{name}.env {} {}",
            console.say("请在", "write into"),
            console.say("（root，权限 600）中写入：", "(of root, mode 600):"),
            variables.iter().map(|name| format!("{name}=…")).collect::<Vec<_>>().join(" ")
        ));
    }
    if let (Some(folder), true) = (write.as_ref().filter(|folder| !is_of_system(folder)), *wants_cron) {
        console.talk(&match user {
            Some(_) => console.say("请将该文件复制到 /etc/cron.d", "copy this file to /etc/cron.d").to_owned(),
            // `crontab FILE` would take the place of the lines that are there.
            None => format!("(crontab -l; cat {}) | crontab -", folder.join(format!("manyi-{name}")).display()),
        });
    }
    if write.is_some() && !wants_cron {
        console.talk(&format!(
            "systemctl daemon-reload && systemctl enable --now manyi-{name}.timer manyi-{name}-watch.timer"
        ));
    }
    Ok(())
}

/// True for `/etc/cron.d` and what is called like it, in which cron reads a user in every line; a crontab of a user has none.
fn is_of_system(folder: &Path) -> bool {
    let full = folder.canonicalize();
    full.as_deref().unwrap_or(folder).file_name().is_some_and(|name| name == "cron.d")
}

/// A file that is there already and runs the project of another folder, which would stop without a word.
fn taken(write: &Path, files: &[TimerFile]) -> Option<PathBuf> {
    let other = |file: &&TimerFile| {
        let held = std::fs::read_to_string(write.join(&file.name));
        held.is_ok_and(|held| file.is_of_another(&held))
    };
    files.iter().find(other).map(|file| write.join(&file.name))
}

/// The environment variables that the project needs when it runs.
fn variables(project: &Project) -> BTreeSet<String> {
    let mut texts: Vec<SecretText> = project.raw.delivery.secrets().into_iter().map(|(_, text)| text.clone()).collect();
    if let Some(RawHistory::Database(database)) = project.raw.runs.as_ref().map(|runs| &runs.history) {
        texts.push(SecretText::new(database.url.as_str()));
    }
    let of_text = |text: &SecretText| -> Vec<String> {
        let parts = text.parts().unwrap_or_default().into_iter();
        let variable = |part| if let SecretPart::Variable(name) = part { Some(name.to_owned()) } else { None };
        parts.filter_map(variable).collect()
    };
    texts.iter().flat_map(of_text).collect()
}
