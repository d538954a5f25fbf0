//! Binds the metrics of the plugins in use to the columns of a project: inputs are replaced by columns, each distinct
//! (base, numerator, denominator) becomes one [`Item`] of the scan, and metrics without their inputs are set aside.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, cast, lit, when};
use indexmap::IndexMap;

use crate::config::raw::RawPluginUse;
use crate::data::expressions::Expression;
use crate::diagnostics::Localized;
use crate::metrics::estimates::{ComponentShare, MetricInfo, Unavailable};
use crate::plugins::expressions::MetricExpressions;
use crate::plugins::manifest::{Estimator, MetricSpec, RawComponent};
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
    /// A value of a model, which a later stage computes.
    Model {
        /// Model id.
        model: String,
        /// Id of the value.
        value: String,
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

    /// Adds the metrics of one plugin. `inputs` holds an expression for every input that the project feeds. Composites are bound
    /// after the metrics they are made of, wherever these are declared and whether the project lists them or not.
    pub fn add_plugin(
        &mut self,
        plugin: &Plugin,
        expressions: &IndexMap<String, MetricExpressions>,
        usage: &RawPluginUse,
        inputs: &IndexMap<String, Expression>,
    ) {
        let specs = &plugin.manifest.metrics;
        let wanted = |spec: &MetricSpec| usage.metrics.as_ref().is_none_or(|wanted| wanted.contains(&spec.id));
        let needed: Vec<&str> = specs
            .iter()
            .filter(|spec| wanted(spec))
            .flat_map(|spec| components_in_use(spec, usage))
            .map(|(component, _)| component.metric.as_str())
            .collect();
        let mut bound: IndexMap<&str, BoundMetric> = IndexMap::new();
        for spec in specs.iter().filter(|spec| wanted(spec) || needed.contains(&spec.id.as_str())) {
            let composite = matches!(spec.estimator, Estimator::Composite { .. });
            if let Some(parsed) = expressions.get(&spec.id).filter(|_| !composite) {
                bound.insert(&spec.id, self.bind_metric(plugin, spec, parsed, inputs));
            }
        }
        for spec in specs.iter().filter(|spec| wanted(spec)) {
            let metric = match spec.estimator {
                Estimator::Composite { .. } => Some(bind_composite(plugin, spec, usage, &bound)),
                _ => bound.get(spec.id.as_str()).cloned(),
            };
            self.metrics.extend(metric);
        }
    }

    fn bind_metric(
        &mut self,
        plugin: &Plugin,
        spec: &MetricSpec,
        parsed: &MetricExpressions,
        inputs: &IndexMap<String, Expression>,
    ) -> BoundMetric {
        let mut info = describe(plugin, spec);
        let read = parsed.inputs();
        let missing: Vec<(String, Localized)> = read
            .iter()
            .filter(|name| !inputs.contains_key(*name))
            .map(|name| (name.clone(), question_of(plugin, name)))
            .collect();
        let bound = match parsed.without_unfed(|name| inputs.contains_key(name)) {
            Some(kept) => {
                info.left_out = missing;
                self.bind_linear(spec, &kept, inputs)
            }
            None => {
                info.unavailable = Some(Unavailable { missing_inputs: missing });
                Bound::Unavailable
            }
        };
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
            Estimator::Model { model, value } => Bound::Model { model: model.clone(), value: value.clone() },
            Estimator::Composite { .. } => Bound::Unavailable,
        }
    }
}

/// The components of a composite with their weights in this project; those without a weight above 0 are dropped. None for other
/// metrics.
pub(super) fn components_in_use<'a>(spec: &'a MetricSpec, usage: &RawPluginUse) -> Vec<(&'a RawComponent, f64)> {
    let Estimator::Composite { components } = &spec.estimator else { return Vec::new() };
    let own = usage.weights.get(&spec.id);
    let weighted = components.iter().filter_map(|component| {
        let weight = own.map_or(Some(component.weight), |own| own.get(&component.metric).copied());
        Some((component, weight?))
    });
    weighted.filter(|(_, weight)| *weight > 0.0).collect()
}

