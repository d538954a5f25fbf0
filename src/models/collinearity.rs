//! How far predictors say the same: variance inflation and the condition of their correlations. Complete columns and weights
//! come in, one factor a predictor goes out; dependent predictors are a result here, not an error.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::models::moments::{Moments, MomentsError};
use crate::models::regression::SINGULAR;

/// Part of a predictor in a dependency (squared, of 1) that is rounding.
const UNINVOLVED: f64 = 1e-10;

/// Collinearity of *p* predictors.
#[derive(Debug, Clone, PartialEq)]
pub struct Collinearity {
    /// Variance inflation factor of each predictor, 1 / (1 − R² on the others), at least 1; infinite for those that follow
    /// from others.
    pub variance_inflation: Vec<f64>,
    /// √(largest / smallest eigenvalue of the correlations), at least 1; infinite if a predictor follows from others.
    pub condition_number: f64,
}

/// Collinearity of `predictors`, one slice a variable, all with the rows of `weights`.
///
/// # Errors
/// All of [`MomentsError`].
pub fn collinearity<C: AsRef<[f64]>>(predictors: &[C], weights: &[f64]) -> Result<Collinearity, MomentsError> {
    Ok(collinearity_of(&Moments::of(predictors, weights)?.correlation()?))
}

/// Collinearity from known correlations *R* = *V D V*ᵀ, *p* x *p*: the factors are the diagonal of *R*⁻¹, Σₖ *V*ⱼₖ² / *D*ₖ
/// (Belsley, Kuh and Welsch 1980, chapter 3, with centred and scaled columns).
pub fn collinearity_of(correlations: &DMatrix<f64>) -> Collinearity {
    let eigen = SymmetricEigen::new(correlations.clone());
    let inflation = |predictor: usize| {
        let parts = eigen.eigenvectors.row(predictor);
        let terms = eigen.eigenvalues.iter().zip(parts.iter());
        let term = |(value, part): (&f64, &f64)| match (*value < SINGULAR, part * part < UNINVOLVED) {
            (true, true) => 0.0,
            (true, false) => f64::INFINITY,
            (false, _) => part * part / value,
        };
        terms.map(term).sum::<f64>().max(1.0)
    };
    let (least, most) = (eigen.eigenvalues.min(), eigen.eigenvalues.max());
    Collinearity {
        variance_inflation: (0..correlations.nrows()).map(inflation).collect(),
        condition_number: if least < SINGULAR { f64::INFINITY } else { (most / least).sqrt() },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::regression::testing::{close, correlations, rows, two_predictors};

    /// Correlation 1/2: 1 / (1 − 1/4), eigenvalues 3/2 and 1/2.
    #[test]
    fn two_predictors_by_hand() {
        let found = collinearity_of(&two_predictors().predictors);
        assert!(found.variance_inflation.iter().all(|factor| close(*factor, 4.0 / 3.0)));
        assert!(close(found.condition_number, 3.0_f64.sqrt()));
        let one = collinearity(&[[1.0, 2.0, 5.0]], &[1.0, 2.0, 1.0]).unwrap();
        assert_eq!((one.variance_inflation[0], one.condition_number), (1.0, 1.0));
    }

    /// The third is the sum of the first two; the fourth has nothing to do with it.
    #[test]
    fn dependent_predictors_are_infinite_and_the_others_are_not() {
        let columns = [
            [1.0, 2.0, 3.0, 5.0, 4.0],
            [2.0, 1.0, 5.0, 3.0, 0.0],
            [3.0, 3.0, 8.0, 8.0, 4.0],
            [1.0, 0.0, 0.0, 1.0, 3.0],
        ];
        let found = collinearity(&columns, &[1.0, 2.0, 1.0, 1.5, 1.0]).unwrap();
        assert_eq!(found.condition_number, f64::INFINITY);
        assert!(found.variance_inflation[..3].iter().all(|factor| *factor == f64::INFINITY));
        let without = collinearity(&[columns[0], columns[1], columns[3]], &[1.0, 2.0, 1.0, 1.5, 1.0]).unwrap();
        assert!((found.variance_inflation[3] / without.variance_inflation[2] - 1.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn factors_follow_their_predictors(rows in rows(), factor in 0.001..1000.0_f64) {
            let found = collinearity_of(&correlations(&rows, [0, 1, 2, 3], 1.0).predictors);
            let order = [2, 0, 3, 1];
            let moved = collinearity_of(&correlations(&rows, order, factor).predictors);
            prop_assert!((found.condition_number - moved.condition_number).abs() < 1e-11);
            for (place, predictor) in order.into_iter().enumerate() {
                let (left, right) = (found.variance_inflation[predictor], moved.variance_inflation[place]);
                prop_assert!((left / right - 1.0).abs() < 1e-11);
            }
        }
    }
}
