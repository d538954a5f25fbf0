//! Whether groups of customers are lost at the same pace, as a model: the log-rank test with losses observed and expected by group.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::logrank::log_rank;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::retention::{RetentionError, SurvivalInterval, kaplan_meier};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry: the outcome is the time, the only item is true for customers lost then. A test has no bootstrap.
pub const METHOD: Method = Method {
    name: "log_rank",
    outcome: |_| true,
    group: |_| Need::Yes,
    fewest_items: 1,
    most_items: 1,
    keys: &["of"],
    optional_keys: &[],
    replicates: 0,
    build: |_: &mut Options<'_>, _: &[ItemInfo]| Some(Arc::new(LogRank)),
};

#[derive(Debug)]
struct LogRank;

impl Model for LogRank {
    /// Customers with a time, an end and a group.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        let known = |row: usize| frame.groups.as_ref().is_some_and(|groups| groups.of_answers[row].is_some());
        frame.complete_cases().into_iter().enumerate().map(|(row, complete)| complete && known(row)).collect()
    }

    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let times = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
        let lost: Vec<bool> = frame.items[0].values().iter().map(|lost| *lost != 0.0).collect();
        let Some(known) = &frame.groups else { return Err(problem(&RetentionError::Groups)) };
        let groups: Vec<usize> = known.of_answers.iter().map(|group| group.unwrap_or_default()).collect();
        let found = log_rank(times, &lost, &groups).map_err(|error| problem(&error))?;
        let mut rows = Vec::new();
        for (group, losses) in found.groups.iter().enumerate().filter(|(_, losses)| losses.customers > 0) {
            let own = |row: &usize| groups[*row] == group;
            let pick = |values: &[f64]| (0..times.len()).filter(own).map(|row| values[row]).collect::<Vec<f64>>();
            let ends: Vec<bool> = (0..times.len()).filter(own).map(|row| lost[row]).collect();
            let curve = kaplan_meier(&pick(times), &ends, &pick(weights), SurvivalInterval::default(), 0.95).ok();
            #[allow(clippy::cast_precision_loss, reason = "counts of customers are far below 2^53")]
            let customers = losses.customers as f64;
            let ratio = (losses.expected > 0.0).then(|| losses.observed / losses.expected);
            rows.push(Row {
                id: known.names[group].clone(),
                title: Localized::from(known.names[group].as_str()),
                cells: vec![
                    Cell::from(customers),
                    Cell::from(losses.observed),
                    Cell::from(losses.expected),
                    Cell::from(ratio),
                    Cell::from(curve.and_then(|curve| curve.quantile(0.5))),
                ],
            });
        }
        let table = Table {
            id: "groups".to_owned(),
            title: Localized::PerLang(lang_texts("各组的流失", "Losses by group")),
            row_title: Localized::PerLang(lang_texts("组", "group")),
            measures: vec![
                Measure::new("customers", "客户数", "customers").decimals(0),
                Measure::new("observed", "流失", "lost").decimals(0),
                Measure::new("expected", "若各组相同的流失", "lost if all were alike").decimals(1),
                Measure::new("ratio", "流失/预期", "lost / expected").decimals(2),
                Measure::new("median", "半数流失的时间", "time until half are lost").decimals(1),
            ],
            rows,
        };
        #[allow(clippy::cast_precision_loss, reason = "numbers of groups are small")]
        let degrees = found.degrees as f64;
        let values = vec![
            Measure::new("statistic", "对数秩统计量 χ²", "log-rank chi-squared").value(found.statistic),
            Measure::new("degrees", "自由度", "degrees of freedom").decimals(0).value(degrees),
            Measure::new("p_value", "p 值", "p value").decimals(4).value(found.p_value),
        ];
        let unequal = weights.iter().any(|weight| (weight - weights[0]).abs() > 1e-12 * weights[0].abs());
        let note = Localized::PerLang(lang_texts(
            "检验不加权：加权后统计量不再服从该分布；半数流失的时间按权重计算",
            "the test is unweighted, as with weights its statistic does not have that distribution; times until half are lost are weighted",
        ));
        Ok(Fit { values, tables: vec![table], notes: if unequal { vec![note] } else { Vec::new() } })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "对数秩检验（Mantel 1966；Peto 与 Peto 1972）：各组流失数与按全体速度的预期之差，超几何方差，χ² 分布；不加权",
            "log-rank test (Mantel 1966, Peto and Peto 1972): losses of each group less those expected at the pace of all, hypergeometric variance, chi-squared; unweighted",
        ))
    }
}

fn problem(error: &RetentionError) -> ModelProblem {
    ModelProblem::Other {
        problem: match error {
            RetentionError::Time { .. } => lang_texts("有的时间小于 0", "a time is below 0"),
            RetentionError::Groups => lang_texts(
                "检验需要有流失的客户和至少两个可比较的组",
                "a test needs lost customers and at least two groups to compare",
            ),
            other => lang_texts("数据不完整", other.to_string()),
        },
    }
}
