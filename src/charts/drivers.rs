//! Relative importance with bootstrap intervals, performance beside it: `templates/charts/drivers.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark};

/// Bars of importance; at the right, on a scale of its own in a panel of its own, performance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drivers {
    /// Top to bottom, most important first.
    pub rows: Vec<DriverRow>,
    /// Axis of importance, from zero.
    pub axis: Axis,
    /// Head of the bars: `对总体满意度的相对重要性`.
    pub importance_title: String,
    /// A line across the bars with its name, such as the importance each would have if all were equal.
    pub reference: Option<Mark>,
    /// Panel at the right.
    pub performance: Option<PerformancePanel>,
}

/// Head and scale of the panel at the right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PerformancePanel {
    /// `满意率`
    pub title: String,
    /// Scale of the tracks.
    pub axis: Axis,
}

/// A driver; `value` is none where its importance is suppressed, and `label` then says so.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DriverRow {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Importance.
    pub value: Option<f64>,
    /// Bootstrap interval, low and high.
    pub interval: Option<(f64, f64)>,
    /// Formatted importance.
    pub label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// Drawn hollow: few answers.
    pub small_base: bool,
    /// How well the driver performs.
    pub performance: Option<f64>,
    /// Formatted performance.
    pub performance_label: String,
    /// How the performance stands out.
    pub performance_emphasis: Emphasis,
}