/// A composite over metrics of the same plugin.
fn bind_composite(
    plugin: &Plugin,
    spec: &MetricSpec,
    usage: &RawPluginUse,
    metrics: &IndexMap<&str, BoundMetric>,
) -> BoundMetric {
    let mut info = describe(plugin, spec);
    let mut missing: Vec<(String, Localized)> = Vec::new();
    let mut parts = Vec::new();
    for (component, weight) in components_in_use(spec, usage) {
        match metrics.get(component.metric.as_str()) {
            Some(BoundMetric { bound: Bound::Linear { item, factor, .. }, .. }) => parts.push(Part {
                metric: component.metric.clone(),
                item: *item,
                factor: *factor,
                share: weight,
                reverse: component.reverse,
            }),
            Some(part) => {
                for lack in part.info.unavailable.iter().flat_map(|unavailable| &unavailable.missing_inputs) {
                    if !missing.contains(lack) {
                        missing.push(lack.clone());
                    }
                }
            }
            // Its expressions could not be read, which has been reported.
            None => missing.push((component.metric.clone(), Localized::from(component.metric.as_str()))),
        }
    }
    let total: f64 = parts.iter().map(|part| part.share).sum();
    parts.iter_mut().for_each(|part| part.share /= total);
    info.parts = parts
        .iter()
        .map(|part| ComponentShare { metric: part.metric.clone(), share: part.share, reverse: part.reverse })
        .collect();
    let bound = if missing.is_empty() && !parts.is_empty() { Bound::Composite { parts } } else { Bound::Unavailable };
    if bound == Bound::Unavailable {
        info.unavailable = Some(Unavailable { missing_inputs: missing });
    }
    BoundMetric { info, bound, inputs: Vec::new() }
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
        Estimator::Model { model, value } => format!("{model}.{value}"),
        _ => expressions.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default(),
    };
    MetricInfo {
        id: spec.id.clone(),
        module: plugin.manifest.id.clone(),
        module_version: plugin.manifest.version.to_string(),
        table: None,
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
        left_out: Vec::new(),
        topics: spec.topics.clone(),
        parts: Vec::new(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use datafusion::arrow::datatypes::{Field, Schema};

    use super::*;
    use crate::data::expressions::ExpectedType;
    use crate::diagnostics::Diagnostics;
    use crate::plugins::discover;
    use crate::plugins::expressions::parse_expressions;

    /// A composite that stands above its components.
    const MANIFEST: &str = "
manifest: 1
id: upside-down
version: 1.0.0
title: { zh-CN: 倒序, en: Upside down }
description: { zh-CN: 倒序, en: Upside down }
inputs:
  x: { type: boolean, ask: x }
  y: { type: boolean, ask: y, optional: true }
metrics:
  - { id: index, title: Index, estimator: composite, better: higher, components: [{ metric: a, weight: 3 }, { metric: b, weight: 1 }] }
  - { id: a, title: A, estimator: proportion, of: x, better: higher }
  - { id: b, title: B, estimator: proportion, of: not x, better: higher }
  - { id: c, title: C, estimator: proportion, of: y, better: higher }
";

    fn bind(usage: &RawPluginUse) -> Binding {
        let folder = tempfile::tempdir().unwrap();
        let plugin = folder.path().join("plugins/upside-down");
        std::fs::create_dir_all(&plugin).unwrap();
        std::fs::write(plugin.join("plugin.yaml"), MANIFEST).unwrap();
        let mut diagnostics = Diagnostics::new();
        let plugins = discover(Some(folder.path()), &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{:?}", diagnostics.iter().collect::<Vec<_>>());
        let plugin = &plugins["upside-down"];
        let expressions = parse_expressions(plugin, &mut diagnostics);
        let schema = Schema::new(vec![Field::new("x", DataType::Boolean, true)]);
        let input = Expression::parse("x", &std::sync::Arc::new(schema), ExpectedType::Boolean).unwrap();
        let mut binding = Binding::default();
        binding.add_plugin(plugin, &expressions, usage, &IndexMap::from([("x".to_owned(), input)]));
        binding
    }

    fn shares(metric: &BoundMetric) -> Vec<(&str, f64)> {
        let Bound::Composite { parts } = &metric.bound else { panic!("{:?}", metric.info.unavailable) };
        parts.iter().map(|part| (part.metric.as_str(), part.share)).collect()
    }

    #[test]
    fn a_composite_may_stand_above_its_components() {
        let binding = bind(&RawPluginUse::default());
        let ids: Vec<&str> = binding.metrics.iter().map(|metric| metric.info.id.as_str()).collect();
        assert_eq!(ids, ["index", "a", "b", "c"]);
        assert_eq!(shares(&binding.metrics[0]), [("a", 0.75), ("b", 0.25)]);
    }

    #[test]
    fn components_need_not_be_listed() {
        let usage = RawPluginUse { metrics: Some(vec!["index".to_owned()]), ..RawPluginUse::default() };
        let binding = bind(&usage);
        assert_eq!((binding.metrics.len(), binding.items.len()), (1, 2));
        assert_eq!(shares(&binding.metrics[0]), [("a", 0.75), ("b", 0.25)]);
    }

    #[test]
    fn components_of_weight_zero_are_dropped() {
        let weights = IndexMap::from([("a".to_owned(), 0.0), ("b".to_owned(), 2.0)]);
        let usage =
            RawPluginUse { weights: IndexMap::from([("index".to_owned(), weights)]), ..RawPluginUse::default() };
        assert_eq!(shares(&bind(&usage).metrics[0]), [("b", 1.0)]);
    }
}
