//! Inner weights: how much each neighbour counts in the inner estimate of a construct. The correlations between construct
//! scores come in; a weight for every neighbour of a construct goes out.

use nalgebra::DMatrix;

use crate::models::pls::linear::regress;
use crate::models::pls::model::Model;
use crate::models::pls::problems::Failure;

/// Rule for the inner weights (Lohmöller 1989, section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// The sign of the correlation with each neighbour.
    Centroid,
    /// The correlation with each neighbour.
    Factorial,
    /// The regression coefficient of each predecessor in the regression on all of them, and the correlation with each successor.
    #[default]
    Path,
}

/// Neighbours of `construct` with their inner weights: predecessors, then successors.
///
/// # Errors
/// [`Failure::SingularRegression`] under the path scheme.
pub fn inner_weights(
    scheme: Scheme,
    scores: &DMatrix<f64>,
    model: &Model,
    construct: usize,
) -> Result<Vec<(usize, f64)>, Failure> {
    let (predecessors, successors) = (model.predecessors(construct), model.successors(construct));
    let correlation = |&other: &usize| (other, scores[(other, construct)]);
    let neighbours = predecessors.iter().chain(successors);
    Ok(match scheme {
        // A correlation of exactly 0 has no sign; `signum` would count it as positive.
        Scheme::Centroid => neighbours
            .map(correlation)
            .map(|(other, value)| (other, if value == 0.0 { 0.0 } else { value.signum() }))
            .collect(),
        Scheme::Factorial => neighbours.map(correlation).collect(),
        Scheme::Path => {
            let coefficients =
                regress(scores, predecessors, construct).ok_or(Failure::SingularRegression { construct })?;
            let explained = predecessors.iter().copied().zip(coefficients);
            explained.chain(successors.iter().map(correlation)).collect()
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, model};
    use crate::models::pls::model::Mode;

    /// Constructs 0 and 1 lead to 2, which leads to 3. The coefficients of 2 on 0 and 1 with r01 = .4, r02 = .5, r12 = -.6 are
    /// (.5 + .4 · .6) / .84 and (-.6 - .4 · .5) / .84.
    #[test]
    fn schemes_by_hand() {
        let model = model(Mode::A, &[&[0], &[1], &[2], &[3]], &[(0, 2), (1, 2), (2, 3)]);
        let scores = DMatrix::from_row_slice(
            4,
            4,
            &[1.0, 0.4, 0.5, 0.0, 0.4, 1.0, -0.6, 0.0, 0.5, -0.6, 1.0, 0.3, 0.0, 0.0, 0.3, 1.0],
        );
        let cases = [
            (Scheme::Centroid, [1.0, -1.0, 1.0]),
            (Scheme::Factorial, [0.5, -0.6, 0.3]),
            (Scheme::Path, [0.74 / 0.84, -0.8 / 0.84, 0.3]),
        ];
        for (scheme, expected) in cases {
            let found = inner_weights(scheme, &scores, &model, 2).unwrap();
            assert_eq!(found.iter().map(|(other, _)| *other).collect::<Vec<_>>(), [0, 1, 3]);
            let agrees = found.iter().zip(expected).all(|((_, found), expected)| close(*found, expected, 1e-15));
            assert!(agrees, "{scheme:?}: {found:?}");
        }
        assert_eq!(inner_weights(Scheme::Path, &scores, &model, 0).unwrap(), [(2, 0.5)]);
    }

    #[test]
    fn no_correlation_has_no_sign() {
        let model = model(Mode::A, &[&[0], &[1]], &[(0, 1)]);
        let scores = DMatrix::identity(2, 2);
        assert_eq!(inner_weights(Scheme::Centroid, &scores, &model, 0).unwrap(), [(1, 0.0)]);
    }
}
