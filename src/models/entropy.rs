//! Weights of criteria from their own values: entropy, standard deviation, CRITIC. Takes a matrix of units (groups, companies,
//! waves) by criteria; gives a weight a criterion. These weights measure how far units differ, not what customers find important.

use thiserror::Error;

/// Why values give no weights. Rows and columns count from 0.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ObjectiveWeightError {
    /// Fewer than two rows, no column, or rows that do not fit the number of criteria.
    #[error("{values} values do not fill at least two rows of {criteria} criteria")]
    Size {
        /// Number of values.
        values: usize,
        /// Number of criteria.
        criteria: usize,
    },
    /// A value is not finite.
    #[error("the value in row {row}, column {column} is `{value}`, not a number")]
    NotFinite {
        /// Row.
        row: usize,
        /// Column.
        column: usize,
        /// The value.
        value: f64,
    },
    /// Shares need values of at least 0 (above 0 where less is better).
    #[error(
        "the value in row {row}, column {column} is `{value}`; shares need values of at least 0, above 0 where less is better"
    )]
    NoShare {
        /// Row.
        row: usize,
        /// Column.
        column: usize,
        /// The value.
        value: f64,
    },
    /// No criterion differs between the units.
    #[error("no criterion differs between the rows")]
    NoDifference,
}

/// Which way a criterion is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// More is better.
    #[default]
    Benefit,
    /// Less is better.
    Cost,
}

/// How the values of a criterion become shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalisation {
    /// `(x - min) / (max - min)`, for costs `(max - x) / (max - min)`, then divided by the column's sum. Takes any values; the
    /// unit at the bad end gets the share 0.
    #[default]
    MinMax,
    /// `x / sum x`, for costs `(1/x) / sum 1/x`. Takes values of at least 0, for costs above 0.
    Share,
}

/// Weights from entropy.
#[derive(Debug, Clone, PartialEq)]
pub struct EntropyWeights {
    /// Entropy of each criterion, 0 to 1; 1 for one that does not differ between the units.
    pub entropy: Vec<f64>,
    /// Weight of each criterion, `(1 - entropy) / sum (1 - entropy)`; they sum to 1.
    pub weights: Vec<f64>,
}

/// Entropy weights of a matrix, row by row, with one column for each of `directions`. With the shares `p_ij` of unit `i` in
/// criterion `j` and `m` units, `e_j = -sum_i p_ij ln p_ij / ln m`, where `0 ln 0 = 0`. A constant criterion has the weight 0.
///
/// Source: Shannon (1948); Zeleny, M. (1982), *Multiple Criteria Decision Making*; min-max form as in Chinese practice (熵值法).
///
/// # Errors
/// A matrix of another size, values that are not numbers or have no shares, or no criterion that differs.
pub fn entropy_weights(
    values: &[f64],
    directions: &[Direction],
    normalisation: Normalisation,
) -> Result<EntropyWeights, ObjectiveWeightError> {
    let columns = columns_of(values, directions.len())?;
    let mut entropy = Vec::with_capacity(columns.len());
    for (column, (values, direction)) in columns.iter().zip(directions).enumerate() {
        entropy.push(match normalisation {
            // A constant column has no scale; every share is then alike.
            Normalisation::MinMax => min_max(values, *direction).map_or(1.0, |scaled| entropy_of(&scaled)),
            Normalisation::Share => entropy_of(&positive_values(values, *direction, column)?),
        });
    }
    let weights = weights_of_entropies(&entropy).ok_or(ObjectiveWeightError::NoDifference)?;
    Ok(EntropyWeights { entropy, weights })
}

/// The last step alone: `(1 - e_j) / sum (1 - e_j)`. `None` if no entropy is below 1.
pub fn weights_of_entropies(entropy: &[f64]) -> Option<Vec<f64>> {
    divided_by_sum(entropy.iter().map(|entropy| (1.0 - entropy).max(0.0)).collect())
}

/// Weights in proportion to the standard deviation (divisor `m - 1`) of each criterion as given; only sensible for criteria on
/// one scale. Shape and errors as [`entropy_weights`].
///
/// # Errors
/// A matrix of another size, values that are not numbers, or no criterion that differs.
pub fn deviation_weights(values: &[f64], criteria: usize) -> Result<Vec<f64>, ObjectiveWeightError> {
    let columns = columns_of(values, criteria)?;
    let deviations = columns.iter().map(|column| deviation(column)).collect();
    divided_by_sum(deviations).ok_or(ObjectiveWeightError::NoDifference)
}

