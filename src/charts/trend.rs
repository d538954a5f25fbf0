//! Lines over the waves with their intervals as bands: `templates/charts/trend.typ`.

use serde::{Deserialize, Serialize};

/// A line of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Name at the line's end.
    pub name: String,
    /// One point a wave; `None` where there is no estimate.
    pub points: Vec<Option<Point>>,
}

/// A point of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Height.
    pub value: f64,
    /// Interval, low and high.
    pub interval: Option<(f64, f64)>,
    /// Formatted value.
    pub label: String,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
