//! The whole estimation: iterates, turns the signs and draws everything else from the weights. Moments, a model and settings
//! come in; a [`Fit`] goes out.

use nalgebra::DMatrix;

use crate::models::pls::algorithm::{Settings, iterate};
use crate::models::pls::assess::{Reliability, heterotrait_monotrait, reliability};
use crate::models::pls::effects::{Effect, RSquared, structure};
use crate::models::pls::index::{Index, index};
use crate::models::pls::model::{Mode, Model};
use crate::models::pls::moments::Moments;
use crate::models::pls::outer::Blocks;
use crate::models::pls::problems::{Failure, Note};

/// An estimated model. Constructs, columns and paths keep the numbers that they have in the [`Model`].
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Rows of answers, those of weight 0 included.
    pub rows: usize,
    /// Iterations until the weights stayed.
    pub iterations: usize,
    /// What belongs to one construct.
    pub constructs: Vec<ConstructFit>,
    /// Standardised coefficient of each path.
    pub paths: Vec<f64>,
    /// Effects of every construct on every construct that it can reach, by `from` and then `to`.
    pub effects: Vec<Effect>,
    /// Correlation of every column (outer list, columns outside the model included) with every construct (inner list).
    pub cross_loadings: Vec<Vec<f64>>,
    /// Correlations between the scores of the constructs.
    pub correlations: Vec<Vec<f64>>,
    /// Heterotrait-monotrait ratio of every pair of Mode A constructs; `None` elsewhere.
    pub heterotrait_monotrait: Vec<Vec<Option<f64>>>,
    /// What a reader should know.
    pub notes: Vec<Note>,
}

/// The part of a [`Fit`] that belongs to one construct; lists follow its indicators.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstructFit {
    /// Weights of the standardised indicators that give the score variance 1.
    pub outer_weights: Vec<f64>,
    /// Correlations of the indicators with the score.
    pub loadings: Vec<f64>,
    /// Explained variance; `None` for a construct that no path leads to.
    pub r_squared: Option<RSquared>,
    /// `None` for Mode B and for a single indicator.
    pub reliability: Option<Reliability>,
    /// `None` if no outer weight is positive.
    pub index: Option<Index>,
}

impl Fit {
    /// Fornell and Larcker's (1981) table: correlations between scores, and on the diagonal the square root of the average
    /// variance extracted, `None` where there is none. A construct stands apart if its diagonal exceeds its row and column.
    pub fn fornell_larcker(&self) -> Vec<Vec<Option<f64>>> {
        let mut table: Vec<Vec<Option<f64>>> =
            self.correlations.iter().map(|row| row.iter().copied().map(Some).collect()).collect();
        for (number, construct) in self.constructs.iter().enumerate() {
            table[number][number] = construct.reliability.map(|reliability| reliability.average_variance.sqrt());
        }
        table
    }
}

/// Estimates `model`. The signs are such that the loadings of each construct add up to a positive number.
///
/// # Errors
/// A [`Failure`] other than those of answers and weights.
pub fn fit(moments: &Moments, model: &Model, settings: &Settings) -> Result<Fit, Failure> {
    estimate(moments, model, settings, None)
}

/// Estimates `model` under other case weights, as a replicate of `original`, whose signs it takes over: the products of old and
/// new loadings of each construct add up to a positive number, so that a score with mixed loadings does not turn by chance.
///
/// # Errors
/// A [`Failure`] other than those of answers and weights.
pub fn refit(moments: &Moments, model: &Model, settings: &Settings, original: &Fit) -> Result<Fit, Failure> {
    let loadings: Vec<Vec<f64>> = original.constructs.iter().map(|construct| construct.loadings.clone()).collect();
    estimate(moments, model, settings, Some(&loadings))
}

