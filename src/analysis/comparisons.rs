//! Tests between estimates: against a target, against the previous wave, and between the groups of a segment.
//! All are two-sided t tests on published standard errors; the caller names the confidence level.

use crate::analysis::rounding::{printed_decimals, round_half_away};
use crate::metrics::distributions::student_t_p_value;
use crate::metrics::{Better, Estimate, GroupDifference};

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
    /// The estimate differs from the target beyond chance (one-sample t test on its own degrees of freedom).
    pub significant: bool,
}

/// Every pair of groups of one segment, tested on one indicator with Holm's correction.
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
/// freedom.
///
/// None where an estimate or a standard error is missing, the difference has no variance, or there are too few answers.
pub fn difference(first: &Estimate, second: &Estimate, confidence: f64) -> Option<Difference> {
    let delta = first.estimate? - second.estimate?;
    tested(delta, first.se?.hypot(second.se?), first.df? + second.df?, confidence)
}

/// The test of a difference between two groups of one wave.
pub fn group_difference(found: &GroupDifference, confidence: f64) -> Option<Difference> {
    tested(found.delta, found.se, found.df, confidence)
}

fn tested(delta: f64, standard_error: f64, degrees_of_freedom: f64, confidence: f64) -> Option<Difference> {
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
    let significant = match (estimate.estimate, estimate.se, estimate.df) {
        (Some(value), Some(se), Some(df)) => {
            tested(value - target, se, df, confidence).is_some_and(|test| test.significant)
        }
        _ => false,
    };
    Some(TargetComparison { target, gap: round_half_away(printed - goal, decimals), met, significant })
}

/// Holm's step-down: which of the p values stay significant at `alpha` with the family error kept. NaN never is.
pub fn holm(p_values: &[f64], alpha: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut significant = vec![false; p_values.len()];
    for (rank, &index) in order.iter().enumerate() {
        let within = p_values[index] < alpha / (p_values.len() - rank) as f64;
        if !within {
            break;
        }
        significant[index] = true;
    }
    significant
}

