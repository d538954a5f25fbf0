//! Cronbach's alpha as a model: one value for the set of items, one row an item.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::methods::problem_of_moments;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::reliability::{Reliability, ReliabilityError, reliability};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry.
pub const METHOD: Method = Method {
    name: "reliability",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 2,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build,
};

#[derive(Debug)]
struct Alpha;

fn build(_options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    Some(Arc::new(Alpha))
}

impl Model for Alpha {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let found = reliability(&frame.item_values(), weights).map_err(|error| problem(&error, frame))?;
        let values = vec![
            Measure::new("alpha", "克朗巴哈 α", "Cronbach's alpha").with_interval().value(found.alpha),
            Measure::new("standardized_alpha", "标准化 α", "standardised alpha")
                .with_interval()
                .value(found.standardized_alpha),
            Measure::new("mean_correlation", "题项间平均相关", "mean correlation between items")
                .with_interval()
                .value(found.mean_correlation),
        ];
        Ok(Fit { values, tables: vec![table(&found, frame)], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "信度：α = k/(k−1)·(1 − Σ题项方差/总分方差)（Cronbach 1951），加权；k 为题项数",
            "reliability: alpha = k/(k−1) · (1 − Σ item variances / variance of the sum) (Cronbach 1951), weighted; k is the number of items",
        ))
    }
}

fn table(found: &Reliability, frame: &Frame) -> Table {
    let rows = frame.items.iter().zip(&found.items).map(|(item, found)| Row {
        id: item.id.clone(),
        title: item.title.clone(),
        cells: vec![
            Cell::from(found.mean),
            Cell::from(found.standard_deviation),
            Cell::from(found.item_rest),
            Cell::from(found.alpha_if_deleted),
        ],
    });
    Table {
        id: "items".to_owned(),
        title: Localized::PerLang(lang_texts("题项", "Items")),
        row_title: Localized::PerLang(lang_texts("题项", "item")),
        measures: vec![
            Measure::new("mean", "均值", "mean").decimals(2),
            Measure::new("standard_deviation", "标准差", "standard deviation").decimals(2),
            Measure::new("item_rest", "与其余题项合计的相关", "correlation with the other items").with_interval(),
            Measure::new("alpha_if_deleted", "删去该题项后的 α", "alpha without the item").with_interval(),
        ],
        rows: rows.collect(),
    }
}

fn problem(error: &ReliabilityError, frame: &Frame) -> ModelProblem {
    match error {
        ReliabilityError::Moments(error) => problem_of_moments(error, frame),
        ReliabilityError::ConstantSum => ModelProblem::Other {
            problem: lang_texts(
                "题项相互抵消，合计没有变化",
                "the items cancel each other out, so that their sum does not vary",
            ),
        },
    }
}
