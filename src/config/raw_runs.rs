//! The `runs` part of the project file as it is written: how often the project runs by itself, when, what must hold before a
//! release is published, and where the numbers of all periods are kept.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::config::period::Cadence;

/// Unattended runs: one release for every month, quarter or week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRuns {
    /// Length of a period: `month` (default), `quarter` or `week`.
    #[serde(default)]
    pub every: Cadence,
    /// Time zone in which periods begin and end, such as `Asia/Shanghai`.
    pub timezone: String,
    /// First period, such as `2026-01`; earlier ones are never run. Default: the first one that was run.
    #[serde(default)]
    pub from: Option<String>,
    /// When a period is run after its end.
    #[serde(default)]
    pub schedule: RawSchedule,
    /// How many periods a run reads from the files, the newest included; older ones come from the history.
    #[serde(default = "default_read")]
    pub read: u32,
    /// Name of the project in a database that several share; letters, digits, `-` and `_`.
    #[serde(default)]
    pub name: Option<String>,
    /// Where the numbers of all periods are kept: a file in the project folder, or `{ url: ... }` of a PostgreSQL database.
    #[serde(default)]
    pub history: RawHistory,
    /// What must hold before a release is published.
    #[serde(default)]
    pub gates: RawGates,
    /// Control charts of the indicators over the periods.
    #[serde(default)]
    pub control: RawControl,
    /// What is kept of earlier releases.
    #[serde(default)]
    pub keep: RawKeep,
}

/// The periods that are read where the project names none.
pub fn default_read() -> u32 {
    1
}

/// When a period is run after its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSchedule {
    /// Day of the next period, from 1: 3 is the third of the month, or Wednesday.
    pub day: u32,
    /// Time of day, `06:00`.
    pub time: String,
}

impl Default for RawSchedule {
    fn default() -> Self {
        Self { day: 1, time: "06:00".to_owned() }
    }
}

/// The history store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawHistory {
    /// A file, relative to the project folder.
    File(String),
    /// A database for teams.
    Database(RawHistoryUrl),
}

/// A PostgreSQL database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawHistoryUrl {
    /// `${env:NAME}` or `${file:PATH}`: the address holds a password and stands nowhere in the project.
    pub url: String,
}

impl Default for RawHistory {
    fn default() -> Self {
        Self::File("history.sqlite".to_owned())
    }
}

/// What happens when a gate does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateAction {
    /// It is said and the release is published.
    Warn,
    /// The release waits for `manyi approve`.
    Hold,
    /// Nothing is published.
    Fail,
}

/// The gates; those that are not written are not checked, except the schema, which warns, and fewer answers, which hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawGates {
    /// The newest answer is not older than some days before the period's end.
    pub freshness: Option<RawFreshness>,
    /// There are enough answers.
    pub answers: Option<RawAnswersGate>,
    /// A revision has not fewer answers than were published.
    pub fewer: Option<RawFewerGate>,
    /// Not too many cells of a column are empty.
    pub missing: Option<RawMissingGate>,
    /// Limits of indicators by metric id: shares of flagged answers, or any other.
    pub limits: IndexMap<String, RawLimitGate>,
    /// Columns and options are those of the period before.
    pub schema: Option<RawSchemaGate>,
    /// Indicators do not jump between two periods.
    pub jump: Option<RawJumpGate>,
}

/// The newest answer is not older than some days before the period's end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFreshness {
    /// Days before the end of the period.
    pub days: u32,
    /// Date column; default the one that cuts the waves.
    #[serde(default)]
    pub column: Option<String>,
    /// `warn`, `hold` (default) or `fail`.
    #[serde(default = "hold")]
    pub then: GateAction,
}

/// There are enough answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAnswersGate {
    /// Least number of answers in the period.
    pub least: u64,
    /// `warn`, `hold` (default) or `fail`.
    #[serde(default = "hold")]
    pub then: GateAction,
}

/// A revision has not fewer answers than were published; one may always go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawFewerGate {
    /// Largest share of the answers that may be gone, 0 to 1; default 0.02.
    pub most: f64,
    /// `warn`, `hold` (default) or `fail`.
    pub then: GateAction,
}

impl Default for RawFewerGate {
    fn default() -> Self {
        Self { most: 0.02, then: GateAction::Hold }
    }
}

/// Not too many cells of a column are empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMissingGate {
    /// Largest share of missing and unreadable answers of a column, 0 to 1; what does not apply counts as neither.
    pub most: f64,
    /// Columns to look at; default all that are read from the files.
    #[serde(default)]
    pub columns: Vec<String>,
    /// `warn`, `hold` (default) or `fail`.
    #[serde(default = "hold")]
    pub then: GateAction,
}

/// Limits of an indicator in its unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLimitGate {
    /// Smallest value.
    #[serde(default)]
    pub least: Option<f64>,
    /// Largest value.
    #[serde(default)]
    pub most: Option<f64>,
    /// `warn`, `hold` (default) or `fail`.
    #[serde(default = "hold")]
    pub then: GateAction,
}

/// Columns and options are those of the period before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSchemaGate {
    /// A column or an option that was not there before: `warn` (default), `hold` or `fail`.
    pub new: GateAction,
    /// A column or an option that is there no more, renamed ones included: `hold` (default), `warn` or `fail`.
    pub missing: GateAction,
}

impl Default for RawSchemaGate {
    fn default() -> Self {
        Self { new: GateAction::Warn, missing: GateAction::Hold }
    }
}

/// Indicators do not jump between two periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJumpGate {
    /// Largest change by metric id, in its unit.
    pub limits: IndexMap<String, f64>,
    /// `warn`, `hold` (default) or `fail`.
    #[serde(default = "hold")]
    pub then: GateAction,
}

fn hold() -> GateAction {
    GateAction::Hold
}

/// Control charts of the indicators over the periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawControl {
    /// Metrics by id with their chart, `xmr` (individuals and moving range) or `p` (share with its number of answers).
    pub metrics: IndexMap<String, ControlChart>,
    /// Run rules: `western-electric` (default) or `nelson`.
    pub rules: RuleSet,
    /// Fewest periods that limits are computed from; before, nothing signals.
    pub least: u32,
    /// First and last period of the baseline, which the limits are computed from; default all periods.
    pub baseline: Option<[String; 2]>,
}

impl Default for RawControl {
    fn default() -> Self {
        Self { metrics: IndexMap::new(), rules: RuleSet::default(), least: 8, baseline: None }
    }
}

/// Kinds of control charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ControlChart {
    /// Individuals and moving range: centre the mean, σ the mean moving range over d₂ (Shewhart 1931; Wheeler 1993).
    Xmr,
    /// Shares: centre the pooled share p̄, σ of a period √(p̄(1−p̄)/n) with n its effective number of answers (Shewhart 1931; NIST/SEMATECH
    /// e-Handbook 6.3.3.2).
    P,
}

/// Sets of run rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSet {
    /// Western Electric, Statistical Quality Control Handbook (1956): beyond 3σ; two of three beyond 2σ; four of five beyond 1σ; eight on one side.
    #[default]
    WesternElectric,
    /// Nelson, Journal of Quality Technology 16 (1984) 237-239, tests 1 to 4: beyond 3σ; nine on one side; six rising or falling; fourteen alternating.
    Nelson,
}

/// What is kept of earlier releases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawKeep {
    /// Revisions of a period whose files are kept, the newest included; default all. The history keeps their numbers.
    pub revisions: Option<u32>,
    /// Days after which the words and addresses of messages that came to rest are forgotten; default never. That they were sent is not.
    pub deliveries: Option<u32>,
}
