//! What the schema cannot say about `runs`: names of time zones and periods, ranges, and data that can be cut into periods.

use chrono_tz::Tz;

use crate::config::period::{Cadence, Period};
use crate::config::project::Project;
use crate::config::raw::{ColumnType, RawData, RawHistory, RawRuns, WavePeriod};
use crate::config::validate::{problem, validate_reference};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, LocalizedTexts, lang_texts};

/// What stands for the period in the name of a file.
pub const PERIOD_IN_FILE: &str = "{period}";

/// Reports every inconsistency of `runs`.
pub(super) fn validate_runs(project: &Project, diagnostics: &mut Diagnostics) {
    let Some(runs) = &project.raw.runs else { return };
    if runs.timezone.parse::<Tz>().is_err() {
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let bad = problem(project, &messages::UNKNOWN_ZONE, "runs.timezone").arg("zone", &runs.timezone);
        diagnostics.push(bad.suggest(&runs.timezone, known));
    }
    let mut periods = vec![("runs.from".to_owned(), runs.from.as_deref())];
    if let Some([first, last]) = &runs.control.baseline {
        periods.push(("runs.control.baseline[0]".to_owned(), Some(first)));
        periods.push(("runs.control.baseline[1]".to_owned(), Some(last)));
    }
    for (path, text) in periods {
        let Some(text) = text else { continue };
        if text.parse::<Period>().map(Period::cadence) != Ok(runs.every) {
            let bad = problem(project, &messages::NOT_A_PERIOD, &path).arg("period", text);
            diagnostics.push(bad.arg("wanted", example(runs.every)));
        }
    }
    validate_ranges(project, runs, diagnostics);
    validate_data(project, runs, diagnostics);
}

/// How a period of this length is written.
pub fn example(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Month => "2026-11",
        Cadence::Quarter => "2026-Q4",
        Cadence::Week => "2026-W47",
    }
}

/// The period that cuts a date column as the runs do.
fn wave_period(cadence: Cadence) -> WavePeriod {
    match cadence {
        Cadence::Month => WavePeriod::Month,
        Cadence::Quarter => WavePeriod::Quarter,
        Cadence::Week => WavePeriod::Week,
    }
}

fn validate_ranges(project: &Project, runs: &RawRuns, diagnostics: &mut Diagnostics) {
    let mut bad = |path: &str, found: String, wanted: LocalizedTexts| {
        let setting = problem(project, &messages::BAD_RUN_SETTING, path).arg("found", found);
        diagnostics.push(setting.words("wanted", wanted));
    };
    let most = match runs.every {
        Cadence::Month | Cadence::Quarter => 28,
        Cadence::Week => 7,
    };
    if !(1..=most).contains(&runs.schedule.day) {
        let wanted = lang_texts(format!("在 1 与 {most} 之间"), format!("between 1 and {most}"));
        bad("runs.schedule.day", runs.schedule.day.to_string(), wanted);
    }
    if chrono::NaiveTime::parse_from_str(&runs.schedule.time, "%H:%M").is_err() {
        let wanted = lang_texts("写成 06:00 的样子", "a time such as 06:00");
        bad("runs.schedule.time", runs.schedule.time.clone(), wanted);
    }
    if runs.read == 0 {
        bad("runs.read", "0".to_owned(), lang_texts("至少为 1", "at least 1"));
    }
    if runs.keep.revisions == Some(0) {
        bad("runs.keep.revisions", "0".to_owned(), lang_texts("至少为 1", "at least 1"));
    }
    if runs.control.least < 2 {
        bad("runs.control.least", runs.control.least.to_string(), lang_texts("至少为 2", "at least 2"));
    }
    if let Some(missing) = runs.gates.missing.as_ref().filter(|gate| !(0.0..=1.0).contains(&gate.most)) {
        let wanted = lang_texts("在 0 与 1 之间", "between 0 and 1");
        bad("runs.gates.missing.most", missing.most.to_string(), wanted);
    }
    if let Some(fewer) = runs.gates.fewer.as_ref().filter(|gate| !(0.0..=1.0).contains(&gate.most)) {
        let wanted = lang_texts("在 0 与 1 之间", "between 0 and 1");
        bad("runs.gates.fewer.most", fewer.most.to_string(), wanted);
    }
    for (metric, limit) in &runs.gates.limits {
        let (least, most) = (limit.least, limit.most);
        let ordered = least.zip(most).is_none_or(|(least, most)| least <= most);
        if !ordered || least.or(most).is_none() {
            let wanted = lang_texts("有 `least` 或 `most`，且前者不大于后者", "have `least` or `most`, in this order");
            bad(&format!("runs.gates.limits.{metric}"), format!("{least:?}, {most:?}"), wanted);
        }
    }
    for (metric, limit) in runs.gates.jump.iter().flat_map(|gate| &gate.limits) {
        if limit.is_nan() || *limit <= 0.0 {
            let wanted = lang_texts("大于 0", "above 0");
            bad(&format!("runs.gates.jump.limits.{metric}"), limit.to_string(), wanted);
        }
    }
    if let RawHistory::File(file) = &runs.history
        && (file.is_empty() || file.contains("://"))
    {
        let wanted = lang_texts("是文件名；数据库请写 `{ url: … }`", "a file; a database is written `{ url: ... }`");
        // An address may hold a password.
        bad("runs.history", "…".to_owned(), wanted);
    }
    if let RawHistory::Database(database) = &runs.history
        && !(database.url.starts_with("${") && database.url.ends_with('}'))
    {
        let wanted = lang_texts("写成 `${env:名称}` 或 `${file:路径}`", "`${env:NAME}` or `${file:PATH}`");
        bad("runs.history.url", "…".to_owned(), wanted);
    }
    if let Some(name) = runs.name.as_ref().filter(|name| !crate::config::validate::is_safe_file_name(name)) {
        bad("runs.name", name.clone(), lang_texts("是不含特殊字符的名称", "a name without special characters"));
    }
    if matches!(runs.history, RawHistory::Database(_)) && runs.name.is_none() {
        diagnostics.push(problem(project, &messages::NO_NAME, "runs.history"));
    }
}

