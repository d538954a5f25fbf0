//! `tests.yaml` of a plugin: small tables of inputs with the numbers that the metrics must give, run through the same scan
//! and formulas as a project.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::raw::{ColumnType, RawPluginUse, RawScalar};
use crate::config::validate::kind_name;
use crate::config::{KeyPositions, parse_yaml};
use crate::data::Responses;
use crate::data::expressions::{ExpectedType, Expression, quote_name};
use crate::data::stored::Batches;
use crate::data::table::{WAVE, WEIGHT};
use crate::diagnostics::messages::plugins as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::metrics::bind::Binding;
use crate::metrics::compute::{Statistics, compute_bound};
use crate::metrics::estimates::Estimate;
use crate::plugins::Plugin;
use crate::plugins::expressions::{input_data_type, parse_expressions};

/// The file `tests.yaml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTests {
    /// The cases.
    pub cases: Vec<RawCase>,
}

/// A small table with the numbers it must give.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCase {
    /// What the case shows.
    pub name: String,
    /// One answer a row: input to value; an input that is left out was not answered.
    pub rows: Vec<IndexMap<String, RawScalar>>,
    /// Weights of the rows; default 1 each.
    #[serde(default)]
    pub weights: Option<Vec<f64>>,
    /// Metric or model to numbers.
    pub expect: IndexMap<String, RawExpectation>,
    /// Agreement asked of the numbers of models, relative to numbers above 1; default 1e-9.
    #[serde(default)]
    pub tolerance: Option<f64>,
}

/// The numbers a metric must give; only those written are compared.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExpectation {
    /// Estimate in the printed unit.
    #[serde(default)]
    pub estimate: Option<f64>,
    /// Standard error in the printed unit.
    #[serde(default)]
    pub se: Option<f64>,
    /// Lower and upper end of the 95% interval.
    #[serde(default)]
    pub ci: Option<[f64; 2]>,
    /// Unweighted base.
    #[serde(default)]
    pub n: Option<u64>,
    /// True if there must be no estimate.
    #[serde(default)]
    pub missing: bool,
    /// Values of a model by id.
    #[serde(default)]
    pub values: IndexMap<String, f64>,
    /// Cells of a model's tables: `row.measure`, or `table.row.measure`.
    #[serde(default)]
    pub cells: IndexMap<String, f64>,
}

/// Relative agreement asked of every number.
pub const TOLERANCE: f64 = 1e-9;

/// How the cases of a plugin went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TestOutcome {
    /// Cases whose numbers all agree.
    pub passed: usize,
    /// Cases with a number that differs, or that could not be run.
    pub failed: usize,
}

/// What checks the models that a case expects something of: plugin, case, key path of the case, places, diagnostics.
pub type ModelCases<'a> = &'a dyn Fn(&Plugin, &RawCase, &str, &KeyPositions, &mut Diagnostics);

/// Runs the cases of a plugin; every difference is reported at its place in `tests.yaml`. What a case expects of models is left
/// to `models`.
pub fn run_plugin_tests(
    plugin: &Plugin,
    text: &str,
    models: ModelCases<'_>,
    diagnostics: &mut Diagnostics,
) -> TestOutcome {
    let file = plugin.shown_file("tests.yaml");
    let mut outcome = TestOutcome::default();
    let expressions = parse_expressions(plugin, diagnostics);
    let Some((tests, positions)) = parse_yaml::<RawTests>(text, &file, diagnostics) else {
        outcome.failed += 1;
        return outcome;
    };
    for (index, case) in tests.cases.iter().enumerate() {
        let before = diagnostics.count(Level::Error);
        let path = format!("cases[{index}]");
        check_names(plugin, case, &path, &positions, diagnostics);
        check_values(plugin, case, &path, &positions, diagnostics);
        if diagnostics.count(Level::Error) == before {
            run_case(plugin, &expressions, case, &path, &positions, diagnostics);
            models(plugin, case, &path, &positions, diagnostics);
        }
        if diagnostics.count(Level::Error) == before {
            outcome.passed += 1;
        } else {
            outcome.failed += 1;
        }
    }
    outcome
}

