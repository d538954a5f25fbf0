//! What must hold for any answers: units, scales of weights and the order of rows, columns and constructs change nothing.

use proptest::prelude::*;

use crate::models::pls::fit::{Fit, fit, refit};
use crate::models::pls::fixtures::{close, construct, paths};
use crate::models::pls::inner::Scheme;
use crate::models::pls::model::{Construct, Indicator, Mode, Model, Path};
use crate::models::pls::moments::{Answers, Moments};
use crate::models::pls::{Failure, Settings};

const ROWS: usize = 60;
const BLOCKS: [&[usize]; 4] = [&[0, 1], &[2, 3, 4], &[5, 6], &[7]];
const PATHS: [(usize, usize); 4] = [(0, 1), (0, 2), (1, 2), (2, 3)];
const COLUMNS: usize = 8;

/// Agreement asked of results whose iterations stop at 1e-11.
const TOLERANCE: f64 = 1e-8;

#[derive(Debug, Clone)]
struct Survey {
    columns: Vec<Vec<f64>>,
    weights: Vec<f64>,
    scheme: Scheme,
    mode: Mode,
}

impl Survey {
    fn settings(&self) -> Settings {
        Settings { scheme: self.scheme, tolerance: 1e-11, max_iterations: 2000 }
    }

    /// The exogenous construct has the drawn mode, the others Mode A.
    fn constructs(&self) -> Vec<Construct> {
        let mode = |number: usize| if number == 0 { self.mode } else { Mode::A };
        BLOCKS.iter().enumerate().map(|(number, columns)| construct(mode(number), columns)).collect()
    }

    fn moments(&self) -> Result<Moments, Failure> {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        Answers::new(&columns)?.moments(&self.weights)
    }

    fn fit_of(&self, constructs: Vec<Construct>, arrows: Vec<Path>) -> Result<Fit, Failure> {
        fit(&self.moments()?, &Model::new(constructs, arrows).unwrap(), &self.settings())
    }

    fn fit(&self) -> Result<Fit, Failure> {
        self.fit_of(self.constructs(), paths(&PATHS))
    }
}

/// Answers of 1 to 10 that share a person's level, so that all loadings are clearly positive.
fn surveys() -> impl Strategy<Value = Survey> {
    let rows = prop::collection::vec((2.0..9.0_f64, prop::collection::vec(-2.0..2.0_f64, COLUMNS), 0.2..3.0_f64), ROWS);
    let scheme = prop_oneof![Just(Scheme::Centroid), Just(Scheme::Factorial), Just(Scheme::Path)];
    (rows, scheme, prop_oneof![Just(Mode::A), Just(Mode::B)]).prop_map(|(rows, scheme, mode)| Survey {
        columns: (0..COLUMNS)
            .map(|column| {
                rows.iter().map(|(level, noise, _)| (level + noise[column]).round().clamp(1.0, 10.0)).collect()
            })
            .collect(),
        weights: rows.iter().map(|(_, _, weight)| *weight).collect(),
        scheme,
        mode,
    })
}

/// All numbers of a fit in one list: those that units leave alone, and those of the indices.
fn numbers(fit: &Fit) -> (Vec<f64>, Vec<f64>) {
    let mut found = fit.paths.clone();
    found.extend(fit.effects.iter().map(|effect| effect.total));
    found.extend(fit.cross_loadings.iter().flatten());
    found.extend(fit.correlations.iter().flatten());
    found.extend(fit.heterotrait_monotrait.iter().flatten().flatten());
    let mut indices = Vec::new();
    for construct in &fit.constructs {
        found.extend(&construct.outer_weights);
        found.extend(construct.r_squared.map(|r_squared| r_squared.plain));
        found.extend(construct.reliability.iter().flat_map(|r| [r.alpha, r.rho_c, r.average_variance]));
        indices.extend(construct.index.iter().flat_map(|index| index.weights.iter().copied().chain([index.value])));
    }
    (found, indices)
}

