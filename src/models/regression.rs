//! What the decompositions of an explained variance share: the correlations that they start from, the standardised coefficients
//! and the reasons why there is none. Columns come in, a matrix of predictors and a vector of the outcome go out.

use nalgebra::{DMatrix, DVector};

use crate::models::moments::{Moments, MomentsError};

/// A share of a predictor's variance that the others leave and that is taken as nothing. It is also the smallest eigenvalue of
/// a matrix of correlations that is taken to have an inverse.
pub const SINGULAR: f64 = 1e-10;

/// An explained variance below this is rounding and cannot be shared out.
const UNRELATED: f64 = 1e-14;

/// Why the variance of an outcome cannot be shared out among predictors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegressionError {
    /// The columns cannot be summarised, or a variable does not vary; the outcome counts as the variable after the last predictor.
    #[error(transparent)]
    Moments(#[from] MomentsError),
    /// A predictor follows from the others (`collinearity` says which), or there are no more rows than predictors.
    #[error("the predictors are not independent of each other")]
    Singular,
    /// No predictor has anything to do with the outcome.
    #[error("the predictors explain nothing")]
    Unrelated,
    /// All subsets of so many predictors would take too long.
    #[error("{found} predictors, at most {most} can be decomposed")]
    TooManyPredictors {
        /// Predictors given.
        found: usize,
        /// Most that the method takes.
        most: usize,
    },
}

/// Correlations of *p* predictors with each other and with an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionCorrelations {
    /// Among the predictors, *p* x *p*.
    pub predictors: DMatrix<f64>,
    /// Of each predictor with the outcome, length *p*.
    pub outcome: DVector<f64>,
}

impl RegressionCorrelations {
    /// Weighted correlations of `predictors`, one slice a variable, and `outcome`, all with the rows of `weights`.
    ///
    /// # Errors
    /// All of [`MomentsError`].
    pub fn of<C: AsRef<[f64]>>(predictors: &[C], outcome: &[f64], weights: &[f64]) -> Result<Self, MomentsError> {
        let count = predictors.len();
        if count == 0 {
            return Err(MomentsError::Variables { found: 0, needed: 1 });
        }
        let columns: Vec<&[f64]> = predictors.iter().map(AsRef::as_ref).chain([outcome]).collect();
        let correlation = Moments::of(&columns, weights)?.correlation()?;
        let predictors = correlation.view((0, 0), (count, count)).into_owned();
        let outcome = correlation.view((0, count), (count, 1)).column(0).into_owned();
        Ok(Self { predictors, outcome })
    }
}

/// `raw` as shares of their sum.
///
/// # Errors
/// `Unrelated` if the sum is nothing.
pub(crate) fn rescale(raw: &[f64], explained: f64) -> Result<Vec<f64>, RegressionError> {
    if explained < UNRELATED {
        return Err(RegressionError::Unrelated);
    }
    Ok(raw.iter().map(|weight| weight / explained).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod testing {
    use proptest::prelude::*;

    use super::*;

    /// Correlations .5 between the predictors, .6 and .4 with the outcome.
    pub fn two_predictors() -> RegressionCorrelations {
        RegressionCorrelations {
            predictors: DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 1.0]),
            outcome: DVector::from_row_slice(&[0.6, 0.4]),
        }
    }

    /// Equal up to rounding.
    pub fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1.0)
    }

    /// Rows of four related predictors, an outcome and a weight.
    pub fn rows() -> impl Strategy<Value = Vec<([f64; 5], f64)>> {
        let row = (0.0..4.0_f64, prop::array::uniform5(0.0..6.0_f64), 0.1..5.0_f64);
        let row = row.prop_map(|(level, noise, weight)| (noise.map(|noise| level + noise), weight));
        prop::collection::vec(row, 30..80)
    }

    /// Correlations of the rows with the predictors in an order and the weights in a unit.
    pub fn correlations(rows: &[([f64; 5], f64)], order: [usize; 4], factor: f64) -> RegressionCorrelations {
        let column = |variable: usize| rows.iter().map(|row| row.0[variable]).collect::<Vec<f64>>();
        let weights: Vec<f64> = rows.iter().map(|row| factor * row.1).collect();
        RegressionCorrelations::of(&order.map(column), &column(4), &weights).unwrap()
    }

    #[test]
    fn the_outcome_counts_as_the_last_variable() {
        let of = |outcome: &[f64]| RegressionCorrelations::of(&[[1.0, 2.0, 4.0]], outcome, &[1.0; 3]);
        assert_eq!(of(&[2.0; 3]).unwrap_err(), MomentsError::Constant { variable: 1 });
        assert!(close(of(&[3.0, 5.0, 9.0]).unwrap().outcome[0], 1.0));
        let none: [&[f64]; 0] = [];
        let none = RegressionCorrelations::of(&none, &[1.0, 2.0], &[1.0; 2]);
        assert_eq!(none.unwrap_err(), MomentsError::Variables { found: 0, needed: 1 });
    }
}
