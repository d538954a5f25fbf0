//! What goes into the history: releases, each in one transaction, and how runs ended.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Attempt, History, segment_text, tables, word};
use crate::config::Period;
use crate::output::manifest::Program;
use crate::runs::database::{DatabaseError, Queries as _, Transaction, Value};
use crate::runs::numbers::{EstimateRecord, Numbers};
use crate::runs::steps::passed;

impl History {
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
            let last = "SELECT COALESCE(MAX(place), 0) AS place FROM releases WHERE project = $1";
            let last = transaction.query_first(last, &key[..1])?.map_or(Ok(0), |row| row.integer("place"))?;
            insert(
                transaction,
                "releases",
                &key,
                &[
                    ("fingerprint", fingerprint.into()),
                    ("answers", whole(numbers.answers)),
                    ("newest", numbers.newest.map(|day| day.to_string()).into()),
                    ("published_at", now.to_rfc3339_opts(SecondsFormat::Secs, true).into()),
                    ("place", (last + 1).into()),
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

    /// Notes how a run ended; of two that one process began at a period in the same second, how the later one did.
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
        let last = "SELECT COALESCE(MAX(place), 0) AS place FROM attempts WHERE project = $1";
        let sql = "INSERT INTO attempts (project, period, started_at, process, ended_at, outcome, revision, codes, place)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (project, period, started_at, process) DO UPDATE SET ended_at = excluded.ended_at,
                outcome = excluded.outcome, revision = excluded.revision, codes = excluded.codes, place = excluded.place";
        self.database.transaction(|transaction| {
            let last = transaction.query_first(last, &values[..1])?.map_or(Ok(0), |row| row.integer("place"))?;
            let values: Vec<Value> = values.iter().cloned().chain([(last + 1).into()]).collect();
            transaction.execute(sql, &values).map(drop)
        })
    }
}

/// A count as the database holds it.
fn whole(count: u64) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
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
