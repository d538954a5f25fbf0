//! Findings on single indicators: target missed, worse than before, behind a benchmark, and doubtful answers.

use crate::analysis::findings::{Context, Evidence, Finding, FindingKind};
use crate::analysis::{BenchmarkComparison, IndicatorSummary, Standing};
use crate::diagnostics::Localized;
use crate::metrics::{Better, Estimate};

/// Plugin whose indicators speak of the answers, not of the customers.
const INTEGRITY: &str = "survey-integrity";
/// Share of doubtful answers, in percent, from which on they are a finding.
const DOUBTFUL: f64 = 5.0;

/// The findings.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    // A variant with a target of its own is measured by it like any other.
    let headline = context.inputs.summaries.iter();
    let headline = headline.filter(|held| held.info.variant_of.is_none() || held.target.is_some());
    let mut found = Vec::new();
    for summary in headline {
        let Some(estimate) = summary.current.filter(|held| held.estimate.is_some()) else { continue };
        if summary.info.module == INTEGRITY {
            found.extend(below_target(context, summary, estimate));
            found.extend(integrity(context, summary, estimate));
            continue;
        }
        found.extend(below_target(context, summary, estimate));
        found.extend(worsened(context, summary, estimate));
        found.extend(summary.benchmarks.iter().filter_map(|held| behind(context, summary, estimate, held)));
    }
    found
}

/// Evidence without a test; the caller fills in what it knows.
pub(super) fn evidence(estimate: &Estimate, against: f64, name: Option<Localized>) -> Option<Evidence> {
    let value = estimate.estimate?;
    Some(Evidence {
        value,
        interval: estimate.ci,
        against,
        against_name: name,
        gap: (value - against).abs(),
        unit: estimate.unit,
        p_value: None,
        significant: false,
        n: estimate.n,
        control: None,
    })
}

fn below_target(context: &Context<'_>, summary: &IndicatorSummary<'_>, estimate: &Estimate) -> Option<Finding> {
    let target = summary.target.filter(|target| !target.met)?;
    let evidence = Evidence { significant: target.significant, ..evidence(estimate, target.target, None)? };
    let kind = if target.tested && !target.significant { FindingKind::JustShort } else { FindingKind::BelowTarget };
    Some(context.finding(kind, summary, estimate, None, evidence))
}

fn worsened(context: &Context<'_>, summary: &IndicatorSummary<'_>, estimate: &Estimate) -> Option<Finding> {
    let change = summary.change.filter(|change| change.significant)?;
    let worse = match summary.info.better {
        Better::Higher => change.delta < 0.0,
        Better::Lower => change.delta > 0.0,
        Better::Neutral => false,
    };
    let before = summary.previous?.estimate.filter(|_| worse)?;
    let name = context.inputs.results.previous_wave().map(Localized::from);
    let evidence = Evidence { p_value: Some(change.p_value), significant: true, ..evidence(estimate, before, name)? };
    Some(context.finding(FindingKind::Worsened, summary, estimate, None, evidence))
}

fn behind(
    context: &Context<'_>,
    summary: &IndicatorSummary<'_>,
    estimate: &Estimate,
    held: &BenchmarkComparison<'_>,
) -> Option<Finding> {
    if held.standing != Standing::Behind {
        return None;
    }
    let name = Some(held.benchmark.source.clone());
    let evidence = Evidence {
        p_value: held.test.map(|test| test.p_value),
        significant: true,
        ..evidence(estimate, held.benchmark.value, name)?
    };
    Some(context.finding(FindingKind::BehindBenchmark, summary, estimate, None, evidence))
}

/// Doubtful answers: the whole interval lies above the share that is put up with.
fn integrity(context: &Context<'_>, summary: &IndicatorSummary<'_>, estimate: &Estimate) -> Option<Finding> {
    let low = estimate.ci.map(|interval| interval[0])?;
    if summary.info.better != Better::Lower || low <= DOUBTFUL {
        return None;
    }
    let evidence = Evidence { significant: true, ..evidence(estimate, DOUBTFUL, None)? };
    Some(context.finding(FindingKind::Integrity, summary, estimate, None, evidence))
}