fn estimate(
    moments: &Moments,
    model: &Model,
    settings: &Settings,
    reference: Option<&[Vec<f64>]>,
) -> Result<Fit, Failure> {
    moments.check(model)?;
    let blocks = Blocks::new(moments.correlations(), model)?;
    let mut converged = iterate(&blocks, settings)?;
    blocks.orient(&mut converged.weights, reference);
    let scores = blocks.scores(&converged.weights);
    let structure = structure(&scores.among, model, moments.rows())?;
    let count = model.constructs().len();
    let constructs: Vec<ConstructFit> = converged
        .weights
        .into_iter()
        .enumerate()
        .map(|(number, outer_weights)| {
            let construct = &model.constructs()[number];
            let columns: Vec<usize> = model.columns(number).collect();
            let loadings: Vec<f64> = columns.iter().map(|&column| scores.with_columns[(column, number)]).collect();
            let reliability = match construct.mode {
                Mode::A => reliability(moments.correlations(), &columns, &outer_weights, &loadings),
                Mode::B => None,
            };
            let index = index(construct, &outer_weights, moments);
            ConstructFit { outer_weights, loadings, r_squared: structure.r_squared[number], reliability, index }
        })
        .collect();
    let rows_of = |matrix: &DMatrix<f64>| {
        (0..matrix.nrows()).map(|row| (0..count).map(|column| matrix[(row, column)]).collect()).collect()
    };
    Ok(Fit {
        rows: moments.rows(),
        iterations: converged.iterations,
        notes: notes(model, &constructs),
        constructs,
        paths: structure.coefficients,
        effects: structure.effects,
        cross_loadings: rows_of(&scores.with_columns),
        correlations: rows_of(&scores.among),
        heterotrait_monotrait: heterotrait_monotrait(moments.correlations(), model),
    })
}

