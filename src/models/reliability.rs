//! Cronbach's alpha of a set of items and what each item does to it. Complete answers to the items and weights come in, one
//! record of coefficients goes out.

use nalgebra::DMatrix;

use crate::models::moments::{Moments, MomentsError};

/// Why a set of items has no alpha.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReliabilityError {
    /// The answers cannot be summarised, or an item does not vary.
    #[error(transparent)]
    Moments(#[from] MomentsError),
    /// The items cancel each other out, so that their sum does not vary.
    #[error("the sum of the items does not vary")]
    ConstantSum,
}

/// Internal consistency of *k* items. All coefficients are without unit; alpha is at most 1 and may be negative.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// Rows with a weight above 0.
    pub rows: usize,
    /// Cronbach's (1951) alpha: *k* / (*k* − 1) · (1 − Σ variances / variance of the sum).
    pub alpha: f64,
    /// Alpha of the standardised items: *k r̄* / (1 + (*k* − 1) *r̄*), with *r̄* the mean of the correlations between them.
    /// `None` where the denominator is 0.
    pub standardized_alpha: Option<f64>,
    /// *r̄*, the mean of the correlations between the items.
    pub mean_correlation: f64,
    /// What concerns each item, in the order given, length *k*.
    pub items: Vec<ItemReliability>,
}

/// One item in its set.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemReliability {
    /// Weighted mean, in the units of the item.
    pub mean: f64,
    /// Weighted standard deviation (as [`Moments::covariance`] has it).
    pub standard_deviation: f64,
    /// Correlation of the item with the sum of all items.
    pub item_total: f64,
    /// Correlation of the item with the sum of the other items (corrected item-total correlation); `None` where that sum does
    /// not vary. Below 0 the item is likely coded in reverse.
    pub item_rest: Option<f64>,
    /// Alpha without the item; `None` if fewer than two items or no variation would be left.
    pub alpha_if_deleted: Option<f64>,
    /// Standardised alpha without the item, `None` likewise.
    pub standardized_alpha_if_deleted: Option<f64>,
}

/// Reliability of `items`, one slice an item, all with the rows of `weights`. Nothing is turned round: items coded in reverse
/// must be recoded before.
///
/// # Errors
/// Fewer than two items, rows that do not fit, values or weights that are no numbers, an item or a sum that does not vary.
pub fn reliability<C: AsRef<[f64]>>(items: &[C], weights: &[f64]) -> Result<Reliability, ReliabilityError> {
    if items.len() < 2 {
        return Err(MomentsError::Variables { found: items.len(), needed: 2 }.into());
    }
    reliability_of_moments(&Moments::of(items, weights)?)
}

/// Reliability of items whose moments are known.
///
/// # Errors
/// As [`reliability`].
pub fn reliability_of_moments(moments: &Moments) -> Result<Reliability, ReliabilityError> {
    let count = moments.means.len();
    if count < 2 {
        return Err(MomentsError::Variables { found: count, needed: 2 }.into());
    }
    let correlation = moments.correlation()?;
    let covariances = Sums::of(&moments.covariance);
    let correlations = Sums::of(&correlation);
    let alpha = covariances.alpha().ok_or(ReliabilityError::ConstantSum)?;
    let items = moments.standard_deviations().into_iter().enumerate().map(|(item, deviation)| {
        let rest = covariances.without(item, &moments.covariance);
        let with_rest = covariances.rows[item] - deviation * deviation;
        ItemReliability {
            mean: moments.means[item],
            standard_deviation: deviation,
            item_total: covariances.rows[item] / (deviation * covariances.total.sqrt()),
            item_rest: rest.varies().then(|| with_rest / (deviation * rest.total.sqrt())),
            alpha_if_deleted: rest.alpha(),
            standardized_alpha_if_deleted: correlations.without(item, &correlation).standardized_alpha(),
        }
    });
    Ok(Reliability {
        rows: moments.rows,
        alpha,
        standardized_alpha: correlations.standardized_alpha(),
        mean_correlation: correlations.mean_off_diagonal(),
        items: items.collect(),
    })
}

/// Sums of a matrix of covariances or correlations.
struct Sums {
    count: f64,
    /// Sum of the diagonal.
    diagonal: f64,
    /// Sum of all cells: the variance of the sum of the items.
    total: f64,
    /// Sum of each row; empty once an item is left out.
    rows: Vec<f64>,
}

impl Sums {
    fn of(matrix: &DMatrix<f64>) -> Self {
        let rows: Vec<f64> = matrix.column_iter().map(|column| column.sum()).collect();
        Self { count: rows.len() as f64, diagonal: matrix.trace(), total: rows.iter().sum(), rows }
    }

    fn without(&self, item: usize, matrix: &DMatrix<f64>) -> Self {
        let own = matrix[(item, item)];
        let total = self.total - 2.0 * self.rows[item] + own;
        Self { count: self.count - 1.0, diagonal: self.diagonal - own, total, rows: Vec::new() }
    }

    /// Whether the sum of the items varies, beyond rounding.
    fn varies(&self) -> bool {
        self.total > 1e-12 * self.diagonal
    }

    fn alpha(&self) -> Option<f64> {
        (self.count > 1.5 && self.varies())
            .then(|| self.count / (self.count - 1.0) * (1.0 - self.diagonal / self.total))
    }

    /// Mean of the cells beside the diagonal.
    fn mean_off_diagonal(&self) -> f64 {
        (self.total - self.diagonal) / (self.count * (self.count - 1.0))
    }