/// Tests every pair of groups that have an estimate; the pairs of one call are one Holm family. `known` gives the difference of
/// a pair where it was computed with the covariance of the groups; other pairs are taken as independent samples.
pub fn compare_groups<'a>(
    groups: &[Option<&Estimate>],
    known: impl Fn(usize, usize) -> Option<&'a GroupDifference>,
    better: Better,
    confidence: f64,
) -> GroupComparison {
    let mut pairs = Vec::new();
    for first in 0..groups.len() {
        for second in first + 1..groups.len() {
            if let (Some(a), Some(b)) = (groups[first], groups[second])
                && let Some(test) = match known(first, second) {
                    Some(found) => group_difference(found, confidence),
                    None => difference(a, b, confidence),
                }
            {
                pairs.push((first, second, test));
            }
        }
    }
    let p_values: Vec<f64> = pairs.iter().map(|(_, _, test)| test.p_value).collect();
    let mut better_than = vec![Vec::new(); groups.len()];
    for (&(first, second, test), kept) in pairs.iter().zip(holm(&p_values, 1.0 - confidence)) {
        if kept {
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
    use indexmap::IndexMap;

    use super::*;
    use crate::metrics::Unit;

    fn percent(value: f64, se: f64, n: u64) -> Estimate {
        Estimate {
            metric: "m".into(),
            module: "p".into(),
            wave: None,
            segment: IndexMap::new(),
            n,
            n_weighted: n as f64,
            n_eff: n as f64,
            estimate: Some(value),
            se: Some(se),
            ci: None,
            df: Some(n as f64 - 1.0),
            unit: Unit::Percent,
            base: String::new(),
            suppressed: false,
            flagged: false,
            reason: None,
        }
    }

    #[test]
    fn difference_of_two_waves() {
        // 14.2 - 10.3 = 3.9; sqrt(1.2^2 + 1.6^2) = 2; t = 1.95 on 198 df.
        // Printed t tables: t(0.975; 200) = 1.972, so 1.95 is not significant at 95 % but is at 90 % (1.653).
        let test = difference(&percent(14.2, 1.2, 100), &percent(10.3, 1.6, 100), 0.95).unwrap();
        assert!((test.standard_error - 2.0).abs() < 1e-12);
        assert!((test.statistic - 1.95).abs() < 1e-12);
        assert_eq!(test.degrees_of_freedom, 198.0);
        assert!(!test.significant);
        assert!(difference(&percent(14.2, 1.2, 100), &percent(10.3, 1.6, 100), 0.90).unwrap().significant);
    }

    #[test]
    fn degrees_of_freedom_count_units_not_answers() {
        // Eight clusters in each of two waves: 14 degrees of freedom whatever the number of answers.
        // Printed t tables: t(0.975; 14) = 2.145, so 2.1 is not significant; on 1998 degrees it would be (1.961).
        let in_clusters = |value| Estimate { df: Some(7.0), ..percent(value, 0.5_f64.sqrt(), 1000) };
        let test = difference(&in_clusters(52.1), &in_clusters(50.0), 0.95).unwrap();
        assert_eq!(test.degrees_of_freedom, 14.0);
        assert!((test.statistic - 2.1).abs() < 1e-9 && !test.significant);
        let plain = |value| percent(value, 0.5_f64.sqrt(), 1000);
        assert!(difference(&plain(52.1), &plain(50.0), 0.95).unwrap().significant);
    }

    #[test]
    fn groups_that_share_clusters_are_tested_with_their_covariance() {
        // Taken as independent: 4 / sqrt(2^2 + 2^2) = 1.41, not significant. With a covariance of 3.5 the variance is
        // 4 + 4 - 7 = 1, so t = 4 on 14 degrees of freedom.
        let groups = [percent(54.0, 2.0, 500), percent(50.0, 2.0, 500)];
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
        assert_eq!(compare_groups(&held, |_, _| None, Better::Higher, 0.95).letters(0), "");
        assert_eq!(compare_groups(&held, |_, _| Some(&exact), Better::Higher, 0.95).letters(0), "b");
    }

    #[test]
    fn targets_are_judged_as_printed() {
        // 74.96 prints as 75.0 and so reaches 75.
        let met = against_target(&percent(74.96, 1.0, 500), 75.0, Better::Higher, 0.95).unwrap();
        assert!(met.met && !met.significant && met.gap == 0.0);
        // A complaint rate of 14.2 against at most 8: 6.2 / 1.1 = 5.6 standard errors.
        let missed = against_target(&percent(14.2, 1.1, 900), 8.0, Better::Lower, 0.95).unwrap();
        assert!(!missed.met && missed.significant && missed.gap == 6.2);
        assert!(against_target(&percent(1.0, 1.0, 9), 2.0, Better::Neutral, 0.95).is_none());
    }

    #[test]
    fn holm_steps_down() {
        // Limits for four at 0.05: 0.0125, 0.016667, 0.025, 0.05. The third smallest fails, so the fourth does too.
        assert_eq!(holm(&[0.030, 0.010, 0.040, 0.016], 0.05), [false, true, false, true]);
        assert!(holm(&[], 0.05).is_empty());
    }

    #[test]
    fn letters_name_the_worse_groups() {
        // Complaint rates 8.9, 23.6, 10.4 with se 1.5: differences 14.7 (t = 6.9), 1.5 (t = 0.7), 13.2 (t = 6.2).
        let groups = [percent(8.9, 1.5, 400), percent(23.6, 1.5, 380), percent(10.4, 1.5, 120)];
        let compared =
            compare_groups(&[Some(&groups[0]), Some(&groups[1]), Some(&groups[2])], |_, _| None, Better::Lower, 0.95);
        assert_eq!(compared.tests, 3);
        assert_eq!(
            (compared.letters(0), compared.letters(1), compared.letters(2)),
            ("b".into(), "".into(), "b".into())
        );
        assert!(compared.is_beaten(1) && !compared.is_beaten(2));
    }

    #[test]
    fn suppressed_groups_are_not_tested() {
        let group = percent(8.9, 1.5, 400);
        let compared = compare_groups(&[Some(&group), None], |_, _| None, Better::Lower, 0.95);
        assert_eq!((compared.tests, compared.letters(0)), (0, String::new()));
        assert_eq!((letter(25), letter(26)), ("z".to_owned(), "aa".to_owned()));
    }
}
