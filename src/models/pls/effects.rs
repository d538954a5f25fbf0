//! The structural model once the scores are known: path coefficients, explained variance, and effects over all ways.
//! The correlations between scores come in; numbers for paths and constructs go out.

use nalgebra::DMatrix;

use crate::models::pls::linear::regress;
use crate::models::pls::model::Model;
use crate::models::pls::problems::Failure;

/// Share of a construct's variance that its predecessors explain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RSquared {
    /// R².
    pub plain: f64,
    /// 1 - (1 - R²)(n - 1)/(n - k - 1) with n rows and k predecessors; `None` where n <= k + 1.
    pub adjusted: Option<f64>,
}

/// What one construct does to another over all ways that lead there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The construct that explains.
    pub from: usize,
    /// The construct that is explained.
    pub to: usize,
    /// The coefficient of the path between them; 0 where there is none.
    pub direct: f64,
    /// Direct effect plus the products of coefficients along every other way.
    pub total: f64,
}

/// The estimated structural model.
#[derive(Debug)]
pub struct Structure {
    /// Standardised coefficient of each path.
    pub coefficients: Vec<f64>,
    /// R² of each construct that a path leads to.
    pub r_squared: Vec<Option<RSquared>>,
    /// Effects of every construct on every construct that it can reach, by `from` and then `to`.
    pub effects: Vec<Effect>,
}

/// Regresses every construct on its predecessors; `rows` is the number of answers, for the adjusted R².
///
/// # Errors
/// [`Failure::SingularRegression`].
pub fn structure(scores: &DMatrix<f64>, model: &Model, rows: usize) -> Result<Structure, Failure> {
    let count = model.constructs().len();
    let mut direct = DMatrix::zeros(count, count);
    let mut r_squared = vec![None; count];
    for construct in 0..count {
        let predecessors = model.predecessors(construct);
        if predecessors.is_empty() {
            continue;
        }
        let coefficients = regress(scores, predecessors, construct).ok_or(Failure::SingularRegression { construct })?;
        let mut plain = 0.0;
        for (&predecessor, &coefficient) in predecessors.iter().zip(&coefficients) {
            direct[(predecessor, construct)] = coefficient;
            plain += coefficient * scores[(predecessor, construct)];
        }
        r_squared[construct] = Some(RSquared { plain, adjusted: adjusted(plain, rows, predecessors.len()) });
    }
    let coefficients = model.paths().iter().map(|path| direct[(path.from, path.to)]).collect();
    Ok(Structure { coefficients, r_squared, effects: effects(&direct, model) })
}

fn adjusted(plain: f64, rows: usize, predecessors: usize) -> Option<f64> {
    let left = rows.checked_sub(predecessors + 1).filter(|left| *left > 0)?;
    Some(1.0 - (1.0 - plain) * (rows - 1) as f64 / left as f64)
}

/// Total effects, built up in the order of calculation: what reaches a construct reaches it through one of its predecessors.
fn effects(direct: &DMatrix<f64>, model: &Model) -> Vec<Effect> {
    let count = model.constructs().len();
    let mut total = DMatrix::zeros(count, count);
    let mut reached = DMatrix::from_element(count, count, false);
    for &to in model.order() {
        for &through in model.predecessors(to) {
            let coefficient = direct[(through, to)];
            total[(through, to)] += coefficient;
            reached[(through, to)] = true;
            for from in 0..count {
                total[(from, to)] += total[(from, through)] * coefficient;
                reached[(from, to)] |= reached[(from, through)];
            }
        }
    }
    let pairs = (0..count).flat_map(|from| (0..count).map(move |to| (from, to)));
    pairs
        .filter(|&pair| reached[pair])
        .map(|(from, to)| Effect { from, to, direct: direct[(from, to)], total: total[(from, to)] })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, model};
    use crate::models::pls::model::Mode;

    /// 0 leads to 1 and 2, 1 leads to 2, 2 leads to 3. r01 = .5; 2 on 0 and 1 with r02 = .6, r12 = .7:
    /// (.6 - .35)/.75 = 1/3 and (.7 - .3)/.75 = 8/15, R² = .6/3 + .7 · 8/15 = 43/75; r23 = .4.
    /// Total 0 on 2: 1/3 + .5 · 8/15 = .6; 0 on 3: .24; 1 on 3: 8/15 · .4.
    #[test]
    fn effects_by_hand() {
        let model = model(Mode::A, &[&[0], &[1], &[2], &[3]], &[(2, 3), (0, 2), (1, 2), (0, 1)]);
        let scores = DMatrix::from_row_slice(
            4,
            4,
            &[1.0, 0.5, 0.6, 0.2, 0.5, 1.0, 0.7, 0.2, 0.6, 0.7, 1.0, 0.4, 0.2, 0.2, 0.4, 1.0],
        );
        let found = structure(&scores, &model, 23).unwrap();
        for (found, expected) in found.coefficients.iter().zip([0.4, 1.0 / 3.0, 8.0 / 15.0, 0.5]) {
            assert!(close(*found, expected, 1e-15), "{found} {expected}");
        }
        assert_eq!(found.r_squared[0], None);
        let r_squared = found.r_squared[2].unwrap();
        assert!(close(r_squared.plain, 43.0 / 75.0, 1e-15));
        // n - 1 = 22, n - k - 1 = 20.
        assert!(close(r_squared.adjusted.unwrap(), 1.0 - 32.0 / 75.0 * 1.1, 1e-15));
        let expected = [(0, 1, 0.5), (0, 2, 0.6), (0, 3, 0.24), (1, 2, 8.0 / 15.0), (1, 3, 3.2 / 15.0), (2, 3, 0.4)];
        assert_eq!(found.effects.len(), expected.len());
        for (effect, (from, to, total)) in found.effects.iter().zip(expected) {
            assert!(effect.from == from && effect.to == to && close(effect.total, total, 1e-15), "{effect:?}");
        }
        assert!(found.effects[1].direct == found.coefficients[1] && found.effects[2].direct == 0.0);
    }

    #[test]
    fn few_rows_have_no_adjusted_r_squared() {
        assert_eq!(adjusted(0.5, 3, 2), None);
        assert_eq!(adjusted(0.5, 2, 2), None);
        assert_eq!(adjusted(0.5, 4, 2), Some(-0.5));
    }

    #[test]
    fn collinear_predecessors_are_named() {
        let model = model(Mode::A, &[&[0], &[1], &[2]], &[(0, 2), (1, 2)]);
        let scores = DMatrix::from_row_slice(3, 3, &[1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0]);
        assert_eq!(structure(&scores, &model, 9).unwrap_err(), Failure::SingularRegression { construct: 2 });
    }
}
