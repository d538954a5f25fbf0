//! Relative weights of predictors (Johnson 2000): the explained variance of an outcome, shared out by way of the orthogonal
//! variables closest to the predictors. Complete columns and weights come in, one share a predictor goes out.

use nalgebra::{DVector, SymmetricEigen};

use crate::models::regression::{RegressionCorrelations, RegressionError, SINGULAR, rescale};

/// Relative weights of *p* predictors, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct RelativeWeights {
    /// Explained share of the outcome's variance, 0 to 1.
    pub r2: f64,
    /// Raw weights, at least 0; they add up to `r2`.
    pub raw: Vec<f64>,
    /// Raw weights over `r2`; they add up to 1.
    pub rescaled: Vec<f64>,
    /// Standardised coefficients of the regression on all predictors. Relative weights have no sign; these say in which
    /// direction a predictor works beside the others.
    pub coefficients: Vec<f64>,
}

/// Relative weights of `predictors`, one slice a variable, for `outcome`, all with the rows of `weights`.
///
/// # Errors
/// All of [`RegressionError`] but `TooManyPredictors`.
pub fn relative_weights<C: AsRef<[f64]>>(
    predictors: &[C],
    outcome: &[f64],
    weights: &[f64],
) -> Result<RelativeWeights, RegressionError> {
    relative_weights_of(&RegressionCorrelations::of(predictors, outcome, weights)?)
}

/// Relative weights from known correlations *R* = *V D V*ᵀ and *r*.
///
/// With *Λ* = *V D*^½ *V*ᵀ (the correlations between the predictors and their closest orthogonal counterparts) and *β* = *Λ*⁻¹ *r*,
/// the raw weight of predictor *j* is Σₖ *Λ*ⱼₖ² *β*ₖ² (Johnson 2000, Multivariate Behavioral Research 35, 1–19).
///
/// # Errors
/// `Singular` and `Unrelated`.
pub fn relative_weights_of(correlations: &RegressionCorrelations) -> Result<RelativeWeights, RegressionError> {
    let count = correlations.outcome.len();
    let eigen = SymmetricEigen::new(correlations.predictors.clone());
    if eigen.eigenvalues.min() < SINGULAR {
        return Err(RegressionError::Singular);
    }
    let roots = eigen.eigenvalues.map(f64::sqrt);
    let vectors = &eigen.eigenvectors;
    // The outcome along each eigenvector, then V D^-1/2 and V D^-1 times it.
    let along = vectors.tr_mul(&correlations.outcome);
    let orthogonal: DVector<f64> = vectors * along.component_div(&roots);
    let coefficients = vectors * along.component_div(&eigen.eigenvalues);
    let mut scaled = vectors.clone();
    for (mut column, root) in scaled.column_iter_mut().zip(roots.iter()) {
        column *= *root;
    }
    let loadings = scaled * vectors.transpose();
    let share = |row: usize| (0..count).map(|k| (loadings[(row, k)] * orthogonal[k]).powi(2)).sum::<f64>();
    let raw: Vec<f64> = (0..count).map(share).collect();
    let r2 = orthogonal.norm_squared();
    Ok(RelativeWeights { r2, rescaled: rescale(&raw, r2)?, raw, coefficients: coefficients.iter().copied().collect() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nalgebra::DMatrix;
    use proptest::prelude::*;

    use super::*;
    use crate::models::regression::testing::{close, correlations, rows, two_predictors};

    /// With correlation 1/2, Λ has a = (√1.5 + √.5)/2 on and b = (√1.5 − √.5)/2 off the diagonal: a² + b² = 1, 2ab = 1/2.
    /// β = Λ⁻¹ r, so β₁ + β₂ = 1/√1.5 and β₁ − β₂ = .2/√.5; β₁² + β₂² = (2/3 + .08)/2 = 28/75 and β₁² − β₂² = .2/√.75.
    /// a² − b² = √.75, so the weights, (β₁² + β₂²)/2 ± (a² − b²)(β₁² − β₂²)/2, are 14/75 ± 1/10.
    #[test]
    fn two_predictors_by_hand() {
        let found = relative_weights_of(&two_predictors()).unwrap();
        assert!(close(found.r2, 28.0 / 75.0));
        assert!(close(found.raw[0], 14.0 / 75.0 + 0.1));
        assert!(close(found.raw[1], 14.0 / 75.0 - 0.1));
        assert!(close(found.rescaled[0], (14.0 / 75.0 + 0.1) * 75.0 / 28.0));
        // (.6 − .5 · .4) / .75 and (.4 − .5 · .6) / .75
        assert!(close(found.coefficients[0], 8.0 / 15.0));
        assert!(close(found.coefficients[1], 2.0 / 15.0));
    }

    /// Uncorrelated predictors: the squared correlations themselves.
    #[test]
    fn uncorrelated_predictors_keep_their_squared_correlations() {
        let outcome = DVector::from_row_slice(&[0.5, -0.3, 0.1]);
        let found =
            relative_weights_of(&RegressionCorrelations { predictors: DMatrix::identity(3, 3), outcome }).unwrap();
        for (raw, expected) in found.raw.iter().zip([0.25, 0.09, 0.01]) {
            assert!(close(*raw, expected));
        }
        let one = relative_weights(&[[1.0, 2.0, 3.0, 4.0]], &[2.0, 1.0, 4.0, 3.0], &[1.0; 4]).unwrap();
        assert!(close(one.raw[0], 0.36));
    }

    #[test]
    fn dependent_and_unrelated_predictors_are_named() {
        let twice = [[1.0, 2.0, 3.0, 5.0], [2.0, 4.0, 6.0, 10.0]];
        let singular = relative_weights(&twice, &[1.0, 3.0, 2.0, 4.0], &[1.0; 4]);
        assert_eq!(singular.unwrap_err(), RegressionError::Singular);
        let unrelated = relative_weights(&[[-1.0, 1.0, -1.0, 1.0]], &[1.0, 1.0, -1.0, -1.0], &[1.0; 4]);
        assert_eq!(unrelated.unwrap_err(), RegressionError::Unrelated);
    }

    proptest! {
        #[test]
        fn weights_add_up_whatever_the_order(rows in rows(), factor in 0.001..1000.0_f64) {
            let plain = [0, 1, 2, 3];
            let found = relative_weights_of(&correlations(&rows, plain, 1.0)).unwrap();
            prop_assert!(close(found.raw.iter().sum(), found.r2));
            prop_assert!(close(found.rescaled.iter().sum(), 1.0));
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for same in [correlations(&rows, plain, factor), correlations(&reversed, plain, 1.0)] {
                let same = relative_weights_of(&same).unwrap();
                prop_assert!(found.raw.iter().zip(&same.raw).all(|(left, right)| close(*left, *right)));
            }
            let order = [2, 0, 3, 1];
            let moved = relative_weights_of(&correlations(&rows, order, 1.0)).unwrap();
            for (place, predictor) in order.into_iter().enumerate() {
                prop_assert!(close(found.raw[predictor], moved.raw[place]));
                prop_assert!(close(found.coefficients[predictor], moved.coefficients[place]));
            }
        }
    }
}
