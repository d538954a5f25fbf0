//! Key drivers as models: the explained variance of an outcome shared out among the items, by Johnson's relative weights or by
//! Shapley values.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::collinearity::collinearity;
use crate::models::methods::problem_of_moments;
use crate::models::moments::weighted_means;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::regression::RegressionError;
use crate::models::relative_weights::relative_weights;
use crate::models::shapley::shapley;
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// Relative weights in the registry.
pub const RELATIVE_WEIGHTS: Method = Method {
    name: "relative_weights",
    outcome: |_| true,
    group: |_| Need::No,
    fewest_items: 2,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build: |_: &mut Options<'_>, _: &[ItemInfo]| Some(Arc::new(Drivers { by: Decomposition::RelativeWeights })),
};

/// Shapley values in the registry. The limit of items is that of the decomposition, which looks at every subset.
pub const SHAPLEY: Method = Method {
    name: "shapley",
    most_items: crate::models::shapley::MOST_PREDICTORS,
    build: |_: &mut Options<'_>, _: &[ItemInfo]| Some(Arc::new(Drivers { by: Decomposition::Shapley })),
    ..RELATIVE_WEIGHTS
};

/// How the explained variance is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decomposition {
    /// Johnson (2000).
    RelativeWeights,
    /// Lindeman, Merenda and Gold (1980).
    Shapley,
}

#[derive(Debug)]
struct Drivers {
    by: Decomposition,
}

/// The explained share and what each item has of it.
pub(super) struct Shares {
    pub(super) r2: f64,
    pub(super) raw: Vec<f64>,
    /// Raw shares over `r2`.
    pub(super) rescaled: Vec<f64>,
    /// What else the method says of each item, by measure.
    more: Vec<(Measure, Vec<f64>)>,
}

impl Decomposition {
    /// Shares out the outcome of a frame.
    pub(super) fn shares(self, frame: &Frame, weights: &[f64]) -> Result<Shares, ModelProblem> {
        let outcome = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
        let items = frame.item_values();
        let failed = |error: RegressionError| problem(&error, frame);
        Ok(match self {
            Self::RelativeWeights => {
                let found = relative_weights(&items, outcome, weights).map_err(failed)?;
                let coefficient =
                    Measure::new("coefficient", "标准化系数", "standardised coefficient").decimals(2).with_interval();
                Shares {
                    r2: found.r2,
                    raw: found.raw,
                    rescaled: found.rescaled,
                    more: vec![(coefficient, found.coefficients)],
                }
            }
            Self::Shapley => {
                let found = shapley(&items, outcome, weights).map_err(failed)?;
                let first = Measure::new("first", "单独解释的 R²", "R² by itself");
                let last = Measure::new("last", "最后加入时的 R² 增量", "R² added last");
                Shares {
                    r2: found.r2,
                    raw: found.raw,
                    rescaled: found.rescaled,
                    more: vec![(first, found.first), (last, found.last)],
                }
            }
        })
    }
}

impl Model for Drivers {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let shares = self.by.shares(frame, weights)?;
        let items = frame.item_values();
        let means = weighted_means(&items, weights).map_err(|error| problem_of_moments(&error, frame))?;
        let inflation = collinearity(&items, weights).map_err(|error| problem_of_moments(&error, frame))?;
        let mut measures = vec![
            Measure::new("share", "占解释方差的比重", "share of the explained variance").percent().with_interval(),
            Measure::new("raw", "R² 中的份额", "part of R²").with_interval(),
        ];
        measures.extend(shares.more.iter().map(|(measure, _)| measure.clone()));
        measures.push(Measure::new("variance_inflation", "方差膨胀因子", "variance inflation").decimals(1));
        measures.push(Measure::new("mean", "均值", "mean").decimals(2));
        let row = |index: usize| {
            let mut cells = vec![Cell::from(100.0 * shares.rescaled[index]), Cell::from(shares.raw[index])];
            cells.extend(shares.more.iter().map(|(_, numbers)| Cell::from(numbers[index])));
            cells.push(Cell::from(inflation.variance_inflation[index]));
            cells.push(Cell::from(means[index]));
            Row { id: frame.items[index].id.clone(), title: frame.items[index].title.clone(), cells }
        };
        let outcome = frame.outcome.as_ref().map_or_else(|| Localized::from(""), |outcome| outcome.title.clone());
        let caption = |lang| outcome.get(lang).to_owned();
        let table = Table {
            id: "drivers".to_owned(),
            title: Localized::PerLang(lang_texts(
                format!("对“{}”的影响", caption(crate::diagnostics::Lang::ZhCn)),
                format!("Drivers of “{}”", caption(crate::diagnostics::Lang::En)),
            )),
            row_title: Localized::PerLang(lang_texts("题项", "item")),
            measures,
            rows: (0..frame.items.len()).map(row).collect(),
        };
        let r2 = Measure::new("r2", "R²", "R²").with_interval().value(shares.r2);
        Ok(Fit { values: vec![r2], tables: vec![table], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(match self.by {
            Decomposition::RelativeWeights => lang_texts(
                "相对权重（Johnson 2000）：R = VDVᵀ，Λ = V√D Vᵀ，β = Λ⁻¹r；题项 j 的份额为 Σₖ Λⱼₖ²βₖ²，各份额相加等于 R²",
                "relative weights (Johnson 2000): R = V D Vᵀ, Λ = V √D Vᵀ, β = Λ⁻¹ r; item j has Σₖ Λⱼₖ² βₖ², and these add up to R²",
            ),
            Decomposition::Shapley => lang_texts(
                "Shapley 分解（Lindeman、Merenda 与 Gold 1980）：题项加入时 R² 的增量，对所有加入次序取平均，相加等于 R²",
                "Shapley values (Lindeman, Merenda and Gold 1980): what an item adds to R², averaged over all orders of entering; these add up to R²",
            ),
        })
    }
}

fn problem(error: &RegressionError, frame: &Frame) -> ModelProblem {
    match error {
        RegressionError::Moments(error) => problem_of_moments(error, frame),
        RegressionError::Singular => ModelProblem::Singular,
        RegressionError::Unrelated => ModelProblem::Other {
            problem: lang_texts(
                "题项与结果变量无关，没有可分摊的解释方差",
                "the items have nothing to do with the outcome, so there is no explained variance to share out",
            ),
        },
        RegressionError::TooManyPredictors { found, most } => ModelProblem::Other {
            problem: lang_texts(
                format!("题项 {found} 个，最多 {most} 个"),
                format!("{found} items, at most {most} can be decomposed"),
            ),
        },
    }
}
