//! Indicators on spokes: `templates/charts/radar.typ`.

use serde::{Deserialize, Serialize};

/// One polygon of a radar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RadarGroup {
    /// Name in the legend.
    pub name: String,
    /// Values by spoke, 0 to 100.
    pub values: Vec<Option<f64>>,
    /// Formatted values by spoke.
    pub labels: Vec<String>,
}
