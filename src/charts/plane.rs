//! Points on a plane cut into four named quadrants: importance against performance, better against worse.
//! In: coordinates on two axes and formatted words; out: the JSON that `templates/charts/plane.typ` reads.

use serde::{Deserialize, Serialize};

use crate::charts::{Axis, Emphasis, Mark};

/// Points in four quadrants. Names that find no room at their points become numbers with a list under the plane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// Left to right.
    pub x_axis: Axis,
    /// Bottom to top.
    pub y_axis: Axis,
    /// What the horizontal axis measures: `表现(平均分)`.
    pub x_title: String,
    /// What the vertical axis measures.
    pub y_title: String,
    /// Vertical line between left and right, its value named: `平均 3.82`.
    pub x_cut: Option<Mark>,
    /// Horizontal line between low and high.
    pub y_cut: Option<Mark>,
    /// Names of the quadrants.
    pub quadrants: Quadrants,
    /// In any order; the first ones get the best places for their names.
    pub points: Vec<PlanePoint>,
}

/// The four fields of a plane.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Quadrants {
    /// Low x, high y.
    pub top_left: Quadrant,
    /// High x, high y.
    pub top_right: Quadrant,
    /// Low x, low y.
    pub bottom_left: Quadrant,
    /// High x, low y.
    pub bottom_right: Quadrant,
}

/// One field of a plane.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quadrant {
    /// `优先改进`
    pub name: String,
    /// Its tint: blue for accent, orange for bad, none for plain.
    pub emphasis: Emphasis,
}

/// A point; a coordinate is none where the estimate is suppressed, and the point is then listed under the plane.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PlanePoint {
    /// Name beside the point; wrapped, never cut.
    pub name: String,
    /// Horizontal coordinate.
    pub x: Option<f64>,
    /// Vertical coordinate.
    pub y: Option<f64>,
    /// Interval of `x`, low and high.
    pub x_interval: Option<(f64, f64)>,
    /// Interval of `y`, low and high.
    pub y_interval: Option<(f64, f64)>,
    /// Formatted values, or why there are none; printed only in the list under the plane. May be empty.
    pub label: String,
    /// How it stands out.
    pub emphasis: Emphasis,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
