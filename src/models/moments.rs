//! Weighted means, covariances and correlations of complete columns: what the models that compare variables start from. Columns
//! and weights come in, small dense matrices go out; the rows are read twice, however many variables there are.

use nalgebra::DMatrix;

/// A variance below this share of the mean square is rounding, not variation.
const CONSTANT: f64 = 1e-20;

/// Rows that are centred at a time: small enough for the processor's cache.
const BLOCK: usize = 256;

/// Why columns have no moments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentsError {
    /// Fewer variables than the method needs.
    #[error("{found} variables, at least {needed} are needed")]
    Variables {
        /// Variables given.
        found: usize,
        /// Variables needed.
        needed: usize,
    },
    /// A column is not as long as the weights.
    #[error("variable {variable} has {found} rows, the weights have {expected}")]
    Rows {
        /// Position of the column.
        variable: usize,
        /// Its rows.
        found: usize,
        /// Rows of the weights.
        expected: usize,
    },
    /// A value is missing or infinite.
    #[error("variable {variable} has no finite value in row {row}")]
    Value {
        /// Position of the column.
        variable: usize,
        /// Position of the row.
        row: usize,
    },
    /// A weight is negative, missing or infinite.
    #[error("the weight of row {row} is not a finite number of at least 0")]
    Weight {
        /// Position of the row.
        row: usize,
    },
    /// Too few rows have a weight above 0, or one row has all the weight there is.
    #[error("{found} rows carry weight, at least {needed} are needed")]
    TooFewRows {
        /// Rows with a weight above 0.
        found: usize,
        /// Rows needed.
        needed: usize,
    },
    /// A variable is the same in every row.
    #[error("variable {variable} does not vary")]
    Constant {
        /// Position of the column.
        variable: usize,
    },
}

/// Weighted means and covariances of *p* variables.
///
/// Weights are divided by their sum; the covariance is Σ *w* (*x* − *x̄*)(*y* − *ȳ*) / (1 − Σ *w*²), as R's
/// `cov.wt(method = "unbiased")` has it: divisor *n* − 1 where the weights are equal, and a row of weight 0 counts as absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Rows with a weight above 0.
    pub rows: usize,
    /// Weighted mean of each variable, length *p*, in its units.
    pub means: Vec<f64>,
    /// Covariances, *p* x *p*, symmetric.
    pub covariance: DMatrix<f64>,
}

impl Moments {
    /// Moments of `columns`, one slice a variable, rows in the order of `weights`.
    ///
    /// # Errors
    /// All of [`MomentsError`] but `Constant`: a variance may be 0.
    pub fn of<C: AsRef<[f64]>>(columns: &[C], weights: &[f64]) -> Result<Self, MomentsError> {
        if columns.is_empty() {
            return Err(MomentsError::Variables { found: 0, needed: 1 });
        }
        let (total, rows) = check_weights(weights, 2)?;
        let means = means(columns, weights, total)?;
        let squares: f64 = weights.iter().map(|weight| (weight / total) * (weight / total)).sum();
        let spread = 1.0 - squares;
        if spread < 1e-12 {
            return Err(MomentsError::TooFewRows { found: 1, needed: 2 });
        }
        let mut covariance = cross_products(columns, weights, &means);
        covariance /= total * spread;
        for (variable, mean) in means.iter().enumerate() {
            if covariance[(variable, variable)] <= CONSTANT * mean * mean {
                covariance.row_mut(variable).fill(0.0);
                covariance.column_mut(variable).fill(0.0);
            }
        }
        Ok(Self { rows, means, covariance })
    }

    /// Standard deviations, length *p*.
    pub fn standard_deviations(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }

    /// Correlations, *p* x *p*, with 1 on the diagonal.
    ///
    /// # Errors
    /// `Constant` for the first variable that does not vary.
    pub fn correlation(&self) -> Result<DMatrix<f64>, MomentsError> {
        let deviations = self.standard_deviations();
        if let Some(variable) = deviations.iter().position(|deviation| *deviation == 0.0) {
            return Err(MomentsError::Constant { variable });
        }
        let count = deviations.len();
        Ok(DMatrix::from_fn(count, count, |row, column| {
            if row == column {
                return 1.0;
            }
            (self.covariance[(row, column)] / (deviations[row] * deviations[column])).clamp(-1.0, 1.0)
        }))
    }
}

