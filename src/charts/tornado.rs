//! How far each assumption moves a result: `templates/charts/tornado.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark};

/// Bars to both sides of the base value; usually the widest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tornado {
    /// Top to bottom.
    pub rows: Vec<TornadoRow>,
    /// The result under the assumptions as they are: `基准 12.4 万元`.
    pub base: Mark,
    /// A second line with its name, such as where nothing is gained any more.
    pub reference: Option<Mark>,
    /// Common axis of the results.
    pub axis: Axis,
    /// What the orange side stands for: `假设取低值`.
    pub low_title: String,
    /// What the blue side stands for.
    pub high_title: String,
}

/// An assumption.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TornadoRow {
    /// Name at the left, with its range: `回头率 (60%–75%)`; wrapped, never cut.
    pub name: String,
    /// Result with the assumption at its low end; may lie above the base.
    pub low: Option<f64>,
    /// Formatted.
    pub low_label: String,
    /// Result with the assumption at its high end.
    pub high: Option<f64>,
    /// Formatted.
    pub high_label: String,
    /// How the name stands out.
    pub emphasis: Emphasis,
}
