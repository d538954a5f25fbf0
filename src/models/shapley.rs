//! The explained variance of an outcome shared out by averaging over all orders in which predictors can enter (LMG, the Shapley
//! value of R²). Complete columns and weights come in, one share a predictor goes out; every subset is computed exactly.

use crate::models::regression::{RegressionCorrelations, RegressionError, SINGULAR, rescale};

/// Most predictors: 2¹⁸ subsets take some 10 ms and 2 MB, and each further one more than doubles the time. A bootstrap asks for
/// thousands of these.
pub const MOST_PREDICTORS: usize = 18;

/// Shapley decomposition over *p* predictors, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Shapley {
    /// Explained share of the outcome's variance, 0 to 1.
    pub r2: f64,
    /// What the predictor adds to R², averaged over all orders of entering; at least 0, they add up to `r2`.
    pub raw: Vec<f64>,
    /// Raw shares over `r2`; they add up to 1.
    pub rescaled: Vec<f64>,
    /// R² of the predictor by itself: what it adds when it enters first.
    pub first: Vec<f64>,
    /// What the predictor adds to all the others: when it enters last.
    pub last: Vec<f64>,
}

/// Shapley decomposition over `predictors`, one slice a variable, for `outcome`, all with the rows of `weights`.
///
/// # Errors
/// All of [`RegressionError`].
pub fn shapley<C: AsRef<[f64]>>(
    predictors: &[C],
    outcome: &[f64],
    weights: &[f64],
) -> Result<Shapley, RegressionError> {
    check_count(predictors.len())?;
    shapley_of(&RegressionCorrelations::of(predictors, outcome, weights)?)
}

/// Shapley decomposition from known correlations.
///
/// The share of predictor *j* is Σ over subsets *S* without *j* of |*S*|! (*p* − 1 − |*S*|)! / *p*! · (R²(*S* ∪ *j*) − R²(*S*))
/// (Lindeman, Merenda and Gold 1980; Grömping 2006, Journal of Statistical Software 17).
///
/// # Errors
/// `Singular`, `Unrelated` and `TooManyPredictors`.
pub fn shapley_of(correlations: &RegressionCorrelations) -> Result<Shapley, RegressionError> {
    let count = correlations.outcome.len();
    check_count(count)?;
    let explained = Subsets::explained(correlations)?;
    let everyone = explained.len() - 1;
    let share_of_order = shares_of_order(count);
    let mut raw = vec![0.0; count];
    for (predictor, raw) in raw.iter_mut().enumerate() {
        let own = 1 << predictor;
        for without in (0..=everyone).filter(|subset| subset & own == 0) {
            *raw += share_of_order[without.count_ones() as usize] * (explained[without | own] - explained[without]);
        }
    }
    let r2 = explained[everyone];
    let last = (0..count).map(|predictor| r2 - explained[everyone & !(1 << predictor)]).collect();
    let first = (0..count).map(|predictor| explained[1 << predictor]).collect();
    Ok(Shapley { r2, rescaled: rescale(&raw, r2)?, raw, first, last })
}

fn check_count(found: usize) -> Result<(), RegressionError> {
    if found > MOST_PREDICTORS {
        return Err(RegressionError::TooManyPredictors { found, most: MOST_PREDICTORS });
    }
    Ok(())
}

/// Share of the orders in which exactly a given set of *s* others precedes a predictor, for *s* = 0 … *p* − 1:
/// 1 / (*p* · binomial(*p* − 1, *s*)).
fn shares_of_order(count: usize) -> Vec<f64> {
    let mut binomial = 1.0;
    let share = |before: usize| {
        let share = 1.0 / (count as f64 * binomial);
        binomial *= (count - 1 - before) as f64 / (before + 1) as f64;
        share
    };
    (0..count).map(share).collect()
}

/// R² of every subset, found by deciding on one predictor after the other. What the remaining predictors and the outcome share
/// once the chosen ones are held constant is kept on the way down, so that a subset costs a few operations only.
struct Subsets {
    count: usize,
    /// R² by subset; bit *j* stands for predictor *j*.
    explained: Vec<f64>,
}

impl Subsets {
    fn explained(correlations: &RegressionCorrelations) -> Result<Vec<f64>, RegressionError> {
        let count = correlations.outcome.len();
        // Per level a matrix of the remaining predictors by themselves and the outcome.
        let mut space = vec![0.0; (1..=count).map(|remaining| remaining * (remaining + 1)).sum()];
        for row in 0..count {
            for column in 0..count {
                space[row * (count + 1) + column] = correlations.predictors[(row, column)];
            }
            space[row * (count + 1) + count] = correlations.outcome[row];
        }
        let mut subsets = Self { count, explained: vec![0.0; 1 << count] };
        subsets.decide(0, 0, 0.0, &mut space)?;
        Ok(subsets.explained)
    }

