//! Estimates set against a target, the last wave and each other: what differs, how surely, and what stands out.
//! Pure functions from estimates to small typed results; words are chosen later.

pub mod banner;
pub mod benchmarks;
pub mod comparisons;
pub mod control;
pub mod control_charts;
pub mod findings;
pub mod multiple;
pub mod rounding;
pub mod summary;
pub mod voices;
pub mod whole;

pub use banner::{BannerTable, compute_banners};
pub use benchmarks::{BenchmarkComparison, Standing};
pub use comparisons::{Difference, GroupComparison, TargetComparison, Testing};
pub use control_charts::{Baseline, ChartPoint, IndicatorChart, control_charts};
pub use findings::{Finding, FindingKind, Severity, collect_findings};
pub use rounding::{printed_decimals, round_half_away};
pub use summary::{Findings, IndicatorSummary, SegmentComparison};
