//! Findings: what of all estimates and models calls for a plan, each with its evidence, its severity and its priority.
//! In: summaries, models, distributions and the importance of each indicator. Out: a ranked list; words are chosen later.

mod control;
mod funnel;
mod groups;
mod importance;
mod indicators;
mod models;
mod priority;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{IndicatorChart, IndicatorSummary};
use crate::config::Project;
use crate::diagnostics::Localized;
use crate::metrics::{Distribution, Estimate, MetricResults, Unit};
use crate::models::ModelResults;

pub use control::ControlEvidence;
pub use importance::{Importance, ImportanceSource};
pub use priority::Priority;

/// Why something is a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The target is missed, beyond chance or without a test.
    BelowTarget,
    /// The target is missed by less than the error of the survey.
    JustShort,
    /// Significantly worse than in the last wave.
    Worsened,
    /// Significantly behind a benchmark.
    BehindBenchmark,
    /// Significantly behind a rival.
    BehindRival,
    /// Weak and important in an importance-performance analysis.
    Fix,
    /// One group is significantly worse than another.
    WeakGroup,
    /// Opinions are split: many at both ends, fewer between.
    ConflictingGroups,
    /// Satisfied customers do not come back.
    SatisfiedLeave,
    /// The step at which most complaints are lost.
    ComplaintLeak,
    /// Answers that look unsound.
    Integrity,
    /// A rule of the control chart fires, and not for the better.
    Control,
    /// A rule of the control chart fires for the better.
    ControlImproved,
    /// Strong and important: to be held.
    Keep,
}

impl FindingKind {
    /// The word of YAML and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::BelowTarget => "below_target",
            Self::JustShort => "just_short",
            Self::Worsened => "worsened",
            Self::BehindBenchmark => "behind_benchmark",
            Self::BehindRival => "behind_rival",
            Self::Fix => "fix",
            Self::WeakGroup => "weak_group",
            Self::ConflictingGroups => "conflicting_groups",
            Self::SatisfiedLeave => "satisfied_leave",
            Self::ComplaintLeak => "complaint_leak",
            Self::Integrity => "integrity",
            Self::Control => "control",
            Self::ControlImproved => "control_improved",
            Self::Keep => "keep",
        }
    }

    /// False for what is to be held, and for what is short of a target by chance alone.
    pub fn calls_for_plan(self) -> bool {
        !matches!(self, Self::Keep | Self::ControlImproved | Self::JustShort)
    }

    /// True for signals of control charts.
    pub fn is_control(self) -> bool {
        matches!(self, Self::Control | Self::ControlImproved)
    }

    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::BelowTarget,
        Self::JustShort,
        Self::Worsened,
        Self::BehindBenchmark,
        Self::BehindRival,
        Self::Fix,
        Self::WeakGroup,
        Self::ConflictingGroups,
        Self::SatisfiedLeave,
        Self::ComplaintLeak,
        Self::Integrity,
        Self::Control,
        Self::ControlImproved,
        Self::Keep,
    ];
}

/// How much a finding weighs, by its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Beyond chance and at least a twentieth of the scale.
    High,
    /// Beyond chance, but smaller.
    Medium,
    /// Within the error of the survey, or without a test.
    Low,
}

/// The numbers behind a finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// The estimate.
    pub value: f64,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// What it is set against: target, earlier value, benchmark, rival, better group, earlier step, centre of the control chart.
    pub against: f64,
    /// Name of that: wave, source, rival, group, step.
    pub against_name: Option<Localized>,
    /// Size of the shortfall in the printed unit, never negative.
    pub gap: f64,
    /// Unit of all of these.
    pub unit: Unit,
    /// Two-sided p value; none where nothing was tested.
    pub p_value: Option<f64>,
    /// Beyond chance at the level of the project.
    pub significant: bool,
    /// Unweighted answers of the base.
    pub n: u64,
    /// What the control chart says, of a finding that comes from one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<ControlEvidence>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Stable name: kind, metric and group.
    pub id: String,
    /// Why.
    pub kind: FindingKind,
    /// Metric; of a model's item the metric on the same question, if there is one.
    pub metric: Option<String>,
    /// Model and item of a finding from a model.
    pub item: Option<(String, String)>,
    /// Name of the thing.
    pub title: Localized,
    /// Segment column, group, and the names of both, where it is about a group.
    pub group: Option<FindingGroup>,
    /// Numbers.
    pub evidence: Evidence,
    /// Weight by the evidence.
    pub severity: Severity,
    /// Importance × gap × reach.
    pub priority: Priority,
    /// Words by which strategies are found.
    pub topics: Vec<String>,
}

