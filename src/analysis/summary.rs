//! What stands out in the current wave: each indicator with its change, target and groups, and the short lists
//! (targets missed, significant changes, weak groups) that sentences are made of.

use std::collections::HashMap;

use crate::analysis::benchmarks::{BenchmarkComparison, against_benchmark};
use crate::analysis::comparisons::{self, Difference, GroupComparison, TargetComparison, Testing};
use crate::config::raw::RawBenchmark;
use crate::metrics::{Better, Estimate, GroupDifference, MetricInfo, MetricResults};

/// One indicator in the current wave with its comparisons.
#[derive(Debug, Clone)]
pub struct IndicatorSummary<'a> {
    /// What it is.
    pub info: &'a MetricInfo,
    /// What is published of the current wave: the total, or our own group among rivals; none for an unavailable metric.
    pub current: Option<&'a Estimate>,
    /// The same of the wave before.
    pub previous: Option<&'a Estimate>,
    /// Current minus previous, tested.
    pub change: Option<Difference>,
    /// Against the target.
    pub target: Option<TargetComparison>,
    /// Against the numbers of others, in the order of the project file.
    pub benchmarks: Vec<BenchmarkComparison<'a>>,
    /// Its groups, one entry a segment column.
    pub segments: Vec<SegmentComparison<'a>>,
}

impl IndicatorSummary<'_> {
    /// True if the total of the current wave has a value.
    pub fn has_value(&self) -> bool {
        self.current.is_some_and(|estimate| estimate.estimate.is_some())
    }

    /// Places of the column of rivals and of our own group in it, where that is what is published.
    pub fn own_group(&self) -> Option<(usize, usize)> {
        self.segments.iter().enumerate().find_map(|(index, held)| Some((index, held.own?)))
    }
}

/// The groups of one segment column on one indicator.
#[derive(Debug, Clone)]
pub struct SegmentComparison<'a> {
    /// Segment column.
    pub column: &'a str,
    /// Index by group in the order of the segment; none where there is no row at all.
    pub groups: Vec<Option<&'a Estimate>>,
    /// Pairwise tests.
    pub compared: GroupComparison,
    /// Group with the best value.
    pub best: Option<usize>,
    /// Group with the worst value.
    pub worst: Option<usize>,
    /// Our own group, where the others are rivals.
    pub own: Option<usize>,
}

impl SegmentComparison<'_> {
    /// The worst group, if at least one other is significantly better. Rivals are no groups of ours.
    pub fn weak_group(&self) -> Option<usize> {
        self.worst.filter(|&group| self.own.is_none() && self.compared.is_beaten(group))
    }

    /// The two groups that lie furthest apart of those that differ significantly, the better one first; none where no two do.
    pub fn furthest_pair(&self) -> Option<(usize, usize)> {
        let value = |index: usize| self.groups.get(index).copied().flatten().and_then(|estimate| estimate.estimate);
        let pairs = self.compared.better_than.iter().enumerate();
        let pairs = pairs.flat_map(|(better, worse)| worse.iter().map(move |&worse| (better, worse)));
        let sized = pairs.filter_map(|(better, worse)| Some(((value(better)? - value(worse)?).abs(), better, worse)));
        sized.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, better, worse)| (better, worse))
    }

    /// The group that sentences and charts speak of: the weak one, else the worse one of the furthest pair.
    pub fn named_group(&self) -> Option<usize> {
        let pair = || self.furthest_pair().filter(|_| self.own.is_none());
        self.weak_group().or_else(|| pair().map(|(_, worse)| worse))
    }
}

/// A group that is significantly worse than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeakGroup {
    /// Index of the indicator in the summaries.
    pub indicator: usize,
    /// Index of the segment column.
    pub segment: usize,
    /// Index of the group.
    pub group: usize,
}

/// What stands out; numbers are indices into the summaries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Targets reached.
    pub met: Vec<usize>,
    /// Targets missed by less than the error of the survey.
    pub short: Vec<usize>,
    /// Targets missed beyond chance, or without a test.
    pub missed: Vec<usize>,
    /// Significant changes for the better.
    pub improved: Vec<usize>,
    /// Significant changes for the worse.
    pub worsened: Vec<usize>,
    /// Groups that lag behind, the first segment column first.
    pub weak_groups: Vec<WeakGroup>,
}