fn check_names(plugin: &Plugin, case: &RawCase, path: &str, positions: &KeyPositions, diagnostics: &mut Diagnostics) {
    let manifest = &plugin.manifest;
    let mut unknown = |name: &str, path: String, known: Vec<&str>| {
        diagnostics.push(
            Diagnostic::error(&messages::TEST_NAME)
                .arg("case", &case.name)
                .arg("name", name)
                .suggest(name, known)
                .at(positions.locate(&path))
                .key(path),
        );
    };
    for (index, row) in case.rows.iter().enumerate() {
        for input in row.keys().filter(|input| !manifest.inputs.contains_key(*input)) {
            unknown(
                input,
                format!("{path}.rows[{index}].{input}"),
                manifest.inputs.keys().map(String::as_str).collect(),
            );
        }
    }
    for metric in case.expect.keys() {
        let metrics = manifest.metrics.iter().map(|known| known.id.as_str());
        let known: Vec<&str> = metrics.chain(manifest.models.iter().map(|known| known.id.as_str())).collect();
        if !known.contains(&metric.as_str()) {
            unknown(metric, format!("{path}.expect.{metric}"), known);
        }
    }
}

/// Reports values of another kind than their input's, which would count as unanswered.
fn check_values(plugin: &Plugin, case: &RawCase, path: &str, positions: &KeyPositions, diagnostics: &mut Diagnostics) {
    for (index, row) in case.rows.iter().enumerate() {
        for (name, value) in row {
            let Some(input) = plugin.manifest.inputs.get(name) else { continue };
            let fits = match input.kind {
                ColumnType::Boolean => truth(value).is_some(),
                ColumnType::Scale | ColumnType::Number => number(value).is_some(),
                _ => true,
            };
            if !fits {
                let path = format!("{path}.rows[{index}].{name}");
                diagnostics.push(
                    Diagnostic::error(&messages::TEST_VALUE)
                        .arg("case", &case.name)
                        .arg("input", name)
                        .arg("wanted", kind_name(input.kind))
                        .arg("found", shown(value))
                        .at(positions.locate(&path))
                        .key(path),
                );
            }
        }
    }
}

/// A value as the file writes it: a text in quotes.
fn shown(value: &RawScalar) -> String {
    match value {
        RawScalar::Text(text) => format!("`\"{text}\"`"),
        other => format!("`{}`", other.as_text()),
    }
}

/// Every input of a plugin fed by the column of its own name, as in a table of inputs.
pub fn own_inputs(plugin: &Plugin, responses: &Responses) -> IndexMap<String, Expression> {
    let own = |name: &String| {
        let column = Expression::parse(&quote_name(name), &responses.schema, ExpectedType::Any).ok()?;
        Some((name.clone(), column))
    };
    plugin.manifest.inputs.keys().filter_map(own).collect()
}

fn run_case(
    plugin: &Plugin,
    expressions: &IndexMap<String, crate::plugins::expressions::MetricExpressions>,
    case: &RawCase,
    path: &str,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) {
    let Some(responses) = case_responses(plugin, case) else {
        let problem = Diagnostic::error(&crate::diagnostics::messages::config::WRONG_COUNT)
            .arg("wanted", case.rows.len())
            .arg("found", case.weights.as_ref().map_or(0, Vec::len));
        diagnostics.push(problem.at(positions.locate(&format!("{path}.weights"))).key(format!("{path}.weights")));
        return;
    };
    let inputs = own_inputs(plugin, &responses);
    let mut binding = Binding::default();
    binding.add_plugin(plugin, expressions, &RawPluginUse::default(), &inputs);
    let statistics = Statistics::of_cases(positions.locate(path));
    let Some(computation) = compute_bound(binding, &responses, Vec::new(), statistics, diagnostics) else { return };
    let is_model = |id: &str| plugin.manifest.models.iter().any(|model| model.id == id);
    for (metric, expected) in case.expect.iter().filter(|(id, _)| !is_model(id)) {
        let place = format!("{path}.expect.{metric}");
        // Every input of the plugin is fed here, so a metric without inputs lost them to an error in an expression.
        let info = computation.results.info(metric).filter(|info| info.unavailable.is_none());
        let Some(found) = info.and_then(|_| computation.results.find(metric, None, None)) else {
            let problem = Diagnostic::error(&messages::TEST_NOT_COMPUTED).arg("case", &case.name).arg("metric", metric);
            diagnostics.push(problem.at(positions.locate(&place)).key(place));
            continue;
        };
        for (what, found, expected) in differences(found, expected) {
            diagnostics.push(
                Diagnostic::error(&messages::TEST_FAILED)
                    .arg("case", &case.name)
                    .arg("what", what)
                    .arg("metric", metric)
                    .arg("found", found)
                    .arg("expected", expected)
                    .at(positions.locate(&place))
                    .key(&place),
            );
        }
    }
}

