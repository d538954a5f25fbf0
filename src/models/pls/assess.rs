//! Quality of the measurement: reliability of each Mode A construct and whether constructs can be told apart. Correlations of
//! the indicators, weights and loadings come in; coefficients go out.

use nalgebra::DMatrix;

use crate::models::pls::model::{Mode, Model};

/// Reliability of a Mode A construct with at least two indicators.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Cronbach's alpha of the standardised indicators.
    pub alpha: f64,
    /// Composite reliability from the loadings (Dillon and Goldstein; Jöreskog 1971).
    pub rho_c: f64,
    /// Reliability of the score (Dijkstra and Henseler 2015); `None` where a single weight is not 0.
    pub rho_a: Option<f64>,
    /// Average variance extracted: the mean squared loading.
    pub average_variance: f64,
}

/// Reliability of the indicators `columns`; `None` for a single one.
pub fn reliability(
    correlations: &DMatrix<f64>,
    columns: &[usize],
    weights: &[f64],
    loadings: &[f64],
) -> Option<Reliability> {
    let count = columns.len() as f64;
    if columns.len() < 2 {
        return None;
    }
    let (mut between, mut weighted) = (0.0, 0.0);
    for (place, &first) in columns.iter().enumerate() {
        for (other, &second) in columns.iter().enumerate().filter(|(other, _)| *other != place) {
            between += correlations[(first, second)];
            weighted += weights[place] * weights[other] * correlations[(first, second)];
        }
    }
    let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let length = squares(weights);
    let mixed = length * length - weights.iter().map(|weight| weight.powi(4)).sum::<f64>();
    let sum_squared = loadings.iter().sum::<f64>().powi(2);
    Some(Reliability {
        alpha: count / (count - 1.0) * between / (count + between),
        rho_c: sum_squared / (sum_squared + count - squares(loadings)),
        rho_a: (mixed > 1e-12 * length * length).then(|| length * length * weighted / mixed),
        average_variance: squares(loadings) / count,
    })
}

/// Heterotrait-monotrait ratios of correlations (Henseler, Ringle and Sarstedt 2015) on absolute correlations, for every pair of
/// Mode A constructs: mean between the blocks over the geometric mean of the means within them. A single indicator counts as 1
/// within. `None` on the diagonal, for Mode B, and where a mean within is 0.
pub fn heterotrait_monotrait(correlations: &DMatrix<f64>, model: &Model) -> Vec<Vec<Option<f64>>> {
    let constructs = model.constructs();
    let within: Vec<Option<f64>> = constructs
        .iter()
        .enumerate()
        .map(|(number, construct)| (construct.mode == Mode::A).then(|| mean_within(correlations, model, number)))
        .collect();
    let ratio = |first: usize, second: usize| {
        let scale = (within[first]? * within[second]?).sqrt();
        (first != second && scale > 0.0).then(|| mean_between(correlations, model, first, second) / scale)
    };
    (0..constructs.len()).map(|first| (0..constructs.len()).map(|second| ratio(first, second)).collect()).collect()
}

fn mean_within(correlations: &DMatrix<f64>, model: &Model, construct: usize) -> f64 {
    let count = model.columns(construct).len();
    if count < 2 {
        return 1.0;
    }
    let mut sum = 0.0;
    for (place, first) in model.columns(construct).enumerate() {
        sum += model.columns(construct).take(place).map(|second| correlations[(first, second)].abs()).sum::<f64>();
    }
    sum / (count * (count - 1) / 2) as f64
}

fn mean_between(correlations: &DMatrix<f64>, model: &Model, first: usize, second: usize) -> f64 {
    // The lower number outside, so that both halves of the table agree to the last bit.
    let (low, high) = if first < second { (first, second) } else { (second, first) };
    let mut sum = 0.0;
    for column in model.columns(low) {
        sum += model.columns(high).map(|other| correlations[(column, other)].abs()).sum::<f64>();
    }
    sum / (model.columns(low).len() * model.columns(high).len()) as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, construct, model, moments, paths};

    /// Three indicators, r12 = .5, r13 = .4, r23 = .3: sum off the diagonal 2.4, alpha = 1.5 · 2.4/5.4 = 2/3.
    /// Loadings .9, .8, .7: (2.4)² = 5.76, squares 1.94: rho_C = 5.76/6.82, AVE = 1.94/3.
    /// Weights 3, 2, 1: w'w = 14, off-diagonal form 2(6 · .5 + 3 · .4 + 2 · .3) = 9.6, of ww' 196 - (81 + 16 + 1) = 98,
    /// rho_A = 196 · 9.6/98 = 19.2 (weights of any length are taken; those of a fit keep it at most about 1).
    #[test]
    fn reliability_by_hand() {
        let moments = moments(&[1.0, 0.5, 0.4, 0.5, 1.0, 0.3, 0.4, 0.3, 1.0]);
        let found = reliability(moments.correlations(), &[0, 1, 2], &[3.0, 2.0, 1.0], &[0.9, 0.8, 0.7]).unwrap();
        assert!(close(found.alpha, 2.0 / 3.0, 1e-15) && close(found.rho_c, 5.76 / 6.82, 1e-15), "{found:?}");
        assert!(
            close(found.rho_a.unwrap(), 19.2, 1e-14) && close(found.average_variance, 1.94 / 3.0, 1e-15),
            "{found:?}"
        );
        let alone = reliability(moments.correlations(), &[0, 1, 2], &[1.0, 0.0, 0.0], &[1.0, 0.5, 0.4]).unwrap();
        assert_eq!(alone.rho_a, None);
        assert_eq!(reliability(moments.correlations(), &[1], &[1.0], &[1.0]), None);
    }

    /// Blocks {0, 1} (r = .5) and {2, 3} (r = -.8): between (.3 + .2 + .1 + .2)/4 = .2, ratio .2/√.4. With the single
    /// indicator 4 (r = .6 and .2 with 0 and 1): .4/√.5.
    #[test]
    fn ratios_by_hand() {
        let values = [
            [1.0, 0.5, 0.3, -0.2, 0.6],
            [0.5, 1.0, 0.1, -0.2, 0.2],
            [0.3, 0.1, 1.0, -0.8, 0.0],
            [-0.2, -0.2, -0.8, 1.0, 0.0],
            [0.6, 0.2, 0.0, 0.0, 1.0],
        ];
        let moments = moments(&values.concat());
        let columns: [&[usize]; 3] = [&[0, 1], &[2, 3], &[4]];
        let found = heterotrait_monotrait(moments.correlations(), &model(Mode::A, &columns, &[(0, 1), (1, 2)]));
        assert!(close(found[0][1].unwrap(), 0.2 / 0.4_f64.sqrt(), 1e-15) && found[0][1] == found[1][0]);
        assert!(close(found[2][0].unwrap(), 0.4 / 0.5_f64.sqrt(), 1e-15) && found[1][1].is_none());
        let mixed = vec![construct(Mode::A, &[0, 1]), construct(Mode::B, &[2, 3])];
        let mixed = Model::new(mixed, paths(&[(1, 0)])).unwrap();
        assert_eq!(heterotrait_monotrait(moments.correlations(), &mixed), vec![vec![None; 2]; 2]);
        let apart = DMatrix::identity(3, 3);
        let apart = heterotrait_monotrait(&apart, &model(Mode::A, &[&[0, 1], &[2]], &[(0, 1)]));
        assert_eq!(apart[0][1], None);
    }
}
