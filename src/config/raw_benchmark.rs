//! The `benchmarks` part of the project file as it is written: numbers of others that the project's indicators are set against.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::Localized;

/// A number of others for an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBenchmark {
    /// The number, in the unit of the metric.
    pub value: f64,
    /// How it came about: the `best` company, the strengths of all `combined`, or a panel of `experts`.
    pub way: BenchmarkWay,
    /// Where it comes from.
    pub source: Localized,
    /// Year or period that it is of.
    #[serde(default)]
    pub period: Option<String>,
    /// Its standard error. Without one it is taken as a constant.
    #[serde(default)]
    pub se: Option<f64>,
}

/// How a benchmark came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BenchmarkWay {
    /// 最佳企业: the best company of the industry.
    Best,
    /// 各家之长: the best of each company, put together.
    Combined,
    /// 专家评定: set by a panel of experts.
    Experts,
}

/// Which groups of a segment column are rivals: all but our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRivals {
    /// Segment column that holds the brands, such as `brand`.
    pub column: String,
    /// Our own brand among them.
    pub own: String,
}
