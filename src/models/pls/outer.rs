//! Outer weights: how the indicators of a construct make up its score. The correlations of the indicators with an inner estimate
//! come in; weights that give the score variance 1 go out. Also what follows from weights alone: correlations of scores.

use nalgebra::DMatrix;

use crate::models::pls::linear::Factor;
use crate::models::pls::model::{Mode, Model};
use crate::models::pls::problems::Failure;

/// A variance of a weighted sum of standardised indicators below this one is taken for rounding.
const LEAST_VARIANCE: f64 = 1e-12;

/// Correlations among the indicators with the factors that Mode B needs.
#[derive(Debug)]
pub struct Blocks<'a> {
    correlations: &'a DMatrix<f64>,
    model: &'a Model,
    /// Columns of each construct.
    columns: Vec<Vec<usize>>,
    /// Factor of each Mode B block.
    factors: Vec<Option<Factor>>,
}

/// Correlations that follow from outer weights.
#[derive(Debug)]
pub struct Scores {
    /// Of every column (rows) with every construct (columns): the cross-loadings.
    pub with_columns: DMatrix<f64>,
    /// Of every construct with every other.
    pub among: DMatrix<f64>,
}

impl<'a> Blocks<'a> {
    /// Prepares the blocks of a model.
    ///
    /// # Errors
    /// [`Failure::SingularBlock`] for a Mode B block whose indicators are collinear.
    pub fn new(correlations: &'a DMatrix<f64>, model: &'a Model) -> Result<Self, Failure> {
        let count = model.constructs().len();
        let columns: Vec<Vec<usize>> = (0..count).map(|construct| model.columns(construct).collect()).collect();
        let factor = |construct: usize| match model.constructs()[construct].mode {
            Mode::A => Ok(None),
            Mode::B => {
                Factor::new(correlations, &columns[construct]).map(Some).ok_or(Failure::SingularBlock { construct })
            }
        };
        let factors = (0..count).map(factor).collect::<Result<_, _>>()?;
        Ok(Self { correlations, model, columns, factors })
    }

    /// Equal weights for the indicators of each construct. Where their sum does not vary, the first indicator alone.
    pub fn start(&self) -> Vec<Vec<f64>> {
        let equal = |construct: usize| {
            let count = self.columns[construct].len();
            self.standardised(construct, vec![1.0; count]).unwrap_or_else(|| {
                let mut first = vec![0.0; count];
                first[0] = 1.0;
                first
            })
        };
        (0..self.columns.len()).map(equal).collect()
    }

    /// Correlations under the given weights, which must give every score variance 1.
    pub fn scores(&self, weights: &[Vec<f64>]) -> Scores {
        let (rows, count) = (self.correlations.nrows(), self.columns.len());
        let mut with_columns = DMatrix::zeros(rows, count);
        for (construct, weights) in weights.iter().enumerate() {
            for (&column, &weight) in self.columns[construct].iter().zip(weights) {
                with_columns.column_mut(construct).axpy(weight, &self.correlations.column(column), 1.0);
            }
        }
        let among = DMatrix::from_fn(count, count, |first, second| {
            if first == second {
                return 1.0;
            }
            // One order of summation for both halves keeps the matrix symmetric to the last bit.
            let (low, high) = if first < second { (first, second) } else { (second, first) };
            self.columns[low]
                .iter()
                .zip(&weights[low])
                .map(|(&column, weight)| weight * with_columns[(column, high)])
                .sum()
        });
        Scores { with_columns, among }
    }

    /// Weights of a construct from the inner weights of its neighbours: in Mode A the correlations of its indicators with the
    /// inner estimate, in Mode B the coefficients of the regression on them.
    ///
    /// # Errors
    /// [`Failure::NoOuterWeights`] where the indicators are uncorrelated with the inner estimate.
    pub fn update(&self, construct: usize, scores: &Scores, inner: &[(usize, f64)]) -> Result<Vec<f64>, Failure> {
        let towards = |&column: &usize| -> f64 {
            inner.iter().map(|&(other, weight)| weight * scores.with_columns[(column, other)]).sum()
        };
        let correlations: Vec<f64> = self.columns[construct].iter().map(towards).collect();
        let weights = match &self.factors[construct] {
            Some(factor) => factor.solve(correlations),
            None => correlations,
        };
        self.standardised(construct, weights).ok_or(Failure::NoOuterWeights { construct })
    }

    /// Turns each construct so that the sum of its loadings, each times its value in `reference` if there is one, is positive.
    pub fn orient(&self, weights: &mut [Vec<f64>], reference: Option<&[Vec<f64>]>) {
        let scores = self.scores(weights);
        for (construct, weights) in weights.iter_mut().enumerate() {
            let columns = self.columns[construct].iter().enumerate();
            let agreement: f64 = columns
                .map(|(place, &column)| {
                    let known = reference.and_then(|loadings| loadings.get(construct)?.get(place));
                    scores.with_columns[(column, construct)] * known.copied().unwrap_or(1.0)
                })
                .sum();
            if agreement < 0.0 {
                weights.iter_mut().for_each(|weight| *weight = -*weight);
            }
        }
    }

    /// The model of these blocks.
    pub fn model(&self) -> &Model {
        self.model
    }

