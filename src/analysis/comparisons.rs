//! Tests between estimates: against a target, against the previous wave, and between the groups of a segment.
//! All are two-sided t tests on published standard errors, but that a constant is judged by the printed interval; the caller names
//! the confidence level and the correction.

use crate::analysis::multiple::adjusted;
use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::config::raw::{Correction, RawSettings};
use crate::metrics::differences::boundary_error;
use crate::metrics::distributions::student_t_p_value;
use crate::metrics::{Better, Estimate, GroupDifference, Unit, WaveDifference};

/// The difference of two estimates, tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// First minus second, in the printed unit.
    pub delta: f64,
    /// Standard error of the difference: `sqrt(se1^2 + se2^2)` for independent samples.
    pub standard_error: f64,
    /// `delta / standard_error`.
    pub statistic: f64,
    /// Sum of the degrees of freedom of both estimates for independent samples.
    pub degrees_of_freedom: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// The p value (after any correction) is below one minus the confidence level.
    pub significant: bool,
}

/// An estimate against its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetComparison {
    /// The value to reach.
    pub target: f64,
    /// Estimate minus target, from the printed values.
    pub gap: f64,
    /// The printed estimate reaches the target.
    pub met: bool,
    /// The estimate differs from the target beyond chance: see [`differs_from`].
    pub significant: bool,
    /// There was enough to test it.
    pub tested: bool,
}

/// How sure a test must be to count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Testing {
    /// Confidence level, one minus alpha.
    pub confidence: f64,
    /// Adjustment of the tests between the groups of a segment.
    pub correction: Correction,
}

impl From<&RawSettings> for Testing {
    fn from(settings: &RawSettings) -> Self {
        Self { confidence: settings.confidence, correction: settings.correction }
    }
}

/// Every pair of groups of one segment, tested on one indicator with the correction of the project.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupComparison {
    /// By group: the groups that it is significantly better than (higher, where neither direction is good).
    pub better_than: Vec<Vec<usize>>,
    /// How many pairs were tested.
    pub tests: usize,
}

impl GroupComparison {
    /// The letters of a group, `a` for the first group: it is significantly better than these.
    pub fn letters(&self, group: usize) -> String {
        self.better_than.get(group).map(|worse| worse.iter().map(|&index| letter(index)).collect()).unwrap_or_default()
    }

    /// True if some group is significantly better than this one.
    pub fn is_beaten(&self, group: usize) -> bool {
        self.better_than.iter().any(|worse| worse.contains(&group))
    }
}

/// The letter of a group: `a`, `b`, …, `z`, then `aa`, `ab`, ….
pub fn letter(index: usize) -> String {
    let name = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    if index < 26 { name.to_string() } else { format!("{}{name}", letter(index / 26 - 1)) }
}

/// `first - second` for independent samples, such as two waves: `t = delta / sqrt(se1^2 + se2^2)` on `df1 + df2` degrees of
/// freedom. Where one is a share of 0 or 100 %, the standard error is at least [`boundary_error`].
///
/// None where an estimate or a standard error is missing, the difference has no variance, or there are too few answers.
pub fn difference(first: &Estimate, second: &Estimate, confidence: f64) -> Option<Difference> {
    let delta = first.estimate? - second.estimate?;
    let share =
        |held: &Estimate| held.estimate.map(|estimate| (estimate, held.n_eff)).filter(|_| held.unit == Unit::Percent);
    let least = share(first).zip(share(second)).map_or(0.0, |(one, other)| boundary_error(one, other));
    tested(delta, first.se?.hypot(second.se?).max(least), first.df? + second.df?, confidence)
}

/// The test of a change between two waves that share sampling units.
pub fn wave_difference(found: &WaveDifference, confidence: f64) -> Option<Difference> {
    tested(found.delta, found.se, found.df, confidence)
}

/// The test of a difference between two groups of one wave.
pub fn group_difference(found: &GroupDifference, confidence: f64) -> Option<Difference> {
    tested(found.delta, found.se, found.df, confidence)
}

/// The two-sided t test of a difference.
pub(super) fn tested(delta: f64, standard_error: f64, degrees_of_freedom: f64, confidence: f64) -> Option<Difference> {
    if standard_error.is_nan() || standard_error <= 0.0 || degrees_of_freedom < 1.0 {
        return None;
    }
    let statistic = delta / standard_error;
    let p_value = student_t_p_value(statistic, degrees_of_freedom)?;
    Some(Difference {
        delta,
        standard_error,
        statistic,
        degrees_of_freedom,
        p_value,
        significant: p_value < 1.0 - confidence,
    })
}

/// Whether an estimate differs from a constant beyond chance: the constant lies outside the confidence interval as it is printed.
/// This is the test that the interval inverts (that of Wilson for shares, the t test for means), so that no sentence contradicts the
/// interval beside it. Without an interval the two-sided t test; none where neither is possible.
pub(super) fn differs_from(estimate: &Estimate, constant: f64, confidence: f64) -> Option<bool> {
    let decimals = printed_decimals(estimate.unit);
    let printed = |value| round_half_away(value, decimals);
    if let Some([low, high]) = estimate.ci {
        return Some(printed(constant) < printed(low) || printed(constant) > printed(high));
    }
    let (value, se, df) = (estimate.estimate?, estimate.se?, estimate.df?);
    tested(value - constant, se, df, confidence).map(|test| test.significant)
}