/// CRITIC weights: the standard deviation of each criterion, scaled by min-max, times the sum of one less its correlation with
/// every criterion, so that a criterion that says what another says counts less. A constant criterion has the weight 0.
///
/// Source: Diakoulaki, D., Mavrotas, G. and Papayannakis, L. (1995), *Computers & Operations Research* 22, 763-770.
///
/// # Errors
/// A matrix of another size, values that are not numbers, no criterion that differs, or only criteria that say the same.
pub fn critic_weights(values: &[f64], directions: &[Direction]) -> Result<Vec<f64>, ObjectiveWeightError> {
    let columns = columns_of(values, directions.len())?;
    let scaled: Vec<Option<Vec<f64>>> =
        columns.iter().zip(directions).map(|(column, direction)| min_max(column, *direction)).collect();
    let information = |column: &Option<Vec<f64>>| {
        let Some(column) = column else { return 0.0 };
        let conflict: f64 = scaled.iter().flatten().map(|other| 1.0 - correlation(column, other)).sum();
        deviation(column) * conflict
    };
    divided_by_sum(scaled.iter().map(information).collect()).ok_or(ObjectiveWeightError::NoDifference)
}

fn columns_of(values: &[f64], criteria: usize) -> Result<Vec<Vec<f64>>, ObjectiveWeightError> {
    if criteria == 0 || !values.len().is_multiple_of(criteria) || values.len() / criteria < 2 {
        return Err(ObjectiveWeightError::Size { values: values.len(), criteria });
    }
    if let Some(place) = values.iter().position(|value| !value.is_finite()) {
        let (row, column) = (place / criteria, place % criteria);
        return Err(ObjectiveWeightError::NotFinite { row, column, value: values[place] });
    }
    Ok((0..criteria).map(|column| values.iter().skip(column).step_by(criteria).copied().collect()).collect())
}

/// `None` if the column is constant.
fn min_max(values: &[f64], direction: Direction) -> Option<Vec<f64>> {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let scale = |value: &f64| match direction {
        Direction::Benefit => (value - low) / (high - low),
        Direction::Cost => (high - value) / (high - low),
    };
    (high > low).then(|| values.iter().map(scale).collect())
}

fn positive_values(values: &[f64], direction: Direction, column: usize) -> Result<Vec<f64>, ObjectiveWeightError> {
    let bad = |value: &f64| *value < 0.0 || (*value == 0.0 && direction == Direction::Cost);
    if let Some(row) = values.iter().position(bad) {
        return Err(ObjectiveWeightError::NoShare { row, column, value: values[row] });
    }
    Ok(match direction {
        Direction::Benefit => values.to_vec(),
        Direction::Cost => values.iter().map(|value| 1.0 / value).collect(),
    })
}

/// Entropy of the shares of values of at least 0, relative to that of equal shares; 1 if all are equal (or all 0).
fn entropy_of(values: &[f64]) -> f64 {
    if values.iter().all(|value| *value == values[0]) {
        return 1.0;
    }
    let total: f64 = values.iter().sum();
    let terms = values.iter().map(|value| value / total).filter(|share| *share > 0.0).map(|share| share * share.ln());
    (-terms.sum::<f64>() / (values.len() as f64).ln()).clamp(0.0, 1.0)
}

