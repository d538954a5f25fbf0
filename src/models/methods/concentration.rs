//! Concentration of profit as a model: what the best customers bring, what the worst take away again, and how unequal they are.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::concentration::{CURVE, GRID, Rule, concentration};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Fit, Frame, Measure, Model, ModelProblem, Row, Table, options::Options};

/// The method in the registry.
pub const METHOD: Method = Method {
    name: "concentration",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 1,
    most_items: 1,
    keys: &["of"],
    optional_keys: &[],
    replicates: 1000,
    build,
};

#[derive(Debug)]
struct Shares {
    rule: Rule,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let usual = Rule::default();
    let mut share = |key, default| options.number(key, [0.0, 1.0], default);
    let rule = Rule {
        best: share("best", usual.best),
        worst: share("worst", usual.worst),
        reach: share("reach", usual.reach),
    };
    Some(Arc::new(Shares { rule }))
}

impl Model for Shares {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let found = concentration(frame.items[0].values(), weights, self.rule).map_err(|error| {
            ModelProblem::Other { problem: lang_texts("没有可用的利润数据", error.to_string()) }
        })?;
        let percent = |share: Option<f64>| share.map(|share| 100.0 * share);
        let shown = |part: f64| format!("{:.0}%", 100.0 * part);
        let (best, worst, reach) = (shown(self.rule.best), shown(self.rule.worst), shown(self.rule.reach));
        let share = |id: &str, zh_cn: &str, en: &str| Measure::new(id, zh_cn, en).percent().with_interval();
        let values = vec![
            share(
                "best_share",
                &format!("利润最高的 {best} 客户占总利润"),
                &format!("share of the profit from the best {best} of customers"),
            )
            .value(percent(found.best.share)),
            share(
                "worst_share",
                &format!("利润最低的 {worst} 客户占总利润"),
                &format!("share of the profit from the worst {worst} of customers"),
            )
            .value(percent(found.worst.share)),
            share(
                "lost_again",
                &format!("前 {best} 的利润中，被后 {worst} 抵消的部分"),
                &format!("part of the profit of the best {best} that the worst {worst} take away again"),
            )
            .value(percent(found.lost_again)),
            share(
                "reached_customers",
                &format!("带来 {reach} 利润的客户比例"),
                &format!("share of the customers who bring {reach} of the profit"),
            )
            .value(percent(found.reached.map(|reached| reached.share))),
            share("loss_makers", "亏损客户比例", "share of customers with a loss").value(100.0 * found.loss_makers),
            Measure::new("gini", "基尼系数", "Gini coefficient")
                .with_interval()
                .value(found.gini.filter(|_| found.loss_makers == 0.0)),
            Measure::new("gini_normalised", "基尼系数（含亏损，0–1）", "Gini coefficient with losses, 0 to 1")
                .with_interval()
                .value(found.gini_normalised),
        ];
        let point = |customers: f64| Row {
            id: format!("best_{customers:.0}"),
            title: Localized::PerLang(lang_texts(format!("前 {customers:.0}%"), format!("best {customers:.0}%"))),
            cells: vec![customers.into(), found.share_of_best(customers / 100.0).map(|share| 100.0 * share).into()],
        };
        let curve = Table {
            id: CURVE.to_owned(),
            title: Localized::PerLang(lang_texts("利润集中曲线", "curve of concentration")),
            row_title: Localized::PerLang(lang_texts("客户（利润由高到低）", "customers, the most profitable first")),
            measures: vec![
                Measure::new("customers", "客户累计占比", "share of customers").percent(),
                Measure::new("share", "占总利润", "share of the profit").percent(),
            ],
            rows: GRID.into_iter().map(point).collect(),
        };
        Ok(Fit { values, tables: vec![curve], notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        Localized::PerLang(lang_texts(
            "利润集中度：客户按利润排序后的累计份额；基尼系数为洛伦兹曲线与对角线间面积的两倍，含亏损时见 Raffinetti、Siletti 与 Vernizzi（2015）",
            "concentration of profit: cumulated shares of customers in order of profit; the Gini coefficient is twice the area between Lorenz curve and diagonal, with losses that of Raffinetti, Siletti and Vernizzi (2015)",
        ))
    }
}