    fn standardized_alpha(&self) -> Option<f64> {
        let mean = (self.count > 1.5).then(|| self.mean_off_diagonal())?;
        let denominator = 1.0 + (self.count - 1.0) * mean;
        (denominator > 1e-12).then(|| self.count * mean / denominator)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1.0)
    }

    /// Variances 5/3, covariance 1: alpha = 2 (1 − (10/3) / (16/3)) = 3/4; r = 3/5, standardised 2 · 0.6 / 1.6 = 3/4;
    /// with the sum (5/3 + 1) / √(5/3 · 16/3) = 2/√5.
    #[test]
    fn two_items_by_hand() {
        let found = reliability(&[[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0]], &[1.0; 4]).unwrap();
        assert!(close(found.alpha, 0.75));
        assert!(close(found.standardized_alpha.unwrap(), 0.75));
        assert!(close(found.mean_correlation, 0.6));
        for item in &found.items {
            assert!(close(item.mean, 2.5));
            assert!(close(item.item_total, 2.0 / 5.0_f64.sqrt()));
            assert!(close(item.item_rest.unwrap(), 0.6));
            assert_eq!((item.alpha_if_deleted, item.standardized_alpha_if_deleted), (None, None));
        }
    }

    /// Without the third item the two above are left.
    #[test]
    fn deleting_an_item_leaves_the_others() {
        let items = [[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [5.0, 1.0, 1.0, 2.0]];
        let found = reliability(&items, &[1.0; 4]).unwrap();
        assert!(close(found.items[2].alpha_if_deleted.unwrap(), 0.75));
        assert!(close(found.items[2].standardized_alpha_if_deleted.unwrap(), 0.75));
        assert!(found.items[2].item_rest.unwrap() < 0.0);
    }

    /// Alpha does not depend on the divisor of the variances, so whole weights are repeated rows.
    #[test]
    fn whole_weights_are_repeated_rows() {
        let weighted = reliability(&[[1.0, 3.0, 2.0], [2.0, 5.0, 1.0], [1.0, 4.0, 4.0]], &[2.0, 1.0, 3.0]).unwrap();
        let repeat = |a: f64, b: f64, c: f64| [a, a, b, c, c, c];
        let repeated = [repeat(1.0, 3.0, 2.0), repeat(2.0, 5.0, 1.0), repeat(1.0, 4.0, 4.0)];
        let repeated = reliability(&repeated, &[1.0; 6]).unwrap();
        assert!(close(weighted.alpha, repeated.alpha));
        for (one, other) in weighted.items.iter().zip(&repeated.items) {
            assert!(close(one.item_rest.unwrap(), other.item_rest.unwrap()));
            assert!(close(one.alpha_if_deleted.unwrap(), other.alpha_if_deleted.unwrap()));
        }
    }

    #[test]
    fn sets_without_alpha_are_named() {
        let weights = [1.0; 3];
        let one = reliability(&[[1.0, 2.0, 3.0]], &weights).unwrap_err();
        assert_eq!(one, MomentsError::Variables { found: 1, needed: 2 }.into());
        let cancelled = reliability(&[[1.0, 2.0, 4.0], [4.0, 3.0, 1.0]], &weights).unwrap_err();
        assert_eq!(cancelled, ReliabilityError::ConstantSum);
        let constant = reliability(&[[1.0, 2.0, 4.0], [4.0; 3]], &weights).unwrap_err();
        assert_eq!(constant, MomentsError::Constant { variable: 1 }.into());
    }

    /// Rows of four positively related items with a weight.
    fn rows() -> impl Strategy<Value = Vec<([f64; 4], f64)>> {
        let row = (0.0..10.0_f64, prop::array::uniform4(0.0..4.0_f64), 0.1..5.0_f64);
        prop::collection::vec(row.prop_map(|(level, noise, weight)| (noise.map(|noise| level + noise), weight)), 5..60)
    }

    fn of(rows: &[([f64; 4], f64)], order: [usize; 4], factor: f64) -> Reliability {
        let items: Vec<Vec<f64>> = order.iter().map(|item| rows.iter().map(|row| row.0[*item]).collect()).collect();
        let weights: Vec<f64> = rows.iter().map(|row| factor * row.1).collect();
        reliability(&items, &weights).unwrap()
    }

    fn same(left: &ItemReliability, right: &ItemReliability) -> bool {
        close(left.item_total, right.item_total)
            && close(left.item_rest.unwrap(), right.item_rest.unwrap())
            && close(left.alpha_if_deleted.unwrap(), right.alpha_if_deleted.unwrap())
    }

    proptest! {
        #[test]
        fn unit_of_weights_and_order_of_rows_do_not_matter(rows in rows(), factor in 0.001..1000.0_f64) {
            let found = of(&rows, [0, 1, 2, 3], 1.0);
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for other in [of(&rows, [0, 1, 2, 3], factor), of(&reversed, [0, 1, 2, 3], 1.0)] {
                prop_assert!(close(found.alpha, other.alpha));
                prop_assert!(close(found.standardized_alpha.unwrap(), other.standardized_alpha.unwrap()));
                prop_assert!(found.items.iter().zip(&other.items).all(|(left, right)| same(left, right)));
            }
        }

        #[test]
        fn items_keep_their_numbers_in_any_order(rows in rows()) {
            let order = [2, 0, 3, 1];
            let (found, moved) = (of(&rows, [0, 1, 2, 3], 1.0), of(&rows, order, 1.0));
            prop_assert!(close(found.alpha, moved.alpha));
            for (place, item) in order.into_iter().enumerate() {
                prop_assert!(same(&found.items[item], &moved.items[place]));
            }
        }
    }
}
