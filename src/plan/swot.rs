//! Strengths, weaknesses, opportunities and threats: the first two from the findings and from the planner, the others from the
//! planner alone. Only where the project has a `swot`.

use crate::analysis::{Finding, FindingKind, IndicatorSummary, Severity, Standing};
use crate::config::raw::RawPlan;
use crate::diagnostics::Localized;

/// Entries of a field that come from the data at most.
const SHOWN: usize = 5;

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub enum SwotItem {
    /// Written by the planner.
    Written(Localized),
    /// A finding, by its place in the list.
    Finding(usize),
    /// A metric that is ahead of its benchmark of that index.
    Ahead(String, usize),
}

/// The four fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Swot {
    /// 优势.
    pub strengths: Vec<SwotItem>,
    /// 劣势.
    pub weaknesses: Vec<SwotItem>,
    /// 机会.
    pub opportunities: Vec<SwotItem>,
    /// 威胁.
    pub threats: Vec<SwotItem>,
}

/// The analysis, if the project asks for it.
pub fn swot(plan: &RawPlan, findings: &[Finding], summaries: &[IndicatorSummary<'_>]) -> Option<Swot> {
    let raw = plan.swot.as_ref()?;
    let written = |texts: &[Localized]| texts.iter().cloned().map(SwotItem::Written).collect::<Vec<_>>();
    let mut swot = Swot {
        strengths: written(&raw.strengths),
        weaknesses: written(&raw.weaknesses),
        opportunities: written(&raw.opportunities),
        threats: written(&raw.threats),
    };
    let kept = findings.iter().enumerate().filter(|(_, held)| held.kind == FindingKind::Keep);
    let kept = kept.filter(|(_, held)| held.evidence.significant).map(|(index, _)| SwotItem::Finding(index));
    let ahead = summaries.iter().flat_map(|summary| {
        let benchmarks = summary.benchmarks.iter().enumerate();
        let ahead = benchmarks.filter(|(_, benchmark)| benchmark.standing == Standing::Ahead);
        ahead.map(|(index, _)| SwotItem::Ahead(summary.info.id.clone(), index))
    });
    swot.strengths.extend(kept.chain(ahead).take(SHOWN));
    // One entry an indicator: the most urgent finding stands for it.
    let mut named: Vec<&str> = Vec::new();
    for (index, finding) in findings.iter().enumerate() {
        let lack = finding.kind.calls_for_plan() && finding.kind != FindingKind::Integrity;
        let name = finding.metric.as_deref().unwrap_or(finding.id.as_str());
        if lack && finding.severity != Severity::Low && !named.contains(&name) && named.len() < SHOWN {
            named.push(name);
            swot.weaknesses.push(SwotItem::Finding(index));
        }
    }
    Some(swot)
}
