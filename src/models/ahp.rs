//! Analytic hierarchy process: judgements of pairs become weights, with a measure of how far the judgements contradict each
//! other. Takes judgement matrices of one or several judges; gives weights, consistency and the pair that contradicts most.

use nalgebra::{DMatrix, DVector};
use thiserror::Error;

/// Largest departure of `a_ij * a_ji` from 1.
const RECIPROCAL_TOLERANCE: f64 = 1e-9;
/// Largest consistency ratio that is called consistent (Saaty 1980).
pub const CONSISTENCY_LIMIT: f64 = 0.1;

/// Why judgements cannot be used. Rows and columns count from 0.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AhpError {
    /// The number of values does not fit the number of elements.
    #[error("{found} values do not fit {size} elements")]
    Size {
        /// Number of elements compared.
        size: usize,
        /// Number of values given.
        found: usize,
    },
    /// A judgement is not a finite number above 0.
    #[error("the judgement in row {row}, column {column} is `{value}`, not a number above 0")]
    NotPositive {
        /// Row.
        row: usize,
        /// Column.
        column: usize,
        /// The judgement.
        value: f64,
    },
    /// The two judgements of a pair are not reciprocal; a pair with itself is one that is not judged 1.
    #[error("the judgements of {row} and {column} are `{value}` and `{opposite}`, whose product is not 1")]
    NotReciprocal {
        /// Row.
        row: usize,
        /// Column, at least the row.
        column: usize,
        /// Judgement in row and column.
        value: f64,
        /// Judgement in column and row.
        opposite: f64,
    },
    /// There is no judge, or the judges compare different numbers of elements.
    #[error("the judges do not compare the same elements")]
    Judges,
    /// The weights of the judges are negative, of the wrong number, or sum to 0.
    #[error("the weights of the judges are not a number of at least 0 for each judge")]
    JudgeWeights,
}

/// A reciprocal matrix of positive judgements: row `i`, column `j` says how many times `i` weighs as much as `j`.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgements(DMatrix<f64>);

/// How weights follow from judgements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WeightMethod {
    /// The principal right eigenvector (Saaty 1980).
    #[default]
    Eigenvector,
    /// The geometric means of the rows (Crawford and Williams 1985).
    GeometricMean,
}

/// The mean consistency index of random judgements, by which a consistency index is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RandomIndex {
    /// Saaty, T. L. (1980), *The Analytic Hierarchy Process*: 3 to 15 elements, 1.12 for five.
    #[default]
    Saaty1980,
    /// Saaty, T. L. (2005), *Theory and Applications of the Analytic Network Process*, p. 31: 3 to 15 elements, 1.11 for five.
    Saaty2005,
    /// Donegan, H. A. and Dodd, F. J. (1991), *Mathematical and Computer Modelling* 15 (10), 135-137: 3 to 20 elements.
    DoneganDodd1991,
}

impl RandomIndex {
    /// The random index for a number of elements: 0 below three, `None` beyond the end of the table.
    pub fn of(self, size: usize) -> Option<f64> {
        let table: &[f64] = match self {
            Self::Saaty1980 => &[0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59],
            Self::Saaty2005 => &[0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59],
            Self::DoneganDodd1991 => &[
                0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055, 1.4213, 1.4497, 1.4643, 1.4822, 1.4969,
                1.5078, 1.5153, 1.5262, 1.5313, 1.5371,
            ],
        };
        if size < 3 { Some(0.0) } else { table.get(size - 3).copied() }
    }
}

/// The judgement that lies farthest from the weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contradiction {
    /// Row of the pair, counted from 0.
    pub row: usize,
    /// Column of the pair, above the row.
    pub column: usize,
    /// The judgement given.
    pub given: f64,
    /// The judgement that the weights imply, `w_row / w_column`.
    pub implied: f64,
    /// `given / implied`: above 1, the row was favoured too much.
    pub error: f64,
}

