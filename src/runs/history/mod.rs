//! The history: what was published for every period, in a file of the project or a database of a team. It holds estimates, not
//! answers: no personal data and no hidden number. Releases on the disk are the truth; what is missing here is written again from them.

pub mod export;
mod tables;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::IndexMap;
use serde::Serialize;

use crate::config::raw::{RawHistory, RawRuns};
use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Localized};
use crate::metrics::Unit;
use crate::output::manifest::Program;
use crate::runs::database::{Database, DatabaseError, Place, Problem, Queries as _, Row, Transaction, Value};
use crate::runs::numbers::{EstimateRecord, InputRecord, MetricRecord, Numbers, TableShape};
use crate::runs::steps::passed;

/// An open history, for one project.
#[derive(Debug)]
pub struct History {
    database: Database,
    project: String,
}

/// A release as the history lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Period.
    pub period: Period,
    /// Revision, from 1.
    pub revision: u32,
    /// When it was published, RFC 3339.
    pub published_at: String,
    /// Answers of the period.
    pub answers: u64,
    /// Newest answer.
    pub newest: Option<String>,
    /// Ids of the reports.
    pub reports: Vec<String>,
    /// What it was made of.
    pub fingerprint: String,
    /// Version of the program.
    pub program: String,
}

/// One estimate of a series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Period.
    pub period: Period,
    /// Revision.
    pub revision: u32,
    /// The estimate.
    #[serde(flatten)]
    pub estimate: EstimateRecord,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Period.
    pub period: Period,
    /// Beginning, RFC 3339.
    pub started_at: String,
    /// End, RFC 3339.
    pub ended_at: String,
    /// `published`, `unchanged`, `held` or `failed`.
    pub outcome: String,
    /// Revision, if one was published.
    pub revision: Option<u32>,
    /// Codes of the problems.
    pub codes: Vec<String>,
}

/// Where the history of a project is. An address is read from the environment or a file.
///
/// # Errors
/// A secret that is not there, or an address that cannot be read; as a diagnostic.
pub fn place(project: &Project, runs: &RawRuns) -> Result<Place, Box<Diagnostic>> {
    match &runs.history {
        RawHistory::File(file) => Ok(Place::File(project.path(file))),
        RawHistory::Database(database) => {
            let name = database.url.trim_start_matches("${").trim_end_matches('}');
            let url = match name.split_once(':') {
                Some(("env", variable)) => std::env::var(variable).ok(),
                Some(("file", file)) => std::fs::read_to_string(project.path(file)).ok(),
                _ => None,
            };
            let missing = || Diagnostic::error(&messages::NO_SECRET).arg("name", name);
            let at = |problem: Diagnostic| problem.at(project.at("runs.history.url")).key("runs.history.url");
            let url = url.map(|url| url.trim().to_owned()).filter(|url| !url.is_empty());
            let url = url.ok_or_else(|| Box::new(at(missing())))?;
            Place::server(&url).map_err(|error| Box::new(at(error.diagnostic())))
        }
    }
}

impl History {
    /// Opens the history of a project and brings its tables to the newest version.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::migrate`].
    pub fn open(place: &Place, runs: &RawRuns, now: DateTime<Utc>) -> Result<Self, DatabaseError> {
        let mut database = Database::open(place)?;
        database.migrate(tables::COMPONENT, tables::STEPS, now)?;
        // A file belongs to its project, wherever the folder is moved.
        Ok(Self { database, project: runs.name.clone().unwrap_or_else(|| "project".to_owned()) })
    }

    /// The database, for the tables of delivery beside these.
    pub fn database(&mut self) -> &mut Database {
        &mut self.database
    }