/// What differs: (name, found, expected).
fn differences(found: &Estimate, expected: &RawExpectation) -> Vec<(&'static str, String, String)> {
    let mut differences = Vec::new();
    let mut compare = |what, found: Option<f64>, expected: Option<f64>| {
        let Some(expected) = expected else { return };
        let agrees = found.is_some_and(|found| (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0));
        if !agrees {
            let found = found.map_or_else(|| "null".to_owned(), |found| found.to_string());
            differences.push((what, found, expected.to_string()));
        }
    };
    compare("estimate", found.estimate, expected.estimate);
    compare("se", found.se, expected.se);
    compare("ci[0]", found.ci.map(|ci| ci[0]), expected.ci.map(|ci| ci[0]));
    compare("ci[1]", found.ci.map(|ci| ci[1]), expected.ci.map(|ci| ci[1]));
    if let Some(n) = expected.n.filter(|n| *n != found.n) {
        differences.push(("n", found.n.to_string(), n.to_string()));
    }
    if let Some(estimate) = found.estimate.filter(|_| expected.missing) {
        differences.push(("estimate", estimate.to_string(), "null".to_owned()));
    }
    differences
}

/// The rows as a table of inputs; `None` if there are not as many weights as rows.
pub fn case_responses(plugin: &Plugin, case: &RawCase) -> Option<Responses> {
    let rows = case.rows.len();
    let weights = case.weights.clone().unwrap_or_else(|| vec![1.0; rows]);
    if weights.len() != rows {
        return None;
    }
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (name, input) in &plugin.manifest.inputs {
        let cells = || case.rows.iter().map(|row| row.get(name));
        let array: ArrayRef = match input.kind {
            ColumnType::Boolean => Arc::new(cells().map(|cell| cell.and_then(truth)).collect::<BooleanArray>()),
            ColumnType::Scale | ColumnType::Number => {
                Arc::new(cells().map(|cell| cell.and_then(number)).collect::<Float64Array>())
            }
            _ => Arc::new(cells().map(|cell| cell.map(RawScalar::as_text)).collect::<StringArray>()),
        };
        let data_type = if array.data_type() == &DataType::Utf8 { DataType::Utf8 } else { input_data_type(input.kind) };
        fields.push(Field::new(name, data_type, true));
        columns.push(array);
    }
    let wave: DictionaryArray<Int32Type> =
        DictionaryArray::new(Int32Array::from(vec![0; rows]), Arc::new(StringArray::from(vec![""])));
    fields.push(Field::new(WAVE, datafusion::arrow::array::Array::data_type(&wave).clone(), false));
    columns.push(Arc::new(wave));
    fields.push(Field::new(WEIGHT, DataType::Float64, false));
    columns.push(Arc::new(Float64Array::from(weights)));
    let schema = Arc::new(Schema::new(fields));
    let mut batches = Batches::new(Arc::clone(&schema));
    batches.push(rows, columns);
    Some(Responses {
        columns: Vec::new(),
        schema,
        batches,
        waves: Vec::new(),
        weighted: case.weights.is_some(),
        weighting: Vec::new(),
        steps: Vec::new(),
        inputs: Vec::new(),
        newest: None,
    })
}

fn truth(cell: &RawScalar) -> Option<bool> {
    match cell {
        RawScalar::Boolean(value) => Some(*value),
        RawScalar::Number(value) if [0.0, 1.0].contains(value) => Some(*value == 1.0),
        RawScalar::Number(_) | RawScalar::Text(_) => None,
    }
}

fn number(cell: &RawScalar) -> Option<f64> {
    match cell {
        RawScalar::Number(value) => Some(*value),
        _ => None,
    }
}