/// Weights with their consistency.
#[derive(Debug, Clone, PartialEq)]
pub struct Priorities {
    /// One weight an element; they sum to 1.
    pub weights: Vec<f64>,
    /// Principal eigenvalue of the judgements; the number of elements if they are consistent, more if not.
    pub lambda_max: f64,
    /// `(lambda_max - n) / (n - 1)`; 0 below three elements.
    pub consistency_index: f64,
    /// The random index of the chosen table; `None` beyond its end.
    pub random_index: Option<f64>,
    /// `consistency_index / random_index`; 0 below three elements, `None` beyond the end of the table.
    pub consistency_ratio: Option<f64>,
    /// Whether the consistency ratio is at most [`CONSISTENCY_LIMIT`].
    pub consistent: Option<bool>,
    /// The judgement to look at first; `None` where every judgement fits the weights to 1e-9.
    pub worst: Option<Contradiction>,
}

impl Judgements {
    /// A full matrix of `size` elements, row by row.
    ///
    /// # Errors
    /// A wrong number of values, a value that is not above 0, or a pair that is not reciprocal within 1e-9 (the first one).
    pub fn new(size: usize, values: &[f64]) -> Result<Self, AhpError> {
        if size == 0 || values.len() != size * size {
            return Err(AhpError::Size { size, found: values.len() });
        }
        let matrix = DMatrix::from_row_slice(size, size, values);
        for row in 0..size {
            for column in 0..size {
                positive(row, column, matrix[(row, column)])?;
            }
        }
        for row in 0..size {
            for column in row..size {
                let (value, opposite) = (matrix[(row, column)], matrix[(column, row)]);
                let one = if row == column { value } else { value * opposite };
                if (one - 1.0).abs() > RECIPROCAL_TOLERANCE {
                    return Err(AhpError::NotReciprocal { row, column, value, opposite });
                }
            }
        }
        Ok(Self(matrix))
    }

    /// The judgements above the diagonal, row by row (1-2, 1-3, ..., 2-3, ...), as a questionnaire asks them.
    ///
    /// # Errors
    /// A wrong number of values, or a value that is not above 0.
    pub fn from_pairs(size: usize, values: &[f64]) -> Result<Self, AhpError> {
        if size == 0 || values.len() != size * (size - 1) / 2 {
            return Err(AhpError::Size { size, found: values.len() });
        }
        let mut matrix = DMatrix::from_element(size, size, 1.0);
        let pairs = (0..size).flat_map(|row| (row + 1..size).map(move |column| (row, column)));
        for ((row, column), value) in pairs.zip(values) {
            positive(row, column, *value)?;
            positive(column, row, 1.0 / value)?;
            matrix[(row, column)] = *value;
            matrix[(column, row)] = 1.0 / value;
        }
        Ok(Self(matrix))
    }

