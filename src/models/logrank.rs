//! Whether groups of customers are lost at the same pace: the log-rank test. Takes times, ends and the group of each customer;
//! gives observed and expected losses of each group with the test.

use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::checked_gamma_ur;

use crate::models::retention::{RetentionError, check_times};

/// Losses of one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupLosses {
    /// Number of customers.
    pub customers: usize,
    /// Number lost.
    pub observed: f64,
    /// Number that would be lost if all groups lost customers at the pace of all together.
    pub expected: f64,
}

/// Result of the test.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRank {
    /// One entry a group, by number.
    pub groups: Vec<GroupLosses>,
    /// Chi-squared statistic.
    pub statistic: f64,
    /// Groups with an expected loss, less one.
    pub degrees: usize,
    /// Probability of such a statistic or a larger one if the groups do not differ.
    pub p_value: f64,
}

/// Log-rank test of customers observed for `times`, of whom those with `lost` ended then, in groups numbered from 0. Unweighted:
/// its null distribution does not hold for weighted counts. Same numbers as R `survdiff` with `rho = 0`.
///
/// Source: Mantel, N. (1966), *Cancer Chemotherapy Reports* 50, 163-170; Peto, R. and Peto, J. (1972), *JRSS A* 135, 185-206; the
/// variance is hypergeometric.
///
/// # Errors
/// Slices of different length, a time that is not at least 0, no loss, or fewer than two groups to compare.
pub fn log_rank(times: &[f64], lost: &[bool], groups: &[usize]) -> Result<LogRank, RetentionError> {
    if times.len() != lost.len() || times.len() != groups.len() {
        return Err(RetentionError::Size);
    }
    check_times(times)?;
    let size = groups.iter().max().map_or(0, |group| group + 1);
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    let mut at_risk = vec![0.0; size];
    for group in groups {
        at_risk[*group] += 1.0;
    }
    let mut losses: Vec<GroupLosses> =
        at_risk.iter().map(|count| GroupLosses { customers: *count as usize, observed: 0.0, expected: 0.0 }).collect();
    let mut covariance = DMatrix::zeros(size, size);
    let mut start = 0;
    while start < order.len() {
        let time = times[order[start]];
        let end = start + order[start..].partition_point(|row| times[*row] == time);
        let mut lost_here = 0.0;
        for row in order[start..end].iter().filter(|row| lost[**row]) {
            losses[groups[*row]].observed += 1.0;
            lost_here += 1.0;
        }
        if lost_here > 0.0 {
            add_expected(&at_risk, lost_here, &mut losses, &mut covariance);
        }
        for row in &order[start..end] {
            at_risk[groups[*row]] -= 1.0;
        }
        start = end;
    }
    let (statistic, degrees) = statistic(&losses, &covariance).ok_or(RetentionError::Groups)?;
    let p_value = chi_squared_p_value(statistic, degrees as f64).ok_or(RetentionError::Groups)?;
    Ok(LogRank { groups: losses, statistic, degrees, p_value })
}

/// Adds one time of loss to the expected losses and their covariance.
fn add_expected(at_risk: &[f64], lost: f64, losses: &mut [GroupLosses], covariance: &mut DMatrix<f64>) {
    let all: f64 = at_risk.iter().sum();
    let spread = if all > 1.0 { lost * (all - lost) / (all - 1.0) } else { 0.0 };
    for (row, count) in at_risk.iter().enumerate() {
        let share = count / all;
        losses[row].expected += lost * share;
        for (column, other) in at_risk.iter().enumerate() {
            let own = if row == column { share } else { 0.0 };
            covariance[(row, column)] += spread * (own - share * other / all);
        }
    }
}

/// `(O - E)' V^-1 (O - E)` over all groups with an expected loss but the last, whose row follows from the others.
fn statistic(losses: &[GroupLosses], covariance: &DMatrix<f64>) -> Option<(f64, usize)> {
    let compared: Vec<usize> = (0..losses.len()).filter(|group| losses[*group].expected > 0.0).collect();
    let (_, kept) = compared.split_last()?;
    if kept.is_empty() {
        return None;
    }
    let matrix = covariance.select_rows(kept).select_columns(kept);
    let excess =
        DVector::from_iterator(kept.len(), kept.iter().map(|group| losses[*group].observed - losses[*group].expected));
    let solved = matrix.cholesky()?.solve(&excess);
    Some((excess.dot(&solved), kept.len()))
}

/// Upper tail of the chi-squared distribution.
fn chi_squared_p_value(statistic: f64, degrees: f64) -> Option<f64> {
    if statistic <= 0.0 {
        return Some(1.0);
    }
    checked_gamma_ur(degrees / 2.0, statistic / 2.0).ok().filter(|p| p.is_finite())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-10, "{found} is not {expected}");
    }

    /// Group 0 loses at 1 and 3, group 1 at 2 and 4. Expected of group 0: 2/4 + 1/3 + 1/2 + 0 = 4/3; variance: 1/4 + 2/9 + 1/4 =
    /// 13/18; statistic: (2/3)^2 / (13/18) = 8/13. Its p value is that of the normal deviate sqrt(8/13) = 0.784465, 0.4328 in
    /// printed tables.
    #[test]
    fn two_groups_by_hand() {
        let found = log_rank(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &[0, 1, 0, 1]).unwrap();
        close(found.groups[0].expected, 4.0 / 3.0);
        close(found.groups[1].expected, 8.0 / 3.0);
        close(found.statistic, 8.0 / 13.0);
        assert_eq!((found.degrees, found.groups[0].observed, found.groups[1].customers), (1, 2.0, 2));
        assert!((found.p_value - 0.4328).abs() < 1e-4);
    }

    #[test]
    fn equal_groups_do_not_differ() {
        let found = log_rank(&[1.0, 1.0, 2.0, 2.0], &[true; 4], &[0, 1, 0, 1]).unwrap();
        assert_eq!((found.statistic, found.p_value), (0.0, 1.0));
    }

    /// A group that nobody belongs to does not count.
    #[test]
    fn empty_groups_are_left_out() {
        let plain = log_rank(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &[0, 1, 0, 1]).unwrap();
        let gap = log_rank(&[1.0, 2.0, 3.0, 4.0], &[true; 4], &[0, 2, 0, 2]).unwrap();
        assert_eq!((plain.statistic, plain.degrees), (gap.statistic, gap.degrees));
    }

    #[test]
    fn nothing_to_compare_is_an_error() {
        assert_eq!(log_rank(&[1.0], &[true], &[]), Err(RetentionError::Size));
        assert_eq!(log_rank(&[1.0, 2.0], &[true, true], &[0, 0]), Err(RetentionError::Groups));
        assert_eq!(log_rank(&[1.0, 2.0], &[false, false], &[0, 1]), Err(RetentionError::Groups));
        assert_eq!(log_rank(&[], &[], &[]), Err(RetentionError::Groups));
        assert_eq!(log_rank(&[f64::NAN], &[true], &[0]), Err(RetentionError::Time { row: 0 }));
    }
}
