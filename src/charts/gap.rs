//! Perception against expectation as dumbbells: `templates/charts/gap.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis};

/// One dumbbell a row between what was expected and what was perceived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Top to bottom; usually the largest shortfall first.
    pub rows: Vec<GapRow>,
    /// Common axis; need not begin at zero.
    pub axis: Axis,
    /// Name of the filled mark: `感知`.
    pub perception_title: String,
    /// Name of the upright mark: `期望`.
    pub expectation_title: String,
    /// Head of the column of gaps at the right: `差距`.
    pub gap_title: String,
}

/// A dumbbell; where a value is none, only the other one is drawn, and the gap's label says why.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct GapRow {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// What was perceived.
    pub perception: Option<f64>,
    /// Its interval, low and high.
    pub perception_interval: Option<(f64, f64)>,
    /// Formatted.
    pub perception_label: String,
    /// What was expected.
    pub expectation: Option<f64>,
    /// Its interval, low and high.
    pub expectation_interval: Option<(f64, f64)>,
    /// Formatted.
    pub expectation_label: String,
    /// Formatted difference, its interval or the mark of significance: `−0.42 ▼`.
    pub gap_label: String,
    /// How the row stands out.
    pub emphasis: Emphasis,
    /// Perception drawn hollow: few answers.
    pub small_base: bool,
}
