//! Findings between groups of customers: a group that lags, a rival that leads, and opinions that are split in two.

use std::collections::BTreeSet;

use crate::analysis::findings::importance::{columns_of, names};
use crate::analysis::findings::indicators::evidence;
use crate::analysis::findings::{Context, Evidence, Finding, FindingKind};
use crate::analysis::{IndicatorSummary, SegmentComparison};
use crate::metrics::{Better, Distribution, Unit};

/// Share of answers, in percent, that must stand at each end of a scale for opinions to be split.
const SPLIT: f64 = 25.0;

/// The findings.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    let rivals = context.inputs.project.raw.rivals.as_ref();
    let mut found = Vec::new();
    for summary in context.inputs.summaries.iter().filter(|held| held.info.variant_of.is_none()) {
        if summary.info.better == Better::Neutral {
            continue;
        }
        for segment in &summary.segments {
            match rivals.filter(|rivals| rivals.column == segment.column) {
                Some(rivals) => found.extend(behind_rival(context, summary, segment, &rivals.own)),
                None => found.extend(weak_group(context, summary, segment)),
            }
        }
    }
    found.extend(context.inputs.distributions.iter().filter_map(|held| split(context, held)));
    found
}

/// The worst group of a column, against the best of those that are significantly better.
fn weak_group(
    context: &Context<'_>,
    summary: &IndicatorSummary<'_>,
    segment: &SegmentComparison<'_>,
) -> Option<Finding> {
    let weak = segment.weak_group()?;
    let estimate = segment.groups.get(weak).copied().flatten()?;
    let (best, leader) = best_ahead_of(summary, segment, weak)?;
    let name = context.group(segment.column, best).map(|group| group.title);
    let evidence = Evidence { significant: true, ..evidence(estimate, leader, name)? };
    Some(context.finding(FindingKind::WeakGroup, summary, estimate, context.group(segment.column, weak), evidence))
}

/// Our own brand, against the best of the rivals that are significantly better.
fn behind_rival(
    context: &Context<'_>,
    summary: &IndicatorSummary<'_>,
    segment: &SegmentComparison<'_>,
    own: &str,
) -> Option<Finding> {
    let groups = &context.inputs.results.segments.iter().find(|held| held.column == segment.column)?.groups;
    let own = groups.iter().position(|(value, _)| value == own)?;
    let estimate = segment.groups.get(own).copied().flatten()?;
    let best = best_ahead_of(summary, segment, own)?;
    let name = context.group(segment.column, best.0).map(|group| group.title);
    let evidence = Evidence { significant: true, ..evidence(estimate, best.1, name)? };
    Some(context.finding(FindingKind::BehindRival, summary, estimate, context.group(segment.column, own), evidence))
}

/// The best of the groups that are significantly better than one, with its value.
fn best_ahead_of(
    summary: &IndicatorSummary<'_>,
    segment: &SegmentComparison<'_>,
    group: usize,
) -> Option<(usize, f64)> {
    let ahead = segment.compared.better_than.iter().enumerate().filter(|(_, worse)| worse.contains(&group));
    let values = ahead.filter_map(|(other, _)| Some((other, segment.groups.get(other).copied().flatten()?.estimate?)));
    values.max_by(|a, b| match summary.info.better {
        Better::Lower => b.1.total_cmp(&a.1),
        _ => a.1.total_cmp(&b.1),
    })
}

/// A scale question with a quarter of the answers or more at each end (two answers of five, a third of longer scales) and, point for
/// point, fewer in the middle than at either, on the metric that is computed from it alone. What it is set against is the share at the better end.
fn split(context: &Context<'_>, held: &Distribution) -> Option<Finding> {
    let wave = context.inputs.results.current_wave();
    let row = held.rows.iter().find(|row| row.segment.is_none() && row.wave.as_deref() == wave)?;
    let levels = row.shares.len();
    if levels < 5 {
        return None;
    }
    let ends = if levels == 5 { 2 } else { levels / 3 };
    let low: f64 = row.shares.iter().take(ends).sum();
    let high: f64 = row.shares.iter().rev().take(ends).sum();
    let middle = 100.0 - low - high;
    // One point of five in the middle stands against two at each end.
    #[allow(clippy::cast_precision_loss, reason = "scales have few points")]
    let (a_middle, an_end) = (middle / (levels - 2 * ends) as f64, low.min(high) / ends as f64);
    if low < SPLIT || high < SPLIT || a_middle >= an_end {
        return None;
    }
    let column = BTreeSet::from([held.column.clone()]);
    let summary = context.inputs.summaries.iter().find(|summary| {
        summary.info.variant_of.is_none()
            && summary.info.table.is_none()
            && summary.has_value()
            && columns_of(context.inputs, &summary.info.module, &names(&summary.info.of)) == column
    })?;
    let estimate = summary.current?;
    let evidence = Evidence {
        value: low,
        interval: None,
        against: high,
        against_name: None,
        gap: low,
        unit: Unit::Percent,
        p_value: None,
        significant: true,
        n: row.n,
        control: None,
    };
    Some(context.finding(FindingKind::ConflictingGroups, summary, estimate, None, evidence))
}
