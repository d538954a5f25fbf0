//! Survival of customers as a model: the Kaplan-Meier curve at chosen times and the median time until a customer is lost.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::retention::{RetentionError, SurvivalInterval, kaplan_meier};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry: the outcome is the time, the only item is true for customers lost then.
pub const METHOD: Method = Method {
    name: "retention",
    outcome: |_| true,
    group: |_| Need::No,
    fewest_items: 1,
    most_items: 1,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build,
};

#[derive(Debug)]
struct Survival {
    times: Vec<f64>,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let times = options.rising("times")?;
    Some(Arc::new(Survival { times }))
}

impl Model for Survival {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let times = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
        let lost: Vec<bool> = frame.items[0].values().iter().map(|lost| *lost != 0.0).collect();
        // The confidence only shapes intervals of the curve, which the bootstrap makes here.
        let curve =
            kaplan_meier(times, &lost, weights, SurvivalInterval::default(), 0.95).map_err(|error| problem(&error))?;
        let before_first = curve.steps.first().map_or(f64::INFINITY, |step| step.time);
        let row = |time: f64| {
            let step = curve.at(time);
            let survival = step.map(|step| step.survival).or_else(|| (time < before_first).then_some(1.0));
            let name = format!("{time}");
            Row {
                id: name.clone(),
                title: Localized::from(name.as_str()),
                cells: vec![Cell::from(survival.map(|share| 100.0 * share))],
            }
        };
        let table = Table {
            id: "survival".to_owned(),
            title: Localized::PerLang(lang_texts("留存", "Retention")),
            row_title: Localized::PerLang(lang_texts("时间", "time")),
            measures: vec![Measure::new("survival", "仍为客户的比例", "still customers").percent().with_interval()],
            rows: self.times.iter().map(|time| row(*time)).collect(),
        };
        #[allow(clippy::cast_precision_loss, reason = "counts of customers are far below 2^53")]
        let values = vec![
            Measure::new("median", "半数流失的时间", "time until half are lost")
                .decimals(1)
                .with_interval()
                .value(curve.quantile(0.5)),
            Measure::new("lost", "流失客户数", "customers lost").decimals(0).value(curve.lost as f64),
        ];
        Ok(Fit { values, tables: vec![table], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "留存曲线（Kaplan 与 Meier 1958），加权：S(t) = Π(1 − 流失/在册)",
            "survival curve (Kaplan and Meier 1958), weighted: S(t) = Π (1 − lost / at risk)",
        ))
    }
}

fn problem(error: &RetentionError) -> ModelProblem {
    match error {
        RetentionError::Empty => ModelProblem::TooFewAnswers { needed: 1, found: 0 },
        RetentionError::Time { .. } => {
            ModelProblem::Other { problem: lang_texts("有的时间小于 0", "a time is below 0") }
        }
        other => ModelProblem::Other { problem: lang_texts("数据不完整", other.to_string()) },
    }
}
