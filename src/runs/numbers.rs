//! What a run measured, as plain values: the estimates of its period, the shape of its data and its findings. Everything that is
//! compared, kept in the history and shown is made of these. No answer of a person and no hidden number is among them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::TimestampMillisecondType;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::analysis::{Finding, FindingKind, IndicatorChart};
use crate::config::raw::ColumnType;
use crate::config::{Period, Project};
use crate::data::{Responses, Tables};
use crate::diagnostics::Localized;
use crate::metrics::{Better, Estimate, Reason, Unit};
use crate::output::manifest::sha256_hex;
use crate::pipeline::Measured;
use crate::runs::history::word;

/// Options of a column that are remembered; a column with more is no closed question.
const MOST_OPTIONS: usize = 200;

/// What a run measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The period.
    pub period: Period,
    /// Data files read.
    pub inputs: Vec<InputRecord>,
    /// Answers of the period in the survey.
    pub answers: u64,
    /// Day of the newest answer, where a date column tells it.
    pub newest: Option<NaiveDate>,
    /// Headers and codebook columns of every table, the survey first.
    pub tables: Vec<TableShape>,
    /// What the metrics are.
    pub metrics: Vec<MetricRecord>,
    /// Estimates of this period.
    pub estimates: Vec<EstimateRecord>,
    /// What calls for a plan, the most urgent first.
    pub findings: Vec<FindingRecord>,
    /// The control charts up to this period.
    #[serde(default)]
    pub charts: Vec<IndicatorChart>,
    /// SHA-256 of the answers of the window: the same answers in other files have the same.
    pub content: String,
    /// The same of the answers of the period alone, where earlier ones are read with them; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub own_content: String,
    /// SHA-256 of the answers of the period in the survey alone, where there are operational tables beside it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub survey_content: String,
    /// The earlier periods that were read with it, in time order; those without answers are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read_with: Vec<ReadPeriod>,
}

/// An earlier period whose answers were read with those of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPeriod {
    /// The period.
    pub period: Period,
    /// Its answers in the survey.
    pub answers: u64,
    /// SHA-256 of its answers alone; empty where they cannot be read without others.
    pub content: String,
    /// The same of the survey alone, where there are operational tables beside it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub survey_content: String,
}

/// A data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Path relative to the project.
    pub file: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Rows read.
    pub rows: u64,
}

/// What a table looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableShape {
    /// Name in the project; `responses` for the survey.
    pub table: String,
    /// Headers of its files, each once.
    pub headers: Vec<String>,
    /// Columns of the codebook.
    pub columns: Vec<ColumnShape>,
}

/// What a column looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnShape {
    /// Name.
    pub name: String,
    /// True if its cells are read from the files.
    pub read: bool,
    /// Options of a closed question; none of personal columns.
    pub options: Vec<String>,
    /// Cells with an answer.
    pub valid: u64,
    /// Cells without an answer, unreadable ones included.
    pub missing: u64,
}

/// What a metric is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricRecord {
    /// Id.
    pub id: String,
    /// Plugin.
    pub module: String,
    /// Name.
    pub title: Localized,
    /// Printed unit.
    pub unit: Unit,
    /// Good direction; not known of releases of earlier versions and of those that only the history knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
}

