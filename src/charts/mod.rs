//! Charts as data: what is drawn, in which order, with which words. The drawing itself is a Typst library (`templates/charts`),
//! so that PDF and HTML show the same picture. Every number arrives here computed and every label formatted.

mod bar;
mod common;
mod drivers;
mod funnel;
mod gantt;
mod gap;
mod gauge;
mod heatmap;
mod likert;
mod lorenz;
mod pareto;
mod plane;
mod radar;
mod small_multiples;
#[cfg(test)]
mod tests;
mod tornado;
mod trend;
mod waterfall;

use serde::{Deserialize, Serialize};

pub use bar::Bar;
pub use common::{Axis, Emphasis, Mark};
pub use drivers::{DriverRow, Drivers, PerformancePanel};
pub use funnel::{Funnel, FunnelStage};
pub use gantt::{Gantt, GanttTask};
pub use gap::{Gap, GapRow};
pub use gauge::{Gauge, GaugeCard};
pub use heatmap::{Heatmap, HeatmapCell, HeatmapKey, HeatmapRow};
pub use likert::LikertRow;
pub use lorenz::{Lorenz, LorenzMark};
pub use pareto::{Pareto, ParetoRow};
pub use plane::{Plane, PlanePoint, Quadrant, Quadrants};
pub use radar::RadarGroup;
pub use small_multiples::{Panel, PanelStyle, SmallMultiples};
pub use tornado::{Tornado, TornadoRow};
pub use trend::{Point, Series};
pub use waterfall::{Waterfall, WaterfallChange, WaterfallTotal};

/// A chart: what to draw and what to say of it to those who cannot see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What kind of chart, with its data.
    #[serde(flatten)]
    pub kind: ChartKind,
    /// The message and the main numbers in words, for screen readers.
    pub alt: String,
}

/// The kinds of chart and their data. All values are in the unit of the axis (percent 0 to 100, scores).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        /// Names of the answers, worst to best.
        levels: Vec<String>,
        /// How many of the lowest are negative and of the highest positive; those between are neutral.
        sides: [usize; 2],
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
    /// Importance against performance in four quadrants.
    Ipa(Plane),
    /// Better against worse coefficients of a Kano survey in four quadrants.
    KanoMap(Plane),
    /// Perception against expectation.
    Gap(Gap),
    /// Relative importance with intervals, performance beside it.
    Drivers(Drivers),
    /// What moved a value between two waves.
    Waterfall(Waterfall),
    /// Reasons by frequency with their running share.
    Pareto(Pareto),
    /// Stages and what they lose.
    Funnel(Funnel),
    /// Actions on a calendar.
    Gantt(Gantt),
    /// How far each assumption moves a result.
    Tornado(Tornado),
    /// Concentration on few.
    Lorenz(Lorenz),
    /// Groups against indicators.
    Heatmap(Heatmap),
    /// Small charts on one scale.
    SmallMultiples(SmallMultiples),
    /// Cards with a value against its target.
    Gauge(Gauge),
}
