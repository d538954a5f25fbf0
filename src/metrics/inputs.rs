//! Feeds the inputs of plugins from the columns of a project, and reports what does not fit: unknown names, wrong kinds,
//! scales of another length, required inputs without a column, and the
//! metrics that cannot be computed for want of inputs.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{ColumnType, RawPluginUse};
use crate::config::validate::kind_name;
use crate::data::Responses;
use crate::data::expressions::{ExpectedType, Expression};
use crate::diagnostics::messages::{plugins as messages, weighting as weighting_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::metrics::bind::{BoundMetric, components_in_use};
use crate::plugins::{Estimator, Plugin};

/// The expression behind every input that the project feeds.
pub fn resolve_inputs(
    project: &Project,
    plugin: &Plugin,
    usage: &RawPluginUse,
    responses: &Responses,
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, Expression> {
    let id = &plugin.manifest.id;
    let mut resolved = IndexMap::new();
    for (input, text) in &usage.inputs {
        let path = format!("plugins.{id}.inputs.{input}");
        let Some(declared) = plugin.manifest.inputs.get(input) else {
            diagnostics.push(
                Diagnostic::error(&messages::UNKNOWN_INPUT)
                    .arg("plugin", id)
                    .arg("input", input)
                    .suggest(input, plugin.manifest.inputs.keys().map(String::as_str))
                    .at(project.at(&path))
                    .key(&path),
            );
            continue;
        };
        let expect = match declared.kind {
            ColumnType::Boolean => ExpectedType::Boolean,
            ColumnType::Scale | ColumnType::Number => ExpectedType::Number,
            _ => ExpectedType::Any,
        };
        match Expression::parse(text, &responses.schema, expect) {
            Ok(expression) => {
                check_scale(project, input, text, declared.range, responses, &path, diagnostics);
                resolved.insert(input.clone(), expression);
            }
            Err(error) => diagnostics.push(error.diagnostic(text, project.at(&path), &path)),
        }
    }
    for (input, declared) in &plugin.manifest.inputs {
        if !declared.optional && !usage.inputs.contains_key(input) {
            let path = format!("plugins.{id}.inputs");
            diagnostics.push(
                Diagnostic::error(&messages::INPUT_NOT_FED)
                    .arg("input", input)
                    .arg("plugin", id)
                    .at(project.at(&path))
                    .key(&path),
            );
        }
    }
    check_choices(project, plugin, usage, diagnostics);
    resolved
}

/// Refuses a column on another scale than the input's: its boxes would not be comparable.
fn check_scale(
    project: &Project,
    input: &str,
    column: &str,
    wanted: Option<[f64; 2]>,
    responses: &Responses,
    path: &str,
    diagnostics: &mut Diagnostics,
) {
    let Some((wanted, column)) = wanted.zip(responses.column(column)) else { return };
    if column.kind != ColumnType::Scale {
        diagnostics.push(
            Diagnostic::error(&messages::WRONG_INPUT_TYPE)
                .arg("input", input)
                .arg("wanted", kind_name(ColumnType::Scale))
                .arg("expression", &column.name)
                .arg("found", kind_name(column.kind))
                .at(project.at(path))
                .key(path),
        );
    } else if let Some(found) = column.range.filter(|found| *found != wanted) {
        diagnostics.push(
            Diagnostic::error(&messages::OTHER_SCALE)
                .arg("input", input)
                .arg("column", &column.name)
                .arg("wanted", span(wanted))
                .arg("found", span(found))
                .at(project.at(path))
                .key(path),
        );
    }
}

fn span([low, high]: [f64; 2]) -> String {
    format!("{low}–{high}")
}

/// Checks the metrics that the project picks and the weights it gives to composites.
fn check_choices(project: &Project, plugin: &Plugin, usage: &RawPluginUse, diagnostics: &mut Diagnostics) {
    let id = &plugin.manifest.id;
    let known = || plugin.manifest.metrics.iter().map(|metric| metric.id.as_str());
    let unknown = |metric: &str, path: &str| {
        Diagnostic::error(&messages::UNKNOWN_SELECTED_METRIC)
            .arg("plugin", id)
            .arg("metric", metric)
            .suggest(metric, known())
            .at(project.at(path))
            .key(path)
    };
    for (index, metric) in usage.metrics.iter().flatten().enumerate() {
        if !known().any(|name| name == metric) {
            diagnostics.push(unknown(metric, &format!("plugins.{id}.metrics[{index}]")));
        }
    }
    for (metric, weights) in &usage.weights {
        let path = format!("plugins.{id}.weights.{metric}");
        let Some(spec) = plugin.manifest.metrics.iter().find(|spec| spec.id == *metric) else {
            diagnostics.push(unknown(metric, &path));
            continue;
        };
        let Estimator::Composite { components } = &spec.estimator else {
            diagnostics.push(
                Diagnostic::error(&messages::NOT_A_COMPOSITE).arg("metric", metric).at(project.at(&path)).key(&path),
            );
            continue;
        };
        let usable = weights.values().all(|weight| weight.is_finite() && *weight >= 0.0);
        if usable && components_in_use(spec, usage).is_empty() {
            diagnostics.push(
                Diagnostic::error(&messages::NO_COMPONENT_LEFT)
                    .arg("metric", metric)
                    .arg(
                        "components",
                        components.iter().map(|known| known.metric.as_str()).collect::<Vec<_>>().join(", "),
                    )
                    .at(project.at(&path))
                    .key(&path),
            );
        }
        for (component, weight) in weights {
            let path = format!("{path}.{component}");
            if !components.iter().any(|known| known.metric == *component) {
                diagnostics.push(
                    Diagnostic::error(&messages::UNKNOWN_COMPONENT)
                        .arg("metric", metric)
                        .arg("component", component)
                        .suggest(component, components.iter().map(|known| known.metric.as_str()))
                        .at(project.at(&path))
                        .key(&path),
                );
            } else if !(weight.is_finite() && *weight >= 0.0) {
                diagnostics.push(
                    Diagnostic::error(&messages::BAD_COMPONENT_WEIGHT)
                        .arg("metric", component)
                        .arg("found", weight)
                        .at(project.at(&path))
                        .key(&path),
                );
            }
        }
    }
}

/// Says once for each plugin which of its metrics lack which inputs. Inputs that an error is about already are passed over.
pub fn report_unavailable(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    for plugin in project.raw.plugins.keys() {
        let blamed = blamed_inputs(plugin, diagnostics);
        // A variant is an extra: its absence is worth a note, that of an indicator a warning.
        for is_variant in [false, true] {
            let own = metrics.iter().map(|metric| &metric.info);
            let own = own.filter(|info| info.module == *plugin && info.variant_of.is_some() == is_variant);
            let lacking: Vec<String> = own
                .filter_map(|info| {
                    let missing = info.unavailable.as_ref()?.missing_inputs.iter();
                    let missing: Vec<&str> =
                        missing.map(|(name, _)| name.as_str()).filter(|name| !blamed.contains(*name)).collect();
                    (!missing.is_empty()).then(|| format!("`{}` ({})", info.id, missing.join(", ")))
                })
                .collect();
            if lacking.is_empty() {
                continue;
            }
            let report = if is_variant { Diagnostic::note } else { Diagnostic::warning };
            let path = format!("plugins.{plugin}.inputs");
            diagnostics.push(
                report(&messages::METRICS_WITHOUT_INPUT)
                    .arg("plugin", plugin)
                    .arg("metrics", lacking.join(", "))
                    .at(project.at(&path))
                    .key(path),
            );
        }
    }
}

/// Warns where the project asks for metrics and none of them can be computed: the documents would be empty.
pub fn report_nothing_asked(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    // After a mistake it is not known what was asked.
    if !diagnostics.has_errors()
        && !metrics.is_empty()
        && metrics.iter().all(|metric| metric.info.unavailable.is_some())
    {
        let plugins: Vec<&str> = project.raw.plugins.keys().map(String::as_str).collect();
        let warning = Diagnostic::warning(&messages::NOTHING_ASKED).arg("plugins", plugins.join(", "));
        diagnostics.push(warning.at(project.at("plugins")).key("plugins"));
    }
}

/// Says once for each plugin which of its metrics do without which items of their sets.
pub fn report_left_out(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    for plugin in project.raw.plugins.keys() {
        let own = metrics.iter().map(|metric| &metric.info).filter(|info| info.module == *plugin);
        let shorter: Vec<String> = own
            .filter(|info| !info.left_out.is_empty())
            .map(|info| {
                let items: Vec<&str> = info.left_out.iter().map(|(name, _)| name.as_str()).collect();
                format!("`{}` ({})", info.id, items.join(", "))
            })
            .collect();
        if !shorter.is_empty() {
            let path = format!("plugins.{plugin}.inputs");
            diagnostics.push(
                Diagnostic::note(&messages::ITEMS_LEFT_OUT)
                    .arg("plugin", plugin)
                    .arg("metrics", shorter.join(", "))
                    .at(project.at(&path))
                    .key(path),
            );
        }
    }
}

/// Inputs of a plugin that errors found so far are about: fed by something unusable, required and not fed, or meant by a
/// mistyped name.
fn blamed_inputs(plugin: &str, diagnostics: &Diagnostics) -> HashSet<String> {
    let place = format!("plugins.{plugin}.inputs");
    let mut blamed = HashSet::new();
    for error in diagnostics.iter().filter(|found| found.level == Level::Error) {
        let Some(input) = error.key_path.as_deref().and_then(|path| path.strip_prefix(&place)) else { continue };
        blamed.extend(input.strip_prefix('.').map(str::to_owned));
        blamed.extend(error.arguments.iter().filter(|(name, _)| *name == "input").map(|(_, input)| input.clone()));
        if *error.message == messages::UNKNOWN_INPUT {
            blamed.extend(error.suggestions.iter().cloned());
        }
    }
    blamed
}
/// Reports benchmarks of metrics that the project does not compute.
pub fn report_benchmarks(project: &Project, metrics: &[&BoundMetric], diagnostics: &mut Diagnostics) {
    let known = || metrics.iter().map(|bound| bound.info.id.as_str());
    for metric in project.raw.benchmarks.keys().filter(|metric| !known().any(|id| id == *metric)) {
        let path = format!("benchmarks.{metric}");
        let problem = Diagnostic::error(&weighting_messages::UNKNOWN_BENCHMARK).arg("metric", metric);
        diagnostics.push(problem.suggest(metric, known()).at(project.at(&path)).key(&path));
    }
}
