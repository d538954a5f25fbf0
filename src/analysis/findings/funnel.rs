//! Findings that need several indicators at once: where the complaint funnel loses most, and satisfied customers who leave.

use crate::analysis::findings::indicators::evidence;
use crate::analysis::findings::{Context, Evidence, Finding, FindingKind};
use crate::diagnostics::Localized;

/// The steps of the complaint funnel, each as a share of the complaints received.
const STEPS: [&str; 3] = ["complaints_settled", "complaints_satisfied_of_received", "complaints_returned_of_received"];
/// Loss between two steps, in percentage points, from which on it is a finding.
const LEAK: f64 = 10.0;
/// Pairs of a satisfaction and a return rate that are set against each other, the better measure first.
const PAIRS: [(&str, &str); 3] =
    [("loyalty_top_satisfaction", "loyalty_repurchase"), ("csat_top2", "return_rate"), ("reputation", "return_rate")];
/// Return of the satisfied themselves, where purchases are known.
const RETURNED: &str = "loyalty_satisfied_returned";

/// The findings.
pub(super) fn findings(context: &Context<'_>) -> Vec<Finding> {
    complaint_leak(context).into_iter().chain(satisfied_leave(context)).collect()
}

/// The largest loss between two steps of the funnel; the first step is set against all complaints received.
fn complaint_leak(context: &Context<'_>) -> Option<Finding> {
    let known = STEPS.iter().filter_map(|id| {
        let summary = context.summary(id)?;
        Some((summary, summary.current?, summary.current?.estimate?))
    });
    let mut before = (100.0, None::<Localized>);
    let mut worst: Option<Finding> = None;
    for (summary, estimate, value) in known {
        let evidence = Evidence {
            gap: (before.0 - value).max(0.0),
            significant: estimate.ci.is_some_and(|interval| interval[1] < before.0),
            ..evidence(estimate, before.0, before.1.clone())?
        };
        if evidence.gap >= LEAK && worst.as_ref().is_none_or(|held| evidence.gap > held.evidence.gap) {
            worst = Some(context.finding(FindingKind::ComplaintLeak, summary, estimate, None, evidence));
        }
        before = (value, Some(summary.info.title.clone()));
    }
    worst
}

/// Satisfaction is high and return is not: of those satisfied less than half return, or the interval of the return rate lies
/// wholly below that of satisfaction. The second compares different bases, and the document says so.
fn satisfied_leave(context: &Context<'_>) -> Option<Finding> {
    if let Some(summary) = context.summary(RETURNED)
        && let Some(estimate) = summary.current
        && let (Some(value), Some([_, high])) = (estimate.estimate, estimate.ci)
    {
        let gap = (50.0 - value).max(0.0);
        let evidence = Evidence { gap, significant: true, ..evidence(estimate, 50.0, None)? };
        return (high < 50.0).then(|| context.finding(FindingKind::SatisfiedLeave, summary, estimate, None, evidence));
    }
    let (satisfied, returned) = PAIRS.iter().find_map(|(satisfaction, return_rate)| {
        let (satisfied, returned) = (context.summary(satisfaction)?, context.summary(return_rate)?);
        satisfied.current?.estimate?;
        returned.current?.estimate?;
        Some((satisfied, returned))
    })?;
    let (high, low) = (satisfied.current?, returned.current?);
    if low.ci?[1] >= high.ci?[0] {
        return None;
    }
    let name = Some(satisfied.info.title.clone());
    let evidence = Evidence { significant: true, ..evidence(low, high.estimate?, name)? };
    Some(context.finding(FindingKind::SatisfiedLeave, returned, low, None, evidence))
}