/// Sums up every metric of the results. `target` gives the goal of a metric id, if there is one, `benchmarks` the numbers of
/// others for it.
pub fn summarise<'a>(
    results: &'a MetricResults,
    target: impl Fn(&str) -> Option<f64>,
    benchmarks: impl Fn(&str) -> &'a [RawBenchmark],
    testing: Testing,
) -> Vec<IndicatorSummary<'a>> {
    let confidence = testing.confidence;
    let differences = known_differences(results);
    results
        .metrics
        .iter()
        .map(|info| {
            let current = results.published(&info.id, results.current_wave());
            let previous = results.previous_wave().and_then(|wave| results.published(&info.id, Some(wave)));
            let paired = results
                .wave_differences
                .iter()
                .find(|held| held.metric == info.id && current.is_some_and(|current| current.segment == held.segment));
            let change = current.zip(previous).and_then(|(now, then)| match paired {
                Some(found) => comparisons::wave_difference(found, confidence),
                None => comparisons::difference(now, then, confidence),
            });
            let goal = current
                .zip(target(&info.id))
                .and_then(|(estimate, goal)| comparisons::against_target(estimate, goal, info.better, confidence));
            let benchmarks = benchmarks(&info.id)
                .iter()
                .filter_map(|benchmark| against_benchmark(current?, benchmark, info.better, confidence));
            let benchmarks = benchmarks.collect();
            let segments = results.segments.iter().map(|segment| {
                let groups: Vec<Option<&Estimate>> = segment
                    .groups
                    .iter()
                    .map(|(value, _)| results.find(&info.id, results.current_wave(), Some((&segment.column, value))))
                    .collect();
                let known = |a: usize, b: usize| {
                    let (a, b) = (segment.groups[a].0.as_str(), segment.groups[b].0.as_str());
                    differences.get(&(info.id.as_str(), segment.column.as_str(), a, b)).copied()
                };
                let own = results.own.as_ref().filter(|(column, _)| *column == segment.column);
                let own = own.and_then(|(_, value)| segment.groups.iter().position(|(group, _)| group == value));
                let own = own.filter(|&group| groups[group].is_some());
                SegmentComparison { own, ..compare_segment(&segment.column, groups, known, info.better, testing) }
            });
            IndicatorSummary { info, current, previous, change, target: goal, benchmarks, segments: segments.collect() }
        })
        .collect()
}

/// Differences in the current wave by metric, segment column and both groups.
fn known_differences(results: &MetricResults) -> HashMap<(&str, &str, &str, &str), &GroupDifference> {
    results
        .group_differences
        .iter()
        .filter(|found| found.wave.as_deref() == results.current_wave())
        .map(|found| ((found.metric.as_str(), found.column.as_str(), found.a.as_str(), found.b.as_str()), found))
        .collect()
}

fn compare_segment<'a>(
    column: &'a str,
    groups: Vec<Option<&'a Estimate>>,
    known: impl Fn(usize, usize) -> Option<&'a GroupDifference>,
    better: Better,
    testing: Testing,
) -> SegmentComparison<'a> {
    let compared = comparisons::compare_groups(&groups, known, better, testing);
    let mut ranked: Vec<(usize, f64)> = groups
        .iter()
        .enumerate()
        .filter_map(|(index, estimate)| estimate.and_then(|held| held.estimate).map(|value| (index, value)))
        .collect();
    ranked.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (lowest, highest) = (ranked.first().map(|held| held.0), ranked.last().map(|held| held.0));
    let (best, worst) = match better {
        Better::Lower => (lowest, highest),
        Better::Higher | Better::Neutral => (highest, lowest),
    };
    let several = ranked.len() > 1;
    let (best, worst) = (best.filter(|_| several), worst.filter(|_| several));
    SegmentComparison { column, groups, compared, best, worst, own: None }
}

