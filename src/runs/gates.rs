//! The gates before a release: numbers of the period, those of the period before and the settings come in; what does not hold, and
//! what that means, goes out. Pure: the clock has no say, so that a run repeated later judges the same.

use chrono::NaiveDate;

use crate::config::raw::{GateAction, RawColumn, RawFewerGate, RawGates, RawSchemaGate};
use crate::config::{Period, Project};
use crate::data::masking::mask;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Lang, LocalizedTexts, lang_texts};
use crate::output::manifest::sha256_hex;
use crate::runs::drift::{Drift, Place, drift};
use crate::runs::numbers::Numbers;
use crate::runs::published::Published;

/// A gate that does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What that means.
    pub action: GateAction,
    /// What was found, a warning or an error.
    pub problem: Diagnostic,
}

impl Verdict {
    /// The verdict as data, in both languages.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.problem.message.code,
            "action": self.action,
            "text": { "zh-CN": self.problem.text(Lang::ZhCn), "en": self.problem.text(Lang::En) },
        })
    }
}

/// What the worst of the verdicts demands; none if all gates hold.
pub fn worst(verdicts: &[Verdict]) -> Option<GateAction> {
    verdicts.iter().map(|verdict| verdict.action).max()
}

/// What somebody approves: the inputs and what the gates said of them.
pub fn seen(fingerprint: &str, verdicts: &[Verdict]) -> String {
    let said: Vec<String> = verdicts.iter().map(|verdict| verdict.to_json().to_string()).collect();
    format!("{fingerprint} {}", sha256_hex(said.join("\n").as_bytes()))
}

/// What a period is compared with.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Numbers of the period before it.
    pub before: Option<Numbers>,
    /// The most that a revision of the period was published with.
    pub published: Option<Published>,
    /// Earlier periods of which fewer answers are read with it than were published: how many, of how many.
    pub fewer_read: Vec<(Period, u64, u64)>,
    /// Earlier periods that are read with it, and whose answers a gate stopped.
    pub unapproved: Vec<Period>,
}

/// Checks all gates of a project against the numbers of a period.
pub fn check(project: &Project, gates: &RawGates, numbers: &Numbers, known: &Known) -> Vec<Verdict> {
    let mut found = Vec::new();
    freshness(gates, numbers, &mut found);
    answers(gates, numbers, &mut found);
    fewer(gates.fewer.as_ref(), numbers, known, &mut found);
    for period in &known.unapproved {
        found.push(verdict(GateAction::Hold, &messages::READ_UNAPPROVED).arg("earlier", period));
    }
    missing(gates, numbers, &mut found);
    limits(gates, numbers, &mut found);
    if let Some(before) = &known.before {
        schema(project, gates.schema.as_ref(), numbers, before, &mut found);
        jump(gates, numbers, before, &mut found);
    }
    found
}

fn verdict(action: GateAction, message: &'static crate::diagnostics::Message) -> Verdict {
    let problem = if action == GateAction::Warn { Diagnostic::warning(message) } else { Diagnostic::error(message) };
    Verdict { action, problem }
}

impl Verdict {
    fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.problem = self.problem.arg(name, value);
        self
    }

    fn words(mut self, name: &'static str, texts: LocalizedTexts) -> Self {
        self.problem = self.problem.words(name, texts);
        self
    }
}

fn freshness(gates: &RawGates, numbers: &Numbers, found: &mut Vec<Verdict>) {
    let Some(gate) = &gates.freshness else { return };
    let last = numbers.period.last_day();
    let newest = numbers.newest.unwrap_or(NaiveDate::MIN);
    let days = (last - newest).num_days();
    if days > i64::from(gate.days) {
        let old = verdict(gate.then, &messages::GATE_STALE).arg("period", numbers.period).arg("limit", gate.days);
        found.push(match numbers.newest {
            Some(newest) => old.arg("newest", newest).arg("days", days),
            None => old.arg("newest", "–").arg("days", "–"),
        });
    }
}

fn answers(gates: &RawGates, numbers: &Numbers, found: &mut Vec<Verdict>) {
    let Some(gate) = gates.answers.as_ref().filter(|gate| numbers.answers < gate.least) else { return };
    found.push(verdict(gate.then, &messages::GATE_FEW).arg("found", numbers.answers).arg("limit", gate.least));
}

