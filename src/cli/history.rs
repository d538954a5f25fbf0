//! `manyi history`: the releases of a project, the series of an indicator, and both as files.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use indexmap::IndexSet;
use serde_json::json;

use crate::cli::args_runs::HistoryOptions;
use crate::cli::console::{Console, TextTable};
use crate::cli::run::now;
use crate::cli::{Outcome, deliveries, print_json};
use crate::config::{PROJECT_FILE, Period};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::format;
use crate::output::publish_file;
use crate::runs::Session;
use crate::runs::database::DatabaseError;
use crate::runs::held::held;
use crate::runs::history::{Entry, History, RESTORED, export, segment_of, segment_text};
use crate::runs::telling;

pub(crate) fn run(options: &HistoryOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    // `manyi history samples/monthly` means the folder, as with other verbs.
    let (mut metric, mut root) = (options.metric.clone(), options.project.clone());
    if let Some(folder) = &options.folder {
        root.clone_from(folder);
    } else if let Some(folder) = metric.as_ref().map(PathBuf::from).filter(|folder| holds_project(folder)) {
        (metric, root) = (None, folder);
    }
    let session = Session::open(&root, None, diagnostics);
    let zone = session.as_ref().map_or(Tz::UTC, |session| session.calendar.zone);
    let waiting = session.as_ref().map(|session| held(&session.places)).unwrap_or_default();
    let history = session.and_then(|session| session.history(false, now(), diagnostics));
    let Some(mut history) = history else {
        if !diagnostics.has_errors() {
            diagnostics.push(Diagnostic::error(&messages::EMPTY_HISTORY));
        }
        return if console.json { print_json(console, json!({ "schema": 1 }), diagnostics) } else { Ok(()) };
    };
    let done = if let Some(file) = &options.export {
        write(&mut history, file, diagnostics)
    } else if let Some(metric) = metric {
        series(&mut history, &metric, options.segment.as_deref(), console, diagnostics)
    } else {
        list(&mut history, &waiting, options, zone, console, diagnostics)
    };
    match done {
        Ok(outcome) => outcome,
        Err(error) => {
            diagnostics.push(error.diagnostic());
            Ok(())
        }
    }
}

/// True for the folder of a project.
pub(super) fn holds_project(folder: &Path) -> bool {
    folder.join(PROJECT_FILE).is_file()
}

fn list(
    history: &mut History,
    waiting: &[Period],
    options: &HistoryOptions,
    zone: Tz,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Result<Outcome, DatabaseError> {
    const ATTEMPTS: u32 = 50;
    let releases = history.releases()?;
    let attempts = if options.attempts || console.json { history.attempts(ATTEMPTS)? } else { Vec::new() };
    let wanted = options.deliveries || console.json;
    let (sent, standing) = if wanted { telling::overview(history, now())? } else { Default::default() };
    if console.json {
        let alarms =
            standing.iter().map(|held| json!({ "rule": held.rule, "subject": held.subject, "since": held.since }));
        let data = json!({
            "schema": 1,
            "releases": releases,
            "attempts": attempts,
            "deliveries": sent.iter().map(deliveries::to_json).collect::<Vec<_>>(),
            "alarms": alarms.collect::<Vec<_>>(),
            "held": waiting,
        });
        return Ok(print_json(console, data, diagnostics));
    }
    let head = [
        console.say("期次", "period"),
        console.say("版", "rev"),
        console.say("答卷", "answers"),
        console.say("最新答卷", "newest"),
        console.say("发布时间", "published"),
        console.say("报告", "reports"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, true, true]);
    for held in &releases {
        table.row(vec![
            held.period.to_string(),
            held.revision.to_string(),
            held.answers.to_string(),
            held.newest.clone().unwrap_or_default(),
            deliveries::local_text(&held.published_at, zone),
            held.reports.join(", "),
        ]);
    }
    let mut text = table.render();
    for period in waiting {
        let what = console.say("被关卡扣住，等待批准", "held by a gate, waits for approval");
        text += &format!("{period}  {what}: manyi approve --period {period}\n");
    }
    if options.attempts {
        let head = [
            console.say("开始", "begun"),
            console.say("期次", "period"),
            console.say("结果", "outcome"),
            console.say("问题", "problems"),
        ];
        let mut table = TextTable::new(head.map(str::to_owned).to_vec(), Vec::new());
        for held in &attempts {
            table.row(vec![
                deliveries::local_text(&held.started_at, zone),
                held.period.to_string(),
                outcome_name(&held.outcome, console).to_owned(),
                held.codes.join(" "),
            ]);
        }
        text = format!("{text}\n{}", table.render());
    }
    if options.deliveries {
        text = format!("{text}\n{}", deliveries::table(&sent, zone, console));
        for held in &standing {
            text += &format!("{} {}: {}\n", console.say("警报", "alarm"), held.rule, held.text.get(console.lang));
        }
    }
    Ok(console.data(&text))
}

/// How a run ended, in a word.
fn outcome_name<'w>(outcome: &'w str, console: &Console) -> &'w str {
    match outcome {
        "published" => console.say("已发布", "published"),
        "unchanged" => console.say("未变", "unchanged"),
        "held" => console.say("被扣住", "held"),
        RESTORED => console.say("由磁盘补记", "restored"),
        "failed" => console.say("失败", "failed"),
        other => other,
    }
}