/// The group a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingGroup {
    /// Segment column.
    pub column: String,
    /// Value.
    pub value: String,
    /// Name of the group.
    pub title: Localized,
}

/// What findings are made of.
#[derive(Debug, Clone, Copy)]
pub struct FindingInputs<'a> {
    /// The project: rivals, settings, the columns that feed inputs.
    pub project: &'a Project,
    /// Estimates.
    pub results: &'a MetricResults,
    /// Every metric with its comparisons.
    pub summaries: &'a [IndicatorSummary<'a>],
    /// Models.
    pub models: &'a ModelResults,
    /// Answers of the scale questions.
    pub distributions: &'a [Distribution],
    /// Control charts of the indicators; none in a document of one group.
    pub controls: &'a [IndicatorChart],
}

/// All findings, the most urgent first.
pub fn collect_findings(inputs: FindingInputs<'_>) -> Vec<Finding> {
    let context = Context::new(inputs);
    let mut found = indicators::findings(&context);
    found.extend(groups::findings(&context));
    found.extend(models::findings(&context));
    found.extend(funnel::findings(&context));
    found.extend(control::findings(&context));
    found.sort_by(|a, b| {
        let held = |finding: &Finding| !finding.kind.calls_for_plan();
        held(a)
            .cmp(&held(b))
            .then(b.priority.value.total_cmp(&a.priority.value))
            .then_with(|| a.severity.cmp(&b.severity))
            .then_with(|| a.id.cmp(&b.id))
    });
    found
}

/// What every rule needs.
struct Context<'a> {
    inputs: FindingInputs<'a>,
    importance: BTreeMap<String, Importance>,
    /// Largest weighted base of a total in the newest wave, by operational table.
    widest: BTreeMap<Option<String>, f64>,
}

impl<'a> Context<'a> {
    fn new(inputs: FindingInputs<'a>) -> Self {
        let mut widest: BTreeMap<Option<String>, f64> = BTreeMap::new();
        for summary in inputs.summaries {
            let Some(current) = summary.current else { continue };
            let held = widest.entry(summary.info.table.clone()).or_default();
            *held = held.max(current.n_weighted);
        }
        Self { inputs, importance: importance::importances(inputs), widest }
    }

    fn summary(&self, metric: &str) -> Option<&'a IndicatorSummary<'a>> {
        self.inputs.summaries.iter().find(|held| held.info.id == metric)
    }

    /// Share of all who were asked that the estimate speaks of, 0 to 1.
    fn reach(&self, summary: &IndicatorSummary<'_>, estimate: &Estimate) -> f64 {
        let widest = self.widest.get(&summary.info.table).copied().unwrap_or_default();
        if widest > 0.0 { (estimate.n_weighted / widest).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// A finding on a metric from its evidence.
    fn finding(
        &self,
        kind: FindingKind,
        summary: &IndicatorSummary<'_>,
        estimate: &Estimate,
        group: Option<FindingGroup>,
        evidence: Evidence,
    ) -> Finding {
        let importance = self.importance.get(&summary.info.id).cloned().unwrap_or_default();
        let spread = estimate.se.map(|se| se * estimate.n_eff.max(0.0).sqrt());
        let priority = Priority::new(importance, &evidence, spread, self.reach(summary, estimate));
        let place = group.as_ref().map(|held| format!(":{}={}", held.column, held.value)).unwrap_or_default();
        Finding {
            id: format!("{}:{}{place}", kind.word(), summary.info.id),
            kind,
            metric: Some(summary.info.id.clone()),
            item: None,
            title: summary.info.title.clone(),
            group,
            severity: priority::severity(&evidence, spread),
            evidence,
            priority,
            topics: summary.info.topics.clone(),
        }
    }

    /// Name of a group of a segment column.
    fn group(&self, column: &str, index: usize) -> Option<FindingGroup> {
        let segment = self.inputs.results.segments.iter().find(|segment| segment.column == column)?;
        let (value, title) = segment.groups.get(index)?;
        Some(FindingGroup { column: column.to_owned(), value: value.clone(), title: title.clone() })
    }
}