fn assert_same(first: &[f64], second: &[f64]) -> Result<(), TestCaseError> {
    prop_assert_eq!(first.len(), second.len());
    for (place, (first, second)) in first.iter().zip(second).enumerate() {
        prop_assert!(close(*first, *second, TOLERANCE), "number {}: {} and {}", place, first, second);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn only_proportions_of_weights_matter(survey in surveys(), factor in 0.001..1000.0_f64) {
        let Ok(before) = survey.fit() else { return Err(TestCaseError::reject("no fit")) };
        let mut scaled = survey;
        scaled.weights.iter_mut().for_each(|weight| *weight *= factor);
        let after = scaled.fit().unwrap();
        assert_same(&numbers(&before).0, &numbers(&after).0)?;
        assert_same(&numbers(&before).1, &numbers(&after).1)?;
    }

    #[test]
    fn the_order_of_rows_does_not_matter(survey in surveys(), order in Just((0..ROWS).collect::<Vec<_>>()).prop_shuffle()) {
        let Ok(before) = survey.fit() else { return Err(TestCaseError::reject("no fit")) };
        let shuffle = |values: &Vec<f64>| order.iter().map(|&row| values[row]).collect::<Vec<f64>>();
        let shuffled = Survey {
            columns: survey.columns.iter().map(shuffle).collect(),
            weights: shuffle(&survey.weights),
            ..survey
        };
        let after = shuffled.fit().unwrap();
        assert_same(&numbers(&before).0, &numbers(&after).0)?;
        assert_same(&numbers(&before).1, &numbers(&after).1)?;
    }

    /// A whole-number weight is the same as so many rows, except for what depends on the number of people.
    #[test]
    fn weights_are_repeated_rows(survey in surveys(), times in prop::collection::vec(0..4_usize, ROWS)) {
        let mut weighted = survey.clone();
        weighted.weights = times.iter().map(|&times| times as f64).collect();
        let repeat = |values: &Vec<f64>| {
            values.iter().zip(&times).flat_map(|(value, &times)| std::iter::repeat_n(*value, times)).collect::<Vec<f64>>()
        };
        let mut repeated = survey;
        repeated.columns = repeated.columns.iter().map(repeat).collect();
        repeated.weights = vec![1.0; times.iter().sum()];
        let Ok(before) = weighted.fit() else { return Err(TestCaseError::reject("no fit")) };
        let after = repeated.fit().unwrap();
        prop_assert_eq!(before.rows, ROWS);
        assert_same(&numbers(&before).0, &numbers(&after).0)?;
        assert_same(&numbers(&before).1, &numbers(&after).1)?;
    }

    #[test]
    fn the_unit_of_an_indicator_does_not_matter(
        survey in surveys(), column in 0..COLUMNS, factor in 0.01..100.0_f64, shift in -50.0..50.0_f64,
    ) {
        let Ok(before) = survey.fit() else { return Err(TestCaseError::reject("no fit")) };
        let mut other = survey;
        other.columns[column].iter_mut().for_each(|answer| *answer = *answer * factor + shift);
        let mut constructs = other.constructs();
        for indicator in constructs.iter_mut().flat_map(|construct| &mut construct.indicators) {
            if indicator.column == column {
                indicator.scale.lowest = indicator.scale.lowest * factor + shift;
                indicator.scale.highest = indicator.scale.highest * factor + shift;
            }
        }
        let after = other.fit_of(constructs, paths(&PATHS)).unwrap();
        assert_same(&numbers(&before).0, &numbers(&after).0)?;
        assert_same(&numbers(&before).1, &numbers(&after).1)?;
    }

    /// Columns, constructs and paths in another order give the same numbers in that order.
    #[test]
    fn another_order_gives_the_same_numbers(
        survey in surveys(),
        columns in Just((0..COLUMNS).collect::<Vec<_>>()).prop_shuffle(),
        constructs in Just((0..BLOCKS.len()).collect::<Vec<_>>()).prop_shuffle(),
        arrows in Just((0..PATHS.len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let Ok(before) = survey.fit() else { return Err(TestCaseError::reject("no fit")) };
        let place = |order: &[usize], number: usize| order.iter().position(|&other| other == number).unwrap();
        let mut moved = survey.clone();
        moved.columns = columns.iter().map(|&column| survey.columns[column].clone()).collect();
        let sound = survey.constructs();
        let blocks = constructs.iter().map(|&number| Construct {
            mode: sound[number].mode,
            // The indicators of a construct also change their order.
            indicators: sound[number].indicators.iter().rev()
                .map(|indicator| Indicator { column: place(&columns, indicator.column), ..*indicator })
                .collect(),
        });
        let moved_paths = arrows.iter().map(|&number| {
            let (from, to) = PATHS[number];
            Path { from: place(&constructs, from), to: place(&constructs, to) }
        });
        let after = moved.fit_of(blocks.collect(), moved_paths.collect()).unwrap();
        for (number, construct) in before.constructs.iter().enumerate() {
            let other = &after.constructs[place(&constructs, number)];
            let reversed: Vec<f64> = other.outer_weights.iter().rev().copied().collect();
            assert_same(&construct.outer_weights, &reversed)?;
            let index = |construct: &crate::models::pls::ConstructFit| construct.index.as_ref().map(|index| index.value);
            assert_same(&[index(construct).unwrap_or(0.0)], &[index(other).unwrap_or(0.0)])?;
            for column in 0..COLUMNS {
                let found = after.cross_loadings[place(&columns, column)][place(&constructs, number)];
                assert_same(&[before.cross_loadings[column][number]], &[found])?;
            }
        }
        for (number, coefficient) in before.paths.iter().enumerate() {
            assert_same(&[*coefficient], &[after.paths[place(&arrows, number)]])?;
        }
        for effect in &before.effects {
            let (from, to) = (place(&constructs, effect.from), place(&constructs, effect.to));
            let other = after.effects.iter().find(|other| other.from == from && other.to == to).unwrap();
            assert_same(&[effect.direct, effect.total], &[other.direct, other.total])?;
        }
    }

    /// Replicates of a bootstrap never turn a construct round: the products of old and new loadings add up to a positive number,
    /// and where all loadings are positive both rules of signs give the same.
    #[test]
    fn replicates_do_not_turn(survey in surveys(), times in prop::collection::vec(0..4_usize, ROWS)) {
        let Ok(original) = survey.fit() else { return Err(TestCaseError::reject("no fit")) };
        let mut drawn = survey;
        drawn.weights.iter_mut().zip(&times).for_each(|(weight, &times)| *weight *= times as f64);
        let model = Model::new(drawn.constructs(), paths(&PATHS)).unwrap();
        let moments = drawn.moments();
        let Ok(replicate) = moments.and_then(|moments| refit(&moments, &model, &drawn.settings(), &original)) else {
            return Err(TestCaseError::reject("no replicate"));
        };
        for (before, after) in original.constructs.iter().zip(&replicate.constructs) {
            let agreement: f64 = before.loadings.iter().zip(&after.loadings).map(|(before, after)| before * after).sum();
            prop_assert!(agreement > 0.0);
        }
        if replicate.constructs.iter().flat_map(|construct| &construct.loadings).all(|loading| *loading > 0.0)
            && original.constructs.iter().flat_map(|construct| &construct.loadings).all(|loading| *loading > 0.0)
        {
            prop_assert_eq!(replicate, drawn.fit().unwrap());
        }
    }
}