fn notes(model: &Model, constructs: &[ConstructFit]) -> Vec<Note> {
    let mut notes = Vec::new();
    for (construct, fit) in constructs.iter().enumerate() {
        if fit.loadings.len() == 1 {
            notes.push(Note::SingleIndicator { construct });
        }
        for (column, (loading, weight)) in model.columns(construct).zip(fit.loadings.iter().zip(&fit.outer_weights)) {
            if *loading < 0.0 {
                notes.push(Note::NegativeLoading { construct, column });
            }
            if *weight < 0.0 {
                notes.push(Note::NegativeIndexWeight { construct, column });
            }
        }
        if fit.index.is_none() {
            notes.push(Note::NoIndex { construct });
        }
    }
    notes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{close, construct, model, moments, paths};
    use crate::models::pls::model::Scale;

    /// Single indicators are their constructs: the path is their correlation, the index 100 (5.5 - 1)/9 = 50.
    #[test]
    fn single_indicators_are_their_constructs() {
        let moments = moments(&[1.0, -0.4, -0.4, 1.0]);
        let fit = fit(&moments, &model(Mode::B, &[&[0], &[1]], &[(0, 1)]), &Settings::default()).unwrap();
        assert_eq!(fit.paths, [-0.4]);
        assert_eq!(fit.cross_loadings, [[1.0, -0.4], [-0.4, 1.0]]);
        assert_eq!(fit.notes, [Note::SingleIndicator { construct: 0 }, Note::SingleIndicator { construct: 1 }]);
        for construct in &fit.constructs {
            assert!(construct.outer_weights == [1.0] && construct.loadings == [1.0] && construct.reliability.is_none());
            assert!(close(construct.index.as_ref().unwrap().value, 50.0, 1e-14));
        }
        assert!(close(fit.constructs[1].r_squared.unwrap().plain, 0.16, 1e-15));
        assert_eq!(fit.fornell_larcker(), [[None, Some(-0.4)], [Some(-0.4), None]]);
    }

    /// One construct of two indicators and one of one: weights ∝ the correlations .6 and .3, variance .54 (r = .25), so the path
    /// is .45/√.54, the loadings are .675/√.54 and .45/√.54, and the average variance extracted .658125/1.08.
    #[test]
    fn a_whole_fit_by_hand() {
        let moments = moments(&[1.0, 0.25, 0.6, 0.25, 1.0, 0.3, 0.6, 0.3, 1.0]);
        let fit = fit(&moments, &model(Mode::A, &[&[0, 1], &[2]], &[(0, 1)]), &Settings::default()).unwrap();
        let deviation = 0.54_f64.sqrt();
        assert!(close(fit.paths[0], 0.45 / deviation, 1e-14));
        assert!(close(fit.constructs[0].loadings[0], 0.675 / deviation, 1e-14));
        assert!(close(fit.constructs[0].loadings[1], 0.45 / deviation, 1e-14));
        let root = fit.fornell_larcker()[0][0].unwrap();
        assert!(close(root * root, 0.658125 / 1.08, 1e-14));
        assert_eq!(fit.notes, [Note::SingleIndicator { construct: 1 }]);
    }

    /// The second indicator runs against the first. Weights ∝ (.6, -.3) with r = -.25, so the loadings are ∝ .675 and -.45.
    #[test]
    fn indicators_against_their_construct_are_noted() {
        let moments = moments(&[1.0, -0.25, 0.6, -0.25, 1.0, -0.3, 0.6, -0.3, 1.0]);
        let model = model(Mode::A, &[&[0, 1], &[2]], &[(0, 1)]);
        let fit = fit(&moments, &model, &Settings::default()).unwrap();
        assert!(fit.constructs[0].loadings[0] > 0.0 && fit.paths[0] > 0.0);
        let (construct, column) = (0, 1);
        assert_eq!(
            fit.notes,
            [
                Note::NegativeLoading { construct, column },
                Note::NegativeIndexWeight { construct, column },
                Note::SingleIndicator { construct: 1 },
            ]
        );
        assert_eq!(fit.constructs[0].index.as_ref().unwrap().weights, [1.0, 0.0]);
    }

    /// Loadings in proportion .7375 to -.70, and in the replicate .7625 to -.80: by their sum the replicate would turn.
    #[test]
    fn replicates_keep_the_signs_of_the_original() {
        let model = model(Mode::A, &[&[0, 1], &[2]], &[(0, 1)]);
        let with = |second: f64| moments(&[1.0, -0.25, 0.6, -0.25, 1.0, second, 0.6, second, 1.0]);
        let (original, replicate) = (with(-0.55), with(-0.65));
        let settings = Settings::default();
        let original = fit(&original, &model, &settings).unwrap();
        assert!(original.paths[0] > 0.0);
        assert!(fit(&replicate, &model, &settings).unwrap().paths[0] < 0.0);
        assert!(refit(&replicate, &model, &settings, &original).unwrap().paths[0] > 0.0);
    }

    #[test]
    fn failures_are_named() {
        let settings = Settings::default();
        let unknown = model(Mode::A, &[&[0], &[3]], &[(0, 1)]);
        let moments_of_three = moments(&[1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0]);
        let cases = [
            ("unknown column", unknown, Failure::UnknownColumn { construct: 1, column: 3 }),
            (
                "Mode B on equal columns",
                Model::new(vec![construct(Mode::A, &[2]), construct(Mode::B, &[0, 1])], paths(&[(0, 1)])).unwrap(),
                Failure::SingularBlock { construct: 1 },
            ),
            (
                "equal predecessors",
                model(Mode::A, &[&[0], &[1], &[2]], &[(0, 2), (1, 2)]),
                Failure::SingularRegression { construct: 2 },
            ),
        ];
        for (name, model, expected) in cases {
            assert_eq!(fit(&moments_of_three, &model, &settings), Err(expected), "{name}");
        }
        let apart = moments(&[1.0, 0.2, 0.0, 0.2, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let apart = fit(&apart, &model(Mode::A, &[&[0, 1], &[2]], &[(0, 1)]), &settings);
        assert_eq!(apart, Err(Failure::NoOuterWeights { construct: 0 }));
    }

    /// The index follows each indicator's own scale: means of 5.5 are 50 on 1 to 10 and 90 on 1 to 6.
    #[test]
    fn the_index_uses_each_scale() {
        let moments = moments(&[1.0, 0.3, 0.3, 1.0]);
        let mut constructs = vec![construct(Mode::A, &[0]), construct(Mode::A, &[1])];
        constructs[1].indicators[0].scale = Scale { lowest: 1.0, highest: 6.0 };
        let fit = fit(&moments, &Model::new(constructs, paths(&[(1, 0)])).unwrap(), &Settings::default()).unwrap();
        let value = |construct: usize| fit.constructs[construct].index.as_ref().unwrap().value;
        assert!(close(value(0), 50.0, 1e-14) && close(value(1), 90.0, 1e-14));
    }
}