/// Σ *w x* / Σ *w* of each column, in its units.
///
/// # Errors
/// `Rows`, `Value`, `Weight` and, if no weight is above 0, `TooFewRows`.
pub fn weighted_means<C: AsRef<[f64]>>(columns: &[C], weights: &[f64]) -> Result<Vec<f64>, MomentsError> {
    let (total, _) = check_weights(weights, 1)?;
    means(columns, weights, total)
}

fn means<C: AsRef<[f64]>>(columns: &[C], weights: &[f64], total: f64) -> Result<Vec<f64>, MomentsError> {
    let mean = |(variable, column): (usize, &C)| checked_mean(variable, column.as_ref(), weights, total);
    columns.iter().enumerate().map(mean).collect()
}

/// Sum of the weights and number of those above 0.
pub(crate) fn check_weights(weights: &[f64], needed: usize) -> Result<(f64, usize), MomentsError> {
    if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(MomentsError::Weight { row });
    }
    let found = weights.iter().filter(|weight| **weight > 0.0).count();
    if found < needed { Err(MomentsError::TooFewRows { found, needed }) } else { Ok((weights.iter().sum(), found)) }
}

fn checked_mean(variable: usize, values: &[f64], weights: &[f64], total: f64) -> Result<f64, MomentsError> {
    if values.len() != weights.len() {
        return Err(MomentsError::Rows { variable, found: values.len(), expected: weights.len() });
    }
    let mean = dot(values, weights) / total;
    if mean.is_finite() {
        return Ok(mean);
    }
    let row = values.iter().position(|value| !value.is_finite()).unwrap_or_default();
    Err(MomentsError::Value { variable, row })
}

/// Σ *w* (*x* − *x̄*)(*y* − *ȳ*) of every pair, block of rows by block, so that no centred copy of the columns is made.
fn cross_products<C: AsRef<[f64]>>(columns: &[C], weights: &[f64], means: &[f64]) -> DMatrix<f64> {
    let count = columns.len();
    let mut products = DMatrix::zeros(count, count);
    let mut centred = vec![0.0; count * BLOCK];
    let mut weighted = [0.0; BLOCK];
    for start in (0..weights.len()).step_by(BLOCK) {
        let end = weights.len().min(start + BLOCK);
        let size = end - start;
        for ((column, mean), place) in columns.iter().zip(means).zip(centred.chunks_exact_mut(BLOCK)) {
            for (target, value) in place.iter_mut().zip(&column.as_ref()[start..end]) {
                *target = value - mean;
            }
        }
        for row in 0..count {
            let own = &centred[row * BLOCK..row * BLOCK + size];
            for ((target, value), weight) in weighted.iter_mut().zip(own).zip(&weights[start..end]) {
                *target = value * weight;
            }
            for column in 0..=row {
                let other = &centred[column * BLOCK..column * BLOCK + size];
                products[(row, column)] += dot(&weighted[..size], other);
            }
        }
    }
    products.fill_upper_triangle_with_lower_triangle();
    products
}

