//! How a number came about: definition, the way of the rows from files to base, the distinct answers, the sums, and the
//! formula with the numbers filled in. The same computation as the estimate itself, so it cannot disagree with it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::data::Responses;
use crate::data::table::{InputFile, Step};
use crate::diagnostics::Lang;
use crate::metrics::bind::{Bound, BoundMetric};
use crate::metrics::compute::Computation;
use crate::metrics::estimate::{Computed, GroupAddress, IntervalMethod, Workings};
use crate::metrics::estimates::{Estimate, MetricInfo, Unit};

/// Everything behind one estimate.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// What the metric is.
    pub metric: MetricInfo,
    /// Inputs with the columns or expressions that feed them.
    pub inputs: Vec<InputMapping>,
    /// Files read, with hashes.
    pub files: Vec<InputFile>,
    /// Row counts from files to analysis.
    pub steps: Vec<Step>,
    /// The estimate as published.
    pub estimate: Estimate,
    /// The numbers in between.
    pub workings: Workings,
    /// Formula lines with the numbers filled in.
    pub formulas: Vec<String>,
    /// What each component of a composite adds to its change since the wave before; empty for other metrics.
    pub changes: Vec<Contribution>,
    /// Confidence level of the interval.
    pub confidence: f64,
}

/// The part of a component in the change of a composite. The contributions add up to the change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// Metric id of the component.
    pub metric: String,
    /// Its value in the wave before, in printed units.
    pub previous: f64,
    /// Its value now.
    pub current: f64,
    /// `share * (current - previous)`, with the sign turned for components that enter reversed.
    pub contribution: f64,
}

/// An input of a plugin with what feeds it.
#[derive(Debug, Clone, Serialize)]
pub struct InputMapping {
    /// Input.
    pub input: String,
    /// Column or expression of the project.
    pub expression: String,
}

/// Explains a metric for a group.
pub fn explain(
    computation: &Computation,
    responses: &Responses,
    metric: &BoundMetric,
    address: GroupAddress,
    estimate: Estimate,
    lang: Lang,
) -> Explanation {
    let computed = computation.computed(metric, address);
    let confidence = computation.settings().confidence;
    let formulas = if estimate.suppressed { Vec::new() } else { formulas(metric, &computed, confidence, lang) };
    let mut workings = computed.workings;
    if estimate.suppressed {
        // What suppression hides must not be worked out from the workings.
        workings = Workings { n_wave: workings.n_wave, ..Workings::default() };
    }
    let changes = contributions(computation, metric, address, &estimate, &workings);
    Explanation {
        metric: metric.info.clone(),
        inputs: metric
            .inputs
            .iter()
            .map(|(input, expression)| InputMapping { input: input.clone(), expression: expression.clone() })
            .collect(),
        files: responses.inputs.clone(),
        steps: responses.steps.clone(),
        estimate,
        workings,
        formulas,
        changes,
        confidence,
    }
}

/// Contributions to the change since the wave before; none where either wave is without a published value.
fn contributions(
    computation: &Computation,
    metric: &BoundMetric,
    address: GroupAddress,
    estimate: &Estimate,
    workings: &Workings,
) -> Vec<Contribution> {
    let Some(wave) = address.wave.checked_sub(1) else { return Vec::new() };
    let name = computation.results.waves.get(wave).map(String::as_str);
    let segment = estimate.segment.iter().next().map(|(column, value)| (column.as_str(), value.as_str()));
    let published =
        computation.results.find(&metric.info.id, name, segment).is_some_and(|held| held.estimate.is_some());
    if !published || estimate.estimate.is_none() {
        return Vec::new();
    }
    let before = computation.computed(metric, GroupAddress { wave, ..address }).workings;
    let pairs = workings.parts.iter().zip(&before.parts);
    pairs
        .filter_map(|(now, then)| {
            let (current, previous) = now.value.zip(then.value)?;
            let sign = if now.reverse { -1.0 } else { 1.0 };
            let contribution = sign * now.share * (current - previous);
            Some(Contribution { metric: now.metric.clone(), previous, current, contribution })
        })
        .collect()
}