    /// Leaves out and takes in predictor `level`. `space` begins with the partial covariances of the predictors from `level` on
    /// (rows) with each other and the outcome (columns, of which those from the diagonal on are used).
    fn decide(
        &mut self,
        level: usize,
        chosen: usize,
        explained: f64,
        space: &mut [f64],
    ) -> Result<(), RegressionError> {
        let remaining = self.count - level;
        let Some(width) = (remaining > 0).then_some(remaining + 1) else {
            self.explained[chosen] = explained;
            return Ok(());
        };
        let (own, deeper) = space.split_at_mut(remaining * width);
        let variance = own[0];
        if variance < SINGULAR {
            return Err(RegressionError::Singular);
        }
        let (first, others) = own.split_at(width);
        for (row, from) in others.chunks_exact(width).enumerate() {
            let to = &mut deeper[row * (width - 1)..(row + 1) * (width - 1)];
            to[row..].copy_from_slice(&from[row + 1..]);
        }
        self.decide(level + 1, chosen, explained, deeper)?;
        for (row, from) in others.chunks_exact(width).enumerate() {
            let slope = first[row + 1] / variance;
            let to = &mut deeper[row * (width - 1)..(row + 1) * (width - 1)];
            for ((to, from), pivot) in to[row..].iter_mut().zip(&from[row + 1..]).zip(&first[row + 1..]) {
                *to = from - slope * pivot;
            }
        }
        let added = first[remaining] * first[remaining] / variance;
        self.decide(level + 1, chosen | 1 << level, explained + added, deeper)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nalgebra::{DMatrix, DVector};
    use proptest::prelude::*;

    use super::*;
    use crate::models::regression::testing::{close, correlations, rows, two_predictors};

    /// R² is .36 and .16 alone and 28/75 together: shares (.36 + 28/75 − .16)/2 and (.16 + 28/75 − .36)/2.
    #[test]
    fn two_predictors_by_hand() {
        let found = shapley_of(&two_predictors()).unwrap();
        assert!(close(found.r2, 28.0 / 75.0));
        assert!(close(found.first[0], 0.36) && close(found.first[1], 0.16));
        assert!(close(found.last[0], 28.0 / 75.0 - 0.16) && close(found.last[1], 28.0 / 75.0 - 0.36));
        assert!(close(found.raw[0], 14.0 / 75.0 + 0.1) && close(found.raw[1], 14.0 / 75.0 - 0.1));
        assert!(close(found.rescaled[0], found.raw[0] / found.r2));
    }

    /// Predictors 0 and 1 are .5 correlated, predictor 2 with neither: it keeps r² whatever enters before it.
    #[test]
    fn an_uncorrelated_predictor_keeps_its_squared_correlation() {
        let predictors = DMatrix::from_row_slice(3, 3, &[1.0, 0.5, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let outcome = DVector::from_row_slice(&[0.6, 0.4, -0.5]);
        let found = shapley_of(&RegressionCorrelations { predictors, outcome }).unwrap();
        for (raw, expected) in found.raw.iter().zip([14.0 / 75.0 + 0.1, 14.0 / 75.0 - 0.1, 0.25]) {
            assert!(close(*raw, expected));
        }
    }

    /// 0! 2!/3!, 1! 1!/3!, 2! 0!/3!
    #[test]
    fn orders_are_shared_by_the_number_before() {
        let shares = shares_of_order(3);
        assert!(shares.iter().zip([1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0]).all(|(left, right)| close(*left, right)));
    }

    #[test]
    fn dependent_and_too_many_predictors_are_named() {
        let weights = [1.0; 4];
        let twice = [[1.0, 2.0, 3.0, 5.0], [2.0, 4.0, 6.0, 10.0]];
        let singular = shapley(&twice, &[1.0, 3.0, 2.0, 4.0], &weights);
        assert_eq!(singular.unwrap_err(), RegressionError::Singular);
        let many = vec![[1.0, 2.0, 3.0, 5.0]; 19];
        let many = shapley(&many, &[1.0, 3.0, 2.0, 4.0], &weights).unwrap_err();
        assert_eq!(many, RegressionError::TooManyPredictors { found: 19, most: 18 });
        let unrelated = shapley(&[[-1.0, 1.0, -1.0, 1.0]], &[1.0, 1.0, -1.0, -1.0], &weights);
        assert_eq!(unrelated.unwrap_err(), RegressionError::Unrelated);
    }

    proptest! {
        #[test]
        fn shares_add_up_whatever_the_order(rows in rows(), factor in 0.001..1000.0_f64) {
            let plain = [0, 1, 2, 3];
            let found = shapley_of(&correlations(&rows, plain, 1.0)).unwrap();
            prop_assert!(close(found.raw.iter().sum(), found.r2));
            prop_assert!(found.raw.iter().all(|share| *share >= -1e-12));
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for same in [correlations(&rows, plain, factor), correlations(&reversed, plain, 1.0)] {
                let same = shapley_of(&same).unwrap();
                prop_assert!(found.raw.iter().zip(&same.raw).all(|(left, right)| close(*left, *right)));
            }
            let order = [2, 0, 3, 1];
            let moved = shapley_of(&correlations(&rows, order, 1.0)).unwrap();
            for (place, predictor) in order.into_iter().enumerate() {
                prop_assert!(close(found.raw[predictor], moved.raw[place]));
                prop_assert!(close(found.last[predictor], moved.last[place]));
            }
        }
    }
}
