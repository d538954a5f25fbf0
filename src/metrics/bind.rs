//! Binds the metrics of the plugins in use to the columns of a project: inputs are replaced by columns, each distinct
//! (base, numerator, denominator) becomes one [`Item`] of the scan, and metrics without their inputs are set aside.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit, when};
use indexmap::IndexMap;

use crate::config::raw::RawPluginUse;
use crate::data::expressions::Expression;
use crate::diagnostics::Localized;
use crate::metrics::estimates::{MetricInfo, Unavailable};
use crate::plugins::expressions::MetricExpressions;
use crate::plugins::manifest::{Estimator, MetricSpec};
use crate::plugins::{Plugin, Unit};

/// A pair of per-answer values that the scan evaluates: `y` null outside the base or where it is unknown, `x` the
/// denominator's value (none means 1).
#[derive(Debug, Clone)]
pub struct Item {
    /// Numerator, Float64; null where the answer is outside the base.
    pub value: Expr,
    /// Denominator of a ratio, Float64.
    pub per: Option<Expr>,
}

/// What is computed from which item.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// `factor * sum wy / sum wx + 0`, in printed units.
    Linear {
        /// Index of the item.
        item: usize,
        /// True for a share, whose interval is not symmetric.
        proportion: bool,
        /// From item units to printed units (100 for shares in percent).
        factor: f64,
    },
    /// A quantile of an item's values.
    Quantile {
        /// Index of the item.
        item: usize,
        /// Probability.
        probability: f64,
    },
    /// A weighted mean of linear metrics.
    Composite {
        /// The components; shares add up to 1.
        parts: Vec<Part>,
    },
    /// Inputs are missing.
    Unavailable,
}

/// A component of a bound composite.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Metric id.
    pub metric: String,
    /// Index of its item.
    pub item: usize,
    /// From item units to printed units.
    pub factor: f64,
    /// Share in the composite.
    pub share: f64,
    /// Enters as 100 minus the value.
    pub reverse: bool,
}

/// A metric ready to be computed.
#[derive(Debug, Clone)]
pub struct BoundMetric {
    /// What it is.
    pub info: MetricInfo,
    /// What is computed.
    pub bound: Bound,
    /// The inputs it reads with the columns or expressions that feed them.
    pub inputs: Vec<(String, String)>,
}

/// All metrics of a project with the items that the scan must evaluate.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    /// Metrics in plugin and declaration order.
    pub metrics: Vec<BoundMetric>,
    /// Distinct items.
    pub items: Vec<Item>,
    keys: IndexMap<String, usize>,
}

impl Binding {
    /// Adds an item, or finds the same one.
    pub fn add_item(&mut self, item: Item) -> usize {
        let key = format!("{:?}|{:?}", item.value, item.per);
        let next = self.items.len();
        let index = *self.keys.entry(key).or_insert(next);
        if index == next {
            self.items.push(item);
        }
        index
    }

    /// Adds the metrics of one plugin. `inputs` holds an expression for every input that the project feeds.
    pub fn add_plugin(
        &mut self,
        plugin: &Plugin,
        expressions: &IndexMap<String, MetricExpressions>,
        usage: &RawPluginUse,
        inputs: &IndexMap<String, Expression>,
    ) {
        for spec in &plugin.manifest.metrics {
            let wanted = usage.metrics.as_ref().is_none_or(|wanted| wanted.contains(&spec.id));
            let Some(parsed) = expressions.get(&spec.id).filter(|_| wanted) else { continue };
            let metric = self.bind_metric(plugin, spec, parsed, usage, inputs);
            self.metrics.push(metric);
        }
    }