    /// Name of the project in the database.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Writes a release, unless it is there already. True if it was written.
    ///
    /// # Errors
    /// The database fails; then nothing was written.
    pub fn record(
        &mut self,
        numbers: &Numbers,
        revision: u32,
        fingerprint: &str,
        reports: &[String],
        now: DateTime<Utc>,
    ) -> Result<bool, DatabaseError> {
        let project = self.project.clone();
        let json = |value: serde_json::Result<String>| value.unwrap_or_default();
        self.database.transaction(|transaction| {
            let key: [Value; 3] = [project.into(), numbers.period.to_string().into(), revision.into()];
            let found = transaction.query_first(
                "SELECT fingerprint FROM releases WHERE project = $1 AND period = $2 AND revision = $3",
                &key,
            )?;
            if let Some(row) = found {
                if row.text("fingerprint")? == fingerprint {
                    return Ok(false);
                }
                // A release that was removed from the disk was built anew under its number.
                for table in tables::OF_RELEASES {
                    let sql = format!("DELETE FROM {table} WHERE project = $1 AND period = $2 AND revision = $3");
                    transaction.execute(&sql, &key)?;
                }
            }
            insert(
                transaction,
                "releases",
                &key,
                &[
                    ("fingerprint", fingerprint.into()),
                    ("answers", whole(numbers.answers)),
                    ("newest", numbers.newest.map(|day| day.to_string()).into()),
                    ("published_at", now.to_rfc3339_opts(SecondsFormat::Secs, true).into()),
                    ("program", Program::default().version.into()),
                    ("shapes", json(serde_json::to_string(&numbers.tables)).into()),
                    ("reports", json(serde_json::to_string(reports)).into()),
                ],
            )?;
            for input in &numbers.inputs {
                insert(
                    transaction,
                    "release_inputs",
                    &key,
                    &[
                        ("file", input.file.as_str().into()),
                        ("sha256", input.sha256.as_str().into()),
                        ("row_count", whole(input.rows)),
                    ],
                )?;
            }
            for (place, metric) in (0_i64..).zip(&numbers.metrics) {
                insert(
                    transaction,
                    "release_metrics",
                    &key,
                    &[
                        ("place", place.into()),
                        ("metric", metric.id.as_str().into()),
                        ("module", metric.module.as_str().into()),
                        ("title", json(serde_json::to_string(&metric.title)).into()),
                        ("unit", word(&metric.unit).into()),
                    ],
                )?;
            }
            for (place, held) in (0_i64..).zip(&numbers.estimates) {
                insert_estimate(transaction, &key, place, numbers.period, held)?;
            }
            for (place, finding) in (0_i64..).zip(&numbers.findings) {
                let group = finding.group.iter().map(|[column, value]| (column.clone(), value.clone())).collect();
                insert(
                    transaction,
                    "release_findings",
                    &key,
                    &[
                        ("place", place.into()),
                        ("finding", finding.id.as_str().into()),
                        ("kind", finding.kind.as_str().into()),
                        ("metric", finding.metric.clone().into()),
                        ("segment", segment_text(&group).into()),
                        ("severity", finding.severity.as_str().into()),
                        ("value", finding.value.into()),
                        ("gap", finding.gap.into()),
                        ("rule", finding.rule.clone().into()),
                    ],
                )?;
            }
            passed("recording");
            Ok(true)
        })
    }

    /// Notes how a run ended.
    ///
    /// # Errors
    /// The database fails.
    pub fn note_attempt(&mut self, attempt: &Attempt) -> Result<(), DatabaseError> {
        let values: [Value; 8] = [
            self.project.as_str().into(),
            attempt.period.to_string().into(),
            attempt.started_at.as_str().into(),
            std::process::id().into(),
            attempt.ended_at.as_str().into(),
            attempt.outcome.as_str().into(),
            attempt.revision.into(),
            attempt.codes.join(" ").into(),
        ];
        let sql = "INSERT INTO attempts (project, period, started_at, process, ended_at, outcome, revision, codes)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
        self.database.execute(sql, &values).map(drop)
    }