fn validate_data(project: &Project, runs: &RawRuns, diagnostics: &mut Diagnostics) {
    let raw = &project.raw;
    if !is_cut(&raw.data, runs.every) {
        diagnostics.push(uncut(project, runs, "data"));
    }
    for (name, table) in &raw.tables {
        if table.data.wave.is_some() && !is_cut(&table.data, runs.every) {
            let path = format!("tables.{name}.data");
            diagnostics.push(uncut(project, runs, &path));
        }
    }
    if let Some(freshness) = &runs.gates.freshness {
        match &freshness.column {
            Some(column) => {
                let path = "runs.gates.freshness.column";
                validate_reference(project, column, path, &[ColumnType::Date], diagnostics);
            }
            None if raw.data.wave.as_ref().is_none_or(|wave| wave.by.is_none()) => {
                diagnostics.push(problem(project, &messages::NO_FRESHNESS_COLUMN, "runs.gates.freshness"));
            }
            None => {}
        }
    }
    for (index, column) in runs.gates.missing.iter().flat_map(|gate| &gate.columns).enumerate() {
        let path = format!("runs.gates.missing.columns[{index}]");
        validate_reference(project, column, &path, &[], diagnostics);
    }
}

fn uncut(project: &Project, runs: &RawRuns, path: &str) -> Diagnostic {
    let found = problem(project, &messages::DATA_NOT_CUT, path).arg("by", runs.every_name());
    found.arg("example", example(runs.every)).arg("period", PERIOD_IN_FILE)
}

/// True if a table falls into periods: by the names of its files, or by a date column.
fn is_cut(data: &RawData, every: Cadence) -> bool {
    let by_file = data.sources.iter().all(|source| source.file.contains(PERIOD_IN_FILE)) && !data.sources.is_empty();
    match &data.wave {
        Some(wave) => wave.by == Some(wave_period(every)),
        None => by_file,
    }
}

impl RawRuns {
    /// The length of a period as it is written.
    pub fn every_name(&self) -> &'static str {
        match self.every {
            Cadence::Month => "month",
            Cadence::Quarter => "quarter",
            Cadence::Week => "week",
        }
    }

    /// The time zone; UTC if the name is unknown, which was reported.
    pub fn zone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }
}
