//! A course's own criteria: points for patterns that are found.

use regex::Regex;

use crate::grade::evidence::{Mark, Reason};
use crate::grade::rubric::Criterion;
use crate::grade::submissions::document::PlanText;

/// Points, and why.
pub(super) fn judge(plan: &PlanText, criterion: &Criterion) -> (f64, Vec<Reason>) {
    let text = plan.text();
    let mut score: f64 = 0.0;
    let mut reasons = Vec::new();
    for rule in &criterion.rules {
        // The rubric was checked when it was loaded.
        let Ok(pattern) = Regex::new(&rule.pattern) else { continue };
        let found: Vec<&str> = pattern.find_iter(&text).map(|found| found.as_str()).collect();
        let enough = found.len() >= rule.least as usize;
        let titles = crate::diagnostics::Lang::ALL.map(|lang| rule.title.get(lang).to_owned());
        let [zh, en] = titles;
        let (mark, zh, en) = match enough {
            true => {
                score += rule.points;
                (
                    Mark::Found,
                    format!("{zh}：找到 {} 处，{:+} 分", found.len(), rule.points),
                    format!("{en}: found {} times, {:+} points", found.len(), rule.points),
                )
            }
            false => (
                Mark::Missing,
                format!("{zh}：找到 {} 处，需要 {} 处", found.len(), rule.least),
                format!("{en}: found {} times of {}", found.len(), rule.least),
            ),
        };
        reasons.push(Reason::new(mark, zh, en).quoting(found.first().copied().unwrap_or_default()));
    }
    (score.clamp(0.0, criterion.points), reasons)
}
