//! Reasons by frequency with their running share: `templates/charts/pareto.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark};

/// Bars of counts; at the right, in a panel of its own from 0 to 100, the share of all so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pareto {
    /// Top to bottom, most frequent first; a remainder such as `其他` last.
    pub rows: Vec<ParetoRow>,
    /// Axis of the counts, from zero; its ticks are not printed, the bars carry their values.
    pub axis: Axis,
    /// Head of the bars: `抱怨件数(占比)`.
    pub value_title: String,
    /// Head of the panel: `累计占比`.
    pub cumulative_title: String,
    /// Line across the panel, usually at 80; rows up to it are divided from the rest.
    pub threshold: Option<Mark>,
    /// Stands at the dividing line: `前 4 类占 81.3%`. May be empty.
    pub threshold_note: String,
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ParetoRow {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Count; none where suppressed, and `label` then says so.
    pub value: Option<f64>,
    /// Formatted count and share: `126 (31.2%)`.
    pub label: String,
    /// Share of all reasons down to this one, 0 to 100.
    pub cumulative: Option<f64>,
    /// Formatted running share.
    pub cumulative_label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
