//! Charts as data: what is drawn, in which order, with which words. The drawing itself is a Typst library (`templates/charts`),
//! so that PDF and HTML show the same picture. Every number arrives here computed and every label formatted.

use serde::Serialize;

/// A chart: what to draw and what to say of it to those who cannot see it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// What kind of chart, with its data.
    #[serde(flatten)]
    pub kind: ChartKind,
    /// The message and the main numbers in words, for screen readers.
    pub alt: String,
}

/// The kinds of chart and their data. All values are in the unit of the axis (percent 0 to 100, scores).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChartKind {
    /// Horizontal bars with interval whiskers and an optional target line.
    Bar {
        /// Top to bottom.
        bars: Vec<Bar>,
        /// Common axis.
        axis: Axis,
        /// Target line with its name.
        target: Option<Mark>,
    },
    /// A line over the waves with its interval as a band.
    Trend {
        /// One or more lines; the first is in the accent colour.
        series: Vec<Series>,
        /// Names of the waves, left to right.
        waves: Vec<String>,
        /// Common axis; need not begin at zero.
        axis: Axis,
        /// Target line with its name.
        target: Option<Mark>,
    },
    /// Diverging stacked bars of an attitude scale around its neutral answer.
    Likert {
        /// Names of the answers, worst to best; an odd number has a neutral middle.
        levels: Vec<String>,
        /// Top to bottom.
        rows: Vec<LikertRow>,
    },
    /// Indicators on spokes from 0 to 100, for up to three groups.
    Radar {
        /// Names of the spokes, clockwise from the top.
        spokes: Vec<String>,
        /// One polygon a group; values follow the spokes, each 0 to 100; `None` where there is none.
        groups: Vec<RadarGroup>,
    },
}

/// A value axis.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mark {
    /// Where.
    pub value: f64,
    /// `目标 75%`
    pub label: String,
}

/// How a bar stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
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

/// A bar; `value` is none where the estimate is suppressed, and `label` then says so.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// A line of a trend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    /// Name at the line's end.
    pub name: String,
    /// One point a wave; `None` where there is no estimate.
    pub points: Vec<Option<Point>>,
}

/// A point of a trend.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// One bar of a diverging chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// One polygon of a radar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RadarGroup {
    /// Name in the legend.
    pub name: String,
    /// Values by spoke, 0 to 100.
    pub values: Vec<Option<f64>>,
    /// Formatted values by spoke.
    pub labels: Vec<String>,
}
