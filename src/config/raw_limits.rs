//! The `limits` part of the project file as it is written: what making one document may take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What making one document may take. A template that never ends, or makes a text ever longer, is stopped there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawLimits {
    /// Memory in MiB that the program may take more than it had when the document was begun, an eighth of it for the text that its
    /// templates write; where several documents are made at once, so many times more. Looked at on Linux.
    pub memory_mb: u64,
    /// Seconds on the clock.
    pub seconds: u64,
}

impl Default for RawLimits {
    fn default() -> Self {
        Self { memory_mb: 1536, seconds: 600 }
    }
}
