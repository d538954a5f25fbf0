//! The `banners:` part of the project file as it is written: which questions are crossed with which segments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::Localized;

/// A banner table: questions down the side, the groups of segments across the top.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBanner {
    /// Name of the banner, for `manyi tables --id`.
    pub id: String,
    /// Name for documents. Default: the id.
    #[serde(default)]
    pub title: Option<Localized>,
    /// Operational table that questions and segments are columns of. Default: the survey.
    #[serde(default)]
    pub table: Option<String>,
    /// Columns down the side. Default: every scale, single and multi that is not a segment here and has no part in the design.
    #[serde(default)]
    pub questions: Option<Vec<String>>,
    /// Columns whose groups stand across the top. Default: the project's (or the table's) segments.
    #[serde(default)]
    pub segments: Option<Vec<String>>,
    /// Waves to make tables of: `newest` (default) or `all`.
    #[serde(default)]
    pub wave: BannerWaves,
    /// Correction of the tests between the groups of a segment: `none` (default) or `holm`.
    #[serde(default)]
    pub correction: BannerCorrection,
}

/// The waves that a banner is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BannerWaves {
    /// The newest wave.
    #[default]
    Newest,
    /// Each wave in tables of its own.
    All,
}

/// What is done about many tests in one row of a banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BannerCorrection {
    /// Every pair of columns is tested by itself.
    #[default]
    None,
    /// Holm's step-down over all pairs of one segment in one row.
    Holm,
}
