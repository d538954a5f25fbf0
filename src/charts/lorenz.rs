//! How far something rests on few: `templates/charts/lorenz.typ`.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis};

/// Running share of the whole against running share of the customers, with the line of equality.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lorenz {
    /// The curve from left to right in percent: share of customers, share of the whole. May rise above 100 where some
    /// customers cost money.
    pub points: Vec<(f64, f64)>,
    /// Share of customers.
    pub x_axis: Axis,
    /// Share of the whole.
    pub y_axis: Axis,
    /// `顾客累计占比(由高到低)`
    pub x_title: String,
    /// `利润累计占比`
    pub y_title: String,
    /// Name of the curve in the list: `实际分布`.
    pub curve_title: String,
    /// Name of the diagonal: `完全平均`.
    pub equality_title: String,
    /// Points of the curve that are numbered and explained, such as those at 20, 80 and 30.
    pub marks: Vec<LorenzMark>,
    /// Under the list, such as the Gini coefficient with its interval. May be empty.
    pub summary: String,
}

/// A point of the curve with what it means.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LorenzMark {
    /// Share of customers.
    pub x: Option<f64>,
    /// Share of the whole; none where suppressed.
    pub y: Option<f64>,
    /// `前 20% 的顾客带来 63.2% 的利润`
    pub label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
}