/// A number for formulas: up to 10 significant digits, no trailing zeros.
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let magnitude = value.abs().log10().floor();
    if !(-5.0..12.0).contains(&magnitude) {
        return format!("{value:.9e}");
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 15 by the line above")]
    let decimals = (9.0 - magnitude).clamp(0.0, 15.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn formulas(metric: &BoundMetric, computed: &Computed, confidence: f64, lang: Lang) -> Vec<String> {
    let Some(estimate) = computed.estimate else { return Vec::new() };
    let workings = &computed.workings;
    let say = |zh_cn: &'static str, en: &'static str| if lang.is_chinese() { zh_cn } else { en };
    let mut lines = Vec::new();
    match &metric.bound {
        Bound::Linear { factor, .. } => {
            let times = if *factor == 1.0 { String::new() } else { format!("{} × ", number(*factor)) };
            let denominator = if metric.info.per.is_some() { "Σwx" } else { "Σw" };
            lines.push(format!(
                "{} = {times}Σwy / {denominator} = {times}{} / {} = {}",
                say("估计值", "estimate"),
                number(workings.sum_wy),
                number(workings.sum_wx),
                number(estimate)
            ));
        }
        Bound::Composite { .. } => {
            let mut terms = String::new();
            for part in &workings.parts {
                let value = part.value.map_or_else(|| "?".to_owned(), number);
                let term = if part.reverse { format!("(100 − {value})") } else { value };
                let _ = write!(terms, "{}{} × {term}", if terms.is_empty() { "" } else { " + " }, number(part.share));
            }
            lines.push(format!("{} = {terms} = {}", say("估计值", "estimate"), number(estimate)));
        }
        Bound::Quantile { probability, .. } => lines.push(format!(
            "{} = {} {} = {}",
            say("估计值", "estimate"),
            say("累计权重首次达到该比例的值：", "smallest value whose cumulated weight share reaches"),
            number(*probability),
            number(estimate)
        )),
        Bound::Model { .. } | Bound::Unavailable => {}
    }
    if computed.n > 0 && workings.sum_w2 > 0.0 {
        lines.push(format!(
            "{} = (Σw)² / Σw² = {}² / {} = {}",
            say("有效样本量", "n_eff"),
            number(workings.sum_w),
            number(workings.sum_w2),
            number(computed.n_eff)
        ));
    }
    if let Some(se) = computed.se {
        let factor = if workings.factor == 0.0 { 1.0 } else { workings.factor };
        lines.push(format!(
            "{} = {}√Var = {}√{} = {}   ({} = {})",
            say("标准误", "se"),
            if factor == 1.0 { String::new() } else { format!("{} × ", number(factor)) },
            if factor == 1.0 { String::new() } else { format!("{} × ", number(factor)) },
            number(workings.variance),
            number(se),
            say("自由度", "degrees of freedom"),
            number(workings.degrees)
        ));
    }
    if let Some(([low, high], method)) = computed.ci.zip(workings.method) {
        lines.push(format!(
            "{} {}%: {} – {}   [{}]",
            say("置信区间", "interval"),
            number(confidence * 100.0),
            number(low),
            number(high),
            method_name(method, lang)
        ));
    }
    lines
}

/// Name of an interval method for people.
pub fn method_name(method: IntervalMethod, lang: Lang) -> &'static str {
    let (zh_cn, en) = match method {
        IntervalMethod::StudentT => ("估计值 ± t × 标准误", "estimate ± t × se"),
        IntervalMethod::Logit => ("logit 变换上的 t 区间，再变换回来", "t interval of the logit, turned back"),
        IntervalMethod::KornGraubard => ("Korn-Graubard（beta）", "Korn-Graubard (beta)"),
        IntervalMethod::ClopperPearson => {
            ("比例为 0 或 1：按有效样本量的 Clopper-Pearson", "share of 0 or 1: Clopper-Pearson on n_eff")
        }
        IntervalMethod::Woodruff => ("Woodruff 分位数区间", "Woodruff"),
        IntervalMethod::None => ("无：自由度不足", "none: no degrees of freedom"),
    };
    if lang.is_chinese() { zh_cn } else { en }
}

/// The unit printed behind a number.
pub fn unit_suffix(unit: Unit) -> &'static str {
    if unit == Unit::Percent { "%" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_ten_significant_digits() {
        assert_eq!(number(0.0), "0");
        assert_eq!(number(312.0), "312");
        assert_eq!(number(2.0 / 3.0), "0.6666666667");
        assert_eq!(number(123456.789), "123456.789");
        assert_eq!(number(1e-9), "1.000000000e-9");
    }
}
