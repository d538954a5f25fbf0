//! Cards with a value against its target and the value before: `templates/charts/gauge.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark};

/// One or more cards beside each other, as many in a row as fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gauge {
    /// In reading order.
    pub cards: Vec<GaugeCard>,
}

/// A card; `value` is none where the estimate is suppressed, and `label` then says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GaugeCard {
    /// `美誉度`
    pub name: String,
    /// Length of the bar.
    pub value: Option<f64>,
    /// Interval, low and high.
    pub interval: Option<(f64, f64)>,
    /// Formatted value, printed large: `72.4%`.
    pub label: String,
    /// Beside the value: `[69.1, 75.5]`, the change, its significance. May be empty.
    pub note: String,
    /// Scale of the bar; the lowest and highest tick are printed.
    pub axis: Axis,
    /// Line across the bar, named above it.
    pub target: Option<Mark>,
    /// Triangle under the bar, named below it.
    pub previous: Option<Mark>,
    /// Colour of the value: bad where the target is missed.
    pub emphasis: Emphasis,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
