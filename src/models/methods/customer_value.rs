//! The value of a customer as a model: the margin that customers bring and the share that stays, as sums of money today.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::lifetime::{Timing, customer_value, expected_years};
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Fit, Frame, Measure, Model, ModelProblem, options::Options};

/// The method in the registry: the outcome is the margin of a customer in the period, the only item is true for those who stayed.
pub const METHOD: Method = Method {
    name: "customer_value",
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
struct Lifetime {
    discount: f64,
    years: Option<u32>,
    timing: Timing,
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rounded and within the limits of the option"
)]
fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    let discount = options.number("discount", [0.0, 10.0], 0.1);
    let years = options.number("periods", [0.0, 1000.0], 0.0).round() as u32;
    let timing = match options.choice("margin", &["after", "before"], "after") {
        "before" => Timing::StartOfYear,
        _ => Timing::EndOfYear,
    };
    Some(Arc::new(Lifetime { discount, years: (years > 0).then_some(years), timing }))
}

impl Model for Lifetime {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let margins = frame.outcome.as_ref().map_or(&[][..], |outcome| outcome.values.as_slice());
        let whole: f64 = weights.iter().sum();
        if whole <= 0.0 {
            return Err(ModelProblem::TooFewAnswers { needed: 1, found: 0 });
        }
        let mean =
            |values: &[f64]| values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / whole;
        let stayed: Vec<f64> =
            frame.items[0].values().iter().map(|stayed| f64::from(u8::from(*stayed != 0.0))).collect();
        let (margin, retention) = (mean(margins), mean(&stayed));
        let value = customer_value(margin, retention, self.discount, self.years, self.timing);
        let values = vec![
            Measure::new("value", "一位顾客的现值", "value of a customer today")
                .decimals(2)
                .with_interval()
                .value(value),
            Measure::new("margin", "每期毛利", "margin a period").decimals(2).with_interval().value(margin),
            Measure::new("retention", "保留率", "retention").percent().with_interval().value(100.0 * retention),
            Measure::new("periods", "预期留存期数", "expected periods as a customer")
                .decimals(1)
                .with_interval()
                .value(expected_years(retention)),
        ];
        Ok(Fit { values, tables: Vec::new(), notes: Vec::new() })
    }

    fn method(&self) -> Localized {
        let periods =
            self.years.map_or(("∞".to_owned(), "∞".to_owned()), |years| (years.to_string(), years.to_string()));
        let first = if self.timing == Timing::EndOfYear { 1 } else { 0 };
        let discount = self.discount;
        Localized::PerLang(lang_texts(
            format!(
                "顾客价值：Σ m rᵗ/(1+d)ᵗ，t 从 {first} 起，共 {} 期；m 为加权平均毛利，r 为加权保留率，d = {discount}（Gupta 与 Lehmann 2003；Berger 与 Nasr 1998）",
                periods.0
            ),
            format!(
                "value of a customer: Σ m rᵗ/(1+d)ᵗ from t = {first}, {} periods; m the weighted mean margin, r the weighted retention rate, d = {discount} (Gupta and Lehmann 2003; Berger and Nasr 1998)",
                periods.1
            ),
        ))
    }
}
