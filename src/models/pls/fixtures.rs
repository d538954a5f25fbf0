//! Small models and answers for the tests of this folder.

use nalgebra::DMatrix;

use crate::models::pls::model::{Construct, Indicator, Mode, Model, Path, Scale};
use crate::models::pls::moments::Moments;

/// A construct on the given columns, all on a scale of 1 to 10.
pub fn construct(mode: Mode, columns: &[usize]) -> Construct {
    let scale = Scale { lowest: 1.0, highest: 10.0 };
    Construct { mode, indicators: columns.iter().map(|&column| Indicator { column, scale }).collect() }
}

/// Paths from pairs of constructs.
pub fn paths(pairs: &[(usize, usize)]) -> Vec<Path> {
    pairs.iter().map(|&(from, to)| Path { from, to }).collect()
}

/// A model whose constructs all have one mode, from the columns of each construct and the paths.
pub fn model(mode: Mode, columns: &[&[usize]], pairs: &[(usize, usize)]) -> Model {
    Model::new(columns.iter().map(|columns| construct(mode, columns)).collect(), paths(pairs)).unwrap()
}

/// Moments with the given correlations (rows one after another), mean 5.5 and standard deviation 1.
pub fn moments(correlations: &[f64]) -> Moments {
    let count = correlations.len().isqrt();
    Moments::given(100, vec![5.5; count], vec![1.0; count], DMatrix::from_row_slice(count, count, correlations))
}

/// Whether two numbers agree to an absolute and relative difference of `tolerance`.
pub fn close(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1.0)
}
