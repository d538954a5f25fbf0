//! Indicators: declared metrics in, estimates with standard errors, intervals and bases out.
//!
//! `bind` ties the metrics of plugins to the project's columns, `scan` counts the answers once into the `cube`, `estimate`
//! and `variance` turn cells into numbers, `differences` and `distribution_tests` compare groups, `suppression` hides small
//! ones, `compute` runs all of it for one table, `indicators` for all tables of a project.

pub mod bind;
pub mod calibration;
pub mod columns;
pub mod compute;
pub mod counter;
pub mod cube;
pub mod design;
pub mod differences;
pub mod disclosure;
pub mod distribution_tests;
pub mod distributions;
pub mod estimate;
pub mod estimates;
mod evaluate;
pub mod explain;
pub mod hidden;
pub mod indicators;
pub mod inputs;
pub mod overlaps;
mod part;
pub mod plugin_tests;
pub mod protection;
pub mod questions;
pub mod rao_scott;
pub mod scan;
pub mod shares;
pub mod sums;
pub mod suppression;
pub mod variance;

pub use compute::{Computation, Within};
pub use estimates::ComponentShare;
pub use estimates::{
    Better, Distribution, DistributionRow, Estimate, GroupDifference, MetricInfo, MetricResults, Reason, SegmentInfo,
    Unavailable, Unit, WaveDifference,
};
pub use indicators::{BoundTables, Indicators, compute, compute_within, table_of};