fn series(
    history: &mut History,
    metric: &str,
    wanted: Option<&str>,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Result<Outcome, DatabaseError> {
    let segment = wanted.map(segment_of).unwrap_or_default();
    // What names no column means no group; it does not mean all answers.
    let misread = wanted.is_some() && segment.is_empty();
    let entries = if misread { Vec::new() } else { history.series(metric, &segment)? };
    if entries.is_empty() {
        diagnostics.push(not_held(history, metric, wanted)?);
    }
    if console.json {
        let data = json!({ "schema": 1, "metric": metric, "segment": segment, "series": entries });
        return Ok(print_json(console, data, diagnostics));
    }
    if entries.is_empty() {
        return Ok(Ok(()));
    }
    let head = [
        console.say("期次", "period"),
        console.say("版", "rev"),
        console.say("估计值", "estimate"),
        console.say("区间", "interval"),
        console.say("标准误", "se"),
        "n",
    ];
    let right = vec![false, true, true, true, true, true];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), right);
    entries.iter().for_each(|entry| table.row(row(entry, console)));
    Ok(console.data(&table.render()))
}

/// Why there is no series: the metric is not there, or not for this group.
fn not_held(history: &mut History, metric: &str, wanted: Option<&str>) -> Result<Diagnostic, DatabaseError> {
    const SHOWN: usize = 30;
    let newest = history.newest()?;
    let Some(listed) = newest.values().max_by(|one, other| one.recorded().cmp(&other.recorded())) else {
        return Ok(Diagnostic::error(&messages::EMPTY_HISTORY));
    };
    let numbers = history.numbers(listed)?;
    let known = numbers.metrics.iter().map(|held| held.id.as_str());
    let (Some(wanted), true) = (wanted, known.clone().any(|held| held == metric)) else {
        let problem = Diagnostic::error(&messages::METRIC_NOT_IN_HISTORY).arg("metric", metric);
        return Ok(problem.suggest(metric, known));
    };
    let of_metric = numbers.estimates.iter().filter(|held| held.metric == metric && !held.segment.is_empty());
    let groups: IndexSet<String> = of_metric.map(|held| segment_text(&held.segment)).collect();
    let shown = groups.iter().take(SHOWN).map(|group| format!("`{group}`")).collect::<Vec<_>>().join(", ");
    let more = if groups.len() > SHOWN { ", …" } else { "" };
    let known = if groups.is_empty() { "–".to_owned() } else { format!("{shown}{more}") };
    let problem = Diagnostic::error(&messages::SEGMENT_NOT_IN_HISTORY).arg("metric", metric).arg("segment", wanted);
    Ok(problem.arg("known", known).suggest(wanted, groups.iter().map(String::as_str)))
}

fn row(entry: &Entry, console: &Console) -> Vec<String> {
    let held = &entry.estimate;
    let value = |value: f64| format::value(value, held.unit);
    let missing =
        || held.reason.map_or_else(|| format::NO_VALUE.to_owned(), |reason| console.reason(reason).to_owned());
    vec![
        entry.period.to_string(),
        entry.revision.to_string(),
        held.estimate.map_or_else(missing, |estimate| format::value_with_unit(estimate, held.unit, console.lang)),
        // A dash between them would be read as a minus before the second.
        held.ci.map_or_else(String::new, |[low, high]| {
            format!("{} {} {}", value(low), console.say("至", "to"), value(high))
        }),
        held.se.map_or_else(String::new, |se| format!("{se:.2}")),
        held.n.map_or_else(String::new, |n| n.to_string()),
    ]
}

fn write(history: &mut History, file: &Path, diagnostics: &mut Diagnostics) -> Result<Outcome, DatabaseError> {
    let entries = history.everything()?;
    let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("csv") => export::csv(&entries).map_err(std::io::Error::other),
        Some("parquet") => export::parquet(&entries).map_err(std::io::Error::other),
        _ => {
            diagnostics.push(Diagnostic::error(&messages::EXPORT_FORMAT).arg("file", file.display()));
            return Ok(Ok(()));
        }
    };
    Ok(bytes.map(|bytes| {
        publish_file(file, &bytes, diagnostics);
    }))
}
