//! YAML in, a checked project out. The only place that knows YAML.

pub mod brand;
pub mod colour;
pub mod fragment;
pub mod load;
mod option_titles;
pub mod period;
pub mod positions;
pub mod project;
pub mod prose;
pub mod raw;
pub mod raw_banner;
pub mod raw_benchmark;
pub mod raw_delivery;
pub mod raw_finance;
pub mod raw_limits;
pub mod raw_plan;
pub mod raw_report;
pub mod raw_runs;
pub mod raw_weighting;
pub mod secret_text;
pub mod shape;
pub mod validate;
pub mod validate_banners;
mod validate_benchmarks;
mod validate_delivery;
pub mod validate_runs;
mod validate_weighting;
pub mod yaml;

pub use load::{PROJECT_FILE, load_project, parse_yaml, read_text, schema_of};
pub use period::Period;
pub use positions::KeyPositions;
pub use project::Project;