    fn bind_metric(
        &mut self,
        plugin: &Plugin,
        spec: &MetricSpec,
        parsed: &MetricExpressions,
        usage: &RawPluginUse,
        inputs: &IndexMap<String, Expression>,
    ) -> BoundMetric {
        let mut info = describe(plugin, spec);
        let read = parsed.inputs();
        let mut missing: Vec<(String, Localized)> = read
            .iter()
            .filter(|name| !inputs.contains_key(*name))
            .map(|name| (name.clone(), question_of(plugin, name)))
            .collect();
        let mut bound = Bound::Unavailable;
        if let Estimator::Composite { components } = &spec.estimator {
            let weights = usage.weights.get(&spec.id);
            let mut parts = Vec::new();
            for component in components {
                let weight = weights.map_or(Some(component.weight), |own| own.get(&component.metric).copied());
                let Some(weight) = weight.filter(|weight| *weight > 0.0) else { continue };
                let part = self
                    .metrics
                    .iter()
                    .find(|metric| metric.info.module == plugin.manifest.id && metric.info.id == component.metric);
                match part.map(|part| (&part.bound, &part.info)) {
                    Some((Bound::Linear { item, factor, .. }, _)) => parts.push(Part {
                        metric: component.metric.clone(),
                        item: *item,
                        factor: *factor,
                        share: weight,
                        reverse: component.reverse,
                    }),
                    Some((_, part)) => {
                        for lack in part.unavailable.iter().flat_map(|unavailable| &unavailable.missing_inputs) {
                            if !missing.contains(lack) {
                                missing.push(lack.clone());
                            }
                        }
                    }
                    None => missing.push((component.metric.clone(), Localized::from(component.metric.as_str()))),
                }
            }
            let total: f64 = parts.iter().map(|part| part.share).sum();
            parts.iter_mut().for_each(|part| part.share /= total);
            if missing.is_empty() && !parts.is_empty() {
                bound = Bound::Composite { parts };
            }
        } else if missing.is_empty() {
            bound = self.bind_linear(spec, parsed, inputs);
        }
        if bound == Bound::Unavailable {
            info.unavailable = Some(Unavailable { missing_inputs: missing });
        }
        let inputs = read
            .into_iter()
            .filter_map(|name| inputs.get(&name).map(|expression| (name, expression.text().to_owned())))
            .collect();
        BoundMetric { info, bound, inputs }
    }

    fn bind_linear(
        &mut self,
        spec: &MetricSpec,
        parsed: &MetricExpressions,
        inputs: &IndexMap<String, Expression>,
    ) -> Bound {
        let number = |expression: &Expression| cast(expression.substitute(inputs).logical().clone(), DataType::Float64);
        let base = parsed.base.as_ref().map(|base| base.substitute(inputs).logical().clone());
        let within = |value: Expr| match &base {
            None => value,
            Some(base) => when(base.clone(), value.clone()).end().unwrap_or(value),
        };
        let values = &parsed.values;
        let percent = if spec.unit == Unit::Percent { 100.0 } else { 1.0 };
        match &spec.estimator {
            Estimator::Mean { rescale, .. } => {
                let mut value = number(&values[0]);
                if let Some([low, high]) = rescale {
                    value = (value - lit(*low)) * lit(100.0) / lit(high - low);
                }
                let item = self.add_item(Item { value: within(value), per: None });
                Bound::Linear { item, proportion: false, factor: if rescale.is_some() { 1.0 } else { percent } }
            }
            Estimator::Proportion { .. } => {
                let item = self.add_item(Item { value: within(number(&values[0])), per: None });
                Bound::Linear { item, proportion: true, factor: percent }
            }
            Estimator::Net { .. } => {
                let value = (number(&values[0]) - number(&values[1])) * lit(100.0);
                let item = self.add_item(Item { value: within(value), per: None });
                Bound::Linear { item, proportion: false, factor: 1.0 }
            }
            Estimator::Ratio { .. } => {
                let item = self.add_item(Item { value: within(number(&values[0])), per: Some(number(&values[1])) });
                Bound::Linear { item, proportion: false, factor: percent }
            }
            Estimator::Quantile { probability, .. } => {
                let item = self.add_item(Item { value: within(number(&values[0])), per: None });
                Bound::Quantile { item, probability: *probability }
            }
            Estimator::Composite { .. } => Bound::Unavailable,
        }
    }
}

fn question_of(plugin: &Plugin, input: &str) -> Localized {
    let declared = plugin.manifest.inputs.get(input);
    declared
        .and_then(|declared| declared.ask.clone().or_else(|| declared.title.clone()))
        .unwrap_or_else(|| Localized::from(input))
}

fn describe(plugin: &Plugin, spec: &MetricSpec) -> MetricInfo {
    let expressions = spec.estimator.expressions();
    let of = match &spec.estimator {
        Estimator::Net { positive, negative } => format!("({positive}) - ({negative})"),
        Estimator::Composite { components } => components
            .iter()
            .map(|component| {
                let value =
                    if component.reverse { format!("(100 - {})", component.metric) } else { component.metric.clone() };
                format!("{} * {value}", component.weight)
            })
            .collect::<Vec<_>>()
            .join(" + "),
        _ => expressions.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default(),
    };
    MetricInfo {
        id: spec.id.clone(),
        module: plugin.manifest.id.clone(),
        module_version: plugin.manifest.version.to_string(),
        title: spec.title.clone(),
        definition: spec.definition.clone(),
        unit: spec.unit,
        better: spec.better,
        variant_of: spec.variant_of.clone(),
        of,
        per: expressions.iter().find(|(key, _)| *key == "per").map(|(_, text)| (*text).to_owned()),
        base: spec.base.clone().unwrap_or_default(),
        base_title: spec.base_title.clone(),
        estimator: spec.estimator.name().to_owned(),
        unavailable: None,
    }
}
