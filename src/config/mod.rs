//! YAML in, a checked project out. The only place that knows YAML.

pub mod fragment;
pub mod positions;
pub mod project;
pub mod raw;

pub use positions::KeyPositions;
pub use project::Project;
