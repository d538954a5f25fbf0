//! What comes out of the history: releases, attempts, estimates and series.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{Attempt, Entry, History, Listed, RESTORED, segment_of, segment_text, word};
use crate::config::Period;
use crate::config::period::Cadence;
use crate::diagnostics::Localized;
use crate::metrics::Unit;
use crate::runs::database::{DatabaseError, Problem, Queries as _, Row, Value};
use crate::runs::numbers::{EstimateRecord, InputRecord, MetricRecord, Numbers, TableShape};
use crate::runs::run::Outcome;

impl History {
    /// True if a run noted that it brought this revision to its end, which is the last thing that a run does.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn was_noted(&mut self, period: Period, revision: u32) -> Result<bool, DatabaseError> {
        Ok(self.noted()?.contains(&(period, revision)))
    }

    /// The releases that a run brought to its end; one that was killed before has still to tell its readers.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn noted(&mut self) -> Result<BTreeSet<(Period, u32)>, DatabaseError> {
        let sql = "SELECT DISTINCT period, revision FROM attempts WHERE project = $1 AND revision IS NOT NULL
            AND outcome IN ($2, $3)";
        let published = word(&Outcome::Published);
        let key = [self.project.as_str().into(), published.into(), RESTORED.into()];
        let rows = self.database.query(sql, &key)?;
        rows.iter().map(|row| Ok((period_of(row)?, number(row, "revision")?))).collect()
    }

    /// The newest attempts, newest first: those that were noted last.
    ///
    /// # Errors
    /// The database fails.
    pub fn attempts(&mut self, most: u32) -> Result<Vec<Attempt>, DatabaseError> {
        let sql = "SELECT period, started_at, ended_at, outcome, revision, codes FROM attempts WHERE project = $1
            ORDER BY place DESC, started_at DESC, process DESC LIMIT $2";
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

    /// The periods whose newest attempt failed or is held.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn stopped(&mut self) -> Result<BTreeSet<Period>, DatabaseError> {
        let sql = "SELECT period, outcome FROM attempts WHERE project = $1 ORDER BY place, started_at, process";
        let rows = self.database.query(sql, &[self.project.as_str().into()])?;
        let stops = [word(&Outcome::Failed), word(&Outcome::Held)];
        let mut newest = BTreeMap::new();
        for row in &rows {
            // That a release was written again ends no alarm.
            if row.text("outcome")? == RESTORED {
                continue;
            }
            newest.insert(period_of(row)?, stops.iter().any(|stop| row.text("outcome").is_ok_and(|held| held == stop)));
        }
        Ok(newest.into_iter().filter_map(|(period, stopped)| stopped.then_some(period)).collect())
    }

    /// Every release, by period and revision.
    ///
    /// # Errors
    /// The database fails, or holds something else than was written.
    pub fn releases(&mut self) -> Result<Vec<Listed>, DatabaseError> {
        let sql = "SELECT period, revision, published_at, place, answers, newest, reports, fingerprint, program
            FROM releases WHERE project = $1";
        let rows = self.database.query(sql, &[self.project.as_str().into()])?;
        let listed = |row: &Row| {
            Ok(Listed {
                period: period_of(row)?,
                revision: number(row, "revision")?,
                published_at: row.text("published_at")?.to_owned(),
                place: row.integer("place")?,
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

    /// The newest revision of each period of one length. After a change of `runs.every` the history holds periods of others, which are
    /// part of these or contain them, and are neither before nor after them.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn newest_of(&mut self, cadence: Cadence) -> Result<BTreeMap<Period, Listed>, DatabaseError> {
        Ok(self.newest()?.into_iter().filter(|(period, _)| period.cadence() == cadence).collect())
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
            charts: Vec::new(),
            content: String::new(),
            own_content: String::new(),
            survey_content: String::new(),
            read_with: Vec::new(),
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
                better: None,
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

    /// The series of several metrics in one reading: of the total and of the groups of `columns`, as these releases have them, in time
    /// order.
    ///
    /// # Errors
    /// As [`History::releases`].
    pub fn series_of(
        &mut self,
        metrics: &[&str],
        columns: &[&str],
        releases: &[Listed],
    ) -> Result<Vec<Entry>, DatabaseError> {
        if metrics.is_empty() || releases.is_empty() {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = vec![self.project.as_str().into()];
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        let metrics: Vec<String> = metrics.iter().map(|metric| place((*metric).into())).collect();
        let group = |column: &&str| {
            let name = place(format!("{column}=").into());
            format!(" OR SUBSTR(segment, 1, LENGTH({name})) = {name}")
        };
        let groups: String = columns.iter().map(group).collect();
        let sql = format!(
            "SELECT * FROM release_estimates WHERE project = $1 AND metric IN ({}) AND (segment = ''{groups})",
            metrics.join(", ")
        );
        let wanted: BTreeMap<Period, u32> = releases.iter().map(|held| (held.period, held.revision)).collect();
        let mut found = Vec::new();
        for row in self.database.query(&sql, &values)? {
            let (period, revision) = (period_of(&row)?, number(&row, "revision")?);
            let estimate = estimate_of(&row)?;
            // What stands in two columns at once is no group of one of them.
            if wanted.get(&period) == Some(&revision) && estimate.segment.len() < 2 {
                found.push(Entry { period, revision, estimate });
            }
        }
        found.sort_by_key(|held| held.period);
        Ok(found)
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
