//! Indicators: declared metrics in, estimates with standard errors, intervals and bases out.

pub mod estimates;

pub use estimates::{
    Better, Distribution, DistributionRow, Estimate, MetricInfo, MetricResults, Reason, SegmentInfo, Unavailable, Unit,
};