/// Scalar product in eight partial sums, which the compiler turns into vector instructions.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (left_chunks, right_chunks) = (left.chunks_exact(8), right.chunks_exact(8));
    let rest: f64 = left_chunks.remainder().iter().zip(right_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left_chunks.zip(right_chunks) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1.0)
    }

    /// Deviations from the means 2.5 are ∓1.5, ∓0.5: variances 5/3, products 0.75 four times, covariance 3/3 = 1.
    #[test]
    fn equal_weights_give_the_divisor_n_minus_1() {
        let moments = Moments::of(&[[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0]], &[0.5; 4]).unwrap();
        assert_eq!((moments.rows, &moments.means), (4, &vec![2.5, 2.5]));
        assert!(close(moments.covariance[(0, 0)], 5.0 / 3.0));
        assert!(close(moments.covariance[(0, 1)], 1.0));
        assert!(close(moments.correlation().unwrap()[(1, 0)], 0.6));
    }

    /// Weights 1/2, 1/4, 1/4: mean 0/2 + 1/4 + 4/4 = 5/4; Σ w d² = 25/32 + 1/64 + 121/64 = 43/16; 1 − Σ w² = 5/8.
    #[test]
    fn unequal_weights_follow_the_definition() {
        let moments = Moments::of(&[[0.0, 1.0, 4.0]], &[2.0, 1.0, 1.0]).unwrap();
        assert!(close(moments.means[0], 1.25));
        assert!(close(moments.covariance[(0, 0)], 43.0 / 16.0 / (5.0 / 8.0)));
        assert!(close(weighted_means(&[[0.0, 1.0, 4.0]], &[2.0, 1.0, 1.0]).unwrap()[0], 1.25));
    }

    #[test]
    fn unusable_input_is_named() {
        let of = |columns: &[Vec<f64>], weights: &[f64]| Moments::of(columns, weights).unwrap_err();
        assert_eq!(of(&[], &[1.0]), MomentsError::Variables { found: 0, needed: 1 });
        let short = [vec![1.0, 2.0, 3.0], vec![1.0, 2.0]];
        assert_eq!(of(&short, &[1.0; 3]), MomentsError::Rows { variable: 1, found: 2, expected: 3 });
        let gap = [vec![1.0, f64::NAN, 3.0]];
        assert_eq!(of(&gap, &[1.0; 3]), MomentsError::Value { variable: 0, row: 1 });
        let plain = [vec![1.0, 2.0, 4.0]];
        assert_eq!(of(&plain, &[1.0, -1.0, 1.0]), MomentsError::Weight { row: 1 });
        assert_eq!(of(&plain, &[1.0, 0.0, 0.0]), MomentsError::TooFewRows { found: 1, needed: 2 });
        assert_eq!(of(&plain, &[1.0, 1e-300, 0.0]), MomentsError::TooFewRows { found: 1, needed: 2 });
        let constant = Moments::of(&[vec![1.0, 2.0, 4.0], vec![4.1; 3]], &[0.3, 0.7, 0.9]).unwrap();
        assert_eq!(constant.covariance[(1, 1)], 0.0);
        assert_eq!(constant.correlation().unwrap_err(), MomentsError::Constant { variable: 1 });
    }

    #[test]
    fn rows_of_weight_0_count_as_absent() {
        let all = Moments::of(&[[1.0, 9.0, 2.0, 4.0], [3.0, -9.0, 1.0, 2.0]], &[1.0, 0.0, 2.0, 1.5]).unwrap();
        let some = Moments::of(&[[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]], &[1.0, 2.0, 1.5]).unwrap();
        assert_eq!(all.rows, some.rows);
        assert!(all.covariance.iter().zip(some.covariance.iter()).all(|(a, b)| close(*a, *b)));
    }

    proptest! {
        /// More rows than a block, so that blocks are put together; the plain double sum is the definition.
        #[test]
        fn blocks_add_up(seed in prop::collection::vec((0.0..10.0_f64, -5.0..5.0_f64, 0.1..3.0_f64), 300..600)) {
            let x: Vec<f64> = seed.iter().map(|row| row.0).collect();
            let y: Vec<f64> = seed.iter().map(|row| row.1).collect();
            let w: Vec<f64> = seed.iter().map(|row| row.2).collect();
            let moments = Moments::of(&[&x, &y], &w).unwrap();
            let total: f64 = w.iter().sum();
            let mean = |values: &[f64]| values.iter().zip(&w).map(|(v, w)| v * w / total).sum::<f64>();
            let (mx, my) = (mean(&x), mean(&y));
            let product: f64 = seed.iter().map(|row| row.2 / total * (row.0 - mx) * (row.1 - my)).sum();
            let spread = 1.0 - w.iter().map(|w| (w / total).powi(2)).sum::<f64>();
            prop_assert!(close(moments.means[0], mx));
            prop_assert!((moments.covariance[(0, 1)] - product / spread).abs() < 1e-11);
        }
    }
}
