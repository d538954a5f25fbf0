//! Stages that lose people on the way, such as from a problem to a satisfying answer: `templates/charts/funnel.typ`.

use serde::{Deserialize, Serialize};

/// Stages from all to the few that are left; bars on one scale from zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Funnel {
    /// First to last.
    pub stages: Vec<FunnelStage>,
}

/// A stage; what it lost against the stage before is drawn pale beside it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FunnelStage {
    /// Name at the left; wrapped, never cut.
    pub name: String,
    /// Count; none where suppressed, and `label` then says so.
    pub value: Option<f64>,
    /// Formatted count, with its base if it has one of its own: `389 人`.
    pub label: String,
    /// Share of the stage before: `占上一步 62.1%`. Empty at the first stage.
    pub share: String,
    /// What was lost since the stage before: `流失 237 人`. May be empty.
    pub loss: String,
    /// The largest leak: marked in orange.
    pub leak: bool,
    /// Drawn hollow: few answers.
    pub small_base: bool,
}