/// The short lists: targets and changes of every indicator, weak groups of the headline indicators (metrics that are no variant of
/// another).
pub fn findings(summaries: &[IndicatorSummary<'_>]) -> Findings {
    let mut found = Findings::default();
    for (index, summary) in summaries.iter().enumerate() {
        match summary.target {
            Some(target) if target.met => found.met.push(index),
            Some(target) if target.tested && !target.significant => found.short.push(index),
            Some(_) => found.missed.push(index),
            None => {}
        }
        if let Some(change) = summary.change.filter(|change| change.significant) {
            match (summary.info.better, change.delta > 0.0) {
                (Better::Higher, true) | (Better::Lower, false) => found.improved.push(index),
                (Better::Higher, false) | (Better::Lower, true) => found.worsened.push(index),
                (Better::Neutral, _) => {}
            }
        }
        if summary.info.better != Better::Neutral && summary.info.variant_of.is_none() {
            found.weak_groups.extend(summary.segments.iter().enumerate().filter_map(|(segment, compared)| {
                compared.weak_group().map(|group| WeakGroup { indicator: index, segment, group })
            }));
        }
    }
    found.weak_groups.sort_by_key(|weak| weak.segment);
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::document::fixtures;
    use crate::plan::summaries;

    /// An average over our own brand and its rivals says nothing of us.
    #[test]
    fn among_rivals_our_own_number_is_published() {
        let (project, mut results) = (fixtures::project(), fixtures::results());
        let segment = results.segments[0].clone();
        let own = segment.groups[1].0.clone();
        results.own = Some((segment.column.clone(), own.clone()));
        for summary in summaries(&project, &results) {
            let known = results.find(&summary.info.id, results.current_wave(), Some((&segment.column, &own)));
            assert_eq!(summary.current, known);
            assert_eq!(summary.own_group(), known.map(|_| (0, 1)));
            assert_eq!(summary.segments[0].weak_group(), None, "a rival is no group of ours");
        }
    }

    /// A target is met, missed, or missed by less than the error; every one is counted once, those of variants too.
    #[test]
    fn targets_are_in_one_of_three_states() {
        let (mut project, mut results) = (fixtures::project(), fixtures::results());
        let info = &mut results.metrics[1];
        let (id, value) = (info.id.clone(), 70.0);
        info.variant_of = Some("another".into());
        let wave = results.current_wave().map(str::to_owned);
        let estimate =
            results.estimates.iter_mut().find(|held| held.metric == id && held.wave == wave && held.segment.is_empty());
        let estimate = estimate.unwrap();
        (estimate.estimate, estimate.se, estimate.df) = (Some(value), Some(2.0), Some(500.0));
        estimate.ci = Some([66.1, 73.9]);
        let lower = results.info(&id).unwrap().better == Better::Lower;
        let mut state = |distance: f64| {
            let goal = if lower { value - distance } else { value + distance };
            project.raw.targets.insert(id.clone(), crate::config::raw::RawTarget::Value(goal));
            let summaries = summaries(&project, &results);
            let place = summaries.iter().position(|held| held.info.id == id).unwrap();
            let found = findings(&summaries);
            [&found.met, &found.short, &found.missed].map(|list| list.contains(&place))
        };
        assert_eq!(state(-1.0), [true, false, false]);
        assert_eq!(state(1.0), [false, true, false], "one point with a standard error of two");
        assert_eq!(state(10.0), [false, false, true]);
    }

    /// Values 60, 50, 48 and 40; the last rests on few answers and differs from nothing, the third from the first alone.
    #[test]
    fn the_group_named_is_the_worse_of_the_furthest_pair() {
        let estimates = [60.0, 50.0, 48.0, 40.0].map(|value| Estimate::percent_of(value, 1.0, 500));
        let compared = SegmentComparison {
            column: "g",
            groups: estimates.iter().map(Some).collect(),
            compared: GroupComparison { better_than: vec![vec![1, 2], vec![], vec![], vec![]], tests: 6 },
            best: Some(0),
            worst: Some(3),
            own: None,
        };
        assert_eq!((compared.weak_group(), compared.furthest_pair()), (None, Some((0, 2))));
        assert_eq!(compared.named_group(), Some(2));
        let rivals = SegmentComparison { own: Some(1), ..compared.clone() };
        assert_eq!(rivals.named_group(), None);
        let weak = GroupComparison { better_than: vec![vec![1, 2, 3], vec![], vec![], vec![]], tests: 6 };
        assert_eq!(SegmentComparison { compared: weak, ..compared }.named_group(), Some(3));
    }
}