/// One estimate as it was published; a hidden one has no number at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EstimateRecord {
    /// Metric id.
    pub metric: String,
    /// Plugin id.
    pub module: String,
    /// Segment column to its value; empty for the total.
    pub segment: IndexMap<String, String>,
    /// Answers in the base; none of a hidden estimate, here and below.
    pub n: Option<u64>,
    /// Sum of their weights.
    pub n_weighted: Option<f64>,
    /// Effective number of answers.
    pub n_eff: Option<f64>,
    /// Estimate in the printed unit.
    pub estimate: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Interval.
    pub ci: Option<[f64; 2]>,
    /// Degrees of freedom.
    pub df: Option<f64>,
    /// Printed unit.
    pub unit: Unit,
    /// Base condition as written.
    pub base: String,
    /// Not shown.
    pub suppressed: bool,
    /// Few answers.
    pub flagged: bool,
    /// Why there is no estimate.
    pub reason: Option<Reason>,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingRecord {
    /// Stable name.
    pub id: String,
    /// `below_target`, `worsened`, `control`, …
    pub kind: String,
    /// Metric.
    pub metric: Option<String>,
    /// Segment column and value.
    pub group: Option<[String; 2]>,
    /// `high`, `medium`, `low`.
    pub severity: String,
    /// The estimate.
    pub value: Option<f64>,
    /// Size of the shortfall in its unit.
    pub gap: Option<f64>,
    /// Run rule of a control chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

impl Numbers {
    /// The numbers of the newest wave of a measured project.
    pub fn of(measured: &Measured, period: Period, findings: &[Finding], freshness: Option<&str>) -> Self {
        let results = &measured.indicators.results;
        let name = period.to_string();
        let survey = &measured.indicators.survey().results.waves;
        let answers = measured.indicators.survey().wave_answers();
        let answers = survey.iter().position(|wave| *wave == name).and_then(|at| answers.get(at).copied());
        let own = results.estimates.iter().filter(|estimate| estimate.wave.as_deref() == Some(&name));
        let metrics = results.metrics.iter().filter(|info| info.unavailable.is_none());
        Self {
            period,
            inputs: inputs_of(&measured.tables),
            answers: answers.unwrap_or_default(),
            newest: freshness.and_then(|column| newest_day(&measured.tables.survey, column, period.last_day())),
            tables: shapes(&measured.project, &measured.tables),
            metrics: metrics
                .map(|info| MetricRecord {
                    id: info.id.clone(),
                    module: info.module.clone(),
                    title: info.title.clone(),
                    unit: info.unit,
                    better: Some(info.better),
                })
                .collect(),
            estimates: own.map(EstimateRecord::of).collect(),
            findings: findings.iter().map(FindingRecord::of).collect(),
            charts: measured.controls.clone(),
            content: content_digest(&measured.tables),
            own_content: String::new(),
            survey_content: String::new(),
            read_with: Vec::new(),
        }
    }

    /// SHA-256 of the answers of the period alone.
    pub fn own(&self) -> &str {
        if self.own_content.is_empty() { &self.content } else { &self.own_content }
    }

    /// The same after being written and read, as often as it takes to come out as it went in: a run that goes on with kept numbers
    /// must publish the same bytes, and a reader of JSON may round the last digit.
    #[must_use]
    pub fn settled(self) -> Self {
        let mut held = self;
        for _ in 0..8 {
            let Ok(text) = serde_json::to_string(&held) else { break };
            let Ok(read) = serde_json::from_str::<Self>(&text) else { break };
            if serde_json::to_string(&read).is_ok_and(|again| again == text) {
                return read;
            }
            held = read;
        }
        held
    }

    /// The findings of control charts.
    pub fn signals(&self) -> Vec<FindingRecord> {
        let control = [FindingKind::Control.word(), FindingKind::ControlImproved.word()];
        self.findings.iter().filter(|held| control.contains(&held.kind.as_str())).cloned().collect()
    }

    /// The estimate of a metric for the total.
    pub fn total(&self, metric: &str) -> Option<&EstimateRecord> {
        self.estimates.iter().find(|held| held.metric == metric && held.segment.is_empty())
    }
}

impl TableShape {
    /// Rows that the table had, or somewhat fewer where no column applies to all of them.
    pub fn rows(&self) -> u64 {
        self.columns.iter().map(|column| column.valid + column.missing).max().unwrap_or_default()
    }

    /// The same table without rows.
    pub(super) fn emptied(self) -> Self {
        let empty = |column: ColumnShape| ColumnShape { options: Vec::new(), valid: 0, missing: 0, ..column };
        Self { columns: self.columns.into_iter().map(empty).collect(), ..self }
    }
}

impl EstimateRecord {
    /// An estimate without what is hidden.
    pub fn of(estimate: &Estimate) -> Self {
        let weights = estimate.printed_weights();
        let shown = !estimate.suppressed;
        Self {
            metric: estimate.metric.clone(),
            module: estimate.module.clone(),
            segment: estimate.segment.clone(),
            n: estimate.printed_n(),
            n_weighted: weights.map(|[weighted, _]| weighted),
            n_eff: weights.map(|[_, effective]| effective),
            estimate: estimate.estimate.filter(|_| shown),
            se: estimate.se.filter(|_| shown),
            ci: estimate.ci.filter(|_| shown),
            df: estimate.df.filter(|_| shown),
            unit: estimate.unit,
            base: estimate.base.clone(),
            suppressed: estimate.suppressed,
            flagged: estimate.flagged,
            reason: estimate.reason,
        }
    }

    /// The estimate as one of the wave of a period.
    #[allow(clippy::cast_precision_loss, reason = "numbers of answers")]
    pub fn in_wave(&self, period: Period) -> Estimate {
        Estimate {
            metric: self.metric.clone(),
            module: self.module.clone(),
            wave: Some(period.to_string()),
            segment: self.segment.clone(),
            n: self.n.unwrap_or_default(),
            n_weighted: self.n_weighted.unwrap_or_default(),
            n_eff: self.n_eff.unwrap_or_default(),
            estimate: self.estimate,
            se: self.se,
            ci: self.ci,
            df: self.df,
            unit: self.unit,
            base: self.base.clone(),
            suppressed: self.suppressed,
            flagged: self.flagged,
            reason: self.reason,
        }
    }
}

impl FindingRecord {
    fn of(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            kind: finding.kind.word().to_owned(),
            metric: finding.metric.clone(),
            group: finding.group.as_ref().map(|group| [group.column.clone(), group.value.clone()]),
            severity: word(&finding.severity),
            value: Some(finding.evidence.value).filter(|value| value.is_finite()),
            gap: Some(finding.evidence.gap).filter(|gap| gap.is_finite()),
            rule: finding.evidence.control.map(|control| control.rule.word().to_owned()),
        }
    }
}

