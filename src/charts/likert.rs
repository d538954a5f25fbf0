//! Diverging stacked bars of an attitude scale: `templates/charts/likert.typ`.

use serde::{Deserialize, Serialize};

/// One bar of a diverging chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikertRow {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Percentages by level, worst to best; they add up to 100.
    pub shares: Vec<f64>,
    /// The percentages as printed.
    pub labels: Vec<String>,
    /// Net score (top minus bottom) as printed at the end.
    pub net: String,
    /// `n = 412`
    pub base: String,
}