    /// The judgements of several judges as one: the weighted geometric mean of each judgement, the only mean that stays
    /// reciprocal (Aczel and Saaty 1983, *Journal of Mathematical Psychology* 27, 93-102). One weight a judge.
    ///
    /// # Errors
    /// No judge, judges of different sizes, or weights that are not at least 0 with a sum above 0.
    pub fn combined(judges: &[Self], weights: &[f64]) -> Result<Self, AhpError> {
        let size = judges.first().ok_or(AhpError::Judges)?.size();
        if judges.iter().any(|judge| judge.size() != size) {
            return Err(AhpError::Judges);
        }
        let total: f64 = weights.iter().sum();
        let valid = weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0);
        if weights.len() != judges.len() || !valid || total <= 0.0 {
            return Err(AhpError::JudgeWeights);
        }
        let mean = |row: usize, column: usize| {
            let logs = judges.iter().zip(weights).map(|(judge, weight)| weight * judge.0[(row, column)].ln());
            (logs.sum::<f64>() / total).exp()
        };
        let mut matrix = DMatrix::from_element(size, size, 1.0);
        for row in 0..size {
            for column in row + 1..size {
                matrix[(row, column)] = mean(row, column);
                matrix[(column, row)] = 1.0 / matrix[(row, column)];
            }
        }
        Ok(Self(matrix))
    }

    /// Number of elements compared.
    pub fn size(&self) -> usize {
        self.0.nrows()
    }

    /// The judgement in `row` and `column`.
    pub fn judgement(&self, row: usize, column: usize) -> f64 {
        self.0[(row, column)]
    }

    /// Weights by the chosen method, and the consistency of the judgements. The eigenvalue is that of the judgements whatever
    /// the method, so that the consistency ratio does not depend on it.
    ///
    /// Source: Saaty, T. L. (1980), *The Analytic Hierarchy Process*; the error of a judgement is `a_ij w_j / w_i` (Saaty 2003,
    /// *European Journal of Operational Research* 145, 85-91).
    pub fn priorities(&self, method: WeightMethod, table: RandomIndex) -> Priorities {
        let size = self.size();
        let eigenvector = principal_eigenvector(&self.0);
        let lambda_max = (&self.0 * &eigenvector).sum();
        let weights = match method {
            WeightMethod::Eigenvector => eigenvector,
            WeightMethod::GeometricMean => geometric_means(&self.0),
        };
        let random_index = table.of(size);
        let (consistency_index, consistency_ratio) = if size < 3 {
            (0.0, Some(0.0))
        } else {
            // The eigenvalue is never below the size; rounding can make it so.
            let index = ((lambda_max - size as f64) / (size as f64 - 1.0)).max(0.0);
            (index, random_index.map(|random| index / random))
        };
        let worst = self.worst(&weights);
        let weights = weights.iter().copied().collect();
        let consistent = consistency_ratio.map(|ratio| ratio <= CONSISTENCY_LIMIT);
        Priorities { weights, lambda_max, consistency_index, random_index, consistency_ratio, consistent, worst }
    }

    /// The pair above the diagonal with the largest error; the first of several.
    fn worst(&self, weights: &DVector<f64>) -> Option<Contradiction> {
        let mut worst: Option<Contradiction> = None;
        for row in 0..self.size() {
            for column in row + 1..self.size() {
                let (given, implied) = (self.0[(row, column)], weights[row] / weights[column]);
                let error = given / implied;
                let size = error.ln().abs();
                // Rounding noise does not decide between pairs of equal error.
                if size > worst.map_or(1e-9, |worst| worst.error.ln().abs() + 1e-9) {
                    worst = Some(Contradiction { row, column, given, implied, error });
                }
            }
        }
        worst
    }
}

fn positive(row: usize, column: usize, value: f64) -> Result<(), AhpError> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(AhpError::NotPositive { row, column, value }) }
}

/// The positive eigenvector of a positive matrix (Perron), with sum 1. Squaring the matrix doubles the power at each step, so
/// that even judgements whose second eigenvalue nearly equals the first come out; nothing cancels among positive numbers.
fn principal_eigenvector(matrix: &DMatrix<f64>) -> DVector<f64> {
    let mut power = matrix / matrix.max();
    let mut vector = direction(&power.column_sum());
    for _ in 0..64 {
        power = &power * &power;
        power /= power.max();
        let next = direction(&power.column_sum());
        let change = (&next - &vector).amax();
        vector = next;
        if change <= f64::EPSILON {
            break;
        }
    }
    // Two steps with the matrix itself shake off the rounding of the squares.
    for _ in 0..2 {
        vector = direction(&(matrix * vector));
    }
    vector
}

fn geometric_means(matrix: &DMatrix<f64>) -> DVector<f64> {
    let logs = matrix.map(f64::ln).column_mean();
    direction(&logs.map(f64::exp))
}

