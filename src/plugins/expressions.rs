//! The expressions of a plugin's metrics, parsed and type-checked against its declared inputs. No data is needed for it.

use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use indexmap::IndexMap;

use crate::config::raw::ColumnType;
use crate::data::expressions::{ExpectedType, Expression, ExpressionError};
use crate::diagnostics::Diagnostics;
use crate::plugins::discovery::Plugin;
use crate::plugins::manifest::{Estimator, MetricSpec};

/// The parsed expressions of one metric.
#[derive(Debug, Clone)]
pub struct MetricExpressions {
    /// Base condition, if there is one.
    pub base: Option<Expression>,
    /// The estimator's expressions in the order of [`Estimator::expressions`].
    pub values: Vec<Expression>,
}

impl MetricExpressions {
    /// The expressions for a project that feeds only the inputs for which `fed` is true: items of a set that it lacks leave
    /// their row functions. `None` if an input is missing elsewhere.
    pub fn without_unfed(&self, fed: impl Fn(&str) -> bool) -> Option<Self> {
        let base = match &self.base {
            Some(base) => Some(base.without_unknown(&fed)?),
            None => None,
        };
        let values = self.values.iter().map(|value| value.without_unknown(&fed)).collect::<Option<_>>()?;
        Some(Self { base, values })
    }

    /// Inputs that the metric reads, in order of first use.
    pub fn inputs(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for expression in self.values.iter().chain(&self.base) {
            for name in expression.columns() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

/// Parses every expression of a plugin; mistakes are reported at their place in `plugin.yaml`, and the metrics that hold
/// them are left out.
pub fn parse_expressions(plugin: &Plugin, diagnostics: &mut Diagnostics) -> IndexMap<String, MetricExpressions> {
    let schema = input_schema(plugin);
    plugin
        .manifest
        .metrics
        .iter()
        .filter_map(|metric| {
            parse_metric(plugin, metric, &schema, diagnostics).map(|expressions| (metric.id.clone(), expressions))
        })
        .collect()
}

fn parse_metric(
    plugin: &Plugin,
    metric: &MetricSpec,
    schema: &Schema,
    diagnostics: &mut Diagnostics,
) -> Option<MetricExpressions> {
    let mut parse = |key: &str, text: &str, expect: ExpectedType| {
        Expression::parse(text, schema, expect)
            .map_err(|error| {
                let path = format!("{}.{key}", metric.key_path);
                diagnostics.push(error.diagnostic(text, plugin.positions.locate(&path), &path));
            })
            .ok()
    };
    let expected = match metric.estimator {
        Estimator::Proportion { .. } | Estimator::Net { .. } => ExpectedType::Boolean,
        _ => ExpectedType::Number,
    };
    let base = metric.base.as_deref().map(|text| parse("base", text, ExpectedType::Boolean));
    let values: Vec<Option<Expression>> =
        metric.estimator.expressions().into_iter().map(|(key, text)| parse(key, text, expected)).collect();
    let base = match base {
        Some(parsed) => Some(parsed?),
        None => None,
    };
    Some(MetricExpressions { base, values: values.into_iter().collect::<Option<Vec<_>>>()? })
}

/// The parsed expressions of one model.
#[derive(Debug, Clone)]
pub struct ModelExpressions {
    /// Outcome, if the model has one.
    pub outcome: Option<Expression>,
    /// What an answer belongs to, if the model asks for that: of any type.
    pub group: Option<Expression>,
    /// Base condition, if there is one.
    pub base: Option<Expression>,
    /// Expressions of every item, in the order of the spec.
    pub items: Vec<Vec<Expression>>,
}

/// Parses every expression of a plugin's models, each a number or yes and no but for that of the group; models with mistakes
/// are left out.
pub fn parse_model_expressions(plugin: &Plugin, diagnostics: &mut Diagnostics) -> IndexMap<String, ModelExpressions> {
    let schema = input_schema(plugin);
    let mut parsed = IndexMap::new();
    for model in &plugin.manifest.models {
        let value = |path: String, text: &str, condition: bool, diagnostics: &mut Diagnostics| {
            let boolean = Expression::parse(text, &schema, ExpectedType::Boolean);
            let expression = match boolean {
                Err(ExpressionError::WrongType { .. }) if !condition => {
                    Expression::parse(text, &schema, ExpectedType::Number)
                }
                other => other,
            };
            expression
                .map_err(|error| diagnostics.push(error.diagnostic(text, plugin.positions.locate(&path), &path)))
                .ok()
        };
        let outcome = model.of.as_deref().map(|text| value(format!("{}.of", model.key_path), text, false, diagnostics));
        let base = model.base.as_deref().map(|text| value(format!("{}.base", model.key_path), text, true, diagnostics));
        let group = model.group.as_deref().map(|text| {
            let path = format!("{}.group", model.key_path);
            let parsed = Expression::parse(text, &schema, ExpectedType::Any);
            parsed.map_err(|error| diagnostics.push(error.diagnostic(text, plugin.positions.locate(&path), &path))).ok()
        });
        let mut parse = |path: String, text: &str| value(path, text, false, diagnostics);
        let mut items: Vec<Option<Vec<Expression>>> = Vec::new();
        for item in &model.items {
            // A plain input name stands at the item's own place.
            let place = |key: &str| format!("{}.{key}", item.key_path);
            items.push(item.expressions.iter().map(|(key, text)| parse(place(key), text)).collect());
        }
        let complete = |outcome: Option<Option<Expression>>| match outcome {
            Some(None) => None,
            Some(parsed) => Some(parsed),
            None => Some(None),
        };
        if let (Some(outcome), Some(group), Some(base), Some(items)) =
            (complete(outcome), complete(group), complete(base), items.into_iter().collect::<Option<Vec<_>>>())
        {
            parsed.insert(model.id.clone(), ModelExpressions { outcome, group, base, items });
        }
    }
    parsed
}

/// The inputs as a table that expressions can be checked against.
pub fn input_schema(plugin: &Plugin) -> Schema {
    let fields: Vec<Field> = plugin
        .manifest
        .inputs
        .iter()
        .map(|(name, input)| Field::new(name, input_data_type(input.kind), true))
        .collect();
    Schema::new(fields)
}

/// Arrow type that an input of this kind has in expressions.
pub fn input_data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Scale | ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Single | ColumnType::Multi | ColumnType::Ranking | ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Timestamp(TimeUnit::Millisecond, None),
    }
}