    /// The newest attempts, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub fn attempts(&mut self, most: u32) -> Result<Vec<Attempt>, DatabaseError> {
        let sql = "SELECT period, started_at, ended_at, outcome, revision, codes FROM attempts WHERE project = $1
            ORDER BY started_at DESC, process DESC LIMIT $2";
        let rows = self.database.query(sql, &[self.project.as_str().into(), i64::from(most).into()])?;
        let attempt = |row: &Row| {
            Ok(Attempt {
                period: period_of(row)?,
                started_at: row.text("started_at")?.to_owned(),
                ended_at: row.text("ended_at")?.to_owned(),
                outcome: row.text("outcome")?.to_owned(),
                revision: row.optional_integer("revision")?.and_then(|revision| u32::try_from(revision).ok()),
                codes: row.text("codes")?.split_whitespace().map(str::to_owned).collect(),
            })
        };
        rows.iter().map(attempt).collect()
    }

    /// Every release, by period and revision.
    ///
    /// # Errors
    /// The database fails, or holds something else than was written.
    pub fn releases(&mut self) -> Result<Vec<Listed>, DatabaseError> {
        let sql = "SELECT period, revision, published_at, answers, newest, reports, fingerprint, program
            FROM releases WHERE project = $1";
        let rows = self.database.query(sql, &[self.project.as_str().into()])?;
        let listed = |row: &Row| {
            Ok(Listed {
                period: period_of(row)?,
                revision: number(row, "revision")?,
                published_at: row.text("published_at")?.to_owned(),
                answers: u64::try_from(row.integer("answers")?).unwrap_or_default(),
                newest: row.optional_text("newest")?.map(str::to_owned),
                reports: serde_json::from_str(row.text("reports")?).unwrap_or_default(),
                fingerprint: row.text("fingerprint")?.to_owned(),
                program: row.text("program")?.to_owned(),
            })
        };
        let mut found: Vec<Listed> = rows.iter().map(listed).collect::<Result<_, DatabaseError>>()?;
        found.sort_by_key(|held| (held.period, held.revision));
        Ok(found)
    }

    /// The newest revision of each period.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn newest(&mut self) -> Result<BTreeMap<Period, Listed>, DatabaseError> {
        Ok(self.releases()?.into_iter().map(|held| (held.period, held)).collect())
    }

    /// The estimates of one release in their order.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn estimates(&mut self, period: Period, revision: u32) -> Result<Vec<EstimateRecord>, DatabaseError> {
        let sql = "SELECT * FROM release_estimates WHERE project = $1 AND period = $2 AND revision = $3 ORDER BY place";
        let key = [self.project.as_str().into(), period.to_string().into(), revision.into()];
        self.database.query(sql, &key)?.iter().map(estimate_of).collect()
    }

    /// The numbers of one release; findings are not read back.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn numbers(&mut self, listed: &Listed) -> Result<Numbers, DatabaseError> {
        let key: [Value; 3] = [self.project.as_str().into(), listed.period.to_string().into(), listed.revision.into()];
        let condition = "WHERE project = $1 AND period = $2 AND revision = $3";
        let shapes = self.database.query_first(&format!("SELECT shapes FROM releases {condition}"), &key)?;
        let shapes: Vec<TableShape> = match shapes {
            Some(row) => serde_json::from_str(row.text("shapes")?).unwrap_or_default(),
            None => Vec::new(),
        };
        let sql = format!("SELECT file, sha256, row_count FROM release_inputs {condition} ORDER BY file");
        let input = |row: &Row| {
            Ok(InputRecord {
                file: row.text("file")?.to_owned(),
                sha256: row.text("sha256")?.to_owned(),
                rows: u64::try_from(row.integer("row_count")?).unwrap_or_default(),
            })
        };
        let inputs = self.database.query(&sql, &key)?.iter().map(input).collect::<Result<_, DatabaseError>>()?;
        Ok(Numbers {
            period: listed.period,
            inputs,
            answers: listed.answers,
            newest: listed.newest.as_deref().and_then(|day| day.parse().ok()),
            tables: shapes,
            metrics: self.metrics(listed)?,
            estimates: self.estimates(listed.period, listed.revision)?,
            findings: Vec::new(),
            content: String::new(),
        })
    }

    /// The metrics of a release in their order.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn metrics(&mut self, listed: &Listed) -> Result<Vec<MetricRecord>, DatabaseError> {
        let sql = "SELECT metric, module, title, unit FROM release_metrics
            WHERE project = $1 AND period = $2 AND revision = $3 ORDER BY place";
        let key = [self.project.as_str().into(), listed.period.to_string().into(), listed.revision.into()];
        let metric = |row: &Row| {
            Ok(MetricRecord {
                id: row.text("metric")?.to_owned(),
                module: row.text("module")?.to_owned(),
                title: serde_json::from_str::<Localized>(row.text("title")?).unwrap_or_else(|_| "".into()),
                unit: unit_of(row)?,
            })
        };
        self.database.query(sql, &key)?.iter().map(metric).collect()
    }

    /// The series of a metric for the total or one group: the newest revision of each period, in time order.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn series(&mut self, metric: &str, segment: &IndexMap<String, String>) -> Result<Vec<Entry>, DatabaseError> {
        let newest = self.newest()?;
        let sql = "SELECT * FROM release_estimates WHERE project = $1 AND metric = $2 AND segment = $3";
        let key = [self.project.as_str().into(), metric.into(), segment_text(segment).into()];
        let entry = |row: &Row| {
            Ok(Entry { period: period_of(row)?, revision: number(row, "revision")?, estimate: estimate_of(row)? })
        };
        let rows: Vec<Entry> =
            self.database.query(sql, &key)?.iter().map(entry).collect::<Result<_, DatabaseError>>()?;
        let current = |held: &Entry| newest.get(&held.period).is_some_and(|listed| listed.revision == held.revision);
        let mut series: Vec<Entry> = rows.into_iter().filter(current).collect();
        series.sort_by_key(|held| held.period);
        Ok(series)
    }

    /// Every estimate of every release, by period, revision and place.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn everything(&mut self) -> Result<Vec<Entry>, DatabaseError> {
        let mut all = Vec::new();
        for listed in self.releases()? {
            let own = self.estimates(listed.period, listed.revision)?;
            all.extend(own.into_iter().map(|estimate| Entry {
                period: listed.period,
                revision: listed.revision,
                estimate,
            }));
        }
        Ok(all)
    }
}

