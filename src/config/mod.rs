//! YAML in, a checked project out. The only place that knows YAML.

pub mod raw;
