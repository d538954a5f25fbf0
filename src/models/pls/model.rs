//! The measurement model (which columns measure which construct, and how) and the structural model (which construct leads to
//! which). Plain lists come in; a checked [`Model`] with the neighbours of every construct and an order of calculation goes out.

use crate::models::pls::problems::ModelProblem;

/// How the weights of a construct's indicators are estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the correlation of each indicator with the construct's neighbours: the construct shows in its indicators.
    A,
    /// By a regression of the construct's neighbours on all indicators together: the indicators make up the construct.
    B,
}

/// The answers that an indicator allows, in the unit of its column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// The lowest answer; index 0.
    pub lowest: f64,
    /// The highest answer; index 100.
    pub highest: f64,
}

/// A column that measures a construct.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Indicator {
    /// Number of the column, from 0.
    pub column: usize,
    /// Its scale, used for the index alone.
    pub scale: Scale,
}

/// Something not measured itself, such as satisfaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Construct {
    /// How the weights of its indicators are estimated.
    pub mode: Mode,
    /// The columns that measure it, at least one.
    pub indicators: Vec<Indicator>,
}

/// An arrow of the structural model; constructs are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// The construct that explains.
    pub from: usize,
    /// The construct that is explained.
    pub to: usize,
}

/// A checked model.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    constructs: Vec<Construct>,
    paths: Vec<Path>,
    /// Constructs so that every path leads from an earlier one to a later one.
    order: Vec<usize>,
    /// The constructs that lead to each construct, in the order of the paths.
    predecessors: Vec<Vec<usize>>,
    /// The constructs that each construct leads to, in the order of the paths.
    successors: Vec<Vec<usize>>,
}

impl Model {
    /// Checks the lists and joins them.
    ///
    /// # Errors
    /// All mistakes found. Circles are looked for only if every path is sound.
    pub fn new(constructs: Vec<Construct>, paths: Vec<Path>) -> Result<Self, Vec<ModelProblem>> {
        let mut problems = check_constructs(&constructs);
        problems.extend(check_paths(constructs.len(), &paths));
        if !problems.is_empty() {
            return Err(problems);
        }
        let count = constructs.len();
        let (mut predecessors, mut successors) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for path in &paths {
            predecessors[path.to].push(path.from);
            successors[path.from].push(path.to);
        }
        problems.extend(
            (0..count)
                .filter(|&construct| predecessors[construct].is_empty() && successors[construct].is_empty())
                .map(|construct| ModelProblem::Unconnected { construct }),
        );
        let order = order_of_calculation(&predecessors);
        problems.extend(
            (0..count).find(|construct| !order.contains(construct)).map(|construct| ModelProblem::Circle { construct }),
        );
        if problems.is_empty() {
            Ok(Self { constructs, paths, order, predecessors, successors })
        } else {
            Err(problems)
        }
    }

    /// The constructs, numbered by their place.
    pub fn constructs(&self) -> &[Construct] {
        &self.constructs
    }

    /// The paths, numbered by their place.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// Constructs so that every path leads from an earlier one to a later one.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// The constructs that lead to `construct`, in the order of the paths.
    pub(super) fn predecessors(&self, construct: usize) -> &[usize] {
        &self.predecessors[construct]
    }

    /// The constructs that `construct` leads to, in the order of the paths.
    pub(super) fn successors(&self, construct: usize) -> &[usize] {
        &self.successors[construct]
    }

    /// Columns of the indicators of `construct`.
    pub(super) fn columns(&self, construct: usize) -> impl ExactSizeIterator<Item = usize> + Clone {
        self.constructs[construct].indicators.iter().map(|indicator| indicator.column)
    }
}

