//! What a new revision changed in the numbers: metric, group, before and after.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::runs::history::segment_text;
use crate::runs::numbers::{EstimateRecord, Numbers};

/// One number that is not what it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Metric id.
    pub metric: String,
    /// Segment column to its value; empty for the total.
    pub segment: IndexMap<String, String>,
    /// Estimate before; none where it was not shown.
    pub before: Option<f64>,
    /// Estimate now; none where it is not shown.
    pub after: Option<f64>,
    /// Answers before.
    pub n_before: Option<u64>,
    /// Answers now.
    pub n_after: Option<u64>,
}

/// The numbers that differ between two revisions of a period, totals first, each in the order of the newer.
pub fn changes(before: &Numbers, after: &Numbers) -> Vec<Change> {
    let key = |held: &EstimateRecord| (held.metric.clone(), segment_text(&held.segment));
    let mut earlier: BTreeMap<_, &EstimateRecord> = before.estimates.iter().map(|held| (key(held), held)).collect();
    let mut found = Vec::new();
    let mut add = |before: Option<&EstimateRecord>, after: Option<&EstimateRecord>| {
        let value = |held: Option<&EstimateRecord>| held.and_then(|held| held.estimate);
        let n = |held: Option<&EstimateRecord>| held.and_then(|held| held.n);
        let Some(either) = after.or(before) else { return };
        if value(before) == value(after) && n(before) == n(after) {
            return;
        }
        found.push(Change {
            metric: either.metric.clone(),
            segment: either.segment.clone(),
            before: value(before),
            after: value(after),
            n_before: n(before),
            n_after: n(after),
        });
    };
    for held in &after.estimates {
        add(earlier.remove(&key(held)), Some(held));
    }
    earlier.into_values().for_each(|gone| add(Some(gone), None));
    found.sort_by_key(|change| !change.segment.is_empty());
    found
}
