//! Indicators: declared metrics in, estimates with standard errors, intervals and bases out.

pub mod estimates;

pub use estimates::{Better, Estimate, MetricInfo, MetricResults, Reason, SegmentInfo, Unavailable, Unit};
