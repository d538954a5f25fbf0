//! Weighted means, standard deviations and correlations of the indicator columns: all that the rest of this folder sees of the
//! answers. Columns and weights come in; [`Moments`] go out.

use nalgebra::DMatrix;

use crate::models::pls::model::Model;
use crate::models::pls::problems::Failure;

/// Answers to all indicators, complete and ready to be weighted again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    rows: usize,
    /// Plain mean of each column.
    centres: Vec<f64>,
    /// Answers less the centre of their column, row after row.
    centred: Vec<f64>,
}

impl Answers {
    /// Takes one slice of equal length for each column.
    ///
    /// # Errors
    /// [`Failure::UnequalColumns`], [`Failure::IncompleteRow`], [`Failure::NoWeight`] without rows.
    pub fn new(columns: &[&[f64]]) -> Result<Self, Failure> {
        let rows = columns.first().map_or(0, |column| column.len());
        if rows == 0 {
            return Err(Failure::NoWeight);
        }
        for (number, column) in columns.iter().enumerate() {
            if column.len() != rows {
                return Err(Failure::UnequalColumns { column: number });
            }
            if let Some(row) = column.iter().position(|answer| !answer.is_finite()) {
                return Err(Failure::IncompleteRow { column: number, row });
            }
        }
        let centres: Vec<f64> = columns.iter().map(|column| column.iter().sum::<f64>() / rows as f64).collect();
        let centred = (0..rows)
            .flat_map(|row| columns.iter().zip(&centres).map(move |(column, centre)| column[row] - centre))
            .collect();
        Ok(Self { rows, centres, centred })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Moments under the given weights, one a row; only the proportions between weights matter. Costs rows x columns².
    ///
    /// # Errors
    /// [`Failure::WeightsDoNotFit`], [`Failure::InvalidWeight`], [`Failure::NoWeight`].
    pub fn moments(&self, weights: &[f64]) -> Result<Moments, Failure> {
        if weights.len() != self.rows {
            return Err(Failure::WeightsDoNotFit);
        }
        if let Some(row) = weights.iter().position(|weight| !weight.is_finite() || *weight < 0.0) {
            return Err(Failure::InvalidWeight { row });
        }
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return Err(Failure::NoWeight);
        }
        let columns = self.centres.len();
        let mut sums = vec![0.0; columns];
        let mut products = vec![0.0; columns * columns];
        for (row, &weight) in self.centred.chunks_exact(columns).zip(weights) {
            if weight == 0.0 {
                continue;
            }
            for (first, &answer) in row.iter().enumerate() {
                let weighted = weight * answer;
                sums[first] += weighted;
                let start = first * columns;
                for (product, &other) in products[start..=start + first].iter_mut().zip(row) {
                    *product += weighted * other;
                }
            }
        }
        let shifts: Vec<f64> = sums.iter().map(|sum| sum / total).collect();
        let covariance = |first: usize, second: usize| {
            let (low, high) = if first < second { (first, second) } else { (second, first) };
            products[high * columns + low] / total - shifts[first] * shifts[second]
        };
        let deviations: Vec<f64> = (0..columns)
            .map(|column| {
                let variance = covariance(column, column);
                // What rounding alone can give to a column of equal answers.
                let rounding = 1e-13 * shifts[column].powi(2) + 1e-22 * self.centres[column].powi(2);
                if variance > rounding { variance.sqrt() } else { 0.0 }
            })
            .collect();
        let correlations = DMatrix::from_fn(columns, columns, |first, second| {
            let scale = deviations[first] * deviations[second];
            match (first == second, scale > 0.0) {
                (true, _) => 1.0,
                (false, true) => covariance(first, second) / scale,
                (false, false) => 0.0,
            }
        });
        let means = self.centres.iter().zip(&shifts).map(|(centre, shift)| centre + shift).collect();
        Ok(Moments { rows: self.rows, means, deviations, correlations })
    }
}

/// Weighted moments of the indicator columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    rows: usize,
    means: Vec<f64>,
    deviations: Vec<f64>,
    correlations: DMatrix<f64>,
}

impl Moments {
    /// Moments known from elsewhere.
    #[cfg(test)]
    pub fn given(rows: usize, means: Vec<f64>, deviations: Vec<f64>, correlations: DMatrix<f64>) -> Self {
        Self { rows, means, deviations, correlations }
    }