fn direction(vector: &DVector<f64>) -> DVector<f64> {
    vector / vector.sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const METHODS: [WeightMethod; 2] = [WeightMethod::Eigenvector, WeightMethod::GeometricMean];

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    /// Weights 4 : 2 : 1 judged without contradiction.
    #[test]
    fn consistent_judgements_give_their_weights() {
        let judgements = Judgements::from_pairs(3, &[2.0, 4.0, 2.0]).unwrap();
        for method in METHODS {
            let found = judgements.priorities(method, RandomIndex::default());
            for (weight, expected) in found.weights.iter().zip([4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0]) {
                close(*weight, expected);
            }
            close(found.lambda_max, 3.0);
            assert!(found.consistency_ratio.unwrap() < 1e-12);
            assert_eq!((found.consistent, found.worst), (Some(true), None));
        }
    }

    /// For three elements the eigenvalue is `1 + c + 1/c` with `c` the cube root of `a12 a23 / a13`, here of 6, and the
    /// eigenvector is that of the geometric means, here the cube roots of 2, 3/2 and 1/3.
    #[test]
    fn three_elements_have_a_closed_form() {
        let judgements = Judgements::from_pairs(3, &[2.0, 1.0, 3.0]).unwrap();
        let root = 6.0_f64.cbrt();
        let means = [2.0_f64.cbrt(), 1.5_f64.cbrt(), (1.0_f64 / 3.0).cbrt()];
        for method in METHODS {
            let found = judgements.priorities(method, RandomIndex::Saaty1980);
            close(found.lambda_max, 1.0 + root + 1.0 / root);
            close(found.consistency_ratio.unwrap(), (root + 1.0 / root - 2.0) / 2.0 / 0.58);
            assert_eq!(found.consistent, Some(false));
            for (weight, mean) in found.weights.iter().zip(means) {
                close(*weight, mean / means.iter().sum::<f64>());
            }
            // All three errors are `c` or its inverse; the first pair is named.
            let worst = found.worst.unwrap();
            assert_eq!((worst.row, worst.column, worst.given), (0, 1, 2.0));
            close(worst.error, root);
        }
    }

    /// Weights 8 : 4 : 2 : 1 with 1/2 for the first and last, not 8. The products of the rows are 4, 4, 1/4 and 1/4, so by
    /// geometric means the first weighs twice the last: the error is 1/4, that of the first and second 2, of all others less.
    #[test]
    fn the_pair_that_contradicts_most_is_named() {
        let judgements = Judgements::from_pairs(4, &[2.0, 4.0, 0.5, 2.0, 4.0, 2.0]).unwrap();
        let worst = METHODS.map(|method| judgements.priorities(method, RandomIndex::default()).worst.unwrap());
        for worst in worst {
            assert_eq!((worst.row, worst.column, worst.given), (0, 3, 0.5));
        }
        close(worst[1].implied, 2.0);
        close(worst[1].error, 0.25);
    }

    #[test]
    fn small_and_large_sizes() {
        let one = Judgements::new(1, &[1.0]).unwrap().priorities(WeightMethod::default(), RandomIndex::default());
        assert_eq!((one.weights, one.consistency_ratio, one.worst), (vec![1.0], Some(0.0), None));
        let two =
            Judgements::from_pairs(2, &[3.0]).unwrap().priorities(WeightMethod::default(), RandomIndex::default());
        close(two.weights[0], 0.75);
        assert_eq!((two.consistency_index, two.consistency_ratio, two.consistent), (0.0, Some(0.0), Some(true)));
        let many = Judgements::from_pairs(16, &[1.0; 120]).unwrap();
        assert_eq!(many.priorities(WeightMethod::default(), RandomIndex::Saaty1980).consistency_ratio, None);
        assert!(many.priorities(WeightMethod::default(), RandomIndex::DoneganDodd1991).consistency_ratio.is_some());
    }

    /// A cycle of extreme judgements: by symmetry all weights are equal, though the second eigenvalue nearly equals the first.
    #[test]
    fn a_cycle_of_preferences_has_equal_weights() {
        let found = Judgements::from_pairs(3, &[1e9, 1e-9, 1e9]).unwrap();
        for weight in found.priorities(WeightMethod::Eigenvector, RandomIndex::default()).weights {
            close(weight, 1.0 / 3.0);
        }
    }

    /// Geometric means: of 4 and 1 it is 2; with weights 1 and 3 it is the fourth root of 4.
    #[test]
    fn judges_are_combined_by_geometric_means() {
        let judges = [Judgements::from_pairs(2, &[4.0]).unwrap(), Judgements::from_pairs(2, &[1.0]).unwrap()];
        close(Judgements::combined(&judges, &[1.0, 1.0]).unwrap().judgement(0, 1), 2.0);
        close(Judgements::combined(&judges, &[1.0, 3.0]).unwrap().judgement(1, 0), 4.0_f64.powf(-0.25));
        assert_eq!(Judgements::combined(&[], &[]), Err(AhpError::Judges));
        assert_eq!(Judgements::combined(&judges, &[1.0]), Err(AhpError::JudgeWeights));
        assert_eq!(Judgements::combined(&judges, &[0.0, 0.0]), Err(AhpError::JudgeWeights));
        let other = [judges[0].clone(), Judgements::new(1, &[1.0]).unwrap()];
        assert_eq!(Judgements::combined(&other, &[1.0, 1.0]), Err(AhpError::Judges));
    }

    #[test]
    fn errors_name_the_pair() {
        assert_eq!(Judgements::new(2, &[1.0]), Err(AhpError::Size { size: 2, found: 1 }));
        assert_eq!(Judgements::from_pairs(3, &[1.0]), Err(AhpError::Size { size: 3, found: 1 }));
        let negative = Judgements::new(2, &[1.0, -2.0, -0.5, 1.0]);
        assert_eq!(negative, Err(AhpError::NotPositive { row: 0, column: 1, value: -2.0 }));
        let rounded = Judgements::new(2, &[1.0, 3.0, 0.333, 1.0]);
        assert_eq!(rounded, Err(AhpError::NotReciprocal { row: 0, column: 1, value: 3.0, opposite: 0.333 }));
        let diagonal = Judgements::new(1, &[2.0]);
        assert_eq!(diagonal, Err(AhpError::NotReciprocal { row: 0, column: 0, value: 2.0, opposite: 2.0 }));
    }

    proptest! {
        /// Judgements made from weights give these weights back, whatever their scale.
        #[test]
        fn weights_are_found_again(values in prop::collection::vec(0.01f64..100.0, 2..9), scale in 0.1f64..10.0) {
            let size = values.len();
            let scaled: Vec<f64> = values.iter().map(|value| value * scale).collect();
            let ratios: Vec<f64> =
                (0..size).flat_map(|i| (i + 1..size).map(move |j| (i, j))).map(|(i, j)| scaled[i] / scaled[j]).collect();
            let judgements = Judgements::from_pairs(size, &ratios).unwrap();
            let total: f64 = values.iter().sum();
            for method in METHODS {
                let found = judgements.priorities(method, RandomIndex::default());
                prop_assert!(found.consistency_ratio.unwrap() < 1e-9);
                for (weight, value) in found.weights.iter().zip(&values) {
                    prop_assert!((weight - value / total).abs() < 1e-9);
                }
            }
        }

        /// Weights sum to 1, the eigenvector equation holds, and the eigenvalue is at least the number of elements.
        #[test]
        fn any_judgements_have_weights(values in prop::collection::vec(0.11f64..9.0, 10)) {
            let judgements = Judgements::from_pairs(5, &values).unwrap();
            let found = judgements.priorities(WeightMethod::Eigenvector, RandomIndex::default());
            prop_assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(found.lambda_max >= 5.0 - 1e-12);
            for row in 0..5 {
                let image: f64 = (0..5).map(|column| judgements.judgement(row, column) * found.weights[column]).sum();
                prop_assert!((image - found.lambda_max * found.weights[row]).abs() < 1e-12 * image.max(1.0));
            }
        }
    }
}