/// An estimate against a target. A metric without a good direction has nothing to meet.
pub fn against_target(estimate: &Estimate, target: f64, better: Better, confidence: f64) -> Option<TargetComparison> {
    let decimals = printed_decimals(estimate.unit);
    let printed = round_half_away(estimate.estimate?, decimals);
    let goal = round_half_away(target, decimals);
    let met = match better {
        Better::Higher => printed >= goal,
        Better::Lower => printed <= goal,
        Better::Neutral => return None,
    };
    let differs = differs_from(estimate, target, confidence);
    let (tested, significant) = (differs.is_some(), differs == Some(true));
    Some(TargetComparison { target, gap: round_half_away(printed - goal, decimals), met, significant, tested })
}

/// Tests every pair of groups that have an estimate; the pairs of one call are one family. `known` gives the difference of
/// a pair where it was computed with the covariance of the groups; other pairs are taken as independent samples.
pub fn compare_groups<'a>(
    groups: &[Option<&Estimate>],
    known: impl Fn(usize, usize) -> Option<&'a GroupDifference>,
    better: Better,
    testing: Testing,
) -> GroupComparison {
    let mut pairs = Vec::new();
    for first in 0..groups.len() {
        for second in first + 1..groups.len() {
            if let (Some(a), Some(b)) = (groups[first], groups[second])
                && let Some(test) = match known(first, second) {
                    Some(found) => group_difference(found, testing.confidence),
                    None => difference(a, b, testing.confidence),
                }
            {
                pairs.push((first, second, test));
            }
        }
    }
    let p_values: Vec<f64> = pairs.iter().map(|(_, _, test)| test.p_value).collect();
    let mut better_than = vec![Vec::new(); groups.len()];
    for (&(first, second, test), p_value) in pairs.iter().zip(adjusted(&p_values, testing.correction)) {
        if p_value < 1.0 - testing.confidence {
            let first_wins = (test.delta > 0.0) != (better == Better::Lower);
            let (winner, loser) = if first_wins { (first, second) } else { (second, first) };
            better_than[winner].push(loser);
        }
    }
    for worse in &mut better_than {
        worse.sort_unstable();
    }
    GroupComparison { better_than, tests: pairs.len() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const HOLM: Testing = Testing { confidence: 0.95, correction: Correction::Holm };

    #[test]
    fn difference_of_two_waves() {
        // 14.2 - 10.3 = 3.9; sqrt(1.2^2 + 1.6^2) = 2; t = 1.95 on 198 df.
        // Printed t tables: t(0.975; 200) = 1.972, so 1.95 is not significant at 95 % but is at 90 % (1.653).
        let test =
            difference(&Estimate::percent_of(14.2, 1.2, 100), &Estimate::percent_of(10.3, 1.6, 100), 0.95).unwrap();
        assert!((test.standard_error - 2.0).abs() < 1e-12);
        assert!((test.statistic - 1.95).abs() < 1e-12);
        assert_eq!(test.degrees_of_freedom, 198.0);
        assert!(!test.significant);
        assert!(
            difference(&Estimate::percent_of(14.2, 1.2, 100), &Estimate::percent_of(10.3, 1.6, 100), 0.90)
                .unwrap()
                .significant
        );
    }

    #[test]
    fn degrees_of_freedom_count_units_not_answers() {
        // Eight clusters in each of two waves: 14 degrees of freedom whatever the number of answers.
        // Printed t tables: t(0.975; 14) = 2.145, so 2.1 is not significant; on 1998 degrees it would be (1.961).
        let in_clusters = |value| Estimate { df: Some(7.0), ..Estimate::percent_of(value, 0.5_f64.sqrt(), 1000) };
        let test = difference(&in_clusters(52.1), &in_clusters(50.0), 0.95).unwrap();
        assert_eq!(test.degrees_of_freedom, 14.0);
        assert!((test.statistic - 2.1).abs() < 1e-9 && !test.significant);
        let plain = |value| Estimate::percent_of(value, 0.5_f64.sqrt(), 1000);
        assert!(difference(&plain(52.1), &plain(50.0), 0.95).unwrap().significant);
    }

    #[test]
    fn groups_that_share_clusters_are_tested_with_their_covariance() {
        // Taken as independent: 4 / sqrt(2^2 + 2^2) = 1.41, not significant. With a covariance of 3.5 the variance is
        // 4 + 4 - 7 = 1, so t = 4 on 14 degrees of freedom.
        let groups = [Estimate::percent_of(54.0, 2.0, 500), Estimate::percent_of(50.0, 2.0, 500)];
        let held = [Some(&groups[0]), Some(&groups[1])];
        let exact = GroupDifference {
            metric: "m".into(),
            wave: None,
            column: "g".into(),
            a: "x".into(),
            b: "y".into(),
            delta: 4.0,
            se: 1.0,
            df: 14.0,
        };
        assert_eq!(compare_groups(&held, |_, _| None, Better::Higher, HOLM).letters(0), "");
        assert_eq!(compare_groups(&held, |_, _| Some(&exact), Better::Higher, HOLM).letters(0), "b");
    }

    #[test]
    fn targets_are_judged_as_printed() {
        // 74.96 prints as 75.0 and so reaches 75.
        let met = against_target(&Estimate::percent_of(74.96, 1.0, 500), 75.0, Better::Higher, 0.95).unwrap();
        assert!(met.met && !met.significant && met.gap == 0.0);
        // A complaint rate of 14.2 against at most 8: 6.2 / 1.1 = 5.6 standard errors.
        let missed = against_target(&Estimate::percent_of(14.2, 1.1, 900), 8.0, Better::Lower, 0.95).unwrap();
        assert!(!missed.met && missed.significant && missed.gap == 6.2);
        assert!(against_target(&Estimate::percent_of(1.0, 1.0, 9), 2.0, Better::Neutral, 0.95).is_none());
    }

    /// 90 of 100 with z = 1.96: Wilson's interval is (0.9 + 0.0192 ± 1.96 √(0.0009 + 0.000096)) / 1.0384 = 82.56 to 94.48, by hand.
    /// The t test on se = √(0.9 · 0.1 / 99) = 3.02 would tell 83.5 apart (t = 2.15), which the interval holds, and not 95.5
    /// (t = −1.82), which it leaves out. The printed interval decides.
    #[test]
    fn the_printed_interval_decides_on_a_target() {
        let share = Estimate { ci: Some([82.56, 94.48]), ..Estimate::percent_of(90.0, 3.02, 100) };
        let against = |target| against_target(&share, target, Better::Higher, 0.95).unwrap();
        assert!(against(95.5).significant && !against(95.5).met);
        assert!(!against(83.5).significant && against(83.5).met);
        assert!(!against(94.5).significant, "printed as the end of the interval");
        assert!(against(94.6).significant);
        let bare = Estimate { ci: None, ..share.clone() };
        assert!(!against_target(&bare, 95.5, Better::Higher, 0.95).unwrap().significant, "t = -1.82");
        let untested = Estimate { ci: None, se: None, ..share };
        assert!(!against_target(&untested, 95.5, Better::Higher, 0.95).unwrap().tested);
    }

    /// Three groups on a line, in standard errors of a difference. Two-sided p values of the normal distribution: 1.95 0.0512,
    /// 2.05 0.0404, 2.1 0.0357, 2.2 0.0278, 2.3 0.0214, above 4 less than 0.0001. Limits for three tests at 0.05: Bonferroni 0.0167
    /// each, Holm 0.0167, 0.025, 0.05, Benjamini and Hochberg 0.0167, 0.0333, 0.05.
    #[test]
    fn the_correction_decides_how_many_pairs_differ() {
        let corrections = [Correction::Bonferroni, Correction::Holm, Correction::Bh, Correction::None];
        for (places, expected) in
            [([0.0, 2.3, 4.5], [1, 3, 3, 3]), ([0.0, 2.2, 4.3], [1, 1, 3, 3]), ([0.0, 0.1, 2.05], [0, 0, 0, 1])]
        {
            let groups = places.map(|place| Estimate::percent_of(50.0 + place, 0.5_f64.sqrt(), 1_000_000));
            let held: Vec<Option<&Estimate>> = groups.iter().map(Some).collect();
            let pairs = |correction| {
                let testing = Testing { confidence: 0.95, correction };
                let compared = compare_groups(&held, |_, _| None, Better::Higher, testing);
                compared.better_than.iter().map(Vec::len).sum::<usize>()
            };
            assert_eq!(corrections.map(pairs), expected, "{places:?}");
        }
    }

    #[test]
    fn letters_name_the_worse_groups() {
        // Complaint rates 8.9, 23.6, 10.4 with se 1.5: differences 14.7 (t = 6.9), 1.5 (t = 0.7), 13.2 (t = 6.2).
        let groups = [
            Estimate::percent_of(8.9, 1.5, 400),
            Estimate::percent_of(23.6, 1.5, 380),
            Estimate::percent_of(10.4, 1.5, 120),
        ];
        let compared =
            compare_groups(&[Some(&groups[0]), Some(&groups[1]), Some(&groups[2])], |_, _| None, Better::Lower, HOLM);
        assert_eq!(compared.tests, 3);
        assert_eq!(
            (compared.letters(0), compared.letters(1), compared.letters(2)),
            ("b".into(), "".into(), "b".into())
        );
        assert!(compared.is_beaten(1) && !compared.is_beaten(2));
    }

    #[test]
    fn suppressed_groups_are_not_tested() {
        let group = Estimate::percent_of(8.9, 1.5, 400);
        let compared = compare_groups(&[Some(&group), None], |_, _| None, Better::Lower, HOLM);
        assert_eq!((compared.tests, compared.letters(0)), (0, String::new()));
        assert_eq!((letter(25), letter(26)), ("z".to_owned(), "aa".to_owned()));
    }
}