    /// Rows that were weighted, those of weight 0 included.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Weighted mean of each column, in its unit.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// Weighted standard deviation of each column with the sum of weights as divisor, in its unit; 0 where all answers are equal.
    pub fn deviations(&self) -> &[f64] {
        &self.deviations
    }

    /// Weighted correlation between two columns.
    pub fn correlation(&self, first: usize, second: usize) -> f64 {
        self.correlations[(first, second)]
    }

    /// All correlations.
    pub(super) fn correlations(&self) -> &DMatrix<f64> {
        &self.correlations
    }

    /// Whether the columns that a model uses are there and vary.
    pub(super) fn check(&self, model: &Model) -> Result<(), Failure> {
        for construct in 0..model.constructs().len() {
            for column in model.columns(construct) {
                if column >= self.means.len() {
                    return Err(Failure::UnknownColumn { construct, column });
                }
                if self.deviations[column] <= 0.0 {
                    return Err(Failure::ConstantIndicator { construct, column });
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, model};
    use crate::models::pls::model::Mode;

    /// Answers 1, 2, 4 and 3, 1, 2 with weights 1, 1, 2: means 11/4 and 2; sums of squares about them 1·49 + 1·9 + 2·25 = 108
    /// sixteenths and 2, of products (−7/4)(1) + (−3/4)(−1) + 2(5/4)(0) = −1.
    #[test]
    fn moments_by_hand() {
        let answers = Answers::new(&[&[1.0, 2.0, 4.0], &[3.0, 1.0, 2.0]]).unwrap();
        let moments = answers.moments(&[1.0, 1.0, 2.0]).unwrap();
        assert!(close(moments.means()[0], 2.75, 1e-15) && close(moments.means()[1], 2.0, 1e-15));
        assert!(close(moments.deviations()[0], (108.0_f64 / 16.0 / 4.0).sqrt(), 1e-15));
        assert!(close(moments.deviations()[1], 0.5_f64.sqrt(), 1e-15));
        assert!(close(moments.correlation(1, 0), -1.0 / (108.0_f64 / 16.0 * 2.0).sqrt(), 1e-15));
        assert!(moments.correlation(0, 1) == moments.correlation(1, 0) && moments.correlation(1, 1) == 1.0);
        assert_eq!(moments.rows(), 3);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let nan = f64::NAN;
        let answers = |columns: &[&[f64]]| Answers::new(columns).unwrap_err();
        assert_eq!(answers(&[]), Failure::NoWeight);
        assert_eq!(answers(&[&[]]), Failure::NoWeight);
        assert_eq!(answers(&[&[1.0, 2.0], &[1.0]]), Failure::UnequalColumns { column: 1 });
        assert_eq!(answers(&[&[1.0, 2.0], &[1.0, nan]]), Failure::IncompleteRow { column: 1, row: 1 });
        let answers = Answers::new(&[&[1.0, 2.0, 3.0], &[0.1, 0.1, 0.3]]).unwrap();
        assert_eq!(answers.moments(&[1.0, 1.0]).unwrap_err(), Failure::WeightsDoNotFit);
        assert_eq!(answers.moments(&[1.0, -1.0, 1.0]).unwrap_err(), Failure::InvalidWeight { row: 1 });
        assert_eq!(answers.moments(&[1.0, nan, 1.0]).unwrap_err(), Failure::InvalidWeight { row: 1 });
        assert_eq!(answers.moments(&[0.0, 0.0, 0.0]).unwrap_err(), Failure::NoWeight);
        let model = |first, second| model(Mode::A, &[&[first], &[second]], &[(0, 1)]);
        let moments = answers.moments(&[1.0, 2.0, 0.0]).unwrap();
        assert_eq!(moments.check(&model(0, 2)), Err(Failure::UnknownColumn { construct: 1, column: 2 }));
        assert_eq!(moments.check(&model(0, 1)), Err(Failure::ConstantIndicator { construct: 1, column: 1 }));
        assert_eq!(answers.moments(&[1.0, 2.0, 1e-9]).unwrap().check(&model(0, 1)), Ok(()));
    }
}