/// A count as the database holds it.
fn whole(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A word of an enumeration as it is written in JSON.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A group as text, empty for the total: `canteen=第二食堂`. Columns are sorted; what would be taken for structure is escaped.
pub fn segment_text(segment: &IndexMap<String, String>) -> String {
    let mut parts: Vec<String> = segment
        .iter()
        .map(|(column, value)| format!("{column}={}", value.replace('\\', r"\\").replace(';', r"\;")))
        .collect();
    parts.sort();
    parts.join(";")
}

/// The group of such a text.
pub fn segment_of(text: &str) -> IndexMap<String, String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => parts.last_mut().into_iter().for_each(|part| part.extend(characters.next())),
            ';' => parts.push(String::new()),
            other => parts.last_mut().into_iter().for_each(|part| part.push(other)),
        }
    }
    let pair = |part: &String| part.split_once('=').map(|(column, value)| (column.to_owned(), value.to_owned()));
    parts.iter().filter_map(pair).collect()
}

fn insert(
    transaction: &mut Transaction<'_>,
    table: &str,
    key: &[Value; 3],
    columns: &[(&str, Value)],
) -> Result<(), DatabaseError> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let places: Vec<String> = (1..=key.len() + columns.len()).map(|place| format!("${place}")).collect();
    let sql =
        format!("INSERT INTO {table} (project, period, revision, {}) VALUES ({})", names.join(", "), places.join(", "));
    let values: Vec<Value> = key.iter().cloned().chain(columns.iter().map(|(_, value)| value.clone())).collect();
    transaction.execute(&sql, &values).map(drop)
}

fn insert_estimate(
    transaction: &mut Transaction<'_>,
    key: &[Value; 3],
    place: i64,
    period: Period,
    held: &EstimateRecord,
) -> Result<(), DatabaseError> {
    // Degrees of freedom of a large population may be infinite, which no column holds.
    let finite = |value: Option<f64>| Value::from(value.filter(|value| value.is_finite()));
    insert(
        transaction,
        "release_estimates",
        key,
        &[
            ("place", place.into()),
            ("metric", held.metric.as_str().into()),
            ("module", held.module.as_str().into()),
            ("wave", period.to_string().into()),
            ("segment", segment_text(&held.segment).into()),
            ("n", held.n.map_or(Value::Null, whole)),
            ("n_weighted", finite(held.n_weighted)),
            ("n_eff", finite(held.n_eff)),
            ("estimate", finite(held.estimate)),
            ("se", finite(held.se)),
            ("ci_low", finite(held.ci.map(|[low, _]| low))),
            ("ci_high", finite(held.ci.map(|[_, high]| high))),
            ("df", finite(held.df)),
            ("unit", word(&held.unit).into()),
            ("base", held.base.as_str().into()),
            ("suppressed", held.suppressed.into()),
            ("flagged", held.flagged.into()),
            ("reason", held.reason.as_ref().map(word).into()),
        ],
    )
}

fn estimate_of(row: &Row) -> Result<EstimateRecord, DatabaseError> {
    let ends = row.optional_real("ci_low")?.zip(row.optional_real("ci_high")?);
    let reason = row.optional_text("reason")?.map(|word| serde_json::Value::String(word.to_owned()));
    Ok(EstimateRecord {
        metric: row.text("metric")?.to_owned(),
        module: row.text("module")?.to_owned(),
        segment: segment_of(row.text("segment")?),
        n: row.optional_integer("n")?.and_then(|n| u64::try_from(n).ok()),
        n_weighted: row.optional_real("n_weighted")?,
        n_eff: row.optional_real("n_eff")?,
        estimate: row.optional_real("estimate")?,
        se: row.optional_real("se")?,
        ci: ends.map(|(low, high)| [low, high]),
        df: row.optional_real("df")?,
        unit: unit_of(row)?,
        base: row.text("base")?.to_owned(),
        suppressed: row.truth("suppressed")?,
        flagged: row.truth("flagged")?,
        reason: reason.and_then(|word| serde_json::from_value(word).ok()),
    })
}

fn unit_of(row: &Row) -> Result<Unit, DatabaseError> {
    let text = row.text("unit")?;
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| unexpected(text, "a unit"))
}

fn period_of(row: &Row) -> Result<Period, DatabaseError> {
    let text = row.text("period")?;
    text.parse().map_err(|_| unexpected(text, "a period"))
}

fn number(row: &Row, column: &str) -> Result<u32, DatabaseError> {
    let found = row.integer(column)?;
    u32::try_from(found).map_err(|_| unexpected(&found.to_string(), "a revision"))
}

fn unexpected(found: &str, wanted: &str) -> DatabaseError {
    DatabaseError::new("history", Problem::Unexpected(format!("`{found}` is not {wanted}")))
}

/// The file of a history that is one.
pub fn file_of(place: &Place) -> Option<&PathBuf> {
    match place {
        Place::File(path) => Some(path),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
