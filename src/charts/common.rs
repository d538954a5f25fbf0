//! What charts of several kinds share: axes, named values on them, and how things stand out.
//! In: values in the unit of the axis and formatted labels; out: the JSON that `templates/charts/common.typ` reads.

use serde::{Deserialize, Serialize};

/// A value axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Lowest value drawn.
    pub min: f64,
    /// Highest value drawn.
    pub max: f64,
    /// Values with a tick and their labels.
    pub ticks: Vec<(f64, String)>,
    /// Unit behind values, such as `%`.
    pub unit: String,
}

/// A labelled value on an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Where.
    pub value: f64,
    /// `目标 75%`
    pub label: String,
}

/// How a bar stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Emphasis {
    /// Grey: for comparison.
    #[default]
    Plain,
    /// Accent colour: the thing talked about.
    Accent,
    /// Orange: the thing that is bad.
    Bad,
}
