//! `manyi run`: the release of a period.

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::cli::args_runs::RunOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::{Outcome, logs, print_json};
use crate::config::Period;
use crate::diagnostics::{Diagnostics, Level};
use crate::document::format;
use crate::runs::catch_up::{Because, Wanted};
use crate::runs::plan::Planned;
use crate::runs::{self, Outcome as Ended, RunReport, RunRequest, Session};

/// Environment variable that stands for the clock, for tests and simulations: RFC 3339.
const NOW: &str = "MANYI_NOW";

/// Changed numbers that are printed.
const SHOWN: usize = 12;

pub(crate) fn run(options: &RunOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    logs::start(options.log, console.is_quiet(), console.is_verbose());
    let now = now();
    let Some(session) = Session::open(&options.project, options.out.clone(), diagnostics) else {
        return if console.json {
            print_json(console, json!({ "schema": 1, "runs": [] }), diagnostics)
        } else {
            Ok(())
        };
    };
    if options.dry_run {
        return match options.catch_up {
            true => look_at_all(&session, options, now, console, diagnostics),
            false => look(&session, options, now, console, diagnostics),
        };
    }
    let request = RunRequest {
        root: options.project.clone(),
        period: options.period,
        out: options.out.clone(),
        deliver: !options.no_deliver,
        catching_up: false,
        force: options.force,
        approve: false,
        wait: Duration::from_secs(options.wait),
        jobs: options.jobs,
        now,
    };
    let reports = match options.catch_up {
        true => session.catch_up(&request, &self::now, diagnostics),
        false => vec![runs::run(&request, diagnostics)],
    };
    let well = |report: &RunReport| matches!(report.outcome, Ended::Published | Ended::Unchanged);
    if request.deliver && !options.catch_up && reports.iter().all(well) {
        session.end_alarms(now, diagnostics);
    }
    print_reports(&reports, console, diagnostics)
}

/// The clock, or what a test says it is.
pub(super) fn now() -> DateTime<Utc> {
    let given = std::env::var(NOW).ok().and_then(|text| DateTime::parse_from_rfc3339(&text).ok());
    given.map_or_else(Utc::now, |now| now.to_utc())
}

/// Prints how runs ended.
pub(super) fn print_reports(reports: &[RunReport], console: &Console, diagnostics: &Diagnostics) -> Outcome {
    if console.json {
        return print_json(console, json!({ "schema": 1, "runs": reports }), diagnostics);
    }
    if reports.is_empty() && !diagnostics.has_errors() {
        // A timer that finds nothing to do every day shall not write to anybody.
        if console.is_quiet() {
            return Ok(());
        }
        return console.data(console.say("没有到期的期次\n", "nothing is due\n"));
    }
    for report in reports {
        let Some(period) = report.period else { continue };
        // Cron mails what is printed, and would do so every day that a file grows.
        if report.outcome == Ended::Unchanged && console.is_quiet() {
            continue;
        }
        let text = match report.outcome {
            Ended::Published => console.say("已发布", "published"),
            Ended::Unchanged => console.say("输入未变，无需运行", "unchanged, nothing to do"),
            Ended::Held => console.say("被扣住，等待批准", "held, waits for approval"),
            Ended::Failed if report.revision.is_some() => console.say(
                "失败，版本已就位，后续步骤未完成",
                "failed; the release is in place, what follows it is not finished",
            ),
            Ended::Failed => console.say("失败，未发布", "failed, nothing published"),
        };
        let revision = report.revision.map_or_else(String::new, |revision| match report.outcome {
            Ended::Held => String::new(),
            _ => format!(" r{revision}"),
        });
        let folder =
            report.folder.as_deref().map(Path::display).map_or_else(String::new, |folder| format!("  {folder}"));
        console.data(&format!("{period}{revision}  {text}{folder}\n"))?;
        if report.outcome == Ended::Published {
            console.data(&changes_text(report, console))?;
        }
    }
    Ok(())
}

fn changes_text(report: &RunReport, console: &Console) -> String {
    if report.changes.is_empty() {
        return String::new();
    }
    let head = [
        console.say("指标", "metric"),
        console.say("分组", "group"),
        console.say("此前", "before"),
        console.say("现在", "now"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, false, true, true]);
    let value = |value: Option<f64>| value.map_or_else(|| format::NO_VALUE.to_owned(), |held| format!("{held:.2}"));
    for change in report.changes.iter().take(SHOWN) {
        let group = runs::history::segment_text(&change.segment);
        table.row(vec![change.metric.clone(), group, value(change.before), value(change.after)]);
    }
    let more = report.changes.len().saturating_sub(SHOWN);
    let rest = console.say("… 另有 {more} 处\n", "… {more} more\n").replace("{more}", &more.to_string());
    table.render() + if more == 0 { "" } else { &rest }
}

/// What a run of one period would do.
fn look(
    session: &Session,
    options: &RunOptions,
    now: DateTime<Utc>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let errors = diagnostics.count(Level::Error);
    let period = options.period.or_else(|| session.calendar.last_complete(now));
    let planned =
        period.and_then(|period| session.look(period, options.force, now, diagnostics).map(|held| (period, held)));
    let planned = planned.filter(|_| diagnostics.count(Level::Error) == errors);
    if console.json {
        let runs: Vec<Value> = planned
            .iter()
            .map(|(period, held)| json!({ "period": period, "unchanged": held.unchanged, "steps": held.steps }))
            .collect();
        return print_json(console, json!({ "schema": 1, "runs": runs }), diagnostics);
    }
    match planned {
        Some((period, planned)) => console.data(&steps_text(period, &planned, console)),
        None => Ok(()),
    }
}

/// What the runs of a timer would do, each with its reason.
fn look_at_all(
    session: &Session,
    options: &RunOptions,
    now: DateTime<Utc>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let wanted = session.would_catch_up(options.force, now, diagnostics);
    if console.json {
        let one = |held: &Wanted| {
            let (unchanged, steps) = held.planned.as_ref().map(|planned| (planned.unchanged, &planned.steps)).unzip();
            json!({
                "period": held.period, "because": held.because, "why": held.why,
                "unchanged": unchanged, "steps": steps.unwrap_or(&Vec::new()),
            })
        };
        let runs: Vec<Value> = wanted.iter().map(one).collect();
        return print_json(console, json!({ "schema": 1, "runs": runs }), diagnostics);
    }
    if wanted.is_empty() {
        return print_reports(&[], console, diagnostics);
    }
    for held in &wanted {
        console.data(&format!("{}  {}\n", held.period, held.why.get(console.lang)))?;
        // What may follow depends on numbers that nobody knows yet.
        if let Some(planned) = held.planned.as_ref().filter(|_| held.because != Because::Follows) {
            console.data(&(steps_text(held.period, planned, console) + "\n"))?;
        }
    }
    Ok(())
}

fn steps_text(period: Period, planned: &Planned, console: &Console) -> String {
    let head = [&*period.to_string(), console.say("执行", "runs"), console.say("原因", "why")];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), Vec::new());
    for step in &planned.steps {
        let needed = if step.needed { console.say("是", "yes") } else { console.say("否", "no") };
        table.row(vec![step.step.clone(), needed.to_owned(), step.why.get(console.lang).to_owned()]);
    }
    table.render()
}