/// The tables with their names, the survey first.
fn tables_of(tables: &Tables) -> impl Iterator<Item = (&str, &Responses)> {
    let operational = tables.operational.iter().map(|(name, table)| (name.as_str(), table));
    std::iter::once((crate::config::project::SURVEY, &tables.survey)).chain(operational)
}

pub(super) fn inputs_of(tables: &Tables) -> Vec<InputRecord> {
    let files: BTreeMap<&str, InputRecord> = tables_of(tables)
        .flat_map(|(_, table)| &table.inputs)
        .map(|input| {
            let record = InputRecord { file: input.file.clone(), sha256: input.sha256.clone(), rows: input.rows };
            (input.file.as_str(), record)
        })
        .collect();
    files.into_values().collect()
}

/// What the tables look like.
pub(super) fn shapes(project: &Project, tables: &Tables) -> Vec<TableShape> {
    let shape = |(name, table): (&str, &Responses)| {
        let view = project.of_table(name);
        let codebook = view.as_ref().map_or(&project.raw.columns, |view| &view.raw.columns);
        let mut headers: Vec<String> = Vec::new();
        for header in table.inputs.iter().flat_map(|input| &input.headers) {
            if !headers.contains(header) {
                headers.push(header.clone());
            }
        }
        let columns = table.columns.iter().map(|column| {
            let raw = codebook.get(&column.name);
            let closed = matches!(column.kind, ColumnType::Single | ColumnType::Multi | ColumnType::Ranking)
                && column.categories.len() <= MOST_OPTIONS
                && !raw.is_some_and(|raw| raw.personal);
            ColumnShape {
                name: column.name.clone(),
                read: raw.is_some_and(crate::config::raw::RawColumn::is_read),
                options: if closed { column.categories.clone() } else { Vec::new() },
                valid: column.counts.valid,
                missing: column.counts.missing + column.counts.invalid,
            }
        });
        TableShape { table: name.to_owned(), headers, columns: columns.collect() }
    };
    tables_of(tables).map(shape).collect()
}

/// The newest day of a date column up to `last`: a slip of the pen, such as 2062, is no fresh answer.
fn newest_day(table: &Responses, column: &str, last: NaiveDate) -> Option<NaiveDate> {
    let day = |moment| chrono::DateTime::from_timestamp_millis(moment).map(|moment| moment.date_naive());
    table
        .batches
        .column_by_name(column)
        .filter_map(|cells| {
            let moments = cells.as_primitive_opt::<TimestampMillisecondType>()?;
            let valid = (0..moments.len()).filter(|row| moments.is_valid(*row));
            valid.filter_map(|row| day(moments.value(row))).filter(|day| *day <= last).max()
        })
        .max()
}

/// SHA-256 over all cells of all tables with the names of their columns.
pub(super) fn content_digest(tables: &Tables) -> String {
    let mut digests = Vec::new();
    for (name, table) in tables_of(tables) {
        for field in table.schema.fields() {
            let cells = table.column_texts(field.name());
            digests.push(format!("{name}\u{1f}{}\u{1f}{}", field.name(), sha256_hex(cells.join("\u{1e}").as_bytes())));
        }
    }
    sha256_hex(digests.join("\n").as_bytes())
}