/// An export of the last ninety days loses the oldest month day by day, and an upload that broke off is no correction. One answer may
/// always go: somebody asked for that.
#[allow(clippy::cast_precision_loss, reason = "counts of answers")]
fn fewer(gate: Option<&RawFewerGate>, numbers: &Numbers, known: &Known, found: &mut Vec<Verdict>) {
    let default = RawFewerGate::default();
    let gate = gate.unwrap_or(&default);
    let mut judge = |message, now: u64, published: u64, name: (&'static str, &str)| {
        let lost = published.saturating_sub(now);
        if lost > 1 && lost as f64 > gate.most * published as f64 {
            let less = verdict(gate.then, message).arg("found", now).arg("published", published);
            found.push(less.arg("limit", percent(gate.most)).arg(name.0, name.1));
        }
    };
    if let Some(published) = &known.published {
        judge(&messages::GATE_FEWER, numbers.answers, published.answers, ("period", &numbers.period.to_string()));
        for table in numbers.tables.iter().filter(|held| held.table != crate::config::project::SURVEY) {
            let rows = published.tables.get(&table.table).copied().unwrap_or_default();
            judge(&messages::GATE_FEWER_ROWS, table.rows(), rows, ("table", &table.table));
        }
    }
    for (period, now, published) in &known.fewer_read {
        judge(&messages::GATE_FEWER_READ, *now, *published, ("earlier", &period.to_string()));
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of cells")]
fn missing(gates: &RawGates, numbers: &Numbers, found: &mut Vec<Verdict>) {
    let Some(gate) = &gates.missing else { return };
    // What is named is looked at, whatever it is; otherwise what comes from the files.
    let wanted = |name: &String, read: bool| if gate.columns.is_empty() { read } else { gate.columns.contains(name) };
    for column in numbers.tables.first().into_iter().flat_map(|survey| &survey.columns) {
        let cells = column.valid + column.missing;
        let share = column.missing as f64 / (cells.max(1)) as f64;
        if wanted(&column.name, column.read) && share > gate.most {
            let many = verdict(gate.then, &messages::GATE_MISSING).arg("column", &column.name);
            found.push(many.arg("found", percent(share)).arg("limit", percent(gate.most)));
        }
    }
}

fn limits(gates: &RawGates, numbers: &Numbers, found: &mut Vec<Verdict>) {
    for (metric, gate) in &gates.limits {
        let Some(value) = numbers.total(metric).and_then(|held| held.estimate) else {
            found.push(not_judged("limits", metric, gate.then));
            continue;
        };
        let (least, most) = (gate.least.unwrap_or(f64::NEG_INFINITY), gate.most.unwrap_or(f64::INFINITY));
        if !(least..=most).contains(&value) {
            let limit = match (gate.least, gate.most) {
                (Some(least), Some(most)) => format!("{least} – {most}"),
                (Some(least), None) => format!("≥ {least}"),
                (None, most) => format!("≤ {}", most.unwrap_or_default()),
            };
            let beyond = verdict(gate.then, &messages::GATE_LIMIT).arg("metric", metric);
            found.push(beyond.arg("found", short(value)).arg("limit", limit));
        }
    }
}

/// A metric of the project whose number is withheld or could not be computed: nobody can say that it is within its limits. At worst
/// the release waits for somebody to look.
fn not_judged(gate: &str, metric: &str, then: GateAction) -> Verdict {
    verdict(then.min(GateAction::Hold), &messages::GATE_BLIND).arg("gate", gate).arg("metric", metric)
}

fn schema(
    project: &Project,
    gate: Option<&RawSchemaGate>,
    numbers: &Numbers,
    before: &Numbers,
    found: &mut Vec<Verdict>,
) {
    let warns = RawSchemaGate { new: GateAction::Warn, missing: GateAction::Warn };
    let gate = gate.unwrap_or(&warns);
    for change in drift(&before.tables, &numbers.tables) {
        let changed = match &change {
            Drift::New { place, name } => verdict(gate.new, &messages::GATE_NEW).words("what", named(place, name)),
            Drift::Gone { place, name } => {
                verdict(gate.missing, &messages::GATE_GONE).words("what", named(place, name))
            }
            Drift::Renamed { place, before, now } => {
                let settled = matches!(place, Place::Header { .. }) && reads_both(project, before, now);
                let message = if settled { &messages::GATE_RENAMED_KNOWN } else { &messages::GATE_RENAMED };
                let shown = |lang| format!("`{}`", mask(now, lang));
                let renamed = verdict(gate.missing, message).words("what", named(place, before));
                renamed.words("now", lang_texts(shown(Lang::ZhCn), shown(Lang::En)))
            }
        };
        found.push(changed.arg("before", before.period));
    }
}

/// True if the project reads both headers as one column already, so that nobody is asked to write what is there.
fn reads_both(project: &Project, one: &str, other: &str) -> bool {
    let tables = project.raw.tables.values().flat_map(|table| table.columns.values());
    let mut columns = project.raw.columns.values().chain(tables);
    let reads = |column: &RawColumn, name: &str| {
        column.from.as_ref().is_some_and(|from| from.as_slice().iter().any(|held| held == name))
    };
    columns.any(|column| reads(column, one) && reads(column, other))
}

fn jump(gates: &RawGates, numbers: &Numbers, before: &Numbers, found: &mut Vec<Verdict>) {
    let Some(gate) = &gates.jump else { return };
    for (metric, limit) in &gate.limits {
        let value = |numbers: &Numbers| numbers.total(metric).and_then(|held| held.estimate);
        let Some(now) = value(numbers) else {
            found.push(not_judged("jump", metric, gate.then));
            continue;
        };
        // Where there was no number before, there is nothing that it could have jumped from.
        let Some(earlier) = value(before) else { continue };
        if (now - earlier).abs() > *limit {
            let jumped = verdict(gate.then, &messages::GATE_JUMP).arg("metric", metric).arg("limit", limit);
            found.push(jumped.arg("earlier", short(earlier)).arg("found", short(now)));
        }
    }
}

/// A column or an option in words.
fn named(place: &Place, name: &str) -> LocalizedTexts {
    match place {
        Place::Header { table } if table == crate::config::project::SURVEY => {
            lang_texts(format!("列 `{name}`"), format!("the column `{name}`"))
        }
        Place::Header { table } => {
            lang_texts(format!("表 `{table}` 的列 `{name}`"), format!("the column `{name}` of `{table}`"))
        }
        Place::Option { column, .. } => {
            let shown = |lang| mask(name, lang);
            let (zh_cn, en) = (shown(Lang::ZhCn), shown(Lang::En));
            lang_texts(format!("列 `{column}` 的选项 `{zh_cn}`"), format!("the option `{en}` of `{column}`"))
        }
    }
}

fn percent(share: f64) -> String {
    short(100.0 * share)
}

/// A number with at most two decimals.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
