//! The iteration of partial least squares: scores from weights, inner estimates from scores, weights from inner estimates, until
//! the weights stay. Prepared blocks come in; the outer weights and the number of iterations go out.

use crate::models::pls::inner::{Scheme, inner_weights};
use crate::models::pls::outer::Blocks;
use crate::models::pls::problems::Failure;

/// How to iterate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Rule for the inner weights.
    pub scheme: Scheme,
    /// The largest change of a standardised outer weight that counts as none.
    pub tolerance: f64,
    /// Iterations after which the estimation is given up.
    pub max_iterations: usize,
}

impl Default for Settings {
    /// Path scheme, tolerance 1e-7, 300 iterations.
    fn default() -> Self {
        Self { scheme: Scheme::default(), tolerance: 1e-7, max_iterations: 300 }
    }
}

/// Outer weights on which the iteration settled.
#[derive(Debug)]
pub struct Converged {
    /// Weights of the standardised indicators that give each score variance 1, a list for each construct.
    pub weights: Vec<Vec<f64>>,
    /// Iterations made.
    pub iterations: usize,
}

/// Iterates from equal weights.
///
/// # Errors
/// [`Failure::NotConverged`], [`Failure::SingularRegression`], [`Failure::NoOuterWeights`].
pub fn iterate(blocks: &Blocks<'_>, settings: &Settings) -> Result<Converged, Failure> {
    let count = blocks.model().constructs().len();
    let mut weights = blocks.start();
    let mut change = f64::INFINITY;
    for iteration in 1..=settings.max_iterations {
        let scores = blocks.scores(&weights);
        let updated = (0..count)
            .map(|construct| {
                let inner = inner_weights(settings.scheme, &scores.among, blocks.model(), construct)?;
                blocks.update(construct, &scores, &inner)
            })
            .collect::<Result<Vec<_>, _>>()?;
        change = weights.iter().zip(&updated).map(|(before, after)| distance(before, after)).fold(0.0, f64::max);
        weights = updated;
        if change <= settings.tolerance {
            return Ok(Converged { weights, iterations: iteration });
        }
    }
    Err(Failure::NotConverged { iterations: settings.max_iterations, change })
}

/// Largest difference between weights of one construct; a score and its negative are the same.
fn distance(before: &[f64], after: &[f64]) -> f64 {
    let largest =
        |sign: f64| before.iter().zip(after).map(|(before, after)| (before - sign * after).abs()).fold(0.0, f64::max);
    largest(1.0).min(largest(-1.0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, model, moments};
    use crate::models::pls::model::Mode;

    #[test]
    fn a_turned_score_is_the_same_score() {
        assert_eq!(distance(&[0.5, -0.25], &[-0.5, 0.25]), 0.0);
        assert_eq!(distance(&[0.5, -0.25], &[0.5, 0.25]), 0.5);
    }

    /// A Mode B construct that leads to another Mode B construct gives the first canonical correlation. With uncorrelated columns
    /// in each block the matrix between them is all there is: its largest singular value. [[.4, .2], [.1, .3]] has the
    /// squared singular values (.30 ± √(.30² − 4 · .01)) / 2 = (.30 ± √.05) / 2.
    #[test]
    fn mode_b_gives_the_canonical_correlation() {
        let moments = moments(&[1.0, 0.0, 0.4, 0.2, 0.0, 1.0, 0.1, 0.3, 0.4, 0.1, 1.0, 0.0, 0.2, 0.3, 0.0, 1.0]);
        let model = model(Mode::B, &[&[0, 1], &[2, 3]], &[(0, 1)]);
        let blocks = Blocks::new(moments.correlations(), &model).unwrap();
        let expected = ((0.30 + 0.05_f64.sqrt()) / 2.0).sqrt();
        for scheme in [Scheme::Centroid, Scheme::Factorial, Scheme::Path] {
            let settings = Settings { scheme, tolerance: 1e-12, ..Settings::default() };
            let found = iterate(&blocks, &settings).unwrap();
            assert!(close(blocks.scores(&found.weights).among[(0, 1)], expected, 1e-12), "{scheme:?}");
        }
    }

    #[test]
    fn too_few_iterations_are_named() {
        let moments = moments(&[1.0, 0.0, 0.4, 0.2, 0.0, 1.0, 0.1, 0.3, 0.4, 0.1, 1.0, 0.0, 0.2, 0.3, 0.0, 1.0]);
        let model = model(Mode::A, &[&[0, 1], &[2, 3]], &[(0, 1)]);
        let blocks = Blocks::new(moments.correlations(), &model).unwrap();
        let failure = iterate(&blocks, &Settings { max_iterations: 2, ..Settings::default() }).unwrap_err();
        assert!(matches!(failure, Failure::NotConverged { iterations: 2, change } if change > 1e-7), "{failure:?}");
    }
}
