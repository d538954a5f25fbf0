//! What moved a value from one wave to the next: `templates/charts/waterfall.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::Axis;

/// A start, what raised and lowered it, an end. The changes are expected to add up to the difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waterfall {
    /// The value before.
    pub start: WaterfallTotal,
    /// Top to bottom.
    pub changes: Vec<WaterfallChange>,
    /// The value after.
    pub end: WaterfallTotal,
    /// Common axis. If it begins above zero the two totals carry a break mark.
    pub axis: Axis,
}

/// Start or end.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WaterfallTotal {
    /// `2026年5月 CSI`
    pub name: String,
    /// Where the bar ends.
    pub value: Option<f64>,
    /// Formatted value.
    pub label: String,
}

/// A contribution; up in blue, down in orange.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WaterfallChange {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Change with its sign, in the unit of the axis; none where suppressed, and `label` then says so.
    pub change: Option<f64>,
    /// Interval of the change, low and high.
    pub interval: Option<(f64, f64)>,
    /// Formatted change with its sign and mark of significance: `+1.2 ▲`.
    pub label: String,
    /// Drawn grey: a remainder such as rounding or the unexplained part.
    pub remainder: bool,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