fn check_constructs(constructs: &[Construct]) -> Vec<ModelProblem> {
    let mut problems = Vec::new();
    let mut seen = Vec::new();
    for (number, construct) in constructs.iter().enumerate() {
        if construct.indicators.is_empty() {
            problems.push(ModelProblem::NoIndicators { construct: number });
        }
        for &Indicator { column, scale } in &construct.indicators {
            if seen.contains(&column) {
                problems.push(ModelProblem::IndicatorTwice { construct: number, column });
            }
            seen.push(column);
            let finite = scale.lowest.is_finite() && scale.highest.is_finite();
            if !finite || scale.lowest >= scale.highest {
                problems.push(ModelProblem::InvalidScale { construct: number, column });
            }
        }
    }
    problems
}

fn check_paths(constructs: usize, paths: &[Path]) -> Vec<ModelProblem> {
    let mut problems = Vec::new();
    for (number, path) in paths.iter().enumerate() {
        if path.from >= constructs || path.to >= constructs {
            problems.push(ModelProblem::UnknownConstruct { path: number });
        } else if path.from == path.to {
            problems.push(ModelProblem::PathToItself { path: number });
        } else if paths[..number].contains(path) {
            problems.push(ModelProblem::PathTwice { path: number });
        }
    }
    problems
}

/// Constructs behind all their predecessors; those on a circle, and behind one, are left out.
fn order_of_calculation(predecessors: &[Vec<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(predecessors.len());
    loop {
        let ready = |construct: &usize| {
            !order.contains(construct) && predecessors[*construct].iter().all(|before| order.contains(before))
        };
        match (0..predecessors.len()).find(ready) {
            Some(construct) => order.push(construct),
            None => return order,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::pls::fixtures::{construct, paths};

    #[test]
    fn a_sound_model_knows_its_neighbours_and_order() {
        let constructs = vec![construct(Mode::A, &[0]), construct(Mode::B, &[1, 2]), construct(Mode::A, &[3])];
        let model = Model::new(constructs, paths(&[(2, 0), (1, 2), (1, 0)])).unwrap();
        assert_eq!(model.order(), [1, 2, 0]);
        assert_eq!(model.predecessors(0), [2, 1]);
        assert_eq!(model.successors(1), [2, 0]);
        assert_eq!(model.columns(1).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn every_mistake_is_named() {
        let mut broken_scale = construct(Mode::A, &[5]);
        broken_scale.indicators[0].scale = Scale { lowest: 5.0, highest: 5.0 };
        let two = || vec![construct(Mode::A, &[0]), construct(Mode::A, &[1])];
        let cases = [
            (
                "no indicators",
                vec![construct(Mode::A, &[]), construct(Mode::A, &[1])],
                paths(&[(0, 1)]),
                vec![ModelProblem::NoIndicators { construct: 0 }],
            ),
            (
                "a column twice and a scale without length",
                vec![construct(Mode::A, &[0, 1]), construct(Mode::B, &[1]), broken_scale],
                paths(&[(0, 1), (1, 2)]),
                vec![
                    ModelProblem::IndicatorTwice { construct: 1, column: 1 },
                    ModelProblem::InvalidScale { construct: 2, column: 5 },
                ],
            ),
            ("an unknown construct", two(), paths(&[(0, 1), (1, 2)]), vec![ModelProblem::UnknownConstruct { path: 1 }]),
            (
                "a path to itself, a path twice",
                two(),
                paths(&[(0, 1), (0, 0), (0, 1)]),
                vec![ModelProblem::PathToItself { path: 1 }, ModelProblem::PathTwice { path: 2 }],
            ),
            (
                "a construct without paths",
                vec![construct(Mode::A, &[0]), construct(Mode::A, &[1]), construct(Mode::A, &[2])],
                paths(&[(0, 2)]),
                vec![ModelProblem::Unconnected { construct: 1 }],
            ),
            ("a circle", two(), paths(&[(0, 1), (1, 0)]), vec![ModelProblem::Circle { construct: 0 }]),
        ];
        for (name, constructs, paths, expected) in cases {
            assert_eq!(Model::new(constructs, paths).unwrap_err(), expected, "{name}");
        }
    }
}
