//! Horizontal bars with interval whiskers: `templates/charts/bar.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::Emphasis;

/// A bar; `value` is none where the estimate is suppressed, and `label` then says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Length.
    pub value: Option<f64>,
    /// Interval, low and high.
    pub interval: Option<(f64, f64)>,
    /// Formatted value at the bar's end.
    pub label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
