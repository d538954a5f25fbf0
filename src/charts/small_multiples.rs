//! A grid of small trends or small bars on one scale: `templates/charts/small_multiples.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark, Point};

/// Panels of one size on one axis, row by row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmallMultiples {
    /// In reading order.
    pub panels: Vec<Panel>,
    /// Names of the points of every panel, left to right: waves, or groups for bars.
    pub points: Vec<String>,
    /// Lines or bars.
    pub style: PanelStyle,
    /// Common axis; from zero for bars. A panel may have its own.
    pub axis: Axis,
    /// A line across every panel; its name stands once, above the grid.
    pub reference: Option<Mark>,
}

/// How points are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelStyle {
    /// Connected, the interval as a band.
    #[default]
    Line,
    /// Upright bars with whiskers; every bar carries its label where it fits.
    Bars,
}

/// One small chart.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Panel {
    /// Above the panel; wrapped, never cut.
    pub name: String,
    /// Under the name: the last value, its change. May be empty, and says so where all is suppressed.
    pub note: String,
    /// One a point name; none where there is no estimate.
    pub values: Vec<Option<Point>>,
    /// How the panel stands out.
    pub emphasis: Emphasis,
    /// Axis of this panel alone, where its values would lie flat on the common one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<Axis>,
}
