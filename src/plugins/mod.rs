//! Metric modules: their manifests, where they are found, and which of them a project uses.

pub mod discovery;
pub mod expressions;
pub mod manifest;
pub mod models;
pub mod wasm;

pub use discovery::{Origin, Plugin, discover, is_broken};
pub use manifest::{Better, Estimator, Manifest, MetricSpec, Unit};
pub use models::{ItemSpec, ModelSpec};