    /// Weights divided by the standard deviation of the score that they give; `None` where that is 0.
    fn standardised(&self, construct: usize, mut weights: Vec<f64>) -> Option<Vec<f64>> {
        let largest = weights.iter().fold(0.0_f64, |most, weight| most.max(weight.abs()));
        if largest <= LEAST_VARIANCE {
            return None;
        }
        weights.iter_mut().for_each(|weight| *weight /= largest);
        let columns = &self.columns[construct];
        let mut variance = 0.0;
        for (&first, &weight) in columns.iter().zip(&weights) {
            for (&second, &other) in columns.iter().zip(&weights) {
                variance += weight * other * self.correlations[(first, second)];
            }
        }
        if variance <= LEAST_VARIANCE {
            return None;
        }
        let deviation = variance.sqrt();
        weights.iter_mut().for_each(|weight| *weight /= deviation);
        Some(weights)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, construct, moments, paths};

    /// Columns 0 and 1 (r = .25) measure construct 0, column 2 (r = .6 and .3 with them) construct 1.
    const CORRELATIONS: [f64; 9] = [1.0, 0.25, 0.6, 0.25, 1.0, 0.3, 0.6, 0.3, 1.0];

    fn two(mode: Mode) -> Model {
        Model::new(vec![construct(mode, &[0, 1]), construct(Mode::A, &[2])], paths(&[(0, 1)])).unwrap()
    }

    /// Equal weights 1, 1 give variance 2 + 2 · .25 = 2.5 and, with column 2, the correlation (.6 + .3) / √2.5.
    #[test]
    fn scores_by_hand() {
        let moments = moments(&CORRELATIONS);
        let model = two(Mode::A);
        let blocks = Blocks::new(moments.correlations(), &model).unwrap();
        let start = blocks.start();
        let scores = blocks.scores(&start);
        let deviation = 2.5_f64.sqrt();
        assert!(close(start[0][0], 1.0 / deviation, 1e-15) && close(start[1][0], 1.0, 1e-15));
        assert!(close(scores.among[(0, 1)], 0.9 / deviation, 1e-15) && scores.among[(1, 0)] == scores.among[(0, 1)]);
        assert!(close(scores.with_columns[(0, 0)], 1.25 / deviation, 1e-15));
    }

    /// Mode A: weights ∝ (.6, .3), variance .36 + .09 + 2 · .18 · .25 = .54.
    /// Mode B: weights ∝ (.6 - .25 · .3, .3 - .25 · .6) = (.525, .15), that is (3.5, 1): variance 12.25 + 1 + 2 · 3.5 · .25 = 15.
    #[test]
    fn weights_by_hand() {
        for (mode, expected) in [
            (Mode::A, [0.6 / 0.54_f64.sqrt(), 0.3 / 0.54_f64.sqrt()]),
            (Mode::B, [3.5 / 15_f64.sqrt(), 1.0 / 15_f64.sqrt()]),
        ] {
            let moments = moments(&CORRELATIONS);
            let model = two(mode);
            let blocks = Blocks::new(moments.correlations(), &model).unwrap();
            let scores = blocks.scores(&blocks.start());
            let found = blocks.update(0, &scores, &[(1, 0.7)]).unwrap();
            assert!(close(found[0], expected[0], 1e-14) && close(found[1], expected[1], 1e-14), "{mode:?}: {found:?}");
            let turned = blocks.update(0, &scores, &[(1, -0.7)]).unwrap();
            assert!(close(turned[0], -expected[0], 1e-14), "{mode:?}: {turned:?}");
        }
    }

    #[test]
    fn degenerate_blocks_are_named() {
        let opposite = moments(&[1.0, -1.0, 0.6, -1.0, 1.0, -0.6, 0.6, -0.6, 1.0]);
        let (mode_a, mode_b) = (two(Mode::A), two(Mode::B));
        let singular = Blocks::new(opposite.correlations(), &mode_b).map(|_| ());
        assert_eq!(singular, Err(Failure::SingularBlock { construct: 0 }));
        // The sum of opposite columns does not vary: the first one alone is the start.
        let blocks = Blocks::new(opposite.correlations(), &mode_a).unwrap();
        assert_eq!(blocks.start(), [vec![1.0, 0.0], vec![1.0]]);
        let moments = moments(&[1.0, 0.2, 0.0, 0.2, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let blocks = Blocks::new(moments.correlations(), &mode_a).unwrap();
        let scores = blocks.scores(&blocks.start());
        assert_eq!(blocks.update(0, &scores, &[(1, 1.0)]), Err(Failure::NoOuterWeights { construct: 0 }));
    }

    #[test]
    fn constructs_are_turned() {
        let moments = moments(&CORRELATIONS);
        let model = two(Mode::A);
        let blocks = Blocks::new(moments.correlations(), &model).unwrap();
        let turned = || vec![vec![-0.5, -0.5], vec![1.0]];
        let mut weights = turned();
        blocks.orient(&mut weights, None);
        assert_eq!(weights, [vec![0.5, 0.5], vec![1.0]]);
        let mut weights = turned();
        blocks.orient(&mut weights, Some(&[vec![-0.8, 0.1], vec![-1.0]]));
        assert_eq!(weights, [vec![-0.5, -0.5], vec![-1.0]]);
    }
}