fn divided_by_sum(values: Vec<f64>) -> Option<Vec<f64>> {
    let total: f64 = values.iter().sum();
    (total > 0.0).then(|| values.iter().map(|value| value / total).collect())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    if values.iter().all(|value| *value == values[0]) {
        return 0.0;
    }
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let (a, b) = (mean(left), mean(right));
    let products: f64 = left.iter().zip(right).map(|(x, y)| (x - a) * (y - b)).sum();
    let squares = |values: &[f64], centre: f64| values.iter().map(|value| (value - centre).powi(2)).sum::<f64>();
    (products / (squares(left, a) * squares(right, b)).sqrt()).clamp(-1.0, 1.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Direction::{Benefit, Cost};

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12, "{found} is not {expected}");
    }

    /// Shares (1/2, 1/2, 0, 0) have the entropy ln 2 / ln 4 = 1/2; (1, 0, 0, 0) has 0; equal shares have 1.
    #[test]
    fn entropies_by_hand() {
        let values = [
            1.0, 1.0, 5.0, //
            1.0, 0.0, 5.0, //
            0.0, 0.0, 5.0, //
            0.0, 0.0, 5.0,
        ];
        for normalisation in [Normalisation::Share, Normalisation::MinMax] {
            let found = entropy_weights(&values, &[Benefit; 3], normalisation).unwrap();
            for (entropy, expected) in found.entropy.iter().zip([0.5, 0.0, 1.0]) {
                close(*entropy, expected);
            }
            // 1 - e is 1/2, 1, 0.
            for (weight, expected) in found.weights.iter().zip([1.0 / 3.0, 2.0 / 3.0, 0.0]) {
                close(*weight, expected);
            }
        }
    }

    /// Costs 1, 2, 2: inverted shares 1/2, 1/4, 1/4 with the entropy 1.5 ln 2 / ln 3; min-max gives 1, 0, 0 with entropy 0.
    #[test]
    fn costs_are_turned_round() {
        let values = [1.0, 1.0, 2.0, 1.0, 2.0, 3.0];
        let found = entropy_weights(&values, &[Cost, Benefit], Normalisation::Share).unwrap();
        close(found.entropy[0], 1.5 * 2.0_f64.ln() / 3.0_f64.ln());
        let found = entropy_weights(&values, &[Cost, Benefit], Normalisation::MinMax).unwrap();
        assert_eq!(found.entropy, [0.0, 0.0]);
        assert_eq!(found.weights, [0.5, 0.5]);
    }

    /// Two criteria with opposite order on three units: deviations 1/2 after scaling, correlation -1, so equal weights; a third
    /// that repeats the first shares: conflicts are 0 + 2 + 0 = 2, 2 + 0 + 2 = 4 and 2.
    #[test]
    fn critic_counts_conflict() {
        let found = critic_weights(&[1.0, 9.0, 2.0, 2.0, 5.0, 4.0, 3.0, 1.0, 6.0], &[Benefit; 3]).unwrap();
        for (weight, expected) in found.iter().zip([0.25, 0.5, 0.25]) {
            close(*weight, expected);
        }
        let constant = critic_weights(&[1.0, 9.0, 4.0, 2.0, 5.0, 4.0, 3.0, 1.0, 4.0], &[Benefit; 3]).unwrap();
        close(constant[2], 0.0);
        close(constant[0], 0.5);
    }

    /// Deviations of 1, 3 and of 2, 8 are in the proportion 2 : 6.
    #[test]
    fn deviations_by_hand() {
        let found = deviation_weights(&[1.0, 2.0, 3.0, 8.0], 2).unwrap();
        close(found[0], 0.25);
        close(found[1], 0.75);
    }

    #[test]
    fn errors_name_the_place() {
        use ObjectiveWeightError as E;
        let share =
            |values: &[f64], directions: &[Direction]| entropy_weights(values, directions, Normalisation::Share);
        assert_eq!(share(&[1.0, 2.0], &[Benefit; 2]), Err(E::Size { values: 2, criteria: 2 }));
        assert_eq!(share(&[1.0, 2.0, 3.0], &[Benefit; 2]), Err(E::Size { values: 3, criteria: 2 }));
        assert_eq!(share(&[], &[]), Err(E::Size { values: 0, criteria: 0 }));
        let infinite = share(&[1.0, f64::INFINITY], &[Benefit]);
        assert_eq!(infinite, Err(E::NotFinite { row: 1, column: 0, value: f64::INFINITY }));
        assert_eq!(share(&[1.0, -1.0], &[Benefit]), Err(E::NoShare { row: 1, column: 0, value: -1.0 }));
        assert_eq!(share(&[1.0, 0.0], &[Cost]), Err(E::NoShare { row: 1, column: 0, value: 0.0 }));
        assert_eq!(share(&[3.0, 3.0], &[Benefit]), Err(E::NoDifference));
        assert_eq!(critic_weights(&[3.0, 3.0], &[Benefit]), Err(E::NoDifference));
        assert_eq!(deviation_weights(&[3.0, 3.0], 1), Err(E::NoDifference));
    }

    proptest! {
        /// Weights sum to 1 and lie in 0 to 1; the scale of a criterion does not matter.
        #[test]
        fn weights_are_shares(values in prop::collection::vec(0.1f64..100.0, 24), scale in 0.01f64..100.0) {
            let directions = [Benefit, Cost, Benefit, Cost];
            let scaled: Vec<f64> =
                values.iter().enumerate().map(|(place, value)| if place % 4 == 0 { value * scale } else { *value }).collect();
            for normalisation in [Normalisation::Share, Normalisation::MinMax] {
                let found = entropy_weights(&values, &directions, normalisation).unwrap();
                let same = entropy_weights(&scaled, &directions, normalisation).unwrap();
                prop_assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                for (left, right) in found.weights.iter().zip(&same.weights) {
                    prop_assert!((0.0..=1.0).contains(left) && (left - right).abs() < 1e-9);
                }
            }
        }
    }
}
