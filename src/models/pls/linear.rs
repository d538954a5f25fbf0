//! The one linear system of path modelling: a correlation matrix of few variables and their correlations with another.
//! The matrix comes in; its Cholesky factor goes out, or nothing where the variables determine one another.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

/// The least share of a variable's variance that those before it may leave; a variance inflation of ten thousand million.
const LEAST_SHARE: f64 = 1e-10;

/// Cholesky factor of a matrix of correlations.
#[derive(Debug, Clone)]
pub struct Factor(Cholesky<f64, Dyn>);

impl Factor {
    /// Factor of the rows and columns of `correlations` that `chosen` names; `None` where they are collinear.
    pub fn new(correlations: &DMatrix<f64>, chosen: &[usize]) -> Option<Self> {
        let count = chosen.len();
        let block = DMatrix::from_fn(count, count, |row, column| correlations[(chosen[row], chosen[column])]);
        let factor = Cholesky::new(block)?;
        // The squared pivots are the shares of variance that the variables before leave.
        let independent = factor.l_dirty().diagonal().iter().all(|pivot| pivot * pivot > LEAST_SHARE);
        independent.then_some(Self(factor))
    }

    /// Standardised coefficients, from the correlations with the explained variable.
    pub fn solve(&self, correlations: Vec<f64>) -> Vec<f64> {
        let mut solution = DVector::from_vec(correlations);
        self.0.solve_mut(&mut solution);
        solution.as_slice().to_vec()
    }
}

/// Standardised coefficients of the regression of `explained` on `explaining`; `None` where these are collinear.
pub fn regress(correlations: &DMatrix<f64>, explaining: &[usize], explained: usize) -> Option<Vec<f64>> {
    let towards: Vec<f64> = explaining.iter().map(|&other| correlations[(other, explained)]).collect();
    if explaining.len() < 2 {
        return Some(towards);
    }
    Factor::new(correlations, explaining).map(|factor| factor.solve(towards))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::close;

    /// Two predictors: b1 = (r1y - r12 r2y) / (1 - r12²) = (.5 - .4 · .6) / .84, b2 = (.6 - .4 · .5) / .84.
    #[test]
    fn two_predictors_by_hand() {
        let correlations = DMatrix::from_row_slice(3, 3, &[1.0, 0.4, 0.5, 0.4, 1.0, 0.6, 0.5, 0.6, 1.0]);
        let found = regress(&correlations, &[0, 1], 2).unwrap();
        assert!(close(found[0], 0.26 / 0.84, 1e-15) && close(found[1], 0.4 / 0.84, 1e-15), "{found:?}");
        assert_eq!(regress(&correlations, &[1], 2), Some(vec![0.6]));
        assert_eq!(regress(&correlations, &[], 2), Some(vec![]));
    }

    #[test]
    fn collinear_variables_have_no_solution() {
        let same = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0]);
        assert_eq!(regress(&same, &[0, 1], 2), None);
        // x3 = x1 + x2 for uncorrelated x1 and x2.
        let half = 0.5_f64.sqrt();
        let sum = DMatrix::from_row_slice(3, 3, &[1.0, 0.0, half, 0.0, 1.0, half, half, half, 1.0]);
        assert!(Factor::new(&sum, &[0, 1, 2]).is_none());
        assert!(Factor::new(&sum, &[0, 2]).is_some());
    }
}
